package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
	"github.com/tallystick/tallystick/internal/usage"
)

// ReportTable is a table of a report as JSON. It is written while it is made; this is its shape.
type ReportTable struct {
	ReportHead
	Table struct {
		Table   string              `json:"table"`
		Columns []tallystick.Column `json:"columns"`
		Rows    [][]any             `json:"rows" doc:"A value for each column: a text, a number, an instant in RFC 3339, or null. Decimals have both places."`
	} `json:"table"`
	Notes []string `json:"notes" doc:"What a reader must know and the table can't say."`
}

// ReportHead is what is known before the first row.
type ReportHead struct {
	Report        string         `json:"report"`
	Title         string         `json:"title"`
	Version       int            `json:"version"`
	Position      string         `json:"position" doc:"The position of the journal that the answer was made at; empty where there are no events yet."`
	CompleteUntil string         `json:"complete_until,omitempty" doc:"When the newest event of the answer's position was accepted."`
	Tenants       []TenantPeriod `json:"tenants" doc:"Whose numbers these are, in the order of the table."`
}

// TenantPeriod is a tenant of an answer with the period as its zone sees it.
type TenantPeriod struct {
	Tenant  string `json:"tenant"`
	Company string `json:"company"`
	Zone    string `json:"zone"`
	From    string `json:"from" doc:"The period's first instant, in UTC."`
	Before  string `json:"before" doc:"The instant where the period ends, in UTC."`

	AvailableFrom string `json:"available_from,omitempty" doc:"The time of the tenant's earliest event, in UTC: before it there is no data."`
}

// headOf says what an answer is of.
func (h *Reports) headOf(ctx context.Context, result *tallystick.Result, position tallystick.Position) (ReportHead, error) {
	head := ReportHead{Report: result.Report.Name, Title: result.Report.Title, Version: result.Report.Version, Tenants: []TenantPeriod{}}
	if !position.IsZero() {
		complete, err := h.Lookup.CompleteUntil(ctx, position)
		if err != nil {
			return head, err
		}
		head.Position, head.CompleteUntil = position.String(), complete.String()
	}
	for _, t := range result.Tenants {
		period := TenantPeriod{Tenant: t.Tenant, Company: t.Company, Zone: t.Zone, From: t.From.String(), Before: t.Before.String()}
		if t.Since != tallystick.MinInstant {
			period.AvailableFrom = t.Since.String()
		}
		head.Tenants = append(head.Tenants, period)
	}
	return head, nil
}

// table answers with one table.
func (h *Reports) table(w http.ResponseWriter, r *http.Request, in *struct {
	Report string `path:"report"`
	Table  string `path:"table"`
	usage.Question
	FileWish
}) {
	format, err := in.wanted(nil)
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	h.ask(w, r, &in.Question, in.Report, in.Table, func(ctx context.Context, store tallystick.Answerer, request tallystick.Request, s *stream) error {
		if format != nil {
			return h.writeFile(ctx, s, usage.Order{Report: in.Report, Table: in.Table, Question: in.Question, Form: in.formOf(*format)}, store, request)
		}
		result, err := h.Catalog().Make(ctx, store, request)
		if err != nil {
			return err
		}
		head, err := h.headOf(ctx, result, s.position)
		if err != nil {
			return err
		}
		return writeTable(s, head, result)
	})
}

// wanted returns the format of the file that is wanted, when the rest of the wish can be read too.
func (f *FileWish) wanted(initial *render.Format) (*render.Format, error) {
	format, err := f.format(initial)
	if err != nil {
		return nil, err
	}
	_, err = f.FileOptions()
	return format, err
}

// formOf returns the form of a file whose format was chosen.
func (f *FileWish) formOf(format render.Format) usage.Form {
	form := f.Form
	form.Format = format.Name
	return form
}

// file answers with all tables: a workbook, or an archive with a file for each.
func (h *Reports) file(w http.ResponseWriter, r *http.Request, in *struct {
	Report string `path:"report"`
	usage.Question
	FileWish
}) {
	xlsx := &render.Formats[slices.IndexFunc(render.Formats, render.Format.Workbook)]
	format, err := in.wanted(xlsx)
	if err == nil && format == nil {
		var json render.Format
		json, err = render.FormatNamed("json") // whoever accepts JSON
		format = &json
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	h.ask(w, r, &in.Question, in.Report, "", func(ctx context.Context, store tallystick.Answerer, request tallystick.Request, s *stream) error {
		return h.writeFile(ctx, s, usage.Order{Report: in.Report, Question: in.Question, Form: in.formOf(*format)}, store, request)
	})
}

// writeFile writes a file: the bytes of the command line.
func (h *Reports) writeFile(ctx context.Context, s *stream, order usage.Order, store tallystick.Answerer, request tallystick.Request) error {
	f, err := h.File(ctx, &usage.Making{Order: order}, store, request)
	if err != nil {
		return err
	}
	s.contentType, s.file, s.notes = f.MediaType, f.Name, f.Result.Notes
	if err := h.downloaded(ctx, &order.Question, order.Report, s); err != nil {
		return err
	}
	made, err := f.Write(s)
	if err == nil {
		s.receipt = made.Receipt
	}
	return err
}

// writeTable writes a [ReportTable].
func writeTable(s *stream, head ReportHead, result *tallystick.Result) error {
	s.contentType = "application/json"
	b, err := json.Marshal(head)
	if err != nil {
		return err
	}
	format, err := render.FormatNamed("json")
	if err != nil {
		return err
	}
	s.Write(append(b[:len(b)-1], `,"table":`...)) // an error stays with the stream
	if err := format.Write(s, result.Tables[0], render.Options{}); err != nil {
		return err
	}
	s.Write(append([]byte(`,"notes":`), notesJSON(result.Notes())...))
	_, err = s.Write([]byte("}\n"))
	return err
}
