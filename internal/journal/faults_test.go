package journal

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

func TestFaults(t *testing.T) {
	broken := errors.New("broken")
	wait := context.Background()

	t.Run("a full disk", func(t *testing.T) {
		d := disktest.New()
		j := open(t, Options{FS: d, TableKeys: 64})
		outcomes(t, j, plain("t", "1", "x"))
		d.SetFree(50)
		_, err := j.Append(wait, []tallystick.Event{plain("t", "2", "x")})
		if tallystick.CodeOf(err) != tallystick.Unavailable || !strings.Contains(err.Error(), "disk of the journal is full") || !disk.IsFull(err) {
			t.Errorf("append to a full disk: %v", err)
		}
		d.SetFree(-1)
		if _, err := j.Append(wait, []tallystick.Event{plain("t", "3", "x")}); tallystick.CodeOf(err) != tallystick.Unavailable {
			t.Errorf("append after a failure: %v", err)
		}
		if got := ids(readAll(t, j, 0)); got != "1" {
			t.Errorf("readable after a failure: %q", got)
		}
		closeJournal(t, j)
		j = open(t, Options{FS: d, TableKeys: 64})
		if got := outcomes(t, j, plain("t", "1", "x"), plain("t", "2", "x"), plain("t", "3", "x")); got != "DAA" {
			t.Errorf("after reopening %s", got)
		}
		closeJournal(t, j)
		if _, err := Verify(wait, d, "/data/journal", nil); err != nil {
			t.Error(err)
		}
	})

	t.Run("a failure answers all that wait", func(t *testing.T) {
		d := disktest.New()
		hold := make(chan struct{})
		j := open(t, Options{FS: d, TableKeys: 1, groupBytes: 1, Committed: func([]tallystick.Record) { <-hold }})
		var tickets []*Ticket
		for i := range 100 { // each is a group of its own, and fills a table of the key index
			tickets = append(tickets, j.Enqueue([]tallystick.Event{plain("t", strconv.Itoa(i), "x")}))
		}
		d.Inject(func(op disktest.Op, name string) error {
			if op == disktest.OpWrite && strings.HasSuffix(name, ".journal") {
				return broken
			}
			return nil
		})
		close(hold)
		refused := 0
		for _, ticket := range tickets {
			if _, err := ticket.Wait(wait); err != nil {
				refused++
			}
		}
		if refused < 90 {
			t.Errorf("%d of %d were refused", refused, len(tickets))
		}
		closeJournal(t, j)
	})

	t.Run("no room at any point of an import", func(t *testing.T) {
		_, unique := importBatches()
		step := int64(211)
		if os.Getenv("TALLYSTICK_LONG") != "" {
			step = 7
		}
		for room := int64(0); ; room += step {
			d := disktest.New()
			d.SetFree(room)
			accepted := runImport(d)
			d.SetFree(-1)
			if err := checkAfterCrash(d.Reboot(disktest.Dropped, 0), accepted); err != nil {
				t.Fatalf("%d bytes free and then a power cut: %v", room, err)
			}
			if err := checkAfterCrash(d, accepted); err != nil {
				t.Fatalf("%d bytes free: %v", room, err)
			}
			if len(accepted) == unique && room > 10_000 {
				break
			}
		}
	})

	t.Run("an error at each write operation", func(t *testing.T) {
		d := disktest.New()
		runImport(d)
		for n := 1; n <= d.Operations(); n++ {
			d := disktest.New()
			left := n
			d.Inject(func(disktest.Op, string) error {
				if left--; left == 0 {
					return broken
				}
				return nil
			})
			accepted := runImport(d)
			d.Inject(nil)
			if err := checkAfterCrash(d.Reboot(disktest.Dropped, 0), accepted); err != nil {
				t.Fatalf("error at operation %d and then a power cut: %v", n, err)
			}
			if err := checkAfterCrash(d, accepted); err != nil {
				t.Fatalf("error at operation %d: %v", n, err)
			}
		}
	})

	for _, op := range []disktest.Op{disktest.OpSync, disktest.OpSyncDir} {
		t.Run("a failing "+string(op)+" is fatal and never tried again", func(t *testing.T) {
			d := disktest.New()
			var fatal []error
			j := open(t, Options{FS: d, SegmentBytes: 200, TableKeys: 64, Fatal: func(err error) { fatal = append(fatal, err) }})
			outcomes(t, j, plain("t", "1", "x"))
			syncs := 0
			d.Inject(func(o disktest.Op, name string) error {
				if o == op && strings.HasPrefix(name, "/data/journal") {
					syncs++
					return broken
				}
				return nil
			})
			_, err := j.Append(wait, []tallystick.Event{plain("t", "2", strings.Repeat("x", 300))})
			if tallystick.CodeOf(err) != tallystick.Unavailable || !errors.Is(err, broken) {
				t.Errorf("append: %v", err)
			}
			j.Append(wait, []tallystick.Event{plain("t", "3", "x")})
			j.Close()
			if len(fatal) != 1 || !errors.Is(fatal[0], broken) {
				t.Errorf("Fatal was called with %v", fatal)
			}
			if syncs != 1 {
				t.Errorf("%d syncs", syncs)
			}
		})
	}

	t.Run("by default a failing sync panics", func(t *testing.T) {
		o := Options{}.withDefaults()
		defer func() {
			if recover() != broken {
				t.Error("no panic")
			}
		}()
		o.Fatal(broken)
	})

	t.Run("an event too large", func(t *testing.T) {
		j := open(t, Options{FS: disktest.New(), TableKeys: 64})
		_, err := j.Append(wait, []tallystick.Event{plain("t", "1", "x"), plain("t", "2", strings.Repeat("x", maxRecord))})
		if tallystick.CodeOf(err) != tallystick.TooLarge || !strings.Contains(err.Error(), "event 2") {
			t.Errorf("%v", err)
		}
		if got := outcomes(t, j, plain("t", "1", "x"), plain("t", "2", strings.Repeat("x", 5<<20)), plain("t", "3", "x")); got != "AAA" {
			t.Errorf("outcomes %s", got)
		}
		if got := ids(readAll(t, j, 0)); got != "1 2 3" {
			t.Errorf("kept %s", got)
		}
		closeJournal(t, j)
	})
}
