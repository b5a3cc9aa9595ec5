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
	t := e.reading(q.Reading, sc).talks
	snapshot, err := e.snapshot()
	if err != nil {
		return nil, err
	}
	defer snapshot.close()
	if err := t.learn(ctx, snapshot, ids, nil); err != nil {
		return nil, err
	}
	if err := t.learnLatest(ctx, snapshot, ids); err != nil {
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
