package api

import (
	"context"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/usage"
)

// What a platform was told is accepted is durable at once, and the engine applies it a little later. Whoever asks in between would be told that it does not exist. So a
// question waits a moment for what was durable when it came, and not for what comes later: under load there is always more.

// settled waits until the engine has what is durable now, and returns what that is. Where it does not get there in time, the answer is of what it has.
func (h *Reports) settled(ctx context.Context) tallystick.Position {
	if h.Head == nil || h.Wait == nil {
		return tallystick.Position{}
	}
	durable := h.Head()
	if durable.IsZero() {
		return durable
	}
	ctx, cancel := context.WithTimeout(ctx, h.Limits.Lag)
	defer cancel()
	h.Wait(ctx, durable) // an engine that has failed says so when it is asked
	return durable
}

// within refuses a position that there is not, and one that the engine has not applied though it is durable.
func within(applied, durable, asOf tallystick.Position, spelling usage.Spelling) error {
	if !durable.After(applied) {
		return usage.Within(applied, asOf, spelling)
	}
	if err := usage.Within(durable, asOf, spelling); err != nil || !asOf.After(applied) {
		return err
	}
	e := tallystick.Errorf(tallystick.Unavailable, "the position %s is not applied yet: the event store is at %s", asOf, applied)
	return e.WithHint("ask again in a moment")
}
