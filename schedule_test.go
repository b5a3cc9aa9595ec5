package tallystick_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "github.com/tallystick/tallystick"
	"pgregory.net/rapid"
)

func TestScheduleNext(t *testing.T) {
	hourly := func(zone, start string, every, hour, minute int) Schedule {
		return Schedule{Zone: zone, Start: date(t, start), Grain: Hourly, Every: every, Hour: hour, Minute: minute}
	}
	daily := func(zone, start string, hour, minute int) Schedule {
		return Schedule{Zone: zone, Start: date(t, start), Grain: Daily, Every: 1, Hour: hour, Minute: minute}
	}
	monthly := func(zone, start string, every, day, hour, minute int) Schedule {
		return Schedule{Zone: zone, Start: date(t, start), Grain: Monthly, Every: every, Day: day, Hour: hour, Minute: minute}
	}
	weekly := Schedule{
		Zone: "Europe/Berlin", Start: date(t, "2025-01-01"), Grain: Weekly, Every: 1, Weekdays: []time.Weekday{time.Sunday, time.Monday, time.Thursday}, Hour: 2, Minute: 30,
	}
	for _, test := range []struct {
		about    string
		schedule Schedule
		after    string
		want     []string // the runs; the first is where the period of the second starts, and so on
		before   string   // where the period of the first starts
	}{
		{"every 4 hours, from late in the day", hourly("UTC", "2025-01-01", 4, 6, 30), "2025-03-01T23:00:00Z",
			[]string{"2025-03-02T02:30:00Z", "2025-03-02T06:30:00Z", "2025-03-02T10:30:00Z"}, "2025-03-01T22:30:00Z"},
		{"at an occurrence the next one is meant", hourly("UTC", "2025-01-01", 12, 5, 30), "2025-03-01T05:30:00Z", []string{"2025-03-01T17:30:00Z"}, "2025-03-01T05:30:00Z"},
		{"a microsecond before an occurrence it is that one", hourly("UTC", "2025-01-01", 12, 5, 30), "2025-03-01T05:29:59.999999Z", []string{"2025-03-01T05:30:00Z"}, "2025-02-28T17:30:00Z"},
		{"every 24 hours is every day", hourly("Asia/Tokyo", "2025-01-01", 24, 6, 30), "2025-03-01T00:00:00Z", []string{"2025-03-01T21:30:00Z", "2025-03-02T21:30:00Z"}, "2025-02-28T21:30:00Z"},
		{"made after today's time, the first run is tomorrow for the whole day before", daily("UTC", "2024-10-16", 6, 30), "2024-10-16T09:00:00Z",
			[]string{"2024-10-17T06:30:00Z"}, "2024-10-16T06:30:00Z"},
		{"made on the 16th, the first monthly run is for all of the month", monthly("UTC", "2024-10-16", 1, 1, 5, 30), "2024-10-16T09:00:00Z",
			[]string{"2024-11-01T05:30:00Z"}, "2024-10-01T05:30:00Z"},
		{"a start in the future", daily("America/New_York", "2025-07-01", 0, 0), "2025-01-01T00:00:00Z", []string{"2025-07-01T04:00:00Z"}, "2025-06-30T04:00:00Z"},
		{"a start long before", daily("UTC", "1970-01-01", 0, 0), "2025-01-01T00:00:00Z", []string{"2025-01-02T00:00:00Z"}, "2025-01-01T00:00:00Z"},
		{"the last day through a leap February", monthly("UTC", "2024-01-01", 1, LastDay, 12, 0), "2024-01-15T00:00:00Z",
			[]string{"2024-01-31T12:00:00Z", "2024-02-29T12:00:00Z", "2024-03-31T12:00:00Z", "2024-04-30T12:00:00Z"}, "2023-12-31T12:00:00Z"},
		{"the last day of an ordinary February", monthly("UTC", "2024-01-01", 1, LastDay, 12, 0), "2025-01-31T12:00:00Z", []string{"2025-02-28T12:00:00Z"}, "2025-01-31T12:00:00Z"},
		{"every 3 months from 1 February", monthly("UTC", "2025-02-01", 3, 1, 6, 0), "2025-01-20T00:00:00Z",
			[]string{"2025-02-01T06:00:00Z", "2025-05-01T06:00:00Z", "2025-08-01T06:00:00Z", "2025-11-01T06:00:00Z", "2026-02-01T06:00:00Z"}, "2024-11-01T06:00:00Z"},
		{"every 12 months over a leap year", monthly("UTC", "2023-03-01", 12, 28, 0, 0), "2023-03-28T00:00:00Z", []string{"2024-03-28T00:00:00Z", "2025-03-28T00:00:00Z"}, "2023-03-28T00:00:00Z"},
		{"days of the week, over both changes", weekly, "2025-03-27T12:00:00Z", []string{"2025-03-30T01:30:00Z", "2025-03-31T00:30:00Z", "2025-04-03T00:30:00Z"}, "2025-03-27T01:30:00Z"},
		{"02:30 does not exist and runs once", daily("America/New_York", "2025-01-01", 2, 30), "2025-03-08T12:00:00Z",
			[]string{"2025-03-09T07:30:00Z", "2025-03-10T06:30:00Z"}, "2025-03-08T07:30:00Z"},
		{"01:30 exists twice and runs once", daily("America/New_York", "2025-01-01", 1, 30), "2025-11-01T12:00:00Z",
			[]string{"2025-11-02T05:30:00Z", "2025-11-03T06:30:00Z"}, "2025-11-01T05:30:00Z"},
		{"hourly through the night of spring", hourly("America/New_York", "2025-01-01", 1, 0, 30), "2025-03-09T05:30:00Z",
			[]string{"2025-03-09T06:30:00Z", "2025-03-09T07:30:00Z", "2025-03-09T08:30:00Z"}, "2025-03-09T05:30:00Z"},
		{"hourly through the night of autumn", hourly("America/New_York", "2025-01-01", 1, 0, 30), "2025-11-02T04:30:00Z",
			[]string{"2025-11-02T05:30:00Z", "2025-11-02T07:30:00Z", "2025-11-02T08:30:00Z"}, "2025-11-02T04:30:00Z"},
		{"half an hour is missing", hourly("Australia/Lord_Howe", "2025-01-01", 1, 0, 15), "2025-10-04T14:45:00Z",
			[]string{"2025-10-04T15:45:00Z", "2025-10-04T16:15:00Z"}, "2025-10-04T14:45:00Z"},
		{"half an hour is there twice", hourly("Australia/Lord_Howe", "2025-01-01", 1, 0, 45), "2025-04-05T13:45:00Z",
			[]string{"2025-04-05T14:45:00Z", "2025-04-05T16:15:00Z"}, "2025-04-05T13:45:00Z"},
		{"quarters of an hour from UTC", daily("Asia/Kathmandu", "2025-01-01", 5, 30), "2025-06-01T00:00:00Z", []string{"2025-06-01T23:45:00Z"}, "2025-05-31T23:45:00Z"},
		{"Ramadan ends", daily("Africa/Casablanca", "2025-01-01", 2, 30), "2025-04-05T12:00:00Z", []string{"2025-04-06T02:30:00Z", "2025-04-07T01:30:00Z"}, "2025-04-05T02:30:00Z"},
		{"midnight does not exist", daily("America/Santiago", "2026-01-01", 0, 0), "2026-09-05T12:00:00Z", []string{"2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"}, "2026-09-05T04:00:00Z"},
		{"clocks go forward over midnight", daily("America/Nuuk", "2024-01-01", 23, 30), "2024-03-31T01:29:00Z", []string{"2024-03-31T01:30:00Z", "2024-04-01T00:30:00Z"}, "2024-03-30T01:30:00Z"},
		{"a date is missing", daily("Pacific/Apia", "2011-01-01", 6, 30), "2011-12-29T16:30:00Z", []string{"2011-12-30T16:30:00Z", "2011-12-31T16:30:00Z"}, "2011-12-29T16:30:00Z"},
		{"the year ends", hourly("Pacific/Kiritimati", "2025-01-01", 8, 23, 59), "2025-12-31T09:58:00Z",
			[]string{"2025-12-31T09:59:00Z", "2025-12-31T17:59:00Z", "2026-01-01T01:59:00Z"}, "2025-12-31T01:59:00Z"},
	} {
		t.Run(test.about, func(t *testing.T) {
			s := test.schedule
			if err := s.Validate(); err != nil {
				t.Fatal(err)
			}
			at, before := instant(t, test.after), instant(t, test.before)
			for _, want := range test.want {
				at = s.Next(at)
				if at.String() != want {
					t.Fatalf("next is %s, want %s", at, want)
				}
				if got := s.Previous(at); got != before {
					t.Fatalf("the period of %s starts at %s, want %s", at, got, before)
				}
				before = at
			}
		})
	}
}

func TestScheduleValidate(t *testing.T) {
	good := Schedule{Zone: "Europe/Berlin", Start: Date{2025, time.January, 1}, Grain: Daily, Every: 1}
	for _, test := range []struct {
		about  string
		change func(*Schedule)
		want   string // empty: it is valid
	}{
		{"daily", func(s *Schedule) {}, ""},
		{"every 8 hours", func(s *Schedule) { s.Grain, s.Every = Hourly, 8 }, ""},
		{"the last day", func(s *Schedule) { s.Grain, s.Day = Monthly, LastDay }, ""},
		{"no zone", func(s *Schedule) { s.Zone = "Europe/Berlni" }, `zone: "Europe/Berlni" is not an IANA time zone; did you mean "Europe/Berlin"?`},
		{"no start", func(s *Schedule) { s.Start = Date{} }, "start: the schedule has no start date; give the first date on which it may run"},
		{"a start that does not exist", func(s *Schedule) { s.Start = Date{2025, time.February, 29} }, `start: "2025-02-29" is not a date that exists; write YYYY-MM-DD`},
		{"hour 24", func(s *Schedule) { s.Hour = 24 }, "hour: 24 is no hour of the day; give 0 to 23"},
		{"minute 60", func(s *Schedule) { s.Minute = 60 }, "minute: 60 is no minute of the hour; give 0 to 59"},
		{"every 5 hours", func(s *Schedule) { s.Grain, s.Every = Hourly, 5 }, "every: every 5 hours does not give every day the same times; give 1, 2, 3, 4, 6, 8, 12 or 24"},
		{"every 2 days", func(s *Schedule) { s.Every = 2 }, "every: every 2 days is not offered; give 1"},
		{"every 0 months", func(s *Schedule) { s.Grain, s.Every, s.Day = Monthly, 0, 1 }, "every: every 0 months is not offered; give 1 to 12"},
		{"every 13 months", func(s *Schedule) { s.Grain, s.Every, s.Day = Monthly, 13, 1 }, "every: every 13 months is not offered; give 1 to 12"},
		{"day 29", func(s *Schedule) { s.Grain, s.Day = Monthly, 29 }, "day: day 29 is not offered; give 1 to 28, or the last day"},
		{"day 0", func(s *Schedule) { s.Grain = Monthly }, "day: day 0 is not offered; give 1 to 28, or the last day"},
		{"no weekdays", func(s *Schedule) { s.Grain = Weekly }, "weekdays: the schedule has no days of the week; choose at least one"},
		{"weekday 7", func(s *Schedule) { s.Grain, s.Weekdays = Weekly, []time.Weekday{7} }, "weekdays: 7 is no day of the week; give 0 for Sunday to 6 for Saturday"},
		{"yearly", func(s *Schedule) { s.Grain = Yearly }, `grain: a schedule can't recur by "year"; give hour, day, week or month`},
		{"nothing", func(s *Schedule) { s.Grain = "" }, `grain: a schedule can't recur by ""; give hour, day, week or month`},
	} {
		t.Run(test.about, func(t *testing.T) {
			s := good
			test.change(&s)
			err := s.Validate()
			switch {
			case test.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.want != "" && (CodeOf(err) != Invalid || err.Error() != test.want):
				t.Errorf("error %q, want %q", err, test.want)
			}
			// What is not valid has no occurrences, or some; but it neither panics nor goes on for ever.
			s.Next(s.Previous(0))
		})
	}
}

func TestScheduleDescribe(t *testing.T) {
	start := Date{2025, time.February, 10}
	for _, test := range []struct {
		schedule Schedule
		want     string
	}{
		{Schedule{Grain: Hourly, Every: 1, Minute: 30}, "every hour from 00:30, UTC"},
		{Schedule{Grain: Hourly, Every: 4, Hour: 6, Minute: 30}, "every 4 hours from 06:30, UTC"},
		{Schedule{Grain: Daily, Every: 1, Hour: 6, Minute: 5}, "every day at 06:05, UTC"},
		{Schedule{Grain: Weekly, Every: 1, Weekdays: []time.Weekday{time.Sunday}}, "every week on Sunday at 00:00, UTC"},
		{Schedule{Grain: Weekly, Every: 1, Weekdays: []time.Weekday{time.Sunday, time.Friday, time.Monday, time.Friday}, Hour: 23}, "every week on Monday, Friday and Sunday at 23:00, UTC"},
		{Schedule{Grain: Monthly, Every: 1, Day: 1, Hour: 5, Minute: 30}, "every month on day 1 at 05:30, UTC"},
		{Schedule{Grain: Monthly, Every: 3, Day: LastDay}, "every 3 months on the last day at 00:00, counted from February 2025, UTC"},
	} {
		s := test.schedule
		s.Zone, s.Start = "UTC", start
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", test.want, err)
		}
		if got := s.Describe(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// slowly finds the instant at which a clock shows a wall time by looking at it every minute.
func (c clock) slowly(wall time.Time) Instant {
	const farthest = 15 * Hour // more than any offset of the years that are tried
	want := InstantOf(wall)
	skipped := MinInstant
	last := want - farthest
	var before Instant // the offset a minute ago
	for i := want - farthest; i <= want+farthest; i += Minute {
		_, seconds := c.at(i).Zone()
		offset := Instant(seconds) * Second
		now := i + offset
		if now == want {
			return i
		}
		if last < want && want < now {
			skipped = want - before
		}
		last, before = now, offset
	}
	return skipped
}

// slowOn returns a schedule's occurrences of one date by their definition.
func slowOn(s Schedule, c clock, day time.Time) []Instant {
	var all []Instant
	at := func(hour int) {
		all = append(all, c.slowly(day.Add(time.Duration(hour)*time.Hour+time.Duration(s.Minute)*time.Minute)))
	}
	switch s.Grain {
	case Hourly:
		for hour := range 24 {
			if (hour-s.Hour+24)%s.Every == 0 {
				at(hour)
			}
		}
	case Daily:
		at(s.Hour)
	case Weekly:
		if slices.Contains(s.Weekdays, day.Weekday()) {
			at(s.Hour)
		}
	case Monthly:
		counted := false
		for first := time.Date(s.Start.Year, s.Start.Month, 1, 0, 0, 0, 0, time.UTC); !first.After(day); first = first.AddDate(0, s.Every, 0) {
			counted = first.Year() == day.Year() && first.Month() == day.Month()
		}
		if counted && (day.Day() == s.Day || s.Day == LastDay && day.AddDate(0, 0, 1).Day() == 1) {
			at(s.Hour)
		}
	}
	return all
}

func drawSchedule(t *rapid.T) Schedule {
	s := Schedule{
		Zone:   rapid.SampledFrom(trickyZones).Draw(t, "zone"),
		Start:  Date{2007, time.January, 1}.AddDays(rapid.IntRange(0, 365).Draw(t, "start")),
		Grain:  rapid.SampledFrom([]Grain{Hourly, Daily, Weekly, Monthly}).Draw(t, "grain"),
		Every:  1,
		Hour:   rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 23)).Draw(t, "hour"),
		Minute: rapid.SampledFrom([]int{0, 0, 1, 15, 30, 45, 59}).Draw(t, "minute"),
	}
	switch s.Grain {
	case Hourly:
		s.Every = rapid.SampledFrom([]int{1, 2, 3, 4, 6, 8, 12, 24}).Draw(t, "every")
	case Weekly:
		s.Weekdays = rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(0, 6), func(i int) time.Weekday { return time.Weekday(i) }), 1, 7, rapid.ID).Draw(t, "weekdays")
	case Monthly:
		s.Every = rapid.IntRange(1, 12).Draw(t, "every")
		s.Day = rapid.SampledFrom([]int{LastDay, 1, 2, 15, 28}).Draw(t, "day")
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

// drawInstant draws an instant of 2009 to 2041, mostly near a change of the clocks.
func drawInstant(t *rapid.T, c clock) Instant {
	years := rapid.Int64Range(int64(39*365*Day), int64(72*365*Day))
	i := Instant(years.Draw(t, "instant"))
	if rapid.IntRange(0, 3).Draw(t, "far from a change") > 0 {
		if _, end := c.at(i).ZoneBounds(); !end.IsZero() {
			i = InstantOf(end)
		}
		minutes := rapid.OneOf(rapid.IntRange(-90, 90), rapid.IntRange(-30*60, 30*60))
		i += Instant(minutes.Draw(t, "minutes from the change")) * Minute
	}
	return i
}

// Whatever the zone: runs are what the definition says, each period starts where the one before ended, and Next and Previous undo each other.
func TestSchedulePeriodsTile(t *testing.T) {
	clocks := map[string]clock{}
	for _, zone := range trickyZones {
		clocks[zone] = clockOf(t, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := drawSchedule(t)
		c := clocks[s.Zone]
		after := drawInstant(t, c)
		next := s.Next(after)
		previous := s.Previous(next)
		if next <= after || previous > after || s.Next(previous) != next {
			t.Fatalf("%s: after %s comes %s, whose period starts at %s, after which comes %s", s.Describe(), after, next, previous, s.Next(previous))
		}
		for at, i := next, 0; i < 5; i++ {
			following := s.Next(at)
			if following <= at || s.Previous(following) != at {
				t.Fatalf("%s: after %s comes %s, whose period starts at %s", s.Describe(), at, following, s.Previous(following))
			}
			at = following
		}
		if p := s.Previous(after); p >= after || s.Next(p) < after {
			t.Fatalf("%s: before %s comes %s, after which comes %s", s.Describe(), after, p, s.Next(p))
		}

		found := false
		day := after.Time().Truncate(24*time.Hour).AddDate(0, 0, -3)
		for ; InstantOf(day) < next+3*Day; day = day.AddDate(0, 0, 1) {
			for _, i := range slowOn(s, c, day) {
				found = found || i == next
				if i > after && i < next {
					t.Fatalf("%s: after %s comes %s, not %s", s.Describe(), after, i, next)
				}
			}
		}
		if !found {
			t.Fatalf("%s: %s is no occurrence", s.Describe(), next)
		}
	})
}

func ExampleSchedule() {
	s := Schedule{Zone: "America/New_York", Start: Date{2025, time.March, 1}, Grain: Daily, Every: 1, Hour: 2, Minute: 30}
	if err := s.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Describe())
	at, err := ParseInstant("2025-03-08T00:00:00Z")
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		at = s.Next(at)
		fmt.Println("at", at, "for the time since", s.Previous(at))
	}
	// Output:
	// every day at 02:30, America/New_York
	// at 2025-03-08T07:30:00Z for the time since 2025-03-07T07:30:00Z
	// at 2025-03-09T07:30:00Z for the time since 2025-03-08T07:30:00Z
	// at 2025-03-10T06:30:00Z for the time since 2025-03-09T07:30:00Z
}

func BenchmarkScheduleNext(b *testing.B) {
	for _, s := range []Schedule{
		{Zone: "America/New_York", Start: Date{2025, time.January, 1}, Grain: Hourly, Every: 1},
		{Zone: "America/New_York", Start: Date{2025, time.January, 1}, Grain: Monthly, Every: 12, Day: 1},
	} {
		b.Run(s.Describe(), func(b *testing.B) {
			after := instant(b, "2025-01-01T06:00:00Z")
			for b.Loop() {
				s.Next(after)
			}
		})
	}
}
