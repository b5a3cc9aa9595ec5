package journal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// importBatches is a small import: several batches with duplicates inside and between them. The texts don't compress, so that groups span several sectors.
func importBatches() (batches [][]tallystick.Event, unique int) {
	n := 0
	text := func(n int) string {
		r := rand.New(rand.NewPCG(uint64(n), 0))
		b := make([]byte, r.IntN(300))
		for i := range b {
			b[i] = byte(' ' + r.IntN(90))
		}
		return string(b)
	}
	for b := range 12 {
		var events []tallystick.Event
		for range 1 + b*5%7 {
			n++
			unique++
			events = append(events, message("t", fmt.Sprint(n), fmt.Sprint("m", n), text(n)))
			if n%4 == 0 {
				events = append(events, message("t", fmt.Sprint(n-2), fmt.Sprint("m", n-2), text(n-2)))
			}
		}
		batches = append(batches, events)
	}
	return batches, unique
}

func powerOptions(d *disktest.Disk) Options {
	return Options{Dir: "/data/journal", FS: d, SegmentBytes: 3000, TableKeys: 20, fullFrame: 400, Fatal: func(error) {}}
}

// runImport imports over two openings until something fails, and returns what was answered: the accepted events in the order of their positions.
func runImport(d *disktest.Disk) (accepted []tallystick.Record) {
	batches, _ := importBatches()
	for half := range 2 {
		j, err := Open(context.Background(), powerOptions(d))
		if err != nil {
			return accepted
		}
		var tickets []*Ticket
		for i, events := range batches[half*len(batches)/2 : (half+1)*len(batches)/2] {
			tickets = append(tickets, j.Enqueue(events))
			if i%3 != 0 { // so that some groups have two batches
				accepted = collect(accepted, tickets)
				tickets = nil
			}
		}
		accepted = collect(accepted, tickets)
		if j.Close() != nil {
			return accepted
		}
	}
	return accepted
}

func collect(accepted []tallystick.Record, tickets []*Ticket) []tallystick.Record {
	for _, t := range tickets {
		verdicts, err := t.Wait(context.Background())
		if err != nil {
			continue
		}
		for i, v := range verdicts {
			if v.Outcome == Accepted {
				accepted = append(accepted, tallystick.Record{Position: v.Position, Event: t.events[i]})
			}
		}
	}
	return accepted
}

// checkAfterCrash opens a disk as it was found after a power cut and returns what is wrong: something that was answered is not there or not in its place, there
// is anything twice, or importing all again does not lead to each event being there once.
func checkAfterCrash(d *disktest.Disk, accepted []tallystick.Record) error {
	ctx := context.Background()
	j, err := Open(ctx, powerOptions(d))
	if err != nil {
		return fmt.Errorf("reopen: %w", err)
	}
	defer j.Close()
	read := func() (all []tallystick.Record, err error) {
		err = j.Read(ctx, tallystick.Position{}, func(r []tallystick.Record) error { all = append(all, r...); return nil })
		return all, err
	}
	found, err := read()
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	for _, a := range accepted {
		at := int(a.Position.Sequence) - 1
		if at >= len(found) || !reflect.DeepEqual(found[at], a) {
			return fmt.Errorf("event %s was answered with position %v and is not there; %d records are", a.Event.ID, a.Position, len(found))
		}
	}
	batches, unique := importBatches()
	added := 0
	for _, events := range batches {
		verdicts, err := j.Append(ctx, events)
		if err != nil {
			return fmt.Errorf("import again: %w", err)
		}
		for _, v := range verdicts {
			if v.Outcome == Accepted {
				added++
			} else if v.Outcome != Duplicate {
				return fmt.Errorf("import again: %v", v.Outcome)
			}
		}
	}
	if added != unique-len(found) {
		return fmt.Errorf("importing again added %d events to %d, of %d", added, len(found), unique)
	}
	if found, err = read(); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	seen := map[string]bool{}
	for _, r := range found {
		if seen[r.Event.ID] {
			return fmt.Errorf("event %s is there twice", r.Event.ID)
		}
		seen[r.Event.ID] = true
	}
	if len(seen) != unique {
		return fmt.Errorf("%d events after importing again, of %d", len(seen), unique)
	}
	if err := j.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	_, err = Verify(ctx, d, "/data/journal", nil)
	return err
}

// TestPowerCuts cuts the power at every write operation of an import, and lets the disk lose what was not synced in every way it may.
func TestPowerCuts(t *testing.T) {
	times := 1
	if os.Getenv("TALLYSTICK_LONG") != "" {
		times = 50
	}
	r := seeded(t)
	d := disktest.New()
	_, unique := importBatches()
	if accepted := runImport(d); len(accepted) != unique {
		t.Fatalf("%d of %d accepted", len(accepted), unique)
	}
	operations := d.Operations()
	t.Logf("%d write operations", operations)
	for n := 1; n <= operations; n++ {
		d := disktest.New()
		d.CutPowerAt(n)
		accepted := runImport(d)
		for _, mode := range disktest.Modes {
			seeds := times
			if mode == disktest.Mixed {
				seeds *= 10 // there are the most ways
			}
			for range seeds {
				seed := r.Uint64()
				if err := checkAfterCrash(d.Reboot(mode, seed), accepted); err != nil {
					history := d.History()
					t.Fatalf("power cut at operation %d (%s), %v, seed %d: %v", n, history[len(history)-1], mode, seed, err)
				}
			}
		}
	}
}

// TestPowerCutsTwice cuts the power again while the journal is being opened after the first time.
func TestPowerCutsTwice(t *testing.T) {
	rounds := 100
	if os.Getenv("TALLYSTICK_LONG") != "" {
		rounds = 20_000
	}
	r := seeded(t)
	d := disktest.New()
	runImport(d)
	operations := d.Operations()
	for range rounds {
		d := disktest.New()
		first, second := 1+r.IntN(operations), 1+r.IntN(8)
		d.CutPowerAt(first)
		accepted := runImport(d)
		modes := [2]disktest.Mode{disktest.Modes[r.IntN(len(disktest.Modes))], disktest.Modes[r.IntN(len(disktest.Modes))]}
		seed := r.Uint64()
		d = d.Reboot(modes[0], seed)
		d.CutPowerAt(second)
		if j, err := Open(context.Background(), powerOptions(d)); err == nil {
			j.Close()
		}
		if err := checkAfterCrash(d.Reboot(modes[1], seed), accepted); err != nil {
			t.Fatalf("power cuts at operations %d and %d, %v, seed %d: %v", first, second, modes, seed, err)
		}
	}
}

// TestKillThenPowerCut kills the process at every write operation, starts it again on what can be read then, lets that be answered, and cuts the power.
func TestKillThenPowerCut(t *testing.T) {
	seeds := 1
	if os.Getenv("TALLYSTICK_LONG") != "" {
		seeds = 50
	}
	r := seeded(t)
	d := disktest.New()
	runImport(d)
	killed := errors.New("killed")
	for n := 1; n <= d.Operations(); n++ {
		d := disktest.New()
		left := n
		d.Inject(func(disktest.Op, string) error {
			if left--; left <= 0 {
				return killed
			}
			return nil
		})
		accepted := runImport(d)
		d.Inject(nil)
		j, err := Open(context.Background(), powerOptions(d))
		if err != nil {
			t.Fatalf("killed at operation %d: %v", n, err)
		}
		// What the restarted journal shows, engines apply: it must stay.
		if err := j.Read(context.Background(), tallystick.Position{}, func(r []tallystick.Record) error {
			accepted = append(accepted, r...)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, mode := range disktest.Modes {
			for range seeds {
				if err := checkAfterCrash(d.Reboot(mode, r.Uint64()), accepted); err != nil {
					t.Fatalf("killed at operation %d, %v: %v", n, mode, err)
				}
			}
		}
		j.Close()
	}
}

// TestLyingDisk takes the syncs out, and then the check of TestPowerCuts must find a loss: else it would prove nothing.
func TestLyingDisk(t *testing.T) {
	d := disktest.New()
	runImport(d)
	operations := d.Operations()
	lost := map[disktest.Mode]int{}
	for n := operations / 2; n <= operations; n++ {
		d := disktest.New()
		d.Lie()
		d.CutPowerAt(n)
		accepted := runImport(d)
		for _, mode := range disktest.Modes {
			if checkAfterCrash(d.Reboot(mode, uint64(n)), accepted) != nil {
				lost[mode]++
			}
		}
	}
	for _, mode := range disktest.Modes {
		if mode == disktest.Kept {
			continue // nothing is lost there, synced or not
		}
		if lost[mode] == 0 {
			t.Errorf("%v: without syncs nothing was lost, or the check does not notice", mode)
		}
	}
	if lost[disktest.Kept] != 0 {
		t.Errorf("%d losses although all was kept", lost[disktest.Kept])
	}
}
