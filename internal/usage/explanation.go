package usage

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/report"
)

// What an explanation says to people. What an engine knows of an event is its position; its source and id are in the journal.

// ExplanationTable is the name of the table that an explanation is printed as.
const ExplanationTable = "explanation"

// Senses says how the counted events make a cell.
var Senses = map[report.Sense]string{
	report.Label:    "a word of the report itself, which comes from no event",
	report.Giver:    "given by the events that are counted",
	report.Events:   "the number of events that are counted",
	report.Items:    "the number of different items of the events that are counted",
	report.Sum:      "the sum of the items of the events that are counted",
	report.Average:  "the sum of the items of the events that are counted, divided by the number of these events",
	report.Answers:  "a number of answers to events that were not accepted; those that were rejected are in the quarantine",
	report.Mean:     "the number of different items of the events that are counted, divided by the number of their hours",
	report.Quantity: "the quantity of the entitlement, less the number of different users that are counted",
}

// ExplanationNote says in a sentence which cell an explanation is of, and how the counted events make it.
func ExplanationNote(x *report.Explanation) string {
	note := fmt.Sprintf("%s of row %d of %s is %q: %s", x.Column, x.Row, x.Table, x.Cell, Senses[x.Sense])
	if x.Sense == report.Sum && x.Table == "usage" && x.Cell.Kind == tallystick.CellDecimal {
		note += ", which are seconds, in minutes"
	}
	return note
}

// EventName is what the one who sent an event calls it.
type EventName struct{ Source, ID string }

// Names finds events in the journal.
func (l Lookup) Names(ctx context.Context, events []report.Explained) (map[tallystick.Position]EventName, error) {
	positions := make([]tallystick.Position, len(events))
	for i := range events {
		positions[i] = events[i].Position
	}
	names := make(map[tallystick.Position]EventName, len(positions))
	sources := map[string]string{} // one copy of each
	err := l(ctx, positions, func(r tallystick.Record) error {
		source, known := sources[r.Event.Source]
		if !known {
			source = strings.Clone(r.Event.Source)
			sources[source] = source
		}
		names[r.Position] = EventName{source, strings.Clone(r.Event.ID)}
		return nil
	})
	return names, err
}

// Explained makes an explanation a table. Items that add up to an integer are numbers.
func (l Lookup) Explained(ctx context.Context, x *report.Explanation) (tallystick.Table, error) {
	names, err := l.Names(ctx, slices.Collect(x.Events()))
	if err != nil {
		return tallystick.Table{}, err
	}
	items := tallystick.CellText
	if x.Sense == report.Sum && x.Cell.Kind != tallystick.CellDecimal {
		items = tallystick.CellInteger
	}
	columns := slices.Clone(explainColumns)
	columns[len(columns)-1].Kind = items
	return tallystick.Table{Name: ExplanationTable, Columns: columns, Rows: func(yield func([]tallystick.Cell, error) bool) {
		for e := range x.Events() {
			counted := "no"
			if e.Counted {
				counted = "yes"
			}
			item := textOrNone(e.Item)
			if n, err := strconv.ParseInt(e.Item, 10, 64); err == nil && items == tallystick.CellInteger {
				item = tallystick.IntegerCell(n)
			}
			called := names[e.Position]
			if !yield([]tallystick.Cell{
				tallystick.TextCell(counted), textOrNone(string(e.Reason)), tallystick.InstantCell(e.Time), tallystick.TextCell(e.Type),
				tallystick.TextCell(called.Source), tallystick.TextCell(called.ID), tallystick.TextCell(e.Position.String()), tallystick.TextCell(e.Tenant), item,
			}, nil) {
				return
			}
		}
	}}, nil
}

// explainColumns are the columns of an explanation.
var explainColumns = []tallystick.Column{
	{Name: "Counted", Kind: tallystick.CellText},
	{Name: "Reason", Kind: tallystick.CellText},
	{Name: "Time", Kind: tallystick.CellInstant},
	{Name: "Type", Kind: tallystick.CellText},
	{Name: "Source", Kind: tallystick.CellText},
	{Name: "Event ID", Kind: tallystick.CellText},
	{Name: "Position", Kind: tallystick.CellText},
	{Name: "Tenant ID", Kind: tallystick.CellText},
	{Name: "Item", Kind: tallystick.CellText},
}

// textOrNone is a cell that is empty where there is no text.
func textOrNone(s string) tallystick.Cell {
	if s == "" {
		return tallystick.Empty
	}
	return tallystick.TextCell(s)
}
