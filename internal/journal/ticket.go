package journal

import (
	"context"
	"sync"

	"github.com/tallystick/tallystick"
)

// Outcome is what became of an event.
type Outcome uint8

const (
	Accepted    Outcome = iota + 1 // it is new, and on disk
	Duplicate                      // it was accepted before
	Conflicting                    // it was accepted before, and says something else now
)

// String returns the outcome's name for people, such as "accepted".
func (o Outcome) String() string {
	switch o {
	case Accepted:
		return "accepted"
	case Duplicate:
		return "duplicate"
	case Conflicting:
		return "conflicting duplicate"
	}
	return "unknown"
}

// Verdict is the answer for an event.
type Verdict struct {
	Outcome  Outcome
	Position tallystick.Position // of an accepted event; of others zero, as the index does not keep where the first copy is
}

// Ticket stands for events that were handed over.
type Ticket struct {
	events   []tallystick.Event
	keyed    []keyed
	bytes    []byte // binary forms
	verdicts []Verdict
	err      error
	done     chan struct{}
}

// Wait waits until the events are on disk and returns a verdict for each, in their order. An error says that nothing was promised for any of them: they can be
// handed over again, and what had reached the disk is then a duplicate. When ctx ends before, the events may still be accepted.
func (t *Ticket) Wait(ctx context.Context) ([]Verdict, error) {
	select {
	case <-t.done:
		return t.verdicts, t.err
	default:
	}
	select {
	case <-t.done:
		return t.verdicts, t.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// answer is called once.
func (t *Ticket) answer(err error) {
	if t.err = err; err != nil {
		t.verdicts = nil
	}
	t.keyed, t.bytes = nil, nil
	close(t.done)
}

// Enqueue hands events over without waiting for the disk. They take their place in the order at this call, which blocks while too much is waiting. The events
// must not be changed any more.
func (j *Journal) Enqueue(events []tallystick.Event) *Ticket {
	t := &Ticket{events: events, keyed: make([]keyed, len(events)), done: make(chan struct{})}
	var k keyer
	for i := range events {
		t.bytes, t.keyed[i] = k.encode(t.bytes, &events[i])
		if size := t.keyed[i].end - t.keyed[i].start; size > maxRecord {
			t.answer(tallystick.Errorf(tallystick.TooLarge, "event %d of the batch has %d bytes, more than %d", i+1, size, maxRecord))
			return t
		}
	}
	if err := j.queue.add(t); err != nil {
		t.answer(err)
	}
	return t
}

// queue holds the tickets that the sequencer has not taken yet.
type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	tickets []*Ticket
	bytes   int
	limit   int
	err     error // why nothing more is let in
	failed  bool  // err is a failure: what is waiting is for nothing
}

func (q *queue) init(limit int) {
	q.changed, q.limit = sync.NewCond(&q.mu), limit
}

// add waits for room.
func (q *queue) add(t *Ticket) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.bytes > q.limit && q.err == nil {
		q.changed.Wait()
	}
	if q.err != nil {
		return q.err
	}
	q.tickets = append(q.tickets, t)
	q.bytes += len(t.bytes)
	q.changed.Broadcast()
	return nil
}

// take returns waiting tickets with about size bytes, at least one, and whether the queue has failed. It waits for the first ticket and returns none when the
// queue is closed and empty.
func (q *queue) take(size int) (out []*Ticket, failed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.tickets) == 0 && q.err == nil {
		q.changed.Wait()
	}
	n, taken := 0, 0
	for n < len(q.tickets) && (n == 0 || taken+len(q.tickets[n].bytes) <= size) {
		taken += len(q.tickets[n].bytes)
		n++
	}
	out = q.tickets[:n:n]
	if q.tickets = q.tickets[n:]; len(q.tickets) == 0 {
		q.tickets = nil
	}
	q.bytes -= taken
	q.changed.Broadcast()
	return out, q.failed
}

// close lets nothing more in.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = tallystick.Errorf(tallystick.Unavailable, "the journal is closed").WithHint("try again when the server is back")
	}
	q.changed.Broadcast()
}

// fail lets nothing more in, for a reason.
func (q *queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.err, q.failed = err, true
	q.changed.Broadcast()
}
