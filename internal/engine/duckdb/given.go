package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// given returns the parts of the sessions that have an id of their own. Whether one started in the period is known from its session.started, or from the first of all
// its interactions, which are looked for only where there is one in the period.
func (s *sessions) given(ctx context.Context, k *keptSessions) ([]tallystick.SessionPart, error) {
	ids, err := s.candidates(ctx, k, false)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	m := s.engine.source(tallystick.MessageSent, "m")
	st.add("WITH wanted AS (",
		"  SELECT UNNEST("+st.bind(ids)+") AS id",
		"),")
	s.started(st, sc, "SELECT id FROM wanted")
	s.interactions(st, sc, "wholly", m.text(tallystick.FieldSessionID)+" IN (SELECT id FROM wanted)", k.maySayID(st, m))
	st.add(", heard AS (",
		"  SELECT *",
		"  FROM wholly",
		"  WHERE session <> ''",
		"), sessions AS (",
		"  SELECT COALESCE(bots.id, firsts.session) AS session, COALESCE(bots.time, firsts.time) AS start",
		"  FROM bots",
		"  FULL JOIN (SELECT session, MIN(time) AS time FROM heard GROUP BY session) AS firsts ON firsts.session = bots.id",
		")",
		"SELECT sessions.session, start, "+part+", "+firstOfPart,
		"FROM sessions",
		"LEFT JOIN heard ON heard.session = sessions.session",
		"WHERE start >= "+st.bind(s.From)+" AND start < "+st.bind(s.Until),
		"GROUP BY sessions.session, start, "+part)
	var parts []tallystick.SessionPart
	names := map[string]string{}
	err = s.stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			p := tallystick.SessionPart{Session: strings.Clone(r.text(0, i)), Given: true, Start: tallystick.Instant(r.bigint(1, i))}
			for col, into := range []*string{&p.Contact, &p.Conversation, &p.Bot, &p.Version, &p.Channel, &p.Ticket} {
				*into = one(names, r.text(2+col, i))
			}
			if !r.vectors[8].null(i) { // it has interactions
				p.First, p.FirstAt = tallystick.Instant(r.bigint(8, i)), tallystick.Position{Log: s.log, Sequence: uint64(r.bigint(9, i))}
			}
			parts = append(parts, p)
		}
		return nil
	})
	return parts, err
}

// givenOf is given for who asks slice after slice. Where one behind the first has none, it is asked once whether any behind it has: most tenants give none of their sessions an id, or all of them.
func (s *sessions) givenOf(ctx context.Context, m *reading) ([]tallystick.SessionPart, error) {
	if m.noneGiven && s.From >= m.noneGivenFrom {
		return nil, nil
	}
	parts, err := s.given(ctx, m.kept)
	if len(parts) == 0 && err == nil && m.parts > 0 && !m.restAsked && s.Until < s.Before {
		rest := *s
		rest.From, rest.Until = s.Until, s.Before
		var ids []string
		ids, err = rest.candidates(ctx, m.kept, true)
		if err == nil {
			m.restAsked, m.noneGiven, m.noneGivenFrom = true, len(ids) == 0, s.Until
		}
	}
	return parts, err
}

// candidates returns the ids of the given sessions that may have started in the period, or any one of them.
func (s *sessions) candidates(ctx context.Context, k *keptSessions, one bool) ([]string, error) {
	union, limit := "UNION", ""
	if one {
		union, limit = "UNION ALL", "LIMIT 1"
	}
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	m, started := s.engine.source(tallystick.MessageSent, "m"), s.engine.source(tallystick.SessionStarted, "s")
	from, until, session := st.bind(s.From), st.bind(s.Until), m.text(tallystick.FieldSessionID)
	during := func(of source) []string {
		return []string{of.column("time") + " >= " + from, of.column("time") + " < " + until}
	}
	st.add("SELECT "+started.text(tallystick.FieldSessionID),
		"FROM "+started.from(),
		"WHERE "+strings.Join(slices.Concat(started.scope(st, sc, tallystick.SessionStarted), during(started), []string{started.text(tallystick.FieldKind) + " = 'bot'"}), "\n  AND "),
		union,
		"SELECT "+session,
		"FROM "+m.from(),
		"WHERE "+strings.Join(slices.Concat(m.scope(st, sc, tallystick.MessageSent), during(m), []string{session + " <> ''", k.maySayID(st, m)}), "\n  AND "),
		limit)
	var ids []string
	err = s.stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			ids = append(ids, strings.Clone(r.text(0, i)))
		}
		return nil
	})
	return ids, err
}
