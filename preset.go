package tallystick

import "strings"

// Preset is a period in words, such as "last-month". It becomes instants when it is known in which zone, and at which moment: for a dashboard now, for a schedule's
// run the time that it was scheduled for.
type Preset string

// The presets. Those that reach to the moment end at it, the others at the start of a day.
const (
	Last7Days       Preset = "last-7-days"      // the 7 dates that end today, to the moment
	Last30Days      Preset = "last-30-days"     // the 30 dates that end today, to the moment
	ThisMonth       Preset = "this-month"       // from its first date to the moment
	ThisYear        Preset = "this-year"        // from its first date to the moment
	LastMonth       Preset = "last-month"       // the whole calendar month before this one
	Last3Months     Preset = "last-3-months"    // the three whole calendar months before this one
	PreviousDay     Preset = "previous-day"     // the day before the one that holds the moment
	PreviousWeek    Preset = "previous-week"    // the week, from Monday, before
	PreviousMonth   Preset = "previous-month"   // the calendar month before
	PreviousQuarter Preset = "previous-quarter" // the calendar quarter before
)

// Presets lists every preset. It must not be changed.
var Presets = []Preset{
	Last7Days, Last30Days, ThisMonth, ThisYear, LastMonth, Last3Months, PreviousDay, PreviousWeek, PreviousMonth, PreviousQuarter,
}

// ParsePreset reads the name of a preset; the error of an unknown one lists them all.
func ParsePreset(s string) (Preset, error) {
	names := make([]string, len(Presets))
	for i, p := range Presets {
		if s == string(p) {
			return p, nil
		}
		names[i] = string(p)
	}
	return "", Errorf(Invalid, "there is no period %q", s).WithHint("choose one of %s, or give both ends", strings.Join(names, ", "))
}

// Preset returns the instants of a preset as [from, before). The two are the same where it holds nothing yet, as this month does at its first instant.
func (c *Calendar) Preset(p Preset, at Instant) (from, before Instant) {
	today := c.DateOf(at)
	switch p {
	case Last7Days:
		return c.Start(today.AddDays(-6)), at
	case Last30Days:
		return c.Start(today.AddDays(-29)), at
	case ThisMonth:
		return c.Start(Monthly.First(today)), at
	case ThisYear:
		return c.Start(Yearly.First(today)), at
	case LastMonth, PreviousMonth:
		return c.before(Monthly, today)
	case Last3Months:
		first := Monthly.First(today)
		return c.Start(first.AddMonths(-3)), c.Start(first)
	case PreviousDay:
		return c.before(Daily, today)
	case PreviousWeek:
		return c.before(Weekly, today)
	case PreviousQuarter:
		return c.before(Quarterly, today)
	}
	panic("there is no preset " + string(p)) // who makes one up has not asked ParsePreset
}

// before returns the bucket of a grain before the one that holds a date. A date without an instant is passed over.
func (c *Calendar) before(g Grain, d Date) (from, before Instant) {
	before = c.Start(g.First(d))
	return c.Start(g.First(c.DateOf(before - 1))), before
}
