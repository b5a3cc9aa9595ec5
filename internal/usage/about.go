package usage

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

// Lookup is that of a journal: it calls fn with the records at some positions, in the order of the journal.
type Lookup func(ctx context.Context, positions []tallystick.Position, fn func(tallystick.Record) error) error

// CompleteUntil returns when the newest event up to a position was accepted. The zero position has none.
func (l Lookup) CompleteUntil(ctx context.Context, position tallystick.Position) (tallystick.Instant, error) {
	complete := tallystick.MinInstant
	if position.IsZero() {
		return complete, nil
	}
	err := l(ctx, []tallystick.Position{position}, func(r tallystick.Record) error {
		complete = r.Event.Received
		return nil
	})
	if err != nil {
		return complete, fmt.Errorf("look for the newest event: %w", err)
	}
	return complete, nil
}

// About returns what the sheet About of a workbook says: whose report it is, over which period, and of which events. It depends on the journal and the request
// alone, so that a workbook made again has the same bytes. The position is the one that the result was made at.
func (l Lookup) About(ctx context.Context, position tallystick.Position, result *tallystick.Result) (func() []render.Fact, error) {
	if position.IsZero() {
		return func() []render.Fact {
			return []render.Fact{{Name: "Report", Value: result.Report.Name}, {Name: "Note", Value: "There are no events yet."}}
		}, nil
	}
	complete, err := l.CompleteUntil(ctx, position)
	if err != nil {
		return nil, err
	}
	return func() []render.Fact {
		facts := []render.Fact{
			{Name: "Report", Value: result.Report.Name},
			{Name: "Title", Value: result.Report.Title},
			{Name: "Definition", Value: fmt.Sprintf("version %d", result.Report.Version)},
		}
		for _, o := range result.Report.Options {
			if value, chosen := result.Options[o.Name]; chosen {
				facts = append(facts, render.Fact{Name: "Option", Value: o.Name + " = " + value})
			}
		}
		for _, f := range result.Where {
			facts = append(facts, render.Fact{Name: "Filter", Value: f.Field + " = " + f.Value})
		}
		for _, t := range result.Tenants {
			calendar, err := tallystick.LoadCalendar(t.Zone)
			if err != nil {
				continue // the report was made in it
			}
			facts = append(facts,
				render.Fact{Name: "Tenant ID", Value: t.Tenant}, render.Fact{Name: "Company Name", Value: t.Company},
				render.Fact{Name: "Zone", Value: t.Zone},
				render.Fact{Name: "Period", Value: calendar.Format(t.From) + " to " + calendar.Format(t.Before) + " (not included)"},
				render.Fact{Name: "Period in UTC", Value: t.From.String() + " to " + t.Before.String()})
		}
		facts = append(facts, render.Fact{Name: "Position", Value: position.String()}, render.Fact{Name: "Data complete until", Value: complete.String()})
		for _, note := range result.Notes() {
			facts = append(facts, render.Fact{Name: "Note", Value: note})
		}
		return facts
	}, nil
}
