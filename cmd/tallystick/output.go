package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/render"
)

// output is where the tables of a report go: standard output, a file, or a directory with a file for each table. A workbook holds all tables, and is one file
// wherever it goes.
//
// A file appears under its name when it is whole, and those of a directory appear together once all are whole: they are written beside their
// place and renamed. A report that fails leaves no file and changes none.
type output struct {
	stdout  io.Writer
	path    string // empty: stdout
	dir     bool   // path is a directory, which gets a file for each table
	pid     int    // names files that are being written
	format  render.Format
	options render.Options
}

// prepare decides between the three, for a report with these tables, and checks that the place is there.
func (o *output) prepare(definition *tallystick.Report, tables []string) error {
	report := definition.Name
	if o.format.Workbook() {
		tables = tables[:1]
		if info, err := os.Stat(o.path); o.path != "" && (err == nil && info.IsDir() || strings.HasSuffix(o.path, "/")) {
			if err := os.MkdirAll(o.path, 0o777); err != nil {
				return fmt.Errorf("make directory for the workbook: %w", err)
			}
			o.path = filepath.Join(o.path, cmp.Or(definition.File, definition.Name)+o.format.Extension)
		}
	}
	if o.path == "" {
		if len(tables) > 1 {
			return tallystick.Errorf(tallystick.Invalid, "report %s has %d tables and standard output takes one", report, len(tables)).
				WithHint("choose with --table one of %s, write all with -o DIR, or take --format xlsx", strings.Join(tables, ", "))
		}
		return nil
	}
	info, err := os.Stat(o.path)
	isFile := err == nil && !info.IsDir()
	o.dir = err == nil && info.IsDir() || strings.HasSuffix(o.path, "/") || len(tables) > 1
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case o.dir && err != nil && strings.HasSuffix(strings.ToLower(o.path), o.format.Extension):
		return tallystick.Errorf(tallystick.Invalid, "%s would be one file, and report %s has %d tables", o.path, report, len(tables)).
			WithHint("name a directory, or choose with --table one of %s", strings.Join(tables, ", "))
	case o.dir && isFile:
		return tallystick.Errorf(tallystick.Invalid, "%s is a file, and report %s has %d tables", o.path, report, len(tables)).
			WithHint("name a directory, or choose with --table one of %s", strings.Join(tables, ", "))
	case o.dir:
		if err := os.MkdirAll(o.path, 0o777); err != nil {
			return fmt.Errorf("make directory for the tables: %w", err)
		}
		return nil
	}
	if parent, err := os.Stat(filepath.Dir(o.path)); err != nil || !parent.IsDir() {
		return tallystick.Errorf(tallystick.NotFound, "there is no directory %s to write %s into", filepath.Dir(o.path), filepath.Base(o.path)).
			WithHint("make it, or name another place with -o")
	}
	return nil
}

// part is what goes into one file.
type part struct {
	table string // whose file it is, in a directory
	write func(io.Writer) error
}

// write writes tables.
func (o *output) write(tables []tallystick.Table) error {
	if o.format.Workbook() {
		return o.writeParts([]part{{tables[0].Name, func(w io.Writer) error { return o.format.WriteBook(w, tables, o.options) }}})
	}
	var parts []part
	for _, t := range tables {
		parts = append(parts, part{t.Name, func(w io.Writer) error { return o.format.Write(w, t, o.options) }})
	}
	return o.writeParts(parts)
}

// writeParts writes what goes into the files.
func (o *output) writeParts(parts []part) error {
	if o.path == "" {
		return parts[0].write(o.stdout)
	}
	if !o.dir {
		if info, err := os.Stat(o.path); err == nil && !info.Mode().IsRegular() { // a device or a pipe can't be replaced
			return o.writeInto(o.path, os.O_WRONLY, parts[0])
		}
	}
	var whole []string // final names, in the order of the tables
	defer func() {
		for _, name := range whole {
			os.Remove(o.beside(name)) // what was not renamed
		}
	}()
	for _, part := range parts {
		name := o.path
		if o.dir {
			name = filepath.Join(o.path, part.table+o.format.Extension)
		} else if target, err := filepath.EvalSymlinks(name); err == nil {
			name = target // a link goes on pointing at the report
		}
		whole = append(whole, name)
		if err := o.writeInto(o.beside(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, part); err != nil {
			return err
		}
	}
	for _, name := range whole {
		if err := os.Rename(o.beside(name), name); err != nil {
			return err
		}
	}
	return disk.OS.SyncDir(filepath.Dir(whole[0])) // all are in one
}

// beside returns the name under which a file is written until it is whole.
func (o *output) beside(name string) string {
	return filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d.part", filepath.Base(name), o.pid))
}

// writeInto writes a part to a file and makes it durable where that can be.
func (o *output) writeInto(name string, flags int, part part) error {
	f, err := os.OpenFile(name, flags, 0o666)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 64<<10)
	err = part.write(w)
	if err == nil {
		err = w.Flush()
	}
	if info, e := f.Stat(); err == nil && e == nil && info.Mode().IsRegular() {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
