package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// small returns a disk with a small journal of a few frames a segment, closed cleanly or not, and its records.
func small(t testing.TB, o Options, clean bool) (*disktest.Disk, []tallystick.Record) {
	t.Helper()
	d := disktest.New()
	o.FS, o.fullFrame, o.TableKeys = d, 300, 64
	j := open(t, o)
	for i := range 8 {
		id := fmt.Sprint(i)
		outcomes(t, j, message("t", id, "m"+id, "x"), message("t", id+"'", "m'"+id, strings.Repeat("y", i*5)))
	}
	all := readAll(t, j, 0)
	if clean {
		closeJournal(t, j)
		return d.Reboot(disktest.Dropped, 0), all
	}
	d = d.Reboot(disktest.Dropped, 0)
	j.Close()
	return d, all
}

func segmentFiles(t testing.TB, d *disktest.Disk) (names []string, sizes []int64) {
	t.Helper()
	entries, err := d.ReadDir("/data/journal")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names, sizes = append(names, filepath.Join("/data/journal", e.Name)), append(sizes, e.Size)
	}
	return names, sizes
}

var errPlace = regexp.MustCompile(`(/data/journal/\d{8}\.journal) is damaged at offset (\d+): `)

// TestBitFlips flips a bit of each byte of a journal that was closed cleanly. Verify names the file, and the place of the frame or header that the bit is in;
// so does opening and reading all of it.
func TestBitFlips(t *testing.T) {
	r := seeded(t)
	whole, all := small(t, Options{SegmentBytes: 600}, true)
	names, sizes := segmentFiles(t, whole)
	if len(names) < 3 {
		t.Fatalf("only the segments %v", names)
	}
	for i, name := range names {
		for offset := range sizes[i] {
			bit := uint(r.IntN(8))
			check := func(what string, err error) {
				t.Helper()
				m := errPlace.FindStringSubmatch(fmt.Sprint(err))
				if m == nil {
					t.Fatalf("bit %d at %d of %s: %s says %v", bit, offset, name, what, err)
				}
				var at int64
				fmt.Sscan(m[2], &at)
				if m[1] != name || at > offset {
					t.Fatalf("bit %d at %d of %s: %s says %v", bit, offset, name, what, err)
				}
				if tallystick.CodeOf(err) != tallystick.Internal {
					t.Fatalf("code %q of %v", tallystick.CodeOf(err), err)
				}
			}
			d := whole.Reboot(disktest.Kept, 0)
			if err := d.Flip(name, offset, bit); err != nil {
				t.Fatal(err)
			}
			_, err := Verify(context.Background(), d, "/data/journal", nil)
			check("Verify", err)

			j, err := Open(context.Background(), Options{Dir: "/data/journal", FS: d, TableKeys: 64})
			if err == nil {
				var got []tallystick.Record
				err = j.Read(context.Background(), tallystick.Position{}, func(r []tallystick.Record) error { got = append(got, r...); return nil })
				if len(got) > 0 && !reflect.DeepEqual(got, all[:len(got)]) {
					t.Fatalf("bit %d at %d of %s: other records were read", bit, offset, name)
				}
				j.Close()
			}
			check("Open or Read", err)
		}
	}
}

// TestCutAnywhere cuts a journal that was not closed to every length: what was whole is found, the rest is cut off, said, and can be appended again.
func TestCutAnywhere(t *testing.T) {
	r := seeded(t)
	whole, all := small(t, Options{}, false)
	names, sizes := segmentFiles(t, whole)
	if len(names) != 1 {
		t.Fatalf("segments %v", names)
	}
	content, err := disk.ReadFile(whole, names[0])
	if err != nil {
		t.Fatal(err)
	}
	before := 0
	for size := range sizes[0] + 1 {
		behind := []string{"", "\x00", strings.Repeat("\x00", 200), strings.Repeat("garbage ", 50), frameMagic + strings.Repeat("\x01", 100)}
		if os.Getenv("TALLYSTICK_LONG") == "" {
			behind = append(behind[:1], behind[1+r.IntN(len(behind)-1)])
		}
		for _, garbage := range behind {
			if size < headerSize && len(garbage) > int(headerSize-size) {
				continue // more than a header, yet no header: that is damage
			}
			d := whole.Reboot(disktest.Kept, 0)
			d.Overwrite(names[0], append(content[:size:size], garbage...))
			var log strings.Builder
			o := Options{FS: d, TableKeys: 64, Logger: slog.New(slog.NewTextHandler(&log, nil))}
			j := open(t, o)
			got := readAll(t, j, 0)
			if len(got) < before || !reflect.DeepEqual(got, append([]tallystick.Record(nil), all[:len(got)]...)) && len(got) > 0 {
				t.Fatalf("cut to %d and %q: %d records", size, garbage, len(got))
			}
			before = len(got)
			if size == sizes[0] && len(got) != len(all) {
				t.Fatalf("%d of %d records", len(got), len(all))
			}
			// Whatever is behind the last whole frame is said; a segment without a single byte of a header as well.
			seg := j.segments[len(j.segments)-1]
			if tail := size + int64(len(garbage)) - seg.size; tail > 0 && size >= headerSize {
				if want := fmt.Sprintf("file=%s offset=%d bytes=%d", names[0], seg.size, tail); !strings.Contains(log.String(), want) {
					t.Fatalf("cut to %d and %q: log is %q, want %s", size, garbage, log.String(), want)
				}
			}
			missing := all[len(got):]
			var events []tallystick.Event
			for _, rec := range missing {
				events = append(events, rec.Event)
			}
			if got := outcomes(t, j, events...); strings.Trim(got, "A") != "" {
				t.Fatalf("cut to %d: appended again: %s", size, got)
			}
			if got := readAll(t, j, 0); !reflect.DeepEqual(got, all) {
				t.Fatalf("cut to %d: %d records after appending again", size, len(got))
			}
			closeJournal(t, j)
			if _, err := Verify(context.Background(), d, "/data/journal", nil); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestMoreDamage has damage that is no flipped bit.
func TestMoreDamage(t *testing.T) {
	for _, c := range []struct {
		name  string
		clean bool
		harm  func(t *testing.T, d *disktest.Disk, names []string, contents [][]byte)
		want  string
	}{
		{"a frame is missing in the middle", true, func(t *testing.T, d *disktest.Disk, names []string, contents [][]byte) {
			f, _ := parseFrame(contents[0][headerSize:])
			d.Overwrite(names[0], append(contents[0][:headerSize:headerSize], contents[0][headerSize+f.size():]...))
		}, "00000001.journal is damaged at offset 68: a frame begins with record"},
		{"a frame is missing in the newest segment, which was not closed", false, func(t *testing.T, d *disktest.Disk, names []string, contents [][]byte) {
			last := len(names) - 1
			f, _ := parseFrame(contents[last][headerSize:])
			d.Overwrite(names[last], append(contents[last][:headerSize:headerSize], contents[last][headerSize+f.size():]...))
		}, "00000003.journal is damaged at offset 68: a frame begins with record"},
		{"zeros in a frame that was synced before the next one", false, func(t *testing.T, d *disktest.Disk, names []string, contents [][]byte) {
			last := len(names) - 1
			b := append([]byte(nil), contents[last]...)
			clear(b[headerSize+10 : headerSize+30])
			d.Overwrite(names[last], b)
		}, "00000003.journal is damaged at offset 68: "},
		{"a sealed segment is cut", true, func(t *testing.T, d *disktest.Disk, names []string, contents [][]byte) {
			d.Overwrite(names[1], contents[1][:len(contents[1])-1])
		}, "00000002.journal is damaged at offset"},
		{"two segments are exchanged", true, func(t *testing.T, d *disktest.Disk, names []string, contents [][]byte) {
			d.Overwrite(names[0], contents[1])
			d.Overwrite(names[1], contents[0])
		}, "00000001.journal is damaged at offset 0: it is segment 2"},
		{"something was written behind the trailer", true, func(t *testing.T, d *disktest.Disk, names []string, contents [][]byte) {
			last := len(names) - 1
			d.Overwrite(names[last], append(contents[last:][0][:len(contents[last]):len(contents[last])], "more"...))
		}, "the file goes on behind its trailer"},
		{"a file of another program", true, func(t *testing.T, d *disktest.Disk, names []string, contents [][]byte) {
			d.Overwrite(names[len(names)-1], []byte(strings.Repeat("hello world ", 20)))
		}, "00000003.journal is damaged at offset 0: it does not begin like a journal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _ := small(t, Options{SegmentBytes: 600}, c.clean)
			names, _ := segmentFiles(t, d)
			if len(names) != 3 {
				t.Fatalf("segments %v", names)
			}
			var contents [][]byte
			for _, n := range names {
				b, err := disk.ReadFile(d, n)
				if err != nil {
					t.Fatal(err)
				}
				contents = append(contents, b)
			}
			c.harm(t, d, names, contents)
			_, err := Verify(context.Background(), d, "/data/journal", nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Verify: %v, want %q", err, c.want)
			}
			j, err := Open(context.Background(), Options{Dir: "/data/journal", FS: d, TableKeys: 64})
			if err == nil {
				err = j.Read(context.Background(), tallystick.Position{}, func([]tallystick.Record) error { return nil })
				j.Close()
			}
			if err == nil || !strings.Contains(err.Error(), "damaged") {
				t.Errorf("Open and Read: %v", err)
			}
		})
	}
}

// TestChain forges a frame with a right checksum: only the chain tells.
func TestChain(t *testing.T) {
	d, all := small(t, Options{}, false)
	names, _ := segmentFiles(t, d)
	content, err := disk.ReadFile(d, names[0])
	if err != nil {
		t.Fatal(err)
	}
	f, _ := parseFrame(content[headerSize:])
	e := all[0].Event
	e.Tenant = "somebody else"
	var payload []byte
	for i := range f.count {
		event := e.AppendBinary(nil)
		if i > 0 {
			event = all[i].Event.AppendBinary(nil)
		}
		payload = append(payload, recordEvent, byte(len(event)))
		payload = append(payload, event...)
	}
	f.compression, f.raw = compressionNone, uint32(len(payload))
	forged := appendFrame(content[:headerSize:headerSize], f, payload)
	old, _ := parseFrame(content[headerSize:])
	d.Overwrite(names[0], append(forged, content[headerSize+old.size():]...))
	_, err = Verify(context.Background(), d, "/data/journal", nil)
	if err == nil || !strings.Contains(err.Error(), "00000001.journal is damaged at offset 68: the chain of digests does not match") {
		t.Errorf("Verify: %v", err)
	}
}

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

	t.Run("no room at any point of an import", func(t *testing.T) {
		_, unique := importBatches()
		for room := int64(0); ; room += 37 {
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
		entries, _ := d.ReadDir("/data/keys")
		for _, e := range entries {
			paths = append(paths, "/data/keys/"+e.Name)
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
