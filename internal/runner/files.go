package runner

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/disk"
)

// Files is the folder with the files of runs. A file's name is that of its run and of its content, so that two makers of one run don't get into each other's way.
// All methods may be called at the same time.
type Files struct {
	fs     disk.FS
	dir    string
	naming sync.Mutex // held while a file gets its name, and while one that has a name is swept away
}

// partial is the end of the name of a file that is being written.
const partial = ".part"

// OpenFiles opens the folder, makes it where there is none, and throws away what was being written when the program ended.
func OpenFiles(fsys disk.FS, dir string) (*Files, error) {
	f := &Files{fs: fsys, dir: dir}
	if err := fsys.MkdirAll(dir); err != nil {
		return nil, fmt.Errorf("make folder for files: %w", err)
	}
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name, partial) {
			if err := fsys.Remove(filepath.Join(dir, e.Name)); err != nil {
				return nil, fmt.Errorf("remove unfinished file: %w", err)
			}
		}
	}
	return f, nil
}

// path is where the file of a run is.
func (f *Files) path(run, sha256 string) string {
	return filepath.Join(f.dir, run+"."+sha256[:min(len(sha256), 32)])
}

// Write writes the file of a run. It is there, whole and durable, when Write returns without an error, and else not at all. What write returns is the SHA-256 of what it
// has written.
func (f *Files) Write(run string, write func(io.Writer) (sha256 string, err error)) (err error) {
	part := filepath.Join(f.dir, run+"."+rand.Text()+partial)
	created, err := f.fs.Create(part)
	if err != nil {
		return fmt.Errorf("make file: %w", said(err))
	}
	file := &steadyFile{File: created}
	defer func() {
		if err != nil {
			f.fs.Remove(part)
		}
	}()
	w := bufio.NewWriterSize(file, 256<<10)
	sha256, err := write(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = f.name(part, f.path(run, sha256))
	}
	return said(err)
}

// name gives a file that is whole its name, for good.
func (f *Files) name(part, path string) error {
	f.naming.Lock()
	defer f.naming.Unlock()
	if err := f.fs.Rename(part, path); err != nil {
		return err
	}
	return f.fs.SyncDir(f.dir)
}

// said says of a full disk what it is.
func said(err error) error {
	if disk.IsFull(err) {
		return tallystick.Errorf(tallystick.Unavailable, "the disk is full: %w", err).WithHint("make room, and try again")
	}
	return err
}

// File is the file of a run.
type File struct {
	*io.SectionReader
	file disk.File
}

func (f *File) Close() error { return f.file.Close() }

// Open opens the file of a run. The error is of code NotFound where it is gone.
func (f *Files) Open(r control.Run) (*File, error) {
	gone := tallystick.Errorf(tallystick.NotFound, "the file of %q is not there any more", r.Name).WithHint("make it again")
	if r.File == nil {
		return nil, gone
	}
	file, err := f.fs.Open(f.path(r.ID, r.File.SHA256))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, gone
	}
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	size, err := file.Size()
	if err == nil && size != r.File.Size {
		err = fmt.Errorf("the file of %q has %d bytes, and not %d: it was changed", r.Name, size, r.File.Size)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &File{io.NewSectionReader(file, 0, size), file}, nil
}

// Remove removes the file of a run. One that is gone is as good as removed.
func (f *Files) Remove(r control.Run) error {
	if r.File == nil {
		return nil
	}
	if err := f.fs.Remove(f.path(r.ID, r.File.SHA256)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Sweep removes the files that no run has: those of makers that have lost their claim. Keep says of a run whether a file of that name is its own, or may become it. While it is
// asked, and until the file is gone, no file gets its name: a maker that comes to the same content has it afterwards. One that can't be removed is told to stuck, and others go.
func (f *Files) Sweep(keep func(run, name string) (bool, error), stuck func(name string, err error)) error {
	entries, err := f.fs.ReadDir(f.dir)
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	for _, e := range entries {
		run, _, named := strings.Cut(e.Name, ".")
		if !named || e.Dir || strings.HasSuffix(e.Name, partial) {
			continue
		}
		if err := f.sweep(e.Name, func() (bool, error) { return keep(run, e.Name) }, stuck); err != nil {
			return err
		}
	}
	return nil
}

func (f *Files) sweep(name string, keep func() (bool, error), stuck func(name string, err error)) error {
	f.naming.Lock()
	defer f.naming.Unlock()
	kept, err := keep()
	if err != nil || kept {
		return err
	}
	if err := f.fs.Remove(filepath.Join(f.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		stuck(name, err)
	}
	return nil
}

// Is reports whether a name is that of the file of a run.
func (f *Files) Is(name string, r control.Run) bool {
	return r.File != nil && filepath.Base(f.path(r.ID, r.File.SHA256)) == name
}
