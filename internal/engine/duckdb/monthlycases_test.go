package duckdb_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// monthCase is a store that makes months when it is told to, and the oracle.
type monthCase struct {
	t      *testing.T
	oracle *memory.Engine
	e      *duckdb.Engine
	seq    uint64
}

func newMonthCase(t *testing.T) *monthCase {
	duckdb.MergeLate()
	t.Cleanup(duckdb.MergeSoon)
	c := &monthCase{t: t, oracle: memory.New(), e: open(t, t.TempDir())}
	t.Cleanup(func() { c.e.Close() })
	return c
}

func (c *monthCase) event(tenant, kind string, at tallystick.Instant, data ...tallystick.Value) {
	c.t.Helper()
	c.seq++
	records := []tallystick.Record{{Position: tallystick.Position{Log: 1, Sequence: c.seq}, Event: tallystick.Event{Tenant: tenant, Type: kind, Time: at, Data: data}}}
	mustApply(c.t, c.oracle, records)
	mustApply(c.t, c.e, records)
}

func (c *monthCase) message(tenant string, at tallystick.Instant, id, contact, channel string) {
	c.t.Helper()
	c.event(tenant, tallystick.MessageSent, at, tallystick.Value{Field: tallystick.FieldMessageID, Text: id}, tallystick.Value{Field: tallystick.FieldDirection, Text: "inbound"},
		tallystick.Value{Field: tallystick.FieldContactID, Text: contact}, tallystick.Value{Field: tallystick.FieldChannelID, Text: channel}, tallystick.Value{Field: tallystick.FieldRoomID, Text: "room"})
}

// tidy writes everything and makes all months, or does so many steps of that.
func (c *monthCase) tidy(steps int) {
	c.t.Helper()
	if err := duckdb.Flush(c.e); err != nil {
		c.t.Fatal(err)
	}
	if err := duckdb.Tidy(c.t.Context(), c.e, steps); err != nil {
		c.t.Fatal(err)
	}
}

func (c *monthCase) same(what string, qs ...tallystick.Tally) {
	c.t.Helper()
	sameTallies(c.t, what, c.oracle, c.e, qs)
}

func monthNumber(n int) tallystick.Instant {
	return tallystick.InstantOf(time.Date(2024, 11+time.Month(n), 1, 0, 0, 0, 0, time.UTC))
}

var bothDirections = tallystick.Condition{Field: tallystick.FieldDirection, Values: []string{"inbound", "outbound"}}

func contactsOf(tenant string, edges ...tallystick.Instant) tallystick.Tally {
	return tallystick.Tally{
		Scope: tallystick.For(tenant, tallystick.Position{}, edges[len(edges)-1]), Type: tallystick.MessageSent, From: edges[0], Edges: edges, Countable: true,
		Where: tallystick.Filter{bothDirections}, Measure: tallystick.Measure{Distinct: &tallystick.Dimension{Field: tallystick.FieldContactID}},
	}
}

// TestMonthsThatCameSince asks about months of which nothing was there when the others were made: what came is in memory, and then in the file.
func TestMonthsThatCameSince(t *testing.T) {
	c := newMonthCase(t)
	c.message("acme", monthNumber(0)+5, "a", "one", "web")
	c.message("bolt", monthNumber(0)+5, "b", "one", "web")
	c.tidy(9)
	ask := func(what string) {
		for _, tenant := range []string{"acme", "bolt", "none"} {
			for n := range 4 {
				c.same(fmt.Sprint(what, ", ", tenant, "'s month ", n), contactsOf(tenant, monthNumber(n), monthNumber(n+1)))
			}
			c.same(what+", all months of "+tenant, contactsOf(tenant, monthNumber(0), monthNumber(1), monthNumber(2), monthNumber(3), monthNumber(4)))
			c.same(what+", the year of "+tenant, contactsOf(tenant, monthNumber(-6), monthNumber(6)))
			c.same(what+", months of another zone of "+tenant, contactsOf(tenant, monthNumber(1)+3*tallystick.Hour, monthNumber(2)+3*tallystick.Hour, monthNumber(3)+3*tallystick.Hour))
		}
		c.same(what+", both", contactsOf("acme", monthNumber(1), monthNumber(2)), contactsOf("bolt", monthNumber(1), monthNumber(2)))
	}
	ask("before")
	c.message("acme", monthNumber(1)+5, "c", "one", "web")
	c.message("acme", monthNumber(1)+6, "d", "two", "web")
	c.message("bolt", monthNumber(2)+6, "e", "two", "web")
	ask("in memory")
	if err := duckdb.Flush(c.e); err != nil {
		t.Fatal(err)
	}
	ask("in the file")
	c.tidy(9)
	ask("made")
}

// TestFailureInAMonthThatIsMadeEarlierThanOthers lets a message fail of which the newer of two months knows, while the older one is not made again yet.
func TestFailureInAMonthThatIsMadeEarlierThanOthers(t *testing.T) {
	c := newMonthCase(t)
	c.message("acme", monthNumber(0)+5, "a", "one", "web")
	c.message("acme", monthNumber(1)+5, "b", "one", "web")
	c.tidy(9)
	c.message("acme", monthNumber(0)+6, "c", "two", "web")
	c.message("acme", monthNumber(1)+6, "x", "three", "web")
	c.tidy(1)
	c.event("acme", tallystick.MessageFailed, monthNumber(1)+7, tallystick.Value{Field: tallystick.FieldMessageID, Text: "x"})
	c.same("by month", contactsOf("acme", monthNumber(0), monthNumber(1), monthNumber(2)))
}

// TestMonthsAndEdgesOfOtherGroupsThanRooms divides messages by instants of channels, and of rooms by another name.
func TestMonthsAndEdgesOfOtherGroupsThanRooms(t *testing.T) {
	c := newMonthCase(t)
	for i := range 10 {
		c.message("acme", monthNumber(0)+tallystick.Instant(i+1)*tallystick.Day, fmt.Sprint("m", i), "one", "web")
	}
	c.tidy(9)
	q := contactsOf("acme", monthNumber(0), monthNumber(1))
	q.Edges, q.Measure, q.Where = nil, tallystick.Measure{}, append(q.Where, tallystick.Condition{Field: tallystick.FieldRoomID, Op: tallystick.Present})
	q.EdgesOf = map[string][]tallystick.Instant{"Room": {monthNumber(0) + 5*tallystick.Day}, "web": {monthNumber(0) + 6*tallystick.Day}, "room": {monthNumber(0) + 7*tallystick.Day}}
	for _, d := range []tallystick.Dimension{{Field: tallystick.FieldRoomID, Labels: map[string]string{"room": "Room"}}, {Field: tallystick.FieldChannelID}, {Field: tallystick.FieldRoomID}} {
		q.By = []tallystick.Dimension{d}
		c.same(fmt.Sprint(d), q)
	}
}

// TestMonthsAndSeveralDirections asks two tenants about messages in both directions, and one of them besides in one of them alone.
func TestMonthsAndSeveralDirections(t *testing.T) {
	c := newMonthCase(t)
	c.message("acme", monthNumber(0)+5, "a", "one", "web")
	c.event("bolt", tallystick.MessageSent, monthNumber(0)+6, tallystick.Value{Field: tallystick.FieldDirection, Text: "outbound"}, tallystick.Value{Field: tallystick.FieldContactID, Text: "nine"})
	c.tidy(9)
	acme, bolt := contactsOf("acme", monthNumber(0), monthNumber(1)), contactsOf("bolt", monthNumber(0), monthNumber(1))
	acme.Where = tallystick.Filter{bothDirections, bothDirections}
	bolt.Where = tallystick.Filter{{Field: tallystick.FieldDirection, Values: []string{"inbound"}}, bothDirections}
	c.same("", acme, bolt)
}

// TestMonthsAndChannels filters and groups by channels with odd names, and messages without one.
func TestMonthsAndChannels(t *testing.T) {
	c := newMonthCase(t)
	const odd = "we\u2028<&>\"\\ 'b"
	for i, m := range [][2]string{{"one", "web"}, {"two", ""}, {"one", ""}, {"four", odd}} {
		c.message("acme", monthNumber(0)+tallystick.Instant(i), fmt.Sprint("m", i), m[0], m[1])
	}
	c.tidy(9)
	for op := range tallystick.Numeric {
		for _, values := range [][]string{nil, {""}, {"web"}, {odd}, {"web", ""}, {"\xff"}} {
			q := contactsOf("acme", monthNumber(0), monthNumber(1))
			q.Where = append(q.Where, tallystick.Condition{Field: tallystick.FieldChannelID, Op: op, Values: values})
			c.same(fmt.Sprint(op, values), q)
			q.By = []tallystick.Dimension{{Field: tallystick.FieldChannelID, Unlabelled: tallystick.NoGroup, Labels: map[string]string{odd: "X", "": "E", "web": ""}}}
			c.same(fmt.Sprint("by group ", op, values), q)
		}
	}
}

// TestMonthsOfShortBuckets asks by day, of which two lie at an end of a month: they are counted by messages like the others.
func TestMonthsOfShortBuckets(t *testing.T) {
	c := newMonthCase(t)
	var days []tallystick.Instant
	for i := range 62 {
		c.message("acme", monthNumber(0)+tallystick.Instant(i)*tallystick.Day, fmt.Sprint("m", i), "one", "web")
		days = append(days, monthNumber(0)+tallystick.Instant(i)*tallystick.Day)
	}
	c.tidy(9)
	q := contactsOf("acme", days...)
	c.same("by day", q)
	if n, err := duckdb.Monthly(c.e, q); n > 0 || err != nil {
		t.Errorf("%d days were counted by months, %v", n, err)
	}
}

// TestMonthsThatAreMadeAgain lets a conversation have a session in each of twelve months, and then another one, or one that is late: other months than that of the session, and that of the next one, stay as they are.
func TestMonthsThatAreMadeAgain(t *testing.T) {
	c := newMonthCase(t)
	say := func(at tallystick.Instant, id string) {
		c.event("acme", tallystick.MessageSent, at, tallystick.Value{Field: tallystick.FieldMessageID, Text: id}, tallystick.Value{Field: tallystick.FieldDirection, Text: "inbound"},
			tallystick.Value{Field: tallystick.FieldContactID, Text: "one"}, tallystick.Value{Field: tallystick.FieldConversationID, Text: "long"}, tallystick.Value{Field: tallystick.FieldBotID, Text: "bot"})
	}
	for m := range 12 {
		say(monthNumber(m)+5*tallystick.Day, fmt.Sprint("m", m))
	}
	c.tidy(99)
	for i, late := range []struct {
		at tallystick.Instant
		of int // months that are made again
	}{
		{monthNumber(11) + 10*tallystick.Day, 1},
		{monthNumber(11) + 10*tallystick.Day + tallystick.Hour, 1}, // in the session before
		{monthNumber(3) + 10*tallystick.Day, 2},
		{monthNumber(3) + 5*tallystick.Day + tallystick.Hour, 1},
	} {
		say(late.at, fmt.Sprint("late", i))
		c.tidy(1) // finds out which are, and makes one
		left, err := duckdb.Rows(c.e, "months WHERE flushes < (SELECT MAX(flushes) FROM months)")
		if err != nil {
			t.Fatal(err)
		}
		if left+1 != late.of {
			t.Errorf("%d months were to be made again for message %d, not %d", left+1, i, late.of)
		}
		c.tidy(99)
		q := tallystick.SessionCounts{Scope: tallystick.For("acme", tallystick.Position{}, monthNumber(12)), From: monthNumber(0), Of: []tallystick.Field{tallystick.FieldConversationID}}
		for m := range 13 {
			q.Edges = append(q.Edges, monthNumber(m))
		}
		sameCounts(t, 0, c.oracle, c.e, q)
	}
}

// TestDaysOfAMonthThatIsStale asks whether there is a message that counts of somebody whose only one has failed, which its month does not know yet, while a newer one that is made knows everything.
func TestDaysOfAMonthThatIsStale(t *testing.T) {
	c := newMonthCase(t)
	c.message("acme", monthNumber(0)+5*tallystick.Day, "x", "one", "web")
	c.message("bolt", monthNumber(1)+5*tallystick.Day, "b", "one", "web")
	c.tidy(9)
	c.event("acme", tallystick.MessageFailed, monthNumber(0)+6*tallystick.Day, tallystick.Value{Field: tallystick.FieldMessageID, Text: "x"})
	c.message("bolt", monthNumber(1)+6*tallystick.Day, "d", "one", "web")
	c.tidy(1)
	for _, countable := range []bool{true, false} {
		c.same(fmt.Sprint(countable), tallystick.Tally{
			Scope: tallystick.For("acme", tallystick.Position{}, monthNumber(2)), Type: tallystick.MessageSent, From: monthNumber(0), Countable: countable, Measure: tallystick.Measure{Any: true},
		})
	}
}
