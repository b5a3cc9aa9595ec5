package keyindex

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tallystick/tallystick/internal/disk"
)

// Options say where an index is and how much it holds in memory.
type Options struct {
	Dir       string
	FS        disk.FS
	TableKeys int          // that are gathered in memory before they become a run; 512 Ki where 0
	Logger    *slog.Logger // nil: nothing is logged
}

// Index is an open index. Find, Recent, Add and Advance are for one goroutine; Durable may be called by another one at the same time.
type Index struct {
	options Options
	table   *table // what was added since the last table was frozen
	covered uint64 // all keys of records up to this one were added
	digest  [32]byte
	finding finding // buffers of Find

	mu      sync.RWMutex
	changed *sync.Cond // on mu, for all that follows
	frozen  []*table   // full tables, oldest first
	runs    []*run     // oldest first; frozen tables follow them
	closing bool
	failed  error // why nothing is written any more

	durable atomic.Uint64 // the journal has synced the records up to this one
	waits   atomic.Bool   // frozen may have tables

	spare   *table // an empty table to use next; may be nil
	begun   sync.Once
	working sync.WaitGroup // the writer and the merger
}

// maxFrozen is how many frozen tables may wait to be written before Advance waits for the disk.
const maxFrozen = 4

// Open opens the index in a directory, and makes it where there is none. Damaged parts are removed, and the records that they covered are no longer covered.
func Open(ctx context.Context, o Options) (*Index, error) {
	if o.TableKeys == 0 {
		o.TableKeys = 512 << 10
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	// The first table grows: who never adds has no use for its room.
	x := &Index{options: o, table: newTable(0), finding: finding{block: make([]byte, blockSize)}}
	x.changed = sync.NewCond(&x.mu)
	if err := x.load(ctx); err != nil {
		return nil, err
	}
	return x, nil
}

// begin lets runs be written and merged. Not before the first use: [Index.Forget] may come, and what it removes must not be read.
func (x *Index) begin() {
	x.begun.Do(func() {
		x.working.Go(x.write)
		x.working.Go(x.merge)
	})
}

// Covered returns the sequence of the last record whose keys are all known, and the journal's digest after it as it was given to Advance; 0 of an empty index.
func (x *Index) Covered() (sequence uint64, digest [32]byte) { return x.covered, x.digest }

// spoiled removes a damaged run, so that the next opening does not trust it.
func (x *Index) spoiled(r *run, err error) error {
	if errors.Is(err, errDamaged) {
		x.options.Logger.Error("a part of the key index is damaged and was removed; the next start makes it anew from the journal", "file", r.path, "error", err)
		err = errors.Join(err, x.options.FS.Remove(r.path), x.options.FS.SyncDir(x.options.Dir))
	}
	return err
}

// Recent looks a key up among those added since the last Advance, and some from before.
func (x *Index) Recent(k Key) (value uint32, known bool) { return x.table.get(k) }

// Add adds a key that is not known.
func (x *Index) Add(k Key, value uint32) { x.table.add(k, value) }

// Advance says that the keys of all records up to a sequence were added, and what the digest of the journal is after it. It waits when the disk can't follow.
func (x *Index) Advance(sequence uint64, digest [32]byte) error {
	x.begin()
	x.covered, x.digest = sequence, digest
	if x.table.count < x.options.TableKeys {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for len(x.frozen) >= maxFrozen && x.failed == nil {
		x.changed.Wait()
	}
	return x.freeze()
}

// freeze lets the table become a run. x.mu is held.
func (x *Index) freeze() error {
	if x.failed != nil || x.table.count == 0 {
		return x.failed
	}
	x.table.last, x.table.digest = x.covered, x.digest
	x.table.first = x.end() + 1
	x.frozen = append(slices.Clip(x.frozen), x.table)
	x.waits.Store(true)
	x.table, x.spare = x.spare, nil
	if x.table == nil {
		x.table = newTable(x.options.TableKeys)
	}
	x.changed.Broadcast()
	return nil
}

// end returns the last record that runs and frozen tables cover. x.mu is held.
func (x *Index) end() uint64 {
	if n := len(x.frozen); n > 0 {
		return x.frozen[n-1].last
	}
	if n := len(x.runs); n > 0 {
		return x.runs[n-1].last
	}
	return 0
}

// Durable says that the journal has synced the records up to a sequence.
func (x *Index) Durable(sequence uint64) {
	x.begin()
	x.durable.Store(sequence)
	if x.waits.Load() { // the lock is not taken for nothing: Find may hold it for a while
		x.mu.Lock()
		defer x.mu.Unlock()
		x.changed.Broadcast()
	}
}

// Close writes the keys of the records that the journal has synced and releases the index.
func (x *Index) Close() error {
	x.begin()
	x.mu.Lock()
	err := x.freeze()
	x.closing = true
	x.changed.Broadcast()
	x.mu.Unlock()
	x.working.Wait()
	x.release()
	if err == nil {
		err = x.failed
	}
	if err != nil {
		return fmt.Errorf("close key index: %w", err)
	}
	return nil
}

// write is the goroutine that makes runs of frozen tables.
func (x *Index) write() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for {
		for x.failed == nil && !x.ready() && !x.closing {
			x.changed.Wait()
		}
		if x.failed != nil || !x.ready() {
			return // closing, and what is left was never durable
		}
		t := x.frozen[0]
		x.mu.Unlock()
		r, err := x.writeTable(t)
		x.mu.Lock()
		if err != nil {
			x.fail(fmt.Errorf("write key index: %w", err))
			return
		}
		x.runs = append(slices.Clip(x.runs), r)
		x.frozen = x.frozen[1:]
		x.waits.Store(len(x.frozen) > 0)
		x.changed.Broadcast()

		x.mu.Unlock() // nobody sees the table any more
		t.clear()
		x.mu.Lock()
		x.spare = t
	}
}

// lowInMemory is how many bytes of a filter's low are in memory while its run is made: enough for a table's, so that only merged runs write some aside.
func (x *Index) lowInMemory() int { return 2 * x.options.TableKeys }

// ready reports whether a frozen table can be written. x.mu is held.
func (x *Index) ready() bool { return len(x.frozen) > 0 && x.frozen[0].last <= x.durable.Load() }

func (x *Index) writeTable(t *table) (*run, error) {
	w, err := createRun(x.options.FS, runPath(x.options.Dir, t.first, t.last), uint64(t.count), x.lowInMemory())
	if err != nil {
		return nil, err
	}
	for _, e := range t.sorted() {
		if err := w.add(e); err != nil {
			w.abandon()
			return nil, err
		}
	}
	r, err := w.finish(t.first, t.last, t.digest)
	if err != nil {
		w.abandon()
	}
	return r, err
}

// fail stops the writing; x.mu is held. What is in memory is still found, until Advance needs room.
func (x *Index) fail(err error) {
	x.failed = errors.Join(x.failed, err)
	x.options.Logger.Error("the key index can't be written", "error", err)
	x.changed.Broadcast()
}
