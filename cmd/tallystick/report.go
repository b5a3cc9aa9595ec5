package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/render"
)

// reportCommand makes one report from a data directory.
type reportCommand struct {
	Name string `arg:"" help:"Name of the report (see \"tallystick reports\")."`

	Tenant     []string `help:"Tenant; may be given several times." placeholder:"T" sep:"none"`
	AllTenants bool     `help:"Every tenant."`
	From       string   `help:"First date of the period, in the zone, or its first instant in RFC 3339. Without a period: the 30 dates that end today." placeholder:"X"`
	To         string   `help:"Last date of the period, or the instant where it ends." placeholder:"Y"`
	Zone       string   `help:"Time zone by its IANA name." placeholder:"Z"`
	Every      string   `help:"Short for --option every=G." placeholder:"G"`
	By         string   `help:"Short for --option by=D." placeholder:"D"`
	Channel    []string `help:"Short for --where channel=C." placeholder:"C" sep:"none"`
	Bot        []string `help:"Short for --where bot=B." placeholder:"B" sep:"none"`
	Where      []string `help:"Only what has this value in a field. Values of one field are alternatives, different fields must all match." placeholder:"F=V" sep:"none"`
	Option     []string `help:"An option of the report." placeholder:"K=V" sep:"none"`
	AsOf       string   `help:"As it was when the journal ended at this position." placeholder:"POSITION"`

	Explain string `help:"Instead of the report the events that one of its cells counts, and those near it that were left out and why." placeholder:"TABLE,ROW,COLUMN"`

	Table  string `help:"One table of the report." placeholder:"T"`
	Format string `help:"Format of the output: csv, json, ndjson, xlsx or xls; without it the one that the name behind -o ends in, else csv." placeholder:"F"`
	BOM    bool   `name:"bom" help:"Begin CSV with a byte order mark, so that Excel knows its encoding."`
	Output string `short:"o" help:"Write to this file, or a file for each table into this directory, instead of standard output." placeholder:"FILE|DIR"`

	fileFlags
	reportsFlags
	storeFlags
}

// Run makes the report. Everything that can be known to be wrong without the data is said before the data directory is touched.
func (c *reportCommand) Run(ctx context.Context, p *program) error {
	catalog, err := p.catalog()
	if err != nil {
		return err
	}
	definition, err := catalog.Report(c.Name)
	if err != nil {
		return err
	}
	cell, err := c.explained()
	if err != nil {
		return err
	}
	request, err := c.request(p)
	if err != nil {
		return err
	}
	out, err := c.output(p, definition)
	if err != nil {
		return err
	}
	if cell != nil {
		return c.explain(ctx, p, catalog, request, *cell, out)
	}
	return p.withEngine(ctx, func(engine tallystick.Answerer, j *journal.Reader) error {
		if request.Tenants == nil && !c.AllTenants {
			return whichTenant(ctx, engine)
		}
		if err := within(j, request.AsOf); err != nil {
			return err
		}
		result, err := catalog.Make(ctx, engine, request)
		if err != nil {
			return err
		}
		if out.format.Workbook() {
			if out.options.About, err = about(ctx, j, result); err != nil {
				return err
			}
		}
		if err := out.write(result.Tables); err != nil {
			return err
		}
		// The notes of a table are complete once its rows were read.
		for _, note := range result.Notes() {
			fmt.Fprintln(p.stderr, "note: "+note)
		}
		return nil
	})
}

// within refuses a position that the journal does not have: the answer to it would change as the journal grows.
func within(j *journal.Reader, asOf tallystick.Position) error {
	head := j.Head()
	if asOf.IsZero() || asOf.Log == head.Log && !asOf.After(head) {
		return nil
	}
	e := tallystick.Errorf(tallystick.NotFound, "there is no position %s", asOf).At("--as-of")
	if head.IsZero() {
		return e.WithHint("the journal has no events yet")
	}
	return e.WithHint("the journal goes from %d-1 to %s", head.Log, head)
}

// request turns the flags into a request.
func (c *reportCommand) request(p *program) (tallystick.Request, error) {
	r := tallystick.Request{
		Report: c.Name, Tenants: c.Tenant, Zone: c.Zone, Table: c.Table, Options: map[string]string{}, Now: tallystick.InstantOf(p.now()),
	}
	if c.AllTenants && len(c.Tenant) > 0 {
		return r, tallystick.Errorf(tallystick.Invalid, "--all-tenants and --tenant %s exclude each other", c.Tenant[0]).WithHint("give one of them")
	}
	var err error
	for _, end := range []struct {
		flag, text string
		moment     *tallystick.Moment
	}{{"--from", c.From, &r.From}, {"--to", c.To, &r.To}} {
		if end.text == "" {
			continue
		}
		if *end.moment, err = tallystick.ParseMoment(end.text); err != nil {
			return r, at(end.flag, err)
		}
	}
	if (c.From == "") != (c.To == "") {
		return r, tallystick.Errorf(tallystick.Invalid, "the period %s%s has one end", c.From, c.To).WithHint("give both --from and --to")
	}
	if c.AsOf != "" {
		if r.AsOf, err = tallystick.ParsePosition(c.AsOf); err != nil {
			return r, at("--as-of", err)
		}
	}
	options := slices.Clone(c.Option)
	if c.Every != "" {
		options = append(options, "every="+c.Every)
	}
	if c.By != "" {
		options = append(options, "by="+c.By)
	}
	for _, o := range options {
		name, value, ok := strings.Cut(o, "=")
		if !ok || name == "" {
			return r, tallystick.Errorf(tallystick.Invalid, "--option %s has no value", o).WithHint("write --option NAME=VALUE")
		}
		if before, given := r.Options[name]; given && before != value {
			return r, tallystick.Errorf(tallystick.Invalid, "option %s is given twice, as %s and as %s", name, before, value).WithHint("give it once")
		}
		r.Options[name] = value
	}
	wheres := slices.Clone(c.Where)
	for _, channel := range c.Channel {
		wheres = append(wheres, "channel="+channel)
	}
	for _, bot := range c.Bot {
		wheres = append(wheres, "bot="+bot)
	}
	for _, w := range wheres {
		field, value, ok := strings.Cut(w, "=")
		if !ok || field == "" {
			return r, tallystick.Errorf(tallystick.Invalid, "--where %s has no value", w).WithHint("write --where FIELD=VALUE")
		}
		r.Where = append(r.Where, tallystick.FieldValue{Field: field, Value: value})
	}
	return r, nil
}

// format returns the format that is asked for. A file whose name ends like a format's is of it, or the command line contradicts itself.
func (c *reportCommand) format() (render.Format, error) {
	i := slices.IndexFunc(render.Formats, func(f render.Format) bool { return strings.HasSuffix(strings.ToLower(c.Output), f.Extension) })
	switch {
	case i < 0 && c.Format == "":
		return render.FormatNamed("csv")
	case i < 0:
		return render.FormatNamed(c.Format)
	case c.Format != "" && c.Format != render.Formats[i].Name:
		return render.Format{}, tallystick.Errorf(tallystick.Invalid, "%s does not end like a file of format %s", c.Output, c.Format).WithHint("change one of them")
	}
	return render.Formats[i], nil
}

// output finds out where the tables go, and as what.
func (c *reportCommand) output(p *program, definition *tallystick.Report) (output, error) {
	o := output{stdout: p.stdout, path: c.Output, pid: p.pid}
	var err error
	if o.format, err = c.format(); err != nil {
		return o, err
	}
	if o.options.Delimiter, err = render.ParseDelimiter(c.Delimiter); err != nil {
		return o, err
	}
	if c.Guard == "off" {
		o.options.Guard = render.GuardOff
	}
	o.options.BOM = c.BOM
	names := make([]string, len(definition.Tables))
	for i, t := range definition.Tables {
		names[i] = t.Name
	}
	if c.Table != "" {
		if !slices.Contains(names, c.Table) {
			return o, tallystick.Errorf(tallystick.NotFound, "report %s has no table %q", definition.Name, c.Table).
				WithHint("its tables are %s", strings.Join(names, ", "))
		}
		names = []string{c.Table}
	}
	return o, o.prepare(definition, names)
}

// whichTenant is the error of a command line that does not say whose numbers it wants.
func whichTenant(ctx context.Context, engine tallystick.Answerer) error {
	tenants, err := engine.Tenants(ctx, tallystick.Position{}, tallystick.MaxInstant)
	if err != nil {
		return err
	}
	const few = 5
	e := tallystick.Errorf(tallystick.Invalid, "whose report is not said")
	switch {
	case len(tenants) == 0:
		return e.WithHint("give --tenant T or --all-tenants; there are no events yet")
	case len(tenants) <= few:
		return e.WithHint("give --tenant T or --all-tenants; the tenants are %s", strings.Join(tenants, ", "))
	}
	return e.WithHint("give --tenant T or --all-tenants; some of the %d tenants are %s", len(tenants), strings.Join(tenants[:few], ", "))
}

// at names the flag that an error is about.
func at(flag string, err error) error {
	if e, ok := err.(*tallystick.Error); ok {
		return e.At(flag)
	}
	return err
}
