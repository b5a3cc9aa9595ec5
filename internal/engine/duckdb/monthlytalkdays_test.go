package duckdb_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestMonthsOfTalkDays asks for the sessions of periods that begin and end anywhere, at once or slice after slice, and for their conversations, and holds the answers to those of the oracle: before months were made, after
// that, and with events of the conversations that came since, some of them of before all others.
func TestMonthsOfTalkDays(t *testing.T) {
	var asked, learned, whole, part int
	for seed := range monthSeeds(3) {
		r, more := rand.New(rand.NewPCG(seed, 45)), rand.New(rand.NewPCG(seed, 46))
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
			times, from, ownTickets := 1+r.IntN(3), min(instant(), before), more.IntN(3) == 0
			duckdb.LearnFew(e, 1+more.IntN(40))
			length := (before-from)/tallystick.Instant(times) + 1
			ofOracle, ofEngine := &tallystick.Reading{}, &tallystick.Reading{}
			if times == 1 && r.IntN(2) == 0 {
				ofEngine = nil
			}
			ofConversations := ofEngine
			if ownTickets { // as who asks for sessions and for the conversations of others at the same time
				ofConversations = &tallystick.Reading{}
				defer ofConversations.Close() // behind the questions of this round
			}
			for i := range times {
				q := tallystick.Sessions{Scope: scope, From: from + tallystick.Instant(i)*length, Until: from + tallystick.Instant(i+1)*length, OwnTickets: ownTickets, Reading: ofOracle}
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
				ofThese := tallystick.Conversations{Scope: scope, IDs: ids, Reading: ofConversations}
				if ownTickets {
					ofThese.From, ofThese.Until = q.From, q.Until
				}
				got, err := e.Conversations(t.Context(), ofThese)
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

// TestTalksOfADividedDay asks for sessions and conversations of periods that end at noon, at which more was said of them in the afternoon than the rows of that day tell apart, and something came since.
func TestTalksOfADividedDay(t *testing.T) {
	duckdb.MergeLate()
	defer duckdb.MergeSoon()
	at := func(day, hour tallystick.Instant) tallystick.Instant {
		return monthsBegin + (day-1)*tallystick.Day + hour*tallystick.Hour
	}
	event := func(kind string, when tallystick.Instant, fields ...tallystick.Value) tallystick.Event {
		return tallystick.Event{Tenant: "acme", Type: kind, Time: when, Data: fields}
	}
	text := func(f tallystick.Field, s string) tallystick.Value { return tallystick.Value{Field: f, Text: s} }
	updated := func(conversation string, when tallystick.Instant) tallystick.Event {
		return event(tallystick.ConversationUpdated, when, text(tallystick.FieldConversationID, conversation))
	}
	message := func(conversation, session string, when tallystick.Instant) tallystick.Event {
		return event(tallystick.MessageSent, when, text(tallystick.FieldMessageID, "m"), text(tallystick.FieldDirection, "inbound"), text(tallystick.FieldSenderKind, "contact"), text(tallystick.FieldSenderID, "c"),
			text(tallystick.FieldContactID, "c"), text(tallystick.FieldContentKind, "text"), text(tallystick.FieldPreview, "false"), text(tallystick.FieldBotID, "b"), text(tallystick.FieldConversationID, conversation),
			text(tallystick.FieldSessionID, session))
	}
	for name, c := range map[string]struct {
		kept, since []tallystick.Event
		from        tallystick.Instant
	}{
		// Its only row in the period is that of the last day, and tells of the afternoon.
		"of a session that started after its interaction": {[]tallystick.Event{
			message("x", "s", at(5, 10)), event(tallystick.SessionStarted, at(12, 9), text(tallystick.FieldSessionID, "s"), text(tallystick.FieldKind, "bot")), updated("x", at(20, 18)),
		}, []tallystick.Event{updated("x", at(3, 10))}, at(10, 0)},
		// The row of the last day hides the message, since it was created then.
		"created in the afternoon": {[]tallystick.Event{
			updated("x", at(19, 10)), message("x", "", at(20, 8)), event(tallystick.ConversationCreated, at(20, 15), text(tallystick.FieldConversationID, "x")),
		}, []tallystick.Event{updated("x", at(20, 10))}, at(18, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			oracle, e := memory.New(), openFlushing(t, t.TempDir(), 1000)
			defer e.Close()
			position := tallystick.Position{Log: 1}
			apply := func(events []tallystick.Event) {
				var records []tallystick.Record
				for _, event := range events {
					position.Sequence++
					event.ID = fmt.Sprint("e", position.Sequence)
					records = append(records, tallystick.Record{Position: position, Event: event})
				}
				mustApply(t, oracle, records)
				mustApply(t, e, records)
			}
			apply(c.kept)
			if err := errors.Join(duckdb.Flush(e), duckdb.MergeAll(t.Context(), e), duckdb.Tidy(t.Context(), e, 100)); err != nil {
				t.Fatal(err)
			}
			if n, err := duckdb.Rows(e, "talk_days"); n == 0 || err != nil {
				t.Fatalf("%d rows of days, %v", n, err)
			}
			apply(c.since)
			scope := tallystick.For("acme", position, at(20, 12))
			for _, reading := range []*tallystick.Reading{nil, {}} {
				q := tallystick.Sessions{Scope: scope, From: c.from, Until: scope.Before}
				own := q
				own.Reading = reading
				parts := sameSessions(t, 0, oracle, e, q, own)
				if len(parts) != 1 {
					t.Fatalf("%d parts of sessions: %+v", len(parts), parts)
				}
				ids := []string{parts[0].Conversation}
				want, err := oracle.Conversations(t.Context(), tallystick.Conversations{Scope: scope, IDs: ids})
				if err != nil {
					t.Fatal(err)
				}
				if got, err := e.Conversations(t.Context(), tallystick.Conversations{Scope: scope, IDs: ids, Reading: reading}); err != nil || !slices.Equal(got, want) {
					t.Errorf("read together: %t, got %+v, %v, want %+v", reading != nil, got, err, want)
				}
			}
		})
	}
}
