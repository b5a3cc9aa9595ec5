package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The journal is the truth: whatever happens to the engine, the reports are the same again; and what happens to the journal is never hidden.

func TestTheEngineIsMadeAnew(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	lines := events(t, 5, 1)
	tally("import", "--data", data, write(t, "events.jsonl", bytes.Join(lines[:len(lines)/2], nil))).must(t, done)
	old := t.TempDir()
	if err := os.CopyFS(old, os.DirFS(filepath.Join(data, "engine"))); err != nil {
		t.Fatal(err)
	}
	tally("import", "--data", data, write(t, "events.jsonl", bytes.Join(lines, nil))).must(t, done)
	want := reportsOf(t, data)
	engine := filepath.Join(data, "engine")
	clear := func(t *testing.T) {
		if err := os.RemoveAll(engine); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name   string
		damage func(t *testing.T)
		says   string
	}{
		{"deleted", clear, "the engine is missing or older than the journal: applying records"},
		{"older than the journal", func(t *testing.T) {
			clear(t)
			if err := os.CopyFS(engine, os.DirFS(old)); err != nil {
				t.Fatal(err)
			}
		}, "the engine is missing or older than the journal: applying records"},
		{"damaged", func(t *testing.T) {
			files, _ := filepath.Glob(filepath.Join(engine, "*.duckdb"))
			for _, f := range files {
				if err := os.WriteFile(f, []byte("this is no database"), 0o640); err != nil {
					t.Fatal(err)
				}
			}
		}, "set aside"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.damage(t)
			r := tally("report", "tenant-usage", "--all-tenants", "--data", data).must(t, done)
			if !strings.Contains(r.stderr, test.says) {
				t.Errorf("stderr does not say %q: %s", test.says, r.stderr)
			}
			if got := reportsOf(t, data); got != want {
				t.Errorf("the reports have changed:\n%s", difference(got, want))
			}
			if r := tally("report", "tenant-usage", "--all-tenants", "--data", data).must(t, done); r.stderr != "" {
				t.Errorf("the second report says %s", r.stderr)
			}
		})
	}
	t.Run("damaged inside, where only reading finds it", func(t *testing.T) {
		file := filepath.Join(engine, "events.duckdb")
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		const headers = 3 * 4096 // which opening checks
		for at := headers + 100; at < len(whole); at += 8192 {
			whole[at] ^= 0x04
		}
		if err := os.WriteFile(file, whole, 0o640); err != nil {
			t.Fatal(err)
		}
		r := tally("report", "room-usage", "--all-tenants", "--from", "2025-01-01", "--to", "2025-01-05", "--data", data).must(t, done)
		if !strings.Contains(r.stderr, "thrown away and made anew") && !strings.Contains(r.stderr, "set aside") {
			t.Errorf("stderr does not say what happened: %s", r.stderr)
		}
		if got := reportsOf(t, data); got != want {
			t.Errorf("the reports have changed:\n%s", difference(got, want))
		}
	})
	t.Run("rebuilt by hand", func(t *testing.T) {
		r := tally("rebuild", "--data", data).must(t, done)
		if !strings.Contains(r.stdout, "events applied") {
			t.Errorf("stdout: %s", r.stdout)
		}
		if got := reportsOf(t, data); got != want {
			t.Errorf("the reports have changed:\n%s", difference(got, want))
		}
	})
	t.Run("ahead of the journal", func(t *testing.T) {
		// The journal and its index are those of a backup, the engine is not.
		backup := filepath.Join(t.TempDir(), "data")
		tally("import", "--data", backup, write(t, "events.jsonl", bytes.Join(lines[:len(lines)/2], nil))).must(t, done)
		os.RemoveAll(filepath.Join(backup, "engine"))
		if err := os.CopyFS(filepath.Join(backup, "engine"), os.DirFS(engine)); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"report", "tenant-usage", "--all-tenants", "--data", backup},
			{"import", "--data", backup, write(t, "more.jsonl", []byte(upsert("x", "acme", "b")))},
		} {
			tally(args...).complains(t, failed, "acknowledged events were lost from the journal", "tallystick rebuild")
		}
		tally("rebuild", "--data", backup).must(t, done)
		tally("report", "tenant-usage", "--all-tenants", "--data", backup).must(t, done)
	})
}

func TestVerifyFindsDamage(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", data, write(t, "events.jsonl", bytes.Join(events(t, 5, 1), nil))).must(t, done)
	before := tally("verify", "--data", data).must(t, done)
	if before.count(t, "records") == 0 || !strings.Contains(before.stdout, "chain ") {
		t.Errorf("stdout: %s", before.stdout)
	}
	segments, _ := filepath.Glob(filepath.Join(data, "journal", "*.journal"))
	text, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(segments[0], text, 0o640); err != nil {
		t.Fatal(err)
	}
	tally("verify", "--data", data).complains(t, failed, segments[0])
}

func TestImportMakesTheSameReportsOnEveryWayIn(t *testing.T) {
	lines := events(t, 5, 1)
	file := write(t, "events.jsonl", bytes.Join(lines, nil))
	data := filepath.Join(t.TempDir(), "data")
	first := tally("import", "--data", data, file).must(t, done)
	want := reportsOf(t, data)
	other := filepath.Join(t.TempDir(), "data")
	half := write(t, "half.jsonl", bytes.Join(lines[:len(lines)/2], nil))
	rest := bytes.Join(lines[len(lines)/2:], nil)
	second := tallyWith(context.Background(), bytes.NewReader(rest), nil, "import", "--data", other, "--format", "ndjson", half, "-").must(t, done)
	if a, b := first.count(t, "accepted"), second.count(t, "accepted"); a != b {
		t.Errorf("accepted %d and %d", a, b)
	}
	if got := reportsOf(t, other); got != want {
		t.Errorf("reports differ:\n%s", difference(got, want))
	}
}

// Where no audit log is found, verify says that it has checked none.
func TestVerifySaysWhatItHasNotChecked(t *testing.T) {
	data := directory(t)
	r := tally("verify", "--data", data).must(t, done)
	if !strings.Contains(r.stderr, "audit not checked: there is no ") || !strings.Contains(r.stderr, "give --control") || strings.Contains(r.stdout, "audit") {
		t.Errorf("%q, %q", r.stdout, r.stderr)
	}
	r = tally("verify", "--data", data, "--control", filepath.Join(t.TempDir(), "control.db")).must(t, done)
	if r.stderr != "" || r.count(t, "audit") != 0 {
		t.Errorf("with a control plane: %q, %q", r.stdout, r.stderr)
	}
}
