package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

func TestQuarantine(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	bad := []string{
		`{"id":"1","source":"test","type":"bot.upserted","tenant":"acme","time":"2026-06-01T12:20:00Z","data":{"bot_id":"b"}}`, // ahead of the clock
		`{"id":"2","source":"test","type":"bot.upserted","tenant":"acme","data":{}}`,
		`{"id":"3","source":"test","type":"tea.drunk","tenant":"acme","data":{"cups":"` + strings.Repeat("1", 70<<10) + `"}}`,
	}
	tallyWith(context.Background(), strings.NewReader(strings.Join(bad, "\n")), nil, "import", "--data", data, "-").must(t, done).counts(t, 0, 0, 3)

	list := tally("quarantine", "list", "--data", data).must(t, done).stdout
	lines := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("list:\n%s", list)
	}
	for i, says := range []string{
		"  2026-06-01T12:00:00Z  standard input:1  time: ", "  2026-06-01T12:00:00Z  standard input:2  data.bot_id: ", `standard input:3  type: unknown type "tea.drunk"`,
	} {
		if !strings.Contains(lines[i], says) {
			t.Errorf("line %d is %q, want %q in it", i+1, lines[i], says)
		}
	}
	id := lines[1][:shortID]

	t.Run("export gives back what came", func(t *testing.T) {
		r := tally("quarantine", "export", "--data", data).must(t, done)
		if want := bad[0] + "\n" + bad[1] + "\n"; r.stdout != want || !strings.Contains(r.stderr, "left out "+lines[2][:shortID]) {
			t.Errorf("got %q, %q\nwant %q", r.stdout, r.stderr, want)
		}
		if r := tally("quarantine", "export", "--data", data, id).must(t, done); r.stdout != bad[1]+"\n" {
			t.Errorf("one event: %q", r.stdout)
		}
		tally("quarantine", "export", "--data", data, "123456").complains(t, misuse, `no entry "123456"`)
	})
	t.Run("replay leaves what is still bad", func(t *testing.T) {
		tally("quarantine", "replay", "--data", data).must(t, done).counts(t, 0, 0, 3)
		if got := tally("quarantine", "list", "--data", data).stdout; got != list {
			t.Errorf("the list has changed:\n%s", got)
		}
	})
	t.Run("replay lets go what is good now", func(t *testing.T) {
		defer later(1)()
		tally("quarantine", "replay", "--data", data).must(t, done).counts(t, 1, 0, 2)
		if got, want := tally("quarantine", "list", "--data", data).stdout, lines[1]+"\n"+lines[2]+"\n"; got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
		if got := tally("report", "tenant-usage", "--all-tenants", "--data", data).must(t, done).stdout; !strings.Contains(got, "\r\nacme,") {
			t.Errorf("the event is not in the reports: %s", got)
		}
	})
	t.Run("replay of one event", func(t *testing.T) {
		tally("quarantine", "replay", "--data", data, id).must(t, done).counts(t, 0, 0, 1)
	})
}
