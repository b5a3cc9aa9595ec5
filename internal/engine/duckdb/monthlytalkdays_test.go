package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// TestMonthsOfTalkDays asks for the sessions of periods that begin and end anywhere, at once or slice after slice, and for their conversations, and holds the answers to those of the oracle: before months were made, after
// that, and with events of the conversations that came since, some of them of before all others.
func TestMonthsOfTalkDays(t *testing.T) {
	var asked, learned, whole, part int
	for seed := range monthSeeds(3) {
		r := rand.New(rand.NewPCG(seed, 45))
		s := &monthStream{Rand: r}
		all := chats(r, 150+r.IntN(500))
		slower := tallystick.Instant(1 + r.IntN(5))
		for i := range all {
			ev := &all[i].Event
			ev.Time = monthsBegin + 10*tallystick.Day + (ev.Time-100*tallystick.Day)*slower
			if r.IntN(8) > 0 {
				continue
			}
			if id := ev.Text(tallystick.FieldConversationID); ev.Type == tallystick.MessageSent && id != "" {
				ev.Type, ev.Data = []string{tallystick.ConversationUpdated, tallystick.ConversationSolved}[r.IntN(2)], []tallystick.Value{{Field: tallystick.FieldConversationID, Text: id}}
			}
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
				switch r.IntN(5) {
				case 0:
					return s.monthEdge()
				case 1:
					return s.made[r.IntN(len(s.made))].Event.Time + tallystick.Instant(r.IntN(3)-1)
				case 2:
					return s.made[r.IntN(len(s.made))].Event.Time / tallystick.Day * tallystick.Day
				}
				return first + tallystick.Instant(r.Int64N(int64(max(last-first, 1))))
			}
			asOf := s.made[len(s.made)-1].Position
			if r.IntN(4) == 0 {
				asOf = s.made[len(s.made)-1-r.IntN(min(len(s.made), 60))].Position
			}
			before := instant()
			if r.IntN(3) == 0 {
				before = last
			}
			scope := tallystick.For([]string{"acme", "bolt"}[r.IntN(2)], asOf, before)
			times, from := 1+r.IntN(3), min(instant(), before)
			length := (before-from)/tallystick.Instant(times) + 1
			ofOracle, ofEngine := &tallystick.Reading{}, &tallystick.Reading{}
			if times == 1 && r.IntN(2) == 0 {
				ofEngine = nil
			}
			for i := range times {
				q := tallystick.Sessions{Scope: scope, From: from + tallystick.Instant(i)*length, Until: from + tallystick.Instant(i+1)*length, Reading: ofOracle}
				if q.Until >= before || q.Until == 0 {
					q.Until = before
				}
				own := q
				own.Reading = ofEngine
				var ids []string
				for _, p := range sameSessions(t, seed, oracle, e, q, own) {
					ids = append(ids, p.Conversation)
				}
				want, err := oracle.Conversations(t.Context(), tallystick.Conversations{Scope: scope, IDs: ids, Reading: ofOracle})
				if err != nil {
					t.Fatal(err)
				}
				got, err := e.Conversations(t.Context(), tallystick.Conversations{Scope: scope, IDs: ids, Reading: ofEngine})
				if err != nil || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
					t.Errorf("seed %d, of %v in %+v: %v\n%v\nwant\n%v", seed, ids, q, err, got, want)
				}
				if t.Failed() {
					t.FailNow()
				}
				if len(ids) == 0 || r.IntN(3) > 0 {
					continue
				}
				var all []string
				for i := range 40 {
					all = append(all, fmt.Sprint("v", i))
				}
				known, n, err := duckdb.Learn(e, scope, ids, all, q.From, min(q.Until+tallystick.Instant(r.IntN(3))*tallystick.Day, before), r.IntN(20))
				if err != nil {
					t.Fatal(err)
				}
				all = all[:0]
				for _, c := range known {
					all = append(all, c.ID)
				}
				if want, err := oracle.Conversations(t.Context(), tallystick.Conversations{Scope: scope, IDs: all}); err != nil || !slices.Equal(known, want) {
					t.Fatalf("seed %d, learned with %v since %s in %+v: %v\n%v\nwant\n%v", seed, ids, q.From, scope, err, known, want)
				}
				if asked++; n > 0 {
					learned++
					if before%tallystick.Day == 0 {
						whole++
					} else {
						part++
					}
				}
			}
		})
	}
	if t.Logf("%d of %d questions by days, %d of these of whole ones", learned, asked, whole); learned < asked/4 || learned > asked*9/10 || whole < learned/8 || part < learned/8 {
		t.Errorf("of %d questions %d were answered by days, %d of whole ones and %d of others", asked, learned, whole, part)
	}
}
