package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/usage"
)

// place is the cell that --explain names.
type place struct {
	table  string
	row    int
	column string
}

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

// explain writes where a cell comes from.
func (c *reportCommand) explain(ctx context.Context, p *program, catalog *report.Catalog, question *usage.Question, request tallystick.Request, cell place, out output) error {
	var x *report.Explanation
	var table tallystick.Table
	err := p.withEngine(ctx, func(engine tallystick.Answerer, j *journal.Reader) (err error) {
		if err := asked(ctx, engine, j, question, request); err != nil {
			return err
		}
		if x, err = catalog.Explain(ctx, engine, request, cell.table, cell.row, cell.column); err != nil {
			return err
		}
		table, err = usage.Lookup(j.Lookup).Explained(ctx, x)
		return broken(err)
	})
	if err != nil {
		return err
	}
	if err := out.write([]tallystick.Table{table}); err != nil {
		return err
	}
	fmt.Fprintln(p.stderr, "note: "+usage.ExplanationNote(x))
	return nil
}
