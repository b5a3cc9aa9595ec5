package duckdb

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// foundAtOnce is how many events a statement looks for that asks which of several tenants have any, and mostRounds after how many such statements all events are looked through: rows are sorted by tenant, so
// that a statement finds those of one or two that have many.
const (
	foundAtOnce = 1 << 14
	mostRounds  = 2
)

// exist answers tallies that only ask whether there are events that count. DuckDB ends the scan at a LIMIT, so each statement finds some events of tenants of which none was found yet:
// a tenant that has many is done with after a few rows, and those that have few or none are looked through together, once, by the last statement.
func (t *tallies) exist(ctx context.Context, answers [][]tallystick.Count) error {
	left := *t
	found := map[int32]bool{}
	if err := t.existByDays(ctx, found); err != nil {
		return err
	}
	for rounds := 0; ; rounds++ {
		left.queries, left.scopes = nil, nil
		for i, sc := range t.scopes {
			if !found[sc.number] && !slices.Contains(t.source.filter(&statement{}, t.queries[i].Where), "FALSE") {
				again := *sc
				again.forget()
				left.queries, left.scopes = append(left.queries, t.queries[i]), append(left.scopes, &again)
			}
		}
		if len(left.queries) == 0 {
			break
		}
		more, err := left.find(ctx, found, rounds == mostRounds)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	for _, w := range t.wanted {
		if found[w.tenant] {
			answers[w.place] = []tallystick.Count{{Value: 1}}
		}
	}
	return nil
}

// find notes which tenants some of the events, or all of them, are of, and reports whether there may be more events.
func (t *tallies) find(ctx context.Context, found map[int32]bool, all bool) (more bool, err error) {
	limit := int64(1)
	switch {
	case all && t.many():
		limit = math.MaxInt64
	case t.many():
		limit = foundAtOnce
	}
	st := &statement{}
	tenant := t.source.column("tenant")
	st.add("SELECT tenant, COUNT(*)",
		"FROM (SELECT "+tenant+" AS tenant FROM "+t.source.from(),
		"  WHERE "+strings.Join(t.where(st), "\n    AND "),
		"  LIMIT "+strconv.FormatInt(limit, 10)+")",
		"GROUP BY tenant")
	events := int64(0)
	err = st.run(ctx, t.engine, func(scan func(...any) error) error {
		var number int32
		var n int64
		err := scan(&number, &n)
		found[number] = true
		events += n
		return err
	})
	return events == limit, err
}
