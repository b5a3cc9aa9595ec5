package tallystick_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
)

var update = flag.Bool("update", false, "write what is generated into the docs anew")

// TestDocsOfEvents keeps the table of types in docs/events.md equal to the vocabulary, and sees that the text above it speaks of every type.
func TestDocsOfEvents(t *testing.T) {
	before := generated(t, "docs/events.md", "<!-- types -->\n", "<!-- end -->", typesTable())
	for _, typ := range tallystick.EventTypes {
		if !strings.Contains(before, "`"+typ.Name+"`") {
			t.Errorf("docs/events.md does not say what %s means", typ.Name)
		}
	}
}

// TestDocsOfRules keeps the table of rules in docs/events.md equal to what events are held to.
func TestDocsOfRules(t *testing.T) {
	var b strings.Builder
	b.WriteString("| rule | |\n|---|---|\n")
	for _, r := range ingest.Rules {
		fmt.Fprintf(&b, "| %s | %s |\n", r.Name, strings.TrimSuffix(r.Meaning, "."))
	}
	generated(t, "docs/events.md", "<!-- rules -->\n", "<!-- end of rules -->", b.String())
}

// generated keeps what stands between two marks of a file equal to a text, and returns what stands before them.
func generated(t *testing.T, file, begin, end, want string) string {
	t.Helper()
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(was), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place between %q and %q", file, begin, end)
	}
	text := before + begin + want + end + after
	if text == string(was) {
		return before
	}
	if !*update {
		t.Fatalf("%s does not agree with the program; run go test -run %s -update .", file, t.Name())
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return before
}

// TestExampleOfAnEvent reads the example in docs/events.md as an event.
func TestExampleOfAnEvent(t *testing.T) {
	text, err := os.ReadFile("docs/events.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```json\n")
	example, _, _ := strings.Cut(rest, "```")
	unknown := &ingest.Unknown{}
	d := &ingest.Decoder{Now: func() time.Time { return time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC) }, Unknown: unknown}
	e, err := d.Event([]byte(example))
	if counts, _ := unknown.Counts(); err != nil || e.Type != tallystick.MessageSent || len(counts) > 0 {
		t.Errorf("%s\nreads as %v, %v, unknown %v", example, e, err, counts)
	}
}

func typesTable() string {
	var b strings.Builder
	b.WriteString("| type | field | required | value |\n|---|---|---|---|\n")
	for _, typ := range tallystick.EventTypes {
		name := "`" + typ.Name + "`"
		for i := range typ.Rules {
			r := &typ.Rules[i]
			required := ""
			switch {
			case r.Field == typ.Key:
				required = "required, *key*"
			case r.RequiredUnless != tallystick.NoField:
				required = fmt.Sprintf("required unless `%s` is %s", r.RequiredUnless, r.RequiredUnlessValue)
			case r.Required:
				required = "required"
			}
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", name, r.Field, required, valueOf(r))
			name = ""
		}
	}
	return b.String()
}

// valueOf says in words what a field may hold.
func valueOf(r *tallystick.Rule) string {
	withDefault := func(s string) string {
		if r.Default != "" {
			s += ", by default " + r.Default
		}
		return s
	}
	switch r.Kind {
	case tallystick.KindID:
		return "id"
	case tallystick.KindEnum:
		values := append([]string(nil), r.Enum...)
		for i, v := range values {
			if v == r.Default {
				values[i] = "**" + v + "**"
			}
		}
		return strings.Join(values, ", ")
	case tallystick.KindBool:
		if r.Default == "false" {
			return "flag"
		}
		return withDefault("flag")
	case tallystick.KindInteger:
		if r.Min == -tallystick.MaxInteger {
			return "whole number"
		}
		return fmt.Sprintf("whole number from %d", r.Min)
	case tallystick.KindSeconds:
		return "seconds, 0 or more, perhaps with a fraction"
	case tallystick.KindTime:
		return "RFC 3339 time"
	case tallystick.KindDate:
		return "date, YYYY-MM-DD"
	case tallystick.KindZone:
		return withDefault("IANA time zone")
	case tallystick.KindTexts:
		return "array of texts"
	}
	return "text"
}

// TestDocsNameWhatExists follows the links of the docs and looks for the tests and the make targets that they name.
func TestDocsNameWhatExists(t *testing.T) {
	program := os.DirFS(".")
	var tests, docs []string
	err := fs.WalkDir(program, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules" || entry.Name() == "bin" || entry.Name() == "data"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".md"):
			docs = append(docs, name)
		case strings.HasSuffix(name, ".go"):
			source, err := fs.ReadFile(program, name)
			if err != nil {
				return err
			}
			for _, m := range testName.FindAllStringSubmatch(string(source), -1) {
				tests = append(tests, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if len(docs) < 4 || len(tests) < 20 {
		t.Fatalf("found only the docs %v and %d tests", docs, len(tests))
	}
	for _, doc := range docs {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || target == "" {
				continue
			}
			if _, err := os.Stat(path.Join(path.Dir(doc), target)); err != nil {
				t.Errorf("%s links to %s: %v", doc, m[1], err)
			}
		}
		for _, m := range namedTest.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(tests, m[1]) {
				t.Errorf("%s names %s, which does not exist", doc, m[1])
			}
		}
		for _, m := range namedTarget.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s names make %s, which does not exist", doc, m[1])
			}
		}
	}
}

var (
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	testName    = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	namedTest   = regexp.MustCompile(`\b(Test[A-Z]\w+)\b`)
	namedTarget = regexp.MustCompile("`make ([a-z]+)")
)
