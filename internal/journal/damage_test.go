package journal

import (
	"context"
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
		if e.Dir {
			continue // the key index
		}
		names, sizes = append(names, filepath.Join("/data/journal", e.Name)), append(sizes, e.Size)
	}
	return names, sizes
}

var errPlace = regexp.MustCompile(`(/data/journal/\d{8}\.journal) is damaged at offset (\d+): `)

// TestBitFlips flips a bit of each byte of a journal that was closed cleanly, and each bit in a long run. Verify names the file, and the place of the frame or header that the bit is in;
// so does opening and reading all of it.
func TestBitFlips(t *testing.T) {
	r := seeded(t)
	whole, all := small(t, Options{SegmentBytes: 600}, true)
	names, sizes := segmentFiles(t, whole)
	if len(names) < 3 {
		t.Fatalf("only the segments %v", names)
	}
	for i, name := range names {
		var chosen uint
		for flip := range 8 * sizes[i] {
			offset, bit := flip/8, uint(flip%8)
			if bit == 0 {
				chosen = uint(r.IntN(8))
			}
			if bit != chosen && os.Getenv("TALLYSTICK_LONG") == "" {
				continue
			}
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
			behind = []string{behind[r.IntN(len(behind))]}
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

// TestTornGroup damages a frame of the newest group, which has several: with nothing synced behind it that is a torn write, whatever else of the group arrived.
func TestTornGroup(t *testing.T) {
	d := disktest.New()
	j := open(t, Options{FS: d, fullFrame: 300})
	outcomes(t, j, plain("t", "0", "x"))
	var events []tallystick.Event
	for i := range 20 {
		events = append(events, plain("t", fmt.Sprint(i+1), strings.Repeat("x", 50)))
	}
	outcomes(t, j, events...)
	if n := len(j.frames); n < 5 {
		t.Fatalf("%d frames", n)
	}
	for i, p := range j.frames[1:] {
		torn := d.Reboot(disktest.Kept, 0)
		if err := torn.Flip(j.segments[0].path, p.offset+50, 1); err != nil {
			t.Fatal(err)
		}
		r, err := OpenReader(context.Background(), torn, "/data/journal")
		if err != nil {
			t.Fatalf("frame %d of the newest group: %v", i, err)
		}
		if got := r.Head().Sequence; got != p.first-1 {
			t.Errorf("frame %d of the newest group: head %d, want %d", i, got, p.first-1)
		}
	}
	outcomes(t, j, plain("t", "new", "x"))
	for i, p := range j.frames[:len(j.frames)-1] {
		damaged := d.Reboot(disktest.Kept, 0)
		if err := damaged.Flip(j.segments[0].path, p.offset+50, 1); err != nil {
			t.Fatal(err)
		}
		_, err := OpenReader(context.Background(), damaged, "/data/journal")
		if want := fmt.Sprintf("damaged at offset %d: ", p.offset); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("frame %d, synced before another: %v, want %s", i, err, want)
		}
	}
	closeJournal(t, j)
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
