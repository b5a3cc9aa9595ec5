package duckdb

import (
	"context"
	"slices"

	"github.com/tallystick/tallystick"
)

// Conversations implements [tallystick.Answerer].
func (e *Engine) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	sc, err := e.scope(q.Scope)
	ids := storable(q.IDs)
	if sc == nil || len(ids) == 0 {
		return nil, err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	t := e.reading(q.Reading, q.Scope, sc).talks
	stream, err := e.stream()
	if err != nil {
		return nil, err
	}
	defer stream.close()
	if err := t.learn(ctx, stream, ids, nil); err != nil {
		return nil, err
	}
	if err := t.learnLatest(ctx, stream, ids); err != nil {
		return nil, err
	}
	list := make([]tallystick.Conversation, 0, len(ids))
	for _, id := range ids {
		if c, heard := t.conversation(id); heard {
			list = append(list, c)
		}
	}
	return list, nil
}
