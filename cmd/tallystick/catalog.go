package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/reports"
)

// reportsFolder is where the definitions of an installation's own reports are in its data directory.
const reportsFolder = "reports"

// catalog reads the built-in reports and those of the folder that the settings name. Files with something wrong in them are named on standard error, and the others go on.
func (p *program) catalog() (*report.Catalog, error) {
	catalog, err := report.Load(reports.FS)
	if err != nil {
		return nil, err
	}
	folder := p.settings.get("reports")
	named := folder != ""
	if !named {
		folder = filepath.Join(p.settings.get("data"), reportsFolder)
	}
	info, err := os.Stat(folder)
	switch {
	case err != nil && !named:
		return catalog, nil // whoever opens the data directory says what is wrong with it
	case errors.Is(err, fs.ErrNotExist):
		return nil, tallystick.Errorf(tallystick.NotFound, "there is no folder %s", folder).At("--reports").WithHint("name the folder with your report definitions")
	case err != nil:
		return nil, fmt.Errorf("look for reports: %w", err)
	case !info.IsDir():
		return nil, tallystick.Errorf(tallystick.Invalid, "%s is no folder", folder).At("--reports").WithHint("name the folder with your report definitions")
	}
	if catalog, err = catalog.With(os.DirFS(folder)); err != nil {
		return nil, err
	}
	for _, problem := range catalog.Problems() {
		problem.File = filepath.Join(folder, problem.File)
		fmt.Fprintf(p.stderr, "left out: %s\n", problem)
	}
	return catalog, nil
}
