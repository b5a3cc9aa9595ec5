package main

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
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
}

// Run decodes the events again, as if they came now. One that is accepted, or was before, leaves the quarantine once it is on disk; the others stay, with the reason
// they came with.
func (c *quarantineReplayCommand) Run(ctx context.Context, p *program) error {
	catalog, err := p.catalog()
	if err != nil {
		return err
	}
	return p.withQuarantine("quarantine replay", func(dir *datadir.Dir, q *quarantine.Store) error {
		return p.withJournal(ctx, dir, func(j *journal.Journal, a *applier.Applier) error {
			r := replay{program: p, tenant: c.Tenant, journal: j, quarantine: q, decoder: ingest.Decoder{Now: p.now, Tenant: c.Tenant, Declared: catalog.Type}}
			if err := r.all(ctx, c.IDs); err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "accepted   %d\nduplicate  %s\nrejected   %d\n", r.accepted, duplicates(r.duplicate, r.conflicting), r.rejected)
			return broken(a.Wait(ctx, j.Head()))
		})
	})
}

// replay is a replay at work.
type replay struct {
	program    *program
	tenant     string
	journal    *journal.Journal
	quarantine *quarantine.Store
	decoder    ingest.Decoder

	events                                     []tallystick.Event
	ids                                        []string // of events
	accepted, duplicate, conflicting, rejected int64
}

// replayAtOnce is how many events go to the journal together.
const replayAtOnce = 1024

func (r *replay) all(ctx context.Context, ids []string) error {
	for _, id := range ids {
		e, err := r.quarantine.Get(ctx, r.tenant, id)
		if err == nil {
			err = r.one(ctx, &e)
		}
		if err != nil {
			return err
		}
	}
	if len(ids) > 0 {
		return r.flush(ctx)
	}
	for e, err := range r.quarantine.List(ctx, r.tenant, "") {
		if err == nil {
			err = r.one(ctx, &e)
		}
		if err != nil {
			return broken(err)
		}
	}
	return r.flush(ctx)
}

func (r *replay) one(ctx context.Context, entry *quarantine.Entry) error {
	if !entry.Whole() {
		r.reject(entry, fmt.Errorf("only the first %s of its %s bytes were kept", thousands(int64(len(entry.Raw))), thousands(entry.Length)))
		return nil
	}
	event, err := r.decoder.Event(entry.Raw)
	if err != nil {
		r.reject(entry, err)
		return nil
	}
	if event.TimeMissing {
		event.Time = entry.Received // the time of receipt stands for the time; what is accepted now is received now
	}
	r.events, r.ids = append(r.events, event), append(r.ids, entry.ID)
	if len(r.events) < replayAtOnce {
		return nil
	}
	return r.flush(ctx)
}

func (r *replay) reject(entry *quarantine.Entry, why error) {
	if r.rejected++; r.rejected <= showRejected {
		fmt.Fprintf(r.program.stderr, "rejected %.*s (%s): %v\n", shortID, entry.ID, entry.Source, why)
	}
}

// flush hands the gathered events to the journal, and removes them from quarantine once they are on disk.
func (r *replay) flush(ctx context.Context) error {
	if len(r.events) == 0 {
		return nil
	}
	verdicts, err := r.journal.Append(ctx, r.events)
	if err != nil {
		return broken(err)
	}
	for _, v := range verdicts {
		switch v.Outcome {
		case journal.Accepted:
			r.accepted++
		case journal.Conflicting:
			r.conflicting++
			fallthrough
		default:
			r.duplicate++
		}
	}
	err = r.quarantine.Remove(ctx, r.tenant, r.ids...)
	r.events, r.ids = nil, nil
	return broken(err)
}
