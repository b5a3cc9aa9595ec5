package runner

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// The most that a part of a file's name has: characters, and bytes, for with two parts, a date and an ending the name must stay below the 255 that systems and mails take.
const (
	longestPart = 60
	mostBytes   = 90
)

// part makes a text a part of a file's name that every system takes, and that nobody has to quote.
func part(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimSpace(text) {
		if n++; n > longestPart || b.Len()+utf8.RuneLen(r) > mostBytes {
			break
		}
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_':
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
	}
	s := b.String()
	if strings.Trim(s, ".-") == "" {
		return "report"
	}
	return strings.TrimLeft(s, ".") // a name that begins with a point is hidden
}

// scheduledName is the name of the file of a schedule's run, without its ending: whose it is, the schedule, and when the run was due, in the zone of the schedule.
func scheduledName(company, schedule string, recurrence *tallystick.Schedule, due tallystick.Instant) (string, error) {
	calendar, err := tallystick.LoadCalendar(recurrence.Zone)
	if err != nil {
		return "", err
	}
	at := calendar.Format(due) // 2025-03-01T06:30:00+01:00
	date, clock := at[:len("2006-01-02")], at[len("2006-01-02T"):]
	if recurrence.Grain == tallystick.Hourly && recurrence.Every < 24 {
		date += "T" + clock[:2] + clock[3:5]
	}
	return part(company) + "_" + part(schedule) + "_" + date, nil
}
