package tallystick_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	. "github.com/tallystick/tallystick"
)

// long makes the campaigns whole; without it a sample of each runs.
var long = os.Getenv("TALLYSTICK_LONG") != ""

// trickyZones break code that is almost right.
var trickyZones = []string{
	"America/New_York", "America/Santiago", "America/Havana", "America/St_Johns", "America/Caracas", "America/Nuuk", "America/Metlakatla", "Pacific/Apia", "Pacific/Chatham",
	"Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Tehran", "Asia/Gaza", "Asia/Pyongyang", "Africa/Casablanca", "Africa/Cairo", "Antarctica/Troll",
	"Europe/Dublin", "UTC",
}

func calendar(t testing.TB, zone string) *Calendar {
	t.Helper()
	c, err := LoadCalendar(zone)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func instant(t testing.TB, s string) Instant {
	t.Helper()
	i, err := ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestCalendarStart(t *testing.T) {
	for _, test := range []struct{ about, zone, date, want string }{
		{"midnight does not exist", "America/Santiago", "2026-09-06", "2026-09-06T01:00:00-03:00"},
		{"the day before is an ordinary one", "America/Santiago", "2026-09-05", "2026-09-05T00:00:00-04:00"},
		{"the day after that too", "America/Santiago", "2026-09-07", "2026-09-07T00:00:00-03:00"},
		{"clocks go back to 23:00 at midnight", "America/Santiago", "2026-04-05", "2026-04-05T00:00:00-04:00"},
		{"the last date before the date line", "Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00"},
		{"a date that is missing", "Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},
		{"the first date behind the date line", "Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00"},
		{"half an hour forward", "Australia/Lord_Howe", "2025-10-06", "2025-10-06T00:00:00+11:00"},
		{"half an hour back", "Australia/Lord_Howe", "2025-04-07", "2025-04-07T00:00:00+10:30"},
		{"quarter of an hour", "Asia/Kathmandu", "2025-01-01", "2025-01-01T00:00:00+05:45"},
		{"half an hour", "Asia/Kolkata", "2025-01-01", "2025-01-01T00:00:00+05:30"},
		{"Ramadan", "Africa/Casablanca", "2025-03-01", "2025-03-01T00:00:00Z"},
		{"after Ramadan", "Africa/Casablanca", "2025-04-07", "2025-04-07T00:00:00+01:00"},
		{"clocks go forward at midnight", "America/Havana", "2025-03-09", "2025-03-09T01:00:00-04:00"},
		{"midnight is there twice", "America/Havana", "2025-11-02", "2025-11-02T00:00:00-04:00"},
		{"clocks go back over midnight at 00:01", "America/St_Johns", "2010-11-07", "2010-11-07T00:00:00-02:30"},
		{"clocks go forward at 00:01", "America/St_Johns", "2010-03-14", "2010-03-14T00:00:00-03:30"},
		{"two hours forward", "Antarctica/Troll", "2025-03-31", "2025-03-31T00:00:00+02:00"},
		{"two hours back", "Antarctica/Troll", "2025-10-27", "2025-10-27T00:00:00Z"},
		{"the day of 23 hours", "America/New_York", "2025-03-09", "2025-03-09T00:00:00-05:00"},
		{"the day after it", "America/New_York", "2025-03-10", "2025-03-10T00:00:00-04:00"},
		{"the day after the one of 25 hours", "America/New_York", "2025-11-03", "2025-11-03T00:00:00-05:00"},
		{"leap day", "Europe/Berlin", "2024-02-29", "2024-02-29T00:00:00+01:00"},
		{"new year", "Pacific/Kiritimati", "2026-01-01", "2026-01-01T00:00:00+14:00"},
		{"a leap year's last day", "America/New_York", "2040-12-31", "2040-12-31T00:00:00-05:00"},
		{"and the year after", "Australia/Sydney", "2041-01-01", "2041-01-01T00:00:00+11:00"},
		{"the first year", "Europe/London", "1970-01-01", "1970-01-01T00:00:00+01:00"},
		{"long ago", "UTC", "0001-01-01", "0001-01-01T00:00:00Z"},
		{"the farthest date", "Asia/Tokyo", "9999-12-31", "9999-12-31T00:00:00+09:00"},
	} {
		t.Run(test.about, func(t *testing.T) {
			c := calendar(t, test.zone)
			start := c.Start(date(t, test.date))
			if got := c.Format(start); got != test.want {
				t.Errorf("%s: %s starts at %s, want %s", test.zone, test.date, got, test.want)
			}
		})
	}
}

func TestCalendarDateOf(t *testing.T) {
	for _, test := range []struct{ about, zone, instant, want string }{
		{"midnight belongs to the day it begins", "UTC", "2025-01-01T00:00:00Z", "2025-01-01"},
		{"the microsecond before does not", "UTC", "2024-12-31T23:59:59.999999Z", "2024-12-31"},
		{"before the midnight that does not exist", "America/Santiago", "2026-09-06T03:59:59.999999Z", "2026-09-05"},
		{"after it", "America/Santiago", "2026-09-06T04:00:00Z", "2026-09-06"},
		{"before the missing date", "Pacific/Apia", "2011-12-30T09:59:59.999999Z", "2011-12-29"},
		{"after it", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"},
		{"a day that has begun stays when clocks go back over midnight", "America/St_Johns", "2010-11-07T02:31:00Z", "2010-11-07"},
		{"on the first side of that", "America/St_Johns", "2010-11-07T02:29:59.999999Z", "2010-11-06"},
		{"before 1970", "America/New_York", "1970-01-01T00:00:00Z", "1969-12-31"},
	} {
		t.Run(test.about, func(t *testing.T) {
			if got := calendar(t, test.zone).DateOf(instant(t, test.instant)); got.String() != test.want {
				t.Errorf("%s in %s is %s, want %s", test.instant, test.zone, got, test.want)
			}
		})
	}
}

func TestCalendarAt(t *testing.T) {
	for _, test := range []struct {
		about, zone, date string
		timeOfDay         Instant
		want              string
	}{
		{"an ordinary time", "America/New_York", "2025-03-08", 2*Hour + 30*Minute, "2025-03-08T07:30:00Z"},
		{"one that does not exist takes the offset before", "America/New_York", "2025-03-09", 2*Hour + 30*Minute, "2025-03-09T07:30:00Z"},
		{"the first that does not exist is the change itself", "America/New_York", "2025-03-09", 2 * Hour, "2025-03-09T07:00:00Z"},
		{"and so is the first that exists after it", "America/New_York", "2025-03-09", 3 * Hour, "2025-03-09T07:00:00Z"},
		{"one that exists twice is the first", "America/New_York", "2025-11-02", Hour + 30*Minute, "2025-11-02T05:30:00Z"},
		{"the first that exists twice", "America/New_York", "2025-11-02", Hour, "2025-11-02T05:00:00Z"},
		{"the first that does not exist twice again", "America/New_York", "2025-11-02", 2 * Hour, "2025-11-02T07:00:00Z"},
		{"half an hour is missing", "Australia/Lord_Howe", "2025-10-05", 2*Hour + 15*Minute, "2025-10-04T15:45:00Z"},
		{"half an hour is there twice", "Australia/Lord_Howe", "2025-04-06", Hour + 45*Minute, "2025-04-05T14:45:00Z"},
		{"midnight does not exist", "America/Santiago", "2026-09-06", 0, "2026-09-06T04:00:00Z"},
		{"a whole date is missing", "Pacific/Apia", "2011-12-30", 6*Hour + 30*Minute, "2011-12-30T16:30:00Z"},
		{"and its times are those of the next", "Pacific/Apia", "2011-12-31", 6*Hour + 30*Minute, "2011-12-30T16:30:00Z"},
		{"clocks go back over midnight", "America/St_Johns", "2010-11-06", 23*Hour + 30*Minute, "2010-11-07T02:00:00Z"},
		{"two hours are missing", "Antarctica/Troll", "2025-03-30", 2*Hour + 30*Minute, "2025-03-30T02:30:00Z"},
	} {
		t.Run(test.about, func(t *testing.T) {
			if got := calendar(t, test.zone).At(date(t, test.date), test.timeOfDay); got.String() != test.want {
				t.Errorf("%s %s in %s is %s, want %s", test.date, test.timeOfDay.Time().Format(time.TimeOnly), test.zone, got, test.want)
			}
		})
	}
}

func TestCalendarFormat(t *testing.T) {
	for _, test := range []struct{ about, zone, instant, want string }{
		{"UTC", "UTC", "2025-02-01T00:00:00Z", "2025-02-01T00:00:00Z"},
		{"an offset of zero is Z anywhere", "Europe/London", "2025-02-01T00:00:00Z", "2025-02-01T00:00:00Z"},
		{"west", "America/New_York", "2025-02-01T05:00:00Z", "2025-02-01T00:00:00-05:00"},
		{"east of half an hour", "Asia/Kolkata", "2025-02-01T05:00:00.5Z", "2025-02-01T10:30:00.5+05:30"},
		{"west of half an hour", "America/St_Johns", "2025-02-01T05:00:00.000001Z", "2025-02-01T01:30:00.000001-03:30"},
		{"seconds in the offset", "Africa/Monrovia", "1971-01-01T00:00:00Z", "1970-12-31T23:16:00-00:44"},
	} {
		t.Run(test.about, func(t *testing.T) {
			got := calendar(t, test.zone).Format(instant(t, test.instant))
			if got != test.want {
				t.Errorf("%s in %s is %s, want %s", test.instant, test.zone, got, test.want)
			}
			if back, err := ParseInstant(got); err != nil || back != instant(t, test.instant) {
				t.Errorf("%s reads as %v (%v), want %s", got, back, err, test.instant)
			}
		})
	}
}

func ExampleCalendar() {
	c, err := LoadCalendar("America/Santiago")
	if err != nil {
		fmt.Println(err)
		return
	}
	// On 6 September 2026 the clocks go from 23:59:59 of the day before to 01:00:00.
	day := Date{2026, time.September, 6}
	from, before := c.Period(day, day)
	fmt.Println(c.Format(from), "to", c.Format(before), "is", int64((before-from)/Hour), "hours")
	for _, b := range c.Buckets(Hourly, from, before)[:2] {
		fmt.Println(b.Label, b.Start)
	}
	// Output:
	// 2026-09-06T01:00:00-03:00 to 2026-09-07T00:00:00-03:00 is 23 hours
	// 2026-09-06T01:00:00-03:00 2026-09-06T04:00:00Z
	// 2026-09-06T02:00:00-03:00 2026-09-06T05:00:00Z
}
