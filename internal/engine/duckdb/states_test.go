package duckdb_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// TestStatesAreThoseOfTheDatabase asks two stores that were given the same: one that keeps lists of events, which grow while it is asked and become too many, and one
// that asks the database each time.
func TestStatesAreThoseOfTheDatabase(t *testing.T) {
	ctx := context.Background()
	keeps, asks := open(t, t.TempDir()), open(t, t.TempDir())
	defer keeps.Close()
	defer asks.Close()
	duckdb.AskDatabase(asks)
	r := rand.New(rand.NewPCG(7, 1))
	kinds := []string{tallystick.ChannelUpserted, tallystick.TenantUpserted, tallystick.UserUpserted, tallystick.ChannelConnected, tallystick.ContactUpserted}
	seq := uint64(0)
	apply := func(n int) {
		var records []tallystick.Record
		for range n {
			seq++
			kind := kinds[r.IntN(len(kinds))]
			data := []tallystick.Value{}
			switch kind {
			case tallystick.ChannelUpserted:
				data = append(data, tallystick.Value{Field: tallystick.FieldChannelID, Text: fmt.Sprint("c", r.IntN(5))})
				if r.IntN(2) == 0 {
					data = append(data, tallystick.Value{Field: tallystick.FieldEnvironment, Text: "test"})
				}
				if r.IntN(3) == 0 {
					data = append(data, tallystick.Value{Field: tallystick.FieldName, Text: fmt.Sprint("name ", r.IntN(9))})
				}
			case tallystick.TenantUpserted:
				if r.IntN(2) == 0 {
					data = append(data, tallystick.Value{Field: tallystick.FieldLocked, Int: int64(r.IntN(2))})
				}
			case tallystick.UserUpserted:
				data = append(data, tallystick.Value{Field: tallystick.FieldUserID, Text: fmt.Sprint("u", r.IntN(20))}, tallystick.Value{Field: tallystick.FieldStatus, Text: "INACTIVE"})
			case tallystick.ContactUpserted:
				data = append(data, tallystick.Value{Field: tallystick.FieldContactID, Text: fmt.Sprint("p", r.IntN(20))})
				if r.IntN(2) == 0 {
					data = append(data, tallystick.Value{Field: tallystick.FieldMergedInto, Text: fmt.Sprint("p", r.IntN(20))})
				}
			default:
				data = append(data, tallystick.Value{Field: tallystick.FieldChannelID, Text: fmt.Sprint("c", r.IntN(5))})
			}
			rec := event(seq, kind, data...)
			rec.Event.Tenant = fmt.Sprint("t", r.IntN(3))
			rec.Event.Time = tallystick.Instant(r.IntN(1000))
			records = append(records, rec)
		}
		mustApply(t, keeps, records)
		mustApply(t, asks, records)
	}
	for round := range 240 {
		switch {
		case round == 60:
			apply(16_000) // of a tenant some 1 300 of each kind
		case round == 120:
			apply(48_000) // and now more than are kept
		case round%3 == 0:
			apply(r.IntN(20))
		}
		scope := tallystick.For(fmt.Sprint("t", r.IntN(3)), tallystick.Position{}, tallystick.Instant(r.IntN(1100)))
		if r.IntN(2) == 0 {
			scope.AsOf = tallystick.Position{Log: 1, Sequence: r.Uint64N(seq+10) + 1}
		}
		entities := tallystick.Entities{Scope: scope, Type: kinds[r.IntN(3)]}
		if r.IntN(4) == 0 {
			entities.IDs = []string{"c1", "u3", "t1"}
		}
		same(t, fmt.Sprintf("entities %+v", entities), func(e *duckdb.Engine) (any, error) { return e.Entities(ctx, entities) }, keeps, asks)
		list := tallystick.List{Scope: scope, Types: kinds[r.IntN(5):], From: tallystick.Instant(r.IntN(500)), Fields: []tallystick.Field{
			tallystick.FieldChannelID, tallystick.FieldEnvironment, tallystick.FieldLocked, tallystick.FieldStatus, tallystick.FieldSegments, tallystick.FieldContactID, tallystick.FieldMergedInto}}
		switch r.IntN(6) {
		case 5:
			list.Where = tallystick.Filter{{Field: tallystick.FieldMergedInto, Op: tallystick.Present}}
		case 0:
			list.Where = tallystick.Filter{{Field: tallystick.FieldEnvironment, Op: tallystick.In, Values: []string{"test"}}}
		case 1:
			list.Where = tallystick.Filter{{Field: tallystick.FieldChannelID, Op: tallystick.NotIn, Values: []string{"c1", "c2"}}, {Field: tallystick.FieldName, Op: tallystick.Absent}}
		case 2:
			list.Where = tallystick.Filter{{Field: tallystick.FieldLocked, Op: tallystick.Present}}
		case 3:
			list.Where = tallystick.Filter{{Field: tallystick.FieldSegments, Op: tallystick.Numeric}}
		}
		same(t, fmt.Sprintf("list %+v", list), func(e *duckdb.Engine) (any, error) { return e.List(ctx, list) }, keeps, asks)
	}
}

// same compares what two stores say.
func same(t *testing.T, question string, ask func(*duckdb.Engine) (any, error), a, b *duckdb.Engine) {
	t.Helper()
	x, err := ask(a)
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	y, err := ask(b)
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	if vx, vy := reflect.ValueOf(x), reflect.ValueOf(y); vx.Len() == 0 && vy.Len() == 0 {
		return
	}
	if !reflect.DeepEqual(x, y) {
		t.Fatalf("%s:\n%+v\nwant\n%+v", question, x, y)
	}
}
