package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Requests at the edge of what there is: they are answered rightly or refused, never answered with something else.

func TestPositionsThatDoNotExist(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", data, write(t, "e.jsonl", []byte(upsert("1", "acme", "one")+upsert("2", "acme", "two")))).must(t, done)
	args := []string{"report", "session-usage", "--data", data, "--tenant", "acme", "--table", "summary", "--from", "2025-01-01", "--to", "2025-01-02", "--as-of"}
	for _, position := range []string{"1-1", "1-2"} {
		tally(append(args, position)...).must(t, done)
	}
	for _, position := range []string{"0-0", "1-0", "2-1", "1-3", "1-99999"} {
		tally(append(args, position)...).complains(t, misuse, position)
		tally(append(args, position, "--explain", "summary,1,1")...).complains(t, misuse, position)
	}
}

func TestThePeriodMayBeginWith1970(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", data, write(t, "e.jsonl", []byte(upsert("1", "acme", "one")))).must(t, done)
	r := tally("report", "session-usage", "--data", data, "--tenant", "acme", "--table", "summary", "--from", "1970-01-01T00:00:00Z", "--to", "2030-01-01T00:00:00Z")
	if r.must(t, done); r.stdout != "Sessions,Tickets,Conversations\r\n0,0,0\r\n" {
		t.Error(r.stdout)
	}
}

func TestHoursHaveALimit(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", data, write(t, "e.jsonl", []byte(upsert("1", "acme", "one")))).must(t, done)
	tally("report", "service-usage", "--data", data, "--tenant", "acme", "--table", "active-agents", "--every", "hour", "--from", "1801-01-01", "--to", "2200-01-01").
		complains(t, misuse, "hours")
}

func TestTheNameOfAFileSaysItsFormat(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", data, write(t, "e.jsonl", []byte(upsert("1", "acme", "one")))).must(t, done)
	dir := t.TempDir()
	args := []string{"report", "session-usage", "--data", data, "--tenant", "acme", "--from", "2025-01-01", "--to", "2025-01-02", "-o"}
	tally(append(args, filepath.Join(dir, "all.xlsx"))...).must(t, done)
	if b, err := os.ReadFile(filepath.Join(dir, "all.xlsx")); err != nil || !bytes.HasPrefix(b, []byte("PK")) {
		t.Errorf("%v, it begins with %q", err, b[:min(len(b), 8)])
	}
	tally(append(args, filepath.Join(dir, "all.json"))...).complains(t, misuse, "all.json", "8 tables")
	tally(append(args, filepath.Join(dir, "x.xls"), "--format", "csv")...).complains(t, misuse, "x.xls", "csv")
	tally(append(args, filepath.Join(dir, "s.json"), "--table", "summary")...).must(t, done)
	if b, err := os.ReadFile(filepath.Join(dir, "s.json")); err != nil || !bytes.HasPrefix(b, []byte("{")) {
		t.Errorf("%v, it begins with %q", err, b[:min(len(b), 8)])
	}
}

// full is a standard output that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAnAnswerThatCannotBeSaidIsAFailure(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	file := write(t, "e.jsonl", []byte(upsert("1", "acme", "one")))
	for _, args := range [][]string{{"import", "--data", data, file}, {"rebuild", "--data", data}, {"quarantine", "replay", "--data", data}, {"version"}, {"config"}} {
		var stderr bytes.Buffer
		m := Main{Now: time.Now, PID: 1}
		code := m.Run(context.Background(), args, strings.NewReader(""), full{}, &stderr, func(string) (string, bool) { return "", false })
		if code != failed || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%v: exit code %d, %s", args, code, stderr.String())
		}
	}
}

func TestVerifyMissesWhatWasLost(t *testing.T) {
	for name, lose := range map[string]func(t *testing.T, file string){
		"the journal's end": func(t *testing.T, file string) {
			if err := os.Truncate(file, 300); err != nil {
				t.Fatal(err)
			}
		},
		"the whole journal": func(t *testing.T, file string) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			tally("import", "--data", data, write(t, "e.jsonl", bytes.Join(events(t, 2, 1), nil))).must(t, done)
			lose(t, filepath.Join(data, "journal", "00000001.journal"))
			tally("verify", "--data", data).complains(t, failed, "acknowledged events were lost")
		})
	}
}

func TestEventsWithoutATimeAreCounted(t *testing.T) {
	line := `{"id":"1","source":"s","type":"bot.upserted","tenant":"acme","data":{"bot_id":"b"}}` + "\n"
	r := tally("import", "--data", filepath.Join(t.TempDir(), "data"), write(t, "e.jsonl", []byte(line))).must(t, done)
	if !strings.Contains(r.stderr, "1 events had no time") {
		t.Error(r.stderr)
	}
}

func TestMendedEventsCanBeRemovedFromQuarantine(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", data, write(t, "e.jsonl", []byte("{\"id\":\"1\"}\n{\"id\":\"2\"}\n"))).must(t, done)
	lines := strings.Split(strings.TrimSpace(tally("quarantine", "list", "--data", data).must(t, done).stdout), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	first, _, _ := strings.Cut(lines[0], " ")
	tally("quarantine", "remove", "--data", data, "0123456789").complains(t, misuse, "0123456789")
	tally("quarantine", "remove", "--data", data, first).must(t, done)
	if left := tally("quarantine", "list", "--data", data).must(t, done).stdout; left != lines[1]+"\n" {
		t.Errorf("left: %q, want %q", left, lines[1])
	}
}
