package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWorkbooks makes reports of several tables as one file, on each way out.
func TestWorkbooks(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", data, write(t, "events.jsonl", bytes.Join(events(t, 3, 1), nil))).must(t, done)
	args := []string{"report", "service-usage", "--data", data, "--tenant", "hudson-savings", "--from", "2025-01-01", "--to", "2025-01-03", "--format", "xlsx"}
	file := filepath.Join(t.TempDir(), "service.xlsx")
	tally(append(args, "-o", file)...).must(t, done)
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if r := tally(args...).must(t, done); r.stdout != string(written) {
		t.Error("standard output and the file differ")
	}
	t.Run("a sheet a table, and About", func(t *testing.T) {
		z, err := zip.NewReader(bytes.NewReader(written), int64(len(written)))
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
		}
		for _, want := range []string{
			`"unique-contacts"`, `"resolved-conversations"`, `"active-agents"`, `"channels"`, `"proactive-messages"`, `"About"`,
			"Hudson Savings Bank", "America/New_York", "2025-01-01T00:00:00-05:00 to 2025-01-04T00:00:00-05:00", "Data complete until",
		} {
			if !strings.Contains(all.String(), want) {
				t.Errorf("the workbook does not hold %s", want)
			}
		}
	})
	t.Run("a directory gets the file under the report's name for files", func(t *testing.T) {
		dir := t.TempDir()
		tally("report", "billing-usage", "--data", data, "--tenant", "hudson-savings", "--from", "2025-01-01", "--to", "2025-01-03", "--format", "xls", "-o", dir).must(t, done)
		b, err := os.ReadFile(filepath.Join(dir, "usage.xls"))
		if err != nil || !bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0")) {
			t.Errorf("%v, it begins with %q", err, b[:min(len(b), 8)])
		}
	})
}
