package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
)

// reportsCommand describes the reports.
type reportsCommand struct {
	Name string `arg:"" optional:"" help:"One report only, with its tables, options and filters."`

	reportsFlags
	dataFlags
	serverFlags
}

func (c *reportsCommand) Run(ctx context.Context, p *program) error {
	server, err := p.remote(c.serverFlags)
	if err != nil {
		return err
	}
	if c.Name != "" {
		r, err := p.reportNamed(ctx, server, c.Name)
		if err != nil {
			return err
		}
		return describeReport(p.stdout, r)
	}
	all, err := p.reportList(ctx, server)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, r := range all {
		fmt.Fprintf(w, "%s\t%s\n", r.Name, r.Title)
	}
	return w.Flush()
}

// reportNamed returns the definition of a report, a server's where there is one.
func (p *program) reportNamed(ctx context.Context, server *remote, name string) (*tallystick.Report, error) {
	if server != nil {
		return server.definition(ctx, name)
	}
	catalog, err := p.catalog()
	if err != nil {
		return nil, err
	}
	return catalog.Report(name)
}

// reportList returns all definitions, a server's where there is one.
func (p *program) reportList(ctx context.Context, server *remote) ([]*tallystick.Report, error) {
	if server == nil {
		catalog, err := p.catalog()
		if err != nil {
			return nil, err
		}
		return catalog.Reports(), nil
	}
	var list api.ReportList
	if err := server.read(ctx, "/api/v1/reports", nil, &list); err != nil {
		return nil, err
	}
	for _, problem := range list.LeftOut {
		fmt.Fprintf(p.stderr, "left out: %s\n", problem)
	}
	var all []*tallystick.Report
	for _, d := range list.Items {
		all = append(all, d.Report())
	}
	return all, nil
}

// describeReport prints what a request for the report may say.
func describeReport(out io.Writer, r *tallystick.Report) error {
	fmt.Fprintf(out, "%s: %s\n%s\n", r.Name, r.Title, r.About)
	fmt.Fprintf(out, "\nZone: %s\n", map[string]string{"tenant": "the tenant's, unless --zone names another", "utc": "UTC, unless --zone names another", "always-utc": "always UTC"}[r.Zone])
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nTables (--table)\n")
	for _, t := range r.Tables {
		fmt.Fprintf(w, "  %s\t%s\n", t.Name, t.About)
	}
	if len(r.Options) > 0 {
		fmt.Fprintf(w, "\nOptions (--option NAME=VALUE; the first value is what holds without)\n")
	}
	for _, o := range r.Options {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", o.Name, strings.Join(choices(o), ", "), o.About)
	}
	if len(r.Filters) > 0 {
		fmt.Fprintf(w, "\nFilters (--where FIELD=VALUE)\n")
	}
	for _, f := range r.Filters {
		fmt.Fprintf(w, "  %s\t%s\n", f.Name, f.About)
	}
	return w.Flush()
}

// choices lists what an option may be, its default first.
func choices(o tallystick.Option) []string {
	list := []string{o.Default}
	for _, v := range o.Values {
		if v != o.Default {
			list = append(list, v)
		}
	}
	if o.Length {
		list = append(list, "a whole number with m, h or d")
	}
	return list
}
