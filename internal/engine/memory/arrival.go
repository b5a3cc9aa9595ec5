package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/tallystick/tallystick"
)

// Arrivals implements [tallystick.Answerer].
func (e *Engine) Arrivals(_ context.Context, q tallystick.Arrivals) ([]tallystick.Arrival, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	var answer []tallystick.Arrival
	for i := range e.records {
		event := &e.records[i].Event
		slot := tallystick.SlotOf(event.Received)
		if event.Tenant != q.Tenant() || slot < q.From || slot >= q.Before {
			continue
		}
		at := slices.IndexFunc(answer, func(a tallystick.Arrival) bool { return a.Source == event.Source && a.Slot == slot })
		if at < 0 {
			at = len(answer)
			answer = append(answer, tallystick.Arrival{Source: event.Source, Slot: slot})
		}
		answer[at].Count(event)
	}
	slices.SortFunc(answer, func(a, b tallystick.Arrival) int {
		return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Source, b.Source))
	})
	return answer, nil
}
