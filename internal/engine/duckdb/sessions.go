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
//
// Of the time before From only a week is read, and all of it for the contacts without a day of silence in that week before something of theirs that matters.
func (e *Engine) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	known, err := e.scope(q.Scope)
	if known == nil {
		return nil, err
	}
	tx, err := e.readers.BeginTx(ctx, nil) // all statements see one snapshot
	if err != nil {
		return nil, cause(ctx, err)
	}
	defer tx.Rollback() // there is nothing to commit
	s := &sessions{Sessions: q, engine: e, tx: tx, log: known.log, since: tallystick.MinInstant}
	if q.From > tallystick.MinInstant+lookBack {
		s.since = q.From - lookBack
	}
	given, err := s.given(ctx)
	if err != nil {
		return nil, err
	}
	computed, err := s.computed(ctx)
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

const (
	sessionLength = 24 * tallystick.Hour
	lookBack      = 7 * tallystick.Day
)

// sessions is one such query on its way.
type sessions struct {
	tallystick.Sessions
	engine *Engine
	tx     *sql.Tx
	log    uint32             // the tenant's
	since  tallystick.Instant // where the reading of computed sessions begins
}

// begin begins a statement with what other parts of it look things up in. The scope is the statement's own.
func (s *sessions) begin() (*statement, *scope, error) {
	sc, err := s.engine.scope(s.Scope)
	if err != nil {
		return nil, nil, err
	}
	st := &statement{}
	started := s.engine.source(tallystick.SessionStarted, "s")
	created := s.engine.source(tallystick.ConversationCreated, "c")
	st.add("WITH started AS (",
		"  SELECT "+started.text(tallystick.FieldSessionID)+" AS id, "+started.text(tallystick.FieldKind)+" AS kind, "+started.column("time")+" AS time",
		"  FROM "+started.from(),
		"  WHERE "+strings.Join(started.scope(st, sc, tallystick.SessionStarted), "\n    AND "),
		"), bots AS (",
		"  SELECT id, time",
		"  FROM started",
		"  WHERE kind = 'bot'",
		"), agents AS (",
		"  SELECT id",
		"  FROM started",
		"  WHERE kind = 'agent'",
		"), tickets AS (",
		"  SELECT "+created.text(tallystick.FieldConversationID)+" AS id, "+created.text(tallystick.FieldTicketID)+" AS ticket",
		"  FROM "+created.from(),
		"  WHERE "+strings.Join(created.scope(st, sc, tallystick.ConversationCreated), "\n    AND "))
	return st, sc, nil
}

// interactions adds the interactions, as they are in the doc of [tallystick.Sessions], that also meet conditions on m. session is the given one, or empty.
func (s *sessions) interactions(st *statement, sc *scope, name string, conditions ...string) {
	m := s.engine.source(tallystick.MessageSent, "m")
	session := m.text(tallystick.FieldSessionID)
	where := append(m.scope(st, sc, tallystick.MessageSent), conditions...)
	where = append(where,
		m.text(tallystick.FieldBotID)+" <> ''",
		m.text(tallystick.FieldContactID)+" <> ''",
		m.text(tallystick.FieldDirection)+" <> 'internal'")
	where = append(where, s.engine.countable(st, m, sc, true)...)
	st.add("), "+name+" AS (",
		"  SELECT "+m.column("time")+" AS time, "+m.column("seq")+" AS seq, "+m.text(tallystick.FieldContactID)+" AS contact,",
		"    "+m.text(tallystick.FieldConversationID)+" AS conversation, "+m.text(tallystick.FieldBotID)+" AS bot,",
		"    "+m.text(tallystick.FieldBotVersion)+" AS version, "+m.text(tallystick.FieldChannelID)+" AS channel,",
		"    "+m.text(tallystick.FieldTicketID)+" AS ticket,",
		"    CASE WHEN "+session+" IN (SELECT id FROM agents) THEN '' ELSE "+session+" END AS session",
		"  FROM "+m.from(),
		"  WHERE "+strings.Join(where, "\n    AND "))
}

// runs adds the interactions of computed sessions since an instant, with their run: its first instant.
func (s *sessions) runs(st *statement, sc *scope) {
	length := st.bind(sessionLength)
	s.interactions(st, sc, "recent", "m.time >= "+st.bind(s.since))
	st.add("), alone AS (",
		"  SELECT *, LAG(time) OVER (PARTITION BY contact ORDER BY time) AS previous",
		"  FROM recent",
		"  WHERE session = ''",
		"), runs AS (",
		// With the default frame, which ends with the last row of the same time, so that rows of one time have one run.
		"  SELECT *, MAX(CASE WHEN previous IS NULL OR time - previous >= "+length+" THEN time END) OVER (PARTITION BY contact ORDER BY time) AS run",
		"  FROM alone")
}

// starts are beginnings of computed sessions which are not beginnings of runs. Where whole is true, they are all of their contact.
type starts struct {
	contacts []string
	times    []int64
	whole    []string
}

func (s *starts) add(contact string, time tallystick.Instant) {
	s.contacts, s.times = append(s.contacts, contact), append(s.times, int64(time))
}

// starts reads the runs that have several sessions, and finds the contacts whose runs may have begun earlier than was read.
func (s *sessions) starts(ctx context.Context) (*starts, error) {
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	s.runs(st, sc)
	uncertain := "FALSE"
	if s.since > tallystick.MinInstant {
		uncertain = "run < " + st.bind(s.since+sessionLength)
	}
	from := st.bind(s.From)
	st.add(")",
		"SELECT contact, run, time, "+uncertain+" AS uncertain",
		"FROM runs",
		"QUALIFY MAX(time) OVER (PARTITION BY contact, run) >= CASE WHEN uncertain THEN "+from+" ELSE GREATEST(run + "+st.bind(sessionLength)+", "+from+") END",
		"ORDER BY contact, time")
	found := &starts{}
	var contact string
	var run, time tallystick.Instant
	var earlier bool
	var c chain
	err = st.run(ctx, s.tx, func(scan func(...any) error) error {
		if err := scan(&contact, &run, &time, &earlier); err != nil {
			return err
		}
		switch {
		case !earlier:
			if c.opens(contact, run, time) && time > run {
				found.add(contact, time)
			}
		case len(found.whole) == 0 || found.whole[len(found.whole)-1] != contact:
			found.whole = append(found.whole, contact)
		}
		return nil
	})
	if err != nil || len(found.whole) == 0 {
		return found, err
	}
	return found, s.earlier(ctx, found)
}

// earlier reads all interactions of the contacts that are to be known as a whole.
func (s *sessions) earlier(ctx context.Context, found *starts) error {
	st, sc, err := s.begin()
	if err != nil {
		return err
	}
	m := s.engine.source(tallystick.MessageSent, "m")
	whole := map[string]bool{}
	for _, contact := range found.whole {
		whole[contact] = true
	}
	// What is known of them so far is a part of what will be.
	kept := &starts{whole: found.whole}
	for i, contact := range found.contacts {
		if !whole[contact] {
			kept.add(contact, tallystick.Instant(found.times[i]))
		}
	}
	s.interactions(st, sc, "earlier", m.text(tallystick.FieldContactID)+" IN (SELECT UNNEST("+st.bind(found.whole)+"))")
	st.add(")",
		"SELECT contact, time",
		"FROM earlier",
		"WHERE session = ''",
		"ORDER BY contact, time")
	var contact string
	var time tallystick.Instant
	var c chain
	err = st.run(ctx, s.tx, func(scan func(...any) error) error {
		if err := scan(&contact, &time); err != nil {
			return err
		}
		if c.opens(contact, 0, time) {
			kept.add(contact, time)
		}
		return nil
	})
	*found = *kept
	return err
}

// chain follows interactions in order of contact and time from one session to the next.
type chain struct {
	begun   bool
	contact string
	run     tallystick.Instant
	start   tallystick.Instant // of the latest session
}

// opens reports whether an interaction is the first of a session. Each run begins with one.
func (c *chain) opens(contact string, run, time tallystick.Instant) bool {
	if !c.begun || contact != c.contact || run != c.run || time >= c.start+sessionLength {
		c.begun, c.contact, c.run, c.start = true, contact, run, time
		return true
	}
	return false
}

// part are the columns that the interactions of a part agree in, and partSums what is known of them together.
const part = "contact, conversation, bot, version, channel, ticket"

var partSums = "MIN(time), ARG_MIN(seq, " + orderOf("time", "seq") + "), COUNT(*)"

// computed returns the parts of the sessions that follow from the times of interactions.
func (s *sessions) computed(ctx context.Context) ([]tallystick.SessionPart, error) {
	found, err := s.starts(ctx)
	if err != nil {
		return nil, err
	}
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	s.runs(st, sc)
	start, join := "run", ""
	if len(found.times) > 0 {
		start = "GREATEST(run, COALESCE(starts.time, run))"
		join = "ASOF LEFT JOIN (SELECT UNNEST(" + st.bind(found.contacts) + ") AS contact, UNNEST(" + st.bind(found.times) + ") AS time) AS starts" +
			" ON starts.contact = runs.contact AND runs.time >= starts.time"
		if len(found.whole) > 0 {
			start = "CASE WHEN runs.contact IN (SELECT UNNEST(" + st.bind(found.whole) + ")) THEN starts.time ELSE " + start + " END"
		}
	}
	st.add("), parts AS (",
		"  SELECT runs.* REPLACE (COALESCE(NULLIF(runs.ticket, ''), tickets.ticket, '') AS ticket), "+start+" AS start",
		"  FROM runs",
		"  LEFT JOIN tickets ON tickets.id = runs.conversation",
		join,
		"  WHERE runs.time >= "+st.bind(s.From),
		")",
		"SELECT '' AS session, start, "+part+", "+partSums,
		"FROM parts",
		"WHERE start >= "+st.bind(s.From),
		"GROUP BY start, "+part)
	parts, err := s.parts(ctx, st)
	for i := range parts {
		parts[i].Session = parts[i].Contact + "@" + parts[i].Start.String()
	}
	return parts, err
}

// given returns the parts of the sessions that have an id of their own. Whether one started in the period is known from its session.started, or from the first of all
// its interactions, which are looked for only where there is one in the period.
func (s *sessions) given(ctx context.Context) ([]tallystick.SessionPart, error) {
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	m := s.engine.source(tallystick.MessageSent, "m")
	from, session := st.bind(s.From), m.text(tallystick.FieldSessionID)
	st.add("), wanted AS (",
		"  SELECT id",
		"  FROM bots",
		"  WHERE time >= "+from,
		"  UNION",
		"  SELECT "+session,
		"  FROM "+m.from(),
		"  WHERE "+strings.Join(append(m.scope(st, sc, tallystick.MessageSent), "m.time >= "+from, session+" <> ''"), "\n    AND "))
	s.interactions(st, sc, "wholly", session+" IN (SELECT id FROM wanted)")
	st.add("), heard AS (",
		"  SELECT wholly.* REPLACE (COALESCE(NULLIF(wholly.ticket, ''), tickets.ticket, '') AS ticket)",
		"  FROM wholly",
		"  LEFT JOIN tickets ON tickets.id = wholly.conversation",
		"  WHERE session <> ''",
		"), sessions AS (",
		"  SELECT COALESCE(bots.id, firsts.session) AS session, COALESCE(bots.time, firsts.time) AS start",
		"  FROM bots",
		"  FULL JOIN (SELECT session, MIN(time) AS time FROM heard GROUP BY session) AS firsts ON firsts.session = bots.id",
		")",
		"SELECT sessions.session, start, "+part+", "+partSums,
		"FROM sessions",
		"LEFT JOIN heard ON heard.session = sessions.session",
		"WHERE start >= "+from,
		"GROUP BY sessions.session, start, "+part)
	parts, err := s.parts(ctx, st)
	for i := range parts {
		parts[i].Given = true
	}
	return parts, err
}

// parts reads session, start, part and partSums. A session without interactions has NULLs.
func (s *sessions) parts(ctx context.Context, st *statement) ([]tallystick.SessionPart, error) {
	var parts []tallystick.SessionPart
	err := st.run(ctx, s.tx, func(scan func(...any) error) error {
		var p tallystick.SessionPart
		var texts [6]sql.NullString
		var first, seq sql.NullInt64
		err := scan(&p.Session, &p.Start, &texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5], &first, &seq, &p.Interactions)
		for i, into := range []*string{&p.Contact, &p.Conversation, &p.Bot, &p.Version, &p.Channel, &p.Ticket} {
			*into = texts[i].String
		}
		if first.Valid {
			p.First = tallystick.Instant(first.Int64)
			p.FirstAt = tallystick.Position{Log: s.log, Sequence: uint64(seq.Int64)}
		} else {
			p.Interactions = 0
		}
		parts = append(parts, p)
		return err
	})
	return parts, err
}
