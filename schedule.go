package tallystick

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Schedule is a recurrence of wall times in a time zone. Each wall time stands for the instant that [Calendar.At] gives for it: one that does not exist
// takes the offset before the gap, one that exists twice is the first. Occurrences that fall on one instant are one. So each occurrence is the end of
// one period and the start of the next, in every zone.
//
// A schedule should have passed [Schedule.Validate] before anything else is asked of it.
type Schedule struct {
	Zone  string // IANA name
	Start Date   // the first date on which it may occur; months are counted from this one's

	Grain Grain // Hourly, Daily, Weekly or Monthly
	// Every is the number of hours (1, 2, 3, 4, 6, 8, 12 or 24, so that every day has the same times) or months (1 to 12) from one occurrence to the
	// next; 1 for days and weeks.
	Every        int
	Hour, Minute int            // the time of day; of Hourly, one of them
	Weekdays     []time.Weekday // of Weekly: at least one, in any order
	Day          int            // of Monthly: 1 to 28, or LastDay
}

// LastDay stands for a month's last day.
const LastDay = -1

// Validate returns an [Invalid] error that says what is wrong with a schedule; its path names the field as JSON does.
func (s *Schedule) Validate() error {
	if _, err := LoadCalendar(s.Zone); err != nil {
		return err.(*Error).At("zone")
	}
	switch {
	case s.Start.IsZero():
		return Errorf(Invalid, "the schedule has no start date").WithHint("give the first date on which it may run").At("start")
	case !s.Start.exists():
		return Errorf(Invalid, "%q is not a date that exists", s.Start).WithHint("write YYYY-MM-DD").At("start")
	case s.Hour < 0 || s.Hour > 23:
		return Errorf(Invalid, "%d is no hour of the day", s.Hour).WithHint("give 0 to 23").At("hour")
	case s.Minute < 0 || s.Minute > 59:
		return Errorf(Invalid, "%d is no minute of the hour", s.Minute).WithHint("give 0 to 59").At("minute")
	}
	switch s.Grain {
	case Hourly:
		if !slices.Contains([]int{1, 2, 3, 4, 6, 8, 12, 24}, s.Every) {
			return Errorf(Invalid, "every %d hours does not give every day the same times", s.Every).WithHint("give 1, 2, 3, 4, 6, 8, 12 or 24").At("every")
		}
	case Daily, Weekly:
		if s.Every != 1 {
			return Errorf(Invalid, "every %d %ss is not offered", s.Every, s.Grain).WithHint("give 1").At("every")
		}
	case Monthly:
		if s.Every < 1 || s.Every > 12 {
			return Errorf(Invalid, "every %d months is not offered", s.Every).WithHint("give 1 to 12").At("every")
		}
		if s.Day != LastDay && (s.Day < 1 || s.Day > 28) {
			return Errorf(Invalid, "day %d is not offered", s.Day).WithHint("give 1 to 28, or the last day").At("day")
		}
	default:
		return Errorf(Invalid, "a schedule can't recur by %q", s.Grain).WithHint("give hour, day, week or month").At("grain")
	}
	for _, unused := range []struct {
		path  string
		given bool
	}{{"weekdays", s.Grain != Weekly && len(s.Weekdays) > 0}, {"day", s.Grain != Monthly && s.Day != 0}} {
		if unused.given {
			return Errorf(Invalid, "a schedule that recurs by %q has no %s", s.Grain, unused.path).WithHint("leave it out, or choose another grain").At(unused.path)
		}
	}
	if s.Grain == Weekly {
		if len(s.Weekdays) == 0 {
			return Errorf(Invalid, "the schedule has no days of the week").WithHint("choose at least one").At("weekdays")
		}
		for _, day := range s.Weekdays {
			if day < time.Sunday || day > time.Saturday {
				return Errorf(Invalid, "%d is no day of the week", int(day)).WithHint("give 0 for Sunday to 6 for Saturday").At("weekdays")
			}
		}
	}
	return nil
}

const (
	// maxDisplaced is the most dates by which what Calendar.At answers may lie after the date asked for: where a date is missing, or clocks go forward
	// over midnight (Nuuk). It never lies before.
	maxDisplaced = 1
	// maxRest is more than the dates between any two occurrences.
	maxRest = 400
)

// Next returns the first occurrence after an instant, on Start or later; MaxInstant where there is none, which a valid schedule never says.
func (s *Schedule) Next(after Instant) Instant {
	c, err := LoadCalendar(s.Zone)
	if err != nil {
		return MaxInstant
	}
	next := MaxInstant
	d := c.DateOf(max(after, c.Start(s.Start))).AddDays(-maxDisplaced)
	for range maxRest {
		if next < MaxInstant && next < c.Start(d) {
			break
		}
		if !d.Before(s.Start) {
			for _, t := range s.on(c, d) {
				if t > after {
					next = min(next, t)
				}
			}
		}
		d = d.AddDays(1)
	}
	return next
}

// Previous returns the last occurrence before an instant, as the recurrence alone has it: it may be earlier than Start, because the first run too
// reports the period since the occurrence before it. It is MinInstant where there is none, which a valid schedule never says.
func (s *Schedule) Previous(before Instant) Instant {
	c, err := LoadCalendar(s.Zone)
	if err != nil {
		return MinInstant
	}
	previous := MinInstant
	d := c.DateOf(before)
	for range maxRest {
		if previous > MinInstant && previous >= c.Start(d.AddDays(maxDisplaced+1)) {
			break
		}
		for _, t := range s.on(c, d) {
			if t < before {
				previous = max(previous, t)
			}
		}
		d = d.AddDays(-1)
	}
	return previous
}

// on returns the occurrences whose wall time is on a date, whether Start has come or not. They need not be in order.
func (s *Schedule) on(c *Calendar, d Date) []Instant {
	timeOfDay := Instant(s.Hour)*Hour + Instant(s.Minute)*Minute
	switch s.Grain {
	case Hourly:
		if s.Every <= 0 {
			return nil
		}
		every := Instant(s.Every) * Hour
		var all []Instant
		for t := timeOfDay % every; t < Day; t += every {
			all = append(all, c.At(d, t))
		}
		return all
	case Weekly:
		if !slices.Contains(s.Weekdays, d.Weekday()) {
			return nil
		}
	case Monthly:
		months := (d.Year-s.Start.Year)*12 + int(d.Month-s.Start.Month)
		day := s.Day
		if day == LastDay {
			day = daysIn(d.Year, d.Month)
		}
		if d.Day != day || s.Every <= 0 || months%s.Every != 0 {
			return nil
		}
	case Daily:
	default:
		return nil
	}
	return []Instant{c.At(d, timeOfDay)}
}

// Describe says the recurrence in words: "every week on Monday and Thursday at 06:30, Europe/Berlin".
func (s *Schedule) Describe() string {
	at := fmt.Sprintf("%02d:%02d", s.Hour, s.Minute)
	words := "every " + string(s.Grain)
	if s.Every > 1 {
		words = fmt.Sprintf("every %d %ss", s.Every, s.Grain)
	}
	switch s.Grain {
	case Hourly:
		words += " from " + at
	case Weekly:
		words += " on " + weekdays(s.Weekdays) + " at " + at
	case Monthly:
		day := fmt.Sprintf("day %d", s.Day)
		if s.Day == LastDay {
			day = "the last day"
		}
		words += " on " + day + " at " + at
		if s.Every > 1 {
			words += fmt.Sprintf(", counted from %s %d", s.Start.Month, s.Start.Year)
		}
	default:
		words += " at " + at
	}
	return words + ", " + s.Zone
}

// weekdays lists days from Monday on, each once: "Monday, Tuesday and Sunday".
func weekdays(days []time.Weekday) string {
	var names []string
	for i := range 7 {
		if day := time.Weekday((i + 1) % 7); slices.Contains(days, day) {
			names = append(names, day.String())
		}
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
