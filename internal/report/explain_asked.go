package report

import (
	"context"
	"sync"

	"github.com/tallystick/tallystick"
)

// asked keeps the queries that pass through, so that a number is explained by the very question it answers.
type asked struct {
	tallystick.Answerer
	mu          sync.Mutex
	tallies     []tallystick.Tally
	peaks       []tallystick.Peak
	resolutions []tallystick.Resolutions
	lists       []tallystick.List
}

func (a *asked) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	a.mu.Lock()
	a.tallies = append(a.tallies, q)
	a.mu.Unlock()
	return a.Answerer.Tally(ctx, q)
}

func (a *asked) Peak(ctx context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	a.mu.Lock()
	a.peaks = append(a.peaks, q)
	a.mu.Unlock()
	return a.Answerer.Peak(ctx, q)
}

func (a *asked) Resolutions(ctx context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	a.mu.Lock()
	a.resolutions = append(a.resolutions, q)
	a.mu.Unlock()
	return a.Answerer.Resolutions(ctx, q)
}

func (a *asked) List(ctx context.Context, q tallystick.List) ([]tallystick.Listed, error) {
	a.mu.Lock()
	a.lists = append(a.lists, q)
	a.mu.Unlock()
	return a.Answerer.List(ctx, q)
}

// the returns the one query about the target's tenant that is so. None is a fault of this package, not of a request.
func the[Q any](t *target, queries []Q, scope func(*Q) tallystick.Scope, so func(*Q) bool) (q Q, err error) {
	for i := range queries {
		if scope(&queries[i]).Tenant() == t.tenant && so(&queries[i]) {
			return queries[i], nil
		}
	}
	return q, tallystick.Errorf(tallystick.Internal, "the cell %s of report %s was made without a query that explains it", t.column, t.definition.Name)
}

func (t *target) askedTally(so func(*tallystick.Tally) bool) (tallystick.Tally, error) {
	return the(t, t.asked.tallies, func(q *tallystick.Tally) tallystick.Scope { return q.Scope }, so)
}

func (t *target) askedPeak(so func(*tallystick.Peak) bool) (tallystick.Peak, error) {
	return the(t, t.asked.peaks, func(q *tallystick.Peak) tallystick.Scope { return q.Scope }, so)
}

func (t *target) askedResolutions(so func(*tallystick.Resolutions) bool) (tallystick.Resolutions, error) {
	return the(t, t.asked.resolutions, func(q *tallystick.Resolutions) tallystick.Scope { return q.Scope }, so)
}

func (t *target) askedList(typ string) (tallystick.List, error) {
	return the(t, t.asked.lists, func(q *tallystick.List) tallystick.Scope { return q.Scope }, func(q *tallystick.List) bool { return q.Types[0] == typ })
}
