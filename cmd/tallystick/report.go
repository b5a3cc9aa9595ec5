package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/render"
	"github.com/tallystick/tallystick/internal/usage"
)

// reportCommand makes one report from a data directory, or lets a server make it.
type reportCommand struct {
	Name string `arg:"" help:"Name of the report (see \"tallystick reports\")."`

	Tenant     []string `help:"Tenant; may be given several times." placeholder:"T" sep:"none"`
	AllTenants bool     `help:"Every tenant."`
	From       string   `help:"First date of the period, in the zone, or its first instant in RFC 3339. Without a period: the 30 dates that end today." placeholder:"X"`
	To         string   `help:"Last date of the period, or the instant where it ends." placeholder:"Y"`
	Period     string   `help:"Instead of --from and --to the period in words: last-7-days, last-30-days, this-month, this-year, last-month, last-3-months, previous-day, previous-week, previous-month or previous-quarter." placeholder:"P"`
	Zone       string   `help:"Time zone by its IANA name." placeholder:"Z"`
	Every      string   `help:"Short for --option every=G." placeholder:"G"`
	By         string   `help:"Short for --option by=D." placeholder:"D"`
	Channel    []string `help:"Short for --where channel=C." placeholder:"C" sep:"none"`
	Bot        []string `help:"Short for --where bot=B." placeholder:"B" sep:"none"`
	Where      []string `help:"Only what has this value in a field. Values of one field are alternatives, different fields must all match." placeholder:"F=V" sep:"none"`
	Option     []string `help:"An option of the report." placeholder:"K=V" sep:"none"`
	AsOf       string   `help:"As it was when the journal ended at this position." placeholder:"POSITION"`

	Explain string `help:"Instead of the report the events that one of its cells counts, and those near it that were left out and why." placeholder:"TABLE,ROW,COLUMN"`

	Table   string `help:"One table of the report." placeholder:"T"`
	Format  string `help:"Format of the output: csv, json, ndjson, xlsx or xls; without it the one that the name behind -o ends in, else csv." placeholder:"F"`
	BOM     bool   `name:"bom" help:"Begin CSV with a byte order mark, so that Excel knows its encoding."`
	Receipt string `help:"Write the receipt of the file, by which it can be made again, to this file." placeholder:"FILE"`
	Output  string `short:"o" help:"Write to this file, or a file for each table into this directory, instead of standard output." placeholder:"FILE|DIR"`

	fileFlags
	reportsFlags
	storeFlags
	serverFlags
}

// Run makes the report. Everything that can be known to be wrong without the data is said before the data directory is touched.
func (c *reportCommand) Run(ctx context.Context, p *program) error {
	server, err := p.remote(c.serverFlags)
	if err != nil {
		return err
	}
	if server != nil {
		return c.ask(ctx, p, server)
	}
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
	question := c.question()
	request, err := question.Request(c.Name, c.Table, tallystick.InstantOf(p.now()), usage.OnCommandLine)
	if err != nil {
		return err
	}
	out, err := c.output(p, definition)
	if err != nil {
		return err
	}
	if cell != nil {
		return c.explain(ctx, p, catalog, question, request, *cell, out)
	}
	return p.withEngine(ctx, func(engine tallystick.Answerer, j *journal.Reader) error {
		if err := asked(ctx, engine, j, question, request); err != nil {
			return err
		}
		if c.Receipt != "" {
			return c.withReceipt(ctx, p, localSource(catalog, engine, j), engine, j.Head(), question, request, out)
		}
		result, err := catalog.Make(ctx, engine, request)
		if err != nil {
			return err
		}
		if out.format.Workbook() {
			if out.options.About, err = usage.Lookup(j.Lookup).About(ctx, cmp.Or(request.AsOf, j.Head()), result); err != nil {
				return broken(err)
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

// asked refuses what only the data can say is wrong with a question.
func asked(ctx context.Context, engine tallystick.Answerer, j *journal.Reader, question *usage.Question, request tallystick.Request) error {
	if err := question.Whose(ctx, engine, usage.OnCommandLine); err != nil {
		return err
	}
	return usage.Within(j.Head(), request.AsOf, usage.OnCommandLine)
}

// question is what the flags ask.
func (c *reportCommand) question() *usage.Question {
	return &usage.Question{
		Tenants: c.Tenant, AllTenants: c.AllTenants, From: c.From, To: c.To, Period: c.Period, Zone: c.Zone, Every: c.Every, By: c.By,
		Channels: c.Channel, Bots: c.Bot, Where: c.Where, Options: c.Option, AsOf: c.AsOf,
	}
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
	if err := c.checkReceipt(o.format, definition); err != nil {
		return o, err
	}
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

// at names the flag that an error is about.
func at(flag string, err error) error {
	if e, ok := err.(*tallystick.Error); ok {
		return e.At(flag)
	}
	return err
}
