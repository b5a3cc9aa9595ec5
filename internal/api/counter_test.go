package api

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
)

func TestCounterLosesNothing(t *testing.T) {
	var mu sync.Mutex
	stored, calls := map[tallystick.IngestCount]int64{}, 0
	c := NewCounter(func(_ context.Context, counts []tallystick.IngestCount) error {
		mu.Lock()
		defer mu.Unlock()
		calls++
		for _, n := range counts {
			key := n
			key.Count = 0
			stored[key] += n.Count
		}
		time.Sleep(100 * time.Microsecond)
		return nil
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { c.Run(ctx) })
	const clients, rounds = 16, 50
	refused := int64(0)
	var adding sync.WaitGroup
	for i := range clients {
		adding.Go(func() {
			key := tallystick.IngestCount{Tenant: fmt.Sprint("t", i%4), Outcome: "duplicate"}
			for round := range rounds {
				n := key
				n.Count = int64(1 + i)
				err := c.Add(context.Background(), []tallystick.IngestCount{n})
				mu.Lock()
				if err != nil {
					refused += n.Count
				} else if stored[key] < n.Count {
					t.Error("Add returned before its count was stored")
				}
				mu.Unlock()
				if round == rounds/2 && i == 0 {
					cancel() // while others add
				}
			}
		})
	}
	adding.Wait()
	running.Wait()
	total := int64(0)
	for _, n := range stored {
		total += n
	}
	const all = rounds * clients * (clients + 1) / 2
	if total+refused != all || refused == 0 {
		t.Errorf("%d were stored and %d refused, of %d", total, refused, all)
	}
	if calls >= clients*rounds {
		t.Errorf("%d calls for %d counts: nothing was stored together", calls, clients*rounds)
	}
	if err := c.Add(context.Background(), nil); err != nil {
		t.Errorf("nothing to count: %v", err)
	}
}

func TestCounterSaysWhatFailed(t *testing.T) {
	broken := errors.New("no database")
	c := NewCounter(func(context.Context, []tallystick.IngestCount) error { return broken })
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	one := []tallystick.IngestCount{{Count: 1}}
	gone, leave := context.WithCancel(ctx)
	leave()
	if err := c.Add(gone, one); !errors.Is(err, context.Canceled) {
		t.Errorf("who goes away gets %v", err)
	}
	go c.Run(ctx)
	if err := c.Add(ctx, one); !errors.Is(err, broken) || tallystick.CodeOf(err) != tallystick.Unavailable {
		t.Errorf("what can't be stored is answered %v", err)
	}
}

func TestProblems(t *testing.T) {
	for code, status := range map[tallystick.Code]int{tallystick.Internal: 500, tallystick.Invalid: 400, tallystick.NotFound: 404, tallystick.Denied: 403,
		tallystick.Conflict: 409, tallystick.TooLarge: 413, tallystick.Unavailable: 503} {
		p := ProblemOf(fmt.Errorf("doing: %w", tallystick.Errorf(code, "it is so").At("a.b").WithHint("mend it")))
		want := Problem{Type: "about:blank", Title: p.Title, Status: status, Detail: "it is so", Code: code, Hint: "mend it", Path: "a.b"}
		if code == tallystick.Internal {
			want.Detail, want.Hint, want.Path = p.Detail, p.Hint, ""
		}
		if p != want || p.Title == "" {
			t.Errorf("%s is %+v", code, p)
		}
	}
	if p := ProblemOf(errors.New("open /secret")); p.Status != 500 || p.Detail == "open /secret" {
		t.Errorf("an error of no code is %+v", p)
	}
	if p := ProblemOf(WithStatus(415, tallystick.Errorf(tallystick.Invalid, "no"))); p.Status != 415 || p.Code != tallystick.Invalid || p.Title != "Unsupported Media Type" {
		t.Errorf("a status of its own is %+v", p)
	}
}
