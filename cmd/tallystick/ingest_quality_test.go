package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// What an import answers is what ingest-quality shows, also after it was run twice.
func TestIngestQualityOfImports(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	file := write(t, "events.jsonl", []byte(strings.Join([]string{
		`{"id":"1","source":"shop","type":"message.edited","tenant":"acme","time":"2026-06-01T11:59:00Z","data":{"message_id":"m1"}}`,
		`{"id":"2","source":"shop","type":"message.edited","tenant":"acme","data":{"message_id":"m2"}}`,
		`{"id":"1","source":"shop","type":"message.edited","tenant":"acme","time":"2026-06-01T11:59:00Z","data":{"message_id":"other"}}`,
		`{"id":"3","source":"shop","type":"message.edited","tenant":"acme","time":"yesterday","data":{"message_id":"m3"}}`,
		`not an event`,
	}, "\n")))
	ask := func(table string) string {
		t.Helper()
		return strings.ReplaceAll(tally("report", "ingest-quality", "--data", data, "--all-tenants", "--from", "2026-06-01", "--to", "2026-06-01", "--table", table).must(t, 0).stdout, "\r\n", "\n")
	}
	tally("import", "--data", data, file).must(t, 0).counts(t, 2, 1, 2)
	const head = "Tenant ID,Company Name,Date,Source,Accepted,Duplicates,Conflicting Duplicates,Rejected,Time Missing,Late Over an Hour,Late Over a Day,Late Over 30 Days,With Unknown Fields\n"
	if got, want := ask("sources"), head+",,2026-06-01,,0,0,0,1,0,0,0,0,0\nacme,acme,2026-06-01,shop,2,1,1,1,1,0,0,0,0\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	tally("import", "--data", data, file).must(t, 0).counts(t, 0, 3, 2)
	if got, want := ask("sources"), head+",,2026-06-01,,0,0,0,2,0,0,0,0,0\nacme,acme,2026-06-01,shop,2,4,2,2,1,0,0,0,0\n"; got != want {
		t.Errorf("after the second import: got\n%swant\n%s", got, want)
	}
	if got, want := ask("rejections"), "Tenant ID,Company Name,Date,Source,Reason,Rejected\n,,2026-06-01,,not valid JSON,2\nacme,acme,2026-06-01,shop,not a time,2\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	tally("rebuild", "--data", data).must(t, 0)
	if got := ask("sources"); !strings.Contains(got, "acme,acme,2026-06-01,shop,2,4,2,2,1,") {
		t.Errorf("after a rebuild: %s", got)
	}
	explained := tally("report", "ingest-quality", "--data", data, "--tenant", "acme", "--from", "2026-06-01", "--to", "2026-06-01", "--explain", "sources,1,Time Missing").must(t, 0)
	if !strings.Contains(explained.stdout, "yes,,2026-06-01T12:00:00Z,message.edited,shop,2,1-2,acme,2") {
		t.Errorf("the explanation is %s", explained.stdout)
	}
}
