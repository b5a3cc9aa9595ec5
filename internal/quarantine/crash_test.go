package quarantine

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// ledger is what a client knows of its entries: what it gave, what it was promised, and what it has asked to be removed.
type ledger struct {
	given           map[string]Entry // by id
	kept            map[string]bool  // promised to be there
	asked, answered map[string]bool  // removals
	order           []string         // of what was kept
}

// work keeps and removes entries until it is done or something fails. The same seed gives the same operations.
func work(s *Store, seed uint64) *ledger {
	l := &ledger{map[string]Entry{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, nil}
	r := rand.New(rand.NewPCG(seed, 1))
	for round := range 14 {
		var entries []Entry
		for range 1 + r.IntN(4) {
			size := r.IntN(300)
			if r.IntN(3) == 0 {
				size = r.IntN(70_000)
			}
			e := rejected(fmt.Sprint(seed, "-", round, "-", r.IntN(3)), size)
			id, _ := prepare(&e)
			e.ID, e.Tenant = fmt.Sprintf("%x", id), "acme"
			l.given[e.ID] = e
			entries = append(entries, e)
		}
		kept, err := s.Keep(ctx, "acme", entries)
		for i, e := range entries {
			if kept[i] && !l.kept[e.ID] {
				l.kept[e.ID] = true
				l.order = append(l.order, e.ID)
			}
		}
		if err != nil {
			return l
		}
		for _, id := range l.order {
			if l.asked[id] || r.IntN(3) > 0 {
				continue
			}
			l.asked[id] = true
			if err := s.Remove(ctx, "acme", id); err != nil {
				return l
			}
			l.answered[id] = true
		}
	}
	return l
}

// check compares what is there after a crash with what was promised.
func (l *ledger) check(s *Store) error {
	there := map[string]bool{}
	for e, err := range s.List(ctx, "acme", "") {
		if err != nil {
			return err
		}
		want, given := l.given[e.ID]
		switch {
		case !given || string(e.Raw) != string(want.Raw) || e.Source != want.Source || e.Length != want.Length:
			return fmt.Errorf("entry %s was not given like that", e.ID)
		case there[e.ID]:
			return fmt.Errorf("entry %s is there twice", e.ID)
		case l.answered[e.ID]:
			return fmt.Errorf("entry %s was removed, and is there", e.ID)
		}
		there[e.ID] = true
	}
	for id := range l.kept {
		if !there[id] && !l.asked[id] {
			return fmt.Errorf("entry %s was kept, and is gone", id)
		}
	}
	return nil
}

// TestPowerLoss cuts the power at every write operation and looks what the disk has kept.
func TestPowerLoss(t *testing.T) {
	seeds := []uint64{rand.Uint64()}
	if os.Getenv("TALLYSTICK_LONG") != "" {
		for range 30 {
			seeds = append(seeds, rand.Uint64())
		}
	}
	found, compacted := 0, 0
	for _, seed := range seeds {
		d := disktest.New()
		if err := work(open(t, d, Options{}), seed).check(open(t, d, Options{})); err != nil {
			t.Fatalf("seed %d, no crash: %v", seed, err)
		}
		if slices.ContainsFunc(d.History(), func(op string) bool { return strings.HasSuffix(op, ".new") && strings.HasPrefix(op, "sync") }) {
			compacted++
		}
		for n := range d.Operations() {
			for _, mode := range disktest.Modes {
				for _, lies := range []bool{false, true} {
					d := disktest.New()
					d.CutPowerAt(n + 1)
					if lies {
						d.Lie()
					}
					l := &ledger{}
					if s, err := Open(Options{Dir: "/q", FS: d}); err == nil {
						l = work(s, seed)
					}
					after := d.Reboot(mode, seed)
					s := open(t, after, Options{})
					err := l.check(s)
					if lies {
						if err != nil {
							found++
						}
						continue
					}
					if err != nil {
						t.Fatalf("seed %d, power cut at operation %d, %v: %v\n%v", seed, n+1, mode, err, d.History())
					}
					e := rejected("after", 10)
					if kept, err := s.Keep(ctx, "acme", []Entry{e}); err != nil || !kept[0] {
						t.Fatalf("seed %d, power cut at operation %d, %v: nothing can be kept: %v", seed, n+1, mode, err)
					}
					id, _ := prepare(&e)
					e.ID = fmt.Sprintf("%x", id)
					if len(l.given) > 0 {
						l.given[e.ID], l.kept[e.ID] = e, true
						if err := l.check(open(t, after.Reboot(disktest.Mixed, seed+1), Options{})); err != nil {
							t.Fatalf("seed %d, power cut at operation %d, %v, and a second crash: %v", seed, n+1, mode, err)
						}
					}
				}
			}
		}
	}
	if found == 0 {
		t.Error("a disk that lies about its syncs was not noticed: the test shows nothing")
	}
	if compacted == 0 {
		t.Error("no file was rewritten: the test leaves that out")
	}
}

// FuzzFile reads a file with anything behind its header.
func FuzzFile(f *testing.F) {
	d := disktest.New()
	s := open(f, d, Options{})
	keep(f, s, "acme", rejected("a", 0), rejected("b", 100))
	keep(f, s, "acme", rejected("c", 10))
	if err := s.Remove(ctx, "acme", list(f, s, "acme", "")[1].ID); err != nil {
		f.Fatal(err)
	}
	name := s.files["acme"].name
	begin := s.files["acme"].header.append(nil)
	file, err := d.Open(name)
	if err != nil {
		f.Fatal(err)
	}
	content := make([]byte, s.files["acme"].size)
	if _, err := file.ReadAt(content, 0); err != nil {
		f.Fatal(err)
	}
	f.Add(content[len(begin):], 0)
	f.Add(content[len(begin)+10:], 100)
	f.Add([]byte(mark+mark+mark), 0)
	f.Fuzz(func(t *testing.T, behind []byte, sealed int) {
		// A payload of the fuzzer's under a right checksum.
		if sealed >= 0 && sealed < len(behind)-1 {
			frame := append(make([]byte, frameHeader), behind[sealed:]...)
			s.files["acme"].header.seal(frame, int64(len(begin)+sealed))
			behind = append(behind[:sealed:sealed], frame...)
		}
		d := disktest.New()
		if err := d.MkdirAll("/q"); err != nil {
			t.Fatal(err)
		}
		file, err := d.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		file.Write(append(begin[:len(begin):len(begin)], behind...))
		s := open(t, d, Options{})
		before := 0
		for _, err := range s.List(ctx, "acme", "") {
			if err == nil {
				before++
			}
		}
		keep(t, s, "acme", rejected("new", 50))
		s = open(t, d, Options{})
		after := 0
		for e, err := range s.List(ctx, "acme", "") {
			if err == nil {
				after++
			}
			if err == nil && e.Tenant != "acme" {
				t.Error("an entry of another tenant")
			}
		}
		if after < before {
			t.Errorf("%d entries became %d", before, after)
		}
	})
}
