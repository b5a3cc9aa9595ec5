package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// mixedChats are chats in two logs, with ids of every kind, texts with zero bytes and channels.
func mixedChats(r *rand.Rand, n int) []tallystick.Record {
	records := chats(r, n)
	uuidOf := func(id string) string {
		h := uint64(0)
		for _, c := range id {
			h = h*1099511628211 + uint64(c) + 7
		}
		s := fmt.Sprintf("%08x-%04x-4abc-8def-%012x", uint32(h), uint16(h>>20), h>>16&0xffffffffffff)
		switch h >> 7 % 5 {
		case 0:
			return id
		case 1:
			return strings.ToUpper(s)
		case 2:
			return id + "\x00" + "x"
		}
		return s
	}
	mode := r.IntN(3)
	seq := map[uint32]uint64{}
	for i := range records {
		ev := &records[i].Event
		log := uint32(1)
		if ev.Tenant == "bolt" {
			log = 2
		}
		seq[log]++
		records[i].Position = tallystick.Position{Log: log, Sequence: seq[log]}
		for j := range ev.Data {
			switch v := &ev.Data[j]; v.Field {
			case tallystick.FieldMessageID:
				v.Text = uuidOf(v.Text)
			case tallystick.FieldContactID, tallystick.FieldSenderID:
				if mode == 1 {
					v.Text += "\x00z"
				}
			case tallystick.FieldBotID, tallystick.FieldBotVersion:
				if mode == 2 {
					v.Text = []string{"a", "b", "a\x00b", "\x00", "a\x00"}[r.IntN(5)]
				}
			}
		}
		if ev.Type == tallystick.MessageSent && r.IntN(2) == 0 {
			ev.Data = append(ev.Data, tallystick.Value{Field: tallystick.FieldChannelID, Text: fmt.Sprint("ch", r.IntN(3))})
		}
	}
	return records
}

// TestKeptSessionsInEveryWay asks in between, about ends of time, slice after slice, with labels that put names together, after reopening, and of events that come newest first.
func TestKeptSessionsInEveryWay(t *testing.T) {
	ctx := context.Background()
	seeds := uint64(4)
	if os.Getenv("TALLYSTICK_LONG") == "1" {
		seeds = 150
	}
	for seed := uint64(0); seed < seeds && !t.Failed(); seed++ {
		r := rand.New(rand.NewPCG(seed, 77))
		records := mixedChats(r, 100+r.IntN(400))
		dir := t.TempDir()
		size := 1 + r.IntN(150)
		oracle, e := memory.New(), openFlushing(t, dir, size)
		shuffle := r.IntN(4) == 0
		if shuffle { // in blocks, newest first
			block := 1 + r.IntN(60)
			var out []tallystick.Record
			for end := len(records); end > 0; end -= block {
				out = append(out, records[max(0, end-block):end]...)
			}
			seq := map[uint32]uint64{}
			for i := range out {
				seq[out[i].Position.Log]++
				out[i].Position.Sequence = seq[out[i].Position.Log]
			}
			records = out
		}
		first, last := records[0].Event.Time, records[0].Event.Time
		for i := range records {
			first, last = min(first, records[i].Event.Time), max(last, records[i].Event.Time)
		}
		instant := func() tallystick.Instant {
			return first - 2*tallystick.Day + tallystick.Instant(r.Int64N(int64(last-first+5*tallystick.Day)))
		}
		var reading, readingO *tallystick.Reading
		var slice tallystick.Sessions
		ask := func() {
			tenant := []string{"acme", "bolt"}[r.IntN(2)]
			log := map[string]uint32{"acme": 1, "bolt": 2}[tenant]
			asOf := tallystick.Position{}
			if r.IntN(2) == 0 {
				asOf = tallystick.Position{Log: log, Sequence: 1 + r.Uint64N(uint64(len(records)))}
			}
			q := tallystick.Sessions{Scope: tallystick.For(tenant, asOf, instant()), Bare: r.IntN(2) == 0}
			switch r.IntN(8) {
			case 0, 1:
				q.Before = tallystick.MaxInstant
			case 2:
				q.Before = records[r.IntN(len(records))].Event.Time + tallystick.Instant(r.IntN(3)-1)
			case 3:
				q.Before = []tallystick.Instant{tallystick.MinInstant, tallystick.MinInstant + tallystick.Day, tallystick.MinInstant + 2*tallystick.Day, tallystick.MinInstant + 3*tallystick.Day, tallystick.MaxInstant - 1}[r.IntN(5)]
			}
			switch r.IntN(5) {
			case 0:
				q.From = tallystick.MinInstant
			case 1:
				q.From = records[r.IntN(len(records))].Event.Time + tallystick.Instant(r.IntN(3)-1)
			default:
				q.From = min(instant(), q.Before)
			}
			if r.IntN(2) == 0 && q.From > tallystick.MinInstant {
				q.Until = q.From + tallystick.Instant(r.Int64N(int64(10*tallystick.Day)))
			}
			sameSessions(t, seed, oracle, e, q, q)
			counts := tallystick.SessionCounts{Scope: q.Scope, From: q.From, Of: []tallystick.Field{tallystick.FieldSessionID, tallystick.FieldTicketID, tallystick.FieldConversationID}[:1+r.IntN(3)]}
			labels := []map[string]string{nil, {"b0": "one", "b1": "one"}, {"b0": ""}, {"b0": "x", "": "y"}, {"ch0": "b1", "ch1": "b1"}, {}, {"a": "b", "a\x00b": "b"}}
			for range r.IntN(3) {
				counts.By = append(counts.By, tallystick.Dimension{
					Field:  []tallystick.Field{tallystick.FieldBotID, tallystick.FieldBotVersion, tallystick.FieldChannelID, tallystick.FieldTicketID}[r.IntN(4)],
					Labels: labels[r.IntN(len(labels))],
				})
				if r.IntN(3) == 0 {
					counts.By[len(counts.By)-1].Unlabelled = tallystick.NoGroup
				}
			}
			if day := q.From + tallystick.Day; q.From > tallystick.MinInstant && day < q.Before {
				counts.Edges = []tallystick.Instant{q.From, day, min(day+tallystick.Hour, q.Before), q.Before}
			}
			sameCounts(t, seed, oracle, e, counts)
			if reading == nil || slice.Until >= slice.Before || r.IntN(6) == 0 {
				reading, readingO = &tallystick.Reading{}, &tallystick.Reading{}
				asOf := tallystick.Position{Log: log, Sequence: 1 + r.Uint64N(uint64(len(records)))}
				if now, _ := oracle.Applied(ctx, log); asOf.Sequence > now.Sequence {
					asOf = now
				}
				if asOf.Sequence == 0 {
					reading = nil
					return
				}
				slice = tallystick.Sessions{Scope: tallystick.For(tenant, asOf, instant()+5*tallystick.Day), From: instant(), Bare: r.IntN(2) == 0}
				if slice.From >= slice.Before {
					reading = nil
					return
				}
			} else {
				slice.From = slice.Until
			}
			slice.Until = slice.From + 1 + tallystick.Instant(r.Int64N(int64(6*tallystick.Day)))
			sliceO := slice
			slice.Reading, sliceO.Reading = reading, readingO
			sameSessions(t, seed, oracle, e, sliceO, slice)
		}
		for rest := records; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(40))
			mustApply(t, oracle, rest[:n])
			mustApply(t, e, rest[:n])
			rest = rest[n:]
			if r.IntN(4) == 0 {
				ask()
			}
			if r.IntN(12) == 0 {
				if err := e.Close(); err != nil {
					t.Fatal(err)
				}
				e = openFlushing(t, dir, size)
				reading = nil
			}
		}
		for range 12 {
			ask()
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
