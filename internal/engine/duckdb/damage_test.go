package duckdb_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// messages returns n messages of a tenant with the positions after a sequence number; a minute lies between one and the next.
func messages(tenant string, after uint64, n int) []tallystick.Record {
	records := make([]tallystick.Record, n)
	for i := range records {
		seq := after + uint64(i) + 1
		records[i] = tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: seq}, Event: tallystick.Event{
			Tenant: tenant, Type: tallystick.MessageSent, Time: tallystick.Instant(seq) * tallystick.Minute,
			Data: []tallystick.Value{
				{Field: tallystick.FieldMessageID, Text: fmt.Sprintf("message number %d", seq)}, {Field: tallystick.FieldDirection, Text: "inbound"},
				{Field: tallystick.FieldSenderKind, Text: "contact"}, {Field: tallystick.FieldSenderID, Text: "c1"},
			},
		}}
	}
	return records
}

func mustApply(t testing.TB, e tallystick.Engine, records []tallystick.Record) {
	t.Helper()
	if err := e.Apply(context.Background(), records); err != nil {
		t.Fatal(err)
	}
}

// state returns what an engine says it has applied of log 1, and how many messages of a tenant there are: for [messages] the same number.
func state(t testing.TB, e tallystick.Engine, tenant string) (applied uint64, stored int64) {
	t.Helper()
	p, err := e.Applied(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := e.Tally(context.Background(), tallystick.Tally{
		Scope: tallystick.For(tenant, tallystick.Position{}, tallystick.MaxInstant), Type: tallystick.MessageSent, From: tallystick.MinInstant,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(counts) > 0 {
		stored = counts[0].Value
	}
	return p.Sequence, stored
}

// holds fails unless all of the first n messages are there.
func holds(t testing.TB, e tallystick.Engine, tenant string, n int) {
	t.Helper()
	if applied, stored := state(t, e, tenant); applied != uint64(n) || stored != int64(n) {
		t.Errorf("applied %d, stored %d; want %d", applied, stored, n)
	}
}

func TestWhatWasAppliedStays(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir)
	mustApply(t, e, messages("acme", 0, 5000))
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	e = open(t, dir)
	defer e.Close()
	holds(t, e, "acme", 5000)
	mustApply(t, e, messages("acme", 4000, 2000))
	holds(t, e, "acme", 6000)
}

func TestOneEngineAtATime(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir)
	_, err := duckdb.Open(context.Background(), duckdb.Options{Dir: dir})
	if tallystick.CodeOf(err) != tallystick.Conflict {
		t.Errorf("a second engine in the same folder: %v", err)
	}
	mustApply(t, e, messages("acme", 0, 10))
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = open(t, dir)
	defer e.Close()
	holds(t, e, "acme", 10)
}

// crashed returns the files of a store as a crash would leave them after three Applies, of which the first was written into the database file, the
// second is only in the write-ahead log, and the third in memory.
func crashed(t *testing.T) map[string][]byte {
	t.Helper()
	duckdb.MergeLate() // which would be in the write-ahead log, too
	defer duckdb.MergeSoon()
	dir := t.TempDir()
	e := open(t, dir)
	mustApply(t, e, messages("acme", 0, 3000))
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = open(t, dir)
	defer e.Close()
	mustApply(t, e, messages("acme", 3000, 3000))
	if err := duckdb.Flush(e); err != nil {
		t.Fatal(err)
	}
	mustApply(t, e, messages("acme", 6000, 100))
	holds(t, e, "acme", 6100)
	image := map[string][]byte{}
	for _, name := range []string{"events.duckdb", "events.duckdb.wal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		image[name] = b
	}
	return image
}

// restored writes files into a new folder.
func restored(t *testing.T, image map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range image {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestDamage(t *testing.T) {
	ctx := context.Background()
	image := crashed(t)
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, database, wal string)
		want   []int // messages that may be left
		log    bool  // whether something has to be said
	}{
		{"a crash loses what was in memory", func(*testing.T, string, string) {}, []int{6000}, false},
		{"the database is deleted", func(t *testing.T, database, wal string) { remove(t, database, wal) }, []int{0}, false},
		{"the database is deleted, its log is not", func(t *testing.T, database, _ string) { remove(t, database) }, []int{0}, true},
		{"the write-ahead log is deleted", func(t *testing.T, _, wal string) { remove(t, wal) }, []int{3000}, false},
		{"the write-ahead log is empty", func(t *testing.T, _, wal string) { truncate(t, wal, 0) }, []int{3000}, false},
		{"the write-ahead log is cut", func(t *testing.T, _, wal string) { truncate(t, wal, size(t, wal)-100) }, []int{3000}, false},
		{"the write-ahead log is damaged", func(t *testing.T, _, wal string) { flip(t, wal, size(t, wal)/2) }, []int{3000}, true},
		{"the write-ahead log is garbage", func(t *testing.T, _, wal string) { garbage(t, wal, 5000) }, []int{3000}, false}, // DuckDB takes it for a torn end
		{"the database is empty", func(t *testing.T, database, wal string) { truncate(t, database, 0); remove(t, wal) }, []int{0}, true},
		{"the database is cut", func(t *testing.T, database, _ string) { truncate(t, database, 4096*3) }, []int{0}, true},
		{"the database is garbage", func(t *testing.T, database, wal string) { garbage(t, database, 50_000); remove(t, wal) }, []int{0}, true},
		{"both are garbage", func(t *testing.T, database, wal string) { garbage(t, database, 50_000); garbage(t, wal, 5000) }, []int{0}, true},
		{"the database's header is damaged", func(t *testing.T, database, _ string) {
			for at := int64(0); at < 3*4096; at += 64 {
				flip(t, database, at)
			}
		}, []int{0}, true},
		{"it is of another layout", func(t *testing.T, database, wal string) {
			remove(t, wal)
			relayout(t, database)
		}, []int{0}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := restored(t, image)
			database := filepath.Join(dir, "events.duckdb")
			c.damage(t, database, database+".wal")
			var log bytes.Buffer
			for range 2 { // the second time it is whole
				e, err := duckdb.Open(ctx, duckdb.Options{Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
				if err != nil {
					t.Fatal(err)
				}
				applied, stored := state(t, e, "acme")
				ok := false
				for _, n := range c.want {
					ok = ok || applied == uint64(n) && stored == int64(n)
				}
				if !ok {
					t.Errorf("applied %d, stored %d; want one of %v\n%s", applied, stored, c.want, &log)
				}
				if said := strings.Contains(log.String(), "set aside"); said != c.log {
					t.Errorf("log says %q", &log)
				}
				mustApply(t, e, messages("acme", applied, 10))
				holds(t, e, "acme", int(applied)+10)
				if err := e.Close(); err != nil {
					t.Error(err)
				}
				c.want, c.log = []int{int(applied) + 10}, false
				log.Reset()
			}
		})
	}
}

// TestADamagedBlockIsNoAnswer flips bits all over the database file. Each is seen when opening, or when it is read, or was of no importance; it never changes an answer.
func TestADamagedBlockIsNoAnswer(t *testing.T) {
	ctx := context.Background()
	image := crashed(t)
	delete(image, "events.duckdb.wal")
	whole := image["events.duckdb"]
	seen := 0
	for at := 50; at < len(whole); at += len(whole) / 10 {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x10
		e := open(t, restored(t, map[string][]byte{"events.duckdb": damaged}))
		applied, err := e.Applied(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		list, err := e.List(ctx, tallystick.List{
			Scope: tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant), Types: []string{tallystick.MessageSent},
			From: tallystick.MinInstant, Fields: []tallystick.Field{tallystick.FieldMessageID},
		})
		if err != nil || applied.IsZero() {
			seen++
		} else if len(list) != 3000 || applied.Sequence != 3000 || list[1234].Texts[0] != "message number 1235" {
			t.Errorf("with a bit flipped at %d of %d: %d messages, applied %s", at, len(whole), len(list), applied)
		}
		e.Close() // may well fail
	}
	t.Logf("%d of the flips were seen", seen)
	if seen == 0 {
		t.Error("no damage was seen")
	}
}

func TestAProgramThatDiesWhileOpening(t *testing.T) {
	image := crashed(t)
	for deaths, want := range map[string]int{"1": 6000, "2": 3000, "3": 0, "4711": 0} {
		t.Run(deaths, func(t *testing.T) {
			dir := restored(t, image)
			if err := os.WriteFile(filepath.Join(dir, "opening"), []byte(deaths), 0o640); err != nil {
				t.Fatal(err)
			}
			e := open(t, dir)
			defer e.Close()
			holds(t, e, "acme", want)
		})
	}
}

// TestKill ends a program with SIGKILL while it applies and merges, some times, and looks whether everything that was written into the file is there, once, and nothing of an Apply without the rest.
func TestKill(t *testing.T) {
	if dir := os.Getenv("TALLYSTICK_KILLED_IN"); dir != "" {
		applyForever(t, dir)
	}
	dir, rounds := t.TempDir(), 3
	if os.Getenv("TALLYSTICK_LONG") == "1" {
		rounds = 100
	}
	seed := time.Now().UnixNano()
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	t.Logf("seed %d", seed)
	total, merges, err := uint64(0), 0, error(nil)
	for range rounds {
		c := exec.Command(os.Args[0], "-test.run=^TestKill$")
		c.Env = append(os.Environ(), "TALLYSTICK_KILLED_IN="+dir)
		var out bytes.Buffer
		c.Stdout = &out
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300*time.Millisecond + time.Duration(r.IntN(1000))*time.Millisecond)
		c.Process.Kill()
		c.Wait()
		least := uint64(0)
		for line := range strings.Lines(out.String()) {
			if strings.HasSuffix(line, "\n") {
				fmt.Sscanf(line, "applied %d", &least)
			}
		}
		e := open(t, dir)
		applied, stored := state(t, e, "acme")
		total = max(total, least)
		if merges, err = duckdb.Rows(e, "merged"); err != nil {
			t.Fatal(err)
		}
		if applied < least || stored != int64(applied) {
			t.Errorf("applied %d, stored %d; the program had been told %d", applied, stored, least)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if total == 0 || merges == 0 {
		t.Errorf("before all of the kills %d records were written into the file, and merged %d times", total, merges)
	}
}

func applyForever(t *testing.T, dir string) {
	e := openFlushing(t, dir, 5_000)
	for {
		applied, _ := e.Applied(context.Background(), 1)
		mustApply(t, e, messages("acme", applied.Sequence, 1+int(applied.Sequence*7919%20_000)))
		if err := duckdb.MergeAll(context.Background(), e); err != nil {
			t.Fatal(err)
		}
		inFile, err := duckdb.InFile(e, 1)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("applied %d\n", inFile)
	}
}

func remove(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

func size(t *testing.T, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func truncate(t *testing.T, name string, n int64) {
	t.Helper()
	if err := os.Truncate(name, n); err != nil {
		t.Fatal(err)
	}
}

func flip(t *testing.T, name string, at int64) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 0x55
	if err := os.WriteFile(name, b, 0o640); err != nil {
		t.Fatal(err)
	}
}

func garbage(t *testing.T, name string, n int) {
	t.Helper()
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	if err := os.WriteFile(name, b, 0o640); err != nil {
		t.Fatal(err)
	}
}

// relayout makes the database one of another version of the program.
func relayout(t *testing.T, name string) {
	t.Helper()
	db, err := sql.Open("duckdb", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE layout SET layout = 'of another version'"); err != nil {
		t.Fatal(err)
	}
}
