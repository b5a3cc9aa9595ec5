package duckdb

import (
	"context"
	"strings"

	"github.com/tallystick/tallystick"
)

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
