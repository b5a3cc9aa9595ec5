package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// An import is killed at random moments and started again. What it had said to be accepted must be there, each event once, and in the end everything is as if
// nothing had happened.
func TestKilledImports(t *testing.T) {
	rounds, scale := 3, 1.0
	if os.Getenv("TALLYSTICK_LONG") != "" {
		rounds, scale = 50, 10
	}
	lines := events(t, 25, scale)
	file := write(t, "events.jsonl", bytes.Join(lines, nil))
	clean := filepath.Join(t.TempDir(), "data")
	start := time.Now()
	whole := tally("import", "--data", clean, file).must(t, done)
	length := time.Since(start)
	total := whole.count(t, "accepted")
	want := reportsOf(t, clean)

	kills, acknowledged := 0, 0
	defer func() { t.Logf("%d kills after %d acknowledged events", kills, acknowledged) }()
	for range rounds {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 0))
		data := filepath.Join(t.TempDir(), "data")
		there := 0
		for range 1 + random.IntN(3) {
			said := importAndKill(t, data, file, time.Duration(random.Int64N(int64(length*3/2))))
			kills, acknowledged = kills+1, acknowledged+said
			if _, err := os.Stat(filepath.Join(data, "VERSION")); err != nil {
				continue // killed before there was anything
			}
			before := there
			there = tally("verify", "--data", data).must(t, done).count(t, "records")
			if there < before+said {
				t.Fatalf("seed %d: %d records are in the journal, of %d that were there and %d acknowledged", seed, there, before, said)
			}
			if random.IntN(3) == 0 { // a report in between brings the engine up to date
				tally("report", "tenant-usage", "--all-tenants", "--data", data).must(t, done)
			}
		}
		r := tally("import", "--data", data, file).must(t, done)
		if got := r.count(t, "accepted"); got != total-there {
			t.Errorf("seed %d: importing again added %d events, want the %d that were missing", seed, got, total-there)
		}
		tally("import", "--data", data, file).must(t, done).counts(t, 0, len(lines), 0)
		if got := reportsOf(t, data); got != want {
			t.Errorf("seed %d: the reports differ from those of an import that nobody disturbed:\n%s", seed, difference(got, want))
		}
		if t.Failed() {
			return
		}
	}
}

// importAndKill starts an import in a process of its own, kills it after a while, and returns how many events it had said to be accepted.
func importAndKill(t *testing.T, data, file string, after time.Duration) (accepted int) {
	t.Helper()
	c := child("import", "--data", data, "--progress", "json", file)
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var reading sync.WaitGroup
	reading.Go(func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			var said importProgress
			if json.Unmarshal(lines.Bytes(), &said) == nil {
				accepted = int(said.Accepted)
			}
		}
	})
	kill := time.AfterFunc(after, func() { c.Process.Kill() })
	reading.Wait()
	c.Wait()
	kill.Stop()
	return accepted
}

// difference returns the first line that differs.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one is longer"
}

// Reports depend on the events alone: not on how they were cut into files and batches, nor on how often the program was started. Within one time and tenant the
// order of acceptance counts, so what is shuffled keeps events of equal time in place.
func TestOrderAndBatchingDoNotMatter(t *testing.T) {
	rounds := 2
	if os.Getenv("TALLYSTICK_LONG") != "" {
		rounds = 100
	}
	lines := distinctTimes(events(t, 30, 1))
	first := filepath.Join(t.TempDir(), "data")
	tally("import", "--data", first, write(t, "events.jsonl", bytes.Join(lines, nil))).must(t, done)
	want := reportsOf(t, first)
	for range rounds {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 0))
		data := filepath.Join(t.TempDir(), "data")
		random.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		for rest := lines; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			part := bytes.Join(rest[:n], nil)
			if random.IntN(2) == 0 { // as an array
				part = []byte("[" + strings.TrimSuffix(strings.ReplaceAll(string(part), "\n", ","), ",") + "]")
			}
			tallyWith(context.Background(), bytes.NewReader(part), nil, "import", "--data", data, "-").must(t, done)
			rest = rest[n:]
		}
		if random.IntN(2) == 0 {
			tally("rebuild", "--data", data).must(t, done)
		}
		if got := reportsOf(t, data); got != want {
			t.Fatalf("seed %d: the reports depend on order or batching:\n%s", seed, difference(got, want))
		}
	}
}

// distinctTimes leaves out lines that share their time with an earlier one, and duplicates.
func distinctTimes(lines [][]byte) [][]byte {
	seen := map[string]bool{}
	var kept [][]byte
	for _, line := range lines {
		var e struct{ ID, Source, Tenant, Time string }
		if json.Unmarshal(line, &e) == nil && !seen[e.Tenant+e.Time] && !seen[e.Source+e.ID] {
			seen[e.Tenant+e.Time], seen[e.Source+e.ID] = true, true
			kept = append(kept, line)
		}
	}
	return kept
}
