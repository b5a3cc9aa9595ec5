package duckdb_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// later are engines that get the same events of one tenant, day 0 being day 100.
type later struct {
	*testing.T
	oracle *memory.Engine
	e      *duckdb.Engine
	seq    uint64
}

func newLater(t *testing.T) *later {
	l := &later{T: t, oracle: memory.New(), e: openFlushing(t, t.TempDir(), 1_000_000)}
	t.Cleanup(func() { _ = l.e.Close() })
	return l
}

const dayZero = 100 * tallystick.Day

func (l *later) apply(kind string, at tallystick.Instant, data ...string) {
	l.Helper()
	l.seq++
	ev := tallystick.Event{Tenant: "acme", Type: kind, Time: dayZero + at}
	for i := 0; i < len(data); i += 2 {
		ev.Data = append(ev.Data, tallystick.Value{Field: tallystick.Field(data[i]), Text: data[i+1]})
	}
	r := []tallystick.Record{{Position: tallystick.Position{Log: 1, Sequence: l.seq}, Event: ev}}
	mustApply(l.T, l.oracle, r)
	mustApply(l.T, l.e, r)
}

// heard is an interaction of a contact, with an id of its own.
func (l *later) heard(id, contact, bot string, at tallystick.Instant) {
	l.Helper()
	l.apply(tallystick.MessageSent, at, "message_id", id, "direction", "inbound", "sender_kind", "contact", "sender_id", contact, "bot_id", bot, "channel_id", "ch-"+bot, "conversation_id", "v-"+id)
}

func (l *later) failed(id string, at tallystick.Instant) {
	l.Helper()
	l.apply(tallystick.MessageFailed, at, "message_id", id)
}

func (l *later) flush() {
	l.Helper()
	if err := duckdb.Flush(l.e); err != nil {
		l.Fatal(err)
	}
}

// ask compares everything before an instant, and checks how many contacts are doubtful.
func (l *later) ask(before tallystick.Instant, doubtful int) {
	l.Helper()
	scope := tallystick.For("acme", tallystick.Position{}, dayZero+before)
	if _, doubted, is, err := duckdb.Kept(l.e, scope); !is || doubted != doubtful || err != nil {
		l.Errorf("before %s %d contacts are doubtful, not %d; kept: %t, %v", dayZero+before, doubted, doubtful, is, err)
	}
	q := tallystick.Sessions{Scope: scope, From: tallystick.MinInstant}
	sameSessions(l.T, 0, l.oracle, l.e, q, q)
	for _, by := range [][]tallystick.Dimension{nil, {{Field: tallystick.FieldBotID}}, {{Field: tallystick.FieldBotID}, {Field: tallystick.FieldBotVersion}}, {{Field: tallystick.FieldChannelID}}, {{Field: tallystick.FieldBotVersion}}} {
		sameCounts(l.T, 0, l.oracle, l.e, tallystick.SessionCounts{
			Scope: scope, From: tallystick.MinInstant, By: by, Of: []tallystick.Field{tallystick.FieldSessionID, tallystick.FieldConversationID, tallystick.FieldTicketID},
		})
	}
}

const hour = tallystick.Hour

func TestFailuresAfterTheScope(t *testing.T) {
	l := newLater(t)
	l.heard("a0", "in-a-session", "b0", 0)
	l.heard("a1", "in-a-session", "b1", hour)
	l.heard("a2", "in-a-session", "b0", 2*hour)
	l.heard("b0", "alone", "b1", 3*hour)
	l.heard("b1", "alone", "b2", 4*hour)
	l.heard("c0", "before-one", "b1", 5*hour)
	l.heard("c1", "before-one", "b2", 6*hour)
	for _, id := range []string{"a1", "a2", "b0", "b1"} {
		l.failed(id, 3*tallystick.Day)
	}
	l.flush()
	l.ask(2*tallystick.Day, 0)
	l.ask(4*tallystick.Day, 0)
	l.failed("c0", 3*tallystick.Day)
	l.flush()
	l.ask(2*tallystick.Day, 1) // c0 would begin a session that takes in c1
	l.ask(4*tallystick.Day, 0)
}

func TestFailureBeforeAndAfterTheScope(t *testing.T) {
	l := newLater(t)
	l.heard("a0", "c", "b0", 0)
	l.heard("a1", "c", "b1", hour)
	l.failed("a1", 2*hour)
	l.failed("a1", 3*tallystick.Day)
	l.flush()
	l.ask(2*tallystick.Day, 0)
}

// What a session has in the scope may begin with an interaction that failed later, although it is kept of one that comes after the scope.
func TestFailureAfterTheScopeInItsLastDay(t *testing.T) {
	l := newLater(t)
	l.heard("a0", "c", "b0", 0)
	l.heard("a1", "c", "b1", hour)
	l.heard("a2", "c", "b1", 20*hour)
	l.failed("a1", 3*tallystick.Day)
	l.flush()
	l.ask(10*hour, 0)
	l.ask(hour, 0)
	l.ask(2*tallystick.Day, 0)
}

// The sessions of a contact that something late is known of are made of the events, with what failed later.
func TestFailureAfterTheScopeOfADoubtfulContact(t *testing.T) {
	l := newLater(t)
	l.heard("a0", "c", "b0", 0)
	l.heard("a1", "c", "b1", hour)
	l.failed("a1", 9*tallystick.Day)
	l.flush()
	l.heard("late", "c", "b2", 2*hour)
	for i := range 100 {
		l.heard(fmt.Sprint("m", i), fmt.Sprint("d", i%7), "b0", 5*tallystick.Day+tallystick.Instant(i)*tallystick.Minute)
	}
	l.ask(8*tallystick.Day, 3) // c, and two of the others: what is kept ends behind the first thirty-second
}

// A session that begins with a later failure goes on with another one, on both sides of the instant from which the contact is doubtful.
func TestFailuresAfterTheScopeInOneSession(t *testing.T) {
	l := newLater(t)
	l.heard("a1", "c", "b0", 0)
	l.heard("a2", "c", "b0", 12*hour)
	l.heard("a3", "c", "b0", 30*hour)
	l.heard("k4", "c", "b0", 36*hour)
	for _, id := range []string{"a1", "a2", "a3"} {
		l.failed(id, 9*tallystick.Day)
	}
	l.flush()
	l.ask(5*tallystick.Day, 1)
}

// The same on both sides of the end of what is kept, of a contact that is not doubtful.
func TestFailuresAfterTheScopeAroundTheEnd(t *testing.T) {
	l := newLater(t)
	l.heard("a1", "c", "b0", 4*tallystick.Day-hour)
	l.heard("a2", "c", "b0", 4*tallystick.Day+hour)
	l.failed("a1", 9*tallystick.Day)
	l.failed("a2", 9*tallystick.Day)
	l.flush()
	l.heard("late", "x", "b2", 2*hour)
	for i := range 100 {
		l.heard(fmt.Sprint("m", i), fmt.Sprint("d", i%7), "b0", 5*tallystick.Day+tallystick.Instant(i)*tallystick.Minute)
	}
	l.ask(8*tallystick.Day, 3)
}

// A session of a bot's own id, without interactions, counts beside a later failure.
func TestFailureAfterTheScopeBesideAGivenSession(t *testing.T) {
	l := newLater(t)
	l.heard("a0", "c", "b0", 0)
	l.heard("a1", "c", "b1", hour)
	l.apply(tallystick.SessionStarted, 2*hour, "session_id", "s1", "kind", "bot", "contact_id", "z")
	l.failed("a1", 3*tallystick.Day)
	l.flush()
	l.ask(2*tallystick.Day, 0)
}

// TestManyFailures has three contacts of whom every other message fails, once or several times, soon or days after.
func TestManyFailures(t *testing.T) {
	seeds := uint64(4)
	if os.Getenv("TALLYSTICK_LONG") == "1" {
		seeds = 300
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 99))
		l := newLater(t)
		now := tallystick.Instant(0)
		var times []tallystick.Instant
		for i := range 60 + r.IntN(80) {
			now += tallystick.Instant(r.Int64N(int64(4 * hour)))
			at := now
			if r.IntN(10) == 0 {
				at -= tallystick.Instant(r.Int64N(int64(4 * tallystick.Day)))
			}
			l.heard(fmt.Sprint("m", i), fmt.Sprint("c", r.IntN(3)), fmt.Sprint("b", r.IntN(2)), at)
			times = append(times, at)
			for r.IntN(2) == 0 {
				j := i - r.IntN(min(i+1, 12))
				within := []tallystick.Instant{hour, 3 * tallystick.Day, 6 * tallystick.Day, 12 * tallystick.Day}[r.IntN(4)]
				l.failed(fmt.Sprint("m", j), times[j]+tallystick.Instant(r.Int64N(int64(within))))
			}
			if r.IntN(25) == 0 {
				l.apply(tallystick.SessionStarted, at, "session_id", fmt.Sprint("s", i), "kind", "bot", "contact_id", "z")
			}
			if r.IntN(15) == 0 {
				l.flush()
			}
		}
		if r.IntN(2) == 0 {
			l.flush()
		}
		for range 10 {
			scope := tallystick.For("acme", tallystick.Position{}, dayZero+tallystick.Instant(r.Int64N(int64(now+hour))))
			if r.IntN(3) == 0 {
				scope.AsOf = tallystick.Position{Log: 1, Sequence: 1 + r.Uint64N(l.seq)}
			}
			q := tallystick.Sessions{Scope: scope, From: tallystick.MinInstant}
			if r.IntN(2) == 0 {
				q.From = dayZero + tallystick.Instant(r.Int64N(int64(now)))
			}
			sameSessions(t, seed, l.oracle, l.e, q, q)
			for _, by := range [][]tallystick.Dimension{nil, {{Field: tallystick.FieldBotID}}, {{Field: tallystick.FieldChannelID}}, {{Field: tallystick.FieldBotVersion}}} {
				sameCounts(t, seed, l.oracle, l.e, tallystick.SessionCounts{Scope: scope, From: q.From, By: by, Of: []tallystick.Field{tallystick.FieldSessionID}})
			}
		}
	}
}
