package applier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// records is a journal in memory: what it has is committed.
type records struct {
	mu   sync.Mutex
	all  []tallystick.Record
	read int // records read back
}

func (j *records) Head() tallystick.Position {
	j.mu.Lock()
	defer j.mu.Unlock()
	return tallystick.Position{Log: 1, Sequence: uint64(len(j.all))}
}

func (j *records) Read(ctx context.Context, after tallystick.Position, fn func([]tallystick.Record) error) error {
	j.mu.Lock()
	rest := j.all[after.Sequence:]
	j.read += len(rest)
	j.mu.Unlock()
	for len(rest) > 0 {
		n := min(len(rest), 7)
		if err := fn(rest[:n:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return ctx.Err()
}

// commit makes n more records and returns them.
func (j *records) commit(n int) []tallystick.Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	start := len(j.all)
	for range n {
		i := len(j.all) + 1
		j.all = append(j.all, tallystick.Record{
			Position: tallystick.Position{Log: 1, Sequence: uint64(i)},
			Event: tallystick.Event{Tenant: "acme", Source: "test", ID: fmt.Sprint(i), Type: tallystick.ChannelConnected, Time: tallystick.Instant(i),
				Data: []tallystick.Value{{Field: tallystick.FieldChannelID, Text: fmt.Sprint("c", i)}}},
		})
	}
	return append([]tallystick.Record(nil), j.all[start:]...)
}

// store is what an engine leaves on disk; opening it gives an engine. It fails, is slow, and forgets, as its test wants.
type store struct {
	engine *memory.Engine
	opened int
	apply  func(apply func() error) error // around each Apply; nil: just apply
}

func (s *store) open(context.Context) (tallystick.Engine, error) {
	s.opened++
	return &openStore{s.engine, s}, nil
}

type openStore struct {
	*memory.Engine
	store *store
}

func (s *openStore) Apply(ctx context.Context, records []tallystick.Record) error {
	apply := func() error { return s.Engine.Apply(ctx, records) }
	if s.store.apply != nil {
		return s.store.apply(apply)
	}
	return apply()
}

// run starts the applier and returns what stops it and answers Run's error.
func run(t *testing.T, a *Applier, j Journal) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, j) }()
	return func() error { cancel(); return <-ended }
}

func wait(t *testing.T, a *Applier, p tallystick.Position) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := a.Wait(ctx, p); err != nil {
		t.Fatalf("wait for %s, at %s: %v", p, a.Applied(), err)
	}
}

// holds checks that an engine holds exactly the journal's records, in order.
func holds(t *testing.T, engine tallystick.Answerer, j *records) {
	t.Helper()
	list, err := engine.List(context.Background(), tallystick.List{
		Scope: tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant), From: tallystick.MinInstant,
		Types: []string{tallystick.ChannelConnected}, Fields: []tallystick.Field{tallystick.FieldChannelID},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(j.all) {
		t.Fatalf("the engine holds %d records, the journal %d", len(list), len(j.all))
	}
	for i, l := range list {
		if l.Position != j.all[i].Position || l.Texts[0] != fmt.Sprint("c", i+1) {
			t.Fatalf("record %d is %+v", i+1, l)
		}
	}
}

func TestStartsFromTheEnginesPosition(t *testing.T) {
	for _, has := range []int{0, 1, 99, 100} {
		t.Run(fmt.Sprint("engine has ", has, " of 100"), func(t *testing.T) {
			j, s := &records{}, &store{engine: memory.New()}
			all := j.commit(100)
			s.engine.Apply(context.Background(), all[:has])
			var log bytes.Buffer
			a := New(Options{Log: 1, Open: s.open, Batch: 10, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			stop := run(t, a, j)
			wait(t, a, j.Head())
			stop()
			holds(t, s.engine, j)
			if j.read != 100-has {
				t.Errorf("read %d records, want %d", j.read, 100-has)
			}
			if said := strings.Contains(log.String(), fmt.Sprint("records=", 100-has)); said != (has < 100) {
				t.Errorf("log says %q", log.String())
			}
		})
	}
}

func TestFollowsWithoutReadingBack(t *testing.T) {
	j, s := &records{}, &store{engine: memory.New()}
	a := New(Options{Log: 1, Open: s.open})
	stop := run(t, a, j)
	first := j.commit(3)
	a.Committed(first)
	wait(t, a, j.Head()) // the start is over, and what it read counted
	read := j.read
	for range 20 {
		a.Committed(j.commit(5))
		wait(t, a, j.Head())
	}
	stop()
	holds(t, s.engine, j)
	if j.read != read {
		t.Errorf("read %d records back while following", j.read-read)
	}
}

func TestABatchWaitsToFillUnlessSomebodyWaits(t *testing.T) {
	j, s := &records{}, &store{engine: memory.New()}
	applies := 0
	s.apply = func(apply func() error) error { applies++; return apply() }
	a := New(Options{Log: 1, Open: s.open, Delay: time.Hour})
	stop := run(t, a, j)
	a.Committed(j.commit(1))
	wait(t, a, j.Head())
	for range 50 {
		a.Committed(j.commit(1))
	}
	wait(t, a, j.Head())
	stop()
	holds(t, s.engine, j)
	if applies > 3 {
		t.Errorf("%d calls of Apply for two waits", applies)
	}
}

func TestFullQueue(t *testing.T) {
	for _, full := range []Full{Reread, Wait} {
		t.Run([]string{"rereads", "waits"}[full], func(t *testing.T) {
			j, s := &records{}, &store{engine: memory.New()}
			release := make(chan struct{})
			s.apply = func(apply func() error) error { <-release; return apply() }
			a := New(Options{Log: 1, Open: s.open, Full: full, Queue: 20, Batch: 10, Delay: time.Millisecond})
			stop := run(t, a, j)
			// The first slice is applied, or waits to be; then the start is over.
			a.Committed(j.commit(1))
			release <- struct{}{}
			wait(t, a, j.Head())
			read := j.read

			done := make(chan struct{})
			go func() {
				defer close(done)
				for range 50 {
					a.Committed(j.commit(5))
				}
			}()
			if full == Reread {
				<-done // although nothing is applied
			} else {
				select {
				case <-done:
					t.Error("250 records went into a queue of 20")
				case <-time.After(50 * time.Millisecond):
				}
			}
			close(release)
			<-done
			wait(t, a, j.Head())
			stop()
			holds(t, s.engine, j)
			if (j.read > read) != (full == Reread) {
				t.Errorf("read %d records back", j.read-read)
			}
		})
	}
}

func TestEndOfRunFreesWhoWaits(t *testing.T) {
	j, s := &records{}, &store{engine: memory.New()}
	s.apply = func(func() error) error { return errors.New("broken disk") }
	a := New(Options{Log: 1, Open: s.open, Full: Wait, Queue: 10, Pause: time.Millisecond})
	stop := run(t, a, j)
	for range 10 { // waits for room that never comes, until Run gives up
		a.Committed(j.commit(5))
	}
	if err := a.Wait(context.Background(), j.Head()); err == nil || !strings.Contains(err.Error(), "broken disk") {
		t.Errorf("Wait: %v", err)
	}
	if err := stop(); err == nil || !strings.Contains(err.Error(), "failed 3 times") {
		t.Errorf("Run: %v", err)
	}
	if s.opened != 3 {
		t.Errorf("opened %d times, want 3", s.opened)
	}
	if err := a.Ask(func(tallystick.Answerer) error { return nil }); tallystick.CodeOf(err) != tallystick.Unavailable {
		t.Errorf("Ask after the end: %v", err)
	}
}

func TestAnEngineAheadOfTheJournalIsRefused(t *testing.T) {
	j, s := &records{}, &store{engine: memory.New()}
	s.engine.Apply(context.Background(), j.commit(10))
	j.all = j.all[:7]
	err := New(Options{Log: 1, Open: s.open}).Run(context.Background(), j)
	if tallystick.CodeOf(err) != tallystick.Conflict || !strings.HasPrefix(err.Error(),
		"acknowledged events were lost from the journal: the engine has applied 1-10, but the journal ends at 1-7; ") {
		t.Errorf("got %v", err)
	}
	if s.opened != 1 {
		t.Errorf("opened %d times", s.opened)
	}
}

func TestAskSeesTheEngine(t *testing.T) {
	j, s := &records{}, &store{engine: memory.New()}
	j.commit(10)
	a := New(Options{Log: 1, Open: s.open})
	stop := run(t, a, j)
	wait(t, a, j.Head())
	if err := a.Ask(func(e tallystick.Answerer) error { holds(t, e, j); return nil }); err != nil {
		t.Error(err)
	}
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
}

// Random commits meet an engine that fails before or after it has applied, is slow, and comes back from a failure without its newest records. Whatever
// happens, in the end it holds exactly what the journal holds.
func TestAnUnreliableEngineEndsUpRight(t *testing.T) {
	rounds := 20
	if os.Getenv("TALLYSTICK_LONG") != "" {
		rounds = 1000
	}
	for range rounds {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 0))
		full := Full(random.IntN(2))
		j, s := &records{}, &store{engine: memory.New()}
		inner := rand.New(rand.NewPCG(seed, 1)) // of the applier's goroutine
		s.apply = func(apply func() error) error {
			switch n := inner.IntN(30); {
			case n == 0:
				return errors.New("failed before")
			case n == 1:
				apply()
				return errors.New("failed after")
			case n == 2: // forgets its end
				keep := max(0, int(lengthOf(s.engine))-inner.IntN(40))
				s.engine = memory.New()
				j.mu.Lock()
				kept := j.all[:keep]
				j.mu.Unlock()
				s.engine.Apply(context.Background(), kept)
				return errors.New("failed and forgot")
			case n < 6:
				time.Sleep(time.Duration(inner.IntN(300)) * time.Microsecond)
			}
			return apply()
		}
		a := New(Options{Log: 1, Open: s.open, Full: full, Queue: 1 + random.IntN(100), Batch: 1 + random.IntN(50), Tries: 1000,
			Delay: time.Duration(random.IntN(1000)) * time.Microsecond, Pause: time.Nanosecond})
		j.commit(random.IntN(200))
		stop := run(t, a, j)
		for range random.IntN(100) {
			a.Committed(j.commit(1 + random.IntN(30)))
			if random.IntN(10) == 0 {
				time.Sleep(time.Duration(random.IntN(500)) * time.Microsecond)
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		if err := a.Wait(ctx, j.Head()); err != nil {
			t.Fatalf("seed %d: at %s of %s: %v", seed, a.Applied(), j.Head(), err)
		}
		cancel()
		stop()
		holds(t, s.engine, j)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func lengthOf(e *memory.Engine) uint64 {
	p, _ := e.Applied(context.Background(), 1)
	return p.Sequence
}

// TestQueueWeighs puts large records into a queue: a batch, and the queue, has fewer of them.
func TestQueueWeighs(t *testing.T) {
	q := newQueue(8, 20, Reread)
	q.take(true) // says that records may be missing
	j := &records{}
	large := j.commit(7)
	for i := range large {
		large[i].Event.Data = []tallystick.Value{{Text: strings.Repeat("x", 3<<10)}} // weighs 4
	}
	q.put(large[:4])
	for _, want := range [][]tallystick.Record{large[:2], large[2:4]} {
		if got, behind, _ := q.take(false); behind || !reflect.DeepEqual(got, want) {
			t.Errorf("got %d records, want %d", len(got), len(want))
		}
	}
	q.put(large[:5])
	if _, behind, _ := q.take(false); behind {
		t.Error("five records of 4 do not fit into 20")
	}
	q.take(false)
	q.take(true)
	q.put(large[:6])
	if _, behind, _ := q.take(false); !behind {
		t.Error("six records of 4 fit into 20")
	}
}

func TestQueueKeepsOrderAndBounds(t *testing.T) {
	q := newQueue(4, 10, Reread)
	if _, behind, _ := q.take(true); !behind {
		t.Fatal("a new queue must say that records may be missing")
	}
	j := &records{}
	for range 3 {
		q.put(j.commit(3))
	}
	for _, want := range [][]tallystick.Record{j.all[:4], j.all[4:8]} {
		if got, behind, _ := q.take(false); behind || !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if got, _, filled := q.take(false); got != nil || filled != 1 {
		t.Errorf("got %v, %d, want to wait for more", got, filled)
	}
	if got, _, _ := q.take(true); !reflect.DeepEqual(got, j.all[8:9]) {
		t.Errorf("got %v, want what there is", got)
	}
	q.put(j.commit(11))
	if got, behind, _ := q.take(true); !behind || got != nil {
		t.Errorf("got %v, %v, want a gap", got, behind)
	}
}
