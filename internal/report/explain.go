package report

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Explanation says where a cell of a report comes from: the events that it counts, and those that were near and left out.
//
// It can't drift from the number: the table is made once more, the queries that it asks are kept, and the events are judged by the conditions of those queries.
type Explanation struct {
	Tenant string // whose number it is
	Table  string
	Row    int    // from 1
	Column string // as printed
	Cell   tallystick.Cell
	Sense  Sense

	events []Explained
}

// Events yields the events in their order: time, then position.
func (x *Explanation) Events() iter.Seq[Explained] { return slices.Values(x.events) }

// Explained is an event of an [Explanation].
type Explained struct {
	Counted  bool
	Reason   Reason // why it was left out; empty where it is counted
	Time     tallystick.Instant
	Type     string
	Position tallystick.Position
	Tenant   string
	Item     string // what the event stands for: see Sense
}

// Sense says how the counted events make the cell.
type Sense string

const (
	Label    Sense = "label"    // the cell is a word of the report itself, such as a date, and comes from no event
	Giver    Sense = "giver"    // the events gave the text or the instant
	Events   Sense = "events"   // their number is the cell
	Items    Sense = "items"    // the number of their different items is the cell
	Sum      Sense = "sum"      // their items add up to the cell; of minutes the items are seconds
	Average  Sense = "average"  // their items, added up and divided by their number, are the cell
	Answers  Sense = "answers"  // it counts answers to events that were not accepted, which are no events of the journal
	Mean     Sense = "mean"     // items are an hour and a span: the different items, divided by the different hours, are the cell
	Quantity Sense = "quantity" // the item of the entitlement, less the number of different users, is the cell
)

// Explain says where a cell comes from. Rows are numbered from 1, as the table of the whole request has them; a column is named, or numbered from 1.
func (c *Catalog) Explain(ctx context.Context, store tallystick.Answerer, request tallystick.Request, table string, row int, column string) (*Explanation, error) {
	definition, err := c.Report(request.Report)
	if err != nil {
		return nil, err
	}
	if table == "" {
		return nil, tallystick.Errorf(tallystick.Invalid, "the table is missing").
			WithHint("the tables of %s are %s", definition.Name, names(definition.Tables, func(t tallystick.TableDefinition) string { return t.Name }))
	}
	request.Table = table
	asked := &asked{Answerer: store}
	result, err := c.Make(ctx, asked, request)
	if err != nil {
		return nil, err
	}
	made := result.Tables[0]
	at, err := columnNamed(made, column)
	if err != nil {
		return nil, err
	}
	wish, err := understand(definition, request)
	if err != nil {
		return nil, err
	}
	prefix := len(made.Columns) - len(tableNamed(definition, table).Columns)
	t := &target{asked: asked}
	if err := t.find(made, prefix, row, result.Tenants); err != nil {
		return nil, err
	}
	t.plan = &plan{wish: wish, ctx: ctx, store: store, tenant: t.tenantFound, sliceSize: cmp.Or(c.sliceSize, sliceSize)}
	for _, pass := range passes {
		if err := pass.run(t.plan); err != nil {
			return nil, err
		}
	}
	x := &Explanation{Tenant: t.tenant, Table: table, Row: row, Column: made.Columns[at].Name, Cell: t.cells[at]}
	t.cells = t.cells[prefix:]
	if at < prefix {
		t.column = []string{"Tenant ID", "Company Name"}[at]
		err = t.account()
	} else {
		t.column = tableNamed(definition, table).Columns[at-prefix].Name
		t.value = t.cells[at-prefix]
		if d := tableNamed(definition, table); d.Code != "" {
			err = pieceNamed(d.Code).explain(t)
		} else {
			err = t.declaredCell(&d, at-prefix)
		}
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(t.found, func(a, b Explained) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Position.Sequence, b.Position.Sequence), cmp.Compare(a.Item, b.Item))
	})
	x.Sense, x.events = t.sense, t.found
	return x, nil
}

// target is a cell while it is being explained.
type target struct {
	*plan
	asked *asked // the queries that the table asked

	tenantFound string // whose row it is; the plan is made for it
	column      string // as the definition calls it
	value       tallystick.Cell
	cells       []tallystick.Cell   // of the row
	index       int                 // of the row among its tenant's, from 0
	alike       int                 // rows right above it, of the same tenant, that begin with the same cell
	below       [][]tallystick.Cell // the one or two rows below it, of the same tenant

	sense Sense
	found []Explained
}

// find reads the table up to the row, and two further.
func (t *target) find(table tallystick.Table, prefix, row int, tenants []tallystick.TenantPeriod) error {
	n := 0
	before := ""
	var first tallystick.Cell
	for cells, err := range table.Rows {
		if err != nil {
			return err
		}
		tenant := cells[0].Text
		if prefix == 0 && table.Columns[0].Name != "Tenant ID" {
			tenant = tenants[0].Tenant
		}
		if t.cells != nil {
			if tenant != t.tenantFound {
				return nil
			}
			if t.below = append(t.below, slices.Clone(cells[prefix:])); len(t.below) == 2 {
				return nil
			}
			continue
		}
		n++
		t.index++
		t.alike++
		if tenant != before {
			t.index = 0
		}
		if tenant != before || cells[prefix] != first {
			t.alike = 0
		}
		before, first = tenant, cells[prefix]
		if n == row {
			t.cells, t.tenantFound = slices.Clone(cells), tenant
		}
	}
	if t.cells != nil {
		return nil
	}
	e := tallystick.Errorf(tallystick.NotFound, "table %s has no row %d", table.Name, row)
	switch n {
	case 0:
		return e.WithHint("it has no rows")
	case 1:
		return e.WithHint("it has one row, number 1")
	}
	return e.WithHint("it has %d rows, numbered from 1", n)
}

// columnNamed returns the place of a column that is named as printed or numbered from 1.
func columnNamed(table tallystick.Table, column string) (int, error) {
	for i, c := range table.Columns {
		if strings.EqualFold(c.Name, column) {
			return i, nil
		}
	}
	if n, err := strconv.Atoi(column); err == nil && n >= 1 && n <= len(table.Columns) {
		return n - 1, nil
	}
	return 0, tallystick.Errorf(tallystick.NotFound, "table %s has no column %q", table.Name, column).
		WithHint("its columns are numbered from 1: %s", names(table.Columns, func(c tallystick.Column) string { return c.Name }))
}

func tableNamed(definition *tallystick.Report, name string) tallystick.TableDefinition {
	return definition.Tables[slices.IndexFunc(definition.Tables, func(t tallystick.TableDefinition) bool { return t.Name == name })]
}

// label explains a cell that comes from no event.
func (t *target) label() error {
	t.sense = Label
	return nil
}
