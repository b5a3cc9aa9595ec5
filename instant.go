package tallystick

import (
	"math"
	"time"
)

// Instant is a point in time: microseconds since 1970-01-01T00:00:00Z. All of Tallystick's arithmetic on time is on instants; only
// [Calendar] knows about zones.
type Instant int64

// Spans of time in an Instant's unit.
const (
	Microsecond Instant = 1
	Second              = 1_000_000 * Microsecond
	Minute              = 60 * Second
	Hour                = 60 * Minute
	Day                 = 24 * Hour
)

// MinInstant and MaxInstant lie before and after every event.
const (
	MinInstant Instant = math.MinInt64
	MaxInstant Instant = math.MaxInt64
)

// InstantOf returns t cut to the microsecond.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time returns i in UTC.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// String prints i as RFC 3339 in UTC, with a fraction only when it is not zero, and without trailing zeros.
func (i Instant) String() string { return string(i.Append(nil)) }

// Append appends i's [Instant.String] to b.
func (i Instant) Append(b []byte) []byte {
	day := i / Day
	if i%Day < 0 {
		day--
	}
	if day < firstFourDigitDay || day > lastFourDigitDay {
		return i.Time().AppendFormat(b, "2006-01-02T15:04:05.999999Z")
	}
	year, month, date := civil(int64(day))
	rest := uint64(i - day*Day)
	second, micro := uint32(rest/uint64(Second)), uint32(rest%uint64(Second))
	minute := second / 60
	century, ofHour := twoDigits[year/100], twoDigits[minute%60]
	ofYear, ofMonth, ofDate, ofDay, ofMinute := twoDigits[year%100], twoDigits[month], twoDigits[date], twoDigits[minute/60], twoDigits[second%60]
	b = append(b, century[0], century[1], ofYear[0], ofYear[1], '-', ofMonth[0], ofMonth[1], '-', ofDate[0], ofDate[1], 'T',
		ofDay[0], ofDay[1], ':', ofHour[0], ofHour[1], ':', ofMinute[0], ofMinute[1])
	if micro > 0 {
		high, middle, low := twoDigits[micro/10_000], twoDigits[micro/100%100], twoDigits[micro%100]
		b = append(b, '.', high[0], high[1], middle[0], middle[1], low[0], low[1])
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return append(b, 'Z')
}

// twoDigits are the numbers below 100: each look takes the place of two divisions.
var twoDigits = func() (texts [100][2]byte) {
	for n := range texts {
		texts[n] = [2]byte{byte('0' + n/10), byte('0' + n%10)}
	}
	return texts
}()

// The days since 1970 that have a year of four digits, which is all that reports have.
const (
	firstFourDigitDay = -719_528
	lastFourDigitDay  = 2_932_896
)

// civil returns the date of a day since 1970-01-01 that has a year of four digits: "Euclidean affine functions and their application to calendar algorithms" by Neri and Schneider, with its divisions by multiplying.
// Years begin in March, so that the leap day is the last.
func civil(day int64) (year, month, date uint32) {
	const (
		era    = 146_097       // days of 400 years
		before = 719_468 + era // days from -0400-03-01 to 1970-01-01
		part   = 2_939_745     // 2^32 / 1461, the days of four years
		march  = 306           // days from March to December
	)
	fourths := 4*uint32(day+before) + 3
	century := fourths / era
	ofYears := uint64(part) * uint64(fourths%era|3)
	year, of := 100*century+uint32(ofYears>>32), uint32(ofYears)/part/4
	months := 2141*of + 197_913
	month, date = months>>16, months&0xffff/2141+1
	if of >= march {
		month, year = month-12, year+1
	}
	return year - 400, month, date
}

// ParseInstant reads an RFC 3339 date-time as spec'd for events: seconds are required, the separator and the zone's Z may be in either case,
// an offset is turned into UTC, digits past the microsecond are cut, second 60 is rejected, and the year, in UTC, is 1970 to 2200.
func ParseInstant(s string) (Instant, error) {
	i, problem := parseInstant(s)
	if problem != "" {
		return 0, Errorf(Invalid, "%q is not a time: %s", s, problem).WithHint(`write RFC 3339, such as "2025-03-01T09:30:00Z" or "2025-03-01T10:30:00+01:00"`)
	}
	return i, nil
}

func parseInstant(s string) (Instant, string) {
	const shortest = "2006-01-02T15:04:05Z"
	if len(s) < len(shortest) {
		return 0, "it is too short"
	}
	digits := func(from, to int) int { // -1 when one is no digit
		n := 0
		for _, c := range []byte(s[from:to]) {
			if c < '0' || c > '9' {
				return -1
			}
			n = n*10 + int(c-'0')
		}
		return n
	}
	year, month, day := digits(0, 4), digits(5, 7), digits(8, 10)
	hour, minute, second := digits(11, 13), digits(14, 16), digits(17, 19)
	switch {
	case s[4] != '-' || s[7] != '-' || s[10] != 'T' && s[10] != 't' || s[13] != ':' || s[16] != ':':
		return 0, "it does not look like 2006-01-02T15:04:05Z"
	case year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, time.Month(month)):
		return 0, "there is no such date"
	case hour < 0 || hour > 23 || minute < 0 || minute > 59:
		return 0, "there is no such time of day"
	case second == 60:
		return 0, "second 60 is not accepted; events have no leap seconds"
	case second < 0 || second > 59:
		return 0, "there is no such second"
	}
	rest := s[19:]
	micros := 0
	if rest[0] == '.' {
		n := 1
		for ; n < len(rest) && rest[n] >= '0' && rest[n] <= '9'; n++ {
			if n <= 6 {
				micros = micros*10 + int(rest[n]-'0')
			}
		}
		if n == 1 {
			return 0, "the point has no digits behind it"
		}
		for m := n; m <= 6; m++ {
			micros *= 10
		}
		rest = rest[n:]
	}
	var offset Instant
	switch {
	case rest == "Z" || rest == "z":
	case len(rest) == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':':
		at := len(s) - 6
		h, m := digits(at+1, at+3), digits(at+4, at+6)
		if h < 0 || h > 23 || m < 0 || m > 59 {
			return 0, "there is no such offset"
		}
		offset = Instant(h)*Hour + Instant(m)*Minute
		if rest[0] == '-' {
			offset = -offset
		}
	default:
		return 0, "it does not end in Z or an offset such as +01:00"
	}
	i := Instant(daysSinceEpoch(year, time.Month(month), day))*Day +
		Instant(hour)*Hour + Instant(minute)*Minute + Instant(second)*Second + Instant(micros) - offset
	if i < firstInstant || i >= lastInstant {
		return 0, "its year is not in 1970 to 2200"
	}
	return i, ""
}

// The years an event may lie in, [firstInstant, lastInstant).
var (
	firstInstant = Instant(0)
	lastInstant  = Instant(daysSinceEpoch(2201, time.January, 1)) * Day
)

// daysSinceEpoch counts the days from 1970-01-01 to a date of the proleptic Gregorian calendar.
func daysSinceEpoch(year int, month time.Month, day int) int64 {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
