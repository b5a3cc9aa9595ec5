package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Sessions implements [tallystick.Answerer].
//
// Which session an interaction without a given one belongs to depends on all before it of its contact. But where a contact was silent for 24 hours, a session begins in
// any case. So SQL cuts each contact's interactions into runs without such a silence; a run shorter than 24 hours is one session. Only the times of the longer runs,
// which are few, are read in order and cut into sessions here; then SQL counts the parts of all sessions.
func (e *Engine) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	tx, err := e.readers.BeginTx(ctx, nil) // both statements see one snapshot
	if err != nil {
		return nil, cause(ctx, err)
	}
	defer tx.Rollback()
	cuts, err := e.cuts(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	given, err := e.givenSessions(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	computed, err := e.computedSessions(ctx, tx, q, cuts)
	if err != nil {
		return nil, err
	}
	parts := append(given, computed...)
	slices.SortFunc(parts, func(a, b tallystick.SessionPart) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Session, b.Session), cmp.Compare(bit(a.Given), bit(b.Given)),
			cmp.Compare(a.Conversation, b.Conversation), cmp.Compare(a.First, b.First), cmp.Compare(a.FirstAt.Sequence, b.FirstAt.Sequence))
	})
	return parts, nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

const sessionLength = 24 * tallystick.Hour

// interactions begins a statement with the bot interactions of a scope, as they are in the doc of [tallystick.Sessions]. session is the given one, or empty.
func (e *Engine) interactions(st *statement, sc *scope) {
	m := e.source(tallystick.MessageSent, "m")
	s := e.source(tallystick.SessionStarted, "s")
	c := e.source(tallystick.ConversationCreated, "c")
	session, ticket := m.text(tallystick.FieldSessionID), m.text(tallystick.FieldTicketID)
	where := append(m.scope(st, sc, tallystick.MessageSent),
		m.text(tallystick.FieldBotID)+" <> ''",
		m.text(tallystick.FieldContactID)+" <> ''",
		m.text(tallystick.FieldDirection)+" <> 'internal'")
	where = append(where, e.countable(st, m, sc, true)...)
	st.add("WITH started AS (",
		"  SELECT "+s.text(tallystick.FieldSessionID)+" AS id, "+s.text(tallystick.FieldKind)+" AS kind, "+s.column("time")+" AS time",
		"  FROM "+s.from(),
		"  WHERE "+strings.Join(s.scope(st, sc, tallystick.SessionStarted), "\n    AND "),
		"), tickets AS (",
		"  SELECT "+c.text(tallystick.FieldConversationID)+" AS id, "+c.text(tallystick.FieldTicketID)+" AS ticket",
		"  FROM "+c.from(),
		"  WHERE "+strings.Join(c.scope(st, sc, tallystick.ConversationCreated), "\n    AND "),
		"), interactions AS (",
		"  SELECT "+m.column("time")+" AS time, "+m.column("seq")+" AS seq, "+m.text(tallystick.FieldContactID)+" AS contact,",
		"    "+m.text(tallystick.FieldConversationID)+" AS conversation, "+m.text(tallystick.FieldBotID)+" AS bot,",
		"    "+m.text(tallystick.FieldBotVersion)+" AS version, "+m.text(tallystick.FieldChannelID)+" AS channel, "+ticket+" AS ticket,",
		"    CASE WHEN "+session+" IN (SELECT id FROM started WHERE kind = 'agent') THEN '' ELSE "+session+" END AS session",
		"  FROM "+m.from(),
		"  WHERE "+strings.Join(where, "\n    AND "))
}

// runs adds to interactions those of computed sessions with their run: its first instant.
func runs(st *statement) {
	length := st.bind(sessionLength)
	st.add("), alone AS (",
		"  SELECT *, LAG(time) OVER (PARTITION BY contact ORDER BY time) AS previous",
		"  FROM interactions",
		"  WHERE session = ''",
		"), runs AS (",
		// With the default frame, which ends with the last row of the same time, so that rows of one time have one run.
		"  SELECT *, MAX(CASE WHEN previous IS NULL OR time - previous >= "+length+" THEN time END) OVER (PARTITION BY contact ORDER BY time) AS run",
		"  FROM alone")
}

// cuts are the beginnings of sessions inside of runs.
type cuts struct {
	contacts []string
	starts   []int64
}

func (e *Engine) cuts(ctx context.Context, tx *sql.Tx, q tallystick.Sessions) (*cuts, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	st := &statement{}
	e.interactions(st, sc)
	runs(st)
	st.add(")",
		"SELECT contact, run, time",
		"FROM runs",
		"WHERE time > run",
		"QUALIFY MAX(time) OVER (PARTITION BY contact, run) >= GREATEST(run + "+st.bind(sessionLength)+", "+st.bind(q.From)+")",
		"ORDER BY contact, time")
	c := &cuts{}
	var contact, latest string
	var run, latestRun, start, time tallystick.Instant
	begun := false
	return c, st.run(ctx, tx, func(scan func(...any) error) error {
		if err := scan(&contact, &run, &time); err != nil {
			return err
		}
		if !begun || contact != latest || run != latestRun {
			begun, latest, latestRun, start = true, contact, run, run
		}
		if time >= start+sessionLength {
			start = time
			c.contacts, c.starts = append(c.contacts, contact), append(c.starts, int64(start))
		}
		return nil
	})
}

// part are the columns that the interactions of a part agree in, and what is known of them together.
const (
	part     = "contact, conversation, bot, version, channel, ticket"
	partSums = "MIN(time), ARG_MIN(seq, ROW(time, seq)), COUNT(*)"
)

func (e *Engine) computedSessions(ctx context.Context, tx *sql.Tx, q tallystick.Sessions, c *cuts) ([]tallystick.SessionPart, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	st := &statement{}
	e.interactions(st, sc)
	runs(st)
	start, join := "run", ""
	if len(c.starts) > 0 {
		start = "GREATEST(run, COALESCE(cuts.start, run))"
		join = "ASOF LEFT JOIN (SELECT UNNEST(" + st.bind(c.contacts) + ") AS contact, UNNEST(" + st.bind(c.starts) + ") AS start) AS cuts" +
			" ON cuts.contact = runs.contact AND runs.time >= cuts.start"
	}
	st.add("), parts AS (",
		"  SELECT runs.* REPLACE (COALESCE(NULLIF(runs.ticket, ''), tickets.ticket, '') AS ticket), "+start+" AS start",
		"  FROM runs",
		"  LEFT JOIN tickets ON tickets.id = runs.conversation")
	st.add(join)
	st.add(")",
		"SELECT '' AS session, start, "+part+", "+partSums,
		"FROM parts",
		"WHERE start >= "+st.bind(q.From),
		"GROUP BY start, "+part)
	parts, err := e.parts(ctx, tx, st, sc)
	for i := range parts {
		parts[i].Session = parts[i].Contact + "@" + parts[i].Start.String()
	}
	return parts, err
}

func (e *Engine) givenSessions(ctx context.Context, tx *sql.Tx, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	st := &statement{}
	e.interactions(st, sc)
	st.add("), heard AS (",
		"  SELECT interactions.* REPLACE (COALESCE(NULLIF(interactions.ticket, ''), tickets.ticket, '') AS ticket)",
		"  FROM interactions",
		"  LEFT JOIN tickets ON tickets.id = interactions.conversation",
		"  WHERE session <> ''",
		"), sessions AS (",
		"  SELECT COALESCE(bots.id, firsts.session) AS session, COALESCE(bots.time, firsts.time) AS start",
		"  FROM (SELECT id, time FROM started WHERE kind = 'bot') AS bots",
		"  FULL JOIN (SELECT session, MIN(time) AS time FROM heard GROUP BY session) AS firsts ON firsts.session = bots.id",
		")",
		"SELECT sessions.session, start, "+part+", "+partSums,
		"FROM sessions",
		"LEFT JOIN heard ON heard.session = sessions.session",
		"WHERE start >= "+st.bind(q.From),
		"GROUP BY sessions.session, start, "+part)
	parts, err := e.parts(ctx, tx, st, sc)
	for i := range parts {
		parts[i].Given = true
	}
	return parts, err
}

// parts reads session, start, part and partSums. A session without interactions has NULLs.
func (e *Engine) parts(ctx context.Context, tx *sql.Tx, st *statement, sc *scope) ([]tallystick.SessionPart, error) {
	var parts []tallystick.SessionPart
	err := st.run(ctx, tx, func(scan func(...any) error) error {
		var p tallystick.SessionPart
		var texts [6]sql.NullString
		var first, seq sql.NullInt64
		err := scan(&p.Session, &p.Start, &texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5], &first, &seq, &p.Interactions)
		for i, into := range []*string{&p.Contact, &p.Conversation, &p.Bot, &p.Version, &p.Channel, &p.Ticket} {
			*into = texts[i].String
		}
		if first.Valid {
			p.First = tallystick.Instant(first.Int64)
			p.FirstAt = tallystick.Position{Log: sc.log, Sequence: uint64(seq.Int64)}
		} else {
			p.Interactions = 0
		}
		parts = append(parts, p)
		return err
	})
	return parts, err
}
