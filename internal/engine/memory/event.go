package memory

import (
	"context"

	"github.com/tallystick/tallystick"
)

// Since implements [tallystick.Answerer].
func (e *Engine) Since(_ context.Context, s tallystick.Scope) (tallystick.Instant, error) {
	events, err := e.events(s)
	if len(events) == 0 {
		return tallystick.MinInstant, err
	}
	return events[0].Event.Time, nil
}

// Events implements [tallystick.Answerer].
func (e *Engine) Events(_ context.Context, q tallystick.Events) (int64, error) {
	events, err := e.events(q.Scope)
	var count int64
	for _, r := range events {
		if r.Event.Time >= q.From {
			count++
		}
	}
	return count, err
}
