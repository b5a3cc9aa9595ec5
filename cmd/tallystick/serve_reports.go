package main

import (
	"context"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/usage"
)

// source is where reports come from, whoever asks for them.
func (s *serving) source() usage.Source {
	return usage.Source{
		Catalog: s.reports.current, Ask: s.ask, Lookup: s.lookup, Ledger: s.control, Versions: versions(),
		Arrived: func(ctx context.Context, tenant string, from, before tallystick.Instant, fn func(*tallystick.Record) error) error {
			return arrived(ctx, s.journal.Load(), tenant, from, before, fn)
		},
	}
}

// rejects is the looking at rejected events over HTTP.
func (s *serving) rejects() *api.Quarantine {
	return &api.Quarantine{
		Store: s.quarantine, Now: s.program.now, Logger: s.logger, Declared: s.declared,
		Append: func(ctx context.Context, events []tallystick.Event) ([]journal.Verdict, error) {
			if err := s.taking(); err != nil {
				return nil, err
			}
			return s.journal.Load().Append(ctx, events)
		},
	}
}

func (s *serving) declared(typ string) *tallystick.DeclaredType { return s.reports.current().Type(typ) }

// ask calls fn with the engine and the position that it has applied, when it has all that it needs to answer.
func (s *serving) ask(ctx context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error {
	if err := s.answering(); err != nil {
		return err
	}
	return (*s.asking.Load())(ctx, fn)
}

func (s *serving) lookup(ctx context.Context, positions []tallystick.Position, fn func(tallystick.Record) error) error {
	j := s.journal.Load()
	if j == nil {
		return s.taking()
	}
	return broken(j.Lookup(ctx, positions, fn))
}

// reading is a journal that can be read from its beginning.
type reading interface {
	Read(ctx context.Context, after tallystick.Position, fn func([]tallystick.Record) error) error
}

var _ reading = (*journal.Reader)(nil)

// arrived walks the journal for a tenant's events that were received in [from, before): single times of receipt are only there.
func arrived(ctx context.Context, j reading, tenant string, from, before tallystick.Instant, fn func(*tallystick.Record) error) error {
	return j.Read(ctx, tallystick.Position{}, func(records []tallystick.Record) error {
		for i := range records {
			if e := &records[i].Event; e.Tenant == tenant && from <= e.Received && e.Received < before {
				if err := fn(&records[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
