package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// TestMonthsOfDays counts messages, and the different users who sent some, by day, month and other buckets of UTC and other zones, in periods that begin and end anywhere, and holds the answers to those of the oracle:
// before months were made, after that, and with messages and failures that came since.
func TestMonthsOfDays(t *testing.T) {
	var asked, daily [2]int
	for seed := range monthSeeds(3) {
		r := rand.New(rand.NewPCG(seed, 36))
		s := &monthStream{Rand: r, tenants: []string{"acme", "bolt", "cord"}[:1+r.IntN(3)], contacts: 2 + r.IntN(20), channels: []int{2, 5, 80}[r.IntN(3)]}
		monthRounds(t, s, func() [][]tallystick.Record { return [][]tallystick.Record{s.records(100 + s.IntN(300))} }, func(oracle tallystick.Engine, e *duckdb.Engine) {
			qs, kind := s.ofDays()
			sameTallies(t, fmt.Sprint("seed ", seed), oracle, e, qs)
			is, err := duckdb.Daily(e, qs[s.IntN(len(qs))])
			if err != nil {
				t.Fatal(err)
			}
			if asked[kind]++; is {
				daily[kind]++
			}
		})
	}
	for kind, what := range []string{"messages", "users"} {
		if t.Logf("%d of %d questions about %s by days", daily[kind], asked[kind], what); daily[kind] < asked[kind]/5 || daily[kind] > asked[kind]*4/5 {
			t.Errorf("of %d questions about %s %d were answered by days", asked[kind], what, daily[kind])
		}
	}
}

// ofDays draws questions about the messages of some tenants, or about the users who sent some.
func (s *monthStream) ofDays() (qs []tallystick.Tally, kind int) {
	s.month = -1
	var edges []tallystick.Instant
	zone := time.UTC
	if s.IntN(4) == 0 {
		zone = time.FixedZone("", (s.IntN(27)-12)*3600)
	}
	switch s.IntN(6) {
	case 0:
		edges = []tallystick.Instant{s.instant(), s.instant()}
	case 1, 2:
		for m := range 2 + s.IntN(4) {
			edges = append(edges, tallystick.InstantOf(time.Date(2024, 11+time.Month(m), 1, 0, 0, 0, 0, zone)))
		}
	case 3, 4: // days or weeks
		step := 1 + 6*s.IntN(2)
		for m := range 2 + s.IntN(60) {
			edges = append(edges, tallystick.InstantOf(time.Date(2024, 11, 1+m*step, 0, 0, 0, 0, zone)))
		}
	default:
		for range 2 + s.IntN(4) {
			edges = append(edges, s.monthEdge())
		}
	}
	slices.Sort(edges)
	from, before := edges[0], min(edges[len(edges)-1], tallystick.MaxInstant-1)
	if s.IntN(4) == 0 { // within the first bucket and the last
		from += tallystick.Instant(s.Int64N(int64(min(max(edges[1]-from, 1), 3*tallystick.Day))))
	}
	if s.IntN(4) == 0 {
		before = min(max(from, before-tallystick.Instant(s.IntN(30))*tallystick.Hour), before)
	}
	var asOf tallystick.Position
	if s.IntN(4) == 0 {
		asOf = s.made[len(s.made)-1-s.IntN(min(len(s.made), 60))].Position
	}
	kind = s.IntN(2)
	var where tallystick.Filter
	var by []tallystick.Dimension
	var measure tallystick.Measure
	fields := []tallystick.Field{tallystick.FieldDirection, tallystick.FieldSenderKind, tallystick.FieldChannelID, tallystick.FieldProactive, tallystick.FieldCampaignLink}
	values := func(f tallystick.Field) []string {
		switch f {
		case tallystick.FieldDirection:
			return []string{[]string{"inbound", "outbound", "internal"}[s.IntN(3)], "outbound"}
		case tallystick.FieldSenderKind:
			return []string{"user", "contact", ""}[s.IntN(3):]
		case tallystick.FieldChannelID:
			return []string{s.channel(), s.channel()}
		}
		return []string{"true", "false"}[s.IntN(2):]
	}
	countable, labelled := true, s.IntN(2) == 0
	if kind == 1 {
		where = tallystick.Filter{{Field: tallystick.FieldDirection, Values: []string{"outbound"}}, {Field: tallystick.FieldSenderKind, Values: []string{"user"}}}
		measure.Distinct = &tallystick.Dimension{Field: tallystick.FieldSenderID}
		if labelled = true; s.IntN(2) == 0 {
			by = []tallystick.Dimension{{Field: tallystick.FieldChannelID, Unlabelled: tallystick.NoGroup}}
		}
		if s.IntN(3) == 0 {
			where = append(where, tallystick.Condition{Field: tallystick.FieldChannelID, Op: tallystick.Op(s.IntN(int(tallystick.Numeric)))})
		}
	} else {
		for range s.IntN(3) {
			where = append(where, tallystick.Condition{Field: fields[s.IntN(len(fields))], Op: tallystick.Op(s.IntN(int(tallystick.Numeric)))})
		}
		for range s.IntN(3) {
			by = append(by, tallystick.Dimension{Field: fields[s.IntN(len(fields))], Unlabelled: []tallystick.Unlabelled{tallystick.KeepValue, tallystick.NoGroup}[s.IntN(2)]})
		}
		if s.IntN(5) == 0 {
			measure.Any, countable = true, s.IntN(2) == 0
			by = nil
		}
		if s.IntN(5) == 0 {
			from = tallystick.MinInstant
		}
	}
	for _, tenant := range s.tenants {
		q := tallystick.Tally{Scope: tallystick.For(tenant, asOf, before), Type: tallystick.MessageSent, From: from, Countable: countable, Measure: measure, Where: slices.Clone(where)}
		for i, c := range where {
			if c.Values == nil {
				q.Where[i].Values = values(c.Field)
			}
		}
		for _, d := range by {
			if labelled {
				d.Labels = map[string]string{}
				for range s.IntN(6) {
					if v := values(d.Field)[0]; v != "" {
						d.Labels[v] = []string{"web", "voice", "mail"}[s.IntN(3)]
					}
				}
			}
			q.By = append(q.By, d)
		}
		all := q
		if all.By = nil; s.IntN(2) == 0 && !measure.Any {
			q.Edges = edges
		}
		qs = append(qs, q, all)
		if s.IntN(2) == 0 && !measure.Any {
			all.Edges = edges
			qs = append(qs, all)
		}
	}
	return qs, kind
}
