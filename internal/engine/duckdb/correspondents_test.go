package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
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

// TestForgottenCorrespondentsGo lets an engine write again what it has forgotten, flush after flush, and puts the rows together: of those that say the same only those stay that an end and a position need, and
// all of these are answered as before.
func TestForgottenCorrespondentsGo(t *testing.T) {
	duckdb.MergeLate()
	defer duckdb.MergeSoon()
	defer duckdb.MergeMany(4)()
	seed := uint64(time.Now().UnixNano())
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	r := rand.New(rand.NewPCG(seed, 1))
	text := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
	const flushes, each = 8, 40
	rooms, tenants := []string{"r0", "r1"}, []string{"acme", "bcme"}
	e := openFlushing(t, t.TempDir(), 1<<30)
	defer e.Close()
	duckdb.AskDatabase(e)
	earliest := map[string]tallystick.Instant{} // of each way in which somebody was met
	needed := 0
	for i := range uint64(flushes*each + each/2) { // the last ones stay in memory
		wrote, named, room := fmt.Sprint("c", r.IntN(3)), fmt.Sprint("c", r.IntN(3)), rooms[r.IntN(len(rooms))]
		ev := event(i+1, tallystick.MessageSent, text(tallystick.FieldMessageID, fmt.Sprint("m", i)), text(tallystick.FieldDirection, "inbound"),
			text(tallystick.FieldSenderKind, "contact"), text(tallystick.FieldSenderID, wrote), text(tallystick.FieldContactID, named), text(tallystick.FieldRoomID, room))
		ev.Event.Time = tallystick.Instant(r.IntN(200)) * tallystick.Minute
		ev.Event.Tenant = tenants[r.IntN(len(tenants))]
		way := ev.Event.Tenant + " " + room
		if r.IntN(2) == 0 {
			ev.Event.Data = append(ev.Event.Data, text(tallystick.FieldChannelID, "ch"))
			way += " by channel"
		}
		ways := []string{"wrote " + wrote + " in " + way}
		if named != wrote {
			ways = append(ways, "named "+named+" in "+way)
		}
		for _, way := range ways {
			if at, ok := earliest[way]; !ok || ev.Event.Time < at {
				earliest[way] = ev.Event.Time
				if i < flushes*each {
					needed++
				}
			}
		}
		mustApply(t, e, []tallystick.Record{ev}) // alone: what comes at once is remembered for as long as that takes
		if (i+1)%each == 0 {
			if err := duckdb.Flush(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	var scopes []tallystick.Scope
	for range 300 {
		scopes = append(scopes, tallystick.For(tenants[r.IntN(len(tenants))], tallystick.Position{Log: 1, Sequence: r.Uint64N(flushes*each + each/2)}, tallystick.Instant(r.IntN(202))*tallystick.Minute))
	}
	answers := func() (answers []string) {
		for _, scope := range scopes {
			list, err := e.Correspondents(t.Context(), tallystick.Correspondents{Scope: scope, Rooms: rooms})
			if err != nil {
				t.Fatal(err)
			}
			var met []string
			for _, c := range list {
				met = append(met, fmt.Sprint(c))
			}
			slices.Sort(met)
			answers = append(answers, fmt.Sprint(scope, met))
		}
		return answers
	}
	rows := func() int {
		n, err := duckdb.Rows(e, "correspondents")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before, written := answers(), rows()
	if err := duckdb.MergeAll(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if got := rows(); got != needed || got >= written {
		t.Errorf("of %d rows %d are left, %d are needed", written, got, needed)
	}
	for i, after := range answers() {
		if after != before[i] {
			t.Fatalf("before: %s\nafter:  %s", before[i], after)
		}
	}
}
