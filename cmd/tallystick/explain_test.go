package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExplain explains cells of the example of room-usage from a data directory.
func TestExplain(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", data, "../../reports/room-usage/explained/events.jsonl").must(t, done)
	args := func(cell string, more ...string) []string {
		return append([]string{"report", "room-usage", "--tenant", "acme", "--from", "2025-03-01", "--to", "2025-03-01", "--data", data, "--explain", cell}, more...)
	}
	golden := func(file string) string {
		text, err := os.ReadFile(filepath.Join("../../reports/room-usage/explained", file))
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(text), "\n", "\r\n")
	}
	t.Run("a number", func(t *testing.T) {
		r := tally(args("rooms,1,Total Messages Received")...).must(t, done)
		if want := golden("received.csv"); r.stdout != want {
			t.Errorf("got\n%s\nwant\n%s", r.stdout, want)
		}
		if r.stderr != "note: Total Messages Received of row 1 of rooms is \"3\": the number of events that are counted\n" {
			t.Errorf("stderr: %s", r.stderr)
		}
	})
	t.Run("a column by number, with another format, into a directory", func(t *testing.T) {
		dir := t.TempDir()
		tally(args("rooms, 1, 2", "--format", "json", "-o", dir+"/")...).must(t, done)
		got, _ := os.ReadFile(filepath.Join(dir, "explanation.json"))
		if !strings.Contains(string(got), `"not the latest"`) || !strings.Contains(string(got), `"explained-7"`) {
			t.Errorf("got %s", got)
		}
	})
	t.Run("as of an earlier position", func(t *testing.T) {
		got := tally(args("rooms,1,Total Messages Received", "--as-of", "1-31")...).must(t, done).stdout
		if strings.Count(got, "yes,") != 2 || strings.Contains(got, "explained-32") {
			t.Errorf("got %s", got)
		}
	})
	for _, wrong := range []struct {
		cell, says string
		more       []string
	}{
		{"rooms,1", `--explain: "rooms,1" is not a cell; write TABLE,ROW,COLUMN`, nil},
		{"rooms,first,Room", `"rooms,first,Room" is not a cell`, nil},
		{",1,Room", `",1,Room" is not a cell`, nil},
		{"usage,1,Room", `report room-usage has no table "usage"; its tables are rooms`, nil},
		{"rooms,1,Room", "the cell is of table rooms, and --table asks for usage", []string{"--table", "usage"}},
		{"rooms,2,Room", "table rooms has no row 2; it has one row, number 1", nil},
		{"rooms,1,Colour", `table rooms has no column "Colour"; its columns are numbered from 1: Room, `, nil},
	} {
		t.Run(wrong.says, func(t *testing.T) { tally(args(wrong.cell, wrong.more...)...).complains(t, misuse, wrong.says) })
	}
	t.Run("no tenant", func(t *testing.T) {
		tally("report", "room-usage", "--data", data, "--explain", "rooms,1,Room").complains(t, misuse, "--tenant T or --all-tenants")
	})
}

// TestCreditsAreNumbers sees that a negative item is no text, which CSV would guard.
func TestCreditsAreNumbers(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", data, "../../reports/tenant-usage/tenants/events.jsonl").must(t, done)
	got := tally("report", "tenant-usage", "--tenant", "acme", "--from", "2025-03-01", "--to", "2025-03-31", "--data", data,
		"--explain", "tenants,1,SMS/Voice Credits Remaining").must(t, done).stdout
	if !strings.Contains(got, ",acme,-2\r\n") || !strings.Contains(got, ",acme,100\r\n") {
		t.Errorf("got %s", got)
	}
}
