package duckdb

import (
	"context"
	"errors"
	"maps"
)

// As long as the messages of lost failures are not looked for everywhere (lost.go), who asks for sessions makes those of their contacts of the events, and can't count by months: the sessions of a year take several times as long. So this
// is done when nothing was written for a while, and not only when enough flushes have come since the last time.

// searchNext looks everywhere for messages of failures, if there are any that were lost since this was done: in a flush of what is in memory, if only of the position that was reached.
func (e *Engine) searchNext(ctx context.Context) (done bool, err error) {
	lost, err := e.lostSinceSearch(ctx)
	if err != nil || !lost {
		return false, err
	}
	f, err := e.startSearch(ctx)
	if err != nil || f == nil {
		return false, err
	}
	select {
	case <-f.done:
		return f.err == nil, nil // that it has failed is told
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

// lostSinceSearch reports whether failures were lost since everything was looked through. Its connection is not one of package sql's: those that the engine's end interrupts are sometimes not closed by the driver, and then the file can't be opened again
// by this process.
func (e *Engine) lostSinceSearch(ctx context.Context) (lost bool, err error) {
	s, err := e.stream()
	if err != nil {
		return false, err
	}
	defer s.close()
	err = s.read(ctx, "SELECT COUNT(*) FROM "+identifier(lostTable)+" WHERE flush > (SELECT COALESCE(MAX(flushes), 0) FROM "+identifier(searchTable)+")", nil, func(r *rows) error {
		lost = r.bigint(0, 0) > 0
		return nil
	})
	return lost, cause(ctx, err)
}

// startSearch begins a flush that looks everywhere. It returns nil where somebody applies events, or closes the store and waits for this; where there is a flush on its way, for whose end nobody who applies events is to wait; or where
// nothing can be written any more.
func (e *Engine) startSearch(ctx context.Context) (*flushing, error) {
	if !e.applying.TryLock() {
		return nil, nil
	}
	defer e.applying.Unlock()
	if f := e.flushing; f != nil {
		select {
		case <-f.done:
		default:
			return nil, nil
		}
	}
	if e.failed != nil || e.flushFailed() != nil {
		return nil, nil
	}
	if e.recent == nil {
		b := &batch{applied: maps.Clone(e.applied)}
		m, err := e.memtable(ctx, b)
		if err == nil {
			err = e.write(ctx, m, b)
		}
		if g := (gaveUp{}); err != nil {
			if !errors.As(err, &g) {
				e.failed = err // as in Apply
			}
			return nil, err
		}
		e.mu.Lock()
		e.holds(m, b)
		e.mu.Unlock()
	}
	m := e.recent
	m.search = true
	if err := e.startFlush(ctx, m); err != nil {
		return nil, err
	}
	e.recent = nil
	return e.flushing, nil
}
