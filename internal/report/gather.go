package report

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/tallystick/tallystick"
)

// gathering is a store for several builders at once, each of which asks one question after the other. A tally, or a question about spans or for counts of sessions, waits until all of them wait for something, and then those that
// wait are asked together: builders of the same table ask the same about different tenants, at about the same time.
//
// Answers are in memory until their builder is done. Once those of all builders have mostHeld rows, only the builder whose turn it is is answered.
type gathering struct {
	store   tallystick.Answerer
	slots   chan struct{} // of other questions that are asked at once
	mu      sync.Mutex
	busy    int  // builders that do not wait for tallies, nor for anything that takes long
	asking  bool // some are being asked
	waiting []*waiting
	turn    int         // the builder whose rows are wanted next
	held    map[int]int // rows of answers, by builder
	sum     int         // of held

	asks  sync.WaitGroup // goroutines that ask
	alone sync.RWMutex   // written to by who asks again without others
}

const (
	mostHeld    = 100_000
	askedAtOnce = 2
)

func gather(store tallystick.Answerer) *gathering {
	return &gathering{store: store, slots: make(chan struct{}, askedAtOnce), held: map[int]int{}}
}

// waiting are tallies, peaks and counts of sessions of a builder that wait for those of others.
type waiting struct {
	ctx     context.Context
	asker   int
	queries []tallystick.Tally
	answers [][]tallystick.Count
	spans   []tallystick.Peak // what is asked besides, or instead
	peaks   []tallystick.PeakAnswer
	chats   []tallystick.SessionCounts // or these
	counted [][][]tallystick.Count
	err     error
	fault   any // what the store panicked with
	done    chan struct{}

	answered, gone bool // gone: nobody waits any more
}

var errNotAnswered = errors.New("the event store has not answered")

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
		g.asks.Go(func() { g.askTogether(ready) }) // who leaves has something else to do
	}
}

// begins says that it is a builder's turn, and that those before are done.
func (g *gathering) begins(turn int) {
	g.mu.Lock()
	for i := g.turn; i < turn; i++ {
		g.sum -= g.held[i]
		delete(g.held, i)
	}
	g.turn = turn
	ready := g.ready()
	g.mu.Unlock()
	if len(ready) > 0 {
		g.asks.Go(func() { g.askTogether(ready) })
	}
}

// holds adds rows to what a builder has in memory.
func (g *gathering) holds(asker, rows int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held[asker] += rows
	g.sum += rows
}

// ready takes the tallies that are to be asked now: none while somebody is busy. mu is held.
func (g *gathering) ready() []*waiting {
	if g.busy > 0 || g.asking {
		return nil
	}
	if g.sum < mostHeld {
		ready := g.waiting
		g.waiting, g.asking = nil, len(ready) > 0
		return ready
	}
	for i, w := range g.waiting {
		if w.asker == g.turn {
			g.waiting, g.asking = append(g.waiting[:i:i], g.waiting[i+1:]...), true
			return []*waiting{w}
		}
	}
	return nil
}

// askTogether answers tallies together, and those that can be asked then.
func (g *gathering) askTogether(ready []*waiting) {
	for len(ready) > 0 {
		ready = g.ask(ready)
	}
}

// ask answers tallies, and returns which can be asked next: none before those that were answered wait again, so that they go on together.
func (g *gathering) ask(ready []*waiting) (next []*waiting) {
	defer func() {
		fault := recover()
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, w := range ready {
			w.fault, w.answered = fault, true
			if !w.gone {
				g.busy++
			}
			close(w.done)
		}
		g.asking = false
		next = g.ready()
	}()
	for _, w := range ready {
		w.err = errNotAnswered
	}
	if !g.answerAmong(ready) {
		g.alone.Lock()
		defer g.alone.Unlock()
		g.answerLess(ready)
	}
	return nil
}

func (g *gathering) answerAmong(ready []*waiting) bool {
	g.alone.RLock()
	defer g.alone.RUnlock()
	return g.answer(ready)
}

// answer answers tallies together, and reports whether that went well.
func (g *gathering) answer(ready []*waiting) bool {
	var queries []tallystick.Tally
	var spans []tallystick.Peak
	var chats []tallystick.SessionCounts
	for _, w := range ready {
		queries, spans, chats = append(queries, w.queries...), append(spans, w.spans...), append(chats, w.chats...)
	}
	answers, err := tallystick.Tallies(ready[0].ctx, g.store, queries)
	var peaks []tallystick.PeakAnswer
	if err == nil {
		peaks, err = tallystick.Peaks(ready[0].ctx, g.store, spans)
	}
	var counted [][][]tallystick.Count
	if err == nil {
		counted, err = tallystick.AllSessionCounts(ready[0].ctx, g.store, chats)
	}
	for _, w := range ready {
		if w.err = err; err != nil {
			continue
		}
		w.peaks, peaks = peaks[:len(w.spans):len(w.spans)], peaks[len(w.spans):]
		for _, p := range w.peaks {
			g.holds(w.asker, len(p.Counts)+len(p.Sums))
		}
		w.counted, counted = counted[:len(w.chats):len(w.chats)], counted[len(w.chats):]
		for _, lists := range w.counted {
			for _, counts := range lists {
				g.holds(w.asker, len(counts))
			}
		}
		w.answers, answers = answers[:len(w.queries):len(w.queries)], answers[len(w.queries):]
		for _, counts := range w.answers {
			g.holds(w.asker, len(counts))
		}
	}
	return err == nil
}

// answerLess answers tallies of which all together have failed: while nothing else is asked, which may have had the memory, and ever fewer together, so that each has its own error.
func (g *gathering) answerLess(ready []*waiting) {
	if g.answer(ready) || len(ready) == 1 || ready[0].ctx.Err() != nil {
		return
	}
	g.answerLess(ready[:len(ready)/2])
	g.answerLess(ready[len(ready)/2:])
}

var (
	_ tallystick.Tallier = asker{}
	_ tallystick.Peaker  = asker{}
)

// asker is a gathering as one of its builders sees it.
type asker struct {
	tallystick.Answerer
	*gathering
	number int
}

// Tally implements [tallystick.Answerer].
func (a asker) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	answers, err := a.Tallies(ctx, []tallystick.Tally{q})
	if err != nil {
		return nil, err
	}
	return answers[0], nil
}

// Tallies implements [tallystick.Tallier].
func (a asker) Tallies(ctx context.Context, qs []tallystick.Tally) ([][]tallystick.Count, error) {
	w := a.wait(&waiting{ctx: ctx, queries: qs})
	return w.answers, w.err
}

// Peak implements [tallystick.Answerer], Peaks [tallystick.Peaker].

func (a asker) Peak(ctx context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	answers, err := a.Peaks(ctx, []tallystick.Peak{q})
	if err != nil {
		return tallystick.PeakAnswer{}, err
	}
	return answers[0], nil
}

func (a asker) Peaks(ctx context.Context, qs []tallystick.Peak) ([]tallystick.PeakAnswer, error) {
	w := a.wait(&waiting{ctx: ctx, spans: qs})
	return w.peaks, w.err
}

// SessionCounts implements [tallystick.Answerer]. By groups different values are told apart tenant by tenant in any case.
func (a asker) SessionCounts(ctx context.Context, q tallystick.SessionCounts) ([][]tallystick.Count, error) {
	if len(q.By) > 0 && slices.ContainsFunc(q.Of, func(f tallystick.Field) bool { return f != tallystick.FieldSessionID }) {
		return apart(ctx, a, q, length, a.Answerer.SessionCounts)
	}
	w := a.wait(&waiting{ctx: ctx, chats: []tallystick.SessionCounts{q}})
	if w.err != nil {
		return nil, w.err
	}
	return w.counted[0], nil
}

// wait waits until something is answered, and returns it, or another with the reason why it is not.
func (a asker) wait(w *waiting) *waiting {
	w.asker, w.done = a.number, make(chan struct{})
	a.mu.Lock()
	a.waiting = append(a.waiting, w)
	a.busy--
	ready := a.ready()
	a.mu.Unlock()
	a.askTogether(ready)
	select {
	case <-w.done:
	case <-w.ctx.Done(): // it may not be its turn for long
		a.mu.Lock()
		defer a.mu.Unlock()
		if w.gone = true; !w.answered {
			a.busy++
		}
		return &waiting{err: context.Cause(w.ctx)}
	}
	if w.fault != nil {
		panic(w.fault)
	}
	return w
}

// Everything else is asked by itself. Who is away for it for long is not waited for.

func away[Q, A any](ctx context.Context, a asker, q Q, ask func(context.Context, Q) (A, error)) (answer A, err error) {
	a.leave()
	defer a.enter()
	return apart(ctx, a, q, nothing, ask)
}

func apart[Q, A any](ctx context.Context, a asker, q Q, rows func(A) int, ask func(context.Context, Q) (A, error)) (answer A, err error) {
	select {
	case a.slots <- struct{}{}:
	case <-ctx.Done():
		return answer, context.Cause(ctx)
	}
	defer func() { <-a.slots }()
	answer, err = among(ctx, &a.alone, q, ask)
	if err != nil && tallystick.CodeOf(err) == tallystick.Unavailable && ctx.Err() == nil {
		// Others may have had the memory.
		a.alone.Lock()
		defer a.alone.Unlock()
		answer, err = ask(ctx, q)
	}
	a.holds(a.number, rows(answer))
	return answer, err
}

func among[Q, A any](ctx context.Context, alone *sync.RWMutex, q Q, ask func(context.Context, Q) (A, error)) (A, error) {
	alone.RLock()
	defer alone.RUnlock()
	return ask(ctx, q)
}

func length[E any](list []E) int { return len(list) }
func nothing[A any](A) int       { return 0 }

func (a asker) Entities(ctx context.Context, q tallystick.Entities) ([]tallystick.Entity, error) {
	return apart(ctx, a, q, length, a.Answerer.Entities)
}

func (a asker) List(ctx context.Context, q tallystick.List) ([]tallystick.Listed, error) {
	return apart(ctx, a, q, length, a.Answerer.List)
}

func (a asker) Events(ctx context.Context, q tallystick.Events) (int64, error) {
	return apart(ctx, a, q, nothing, a.Answerer.Events)
}

func (a asker) Resolutions(ctx context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	return apart(ctx, a, q, length, a.Answerer.Resolutions)
}

func (a asker) Correspondents(ctx context.Context, q tallystick.Correspondents) ([]tallystick.Correspondent, error) {
	return apart(ctx, a, q, length, a.Answerer.Correspondents)
}

// Sessions and conversations come in slices, which are not kept.

func (a asker) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	return away(ctx, a, q, a.Answerer.Sessions)
}

func (a asker) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	return away(ctx, a, q, a.Answerer.Conversations)
}
