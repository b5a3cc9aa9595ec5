package sample

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/tallystick/tallystick"
)

// tenant is a profile that lives: its people and places as they are at the moment that was generated last.
type tenant struct {
	*profile
	chance   *rand.Rand
	scale    float64
	calendar *tallystick.Calendar
	joined   tallystick.Instant // its first event
	end      tallystick.Instant // of the period: what would happen at or after it is left out
	put      func(tallystick.Event)

	staff     []user
	customers []contact
	clients   []room

	crew []int           // indexes into staff: who works on the day that is being generated
	date tallystick.Date // that day, in the tenant's zone
	day  int             // days since it joined
	used map[string]int
}

type user struct {
	id, first, last, email string
	gone                   bool
}

type contact struct {
	id, name, identity string
	channel            int // the one it writes on
}

type room struct {
	id      string
	users   []int // indexes into staff
	contact int   // index into customers
	channel int
}

func newTenant(p *profile, o Options, start, end tallystick.Instant, put func(tallystick.Event)) *tenant {
	return &tenant{
		profile: p, chance: random(o.Seed, p.id), scale: o.Scale, calendar: calendar(p.zone), put: put, used: map[string]int{},
		joined: start + tallystick.Instant(p.joins)*tallystick.Day, end: end,
	}
}

// moment draws an instant of the day that is being generated, by the weights of its hours.
func (t *tenant) moment() tallystick.Instant {
	var sum float64
	for _, weight := range t.hours {
		sum += weight
	}
	left := t.chance.Float64() * sum
	hour := 0
	for hour < 23 && left >= t.hours[hour] {
		left -= t.hours[hour]
		hour++
	}
	return t.calendar.At(t.date, tallystick.Instant(hour)*tallystick.Hour) + t.span(0, 3600)
}

// The conversions around products below look idle. They keep a compiler from fusing product and sum, which rounds otherwise on some machines.

// span draws a length between two numbers of seconds, in whole milliseconds.
func (t *tenant) span(from, to float64) tallystick.Instant {
	return tallystick.Instant((from+float64(t.chance.Float64()*(to-from)))*1000) * 1000
}

// times draws how often something happens that happens mean times on average.
func (t *tenant) times(mean float64) int {
	return int(float64(mean*(0.75+t.chance.Float64()/2)) + t.chance.Float64())
}

// sized scales a number of people or places, which grow slower than what they do.
func (t *tenant) sized(n int) int {
	return max(2, int(float64(float64(n)*math.Sqrt(t.scale))+0.5))
}

func (t *tenant) maybe(share float64) bool { return t.chance.Float64() < share }

func pick[T any](t *tenant, list []T) T { return list[t.chance.IntN(len(list))] }

// next numbers the things of a kind: "c-17" is the 17th that was asked for as "c".
func (t *tenant) next(kind string) string {
	t.used[kind]++
	return fmt.Sprintf("%s-%d", kind, t.used[kind])
}

// emit makes an event of the tenant. Values that are empty or false are left out (unless false says something: where true is the default), the others are put in
// the order of the type's rules. What lies outside of the tenant's life is not emitted; but it takes its id, so that where the period ends changes nothing before.
func (t *tenant) emit(at tallystick.Instant, typ string, values ...tallystick.Value) {
	id := t.next("e")
	if at < t.joined || at >= t.end {
		return
	}
	rules := tallystick.TypeNamed(typ).Rules
	e := tallystick.Event{
		Tenant: t.id, Source: "sample/" + t.hostname, ID: id, Type: typ, Time: at, Received: at, Data: make([]tallystick.Value, 0, len(values)),
	}
	for i := range rules {
		for _, v := range values {
			if v.Field == rules[i].Field && (v.Text != "" || v.Int != 0 || rules[i].Default == "true") {
				e.Data = append(e.Data, v)
			}
		}
	}
	t.put(e)
}

func text(f tallystick.Field, s string) tallystick.Value {
	return tallystick.Value{Field: f, Text: s}
}

func number(f tallystick.Field, n int64) tallystick.Value {
	return tallystick.Value{Field: f, Int: n}
}

func flag(f tallystick.Field, set bool) tallystick.Value {
	if set {
		return number(f, 1)
	}
	return number(f, 0)
}
