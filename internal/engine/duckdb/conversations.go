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
	m := e.reading(q.Reading, q.Scope, sc)
	names, t := hashesOf(len(q.IDs), func(i int) string { return q.IDs[i] }), m.talks
	answer := func() (whole bool) {
		whole = true
		for i, name := range names {
			k := t.get(name)
			if k != nil {
				list[i] = t.conversation(k, q.IDs[i])
			}
			whole = whole && (name == noName || k != nil && !k.divided)
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
	if q.Until == 0 {
		err = t.learn(ctx, stream, names, tallystick.MinInstant, t.scope.Before, nil)
	} else {
		err = m.learn(ctx, stream, names, q.From, q.Until)
	}
	if err != nil {
		return nil, err
	}
	if err := t.learnLatest(ctx, stream, q.IDs, names); err != nil {
		return nil, err
	}
	answer()
	return list, nil
}
