package duckdb

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/tallystick/tallystick"
)

// learning is conversations that are learned while those before them are asked for, so that who asks slice after slice does not wait for them.
type learning struct {
	talks *talks
	until tallystick.Instant // those of all interactions before it are known; MinInstant: none are

	fault string // a panic

	ended chan struct{} // is closed when the others may be read
	stop  context.CancelFunc
}

// learnNext begins to learn conversations behind those that are known, where the rows of days tell of them and nobody else learns any: so that it takes memory once. length is that of a slice: one no longer, which begins before the end of
// what is known, finds all of its own in what comes next.
func (m *reading) learnNext(length tallystick.Instant) {
	if !m.byDays || m.next != nil || m.ahead >= m.talks.scope.Before || !m.engine.learning.TryLock() {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	l := &learning{talks: m.spare, until: tallystick.MinInstant, ended: make(chan struct{}), stop: stop}
	if m.spare = nil; l.talks == nil {
		l.talks = m.engine.talks(m.talks.scope)
	}
	from, most := m.ahead, m.most()
	if 0 < length && length < from-firstMonth {
		from -= length
	}
	m.next = l
	m.engine.background.Go(func() {
		defer close(l.ended)
		defer m.engine.learning.Unlock() // before: who waits for this one may let the next one begin
		defer stop()
		defer func() {
			if fault := recover(); fault != nil { // who asks knows what to do with it
				l.fault, l.until = fmt.Sprintf("%v\n\n%s", fault, debug.Stack()), tallystick.MinInstant
			}
		}()
		if stream, err := m.engine.stream(); err == nil {
			defer stream.close()
			if until, err := l.talks.learnFrom(ctx, stream, from, most); err == nil { // else who needs them learns them, and is told
				l.until = until
			}
		}
	})
}

// takeNext waits for what is learned, and makes it what is known, if it has all of before an instant.
func (m *reading) takeNext(ctx context.Context, until tallystick.Instant) (taken bool) {
	l := m.next
	if l == nil {
		return false
	}
	defer context.AfterFunc(ctx, l.stop)()
	<-l.ended
	if l.fault != "" {
		panic(l.fault)
	}
	if m.next = nil; l.until < until {
		return false
	}
	m.spare = m.talks // is not asked again
	m.spare.forget()
	m.talks, m.ahead = l.talks, l.until
	return true
}

// Close implements what [tallystick.Reading] calls: it ends what is learned for questions that did not come.
func (m *reading) Close() {
	if m.next != nil {
		m.next.stop()
		<-m.next.ended
		m.next = nil
	}
}

// learnFrom makes about so many conversations known that were heard of from an instant on. It returns the instant before which those of all interactions are known, MinInstant where no rows of days tell of them.
func (t *talks) learnFrom(ctx context.Context, s *stream, since tallystick.Instant, most int) (ahead tallystick.Instant, err error) {
	defer func() {
		if err != nil { // what was not read to its end is not known
			t.forget()
		}
	}()
	upTo, ahead, err := t.learnDays(ctx, 0, since, t.scope.Before, most)
	if err != nil || ahead == tallystick.MinInstant {
		return ahead, err
	}
	return ahead, t.learnRest(ctx, s, 0, upTo)
}
