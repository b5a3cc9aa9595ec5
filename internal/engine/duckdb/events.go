package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Since implements [tallystick.Answerer].
func (e *Engine) Since(_ context.Context, s tallystick.Scope) (tallystick.Instant, error) {
	sc, err := e.scope(s)
	if sc == nil {
		return tallystick.MinInstant, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.tenants[s.Tenant()].since(s.AsOf, s.Before), nil
}

// since returns the time of the earliest event in a scope, MinInstant where there is none.
func (t tenant) since(asOf tallystick.Position, before tallystick.Instant) tallystick.Instant {
	for _, f := range slices.Backward(t.firsts) { // each is earlier than those before
		if asOf.IsZero() || f.seq <= asOf.Sequence {
			if f.time < before {
				return f.time
			}
			break
		}
	}
	return tallystick.MinInstant
}

// Events implements [tallystick.Answerer].
func (e *Engine) Events(ctx context.Context, q tallystick.Events) (count int64, err error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return 0, err
	}
	st := &statement{}
	var parts []string
	for _, t := range e.tables {
		if t.event == nil && t.name != otherTable {
			continue
		}
		s := source{t, "e"}
		where := append(s.all(st, sc), s.column("time")+" >= "+st.bind(q.From))
		parts = append(parts, "SELECT count(*) AS n FROM "+s.from()+" WHERE "+strings.Join(where, " AND "))
	}
	st.add("SELECT sum(n)::BIGINT FROM (", strings.Join(parts, "\n  UNION ALL "), ")")
	err = st.run(ctx, e, func(scan func(...any) error) error { return scan(&count) })
	return count, err
}
