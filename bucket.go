package tallystick

import (
	"fmt"
	"iter"
	"slices"
	"time"
)

// Grain is a length of calendar time into which a period is split.
type Grain string

const (
	Hourly    Grain = "hour"
	Daily     Grain = "day"
	Weekly    Grain = "week" // from Monday, as in ISO 8601
	Monthly   Grain = "month"
	Quarterly Grain = "quarter"
	Yearly    Grain = "year"
)

// Grains lists every grain, the finest first. It must not be changed.
var Grains = []Grain{Hourly, Daily, Weekly, Monthly, Quarterly, Yearly}

// ParseGrain reads the name of a grain.
func ParseGrain(s string) (Grain, error) {
	if g := Grain(s); slices.Contains(Grains, g) {
		return g, nil
	}
	return "", Errorf(Invalid, "%q is not a length of time to split a period into", s).WithHint("write hour, day, week, month, quarter or year")
}

// First returns the first date of the week, month, quarter or year that holds d; d itself for hours and days.
func (g Grain) First(d Date) Date {
	switch g {
	case Weekly:
		sinceMonday := (int(d.Weekday()) + 6) % 7
		return d.AddDays(-sinceMonday)
	case Monthly:
		return Date{d.Year, d.Month, 1}
	case Quarterly:
		return Date{d.Year, (d.Month-1)/3*3 + 1, 1}
	case Yearly:
		return Date{d.Year, time.January, 1}
	}
	return d
}

// Next returns the first date of the week, month, quarter or year after the one that holds d; the next day for hours and days.
func (g Grain) Next(d Date) Date {
	switch first := g.First(d); g {
	case Weekly:
		return first.AddDays(7)
	case Monthly:
		return first.AddMonths(1)
	case Quarterly:
		return first.AddMonths(3)
	case Yearly:
		return first.AddMonths(12)
	}
	return d.AddDays(1)
}

// label names the bucket of g, longer than an hour, whose first date is d.
func (g Grain) label(d Date) string {
	switch g {
	case Monthly:
		return fmt.Sprintf("%04d-%02d", d.Year, int(d.Month))
	case Quarterly:
		return fmt.Sprintf("%04d-Q%d", d.Year, (int(d.Month)+2)/3)
	case Yearly:
		return fmt.Sprintf("%04d", d.Year)
	}
	return d.String()
}

// Bucket is an hour, day, week, month, quarter or year of a calendar: the instants [Start, End), at least one.
type Bucket struct {
	Label      string // hour "2025-02-01T00:00:00-05:00", day "2025-02-01", week its Monday "2025-02-03", month "2025-02", quarter "2025-Q1", year "2025"
	Start, End Instant
}

// Buckets returns the buckets that hold an instant of [a, b), in order and whole, even where they reach over a or b. Each starts where the one before ends.
//
// An hour is a run of instants with the same local date, hour and offset. So the hour that clocks go through twice is two buckets, and the hour in which
// they go back half an hour is one of an hour and one of half an hour (Lord Howe). The others start where their first date starts; a date without an
// instant has no bucket.
func (c *Calendar) Buckets(g Grain, a, b Instant) []Bucket {
	if a >= b {
		return nil
	}
	if g == Hourly {
		return c.hours(a, b)
	}
	var buckets []Bucket
	d := g.First(c.DateOf(a))
	for start := c.Start(d); start < b; {
		next := g.Next(d)
		end := c.Start(next)
		if start < end {
			buckets = append(buckets, Bucket{g.label(d), start, end})
		}
		d, start = next, end
	}
	return buckets
}

func (c *Calendar) hours(a, b Instant) []Bucket {
	buckets := make([]Bucket, 0, (b-a)/Hour+3)
	label := make([]byte, 0, len(time.RFC3339Nano))
	for hour, offset := range c.eachHour(a, b) {
		label = appendLocal(label[:0], hour.Start, offset)
		hour.Label = string(label)
		buckets = append(buckets, hour)
	}
	return buckets
}

// eachHour yields the hours of [a, b), without labels, with their offsets.
func (c *Calendar) eachHour(a, b Instant) iter.Seq2[Bucket, Instant] {
	return func(yield func(Bucket, Instant) bool) {
		// Where the bucket that holds a is a whole hour it starts after this; the one that holds this ends at or before a.
		from := a - Hour
		for s := range c.spans(from) {
			if s.start >= b {
				return
			}
			local := s.start + s.offset
			for hour := local - floorMod(local, Hour) - s.offset; hour < min(s.end, b); hour += Hour {
				if end := min(hour+Hour, s.end); end > a && !yield(Bucket{Start: max(hour, s.start), End: end}, s.offset) {
					return
				}
			}
		}
	}
}

// HourEdges returns the instants that split [a, b) into its clock hours, as [Edges] does.
func (c *Calendar) HourEdges(a, b Instant) []Instant {
	if a >= b {
		return nil
	}
	edges := make([]Instant, 0, (b-a)/Hour+3)
	for hour := range c.eachHour(a, b) {
		edges = append(edges, hour.Start)
	}
	edges[0] = a
	return append(edges, b)
}

// Edges returns the instants that split [a, b) into the buckets that [Calendar.Buckets] gave for it, as queries want them: one more than buckets, the
// first is a, the last b. Without buckets there is nothing to split and it returns nil.
func Edges(buckets []Bucket, a, b Instant) []Instant {
	if len(buckets) == 0 {
		return nil
	}
	edges := make([]Instant, 0, len(buckets)+1)
	edges = append(edges, a)
	for _, bucket := range buckets[1:] {
		edges = append(edges, bucket.Start)
	}
	return append(edges, b)
}

// floorMod returns the x in [0, n) with i = x modulo n, also for an i before 1970.
func floorMod(i, n Instant) Instant { return ((i % n) + n) % n }
