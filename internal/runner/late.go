package runner

import (
	"context"
	"sort"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/usage"
)

// arrivedSince counts the events that have come since the run before was made, for times before this one's period that the schedule has told of: they are missing in what it
// has told. What happened between two periods was in no report, and is missing in none.
func (w *Workshop) arrivedSince(ctx context.Context, r control.Run, reach control.Reach, receipt *usage.Receipt) (late int64, err error) {
	if r.Schedule == "" || receipt.Position == "" {
		return 0, nil
	}
	before, found, err := w.Control.RunBefore(ctx, r)
	if err != nil || !found {
		return 0, err
	}
	told, err := w.Control.Told(ctx, r.Schedule)
	if err != nil {
		return 0, err
	}
	then, err := tallystick.ParsePosition(before.Position)
	if err != nil {
		return 0, err
	}
	now, err := tallystick.ParsePosition(receipt.Position)
	if err != nil {
		return 0, err
	}
	err = w.Source.Ask(ctx, func(engine tallystick.Answerer, head tallystick.Position) error {
		store := w.Source.Within(engine, head, reach)
		come := func(tenant string, from, before tallystick.Instant) (int64, error) {
			var counts [2]int64
			for i, asOf := range []tallystick.Position{then, now} {
				n, err := store.Events(ctx, tallystick.Events{Scope: tallystick.For(tenant, asOf, before), From: from})
				if err != nil {
					return 0, err
				}
				counts[i] = n
			}
			return counts[1] - counts[0], nil
		}
		for _, t := range receipt.Tenants {
			begin, _, err := ends(t) // of the period, as this tenant's zone has it
			if err != nil {
				return err
			}
			list := told[t.Tenant]
			list = list[:sort.Search(len(list), func(i int) bool { return list[i].From >= begin })]
			if len(list) == 0 {
				continue
			}
			if last := len(list) - 1; last > 0 { // mostly nothing has come at all
				n, err := come(t.Tenant, list[0].From, min(list[last].Before, begin))
				if err != nil {
					return err
				}
				if n == 0 {
					continue
				}
			}
			for _, one := range list {
				n, err := come(t.Tenant, one.From, min(one.Before, begin))
				if err != nil {
					return err
				}
				late += n
			}
		}
		return nil
	})
	return late, err
}

// ends are the two ends of a tenant's period.
func ends(t usage.TenantSpan) (from, before tallystick.Instant, err error) {
	begin, err := tallystick.ParseMoment(t.FromUTC)
	if err != nil {
		return 0, 0, err
	}
	end, err := tallystick.ParseMoment(t.BeforeUTC)
	return begin.Instant, end.Instant, err
}
