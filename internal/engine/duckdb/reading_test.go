package duckdb_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestReadingAfterAnError asks with one reading, of which a question was given up: what it did not come to know must not pass for what is not there.
func TestReadingAfterAnError(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	var ids []string
	var records []tallystick.Record
	for i := range 20 {
		ids = append(ids, fmt.Sprint("v", i))
		records = append(records, event(uint64(i+1), tallystick.ConversationCreated, tallystick.Value{Field: tallystick.FieldConversationID, Text: ids[i]}))
	}
	mustApply(t, e, records)
	reading := &tallystick.Reading{}
	ask := func(ctx context.Context) ([]tallystick.Conversation, error) {
		return e.Conversations(ctx, tallystick.Conversations{Scope: tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant), IDs: ids, Reading: reading})
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if list, err := ask(gone); err == nil {
		t.Fatalf("answered %d to who was gone", len(list))
	}
	list, err := ask(t.Context())
	if err != nil || len(list) != len(ids) {
		t.Fatalf("%d conversations of %d, %v", len(list), len(ids), err)
	}
	for _, c := range list {
		if c.Created == tallystick.MinInstant || c.Updated == tallystick.MinInstant {
			t.Errorf("what was not read passes for what is not there: %+v", c)
		}
	}
}

// TestReadingAheadOfTheStore asks slice after slice as of a position that is not applied yet, with an Apply in between: all slices are of the state of the first.
func TestReadingAheadOfTheStore(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	said := func(seq uint64, contact string, at tallystick.Instant) tallystick.Record {
		text := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
		r := event(seq, tallystick.MessageSent, text(tallystick.FieldMessageID, fmt.Sprint("m", seq)), text(tallystick.FieldDirection, "inbound"), text(tallystick.FieldSenderKind, "contact"),
			text(tallystick.FieldSenderID, contact), text(tallystick.FieldBotID, "b"))
		r.Event.Time = at
		return r
	}
	reading := &tallystick.Reading{}
	ask := func(from, until tallystick.Instant) []tallystick.SessionPart {
		parts, err := e.Sessions(context.Background(), tallystick.Sessions{
			Scope: tallystick.For("acme", tallystick.Position{Log: 1, Sequence: 1000}, tallystick.MaxInstant), From: from, Until: until, Reading: reading,
		})
		if err != nil {
			t.Fatal(err)
		}
		return parts
	}
	const day = tallystick.Day
	mustApply(t, e, []tallystick.Record{said(1, "c", 10*day)})
	if parts := ask(9*day, 10*day+1); len(parts) != 1 {
		t.Errorf("the first slice: %+v", parts)
	}
	mustApply(t, e, []tallystick.Record{said(2, "c", 9*day+1), said(3, "d", 11*day)})
	if parts := ask(10*day+1, 12*day); len(parts) != 0 {
		t.Errorf("the second slice is of another state: %+v", parts)
	}
}
