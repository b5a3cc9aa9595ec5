package disk_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// TestFS holds the real file system and the double to the same behaviour.
func TestFS(t *testing.T) {
	for _, c := range []struct {
		name string
		fs   disk.FS
		root string
	}{
		{"operating system", disk.OS, t.TempDir()},
		{"double", disktest.New(), "/data"},
	} {
		t.Run(c.name, func(t *testing.T) { testFS(t, c.fs, c.root) })
	}
}

func testFS(t *testing.T, d disk.FS, root string) {
	dir := filepath.Join(root, "a", "b")
	name := filepath.Join(dir, "file")
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Open(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening a missing file: %v", err)
	}
	ok(d.MkdirAll(dir))
	ok(d.MkdirAll(dir))

	f, err := d.Create(name)
	ok(err)
	_, err = f.Write([]byte("hello "))
	ok(err)
	_, err = f.Write([]byte("world"))
	ok(err)
	ok(f.Sync())
	ok(d.SyncDir(dir))
	ok(f.Truncate(8))
	_, err = f.Write([]byte("!"))
	ok(err)
	size, err := f.Size()
	ok(err)
	if size != 9 {
		t.Errorf("size %d after a cut to 8 and a write of 1", size)
	}
	b := make([]byte, 3)
	if n, err := f.ReadAt(b, 6); n != 3 || string(b) != "wo!" {
		t.Errorf("read %d bytes, %q, %v", n, b, err)
	}
	ok(f.Close())

	f, err = d.Append(name)
	ok(err)
	_, err = f.Write([]byte("?"))
	ok(err)
	ok(f.Close())
	content, err := disk.ReadFile(d, name)
	ok(err)
	if string(content) != "hello wo!?" {
		t.Errorf("content %q", content)
	}
	f, err = d.Open(name)
	ok(err)
	for offset, want := range map[int64]string{0: "hello wo", 2: "llo wo!?"} { // where a page begins, and where none does
		m, err := disk.Map(f, offset, 8)
		ok(err)
		if string(m.Bytes) != want {
			t.Errorf("mapped %q, want %q", m.Bytes, want)
		}
		ok(m.Release())
	}
	if _, err := disk.Map(f, 0, 11); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("mapping more than there is: %v", err)
	}
	ok(f.Close())
	ok(disk.WriteFile(d, name, []byte("new")))
	ok(d.MkdirAll(filepath.Join(dir, "c")))
	entries, err := d.ReadDir(dir)
	ok(err)
	if got, want := fmt.Sprint(entries), "[{c true 0} {file false 3}]"; got != want {
		t.Errorf("entries %s, want %s", got, want)
	}
	if e, err := d.Stat(name); err != nil || e != (disk.Entry{Name: "file", Size: 3}) {
		t.Errorf("stat %v, %v", e, err)
	}
	ok(d.Rename(name, filepath.Join(dir, "other")))
	if err := d.Remove(dir); err == nil {
		t.Error("a directory with files was removed")
	}
	ok(d.Remove(filepath.Join(dir, "other")))
	ok(d.Remove(filepath.Join(dir, "c")))
	ok(d.Remove(dir))
	if _, err := d.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("stat of a removed directory: %v", err)
	}
}

func ExampleWriteFile() {
	d := disktest.New() // disk.OS in a program
	d.MkdirAll("/data")
	disk.WriteFile(d, "/data/VERSION", []byte("1"))
	content, err := disk.ReadFile(d.Reboot(disktest.Dropped, 0), "/data/VERSION")
	fmt.Println(string(content), err)
	// Output: 1 <nil>
}
