package enginetest

import (
	"context"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
)

// slicesAreTheWhole cuts the period of a question for sessions at random instants and asks for slice after slice, and for the conversations of each, with one
// [tallystick.Reading], or, where parts have no tickets but their own, with one for each. Together they must be the answers to the questions about the whole without one, also while more is applied in between.
func slicesAreTheWhole(t *testing.T, open Open) {
	seeds, each := int64(4), 12
	if long() {
		seeds, each = 100, 30
	}
	for seed := range seeds {
		records := Records(Random(seed, 300), false, false)
		engine := open(t)
		apply(t, engine, [][]tallystick.Record{records[:200]})
		a := newAsker(seed, records[:200])
		for range each {
			q := a.question("sessions")
			q.Until = 0
			if q.AsOf.IsZero() {
				q.AsOf = records[199].Position // more comes after it
			}
			checkSlices(t, seed, engine, a, q)
		}
		asked := a.question("sessions")
		asked.AsOf, asked.Until, asked.OwnTickets = tallystick.Position{}, 0, false
		reading := &tallystick.Reading{}
		before := sliceOf(t, engine, asked, reading, reading, asked.From, asked.Before)
		apply(t, engine, [][]tallystick.Record{records[200:]})
		checkSlices(t, seed, engine, a, asked)
		// Of the old position or of the new one, but of one.
		again := sliceOf(t, engine, asked, reading, reading, asked.From, asked.Before)
		if !slices.Equal(again, before) && !slices.Equal(again, sliceOf(t, engine, asked, nil, nil, asked.From, asked.Before)) {
			t.Errorf("seed %d: %sanswers, with what was remembered,\n\t%q", seed, asked.Format(0), again)
		}
		closeEngine(t, engine)
	}
}

// checkSlices asks one question in slices and at once.
func checkSlices(t *testing.T, seed int64, engine tallystick.Engine, a *asker, q *Question) {
	t.Helper()
	cuts := []tallystick.Instant{q.From}
	for range a.IntN(5) {
		if cut := a.instant(q); q.From < cut && cut < q.Before {
			cuts = append(cuts, cut)
		}
	}
	slices.Sort(cuts)
	sessions := &tallystick.Reading{}
	conversations := sessions
	if q.OwnTickets { // as who asks for both at the same time
		conversations = &tallystick.Reading{}
	}
	var got []string
	for i, from := range cuts {
		until := q.Before
		if i+1 < len(cuts) {
			until = cuts[i+1]
		}
		slice := sliceOf(t, engine, q, sessions, conversations, from, until)
		if want := sliceOf(t, engine, q, nil, nil, from, until); !slices.Equal(slice, want) {
			t.Errorf("seed %d: from %s until %s of %sanswers, with what was remembered,\n\t%q\nand without\n\t%q", seed, from, until, q.Format(0), slice, want)
		}
		for _, line := range slice {
			if line[0] == 's' {
				got = append(got, line)
			}
		}
	}
	var want []string
	for _, line := range sliceOf(t, engine, q, nil, nil, q.From, q.Before) {
		if line[0] == 's' {
			want = append(want, line)
		}
	}
	if !slices.Equal(want, got) {
		t.Errorf("seed %d: %scut at %s answers\n\t%q\nand at once\n\t%q", seed, q.Format(0), cuts, got, want)
	}
}

// sliceOf returns a line with an s for each part of the sessions, and with a c for each of their conversations.
func sliceOf(t *testing.T, engine tallystick.Engine, q *Question, sessions, conversations *tallystick.Reading, from, until tallystick.Instant) []string {
	t.Helper()
	ctx := context.Background()
	scope := tallystick.For(q.Tenant, q.AsOf, q.Before)
	parts, err := engine.Sessions(ctx, tallystick.Sessions{Scope: scope, From: from, Until: until, OwnTickets: q.OwnTickets, Reading: sessions})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{"none"}
	for i := range parts {
		ids = append(ids, parts[i].Conversation)
	}
	asked := tallystick.Conversations{Scope: scope, IDs: ids, Reading: conversations}
	if q.OwnTickets {
		asked.From, asked.Until = from, until
	}
	list, err := engine.Conversations(ctx, asked)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range (notation{}).sessions(parts) {
		lines = append(lines, "s "+line)
	}
	for _, line := range (notation{}).conversations(list) {
		lines = append(lines, "c "+line)
	}
	return lines
}
