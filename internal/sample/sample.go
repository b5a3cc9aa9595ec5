// Package sample makes events up: a believable year of a handful of tenants ([Events]), to look at and to try reports on, and, to measure with, any number of plain
// ones ([Load]) or of ones of every type ([Traffic]).
//
// It promises:
//
//   - The same options give the same events, byte for byte, on every machine. All chance comes from the seed, one generator a tenant.
//   - The events of a shorter period are the first ones of a longer period, so that a sample can be continued.
//   - Every type of the vocabulary occurs within four weeks, and every event obeys the rules of its type.
//   - [Events] come in order of time, except for those that [Options.Late] holds back.
//   - Memory holds about a day of events and those that are held back, however long the period is.
//
// # Decisions
//
// Tenants are data ([profile]) and what happens to them is code, one function for each kind of incident in activity.go and change.go. Incidents are what people
// would recognise (a conversation, a shift, a campaign), and an incident makes all its events, also those of the next day.
//
// What must never be missing, such as a merged contact, happens on fixed days of a tenant's life; what happens all the time is drawn.
package sample

import (
	"cmp"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tallystick/tallystick"
)

// Options say what [Events] makes. The zero Options make 2025 without duplicates or late events.
type Options struct {
	Seed  uint64
	From  tallystick.Date // the first day, in UTC; zero: 2025-01-01
	Days  int             // 0: 365
	Scale float64         // how much happens; 0 and 1: about 690 events a day over all tenants

	Duplicates float64 // share of events that come a second time, some of them under another id
	Late       float64 // share of events that come up to 30 days late
}

func (o Options) withDefaults() Options {
	if o.From == (tallystick.Date{}) {
		o.From = tallystick.Date{Year: 2025, Month: time.January, Day: 1}
	}
	if o.Days == 0 {
		o.Days = 365
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	return o
}

// Events makes the events of all tenants in [From, From + Days), in UTC. They may be ranged over any number of times.
func Events(o Options) iter.Seq[tallystick.Event] {
	o = o.withDefaults()
	events := func(yield func(tallystick.Event) bool) { o.generate(yield) }
	if o.Duplicates > 0 || o.Late > 0 {
		return disturbed(events, o)
	}
	return events
}

func (o Options) generate(yield func(tallystick.Event) bool) {
	start, end := calendar("UTC").Period(o.From, o.From.AddDays(o.Days-1))

	var pending []tallystick.Event
	var tenants []*tenant
	for i := range profiles {
		tenants = append(tenants, newTenant(&profiles[i], o, start, end, func(e tallystick.Event) { pending = append(pending, e) }))
	}
	for _, t := range tenants {
		t.open()
	}
	// Dates are those of each tenant's zone: the first and the last reach into the period from outside.
	for day := -1; day <= o.Days; day++ {
		horizon := tallystick.MaxInstant
		for _, t := range tenants {
			t.live(o.From.AddDays(day))
			horizon = min(horizon, t.calendar.Start(o.From.AddDays(day+1)))
		}
		// Nothing before the horizon is still to be made.
		slices.SortStableFunc(pending, func(a, b tallystick.Event) int { return cmp.Compare(a.Time, b.Time) })
		ready := 0
		for ; ready < len(pending) && pending[ready].Time < min(horizon, end); ready++ {
			if !yield(pending[ready]) {
				return
			}
		}
		pending = slices.Delete(pending, 0, ready)
	}
}

// calendar returns the calendar of a zone that a profile names.
func calendar(zone string) *tallystick.Calendar {
	c, err := tallystick.LoadCalendar(zone)
	if err != nil {
		panic(err) // a test makes every tenant
	}
	return c
}

// random returns the generator of a name: seeds that differ by little give streams that have nothing in common.
func random(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
