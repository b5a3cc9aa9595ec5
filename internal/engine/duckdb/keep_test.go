package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// chats makes messages of bots with a few contacts over some weeks: some are late, some fail, sooner or much later, some failures are of messages that come after them or never,
// and few have a session id.
func chats(r *rand.Rand, n int) []tallystick.Record {
	var events []tallystick.Event
	value := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
	now := 100 * tallystick.Day
	type due struct {
		at    int
		event tallystick.Event
	}
	var later []due
	givers, said := r.IntN(3), map[string]bool{}
	for i := range n {
		now += tallystick.Instant(r.Int64N(int64(2 * tallystick.Hour)))
		at := now
		switch r.IntN(12) {
		case 0:
			at -= tallystick.Instant(r.Int64N(int64(15 * tallystick.Day)))
		case 1:
			at -= at % tallystick.Day // many at one instant
		}
		tenant := []string{"acme", "acme", "bolt"}[r.IntN(3)]
		contact := fmt.Sprintf("c%d", r.IntN(6))
		e := tallystick.Event{Tenant: tenant, Type: tallystick.MessageSent, Time: at, Data: []tallystick.Value{value(tallystick.FieldMessageID, fmt.Sprint("m", i))}}
		if r.IntN(2) == 0 {
			e.Data = append(e.Data, value(tallystick.FieldDirection, "inbound"), value(tallystick.FieldSenderKind, "contact"), value(tallystick.FieldSenderID, contact))
		} else {
			e.Data = append(e.Data, value(tallystick.FieldDirection, []string{"outbound", "outbound", "internal"}[r.IntN(3)]), value(tallystick.FieldSenderKind, "bot"),
				value(tallystick.FieldSenderID, "b1"), value(tallystick.FieldContactID, contact))
		}
		if r.IntN(9) > 0 {
			e.Data = append(e.Data, value(tallystick.FieldBotID, fmt.Sprint("b", r.IntN(2))), value(tallystick.FieldBotVersion, fmt.Sprint(r.IntN(2))))
		}
		if r.IntN(3) > 0 {
			conversation := fmt.Sprint("v", i/100*4+r.IntN(9)) // some are only of some days
			e.Data = append(e.Data, value(tallystick.FieldConversationID, conversation))
			if r.IntN(4) == 0 && !said[tenant+conversation] {
				said[tenant+conversation] = true
				c := tallystick.Event{Tenant: tenant, Type: tallystick.ConversationCreated, Time: at + tallystick.Instant(r.IntN(3)-1)*tallystick.Day, Data: []tallystick.Value{
					value(tallystick.FieldConversationID, conversation)}}
				if r.IntN(4) > 0 {
					c.Data = append(c.Data, value(tallystick.FieldTicketID, fmt.Sprint("t", r.IntN(6))))
				}
				later = append(later, due{i + r.IntN(30), c})
			}
		}
		if r.IntN(9) == 0 {
			e.Data = append(e.Data, value(tallystick.FieldContentKind, "event"))
		}
		if r.IntN(20) == 0 {
			e.Data = append(e.Data, value(tallystick.FieldTicketID, fmt.Sprint("t", r.IntN(4))))
		}
		if contact < fmt.Sprint("c", givers) && r.IntN(6) == 0 {
			session := fmt.Sprint("s", r.IntN(3))
			e.Data = append(e.Data, value(tallystick.FieldSessionID, session))
			if r.IntN(3) == 0 && !said[tenant+session] { // it is the natural key of its start
				said[tenant+session] = true
				later = append(later, due{i + r.IntN(30), tallystick.Event{Tenant: tenant, Type: tallystick.SessionStarted, Time: at, Data: []tallystick.Value{
					value(tallystick.FieldSessionID, session), value(tallystick.FieldKind, []string{"agent", "bot"}[r.IntN(2)])}}})
			}
		}
		if r.IntN(12) == 0 {
			f := tallystick.Event{Tenant: tenant, Type: tallystick.MessageFailed, Time: at + tallystick.Instant(r.Int64N(int64(tallystick.Hour)))}
			id := fmt.Sprint("m", i)
			switch r.IntN(8) {
			case 0:
				f.Time += 9 * tallystick.Day // longer than it is looked for at first
			case 1:
				f.Time -= 2 * tallystick.Hour
			case 2:
				id = fmt.Sprint("m", i+r.IntN(40)) // of a message to come
			case 3:
				id = fmt.Sprint("never", i)
			}
			if !said[tenant+id] {
				said[tenant+id] = true
				f.Data = []tallystick.Value{value(tallystick.FieldMessageID, id)}
				later = append(later, due{i + r.IntN(1+[]int{2, 20, 150}[r.IntN(3)]), f})
			}
		}
		events = append(events, e)
		rest := later[:0]
		for _, d := range later {
			if d.at <= i {
				events = append(events, d.event)
			} else {
				rest = append(rest, d)
			}
		}
		later = rest
	}
	records := make([]tallystick.Record, len(events))
	for i := range events {
		records[i] = tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(i) + 1}, Event: events[i]}
	}
	return records
}

// TestKeptSessions holds the sessions that flushes keep to those of the oracle, about any period and position, for streams in which nearly everything is about them.
func TestKeptSessions(t *testing.T) {
	seeds := uint64(4)
	if os.Getenv("TALLYSTICK_LONG") == "1" {
		seeds = 200
	}
	kept, voids := 0, 0
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 7))
		records := chats(r, 200+r.IntN(500))
		oracle, e := memory.New(), openFlushing(t, t.TempDir(), 1+r.IntN(150))
		for rest := records; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(40))
			mustApply(t, oracle, rest[:n])
			mustApply(t, e, rest[:n])
			rest = rest[n:]
		}
		if r.IntN(2) == 0 {
			if err := duckdb.Flush(e); err != nil {
				t.Fatal(err)
			}
		}
		first, last := records[0].Event.Time, records[len(records)-1].Event.Time
		instant := func() tallystick.Instant {
			return first - 2*tallystick.Day + tallystick.Instant(r.Int64N(int64(last-first+5*tallystick.Day)))
		}
		for range 24 {
			asOf := tallystick.Position{}
			if r.IntN(2) == 0 {
				asOf = tallystick.Position{Log: 1, Sequence: 1 + r.Uint64N(uint64(len(records)))}
			}
			q := tallystick.Sessions{Scope: tallystick.For([]string{"acme", "bolt"}[r.IntN(2)], asOf, instant()), Bare: r.IntN(2) == 0}
			if r.IntN(3) == 0 {
				q.Before = tallystick.MaxInstant
			}
			if q.From = min(instant(), q.Before); r.IntN(4) == 0 {
				q.From = tallystick.MinInstant
			}
			if r.IntN(2) == 0 {
				q.Until = q.From + tallystick.Instant(r.Int64N(int64(10*tallystick.Day)))
			}
			want := sameSessions(t, seed, oracle, e, q, q)
			counts := tallystick.SessionCounts{Scope: q.Scope, From: q.From, Of: []tallystick.Field{tallystick.FieldSessionID, tallystick.FieldTicketID, tallystick.FieldConversationID}[:1+r.IntN(3)]}
			counts.By = [][]tallystick.Dimension{
				nil, {{Field: tallystick.FieldBotID}, {Field: tallystick.FieldBotVersion}}, {{Field: tallystick.FieldBotID}}, {{Field: tallystick.FieldChannelID}}, {{Field: tallystick.FieldBotVersion}},
			}[r.IntN(5)]
			if day := q.From + tallystick.Day; day < q.Before && q.From > tallystick.MinInstant {
				counts.Edges = []tallystick.Instant{q.From, day, min(day+tallystick.Hour, q.Before), q.Before}
			}
			sameCounts(t, seed, oracle, e, counts)
			if r.IntN(3) == 0 {
				sameCountsTogether(t, seed, oracle, e, counts)
			}
			if until, _, is, err := duckdb.Kept(e, q.Scope); err != nil {
				t.Fatal(err)
			} else if is && until > q.From && len(want) > 0 {
				kept++
			}
		}
		n, err := duckdb.Rows(e, "session_voids")
		if err != nil {
			t.Fatal(err)
		}
		voids += n
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if t.Logf("%d answers had to do with what is kept, %d sessions were void", kept, voids); kept < int(seeds)*5 || voids == 0 {
		t.Error("hardly anything was kept")
	}
}

// sameSessions asks the oracle and an engine, which may differ in what they remember, and returns the oracle's answer.
func sameSessions(t *testing.T, seed uint64, oracle, e tallystick.Answerer, ofOracle, ofEngine tallystick.Sessions) []tallystick.SessionPart {
	t.Helper()
	want, err := oracle.Sessions(t.Context(), ofOracle)
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Sessions(t.Context(), ofEngine)
	if err != nil || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("seed %d, %+v: %v\n%s", seed, ofEngine, err, differ(got, want))
	}
	return want
}

func sameCounts(t *testing.T, seed uint64, oracle, e tallystick.Answerer, q tallystick.SessionCounts) {
	t.Helper()
	want, err := oracle.SessionCounts(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.SessionCounts(t.Context(), q)
	if err != nil || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("seed %d, %+v: %v\n%v\nwant\n%v", seed, q, err, got, want)
	}
}

// sameCountsTogether asks a question about both tenants together.
func sameCountsTogether(t *testing.T, seed uint64, oracle tallystick.Answerer, e *duckdb.Engine, q tallystick.SessionCounts) {
	t.Helper()
	var qs []tallystick.SessionCounts
	for _, tenant := range []string{"bolt", "acme"} {
		own := q
		own.Scope = tallystick.For(tenant, q.AsOf, q.Before)
		qs = append(qs, own)
	}
	got, err := e.AllSessionCounts(t.Context(), qs)
	if err != nil {
		t.Fatal(err)
	}
	for i := range qs {
		want, err := oracle.SessionCounts(t.Context(), qs[i])
		if err != nil || len(got[i])+len(want) > 0 && !reflect.DeepEqual(got[i], want) {
			t.Errorf("seed %d, together, %+v: %v\n%v\nwant\n%v", seed, qs[i], err, got[i], want)
		}
	}
}

// differ tells the first difference.
func differ(got, want []tallystick.SessionPart) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("part %d is missing: %+v", i, want[i])
		case i >= len(want):
			return fmt.Sprintf("part %d is too much: %+v", i, got[i])
		case got[i] != want[i]:
			return fmt.Sprintf("part %d is %+v\nwant      %+v", i, got[i], want[i])
		}
	}
	return ""
}
