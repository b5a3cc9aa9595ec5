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

// TestFailuresOfLateMessages has failures that follow messages of weeks ago which came lately: they are found where these came, by a flush and by who asks before it, and nobody's sessions are doubted because of others.
func TestFailuresOfLateMessages(t *testing.T) {
	v := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
	oracle, e := memory.New(), openFlushing(t, t.TempDir(), 1000)
	defer e.Close()
	seq := uint64(0)
	apply := func(ev tallystick.Event, flush bool) {
		seq++
		ev.Tenant = "acme"
		r := []tallystick.Record{{Position: tallystick.Position{Log: 1, Sequence: seq}, Event: ev}}
		mustApply(t, oracle, r)
		mustApply(t, e, r)
		if !flush {
			return
		}
		if err := duckdb.Flush(e); err != nil {
			t.Fatal(err)
		}
	}
	said := func(id, contact string, at tallystick.Instant) {
		apply(tallystick.Event{Type: tallystick.MessageSent, Time: at, Data: []tallystick.Value{
			v(tallystick.FieldMessageID, id), v(tallystick.FieldDirection, "inbound"), v(tallystick.FieldSenderKind, "contact"), v(tallystick.FieldSenderID, contact), v(tallystick.FieldBotID, "b1"),
		}}, true)
	}
	failed := func(id string, at tallystick.Instant, flush bool) {
		apply(tallystick.Event{Type: tallystick.MessageFailed, Time: at, Data: []tallystick.Value{v(tallystick.FieldMessageID, id)}}, flush)
	}
	ask := func(what string, doubted int) {
		t.Helper()
		scope := tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant)
		if _, n, is, err := duckdb.Kept(e, scope); !is || n != doubted || err != nil {
			t.Errorf("%s: %d contacts are doubted, kept: %t, %v", what, n, is, err)
		}
		sameSessions(t, 0, oracle, e, tallystick.Sessions{Scope: scope, From: tallystick.MinInstant}, tallystick.Sessions{Scope: scope, From: tallystick.MinInstant})
		sameCounts(t, 0, oracle, e, tallystick.SessionCounts{Scope: scope, From: tallystick.MinInstant, Of: []tallystick.Field{tallystick.FieldSessionID}})
	}
	for i := range 40 {
		said(fmt.Sprint("m", i), fmt.Sprint("c", i), tallystick.Instant(100+i)*tallystick.Day)
	}
	failed("never", 139*tallystick.Day, true) // looks through everything
	ask("before", 0)
	said("late", "c3", 103*tallystick.Day-tallystick.Hour)
	failed("late", 139*tallystick.Day, true)
	ask("in a flush", 0)
	said("later", "c3", 103*tallystick.Day-2*tallystick.Hour)
	failed("later", 139*tallystick.Day, false)
	ask("not in a flush", 1)
	failed("m5", 139*tallystick.Day, false) // whose message is weeks old, and came weeks ago
	if _, _, is, err := duckdb.Kept(e, tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant)); is || err != nil {
		t.Errorf("what is kept is believed though a failure's message was not found: %v", err)
	}
}
