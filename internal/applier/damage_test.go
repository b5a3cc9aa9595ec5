package applier

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestADamagedEngineIsMadeAnew lets once a question and once an Apply find that the store is damaged: it is thrown away, the whole journal is applied to a new one, and
// then the answers are there.
func TestADamagedEngineIsMadeAnew(t *testing.T) {
	damage := fmt.Errorf("ask: %w", tallystick.ErrDamaged)
	for _, by := range []string{"a question", "an Apply"} {
		t.Run(by, func(t *testing.T) {
			journal := &records{}
			journal.commit(100)
			s := &store{engine: memory.New()}
			discarded := 0
			a := New(Options{Log: 1, Open: s.open, Pause: time.Millisecond, Discard: func() error {
				discarded++
				s.engine = memory.New()
				return nil
			}})
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { defer close(ended); a.Run(ctx, journal) }()
			defer func() { stop(); <-ended }()
			count := func() int {
				n := 0
				if err := a.Wait(ctx, journal.Head()); err != nil {
					t.Fatal(err)
				}
				err := a.Ask(func(engine tallystick.Answerer) error {
					entities, err := engine.List(ctx, tallystick.List{
						Scope: tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant), From: tallystick.MinInstant, Types: []string{tallystick.ChannelConnected},
					})
					n = len(entities)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			if n := count(); n != 100 {
				t.Fatalf("%d events before", n)
			}
			if by == "a question" {
				if err := a.Ask(func(tallystick.Answerer) error { return damage }); !errors.Is(err, tallystick.ErrDamaged) {
					t.Errorf("the asker was told %v", err)
				}
			} else {
				broken := true
				s.apply = func(apply func() error) error {
					if broken {
						broken = false
						return damage
					}
					return apply()
				}
				a.Committed(journal.commit(10))
			}
			if n, want := count(), len(journal.all); n != want {
				t.Errorf("%d events after, want %d", n, want)
			}
			if discarded != 1 {
				t.Errorf("the store was thrown away %d times", discarded)
			}
		})
	}
}

// TestAShortageIsNotTriedAgain lets Apply say that the machine lacks something: Run ends with that at once, and says nothing else.
func TestAShortageIsNotTriedAgain(t *testing.T) {
	journal := &records{}
	journal.commit(10)
	s := &store{engine: memory.New(), apply: func(func() error) error {
		return tallystick.Errorf(tallystick.Unavailable, "no room")
	}}
	a := New(Options{Log: 1, Open: s.open, Pause: time.Hour})
	if err := a.Run(t.Context(), journal); tallystick.CodeOf(err) != tallystick.Unavailable {
		t.Errorf("Run ended with %v", err)
	}
	if s.opened != 1 {
		t.Errorf("the engine was opened %d times", s.opened)
	}
}
