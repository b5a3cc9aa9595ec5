package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
	"github.com/tallystick/tallystick/internal/usage"
)

// checkReceipt refuses --receipt where there is not one file of which it could be.
func (c *reportCommand) checkReceipt(format render.Format, definition *tallystick.Report) error {
	switch {
	case c.Receipt == "":
		return nil
	case c.Explain != "":
		return tallystick.Errorf(tallystick.Invalid, "an explanation has no receipt").At("--receipt").WithHint("leave --receipt or --explain out")
	case !format.Workbook() && c.Table == "" && len(definition.Tables) > 1:
		return tallystick.Errorf(tallystick.Invalid, "a receipt is of one file, and report %s has %d tables", definition.Name, len(definition.Tables)).At("--receipt").
			WithHint("choose one with --table, or take --format xlsx")
	}
	return nil
}

// withReceipt makes the report, and writes its receipt once it is whole.
func (c *reportCommand) withReceipt(ctx context.Context, p *program, source *usage.Source, store tallystick.Answerer, head tallystick.Position, question *usage.Question,
	request tallystick.Request, out output) error {
	if request.AsOf.IsZero() {
		request.AsOf, request.Pinned = head, true
	}
	order := usage.Order{Report: c.Name, Table: c.Table, Question: *question, Form: usage.Form{Format: out.format.Name, Delimiter: c.Delimiter, BOM: c.BOM, Guard: c.Guard}}
	file, err := source.File(ctx, &usage.Making{Order: order}, store, request)
	if err != nil {
		return err
	}
	var made *usage.Made
	if err := out.writeParts([]part{{file.Result.Tables[0].Name, func(w io.Writer) (err error) {
		made, err = file.Write(w)
		return err
	}}}); err != nil {
		return err
	}
	for _, note := range made.Receipt.Notes {
		fmt.Fprintln(p.stderr, "note: "+note)
	}
	text, err := json.Marshal(made.Receipt)
	if err != nil {
		return err
	}
	return p.writeReceipt(c.Receipt, text)
}

// writeReceipt writes a receipt for people too.
func (p *program) writeReceipt(name string, receipt []byte) error {
	var b bytes.Buffer
	err := json.Indent(&b, receipt, "", "  ")
	b.WriteByte('\n')
	return cmp.Or(err, os.WriteFile(name, b.Bytes(), 0o666))
}
