package duckdb

import (
	"context"

	"github.com/tallystick/tallystick"
)

// Conversations implements [tallystick.Answerer].
func (e *Engine) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	list := make([]tallystick.Conversation, len(q.IDs))
	for i, id := range q.IDs {
		list[i] = tallystick.Conversation{ID: id, Created: tallystick.MinInstant, Updated: tallystick.MinInstant}
	}
	sc, err := e.scope(q.Scope)
	if sc == nil || len(list) == 0 {
		return list, err
	}
	t := e.reading(q.Reading, q.Scope, sc).talks
	answer := func() (whole bool) {
		whole = true
		next := 0
		for i, id := range q.IDs {
			k := t.lookUp(id, &next)
			if k != nil {
				list[i] = k.conversation(id)
			}
			whole = whole && (id == "" || k != nil && !k.divided)
		}
		return whole
	}
	if answer() {
		return list, nil
	}
	stream, err := e.stream()
	if err != nil {
		return nil, err
	}
	defer stream.close()
	names := hashesOf(len(q.IDs), func(i int) string { return q.IDs[i] })
	if err := t.learn(ctx, stream, names, tallystick.MinInstant, t.scope.Before, nil); err != nil {
		return nil, err
	}
	if err := t.learnLatest(ctx, stream, q.IDs, names); err != nil {
		return nil, err
	}
	answer()
	return list, nil
}
