package main

import (
	"encoding/json"
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

// A slip in a definition on a server is one line of its log; the provider sees all that follows from it, and who asks for the report who has to mend it.
func TestABrokenReportOnAServer(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	text, err := os.ReadFile(filepath.Join("..", "..", "reports", "examples", "ticket-ratings.yaml"))
	if err == nil {
		err = os.MkdirAll(filepath.Join(data, "reports"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(data, "reports", "ticket-ratings.yaml"), []byte(strings.Replace(string(text), "  com.example.ticket.rated:", "  com.example.ticket.ratd:", 1)), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := serveData(t, data)
	s.begin()
	key := func(tenant string) string {
		var made struct{ Text string }
		if err := json.Unmarshal([]byte(s.must(201, "POST", "/api/v1/keys", "", `{"name":"k","tenant":"`+tenant+`","scopes":["read"]}`)), &made); err != nil {
			t.Fatal(err)
		}
		return made.Text
	}
	all, acme := key(""), key("acme")
	r := tally("reports", "--server", s.url, "--key", all).must(t, done)
	if strings.Count(r.stderr, "left out: ticket-ratings.yaml:") < 2 || !strings.Contains(r.stdout, "billing-usage") {
		t.Errorf("the provider is told %q", r.stderr)
	}
	if r := tally("reports", "--server", s.url, "--key", acme).must(t, done); r.stderr != "" || !strings.Contains(r.stdout, "billing-usage") {
		t.Errorf("a tenant is told %q", r.stderr)
	}
	tally("report", "ticket-ratings", "--server", s.url, "--key", acme, "--tenant", "acme").complains(t, misuse, "can't be read", "whoever runs the server has to mend it")
	if log := s.stderr.String(); strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "a report definition is left out") {
		t.Errorf("the log says %s", log)
	}
}
