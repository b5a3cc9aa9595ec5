package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"github.com/tallystick/tallystick"
)

// versionCommand prints versions.
type versionCommand struct{}

func (c *versionCommand) Run(p *program) error {
	version, commit, engine := "unknown", "unknown", "unknown"
	if build, ok := debug.ReadBuildInfo(); ok {
		version = build.Main.Version
		for _, s := range build.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				commit += " with changes"
			}
		}
		for _, m := range build.Deps {
			if m.Path == engineModule {
				engine = m.Path + " " + m.Version
			}
		}
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "tallystick\t%s\ncommit\t%s\nengine\t%s\ntzdata\t%s\ngo\t%s\n", version, commit, engine, tallystick.TZDataVersion, runtime.Version())
	return w.Flush()
}

// engineModule is the module of the library inside the engine.
const engineModule = "github.com/duckdb/duckdb-go/v2"

// version returns the program's own version.
func version() string {
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" {
		return build.Main.Version
	}
	return "unknown"
}
