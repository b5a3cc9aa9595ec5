package duckdb

import (
	"context"
	"errors"
	"strings"

	"github.com/tallystick/tallystick"
)

// reading is what the engine remembers in a [tallystick.Reading].
//
// Of conversations it learns those of a slice and of the time behind it, up to a number: so that all events are looked at once for every half a million
// conversations, and not once for every slice.
type reading struct {
	engine *Engine
	asked  tallystick.Scope // what it is about
	scope  tallystick.Scope // the same as of a position, where one was asked to be remembered
	keeps  bool             // whether there will be other slices

	talks *talks
	ahead tallystick.Instant // the conversations of interactions before it are known
}

// mostTalks is the number of conversations that are learned at once, those of one slice apart.
const mostTalks = 500_000

// reading returns what is remembered for a scope, and begins where there is nothing.
func (e *Engine) reading(r *tallystick.Reading, sc *scope) *reading {
	if r == nil {
		return &reading{engine: e, scope: sc.Scope, talks: newTalks()}
	}
	if m, ok := r.Memory.(*reading); ok && m.engine == e && m.asked == sc.Scope {
		return m
	}
	m := &reading{engine: e, asked: sc.Scope, scope: sc.Scope, keeps: true, talks: newTalks(), ahead: tallystick.MinInstant}
	if m.scope.AsOf.IsZero() {
		e.mu.RLock()
		m.scope.AsOf = tallystick.Position{Log: sc.log, Sequence: e.applied[sc.log]}
		e.mu.RUnlock()
	}
	r.Memory = m
	return m
}

// learn makes the conversations of parts known, with their tickets. The parts are of the sessions that started in [from, until).
func (m *reading) learn(ctx context.Context, s *snapshot, parts []tallystick.SessionPart, from, until tallystick.Instant) error {
	known := true
	for i := range parts {
		known = known && (parts[i].Conversation == "" || m.talks.find(parts[i].Conversation) != nil)
	}
	if known {
		return nil
	}
	further := m.keeps && until > m.ahead
	if further {
		m.talks, m.ahead = newTalks(), until // what was before is not asked again
	}
	for i := range parts {
		m.talks.add(parts[i].Conversation)
	}
	if further {
		if err := m.look(ctx, s, until-from); err != nil {
			return err
		}
	}
	return m.talks.learnTickets(ctx, m.engine, s, m.scope)
}

var errEnough = errors.New("enough conversations")

// look adds the conversations of the interactions that follow, a step of time after the other.
func (m *reading) look(ctx context.Context, s *snapshot, step tallystick.Instant) error {
	for m.ahead < m.scope.Before && len(m.talks.list) < mostTalks {
		sc, err := m.engine.scope(m.scope)
		if sc == nil {
			return err
		}
		before, until := len(m.talks.list), m.scope.Before
		if step < until-m.ahead {
			until = m.ahead + step
		}
		st := &statement{}
		from := m.engine.source(tallystick.MessageSent, "m")
		st.add("SELECT "+from.text(tallystick.FieldConversationID),
			"FROM "+from.from(),
			"WHERE "+strings.Join(append(from.scope(st, sc, tallystick.MessageSent), from.column("time")+" >= "+st.bind(m.ahead), from.column("time")+" < "+st.bind(until),
				from.text(tallystick.FieldBotID)+" <> ''"), "\n  AND "))
		err = s.each(ctx, st, func(r *rows) error {
			for i := range r.n {
				m.talks.add(r.text(0, i))
			}
			if len(m.talks.list) > mostTalks {
				return errEnough
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil {
			return err
		}
		m.ahead = until
		if len(m.talks.list)-before < mostTalks/16 && step < tallystick.MaxInstant/2 {
			step *= 2
		}
	}
	return nil
}

// learnTimes learns when all known conversations began and were last heard of.
func (m *reading) learnTimes(ctx context.Context) error {
	if m.talks.timed == len(m.talks.list) {
		return nil
	}
	s, err := m.engine.snapshot()
	if err != nil {
		return err
	}
	defer s.close()
	return m.talks.learnTimes(ctx, m.engine, s, m.scope)
}
