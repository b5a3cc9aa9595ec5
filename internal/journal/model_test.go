package journal

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// oracle is the rule of duplicates, said as simply as it can be.
type oracle struct {
	ids, natural map[string]string // to what the first copy said
	kept         []tallystick.Event
}

func newOracle() *oracle { return &oracle{ids: map[string]string{}, natural: map[string]string{}} }

func (o *oracle) decide(e tallystick.Event) Outcome {
	says := string(e.AppendData(nil))
	id := fmt.Sprintf("%q %q %q", e.Tenant, e.Source, e.ID)
	first, known := o.ids[id]
	natural := ""
	if t := tallystick.TypeNamed(e.Type); t != nil && t.Key != tallystick.NoField && e.Text(t.Key) != "" {
		natural = fmt.Sprintf("%q %q %q", e.Tenant, e.Type, e.Text(t.Key))
	}
	if !known && natural != "" {
		first, known = o.natural[natural]
	}
	switch {
	case known && first == says:
		return Duplicate
	case known:
		return Conflicting
	}
	o.ids[id] = says
	if natural != "" {
		o.natural[natural] = says
	}
	o.kept = append(o.kept, e)
	return Accepted
}

// randomEvent draws from few enough ids and keys that every kind of meeting happens.
func randomEvent(r *rand.Rand) tallystick.Event {
	tenant, id := string(rune('a'+r.IntN(3))), fmt.Sprint(r.IntN(400))
	var e tallystick.Event
	switch r.IntN(4) {
	case 0:
		e = plain(tenant, id, fmt.Sprint(r.IntN(2)))
	case 1:
		e = tallystick.Event{Tenant: tenant, Source: "test", ID: id, Type: "custom." + fmt.Sprint(r.IntN(3)), Time: tallystick.Instant(r.Int64N(1e15)),
			Extra: []tallystick.Extra{{Name: "n", JSON: fmt.Sprint(r.IntN(2))}}}
	default:
		e = message(tenant, id, fmt.Sprint("m", r.IntN(800)), strings.Repeat("x", r.IntN(3)))
		e.Time = tallystick.Instant(r.Int64N(1e15))
		if r.IntN(8) == 0 {
			e.Type = tallystick.SessionStarted
			e.Data[0].Field = tallystick.FieldSessionID
		}
	}
	if r.IntN(5) == 0 {
		e.Source = "backfill"
	}
	return e
}

// TestModel compares a journal with the oracle: events that meet in every way, in batches of all sizes, several of them in flight, over reopenings, with
// segments and tables so small that there are many.
func TestModel(t *testing.T) {
	rounds := 300
	if os.Getenv("TALLYSTICK_LONG") != "" {
		rounds = 20_000
	}
	r := seeded(t)
	d := disktest.New()
	o := Options{FS: d, SegmentBytes: 4000, TableKeys: 50}
	j := open(t, o)
	want := newOracle()
	for round := range rounds {
		type batch struct {
			ticket *Ticket
			want   []Outcome
		}
		var batches []batch
		for range 1 + r.IntN(4) {
			var events []tallystick.Event
			var b batch
			for range r.IntN(12) {
				e := randomEvent(r)
				events = append(events, e)
				b.want = append(b.want, want.decide(e))
			}
			b.ticket = j.Enqueue(events)
			batches = append(batches, b)
		}
		for _, b := range batches {
			verdicts, err := b.ticket.Wait(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range verdicts {
				if v.Outcome != b.want[i] {
					t.Fatalf("round %d: event %d is %v, want %v", round, i, v.Outcome, b.want[i])
				}
				if (v.Outcome == Accepted) == v.Position.IsZero() {
					t.Fatalf("round %d: event %d is %v at %v", round, i, v.Outcome, v.Position)
				}
			}
		}
		if r.IntN(20) == 0 {
			if r.IntN(2) == 0 {
				closeJournal(t, j)
			} else { // as after a kill: another one opens what is there
				d = d.Reboot(disktest.Kept, 0)
				o.FS = d
				defer j.Close()
			}
			j = open(t, o)
		}
		if r.IntN(20) == 0 {
			after := r.IntN(len(want.kept) + 1)
			got := readAll(t, j, uint64(after))
			for i, rec := range got {
				if !reflect.DeepEqual(rec.Event, want.kept[after+i]) {
					t.Fatalf("round %d: record %d is %v, want %v", round, after+i+1, rec.Event, want.kept[after+i])
				}
			}
			if len(got) != len(want.kept)-after {
				t.Fatalf("round %d: %d records after %d, want %d", round, len(got), after, len(want.kept)-after)
			}
		}
	}
	closeJournal(t, j)
	sum, err := Verify(context.Background(), d, "/data/journal", nil)
	if err != nil || sum.Records != uint64(len(want.kept)) || sum.Head.Sequence != sum.Records || sum.Unfinished != 0 {
		t.Errorf("verified: %+v, %v; %d records are wanted", sum, err, len(want.kept))
	}
}
