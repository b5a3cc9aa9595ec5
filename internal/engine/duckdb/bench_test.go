package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// traffic makes events of a messaging platform with UUIDs as ids: 20 tenants, of which the first has half of everything; one event a second.
type traffic struct {
	*rand.Rand
	seq      uint64
	tenants  []string
	contacts [][]string // by tenant
	rooms    [][]string
	channels [][]string
	bots     []string
	open     []string // conversations, the newest last
}

const begun = tallystick.Instant(1_735_689_600_000_000) // 2025-01-01

func newTraffic() *traffic {
	t := &traffic{Rand: rand.New(rand.NewPCG(1, 2))}
	for i := range 20 {
		t.tenants = append(t.tenants, fmt.Sprintf("tenant-%d", i))
		var contacts, rooms, channels []string
		for range 20_000 {
			contacts = append(contacts, t.uuid())
		}
		for range 500 {
			rooms = append(rooms, t.uuid())
		}
		for range 5 {
			channels = append(channels, t.uuid())
		}
		t.contacts, t.rooms, t.channels = append(t.contacts, contacts), append(t.rooms, rooms), append(t.channels, channels)
	}
	for range 10 {
		t.bots = append(t.bots, t.uuid())
	}
	return t
}

func (t *traffic) uuid() string {
	a, b := t.Uint64(), t.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", uint32(a), uint16(a>>32), uint16(a>>48)&0xfff, uint16(b)|0x8000, b>>16)
}

// messages makes the next n messages sent; one in eight is to or from a bot, and one in twelve is the first of its conversation.
func (t *traffic) messages(n int) []tallystick.Record {
	records := make([]tallystick.Record, n)
	for i := range records {
		t.seq++
		tenant := 0
		if t.IntN(2) == 0 {
			tenant = t.IntN(20)
		}
		contact := t.contacts[tenant][min(t.IntN(20_000), t.IntN(20_000))]
		if t.IntN(12) == 0 || len(t.open) == 0 {
			t.open = append(t.open, t.uuid())
		}
		conversation := t.open[max(0, len(t.open)-1-t.IntN(1000))]
		data := []tallystick.Value{{Field: tallystick.FieldMessageID, Text: t.uuid()}}
		if t.IntN(2) == 0 {
			data = append(data, tallystick.Value{Field: tallystick.FieldDirection, Text: "inbound"}, tallystick.Value{Field: tallystick.FieldSenderKind, Text: "contact"},
				tallystick.Value{Field: tallystick.FieldSenderID, Text: contact})
		} else {
			data = append(data, tallystick.Value{Field: tallystick.FieldDirection, Text: "outbound"}, tallystick.Value{Field: tallystick.FieldSenderKind, Text: "user"},
				tallystick.Value{Field: tallystick.FieldSenderID, Text: t.rooms[tenant][t.IntN(100)]})
		}
		data = append(data, tallystick.Value{Field: tallystick.FieldRoomID, Text: t.rooms[tenant][t.IntN(500)]},
			tallystick.Value{Field: tallystick.FieldConversationID, Text: conversation}, tallystick.Value{Field: tallystick.FieldChannelID, Text: t.channels[tenant][t.IntN(5)]},
			tallystick.Value{Field: tallystick.FieldContactID, Text: contact}, tallystick.Value{Field: tallystick.FieldContentKind, Text: "text"})
		if t.IntN(8) == 0 {
			data = append(data, tallystick.Value{Field: tallystick.FieldBotID, Text: t.bots[t.IntN(10)]})
		}
		records[i] = tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: t.seq}, Event: tallystick.Event{
			Tenant: t.tenants[tenant], Type: tallystick.MessageSent, Time: begun + tallystick.Instant(t.seq)*tallystick.Second, Data: data,
		}}
	}
	return records
}

// others makes what goes with n messages: resolutions of conversations, failures, sessions and upserts of contacts.
func (t *traffic) others(n int) []tallystick.Record {
	records := make([]tallystick.Record, 0, n)
	add := func(kind string, data ...tallystick.Value) {
		t.seq++
		records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: t.seq}, Event: tallystick.Event{
			Tenant: t.tenants[0], Type: kind, Time: begun + tallystick.Instant(t.seq)*tallystick.Second, Data: data,
		}})
	}
	for i := 0; i < n; i += 5 {
		add(tallystick.ConversationSolved, tallystick.Value{Field: tallystick.FieldConversationID, Text: t.open[max(0, len(t.open)-1-t.IntN(1000))]})
		add(tallystick.MessageFailed, tallystick.Value{Field: tallystick.FieldMessageID, Text: t.uuid()})
		id := t.uuid()
		add(tallystick.SessionStarted, tallystick.Value{Field: tallystick.FieldSessionID, Text: id}, tallystick.Value{Field: tallystick.FieldKind, Text: "agent"},
			tallystick.Value{Field: tallystick.FieldApplication, Text: "Agent Application"})
		add(tallystick.SessionEnded, tallystick.Value{Field: tallystick.FieldSessionID, Text: id})
		add(tallystick.ContactUpserted, tallystick.Value{Field: tallystick.FieldContactID, Text: t.contacts[0][t.IntN(20_000)]},
			tallystick.Value{Field: tallystick.FieldName, Text: "A Contact"})
	}
	return records
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		if err := open(b, b.TempDir()).Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkApply applies batches of messages, the checkpoints included, with one thread.
func BenchmarkApply(b *testing.B) {
	for _, size := range []int{1, 100, 50_000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			dir := b.TempDir()
			e, err := duckdb.Open(context.Background(), duckdb.Options{Dir: dir, Threads: 1})
			if err != nil {
				b.Fatal(err)
			}
			t := newTraffic()
			var used time.Duration // by the process: what counts on a machine that does other things, too
			for b.Loop() {
				b.StopTimer()
				records := t.messages(size)
				b.StartTimer()
				before := processorTime()
				mustApply(b, e, records)
				used += processorTime() - before
			}
			b.ReportMetric(float64(t.seq)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(t.seq)/used.Seconds(), "events/cpu-s")
			if err := e.Close(); err != nil {
				b.Fatal(err)
			}
			info, err := os.Stat(filepath.Join(dir, "events.duckdb"))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(info.Size())/float64(t.seq), "B/event")
		})
	}
}

func processorTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkQueries asks about the tenant that has half of everything. TALLYSTICK_BENCH_DIR keeps the store, TALLYSTICK_BENCH_EVENTS says how many messages it has.
func BenchmarkQueries(b *testing.B) {
	ctx := context.Background()
	n := 1_000_000
	if s := os.Getenv("TALLYSTICK_BENCH_EVENTS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	dir := os.Getenv("TALLYSTICK_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	e := open(b, dir)
	defer e.Close()
	t := newTraffic()
	if p, _ := e.Applied(ctx, 1); p.IsZero() {
		for done := 0; done < n; done += 50_000 {
			mustApply(b, e, t.messages(50_000))
			mustApply(b, e, t.others(2_500))
		}
	}
	head, _ := e.Applied(ctx, 1)
	before := begun + tallystick.Instant(head.Sequence)*tallystick.Second
	from := before - min(30*tallystick.Day, (before-begun)/2)
	scope := tallystick.For("tenant-0", tallystick.Position{}, before)
	var days, odd []tallystick.Instant
	for at := from; at < before; at += tallystick.Day {
		days = append(days, at)
		odd = append(odd, at+tallystick.Instant(len(odd)%7))
	}
	days, odd = append(days, before), append(odd, before)
	channel := tallystick.Dimension{Field: tallystick.FieldChannelID}
	contact := tallystick.Dimension{Field: tallystick.FieldContactID}
	merged := tallystick.Dimension{Field: tallystick.FieldContactID, Labels: map[string]string{}}
	for i := range 100_000 {
		merged.Labels[fmt.Sprintf("contact number %d", i)] = "another contact"
	}
	// Of a tenant's channels two are of a platform each, and one has none.
	platform := tallystick.Dimension{Field: tallystick.FieldChannelID, Labels: map[string]string{}, Unlabelled: tallystick.NoGroup}
	for i, id := range t.channels[0][:4] {
		platform.Labels[id] = []string{"webchat", "whatsapp"}[i%2]
	}
	orID := platform // different values of groups that texts without a label are too
	orID.Unlabelled = tallystick.KeepValue
	var many []string
	for k := range merged.Labels {
		many = append(many, k)
	}
	tally := func(q tallystick.Tally) func() (int, error) {
		q.Scope, q.Type = scope, tallystick.MessageSent
		if q.From == 0 {
			q.From = from
		}
		return func() (int, error) {
			counts, err := e.Tally(ctx, q)
			return len(counts), err
		}
	}
	together := func(qs []tallystick.Tally) func() (int, error) {
		return func() (int, error) {
			answers, err := e.Tallies(ctx, qs)
			rows := 0
			for _, counts := range answers {
				rows += len(counts)
			}
			return rows, err
		}
	}
	// Of all tenants and all time. No message is of that room, but the smallest and the largest id of a group of rows don't tell.
	nowhere := tallystick.Filter{{Field: tallystick.FieldRoomID, Op: tallystick.In, Values: []string{"7fffffff-ffff-4fff-8fff-ffffffffffff"}}}
	anyOf := func(where tallystick.Filter, exists bool) func() (int, error) {
		var qs []tallystick.Tally
		for _, name := range t.tenants {
			qs = append(qs, tallystick.Tally{Scope: tallystick.For(name, tallystick.Position{}, before), Type: tallystick.MessageSent, From: tallystick.MinInstant, Where: where,
				Measure: tallystick.Measure{Any: exists}})
		}
		return together(qs)
	}
	var all []tallystick.Tally
	for _, name := range t.tenants {
		all = append(all, tallystick.Tally{Scope: tallystick.For(name, tallystick.Position{}, before), Type: tallystick.MessageSent, From: from, Countable: true,
			By: []tallystick.Dimension{channel}})
	}
	for _, c := range []struct {
		name string
		ask  func() (int, error)
	}{
		{"tally/countable by channel", tally(tallystick.Tally{Countable: true, By: []tallystick.Dimension{channel}})},
		{"tally/countable by channel and day", tally(tallystick.Tally{Countable: true, By: []tallystick.Dimension{channel}, Edges: days})},
		{"tally/countable by channel and odd edges", tally(tallystick.Tally{Countable: true, By: []tallystick.Dimension{channel}, Edges: odd})},
		{"tally/one day", tally(tallystick.Tally{Countable: true, From: before - tallystick.Day, By: []tallystick.Dimension{channel}})},
		{"tally/distinct contacts", tally(tallystick.Tally{Countable: true, Measure: tallystick.Measure{Distinct: &contact}})},
		{"tally/distinct contacts by platform and day", tally(tallystick.Tally{Countable: true, Measure: tallystick.Measure{Distinct: &contact}, By: []tallystick.Dimension{platform}, Edges: days})},
		{"tally/distinct contacts by platform or channel and day", tally(tallystick.Tally{Countable: true, Measure: tallystick.Measure{Distinct: &contact}, By: []tallystick.Dimension{orID}, Edges: days})},
		{"tally/distinct contacts of 100000 labels", tally(tallystick.Tally{Countable: true, Measure: tallystick.Measure{Distinct: &merged}})},
		{"tally/contact in 100000", tally(tallystick.Tally{Where: tallystick.Filter{{Field: tallystick.FieldContactID, Op: tallystick.In, Values: many}}})},
		{"tally/by room and sender", tally(tallystick.Tally{Countable: true, By: []tallystick.Dimension{{Field: tallystick.FieldRoomID}, {Field: tallystick.FieldSenderID}}})},
		{"tally/countable by channel of all tenants", together(all)},
		{"any/messages counted", anyOf(nil, false)},
		{"any/messages", anyOf(nil, true)},
		{"any/messages without one counted", anyOf(nowhere, false)},
		{"any/messages without one", anyOf(nowhere, true)},
		{"peak", func() (int, error) {
			a, err := e.Peak(ctx, tallystick.Peak{Scope: scope, Span: tallystick.SessionSpan, From: from, Edges: days, By: []tallystick.Dimension{{Field: tallystick.FieldApplication}}})
			return len(a.Counts), err
		}},
		{"entities", func() (int, error) {
			l, err := e.Entities(ctx, tallystick.Entities{Scope: scope, Type: tallystick.ContactUpserted})
			return len(l), err
		}},
		{"list", func() (int, error) {
			l, err := e.List(ctx, tallystick.List{Scope: scope, Types: []string{tallystick.MessageSent}, From: before - tallystick.Hour,
				Fields: []tallystick.Field{tallystick.FieldMessageID, tallystick.FieldContactID, tallystick.FieldDirection}})
			return len(l), err
		}},
		{"resolutions", func() (int, error) {
			l, err := e.Resolutions(ctx, tallystick.Resolutions{Scope: scope, From: from, Edges: days, By: []tallystick.Dimension{channel}})
			return len(l), err
		}},
		{"sessions", func() (int, error) {
			l, err := e.Sessions(ctx, tallystick.Sessions{Scope: scope, From: from})
			return len(l), err
		}},
		{"conversations", func() (int, error) {
			l, err := e.Conversations(ctx, tallystick.Conversations{Scope: scope, IDs: t.open})
			return len(l), err
		}},
		{"tenants", func() (int, error) {
			l, err := e.Tenants(ctx, tallystick.Position{}, before)
			return len(l), err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			rows, begun := 0, processorTime()
			for b.Loop() {
				n, err := c.ask()
				if err != nil {
					b.Fatal(err)
				}
				rows = n
			}
			b.ReportMetric(float64((processorTime()-begun).Milliseconds())/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(rows), "rows")
		})
	}
}
