package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// TestMonthsOfRooms counts the messages of rooms in periods that begin and end anywhere, split where users come and go or at other instants, and holds the answers to those of the oracle: before months were made, after
// that, and with messages, failures and changes that came since.
func TestMonthsOfRooms(t *testing.T) {
	var asked, monthly int
	for seed := range monthSeeds(3) {
		r := rand.New(rand.NewPCG(seed, 35))
		s := &monthStream{Rand: r, tenants: []string{"acme", "bolt"}, contacts: 1 + r.IntN(10), channels: 1 + r.IntN(3), rooms: 1 + r.IntN(5)}
		monthRounds(t, s, func() [][]tallystick.Record { return [][]tallystick.Record{s.records(100 + s.IntN(300))} }, func(oracle tallystick.Engine, e *duckdb.Engine) {
			q := s.ofRooms()
			got, err := e.Tally(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			want, err := oracle.Tally(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(want) != len(got) || len(want) > 0 && !reflect.DeepEqual(want, got) {
				t.Fatalf("seed %d, %+v\nwant %+v\n got %+v", seed, q, want, got)
			}
			is, err := duckdb.MonthlyRooms(e, q)
			if err != nil {
				t.Fatal(err)
			}
			if asked++; is {
				monthly++
			}
		})
	}
	if t.Logf("%d of %d questions by months", monthly, asked); monthly < asked/5 || monthly > asked*4/5 {
		t.Errorf("of %d questions %d were answered by months", asked, monthly)
	}
}

// ofRooms draws a question about the messages of a tenant's rooms.
func (s *monthStream) ofRooms() tallystick.Tally {
	s.month = -1
	from, before := s.monthEdge(), s.monthEdge()
	switch s.IntN(6) {
	case 0:
		from = s.instant()
	case 1:
		before = s.instant()
	case 2:
		from, before = monthsBegin, monthsBegin+92*tallystick.Day
	}
	from, before = min(from, before), max(from, before)
	before = min(before, tallystick.MaxInstant-1)
	var asOf tallystick.Position
	if s.IntN(4) == 0 {
		asOf = s.made[len(s.made)-1-s.IntN(min(len(s.made), 60))].Position
	}
	q := tallystick.Tally{
		Scope: tallystick.For(s.tenants[s.IntN(2)], asOf, before), Type: tallystick.MessageSent, From: from, Countable: true,
		Where: tallystick.Filter{{Field: tallystick.FieldDirection, Values: []string{"inbound", "outbound"}}, {Field: tallystick.FieldRoomID, Op: tallystick.Present}},
	}
	switch s.IntN(6) {
	case 0:
		q.Where[1] = tallystick.Condition{Field: tallystick.FieldRoomID, Op: tallystick.In, Values: []string{s.room(), s.room()}}
	case 1:
		q.Where = append(q.Where, tallystick.Condition{Field: tallystick.FieldChannelID, Op: tallystick.Op(s.IntN(4)), Values: []string{s.channel(), s.channel()}})
	case 2:
		q.Where = append(q.Where, tallystick.Condition{Field: tallystick.FieldSenderKind, Op: tallystick.In, Values: []string{"user", "contact"}})
	}
	for _, f := range []tallystick.Field{tallystick.FieldRoomID, tallystick.FieldSenderKind, tallystick.FieldSenderID}[:s.IntN(4)] {
		q.By = append(q.By, tallystick.Dimension{Field: f})
	}
	if s.IntN(3) == 0 {
		q.By = append(q.By, tallystick.Dimension{Field: tallystick.FieldIdentity, Unlabelled: tallystick.NoGroup, Labels: map[string]string{"+1": "one", "+2": "more"}})
	}
	if len(q.By) > 0 && q.By[0].Field == tallystick.FieldRoomID && s.IntN(4) > 0 {
		q.EdgesOf = map[string][]tallystick.Instant{}
		for _, r := range s.made {
			if room := r.Event.Text(tallystick.FieldRoomID); r.Event.Tenant == q.Tenant() && r.Event.Type != tallystick.MessageSent && room != "" && r.Event.Time > from && r.Event.Time < before {
				q.EdgesOf[room] = append(q.EdgesOf[room], r.Event.Time)
			}
		}
		if s.IntN(2) == 0 { // where nobody came or went
			q.EdgesOf[s.room()] = []tallystick.Instant{s.monthEdge(), s.monthEdge()}
			for range 20 {
				if e := &s.made[s.IntN(len(s.made))].Event; e.Tenant == q.Tenant() && e.Has(tallystick.FieldRoomID) {
					q.EdgesOf[e.Text(tallystick.FieldRoomID)] = append(q.EdgesOf[e.Text(tallystick.FieldRoomID)], e.Time)
				}
			}
		}
		for room := range q.EdgesOf {
			q.EdgesOf[room] = slices.DeleteFunc(q.EdgesOf[room], func(at tallystick.Instant) bool { return at <= from || at >= before })
			slices.Sort(q.EdgesOf[room])
			q.EdgesOf[room] = slices.Compact(q.EdgesOf[room])
		}
	}
	return q
}

func (s *monthStream) room() string { return fmt.Sprint("room", s.IntN(max(s.rooms, 1))) }
