package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
	"github.com/tallystick/tallystick/internal/usage"
)

// ask makes the report on a server. The server writes the files, with what would write them here; so they have the same bytes.
func (c *reportCommand) ask(ctx context.Context, p *program, server *remote) error {
	cell, err := c.explained()
	if err != nil {
		return err
	}
	question := c.question()
	if _, err := question.Request(c.Name, c.Table, tallystick.InstantOf(p.now()), usage.OnCommandLine); err != nil {
		return err
	}
	if _, err := c.format(); err != nil {
		return err
	}
	definition, err := server.definition(ctx, c.Name)
	if err != nil {
		return err
	}
	out, err := c.output(p, definition)
	if err != nil {
		return err
	}
	question.At = tallystick.InstantOf(p.now()).String() // the tables of one report are of one period
	query := question.Query()
	query.Set("format", out.format.Name)
	query.Set("delimiter", c.Delimiter)
	query.Set("guard", c.Guard)
	if c.BOM {
		query.Set("bom", "true")
	}
	var notes []string
	proof := ""
	// fetch is a part that the server writes.
	fetch := func(table string, path ...string) part {
		return part{table, func(w io.Writer) error {
			said, position, receipt, err := server.copyTo(ctx, w, reportPath(c.Name, path...), query)
			if err == nil && position != "" {
				query.Set("as_of", position) // the tables of one report are of one position
			}
			proof = receipt
			for _, note := range said {
				if !slices.Contains(notes, note) {
					notes = append(notes, note)
				}
			}
			return err
		}}
	}
	if err := out.writeParts(c.parts(out.format, definition, cell, fetch)); err != nil {
		return err
	}
	if c.Receipt != "" {
		if proof == "" {
			return tallystick.Errorf(tallystick.Unavailable, "%s sent no receipt behind the file; the file itself is whole", server.address).WithHint("ask without a proxy between that drops trailers")
		}
		if err := p.writeReceipt(c.Receipt, []byte(proof)); err != nil {
			return err
		}
	}
	for _, note := range notes {
		fmt.Fprintln(p.stderr, "note: "+note)
	}
	return nil
}

// parts says which files make the report.
func (c *reportCommand) parts(format render.Format, definition *tallystick.Report, cell *place, fetch func(table string, path ...string) part) []part {
	switch {
	case cell != nil:
		return []part{fetch(usage.ExplanationTable, "tables", cell.table, "rows", strconv.Itoa(cell.row), "columns", cell.column, "events")}
	case c.Table != "":
		return []part{fetch(c.Table, "tables", c.Table)}
	case format.Workbook():
		return []part{fetch(definition.Tables[0].Name, "file")}
	}
	var parts []part
	for _, t := range definition.Tables {
		parts = append(parts, fetch(t.Name, "tables", t.Name))
	}
	return parts
}
