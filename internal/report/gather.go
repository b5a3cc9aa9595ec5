package report

import (
	"context"
	"sync"

	"github.com/tallystick/tallystick"
)

// gathering is a store for several builders at once, each of which asks one question after the other. A tally waits until all of them wait for something, and then those that
// wait are asked together: builders of the same table ask the same about different tenants, at about the same time.
type gathering struct {
	tallystick.Answerer
	mu      sync.Mutex
	busy    int // builders that neither wait for a tally nor for anything else
	waiting []*waiting
}

// waiting is a tally that waits for others.
type waiting struct {
	ctx    context.Context
	query  tallystick.Tally
	counts []tallystick.Count
	err    error
	done   chan struct{}
}

// enter says that a builder is at work, leave that it is not, for a while or for good.
func (g *gathering) enter() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy++
}

func (g *gathering) leave() {
	g.mu.Lock()
	g.busy--
	ready := g.ready()
	g.mu.Unlock()
	if len(ready) > 0 {
		go askTogether(g.Answerer, ready) // who leaves has something else to do
	}
}

// ready takes the tallies that wait once nobody is busy. mu is held.
func (g *gathering) ready() []*waiting {
	if g.busy > 0 {
		return nil
	}
	ready := g.waiting
	g.waiting = nil
	return ready
}

// Tally implements [tallystick.Answerer].
func (g *gathering) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	w := &waiting{ctx: ctx, query: q, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	g.busy--
	ready := g.ready()
	g.mu.Unlock()
	askTogether(g.Answerer, ready)
	<-w.done // whoever asks gives up with the context of all
	g.enter()
	return w.counts, w.err
}

// askTogether answers tallies together. Where that fails it asks one by one, so that each has its own error.
func askTogether(store tallystick.Answerer, ready []*waiting) {
	if len(ready) == 0 {
		return
	}
	queries := make([]tallystick.Tally, len(ready))
	for i, w := range ready {
		queries[i] = w.query
	}
	answers, err := tallystick.Tallies(ready[0].ctx, store, queries)
	for i, w := range ready {
		if err == nil {
			w.counts = answers[i]
		} else {
			w.counts, w.err = store.Tally(w.ctx, w.query)
		}
		close(w.done)
	}
}

// Everything else is asked by itself, and nobody waits for it.

func away[Q, A any](ctx context.Context, g *gathering, q Q, ask func(context.Context, Q) (A, error)) (A, error) {
	g.leave()
	defer g.enter()
	return ask(ctx, q)
}

func (g *gathering) Peak(ctx context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	return away(ctx, g, q, g.Answerer.Peak)
}

func (g *gathering) Entities(ctx context.Context, q tallystick.Entities) ([]tallystick.Entity, error) {
	return away(ctx, g, q, g.Answerer.Entities)
}

func (g *gathering) List(ctx context.Context, q tallystick.List) ([]tallystick.Listed, error) {
	return away(ctx, g, q, g.Answerer.List)
}

func (g *gathering) Events(ctx context.Context, q tallystick.Events) (int64, error) {
	return away(ctx, g, q, g.Answerer.Events)
}

func (g *gathering) Resolutions(ctx context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	return away(ctx, g, q, g.Answerer.Resolutions)
}

func (g *gathering) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	return away(ctx, g, q, g.Answerer.Sessions)
}

func (g *gathering) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	return away(ctx, g, q, g.Answerer.Conversations)
}
