package enginetest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestContract runs the whole suite on an engine, the subject, with another one as the oracle of the random part.
//
// A few seeds are tried; TALLYSTICK_LONG=1 tries 300, TALLYSTICK_SEED=n only that one. Each failure names its seed. The name is that of a test, since it is one
// in the package of the engine: func TestContract(t *testing.T) { enginetest.TestContract(t, oracle, subject) }.
func TestContract(t *testing.T, openOracle, openSubject Open) {
	t.Run("scripts", func(t *testing.T) { RunScripts(t, openSubject) })
	t.Run("a query without a tenant is refused", func(t *testing.T) { refusesNoTenant(t, openSubject) })
	t.Run("applying", func(t *testing.T) { applying(t, openSubject) })
	t.Run("an answer sees each Apply whole or not at all", func(t *testing.T) { wholeOrNotAtAll(t, openSubject) })
	t.Run("an answer about conversations sees each Apply whole", func(t *testing.T) { wholeConversations(t, openSubject) })
	t.Run("the order of arrival does not matter", func(t *testing.T) { orderDoesNotMatter(t, openSubject) })
	t.Run("slices of sessions are the whole", func(t *testing.T) { slicesAreTheWhole(t, openSubject) })
	t.Run("tallies together are those one by one", func(t *testing.T) { togetherIsOneByOne(t, openSubject) })
	t.Run("random", func(t *testing.T) { agreeOnSeeds(t, openOracle, openSubject) })
}

// long reports whether the run may take minutes.
func long() bool { return os.Getenv("TALLYSTICK_LONG") == "1" }

func agreeOnSeeds(t *testing.T, openOracle, openSubject Open) {
	first, seeds, each := int64(1), int64(8), 24
	if long() {
		seeds, each = 300, 45
	}
	if s := os.Getenv("TALLYSTICK_SEED"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			t.Fatalf("TALLYSTICK_SEED=%s is not a number", s)
		}
		first, seeds = n, 1
	}
	for seed := first; seed < first+seeds; seed++ {
		t.Run(fmt.Sprintf("TALLYSTICK_SEED=%d", seed), func(t *testing.T) {
			size := []int{30, 100, 250, 600}[seed%4]
			if seed%25 == 5 {
				size = 5000 // more than a page or a vector of rows
			}
			Agree(t, seed, openOracle, openSubject, Random(seed, size), each)
		})
	}
}

// refusesNoTenant asks each kind of query with the zero Scope and with a Scope of the empty tenant.
func refusesNoTenant(t *testing.T, open Open) {
	ctx := context.Background()
	engine := open(t)
	defer closeEngine(t, engine)
	apply(t, engine, [][]tallystick.Record{Records(Random(1, 50), false, false)})
	for name, scope := range map[string]tallystick.Scope{"zero": {}, "of the tenant \"\"": tallystick.For("", tallystick.Position{}, tallystick.MaxInstant)} {
		scope.Before = tallystick.MaxInstant
		asked := map[string]error{}
		_, asked["Tally"] = engine.Tally(ctx, tallystick.Tally{Scope: scope, Type: tallystick.MessageSent, From: tallystick.MinInstant})
		_, asked["Peak"] = engine.Peak(ctx, tallystick.Peak{Scope: scope, Span: tallystick.SessionSpan, From: tallystick.MinInstant})
		_, asked["Entities"] = engine.Entities(ctx, tallystick.Entities{Scope: scope, Type: tallystick.UserUpserted})
		_, asked["List"] = engine.List(ctx, tallystick.List{Scope: scope, Types: []string{tallystick.MessageSent}, From: tallystick.MinInstant})
		_, asked["Since"] = engine.Since(ctx, scope)
		_, asked["Events"] = engine.Events(ctx, tallystick.Events{Scope: scope, From: tallystick.MinInstant})
		_, asked["Resolutions"] = engine.Resolutions(ctx, tallystick.Resolutions{Scope: scope, From: tallystick.MinInstant})
		_, asked["Sessions"] = engine.Sessions(ctx, tallystick.Sessions{Scope: scope, From: tallystick.MinInstant})
		_, asked["SessionCounts"] = engine.SessionCounts(ctx, tallystick.SessionCounts{Scope: scope, From: tallystick.MinInstant, Of: []tallystick.Field{tallystick.FieldSessionID}})
		_, asked["Conversations"] = engine.Conversations(ctx, tallystick.Conversations{Scope: scope, IDs: []string{"v1"}})
		_, asked["Correspondents"] = engine.Correspondents(ctx, tallystick.Correspondents{Scope: scope, Rooms: []string{"r1"}})
		for query, err := range asked {
			if err == nil {
				t.Errorf("%s answers with a scope that is %s", query, name)
			}
		}
	}
}

// applying holds an engine to what [tallystick.Applier] says about positions.
func applying(t *testing.T, open Open) {
	ctx := context.Background()
	engine := open(t)
	defer closeEngine(t, engine)
	applied := func(log uint32, want tallystick.Position) {
		t.Helper()
		got, err := engine.Applied(ctx, log)
		if err != nil || !(got == want || got.IsZero() && want.IsZero()) {
			t.Errorf("Applied of log %d: %s, %v; want %s", log, got, err, want)
		}
	}
	applied(1, tallystick.Position{})
	if err := engine.Apply(ctx, nil); err != nil {
		t.Errorf("Apply of nothing: %v", err)
	}
	applied(1, tallystick.Position{})
	n := notation{}
	record := func(p tallystick.Position, line string) tallystick.Record {
		r, err := n.record(line, p.Sequence)
		if err != nil {
			t.Fatal(err)
		}
		r.Position = p
		return r
	}
	at := func(log uint32, sequence uint64) tallystick.Position {
		return tallystick.Position{Log: log, Sequence: sequence}
	}
	must := func(records ...tallystick.Record) {
		t.Helper()
		if err := engine.Apply(ctx, records); err != nil {
			t.Fatalf("Apply: %v", err)
		}
	}
	must(record(at(1, 3), "@10:00 acme message.sent m1 inbound contact c1"), record(at(1, 7), "@10:00 acme message.sent m2 inbound contact c1"))
	applied(1, at(1, 7))
	applied(2, tallystick.Position{})
	must(record(at(2, 5), "@10:00 bolt message.sent m1 inbound contact c1"))
	applied(1, at(1, 7))
	applied(2, at(2, 5))
	// 3, 5 and 7 are at or before what was applied, whatever they say; 8 and 9 are new.
	must(record(at(1, 3), "@10:00 acme message.sent m3 inbound contact c1"), record(at(1, 5), "@10:00 acme message.sent m4 inbound contact c1"),
		record(at(1, 7), "@10:00 acme message.sent m5 inbound contact c1"), record(at(1, 8), "@10:00 acme message.sent m6 inbound contact c1"))
	must(record(at(1, 9), "@09:00 acme message.sent m7 inbound contact c1"))
	must(record(at(1, 9), "@09:00 acme message.sent m8 inbound contact c1"))
	applied(1, at(1, 9))
	applied(2, at(2, 5))
	q := &Question{Kind: "list", Tenant: "acme", Types: []string{tallystick.MessageSent}, From: tallystick.MinInstant, Before: tallystick.MaxInstant,
		Fields: []tallystick.Field{tallystick.FieldMessageID}}
	want := []string{"9 09:00 message.sent m7", "3 10:00 message.sent m1", "7 10:00 message.sent m2", "8 10:00 message.sent m6"}
	if got := ask(engine, q, n); !same(want, got) {
		t.Errorf("after records that came again: %q, want %q", got, want)
	}
}

// wholeConversations asks about two conversations while each Apply updates both at one instant. One of them goes on after the end of the scope.
func wholeConversations(t *testing.T, open Open) {
	ctx := context.Background()
	engine := open(t)
	defer closeEngine(t, engine)
	n := notation{}
	const end = 100 * tallystick.Day
	next := uint64(0)
	update := func(id string, at tallystick.Instant) tallystick.Record {
		next++
		r, err := n.record("@00:00 acme conversation.updated "+id, next)
		if err != nil {
			t.Fatal(err)
		}
		r.Event.Time = at
		return r
	}
	if err := engine.Apply(ctx, []tallystick.Record{update("v1", 1), update("v1", end+1), update("v2", 1)}); err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	stop := make(chan struct{})
	work.Go(func() {
		for {
			list, err := engine.Conversations(ctx, tallystick.Conversations{Scope: tallystick.For("acme", tallystick.Position{}, end), IDs: []string{"v1", "v2"}})
			if err != nil || len(list) != 2 || list[0].Updated != list[1].Updated || list[0].Updated == tallystick.MinInstant {
				t.Errorf("an answer while applying: %+v, %v; want both updated at one instant", list, err)
				return
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	for i := range 150 {
		at := tallystick.Instant(2 + i)
		if err := engine.Apply(ctx, []tallystick.Record{update("v1", at), update("v2", at)}); err != nil {
			t.Errorf("Apply: %v", err)
			break
		}
	}
	close(stop)
	work.Wait()
}

// wholeOrNotAtAll asks while batches are applied. Each batch brings as many sessions as messages, so that an answer that is no multiple of the batch has seen
// a part of one.
func wholeOrNotAtAll(t *testing.T, open Open) {
	const batchCount, size = 30, 7
	ctx := context.Background()
	engine := open(t)
	defer closeEngine(t, engine)
	n := notation{}
	var work sync.WaitGroup
	stop := make(chan struct{})
	scope := tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant)
	for _, reader := range []func() (int64, error){
		func() (int64, error) {
			counts, err := engine.Tally(ctx, tallystick.Tally{Scope: scope, Type: tallystick.MessageSent, From: tallystick.MinInstant, Countable: true})
			if len(counts) == 0 {
				return 0, err
			}
			return counts[0].Value, err
		},
		func() (int64, error) {
			parts, err := engine.Sessions(ctx, tallystick.Sessions{Scope: scope, From: tallystick.MinInstant})
			return int64(len(parts)), err
		},
		func() (int64, error) {
			listed, err := engine.List(ctx, tallystick.List{Scope: scope, Types: []string{tallystick.MessageSent}, From: tallystick.MinInstant})
			return int64(len(listed)), err
		},
	} {
		work.Go(func() {
			for least := int64(0); ; {
				n, err := reader()
				if err != nil || n%size != 0 || n < least {
					t.Errorf("an answer while applying: %d after %d, %v; want a multiple of %d", n, least, err, size)
					return
				}
				least = n
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	next := uint64(0)
	for batch := range batchCount {
		var records []tallystick.Record
		for i := range size {
			next++
			r, err := n.record(fmt.Sprintf("@%02d:00 acme message.sent m%d inbound contact c%d bot_id=b1", i, next, batch*size+i), next)
			if err != nil {
				t.Fatal(err)
			}
			records = append(records, r)
		}
		if err := engine.Apply(ctx, records); err != nil {
			t.Errorf("Apply: %v", err)
			break
		}
	}
	close(stop)
	work.Wait()
	q := &Question{Kind: "tally", Tenant: "acme", Types: []string{tallystick.MessageSent}, From: tallystick.MinInstant, Before: tallystick.MaxInstant}
	if got := ask(engine, q, n); !same(got, []string{fmt.Sprintf("0 %d", batchCount*size)}) {
		t.Errorf("after all batches: %v", got)
	}
}

// orderDoesNotMatter applies events with instants of their own in two orders. Only positions may differ.
func orderDoesNotMatter(t *testing.T, open Open) {
	seeds, each := int64(1), 10
	if long() {
		seeds, each = 40, 30
	}
	for seed := range seeds {
		events := Stream{Seed: seed, Size: 300, DistinctInstants: true}.Events()
		one, other := open(t), open(t)
		records := Records(events, false, false)
		apply(t, one, [][]tallystick.Record{records})
		apply(t, other, [][]tallystick.Record{Records(Shuffled(seed, events), false, false)})
		a := newAsker(seed, records)
		for _, kind := range Kinds {
			for range each {
				q := a.question(kind)
				q.AsOf = tallystick.Position{}
				want, got := withoutPositions(kind, ask(one, q, notation{})), withoutPositions(kind, ask(other, q, notation{}))
				if !same(want, got) {
					t.Errorf("seed %d: %sin order of arrival\n\t%s\nin another\n\t%s", seed, q.Format(0), strings.Join(want, "\n\t"), strings.Join(got, "\n\t"))
				}
			}
		}
		closeEngine(t, one)
		closeEngine(t, other)
	}
}

// withoutPositions takes the positions from an answer.
func withoutPositions(kind string, lines []string) []string {
	list := slices.Clone(lines)
	for i, line := range list {
		switch kind {
		case "list":
			_, list[i], _ = strings.Cut(line, " ")
		case "sessions":
			if before, after, ok := strings.Cut(line, " at="); ok {
				_, after, _ = strings.Cut(after, " ")
				list[i] = before + " " + after
			}
		}
	}
	return list
}
