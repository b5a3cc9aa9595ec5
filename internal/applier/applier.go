// Package applier brings an engine to the head of a journal and keeps it there.
//
// The journal hands every record it has committed to [Applier.Committed]; [Applier.Run] applies them to the engine in batches. What an engine has
// missed, because the program ended, because the engine was deleted or lost its end in a crash, or because the applier fell behind, is read from the journal.
//
// Decisions:
//
//   - The queue is bounded in records, of which one of several KiB counts as several. When it is full, a server goes on acknowledging events: the queue is dropped and its records are read from the
//     journal later ([Reread]). An import has nobody who waits for an answer: there the journal waits for the engine ([Wait]), which saves reading
//     everything twice.
//   - Falling behind and starting are the same thing: both read from the engine's position on. While reading, new records queue up again, and those the reading has met
//     are skipped by position.
//   - After an error of Apply nobody knows what the engine holds. It is closed, opened again and asked for its position; a few failures without progress end Run, and so does
//     one at once that says the machine lacks something ([tallystick.Unavailable]).
//   - An engine whose store is damaged ([tallystick.ErrDamaged]), as Apply or who asks it has found, is thrown away, and a new one gets the whole journal. It is a view.
//   - An engine ahead of the journal is refused: acknowledged events are gone from the journal, and going on would give their positions to others.
package applier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// Journal is what the applier needs of a journal. Its methods are called from several goroutines.
type Journal interface {
	// Head returns the position of the newest committed record of the applier's log. Records that were given to Committed are at or before it.
	Head() tallystick.Position
	// Read calls fn with the committed records after a position, in order, up to the head at the time of the call at least. fn keeps the records but not the slice.
	Read(ctx context.Context, after tallystick.Position, fn func([]tallystick.Record) error) error
}

// Full is what becomes of records that the queue has no room for.
type Full uint8

const (
	Reread Full = iota // they are read from the journal later; Committed never waits
	Wait               // Committed waits for room; not while Run is reading from the journal, or has ended
)

// Options of an [Applier]. Zero values mean what is said behind them.
type Options struct {
	Log  uint32 // whose records
	Open func(context.Context) (tallystick.Engine, error)
	Full Full
	// Discard throws away the store of an engine that was closed because it is damaged; nil: such an engine is opened again as it is.
	Discard func() error

	Queue  int           // most records waiting, or KiB of their texts; 65536
	Batch  int           // most records of one Apply, or KiB of their texts; 32768
	Delay  time.Duration // longest wait for a batch to fill while nobody waits for it; 200 ms
	Tries  int           // failures in a row, without progress between them, that end Run; 3
	Pause  time.Duration // before the engine is opened again, growing with each failure; 200 ms
	Logger *slog.Logger  // nil: silent
}

// Applier applies a journal's records to an engine. Its methods may be called at the same time.
type Applier struct {
	options Options
	queue   *queue

	mu      sync.Mutex
	applied tallystick.Position
	waiters int
	opened  bool          // the engine was opened once, and fits the journal
	ended   error         // why Run has ended; nil while it has not
	changed chan struct{} // closed and replaced when something above changes

	damaged chan error // what Ask has found; holds one

	use    sync.RWMutex // held for reading by who asks the engine, for writing by who replaces it
	engine tallystick.Engine
}

// New makes an applier. Nothing happens until Run.
func New(o Options) *Applier {
	if o.Queue == 0 {
		o.Queue = 1 << 16
	}
	if o.Batch == 0 {
		o.Batch = 1 << 15
	}
	if o.Delay == 0 {
		o.Delay = 200 * time.Millisecond
	}
	if o.Tries == 0 {
		o.Tries = 3
	}
	if o.Pause == 0 {
		o.Pause = 200 * time.Millisecond
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Applier{options: o, queue: newQueue(o.Batch, o.Queue, o.Full), changed: make(chan struct{}), damaged: make(chan error, 1)}
}

// Committed takes records that the journal has committed, in order. It keeps the records but not the slice.
func (a *Applier) Committed(records []tallystick.Record) { a.queue.put(records) }

// Run opens the engine, applies what the journal has and will have, and closes the engine again. It returns when ctx is done, with the cause, or when the
// engine keeps failing. It is called once.
func (a *Applier) Run(ctx context.Context, journal Journal) error {
	err := a.run(ctx, journal)
	a.queue.close()
	a.mu.Lock()
	a.ended = err // never nil
	a.announce()
	a.mu.Unlock()
	return err
}

func (a *Applier) run(ctx context.Context, journal Journal) error {
	var farthest tallystick.Position
	for failures := 0; ; {
		err := a.serve(ctx, journal)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, errAhead) || tallystick.CodeOf(err) == tallystick.Unavailable || disk.IsFull(err) {
			return err // what the machine lacks does not come by trying
		}
		if applied := a.Applied(); applied.After(farthest) {
			farthest, failures = applied, 0
		}
		failures++
		if failures >= a.options.Tries {
			return fmt.Errorf("engine failed %d times at %s: %w", failures, a.Applied(), err)
		}
		if errors.Is(err, tallystick.ErrDamaged) && a.options.Discard != nil {
			a.options.Logger.Warn("the event store is damaged; it is thrown away and made anew from the journal", "error", err)
			if err := a.options.Discard(); err != nil {
				return fmt.Errorf("throw away damaged engine: %w", err)
			}
		} else {
			a.options.Logger.Warn("the engine failed; opening it again", "error", err, "applied", a.Applied().String())
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Duration(failures) * a.options.Pause):
		}
	}
}

// errAhead marks an engine that knows records which the journal does not.
var errAhead = errors.New("acknowledged events were lost from the journal")

// serve opens the engine and keeps it at the head until something fails. It never returns nil.
func (a *Applier) serve(ctx context.Context, journal Journal) error {
	engine, err := a.options.Open(ctx)
	if err != nil {
		return fmt.Errorf("open engine: %w", err)
	}
	defer func() {
		a.replace(nil)
		select {
		case <-a.damaged: // is of this engine
		default:
		}
		if err := engine.Close(); err != nil {
			a.options.Logger.Warn("the engine did not close cleanly; it is checked when it is opened", "error", err)
		}
	}()
	applied, err := engine.Applied(ctx, a.options.Log)
	if err != nil {
		return fmt.Errorf("ask engine for its position: %w", err)
	}
	head := journal.Head()
	if applied.After(head) {
		e := tallystick.Errorf(tallystick.Conflict, "%w: the engine has applied %s, but the journal ends at %s", errAhead, applied, head)
		return e.WithHint("restore the journal from a backup, or make the engine anew with `tallystick rebuild` to go on without those events")
	}
	if n := head.Sequence - applied.Sequence; n > 0 {
		a.options.Logger.Info("the engine is missing or older than the journal: applying records", "records", n, "after", applied.String(), "to", head.String())
	}
	a.queue.miss()
	a.replace(engine)
	a.mu.Lock()
	a.opened, a.applied = true, applied
	a.announce()
	a.mu.Unlock()
	for {
		records, behind, err := a.next(ctx)
		switch {
		case err != nil:
			return err
		case behind:
			err = a.catchUp(ctx, engine, journal)
		default:
			err = a.apply(ctx, engine, records)
			a.queue.give(records)
		}
		if err != nil {
			return err
		}
	}
}

// next waits for the next batch of the queue. behind is true when records are missing from it, which the journal must give.
func (a *Applier) next(ctx context.Context) (records []tallystick.Record, behind bool, err error) {
	var deadline <-chan time.Time // of the batch, from its first record on
	due := false
	for {
		records, behind, filled := a.queue.take(due || a.hasWaiters())
		if len(records) > 0 || behind {
			return records, behind, nil
		}
		if filled > 0 && deadline == nil {
			deadline = time.After(a.options.Delay)
		}
		select {
		case <-ctx.Done():
			return nil, false, context.Cause(ctx)
		case err := <-a.damaged:
			return nil, false, err
		case <-deadline:
			due = true
		case <-a.queue.wake:
		}
	}
}

// apply applies one batch and drops what the engine has already.
func (a *Applier) apply(ctx context.Context, engine tallystick.Applier, records []tallystick.Record) error {
	applied := a.Applied()
	for len(records) > 0 && !records[0].Position.After(applied) {
		records = records[1:]
	}
	if len(records) == 0 {
		return nil
	}
	if err := engine.Apply(ctx, records); err != nil {
		return fmt.Errorf("apply %d records after %s: %w", len(records), applied, err)
	}
	a.advance(records[len(records)-1].Position)
	return nil
}

// replace puts another engine in place, nil for none, once nobody asks the present one any more.
func (a *Applier) replace(engine tallystick.Engine) {
	a.use.Lock()
	a.engine = engine
	a.use.Unlock()
}

func (a *Applier) advance(p tallystick.Position) {
	a.mu.Lock()
	a.applied = p
	a.announce()
	a.mu.Unlock()
}

// announce wakes everybody who waits for a change. The caller holds mu.
func (a *Applier) announce() {
	close(a.changed)
	a.changed = make(chan struct{})
}

func (a *Applier) hasWaiters() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.waiters > 0
}
