package duckdb

import (
	"context"

	"github.com/tallystick/tallystick"
)

// reading is what the engine remembers in a [tallystick.Reading].
//
// Of conversations it learns those of a slice and of the time behind it, up to a number: so that a tenant's conversations are looked through once for every few
// hundred thousand that are asked for, and not once for every slice. Those of the first slice are learned alone: perhaps nobody asks for another. For who goes on, what comes next is learned while
// what is known is asked for (learning.go).
type reading struct {
	engine *Engine
	asked  tallystick.Scope // what it is about
	keeps  bool             // whether there will be other slices

	parts int // that there may be in the next slice; 0: this is the first, or the one before had none

	noneGiven     bool // none of the sessions that start at or after noneGivenFrom has an id of its own
	noneGivenFrom tallystick.Instant
	restAsked     bool // whether that is so

	talks  *talks             // in the same scope, as of a position where one was asked to be remembered
	ahead  tallystick.Instant // the conversations of interactions before it are known
	byDays bool               // by the rows of their days
	next   *learning          // those behind them; nil: nobody is learning
	spare  *talks             // memory for others; nil: none

	kept      *keptSessions // nil: none, where it is known
	keptKnown bool
	doubtful  *reading // of the contacts that are doubted

	ongoing   map[string]ongoing // the sessions that go on after an instant, by contact; nil: not known
	ongoingAt tallystick.Instant
}

// reading returns what is remembered for a scope, as it was asked, and begins where there is nothing.
func (e *Engine) reading(r *tallystick.Reading, asked tallystick.Scope, sc *scope) *reading {
	if r != nil {
		if before, ok := r.Memory.(*reading); ok && before.engine == e && before.asked == asked {
			return before
		}
		r.Close()
	}
	m := &reading{engine: e, asked: asked, talks: e.talks(sc.Scope), ahead: tallystick.MinInstant}
	if r == nil {
		return m
	}
	m.keeps = true
	r.Memory = m
	return m
}

// learn makes conversations known, by their names, of which some are not; noName is none. They are those of the sessions that started in [from, until).
func (m *reading) learn(ctx context.Context, s *stream, names []hash, from, until tallystick.Instant) error {
	heard := m.talks.scope.Before // of nearly all sessions everything is before it
	if until < max(heard, tallystick.MinInstant+2*sessionLength)-2*sessionLength {
		heard = until + 2*sessionLength
	}
	if !m.keeps || until <= m.ahead {
		return m.talks.learn(ctx, s, names, from, heard, nil)
	}
	if m.ahead == tallystick.MinInstant { // perhaps nobody will ask for more than this
		m.ahead = until
		return m.talks.learn(ctx, s, names, from, heard, nil)
	}
	if m.takeNext(ctx, until) {
		return m.talks.learn(ctx, s, names, from, heard, nil)
	}
	most := max(m.most(), min(m.engine.mostTalks, 8*len(names)))
	m.talks.forget() // what was before is not asked again
	m.ahead, m.byDays = until, false
	return m.talks.learn(ctx, s, names, from, heard, &lookahead{
		most:    most,
		reached: func(at tallystick.Instant) { m.ahead, m.byDays = max(m.ahead, at), true },
		look:    func(add func(id string) bool) error { return m.look(ctx, s, until-from, most, add) },
	})
}

// most is how many conversations to learn at once: more and more, for who goes on asking.
func (m *reading) most() int {
	return min(m.engine.mostTalks, max(m.engine.leastTalks, 2*len(m.talks.known)))
}

// leastTalks is the number of conversations up to which to learn them takes no longer than to learn none.
const leastTalks = 2000

// look adds the conversations of the interactions that follow, a step of time after the other.
func (m *reading) look(ctx context.Context, s *stream, step tallystick.Instant, most int, add func(id string) (full bool)) error {
	end := m.talks.scope.Before
	for m.ahead < end && len(m.talks.known) < most {
		before, until := len(m.talks.known), end
		if step < until-m.ahead {
			until = m.ahead + step
		}
		whole, err := m.talks.ahead(ctx, s, m.ahead, until, func(id string) bool { return add(id) || len(m.talks.known) >= most })
		if err != nil || !whole {
			return err
		}
		m.ahead = until
		if len(m.talks.known)-before < most/16 && step < tallystick.MaxInstant/2 {
			step *= 2
		}
	}
	return nil
}
