package duckdb

import (
	"context"
	"strings"

	"github.com/tallystick/tallystick"
)

// Since implements [tallystick.Answerer].
func (e *Engine) Since(ctx context.Context, s tallystick.Scope) (first tallystick.Instant, err error) {
	sc, err := e.scope(s)
	if sc == nil {
		return tallystick.MinInstant, err
	}
	st := &statement{}
	st.add("SELECT COALESCE(MIN(time), "+st.bind(tallystick.MinInstant)+")",
		"FROM "+identifier(firstTable),
		"WHERE tenant = "+sc.tenant(st),
		"  AND time < "+sc.before(st))
	if !s.AsOf.IsZero() {
		st.add("  AND seq <= " + sc.asOf(st))
	}
	err = st.run(ctx, e.readers, func(scan func(...any) error) error { return scan(&first) })
	return first, err
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
	err = st.run(ctx, e.readers, func(scan func(...any) error) error { return scan(&count) })
	return count, err
}
