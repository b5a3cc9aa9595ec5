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
func (e *Engine) SessionCounts(ctx context.Context, q tallystick.SessionCounts) ([][]tallystick.Count, error) {
	answers := make([][]tallystick.Count, len(q.Of))
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return answers, err
	}
	q.Scope = sc.Scope
	if q.From = max(q.From, e.first(sc)); q.From >= q.Before {
		return answers, nil
	}
	stream, err := e.stream()
	if err != nil {
		return nil, err
	}
	defer stream.close()
	bare := !slices.ContainsFunc(q.Of, func(f tallystick.Field) bool { return f != tallystick.FieldSessionID })
	s := &sessions{Sessions: tallystick.Sessions{Scope: sc.Scope, From: q.From, Until: q.From, Bare: bare}, engine: e, stream: stream, log: sc.log}
	k, err := s.kept(ctx)
	if err != nil {
		return nil, err
	}
	if k != nil {
		s.Until = max(s.From, k.until)
	}
	counters := make([]*sessionCounter, len(q.Of))
	for i, of := range q.Of {
		counters[i] = newSessionCounter(&q, of)
		counters[i].tickets = s.From == s.Until && !bare
	}
	add := func(parts []tallystick.SessionPart) {
		for _, c := range counters {
			c.add(parts)
		}
	}
	if s.From < s.Until {
		parts, err := s.unkept(ctx, k)
		if err != nil {
			return nil, err
		}
		add(parts)
	}
	if err := s.later(ctx, add); err != nil {
		return nil, err
	}
	for i, c := range counters {
		if answers[i], err = s.count(ctx, c, k); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// first returns the time of the tenant's earliest event.
func (e *Engine) first(sc *scope) tallystick.Instant {
	e.mu.RLock()
	defer e.mu.RUnlock()
	t := e.tenants[sc.Tenant()]
	return t.first()
}

// unkept returns the sessions that started before the end of what is kept and are not kept.
func (s *sessions) unkept(ctx context.Context, k *keptSessions) ([]tallystick.SessionPart, error) {
	parts, err := s.given(ctx, k)
	if err != nil {
		return nil, err
	}
	if parts, err = s.doubtful(ctx, &reading{}, k, parts); err != nil {
		return nil, err
	}
	slices.SortFunc(parts, compareParts)
	return parts, nil
}

// later gives the sessions that start at or after the end of what is kept, some at a time. Where nothing is kept they have their tickets, else no others than their interactions' own: those of
// conversations are then joined to all.
func (s *sessions) later(ctx context.Context, add func([]tallystick.SessionPart)) error {
	at, reading := s.Until, &tallystick.Reading{}
	for step := tallystick.Day; at < s.Before; {
		until := s.Before
		if step < s.Before-at {
			until = at + step
		}
		if until == 0 { // which would be no end
			until = 1
		}
		parts, err := s.engine.sessions(ctx, tallystick.Sessions{Scope: s.Scope, From: at, Until: until, Bare: s.Bare, Reading: reading}, !s.Bare && s.From == s.Until)
		if err != nil {
			return err
		}
		add(parts)
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

// count counts what is kept, of contacts that are not doubtful, and adds what was counted of the others.
func (s *sessions) count(ctx context.Context, c *sessionCounter, k *keptSessions) ([]tallystick.Count, error) {
	if s.From == s.Until {
		return c.answer(), nil
	}
	if c.of == tallystick.FieldSessionID {
		counts, told, err := s.countBeginnings(ctx, c.q, k)
		if err != nil || told {
			return addCounts(counts, c.answer()), err
		}
	}
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	condition := s.sureRows(st, sc, k)
	var joins, labelled []string
	groups := columns("group", len(c.q.By))
	for i := range groups {
		join, group := labels(st, &c.q.By[i], keptText(c.q.By[i].Field), "label"+strconv.Itoa(i))
		joins, labelled = append(joins, join), append(labelled, group+" AS "+groups[i])
	}
	kept := keptRows(k.flush, condition) + " AS kept\n" + strings.Join(joins, "\n")
	grouped := "TRUE"
	if len(groups) > 0 {
		grouped = "group0 <> ''"
	}
	keys := strings.Join(append([]string{"bucket"}, groups...), ", ")
	if c.of == tallystick.FieldSessionID {
		join, bucket := buckets(st, c.q.Edges, "one.start")
		st.add("SELECT "+strings.Join(slices.Concat([]string{bucket + " AS bucket"}, groups, []string{"COUNT(*)"}), ", "),
			"FROM (",
			"  SELECT DISTINCT "+strings.Join(append([]string{"kept.contact", "kept.start"}, labelled...), ", "),
			"  FROM "+kept,
			") AS one", join,
			"WHERE "+grouped,
			"GROUP BY "+keys,
			"ORDER BY ALL")
		counts, err := s.engine.counts(ctx, st, len(groups))
		return addCounts(counts, c.answer()), err
	}

	// A value that others have too counts once.
	named, created := "seen.value", ""
	if c.of == tallystick.FieldTicketID {
		named, created = "COALESCE(NULLIF(seen.value, ''), created.ticket, '')", s.createdTickets(st, sc)
	}
	st.add("SELECT "+keys+", COUNT(*)",
		"FROM (",
		"  SELECT DISTINCT "+keys+", "+named+" AS named",
		"  FROM (")
	join, bucket := buckets(st, c.q.Edges, "kept.start")
	value := "kept.conversation AS value, '' AS conversation"
	if c.of == tallystick.FieldTicketID {
		value = "kept.ticket AS value, CASE WHEN kept.ticket = '' THEN kept.conversation ELSE '' END AS conversation"
	}
	st.add("    SELECT "+strings.Join(slices.Concat([]string{bucket + " AS bucket"}, labelled, []string{value}), ", "),
		"    FROM "+kept, join,
		"    UNION ALL")
	st.add("    SELECT "+c.bindValues(st, groups),
		"  ) AS seen", created,
		"  WHERE named <> '' AND "+grouped,
		")",
		"GROUP BY "+keys,
		"ORDER BY ALL")
	return s.engine.counts(ctx, st, len(groups))
}

// sureRows is the condition of the rows of kept sessions that started in the period, of contacts that are not doubtful.
func (s *sessions) sureRows(st *statement, sc *scope, k *keptSessions) string {
	condition := "part.tenant = " + sc.tenant(st) + " AND part.start >= " + st.bind(s.From) + " AND part.start < " + st.bind(s.Until) + " AND part.first < " + sc.before(st)
	if len(k.doubtful) > 0 {
		condition += " AND (part.start < " + st.bind(k.since) + " OR part.contact NOT IN (SELECT UNNEST(" + st.bind(slices.Sorted(maps.Keys(k.doubtful))) + ")))"
	}
	return condition
}

// keptText is an expression for a field of a part that is kept.
func keptText(f tallystick.Field) string {
	switch f {
	case tallystick.FieldBotID:
		return "kept.bot"
	case tallystick.FieldBotVersion:
		return "kept.version"
	case tallystick.FieldChannelID:
		return "kept.channel"
	}
	return "''"
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
	of     tallystick.Field
	places map[sessionGroup]int
	counts []tallystick.Count
	values map[sessionValue]bool // that are counted, where values are

	tickets bool // parts have their tickets, those of their conversations too
}

type sessionGroup struct {
	bucket int
	group  string // quoted
}

type sessionValue struct {
	place        int // of its group
	value        string
	conversation string // of a ticket that is not known: it may have been created with one
}

func newSessionCounter(q *tallystick.SessionCounts, of tallystick.Field) *sessionCounter {
	return &sessionCounter{q: q, of: of, places: map[sessionGroup]int{}, values: map[sessionValue]bool{}}
}

// add counts the sessions of some parts, which are whole and in the order of an answer to [tallystick.Sessions].
func (c *sessionCounter) add(parts []tallystick.SessionPart) {
	seen := map[sessionGroup]bool{} // of the session
	for i := range parts {
		p := &parts[i]
		if i == 0 || p.Session != parts[i-1].Session || p.Given != parts[i-1].Given || p.Start != parts[i-1].Start {
			clear(seen)
		}
		group := c.groupOf(p)
		if len(group) > 0 && group[0] == "" {
			continue
		}
		g := sessionGroup{bucketOf(c.q.Edges, p.Start), quoted(group)}
		var v sessionValue
		switch c.of {
		case tallystick.FieldSessionID:
			if seen[g] {
				continue
			}
			seen[g] = true
		case tallystick.FieldConversationID:
			v.value = p.Conversation
		case tallystick.FieldTicketID:
			if v.value = p.Ticket; v.value == "" && !c.tickets {
				v.conversation = p.Conversation
			}
		}
		if c.of != tallystick.FieldSessionID && v == (sessionValue{}) {
			continue
		}
		place, known := c.places[g]
		if !known {
			place = len(c.counts)
			c.places[g], c.counts = place, append(c.counts, tallystick.Count{Bucket: g.bucket, Group: group})
		}
		if c.of != tallystick.FieldSessionID {
			v.place = place
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

// bindValues selects the values that were counted, as bucket, groups, value and conversation.
func (c *sessionCounter) bindValues(st *statement, names []string) string {
	buckets, values, conversations, groups := []int64{}, []string{}, []string{}, make([][]string, len(names))
	for i := range groups {
		groups[i] = []string{}
	}
	for v := range c.values {
		n := &c.counts[v.place]
		buckets, values, conversations = append(buckets, int64(n.Bucket)), append(values, v.value), append(conversations, v.conversation)
		for i := range groups {
			groups[i] = append(groups[i], strings.ToValidUTF8(n.Group[i], "\uFFFD"))
		}
	}
	list := []string{"UNNEST(" + st.bind(buckets) + ") AS bucket"}
	for i, name := range names {
		list = append(list, "UNNEST("+st.bind(groups[i])+") AS "+name)
	}
	return strings.Join(append(list, "UNNEST("+st.bind(values)+") AS value", "UNNEST("+st.bind(conversations)+") AS conversation"), ", ")
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
