package main

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

type quarantineReplayCommand struct {
	IDs []string `arg:"" optional:"" name:"id" help:"These events only."`
	quarantineFlags
	reportsFlags
	storeFlags
	serverFlags
}

// Run replays the events, and says why the first few stay.
func (c *quarantineReplayCommand) Run(ctx context.Context, p *program) error {
	server, err := p.rejects(c.serverFlags, c.quarantineFlags)
	if err != nil {
		return err
	}
	if server != nil {
		return server.replay(ctx, p, c.IDs)
	}
	catalog, err := p.catalog()
	if err != nil {
		return err
	}
	return p.withQuarantine("quarantine replay", func(dir *datadir.Dir, q *quarantine.Store) error {
		return p.withJournal(ctx, dir, func(j *journal.Journal, a *applier.Applier) error {
			r := &api.Replay{Tenant: c.Tenant, Store: q, Append: j.Append, Decoder: &ingest.Decoder{Now: p.now, Tenant: c.Tenant, Declared: catalog.Type}}
			r.Stays = func(e *quarantine.Entry, why error) {
				if r.Rejected <= showRejected {
					fmt.Fprintf(p.stderr, "rejected %.*s (%s): %v\n", shortID, e.ID, e.Source, why)
				}
			}
			if err := r.Run(ctx, c.IDs); err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "accepted   %d\nduplicate  %s\nrejected   %d\n", r.Accepted, duplicates(r.Duplicate, r.Conflicting), r.Rejected)
			return broken(a.Wait(ctx, j.Head()))
		})
	})
}
