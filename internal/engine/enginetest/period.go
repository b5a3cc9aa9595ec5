package enginetest

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// before draws the end of the period, which every kind has.
func (a *asker) before(q *Question) {
	if !a.chance(20) {
		q.Before = a.instant(q)
	}
}

// period draws both ends of the period and perhaps edges.
func (a *asker) period(q *Question) {
	a.before(q)
	if !a.chance(20) {
		q.From = a.instant(q)
		if q.From > q.Before && !a.chance(3) {
			q.From, q.Before = q.Before, q.From
		}
	}
	if q.From > q.Before || a.chance(30) {
		return
	}
	if a.chance(40) {
		a.grid(q)
		return
	}
	var inner []tallystick.Instant
	for range a.IntN(6) {
		i := a.instant(q)
		if i < q.From || i > q.Before || !a.chance(5) && (i == q.From || i == q.Before || slices.Contains(inner, i)) {
			continue
		}
		inner = append(inner, i)
	}
	slices.Sort(inner)
	q.Edges = append(append([]tallystick.Instant{q.From}, inner...), q.Before)
}

// grid draws a period with edges as calendars make them: every quarter of an hour, hour, day or month on the grid, the first and the last bucket perhaps clipped.
func (a *asker) grid(q *Question) {
	step := pick(a.generator, []tallystick.Instant{15 * tallystick.Minute, tallystick.Hour, tallystick.Day, 30 * tallystick.Day})
	first := a.instant(q)
	first -= first % step
	if step >= tallystick.Day { // a day begins at an hour or half hour of UTC
		first += pick(a.generator, []tallystick.Instant{0, 4 * tallystick.Hour, 5 * tallystick.Hour, -330 * tallystick.Minute, -11 * tallystick.Hour})
	}
	q.From = first
	if a.chance(20) {
		q.From += tallystick.Instant(a.Int64N(int64(step)))
	}
	q.Edges = []tallystick.Instant{q.From}
	for i := 1 + a.IntN(30); i > 0; i-- {
		first += step
		q.Edges = append(q.Edges, first)
	}
	if a.chance(20) {
		q.Edges[len(q.Edges)-1] -= tallystick.Instant(a.Int64N(int64(min(step, first-q.Edges[len(q.Edges)-2]))))
	}
	q.Before = q.Edges[len(q.Edges)-1]
	if a.chance(20) { // the same period in one bucket
		q.Edges = nil
	}
}

// instant draws an instant that a comparison may get wrong: most times that of an event that the question is about, or the one behind it.
func (a *asker) instant(q *Question) tallystick.Instant {
	about := aboutTypes[q.Kind]
	if q.Kind == "tally" || q.Kind == "entities" {
		about = append(slices.Clone(about), q.Types...)
	}
	r := a.record()
	for range 40 {
		if r.Event.Tenant == q.Tenant && (about == nil || slices.Contains(about, r.Event.Type)) {
			break
		}
		r = a.record()
	}
	switch at := r.Event.Time; a.IntN(8) {
	case 0, 1, 2:
		return at
	case 3, 4:
		return at + 1
	case 5:
		return at - at%tallystick.Hour + tallystick.Hour
	case 6:
		return at - at%(15*tallystick.Minute)
	default:
		return at + pick(a.generator, steps)
	}
}

// aboutTypes are the types of event that a kind of question depends on, besides its own.
var aboutTypes = map[string][]string{
	"tally":         {tallystick.MessageFailed},
	"peak":          {tallystick.SessionStarted, tallystick.SessionEnded, tallystick.FlowStarted, tallystick.FlowEnded},
	"resolutions":   {tallystick.ConversationSolved, tallystick.ConversationCreated, tallystick.MessageSent, tallystick.MessageFailed},
	"sessions":      {tallystick.MessageSent, tallystick.MessageFailed, tallystick.SessionStarted},
	"sessioncounts": {tallystick.MessageSent, tallystick.MessageFailed, tallystick.SessionStarted, tallystick.ConversationCreated},
	"conversations": {tallystick.ConversationCreated, tallystick.ConversationUpdated, tallystick.ConversationSolved, tallystick.MessageSent},
}
