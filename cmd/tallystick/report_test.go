package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// directory makes a data directory with two tenants that have a bot each.
func directory(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	lines := upsert("1", "acme", "b1") + upsert("2", "zeta", "b1")
	tallyWith(context.Background(), strings.NewReader(lines), nil, "import", "--data", data, "-").must(t, done)
	return data
}

func list(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestOutput(t *testing.T) {
	data := directory(t)
	args := func(more ...string) []string {
		return append([]string{"report", "tenant-usage", "--all-tenants", "--from", "2025-02-01", "--to", "2025-02-28", "--data", data}, more...)
	}
	want := tally(args()...).must(t, done).stdout
	if strings.Count(want, "\r\n") != 3 || !strings.Contains(want, "\r\nacme,") || !strings.Contains(want, "\r\nzeta,") {
		t.Fatalf("the report is %q", want)
	}
	t.Run("into a file", func(t *testing.T) {
		dir := t.TempDir()
		file := filepath.Join(dir, "t.csv")
		for range 2 { // the second time it is replaced
			if r := tally(args("-o", file)...).must(t, done); r.stdout != "" {
				t.Errorf("stdout: %s", r.stdout)
			}
			if got, _ := os.ReadFile(file); string(got) != want || list(t, dir) != "t.csv" {
				t.Errorf("file: %q, directory: %s", got, list(t, dir))
			}
		}
	})
	t.Run("through a link", func(t *testing.T) {
		dir := t.TempDir()
		file, link := filepath.Join(dir, "real.csv"), filepath.Join(t.TempDir(), "link.csv")
		os.WriteFile(file, nil, 0o644)
		os.Symlink(file, link)
		tally(args("-o", link)...).must(t, done)
		if got, _ := os.ReadFile(file); string(got) != want {
			t.Errorf("file: %q", got)
		}
	})
	t.Run("into a device", func(t *testing.T) {
		tally(args("-o", os.DevNull)...).must(t, done)
		if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
			t.Fatalf("%s was replaced", os.DevNull)
		}
	})
	t.Run("into a directory", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "new")
		tally("report", "session-usage", "--tenant", "acme", "--data", data, "-o", dir).must(t, done)
		if got := list(t, dir); got != "by-bot.csv by-channel.csv by-month.csv by-version.csv detail.csv summary.csv ticket-trend.csv trend.csv" {
			t.Errorf("directory: %s", got)
		}
		tally(args("-o", dir+"/", "--format", "json")...).must(t, done)
		if got := list(t, dir); !strings.Contains(got, " tenants.json ") {
			t.Errorf("directory: %s", got)
		}
	})
	t.Run("a report that fails changes nothing", func(t *testing.T) {
		dir := t.TempDir()
		file := filepath.Join(dir, "t.csv")
		os.WriteFile(file, []byte("yesterday"), 0o644)
		tally("report", "tenant-usage", "--tenant", "nobody", "--data", data, "-o", file).complains(t, misuse, `no tenant "nobody"`)
		if got, _ := os.ReadFile(file); string(got) != "yesterday" || list(t, dir) != "t.csv" {
			t.Errorf("file: %q, directory: %s", got, list(t, dir))
		}
	})
	t.Run("as of an earlier position", func(t *testing.T) {
		got := tally(args("--as-of", "1-1")...).must(t, done).stdout
		if !strings.Contains(got, "\r\nacme,") || strings.Contains(got, "zeta") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("delimiter and byte order mark", func(t *testing.T) {
		got := tally(args("--delimiter", "|", "--bom")...).must(t, done).stdout
		if got != "\ufeff"+strings.ReplaceAll(want, ",", "|") {
			t.Errorf("got %q", got)
		}
		env := map[string]string{"TALLYSTICK_DELIMITER": "pipe"}
		if r := tallyWith(context.Background(), nil, env, args()...).must(t, done); r.stdout != strings.ReplaceAll(want, ",", "|") {
			t.Errorf("by variable: %q", r.stdout)
		}
	})
}

func TestReportsAtOnce(t *testing.T) {
	data := directory(t)
	answers := make(chan result)
	for range 4 {
		go func() { answers <- tally("report", "tenant-usage", "--all-tenants", "--data", data) }()
	}
	for range 4 {
		(<-answers).must(t, done)
	}
}

func TestReports(t *testing.T) {
	all := tally("reports").must(t, done).stdout
	for _, r := range catalog(t).Reports() {
		if !strings.Contains(all, r.Name+" ") {
			t.Errorf("%s is not listed:\n%s", r.Name, all)
		}
		one := tally("reports", r.Name).must(t, done).stdout
		for _, table := range r.Tables {
			if !strings.Contains(one, "\n  "+table.Name+" ") {
				t.Errorf("table %s is missing:\n%s", table.Name, one)
			}
		}
		for _, o := range r.Options {
			if !strings.Contains(one, "\n  "+o.Name+" ") {
				t.Errorf("option %s is missing:\n%s", o.Name, one)
			}
		}
	}
}

func TestSampleIsTheSameAgain(t *testing.T) {
	first := tally("sample", "--seed", "3", "--days", "2").must(t, done).stdout
	if n := strings.Count(first, "\n"); n < 100 {
		t.Errorf("%d events in two days", n)
	}
	file := filepath.Join(t.TempDir(), "s.jsonl")
	tally("sample", "--seed", "3", "--days", "2", "-o", file).must(t, done)
	if again, _ := os.ReadFile(file); string(again) != first {
		t.Error("the same seed made other events")
	}
	if tally("sample", "--seed", "4", "--days", "2").stdout == first {
		t.Error("another seed made the same events")
	}
}

func TestVersion(t *testing.T) {
	r := tally("version").must(t, done)
	for _, word := range []string{"tallystick ", "commit ", "engine ", "tzdata ", "go "} {
		if !strings.Contains("\n"+r.stdout, "\n"+word) {
			t.Errorf("no %s in %s", word, r.stdout)
		}
	}
}

func TestBar(t *testing.T) {
	for _, test := range []struct {
		done, total int64
		want        string
	}{
		{0, 10, "\r[                              ]   0 %  text\x1b[K"},
		{5, 10, "\r[===============               ]  50 %  text\x1b[K"},
		{11, 10, "\r[==============================] 100 %  text\x1b[K"},
		{5, 0, "\rtext\x1b[K"},
	} {
		if got := barLine(func() (int64, int64, string) { return test.done, test.total, "text" }); got != test.want {
			t.Errorf("%d of %d: %q", test.done, test.total, got)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1 000", 1234567: "1 234 567", -1000: "-1 000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d prints as %q", n, got)
		}
	}
}
