package tallystick

import (
	"iter"
	"time"
)

// Calendar turns the dates and times of day of one time zone into instants and back. Nothing else in Tallystick knows civil time. A Calendar is immutable and
// may be used from everywhere at the same time; [LoadCalendar] makes one.
//
// # Decisions
//
//   - A day starts at its first existing instant: the first at which the zone's clocks show that date or a later one. So days tile the time line in every zone, also
//     where midnight does not exist (Santiago, 2026-09-06), where clocks go back over midnight (St John's until 2011) and where a whole date is missing
//     (Apia, 2011-12-30: such a date starts and ends at the same instant, holds nothing and has no bucket).
//   - Everything is found by walking the spans in which the zone's offset is constant, because inside one a clock only goes forward. [time.Date] is of no use here: for
//     a midnight that does not exist it answers 23:00 of the day before; and [time.Time.Truncate] knows nothing of zones of half an hour.
//   - Years from 1 to 9999. Far beyond, an Instant overflows.
type Calendar struct {
	zone     string
	location *time.Location
}

// Zone returns the IANA name.
func (c *Calendar) Zone() string { return c.zone }

// Start returns the first instant of a date: the earliest whose local date is d or later.
func (c *Calendar) Start(d Date) Instant {
	midnight := d.midnight()
	for s := range c.spans(midnight - maxOffset) {
		if t := max(midnight-s.offset, s.start); t < s.end {
			return t
		}
	}
	panic("unreachable: the last span has no end")
}

// DateOf returns the day that holds an instant: the d with Start(d) <= t < Start(the day after d). It is the date on the clocks, except where they went back over
// midnight: the day has begun then, and stays.
func (c *Calendar) DateOf(t Instant) Date {
	d := dateOf(t.Time().In(c.location))
	for next := d.AddDays(1); c.Start(next) <= t; next = d.AddDays(1) {
		d = next
	}
	return d
}

// Period returns the instants of the days from one date to another, both included, as [a, b).
func (c *Calendar) Period(from, to Date) (a, b Instant) {
	return c.Start(from), c.Start(to.AddDays(1))
}

// At returns the instant at which the clocks show a time of day, given as the span since midnight on a clock that never changes. A time that they show twice is the
// first; one that they skip is counted on from the skip with the offset before it: 02:30 in New York on 2025-03-09 is 07:30Z, half an hour after 02:00 became 03:00.
func (c *Calendar) At(d Date, timeOfDay Instant) Instant {
	wall := d.midnight() + timeOfDay
	skipped := MinInstant // the answer if the clocks never show it
	var before Instant    // the offset of the span before
	for s := range c.spans(wall - maxOffset) {
		t := wall - s.offset
		if t >= s.start && t < s.end {
			return t
		}
		if t < s.start && skipped == MinInstant {
			skipped = wall - before
		}
		if s.end > wall+maxOffset {
			return skipped
		}
		before = s.offset
	}
	return skipped
}

// Format prints an instant as RFC 3339 in local time with the offset, Z where that is zero; with a fraction only when it is not zero, and without trailing zeros.
func (c *Calendar) Format(t Instant) string {
	_, offset := t.Time().In(c.location).Zone()
	return string(appendLocal(nil, t, Instant(offset)*Second))
}

// appendLocal appends what clocks with an offset show at t. RFC 3339 has no seconds in an offset; those of Monrovia until 1972 are cut and the clock is set by the
// rest, so that what is printed is still t.
func appendLocal(b []byte, t, offset Instant) []byte {
	offset -= offset % Minute
	b = (t + offset).Append(b)
	if offset == 0 {
		return b
	}
	b = b[:len(b)-len("Z")]
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	hour, minute := offset/Hour, offset%Hour/Minute
	return append(b, sign, byte('0'+hour/10), byte('0'+hour%10), ':', byte('0'+minute/10), byte('0'+minute%10))
}

// maxOffset is more than any offset of any zone at any time; a test looks.
const maxOffset = 26 * Hour

// span is a piece of the time line, [start, end), in which a zone's offset is constant: local time is UTC plus offset.
type span struct{ start, end, offset Instant }

// spans yields the pieces from an instant on, in order, the last up to MaxInstant. The offset changes from each to the next; what changes a zone's name
// or rule alone ends none.
func (c *Calendar) spans(from Instant) iter.Seq[span] {
	return func(yield func(span) bool) {
		offset, end := c.offset(from)
		s := span{from, end, offset}
		for s.end < MaxInstant {
			at := s.end
			offset, end = c.offset(at)
			if offset == s.offset {
				s.end = end
				continue
			}
			if !yield(s) {
				return
			}
			s = span{at, end, offset}
		}
		yield(s)
	}
}

// offset returns the offset at t and an instant after t until which it is the same. Of ZoneBounds only the end is of use: past the last change in the database
// package time computes each year's from a rule, and then the start may lie before that last change (Metlakatla, January 2019).
func (c *Calendar) offset(t Instant) (offset, end Instant) {
	at := t.Time().In(c.location)
	_, seconds := at.Zone()
	_, bound := at.ZoneBounds()
	end = MaxInstant
	if !bound.IsZero() {
		end = InstantOf(bound)
	}
	if end <= t {
		// By the rule, a year's last piece ends after 365 days. On 31 December of a leap year that has passed.
		end = Date{at.UTC().Year() + 1, time.January, 1}.midnight()
	}
	return Instant(seconds) * Second, end
}
