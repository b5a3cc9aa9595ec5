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
// any case. So of the time before From only a week is read, and all of it for the contacts who were not silent for a day between then and something in the period. The
// interactions come from SQL in order and are cut into sessions here.
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
	s := &sessions{Sessions: q, engine: e, tx: tx, log: known.log}
	parts, err := s.given(ctx)
	if err != nil {
		return nil, err
	}
	since := tallystick.MinInstant
	if q.From > tallystick.MinInstant+lookBack {
		since = q.From - lookBack
	}
	computed, unsure, err := s.computed(ctx, since, nil)
	if err == nil && len(unsure) > 0 {
		var more []tallystick.SessionPart
		more, _, err = s.computed(ctx, tallystick.MinInstant, unsure)
		computed = append(computed, more...)
	}
	if err != nil {
		return nil, err
	}
	parts = append(parts, computed...)
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
	log    uint32 // the tenant's
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

// computed returns the parts of the sessions that follow from the times of interactions since an instant, of some contacts or, for nil, of all. Contacts for whom that
// is too late an instant are returned instead of their parts.
func (s *sessions) computed(ctx context.Context, since tallystick.Instant, contacts []string) (parts []tallystick.SessionPart, unsure []string, err error) {
	st, sc, err := s.begin()
	if err != nil {
		return nil, nil, err
	}
	conditions := []string{"m.time >= " + st.bind(since)}
	if contacts != nil {
		m := s.engine.source(tallystick.MessageSent, "m")
		conditions = append(conditions, m.text(tallystick.FieldContactID)+" IN (SELECT UNNEST("+st.bind(contacts)+"))")
	}
	s.interactions(st, sc, "interactions", conditions...)
	// Before From only the times matter.
	wanted := "interactions.time >= " + st.bind(s.From)
	st.add(")",
		"SELECT contact, time, seq,",
		"  CASE WHEN "+wanted+" THEN conversation ELSE '' END, CASE WHEN "+wanted+" THEN bot ELSE '' END,",
		"  CASE WHEN "+wanted+" THEN version ELSE '' END, CASE WHEN "+wanted+" THEN channel ELSE '' END,",
		"  CASE WHEN "+wanted+" THEN COALESCE(NULLIF(interactions.ticket, ''), tickets.ticket, '') ELSE '' END",
		"FROM interactions",
		"LEFT JOIN tickets ON tickets.id = interactions.conversation",
		"WHERE session = ''",
		"ORDER BY contact, time, seq")
	c := chain{from: s.From, since: since, log: s.log, index: map[tallystick.SessionPart]int{}}
	var p tallystick.SessionPart
	err = st.run(ctx, s.tx, func(scan func(...any) error) error {
		err := scan(&p.Contact, &p.First, &p.FirstAt.Sequence, &p.Conversation, &p.Bot, &p.Version, &p.Channel, &p.Ticket)
		c.add(p)
		return err
	})
	return c.parts, c.unsure, err
}

// chain cuts interactions, which come by contact, time and position, into sessions, and sums up their parts.
type chain struct {
	from, since tallystick.Instant
	log         uint32
	parts       []tallystick.SessionPart
	unsure      []string // contacts

	begun    bool
	contact  string
	previous tallystick.Instant // time of the contact's latest interaction
	sure     bool               // whether an interaction of the contact is known to have begun a session
	start    tallystick.Instant // of the latest session
	session  string             // its id, empty as long as it has no parts
	index    map[tallystick.SessionPart]int
}

// add adds an interaction: a part with its time as First, and without what follows from others.
func (c *chain) add(p tallystick.SessionPart) {
	fresh := !c.begun || p.Contact != c.contact
	if fresh {
		c.begun, c.contact = true, p.Contact
		c.sure = c.since == tallystick.MinInstant || p.First >= c.since+sessionLength
	} else if p.First >= c.previous+sessionLength {
		fresh, c.sure = true, true
	}
	c.previous = p.First
	if fresh || p.First >= c.start+sessionLength {
		c.start, c.session = p.First, ""
		clear(c.index)
	}
	switch {
	case p.First < c.from:
		return
	case !c.sure:
		if n := len(c.unsure); n == 0 || c.unsure[n-1] != c.contact {
			c.unsure = append(c.unsure, c.contact)
		}
		return
	case c.start < c.from || len(c.unsure) > 0 && c.unsure[len(c.unsure)-1] == c.contact:
		return
	}
	if c.session == "" {
		c.session = p.Contact + "@" + c.start.String()
	}
	key := p
	key.First, key.FirstAt = 0, tallystick.Position{}
	i, ok := c.index[key]
	if !ok {
		i = len(c.parts)
		c.index[key] = i
		p.Session, p.Start, p.FirstAt.Log = c.session, c.start, c.log
		c.parts = append(c.parts, p)
	}
	c.parts[i].Interactions++
}

// part are the columns that the interactions of a part agree in, and partSums what is known of them together.
const part = "contact, conversation, bot, version, channel, ticket"

var partSums = "MIN(time), ARG_MIN(seq, " + orderOf("time", "seq") + "), COUNT(*)"

// given returns the parts of the sessions that have an id of their own. Whether one started in the period is known from its session.started, or from the first of all
// its interactions, which are looked for only where there is one in the period.
func (s *sessions) given(ctx context.Context) ([]tallystick.SessionPart, error) {
	ids, err := s.candidates(ctx)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	m := s.engine.source(tallystick.MessageSent, "m")
	st.add("), wanted AS (",
		"  SELECT UNNEST("+st.bind(ids)+") AS id")
	s.interactions(st, sc, "wholly", m.text(tallystick.FieldSessionID)+" IN (SELECT id FROM wanted)")
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
		"WHERE start >= "+st.bind(s.From),
		"GROUP BY sessions.session, start, "+part)
	parts, err := s.parts(ctx, st)
	for i := range parts {
		parts[i].Given = true
	}
	return parts, err
}

// candidates returns the ids of the given sessions that may have started in the period.
func (s *sessions) candidates(ctx context.Context) ([]string, error) {
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	m := s.engine.source(tallystick.MessageSent, "m")
	from, session := st.bind(s.From), m.text(tallystick.FieldSessionID)
	st.add(")",
		"SELECT id",
		"FROM bots",
		"WHERE time >= "+from,
		"UNION",
		"SELECT "+session,
		"FROM "+m.from(),
		"WHERE "+strings.Join(append(m.scope(st, sc, tallystick.MessageSent), "m.time >= "+from, session+" <> ''"), "\n  AND "))
	var ids []string
	var id string
	err = st.run(ctx, s.tx, func(scan func(...any) error) error {
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
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
