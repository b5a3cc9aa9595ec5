package duckdb_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestIDsComeBackAsTheyWere stores ids that are UUIDs, ones that only look so, and ones that another program would take for the same, and asks for each, for the others, and for
// those that did not fail.
func TestIDsComeBackAsTheyWere(t *testing.T) {
	ids := []string{
		"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "7fffffff-ffff-ffff-ffff-ffffffffffff", "80000000-0000-0000-0000-000000000000",
		"0190f4a1-7b6c-7def-8123-456789abcdef", "0190F4A1-7B6C-7DEF-8123-456789ABCDEF", "0190f4a1-7b6c-7def-8123-456789abcdeF", "0190f4a17b6c7def8123456789abcdef",
		"{0190f4a1-7b6c-7def-8123-456789abcdef}", "0190f4a1-7b6c-7def-8123-456789abcde", "0190f4a1-7b6c-7def-8123-456789abcdef0", "0190f4a-17b6c-7def-8123-456789abcdef",
		"0190f4a1-7b6c-7def-8123-456789abcdeg", "0190f4a1-7b6c-7def-8123-456789ab-def", "0190f4a1-7b6c-7def-8123-4567 9abcdef", "0190f4a1-7b6c-7def-8123-456789abcdé", "m1", "-",
	}
	e, oracle := open(t, t.TempDir()), memory.New()
	defer e.Close()
	var records []tallystick.Record
	for _, id := range ids {
		records = append(records, event(uint64(len(records)+1), tallystick.MessageSent, tallystick.Value{Field: tallystick.FieldMessageID, Text: id},
			tallystick.Value{Field: tallystick.FieldDirection, Text: "inbound"}, tallystick.Value{Field: tallystick.FieldSenderKind, Text: "system"},
			tallystick.Value{Field: tallystick.FieldContentKind, Text: "text"}))
	}
	for _, failed := range []int{0, 3, 4, 6, 9, 16} {
		records = append(records, event(uint64(len(records)+1), tallystick.MessageFailed, tallystick.Value{Field: tallystick.FieldMessageID, Text: ids[failed]}))
	}
	mustApply(t, e, records)
	mustApply(t, oracle, records)
	id := tallystick.Dimension{Field: tallystick.FieldMessageID}
	ask := func(what string, q tallystick.Tally) {
		t.Helper()
		q.Scope, q.Type, q.From, q.By = everything(), tallystick.MessageSent, tallystick.MinInstant, []tallystick.Dimension{id}
		want, _ := oracle.Tally(context.Background(), q)
		got, err := e.Tally(context.Background(), q)
		if err != nil || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\n%v\nnot\n%v", what, err, got, want)
		}
	}
	ask("all", tallystick.Tally{})
	ask("countable", tallystick.Tally{Countable: true})
	ask("distinct", tallystick.Tally{Measure: tallystick.Measure{Distinct: &id}})
	lists := [][]string{nil, {""}, ids, ids[:5], ids[5:], {ids[0], "nobody's"}}
	for i := range ids {
		lists = append(lists, ids[i:i+1])
	}
	for _, list := range lists {
		for _, op := range []tallystick.Op{tallystick.In, tallystick.NotIn, tallystick.Present, tallystick.Absent} {
			ask("filter", tallystick.Tally{Where: tallystick.Filter{{Field: tallystick.FieldMessageID, Op: op, Values: list}}})
		}
	}
}

// TestMessagesThatFailedByAnyID has failures of UUIDs, of other ids, of both and of none, which are looked for in different columns, and asks before and after the store is opened again.
func TestMessagesThatFailedByAnyID(t *testing.T) {
	ids := []string{"0190f4a1-7b6c-7def-8123-456789abcdef", "0190f4a1-7b6c-7def-8123-456789abcde0", "m1", "m2"}
	for _, failed := range [][]int{nil, {0}, {2}, {0, 2}} {
		dir, oracle := t.TempDir(), memory.New()
		e := open(t, dir)
		ask := func(when string) {
			t.Helper()
			q := tallystick.Tally{Scope: everything(), Type: tallystick.MessageSent, From: tallystick.MinInstant, Countable: true}
			want, _ := oracle.Tally(context.Background(), q)
			if got, err := e.Tally(context.Background(), q); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%v failed, %s: %v, not %v, %v", failed, when, got, want, err)
			}
		}
		var records []tallystick.Record
		add := func(kind, id string) {
			records = append(records, event(uint64(len(records)+1), kind, tallystick.Value{Field: tallystick.FieldMessageID, Text: id}))
			mustApply(t, oracle, records[len(records)-1:])
			mustApply(t, e, records[len(records)-1:])
		}
		for _, id := range ids {
			add(tallystick.MessageSent, id)
		}
		ask("before")
		for _, i := range failed {
			add(tallystick.MessageFailed, ids[i])
		}
		ask("applied")
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		e = open(t, dir)
		ask("opened again")
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
