package report

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
)

// numbers is a store that answers a tally with as many rows as its From says, and refuses or panics where it is told to. A tight one has no memory for two things at
// once, nor for more than two tallies together.
type numbers struct {
	tallystick.Answerer
	refuses, panics int64
	tight           bool
	asked           atomic.Int64 // at this moment
	together, short atomic.Int64 // questions that came with others, or were refused for want of memory
}

// remember returns an error where there is no memory, else what gives it back.
func (n *numbers) remember(questions int) (func(), error) {
	if n.asked.Add(1) > 1 && n.tight || questions > 2 && n.tight {
		n.asked.Add(-1)
		n.short.Add(1)
		return nil, tallystick.Errorf(tallystick.Unavailable, "no memory")
	}
	time.Sleep(time.Duration(questions%3) * time.Microsecond)
	return func() { n.asked.Add(-1) }, nil
}

func (n *numbers) Tally(_ context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	done, err := n.remember(1)
	if err != nil {
		return nil, err
	}
	defer done()
	return n.count(q)
}

func (n *numbers) count(q tallystick.Tally) ([]tallystick.Count, error) {
	switch {
	case int64(q.From) == n.panics:
		panic("a fault of the store")
	case int64(q.From) == n.refuses:
		return nil, errors.New("refused")
	}
	return make([]tallystick.Count, q.From), nil
}

func (n *numbers) Tallies(_ context.Context, qs []tallystick.Tally) ([][]tallystick.Count, error) {
	done, err := n.remember(len(qs))
	if err != nil {
		return nil, err
	}
	defer done()
	n.together.Add(int64(len(qs)))
	answers := make([][]tallystick.Count, len(qs))
	for i := range qs {
		if answers[i], err = n.count(qs[i]); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

func (n *numbers) Events(context.Context, tallystick.Events) (int64, error) {
	done, err := n.remember(1)
	if err != nil {
		return 0, err
	}
	defer done()
	return 1, nil
}

// TestQuestionsOfBuildersAbreast lets builders ask at random, more rows than may be held, with a store that refuses, panics or lacks memory, and with somebody who gives up. Nothing waits
// for ever, and each question has its answer.
func TestQuestionsOfBuildersAbreast(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	together, short := int64(0), int64(0)
	for round := range 300 {
		store := &numbers{refuses: -1, panics: -1}
		big := round%3 == 0
		n := 2 + r.IntN(20)
		var plans []*plan
		asks := map[*plan][]int64{}
		for range n {
			p := &plan{store: store}
			for range r.IntN(6) {
				rows := r.Int64N(100)
				if big {
					rows *= 500
				}
				asks[p] = append(asks[p], rows)
			}
			plans = append(plans, p)
		}
		switch round % 5 {
		case 1:
			store.refuses = r.Int64N(100)
		case 2:
			store.panics = r.Int64N(100)
		case 4:
			store.tight = true
		}
		enough := 1 << 30
		if round%5 == 3 {
			enough = r.IntN(30)
		}
		build := func(p *plan, row rows) error {
			for _, rows := range asks[p] {
				if _, err := p.store.Events(p.ctx, tallystick.Events{}); err != nil {
					return err
				}
				counts, err := p.store.Tally(p.ctx, tallystick.Tally{From: tallystick.Instant(rows)})
				if err != nil {
					return err
				}
				if !row(tallystick.IntegerCell(int64(len(counts)))) {
					return nil
				}
			}
			return nil
		}
		var want, got []string
		for _, p := range plans {
			for _, rows := range asks[p] {
				want = append(want, fmt.Sprint(rows))
			}
		}
		done := make(chan string, 1)
		go func() {
			defer func() {
				if fault := recover(); fault != nil {
					done <- fmt.Sprint("panic: ", fault)
				}
			}()
			err := eachAbreast(context.Background(), 1+r.IntN(width), plans, build, func(int) {}, func(_ *plan, cells []tallystick.Cell) bool {
				got = append(got, fmt.Sprint(cells[0].Int))
				return len(got) < enough
			}, func(*plan) {})
			done <- fmt.Sprint(err)
		}()
		var end string
		select {
		case end = <-done:
		case <-time.After(time.Minute):
			t.Fatalf("round %d: it waits for ever", round)
		}
		together, short = together+store.together.Load(), short+store.short.Load()
		switch {
		case strings.HasPrefix(end, "panic: ") && store.panics >= 0 && strings.Contains(end, "a fault of the store"):
		case end == "refused" && store.refuses >= 0:
		case end == "<nil>" && enough < len(want):
			want = want[:max(1, enough)]
			fallthrough
		case end == "<nil>":
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Fatalf("round %d: rows %v, want %v", round, got, want)
			}
		default:
			t.Fatalf("round %d: it ended with %s", round, end)
		}
	}
	if together == 0 || short == 0 {
		t.Errorf("%d questions were asked together, and for %d there was no memory", together, short)
	}
}

// faulty is a store that panics at a tally, and after that lacks the memory for sessions.
type faulty struct {
	tallystick.Answerer
	panicked chan struct{}
}

func (f *faulty) Tally(context.Context, tallystick.Tally) ([]tallystick.Count, error) {
	defer close(f.panicked)
	panic("a fault of the store")
}

func (f *faulty) Sessions(context.Context, tallystick.Sessions) ([]tallystick.SessionPart, error) {
	<-f.panicked
	time.Sleep(10 * time.Millisecond)
	return nil, tallystick.Errorf(tallystick.Unavailable, "no memory")
}

// TestPanicBesideWantOfMemory has one builder whose question panics and one that asks again without others: who asked for both is told.
func TestPanicBesideWantOfMemory(t *testing.T) {
	store := &faulty{panicked: make(chan struct{})}
	plans := []*plan{{store: store}, {store: store}}
	build := func(p *plan, _ rows) error {
		if p == plans[1] {
			_, err := p.store.Tally(p.ctx, tallystick.Tally{})
			return err
		}
		_, err := p.store.Sessions(p.ctx, tallystick.Sessions{})
		return err
	}
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		_ = eachAbreast(context.Background(), 2, plans, build, func(int) {}, func(*plan, []tallystick.Cell) bool { return true }, func(*plan) {})
	}()
	select {
	case fault := <-done:
		if !strings.Contains(fmt.Sprint(fault), "a fault of the store") {
			t.Errorf("it ended with %v", fault)
		}
	case <-time.After(time.Minute):
		t.Fatal("it waits for ever")
	}
}

// slow is a store whose answers take a moment longer than whoever asks wants to wait.
type slow struct {
	tallystick.Answerer
	running atomic.Int64
	entered chan struct{}
	once    sync.Once
}

func (s *slow) Tally(ctx context.Context, _ tallystick.Tally) ([]tallystick.Count, error) {
	s.running.Add(1)
	defer s.running.Add(-1)
	s.once.Do(func() { close(s.entered) })
	<-ctx.Done()
	time.Sleep(100 * time.Millisecond)
	return nil, context.Cause(ctx)
}

// TestNothingIsAskedAfterTheEnd ends with the first row, while another builder's question is under way.
func TestNothingIsAskedAfterTheEnd(t *testing.T) {
	store := &slow{entered: make(chan struct{})}
	plans := []*plan{{store: store}, {store: store}}
	waits := make(chan struct{})
	build := func(p *plan, row rows) error {
		if p == plans[1] {
			close(waits)
			_, err := p.store.Tally(p.ctx, tallystick.Tally{})
			return err
		}
		<-waits
		time.Sleep(10 * time.Millisecond)
		for range chunkRows * (chunksAhead + 2) {
			if !row(tallystick.IntegerCell(1)) {
				return nil
			}
		}
		return nil
	}
	err := eachAbreast(context.Background(), 2, plans, build, func(int) {}, func(*plan, []tallystick.Cell) bool {
		<-store.entered
		return false
	}, func(*plan) {})
	if n := store.running.Load(); n > 0 || err != nil {
		t.Errorf("it has returned %v, and %d questions are still asked", err, n)
	}
}

// cramped has the memory for one tally at a time.
type cramped struct{ tallystick.Answerer }

func (cramped) Tally(_ context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	return []tallystick.Count{{Value: int64(q.From)}}, nil
}

func (cramped) Tallies(_ context.Context, qs []tallystick.Tally) ([][]tallystick.Count, error) {
	return nil, tallystick.Errorf(tallystick.Unavailable, "no memory for %d", len(qs))
}

// TestForeseeingWithoutMemory foresees questions that the store answers one by one only.
func TestForeseeingWithoutMemory(t *testing.T) {
	for n := 1; n <= 3; n++ {
		var plans []*plan
		for range n {
			plans = append(plans, &plan{store: cramped{}, ctx: context.Background()})
		}
		build := func(p *plan, row rows) error {
			forget, err := p.foresee([]tallystick.Tally{{From: 1}, {From: 2}})
			if err != nil {
				return err
			}
			defer forget()
			for from := range tallystick.Instant(3) {
				counts, err := p.store.Tally(p.ctx, tallystick.Tally{From: from})
				if err != nil || only(counts) != int64(from) {
					return fmt.Errorf("of %d: %v, %w", from, counts, err)
				}
			}
			row(tallystick.IntegerCell(1))
			return nil
		}
		made := 0
		err := eachAbreast(context.Background(), n, plans, build, func(int) {}, func(*plan, []tallystick.Cell) bool { made++; return true }, func(*plan) {})
		if err != nil || made != n {
			t.Errorf("of %d plans %d were made, %v", n, made, err)
		}
	}
}
