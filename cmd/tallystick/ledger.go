package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/report"
)

// ledger counts how events are answered that are not accepted, until they are written down in the control plane. Its methods may be called at the same time.
type ledger struct {
	mu     sync.Mutex
	counts map[tallystick.IngestCount]int64 // by an entry whose own count is zero
}

// count counts one event.
func (l *ledger) count(outcome, reason, tenant, source string, received tallystick.Instant) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[tallystick.IngestCount]int64{}
	}
	l.counts[tallystick.IngestCount{Tenant: tenant, Source: source, Slot: tallystick.SlotOf(received), Outcome: outcome, Reason: reason}]++
}

// write writes down what was counted.
func (l *ledger) write(ctx context.Context, p *program, dir *datadir.Dir) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.counts) == 0 {
		return nil
	}
	store, err := p.openControl(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	counts := make([]tallystick.IngestCount, 0, len(l.counts))
	for c, n := range l.counts {
		c.Count = n
		counts = append(counts, c)
	}
	return broken(store.AddIngestCounts(ctx, counts))
}

// localStore is an engine with what a report about ingest needs beside it: the ledger of the control plane, which is opened for as long as it is asked, and the journal.
type localStore struct {
	tallystick.Answerer
	program *program
	dir     *datadir.Dir
	journal *journal.Reader
}

var (
	_ report.Ledger  = localStore{}
	_ report.Arrived = localStore{}
)

// Tallies implements [tallystick.Tallier].
func (l localStore) Tallies(ctx context.Context, qs []tallystick.Tally) ([][]tallystick.Count, error) {
	return tallystick.Tallies(ctx, l.Answerer, qs)
}

// Peaks implements [tallystick.Peaker].
func (l localStore) Peaks(ctx context.Context, qs []tallystick.Peak) ([]tallystick.PeakAnswer, error) {
	return tallystick.Peaks(ctx, l.Answerer, qs)
}

// AllSessionCounts implements [tallystick.SessionCounter].
func (l localStore) AllSessionCounts(ctx context.Context, qs []tallystick.SessionCounts) ([][][]tallystick.Count, error) {
	return tallystick.AllSessionCounts(ctx, l.Answerer, qs)
}

// control calls fn with the control plane; not at all where there is none yet, so that a report makes nothing.
func (l localStore) control(ctx context.Context, fn func(*control.Store) error) (err error) {
	if _, err := os.Stat(l.dir.Control()); errors.Is(err, fs.ErrNotExist) && l.program.settings.get("control") == "" {
		return nil
	}
	store, err := l.program.openControl(ctx, l.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return broken(fn(store))
}

// IngestCounts implements [report.Ledger].
func (l localStore) IngestCounts(ctx context.Context, tenant string, from, before tallystick.Instant) (counts []tallystick.IngestCount, err error) {
	err = l.control(ctx, func(s *control.Store) (err error) {
		counts, err = s.IngestCounts(ctx, tenant, from, before)
		return err
	})
	return counts, err
}

// IngestCountTenants implements [report.Ledger].
func (l localStore) IngestCountTenants(ctx context.Context) (tenants []string, err error) {
	err = l.control(ctx, func(s *control.Store) (err error) {
		tenants, err = s.IngestCountTenants(ctx)
		return err
	})
	return tenants, err
}

// Arrived implements [report.Arrived].
func (l localStore) Arrived(ctx context.Context, tenant string, from, before tallystick.Instant, fn func(*tallystick.Record) error) error {
	return broken(arrived(ctx, l.journal, tenant, from, before, fn))
}
