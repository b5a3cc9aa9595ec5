package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// quarantineCommand is what can be done with rejected events.
type quarantineCommand struct {
	List   quarantineListCommand   `cmd:"" help:"List rejected events, with where they came from and why they were rejected."`
	Export quarantineExportCommand `cmd:"" help:"Write rejected events as NDJSON, to mend them in an editor."`
	Replay quarantineReplayCommand `cmd:"" help:"Try rejected events again, and let those go that are accepted now."`
	Remove quarantineRemoveCommand `cmd:"" help:"Let rejected events go for good, such as those that were mended and imported."`
}

// quarantineFlags say whose events a command is about.
type quarantineFlags struct {
	Tenant string `help:"Events that came with this tenant's keys, instead of those that were imported from files; with --server, instead of those of one's own." placeholder:"T"`
}

// shortID is how many digits of an id are printed.
const shortID = 12

type quarantineListCommand struct {
	quarantineFlags
	storeFlags
	serverFlags
}

// Run prints a line for each event: id, time of receipt, origin, reason. The quarantines of other tenants are named on stderr.
func (c *quarantineListCommand) Run(ctx context.Context, p *program) error {
	server, err := p.rejects(c.serverFlags, c.quarantineFlags)
	if err != nil {
		return err
	}
	if server != nil {
		return server.list(ctx, p)
	}
	return p.withQuarantine("quarantine list", func(_ *datadir.Dir, q *quarantine.Store) error {
		out := bufio.NewWriter(p.stdout)
		for e, err := range q.List(ctx, c.Tenant, "") {
			if err != nil {
				return errors.Join(out.Flush(), broken(err))
			}
			reason := e.Reason
			if e.Path != "" {
				reason = e.Path + ": " + reason
			}
			fmt.Fprintf(out, "%.*s  %s  %s  %s\n", shortID, e.ID, e.Received, e.Source, reason)
		}
		if err := out.Flush(); err != nil {
			return err
		}
		tenants, err := q.Tenants(ctx)
		for _, t := range tenants {
			if t.Tenant != c.Tenant && t.Tenant != provider {
				fmt.Fprintf(p.stderr, "tenant %q has %s more; see them with --tenant\n", t.Tenant, thousands(int64(t.Entries)))
			}
			for _, d := range t.Damage {
				fmt.Fprintf(p.stderr, "%s is damaged: %s bytes from %d on can't be read\n", d.File, thousands(d.Length), d.Offset)
			}
		}
		return broken(err)
	})
}

type quarantineExportCommand struct {
	IDs    []string `arg:"" optional:"" name:"id" help:"These events only."`
	Output string   `short:"o" help:"Write to this file instead of standard output." placeholder:"FILE"`
	quarantineFlags
	storeFlags
	serverFlags
}

// Run writes the events as they came.
func (c *quarantineExportCommand) Run(ctx context.Context, p *program) error {
	server, err := p.rejects(c.serverFlags, c.quarantineFlags)
	if err != nil {
		return err
	}
	if server != nil {
		return c.write(p, func(w io.Writer) ([]string, error) { return server.export(ctx, w, c.IDs) })
	}
	return p.withQuarantine("quarantine export", func(_ *datadir.Dir, q *quarantine.Store) error {
		return c.write(p, func(w io.Writer) ([]string, error) {
			_, cut, err := q.Export(ctx, c.Tenant, w, c.IDs...)
			return cut, err
		})
	})
}

// write lets fn write the events, and names those that it leaves out.
func (c *quarantineExportCommand) write(p *program, fn func(io.Writer) (cut []string, err error)) error {
	var out io.Writer = p.stdout
	if c.Output != "" {
		f, err := os.Create(c.Output)
		if err != nil {
			return err
		}
		defer f.Close()
		out = f
	}
	w := bufio.NewWriter(out)
	cut, err := fn(w)
	if err := errors.Join(err, w.Flush()); err != nil {
		return err
	}
	for _, id := range cut {
		fmt.Fprintf(p.stderr, "left out %.*s: of an event this long only the first %s bytes are kept\n", shortID, id, thousands(quarantine.MaxRaw))
	}
	return nil
}

type quarantineRemoveCommand struct {
	IDs []string `arg:"" name:"id" help:"These events."`
	quarantineFlags
	storeFlags
	serverFlags
}

// Run removes the events, each of which must be there.
func (c *quarantineRemoveCommand) Run(ctx context.Context, p *program) error {
	server, err := p.rejects(c.serverFlags, c.quarantineFlags)
	if err != nil {
		return err
	}
	if server != nil {
		return server.remove(ctx, p, c.IDs)
	}
	return p.withQuarantine("quarantine remove", func(_ *datadir.Dir, q *quarantine.Store) error {
		var ids []string
		for _, id := range c.IDs {
			e, err := q.Get(ctx, c.Tenant, id)
			if err != nil {
				return err
			}
			ids = append(ids, e.ID)
		}
		if err := q.Remove(ctx, c.Tenant, ids...); err != nil {
			return broken(err)
		}
		fmt.Fprintf(p.stdout, "removed    %d\n", len(ids))
		return nil
	})
}

// withQuarantine opens the data directory and its quarantine for fn.
func (p *program) withQuarantine(command string, fn func(*datadir.Dir, *quarantine.Store) error) error {
	dir, err := p.open(command)
	if err != nil {
		return err
	}
	defer dir.Close()
	q, err := quarantine.Open(quarantine.Options{Dir: dir.Quarantine(), Logger: p.logger()})
	if err != nil {
		return broken(err)
	}
	return errors.Join(fn(dir, q), broken(q.Close()))
}
