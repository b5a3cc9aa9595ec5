package tallystick_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	. "github.com/tallystick/tallystick"
)

func TestPreset(t *testing.T) {
	for _, test := range []struct {
		preset       Preset
		zone, at     string
		from, before string
	}{
		{Last7Days, "UTC", "2025-03-12T10:30:00Z", "2025-03-06T00:00:00Z", "2025-03-12T10:30:00Z"},
		{Last30Days, "UTC", "2025-03-12T10:30:00Z", "2025-02-11T00:00:00Z", "2025-03-12T10:30:00Z"},
		{Last7Days, "America/New_York", "2025-03-12T03:30:00Z", "2025-03-05T05:00:00Z", "2025-03-12T03:30:00Z"}, // the 11th there, and a change of clocks between
		{ThisMonth, "Asia/Kolkata", "2025-03-31T18:29:59Z", "2025-02-28T18:30:00Z", "2025-03-31T18:29:59Z"},
		{ThisMonth, "Asia/Kolkata", "2025-03-31T18:30:00Z", "2025-03-31T18:30:00Z", "2025-03-31T18:30:00Z"}, // nothing yet
		{ThisYear, "Europe/Berlin", "2024-12-31T23:00:00Z", "2024-12-31T23:00:00Z", "2024-12-31T23:00:00Z"},
		{ThisYear, "Europe/Berlin", "2024-12-31T22:59:59Z", "2023-12-31T23:00:00Z", "2024-12-31T22:59:59Z"},
		{LastMonth, "UTC", "2024-03-31T23:59:59Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"}, // of a leap year
		{LastMonth, "UTC", "2025-01-01T00:00:00Z", "2024-12-01T00:00:00Z", "2025-01-01T00:00:00Z"},
		{Last3Months, "UTC", "2025-02-15T12:00:00Z", "2024-11-01T00:00:00Z", "2025-02-01T00:00:00Z"},
		{Last3Months, "America/New_York", "2025-05-31T12:00:00Z", "2025-02-01T05:00:00Z", "2025-05-01T04:00:00Z"},
		{PreviousDay, "UTC", "2024-10-17T06:30:00Z", "2024-10-16T00:00:00Z", "2024-10-17T00:00:00Z"},
		{PreviousDay, "America/Santiago", "2026-09-07T12:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"}, // its midnight does not exist
		{PreviousDay, "Pacific/Apia", "2011-12-31T01:00:00Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},     // the 30th does not exist
		{PreviousWeek, "UTC", "2025-03-16T23:59:59Z", "2025-03-03T00:00:00Z", "2025-03-10T00:00:00Z"},             // a Sunday
		{PreviousWeek, "UTC", "2025-01-06T00:00:00Z", "2024-12-30T00:00:00Z", "2025-01-06T00:00:00Z"},             // over the year's end
		{PreviousMonth, "UTC", "2024-11-01T05:30:00Z", "2024-10-01T00:00:00Z", "2024-11-01T00:00:00Z"},
		{PreviousQuarter, "Europe/Berlin", "2025-04-01T05:30:00Z", "2024-12-31T23:00:00Z", "2025-03-31T22:00:00Z"},
	} {
		t.Run(string(test.preset)+" in "+test.zone+" at "+test.at, func(t *testing.T) {
			from, before := calendar(t, test.zone).Preset(test.preset, instant(t, test.at))
			if from.String() != test.from || before.String() != test.before {
				t.Errorf("got [%s, %s), want [%s, %s)", from, before, test.from, test.before)
			}
		})
	}
}

// In every zone and at every moment: nothing after the moment, whole days at the edges, and calendar units that tile when they are asked for one after another.
func TestPresetProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := LoadCalendar(rapid.SampledFrom(trickyZones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		at := Instant(rapid.Int64Range(0, int64(60*366*Day)).Draw(t, "at"))
		p := rapid.SampledFrom(Presets).Draw(t, "preset")
		from, before := c.Preset(p, at)
		if from > before || before > at {
			t.Fatalf("%s at %s is [%s, %s)", p, at, from, before)
		}
		if c.Start(c.DateOf(from)) != from || before != at && c.Start(c.DateOf(before)) != before {
			t.Fatalf("%s at %s is [%s, %s), and its edges start no day", p, at, from, before)
		}
		if slices.Contains([]Preset{PreviousDay, PreviousWeek, PreviousMonth, PreviousQuarter}, p) {
			if from == before {
				t.Fatalf("%s at %s is empty", p, at)
			}
			if _, end := c.Preset(p, before-1); end != from {
				t.Fatalf("%s at %s begins at %s, and the one before it ends at %s", p, at, from, end)
			}
		}
	})
}

func TestParsePreset(t *testing.T) {
	for _, p := range Presets {
		if got, err := ParsePreset(string(p)); got != p || err != nil {
			t.Errorf("%s is read as %q, %v", p, got, err)
		}
	}
	if _, err := ParsePreset("last-year"); CodeOf(err) != Invalid {
		t.Errorf("last-year: %v", err)
	}
}
