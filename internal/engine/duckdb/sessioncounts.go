package duckdb

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// SessionCounts implements [tallystick.Answerer]. Kept sessions are counted by DuckDB, all others here, some at a time.
func (e *Engine) SessionCounts(ctx context.Context, q tallystick.SessionCounts) ([]tallystick.Count, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	q.Scope = sc.Scope
	if q.From = max(q.From, e.first(sc)); q.From >= q.Before {
		return nil, nil
	}
	all := &sumOfCounts{query: &q}
	at, err := e.countKept(ctx, &q, sc, all)
	if err != nil {
		return nil, err
	}
	reading := &tallystick.Reading{}
	for step := tallystick.Day; at < q.Before; {
		until := q.Before
		if step < q.Before-at {
			until = at + step
		}
		parts, err := e.Sessions(ctx, tallystick.Sessions{Scope: q.Scope, From: at, Until: until, Bare: true, Reading: reading})
		if err != nil {
			return nil, err
		}
		all.add(q.Of(parts))
		const many = 40_000
		switch at = until; {
		case len(parts) > many && step > tallystick.Hour:
			step /= 2
		case len(parts) < many/4 && step < tallystick.MaxInstant/2:
			step *= 2
		}
	}
	return all.list(), nil
}

// first returns the time of the tenant's earliest event.
func (e *Engine) first(sc *scope) tallystick.Instant {
	e.mu.RLock()
	defer e.mu.RUnlock()
	t := e.tenants[sc.Tenant()]
	return t.first()
}

// countKept counts the sessions that started up to an instant, which it returns, where most of them are kept.
func (e *Engine) countKept(ctx context.Context, q *tallystick.SessionCounts, sc *scope, all *sumOfCounts) (tallystick.Instant, error) {
	stream, err := e.stream()
	if err != nil {
		return 0, err
	}
	defer stream.close()
	s := &sessions{Sessions: tallystick.Sessions{Scope: sc.Scope, From: q.From, Bare: true}, engine: e, stream: stream, log: sc.log}
	k, err := s.kept(ctx)
	if k == nil || err != nil {
		return q.From, err
	}
	s.Until = k.until
	if k.quiet {
		s.Until = q.Before // which sessions started before, and what they had by then, does not depend on what came later
	}
	if s.From >= s.Until {
		return q.From, nil
	}
	if err := s.countRows(ctx, q, k, all); err != nil {
		return 0, err
	}
	parts, err := s.given(ctx)
	if err != nil {
		return 0, err
	}
	if len(k.doubtful) > 0 {
		if parts, err = s.fromEvents(ctx, &reading{}, parts, slices.Sorted(maps.Keys(k.doubtful))); err != nil {
			return 0, err
		}
	}
	slices.SortFunc(parts, compareParts)
	all.add(q.Of(parts))
	return s.Until, nil
}

// countRows counts what is kept of contacts that are not doubtful.
func (s *sessions) countRows(ctx context.Context, q *tallystick.SessionCounts, k *keptSessions, all *sumOfCounts) error {
	st, sc, err := s.begin()
	if err != nil {
		return err
	}
	condition := "part.tenant = " + sc.tenant(st) + " AND part.start >= " + st.bind(s.From) + " AND part.start < " + st.bind(s.Until) + " AND part.first < " + sc.before(st)
	if len(k.doubtful) > 0 {
		condition += " AND part.contact NOT IN (SELECT UNNEST(" + st.bind(slices.Sorted(maps.Keys(k.doubtful))) + "))"
	}
	wanted := []string{"kept.contact", "kept.start"}
	var joins, labelled []string
	groups := columns("group", len(q.By))
	for i := range q.By {
		value := "''"
		switch q.By[i].Field {
		case tallystick.FieldBotID:
			value = "kept.bot"
		case tallystick.FieldBotVersion:
			value = "kept.version"
		case tallystick.FieldChannelID:
			value = "kept.channel"
		}
		join, group := labels(st, &q.By[i], value, "label"+strconv.Itoa(i))
		joins, labelled = append(joins, join), append(labelled, group+" AS "+groups[i])
	}
	join, bucket := buckets(st, q.Edges, "one.start")
	st.add("SELECT "+strings.Join(append(append([]string{bucket + " AS bucket"}, groups...), "COUNT(*)"), ", "),
		"FROM (",
		"  SELECT DISTINCT "+strings.Join(append(wanted, labelled...), ", "),
		"  FROM "+keptRows(k.flush, condition)+" AS kept")
	st.add(joins...)
	st.add(") AS one", join)
	if len(groups) > 0 {
		st.add("WHERE group0 <> ''")
	}
	st.add("GROUP BY "+strings.Join(append([]string{"bucket"}, groups...), ", "), "ORDER BY ALL")
	counts, err := s.engine.counts(ctx, st, len(q.By))
	all.add(counts)
	return err
}

// sumOfCounts adds up counts of different sessions.
type sumOfCounts struct {
	query  *tallystick.SessionCounts
	counts []tallystick.Count
}

func (s *sumOfCounts) add(counts []tallystick.Count) { s.counts = append(s.counts, counts...) }

func (s *sumOfCounts) list() []tallystick.Count {
	tallystick.SortCounts(s.counts)
	var sums []tallystick.Count
	for _, c := range s.counts {
		if n := len(sums); n > 0 && sums[n-1].Bucket == c.Bucket && slices.Equal(sums[n-1].Group, c.Group) {
			sums[n-1].Value += c.Value
			continue
		}
		sums = append(sums, c)
	}
	return sums
}
