package api

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/tallystick/tallystick"
)

// Counter adds up what requests have to count and stores it, many requests at once: while one group of counts is being stored, the next gathers.
type Counter struct {
	store func(context.Context, []tallystick.IngestCount) error
	wake  chan struct{} // of room for one: a group has begun

	mu    sync.Mutex
	next  *countGroup // gathering; nil: nothing waits
	ended bool
}

// countGroup is what is stored at once. Its keys are counts without their number.
type countGroup struct {
	counts map[tallystick.IngestCount]int64
	done   chan struct{}
	err    error
}

// NewCounter returns a counter that stores by store, which returns when its counts are durable, all or none of them. One goroutine at a time calls it.
func NewCounter(store func(context.Context, []tallystick.IngestCount) error) *Counter {
	return &Counter{store: store, wake: make(chan struct{}, 1)}
}

// Add waits until counts are durable. It needs [Counter.Run]: before it, Add waits; after it, Add is refused. When ctx ends before, the counts may still be stored.
func (c *Counter) Add(ctx context.Context, counts []tallystick.IngestCount) error {
	if len(counts) == 0 {
		return nil
	}
	g, err := c.gather(counts)
	if err != nil {
		return err
	}
	select {
	case <-g.done:
		return g.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// gather adds counts to the next group.
func (c *Counter) gather(counts []tallystick.IngestCount) (*countGroup, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return nil, tallystick.Errorf(tallystick.Unavailable, "the server is ending").WithHint("try again when it is back")
	}
	if c.next == nil {
		c.next = &countGroup{counts: make(map[tallystick.IngestCount]int64), done: make(chan struct{})}
		c.wake <- struct{}{} // there is room: the one before was received before its group was taken
	}
	for _, n := range counts {
		key := n
		key.Count = 0
		c.next.counts[key] += n.Count
	}
	return c.next, nil
}

// Run stores what is added until ctx ends, and then what was added before. It is called once.
func (c *Counter) Run(ctx context.Context) {
	for {
		select {
		case <-c.wake:
			c.flush(ctx)
		case <-ctx.Done():
			c.mu.Lock()
			c.ended = true
			c.mu.Unlock()
			c.flush(ctx)
			return
		}
	}
}

// flush stores the group that has gathered, also when ctx has ended: somebody waits for it.
func (c *Counter) flush(ctx context.Context) {
	c.mu.Lock()
	g := c.next
	c.next = nil
	c.mu.Unlock()
	if g == nil {
		return
	}
	counts := make([]tallystick.IngestCount, 0, len(g.counts))
	for key, n := range g.counts {
		key.Count = n
		counts = append(counts, key)
	}
	slices.SortFunc(counts, func(a, b tallystick.IngestCount) int { // the same order for all who lock rows by it
		return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Reason, b.Reason))
	})
	if err := c.store(context.WithoutCancel(ctx), counts); err != nil {
		g.err = tallystick.Errorf(tallystick.Unavailable, "duplicates and rejected events can't be counted: %w", err).
			WithHint("send the events again: what was accepted counts once")
	}
	close(g.done)
}
