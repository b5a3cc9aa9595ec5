package journal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// seeded returns a random source and prints its seed should the test fail. TALLYSTICK_SEED repeats one.
func seeded(t testing.TB) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("TALLYSTICK_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("TALLYSTICK_SEED=%d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

// message is a message.sent, whose message_id is a natural key.
func message(tenant, id, messageID, text string) tallystick.Event {
	return tallystick.Event{
		Tenant: tenant, Source: "test", ID: id, Type: tallystick.MessageSent, Time: 1_700_000_000_000_000, Received: 1_700_000_000_500_000,
		Data: []tallystick.Value{{Field: tallystick.FieldMessageID, Text: messageID}, {Field: tallystick.FieldBotVersion, Text: text}},
	}
}

// plain is an event of a type without a natural key.
func plain(tenant, id, name string) tallystick.Event {
	return tallystick.Event{
		Tenant: tenant, Source: "test", ID: id, Type: tallystick.BotUpserted, Time: 1_700_000_000_000_000, Received: 1_700_000_000_500_000,
		Data: []tallystick.Value{{Field: tallystick.FieldBotID, Text: "b"}, {Field: tallystick.FieldName, Text: name}},
	}
}

func open(t testing.TB, o Options) *Journal {
	t.Helper()
	if o.Dir == "" {
		o.Dir = "/data/journal"
	}
	if o.TableKeys == 0 {
		o.TableKeys = 64
	}
	j, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func closeJournal(t testing.TB, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// outcomes appends events and returns the first letters of their outcomes, such as "ADC".
func outcomes(t testing.TB, j *Journal, events ...tallystick.Event) string {
	t.Helper()
	verdicts, err := j.Append(context.Background(), events)
	if err != nil {
		t.Fatal(err)
	}
	return letters(verdicts)
}

func letters(verdicts []Verdict) string {
	var b strings.Builder
	for _, v := range verdicts {
		b.WriteByte(" ADC"[v.Outcome])
	}
	return b.String()
}

type records interface {
	Read(context.Context, tallystick.Position, func([]tallystick.Record) error) error
	Head() tallystick.Position
}

func readAll(t testing.TB, r records, after uint64) []tallystick.Record {
	t.Helper()
	var all []tallystick.Record
	p := tallystick.Position{Log: 1, Sequence: after}
	if err := r.Read(context.Background(), p, func(r []tallystick.Record) error { all = append(all, r...); return nil }); err != nil {
		t.Fatal(err)
	}
	for i, rec := range all {
		if want := (tallystick.Position{Log: 1, Sequence: after + uint64(i) + 1}); rec.Position != want {
			t.Fatalf("record %d has position %v, want %v", i, rec.Position, want)
		}
	}
	return all
}

func ids(records []tallystick.Record) string {
	var s []string
	for _, r := range records {
		s = append(s, r.Event.ID)
	}
	return strings.Join(s, " ")
}

func TestDuplicates(t *testing.T) {
	type step struct {
		events []tallystick.Event
		want   string
	}
	for _, c := range []struct {
		name  string
		steps []step
		kept  string
	}{
		{"the same id again", []step{
			{[]tallystick.Event{plain("t", "1", "x")}, "A"},
			{[]tallystick.Event{plain("t", "1", "x"), plain("t", "1", "y")}, "DC"},
		}, "1"},
		{"the same id in one batch", []step{{[]tallystick.Event{plain("t", "1", "x"), plain("t", "1", "x"), plain("t", "2", "x")}, "ADA"}}, "1 2"},
		{"the same id of other tenants and sources", []step{
			{[]tallystick.Event{plain("t", "1", "x"), plain("u", "1", "x"), {Tenant: "t", Source: "other", ID: "1", Type: "custom"}}, "AAA"},
		}, "1 1 1"},
		{"texts that join to the same", []step{
			{[]tallystick.Event{{Tenant: "ab", Source: "c", ID: "1"}, {Tenant: "a", Source: "bc", ID: "1"}, {Tenant: "a", Source: "b", ID: "c1"}}, "AAA"},
		}, "1 1 c1"},
		{"the same fact under another id", []step{
			{[]tallystick.Event{message("t", "1", "m", "x")}, "A"},
			{[]tallystick.Event{message("t", "2", "m", "x"), message("t", "3", "m", "y"), message("u", "2", "m", "x")}, "DCA"},
		}, "1 2"},
		{"natural keys of different types don't meet", []step{
			{[]tallystick.Event{
				{Tenant: "t", ID: "1", Type: tallystick.SessionStarted, Data: []tallystick.Value{{Field: tallystick.FieldSessionID, Text: "s"}}},
				{Tenant: "t", ID: "2", Type: tallystick.SessionEnded, Data: []tallystick.Value{{Field: tallystick.FieldSessionID, Text: "s"}}},
			}, "AA"},
		}, "1 2"},
		{"a type without a natural key", []step{
			{[]tallystick.Event{
				{Tenant: "t", ID: "1", Type: tallystick.MessageEdited, Data: []tallystick.Value{{Field: tallystick.FieldMessageID, Text: "m"}}},
				{Tenant: "t", ID: "2", Type: tallystick.MessageEdited, Data: []tallystick.Value{{Field: tallystick.FieldMessageID, Text: "m"}}},
			}, "AA"},
		}, "1 2"},
		{"a duplicate's own keys are not taken", []step{
			{[]tallystick.Event{message("t", "1", "m1", "x")}, "A"},
			{[]tallystick.Event{message("t", "2", "m1", "x")}, "D"}, // a known fact under a new id
			{[]tallystick.Event{message("t", "1", "m2", "x")}, "C"}, // a known id with a new fact
			{[]tallystick.Event{message("t", "2", "m3", "x")}, "A"},
			{[]tallystick.Event{message("t", "3", "m2", "x")}, "A"},
		}, "1 2 3"},
		{"who sent it and when makes no conflict", []step{
			{[]tallystick.Event{message("t", "1", "m", "x")}, "A"},
			{[]tallystick.Event{{Tenant: "t", Source: "backfill", ID: "9", Type: tallystick.MessageSent, Time: 5, Data: message("", "", "m", "x").Data}}, "D"},
		}, "1"},
		{"an empty batch", []step{{nil, ""}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := disktest.New()
			j := open(t, Options{FS: d})
			for _, s := range c.steps {
				if got := outcomes(t, j, s.events...); got != s.want {
					t.Errorf("outcomes %q, want %q", got, s.want)
				}
			}
			if got := ids(readAll(t, j, 0)); got != c.kept {
				t.Errorf("kept %q, want %q", got, c.kept)
			}
			closeJournal(t, j)

			// The same steps again are all known now.
			j = open(t, Options{FS: d})
			defer closeJournal(t, j)
			if got := ids(readAll(t, j, 0)); got != c.kept {
				t.Errorf("kept %q after reopening, want %q", got, c.kept)
			}
			for _, s := range c.steps[:min(1, len(c.steps))] {
				if got := outcomes(t, j, s.events...); strings.Contains(got, "A") {
					t.Errorf("outcomes %q after reopening", got)
				}
			}
		})
	}
}

func TestRead(t *testing.T) {
	d := disktest.New()
	var committed []tallystick.Record
	o := Options{FS: d, SegmentBytes: 2000, Committed: func(r []tallystick.Record) { committed = append(committed, r...) }}
	j := open(t, o)
	if !j.Head().IsZero() {
		t.Errorf("head of an empty journal is %v", j.Head())
	}
	if got := readAll(t, j, 0); len(got) != 0 {
		t.Errorf("%d records of an empty journal", len(got))
	}
	for i := range 100 {
		var events []tallystick.Event
		for k := range i % 7 {
			events = append(events, message("t", fmt.Sprintf("%d-%d", i, k), fmt.Sprintf("m%d-%d", i, k), strings.Repeat("x", i)))
		}
		outcomes(t, j, events...)
	}
	check := func(r records) {
		t.Helper()
		if r.Head() != committed[len(committed)-1].Position {
			t.Errorf("head %v", r.Head())
		}
		for _, after := range []int{0, 1, 2, 50, 100, 200, len(committed) - 1, len(committed)} {
			got := readAll(t, r, uint64(after))
			if len(got) != len(committed)-after || len(got) > 0 && !reflect.DeepEqual(got, committed[after:]) {
				t.Errorf("after %d: %d records, want %d", after, len(got), len(committed)-after)
			}
		}
		err := r.Read(context.Background(), tallystick.Position{Log: 1, Sequence: uint64(len(committed)) + 1}, nil)
		if tallystick.CodeOf(err) != tallystick.NotFound {
			t.Errorf("after the head: %v", err)
		}
		if err := r.Read(context.Background(), tallystick.Position{Log: 2, Sequence: 1}, nil); tallystick.CodeOf(err) != tallystick.NotFound {
			t.Errorf("another log: %v", err)
		}
	}
	check(j)
	if n := len(j.segments); n < 5 {
		t.Errorf("only %d segments", n)
	}
	r, err := OpenReader(context.Background(), d, "/data/journal")
	if err != nil {
		t.Fatal(err)
	}
	check(r)
	closeJournal(t, j)
	check(r)
	o.Committed = nil
	j = open(t, o)
	check(j)
	closeJournal(t, j)

	if r, err := OpenReader(context.Background(), d, "/nowhere"); err != nil || !r.Head().IsZero() {
		t.Errorf("a missing directory: %v", err)
	}
	if err := d.Remove("/data/journal/00000002.journal"); err != nil {
		t.Fatal(err)
	}
	o.Dir = "/data/journal"
	_, err = Open(context.Background(), o)
	if err == nil || !strings.Contains(err.Error(), "00000002.journal is missing") {
		t.Errorf("a missing segment: %v", err)
	}
}

func TestClosed(t *testing.T) {
	j := open(t, Options{FS: disktest.New()})
	closeJournal(t, j)
	closeJournal(t, j)
	if _, err := j.Append(context.Background(), []tallystick.Event{plain("t", "1", "x")}); tallystick.CodeOf(err) != tallystick.Unavailable {
		t.Errorf("append to a closed journal: %v", err)
	}
}

// TestConcurrentCopies hands the same events over from many sides: each is accepted once, and a copy is answered only when the first is on disk.
func TestConcurrentCopies(t *testing.T) {
	d := disktest.New()
	var mu sync.Mutex
	durable := map[string]bool{}
	j := open(t, Options{FS: d, SegmentBytes: 3000, Committed: func(records []tallystick.Record) {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range records {
			durable[r.Event.ID] = true
		}
	}})
	accepted := make([]int, 8)
	var all sync.WaitGroup
	for client := range accepted {
		all.Go(func() {
			for i := range 200 {
				id := strconv.Itoa(i)
				v, err := j.Append(context.Background(), []tallystick.Event{message("t", id, "m"+id, "x")})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if !durable[id] {
					t.Errorf("%s was answered before it was on disk", id)
				}
				mu.Unlock()
				if v[0].Outcome == Accepted {
					accepted[client]++
				}
			}
		})
	}
	all.Wait()
	sum := 0
	for _, n := range accepted {
		sum += n
	}
	if got := len(readAll(t, j, 0)); sum != 200 || got != 200 {
		t.Errorf("%d accepted, %d stored, want 200", sum, got)
	}
	closeJournal(t, j)
}

// TestOrder holds that the order of Enqueue is the order of the journal, whoever waits first.
func TestOrder(t *testing.T) {
	j := open(t, Options{FS: disktest.New(), QueueBytes: 1000})
	var tickets []*Ticket
	for i := range 500 {
		tickets = append(tickets, j.Enqueue([]tallystick.Event{plain("t", strconv.Itoa(i), "x")}))
	}
	for i := len(tickets) - 1; i >= 0; i-- {
		v, err := tickets[i].Wait(context.Background())
		if err != nil || v[0].Position.Sequence != uint64(i+1) {
			t.Fatalf("ticket %d: %v, %v", i, v, err)
		}
	}
	closeJournal(t, j)
}

func TestInterruptions(t *testing.T) {
	d := disktest.New()
	hold := make(chan struct{})
	j := open(t, Options{FS: d, Committed: func([]tallystick.Record) { <-hold }})
	ticket := j.Enqueue([]tallystick.Event{plain("t", "1", "x")})
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if v, err := ticket.Wait(ended); v != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("wait with an ended context: %v, %v", v, err)
	}
	close(hold)
	if v, err := ticket.Wait(context.Background()); err != nil || letters(v) != "A" {
		t.Errorf("the same ticket afterwards: %v, %v", v, err)
	}
	if v, err := ticket.Wait(ended); err != nil || letters(v) != "A" {
		t.Errorf("a ticket that has its answer, with an ended context: %v, %v", v, err)
	}
	enough := errors.New("enough")
	if err := j.Read(context.Background(), tallystick.Position{}, func([]tallystick.Record) error { return enough }); err != enough {
		t.Errorf("an error of fn comes back as %v", err)
	}
	if err := j.Read(ended, tallystick.Position{}, func([]tallystick.Record) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("read with an ended context: %v", err)
	}
	closeJournal(t, j)
	if _, err := Open(ended, Options{Dir: "/data/journal", FS: d}); !errors.Is(err, context.Canceled) {
		t.Errorf("open with an ended context: %v", err)
	}
	if _, err := Verify(ended, d, "/data/journal", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("verify with an ended context: %v", err)
	}
}
