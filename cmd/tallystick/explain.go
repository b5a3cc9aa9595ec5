package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/report"
)

// place is the cell that --explain names.
type place struct {
	table  string
	row    int
	column string
}

// explainTable is the name of the table that an explanation is printed as, and of its file in a directory.
const explainTable = "explanation"

// explained reads --explain, nil where it is not given. An explanation is of one table, which --table need not name again.
func (c *reportCommand) explained() (*place, error) {
	if c.Explain == "" {
		return nil, nil
	}
	p := place{}
	parts := strings.SplitN(c.Explain, ",", 3)
	ok := len(parts) == 3
	if ok {
		var err error
		p.table, p.column = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[2])
		p.row, err = strconv.Atoi(strings.TrimSpace(parts[1]))
		ok = err == nil && p.table != ""
	}
	switch {
	case !ok:
		return nil, at("--explain", tallystick.Errorf(tallystick.Invalid, "%q is not a cell", c.Explain).
			WithHint(`write TABLE,ROW,COLUMN with the number of the row, 1 for the first below the header, and the name or number of the column, as in "rooms,1,UserName"`))
	case c.Table != "" && c.Table != p.table:
		return nil, at("--explain", tallystick.Errorf(tallystick.Invalid, "the cell is of table %s, and --table asks for %s", p.table, c.Table).WithHint("leave --table out"))
	}
	c.Table = p.table
	return &p, nil
}

// explain writes where a cell comes from. What the engine knows of an event is its position; its source and id are in the journal.
func (c *reportCommand) explain(ctx context.Context, p *program, catalog *report.Catalog, request tallystick.Request, cell place, out output) error {
	var x *report.Explanation
	var names map[tallystick.Position]name
	err := p.withEngine(ctx, func(engine tallystick.Answerer, j *journal.Reader) (err error) {
		if request.Tenants == nil && !c.AllTenants {
			return whichTenant(ctx, engine)
		}
		if err := within(j, request.AsOf); err != nil {
			return err
		}
		if x, err = catalog.Explain(ctx, engine, request, cell.table, cell.row, cell.column); err != nil {
			return err
		}
		names, err = namesOf(ctx, j, x)
		return err
	})
	if err != nil {
		return err
	}
	if err := out.write([]tallystick.Table{tableOf(x, names)}); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "note: %s of row %d of %s is %q: %s\n", x.Column, x.Row, x.Table, x.Cell, senses[x.Sense])
	return nil
}

// senses says how the counted events make a cell.
var senses = map[report.Sense]string{
	report.Label:    "a word of the report itself, which comes from no event",
	report.Giver:    "given by the events that are counted",
	report.Events:   "the number of events that are counted",
	report.Items:    "the number of different items of the events that are counted",
	report.Sum:      "the sum of the items of the events that are counted; of minutes the items are seconds",
	report.Average:  "the sum of the items of the events that are counted, divided by the number of these events",
	report.Answers:  "a number of answers to events that were not accepted; those that were rejected are in the quarantine",
	report.Mean:     "the number of different items of the events that are counted, divided by the number of their hours",
	report.Quantity: "the quantity of the entitlement, less the number of different users that are counted",
}

// name is what the one who sent an event calls it.
type name struct{ source, id string }

// namesOf finds the events of an explanation in the journal.
func namesOf(ctx context.Context, j *journal.Reader, x *report.Explanation) (map[tallystick.Position]name, error) {
	var positions []tallystick.Position
	for e := range x.Events() {
		positions = append(positions, e.Position)
	}
	names := make(map[tallystick.Position]name, len(positions))
	sources := map[string]string{} // one copy of each
	err := j.Lookup(ctx, positions, func(r tallystick.Record) error {
		source, known := sources[r.Event.Source]
		if !known {
			source = strings.Clone(r.Event.Source)
			sources[source] = source
		}
		names[r.Position] = name{source, strings.Clone(r.Event.ID)}
		return nil
	})
	return names, broken(err)
}

// tableOf makes an explanation a table. Items that add up to an integer are numbers.
func tableOf(x *report.Explanation, names map[tallystick.Position]name) tallystick.Table {
	items := tallystick.CellText
	if x.Sense == report.Sum && x.Cell.Kind != tallystick.CellDecimal {
		items = tallystick.CellInteger
	}
	columns := slices.Clone(explainColumns)
	columns[len(columns)-1].Kind = items
	return tallystick.Table{Name: explainTable, Columns: columns, Rows: func(yield func([]tallystick.Cell, error) bool) {
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
				tallystick.TextCell(called.source), tallystick.TextCell(called.id), tallystick.TextCell(e.Position.String()), tallystick.TextCell(e.Tenant), item,
			}, nil) {
				return
			}
		}
	}}
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
