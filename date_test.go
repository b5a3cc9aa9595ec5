package tallystick_test

import (
	"testing"
	"time"

	. "github.com/tallystick/tallystick"
)

func TestDateAddMonths(t *testing.T) {
	for _, test := range []struct {
		date   string
		months int
		want   string
	}{
		{"2025-01-15", 1, "2025-02-15"},
		{"2025-01-31", 1, "2025-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2025-11-30", 3, "2026-02-28"},
		{"2025-01-31", -2, "2024-11-30"},
		{"2025-05-31", 0, "2025-05-31"},
		{"2025-05-31", -25, "2023-04-30"},
	} {
		if got := date(t, test.date).AddMonths(test.months); got.String() != test.want {
			t.Errorf("%d months after %s is %s, want %s", test.months, test.date, got, test.want)
		}
	}
}

func TestDateAddDays(t *testing.T) {
	for _, test := range []struct {
		date    string
		days    int
		want    string
		weekday time.Weekday
	}{
		{"2024-02-28", 1, "2024-02-29", time.Thursday},
		{"2025-02-28", 1, "2025-03-01", time.Saturday},
		{"2024-12-31", 1, "2025-01-01", time.Wednesday},
		{"2025-01-01", -1, "2024-12-31", time.Tuesday},
		{"1970-01-01", -366, "1968-12-31", time.Tuesday},
		{"2000-01-01", 146097, "2400-01-01", time.Saturday}, // the Gregorian calendar's whole cycle
	} {
		d := date(t, test.date)
		got := d.AddDays(test.days)
		if got.String() != test.want || got.Weekday() != test.weekday {
			t.Errorf("%d days after %s is %s, a %s; want %s, a %s", test.days, d, got, got.Weekday(), test.want, test.weekday)
		}
		if d.Before(got) != (test.days > 0) || got.Before(d) != (test.days < 0) || d.Before(d) {
			t.Errorf("order of %s and %s", d, got)
		}
	}
}

func TestDateIsZero(t *testing.T) {
	if !(Date{}).IsZero() || (Date{Month: time.January, Day: 1}).IsZero() {
		t.Error("only the zero Date is no date: the year 0 has days")
	}
}
