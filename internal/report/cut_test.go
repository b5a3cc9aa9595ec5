package report

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
)

// eventsAt is a store that counts events by the bucket.
type eventsAt struct {
	tallystick.Answerer
	at []tallystick.Instant
}

func (e eventsAt) Tally(_ context.Context, q tallystick.Tally) (counts []tallystick.Count, err error) {
	if q.Type != tallystick.MessageSent {
		return nil, nil
	}
	for i := range len(q.Edges) - 1 {
		n := int64(0)
		for _, at := range e.at {
			if at >= q.Edges[i] && at < q.Edges[i+1] {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, tallystick.Count{Bucket: i, Value: n})
		}
	}
	return counts, nil
}

// TestCut: slices follow each other from the beginning to the end of the period, and none has more than a grain and as many events as it may.
func TestCut(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		hours := []int64{1, 30, 48, 49, 100, 1500}[r.IntN(6)]
		from := []tallystick.Instant{1 + tallystick.Day, -20 * tallystick.Hour, 100 * tallystick.Day}[r.IntN(3)]
		before := from + tallystick.Instant(hours)*tallystick.Hour + tallystick.Instant(r.IntN(2))*tallystick.Minute
		var at []tallystick.Instant
		for range 300 {
			at = append(at, from+tallystick.Instant(r.Int64N(int64(before-from))))
		}
		slices.Sort(at)
		p := &plan{ctx: t.Context(), store: eventsAt{at: at}, scope: tallystick.For("acme", tallystick.Position{}, before), from: from, sliceSize: 40}
		next, most := from, 0
		for s, err := range p.cut(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if s.from != next || s.until <= s.from && hours > 1 {
				t.Errorf("seed %d: %v behind %v", seed, s, next)
			}
			next = s.until
			n := 0
			for _, x := range at {
				if x >= s.from && x < s.until {
					n++
				}
			}
			most = max(most, n)
		}
		if next != before {
			t.Errorf("seed %d: it ends at %v, not %v", seed, next, before)
		}
		if most > 3*40 {
			t.Errorf("seed %d: %d hours, a slice of %d", seed, hours, most)
		}
	}
}

// manyLate is a store with 1000 events in each hour from an instant on.
type manyLate struct {
	tallystick.Answerer
	since tallystick.Instant
}

func (e manyLate) Tally(_ context.Context, q tallystick.Tally) (counts []tallystick.Count, err error) {
	for i := range len(q.Edges) - 1 {
		if q.Type == tallystick.MessageSent && q.Edges[i] >= e.since {
			counts = append(counts, tallystick.Count{Bucket: i, Value: 1000})
		}
	}
	return counts, nil
}

// TestFirstSlice: who looks at the first rows waits for no more than firstSlice, also of a tenant that began in the second tenth of the period.
func TestFirstSlice(t *testing.T) {
	from := 100 * tallystick.Day
	for _, since := range []tallystick.Instant{from, from + 3*tallystick.Day} {
		p := &plan{ctx: t.Context(), store: manyLate{since: since}, scope: tallystick.For("acme", tallystick.Position{}, from+30*tallystick.Day), from: from, sliceSize: sliceSize}
		for s, err := range p.cut(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if n := 1000 * int64((s.until-max(s.from, since))/tallystick.Hour); n > firstSlice {
				t.Errorf("since %s: the first slice with anything has %d events", since, n)
			}
			break
		}
	}
}
