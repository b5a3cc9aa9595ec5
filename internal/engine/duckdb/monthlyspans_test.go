package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// TestMonthsOfSpans asks for peaks of sessions and flows that begin and end in any order of events, some after their month was made and some never, and holds the answers to those of the oracle: before months were made,
// after that, and with events that came since.
func TestMonthsOfSpans(t *testing.T) {
	var asked, monthly int
	for seed := range monthSeeds(4) {
		r := rand.New(rand.NewPCG(seed, 37))
		s := &monthStream{Rand: r, tenants: []string{"acme", "bolt", "cord"}[:1+r.IntN(3)]}
		odd := r.IntN(4) == 0 // some events are of no month
		monthRounds(t, s, func() [][]tallystick.Record { return [][]tallystick.Record{s.spans(50+s.IntN(200), odd)} }, func(oracle tallystick.Engine, e *duckdb.Engine) {
			qs := s.peaks()
			got, err := tallystick.Peaks(context.Background(), e, qs)
			if err != nil {
				t.Fatal(err)
			}
			for i, q := range qs {
				want, err := oracle.Peak(context.Background(), q)
				if err != nil {
					t.Fatal(err)
				}
				if fmt.Sprint(want) != fmt.Sprint(got[i]) {
					t.Fatalf("seed %d, question %d: %+v\nwant %+v\n got %+v", seed, i, q, want, got[i])
				}
			}
			is, err := duckdb.MonthlySpans(e, qs[0])
			if err != nil {
				t.Fatal(err)
			}
			if asked++; is {
				monthly++
			}
		})
	}
	if t.Logf("%d of %d questions by months", monthly, asked); monthly < asked/4 || monthly == asked {
		t.Errorf("of %d questions %d were answered by months", asked, monthly)
	}
}

// spans makes events that begin and end spans.
func (s *monthStream) spans(n int, odd bool) []tallystick.Record {
	begin := len(s.made)
	for range n {
		i := len(s.made)
		ev := tallystick.Event{Tenant: s.tenants[s.IntN(len(s.tenants))], Time: s.instant()}
		if !odd {
			ev.Time = min(max(ev.Time, monthsBegin-tallystick.Day), monthsBegin+200*tallystick.Day)
		}
		if s.IntN(12) == 0 { // a month has messages, too
			ev.Type = tallystick.MessageSent
			ev.Data = []tallystick.Value{{Field: tallystick.FieldMessageID, Text: fmt.Sprint("m", i)}}
		} else if n := len(s.conversations); n > 0 && s.IntN(2) == 0 {
			// The spans that have not ended are in the list with the position of what begins them, or of nothing: then only what ends one comes yet.
			at := s.IntN(n)
			of := s.conversations[at]
			s.conversations = slices.Delete(s.conversations, at, at+1)
			var number int
			fmt.Sscanf(of[1:], "%d", &number)
			start := s.made[number].Event
			ev.Tenant = start.Tenant
			if s.IntN(3) > 0 && start.Time > tallystick.MinInstant/2 && start.Time < tallystick.MaxInstant/2 {
				ev.Time = start.Time + tallystick.Instant(s.Int64N(int64(4*tallystick.Day))) - tallystick.Hour
			}
			ev.Type, ev.Data = tallystick.SessionEnded, []tallystick.Value{{Field: tallystick.FieldSessionID, Text: of}}
			if of[0] == 'f' {
				ev.Type, ev.Data = tallystick.FlowEnded, []tallystick.Value{{Field: tallystick.FieldFlowRunID, Text: of}}
			}
		} else {
			var application []tallystick.Value
			if a := []string{"", "Web", "Mobile", "Desk"}[s.IntN(4)]; a != "" {
				application = []tallystick.Value{{Field: tallystick.FieldApplication, Text: a}}
			}
			id := fmt.Sprint("s", i)
			ev.Type, ev.Data = tallystick.SessionStarted, append([]tallystick.Value{{Field: tallystick.FieldSessionID, Text: id}, {Field: tallystick.FieldKind, Text: []string{"agent", "agent", "bot"}[s.IntN(3)]}}, application...)
			if s.IntN(2) == 0 {
				id = fmt.Sprint("f", i)
				ev.Type, ev.Data = tallystick.FlowStarted, append([]tallystick.Value{{Field: tallystick.FieldFlowRunID, Text: id}}, application...)
				if s.IntN(4) == 0 {
					ev.Data = append(ev.Data, tallystick.Value{Field: tallystick.FieldPreview, Text: []string{"true", "false"}[s.IntN(2)]})
				}
			}
			s.conversations = append(s.conversations, id)
		}
		s.made = append(s.made, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(i) + 1}, Event: ev})
	}
	return s.made[begin:]
}

// peaks draws questions about the spans of some tenants.
func (s *monthStream) peaks() (qs []tallystick.Peak) {
	s.month = -1
	from, before := s.monthEdge(), s.monthEdge()
	if s.IntN(3) == 0 {
		from = s.instant()
	}
	from, before = min(from, before), max(from, before)
	if s.IntN(10) == 0 {
		from = tallystick.MinInstant
	}
	before = min(before, tallystick.MaxInstant-1)
	var asOf tallystick.Position
	if s.IntN(4) == 0 {
		asOf = s.made[len(s.made)-1-s.IntN(min(len(s.made), 60))].Position
	}
	q := tallystick.Peak{Span: []tallystick.Span{tallystick.SessionSpan, tallystick.FlowSpan}[s.IntN(2)], From: from, Summed: s.IntN(2) == 0}
	if s.IntN(2) == 0 {
		q.OpenLimit = tallystick.Instant(1+s.IntN(72)) * tallystick.Hour
	}
	if from > tallystick.MinInstant && before-from < 400*tallystick.Day && s.IntN(2) == 0 {
		for at := from; at < before; at += tallystick.Instant(1+s.IntN(60)) * 7 * tallystick.Hour {
			q.Edges = append(q.Edges, at)
		}
		q.Edges = append(q.Edges, before)
		if len(q.Edges) < 2 {
			q.Edges = nil
		}
	}
	for range s.IntN(3) {
		f := []tallystick.Field{tallystick.FieldKind, tallystick.FieldPreview, tallystick.FieldApplication}[s.IntN(3)]
		q.Where = append(q.Where, tallystick.Condition{Field: f, Op: tallystick.Op(s.IntN(int(tallystick.Numeric))), Values: []string{"agent", "true", "false", "Web", "Desk"}[s.IntN(4):]})
	}
	by := []tallystick.Dimension{{Field: tallystick.FieldApplication}}
	if s.IntN(4) == 0 {
		by = append(by, tallystick.Dimension{Field: tallystick.FieldKind})
	}
	for _, tenant := range s.tenants {
		q := q
		q.Scope = tallystick.For(tenant, asOf, before)
		grouped := q
		grouped.By = by
		qs = append(qs, q, grouped)
	}
	return qs
}
