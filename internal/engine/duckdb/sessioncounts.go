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
	stream, err := e.stream()
	if err != nil {
		return nil, err
	}
	defer stream.close()
	s := &sessions{Sessions: tallystick.Sessions{Scope: sc.Scope, From: q.From, Bare: q.Distinct == tallystick.NoField}, engine: e, stream: stream, log: sc.log}
	k, err := s.kept(ctx)
	if err != nil {
		return nil, err
	}
	c := newSessionCounter(&q)
	at := q.From
	if k != nil {
		s.Until = k.until
		if k.quiet {
			s.Until = q.Before // which sessions started before, and what they had by then, does not depend on what came later
		}
		if s.From < s.Until {
			at = s.Until
			if err := s.countUnkept(ctx, c, k); err != nil {
				return nil, err
			}
		}
	}
	if err := e.countSlices(ctx, c, at); err != nil || at == q.From {
		return c.answer(), err
	}
	return s.countKept(ctx, c, k)
}

// first returns the time of the tenant's earliest event.
func (e *Engine) first(sc *scope) tallystick.Instant {
	e.mu.RLock()
	defer e.mu.RUnlock()
	t := e.tenants[sc.Tenant()]
	return t.first()
}

// countUnkept counts the sessions that started before the end of what is kept and are not kept.
func (s *sessions) countUnkept(ctx context.Context, c *sessionCounter, k *keptSessions) error {
	parts, err := s.given(ctx)
	if err != nil {
		return err
	}
	if len(k.doubtful) > 0 {
		if parts, err = s.fromEvents(ctx, &reading{}, parts, slices.Sorted(maps.Keys(k.doubtful))); err != nil {
			return err
		}
	}
	if !s.Bare {
		if err := s.fillTickets(ctx, s.engine.reading(nil, s.Scope, &scope{Scope: s.Scope, log: s.log}), parts); err != nil {
			return err
		}
	}
	slices.SortFunc(parts, compareParts)
	c.add(parts)
	return nil
}

// countSlices counts the sessions that start at or after an instant, some at a time.
func (e *Engine) countSlices(ctx context.Context, c *sessionCounter, at tallystick.Instant) error {
	reading := &tallystick.Reading{}
	for step := tallystick.Day; at < c.q.Before; {
		until := c.q.Before
		if step < c.q.Before-at {
			until = at + step
		}
		parts, err := e.Sessions(ctx, tallystick.Sessions{Scope: c.q.Scope, From: at, Until: until, Bare: c.q.Distinct == tallystick.NoField, Reading: reading})
		if err != nil {
			return err
		}
		c.add(parts)
		const many = 40_000
		switch at = until; {
		case len(parts) > many && step > tallystick.Hour:
			step /= 2
		case len(parts) < many/4 && step < tallystick.MaxInstant/2:
			step *= 2
		}
	}
	return nil
}

// countKept counts what is kept of contacts that are not doubtful, and adds what was counted of the others.
func (s *sessions) countKept(ctx context.Context, c *sessionCounter, k *keptSessions) ([]tallystick.Count, error) {
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	q := c.q
	condition := "part.tenant = " + sc.tenant(st) + " AND part.start >= " + st.bind(s.From) + " AND part.start < " + st.bind(s.Until) + " AND part.first < " + sc.before(st)
	if len(k.doubtful) > 0 {
		condition += " AND part.contact NOT IN (SELECT UNNEST(" + st.bind(slices.Sorted(maps.Keys(k.doubtful))) + "))"
	}
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
	grouped := "TRUE"
	if len(groups) > 0 {
		grouped = "group0 <> ''"
	}
	keys := strings.Join(append([]string{"bucket"}, groups...), ", ")
	if q.Distinct == tallystick.NoField {
		join, bucket := buckets(st, q.Edges, "one.start")
		st.add("SELECT "+bucket+" AS bucket, "+strings.Join(append(groups, "COUNT(*)"), ", "),
			"FROM (",
			"  SELECT DISTINCT "+strings.Join(append([]string{"kept.contact", "kept.start"}, labelled...), ", "),
			"  FROM "+keptRows(k.flush, condition)+" AS kept")
		st.add(joins...)
		st.add(") AS one", join,
			"WHERE "+grouped,
			"GROUP BY "+keys,
			"ORDER BY ALL")
		counts, err := s.engine.counts(ctx, st, len(q.By))
		return addCounts(counts, c.answer()), err
	}

	// A value that others have too counts once.
	join, bucket := buckets(st, q.Edges, "kept.start")
	joins = append(joins, join)
	value, named, created := "kept.conversation AS value", "seen.value", ""
	if q.Distinct == tallystick.FieldTicketID {
		value = "kept.ticket AS value, CASE WHEN kept.ticket = '' THEN kept.conversation ELSE '' END AS conversation"
		named, created = "COALESCE(NULLIF(seen.value, ''), created.ticket, '')", s.createdTickets(st, sc)
	}
	st.add("SELECT "+keys+", COUNT(*)",
		"FROM (",
		"  SELECT "+keys+", "+named+" AS named",
		"  FROM (",
		"    SELECT DISTINCT "+strings.Join(append([]string{bucket + " AS bucket", value}, labelled...), ", "),
		"    FROM "+keptRows(k.flush, condition)+" AS kept")
	st.add(joins...)
	st.add("  ) AS seen", created,
		"  WHERE named <> '' AND "+grouped,
		"  UNION",
		"  SELECT "+c.bindValues(st),
		")",
		"GROUP BY "+keys,
		"ORDER BY ALL")
	return s.engine.counts(ctx, st, len(q.By))
}

// createdTickets joins the tickets that conversations were created with.
func (s *sessions) createdTickets(st *statement, sc *scope) string {
	c := s.engine.source(tallystick.ConversationCreated, "c")
	return "LEFT JOIN (SELECT " + c.text(tallystick.FieldConversationID) + " AS id, " + c.text(tallystick.FieldTicketID) + " AS ticket FROM " + c.from() +
		" WHERE " + strings.Join(append(c.scope(st, sc, tallystick.ConversationCreated), c.text(tallystick.FieldTicketID)+" <> ''"), " AND ") +
		") AS created ON created.id = seen.conversation"
}

// sessionCounter counts sessions, or the values of their parts, by bucket and group.
type sessionCounter struct {
	q      *tallystick.SessionCounts
	places map[sessionGroup]int
	counts []tallystick.Count
	values map[sessionValue]bool // that are counted, where values are
}

type sessionGroup struct {
	bucket int
	group  string // quoted
}

type sessionValue struct {
	place int // of its group
	value string
}

func newSessionCounter(q *tallystick.SessionCounts) *sessionCounter {
	return &sessionCounter{q: q, places: map[sessionGroup]int{}, values: map[sessionValue]bool{}}
}

// add counts the sessions of some parts, which are whole and in the order of an answer to [tallystick.Sessions].
func (c *sessionCounter) add(parts []tallystick.SessionPart) {
	seen := map[sessionGroup]bool{} // of the session
	for i := range parts {
		p := &parts[i]
		if i == 0 || p.Session != parts[i-1].Session || p.Given != parts[i-1].Given || p.Start != parts[i-1].Start {
			clear(seen)
		}
		value := ""
		switch c.q.Distinct {
		case tallystick.FieldConversationID:
			value = p.Conversation
		case tallystick.FieldTicketID:
			value = p.Ticket
		}
		group := c.groupOf(p)
		g := sessionGroup{bucketOf(c.q.Edges, p.Start), fmt.Sprintf("%q", group)}
		if len(group) > 0 && group[0] == "" || seen[g] && c.q.Distinct == tallystick.NoField || value == "" && c.q.Distinct != tallystick.NoField {
			continue
		}
		seen[g] = true
		place, known := c.places[g]
		if !known {
			place = len(c.counts)
			c.places[g], c.counts = place, append(c.counts, tallystick.Count{Bucket: g.bucket, Group: group})
		}
		if c.q.Distinct != tallystick.NoField {
			v := sessionValue{place, value}
			if c.values[v] {
				continue
			}
			c.values[v] = true
		}
		c.counts[place].Value++
	}
}

func (c *sessionCounter) groupOf(p *tallystick.SessionPart) (group []string) {
	for i := range c.q.By {
		text := ""
		switch c.q.By[i].Field {
		case tallystick.FieldBotID:
			text = p.Bot
		case tallystick.FieldBotVersion:
			text = p.Version
		case tallystick.FieldChannelID:
			text = p.Channel
		}
		group = append(group, c.q.By[i].Of(text))
	}
	return group
}

// answer returns what was counted, in order.
func (c *sessionCounter) answer() []tallystick.Count { return addCounts(nil, c.counts) }

// bindValues selects the values that were counted, as bucket, groups and value.
func (c *sessionCounter) bindValues(st *statement) string {
	buckets, values, groups := []int64{}, []string{}, make([][]string, len(c.q.By))
	for i := range groups {
		groups[i] = []string{}
	}
	for v := range c.values {
		n := &c.counts[v.place]
		buckets, values = append(buckets, int64(n.Bucket)), append(values, v.value)
		for i := range groups {
			groups[i] = append(groups[i], strings.ToValidUTF8(n.Group[i], "\uFFFD"))
		}
	}
	list := []string{"UNNEST(" + st.bind(buckets) + ")"}
	for i := range groups {
		list = append(list, "UNNEST("+st.bind(groups[i])+")")
	}
	return strings.Join(append(list, "UNNEST("+st.bind(values)+")"), ", ")
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
