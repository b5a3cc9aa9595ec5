package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/tallystick/tallystick"
)

// A flush leaves a run of rows that is sorted by tenant and time. A tenant's day, with what came late, is in some thirty of them, and a small tenant's rows are in all: so the rows of some flushes in a row are
// put together into one run, in the background, when nothing was written for a while. They are written once more at the end of their table, sorted, and removed where they were, in one transaction: who
// reads sees them once. They keep the numbers of their flushes, so that what was known at the end of each stays known.

var ( // tests change them
	// mergeFlushes is how many flushes are merged. More makes longer runs, and more work to be done at once: some seconds.
	mergeFlushes int32 = 16
	// mergeQuiet is how long no flush must have come to an end.
	mergeQuiet = 3 * time.Second
)

const (
	// mergeAgain is how long nothing is merged after that has failed, and mostMergeAgain after it has failed often.
	mergeAgain     = time.Minute
	mostMergeAgain = time.Hour
	// leastMerged is how many flushes are merged where memory is too little for more.
	leastMerged = 2
	// mergeReserve is what must be free on the disk beside twice what a merge writes.
	mergeReserve = 256 << 20
)

// errFlushFirst ends a merge because a flush is waiting.
var errFlushFirst = errors.New("events are to be written first")

// merger says who may write much into the file: a flush, or a merge, which gives up for a flush. Together they could need more memory than there is, and a flush that fails ends all writing.
type merger struct {
	turn chan struct{} // holds a value while somebody has it

	mu     sync.Mutex
	giveUp context.CancelCauseFunc // of the merge under way
}

func newMerger() *merger { return &merger{turn: make(chan struct{}, 1)} }

// flush waits until nothing is merged, and returns what ends the flush's turn. It asks again and again, because another merge may have the turn after the one that it told.
func (m *merger) flush() (end func()) {
	for {
		select {
		case m.turn <- struct{}{}:
			return func() { <-m.turn }
		default:
		}
		m.mu.Lock()
		if m.giveUp != nil {
			m.giveUp(errFlushFirst)
		}
		m.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}

// merge waits for its turn, and returns a context that ends when a flush wants it.
func (m *merger) merge(ctx context.Context) (merging context.Context, end func(), err error) {
	select {
	case m.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	merging, giveUp := context.WithCancelCause(ctx)
	m.mu.Lock()
	m.giveUp = giveUp
	m.mu.Unlock()
	return merging, func() {
		m.mu.Lock()
		m.giveUp = nil
		m.mu.Unlock()
		giveUp(nil)
		<-m.turn
	}, nil
}

// unmerged returns the flushes that are to be merged next; false: they are too few yet.
func (e *Engine) unmerged() (first, last int32, enough bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	n := mergeFlushes
	if e.mergedAtOnce > 0 {
		n = min(n, e.mergedAtOnce)
	}
	first, last = e.merged+1, e.merged+n
	return first, last, last <= e.view.flush && e.unmergeable < e.view.flush
}

// Merge puts the rows of flushes together as long as there are enough of them, and then makes the months that lack some. The store does this by itself when nothing was written for some seconds; it is for who
// can't wait for that. What is asked meanwhile does not wait for it; when events are to be written, it gives up.
func (e *Engine) Merge(ctx context.Context) error {
	for {
		done, err := e.tidyNext(ctx)
		if !done || err != nil {
			return err
		}
	}
}

// tidyNext does one thing, if there is any.
func (e *Engine) tidyNext(ctx context.Context) (done bool, err error) {
	if done, err = e.mergeNext(ctx); done || err != nil {
		return done, err
	}
	return e.makeMonths(ctx)
}

// mergeNext merges once, if there is enough.
func (e *Engine) mergeNext(ctx context.Context) (merged bool, err error) {
	ctx, end, err := e.merger.merge(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	first, last, enough := e.unmerged()
	if !enough {
		return false, nil
	}
	if err := e.roomToMerge(last-first+1, last); err != nil {
		return false, err
	}
	stream, err := e.stream()
	if err != nil {
		return false, err
	}
	defer stream.close()
	if err := stream.transaction(ctx, func() error { return cause(ctx, stream.mergeTables(ctx, first, last)) }); err != nil {
		short := tallystick.CodeOf(err) == tallystick.Unavailable
		if n := last - first + 1; short && n > leastMerged {
			e.mergedAtOnce = max(n/2, leastMerged)
			return true, nil
		}
		if short { // what comes after it may need less
			e.mu.RLock()
			e.unmergeable = e.view.flush
			e.mu.RUnlock()
		}
		return false, fmt.Errorf("merge the rows of flushes %d to %d: %w", first, last, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.merged = last
	return true, nil
}

// roomToMerge returns an error where the disk has too little room for a merge of n flushes, the latest of which is last: a merge that fails for that reason has written all that there was, and DuckDB does not give it back before the file is opened again.
func (e *Engine) roomToMerge(n, last int32) error {
	size, free, err := e.room()
	if err != nil {
		return err
	}
	if needed := 2*size*int64(n)/int64(last) + mergeReserve; free < needed {
		return tallystick.Errorf(tallystick.Unavailable, "%d MB are free on the disk, and rows of flushes are put together where there are %d MB", free>>20, needed>>20).WithHint("make room")
	}
	return nil
}

// room returns the size of the file and what is free on its disk, in bytes.
func (e *Engine) room() (size, free int64, err error) {
	file, err := os.Stat(e.file)
	if err != nil {
		return 0, 0, err
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(e.file, &disk); err != nil {
		return 0, 0, err
	}
	return file.Size(), int64(disk.Bavail) * int64(disk.Bsize), nil
}

func (s *stream) mergeTables(ctx context.Context, first, last int32) error {
	runs, err := s.runs(ctx, first, last)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.mergeRun(r, first, last); err != nil {
			return fmt.Errorf("%s: %w", r.table.name, err)
		}
	}
	return execute(s.conn, fmt.Sprintf("INSERT INTO %s VALUES (%d, %d)", identifier(mergedTable), last, last))
}

// run is the rows of some flushes in a table.
type run struct {
	table *table
	rows  int64
	end   int64 // the highest number of a row, as DuckDB counts them
}

func (t *table) ofFlushes(first, last int32) string {
	return "FROM " + identifier(t.name) + " WHERE " + identifier(flushColumn) + " BETWEEN " + strconv.Itoa(int(first)) + " AND " + strconv.Itoa(int(last))
}

// runs returns the runs of more than one row of some flushes.
func (s *stream) runs(ctx context.Context, first, last int32) (runs []run, err error) {
	var selects []string
	for i, t := range s.engine.tables {
		if t.flushed() {
			selects = append(selects, "SELECT "+strconv.Itoa(i)+"::BIGINT, COUNT(*), MAX(rowid) "+t.ofFlushes(first, last))
		}
	}
	err = s.read(ctx, strings.Join(selects, "\nUNION ALL\n"), nil, func(r *rows) error {
		for i := range r.n {
			if n := r.bigint(1, i); n > 1 {
				runs = append(runs, run{s.engine.tables[r.bigint(0, i)], n, r.bigint(2, i)})
			}
		}
		return nil
	})
	return runs, err
}

// mergeRun writes the rows of a run again, sorted, and removes those that were there. The new ones have higher numbers.
func (s *stream) mergeRun(r run, first, last int32) error {
	if r.table.name == correspondentTable {
		repeated, err := change(s.conn, repeatedMeetings(first, last))
		if err != nil {
			return err
		}
		r.rows -= repeated
	}
	written, err := change(s.conn, "INSERT INTO "+identifier(r.table.name)+" SELECT * "+r.table.ofFlushes(first, last)+" ORDER BY "+r.table.sortedBy())
	if err != nil {
		return err
	}
	removed, err := change(s.conn, "DELETE "+r.table.ofFlushes(first, last)+" AND rowid <= "+strconv.FormatInt(r.end, 10))
	if err == nil && (written != r.rows || removed != r.rows) {
		err = fmt.Errorf("of %d rows %d were written and %d removed", r.rows, written, removed)
	}
	return err
}

// change runs a statement without values and returns how many rows it has changed.
func change(conn mapping.Connection, statement string) (int64, error) {
	var r mapping.Result
	defer mapping.DestroyResult(&r)
	if mapping.Query(conn, statement, &r) == mapping.StateError {
		return 0, fmt.Errorf("%s: %w", statement, problem(mapping.ResultErrorType(&r), mapping.ResultError(&r)))
	}
	return int64(mapping.RowsChanged(&r)), nil
}

// mergeInBackground merges whenever nothing was written for a while, until the engine is closed.
func (e *Engine) mergeInBackground(ctx context.Context) {
	timer := time.NewTimer(mergeQuiet)
	defer timer.Stop()
	again := mergeAgain
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.flushed:
			timer.Reset(mergeQuiet)
			continue
		case <-timer.C:
		}
		done, err := e.tidyNext(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errFlushFirst): // whose end is told
		case errors.Is(err, tallystick.ErrDamaged):
			e.log.Error("rows of the event store can't be put together or kept by month; they aren't any more", "error", err)
			return
		case err != nil:
			e.log.Warn("rows of the event store can't be put together or kept by month; answers are slower until they are", "error", err, "again in", again)
			timer.Reset(again)
			again = min(2*again, mostMergeAgain)
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
				timer.Reset(mergeQuiet)
			}
		case done:
			again = mergeAgain
			timer.Reset(0)
		}
	}
}
