package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/usage"
)

// versionCommand prints versions.
type versionCommand struct{}

func (c *versionCommand) Run(p *program) error {
	v := versions()
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "tallystick\t%s\ncommit\t%s\nengine\t%s\ntzdata\t%s\ngo\t%s\n", v.Program, v.Commit, v.Engine, v.TZData, v.Go)
	return w.Flush()
}

// versions returns those of the program and of what it is made of.
func versions() usage.Versions {
	v := usage.Versions{Program: version(), Commit: "unknown", Engine: "unknown", TZData: tallystick.TZDataVersion, Go: runtime.Version()}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, s := range build.Settings {
			switch {
			case s.Key == "vcs.revision":
				v.Commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				v.Commit += " with changes"
			}
		}
		for _, m := range build.Deps {
			if m.Path == engineModule {
				v.Engine = m.Path + " " + m.Version
			}
		}
	}
	return v
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
