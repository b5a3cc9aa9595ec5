package api

import (
	"errors"
	"net/http"

	"github.com/tallystick/tallystick"
)

// ReportList lists definitions.
type ReportList struct {
	Items   []ReportDefinition `json:"items"`
	LeftOut []string           `json:"left_out,omitempty" doc:"What is wrong with files of definitions that are left out, with file, line and column; told to the provider."`
}

// ReportDefinition is a [tallystick.Report] as HTTP tells it.
type ReportDefinition struct {
	Name    string             `json:"name"`
	Title   string             `json:"title"`
	About   string             `json:"about"`
	Version int                `json:"version" doc:"Goes up whenever the same events may give other numbers."`
	Zone    string             `json:"zone" enum:"tenant,utc,always-utc" doc:"Where a request that names no zone takes it from."`
	File    string             `json:"file,omitempty" doc:"Name of a file without its ending, where that is not the report's."`
	Tables  []ReportTableHead  `json:"tables"`
	Options []ReportOption     `json:"options"`
	Filters []ReportFilterHead `json:"filters"`
}

// ReportTableHead describes a table.
type ReportTableHead struct {
	Name    string              `json:"name"`
	About   string              `json:"about"`
	Columns []tallystick.Column `json:"columns"`
}

// ReportOption is something that a request may choose.
type ReportOption struct {
	Name    string   `json:"name"`
	About   string   `json:"about"`
	Default string   `json:"default"`
	Values  []string `json:"values"`
	Length  bool     `json:"length,omitempty" doc:"An integer with m, h or d behind it is allowed too."`
}

// ReportFilterHead is a field that rows can be filtered by.
type ReportFilterHead struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

func definitionOf(r *tallystick.Report) ReportDefinition {
	d := ReportDefinition{Name: r.Name, Title: r.Title, About: r.About, Version: r.Version, Zone: r.Zone, File: r.File,
		Tables: []ReportTableHead{}, Options: []ReportOption{}, Filters: []ReportFilterHead{}}
	for _, t := range r.Tables {
		d.Tables = append(d.Tables, ReportTableHead{t.Name, t.About, t.Columns})
	}
	for _, o := range r.Options {
		d.Options = append(d.Options, ReportOption(o))
	}
	for _, f := range r.Filters {
		d.Filters = append(d.Filters, ReportFilterHead{f.Name, f.About})
	}
	return d
}

// Report returns the definition that d tells of.
func (d *ReportDefinition) Report() *tallystick.Report {
	r := &tallystick.Report{Name: d.Name, Title: d.Title, About: d.About, Version: d.Version, Zone: d.Zone, File: d.File}
	for _, t := range d.Tables {
		r.Tables = append(r.Tables, tallystick.TableDefinition{Name: t.Name, About: t.About, Columns: t.Columns})
	}
	for _, o := range d.Options {
		r.Options = append(r.Options, tallystick.Option(o))
	}
	for _, f := range d.Filters {
		r.Filters = append(r.Filters, tallystick.FilterField{Name: f.Name, About: f.About})
	}
	return r
}

func (h *Reports) list(w http.ResponseWriter, r *http.Request, _ *struct{}) {
	list, catalog := ReportList{Items: []ReportDefinition{}}, h.Catalog()
	for _, one := range catalog.Reports() {
		list.Items = append(list.Items, definitionOf(one))
	}
	if actorOf(r.Context()).Reach.All {
		for _, p := range catalog.Problems() {
			list.LeftOut = append(list.LeftOut, p.String())
		}
	}
	writeJSON(w, list)
}

func (h *Reports) get(w http.ResponseWriter, _ *http.Request, in *struct {
	Report string `path:"report"`
}) {
	r, err := h.definition(in.Report)
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	writeJSON(w, definitionOf(r))
}

// definition returns the definition of a report. One whose file is wrong can't be mended by whoever asks for it.
func (h *Reports) definition(name string) (*tallystick.Report, error) {
	r, err := h.Catalog().Report(name)
	if e := (*tallystick.Error)(nil); errors.As(err, &e) && e.Code == tallystick.Invalid {
		return nil, e.WithHint("whoever runs the server has to mend it; the list of reports tells the provider all that is wrong")
	}
	return r, err
}
