// Package datadir is the directory in which one Tallystick keeps everything: it says where things are, and sees to it that one program at a time uses them.
//
//	VERSION      format of the directory, "tallystick 1"
//	ID           name of the event store, once something has asked for it
//	LOCK         held while a program uses the directory, with that program's name inside
//	journal/     the truth; its folder keys/ is an index that can be made again from it
//	engine/      a view of the journal; the only part that may be deleted without loss
//	quarantine/  events that were rejected
//	reports/     definitions of custom reports
//	files/       reports that were made
//	control.db   the control plane, where no other database is named
//	secret.key   seals the secrets among the settings
//
// Decisions:
//
//   - A directory is ours when it has a VERSION. One without it is taken only while it is empty, so that a mistyped path can't scatter files among
//     somebody else's.
//   - The lock is the kernel's (flock): it ends with its process, however that ends, and a LOCK file left behind means nothing. What is written inside only
//     serves the sentence for the program that comes second.
//   - The format number goes up when an older program would misread the directory. A newer program reads every older format; an older program refuses a newer
//     one before it touches anything.
package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// Format is the format of directory that this program writes, and the newest that it reads.
const Format = 1

// Names in the directory.
const (
	versionFile    = "VERSION"
	newVersionFile = versionFile + ".new" // of disk.WriteFile
	lockFile       = "LOCK"
	versionWord    = "tallystick"
)

// Dir is a data directory that this process holds the lock of.
type Dir struct {
	path string
	lock *os.File
}

// Open locks the data directory at path, which must exist. The error is of code NotFound where there is none, Invalid where there is something else, Conflict
// where another program uses it or a newer one has written it, Denied where it may not be written.
func Open(path string, holder Holder) (*Dir, error) {
	if err := look(path); err != nil {
		return nil, err
	}
	ours, err := isOurs(path)
	if err != nil {
		return nil, err
	}
	if !ours {
		return nil, tallystick.Errorf(tallystick.NotFound, "%s is empty, not a data directory", path).
			WithHint("name the right one with --data, or import events into it first")
	}
	return open(path, holder)
}

// Create is [Open] that makes the directory, and what it needs to be one, where it does not exist or is empty.
func Create(path string, holder Holder) (*Dir, error) {
	err := look(path)
	if tallystick.CodeOf(err) == tallystick.NotFound {
		if err = disk.OS.MkdirAll(path); err != nil {
			return nil, denied(path, err)
		}
	}
	if err != nil {
		return nil, err
	}
	// Somebody else's directory is refused before anything is written into it.
	if _, err := isOurs(path); err != nil {
		return nil, err
	}
	return open(path, holder)
}

// open locks the directory, and then makes what is missing of it.
func open(path string, holder Holder) (_ *Dir, err error) {
	d := &Dir{path: path}
	if d.lock, err = takeLock(path, holder); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.lock.Close()
		}
	}()
	ours, err := isOurs(path)
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{d.Journal(), d.Engine(), d.Quarantine(), d.Reports(), d.Files()} {
		if err := disk.OS.MkdirAll(dir); err != nil {
			return nil, denied(path, err)
		}
	}
	if ours {
		return d, nil
	}
	// The directory's own name, which somebody else may have made a moment ago, has to last like what is in it.
	if err := disk.OS.SyncDir(filepath.Dir(filepath.Clean(path))); err != nil {
		return nil, denied(path, err)
	}
	// VERSION comes last: a directory that has it is whole.
	if err := disk.WriteFile(disk.OS, filepath.Join(path, versionFile), fmt.Appendf(nil, "%s %d\n", versionWord, Format)); err != nil {
		return nil, denied(path, err)
	}
	return d, nil
}

// Close gives the lock back, without its name in it, so that the next holder is not taken for this one before it has written its own.
func (d *Dir) Close() error { return errors.Join(d.lock.Truncate(0), d.lock.Close()) }

// Announce writes another name of this process into the lock, such as one with the address where it answers by now.
func (d *Dir) Announce(holder Holder) error {
	if err := errors.Join(d.lock.Truncate(0), writeAt(d.lock, holder.String()+"\n")); err != nil {
		return denied(d.path, err)
	}
	return nil
}

// Path returns the directory itself, as it was given.
func (d *Dir) Path() string { return d.path }

// The parts of the directory. All exist but Keys, which the journal makes, and the files Control and SecretKey, which whoever needs them makes.
func (d *Dir) Journal() string    { return filepath.Join(d.path, "journal") }
func (d *Dir) Keys() string       { return filepath.Join(d.path, "journal", "keys") }
func (d *Dir) Engine() string     { return filepath.Join(d.path, "engine") }
func (d *Dir) Quarantine() string { return filepath.Join(d.path, "quarantine") }
func (d *Dir) Reports() string    { return filepath.Join(d.path, "reports") }
func (d *Dir) Files() string      { return filepath.Join(d.path, "files") }
func (d *Dir) Control() string    { return filepath.Join(d.path, "control.db") }
func (d *Dir) SecretKey() string  { return filepath.Join(d.path, "secret.key") }

// ClearEngine deletes what is in the engine's part. It is made again from the journal.
func (d *Dir) ClearEngine() error {
	entries, err := os.ReadDir(d.Engine())
	if err != nil {
		return denied(d.path, err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(d.Engine(), e.Name())); err != nil {
			return denied(d.path, err)
		}
	}
	return disk.OS.SyncDir(d.Engine())
}

// look checks that path is a directory that can be read.
func look(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return tallystick.Errorf(tallystick.NotFound, "there is no data directory %s", path).
			WithHint("name the right one with --data, or make it by importing events")
	case err != nil:
		return denied(path, err)
	case !info.IsDir():
		return tallystick.Errorf(tallystick.Invalid, "%s is a file, not a data directory", path).WithHint("name a directory with --data")
	}
	return nil
}

// isOurs reports whether the directory has a VERSION that this program reads. It is an error when it has one of a newer program, or none but something else.
func isOurs(path string) (bool, error) {
	text, err := os.ReadFile(filepath.Join(path, versionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, checkEmpty(path)
	}
	if err != nil {
		return false, denied(path, err)
	}
	word, number, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	format, err := strconv.Atoi(number)
	switch {
	case word != versionWord || err != nil || format < 1:
		return false, tallystick.Errorf(tallystick.Invalid, "%s has a %s that says %.40q, so it is not a data directory of tallystick", path, versionFile, text).
			WithHint("name another directory with --data")
	case format > Format:
		return false, tallystick.Errorf(tallystick.Conflict, "%s has format %d, written by a newer tallystick; this one reads up to format %d", path, format, Format).
			WithHint("use the newer program")
	}
	return true, nil
}

// checkEmpty refuses a directory in which there is anything but what an interrupted Create leaves, or a file system of its own has.
func checkEmpty(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return denied(path, err)
	}
	for _, e := range entries {
		switch e.Name() {
		case lockFile, newVersionFile, "lost+found":
		case "reports":
			if !onlyDefinitions(filepath.Join(path, e.Name())) {
				return foreign(path, e.Name())
			}
		case "journal", "engine", "quarantine", "files":
			if inside, err := os.ReadDir(filepath.Join(path, e.Name())); err == nil && len(inside) == 0 {
				continue
			}
			return foreign(path, e.Name())
		default:
			return foreign(path, e.Name())
		}
	}
	return nil
}

// onlyDefinitions reports whether a folder holds nothing but definitions of reports, which somebody may have put there before the first event came.
func onlyDefinitions(folder string) bool {
	entries, err := os.ReadDir(folder)
	return err == nil && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		ext := filepath.Ext(e.Name())
		return !e.Type().IsRegular() || ext != ".yaml" && ext != ".yml"
	})
}

func foreign(path, name string) error {
	return tallystick.Errorf(tallystick.Invalid, "%s holds other things, such as %q, and no %s, so it is not a data directory", path, name, versionFile).
		WithHint("name a directory that is empty or does not exist yet with --data")
}

// denied turns an error of the operating system into a sentence for people.
func denied(path string, err error) error {
	if errors.Is(err, fs.ErrPermission) || isReadOnly(err) {
		return tallystick.Errorf(tallystick.Denied, "may not use the data directory %s: %w", path, err).
			WithHint("give this user the right to read and write it, or name another one with --data")
	}
	return fmt.Errorf("use the data directory %s: %w", path, err)
}
