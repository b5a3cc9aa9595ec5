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

// SessionCounts implements [tallystick.Answerer].
func (e *Engine) SessionCounts(ctx context.Context, q tallystick.SessionCounts) ([][]tallystick.Count, error) {
	answers, err := e.AllSessionCounts(ctx, []tallystick.SessionCounts{q})
	if err != nil {
		return nil, err
	}
	return answers[0], nil
}

// AllSessionCounts implements [tallystick.SessionCounter]. Kept sessions are counted by DuckDB, all others here, some at a time. Questions that differ in nothing but the tenant and labels are answered together.
func (e *Engine) AllSessionCounts(ctx context.Context, qs []tallystick.SessionCounts) ([][][]tallystick.Count, error) {
	answers := make([][][]tallystick.Count, len(qs))
	var all together[countings]
	for i := range qs {
		answers[i] = make([][]tallystick.Count, len(qs[i].Of))
		sc, err := e.scope(qs[i].Scope)
		if err != nil {
			return nil, err
		}
		if sc == nil || max(qs[i].From, e.first(sc)) >= sc.Before {
			continue
		}
		all.put(formOfCounting(&qs[i], sc), func() *countings { return &countings{engine: e} }, func(c *countings) bool { return c.take(&qs[i], sc, answers[i]) })
	}
	for _, c := range all.statements {
		if err := c.answer(ctx); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// countings are questions about the sessions of some tenants that are answered together.
type countings struct {
	engine *Engine
	of     []*counting // a tenant once
}

// counting is a question about the sessions of a tenant.
type counting struct {
	*sessions
	query    *tallystick.SessionCounts
	scope    *scope
	kept     *keptSessions
	counters []*sessionCounter // of what is not counted by DuckDB; one for each of Of
	answers  [][]tallystick.Count
}

// formOfCounting returns what questions must agree in to be answered together.
func formOfCounting(q *tallystick.SessionCounts, sc *scope) string {
	form := fmt.Sprintf("%d %d %d %d %d %d %v", sc.log, q.From, sc.Before, sc.AsOf.Log, sc.AsOf.Sequence, q.Edges, q.Of)
	for i := range q.By {
		form += " " + q.By[i].Field.String()
	}
	return form
}

// take takes a question in, and reports whether it is of another tenant than those before.
func (c *countings) take(q *tallystick.SessionCounts, sc *scope, answers [][]tallystick.Count) bool {
	if slices.ContainsFunc(c.of, func(o *counting) bool { return o.scope.number == sc.number }) {
		return false
	}
	c.of = append(c.of, &counting{query: q, scope: sc, answers: answers})
	return true
}

// answer puts the answers into their places.
func (c *countings) answer(ctx context.Context) error {
	stream, err := c.engine.stream()
	if err != nil {
		return err
	}
	defer stream.close()
	scopes := make([]*scope, len(c.of))
	for i, o := range c.of {
		scopes[i] = o.scope
	}
	kept, err := c.engine.keptOf(ctx, stream, scopes)
	if err != nil {
		return err
	}
	q := c.of[0].query
	if err := c.engine.know(ctx, stream, scopes, kept, q.From, scopes[0].Before); err != nil {
		return err
	}
	starting, err := c.startingBots(ctx, stream, scopes)
	if err != nil {
		return err
	}
	bare := !slices.ContainsFunc(q.Of, func(f tallystick.Field) bool { return f != tallystick.FieldSessionID })
	for i, o := range c.of {
		from := max(q.From, c.engine.first(o.scope))
		o.sessions = &sessions{Sessions: tallystick.Sessions{Scope: o.scope.Scope, From: from, Until: from, Bare: bare}, engine: c.engine, stream: stream, log: o.scope.log}
		if o.kept = kept[i]; o.kept != nil {
			o.Until = max(from, o.kept.until)
		}
		for _, of := range q.Of {
			counter := newSessionCounter(o.query, of)
			counter.tickets = o.From == o.Until && !bare
			o.counters = append(o.counters, counter)
		}
	}
	all, values := c.of, 0
	c.of = nil
	for _, o := range all {
		if err := o.countUnkept(ctx, starting[o.scope.number]); err != nil {
			return err
		}
		if values += o.valued(); o.From < o.Until && values <= mostTold {
			c.of = append(c.of, o)
			continue
		}
		values -= o.valued() // together they would be too much to remember
		alone := &countings{engine: c.engine, of: []*counting{o}}
		for i := range q.Of {
			if err := alone.count(ctx, i); err != nil {
				return err
			}
		}
		o.counters = nil
	}
	for i := 0; i < len(q.Of) && len(c.of) > 0; i++ {
		if err := c.count(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// valued returns how many values were counted of what is not kept.
func (o *counting) valued() (n int) {
	for _, c := range o.counters {
		n += len(c.values)
	}
	return n
}

// count adds what is kept to what was counted of the others, for one of what is wanted.
func (c *countings) count(ctx context.Context, place int) error {
	q := c.of[0].query
	var begun map[int32][]tallystick.Count
	begins := beginning(q.By)
	if q.Of[place] == tallystick.FieldSessionID && begins != "" {
		var err error
		if begun, err = c.countBegun(ctx, begins); err != nil {
			return err
		}
	}
	talks, err := c.countTalks(ctx, place)
	if err != nil {
		return err
	}
	for _, o := range c.of {
		counter, into := o.counters[place], &o.answers[place]
		if o.From == o.Until {
			*into = counter.answer()
			continue
		}
		if told := talks[o.scope.number]; told != nil {
			*into = told.counts
			if len(told.apart) > 0 {
				others, err := o.countKept(ctx, counter, told)
				if err != nil {
					return err
				}
				*into = addCounts(told.counts, others)
			}
			continue
		}
		if begun != nil {
			if counts, told := labelled(o.countAmended(begins, begun[o.scope.number]), o.query.By); told {
				*into = addCounts(counts, counter.answer())
				continue
			}
		}
		var err error
		if *into, err = o.countKept(ctx, counter, nil); err != nil {
			return err
		}
	}
	return nil
}

// countUnkept counts what is not kept. starting is whether a session of a bot's own id started in the period.
func (o *counting) countUnkept(ctx context.Context, starting bool) error {
	add := func(parts []tallystick.SessionPart) {
		for _, c := range o.counters {
			c.add(parts)
		}
	}
	if o.From < o.Until && (starting || !o.kept.quiet || len(o.kept.doubtful) > 0) {
		parts, err := o.unkept(ctx, o.kept)
		if err != nil {
			return err
		}
		add(parts)
	}
	return o.later(ctx, add)
}

// startingBots returns the tenants that have a session of a bot's own id which started in the period. It may have no interactions.
func (c *countings) startingBots(ctx context.Context, stream *stream, scopes []*scope) (map[int32]bool, error) {
	started := c.engine.source(tallystick.SessionStarted, "s")
	st := &statement{}
	where := append(started.ofTenants(st, scopes, tallystick.SessionStarted), started.column("time")+" >= "+st.bind(c.of[0].query.From), started.text(tallystick.FieldKind)+" = 'bot'")
	st.add("SELECT DISTINCT s.tenant::BIGINT", "FROM "+started.from(), "WHERE "+strings.Join(where, " AND "))
	starting := map[int32]bool{}
	err := stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			starting[int32(r.bigint(0, i))] = true
		}
		return nil
	})
	return starting, err
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
		parts, err := s.engine.Sessions(ctx, tallystick.Sessions{Scope: s.Scope, From: at, Until: until, Bare: s.Bare, OwnTickets: s.From != s.Until, Reading: reading})
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

// countKept counts what is kept, of contacts that are not doubtful, by telling it apart, and adds what was counted of the others. talks says of which conversations or tickets alone; nil: of all.
func (o *counting) countKept(ctx context.Context, c *sessionCounter, talks *talkCounts) ([]tallystick.Count, error) {
	s, k := o.sessions, o.kept
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	condition := s.sureRows(st, sc, k)
	if talks != nil {
		condition += talks.toldApart(st, sc, c.of)
	}
	var joins, labelled []string
	groups := columns("group", len(c.q.By))
	for i := range groups {
		join, group := labels(st, &c.q.By[i], keptText(c.q.By[i].Field), "label"+strconv.Itoa(i))
		joins, labelled = append(joins, join), append(labelled, group+" AS "+groups[i])
	}
	kept := k.withAmendments(st, keptRows(k.flush, condition), s.From, s.Until) + " AS kept\n" + strings.Join(joins, "\n")
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
	st.add("WITH seen AS (")
	join, bucket := buckets(st, c.q.Edges, "kept.start")
	value := "kept.conversation AS value, '' AS conversation"
	if c.of == tallystick.FieldTicketID {
		value = "kept.ticket AS value, CASE WHEN kept.ticket = '' THEN kept.conversation ELSE '' END AS conversation"
	}
	st.add("  SELECT "+strings.Join(slices.Concat([]string{bucket + " AS bucket"}, labelled, []string{value}), ", "),
		"  FROM "+kept, join,
		"  UNION ALL",
		"  SELECT "+c.bindValues(st, groups),
		")",
		"SELECT "+keys+", COUNT(*)",
		"FROM (",
		"  SELECT DISTINCT "+keys+", "+named+" AS named",
		"  FROM seen", created,
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
