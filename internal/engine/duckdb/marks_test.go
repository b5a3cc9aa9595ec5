package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestMarks counts the different contacts of messages by groups of channels, and holds them to those of the oracle: tenants share channels or do not, contacts are merged into others that are met too, or into some that are
// merged themselves, channels fall into one group or none, and there may be more of them than there are marks.
func TestMarks(t *testing.T) {
	seeds := uint64(6)
	if os.Getenv("TALLYSTICK_LONG") == "1" {
		seeds = 200
	}
	tenants := []string{"acme", "bolt", "cord", "dune", "echo"} // so many that buckets are counted one after the other where nobody asks for all of them
	answers := 0
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 31))
		channels, contacts := []int{3, 9, 80}[r.IntN(3)], 4+r.IntN(30)
		shared := r.IntN(2) == 0
		channel := func(tenant string) string {
			if c := fmt.Sprint("channel", r.IntN(channels)); shared {
				return c
			} else {
				return c + tenant
			}
		}
		contact := func() string { return fmt.Sprint("contact", r.IntN(contacts)) }
		var records []tallystick.Record
		for i := range 300 + r.IntN(500) {
			tenant := tenants[r.IntN(len(tenants))]
			data := []tallystick.Value{{Field: tallystick.FieldMessageID, Text: fmt.Sprint("m", i)}, {Field: tallystick.FieldDirection, Text: "inbound"}}
			if r.IntN(9) > 0 {
				data = append(data, tallystick.Value{Field: tallystick.FieldContactID, Text: contact()})
			}
			if kind := r.IntN(4); kind > 0 { // else "text"
				data = append(data, tallystick.Value{Field: tallystick.FieldContentKind, Text: []string{"", "text", "file", "event"}[kind]})
			}
			if r.IntN(9) > 0 {
				data = append(data, tallystick.Value{Field: tallystick.FieldChannelID, Text: channel(tenant)})
			}
			records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(i) + 1}, Event: tallystick.Event{
				Tenant: tenant, Type: tallystick.MessageSent, Time: tallystick.Instant(r.Int64N(int64(40 * tallystick.Day))), Data: data,
			}})
		}
		undo := func() {}
		if seed%2 == 0 {
			undo = duckdb.CountTogether()
		}
		oracle, e := memory.New(), openFlushing(t, t.TempDir(), 1+r.IntN(400))
		mustApply(t, oracle, records)
		mustApply(t, e, records)
		for range 12 {
			qs := markedTallies(r, tenants, channel, contact)
			answers += sameTallies(t, fmt.Sprint("seed ", seed), oracle, e, qs)
		}
		undo()
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if answers < int(seeds)*100 {
		t.Errorf("there were %d answers", answers)
	}
}

// TestMarksOfManyTenants has tenants of which any two, but not three, have fewer texts together than there are marks.
func TestMarksOfManyTenants(t *testing.T) {
	oracle, e := memory.New(), open(t, t.TempDir())
	defer e.Close()
	var records []tallystick.Record
	var qs []tallystick.Tally
	contact := tallystick.Dimension{Field: tallystick.FieldContactID}
	for tenant := range 5 {
		name, by := fmt.Sprint("tenant", tenant), tallystick.Dimension{Field: tallystick.FieldChannelID, Unlabelled: tallystick.NoGroup, Labels: map[string]string{}}
		for i := range 25 {
			channel := fmt.Sprint(name, "channel", i)
			by.Labels[channel] = []string{"web", "voice"}[i%2]
			n := uint64(len(records) + 1)
			records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: n}, Event: tallystick.Event{
				Tenant: name, Type: tallystick.MessageSent, Time: tallystick.Instant(n),
				Data: []tallystick.Value{{Field: tallystick.FieldContactID, Text: fmt.Sprint(i % 7)}, {Field: tallystick.FieldChannelID, Text: channel}},
			}})
		}
		qs = append(qs, tallystick.Tally{
			Scope: tallystick.For(name, tallystick.Position{}, tallystick.Day), Type: tallystick.MessageSent,
			Measure: tallystick.Measure{Distinct: &contact}, By: []tallystick.Dimension{by},
		})
	}
	mustApply(t, oracle, records)
	mustApply(t, e, records)
	got, err := e.Tallies(context.Background(), qs)
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range qs {
		if want, _ := oracle.Tally(context.Background(), q); !reflect.DeepEqual(got[i], want) {
			t.Errorf("tenant %d: %v, not %v", i, got[i], want)
		}
	}
}

// markedTallies asks of some tenants, by group and bucket, by one of them or by neither.
func markedTallies(r *rand.Rand, tenants []string, channel func(string) string, contact func() string) (qs []tallystick.Tally) {
	var edges []tallystick.Instant
	for at := tallystick.Instant(0); at <= 40*tallystick.Day; at += 10 * tallystick.Day {
		edges = append(edges, at)
	}
	distinct := tallystick.Dimension{Field: tallystick.FieldContactID}
	by := tallystick.Dimension{Field: tallystick.FieldChannelID, Unlabelled: tallystick.NoGroup}
	if r.IntN(5) == 0 {
		by.Unlabelled = tallystick.KeepValue
	}
	text := channel
	if r.IntN(5) == 0 {
		by.Field = tallystick.FieldContentKind // which has a default
		text = func(string) string { return []string{"text", "file", "event"}[r.IntN(3)] }
	}
	asOf := tallystick.Position{Log: 1, Sequence: 1 + r.Uint64N(800)}
	merged, most := r.IntN(3) > 0, 1+r.IntN(200)
	shapes := func() []int { return r.Perm(4)[:1+r.IntN(4)] }
	if r.IntN(3) == 0 { // all by bucket
		shapes = func() []int { return []int{2, 3} }
	}
	if merged && r.IntN(6) == 0 {
		distinct.Unlabelled = tallystick.NoGroup
	}
	for _, tenant := range tenants[:1+r.IntN(len(tenants))] {
		distinct, by := distinct, by
		by.Labels = map[string]string{}
		for range r.IntN(most) {
			by.Labels[text(tenant)] = []string{"web", "voice", "mail", ""}[r.IntN(4)]
		}
		if merged {
			distinct.Labels = map[string]string{}
			for range r.IntN(6) {
				distinct.Labels[contact()] = contact()
			}
			if r.IntN(6) == 0 {
				distinct.Labels[contact()] = ""
			}
		}
		for _, shape := range shapes() {
			q := tallystick.Tally{
				Scope: tallystick.For(tenant, asOf, 40*tallystick.Day), Type: tallystick.MessageSent, From: 0,
				Where:   tallystick.Filter{{Field: tallystick.FieldDirection, Op: tallystick.In, Values: []string{"inbound"}}},
				Measure: tallystick.Measure{Distinct: &distinct},
			}
			if shape&1 > 0 {
				q.By = []tallystick.Dimension{by}
			}
			if shape&2 > 0 {
				q.Edges = edges
			}
			qs = append(qs, q)
		}
	}
	return qs
}
