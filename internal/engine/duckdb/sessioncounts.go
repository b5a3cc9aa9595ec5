package duckdb

import (
	"context"
	"fmt"
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
	all, at, err := e.countKept(ctx, &q, sc)
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
		all = addCounts(all, countSessions(&q, parts))
		const many = 40_000
		switch at = until; {
		case len(parts) > many && step > tallystick.Hour:
			step /= 2
		case len(parts) < many/4 && step < tallystick.MaxInstant/2:
			step *= 2
		}
	}
	return all, nil
}

// first returns the time of the tenant's earliest event.
func (e *Engine) first(sc *scope) tallystick.Instant {
	e.mu.RLock()
	defer e.mu.RUnlock()
	t := e.tenants[sc.Tenant()]
	return t.first()
}

// countKept counts the sessions that started before an instant, which it returns: the first of the period where too little is kept.
func (e *Engine) countKept(ctx context.Context, q *tallystick.SessionCounts, sc *scope) ([]tallystick.Count, tallystick.Instant, error) {
	stream, err := e.stream()
	if err != nil {
		return nil, 0, err
	}
	defer stream.close()
	s := &sessions{Sessions: tallystick.Sessions{Scope: sc.Scope, From: q.From, Bare: true}, engine: e, stream: stream, log: sc.log}
	k, err := s.kept(ctx)
	if k == nil || err != nil {
		return nil, q.From, err
	}
	s.Until = k.until
	if k.quiet {
		s.Until = q.Before // which sessions started before, and what they had by then, does not depend on what came later
	}
	if s.From >= s.Until {
		return nil, q.From, nil
	}
	counts, err := s.countRows(ctx, q, k)
	if err != nil {
		return nil, 0, err
	}
	parts, err := s.given(ctx)
	if err != nil {
		return nil, 0, err
	}
	if len(k.doubtful) > 0 {
		if parts, err = s.fromEvents(ctx, &reading{}, parts, slices.Sorted(maps.Keys(k.doubtful))); err != nil {
			return nil, 0, err
		}
	}
	slices.SortFunc(parts, compareParts)
	return addCounts(counts, countSessions(q, parts)), s.Until, nil
}

// countRows counts what is kept of contacts that are not doubtful.
func (s *sessions) countRows(ctx context.Context, q *tallystick.SessionCounts, k *keptSessions) ([]tallystick.Count, error) {
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
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
	return s.engine.counts(ctx, st, len(q.By))
}

// countSessions counts the sessions of some parts, which are whole and in the order of an answer to [tallystick.Sessions].
func countSessions(q *tallystick.SessionCounts, parts []tallystick.SessionPart) []tallystick.Count {
	type key struct {
		bucket int
		group  string
	}
	places := map[key]int{}
	var counts []tallystick.Count
	seen := map[key]bool{} // of the session
	for i := range parts {
		p := &parts[i]
		if i == 0 || p.Session != parts[i-1].Session || p.Given != parts[i-1].Given || p.Start != parts[i-1].Start {
			clear(seen)
		}
		var group []string
		for j := range q.By {
			text := ""
			switch q.By[j].Field {
			case tallystick.FieldBotID:
				text = p.Bot
			case tallystick.FieldBotVersion:
				text = p.Version
			case tallystick.FieldChannelID:
				text = p.Channel
			}
			group = append(group, q.By[j].Of(text))
		}
		k := key{bucketOf(q.Edges, p.Start), fmt.Sprintf("%q", group)}
		if len(group) > 0 && group[0] == "" || seen[k] {
			continue
		}
		seen[k] = true
		place, known := places[k]
		if !known {
			place = len(counts)
			places[k], counts = place, append(counts, tallystick.Count{Bucket: k.bucket, Group: group})
		}
		counts[place].Value++
	}
	return counts
}

// bucketOf returns the last bucket that begins at or before an instant.
func bucketOf(edges []tallystick.Instant, at tallystick.Instant) int {
	if len(edges) <= 2 {
		return 0
	}
	n, _ := slices.BinarySearchFunc(edges[1:len(edges)-1], at, func(edge, at tallystick.Instant) int {
		if edge <= at {
			return -1
		}
		return 1
	})
	return n
}
