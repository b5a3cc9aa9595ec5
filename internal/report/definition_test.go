package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/report"
)

// loadAll returns the built-in definitions, the examples, and those made for the tests.
func loadAll(t *testing.T) *report.Catalog {
	t.Helper()
	catalog, err := withExamples(t).With(os.DirFS(filepath.Join("testdata", "definitions")))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range catalog.Problems() {
		t.Error(p)
	}
	return catalog
}

// TestWrongDefinitions reads every file of testdata/wrong, each a definition with something wrong. The golden file has, for each, what is said of it.
func TestWrongDefinitions(t *testing.T) {
	folder := filepath.Join("testdata", "wrong")
	catalog, err := load(t).With(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	last := ""
	for _, p := range catalog.Problems() {
		if p.File != last && last != "" {
			b.WriteByte('\n')
		}
		last = p.File
		b.WriteString(p.String() + "\n")
	}
	golden := filepath.Join("testdata", "wrong.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.Contains(b.String(), filepath.Base(f)+":") {
			t.Errorf("nothing is said of %s", f)
		}
	}
	if got := len(catalog.Reports()); got != len(load(t).Reports()) {
		t.Errorf("%d reports are in the catalog", got)
	}
}

// FuzzDefinition: whatever a file holds, reading it ends, and says a place for what is wrong.
func FuzzDefinition(f *testing.F) {
	for _, pattern := range []string{filepath.Join("testdata", "*", "*.yaml"), filepath.Join("..", "..", "reports", "*.yaml"), filepath.Join("..", "..", "reports", "examples", "*.yaml")} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range report.Check("fuzz.yaml", []byte(text)) {
			if p.Message == "" || p.File != "fuzz.yaml" {
				t.Errorf("a problem without words: %+v", p)
			}
		}
	})
}
