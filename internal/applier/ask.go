package applier

import (
	"context"
	"errors"

	"github.com/tallystick/tallystick"
)

// Applied returns the position of the newest record that the engine has applied.
func (a *Applier) Applied() tallystick.Position {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.applied
}

// Wait returns once everything up to a position is applied: with an error when Run has ended before, or ctx is done.
func (a *Applier) Wait(ctx context.Context, until tallystick.Position) error {
	return a.waitFor(ctx, func() bool { return a.opened && !until.After(a.applied) })
}

// Opened returns once the engine is open and was found to fit the journal. Who adds to the journal waits for it first: once the journal has grown past the
// engine's position, nobody can see any more that records between them were lost.
func (a *Applier) Opened(ctx context.Context) error {
	return a.waitFor(ctx, func() bool { return a.opened })
}

// waitFor waits until something holds, which it asks with mu held.
func (a *Applier) waitFor(ctx context.Context, holds func() bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiters++
	defer func() { a.waiters-- }()
	a.queue.nudge()
	for !holds() {
		if a.ended != nil {
			return a.ended
		}
		changed := a.changed
		a.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		a.mu.Lock()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// Ask calls fn with the engine, which is valid until fn returns. It is an error of code Unavailable while there is none: before Run has opened it,
// while it is opened again, and after Run.
//
// When fn returns an error that says the engine is damaged, Run makes it anew; [Applier.Wait] then waits for that, and who wants to may ask again.
func (a *Applier) Ask(fn func(tallystick.Answerer) error) error {
	a.use.RLock()
	defer a.use.RUnlock()
	if a.engine == nil {
		return tallystick.Errorf(tallystick.Unavailable, "the engine is not open").WithHint("try again in a moment")
	}
	err := fn(a.engine)
	if errors.Is(err, tallystick.ErrDamaged) && a.options.Discard != nil {
		select {
		case a.damaged <- err:
			a.mu.Lock()
			a.opened = false
			a.mu.Unlock()
		default: // another asker has said so
		}
	}
	return err
}
