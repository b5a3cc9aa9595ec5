package duckdb

import (
	"context"

	"github.com/tallystick/tallystick"
)

// Conversations implements [tallystick.Answerer].
func (e *Engine) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	list := make([]tallystick.Conversation, len(q.IDs))
	for i, id := range q.IDs {
		list[i] = unheard.conversation(id)
	}
	sc, err := e.scope(q.Scope)
	if sc == nil || len(list) == 0 {
		return list, err
	}
	t := e.reading(q.Reading, q.Scope, sc).talks
	stream, err := e.stream()
	if err != nil {
		return nil, err
	}
	defer stream.close()
	names := hashesOf(len(q.IDs), func(i int) string { return q.IDs[i] })
	if err := t.learn(ctx, stream, names, tallystick.MinInstant, nil); err != nil {
		return nil, err
	}
	if err := t.learnLatest(ctx, stream, q.IDs, names); err != nil {
		return nil, err
	}
	for i, name := range names {
		if k, known := t.known[name]; known {
			list[i] = k.conversation(q.IDs[i])
		}
	}
	return list, nil
}
