package enginetest

import (
	"fmt"

	"github.com/tallystick/tallystick"
)

// RandomWithCopies returns the events of [Random] with duplicates between them, as a platform sends them.
func RandomWithCopies(seed int64, size int) (events []tallystick.Event, isCopy []bool) {
	return Copies(seed, Random(seed, size))
}

// Copies puts duplicates of events behind them, at once or later: the event as it is, the same id with other data or another time, and, where the type has a
// natural key, the same key under another id. Without those of isCopy the events are those given, in their order: the first accepted wins, so that both lists
// must have the same answers.
func Copies(seed int64, originals []tallystick.Event) (events []tallystick.Event, isCopy []bool) {
	g := &generator{Rand: newRand(seed)}
	var pending []tallystick.Event
	take := func(i int) {
		events, isCopy = append(events, pending[i]), append(isCopy, true)
		pending[i] = pending[len(pending)-1]
		pending = pending[:len(pending)-1]
	}
	for i := range originals {
		events, isCopy = append(events, originals[i]), append(isCopy, false)
		for g.chance(25) {
			pending = append(pending, g.copyOf(&originals[i], i))
		}
		for len(pending) > 0 && g.chance(40) {
			take(g.IntN(len(pending)))
		}
	}
	for len(pending) > 0 {
		take(g.IntN(len(pending)))
	}
	return events, isCopy
}

func (g *generator) copyOf(e *tallystick.Event, n int) tallystick.Event {
	c := e.Clone()
	c.Received += tallystick.Second
	t := tallystick.TypeNamed(e.Type)
	if t != nil && t.Key != tallystick.NoField && g.chance(50) {
		c.ID = fmt.Sprintf("copy%d-%d", n, g.IntN(1_000_000))
		c.Source = "copies"
	}
	switch g.IntN(3) {
	case 0: // it conflicts: the other flags and counts, all else alike
		for i := range c.Data {
			if rule := t.Rule(c.Data[i].Field); rule.Kind == tallystick.KindBool {
				c.Data[i].Int = 1 - c.Data[i].Int
			} else if rule.Kind == tallystick.KindInteger {
				c.Data[i].Int = c.Data[i].Int/2 + 1
			}
		}
	case 1: // it says another time
		c.Time += pick(g, steps)
	}
	return c
}
