// Package report turns a definition and a request into queries, and their answers into tables.
//
// A request is planned once for each of its tenants by a literal list of named passes ([passes]); the first sets the scope, without which no query can be built. Then
// each table is made by a function of its own from the plan, when its rows are read: tenant after tenant, so that what the rows need is in memory for one tenant at a time.
//
// All rounding is here: engines answer exact integers in base units. Everything that depends on a state at the end of the period, such as names, platforms and
// merges, is asked for as of that end and joined here or handed to the engine as labels.
package report

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/tallystick/tallystick"
)

// Catalog is a set of report definitions.
type Catalog struct {
	reports []*tallystick.Report // by name
}

// builder makes the rows of one table of one tenant.
type builder func(*plan, rows) error

// builtins are the pieces of Go behind the built-in definitions, by report and table.
var builtins = map[string]map[string]builder{
	"room-usage":    {"rooms": (*plan).rooms},
	"billing-usage": {"usage": (*plan).billing},
	"tenant-usage":  {"tenants": (*plan).tenantRow},
	"service-usage": {
		"unique-contacts": (*plan).uniqueContacts, "resolved-conversations": (*plan).resolvedConversations, "active-agents": (*plan).activeAgents,
		"channels": (*plan).connectedChannels, "proactive-messages": (*plan).proactiveMessages,
	},
	"session-usage": {
		"summary": (*plan).sessionSummary, "trend": (*plan).sessionTrend, "by-bot": (*plan).sessionsByBot, "by-channel": (*plan).sessionsByChannel,
		"by-version": (*plan).sessionsByVersion, "by-month": (*plan).sessionsByMonth, "ticket-trend": (*plan).ticketTrend, "detail": (*plan).sessionDetail,
	},
}

// Load reads every definition, NAME.yaml, of a file system. Unknown keys are errors.
func Load(files fs.FS) (*Catalog, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	c := &Catalog{}
	for _, name := range names {
		r, err := load(files, name)
		if err != nil {
			return nil, fmt.Errorf("load report %s: %w", name, err)
		}
		c.reports = append(c.reports, r)
	}
	return c, nil
}

func load(files fs.FS, name string) (*tallystick.Report, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	r := new(tallystick.Report)
	if err := yaml.UnmarshalWithOptions(text, r, yaml.Strict()); err != nil {
		return nil, err
	}
	if r.Name != strings.TrimSuffix(path.Base(name), ".yaml") {
		return nil, fmt.Errorf("its name is %q; name the file after it", r.Name)
	}
	tables := builtins[r.Name]
	if len(tables) != len(r.Tables) {
		return nil, fmt.Errorf("it has %d tables, the program makes %d", len(r.Tables), len(tables))
	}
	for _, t := range r.Tables {
		if tables[t.Name] == nil {
			return nil, fmt.Errorf("no code makes its table %q", t.Name)
		}
	}
	if !slices.Contains([]string{zoneTenant, zoneUTC, zoneAlwaysUTC}, r.Zone) {
		return nil, fmt.Errorf("zone %q is none of %s, %s, %s", r.Zone, zoneTenant, zoneUTC, zoneAlwaysUTC)
	}
	return r, nil
}

// Reports returns the definitions by name. They must not be changed.
func (c *Catalog) Reports() []*tallystick.Report { return c.reports }

// Report returns the definition of that name.
func (c *Catalog) Report(name string) (*tallystick.Report, error) {
	var names []string
	for _, r := range c.reports {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return nil, tallystick.Errorf(tallystick.NotFound, "there is no report %q", name).WithHint("the reports are %s", strings.Join(names, ", "))
}
