package duckdb_test

import (
	"fmt"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestLostFailuresAreDoubted has failures of messages of weeks ago, met by flushes soon after one that has looked through everything: they are lost, and their contacts' sessions are not those that are kept.
func TestLostFailuresAreDoubted(t *testing.T) {
	v := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
	oracle, e := memory.New(), openFlushing(t, t.TempDir(), 1000)
	defer e.Close()
	seq := uint64(0)
	apply := func(ev tallystick.Event) {
		seq++
		ev.Tenant = "acme"
		r := []tallystick.Record{{Position: tallystick.Position{Log: 1, Sequence: seq}, Event: ev}}
		mustApply(t, oracle, r)
		mustApply(t, e, r)
		if err := duckdb.Flush(e); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 40 {
		apply(tallystick.Event{Type: tallystick.MessageSent, Time: tallystick.Instant(100+i) * tallystick.Day, Data: []tallystick.Value{
			v(tallystick.FieldMessageID, fmt.Sprint("m", i)), v(tallystick.FieldDirection, "inbound"), v(tallystick.FieldSenderKind, "contact"), v(tallystick.FieldSenderID, fmt.Sprint("c", i)), v(tallystick.FieldBotID, "b1"),
		}})
	}
	failed := func(id string, at tallystick.Instant) {
		apply(tallystick.Event{Type: tallystick.MessageFailed, Time: at, Data: []tallystick.Value{v(tallystick.FieldMessageID, id)}})
	}
	ask := func(before tallystick.Instant) {
		t.Helper()
		scope := tallystick.For("acme", tallystick.Position{}, before)
		if _, doubted, is, err := duckdb.Kept(e, scope); !is || doubted == 0 && before > 134*tallystick.Day || err != nil {
			t.Errorf("before %s %d contacts are doubted, kept: %t, %v", before, doubted, is, err)
		}
		sameSessions(t, 0, oracle, e, tallystick.Sessions{Scope: scope, From: tallystick.MinInstant}, tallystick.Sessions{Scope: scope, From: tallystick.MinInstant})
		sameCounts(t, 0, oracle, e, tallystick.SessionCounts{Scope: scope, From: tallystick.MinInstant, Of: []tallystick.Field{tallystick.FieldSessionID}})
	}
	failed("never", 139*tallystick.Day) // looks through everything
	failed("m3", 138*tallystick.Day)    // 35 days after its message
	failed("m5", 135*tallystick.Day)
	ask(136 * tallystick.Day) // m5 has failed, m3 has not
	ask(tallystick.MaxInstant)
	ask(130 * tallystick.Day)
}

// TestLostWhenQuiet loses failures, and lets the store look for their messages as it does when nothing is written: with nothing in memory, with events in memory, and once more after it was opened again.
func TestLostWhenQuiet(t *testing.T) {
	duckdb.MergeLate()
	defer duckdb.MergeSoon()
	dir := t.TempDir()
	oracle, e := memory.New(), openFlushing(t, dir, 1<<30)
	defer func() { e.Close() }()
	value := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
	seq := uint64(0)
	apply := func(kind, id string, at tallystick.Instant) {
		seq++
		event := tallystick.Event{Tenant: "acme", ID: fmt.Sprint("e", seq), Type: kind, Time: at, Data: []tallystick.Value{value(tallystick.FieldMessageID, id)}}
		if kind == tallystick.MessageSent {
			event.Data = append(event.Data, value(tallystick.FieldDirection, "inbound"), value(tallystick.FieldSenderKind, "contact"), value(tallystick.FieldSenderID, "c"), value(tallystick.FieldBotID, "b"))
		}
		records := []tallystick.Record{{Position: tallystick.Position{Log: 1, Sequence: seq}, Event: event}}
		mustApply(t, oracle, records)
		mustApply(t, e, records)
	}
	flush := func() {
		t.Helper()
		if err := duckdb.Flush(e); err != nil {
			t.Fatal(err)
		}
	}
	lost := func(want int) {
		t.Helper()
		if n, err := duckdb.LostSinceSearch(e); n != want || err != nil {
			t.Fatalf("%d failures were lost since the last search, %v, want %d", n, err, want)
		}
		for asOf := uint64(1); asOf <= seq; asOf++ {
			sameSessions(t, asOf, oracle, e, tallystick.Sessions{Scope: tallystick.For("acme", tallystick.Position{Log: 1, Sequence: asOf}, tallystick.MaxInstant), From: 0},
				tallystick.Sessions{Scope: tallystick.For("acme", tallystick.Position{Log: 1, Sequence: asOf}, tallystick.MaxInstant), From: 0})
		}
	}
	tidy := func() {
		t.Helper()
		if err := duckdb.MergeAll(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	day := 100 * tallystick.Day
	for i := range 24 {
		apply(tallystick.MessageSent, fmt.Sprint("m", i), day+tallystick.Instant(i)*6*tallystick.Hour)
		flush()
	}
	apply(tallystick.MessageFailed, "never", day)
	flush() // looks everywhere, the first time that one is lost
	lost(0)
	apply(tallystick.MessageFailed, "m1", day+30*tallystick.Day)
	flush()
	lost(1)
	tidy()
	lost(0)
	apply(tallystick.MessageFailed, "m4", day+30*tallystick.Day)
	flush()
	apply(tallystick.MessageSent, "m24", day+8*tallystick.Day)
	apply(tallystick.MessageFailed, "m8", day+30*tallystick.Day)
	lost(1)
	tidy()
	lost(0)
	apply(tallystick.MessageFailed, "m12", day+30*tallystick.Day)
	flush()
	lost(1)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = openFlushing(t, dir, 1<<30)
	lost(1)
	tidy()
	lost(0)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = openFlushing(t, dir, 1<<30)
	lost(0)
	apply(tallystick.MessageSent, "m25", day+9*tallystick.Day)
	flush()
	lost(0)
}
