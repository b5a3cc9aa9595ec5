package report_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestWrongRequests keeps the sentences that wrong requests are answered with in a file that can be read.
func TestWrongRequests(t *testing.T) {
	engine := memory.New()
	if err := engine.Apply(t.Context(), recordsOf(readEvents(t, load(t), "../../reports/billing-usage/several/events.jsonl"))); err != nil {
		t.Fatal(err)
	}
	catalog := load(t)
	var got strings.Builder
	for _, arguments := range []string{
		"no-such-report --tenant north",
		"room-usage --tenant nobody --from 2025-05-01 --to 2025-05-02",
		"room-usage --tenant north --table usage",
		"room-usage --tenant north --option colour=red",
		"room-usage --tenant north --option governance=wild",
		"room-usage --tenant north --where bot=b1",
		"room-usage --tenant north --where room=",
		"room-usage --tenant north --from 2025-05-02 --to 2025-05-01",
		"room-usage --tenant north --from 2025-05-02T00:00:00Z --to 2025-05-02T00:00:00Z",
		"room-usage --tenant north --to 2025-05-02",
		"room-usage --tenant north --from 0001-01-01 --to 2025-05-02",
		"room-usage --tenant north --zone EST5 --from 2025-05-01 --to 2025-05-02",
		"billing-usage --tenant north --option open_limit=soon",
		"billing-usage --tenant north --option open_limit=0h",
		"billing-usage --tenant north --where channel=c1",
		"tenant-usage --tenant north --zone Asia/Kolkata",
		"tenant-usage --tenant north --option by=channel",
		"service-usage --tenant north --every fortnight",
		"service-usage --tenant north --by room",
	} {
		fields := strings.Fields(arguments)
		request, _ := parse(t, fields[0], fields[1:])
		request.Now = tallystick.Instant(20_000 * tallystick.Day)
		_, err := catalog.Make(t.Context(), engine, request)
		if err == nil {
			t.Errorf("%s: no error", arguments)
			continue
		}
		got.WriteString(arguments + "\n  " + string(tallystick.CodeOf(err)) + ": " + err.Error() + "\n")
	}
	const golden = "testdata/wrong_requests.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

// A filter of a report of one's own takes a value as its field's kind has it, and refuses one that the field can't have.
func TestFiltersKnowTheirKind(t *testing.T) {
	catalog, err := load(t).With(fstest.MapFS{"own.yaml": {Data: []byte(`
name: own
title: T
about: A.
events:
  com.example.rated: {score: number, done: flag, team: {kind: text, values: [care, billing]}}
metrics:
  Ratings: {count: com.example.rated}
filters:
  - {name: score, field: score, about: A.}
  - {name: done, field: done, about: A.}
  - {name: team, field: team, about: A.}
tables:
  - {name: all, about: A., columns: [{metric: Ratings}]}
`)}})
	if err != nil || len(catalog.Problems()) > 0 {
		t.Fatal(err, catalog.Problems())
	}
	rated := func(score string) tallystick.Event {
		return tallystick.Event{Tenant: "acme", Type: "com.example.rated", Extra: []tallystick.Extra{{Name: "score", JSON: score}}}
	}
	store := memory.New()
	if err := store.Apply(t.Context(), recordsOf([]tallystick.Event{rated("5"), rated("5.0"), rated("50e-1"), rated("4")})); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ field, value, want string }{
		{"score", "5", "3"}, {"score", "5.00", "3"}, {"score", "0.5e1", "3"}, {"score", "3", "0"}, {"done", "true", "0"}, {"team", "care", "0"},
		{"score", "five", `the filter on score can't be "five"; it is a number`}, {"done", "yes", `the filter on done can't be "yes"; it is one of true, false`},
		{"team", "sales", `the filter on team can't be "sales"; it is one of care, billing`},
	} {
		result, err := catalog.Make(t.Context(), store, tallystick.Request{
			Report: "own", Tenants: []string{"acme"}, From: tallystick.Moment{Given: true}, To: tallystick.Moment{Instant: tallystick.Day, Given: true},
			Where: []tallystick.FieldValue{{Field: c.field, Value: c.value}},
		})
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			for row, err := range result.Tables[0].Rows {
				if err != nil {
					t.Fatal(err)
				}
				got = row[0].String()
			}
		}
		if got != c.want {
			t.Errorf("%s=%s gives %s, want %s", c.field, c.value, got, c.want)
		}
	}
}
