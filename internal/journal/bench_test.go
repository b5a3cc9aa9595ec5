package journal

import (
	"context"
	"encoding/hex"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// believable returns a message as a platform sends it. uuid: its ids are random ones of 36 characters, else short counters.
func believable(r *rand.Rand, n int, uuid bool) tallystick.Event {
	id := func(prefix string, n int) string {
		if !uuid {
			return prefix + hex.EncodeToString([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		}
		var b [16]byte
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		h := hex.EncodeToString(b[:])
		return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
	}
	at := tallystick.Instant(1_700_000_000_000_000 + int64(n)*40_000 + r.Int64N(40_000))
	return tallystick.Event{
		Tenant: "tenant-" + string(rune('a'+r.IntN(20))), Source: "https://chat.example.com/webhook", ID: id("e", n), Type: tallystick.MessageSent,
		Time: at, Received: at + tallystick.Instant(r.Int64N(2_000_000)),
		Data: []tallystick.Value{
			{Field: tallystick.FieldMessageID, Text: id("m", n)},
			{Field: tallystick.FieldDirection, Text: []string{"inbound", "outbound"}[r.IntN(2)]},
			{Field: tallystick.FieldSenderKind, Text: "contact"},
			{Field: tallystick.FieldSenderID, Text: "c" + hex.EncodeToString([]byte{byte(r.IntN(20)), byte(r.Uint32())})},
			{Field: tallystick.FieldConversationID, Text: "v" + hex.EncodeToString([]byte{byte(r.IntN(40)), byte(r.Uint32())})},
			{Field: tallystick.FieldChannelID, Text: "ch" + string(rune('0'+r.IntN(8)))},
		},
	}
}

func believables(uuid bool) []tallystick.Event {
	r := rand.New(rand.NewPCG(1, 2))
	events := make([]tallystick.Event, 200_000)
	for i := range events {
		events[i] = believable(r, i, uuid)
	}
	return events
}

// BenchmarkAppend appends new events in batches to a journal on the disk of the temporary directory, with syncs: one batch after the other, many at once as an
// HTTP server has them, or with several in flight as an import has them.
func BenchmarkAppend(b *testing.B) {
	events := believables(true)
	for _, c := range []struct {
		name            string
		size, in, perIn int
	}{
		{"100 one by one", 100, 1, 1},
		{"100 of 16 clients", 100, 16, 1},
		{"5000 one by one", 5000, 1, 1},
		{"5000 with 4 in flight", 5000, 1, 4},
	} {
		b.Run(c.name, func(b *testing.B) {
			dir := b.TempDir()
			j, err := Open(context.Background(), Options{Dir: filepath.Join(dir, "journal")})
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			take := func() []tallystick.Event { // new events: the same ones of another source
				if (n+1)*c.size > len(events) {
					for i := range events {
						events[i].Source += "'"
						events[i].Data[0].Text += "'"
					}
					n = 0
				}
				batch := append([]tallystick.Event(nil), events[n*c.size:(n+1)*c.size]...)
				for i := range batch {
					batch[i].Data = append([]tallystick.Value(nil), batch[i].Data...)
				}
				n++
				return batch
			}
			total := 0
			started := time.Now()
			var tickets []*Ticket
			for b.Loop() {
				tickets = append(tickets, j.Enqueue(take()))
				total += c.size
				if len(tickets) == c.in*c.perIn {
					if _, err := tickets[0].Wait(context.Background()); err != nil {
						b.Fatal(err)
					}
					tickets = tickets[1:]
				}
			}
			for _, t := range tickets {
				if _, err := t.Wait(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(total)/time.Since(started).Seconds(), "events/s")
			b.ReportMetric(0, "ns/op")
			if err := j.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkRead reads a journal: as an engine does that is made anew, as the key index does, and as Verify does.
func BenchmarkRead(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "journal")
	j, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	events := believables(true)
	for i := 0; i < len(events); i += 1000 {
		if _, err := j.Append(context.Background(), events[i:i+1000]); err != nil {
			b.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
	measure := func(name string, read func() error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(events)*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
	measure("records", func() error {
		r, err := OpenReader(context.Background(), disk.OS, dir)
		if err != nil {
			return err
		}
		return r.Read(context.Background(), tallystick.Position{}, func([]tallystick.Record) error { return nil })
	})
	measure("keys", func() error {
		j, err := Open(context.Background(), Options{Dir: dir, Keys: b.TempDir()})
		if err != nil {
			return err
		}
		return j.Close()
	})
	measure("verify", func() error {
		_, err := Verify(context.Background(), disk.OS, dir, nil)
		return err
	})
}
