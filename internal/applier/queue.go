package applier

import (
	"sync"

	"github.com/tallystick/tallystick"
)

// queue holds committed records until they are applied, in buffers of a batch each, at most limit of them. What they weigh counts, so that large ones do not fill the memory.
//
// It is either whole, and then holds every record given to put since the last [queue.take] that said behind, or it has a gap: records were dropped, and put
// drops all others too, until a take says behind. A new queue has a gap, because nobody knows what the engine has missed.
type queue struct {
	batch, limit int // weight at which a buffer, and the queue, is full
	full         Full
	wake         chan struct{} // has room for one: something to take

	mu      sync.Mutex
	room    *sync.Cond
	buffers []buffer              // all but the last are full
	weight  int                   // of their records
	spare   [][]tallystick.Record // empty buffers, to be filled again
	gap     bool
	reread  bool // from a gap until [queue.whole]: put never waits
	closed  bool
}

// buffer is some records with their weight.
type buffer struct {
	records []tallystick.Record
	weight  int
}

// weigh returns what a record counts for: one, and one more for each KiB of its texts.
func weigh(r *tallystick.Record) int {
	e := &r.Event
	n := len(e.Source) + len(e.ID) + len(e.Subject)
	for i := range e.Data {
		n += len(e.Data[i].Text)
	}
	for _, extras := range [][]tallystick.Extra{e.Extra, e.Attributes} {
		for i := range extras {
			n += len(extras[i].Name) + len(extras[i].JSON)
		}
	}
	return 1 + n>>10
}

func newQueue(batch, limit int, full Full) *queue {
	q := &queue{batch: batch, limit: limit, full: full, wake: make(chan struct{}, 1), gap: true, reread: true}
	q.room = sync.NewCond(&q.mu)
	return q
}

// put adds records.
func (q *queue) put(records []tallystick.Record) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(records) > 0 {
		// What is there is offered to the taker before waiting for room, which only the taker makes.
		for q.full == Wait && !q.reread && !q.closed && q.weight >= q.limit {
			q.nudge()
			q.room.Wait()
		}
		switch {
		case q.gap || q.closed:
			q.gap = true
			records = nil
		case q.weight >= q.limit:
			q.drop()
			q.gap, q.reread = true, true
			records = nil
		default:
			records = records[q.add(records):]
		}
	}
	q.nudge()
}

// add copies as many records into the last buffer as it has room for, at least one, and returns how many.
func (q *queue) add(records []tallystick.Record) int {
	last := len(q.buffers) - 1
	if last < 0 || q.buffers[last].weight >= q.batch {
		q.buffers = append(q.buffers, buffer{records: q.empty()})
		last++
	}
	b := &q.buffers[last]
	n := 0
	for n < len(records) && b.weight < q.batch && q.weight < q.limit {
		w := weigh(&records[n])
		b.weight += w
		q.weight += w
		n++
	}
	b.records = append(b.records, records[:n]...)
	return n
}

// buffer returns an empty buffer of a batch, for who will give it back.
func (q *queue) buffer() []tallystick.Record {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.empty()
}

func (q *queue) empty() []tallystick.Record {
	if n := len(q.spare); n > 0 {
		b := q.spare[n-1]
		q.spare = q.spare[:n-1]
		return b
	}
	return make([]tallystick.Record, 0, q.batch)
}

// take returns the oldest records: a full buffer or, when now is set or the queue is full, what there is; filled is what those weigh that are there when they are not
// enough. behind is true when the queue had a gap; it has none from then on, and the records before must come from the journal.
func (q *queue) take(now bool) (records []tallystick.Record, behind bool, filled int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.gap {
		q.drop()
		q.gap = false
		return nil, true, 0
	}
	if len(q.buffers) == 0 || !now && q.weight < min(q.batch, q.limit) {
		return nil, false, q.weight
	}
	records = q.buffers[0].records
	q.weight -= q.buffers[0].weight
	q.buffers[0] = buffer{}
	q.buffers = q.buffers[1:]
	q.room.Broadcast()
	return records, false, 0
}

// give gives back what take returned.
func (q *queue) give(buffer []tallystick.Record) {
	clear(buffer) // lets go of the texts
	q.mu.Lock()
	defer q.mu.Unlock()
	if cap(buffer) == q.batch && len(q.spare) < 2 {
		q.spare = append(q.spare, buffer[:0])
	}
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
	q.buffers, q.weight = nil, 0
	q.room.Broadcast()
}

// nudge wakes the taker.
func (q *queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
