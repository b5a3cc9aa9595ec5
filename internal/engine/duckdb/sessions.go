package duckdb

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Sessions implements [tallystick.Answerer].
//
// Which session an interaction without a given one belongs to depends on all before it of its contact. But where a contact was silent for 24 hours, a session begins in
// any case. So of the time before From only a day is read, more of it for the contacts who were not silent for a day between then and something in the period, and
// all of it for those who were not even in a week. The interactions come from SQL in order and are cut into sessions by a [chain].
//
// That is for what is not kept: see keep.go and kept.go.
func (e *Engine) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	known, err := e.scope(q.Scope)
	if known == nil {
		return nil, err
	}
	if q.Until == 0 || q.Until > q.Before {
		q.Until = q.Before
	}
	if q.From >= q.Until {
		return nil, nil
	}
	m := e.reading(q.Reading, q.Scope, known)
	q.Scope = m.talks.scope
	stream, err := e.stream()
	if err != nil {
		return nil, err
	}
	defer stream.close()
	s := &sessions{Sessions: q, engine: e, stream: stream, log: known.log}
	if !m.keptKnown {
		if m.kept, err = s.kept(ctx); err != nil {
			return nil, err
		}
		m.keptKnown = true
	}
	parts, err := s.givenOf(ctx, m)
	if err != nil {
		return nil, err
	}
	if parts, err = s.allComputed(ctx, m, slices.Grow(parts, m.parts)); err != nil {
		return nil, err
	}
	m.parts = len(parts) + len(parts)/16
	if !q.Bare && !q.OwnTickets {
		if err := s.fillTickets(ctx, m, parts); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(parts, compareParts)
	return joined(parts), nil
}

// fillTickets gives parts without a ticket that of their conversation.
func (s *sessions) fillTickets(ctx context.Context, m *reading, parts []tallystick.SessionPart) error {
	names := hashesOf(len(parts), func(i int) string { return parts[i].Conversation })
	fill := func() (whole bool) {
		t := m.talks
		whole = true
		for i, name := range names {
			k := t.get(name)
			if p := &parts[i]; k != nil && p.Ticket == "" {
				p.Ticket = t.ticketOf(k)
			}
			whole = whole && (name == noName || k != nil)
		}
		return whole
	}
	if fill() {
		return nil
	}
	if err := m.learn(ctx, s.stream, names, s.From, s.Until); err != nil {
		return err
	}
	fill()
	return nil
}

// allComputed adds the parts of the sessions that follow from the times of interactions. Of who asks slice after slice it is remembered which sessions go on after a slice, so that
// for the next one the time before it is read only for contacts of whom that was not sure.
func (s *sessions) allComputed(ctx context.Context, m *reading, parts []tallystick.SessionPart) ([]tallystick.SessionPart, error) {
	if m.kept != nil {
		return s.mostlyKept(ctx, m, parts)
	}
	return s.fromEvents(ctx, m, parts, nil)
}

// mostlyKept adds the sessions that are kept, makes those that started later of the events, and all of the contacts that are doubtful.
func (s *sessions) mostlyKept(ctx context.Context, m *reading, parts []tallystick.SessionPart) ([]tallystick.SessionPart, error) {
	k := m.kept
	parts, err := s.fromKept(ctx, k, parts)
	if err != nil {
		return nil, err
	}
	if s.Until > k.until {
		late := *s
		late.From, late.skips = max(s.From, k.until), k.doubtful
		since, before := late.From, m.ongoing
		if before == nil || m.ongoingAt != late.From {
			since = k.until
			if before, err = s.goingOn(ctx, k, k.until, nil); err != nil {
				return nil, err
			}
		}
		m.ongoing = nil
		var after map[string]ongoing
		if m.keeps {
			after = map[string]ongoing{}
		}
		if parts, _, err = late.computed(ctx, parts, since, nil, before, after); err != nil {
			return nil, err
		}
		stillOngoing(before, after, s.Until)
		m.ongoing, m.ongoingAt = after, s.Until
	}
	if m.doubtful == nil {
		m.doubtful = &reading{keeps: m.keeps}
	}
	return s.doubtful(ctx, m.doubtful, k, parts)
}

// doubtful adds the sessions of contacts that are doubtful, as far as these are. Those that were kept before say which go on, so that nothing before is read; only where nothing of these contacts is sure,
// or the period begins long after, are theirs made as if nothing was kept.
func (s *sessions) doubtful(ctx context.Context, m *reading, k *keptSessions, parts []tallystick.SessionPart) ([]tallystick.SessionPart, error) {
	theirs := *s
	if theirs.From = max(s.From, k.since); len(k.doubtful) == 0 || theirs.From >= s.Until {
		return parts, nil
	}
	contacts := slices.Sorted(maps.Keys(k.doubtful))
	if known := m.ongoing != nil && m.ongoingAt == theirs.From; !known && k.since > tallystick.MinInstant+sessionLength && theirs.From-k.since < longBefore {
		before, err := s.goingOn(ctx, k, k.since, contacts)
		if err != nil {
			return nil, err
		}
		return theirs.fromOngoing(ctx, m, parts, contacts, k.since, before)
	}
	return theirs.fromEvents(ctx, m, parts, contacts)
}

// longBefore is the time before a period from which on it is cheaper to look for a contact's silence than to read all.
const longBefore = 7 * tallystick.Day

// fromOngoing makes the sessions of the events since an instant, of some contacts of whom it is known which sessions go on then.
func (s *sessions) fromOngoing(ctx context.Context, m *reading, parts []tallystick.SessionPart, contacts []string, since tallystick.Instant, before map[string]ongoing) ([]tallystick.SessionPart, error) {
	m.ongoing = nil
	var after map[string]ongoing
	if m.keeps {
		after = map[string]ongoing{}
	}
	parts, _, err := s.computed(ctx, parts, since, contacts, before, after)
	if err != nil {
		return nil, err
	}
	stillOngoing(before, after, s.Until)
	m.ongoing, m.ongoingAt = after, s.Until
	return parts, nil
}

// stillOngoing adds to the sessions that may go on after an instant those of whose contacts nothing was heard.
func stillOngoing(before, after map[string]ongoing, at tallystick.Instant) {
	for contact, o := range before {
		if after != nil && o.after(at) {
			after[contact] = o
		}
	}
}

// fromEvents makes the sessions of the events, of some contacts or, for nil, of all.
func (s *sessions) fromEvents(ctx context.Context, m *reading, parts []tallystick.SessionPart, contacts []string) ([]tallystick.SessionPart, error) {
	before := m.ongoing
	if before == nil || m.ongoingAt != s.From {
		before = nil
	}
	m.ongoing = nil
	var after map[string]ongoing
	if m.keeps {
		after = map[string]ongoing{}
	}
	for i := -1; i < len(lookBacks); i++ {
		since := s.From
		switch {
		case i < 0 && before == nil:
			continue
		case i >= 0:
			before = nil
			if since = tallystick.MinInstant; s.From > tallystick.MinInstant+lookBacks[i] {
				since = s.From - lookBacks[i]
			}
		}
		var err error
		if parts, contacts, err = s.computed(ctx, parts, since, contacts, before, after); err != nil {
			return nil, err
		}
		stillOngoing(before, after, s.Until)
		if len(contacts) == 0 {
			break
		}
	}
	m.ongoing, m.ongoingAt = after, s.Until
	return parts, nil
}

const sessionLength = 24 * tallystick.Hour

// lookBacks are the lengths of time before From that are read in turn; the last is all of it.
var lookBacks = []tallystick.Instant{sessionLength, 7 * tallystick.Day, tallystick.MaxInstant}

// sessions is one such query on its way.
type sessions struct {
	tallystick.Sessions
	engine *Engine
	stream *stream
	log    uint32 // the tenant's

	skips map[string]bool // contacts whose interactions are left out
}

// begin begins a statement, with a scope of its own.
func (s *sessions) begin() (*statement, *scope, error) {
	sc, err := s.engine.scope(s.Scope)
	return &statement{}, sc, err
}

// started adds which of some sessions are bots' and which are agents'. ids is what selects them.
func (s *sessions) started(st *statement, sc *scope, ids string) {
	started := s.engine.source(tallystick.SessionStarted, "s")
	st.add("started AS (",
		"  SELECT "+started.text(tallystick.FieldSessionID)+" AS id, "+started.text(tallystick.FieldKind)+" AS kind, "+started.column("time")+" AS time",
		"  FROM "+started.from(),
		"  WHERE "+strings.Join(started.scope(st, sc, tallystick.SessionStarted), "\n    AND "),
		"    AND id IN ("+ids+")",
		"), bots AS (",
		"  SELECT id, time",
		"  FROM started",
		"  WHERE kind = 'bot'",
		"), agents AS (",
		"  SELECT id",
		"  FROM started",
		"  WHERE kind = 'agent'",
		")")
}

// interactions adds the interactions, as they are in the doc of [tallystick.Sessions], that also meet conditions on m. session is the given one, or empty.
func (s *sessions) interactions(st *statement, sc *scope, name string, conditions ...string) {
	m := s.engine.source(tallystick.MessageSent, "m")
	session := m.text(tallystick.FieldSessionID)
	where := append(m.scope(st, sc, tallystick.MessageSent), conditions...)
	where = append(where, withBot(m)...)
	where = append(where, s.engine.countable(st, m, sc, true)...)
	st.add(", "+name+" AS (",
		"  SELECT "+m.column("time")+" AS time, "+m.column("seq")+" AS seq, "+m.text(tallystick.FieldContactID)+" AS contact,",
		"    "+s.unlessBare(m.text(tallystick.FieldConversationID))+" AS conversation, "+m.text(tallystick.FieldBotID)+" AS bot,",
		"    "+m.text(tallystick.FieldBotVersion)+" AS version, "+m.text(tallystick.FieldChannelID)+" AS channel,",
		"    "+s.unlessBare(m.text(tallystick.FieldTicketID))+" AS ticket,",
		"    CASE WHEN "+session+" IN (SELECT id FROM agents) THEN '' ELSE "+session+" END AS session",
		"  FROM "+m.from(),
		"  WHERE "+strings.Join(where, "\n    AND "),
		")")
}

// unlessBare returns an expression for what is asked for unless the question is bare.
func (s *sessions) unlessBare(text string) string {
	if s.Bare {
		return "''"
	}
	return text
}

// computed adds the parts of the sessions that follow from the times of interactions since an instant, of some contacts or, for nil, of all. Contacts for whom that
// is too late an instant are returned instead of their parts. The parts have no tickets but their interactions' own. before and after are what goes on at both ends, see [chain].
func (s *sessions) computed(ctx context.Context, parts []tallystick.SessionPart, since tallystick.Instant, contacts []string, before, after map[string]ongoing) ([]tallystick.SessionPart, []string, error) {
	st, sc, err := s.begin()
	if err != nil {
		return nil, nil, err
	}
	m := s.engine.source(tallystick.MessageSent, "m")
	end := s.Before
	if s.Until < end-sessionLength {
		end = s.Until + sessionLength // the sessions' last interactions
	}
	conditions := []string{m.column("time") + " >= " + st.bind(since), m.column("time") + " < " + st.bind(end)}
	if contacts != nil {
		conditions = append(conditions, m.text(tallystick.FieldContactID)+" IN (SELECT UNNEST("+st.bind(contacts)+"))")
	}
	session := m.text(tallystick.FieldSessionID)
	st.add("WITH")
	s.started(st, sc, "SELECT "+session+" FROM "+m.from()+" WHERE "+strings.Join(slices.Concat(m.scope(st, sc, tallystick.MessageSent), conditions, []string{session + " <> ''"}), " AND "))
	s.interactions(st, sc, "interactions", conditions...)
	// Before From only the times matter.
	wanted := "time >= " + st.bind(s.From)
	st.add("SELECT contact, time, seq,",
		"  CASE WHEN "+wanted+" THEN conversation ELSE '' END, CASE WHEN "+wanted+" THEN bot ELSE '' END,",
		"  CASE WHEN "+wanted+" THEN version ELSE '' END, CASE WHEN "+wanted+" THEN channel ELSE '' END,",
		"  CASE WHEN "+wanted+" THEN ticket ELSE '' END",
		"FROM interactions",
		"WHERE session = ''",
		"ORDER BY contact, time, seq")
	c := newChain(s, parts, since)
	c.before, c.after = before, after
	err = s.stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			c.add(r, i)
		}
		return nil
	})
	c.leave()
	return c.parts, c.unsure, err
}

// part are the columns that the interactions of a part agree in, and firstOfPart its first interaction.
const part = "contact, conversation, bot, version, channel, ticket"

var firstOfPart = "MIN(time), ARG_MIN(seq, " + orderOf("time", "seq") + ")"
