package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/reports"
)

// reportsFolder is where the definitions of an installation's own reports are in its data directory.
const reportsFolder = "reports"

// definitions are the reports of an installation: the built-in ones, and those of a folder, which may change while a server runs.
type definitions struct {
	folder string // "" there is none
	now    func() time.Time
	found  func([]report.Problem) // is called with what is wrong, whenever the folder was read

	mu      sync.Mutex
	catalog *report.Catalog
	checked time.Time
	state   string // of the files when they were read
}

// betweenLooks is how long a server goes on with the definitions that it has read before it looks for changes.
const betweenLooks = time.Second

// definitions finds the folder that the settings name and reads it.
func (p *program) definitions(found func([]report.Problem)) (*definitions, error) {
	folder := p.settings.get("reports")
	named := folder != ""
	if !named {
		folder = filepath.Join(p.settings.get("data"), reportsFolder)
	}
	info, err := os.Stat(folder)
	switch {
	case err != nil && !named:
		// Whoever opens the data directory says what is wrong with it. A folder that is made later is found by a server.
	case errors.Is(err, fs.ErrNotExist):
		return nil, tallystick.Errorf(tallystick.NotFound, "there is no folder %s", folder).At("--reports").WithHint("name the folder with your report definitions")
	case err != nil:
		return nil, fmt.Errorf("look for reports: %w", err)
	case !info.IsDir():
		return nil, tallystick.Errorf(tallystick.Invalid, "%s is no folder", folder).At("--reports").WithHint("name the folder with your report definitions")
	}
	d := &definitions{folder: folder, now: p.now, found: found}
	return d, d.read()
}

// read reads all definitions.
func (d *definitions) read() error {
	catalog, err := report.Load(reports.FS)
	if err != nil {
		return err
	}
	d.checked, d.state = d.now(), d.look()
	if d.state != "" {
		if catalog, err = catalog.With(os.DirFS(d.folder)); err != nil {
			return err
		}
	}
	d.catalog = catalog
	d.found(catalog.Problems())
	return nil
}

// look says how the files are: "" where there is no folder.
func (d *definitions) look() string {
	entries, err := os.ReadDir(d.folder)
	if err != nil {
		return ""
	}
	state := "folder"
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			state += fmt.Sprintf("\n%s %d %d", e.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return state
}

// current returns the definitions that hold now. Where the folder can't be read any more, those that were read last go on.
func (d *definitions) current() *report.Catalog {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.now(); now.Sub(d.checked) >= betweenLooks || now.Before(d.checked) {
		d.checked = now
		if d.look() != d.state {
			if err := d.read(); err != nil {
				d.found([]report.Problem{{File: d.folder, Message: err.Error()}})
			}
		}
	}
	return d.catalog
}

// left is a file that is left out. What is read first is what the rest speaks of, so that one slip there is found in many places: the first of them is the one to mend.
type left struct {
	first report.Problem
	more  int // problems of the same file
}

// leftOut returns the files that are left out, in the order of their problems.
func leftOut(problems []report.Problem) (list []left) {
	for _, p := range problems {
		if n := len(list); n > 0 && list[n-1].first.File == p.File {
			list[n-1].more++
			continue
		}
		list = append(list, left{first: p})
	}
	return list
}

// catalog reads the definitions for a command that ends soon. Files with something wrong in them are named on standard error, and the others go on.
func (p *program) catalog() (*report.Catalog, error) {
	var folder string
	d, err := p.definitions(func(problems []report.Problem) {
		if folder = p.settings.get("reports"); folder == "" {
			folder = filepath.Join(p.settings.get("data"), reportsFolder)
		}
		for _, problem := range problems {
			problem.File = filepath.Join(folder, problem.File)
			fmt.Fprintf(p.stderr, "left out: %s\n", problem)
		}
	})
	if err != nil {
		return nil, err
	}
	return d.catalog, nil
}
