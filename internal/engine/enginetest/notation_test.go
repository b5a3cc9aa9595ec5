package enginetest

import (
	"reflect"
	"testing"

	"github.com/tallystick/tallystick"
)

func TestInstants(t *testing.T) {
	base, err := tallystick.ParseInstant("2025-03-01T00:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	n := notation{base: base}
	for _, c := range []struct{ word, rfc3339, canonical string }{
		{"12:00", "2025-03-01T12:00:00Z", "12:00"},
		{"00:00", "2025-03-01T00:00:00Z", "00:00"},
		{"12:00:00", "2025-03-01T12:00:00Z", "12:00"},
		{"12:30:05.25", "2025-03-01T12:30:05.25Z", "12:30:05.25"},
		{"12:00-1us", "2025-03-01T11:59:59.999999Z", "11:59:59.999999"},
		{"12:00+24h", "2025-03-02T12:00:00Z", "12:00+1d"},
		{"12:00+1d-90m", "2025-03-02T10:30:00Z", "10:30+1d"},
		{"00:00-1us", "2025-02-28T23:59:59.999999Z", "23:59:59.999999-1d"},
		{"00:00-2d", "2025-02-27T00:00:00Z", "00:00-2d"},
		{"2020-01-01T00:00:00+01:00", "2019-12-31T23:00:00Z", "2019-12-31T23:00:00Z"},
	} {
		i, err := n.instant(c.word)
		if err != nil || i.String() != c.rfc3339 || n.formatInstant(i) != c.canonical {
			t.Errorf("%s: %s, %s, %v; want %s, %s", c.word, i, n.formatInstant(i), err, c.rfc3339, c.canonical)
		}
	}
	for _, word := range []string{"", "12", "25:00", "12:00+1", "12:00+", "12:00+1x", "noon"} {
		if i, err := n.instant(word); err == nil {
			t.Errorf("%q is read as %s", word, i)
		}
	}
}

func TestEventsAreReadAsWritten(t *testing.T) {
	for seed := range int64(20) {
		records := Records(Random(seed, 200), true, false)
		n := notation{base: baseOf(records)}
		for _, r := range records {
			line := n.formatEvent(&r.Event)
			got, err := n.record(line, 1)
			if err != nil {
				t.Fatalf("seed %d: %s: %v", seed, line, err)
			}
			if got.Event.Tenant != r.Event.Tenant || got.Event.Time != r.Event.Time || got.Event.Type != r.Event.Type ||
				!reflect.DeepEqual(got.Event.Data, r.Event.Data) {
				t.Fatalf("seed %d: %s\nis read as %+v\nof        %+v", seed, line, got.Event, r.Event)
			}
		}
	}
}

func TestQuestionsAreReadAsWritten(t *testing.T) {
	for seed := range int64(20) {
		records := Records(Random(seed, 200), true, seed%2 == 0)
		a := newAsker(seed, records)
		base := baseOf(records)
		for _, kind := range Kinds {
			for range 20 {
				q := a.question(kind)
				text := q.Format(base)
				cases, err := parseScript("script", "case x\nbase "+base.String()[:10]+"\n"+text+"answer\n")
				if err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, text)
				}
				got := cases[0].steps[0].question
				if again := got.Format(base); again != text {
					t.Fatalf("seed %d: %s is read as %s", seed, text, again)
				}
			}
		}
	}
}
