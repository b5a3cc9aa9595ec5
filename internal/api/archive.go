package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/render"
)

// RunList is a page of runs.
type RunList = List[Run]

// ArchiveWanted says which part of the archive is wanted.
type ArchiveWanted struct {
	Kind   string `query:"kind" enum:"export,scheduled"`
	State  string `query:"state" enum:"queued,running,done,failed,cancelled,skipped"`
	Report string `query:"report" maxLength:"500"`
	Search string `query:"search" maxLength:"200" doc:"a part of the name, whatever the case"`
	From   string `query:"from" maxLength:"40" doc:"RFC 3339; made then or later"`
	Before string `query:"before" maxLength:"40" doc:"RFC 3339; made earlier than this"`
	Format string `query:"format" enum:"json,csv" doc:"csv: all rows as a file, without pages"`
}

// registerArchive registers the list of every file that was made, or was to be.
func (s *Server) registerArchive(api huma.API) {
	raw(api, route{
		method: http.MethodGet, path: "/api/v1/archive", id: "list-archive", summary: "Every run in reach, also those that were removed, the newest first", tag: "Archive",
		needs: needs{entity: control.Archives, action: control.View},
	}, http.StatusOK, content{"application/json": RunList{}, "text/csv": nil}, s.archive)
}

func (s *Server) archive(w http.ResponseWriter, r *http.Request, in *struct {
	Page
	ArchiveWanted
}) {
	filter, err := in.filter()
	if err == nil && in.Format == "csv" {
		s.archiveFile(w, r, filter)
		return
	}
	var l control.List[control.Run]
	if err == nil {
		l, err = s.Control.Archive(r.Context(), actorOf(r.Context()), filter, in.of())
	}
	if err != nil {
		WriteProblem(w, s.Logger, err)
		return
	}
	writeJSON(w, listOf(l, runOf).Body)
}

func (a *ArchiveWanted) filter() (f control.RunFilter, err error) {
	f = control.RunFilter{Kind: control.RunKind(a.Kind), State: control.RunState(a.State), Report: a.Report, Search: a.Search}
	if f.From, err = instant("query.from", a.From); err == nil {
		f.Before, err = instant("query.before", a.Before)
	}
	return f, err
}

// archiveFile answers with all runs that a filter keeps, as CSV, page after page. A page that can't be read breaks the file off.
func (s *Server) archiveFile(w http.ResponseWriter, r *http.Request, filter control.RunFilter) {
	ctx, a := r.Context(), actorOf(r.Context())
	u := unhurry(w, patience)
	defer u.stop()
	out := newStream(ctx, u, s.Logger)
	out.file = "archive.csv"
	format, err := render.FormatNamed("csv")
	if err == nil {
		out.contentType = format.MediaType
		err = s.Control.AppendAudit(ctx, a, control.Entry{Action: "archive.download", Tenant: a.Tenant, ObjectKind: "archive", After: map[string]string{"question": r.URL.RawQuery}})
	}
	if err == nil {
		err = format.Write(out, s.archiveTable(ctx, a, filter), render.Options{})
	}
	out.finish(err)
}

// archiveTable is the archive as a table.
func (s *Server) archiveTable(ctx context.Context, a control.Actor, filter control.RunFilter) tallystick.Table {
	t := tallystick.Table{Name: "archive"}
	for _, c := range archiveColumns {
		t.Columns = append(t.Columns, tallystick.Column{Name: c.name, Kind: c.kind})
	}
	t.Rows = func(yield func([]tallystick.Cell, error) bool) {
		row := make([]tallystick.Cell, len(archiveColumns))
		for p := (control.Page{Limit: control.MaxLimit}); ; {
			l, err := s.Control.Archive(ctx, a, filter, p)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range l.Items {
				run := runOf(r)
				for i, c := range archiveColumns {
					row[i] = cellOf(c.cell(&run))
				}
				if !yield(row, nil) {
					return
				}
			}
			if p.After = l.Next; l.Next == "" {
				return
			}
		}
	}
	return t
}

// archiveColumns are what the file of the archive says of a run.
var archiveColumns = []struct {
	name string
	kind tallystick.CellKind
	cell func(*Run) any // a text, a Time or an int64; nil: nothing
}{
	{"ID", tallystick.CellText, func(r *Run) any { return r.ID }},
	{"Kind", tallystick.CellText, func(r *Run) any { return string(r.Kind) }},
	{"Name", tallystick.CellText, func(r *Run) any { return r.Name }},
	{"Report", tallystick.CellText, func(r *Run) any { return r.Job.Report }},
	{"State", tallystick.CellText, func(r *Run) any { return string(r.State) }},
	{"Error", tallystick.CellText, func(r *Run) any { return r.Error }},
	{"Tenant ID", tallystick.CellText, func(r *Run) any { return r.Tenant }},
	{"Made By", tallystick.CellText, func(r *Run) any { return r.MakerName }},
	{"Schedule ID", tallystick.CellText, func(r *Run) any { return r.Schedule }},
	{"Due", tallystick.CellInstant, func(r *Run) any { return r.At }},
	{"Period", tallystick.CellText, func(r *Run) any { return r.Job.Period }},
	{"Custom From", tallystick.CellText, func(r *Run) any { return r.Job.From }},
	{"Custom To", tallystick.CellText, func(r *Run) any { return r.Job.To }},
	{"From", tallystick.CellInstant, func(r *Run) any { return r.From }},
	{"Before", tallystick.CellInstant, func(r *Run) any { return r.Before }},
	{"Created", tallystick.CellInstant, func(r *Run) any { return r.Created }},
	{"Started", tallystick.CellInstant, func(r *Run) any { return r.Started }},
	{"Finished", tallystick.CellInstant, func(r *Run) any { return r.Finished }},
	{"Rows", tallystick.CellInteger, func(r *Run) any { return r.Rows }},
	{"Position", tallystick.CellText, func(r *Run) any { return r.Position }},
	{"Of Tenants", tallystick.CellText, func(r *Run) any { return strings.Join(r.Tenants, " ") }},
	{"File", tallystick.CellText, func(r *Run) any { return r.file().Name }},
	{"Bytes", tallystick.CellInteger, func(r *Run) any {
		if r.File == nil {
			return nil
		}
		return r.File.Size
	}},
	{"SHA-256", tallystick.CellText, func(r *Run) any { return r.file().SHA256 }},
	{"File Removed", tallystick.CellInstant, func(r *Run) any { return r.file().Removed }},
	{"Removed", tallystick.CellInstant, func(r *Run) any { return r.Deleted }},
}

// file returns the file of a run; one of no name and no bytes where there is none.
func (r *Run) file() RunFile {
	if r.File == nil {
		return RunFile{}
	}
	return *r.File
}

// cellOf is a value as a cell.
func cellOf(value any) tallystick.Cell {
	switch v := value.(type) {
	case string:
		return tallystick.TextCell(v)
	case int64:
		return tallystick.IntegerCell(v)
	case Time:
		if v != 0 {
			return tallystick.InstantCell(tallystick.Instant(v))
		}
	}
	return tallystick.Empty
}
