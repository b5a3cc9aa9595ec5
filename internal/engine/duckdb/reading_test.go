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
	if list, err := ask(t.Context()); err != nil || len(list) != len(ids) {
		t.Fatalf("%d conversations of %d, %v", len(list), len(ids), err)
	}
}
