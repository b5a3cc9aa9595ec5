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
	q.From, q.Until = max(q.From, firstMonth), min(q.Until, q.Before)
	m := e.reading(q.Reading, q.Scope, sc)
	names := hashesOf(len(q.IDs), func(i int) string { return q.IDs[i] })
	answer := func() (whole bool) {
		whole = true
		t := m.talks
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
	if q.From >= q.Until { // which says nothing
		err = m.talks.learn(ctx, stream, names, tallystick.MinInstant, m.talks.scope.Before, nil)
	} else if err = m.learn(ctx, stream, names, q.From, q.Until); err == nil {
		m.learnNext(q.Until - q.From)
	}
	if err != nil {
		return nil, err
	}
	if err := m.talks.learnLatest(ctx, stream, q.IDs, names); err != nil {
		return nil, err
	}
	answer()
	return list, nil
}
