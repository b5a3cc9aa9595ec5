package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestResolutionsThatAreLookedUp has conversations whose first two answers of a batch failed, few and many, over several batches, ends inside them.
func TestResolutionsThatAreLookedUp(t *testing.T) {
	value := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
	for seed := range uint64(9) {
		r := rand.New(rand.NewPCG(seed, 3))
		talks := []int{1, 5, 40}[seed%3] + r.IntN(8)
		var all []tallystick.Event
		add := func(typ string, at tallystick.Instant, data ...tallystick.Value) {
			all = append(all, tallystick.Event{Tenant: "acme", Type: typ, Time: at, Data: data})
		}
		n := 0
		for c := range talks {
			id := fmt.Sprint("v", c)
			if r.IntN(2) == 0 {
				id = fmt.Sprintf("0f8fad5b-d9cb-469f-a165-%012x", c)
			}
			at := 10*tallystick.Day + tallystick.Instant(r.IntN(20))*tallystick.Hour
			conv := value(tallystick.FieldConversationID, id)
			if r.IntN(2) == 0 {
				add(tallystick.ConversationCreated, at+tallystick.Instant(r.IntN(3)-1)*tallystick.Hour, conv, value(tallystick.FieldStartedBy, "inbound"), value(tallystick.FieldChannelID, fmt.Sprint("ch", r.IntN(2))))
			}
			add(tallystick.MessageSent, at, conv, value(tallystick.FieldMessageID, fmt.Sprint("m", n)), value(tallystick.FieldDirection, "inbound"), value(tallystick.FieldSenderKind, "contact"), value(tallystick.FieldSenderID, "c"), value(tallystick.FieldChannelID, "ch0"))
			n++
			for a := range 2 + r.IntN(4) {
				at += tallystick.Instant(r.IntN(3)) * tallystick.Hour
				add(tallystick.MessageSent, at, conv, value(tallystick.FieldMessageID, fmt.Sprint("m", n)), value(tallystick.FieldDirection, "outbound"), value(tallystick.FieldSenderKind, "user"), value(tallystick.FieldSenderID, "u"))
				if a < 2 && r.IntN(5) > 0 {
					add(tallystick.MessageFailed, at+tallystick.Instant(r.IntN(4))*tallystick.Hour, value(tallystick.FieldMessageID, fmt.Sprint("m", n)))
				}
				n++
			}
			for range 1 + r.IntN(2) {
				at += tallystick.Instant(r.IntN(2)) * tallystick.Hour
				add(tallystick.ConversationSolved, at, conv)
			}
		}
		records := make([]tallystick.Record, len(all))
		for i, ev := range all {
			records[i] = tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(i) + 1}, Event: ev}
		}
		oracle, e := memory.New(), openFlushing(t, t.TempDir(), 1<<30)
		for rest := records; len(rest) > 0; {
			k := min(len(rest), len(records)/3+1+r.IntN(len(records)))
			mustApply(t, oracle, rest[:k])
			mustApply(t, e, rest[:k])
			rest = rest[k:]
			if r.IntN(2) == 0 {
				if err := duckdb.Flush(e); err != nil {
					t.Fatal(err)
				}
			}
		}
		for before := 10 * tallystick.Day; before < 13*tallystick.Day; before += tallystick.Hour {
			q := tallystick.Resolutions{Scope: tallystick.For("acme", tallystick.Position{}, before+tallystick.Instant(r.IntN(2))), From: tallystick.MinInstant, Whole: r.IntN(2) == 0}
			if r.IntN(2) == 0 {
				q.From = before - 5*tallystick.Hour
			}
			if r.IntN(2) == 0 {
				q.By = []tallystick.Dimension{{Field: tallystick.FieldChannelID}}
			}
			want, err := oracle.Resolutions(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Resolutions(t.Context(), q)
			if err != nil || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("seed %d, %+v: %v %v; want %v", seed, q, got, err, want)
			}
		}
		e.Close()
	}
}
