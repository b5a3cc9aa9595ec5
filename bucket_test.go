package tallystick_test

import (
	"archive/zip"
	"crypto/sha256"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	. "github.com/tallystick/tallystick"
	"pgregory.net/rapid"
)

// clock shows local times by package time alone. The tests hold Calendar against it.
type clock struct{ *time.Location }

func (c clock) at(i Instant) time.Time { return i.Time().In(c.Location) }

func (c clock) date(i Instant) Date {
	year, month, day := c.at(i).Date()
	return Date{year, month, day}
}

// hour is what one hour bucket has in common.
func (c clock) hour(i Instant) string { return c.at(i).Format("2006-01-02T15 -07:00:00") }

var tzdata = sync.OnceValues(func() (*zip.ReadCloser, error) { return zip.OpenReader("tzdata/zoneinfo.zip") })

func zoneFile(t testing.TB, zone string) []byte {
	t.Helper()
	archive, err := tzdata()
	if err != nil {
		t.Fatal(err)
	}
	f, err := archive.Open(zone)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func clockOf(t testing.TB, zone string) clock {
	t.Helper()
	location, err := time.LoadLocationFromTZData(zone, zoneFile(t, zone))
	if err != nil {
		t.Fatal(err)
	}
	return clock{location}
}

func TestBucketLabels(t *testing.T) {
	for _, test := range []struct {
		about, zone string
		grain       Grain
		from, to    string // instants
		want        []string
	}{
		{"hours", "America/New_York", Hourly, "2025-02-01T05:30:00Z", "2025-02-01T06:30:00Z", []string{"2025-02-01T00:00:00-05:00", "2025-02-01T01:00:00-05:00"}},
		{"the hour that is missing", "America/New_York", Hourly, "2025-03-09T06:00:00Z", "2025-03-09T08:00:00Z", []string{"2025-03-09T01:00:00-05:00", "2025-03-09T03:00:00-04:00"}},
		{"the hour that is there twice", "America/New_York", Hourly, "2025-11-02T05:00:00Z", "2025-11-02T07:00:00.000001Z",
			[]string{"2025-11-02T01:00:00-04:00", "2025-11-02T01:00:00-05:00", "2025-11-02T02:00:00-05:00"}},
		{"half an hour twice", "Australia/Lord_Howe", Hourly, "2025-04-05T14:00:00Z", "2025-04-05T16:00:00Z",
			[]string{"2025-04-06T01:00:00+11:00", "2025-04-06T01:30:00+10:30", "2025-04-06T02:00:00+10:30"}},
		{"half an hour missing", "Australia/Lord_Howe", Hourly, "2025-10-04T14:30:00Z", "2025-10-04T16:30:00Z",
			[]string{"2025-10-05T01:00:00+10:30", "2025-10-05T02:30:00+11:00", "2025-10-05T03:00:00+11:00"}},
		{"hours of Kathmandu", "Asia/Kathmandu", Hourly, "2025-01-01T00:00:00Z", "2025-01-01T00:30:00Z", []string{"2025-01-01T05:00:00+05:45", "2025-01-01T06:00:00+05:45"}},
		{"clocks go back from 00:01", "America/St_Johns", Hourly, "2010-11-07T02:00:00Z", "2010-11-07T03:31:00Z",
			[]string{"2010-11-06T23:00:00-02:30", "2010-11-07T00:00:00-02:30", "2010-11-06T23:01:00-03:30", "2010-11-07T00:00:00-03:30"}},
		{"a change of the rule without a change of the offset", "Africa/Casablanca", Hourly, "2018-10-28T01:30:00Z", "2018-10-28T02:30:00Z",
			[]string{"2018-10-28T02:00:00+01:00", "2018-10-28T03:00:00+01:00"}},
		{"Ramadan ends", "Africa/Casablanca", Hourly, "2025-04-06T01:00:00Z", "2025-04-06T03:00:00Z", []string{"2025-04-06T01:00:00Z", "2025-04-06T03:00:00+01:00"}},
		{"days round a missing one", "Pacific/Apia", Daily, "2011-12-29T12:00:00Z", "2012-01-01T00:00:00Z", []string{"2011-12-29", "2011-12-31", "2012-01-01"}},
		{"a leap day", "UTC", Daily, "2024-02-28T12:00:00Z", "2024-03-01T00:00:00.000001Z", []string{"2024-02-28", "2024-02-29", "2024-03-01"}},
		{"weeks start on Monday", "UTC", Weekly, "2025-02-02T23:00:00Z", "2025-02-10T00:00:00Z", []string{"2025-01-27", "2025-02-03"}},
		{"a week over the year's end", "Europe/Berlin", Weekly, "2024-12-31T23:00:00Z", "2025-01-02T00:00:00Z", []string{"2024-12-30"}},
		{"months", "Asia/Kolkata", Monthly, "2024-12-31T18:29:59Z", "2025-01-31T18:30:00.000001Z", []string{"2024-12", "2025-01", "2025-02"}},
		{"quarters", "UTC", Quarterly, "2024-12-31T00:00:00Z", "2025-07-01T00:00:00Z", []string{"2024-Q4", "2025-Q1", "2025-Q2"}},
		{"years", "Pacific/Kiritimati", Yearly, "2024-12-31T09:59:59Z", "2024-12-31T10:00:01Z", []string{"2024", "2025"}},
		{"before 1970", "America/New_York", Hourly, "1970-01-01T00:10:00Z", "1970-01-01T00:20:00Z", []string{"1969-12-31T19:00:00-05:00"}},
		{"nothing to split", "UTC", Daily, "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z", nil},
	} {
		t.Run(test.about, func(t *testing.T) {
			var got []string
			for _, b := range calendar(t, test.zone).Buckets(test.grain, instant(t, test.from), instant(t, test.to)) {
				got = append(got, b.Label)
			}
			if c, a, b := calendar(t, test.zone), instant(t, test.from), instant(t, test.to); test.grain == Hourly && !slices.Equal(c.HourEdges(a, b), Edges(c.Buckets(Hourly, a, b), a, b)) {
				t.Errorf("hours of [%s, %s) in %s are split at %v", test.from, test.to, test.zone, c.HourEdges(a, b))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s of [%s, %s) in %s:\n got %q\nwant %q", test.grain, test.from, test.to, test.zone, got, test.want)
			}
		})
	}
}

func TestParseGrain(t *testing.T) {
	for _, g := range Grains {
		if got, err := ParseGrain(string(g)); got != g || err != nil {
			t.Errorf("%q: %q, %v", g, got, err)
		}
	}
	for _, s := range []string{"", "Day", "minute", "days"} {
		if g, err := ParseGrain(s); CodeOf(err) != Invalid {
			t.Errorf("%q: %q, %v", s, g, err)
		}
	}
}

// Every zone, every day and hour: whatever the grain, buckets tile the time line as they are defined.
func TestBucketsTile(t *testing.T) {
	check := func(zone string, step Instant, years ...[2]int) {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			c, clock := calendar(t, zone), clockOf(t, zone)
			for _, y := range years {
				from, to := Date{y[0], time.January, 1}, Date{y[1], time.December, 31}
				days := checkDays(t, c, clock, from, to, step)
				checkHours(t, c, clock, c.Start(from), c.Start(to.AddDays(1)))
				checkCoarse(t, c, days)
				if t.Failed() {
					return
				}
			}
		})
	}
	whole, later := [2]int{2015, 2030}, [2]int{2039, 2041}
	check("Asia/Singapore", Hour, [2]int{1941, 1945}) // changes of ten minutes and an hour and a half, before 1970
	if long {
		for _, zone := range ZoneNames() {
			check(zone, 15*Minute, whole, later)
		}
		return
	}
	seen := map[[32]byte]bool{} // many names are one zone
	for _, zone := range trickyZones {
		seen[sha256.Sum256(zoneFile(t, zone))] = true
		check(zone, Hour, whole, later)
	}
	for _, zone := range ZoneNames() {
		if sum := sha256.Sum256(zoneFile(t, zone)); !seen[sum] {
			seen[sum] = true
			check(zone, Hour, [2]int{2025, 2025})
		}
	}
}

// checkDays holds every day between two dates against its definition, looking at the clock at every step, and returns those that exist.
func checkDays(t *testing.T, c *Calendar, clock clock, from, to Date, step Instant) []Bucket {
	t.Helper()
	var days []Bucket
	end := c.Start(from)
	for d := from; !to.Before(d); d = d.AddDays(1) {
		start := end
		end = c.Start(d.AddDays(1))
		switch {
		case clock.date(start).Before(d):
			t.Errorf("%s starts at %s, where clocks show %s", d, start, clock.date(start))
		case !clock.date(start - 1).Before(d):
			t.Errorf("%s starts at %s, but the clock showed it before", d, start)
		case end < start:
			t.Errorf("%s starts at %s and the next day at %s", d, start, end)
		case end == start: // a date without an instant
			if clock.date(start) == d || c.DateOf(start) == d {
				t.Errorf("%s is empty but exists at %s", d, start)
			}
			continue
		case c.DateOf(start) != d || c.DateOf(end-1) != d:
			t.Errorf("%s holds %s to %s, whose days are %s and %s", d, start, end-1, c.DateOf(start), c.DateOf(end-1))
		}
		for i := start; i < end; i += step {
			if d.Before(clock.date(i)) {
				t.Errorf("%s holds %s, where clocks show %s", d, i, clock.date(i))
			}
		}
		days = append(days, Bucket{d.String(), start, end})
	}
	if got := c.Buckets(Daily, c.Start(from), end); !slices.Equal(got, days) {
		t.Errorf("day buckets of %s to %s are not the days", from, to)
	}
	return days
}

func checkHours(t *testing.T, c *Calendar, clock clock, a, b Instant) {
	t.Helper()
	hours := c.Buckets(Hourly, a, b)
	if hours[0].Start != a || hours[len(hours)-1].End != b {
		t.Fatalf("hours from %s to %s, want %s to %s", hours[0].Start, hours[len(hours)-1].End, a, b)
	}
	before := clock.hour(a - 1)
	for i, h := range hours {
		first, last := clock.hour(h.Start), clock.hour(h.End-1)
		switch {
		case i > 0 && h.Start != hours[i-1].End:
			t.Errorf("hour %s starts at %s, the one before ends at %s", h.Label, h.Start, hours[i-1].End)
		case h.End <= h.Start || h.End > h.Start+Hour:
			t.Errorf("hour %s is %s to %s", h.Label, h.Start, h.End)
		case first != last:
			t.Errorf("hour %s goes from %s to %s", h.Label, first, last)
		case first == before:
			t.Errorf("hour %s starts inside of %s", h.Label, before)
		case h.Label != clock.at(h.Start).Format(time.RFC3339):
			t.Errorf("hour %s starts at %s", h.Label, clock.at(h.Start).Format(time.RFC3339))
		}
		before = last
	}
}

// checkCoarse makes weeks, months, quarters and years by putting together days.
func checkCoarse(t *testing.T, c *Calendar, days []Bucket) {
	t.Helper()
	for grain, label := range map[Grain]func(time.Time) string{
		Weekly: func(day time.Time) string {
			for day.Weekday() != time.Monday {
				day = day.AddDate(0, 0, -1)
			}
			return day.Format(time.DateOnly)
		},
		Monthly: func(day time.Time) string { return day.Format("2006-01") },
		Quarterly: func(day time.Time) string {
			quarters := []string{"Q1", "Q1", "Q1", "Q2", "Q2", "Q2", "Q3", "Q3", "Q3", "Q4", "Q4", "Q4"}
			return day.Format("2006-") + quarters[day.Month()-1]
		},
		Yearly: func(day time.Time) string { return day.Format("2006") },
	} {
		var want []Bucket
		for _, d := range days {
			day, err := time.Parse(time.DateOnly, d.Label)
			if err != nil {
				t.Fatal(err)
			}
			if l := label(day); len(want) == 0 || want[len(want)-1].Label != l {
				want = append(want, Bucket{l, d.Start, d.End})
			}
			want[len(want)-1].End = d.End
		}
		got := c.Buckets(grain, days[0].Start, days[len(days)-1].End)
		if grain == Weekly { // the first and the last may reach over the days
			want[0].Start, want[len(want)-1].End = got[0].Start, got[len(got)-1].End
		}
		if !slices.Equal(got, want) {
			t.Errorf("%ss are\n%v, want\n%v", grain, got, want)
		}
	}
}

// The buckets of a period are those of a longer one that it touches, and its edges are theirs, clipped.
func TestBucketsOfAnyPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := LoadCalendar(rapid.SampledFrom(trickyZones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		g := rapid.SampledFrom(Grains).Draw(t, "grain")
		year := Instant(rapid.IntRange(-10, 40).Draw(t, "year")) * 365 * Day
		a := year + Instant(rapid.Int64Range(0, int64(365*Day)).Draw(t, "a"))
		b := a + Instant(rapid.Int64Range(1, int64(40*Day)).Draw(t, "length"))
		var want []Bucket
		for _, bucket := range c.Buckets(g, a-400*Day, b+400*Day) {
			if bucket.Start < b && bucket.End > a {
				want = append(want, bucket)
			}
		}
		got := c.Buckets(g, a, b)
		if !slices.Equal(got, want) {
			t.Fatalf("%s of [%s, %s):\n got %v\nwant %v", g, a, b, got, want)
		}
		edges := Edges(got, a, b)
		if len(edges) != len(got)+1 {
			t.Fatalf("%d edges of %d buckets", len(edges), len(got))
		}
		for i, bucket := range got {
			if edges[i] != max(a, bucket.Start) || edges[i+1] != min(b, bucket.End) || edges[i] >= edges[i+1] {
				t.Fatalf("edges %v of %v", edges, got)
			}
		}
	})
}

// Calendar.Start and At look as far round a date as offsets go.
func TestOffsetsAreLessThanADay(t *testing.T) {
	for _, zone := range ZoneNames() {
		clock := clockOf(t, zone)
		for at := time.Date(1800, 1, 1, 0, 0, 0, 0, clock.Location); at.Year() < 2045; {
			if _, offset := at.Zone(); offset <= -86400 || offset >= 86400 {
				t.Errorf("%s: offset %d s at %s", zone, offset, at)
			}
			_, end := at.ZoneBounds()
			if end.IsZero() {
				break
			}
			if !end.After(at) {
				end = at.Add(24 * time.Hour)
			}
			at = end
		}
	}
}

func BenchmarkBuckets(b *testing.B) {
	c := calendar(b, "America/New_York")
	from, before := c.Period(Date{2025, time.January, 1}, Date{2025, time.December, 31})
	for _, g := range Grains {
		b.Run("a year by "+string(g), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Buckets(g, from, before)
			}
		})
	}
}

func BenchmarkCalendarStart(b *testing.B) {
	c := calendar(b, "America/New_York")
	for b.Loop() {
		c.Start(Date{2025, time.March, 9})
	}
}
