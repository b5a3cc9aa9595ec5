package enginetest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
)

// Open returns a new, empty engine, which shares nothing with those opened before. The suite closes it.
type Open func(t *testing.T) tallystick.Engine

// Agree applies a stream to two new engines and asks both the same n random questions of each kind, a part of them after each third of the stream. The
// subject gets the stream in other batches than the oracle, and some records twice. The first difference fails the test: it is made as small as it goes
// and printed as a script.
func Agree(t *testing.T, seed int64, openOracle, openSubject Open, events []tallystick.Event, n int) {
	t.Helper()
	if d := findDifference(t, seed, openOracle, openSubject, events, n); d != nil {
		t.Fatalf("seed %d: the engines differ\n\n%s", seed, d)
	}
}

// findDifference returns the first difference, made smaller, or nil.
func findDifference(t *testing.T, seed int64, openOracle, openSubject Open, events []tallystick.Event, n int) *difference {
	t.Helper()
	r := newRand(seed)
	records := Records(events, r.IntN(2) == 0, r.IntN(3) == 0)
	oracle, subject := openOracle(t), openSubject(t)
	defer closeEngine(t, oracle)
	defer closeEngine(t, subject)
	in, done := notation{base: baseOf(records)}, 0
	for third := 1; third <= 3; third++ {
		upTo := len(records) * third / 3
		apply(t, oracle, [][]tallystick.Record{records[done:upTo]})
		apply(t, subject, batches(seed+int64(third), records[done:upTo]))
		if done = upTo; done == 0 {
			continue
		}
		a := newAsker(seed+int64(third), records[:done])
		for _, kind := range Kinds {
			for range (n + third - 1) / 3 {
				q := a.question(kind)
				want, got := ask(oracle, q, in), ask(subject, q, in)
				if same(want, got) {
					continue
				}
				d := &difference{
					t: t, openOracle: openOracle, openSubject: openSubject, base: in.base, records: slices.Clone(records[:done]), question: *q, want: want, got: got,
				}
				d.shrink()
				return d
			}
		}
	}
	return nil
}

// Records puts events into places of a journal: one after the other, or with gaps between them; all tenants in one log, or in two.
func Records(events []tallystick.Event, gaps, twoLogs bool) []tallystick.Record {
	records := make([]tallystick.Record, len(events))
	logOf, next := map[string]uint32{}, [3]uint64{}
	for i := range events {
		log, ok := logOf[events[i].Tenant]
		if !ok {
			log = 1
			if twoLogs {
				log += uint32(len(logOf) % 2)
			}
			logOf[events[i].Tenant] = log
		}
		next[log]++
		if gaps {
			next[log] += uint64(i % 3)
		}
		records[i] = tallystick.Record{Position: tallystick.Position{Log: log, Sequence: next[log]}, Event: events[i]}
	}
	return records
}

// batches cuts records into batches of random length, each of one log. Some come twice, some together with a part of the one before.
func batches(seed int64, records []tallystick.Record) [][]tallystick.Record {
	r := newRand(seed)
	byLog := map[uint32][]tallystick.Record{}
	for i := range records {
		byLog[records[i].Position.Log] = append(byLog[records[i].Position.Log], records[i])
	}
	var list [][]tallystick.Record
	for log := uint32(1); log <= 2; log++ {
		rest, done := byLog[log], 0
		for done < len(rest) {
			from, to := done, min(len(rest), done+1+r.IntN(1+len(rest)/2))
			if r.IntN(3) == 0 { // overlaps what was applied
				from = r.IntN(done + 1)
			}
			list = append(list, rest[from:to])
			if r.IntN(4) == 0 {
				list = append(list, rest[from:to])
			}
			done = to
		}
	}
	return list
}

// apply applies each batch, from a copy that is overwritten afterwards: the engine must not hold on to it. Records that come again have another event, which must
// not count, since their position was applied.
func apply(t *testing.T, engine tallystick.Engine, batches [][]tallystick.Record) {
	t.Helper()
	ctx := context.Background()
	for _, batch := range batches {
		for len(batch) > 0 { // a batch is of one log
			n := 1
			for n < len(batch) && batch[n].Position.Log == batch[0].Position.Log {
				n++
			}
			own := make([]tallystick.Record, n)
			done, err := engine.Applied(ctx, batch[0].Position.Log)
			if err != nil {
				t.Fatalf("Applied: %v", err)
			}
			for i := range own {
				own[i] = tallystick.Record{Position: batch[i].Position, Event: batch[i].Event.Clone()}
				if !own[i].Position.After(done) {
					own[i].Event.Time += tallystick.Hour
				}
			}
			if err := engine.Apply(ctx, own); err != nil {
				t.Fatalf("Apply of %d records from %s: %v", n, own[0].Position, err)
			}
			last := own[n-1].Position
			for i := range own {
				clear(own[i].Event.Data)
				own[i] = tallystick.Record{}
			}
			if now, err := engine.Applied(ctx, last.Log); err != nil || now != later(last, done) {
				t.Fatalf("Applied after records up to %s: %s, %v; want %s", last, now, err, later(last, done))
			}
			batch = batch[n:]
		}
	}
}

func later(p, q tallystick.Position) tallystick.Position {
	if p.After(q) {
		return p
	}
	return q
}

// ask returns the answer, or one line with an error.
func ask(engine tallystick.Engine, q *Question, n notation) []string {
	lines, err := q.ask(context.Background(), engine, n)
	if err != nil {
		return []string{errorPrefix + err.Error()}
	}
	return lines
}

const errorPrefix = "error: "

func isError(lines []string) bool { return len(lines) == 1 && strings.HasPrefix(lines[0], errorPrefix) }

// same compares answers. Two errors are the same, since what an error says is the engine's business.
func same(a, b []string) bool { return isError(a) && isError(b) || slices.Equal(a, b) }

// baseOf returns midnight UTC of the earliest record's day.
func baseOf(records []tallystick.Record) tallystick.Instant {
	base := tallystick.MaxInstant
	for i := range records {
		base = min(base, records[i].Event.Time)
	}
	return base - base%tallystick.Day
}

func closeEngine(t *testing.T, engine tallystick.Engine) {
	t.Helper()
	if err := engine.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
