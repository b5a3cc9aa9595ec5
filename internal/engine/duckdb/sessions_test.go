package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestSessionsThatBeganLongBefore compares with the oracle where a session of the period depends on what was weeks before: some contacts are hardly ever silent for
// a day, some often are, and given sessions go on for long.
func TestSessionsThatBeganLongBefore(t *testing.T) {
	ctx := context.Background()
	seed := time.Now().UnixNano()
	r := rand.New(rand.NewPCG(uint64(seed), 3))
	e, oracle := open(t, t.TempDir()), memory.New()
	defer e.Close()
	var records []tallystick.Record
	add := func(at tallystick.Instant, kind string, data ...tallystick.Value) {
		rec := event(uint64(len(records)+1), kind, data...)
		rec.Event.Time = at
		records = append(records, rec)
	}
	const start, end = 100 * tallystick.Day, 150 * tallystick.Day
	for contact := range 8 {
		silence := tallystick.Instant(1+contact*4) * tallystick.Hour // the longest
		for at := tallystick.Instant(start); at < end; at += tallystick.Instant(1+r.Int64N(int64(silence/tallystick.Hour))) * tallystick.Hour {
			id := fmt.Sprint("m", len(records))
			data := []tallystick.Value{
				{Field: tallystick.FieldMessageID, Text: id}, {Field: tallystick.FieldDirection, Text: "inbound"}, {Field: tallystick.FieldSenderKind, Text: "contact"},
				{Field: tallystick.FieldSenderID, Text: fmt.Sprint("c", contact)}, {Field: tallystick.FieldConversationID, Text: fmt.Sprint("v", r.IntN(5))},
				{Field: tallystick.FieldBotID, Text: fmt.Sprint("b", r.IntN(2))},
			}
			if r.IntN(12) == 0 {
				data = append(data, tallystick.Value{Field: tallystick.FieldSessionID, Text: fmt.Sprint("s", r.IntN(40))})
			}
			add(at, tallystick.MessageSent, data...)
			if r.IntN(20) == 0 {
				add(at+tallystick.Day, tallystick.MessageFailed, tallystick.Value{Field: tallystick.FieldMessageID, Text: id})
			}
		}
	}
	for i := range 30 {
		add(start+tallystick.Instant(r.IntN(50))*tallystick.Day, tallystick.SessionStarted, tallystick.Value{Field: tallystick.FieldSessionID, Text: fmt.Sprint("s", i)},
			tallystick.Value{Field: tallystick.FieldKind, Text: []string{"bot", "bot", "agent"}[i%3]})
	}
	mustApply(t, e, records)
	mustApply(t, oracle, records)
	for range 12 {
		from := start + tallystick.Instant(r.IntN(49*24))*tallystick.Hour
		q := tallystick.Sessions{From: from, Scope: tallystick.For("acme", tallystick.Position{}, from+tallystick.Instant(1+r.IntN(72))*tallystick.Hour)}
		want, _ := oracle.Sessions(ctx, q)
		got, err := e.Sessions(ctx, q)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, from %s before %s: %v\n%v\nwant\n%v", seed, q.From, q.Before, err, got, want)
		}
	}
}
