package duckdb_test

import (
	"fmt"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestCorrespondentsOfManyRooms asks about more rooms than DuckDB looks for, and is told of no other.
func TestCorrespondentsOfManyRooms(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	text := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
	var records []tallystick.Record
	for i := range 400 {
		records = append(records, event(uint64(i+1), tallystick.MessageSent, text(tallystick.FieldMessageID, fmt.Sprint("m", i)), text(tallystick.FieldDirection, "inbound"), text(tallystick.FieldSenderKind, "contact"),
			text(tallystick.FieldSenderID, "c"), text(tallystick.FieldRoomID, fmt.Sprint("r", i))))
	}
	mustApply(t, e, records)
	for _, n := range []int{1, 256, 257, 300} {
		wanted := map[string]bool{}
		var rooms []string
		for i := range n {
			rooms = append(rooms, fmt.Sprint("r", i))
			wanted[rooms[i]] = true
		}
		list, err := e.Correspondents(t.Context(), tallystick.Correspondents{Scope: tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant), Rooms: rooms})
		if err != nil {
			t.Fatal(err)
		}
		met := map[string]bool{}
		for _, c := range list {
			if met[c.Room] = true; !wanted[c.Room] {
				t.Fatalf("of %d rooms: %+v", n, c)
			}
		}
		if len(met) != n {
			t.Errorf("of %d rooms %d", n, len(met))
		}
	}
}

// TestCorrespondentsOfABackfill has messages that come newest first, each of which says that its contact had been there earlier: it is answered once.
func TestCorrespondentsOfABackfill(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	text := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
	var records []tallystick.Record
	const n = 20_000
	for i := range n {
		r := event(uint64(i+1), tallystick.MessageSent, text(tallystick.FieldMessageID, fmt.Sprint("m", i)), text(tallystick.FieldDirection, "inbound"), text(tallystick.FieldSenderKind, "contact"),
			text(tallystick.FieldSenderID, "c"), text(tallystick.FieldRoomID, "r"))
		r.Event.Time = tallystick.Instant(n-i) * tallystick.Minute
		records = append(records, r)
	}
	mustApply(t, e, records)
	list, err := e.Correspondents(t.Context(), tallystick.Correspondents{Scope: tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant), Rooms: []string{"r"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 {
		t.Errorf("one contact of one room, met in one way: %d answers", len(list))
	}
}
