package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestMonthsOfResolutions counts resolved conversations in periods that begin and end anywhere, and holds the answers to those of the oracle: conversations are resolved more than once, go on after the period's end and
// since the months were made, and their answers fail in time or later.
func TestMonthsOfResolutions(t *testing.T) {
	var asked, monthly, told int
	for seed := range monthSeeds(3) {
		r := rand.New(rand.NewPCG(seed, 36))
		s := &monthStream{Rand: r, tenants: []string{"acme", "bolt"}, channels: 1 + r.IntN(3)}
		monthRounds(t, s, func() [][]tallystick.Record {
			return slices.Collect(slices.Chunk(s.talks(10+s.IntN(300)), 1+s.IntN(60)))
		}, func(oracle tallystick.Engine, e *duckdb.Engine) {
			q := s.resolved()
			got, err := e.Resolutions(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			want, err := oracle.Resolutions(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(want) != len(got) || len(want) > 0 && !reflect.DeepEqual(want, got) {
				t.Fatalf("seed %d, %+v\nwant %+v\n got %+v", seed, q, want, got)
			}
			is, some, err := duckdb.MonthlyResolutions(e, q)
			if err != nil {
				t.Fatal(err)
			}
			if asked++; is {
				monthly++
				if some {
					told++
				}
			}
		})
	}
	if t.Logf("%d of %d questions by months, %d of these found something in them", monthly, asked, told); monthly < asked/5 || monthly > asked*9/10 || told < monthly/4 {
		t.Errorf("of %d questions %d were answered by months, and %d had anything there", asked, monthly, told)
	}
}

// talks makes conversations, most of which begin, are answered and resolved, in some order, and are heard of again, or not all of that.
func (s *monthStream) talks(n int) []tallystick.Record {
	var events []tallystick.Event
	late := s.IntN(3) // 0: nothing but what comes late
	for len(events) < n {
		if len(s.made) > 0 && (late == 0 || s.IntN(3) == 0) {
			ev := s.made[s.IntN(len(s.made))].Event
			ev.Time += tallystick.Instant(s.Int64N(int64([]tallystick.Instant{tallystick.Hour, 30 * tallystick.Day}[s.IntN(2)])))
			if conversation := ev.Text(tallystick.FieldConversationID); late > 0 && conversation != "" && s.IntN(2) == 0 {
				ev.Type, ev.Data = tallystick.ConversationUpdated, []tallystick.Value{{Field: tallystick.FieldConversationID, Text: conversation}}
			} else if ev.Type == tallystick.MessageSent {
				ev.Type, ev.Data = tallystick.MessageFailed, []tallystick.Value{{Field: tallystick.FieldMessageID, Text: ev.Text(tallystick.FieldMessageID)}}
			} else {
				continue
			}
			events = append(events, ev)
			continue
		}
		at, tenant, id := s.instant(), s.tenants[s.IntN(2)], fmt.Sprint("talk", s.IntN(1<<30))
		if at > tallystick.MaxInstant/2 || at < 0 {
			at = monthsBegin
		}
		again := len(s.conversations) > 0 && s.IntN(4) == 0
		if again {
			id = s.conversations[s.IntN(len(s.conversations))]
		} else {
			s.conversations = append(s.conversations, id)
		}
		add := func(kind string, data ...tallystick.Value) {
			if s.IntN(8) == 0 {
				return
			}
			events = append(events, tallystick.Event{Tenant: tenant, Type: kind, Time: at, Data: data})
			at += tallystick.Instant(s.Int64N(int64([]tallystick.Instant{tallystick.Hour, tallystick.Day, 20 * tallystick.Day}[s.IntN(3)])))
		}
		conversation := tallystick.Value{Field: tallystick.FieldConversationID, Text: id}
		if !again && s.IntN(3) == 0 { // there is one of a conversation at most
			add(tallystick.ConversationCreated, conversation, tallystick.Value{Field: tallystick.FieldStartedBy, Text: []string{"inbound", "outbound"}[s.IntN(2)]}, tallystick.Value{Field: tallystick.FieldChannelID, Text: "channel \"0\""})
		}
		message := func(direction, sender string) string {
			id := fmt.Sprint("m", s.IntN(1<<30))
			add(tallystick.MessageSent, tallystick.Value{Field: tallystick.FieldMessageID, Text: id}, tallystick.Value{Field: tallystick.FieldDirection, Text: direction},
				tallystick.Value{Field: tallystick.FieldSenderKind, Text: sender}, conversation, tallystick.Value{Field: tallystick.FieldChannelID, Text: s.channel() + "c"})
			return id
		}
		message([]string{"inbound", "inbound", "outbound", "internal"}[s.IntN(4)], "contact")
		fails := []int{0, 1, 3, 3}[s.IntN(4)]
		for range s.IntN(5) {
			if id := message("outbound", []string{"user", "bot", "api", "contact"}[s.IntN(4)]); s.IntN(4) < fails {
				add(tallystick.MessageFailed, tallystick.Value{Field: tallystick.FieldMessageID, Text: id})
			}
		}
		for range 1 + s.IntN(2) {
			add(tallystick.ConversationSolved, conversation)
		}
		if s.IntN(4) == 0 {
			add(tallystick.ConversationUpdated, conversation)
		}
	}
	for range len(events) { // some come early or late
		if i, j := s.IntN(len(events)), s.IntN(len(events)); s.IntN(3) == 0 {
			events[i], events[j] = events[j], events[i]
		}
	}
	begin := len(s.made)
	for _, ev := range events {
		s.made = append(s.made, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(len(s.made)) + 1}, Event: ev})
	}
	return s.made[begin:]
}

func (s *monthStream) resolved() tallystick.Resolutions {
	s.month = -1
	edges := []tallystick.Instant{s.instant(), s.instant()}
	switch s.IntN(3) {
	case 0:
		edges = []tallystick.Instant{s.monthEdge(), s.monthEdge(), s.monthEdge()}
	case 1: // days
		edges = nil
		begin := time.Date(2024, 11, 1+s.IntN(60), 0, 0, 0, 0, time.UTC)
		for day := range 2 + s.IntN(40) {
			edges = append(edges, tallystick.InstantOf(begin.AddDate(0, 0, day)))
		}
	}
	slices.Sort(edges)
	if last := len(edges) - 1; edges[last] == tallystick.MaxInstant-1 {
		edges[last] = tallystick.MaxInstant
	}
	var asOf tallystick.Position
	if s.IntN(4) == 0 {
		asOf = s.made[len(s.made)-1-s.IntN(min(len(s.made), 60))].Position
	}
	q := tallystick.Resolutions{Scope: tallystick.For(s.tenants[s.IntN(2)], asOf, edges[len(edges)-1]), From: edges[0], Whole: s.IntN(2) == 0}
	if len(edges) > 2 || s.IntN(2) == 0 {
		q.Edges = edges
	}
	if s.IntN(2) == 0 {
		q.By = []tallystick.Dimension{{Field: tallystick.FieldChannelID}}
		if s.IntN(2) == 0 {
			q.By[0].Labels, q.By[0].Unlabelled = map[string]string{s.channel() + "x": "", `channel "0"`: "web", `channel "1"c`: "web"}, tallystick.NoGroup
		}
	}
	if s.IntN(3) == 0 {
		q.Where = tallystick.Filter{{Field: tallystick.FieldChannelID, Op: tallystick.Op(s.IntN(2)), Values: []string{s.channel()}}}
	}
	return q
}

// TestAnswersThatAreLookedUp has a conversation whose first two answers failed before it was resolved in the next month: the third is found among the messages, and fails later, too.
func TestAnswersThatAreLookedUp(t *testing.T) {
	duckdb.MergeLate()
	defer duckdb.MergeSoon()
	oracle, e := memory.New(), open(t, t.TempDir())
	defer e.Close()
	at, seq := monthsBegin+28*tallystick.Day, uint64(0)
	event := func(kind string, data map[tallystick.Field]string) (r tallystick.Record) {
		seq++
		at += tallystick.Hour
		r = tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: seq}, Event: tallystick.Event{Tenant: "acme", Type: kind, Time: at}}
		for f, text := range data {
			r.Event.Data = append(r.Event.Data, tallystick.Value{Field: f, Text: text})
		}
		return r
	}
	message := func(id, direction, sender string) tallystick.Record {
		return event(tallystick.MessageSent, map[tallystick.Field]string{
			tallystick.FieldMessageID: id, tallystick.FieldDirection: direction, tallystick.FieldSenderKind: sender, tallystick.FieldConversationID: "talk", tallystick.FieldChannelID: "web",
		})
	}
	failure := func(id string) tallystick.Record {
		return event(tallystick.MessageFailed, map[tallystick.Field]string{tallystick.FieldMessageID: id})
	}
	records := []tallystick.Record{
		message("m1", "inbound", "contact"), message("m2", "outbound", "user"), message("m3", "outbound", "bot"), message("m4", "outbound", "user"), failure("m2"), failure("m3"),
	}
	at += 5 * tallystick.Day
	records = append(records, event(tallystick.ConversationSolved, map[tallystick.Field]string{tallystick.FieldConversationID: "talk"}))
	resolvedAt := at
	ask := func(when string, before tallystick.Instant, want int64, monthly bool) {
		t.Helper()
		q := tallystick.Resolutions{Scope: tallystick.For("acme", tallystick.Position{}, before), From: monthsBegin, Whole: true}
		for name, store := range map[string]tallystick.Answerer{"oracle": oracle, "engine": e} {
			counts, err := store.Resolutions(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got := int64(0)
			if len(counts) > 0 {
				got = counts[0].Value
			}
			if got != want {
				t.Errorf("%s: the %s has %d conversations, not %d", when, name, got, want)
			}
		}
		if is, any, err := duckdb.MonthlyResolutions(e, q); is != monthly || any && !monthly || err != nil {
			t.Errorf("%s: by months: %v, something: %v, %v", when, is, any, err)
		}
	}
	apply := func(records ...tallystick.Record) {
		t.Helper()
		mustApply(t, oracle, records)
		mustApply(t, e, records)
	}
	tidy := func(lookedUp int) {
		t.Helper()
		if err := duckdb.Flush(e); err != nil {
			t.Fatal(err)
		}
		if err := duckdb.MergeAll(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if n, err := duckdb.Rows(e, "resolutions WHERE conversation = 'talk'"); n != lookedUp || err != nil {
			t.Errorf("the answers of %d conversations were looked up, not %d, %v", n, lookedUp, err)
		}
	}
	end := at + 90*tallystick.Day
	apply(records...)
	ask("before months are made", end, 1, false)
	tidy(1)
	ask("when they are made", end, 1, true)
	at += 10 * tallystick.Day
	apply(failure("m4"))
	ask("when the third has failed", end, 0, true)
	ask("before it has", resolvedAt+1, 1, true)
	tidy(1)
	ask("when months are made again", end, 0, true)
	ask("before it has failed", resolvedAt+1, 1, true)
}
