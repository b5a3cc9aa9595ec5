package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// importCommand reads event files into a data directory, or hands them to a server.
type importCommand struct {
	Files    []string `arg:"" name:"file" help:"Event files, plain or compressed with gzip or zstd; - is standard input."`
	Format   string   `help:"How events follow one another: auto, json, ndjson or batch." placeholder:"F" default:"auto"`
	Strict   bool     `help:"Exit with 3 when an event was rejected."`
	Progress string   `help:"Progress on standard error: auto (a bar on a terminal), json (lines), or none." placeholder:"P" default:"auto" enum:"auto,json,none"`

	reportsFlags
	storeFlags
	serverFlags
}

// Run reads the files one after the other. What is printed as accepted is on disk, also when the import fails or is stopped later.
func (c *importCommand) Run(ctx context.Context, p *program) error {
	format, err := ingest.ParseFormat(c.Format)
	if err != nil {
		return at("--format", err)
	}
	size, err := c.checkFiles()
	if err != nil {
		return err
	}
	server, err := p.remote(c.serverFlags)
	if err != nil {
		return err
	}
	if server != nil {
		return c.send(ctx, &importing{command: c, program: p, format: format, size: size, start: p.now()}, server)
	}
	catalog, err := p.catalog()
	if err != nil {
		return err
	}
	dir, err := datadir.Create(p.settings.get("data"), datadir.Holder{PID: p.pid, Command: "import"})
	if err != nil {
		return err
	}
	defer dir.Close()
	q, err := quarantine.Open(quarantine.Options{Dir: dir.Quarantine(), Logger: p.logger()})
	if err != nil {
		return broken(err)
	}
	err = p.withJournal(ctx, dir, func(j *journal.Journal, a *applier.Applier) error {
		return c.read(ctx, &importing{command: c, program: p, format: format, journal: j, quarantine: q, catalog: catalog, size: size, start: p.now()}, a, dir)
	})
	return errors.Join(err, broken(q.Close()))
}

// read reads the files and says what became of the events.
func (c *importCommand) read(ctx context.Context, run *importing, a *applier.Applier, dir *datadir.Dir) error {
	progress := run.showProgress()
	read := run.readAll(ctx)
	var applied error
	if ctx.Err() == nil && !run.refused { // else whoever needs the engine next brings it up to date
		applied = a.Wait(ctx, run.journal.Head())
	}
	progress.stop()
	counted := run.ledger.write(context.WithoutCancel(ctx), run.program, dir) // before anything is said, and also when the import was stopped
	run.printSummary("with `tallystick quarantine list --data " + dir.Path() + "`")
	switch {
	case counted != nil && read == nil:
		return counted
	case read != nil:
		return read
	case applied != nil:
		return tallystick.Errorf(tallystick.Internal, "the events are accepted, but the engine can't apply them: %w", applied).
			WithHint("`tallystick rebuild` makes it anew")
	case c.Strict && run.counts.rejected.Load() > 0:
		return errRejected
	}
	return nil
}

// checkFiles looks for every file before the first is read, and returns their size; 0 where it is not known.
func (c *importCommand) checkFiles() (int64, error) {
	var size int64
	known := true
	for i, name := range c.Files {
		if name == "-" {
			for _, earlier := range c.Files[:i] {
				if earlier == "-" {
					return 0, tallystick.Errorf(tallystick.Invalid, "standard input (-) is named twice").WithHint("name it once")
				}
			}
			known = false
			continue
		}
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return 0, tallystick.Errorf(tallystick.NotFound, "there is no file %s", name).WithHint("nothing was imported; correct the name")
		case err != nil:
			return 0, fmt.Errorf("look for event file: %w", err)
		case info.IsDir():
			return 0, tallystick.Errorf(tallystick.Invalid, "%s is a directory", name).WithHint("nothing was imported; name the files in it")
		}
		known = known && info.Mode().IsRegular()
		size += info.Size()
	}
	if !known {
		size = 0
	}
	return size, nil
}
