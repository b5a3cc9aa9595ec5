package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control/controltest"
	"github.com/tallystick/tallystick/internal/sample"
)

// These tests run whole commands on real data directories: in this process by [Main.Run], or, where they are killed or limited, in a child process that is
// this test binary running [main].
const (
	envMain     = "TEST_TALLYSTICK_MAIN"      // set: this is such a child
	envFileSize = "TEST_TALLYSTICK_FILE_SIZE" // the most bytes that a file of the child may have
)

func TestMain(m *testing.M) {
	if os.Getenv(envMain) == "" {
		code := m.Run()
		controltest.Stop()
		os.Exit(code)
	}
	if limit, err := strconv.ParseUint(os.Getenv(envFileSize), 10, 64); err == nil {
		signal.Ignore(syscall.SIGXFSZ) // a write over the limit fails with EFBIG then
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			panic(err)
		}
	}
	main()
}

// child prepares a command in a process of its own.
func child(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), envMain+"=1")
	return c
}

// result is what a command answered.
type result struct {
	code           int
	stdout, stderr string
}

// noon is the time of every command that runs in this process.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// later lets the clock of the commands go on by some days, until the function that it returns is called.
func later(days int) (back func()) {
	before := noon
	noon = noon.AddDate(0, 0, days)
	return func() { noon = before }
}

// tally runs a command.
func tally(args ...string) result { return tallyWith(context.Background(), nil, nil, args...) }

// tallyWith runs a command with standard input and variables.
func tallyWith(ctx context.Context, stdin io.Reader, env map[string]string, args ...string) result {
	var stdout, stderr bytes.Buffer
	m := Main{Now: func() time.Time { return noon }, PID: os.Getpid()}
	code := m.Run(ctx, args, stdin, &stdout, &stderr, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	return result{code, stdout.String(), stderr.String()}
}

// must fails the test unless the command ends with the code, and returns what it printed.
func (r result) must(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit %d, want %d\nstdout: %s\nstderr: %s", r.code, code, r.stdout, r.stderr)
	}
	return r
}

// complains checks that a command ended with a code and one sentence on stderr that holds the parts.
func (r result) complains(t *testing.T, code int, parts ...string) {
	t.Helper()
	if r.code != code || strings.Count(r.stderr, "\n") != 1 || !strings.HasPrefix(r.stderr, "tallystick: ") {
		t.Errorf("exit %d, want %d and one sentence on stderr\nstdout: %s\nstderr: %s", r.code, code, r.stdout, r.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(r.stderr, part) {
			t.Errorf("stderr does not say %q: %s", part, r.stderr)
		}
	}
}

// count returns the number in the line of an import's summary that begins with a word.
func (r result) count(t *testing.T, word string) int {
	t.Helper()
	for line := range strings.Lines(r.stdout) {
		if rest, ok := strings.CutPrefix(line, word); ok {
			rest, _, _ = strings.Cut(rest, ",")
			n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(rest), " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no line %q in the summary: %s%s", word, r.stdout, r.stderr)
	return 0
}

// counts checks an import's summary.
func (r result) counts(t *testing.T, accepted, duplicate, rejected int) {
	t.Helper()
	got := [3]int{r.count(t, "accepted"), r.count(t, "duplicate"), r.count(t, "rejected")}
	if want := [3]int{accepted, duplicate, rejected}; got != want {
		t.Errorf("accepted, duplicate, rejected are %v, want %v\n%s", got, want, r.stderr)
	}
}

// events returns some events of the sample, as lines.
func events(t testing.TB, days int, scale float64) [][]byte {
	t.Helper()
	var b bytes.Buffer
	if err := sample.WriteNDJSON(&b, sample.Events(sample.Options{Seed: 7, Days: days, Scale: scale, Duplicates: 0.05, Late: 0.05})); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(bytes.Lines(b.Bytes()))
}

// distinct returns how many events of the lines a journal accepts.
func distinct(t testing.TB, lines [][]byte) int {
	t.Helper()
	r := tallyWith(context.Background(), bytes.NewReader(bytes.Join(lines, nil)), nil, "import", "--data", t.TempDir(), "-")
	if r.code != done || r.stderr != "" {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	for line := range strings.Lines(r.stdout) {
		if rest, ok := strings.CutPrefix(line, "accepted"); ok {
			n, _ := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(rest), " ", ""))
			return n
		}
	}
	t.Fatal("no summary")
	return 0
}

// write puts a file into a new directory and returns its name.
func write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// reportsOf makes every table of every report of a data directory.
func reportsOf(t testing.TB, data string) string {
	t.Helper()
	var b strings.Builder
	for _, r := range catalog(t).Reports() {
		dir := t.TempDir()
		if r := tally("report", r.Name, "--all-tenants", "--from", "2025-01-01", "--to", "2025-03-31", "--data", data, "-o", dir); r.code != done {
			t.Fatalf("%s: exit %d: %s", r.stdout, r.code, r.stderr)
		}
		for _, table := range r.Tables {
			text, err := os.ReadFile(filepath.Join(dir, table.Name+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(r.Name + " " + table.Name + "\n")
			b.Write(text)
		}
	}
	return b.String()
}

// upsert is a line with a harmless event.
func upsert(id, tenant, bot string) string {
	return `{"id":"` + id + `","source":"test","type":"` + tallystick.BotUpserted + `","tenant":"` + tenant + `","time":"2025-02-01T00:00:00Z","data":{"bot_id":"` + bot + `"}}` + "\n"
}
