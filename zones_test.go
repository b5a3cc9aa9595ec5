package tallystick_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	. "github.com/tallystick/tallystick"
)

func TestLoadCalendarRefusesWhatIsNoZone(t *testing.T) {
	const place = `name a place as the IANA database does, such as "Europe/Berlin" or "America/New_York", or write "UTC"`
	for _, test := range []struct{ name, hint string }{
		{"EST5", `did you mean "EST5EDT"?`},
		{"europe/berlin", `did you mean "Europe/Berlin"?`},
		{"America/New York", `did you mean "America/New_York"?`},
		{" UTC", `did you mean "UTC"?`},
		{"utc", `did you mean "UTC"?`},
		{"Berlin", `did you mean "Europe/Berlin"?`},
		{"kathmandu", `did you mean "Asia/Kathmandu"?`},
		{"PST", `did you mean "PST8PDT"?`},
		{"Europe/Berlni", `did you mean "Europe/Berlin"?`},
		{"Asia/Calcuta", `did you mean "Asia/Calcutta"?`},
		{"Local", place},
		{"Factory", place},
		{"posixrules", place},
		{"GMT+2", place},
		{"+02:00", place},
		{"Europe/", place},
		{"Nowhere/At_All", place},
		{"../tzdata/zoneinfo.zip", place},
		{strings.Repeat("Europe/Berlin", 1000), place},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := LoadCalendar(test.name)
			if c != nil || CodeOf(err) != Invalid || IsZone(test.name) {
				t.Fatalf("calendar %v, error %v, IsZone %v; want an error and no zone", c, err, IsZone(test.name))
			}
			if _, hint, _ := strings.Cut(err.Error(), " is not an IANA time zone; "); hint != test.hint {
				t.Errorf("error %q, want the hint %q", err, test.hint)
			}
		})
	}
	if _, err := LoadCalendar(""); err == nil || err.Error() != "the zone is missing; "+place {
		t.Errorf("without a zone: %v", err)
	}
	_, err := LoadCalendar("EST5")
	if got, want := err.Error(), `"EST5" is not an IANA time zone; did you mean "EST5EDT"?`; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
}

func TestEveryZoneLoads(t *testing.T) {
	names := ZoneNames()
	if len(names) < 590 || !slices.IsSorted(names) {
		t.Fatalf("%d names, sorted: %v", len(names), slices.IsSorted(names))
	}
	for _, name := range names {
		if c := calendar(t, name); !IsZone(name) || c.Zone() != name {
			t.Errorf("%s: IsZone %v, Zone %q", name, IsZone(name), c.Zone())
		}
	}
	names[0] = "changed"
	if ZoneNames()[0] == "changed" {
		t.Error("ZoneNames hands out its own slice")
	}
}

func TestLoadCalendarFromManyGoroutines(t *testing.T) {
	var wg sync.WaitGroup
	calendars := make([]*Calendar, 8)
	for i := range calendars {
		wg.Go(func() {
			for _, zone := range trickyZones {
				c, err := LoadCalendar(zone)
				if err != nil {
					t.Error(err)
					return
				}
				calendars[i] = c
			}
		})
	}
	wg.Wait()
	for _, c := range calendars {
		if c != calendars[0] {
			t.Error("one zone has two calendars")
		}
	}
}

// The database has no version inside. Its digest ties the file to the constant, and the facts are true since the version they name and not before.
func TestTZDataVersion(t *testing.T) {
	digests := map[string]string{
		"2025c": "8f55634d05f8bca1f7bc7c69c5933428c69357e0bdf565e5ba224e3f88ff12e8",
	}
	b, err := os.ReadFile("tzdata/zoneinfo.zip")
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(b)
	if got := hex.EncodeToString(digest[:]); got != digests[TZDataVersion] {
		t.Errorf("tzdata/zoneinfo.zip has the digest %s, %q has %q; TZDataVersion and the digest change together with the file", got, TZDataVersion, digests[TZDataVersion])
	}
	for _, fact := range []struct{ since, zone, date, start string }{
		{"2024a", "Asia/Almaty", "2024-03-02", "2024-03-02T00:00:00+05:00"},
		{"2025a", "America/Asuncion", "2025-07-01", "2025-07-01T00:00:00-03:00"},
		{"2025b", "America/Coyhaique", "2025-07-01", "2025-07-01T00:00:00-03:00"},
		{"2025c", "America/Tijuana", "1953-06-01", "1953-06-01T00:00:00-07:00"},
	} {
		c := calendar(t, fact.zone)
		if got := c.Format(c.Start(date(t, fact.date))); got != fact.start {
			t.Errorf("%s in %s starts at %s, want %s since %s", fact.date, fact.zone, got, fact.start, fact.since)
		}
	}
}

func BenchmarkIsZone(b *testing.B) {
	for b.Loop() {
		IsZone("America/New_York")
	}
}

func BenchmarkLoadCalendar(b *testing.B) {
	for b.Loop() {
		if _, err := LoadCalendar("America/New_York"); err != nil {
			b.Fatal(err)
		}
	}
}
