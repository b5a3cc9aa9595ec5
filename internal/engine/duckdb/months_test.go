package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestMonths counts the different contacts of months, in zones before and behind UTC and between edges that are none of theirs, of streams in which messages come late, fail in time, later or before they are sent, and
// contacts are merged, and holds the answers to those of the oracle: before months were made, after that, and with events that came since.
func TestMonths(t *testing.T) {
	var asked, monthly int
	for seed := range monthSeeds(4) {
		r := rand.New(rand.NewPCG(seed, 34))
		s := &monthStream{Rand: r, tenants: []string{"acme", "bolt", "cord", "dune", "echo"}[:1+r.IntN(5)], contacts: 3 + r.IntN(40), channels: []int{2, 6, 80}[r.IntN(3)]}
		undo := func() {}
		if seed%2 == 0 {
			undo = duckdb.CountTogether()
		}
		byItself := r.IntN(3) == 0
		if !byItself {
			duckdb.MergeLate()
		}
		dir := t.TempDir()
		oracle, e := memory.New(), openFlushing(t, dir, 20+r.IntN(200))
		goesOn := seed%2 == 1
		for round := range 5 {
			s.month = -1
			if round > 1 && r.IntN(2) == 0 { // of the others there are failures alone
				s.month = r.IntN(4)
			}
			if goesOn {
				s.goOn()
			}
			records := s.records(100 + r.IntN(400))
			s.step = 0
			mustApply(t, oracle, records)
			mustApply(t, e, records)
			if round > 0 || r.IntN(2) == 0 {
				if r.IntN(2) == 0 {
					if err := duckdb.Flush(e); err != nil {
						t.Fatal(err)
					}
				}
				tidy := duckdb.MergeAll
				if !byItself && r.IntN(2) == 0 {
					tidy = func(ctx context.Context, e *duckdb.Engine) error { return duckdb.Tidy(ctx, e, r.IntN(8)) }
				}
				if err := tidy(t.Context(), e); err != nil {
					t.Fatal(err)
				}
			}
			if r.IntN(4) == 0 {
				if err := e.Close(); err != nil {
					t.Fatal(err)
				}
				e = openFlushing(t, dir, 20+r.IntN(200))
			}
			for range 10 {
				qs := s.questions()
				sameTallies(t, fmt.Sprintf("seed %d, round %d", seed, round), oracle, e, qs)
				q := qs[r.IntN(len(qs))]
				n, err := duckdb.Monthly(e, q)
				if err != nil {
					t.Fatal(err)
				}
				asked, monthly = asked+max(1, len(q.Edges)-1), monthly+n
			}
		}
		undo()
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		duckdb.MergeSoon()
	}
	if t.Logf("%d of %d buckets by months", monthly, asked); monthly < asked/5 || monthly > asked*4/5 {
		t.Errorf("of %d buckets %d were counted by months", asked, monthly)
	}
}

// sameTallies asks an engine and the oracle, and returns how many rows the answers have.
func sameTallies(t *testing.T, what string, oracle tallystick.Answerer, e *duckdb.Engine, qs []tallystick.Tally) (rows int) {
	t.Helper()
	got, err := e.Tallies(t.Context(), qs)
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range qs {
		want, err := oracle.Tally(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if rows += len(want); len(want)+len(got[i]) > 0 && !reflect.DeepEqual(want, got[i]) {
			t.Fatalf("%s, question %d of %s: %+v\nwant %+v\n got %+v", what, i, q.Scope.Tenant(), q, want, got[i])
		}
	}
	return rows
}

// monthRounds gives the oracle and an engine that makes months, by itself or when it is told to, all of them or some, what a stream makes, in five rounds, and asks after each.
func monthRounds(t *testing.T, s *monthStream, batches func() [][]tallystick.Record, ask func(oracle tallystick.Engine, e *duckdb.Engine)) {
	t.Helper()
	byItself := s.IntN(3) == 0
	if !byItself {
		duckdb.MergeLate()
		defer duckdb.MergeSoon()
	}
	if s.IntN(3) > 0 {
		defer duckdb.MonthsTogether()()
	}
	dir := t.TempDir()
	oracle, e := memory.New(), openFlushing(t, dir, 20+s.IntN(200))
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	goesOn := s.IntN(2) == 0
	for range 5 {
		if s.IntN(4) == 0 {
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			e = openFlushing(t, dir, 20+s.IntN(200))
		}
		s.month = -1
		if s.IntN(2) == 0 { // of the others there are failures alone
			s.month = s.IntN(4)
		}
		if goesOn {
			s.goOn()
		}
		for _, records := range batches() {
			mustApply(t, oracle, records)
			mustApply(t, e, records)
		}
		s.step = 0
		if s.IntN(2) == 0 {
			if err := duckdb.Flush(e); err != nil {
				t.Fatal(err)
			}
		}
		tidy := duckdb.MergeAll
		if !byItself && s.IntN(3) == 0 {
			tidy = func(ctx context.Context, e *duckdb.Engine) error { return duckdb.Tidy(ctx, e, s.IntN(8)) }
		}
		if err := tidy(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			ask(oracle, e)
		}
	}
}

// monthSeeds is the number of streams, unless there is time for a campaign.
func monthSeeds(few uint64) uint64 {
	if os.Getenv("TALLYSTICK_LONG") == "1" {
		return 400
	}
	return few
}

// monthStream makes messages of some months of 2024 and 2025, and questions about them.
type monthStream struct {
	*rand.Rand
	tenants            []string
	contacts, channels int
	made               []tallystick.Record
	month              int                // that messages are of; -1: of any
	now, step          tallystick.Instant // what comes next is about of now, and so much later than what came before; 0: of any time
	rooms              int
	conversations      []string    // that may go on
	merges             [][2]string // of contacts
}

var monthsBegin = tallystick.InstantOf(time.Date(2024, 11, 1, 0, 0, 0, 0, time.UTC))

// monthEdge draws an instant near the beginning of a month, in some zone.
func (s *monthStream) monthEdge() tallystick.Instant {
	if len(s.made) > 0 && s.IntN(6) == 0 { // when something happened
		if at := s.made[s.IntN(len(s.made))].Event.Time; at > 0 && at < tallystick.MaxInstant/2 {
			return at
		}
	}
	at := tallystick.InstantOf(time.Date(2024, 11+time.Month(s.IntN(5)), 1, 0, 0, 0, 0, time.UTC))
	return at + tallystick.Instant(s.IntN(27)-12)*tallystick.Hour
}

// goOn lets most of what comes be of about now, as in a store that takes events while they happen: when a month begins, nothing is known of it yet.
func (s *monthStream) goOn() {
	if s.now == 0 {
		s.now = monthsBegin + tallystick.Day
	}
	s.step = tallystick.Instant(1+s.IntN(4)) * tallystick.Hour
}

func (s *monthStream) instant() tallystick.Instant {
	if s.step > 0 {
		if s.now += s.step; s.IntN(20) > 0 {
			return s.now - tallystick.Instant(s.Int64N(int64(tallystick.Day)))
		}
	}
	if s.month >= 0 {
		return monthsBegin + tallystick.Instant(s.month)*31*tallystick.Day + tallystick.Instant(s.Int64N(int64(20*tallystick.Day)))
	}
	if s.IntN(3) == 0 {
		return s.monthEdge() + tallystick.Instant(s.Int64N(int64(2*tallystick.Day))) - tallystick.Day
	}
	if s.IntN(300) == 0 {
		return []tallystick.Instant{tallystick.MinInstant, tallystick.MaxInstant - 1, 0}[s.IntN(3)]
	}
	return monthsBegin + tallystick.Instant(s.Int64N(int64(120*tallystick.Day)))
}

func (s *monthStream) contact() string { return fmt.Sprint("contact", s.IntN(s.contacts)) }

func (s *monthStream) channel() string {
	if s.IntN(8) == 0 {
		return ""
	}
	return fmt.Sprintf("channel \"%d\"", s.IntN(s.channels))
}

func (s *monthStream) records(n int) []tallystick.Record {
	begin := len(s.made)
	for range n {
		i := len(s.made)
		ev := tallystick.Event{Tenant: s.tenants[s.IntN(len(s.tenants))], Type: tallystick.MessageSent, Time: s.instant()}
		id := func(i int) string {
			if i%5 == 0 {
				return fmt.Sprint("m", i)
			}
			return fmt.Sprintf("00000000-0000-4000-8000-%012x", i)
		}
		if s.IntN(6) == 0 { // of a message before, or one to come
			ev.Type, ev.Data = tallystick.MessageFailed, []tallystick.Value{{Field: tallystick.FieldMessageID, Text: id(max(0, i-s.IntN(300)+20))}}
			if i > 40 && s.IntN(2) == 0 { // soon
				if of := s.made[i-1-s.IntN(40)].Event; of.Type == tallystick.MessageSent && of.Time < tallystick.MaxInstant/2 {
					ev.Tenant, ev.Time = of.Tenant, of.Time+tallystick.Instant(s.Int64N(int64(10*tallystick.Day)))
					ev.Data[0].Text = of.Text(tallystick.FieldMessageID)
				}
			}
		} else if s.IntN(40) == 0 {
			ev.Type = tallystick.ContactUpserted
			ev.Data = []tallystick.Value{{Field: tallystick.FieldContactID, Text: s.contact()}, {Field: tallystick.FieldMergedInto, Text: s.contact()}}
			s.merges = append(s.merges, [2]string{ev.Data[0].Text, ev.Data[1].Text})
		} else if s.rooms > 0 && s.IntN(12) == 0 {
			ev.Type = []string{tallystick.RoomMemberAdded, tallystick.RoomMemberRemoved}[s.IntN(2)]
			ev.Data = []tallystick.Value{
				{Field: tallystick.FieldRoomID, Text: s.room()}, {Field: tallystick.FieldMemberKind, Text: []string{"user", "user", "contact"}[s.IntN(3)]}, {Field: tallystick.FieldMemberID, Text: s.contact()},
			}
		} else {
			ev.Data = []tallystick.Value{{Field: tallystick.FieldMessageID, Text: id(i)}}
			if s.rooms > 0 {
				ev.Data = append(ev.Data, tallystick.Value{Field: tallystick.FieldRoomID, Text: s.room()})
				if s.IntN(5) == 0 {
					ev.Data = append(ev.Data, tallystick.Value{Field: tallystick.FieldIdentity, Text: []string{"+1", "+2", "+3"}[s.IntN(3)]})
				}
			}
			for f, text := range map[tallystick.Field]string{
				tallystick.FieldDirection:   []string{"inbound", "outbound", "internal", "inbound"}[s.IntN(4)],
				tallystick.FieldContentKind: []string{"", "text", "file", "event", "text"}[s.IntN(5)],
				tallystick.FieldChannelID:   s.channel(),
			} {
				if text != "" {
					ev.Data = append(ev.Data, tallystick.Value{Field: f, Text: text})
				}
			}
			for _, f := range []tallystick.Field{tallystick.FieldProactive, tallystick.FieldCampaignLink} {
				if s.IntN(4) == 0 {
					ev.Data = append(ev.Data, tallystick.Value{Field: f, Text: "true"})
				}
			}
			switch s.IntN(9) {
			case 0:
			case 3, 4, 5:
				ev.Data = append(ev.Data, tallystick.Value{Field: tallystick.FieldContactID, Text: s.contact()}, tallystick.Value{Field: tallystick.FieldSenderKind, Text: "user"})
				if s.IntN(9) > 0 {
					ev.Data = append(ev.Data, tallystick.Value{Field: tallystick.FieldSenderID, Text: s.contact()})
				}
			case 1, 2:
				ev.Data = append(ev.Data, tallystick.Value{Field: tallystick.FieldSenderKind, Text: "contact"}, tallystick.Value{Field: tallystick.FieldSenderID, Text: s.contact()})
			default:
				ev.Data = append(ev.Data, tallystick.Value{Field: tallystick.FieldContactID, Text: s.contact()})
			}
		}
		s.made = append(s.made, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(i) + 1}, Event: ev})
	}
	return s.made[begin:]
}

// questions draws a question about some tenants, by group and not.
func (s *monthStream) questions() (qs []tallystick.Tally) {
	s.month = -1
	var edges []tallystick.Instant
	switch s.IntN(4) {
	case 0:
		edges = []tallystick.Instant{s.instant(), s.instant()}
	case 1: // months of a zone
		zone := time.FixedZone("", (s.IntN(27)-12)*3600)
		for m := range 2 + s.IntN(4) {
			edges = append(edges, tallystick.InstantOf(time.Date(2024, 11+time.Month(m), 1, 0, 0, 0, 0, zone)))
		}
	case 2: // months of UTC
		for m := range 2 + s.IntN(4) {
			edges = append(edges, tallystick.InstantOf(time.Date(2024, 11+time.Month(m), 1, 0, 0, 0, 0, time.UTC)))
		}
	default:
		for range 2 + s.IntN(4) {
			edges = append(edges, s.monthEdge())
		}
	}
	slices.Sort(edges)
	if len(edges) == 2 && s.IntN(2) == 0 {
		edges[1] = min(edges[1], tallystick.MaxInstant-1)
	}
	var asOf tallystick.Position
	if s.IntN(3) == 0 {
		asOf = s.made[len(s.made)-1-s.IntN(min(len(s.made), 60))].Position
	}
	where := tallystick.Filter{{Field: tallystick.FieldDirection, Values: []string{"outbound", "inbound"}}}
	filtered := s.IntN(3)
	for _, tenant := range s.tenants {
		q := tallystick.Tally{Scope: tallystick.For(tenant, asOf, edges[len(edges)-1]), Type: tallystick.MessageSent, From: edges[0], Where: where, Countable: true, Edges: edges}
		if filtered > 0 {
			q.Where = append(where[:1:1], tallystick.Condition{Field: tallystick.FieldChannelID, Op: []tallystick.Op{tallystick.In, tallystick.NotIn}[filtered-1], Values: []string{s.channel(), s.channel()}})
		}
		if len(edges) == 2 && len(qs) == 0 && s.IntN(2) == 0 {
			q.Edges = nil
		} else if len(qs) > 0 {
			q.Edges = qs[0].Edges
		}
		contact := tallystick.Dimension{Field: tallystick.FieldContactID}
		if s.IntN(2) == 0 {
			contact.Labels = map[string]string{}
			for _, m := range s.merges {
				if s.IntN(4) > 0 {
					contact.Labels[m[0]] = m[1]
				}
			}
			if s.IntN(3) == 0 { // no merge
				contact.Labels[s.contact()] = s.contact()
			}
		}
		q.Measure = tallystick.Measure{Distinct: &contact}
		by := q
		by.By = []tallystick.Dimension{{Field: tallystick.FieldChannelID, Unlabelled: tallystick.NoGroup, Labels: map[string]string{}}}
		for range s.IntN(8) {
			if c := s.channel(); c != "" {
				by.By[0].Labels[c] = []string{"web", "voice", "mail"}[s.IntN(3)]
			}
		}
		qs = append(qs, by, q)
	}
	return qs
}

// TestMonthsInLittleMemory makes months that are too large together, and one of which is too large alone, for the memory there is: the others are made first, and then it is made in parts.
func TestMonthsInLittleMemory(t *testing.T) {
	duckdb.MergeLate()
	defer duckdb.MergeSoon()
	undo := duckdb.MonthsTogether()
	defer undo()
	e, err := duckdb.Open(t.Context(), duckdb.Options{Dir: t.TempDir(), MemoryLimit: "40MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var seq uint64
	for month := range 5 {
		n := 2000
		if month == 3 {
			n = 150_000
		}
		var records []tallystick.Record
		for i := range n {
			seq++
			records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: seq}, Event: tallystick.Event{
				Tenant: "acme", Type: tallystick.MessageSent, Time: monthsBegin + tallystick.Instant(month)*31*tallystick.Day + tallystick.Instant(i),
				Data: []tallystick.Value{
					{Field: tallystick.FieldMessageID, Text: fmt.Sprint("m", seq)}, {Field: tallystick.FieldDirection, Text: "inbound"}, {Field: tallystick.FieldContactID, Text: fmt.Sprint("a contact with a long name ", seq)},
				},
			}})
		}
		for some := range slices.Chunk(records, 2000) {
			mustApply(t, e, some)
		}
	}
	if err := duckdb.Flush(e); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for range 6 {
		if err := duckdb.Tidy(t.Context(), e, 100); tallystick.CodeOf(err) == tallystick.Unavailable {
			failed++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	made, err := duckdb.Rows(e, "months WHERE flushes > 0")
	if t.Logf("%d failures, %d months", failed, made-1); failed == 0 || made != 6 || err != nil { // one is of every month
		t.Errorf("%d failures, %d months are made, not 5, %v", failed, made-1, err)
	}
}
