package report

import (
	"github.com/tallystick/tallystick"
)

// history is when a pair (a user in a room, say) was joined, as a list of changes in order. The state before the first change is the opposite of it.
type history []change

type change struct {
	time tallystick.Instant
	on   bool
}

// interval is [start, end).
type interval struct{ start, end tallystick.Instant }

// during returns the times inside [from, before) at which the state was on. It may leave out nothing and adds nothing: an interval is never empty, two never touch.
func (h history) during(from, before tallystick.Instant) []interval {
	var on []interval
	add := func(start, end tallystick.Instant) {
		start, end = max(start, from), min(end, before)
		switch n := len(on); {
		case start >= end:
		case n > 0 && on[n-1].end == start:
			on[n-1].end = end
		default:
			on = append(on, interval{start, end})
		}
	}
	state, since := len(h) > 0 && !h[0].on, tallystick.MinInstant
	for _, c := range h {
		if state {
			add(since, c.time)
		}
		state, since = c.on, c.time
	}
	if state {
		add(since, before)
	}
	return on
}
