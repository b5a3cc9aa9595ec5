package sample_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/sample"
)

const day = tallystick.Day

var newYear = tallystick.InstantOf(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))

func digest(t *testing.T, events iter.Seq[tallystick.Event]) string {
	t.Helper()
	h := sha256.New()
	if err := sample.WriteNDJSON(h, events); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// TestBytesStay holds the bytes of some options. Whoever changes the sample on purpose writes the new digests here.
func TestBytesStay(t *testing.T) {
	for _, test := range []struct {
		name   string
		events iter.Seq[tallystick.Event]
		want   string
	}{
		{"thirty days", sample.Events(sample.Options{Seed: 1, Days: 30}), "35dfe62ee5449f61"},
		{"another seed", sample.Events(sample.Options{Seed: 2, Days: 30}), "d7ef6047605c5515"},
		{"with duplicates, late", sample.Events(sample.Options{Seed: 1, Days: 30, Duplicates: 0.05, Late: 0.05}), "bf4d7a89536192bf"},
		{"load", sample.Load(sample.LoadOptions{Seed: 1, Events: 20_000}), "24b4f2c5cf13b665"},
		{"traffic", sample.Traffic(sample.TrafficOptions{Seed: 1, Events: 20_000}), "82bde8e27c3f59b8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			first := digest(t, test.events)
			if again := digest(t, test.events); first != again {
				t.Errorf("ranged over twice: %s, then %s", first, again)
			}
			if first != test.want {
				t.Errorf("digest %s, want %s", first, test.want)
			}
		})
	}
}

func TestEveryTypeOccursWithinFourWeeks(t *testing.T) {
	seen := map[string]int{}
	for e := range sample.Events(sample.Options{Seed: 3, Days: 28}) {
		seen[e.Type]++
	}
	for _, typ := range tallystick.EventTypes {
		if seen[typ.Name] == 0 {
			t.Errorf("no %s", typ.Name)
		}
	}
}

func TestEventsObeyTheRules(t *testing.T) {
	for name, events := range map[string]iter.Seq[tallystick.Event]{
		"a year":   sample.Events(sample.Options{Seed: 4, Scale: 0.3}),
		"trouble":  sample.Events(sample.Options{Seed: 4, Days: 30, Duplicates: 0.1, Late: 0.1}),
		"load":     sample.Load(sample.LoadOptions{Seed: 4, Events: 20_000}),
		"leap day": sample.Events(sample.Options{Seed: 4, From: tallystick.Date{Year: 2024, Month: time.February, Day: 28}, Days: 3}),
	} {
		t.Run(name, func(t *testing.T) {
			problems := 0
			for e := range events {
				if problem := breach(&e); problem != "" {
					t.Errorf("%s\n%s", problem, sample.AppendJSON(nil, &e))
					if problems++; problems == 5 {
						t.FailNow()
					}
				}
			}
		})
	}
}

// breach says which rule the event breaks, "" where it breaks none.
func breach(e *tallystick.Event) string {
	typ := tallystick.TypeNamed(e.Type)
	switch {
	case typ == nil:
		return "unknown type " + e.Type
	case e.Tenant == "" || e.ID == "" || e.Source == "":
		return "an attribute is empty"
	case e.Received < e.Time:
		return "received before it happened"
	}
	next := 0
	for _, v := range e.Data {
		for next < len(typ.Rules) && typ.Rules[next].Field != v.Field {
			next++
		}
		if next == len(typ.Rules) {
			return v.Field.String() + " is not of this type, or not in the order of its rules"
		}
		if problem := valueBreach(v, &typ.Rules[next]); problem != "" {
			return v.Field.String() + problem
		}
	}
	for _, r := range typ.Rules {
		waived := r.RequiredUnless != tallystick.NoField && e.Text(r.RequiredUnless) == r.RequiredUnlessValue
		if r.Required && !waived && !e.Has(r.Field) {
			return r.Field.String() + " is missing"
		}
	}
	return ""
}

func valueBreach(v tallystick.Value, r *tallystick.Rule) string {
	var err error
	switch r.Kind {
	case tallystick.KindID:
		if v.Text == "" || len(v.Text) > tallystick.MaxID {
			return " is no id"
		}
	case tallystick.KindEnum:
		if !slices.Contains(r.Enum, v.Text) {
			return " has a value that is not listed: " + v.Text
		}
	case tallystick.KindInteger:
		if v.Int < r.Min || v.Int > tallystick.MaxInteger {
			return " is out of range"
		}
	case tallystick.KindSeconds:
		if v.Int < 0 || v.Int > tallystick.MaxSeconds*1_000_000 {
			return " is out of range"
		}
	case tallystick.KindDate:
		_, err = tallystick.ParseDate(v.Text)
	case tallystick.KindZone:
		_, err = time.LoadLocation(v.Text)
	case tallystick.KindTexts:
		var list []string
		err = json.Unmarshal([]byte(v.Text), &list)
	}
	if r.Kind.Numeric() && v.Text != "" || !r.Kind.Numeric() && v.Int != 0 {
		return " has its value in the wrong place"
	}
	if err != nil {
		return ": " + err.Error()
	}
	return ""
}

func TestEventsComeInOrderWithinThePeriod(t *testing.T) {
	last := newYear
	for e := range sample.Events(sample.Options{Seed: 5, Days: 40}) {
		if e.Time < last {
			t.Fatalf("%v after %v", e.Time, last)
		}
		last = e.Time
	}
	if last < newYear+39*day || last >= newYear+40*day {
		t.Errorf("the last event is at %v", last)
	}
}

func TestAShorterPeriodIsTheBeginningOfALongerOne(t *testing.T) {
	var short, long strings.Builder
	if err := sample.WriteNDJSON(&short, sample.Events(sample.Options{Seed: 5, Days: 150})); err != nil {
		t.Fatal(err)
	}
	if err := sample.WriteNDJSON(&long, sample.Events(sample.Options{Seed: 5, Days: 170})); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(long.String(), short.String()) || short.Len() < long.Len()/2 {
		t.Errorf("%d bytes are not the beginning of %d", short.Len(), long.Len())
	}
}

func TestIDsAndNaturalKeysAreUnique(t *testing.T) {
	seen := map[[3]string]bool{}
	once := func(a, b, c string) {
		if key := [3]string{a, b, c}; seen[key] {
			t.Errorf("twice: %q", key)
		} else {
			seen[key] = true
		}
	}
	for e := range sample.Events(sample.Options{Seed: 6, Days: 60}) {
		once(e.Tenant, e.Source, e.ID)
		if key := tallystick.TypeNamed(e.Type).Key; key != tallystick.NoField {
			once(e.Tenant, e.Type, "key "+e.Text(key))
		}
	}
}

func TestDuplicatesAndLateEvents(t *testing.T) {
	plain, disturbed := map[string]int{}, map[string]int{}
	count := func(into map[string]int, o sample.Options) (total, late int) {
		clock := tallystick.MinInstant
		for e := range sample.Events(o) {
			total++
			into[e.Tenant+e.Type+string(e.AppendData(nil))+e.Time.String()]++
			if e.Received < clock {
				t.Fatalf("received at %v after %v", e.Received, clock)
			}
			clock = e.Received
			if e.Received-e.Time > day {
				late++
			}
		}
		return total, late
	}
	o := sample.Options{Seed: 7, Days: 60}
	want, _ := count(plain, o)
	o.Duplicates, o.Late = 0.05, 0.1
	got, late := count(disturbed, o)
	if got < want+want*4/100 || got > want+want*6/100 {
		t.Errorf("%d events became %d, want a twentieth more", want, got)
	}
	if late < want*8/100 || late > want*12/100 {
		t.Errorf("%d of %d came more than a day late, want a tenth", late, want)
	}
	if !slices.Equal(slices.Sorted(maps.Keys(plain)), slices.Sorted(maps.Keys(disturbed))) {
		t.Error("the facts are not the same")
	}
}

// TestTheYearIsBelievable looks at what the reports count, roughly.
func TestTheYearIsBelievable(t *testing.T) {
	type life struct {
		agents    map[string]bool // in the whole year
		open      map[string]bool
		peak      int
		companies int
		messages  [7]int // by weekday, in UTC
	}
	lives := map[string]*life{}
	total := 0
	for e := range sample.Events(sample.Options{Seed: 8}) {
		total++
		l := lives[e.Tenant]
		if l == nil {
			l = &life{agents: map[string]bool{}, open: map[string]bool{}}
			lives[e.Tenant] = l
		}
		switch e.Type {
		case tallystick.MessageSent:
			l.messages[e.Time.Time().Weekday()]++
			if e.Text(tallystick.FieldSenderKind) == "user" {
				l.agents[e.Text(tallystick.FieldSenderID)] = true
			}
		case tallystick.SessionStarted:
			if e.Text(tallystick.FieldKind) == "agent" {
				l.open[e.Text(tallystick.FieldSessionID)] = true
				l.peak = max(l.peak, len(l.open))
			}
		case tallystick.SessionEnded:
			delete(l.open, e.Text(tallystick.FieldSessionID))
		case tallystick.TenantUpserted:
			l.companies++
		}
		if e.Time.Time().Hour() == 3 {
			clear(l.open) // those whose end was lost
		}
	}
	if total < 150_000 || total > 260_000 {
		t.Errorf("%d events", total)
	}
	if len(lives) < 5 {
		t.Errorf("%d tenants", len(lives))
	}
	for tenant, l := range lives {
		if l.peak < 2 || l.peak > 60 {
			t.Errorf("%s: at most %d agent sessions at once", tenant, l.peak)
		}
		if len(l.agents) < 4 || len(l.agents) > 100 {
			t.Errorf("%s: %d active agents", tenant, len(l.agents))
		}
		if slices.Min(l.messages[:]) == 0 || l.companies == 0 {
			t.Errorf("%s: %d messages by weekday, described %d times", tenant, l.messages, l.companies)
		}
	}
	if bank := lives["hudson-savings"]; bank == nil || bank.messages[time.Sunday]*3 > bank.messages[time.Tuesday] {
		t.Errorf("a bank has weekends: %v", bank)
	}
}

func TestLoadIsOfItsSizeAndMixture(t *testing.T) {
	const n = 100_000
	total, late, again, messages := 0, 0, 0, 0
	ids, tenants := map[string]bool{}, map[string]int{}
	clock := newYear
	for e := range sample.Load(sample.LoadOptions{Seed: 9, Events: n, Tenants: 5}) {
		total++
		tenants[e.Tenant]++
		clock = max(clock, e.Received)
		if e.Type == tallystick.MessageSent {
			messages++
		}
		key := tallystick.TypeNamed(e.Type).Key
		if fact := e.Tenant + " " + e.Type + " " + e.Text(key); ids[fact] {
			again++
		} else {
			ids[fact] = true
			if clock-e.Time > day {
				late++
			}
		}
	}
	if total != n {
		t.Errorf("%d events", total)
	}
	if again < n*8/1000 || again > n*11/1000 {
		t.Errorf("%d came a second time, want one in a hundred", again)
	}
	if late < n*17/1000 || late > n*23/1000 {
		t.Errorf("%d came late, want one in fifty", late)
	}
	if messages < n*88/100 {
		t.Errorf("%d messages", messages)
	}
	if a, b := tenants["tenant-1"], tenants["tenant-2"]; len(tenants) != 5 || a < b*18/10 || a > b*22/10 {
		t.Errorf("tenants %v", tenants)
	}
	var size strings.Builder
	if err := sample.WriteNDJSON(&size, sample.Load(sample.LoadOptions{Seed: 9, Events: 2000})); err != nil {
		t.Fatal(err)
	}
	if perLine := size.Len() / 2000; perLine < 330 || perLine > 360 {
		t.Errorf("%d bytes a line", perLine)
	}
}

func TestTrafficIsOfItsSizeAndMixture(t *testing.T) {
	const events = 200_000
	types, tenants, ids := map[string]int{}, map[string]int{}, map[string]bool{}
	late, n := 0, 0
	for e := range sample.Traffic(sample.TrafficOptions{Seed: 5, Events: events, Tenants: 10}) {
		n++
		types[e.Type]++
		tenants[e.Tenant]++
		ids[e.Source+" "+e.ID] = true
		if e.Received-e.Time > tallystick.Hour {
			late++
		}
		if e.Time < newYear || e.Time >= newYear+365*day || e.Received < newYear {
			t.Fatalf("%s at %s, received %s", e.Type, e.Time, e.Received)
		}
	}
	if n != events {
		t.Errorf("%d events", n)
	}
	for _, typ := range tallystick.EventTypes {
		if types[typ.Name] == 0 {
			t.Errorf("no %s", typ.Name)
		}
	}
	// Half of what comes twice has another id the second time.
	if copies := events - len(ids); copies < events/300 || copies > events/150 {
		t.Errorf("%d copies under the same id", copies)
	}
	if late < events/80 || late > events/30 {
		t.Errorf("%d late", late)
	}
	if share := float64(types[tallystick.MessageSent]) / events; share < 0.6 || share > 0.9 {
		t.Errorf("a share of %.2f are messages", share)
	}
	if ratio := float64(tenants["tenant-1"]) / float64(tenants["tenant-10"]); ratio < 6 || ratio > 14 {
		t.Errorf("the first tenant has %.1f times the events of the tenth", ratio)
	}
}
