package duckdb_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// TestMonthsOfTalks counts the different conversations and tickets of sessions in periods and buckets that begin and end anywhere, and holds the answers to those of the oracle: before months were made, after that, and
// with sessions, tickets and failures that came since. Nearly everything is about sessions that are made again, and names that others have, too.
func TestMonthsOfTalks(t *testing.T) {
	var asked, monthly, apart int
	for seed := range monthSeeds(2) {
		r := rand.New(rand.NewPCG(seed, 38))
		s := &monthStream{Rand: r}
		all := chats(r, 150+r.IntN(600))
		slower := tallystick.Instant(1 + r.IntN(5))
		for i := range all {
			at := &all[i].Event.Time
			*at = monthsBegin + 10*tallystick.Day + (*at-100*tallystick.Day)*slower
		}
		s.made = all[:1]
		rest := all
		monthRounds(t, s, func() [][]tallystick.Record {
			n := min(len(rest), len(all)/5+1)
			batch := rest[:n]
			rest = rest[n:]
			s.made = all[:len(all)-len(rest)]
			return slices.Collect(slices.Chunk(batch, 1+r.IntN(60)))
		}, func(oracle tallystick.Engine, e *duckdb.Engine) {
			first, last := monthsBegin, s.made[len(s.made)-1].Event.Time+3*tallystick.Day
			instant := func() tallystick.Instant {
				switch r.IntN(4) {
				case 0:
					return s.monthEdge()
				case 1:
					return s.made[r.IntN(len(s.made))].Event.Time + tallystick.Instant(r.IntN(3)-1)
				}
				return first + tallystick.Instant(r.Int64N(int64(max(last-first, 1))))
			}
			asOf := tallystick.Position{}
			if r.IntN(4) == 0 {
				asOf = s.made[len(s.made)-1-r.IntN(min(len(s.made), 60))].Position
			}
			before := instant()
			if r.IntN(2) == 0 {
				before = last
			}
			q := tallystick.SessionCounts{
				Scope: tallystick.For([]string{"acme", "bolt"}[r.IntN(2)], asOf, before), From: min(instant(), before),
				Of: []tallystick.Field{tallystick.FieldTicketID, tallystick.FieldConversationID, tallystick.FieldSessionID}[:1+r.IntN(3)],
			}
			if r.IntN(3) == 0 {
				q.From = min(first, before)
			}
			if r.IntN(2) == 0 {
				q.Edges = []tallystick.Instant{q.From, before}
				for range r.IntN(20) {
					if at := instant(); at > q.From && at < before {
						q.Edges = append(q.Edges, at)
					}
				}
				slices.Sort(q.Edges)
			}
			sameCounts(t, seed, oracle, e, q)
			if r.IntN(2) == 0 {
				sameCountsTogether(t, seed, oracle, e, q)
			}
			if t.Failed() {
				t.FailNow()
			}
			if r.IntN(3) > 0 {
				return
			}
			is, told, err := duckdb.MonthlyTalks(e, q)
			if err != nil {
				t.Fatal(err)
			}
			if asked++; is {
				monthly++
				if told {
					apart++
				}
			}
		})
	}
	if t.Logf("%d of %d questions by months, %d of these told some apart", monthly, asked, apart); monthly < asked/4 || monthly > asked*9/10 || apart < monthly/8 || apart > monthly*7/8 {
		t.Errorf("of %d questions %d were answered by months, and %d told some apart", asked, monthly, apart)
	}
}
