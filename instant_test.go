package tallystick_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	. "github.com/tallystick/tallystick"
)

func TestParseInstant(t *testing.T) {
	for _, test := range []struct{ about, in, want string }{
		{"UTC", "2025-03-01T09:30:00Z", "2025-03-01T09:30:00Z"},
		{"an offset east", "2025-03-01T10:30:00+01:00", "2025-03-01T09:30:00Z"},
		{"an offset west over midnight", "2024-12-31T23:30:00-00:44", "2025-01-01T00:14:00Z"},
		{"small letters", "2025-03-01t09:30:00z", "2025-03-01T09:30:00Z"},
		{"a fraction", "2025-03-01T09:30:00.25Z", "2025-03-01T09:30:00.25Z"},
		{"digits past the microsecond are cut", "2025-03-01T09:30:00.1234569999999Z", "2025-03-01T09:30:00.123456Z"},
		{"also when only they are there", "2025-03-01T09:30:00.0000009Z", "2025-03-01T09:30:00Z"},
		{"a leap day", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
		{"the first instant", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
		{"the last instant", "2200-12-31T23:59:59.999999Z", "2200-12-31T23:59:59.999999Z"},
		{"the year counts in UTC", "1969-12-31T23:59:59-01:00", "1970-01-01T00:59:59Z"},
	} {
		t.Run(test.about, func(t *testing.T) {
			if got, err := ParseInstant(test.in); err != nil || got.String() != test.want {
				t.Errorf("%q is %s (%v), want %s", test.in, got, err, test.want)
			}
		})
	}
}

func TestParseInstantRefuses(t *testing.T) {
	for _, test := range []struct{ in, why string }{
		{"", "too short"},
		{"2025-03-01", "too short"},
		{"2025-03-01T09:30Z", "too short"},
		{"2025-03-01 09:30:00Z", "does not look like"},
		{"2025-03-01T09:30:00 UTC", "does not end in Z or an offset"},
		{"2025-03-01T09:30:00+0100", "does not end in Z or an offset"},
		{"2025-03-01T09:30:00Z ", "does not end in Z or an offset"},
		{"2025-03-01T09:30:00,5Z", "does not end in Z or an offset"},
		{"2025-03-01T09:30:00+24:00", "no such offset"},
		{"2025-03-01T09:30:00+01:60", "no such offset"},
		{"2025-03-01T09:30:00.Z", "no digits behind"},
		{"2025-02-29T00:00:00Z", "no such date"},
		{"2025-13-01T00:00:00Z", "no such date"},
		{"2025-04-31T00:00:00Z", "no such date"},
		{"2O25-04-30T00:00:00Z", "no such date"},
		{"2025-03-01T24:00:00Z", "no such time of day"},
		{"2025-03-01T09:60:00Z", "no such time of day"},
		{"2016-12-31T23:59:60Z", "second 60"},
		{"2025-03-01T09:30:61Z", "no such second"},
		{"1969-12-31T23:59:59Z", "1970 to 2200"},
		{"1970-01-01T00:00:00+00:01", "1970 to 2200"},
		{"2201-01-01T00:00:00Z", "1970 to 2200"},
	} {
		t.Run(test.in, func(t *testing.T) {
			if i, err := ParseInstant(test.in); CodeOf(err) != Invalid || !strings.Contains(err.Error(), test.why) || !strings.Contains(err.Error(), test.in) {
				t.Errorf("%q is %s, error %v; want an error with the value and %q", test.in, i, err, test.why)
			}
		})
	}
}

// rfc3339 is the form of a date-time, which package time takes more lightly: it also reads 9:30:00, a comma and +24:00.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// parseStrictly reads what ParseInstant should, by its form and package time.
func parseStrictly(s string) (Instant, bool) {
	t, err := time.Parse(time.RFC3339, strings.ToUpper(s))
	year := t.UTC().Year()
	return InstantOf(t), err == nil && rfc3339.MatchString(s) && year >= 1970 && year <= 2200
}

func FuzzParseInstant(f *testing.F) {
	for _, s := range []string{
		"2025-03-01T09:30:00Z", "2025-03-01t10:30:00.123456789+01:00", "2024-02-29T23:59:60Z", "1969-12-31T23:59:59.9999999-00:01", "2200-12-31T23:59:59z",
		"2025-03-01T09:30:00,5Z", "2025-03-01T9:30:00Z", "2025-03-01T09:30:00+24:00", "2025-03-01T09:30:00-23:59", "2025-03-01", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, ok := parseStrictly(s)
		got, err := ParseInstant(s)
		if (err == nil) != ok || ok && got != want {
			t.Fatalf("%q is %s (%v), package time says %s (%v)", s, got, err, want, ok)
		}
		if err != nil {
			if CodeOf(err) != Invalid {
				t.Fatalf("%q: code %s", s, CodeOf(err))
			}
			return
		}
		if back, err := ParseInstant(got.String()); err != nil || back != got {
			t.Fatalf("%q prints as %s, which is %v (%v)", s, got, back, err)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2025-03-01", "2024-02-29", "2025-02-29", "0001-01-01", "9999-12-31", "2025-3-1", "2025-03-01 ", "+025-03-01", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err == nil {
			if d.String() != s || d.IsZero() || d.AddDays(0) != d {
				t.Fatalf("%q is %v", s, d)
			}
			return
		}
		if _, lenient := time.Parse("2006-01-02", s); CodeOf(err) != Invalid || lenient == nil {
			t.Fatalf("%q is refused: %v", s, err)
		}
	})
}

func FuzzParseMoment(f *testing.F) {
	for _, s := range []string{"2025-03-01", "2025-03-01T09:30:00Z", "2025-02-29", "2025-02-29T00:00:00Z", "yesterday", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		moment, err := ParseMoment(s)
		d, dateErr := ParseDate(s)
		i, instantErr := ParseInstant(s)
		switch {
		case dateErr == nil:
			if err != nil || moment != (Moment{Date: d, Given: true}) {
				t.Fatalf("%q is a date, not %v (%v)", s, moment, err)
			}
		case instantErr == nil:
			if err != nil || moment != (Moment{Instant: i, Given: true}) {
				t.Fatalf("%q is an instant, not %v (%v)", s, moment, err)
			}
		case CodeOf(err) != Invalid:
			t.Fatalf("%q is %v (%v), want an error", s, moment, err)
		}
	})
}

func BenchmarkParseInstant(b *testing.B) {
	for b.Loop() {
		if _, err := ParseInstant("2025-03-01T09:30:00.123Z"); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAppend(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	check := func(i Instant) {
		t.Helper()
		if got, want := i.String(), i.Time().Format("2006-01-02T15:04:05.999999Z"); got != want {
			t.Fatalf("%d is printed as %q, want %q", int64(i), got, want)
		}
	}
	for day := Instant(-720_000); day <= 2_933_500; day++ { // a little more than the years of four digits
		check(day * Day)
		check(day*Day - 1)
	}
	for range 200_000 {
		i := Instant(r.Int64N(int64(200 * 365 * Day)))
		check(i)
		check(i / 1000 * 1000)
		check(-i)
	}
	check(MinInstant)
	check(MaxInstant)
}

func BenchmarkAppend(b *testing.B) {
	var buf [32]byte
	at := Instant(1_735_689_600_123_450)
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			at.Append(buf[:0])
		}
	})
	b.Run("AppendFormat", func(b *testing.B) {
		for b.Loop() {
			at.Time().AppendFormat(buf[:0], "2006-01-02T15:04:05.999999Z")
		}
	})
}
