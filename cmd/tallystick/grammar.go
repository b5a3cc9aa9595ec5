package main

import (
	"context"
	"errors"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tallystick/tallystick"
)

// grammar is the command line.
type grammar struct {
	Config string `help:"Configuration file in YAML; its keys are the names of the settings (see \"tallystick config\")." placeholder:"FILE"`

	Serve      serveCommand      `cmd:"" help:"Run the server: ingest and API over HTTP."`
	Demo       demoCommand       `cmd:"" help:"Run a server with a made-up year of several tenants, to look around."`
	Worker     workerCommand     `cmd:"" help:"Work for a server: make and send exports and scheduled reports."`
	Import     importCommand     `cmd:"" help:"Read event files into a data directory."`
	Report     reportCommand     `cmd:"" help:"Make one report."`
	Reproduce  reproduceCommand  `cmd:"" help:"Make the file of a receipt again, and say whether it is the same."`
	Reports    reportsCommand    `cmd:"" help:"List the reports, or one report's tables, options and filters."`
	Quarantine quarantineCommand `cmd:"" help:"List, export, replay and remove events that were rejected."`
	Rebuild    rebuildCommand    `cmd:"" help:"Make the engine anew from the journal."`
	Verify     verifyCommand     `cmd:"" help:"Check every record of the journal, and every entry of the audit log."`
	Sample     sampleCommand     `cmd:"" help:"Write a believable, seeded stream of events."`
	ShowConfig configCommand     `cmd:"" name:"config" help:"Print the settings in force and where they come from."`
	OpenAPI    openAPICommand    `cmd:"" name:"openapi" help:"Print the description of the HTTP API."`
	Version    versionCommand    `cmd:"" help:"Print the versions of the program and of what it is made of."`
}

// dataFlags are the settings of commands that look into a data directory.
type dataFlags struct {
	Data string `help:"Data directory." placeholder:"DIR" setting:""`
}

// storeFlags are the settings of commands that use a data directory.
type storeFlags struct {
	dataFlags
	MemoryLimit string `help:"Most memory that the engine may take, such as 512MB; where nothing is said, an import's takes 256MB." placeholder:"SIZE" setting:""`
	Threads     string `help:"Most threads that the engine may use." placeholder:"N" setting:""`
}

// serverFlags are those of commands that may ask a server instead of a data directory.
type serverFlags struct {
	Server string `help:"Ask the server at this address instead of using a data directory." placeholder:"URL"`
	Key    string `help:"Key for the server." placeholder:"KEY" setting:""`
}

// reportsFlags are the settings of commands that need the definitions of reports.
type reportsFlags struct {
	Reports string `help:"Folder of report definitions of your own; reports in the data directory where it is not given." placeholder:"DIR" setting:""`
}

// controlFlag is the setting of commands that use the control plane.
type controlFlag struct {
	Control string `help:"Database of members, roles, keys and settings: postgres://…, or a file; control.db in the data directory where it is not given." placeholder:"DB" setting:""`
}

// fileFlags are the settings of commands that write CSV.
type fileFlags struct {
	Delimiter string `help:"What separates the cells of CSV: a comma, |, ; or tab." placeholder:"D" setting:""`
	Guard     string `help:"Whether text that a spreadsheet would run as a formula is made harmless: on or off." placeholder:"on|off" setting:""`
}

// run parses the command line, finds out the settings, and runs the command.
func (p *program) run(ctx context.Context, args []string) error {
	var g grammar
	helped := false
	parser, err := kong.New(&g,
		kong.Name("tallystick"),
		kong.Description("Usage reports for chat, bot, messaging and contact-centre platforms: how much was used, by whom, when."),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.ValueFormatter(describe),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(p),
	)
	if err != nil {
		return err
	}
	line, err := parser.Parse(args)
	if helped {
		return nil
	}
	if err != nil {
		return misused(err)
	}
	if p.settings, err = resolve(line, g.Config, p.env); err != nil {
		return err
	}
	return line.Run()
}

// misused turns an error of the parser into a sentence with advice.
func misused(err error) error {
	command := "tallystick"
	if e := (*kong.ParseError)(nil); errors.As(err, &e) && e.Context != nil && e.Context.Selected() != nil {
		command = e.Context.Selected().Path()
		if i := strings.IndexAny(command, "<[("); i >= 0 {
			command = strings.TrimSpace(command[:i])
		}
		command = strings.Join(strings.Fields("tallystick "+strings.TrimPrefix(command, "tallystick")), " ")
	}
	return tallystick.Errorf(tallystick.Invalid, "%w", err).WithHint("see `%s --help`", command)
}
