package disktest_test

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

func write(t *testing.T, d *disktest.Disk, name, content string, syncs ...string) {
	t.Helper()
	if err := d.MkdirAll("/d"); err != nil {
		t.Fatal(err)
	}
	f, err := d.Append("/d/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	for _, s := range syncs {
		if s == "file" {
			err = f.Sync()
		} else {
			err = d.SyncDir("/d")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func content(d disk.FS, name string) string {
	b, err := disk.ReadFile(d, "/d/"+name)
	if err != nil {
		return "none"
	}
	return string(b)
}

func TestReboot(t *testing.T) {
	t.Run("a file whose directory was not synced is gone", func(t *testing.T) {
		d := disktest.New()
		write(t, d, "f", "x", "file")
		if got := content(d.Reboot(disktest.Dropped, 1), "f"); got != "none" {
			t.Errorf("found %q", got)
		}
		if got := content(d.Reboot(disktest.Kept, 1), "f"); got != "x" {
			t.Errorf("kept %q", got)
		}
	})
	t.Run("a file that was not synced is empty", func(t *testing.T) {
		d := disktest.New()
		write(t, d, "f", "x", "directory")
		if got := content(d.Reboot(disktest.Dropped, 1), "f"); got != "" {
			t.Errorf("found %q", got)
		}
	})
	t.Run("what was synced is there in every mode, and what was not comes in every form", func(t *testing.T) {
		d := disktest.New()
		old := strings.Repeat("o", 3*700)
		write(t, d, "f", old, "file", "directory")
		write(t, d, "f", strings.Repeat("n", 3*700))
		forms := map[string]bool{}
		for _, mode := range disktest.Modes {
			for seed := range uint64(50) {
				got := content(d.Reboot(mode, seed), "f")
				if !strings.HasPrefix(got, old) {
					t.Fatalf("%v, seed %d: synced content is damaged: %q", mode, seed, got)
				}
				rest := got[len(old):]
				switch {
				case rest == "":
					forms["nothing"] = true
				case len(rest) == 2100 && strings.Trim(rest, "n") == "":
					forms["all"] = true
				case strings.Trim(rest, "n") == "":
					forms["prefix"] = true
				case strings.Trim(rest, "n\x00") == "":
					forms["zeros"] = true
				default:
					forms["garbage"] = true
				}
				if again := content(d.Reboot(mode, seed), "f"); again != got {
					t.Fatalf("%v, seed %d: two reboots differ", mode, seed)
				}
			}
		}
		if len(forms) != 5 {
			t.Errorf("only these forms: %v", forms)
		}
	})
	t.Run("a cut that was not synced may be undone", func(t *testing.T) {
		d := disktest.New()
		write(t, d, "f", "hello", "file", "directory")
		f, _ := d.Append("/d/f")
		if err := f.Truncate(1); err != nil {
			t.Fatal(err)
		}
		if got := content(d.Reboot(disktest.Dropped, 1), "f"); got != "hello" {
			t.Errorf("dropped: %q", got)
		}
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
		if got := content(d.Reboot(disktest.Dropped, 1), "f"); got != "h" {
			t.Errorf("synced: %q", got)
		}
	})
	t.Run("a rename is old or new, never neither", func(t *testing.T) {
		d := disktest.New()
		write(t, d, "f", "old", "file")
		write(t, d, "g", "new", "file", "directory")
		if err := d.Rename("/d/g", "/d/f"); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, mode := range disktest.Modes {
			for seed := range uint64(20) {
				r := d.Reboot(mode, seed)
				seen[content(r, "f")+" "+content(r, "g")] = true
			}
		}
		if len(seen) != 2 || !seen["old new"] || !seen["new none"] {
			t.Errorf("seen %v", seen)
		}
	})
	t.Run("a lying sync keeps nothing", func(t *testing.T) {
		d := disktest.New()
		d.Lie()
		write(t, d, "f", "x", "file", "directory")
		if got := content(d.Reboot(disktest.Dropped, 1), "f"); got != "none" {
			t.Errorf("found %q", got)
		}
	})
}

func TestCutPowerAt(t *testing.T) {
	work := func(d *disktest.Disk) error {
		if err := d.MkdirAll("/d"); err != nil {
			return err
		}
		return disk.WriteFile(d, "/d/f", []byte("content"))
	}
	d := disktest.New()
	if err := work(d); err != nil {
		t.Fatal(err)
	}
	total := d.Operations()
	if total != 6 { // mkdir, create, write, sync, rename, sync directory
		t.Fatalf("%d operations: %v", total, d.History())
	}
	for n := 1; n <= total; n++ {
		for _, mode := range disktest.Modes {
			d := disktest.New()
			d.CutPowerAt(n)
			if err := work(d); !errors.Is(err, disktest.ErrPower) || !d.PowerIsOff() {
				t.Fatalf("power cut at %d: %v", n, err)
			}
			r := d.Reboot(mode, uint64(n))
			if got := content(r, "f"); got != "none" && got != "content" {
				t.Errorf("power cut at %d, %v: half a file, %q", n, mode, got)
			}
			if err := work(r); err != nil {
				t.Errorf("power cut at %d, %v: %v", n, mode, err)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	t.Run("a full disk takes what fits", func(t *testing.T) {
		d := disktest.New()
		write(t, d, "f", "")
		d.SetFree(3)
		f, _ := d.Append("/d/f")
		if n, err := f.Write([]byte("hello")); n != 3 || !disk.IsFull(err) {
			t.Errorf("wrote %d, %v", n, err)
		}
		if got := content(d, "f"); got != "hel" {
			t.Errorf("found %q", got)
		}
	})
	t.Run("a sync that failed loses the content for good", func(t *testing.T) {
		d := disktest.New()
		write(t, d, "f", "", "file", "directory")
		broken := errors.New("broken")
		f, _ := d.Append("/d/f")
		f.Write([]byte("x"))
		d.Inject(func(op disktest.Op, name string) error {
			if op == disktest.OpSync {
				return broken
			}
			return nil
		})
		if err := f.Sync(); !errors.Is(err, broken) {
			t.Errorf("sync: %v", err)
		}
		d.Inject(nil)
		if err := f.Sync(); err != nil {
			t.Errorf("second sync: %v", err)
		}
		if got := content(d.Reboot(disktest.Kept, 1), "f"); got != "" {
			t.Errorf("found %q", got)
		}
		f.Write([]byte("y"))
		if err := f.Sync(); err != nil {
			t.Errorf("third sync: %v", err)
		}
		if got := content(d, "f"); got != "xy" {
			t.Errorf("read %q", got)
		}
		if got := content(d.Reboot(disktest.Kept, 1), "f"); got != "\x00y" {
			t.Errorf("found %q", got)
		}
	})
	t.Run("damage is durable", func(t *testing.T) {
		d := disktest.New()
		write(t, d, "f", "a", "file", "directory")
		if err := d.Flip("/d/f", 0, 1); err != nil {
			t.Fatal(err)
		}
		if got := content(d.Reboot(disktest.Dropped, 1), "f"); got != "c" {
			t.Errorf("found %q", got)
		}
		if err := d.Flip("/d/g", 0, 1); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("flip in a missing file: %v", err)
		}
	})
	t.Run("a write in pieces reads back whole", func(t *testing.T) {
		d := disktest.New()
		var want []byte
		for i := range 300 {
			piece := bytes.Repeat([]byte{byte(i)}, i)
			want = append(want, piece...)
			write(t, d, "f", string(piece), "file")
		}
		if got := content(d, "f"); got != string(want) {
			t.Error("content differs")
		}
	})
}
