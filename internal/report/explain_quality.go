package report

import (
	"context"

	"github.com/tallystick/tallystick"
)

// Arrived lists accepted events by their time of receipt. A store whose ingest-quality is to be explained has it: an engine does not know single times of receipt.
type Arrived interface {
	// Arrived calls fn with a tenant's events that were received in [from, before), in order of position.
	Arrived(ctx context.Context, tenant string, from, before tallystick.Instant, fn func(*tallystick.Record) error) error
}

// arrival explains a cell of ingest-quality.
func (t *target) arrival() error {
	counts, listed := map[string]func(*tallystick.Arrival) int64{
		"Accepted":            func(a *tallystick.Arrival) int64 { return a.Accepted },
		"Time Missing":        func(a *tallystick.Arrival) int64 { return a.TimeMissing },
		"Late Over an Hour":   func(a *tallystick.Arrival) int64 { return a.LateHour },
		"Late Over a Day":     func(a *tallystick.Arrival) int64 { return a.LateDay },
		"Late Over 30 Days":   func(a *tallystick.Arrival) int64 { return a.LateMonth },
		"With Unknown Fields": func(a *tallystick.Arrival) int64 { return a.Unknown },
	}[t.column]
	switch {
	case t.value.Kind == tallystick.CellText:
		return t.label()
	case !listed:
		t.sense = Answers
		return nil
	}
	t.sense = Events
	if t.value.Int == 0 {
		return nil
	}
	store, ok := t.store.(Arrived)
	if !ok {
		return tallystick.Errorf(tallystick.Unavailable, "single times of receipt are not known here").WithHint("ask where the journal is")
	}
	date, err := tallystick.ParseDate(t.cells[0].Text)
	if err != nil {
		return err
	}
	from, before := max(t.from, t.calendar.Start(date)), min(t.scope.Before, t.calendar.Start(date.AddDays(1)))
	return store.Arrived(t.ctx, t.tenant, from, before, func(r *tallystick.Record) error {
		var one tallystick.Arrival
		one.Count(&r.Event)
		if r.Event.Source == t.cells[1].Text && counts(&one) > 0 {
			t.add(&tallystick.Listed{Position: r.Position, Time: r.Event.Time, Type: r.Event.Type}, "", r.Event.ID)
		}
		return nil
	})
}
