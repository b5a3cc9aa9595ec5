package report

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
)

// oneASlice is a store with a session at the beginning of each slice, until one at which it fails or panics.
type oneASlice struct {
	eventsAt
	asked, working atomic.Int64
	failsAt        int64 // the number of a slice, from 1 on
	fails          func() error
}

func (s *oneASlice) Sessions(_ context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	s.working.Add(1)
	defer s.working.Add(-1)
	if s.asked.Add(1) == s.failsAt {
		if err := s.fails(); err != nil {
			return nil, err
		}
	}
	return []tallystick.SessionPart{{Session: q.From.String(), Start: q.From}}, nil
}

func (s *oneASlice) Conversations(_ context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	return make([]tallystick.Conversation, len(q.IDs)), nil
}

// TestSlicesMadeAhead takes slices to the end, or until it has enough, gives up, or the store fails or panics, anywhere, and compares with making them one after another.
func TestSlicesMadeAhead(t *testing.T) {
	const from, hours = 100 * tallystick.Day, 600
	const mostAhead = slicesAhead + 1 // with conversations, and the one whose sessions are made
	lead := int64(0)
	mistake, gaveUp := errors.New("mistake"), errors.New("gave up")
	for round := range 400 {
		r := rand.New(rand.NewPCG(uint64(round), 6))
		var at []tallystick.Instant
		for range r.IntN(600) {
			at = append(at, from+tallystick.Instant(r.Int64N(hours))*tallystick.Hour)
		}
		store := &oneASlice{eventsAt: eventsAt{at: at}}
		p := &plan{wish: &wish{}, store: store, scope: tallystick.For("acme", tallystick.Position{}, from+hours*tallystick.Hour), from: from, sliceSize: 40}
		var want []tallystick.Instant
		for s, err := range p.makeSlices(t.Context(), true, false) {
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, s.parts[0].Start)
		}
		store.asked.Store(0)
		end, n := []string{"whole", "enough", "gives up", "fails", "panics"}[round%5], 1+r.IntN(len(want))
		switch end {
		case "fails":
			store.failsAt, store.fails = int64(n), func() error { return mistake }
		case "panics":
			store.failsAt, store.fails = int64(n), func() error { panic(mistake) }
		}
		var got []tallystick.Instant
		var err error
		var fault any
		func() {
			defer func() { fault = recover() }()
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			var s *slicedSessions
			for s, err = range p.makeSlices(ctx, true, true) {
				if err != nil {
					continue
				}
				if got = append(got, s.parts[0].Start); len(s.conversations) != 1 {
					t.Errorf("round %d: %d conversations", round, len(s.conversations))
				}
				if len(got) == 1 && store.asked.Load() > 1 {
					t.Errorf("round %d: the second slice was begun before it was wanted", round)
				}
				if round%50 == 0 {
					time.Sleep(time.Millisecond) // who asks is slow
					lead = max(lead, store.asked.Load()-int64(len(got)))
				}
				if len(got) == n {
					switch end {
					case "enough":
						return
					case "gives up":
						cancel(gaveUp)
					}
				}
			}
		}()
		if working, asked := store.working.Load(), store.asked.Load(); working != 0 || asked > int64(len(got))+mostAhead {
			t.Fatalf("round %d: %d slices are still being made, %d were asked for and %d taken", round, working, asked, len(got))
		}
		switch end {
		case "whole":
			n = len(want)
		case "gives up": // some that were made may come before it is noticed
			if len(got) < n || err != gaveUp && len(got) < len(want) {
				t.Fatalf("round %d: gave up after %d of %d slices: %d, %v", round, n, len(want), len(got), err)
			}
			n, err = len(got), nil
		case "fails":
			if err != mistake {
				t.Fatalf("round %d: error %v, want %v", round, err, mistake)
			}
			n, err = n-1, nil
		case "panics":
			if text := fmt.Sprint(fault); !strings.Contains(text, mistake.Error()) || !strings.Contains(text, "ahead_test.go") {
				t.Fatalf("round %d: the panic is %v", round, fault)
			}
			n, err, fault = n-1, nil, nil // before it, the rows have come to no end
		}
		if err != nil || fault != nil || !slices.Equal(got, want[:n]) {
			t.Fatalf("round %d, %s after %d of %d slices: %d, %v, %v", round, end, n, len(want), len(got), err, fault)
		}
	}
	if lead != mostAhead {
		t.Errorf("%d slices were made ahead of who is slow, want %d", lead, mostAhead)
	}
}
