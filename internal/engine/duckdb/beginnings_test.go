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

// TestSessionsByBotThatBeginLate counts a session by bots of which the row that begins one is of a later interaction than the first, for the first came late, and which has a second bot of the same name.
func TestSessionsByBotThatBeginLate(t *testing.T) {
	const day, hour = 10 * tallystick.Day, tallystick.Hour
	n := 0
	said := func(bot string, at tallystick.Instant) tallystick.Record {
		n++
		r := event(uint64(n), tallystick.MessageSent, tallystick.Value{Field: tallystick.FieldMessageID, Text: fmt.Sprint("m", n)}, tallystick.Value{Field: tallystick.FieldDirection, Text: "inbound"},
			tallystick.Value{Field: tallystick.FieldSenderKind, Text: "contact"}, tallystick.Value{Field: tallystick.FieldSenderID, Text: "c"}, tallystick.Value{Field: tallystick.FieldBotID, Text: bot})
		r.Event.Time = at
		return r
	}
	oracle, e := memory.New(), openFlushing(t, t.TempDir(), 1<<30)
	defer e.Close()
	for _, records := range [][]tallystick.Record{
		{said("b1", day), said("b2", day+10*hour), said("b3", day+11*hour)},
		{said("b2", day+5*hour), said("b4", day+6*hour), said("b1", day+30*hour)},
		{said("b4", day+40*hour), said("b5", day+50*hour)},
	} {
		mustApply(t, oracle, records)
		mustApply(t, e, records)
		if err := duckdb.Flush(e); err != nil {
			t.Fatal(err)
		}
	}
	names := map[string]map[string]string{
		"own":         nil,
		"one for two": {"b1": "Ann", "b2": "Bob", "b3": "Bob", "b4": "b5"},
		"few":         {"b1": "Ann", "b4": "Dan"},
	}
	for name, labels := range names {
		for at := day - hour; at < day+60*hour; at += hour {
			for _, by := range [][]tallystick.Dimension{
				nil, {{Field: tallystick.FieldBotID, Labels: labels}}, {{Field: tallystick.FieldBotID, Labels: labels, Unlabelled: tallystick.NoGroup}}, {{Field: tallystick.FieldBotID, Labels: labels}, {Field: tallystick.FieldBotVersion}},
			} {
				q := tallystick.SessionCounts{Scope: tallystick.For("acme", tallystick.Position{}, at), From: day - 2*hour, By: by, Of: []tallystick.Field{tallystick.FieldSessionID},
					Edges: []tallystick.Instant{day - 2*hour, day + 24*hour, day + 25*hour, at}}
				if at <= day+25*hour {
					q.Edges = nil
				}
				want, err := oracle.SessionCounts(context.Background(), q)
				if err != nil {
					t.Fatal(err)
				}
				got, err := e.SessionCounts(context.Background(), q)
				if err != nil || !reflect.DeepEqual(got, want) && fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("names %s, by %v, before %s: %v, %v; want %v", name, by, at, got, err, want)
				}
			}
		}
	}
}
