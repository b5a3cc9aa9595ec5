package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

func event(seq uint64, kind string, data ...tallystick.Value) tallystick.Record {
	return tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: seq}, Event: tallystick.Event{
		Tenant: "acme", Type: kind, Time: tallystick.Instant(seq) * tallystick.Second, Data: data,
	}}
}

func everything() tallystick.Scope {
	return tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant)
}

func TestTextsComeBackAsTheyWere(t *testing.T) {
	texts := []string{
		"a", "twelve bytes", "thirteen byte", "thirteen byt", "\x00", "a\x00b", "longer than twelve\x00bytes", "'\"\\;--", "$1", "été", "😀",
		strings.Repeat("x", 255), strings.Repeat("é", 500_000), "NULL", " ", "\n", "\uFFFD", "long enough not to be short 1", "long enough not to be short 2",
	}
	e := open(t, t.TempDir())
	defer e.Close()
	var records []tallystick.Record
	for i, text := range texts {
		records = append(records, event(uint64(i+1), tallystick.BotUpserted,
			tallystick.Value{Field: tallystick.FieldBotID, Text: fmt.Sprint(i)}, tallystick.Value{Field: tallystick.FieldName, Text: text}))
	}
	mustApply(t, e, records)
	list, err := e.List(context.Background(), tallystick.List{
		Scope: everything(), Types: []string{tallystick.BotUpserted}, From: tallystick.MinInstant, Fields: []tallystick.Field{tallystick.FieldName},
	})
	if err != nil || len(list) != len(texts) {
		t.Fatalf("%d of %d events: %v", len(list), len(texts), err)
	}
	for i, text := range texts {
		if list[i].Texts[0] != text {
			t.Errorf("%.40q came back as %.40q", text, list[i].Texts[0])
		}
	}
	for _, values := range [][]string{texts[4:6], texts[11:14], texts} { // one by one, and as a list
		counts, err := e.Tally(context.Background(), tallystick.Tally{
			Scope: everything(), Type: tallystick.BotUpserted, From: tallystick.MinInstant,
			Where: tallystick.Filter{{Field: tallystick.FieldName, Op: tallystick.In, Values: values}},
			By:    []tallystick.Dimension{{Field: tallystick.FieldName, Labels: map[string]string{texts[5]: texts[6]}}},
		})
		found := int64(0)
		for _, c := range counts {
			found += c.Value
		}
		if err != nil || found != int64(len(values)) {
			t.Errorf("%d of %d values are found: %v", found, len(values), err)
		}
	}
}

func TestTextThatIsNotUTF8(t *testing.T) {
	ctx := context.Background()
	e := open(t, t.TempDir())
	defer e.Close()
	mustApply(t, e, []tallystick.Record{event(1, tallystick.BotUpserted, tallystick.Value{Field: tallystick.FieldBotID, Text: "b"})})
	bad := []tallystick.Record{
		event(2, tallystick.BotUpserted, tallystick.Value{Field: tallystick.FieldBotID, Text: "b2"}),
		event(3, tallystick.BotUpserted, tallystick.Value{Field: tallystick.FieldBotID, Text: "b\xff"}),
	}
	if err := e.Apply(ctx, bad); err == nil || !strings.Contains(err.Error(), "1-3") {
		t.Errorf("Apply: %v; want an error that names the record", err)
	}
	if p, _ := e.Applied(ctx, 1); p.Sequence != 1 {
		t.Errorf("applied %s", p)
	}
	mustApply(t, e, bad[:1]) // the engine itself is well
	for _, q := range []tallystick.Tally{
		{Where: tallystick.Filter{{Field: tallystick.FieldBotID, Op: tallystick.In, Values: []string{"b\xff", "b"}}}},
		{Where: tallystick.Filter{{Field: tallystick.FieldBotID, Op: tallystick.NotIn, Values: []string{"b\xff", "b2"}}}},
		{Where: tallystick.Filter{{Field: tallystick.FieldBotID, Op: tallystick.In, Values: []string{"b"}}},
			By: []tallystick.Dimension{{Field: tallystick.FieldBotID, Labels: map[string]string{"b\xff": "x"}}}},
	} {
		q.Scope, q.Type, q.From = everything(), tallystick.BotUpserted, tallystick.MinInstant
		counts, err := e.Tally(ctx, q)
		if err != nil || len(counts) != 1 || counts[0].Value != 1 {
			t.Errorf("%v: %v, %v", q.Where, counts, err)
		}
	}
	if counts, err := e.Tally(ctx, tallystick.Tally{Scope: tallystick.For("\xff", tallystick.Position{}, tallystick.MaxInstant), Type: tallystick.BotUpserted}); err != nil || len(counts) != 0 {
		t.Errorf("a tenant that can't be: %v, %v", counts, err)
	}
}

func TestTypesWithoutATable(t *testing.T) {
	ctx := context.Background()
	e := open(t, t.TempDir())
	defer e.Close()
	mustApply(t, e, []tallystick.Record{
		event(1, "com.example.door", tallystick.Value{Field: tallystick.FieldName, Text: "front"}), event(2, "com.example.lift"), event(3, "com.example.door"),
	})
	counts, err := e.Tally(ctx, tallystick.Tally{Scope: everything(), Type: "com.example.door", From: tallystick.MinInstant, By: []tallystick.Dimension{{Field: tallystick.FieldName}}})
	if want := []tallystick.Count{{Group: []string{""}, Value: 2}}; err != nil || !reflect.DeepEqual(counts, want) {
		t.Errorf("Tally: %v, %v; want %v", counts, err, want)
	}
	tenants, err := e.Tenants(ctx, tallystick.Position{}, tallystick.MaxInstant)
	if err != nil || !reflect.DeepEqual(tenants, []string{"acme"}) {
		t.Errorf("Tenants: %v, %v", tenants, err)
	}
}

func TestSums(t *testing.T) {
	for _, c := range []struct {
		name    string
		numbers []int64
		roundUp int64
		want    string
	}{
		{"the largest", []int64{math.MaxInt64 - 1, 1}, 0, "9223372036854775807"},
		{"past the largest", []int64{math.MaxInt64, 1}, 0, "too large"},
		{"past the smallest", []int64{math.MinInt64, -1}, 1, "too large"},
		{"there and back", []int64{math.MaxInt64, 1, -1}, 0, "9223372036854775807"},
		{"rounded up past the largest", []int64{math.MaxInt64}, 6, "too large"},
		{"up is towards the larger", []int64{-7, -6, -1, 0, 1, 6, 7}, 6, "12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := open(t, t.TempDir())
			defer e.Close()
			for i, n := range c.numbers {
				mustApply(t, e, []tallystick.Record{event(uint64(i+1), tallystick.CallEnded, tallystick.Value{Field: tallystick.FieldDurationSeconds, Int: n})})
			}
			counts, err := e.Tally(context.Background(), tallystick.Tally{
				Scope: everything(), Type: tallystick.CallEnded, From: tallystick.MinInstant,
				Measure: tallystick.Measure{Sum: tallystick.FieldDurationSeconds, RoundUp: c.roundUp},
			})
			got := "too large"
			if err == nil {
				got = fmt.Sprint(counts[0].Value)
			}
			if got != c.want {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

// TestBuckets compares every way to find a bucket with the oracle's: inner edges on a grid, on none, one alone, repeated ones.
func TestBuckets(t *testing.T) {
	ctx := context.Background()
	e, oracle := open(t, t.TempDir()), memory.New()
	defer e.Close()
	seed := time.Now().UnixNano()
	r := rand.New(rand.NewPCG(uint64(seed), 2))
	var records []tallystick.Record
	for i := range uint64(3000) {
		ev := event(i+1, tallystick.ChannelConnected, tallystick.Value{Field: tallystick.FieldChannelID, Text: fmt.Sprint(i % 3)})
		ev.Event.Time = tallystick.Instant(r.IntN(1000)) * tallystick.Minute
		records = append(records, ev)
	}
	mustApply(t, e, records)
	mustApply(t, oracle, records)
	const m = tallystick.Minute
	for _, edges := range [][]tallystick.Instant{
		nil, {0, 1000 * m}, {1, 999*m + 7}, {0, 500 * m, 1000 * m}, {0, 500 * m, 500 * m, 500 * m, 1000 * m}, {0, 0, 500 * m, 1000 * m, 1000 * m},
		{17, 60 * m, 120 * m, 180 * m, 777 * m}, {3 * m, 60 * m, 120 * m, 120 * m, 240 * m, 999 * m}, {0, 15 * m, 900 * m, 1000 * m},
		{0, 15*m + 1, 30 * m, 30*m + 1, 30*m + 1, 777*m + 7, 1000 * m}, {0, 1, 500 * m, 999*m + 59_999_999, 1000 * m},
		{tallystick.MinInstant, 100 * m, 200*m + 1, 300*m + 3, tallystick.MaxInstant},
	} {
		q := tallystick.Tally{Type: tallystick.ChannelConnected, By: []tallystick.Dimension{{Field: tallystick.FieldChannelID}}, Edges: edges}
		q.Scope, q.From = everything(), tallystick.MinInstant
		if edges != nil {
			q.Before, q.From = edges[len(edges)-1], edges[0]
		}
		want, _ := oracle.Tally(ctx, q)
		got, err := e.Tally(ctx, q)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d, edges %v: %v, %v; want %v", seed, edges, got, err, want)
		}
	}
}

func TestLongLists(t *testing.T) {
	ctx := context.Background()
	e := open(t, t.TempDir())
	defer e.Close()
	mustApply(t, e, messages("acme", 0, 1000))
	values, labels := make([]string, 100_000), map[string]string{}
	for i := range values {
		values[i] = fmt.Sprintf("message number %d", i+500)
		labels[values[i]] = fmt.Sprintf("label %d", i/100)
	}
	counts, err := e.Tally(ctx, tallystick.Tally{
		Scope: everything(), Type: tallystick.MessageSent, From: tallystick.MinInstant,
		Where: tallystick.Filter{{Field: tallystick.FieldMessageID, Op: tallystick.In, Values: values}},
		By:    []tallystick.Dimension{{Field: tallystick.FieldMessageID, Labels: labels, Unlabelled: tallystick.NoGroup}},
	})
	if err != nil || len(counts) != 6 || counts[0].Value != 100 || counts[5].Value != 1 {
		t.Errorf("%v, %v", counts, err)
	}
}

func TestAnswersGiveUpWithTheirContext(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	mustApply(t, e, messages("acme", 0, 100_000))
	ask := func(ctx context.Context) error {
		_, err := e.Tally(ctx, tallystick.Tally{
			Scope: everything(), Type: tallystick.MessageSent, From: tallystick.MinInstant, Countable: true,
			By: []tallystick.Dimension{{Field: tallystick.FieldMessageID}, {Field: tallystick.FieldSenderID}},
		})
		return err
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := ask(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	whole := time.Now()
	if err := ask(context.Background()); err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(context.Background(), time.Since(whole)/4)
	defer cancel()
	if err := ask(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after a quarter of its time: %v", err)
	}
	if err := ask(context.Background()); err != nil {
		t.Errorf("after answers that were given up: %v", err)
	}
}

// ending is a context that ends when it has been asked a number of times.
type ending struct {
	context.Context
	left atomic.Int32
}

func (c *ending) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func TestApplyThatWasGivenUpLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	for after := range int32(8) {
		e := open(t, dir)
		ctx := &ending{Context: context.Background()}
		ctx.left.Store(after * 5)
		before, _ := e.Applied(context.Background(), 1)
		err := e.Apply(ctx, messages("acme", before.Sequence, 20_000))
		want := int(before.Sequence) + map[bool]int{true: 20_000}[err == nil]
		holds(t, e, "acme", want)
		if err != nil { // it may come again
			mustApply(t, e, messages("acme", before.Sequence, 1))
			want++
			holds(t, e, "acme", want)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		e = open(t, dir)
		holds(t, e, "acme", want)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestApplyRefusesDisorder(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	records := messages("acme", 0, 3)
	records[1], records[2] = records[2], records[1]
	if err := e.Apply(context.Background(), records); err == nil {
		t.Error("records out of order are applied")
	}
	mustApply(t, e, messages("acme", 0, 3))
	other := messages("acme", 0, 1)
	other[0].Position.Log = 2
	if err := e.Apply(context.Background(), other); err == nil {
		t.Error("a tenant's record of another log is applied")
	}
	holds(t, e, "acme", 3)
}
