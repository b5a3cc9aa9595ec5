package duckdb_test

import (
	"context"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestSumThatNobodyWants asks for one tenant's sums by group, which fit into an int64, and for another's over all: the first one's over all does not fit, and is not asked for.
func TestSumThatNobodyWants(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	var records []tallystick.Record
	for _, consumed := range []struct {
		tenant, credit string
		quantity       int64
	}{{"acme", "SMS", 1 << 62}, {"acme", "VOICE", 1 << 62}, {"beta", "SMS", 1}} {
		r := event(uint64(len(records)+1), tallystick.CreditConsumed, tallystick.Value{Field: tallystick.FieldCredit, Text: consumed.credit}, tallystick.Value{Field: tallystick.FieldQuantity, Int: consumed.quantity})
		r.Event.Tenant = consumed.tenant
		records = append(records, r)
	}
	mustApply(t, e, records)
	sum := func(tenant string, by ...tallystick.Dimension) tallystick.Tally {
		return tallystick.Tally{
			Scope: tallystick.For(tenant, tallystick.Position{}, tallystick.MaxInstant), Type: tallystick.CreditConsumed, From: tallystick.MinInstant,
			Measure: tallystick.Measure{Sum: tallystick.FieldQuantity}, By: by,
		}
	}
	got, err := e.Tallies(context.Background(), []tallystick.Tally{sum("acme", tallystick.Dimension{Field: tallystick.FieldCredit}), sum("beta")})
	if err != nil || len(got[0]) != 2 || got[0][0].Value != 1<<62 || len(got[1]) != 1 || got[1][0].Value != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := e.Tally(context.Background(), sum("acme")); tallystick.CodeOf(err) != tallystick.TooLarge {
		t.Errorf("the sum that does not fit: %v", err)
	}
}

// TestAnyOfAFewAmongMany asks which tenants have any event: the first has more than are looked for at once, the next ones a single event, at the end, and the last one none.
func TestAnyOfAFewAmongMany(t *testing.T) {
	e := open(t, t.TempDir())
	defer e.Close()
	var records []tallystick.Record
	add := func(tenant string) {
		r := event(uint64(len(records)+1), tallystick.AssistanceClicked, tallystick.Value{Field: tallystick.FieldService, Text: "chat"})
		r.Event.Tenant = tenant
		records = append(records, r)
	}
	for range 40_000 {
		add("acme")
	}
	add("beta")
	add("gamma")
	mustApply(t, e, records)
	anyOf := func(tenant, service string) tallystick.Tally {
		return tallystick.Tally{
			Scope: tallystick.For(tenant, tallystick.Position{}, tallystick.MaxInstant), Type: tallystick.AssistanceClicked, From: tallystick.MinInstant,
			Where:   tallystick.Filter{{Field: tallystick.FieldService, Op: tallystick.In, Values: []string{service}}},
			Measure: tallystick.Measure{Any: true},
		}
	}
	got, err := e.Tallies(context.Background(), []tallystick.Tally{
		anyOf("acme", "chat"), anyOf("beta", "chat"), anyOf("gamma", "email"), anyOf("gamma", ""), anyOf("delta", "chat"), anyOf("beta", "chat"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 1, 0, 0, 0, 1} {
		if len(got[i]) != want || want > 0 && (got[i][0].Value != 1 || got[i][0].Group != nil) {
			t.Errorf("question %d: %+v", i, got[i])
		}
	}
}
