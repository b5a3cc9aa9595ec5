package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestConversationsLearnedNext asks for the conversations of a long time slice after slice, each of a part of a day or of some days, so that those of the next are learned while these are asked for. Some were heard of for days, and of
// some more came since months were made. The answers are those of the oracle.
func TestConversationsLearnedNext(t *testing.T) {
	duckdb.MergeLate()
	defer duckdb.MergeSoon()
	const days = 70
	begin := monthsBegin + 20*tallystick.Day
	var turns, slicesAsked int // a reading's first slice is no turn
	for seed := range monthSeeds(2) {
		r := rand.New(rand.NewPCG(seed, 51))
		oracle, e := memory.New(), openFlushing(t, t.TempDir(), 500)
		var all []tallystick.Record
		began := map[string]tallystick.Instant{}
		for i := range 300 {
			id := fmt.Sprint("v", i)
			at := begin + tallystick.Instant(r.Int64N(int64(days*tallystick.Day)))
			began[id] = at
			for n := range 1 + r.IntN(4) {
				kind, data := tallystick.ConversationUpdated, []tallystick.Value{{Field: tallystick.FieldConversationID, Text: id}}
				if n == 0 && r.IntN(3) > 0 {
					if kind = tallystick.ConversationCreated; r.IntN(2) == 0 {
						data = append(data, tallystick.Value{Field: tallystick.FieldTicketID, Text: fmt.Sprint("t", i)})
					}
				}
				record := event(0, kind, data...)
				record.Event.Time = at
				all = append(all, record)
				at += tallystick.Instant(r.Int64N(int64([]tallystick.Instant{tallystick.Hour, 3 * tallystick.Day, 30 * tallystick.Day}[r.IntN(3)])))
			}
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for i := range all {
			all[i].Position.Sequence = uint64(i + 1)
		}
		since := len(all) - r.IntN(2)*r.IntN(40)
		apply := func(records []tallystick.Record) {
			mustApply(t, oracle, records)
			mustApply(t, e, records)
		}
		apply(all[:since])
		if err := errors.Join(duckdb.Flush(e), duckdb.MergeAll(t.Context(), e)); err != nil {
			t.Fatal(err)
		}
		if since < len(all) {
			apply(all[since:])
		}
		for range 4 {
			duckdb.LearnFew(e, 8+r.IntN(60))
			before := begin + tallystick.Instant(20+r.IntN(80))*tallystick.Day
			if r.IntN(2) == 0 {
				before -= tallystick.Instant(r.Int64N(int64(tallystick.Day)))
			}
			scope := tallystick.For("acme", all[len(all)-1-r.IntN(2)*r.IntN(20)].Position, before)
			reading, learned := &tallystick.Reading{}, any(nil)
			for from := begin; from < before; {
				until := min(before, from+tallystick.Hour+tallystick.Instant(r.Int64N(int64([]tallystick.Instant{tallystick.Day, 4 * tallystick.Day}[r.IntN(2)]))))
				ids := []string{"none", ""}
				for id, at := range began {
					if from <= at && at < until || r.IntN(100) == 0 {
						ids = append(ids, id)
					}
				}
				slices.Sort(ids)
				want, err := oracle.Conversations(t.Context(), tallystick.Conversations{Scope: scope, IDs: ids})
				if err != nil {
					t.Fatal(err)
				}
				if r.IntN(20) == 0 { // one that is given up, in which what comes next may be waited for
					gone, cancel := context.WithCancel(t.Context())
					time.AfterFunc(time.Duration(r.IntN(2000))*time.Microsecond, cancel)
					e.Conversations(gone, tallystick.Conversations{Scope: scope, IDs: ids, From: from, Until: until, Reading: reading})
				}
				got, err := e.Conversations(t.Context(), tallystick.Conversations{Scope: scope, IDs: ids, From: from, Until: until, Reading: reading})
				if err != nil || !slices.Equal(got, want) {
					t.Fatalf("seed %d, %v from %s until %s in %+v: %v\n%v\nwant\n%v", seed, ids, from, until, scope, err, got, want)
				}
				if now := duckdb.Learned(reading); now != learned {
					if learned != nil {
						turns++
					}
					learned = now
				}
				slicesAsked++
				if from = until; r.IntN(200) == 0 {
					break // has enough
				}
			}
			if r.IntN(3) > 0 { // else the engine waits for what is learned
				reading.Close()
			}
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	if t.Logf("%d turns in %d slices", turns, slicesAsked); turns < slicesAsked/20 {
		t.Errorf("of %d slices %d had conversations that were learned while others were asked for", slicesAsked, turns)
	}
}
