package memory

import (
	"context"

	"github.com/tallystick/tallystick"
)

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
