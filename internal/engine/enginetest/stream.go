package enginetest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tallystick/tallystick"
)

// Stream describes a random stream of events that is as unkind as a valid one can be: few ids, so that everything meets everything; instants on the edges of
// hours, days and months of several zones, on each other, and exactly 24 hours apart; late, out of order, and with most optional fields missing now
// and then. Half of the events come from scenes (scenes.go), which play what reports care about; the other half are of any type with any values.
//
// The same Stream gives the same events. They are in order of arrival, are valid by the rules of the vocabulary, and are free of duplicates: event ids are
// unique, natural keys are so per tenant and type. What a journal has to remove is added by [Copies].
type Stream struct {
	Seed int64
	Size int // events
	// Tenants is the number of tenants, which share all their ids; 0: 2 to 4.
	Tenants int
	// DistinctInstants keeps any two events of a tenant from sharing an instant. Then no answer depends on the order of arrival, and
	// [Shuffled] events have the same ones.
	DistinctInstants bool
}

// Random returns the events of a Stream with that seed and size.
func Random(seed int64, size int) []tallystick.Event { return Stream{Seed: seed, Size: size}.Events() }

// Events returns the stream.
func (s Stream) Events() []tallystick.Event {
	g := newGenerator(s)
	for len(g.events) < s.Size {
		t := g.tenants[g.IntN(len(g.tenants))]
		if g.chance(15) {
			t.anything()
		} else {
			scenes[g.IntN(len(scenes))](t)
		}
		for range g.IntN(8) {
			t.anything()
		}
	}
	g.events = g.events[:s.Size]
	g.arrange()
	if s.DistinctInstants {
		separate(g.events)
	}
	return g.events
}

// Shuffled returns the events in another order of arrival.
func Shuffled(seed int64, events []tallystick.Event) []tallystick.Event {
	shuffled := slices.Clone(events)
	newRand(seed).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return shuffled
}

// separate moves events to the next instant that no event of their tenant has.
func separate(events []tallystick.Event) {
	type moment struct {
		tenant string
		at     tallystick.Instant
	}
	taken := map[moment]bool{}
	for i := range events {
		e := &events[i]
		for taken[moment{e.Tenant, e.Time}] {
			e.Time++
		}
		taken[moment{e.Tenant, e.Time}] = true
	}
}

func newRand(seed int64) *rand.Rand { return rand.New(rand.NewPCG(uint64(seed), 0x7a11)) }

// Names of tenants and the pools that ids are drawn from. Some ids occur in several pools, some differ by case, and some order differently by code point than by
// UTF-16 or by dictionary.
var (
	tenantNames   = []string{"acme", "bolt", "Acme", "été"}
	userIDs       = []string{"u1", "u2", "U1", "x"}
	contactIDs    = []string{"c1", "c2", "c3", "x", "😀"}
	channelIDs    = []string{"k1", "k2", "K1", "k'\"%;"}
	botIDs        = []string{"b1", "b2", "x"}
	roomIDs       = []string{"r1", "r2", "ﬀ"}
	conversations = []string{"v1", "v2", "v3", "v 4", "x"}
	sessionIDs    = []string{"s1", "s2", "s3", "x"} // of messages; spans have more
	ticketIDs     = []string{"t1", "t2", "T1"}
	identities    = []string{"+1555", "+1556", "x"}
	platforms     = []string{"sms", "whatsapp", "web", "Web"}
	applications  = []string{"Agent Application", "Ticket Guidance", "Mobile Web", "Web Self Service", "Own App", "own app"}
	freeTexts     = []string{"", "Ann", "ann", "Zoë", "=1+1", "a, b", "two\nlines", "﹅\U0001F600", "-"}
	zones         = []string{"UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"}
	serviceLists  = []string{`[]`, `["dnis"]`, `["sms"]`, `["dnis","sms"]`, `["other"]`}
	dates         = []string{"2024-02-29", "2025-03-01", "2025-03-08", "2025-03-09", "2025-03-31", "2025-04-01", "2025-04-06", "2025-10-05", "2025-11-02", "2026-01-01"}
)

// seasons are groups of instants on which times cluster; a stream plays in one or two of them, so that its events meet.
var seasons = [][]string{
	{ // New York springs forward: midnight, the jump from 2:00 to 3:00, midnight after 23 hours; midnight UTC
		"2025-03-09T05:00:00Z", "2025-03-09T07:00:00Z", "2025-03-10T04:00:00Z", "2025-03-09T00:00:00Z"},
	{ // New York falls back: midnight, the first and the second 1:00, midnight after 25 hours
		"2025-11-02T04:00:00Z", "2025-11-02T05:00:00Z", "2025-11-02T06:00:00Z", "2025-11-03T05:00:00Z"},
	{ // Lord Howe falls back by half an hour: midnight, 2:00 to 1:30, midnight after 24:30 hours
		"2025-04-05T13:00:00Z", "2025-04-05T15:00:00Z", "2025-04-06T13:30:00Z"},
	{ // Lord Howe springs forward by half an hour: midnight, 2:00 to 2:30, midnight after 23:30 hours
		"2025-10-04T13:30:00Z", "2025-10-04T15:30:00Z", "2025-10-05T13:00:00Z"},
	{ // April begins in Lord Howe, Kolkata, UTC and New York
		"2025-03-31T13:00:00Z", "2025-03-31T18:30:00Z", "2025-04-01T00:00:00Z", "2025-04-01T04:00:00Z"},
	{ // a leap day, and a year's end in Kolkata and UTC
		"2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z", "2024-12-31T18:30:00Z", "2025-01-01T00:00:00Z"},
}

// steps are the lengths between events that tell < from <=, and one bucket or window from the next.
var steps = []tallystick.Instant{
	0, 0, 0, 1, -1, tallystick.Second, tallystick.Minute, 15 * tallystick.Minute, 30 * tallystick.Minute, tallystick.Hour - 1, tallystick.Hour, tallystick.Hour + 1,
	6 * tallystick.Hour, tallystick.Day - 1, tallystick.Day, tallystick.Day + 1, 2 * tallystick.Day, 7 * tallystick.Day, 31 * tallystick.Day,
	-tallystick.Minute, -tallystick.Hour, -tallystick.Day,
}

// generator makes the events of a stream.
type generator struct {
	*rand.Rand
	events  []tallystick.Event
	tenants []*tenant
	anchors []tallystick.Instant
	sparse  int // percentage of optional fields that are present
}

// tenant is what the generator remembers of a tenant.
type tenant struct {
	*generator
	name  string
	times []tallystick.Instant // of its events so far
	keys  map[string]bool      // natural keys in use, as type and value
	next  int                  // number of the next message

	startOf map[string]tallystick.Instant // of messages, sessions, flow runs and conversations, by their id
	// Some tenants never say which services they have, or never have a channel upserted.
	hasServices bool
}

func newGenerator(s Stream) *generator {
	g := &generator{Rand: newRand(s.Seed)}
	g.sparse = []int{15, 40, 70, 100}[g.IntN(4)]
	for range 1 + g.IntN(2) {
		for _, at := range seasons[g.IntN(len(seasons))] {
			i, err := tallystick.ParseInstant(at)
			if err != nil {
				panic(err)
			}
			g.anchors = append(g.anchors, i)
		}
	}
	n := s.Tenants
	if n == 0 {
		n = 2 + g.IntN(3)
	}
	for i := range n {
		name := fmt.Sprintf("tenant-%d", i)
		if i < len(tenantNames) {
			name = tenantNames[i]
		}
		g.tenants = append(g.tenants, &tenant{
			generator: g, name: name, keys: map[string]bool{}, startOf: map[string]tallystick.Instant{}, hasServices: g.chance(60),
		})
	}
	return g
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// when draws an instant: at or near an anchor, or at a telling distance from an earlier event of the tenant.
func (t *tenant) when() tallystick.Instant {
	switch n := t.IntN(100); {
	case n < 40 || len(t.times) == 0:
		return pick(t.generator, t.anchors) + pick(t.generator, steps)
	case n < 75:
		return pick(t.generator, t.times) + pick(t.generator, steps)
	case n < 97:
		return pick(t.generator, t.anchors) + tallystick.Instant(t.Int64N(int64(3*tallystick.Day))) - tallystick.Day
	default: // far away
		return pick(t.generator, t.anchors) + tallystick.Instant(t.Int64N(800)-400)*tallystick.Day
	}
}

// near draws an instant at a telling distance from another.
func (t *tenant) near(i tallystick.Instant) tallystick.Instant { return i + pick(t.generator, steps) }

// arrange brings the events into an order of arrival: as made, by time, by time with some late, or any.
func (g *generator) arrange() {
	mode := g.IntN(4)
	if mode == 1 || mode == 2 {
		slices.SortStableFunc(g.events, func(a, b tallystick.Event) int { return int(max(-1, min(1, a.Time-b.Time))) })
	}
	if mode == 2 {
		for range len(g.events) / 8 {
			i := g.IntN(len(g.events))
			late := g.events[i]
			j := i + g.IntN(len(g.events)-i)
			copy(g.events[i:j], g.events[i+1:j+1])
			g.events[j] = late
		}
	}
	if mode == 3 {
		g.Shuffle(len(g.events), func(i, j int) { g.events[i], g.events[j] = g.events[j], g.events[i] })
	}
	for i := range g.events {
		e := &g.events[i]
		e.ID = fmt.Sprintf("e%d", i+1)
		e.Received = e.Time
		if !e.TimeMissing {
			e.Received += tallystick.Instant(g.Int64N(int64(tallystick.Day)))
			if g.chance(10) { // exactly late, and later still
				e.Received = e.Time + pick(g, []tallystick.Instant{0, tallystick.Hour, tallystick.Hour + 1, tallystick.Day, tallystick.Day + 1, 30 * tallystick.Day, 30*tallystick.Day + 1, 70 * tallystick.Day})
			}
		}
	}
}
