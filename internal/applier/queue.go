package applier

import (
	"slices"
	"sync"

	"github.com/tallystick/tallystick"
)

// queue holds committed records until they are applied, at most limit of them.
//
// It is either whole, and then holds every record given to put since the last [queue.take] that said behind, or it has a gap: records were dropped, and put
// drops all others too, until a take says behind. A new queue has a gap, because nobody knows what the engine has missed.
type queue struct {
	limit int
	full  Full
	wake  chan struct{} // has room for one: something to take

	mu     sync.Mutex
	room   *sync.Cond
	slices [][]tallystick.Record
	count  int
	gap    bool
	reread bool // from a gap until [queue.whole]: put never waits
	closed bool
}

func newQueue(limit int, full Full) *queue {
	q := &queue{limit: limit, full: full, wake: make(chan struct{}, 1), gap: true, reread: true}
	q.room = sync.NewCond(&q.mu)
	return q
}

// put adds records.
func (q *queue) put(records []tallystick.Record) {
	q.mu.Lock()
	defer q.mu.Unlock()
	// A slice longer than the limit must pass too, when it is alone.
	for q.full == Wait && !q.reread && !q.closed && q.count > 0 && q.count+len(records) > q.limit {
		q.nudge()
		q.room.Wait()
	}
	switch {
	case q.gap || q.closed:
		q.gap = true
	case q.count > 0 && q.count+len(records) > q.limit:
		q.drop()
		q.gap, q.reread = true, true
	default:
		q.slices = append(q.slices, slices.Clone(records))
		q.count += len(records)
	}
	q.nudge()
}

// take returns up to limit of the oldest records, or none where there are fewer than that, unless now is set; filled is how many there are then. behind is
// true when the queue had a gap; it has none from then on, and the records before must come from the journal.
func (q *queue) take(limit int, now bool) (records []tallystick.Record, behind bool, filled int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.gap {
		q.drop()
		q.gap = false
		return nil, true, 0
	}
	// A queue that is nearly full is taken too: put may be waiting for it with a slice larger than what is left.
	if q.count == 0 || !now && q.count < min(limit, q.limit/2) {
		return nil, false, q.count
	}
	if len(q.slices) == 1 || len(q.slices[0]) >= limit {
		records = q.slices[0]
		q.slices[0] = nil
		q.slices = q.slices[1:]
	} else {
		records = make([]tallystick.Record, 0, min(limit, q.count))
		for len(q.slices) > 0 && len(records)+len(q.slices[0]) <= limit {
			records = append(records, q.slices[0]...)
			q.slices[0] = nil
			q.slices = q.slices[1:]
		}
	}
	q.count -= len(records)
	q.room.Broadcast()
	return records, false, 0
}

// miss says that what was taken last may not have been applied: the next take says behind.
func (q *queue) miss() {
	q.mu.Lock()
	q.gap, q.reread = true, true
	q.drop()
	q.mu.Unlock()
}

// whole says that the journal has given what was missing: put may wait again.
func (q *queue) whole() {
	q.mu.Lock()
	q.reread = false
	q.mu.Unlock()
}

// close lets go of everything, and of everybody who waits.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.drop()
}

func (q *queue) drop() {
	q.slices, q.count = nil, 0
	q.room.Broadcast()
}

// nudge wakes the taker.
func (q *queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
