package sample

import (
	"container/heap"
	"iter"

	"github.com/tallystick/tallystick"
)

// maxLate is how late an event may come.
const maxLate = 30 * tallystick.Day

// disturbed holds some events back and lets some come twice, as real deliveries do. The events themselves stay what they were; what comes late is received late.
func disturbed(events iter.Seq[tallystick.Event], o Options) iter.Seq[tallystick.Event] {
	return func(yield func(tallystick.Event) bool) {
		chance := random(o.Seed, "trouble")
		var held held
		for e := range events {
			for len(held) > 0 && held[0].Received <= e.Time {
				if !yield(heap.Pop(&held).(tallystick.Event)) {
					return
				}
			}
			if chance.Float64() < o.Duplicates {
				again := e
				again.Received += tallystick.Instant(chance.Int64N(int64(tallystick.Day)))
				if chance.Float64() < 0.5 && tallystick.TypeNamed(e.Type).Key != tallystick.NoField {
					again.ID += "-backfill" // the same fact by another way: its natural key tells
				}
				heap.Push(&held, again)
			}
			if chance.Float64() < o.Late {
				e.Received += tallystick.Instant(chance.Int64N(int64(maxLate)))
				heap.Push(&held, e)
				continue
			}
			if !yield(e) {
				return
			}
		}
		for len(held) > 0 {
			if !yield(heap.Pop(&held).(tallystick.Event)) {
				return
			}
		}
	}
}

// held are events on their way, the first to arrive on top. Those that arrive at once go by id, so that their order does not depend on the heap.
type held []tallystick.Event

func (h held) Len() int { return len(h) }
func (h held) Less(i, j int) bool {
	a, b := &h[i], &h[j]
	switch {
	case a.Received != b.Received:
		return a.Received < b.Received
	case a.Tenant != b.Tenant:
		return a.Tenant < b.Tenant
	}
	return a.ID < b.ID
}
func (h held) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *held) Push(x any)   { *h = append(*h, x.(tallystick.Event)) }
func (h *held) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	*h = (*h)[:last]
	return e
}
