package duckdb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// where returns the conditions of the events that count.
func (t *tallies) where(st *statement) []string {
	s, q, sc := t.source, t.queries[0], t.scopes[0]
	if !t.many() {
		return slices.Concat(s.scope(st, sc, q.Type), t.during(st), t.passing(st))
	}
	where := append(s.ofTenants(st, t.scopes, q.Type), t.during(st)...)
	where = append(where, t.filtered(st, s.column("tenant"), func(f tallystick.Filter) tallystick.Filter { return f }, s.filter)...)
	if q.Countable && q.Type == tallystick.MessageSent {
		failed := t.engine.source(tallystick.MessageFailed, "failed")
		where = append(where, s.mayCount(false)...)
		where = append(where, t.engine.notFailed(s, failed, true, failed.ofTenants(st, t.scopes, tallystick.MessageFailed))...)
	}
	return where
}

// passing returns the conditions of a single tenant's events that count, but for the scope and the time.
func (t *tallies) passing(st *statement) []string {
	q := t.queries[0]
	where := t.source.filter(st, q.Where)
	if q.Countable && q.Type == tallystick.MessageSent {
		where = append(where, t.engine.countable(st, t.source, t.scopes[0], false)...)
	}
	return where
}

// filtered returns the conditions of the parts of the tenants' filters that are wanted, each tenant's own where they differ.
func (t *tallies) filtered(st *statement, tenant string, part func(tallystick.Filter) tallystick.Filter, filter func(*statement, tallystick.Filter) []string) (where []string) {
	for i := range part(t.queries[0].Where) {
		of := func(q *tallystick.Tally) tallystick.Filter { return part(q.Where)[i : i+1] }
		first := of(t.queries[0])
		if !slices.ContainsFunc(t.queries, func(q *tallystick.Tally) bool { return !slices.Equal(of(q)[0].Values, first[0].Values) }) {
			where = append(where, filter(st, first)...)
			continue
		}
		var each strings.Builder
		each.WriteString("CASE " + tenant)
		for j, q := range t.queries {
			each.WriteString(" WHEN " + strconv.Itoa(int(t.scopes[j].number)) + " THEN " + filter(st, of(q))[0])
		}
		where = append(where, each.String()+" END")
	}
	return where
}

// during returns the conditions of the time that is asked for; it ends with the scope, or with a bucket. What is after that bucket exists: a failure there counts.
func (t *tallies) during(st *statement) []string {
	time := t.source.column("time")
	if t.only == nil {
		return []string{time + " >= " + st.bind(t.queries[0].From)}
	}
	return []string{time + " >= " + st.bind(t.only.from), time + " < " + st.bind(t.only.until)}
}
