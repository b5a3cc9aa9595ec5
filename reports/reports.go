// Package reports holds the definitions of the built-in reports, one YAML file each. Beside a definition, in the folder of its name, are events and the
// answers they must give; package report's tests run them.
package reports

import "embed"

// FS holds the definitions, NAME.yaml.
//
//go:embed *.yaml
var FS embed.FS
