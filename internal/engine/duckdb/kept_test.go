package duckdb_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestWhatCameSinceTheFlush has a scene for each reason not to believe what is kept of a contact, or nothing at all.
func TestWhatCameSinceTheFlush(t *testing.T) {
	const day = 10 * tallystick.Day
	value := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
	said := func(id, contact string, at tallystick.Instant, more ...tallystick.Value) tallystick.Event {
		return tallystick.Event{Tenant: "acme", Type: tallystick.MessageSent, Time: at, Data: append([]tallystick.Value{
			value(tallystick.FieldMessageID, id), value(tallystick.FieldDirection, "inbound"), value(tallystick.FieldSenderKind, "contact"), value(tallystick.FieldSenderID, contact),
			value(tallystick.FieldBotID, "b1")}, more...)}
	}
	failed := func(id string, at tallystick.Instant) tallystick.Event {
		return tallystick.Event{Tenant: "acme", Type: tallystick.MessageFailed, Time: at, Data: []tallystick.Value{value(tallystick.FieldMessageID, id)}}
	}
	kept := []tallystick.Event{said("m1", "c1", day), said("m2", "c1", day+12*tallystick.Hour), said("m3", "c1", day+25*tallystick.Hour)}
	for _, scene := range []struct {
		name    string
		flushes [][]tallystick.Event // behind what is kept
		recent  []tallystick.Event
	}{
		{"an early interaction", nil, []tallystick.Event{said("m4", "c1", day-tallystick.Hour)}},
		{"a failure", nil, []tallystick.Event{failed("m1", day+tallystick.Minute)}},
		{"a failure long after its message", nil, []tallystick.Event{failed("m1", day+20*tallystick.Day)}},
		{"a session id that is an agent's", nil, []tallystick.Event{
			said("m4", "c1", day-tallystick.Hour, value(tallystick.FieldSessionID, "s1")),
			{Tenant: "acme", Type: tallystick.SessionStarted, Time: day, Data: []tallystick.Value{value(tallystick.FieldSessionID, "s1"), value(tallystick.FieldKind, "agent")}},
		}},
		{"a failure that a flush did not find", func() (flushes [][]tallystick.Event) {
			for i := range 24 {
				flushes = append(flushes, []tallystick.Event{said(fmt.Sprint("f", i), "c2", day+tallystick.Instant(i)*tallystick.Hour)})
			}
			// The first one lost is searched for at once, the next one only some flushes later.
			return append(flushes, []tallystick.Event{failed("never", day)}, []tallystick.Event{failed("m1", day+20*tallystick.Day)})
		}(), nil},
	} {
		t.Run(scene.name, func(t *testing.T) {
			oracle, e := memory.New(), openFlushing(t, t.TempDir(), 1<<30)
			defer e.Close()
			seq := uint64(0)
			apply := func(events []tallystick.Event) {
				var records []tallystick.Record
				for _, ev := range events {
					seq++
					records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: seq}, Event: ev})
				}
				if len(records) > 0 {
					mustApply(t, oracle, records)
					mustApply(t, e, records)
				}
			}
			for _, events := range append([][]tallystick.Event{kept}, scene.flushes...) {
				apply(events)
				if err := duckdb.Flush(e); err != nil {
					t.Fatal(err)
				}
			}
			if scene.recent != nil { // with many that are later, so that it does not pay to leave what is kept for the sake of all of them
				for i := range 64 {
					scene.recent = append(scene.recent, said(fmt.Sprint("r", i), "c3", day+30*tallystick.Day))
				}
			}
			apply(scene.recent)
			for _, before := range []tallystick.Instant{tallystick.MaxInstant, day + 60*tallystick.Day, day + 10*tallystick.Day, day + 2*tallystick.Day} {
				q := tallystick.Sessions{Scope: tallystick.For("acme", tallystick.Position{}, before), From: day - 2*tallystick.Day}
				want, err := oracle.Sessions(context.Background(), q)
				if err != nil {
					t.Fatal(err)
				}
				got, err := e.Sessions(context.Background(), q)
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("before %s: %v\n%s", before, err, differ(got, want))
				}
			}
		})
	}
}
