package keyindex

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

func seeded(t testing.TB) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("TALLYSTICK_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("TALLYSTICK_SEED=%d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

func randomKey(r *rand.Rand) Key { return Key{r.Uint64(), r.Uint64()} }

func open(t testing.TB, o Options) *Index {
	t.Helper()
	if o.Dir == "" {
		o.Dir = "/keys"
	}
	x, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func closeIndex(t testing.TB, x *Index) {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

// look asks for a key as the sequencer does.
func look(t testing.TB, x *Index, k Key) (uint32, bool) {
	t.Helper()
	var found [1]Found
	if err := x.Find([]Key{k}, found[:]); err != nil {
		t.Fatal(err)
	}
	if found[0].Known {
		return found[0].Value, true
	}
	return x.Recent(k)
}

// TestModel compares the index with a map, over small tables so that runs and merges happen, and over reopenings.
func TestModel(t *testing.T) {
	r := seeded(t)
	d := disktest.New()
	o := Options{FS: d, TableKeys: 32}
	x := open(t, o)
	known := map[Key]uint32{}
	var keys []Key
	for sequence := uint64(1); sequence <= 3000; sequence++ {
		for range 1 + r.IntN(2) {
			k := randomKey(r)
			if len(keys) > 0 && r.IntN(4) == 0 { // one that shares its first bits with another one
				k.High = keys[r.IntN(len(keys))].High&^0xffff | uint64(r.Uint32N(1<<16))
			}
			x.Add(k, uint32(k.Low)^7)
			known[k] = uint32(k.Low) ^ 7
			keys = append(keys, k)
		}
		if err := x.Advance(sequence, [32]byte{byte(sequence)}); err != nil {
			t.Fatal(err)
		}
		x.Durable(sequence)
		k := keys[r.IntN(len(keys))]
		if v, ok := look(t, x, k); !ok || v != known[k] {
			t.Fatalf("record %d: key %x is %v, %v, want %v", sequence, k, v, ok, known[k])
		}
		if k := randomKey(r); r.IntN(2) == 0 {
			if _, ok := look(t, x, k); ok {
				t.Fatalf("record %d: unknown key %x is known", sequence, k)
			}
		}
		if r.IntN(500) == 0 {
			closeIndex(t, x)
			x = open(t, o)
			if covered, digest := x.Covered(); covered != sequence || digest[0] != byte(sequence) {
				t.Fatalf("covered %d %x after reopening at %d", covered, digest, sequence)
			}
		}
	}
	for range 2 {
		for k, want := range known {
			if v, ok := look(t, x, k); !ok || v != want {
				t.Fatalf("key %x is %v, %v, want %v", k, v, ok, want)
			}
		}
		closeIndex(t, x)
		x = open(t, o)
	}
	x.begin()
	if n := settle(x); n > 16 { // three of each of five sizes, and one
		t.Errorf("%d runs", n)
	}
	for k, want := range known {
		if v, ok := look(t, x, k); !ok || v != want {
			t.Fatalf("key %x is %v, %v after merging, want %v", k, v, ok, want)
		}
	}
	closeIndex(t, x)
}

// settle waits until nothing is left to write or to merge, and returns how many runs there are.
func settle(x *Index) int {
	for {
		x.mu.RLock()
		busy, runs := x.failed == nil && (len(x.frozen) > 0 || len(x.pick()) > 0), len(x.runs)
		x.mu.RUnlock()
		if !busy {
			return runs
		}
		time.Sleep(time.Millisecond)
	}
}

func TestSorted(t *testing.T) {
	r := seeded(t)
	for n := range 300 {
		table := newTable(4)
		for range n {
			k := randomKey(r)
			if r.IntN(3) == 0 {
				k.High = 5
			}
			table.add(k, uint32(k.Low))
		}
		entries := table.sorted()
		if len(entries) != n {
			t.Fatalf("%d of %d entries", len(entries), n)
		}
		for i, e := range entries {
			if e.value != uint32(e.key.Low) || i > 0 && !entries[i-1].key.less(e.key) {
				t.Fatalf("%d entries: entry %d is out of place", n, i)
			}
		}
	}
}

// fill adds records first to last, one key each, and makes them durable.
func fill(t testing.TB, x *Index, first, last uint64) {
	t.Helper()
	for s := first; s <= last; s++ {
		x.Add(keyOf(s), uint32(s))
		if err := x.Advance(s, digestOf(s)); err != nil {
			t.Fatal(err)
		}
		x.Durable(s)
	}
}

func digestOf(s uint64) (d [32]byte) {
	binary.LittleEndian.PutUint64(d[:], s)
	return d
}

func keyOf(s uint64) Key {
	r := rand.New(rand.NewPCG(s, 1))
	return Key{r.Uint64(), r.Uint64()}
}

// check holds that an index knows exactly the keys of the records that it says it covers.
func check(t testing.TB, x *Index, last uint64) (covered uint64) {
	t.Helper()
	covered, digest := x.Covered()
	if covered > 0 && digest != digestOf(covered) {
		t.Fatalf("digest at %d is wrong", covered)
	}
	for s := uint64(1); s <= last; s++ {
		if v, ok := look(t, x, keyOf(s)); ok != (s <= covered) || ok && v != uint32(s) {
			t.Fatalf("key of record %d: %v, %v; covered is %d", s, v, ok, covered)
		}
	}
	return covered
}

// unfinished lists the files that are not done, of an index that nobody has used yet.
func unfinished(t *testing.T, fsys disk.FS) (names []string) {
	entries, err := fsys.ReadDir("/keys")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name, runSuffix) {
			names = append(names, e.Name)
		}
	}
	return names
}

func TestPowerCuts(t *testing.T) {
	work := func(d *disktest.Disk) {
		x, err := Open(context.Background(), Options{Dir: "/keys", FS: d, TableKeys: 16})
		if err != nil {
			return
		}
		for s := uint64(1); s <= 200; s++ {
			x.Add(keyOf(s), uint32(s))
			if x.Advance(s, digestOf(s)) != nil {
				break
			}
			x.Durable(s)
		}
		x.Close()
	}
	d := disktest.New()
	work(d)
	for n := 1; n <= d.Operations(); n++ {
		for _, mode := range disktest.Modes {
			d := disktest.New()
			d.CutPowerAt(n)
			work(d)
			d = d.Reboot(mode, uint64(n))
			x := open(t, Options{FS: d, TableKeys: 16})
			for _, name := range unfinished(t, d) {
				t.Fatalf("cut at %d, %v: %s is still there", n, mode, name)
			}
			covered := check(t, x, 200)
			fill(t, x, covered+1, 200)
			closeIndex(t, x)
			x = open(t, Options{FS: d, TableKeys: 16})
			if covered := check(t, x, 200); covered != 200 {
				t.Fatalf("cut at %d, %v: covered %d after filling up to 200", n, mode, covered)
			}
			closeIndex(t, x)
		}
	}
}

// TestNothingIsMadeTwice holds that what was closed, and what merges have made of it, is there after a power cut: keys are right without, but to make them again
// takes long.
func TestNothingIsMadeTwice(t *testing.T) {
	d := disktest.New()
	for last := uint64(50); last <= 1000; last += 50 {
		x := open(t, Options{FS: d, TableKeys: 16})
		fill(t, x, last-49, last)
		closeIndex(t, x)
		d = d.Reboot(disktest.Dropped, 0)
		x = open(t, Options{FS: d, TableKeys: 16})
		if covered := check(t, x, last); covered != last {
			t.Fatalf("covered %d of %d", covered, last)
		}
		closeIndex(t, x)
	}
}

func TestNotDurableInJournal(t *testing.T) {
	d := disktest.New()
	x := open(t, Options{FS: d, TableKeys: 16})
	fill(t, x, 1, 20)
	for s := uint64(21); s <= 60; s++ { // the journal does not sync these
		x.Add(keyOf(s), uint32(s))
		if err := x.Advance(s, digestOf(s)); err != nil {
			t.Fatal(err)
		}
	}
	closeIndex(t, x)
	x = open(t, Options{FS: d, TableKeys: 16})
	if covered := check(t, x, 60); covered > 20 {
		t.Errorf("covered %d, more than the journal has", covered)
	}
	closeIndex(t, x)
}

// TestDamage flips a bit of each byte of each file: at opening or at a look-up it is found out, and what is then covered is right.
func TestDamage(t *testing.T) {
	r := seeded(t)
	d := disktest.New()
	x := open(t, Options{FS: d, TableKeys: 64})
	fill(t, x, 1, 150)
	closeIndex(t, x)
	entries, _ := d.ReadDir("/keys")
	if len(entries) < 2 {
		t.Fatalf("only %v", entries)
	}
	var found int
	for _, e := range entries {
		path := filepath.Join("/keys", e.Name)
		content, err := disk.ReadFile(d, path)
		if err != nil {
			t.Fatal(err)
		}
		for offset := int64(0); offset < e.Size; offset += 1 + r.Int64N(8) {
			d := d.Reboot(disktest.Kept, 0)
			d.Flip(path, offset, uint(r.IntN(8)))
			var log strings.Builder
			o := Options{FS: d, TableKeys: 64, Logger: slog.New(slog.NewTextHandler(&log, nil))}
			x := open(t, o)
			if x.Find([]Key{keyOf(1), keyOf(70), keyOf(140)}, make([]Found, 3)) == nil && x.Find(keysTo(150), make([]Found, 150)) == nil {
				check(t, x, 150)
			} else {
				found++
				closeIndex(t, x)
				x = open(t, o)
				check(t, x, 150)
			}
			covered, _ := x.Covered()
			if covered == 150 {
				t.Errorf("%s: a bit at %d was flipped and nobody noticed", e.Name, offset)
			}
			if !strings.Contains(log.String(), "damaged") {
				t.Errorf("%s: a bit at %d was flipped and nothing was said", e.Name, offset)
			}
			closeIndex(t, x)
		}
		if found == 0 {
			t.Error("no damage was found by a look-up")
		}
		// Cut to any length.
		for size := 0; size < len(content); size += 1 + r.IntN(300) {
			d := d.Reboot(disktest.Kept, 0)
			d.Overwrite(path, content[:size])
			x := open(t, Options{FS: d, TableKeys: 64})
			if covered := check(t, x, 150); covered == 150 {
				t.Errorf("%s was cut to %d bytes and nobody noticed", e.Name, size)
			}
			closeIndex(t, x)
		}
	}
}

func keysTo(last uint64) []Key {
	var keys []Key
	for s := uint64(1); s <= last; s++ {
		keys = append(keys, keyOf(s))
	}
	return keys
}

// TestForgetFindsNobodyReading opens an index with runs that are to be merged, and forgets it: what is being merged must not be taken away.
func TestForgetFindsNobodyReading(t *testing.T) {
	r := seeded(t)
	o := Options{FS: disk.OS, Dir: t.TempDir(), TableKeys: 1000}
	for i := range uint64(5) {
		w, err := createRun(o.FS, runPath(o.Dir, i*500+1, i*500+500), 1000, 1000)
		if err != nil {
			t.Fatal(err)
		}
		table := newTable(0)
		for range 1000 {
			table.add(randomKey(r), 1)
		}
		for _, e := range table.sorted() {
			if err := w.add(e); err != nil {
				t.Fatal(err)
			}
		}
		run, err := w.finish(i*500+1, i*500+500, [32]byte{byte(i)})
		if err != nil {
			t.Fatal(err)
		}
		run.close()
	}
	x := open(t, o)
	if len(x.runs) != 5 {
		t.Fatalf("%d runs", len(x.runs))
	}
	if err := x.Forget(); err != nil {
		t.Fatal(err)
	}
	x.Add(randomKey(r), 7)
	if err := x.Advance(1, [32]byte{1}); err != nil {
		t.Fatal(err)
	}
	x.Durable(1)
	closeIndex(t, x)
}

func TestForget(t *testing.T) {
	d := disktest.New()
	x := open(t, Options{FS: d, TableKeys: 16})
	fill(t, x, 1, 100)
	closeIndex(t, x)
	x = open(t, Options{FS: d, TableKeys: 16})
	if err := x.Forget(); err != nil {
		t.Fatal(err)
	}
	if covered := check(t, x, 100); covered != 0 {
		t.Errorf("covered %d", covered)
	}
	fill(t, x, 1, 30)
	closeIndex(t, x)
	x = open(t, Options{FS: d, TableKeys: 16})
	if covered := check(t, x, 100); covered != 30 {
		t.Errorf("covered %d, want 30", covered)
	}
	closeIndex(t, x)
}

// TestAside lets what is written aside of a filter fail, and come back otherwise than it was written: no run is made of it, and nothing is left.
func TestAside(t *testing.T) {
	const path = "/keys/aside"
	makeRun := func(d *disktest.Disk, spoil func(aside string)) error {
		if err := d.MkdirAll("/keys"); err != nil {
			t.Fatal(err)
		}
		w, err := createRun(d, path+runSuffix, 1000, 100)
		if err != nil {
			return err
		}
		for s := range uint64(1000) {
			if err = w.add(entry{Key{s << 54, s}, uint32(s)}); err != nil {
				w.abandon()
				return err
			}
		}
		if spoil != nil {
			spoil(w.asidePath())
		}
		r, err := w.finish(1, 1000, [32]byte{})
		if err != nil {
			w.abandon()
			return err
		}
		r.close()
		return nil
	}
	d := disktest.New()
	if err := makeRun(d, nil); err != nil {
		t.Fatal(err)
	}
	if left := unfinished(t, d); len(left) > 0 {
		t.Errorf("of a run that was made %q are left", left)
	}
	for name, spoil := range map[string]func(*disktest.Disk, string) error{
		"a bit":     func(d *disktest.Disk, aside string) error { return d.Flip(aside, 500, 3) },
		"the end":   func(d *disktest.Disk, aside string) error { return d.Overwrite(aside, []byte("short")) },
		"all of it": func(d *disktest.Disk, aside string) error { return d.Overwrite(aside, nil) },
	} {
		d := disktest.New()
		err := makeRun(d, func(aside string) {
			if err := spoil(d, aside); err != nil {
				t.Fatal(err)
			}
		})
		if !errors.Is(err, errDamaged) {
			t.Errorf("%s is wrong: %v", name, err)
		}
		if left := unfinished(t, d); len(left) > 0 {
			t.Errorf("%s is wrong: %q are left", name, left)
		}
	}
	broken := errors.New("the disk is broken")
	for n, failed := 0, true; failed; n++ {
		d := disktest.New()
		count := 0
		failed = false
		d.Inject(func(op disktest.Op, name string) error {
			if !strings.HasSuffix(name, ".low"+runSuffix+newSuffix) || op == disktest.OpRemove {
				return nil
			}
			if count++; count == n+1 {
				failed = true
				return broken
			}
			return nil
		})
		if err := makeRun(d, nil); failed && !errors.Is(err, broken) {
			t.Errorf("operation %d on what is aside fails: %v", n, err)
		}
		d.Inject(nil)
		if left := unfinished(t, d); len(left) > 0 {
			t.Errorf("operation %d on what is aside fails: %q are left", n, left)
		}
	}
}

func TestFullDisk(t *testing.T) {
	d := disktest.New()
	x := open(t, Options{FS: d, TableKeys: 16})
	fill(t, x, 1, 40)
	closeIndex(t, x)
	x = open(t, Options{FS: d, TableKeys: 16})
	d.SetFree(100)
	var err error
	for s := uint64(41); s < 10_000 && err == nil; s++ {
		x.Add(keyOf(s), uint32(s))
		err = x.Advance(s, digestOf(s))
		x.Durable(s)
		time.Sleep(time.Microsecond)
	}
	if !disk.IsFull(err) {
		t.Errorf("on a full disk: %v", err)
	}
	if err := x.Close(); !disk.IsFull(err) {
		t.Errorf("close on a full disk: %v", err)
	}
	d.SetFree(-1)
	x = open(t, Options{FS: d, TableKeys: 16})
	if covered := check(t, x, 10_000); covered < 40 {
		t.Errorf("covered %d", covered)
	}
	closeIndex(t, x)
}

// FuzzRun opens arbitrary files: they are opened or refused, and a look-up in one that was opened ends.
func FuzzRun(f *testing.F) {
	d := disktest.New()
	x := open(f, Options{FS: d, TableKeys: 64})
	fill(f, x, 1, 10)
	closeIndex(f, x)
	name := runPath("/keys", 1, 10)
	content, err := disk.ReadFile(d, name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add(content[:100])
	f.Fuzz(func(t *testing.T, content []byte) {
		d := disktest.New()
		if err := disk.WriteFile(d, name, content); err == nil {
			t.Fatal("wrote into a missing directory")
		}
		d.MkdirAll("/keys")
		if err := disk.WriteFile(d, name, content); err != nil {
			t.Fatal(err)
		}
		x := open(t, Options{FS: d})
		x.Find(keysTo(20), make([]Found, 20))
		x.Close()
	})
}
