package journal

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// TestKeyIndex holds that the key index is a view of the journal.
func TestKeyIndex(t *testing.T) {
	make20 := func(t *testing.T) (*disktest.Disk, []tallystick.Event) {
		d := disktest.New()
		j := open(t, Options{FS: d, TableKeys: 8})
		var events []tallystick.Event
		for i := range 20 {
			e := message("t", fmt.Sprint(i), fmt.Sprint("m", i), "x")
			events = append(events, e)
			outcomes(t, j, e)
		}
		closeJournal(t, j)
		return d, events
	}
	files := func(d *disktest.Disk) (paths []string) {
		entries, _ := d.ReadDir("/data/journal/keys")
		for _, e := range entries {
			paths = append(paths, "/data/journal/keys/"+e.Name)
		}
		return paths
	}
	for _, c := range []struct {
		name string
		harm func(t *testing.T, d *disktest.Disk)
		want string // said
	}{
		{"untouched", func(*testing.T, *disktest.Disk) {}, ""},
		{"deleted", func(t *testing.T, d *disktest.Disk) {
			for _, f := range files(d) {
				d.Remove(f)
			}
		}, "the key index is missing or old"},
		{"older", func(t *testing.T, d *disktest.Disk) {
			all := files(d)
			d.Remove(all[len(all)-1])
		}, ""},
		{"a part is missing", func(t *testing.T, d *disktest.Disk) { d.Remove(files(d)[0]) }, "of no use without what comes before it"},
		{"damaged", func(t *testing.T, d *disktest.Disk) {
			e, _ := d.Stat(files(d)[0])
			d.Flip(files(d)[0], e.Size-5, 3)
		}, "damaged"},
		{"of another journal", func(t *testing.T, d *disktest.Disk) {
			other := disktest.New()
			j := open(t, Options{FS: other, TableKeys: 64})
			for i := range 20 {
				outcomes(t, j, plain("t", fmt.Sprint("other", i), "x"))
			}
			closeJournal(t, j)
			for _, f := range files(d) {
				d.Remove(f)
			}
			for _, f := range files(other) {
				b, _ := disk.ReadFile(other, f)
				if err := disk.WriteFile(d, f, b); err != nil {
					t.Fatal(err)
				}
			}
		}, "belongs to another journal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, events := make20(t)
			c.harm(t, d)
			var log strings.Builder
			j := open(t, Options{FS: d, TableKeys: 8, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			if c.want == "" && log.Len() > 0 || !strings.Contains(log.String(), c.want) {
				t.Errorf("said %q, want %q", log.String(), c.want)
			}
			if got := outcomes(t, j, events...); got != strings.Repeat("D", 20) {
				t.Errorf("outcomes %s", got)
			}
			if got := outcomes(t, j, plain("t", "new", "x")); got != "A" {
				t.Errorf("outcome of a new event %s", got)
			}
			closeJournal(t, j)
		})
	}
	t.Run("the rebuilding of a large one is told", func(t *testing.T) {
		d := disktest.New()
		j := open(t, Options{FS: d, TableKeys: 1 << 18})
		const records = 250_000
		for i := 0; i < records; i += 10_000 {
			events := make([]tallystick.Event, 10_000)
			for k := range events {
				events[k] = tallystick.Event{Tenant: "t", ID: fmt.Sprint(i + k), Type: "custom"}
			}
			outcomes(t, j, events...)
		}
		closeJournal(t, j)
		for _, f := range files(d) {
			d.Remove(f)
		}
		var told []uint64
		j = open(t, Options{FS: d, TableKeys: 1 << 18, Rebuilding: func(done, total uint64) {
			if total != records {
				t.Errorf("total %d", total)
			}
			told = append(told, done)
		}})
		closeJournal(t, j)
		if len(told) != 2 || told[0] < 100_000 || told[1] <= told[0] || told[1] > records {
			t.Errorf("told %v", told)
		}
	})
	t.Run("newer than the journal", func(t *testing.T) {
		d, _ := make20(t)
		b, err := disk.ReadFile(d, "/data/journal/00000001.journal")
		if err != nil {
			t.Fatal(err)
		}
		f, _ := parseFrame(b[headerSize:])
		d.Overwrite("/data/journal/00000001.journal", b[:headerSize+f.size()])
		_, err = Open(context.Background(), Options{Dir: "/data/journal", FS: d, TableKeys: 64})
		if err == nil || !strings.Contains(err.Error(), "ends at record 1, but its key index has seen record 20: acknowledged events are lost") {
			t.Errorf("Open: %v", err)
		}
		again, _ := disk.ReadFile(d, "/data/journal/00000001.journal")
		if len(again) != int(headerSize+f.size()) {
			t.Error("the journal was changed")
		}
		for _, f := range files(d) {
			d.Remove(f)
		}
		j := open(t, Options{FS: d, TableKeys: 64})
		if j.Head().Sequence != 1 {
			t.Errorf("head %v", j.Head())
		}
		closeJournal(t, j)
	})
	t.Run("damage that a look-up finds", func(t *testing.T) {
		d, events := make20(t)
		d.Flip(files(d)[0], 20, 3)
		j := open(t, Options{FS: d, TableKeys: 8})
		_, err := j.Append(context.Background(), events)
		if tallystick.CodeOf(err) != tallystick.Unavailable || !strings.Contains(err.Error(), "key index") {
			t.Errorf("append: %v", err)
		}
		j.Close()
		j = open(t, Options{FS: d, TableKeys: 8})
		if got := outcomes(t, j, events...); got != strings.Repeat("D", 20) {
			t.Errorf("outcomes after opening again %s", got)
		}
		closeJournal(t, j)
	})
}
