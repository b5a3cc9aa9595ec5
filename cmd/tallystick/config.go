package main

import (
	"fmt"
	"text/tabwriter"
)

// configCommand prints the settings.
type configCommand struct {
	storeFlags
	fileFlags
}

// Run prints a line for each setting: name, value, origin. A secret shows as ***.
func (c *configCommand) Run(p *program) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, v := range p.settings {
		text := v.text
		switch {
		case text == "":
			text = "-"
		case v.secret:
			text = "***"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", v.name, text, v.origin)
	}
	return w.Flush()
}
