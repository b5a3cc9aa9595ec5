package control

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// Job says what is to be made, as it was asked for. What it names, such as the report, is known to others, who check it before: here a job is only kept, within
// limits, and its tenants lie in the reach of whoever asks.
type Job struct {
	Report string `json:"report"`
	Table  string `json:"table,omitempty"` // "" all tables

	// Exactly one of the three. All tenants, and a filter, mean those in the owner's reach when the run is made.
	Tenants    []string `json:"tenants,omitempty"`
	AllTenants bool     `json:"all_tenants,omitempty"`
	Filter     []string `json:"filter,omitempty"` // FIELD:OPERATOR:VALUE

	Period string `json:"period"`         // a [tallystick.Preset], [SincePreviousRun] of schedules, or [CustomPeriod] of exports
	From   string `json:"from,omitempty"` // of a custom period
	To     string `json:"to,omitempty"`
	Zone   string `json:"zone,omitempty"` // "" by the report's rule

	Options map[string]string `json:"options,omitempty"`
	Where   []string          `json:"where,omitempty"` // FIELD=VALUE

	Format    string `json:"format"`
	Delimiter string `json:"delimiter,omitempty"`
	BOM       bool   `json:"bom,omitempty"`
	Guard     string `json:"guard,omitempty"`
}

// Periods that are no presets.
const (
	SincePreviousRun = "since-previous-run"
	CustomPeriod     = "custom"
)

// Limits of what is kept of a job: far above what a form makes.
const (
	maxJobTenants  = 1000
	maxJobItems    = 50  // conditions, options
	maxJobText     = 500 // bytes of each
	maxDescription = 2000
)

// checkJob refuses a job that can't be kept, or that names a tenant out of the actor's reach.
func (c *change) checkJob(j *Job, kind RunKind) error {
	texts := []struct{ path, text string }{
		{"report", j.Report}, {"table", j.Table}, {"period", j.Period}, {"from", j.From}, {"to", j.To}, {"zone", j.Zone}, {"format", j.Format}, {"delimiter", j.Delimiter},
		{"guard", j.Guard},
	}
	for _, list := range []struct {
		path  string
		texts []string
	}{{"filter", j.Filter}, {"where", j.Where}} {
		if len(list.texts) > maxJobItems {
			return tallystick.Errorf(tallystick.Invalid, "%d conditions are too many", len(list.texts)).At(list.path).WithHint("%d are the limit", maxJobItems)
		}
		for i, s := range list.texts {
			texts = append(texts, struct{ path, text string }{list.path + "[" + itoa(i) + "]", s})
		}
	}
	if len(j.Options) > maxJobItems {
		return tallystick.Errorf(tallystick.Invalid, "%d options are too many", len(j.Options)).At("options").WithHint("%d are the limit", maxJobItems)
	}
	for name, value := range j.Options {
		texts = append(texts, struct{ path, text string }{"options", name}, struct{ path, text string }{"options", value})
	}
	for _, t := range texts {
		if len(t.text) > maxJobText || !utf8.ValidString(t.text) || strings.ContainsFunc(t.text, unicode.IsControl) && t.path != "delimiter" {
			return tallystick.Errorf(tallystick.Invalid, "%q is too long or has control characters", cut(t.text, 80)).At(t.path)
		}
	}
	if j.Report == "" {
		return tallystick.Errorf(tallystick.Invalid, "no report is named").At("report").WithHint("choose one")
	}
	if err := j.checkPeriod(kind); err != nil {
		return err
	}
	return j.checkTenants(c.actor.Reach)
}

func (j *Job) checkPeriod(kind RunKind) error {
	if j.Period == "" && kind == ScheduledRun {
		j.Period = SincePreviousRun
	}
	switch {
	case j.Period == CustomPeriod && kind == ScheduledRun:
		return tallystick.Errorf(tallystick.Invalid, "a schedule can't have a custom period: every run would be the same").At("period").
			WithHint("choose a period that moves, such as %s", SincePreviousRun)
	case j.Period == SincePreviousRun && kind == ExportRun:
		return tallystick.Errorf(tallystick.Invalid, "an export has no previous run").At("period").WithHint("choose a preset, or give both ends")
	case j.Period == CustomPeriod:
		if j.From == "" || j.To == "" {
			return tallystick.Errorf(tallystick.Invalid, "a custom period has two ends").At("period").WithHint("give from and to")
		}
		return nil
	case j.Period != SincePreviousRun:
		if _, err := tallystick.ParsePreset(j.Period); err != nil {
			return err.(*tallystick.Error).At("period")
		}
	}
	if j.From != "" || j.To != "" {
		return tallystick.Errorf(tallystick.Invalid, "the period %s has its own ends", j.Period).At("period").WithHint("leave from and to out")
	}
	return nil
}

func (j *Job) checkTenants(reach Reach) error {
	ways := 0
	for _, given := range []bool{len(j.Tenants) > 0, j.AllTenants, len(j.Filter) > 0} {
		if given {
			ways++
		}
	}
	if ways == 0 {
		return tallystick.Errorf(tallystick.Invalid, "whose usage it is of is not said").At("tenants").WithHint("say whose: tenants, all_tenants or filter")
	}
	if ways > 1 {
		return tallystick.Errorf(tallystick.Invalid, "the tenants are said in %d ways", ways).At("tenants").WithHint("say it by one of tenants, all_tenants and filter")
	}
	if len(j.Tenants) > maxJobTenants {
		return tallystick.Errorf(tallystick.Invalid, "%d tenants are too many to be named", len(j.Tenants)).At("tenants").WithHint("%d are the limit; use a filter", maxJobTenants)
	}
	j.Tenants = slices.Compact(slices.Sorted(slices.Values(j.Tenants)))
	for _, t := range j.Tenants {
		if err := checkTenant(t); err != nil {
			return err
		}
		if !reach.Holds(t) {
			return noSuch("tenant", t)
		}
	}
	return nil
}

// checkTitle returns the name and description of an export or schedule as they are kept.
func checkTitle(name, description string) (string, string, error) {
	name, err := checkName(name, "name")
	if err != nil {
		return "", "", err
	}
	description = strings.TrimSpace(description)
	if n := utf8.RuneCountInString(description); n > maxDescription {
		return "", "", tallystick.Errorf(tallystick.Invalid, "a description of %d characters is too long", n).At("description").WithHint("%d are allowed", maxDescription)
	}
	return name, description, nil
}
