package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The steps of docs/custom-reports.md, as somebody does them who has read it.
func TestCustomReport(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	own := filepath.Join("..", "..", "reports", "examples")
	ratings := filepath.Join(own, "ticket-ratings", "ratings", "events.jsonl")
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(data, "reports"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, "reports", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	definition, err := os.ReadFile(filepath.Join(own, "ticket-ratings.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(own, "ticket-ratings", "ratings", "by-team.csv"))
	if err != nil {
		t.Fatal(err)
	}
	ask := []string{"report", "ticket-ratings", "--data", data, "--tenant", "acme", "--from", "2025-02-01", "--to", "2025-03-31", "--table", "by-team"}

	put("notes.yaml", "name: notes\n") // a broken one from the start: the folder is taken as a new data directory all the same
	before := tally("import", "--data", data, ratings).must(t, 0)
	before.counts(t, 3, 0, 10)
	if !strings.Contains(before.stderr, "left out: "+filepath.Join(data, "reports", "notes.yaml")+":1:1: a definition has no title") {
		t.Errorf("the broken definition is not named: %s", before.stderr)
	}
	tally(ask...).must(t, 2)

	put("ticket-ratings.yaml", string(definition))
	replayed := tally("quarantine", "replay", "--data", data).must(t, 0)
	replayed.counts(t, 10, 0, 0)
	if got := tally(ask...).must(t, 0); got.stdout != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.stdout, want)
	}
	tally("import", "--data", data, ratings).must(t, 0).counts(t, 0, 13, 0)
	if got := tally("reports", "--data", data).must(t, 0); !strings.Contains(got.stdout, "ticket-ratings") || !strings.Contains(got.stdout, "billing-usage") {
		t.Errorf("the list is\n%s", got.stdout)
	}
	if got := tally("reports", "ticket-ratings", "--data", data).must(t, 0); !strings.Contains(got.stdout, "by-agent") || !strings.Contains(got.stdout, "month, day, week") {
		t.Errorf("the description is\n%s", got.stdout)
	}
	explained := tally(append(ask, "--explain", "by-team,2,Unhappy")...).must(t, 0)
	if !strings.Contains(explained.stdout, "yes,,2025-02-04T15:00:00Z,com.example.ticket.rated,desk,e5,") {
		t.Errorf("the explanation is\n%s", explained.stdout)
	}

	put("ticket-ratings.yaml", strings.Replace(string(definition), "field: team, title", "field: tema, title", 1))
	tally(ask...).must(t, 2)
	if got := tally(ask...); !strings.Contains(got.stderr, `did you mean "team"?`) {
		t.Errorf("the mistake is not named: %s", got.stderr)
	}
	tally("report", "tenant-usage", "--data", data, "--all-tenants", "--from", "2025-02-01", "--to", "2025-02-28").must(t, 0) // the others go on

	empty := t.TempDir()
	tally("reports", "--data", data, "--reports", empty).must(t, 0)
	tally("reports", "--data", data, "--reports", filepath.Join(empty, "none")).complains(t, 2, "there is no folder", "--reports")
}
