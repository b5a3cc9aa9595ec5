package duckdb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/tallystick/tallystick"
)

// recentDatabase is the database in memory that memtables are in, beside the one of the file.
const recentDatabase = "recent"

// flushColumn is in every table of the file behind the columns that a memtable has too: the number of the flush that wrote the row.
const flushColumn = "flush"

// memtable is what was applied lately: tables like those of the file, in memory, with the rows of some Applies in a row. Those who ask see the tables of the file and of all
// memtables as one. A memtable that has grown to its size is flushed: its rows are sorted and written into the file in one transaction, while the next one takes what is applied.
//
// So the file has long runs of rows of one tenant, and is compressed and synced once for many Applies and not for each; what of it a crash takes is in the journal.
type memtable struct {
	number int32             // of its flush
	rows   int               // events
	bytes  int               // about what they take
	ends   map[uint32]uint64 // by log: the position of its last record

	tables []*table // that were made; changed by Apply, as long as it writes to them, and by nobody else

	mu      sync.Mutex
	readers int  // who may still ask it
	flushed bool // nobody new will
}

const (
	// flushEvents and flushShare say when a memtable is flushed. More makes longer runs of rows and less work for the same events; but after a crash as many have
	// to be applied again, and they take memory.
	flushEvents = 1 << 18
	flushShare  = 5        // of the memory limit, one in so many, where nothing else is said
	flushSpare  = 16 << 20 // bytes that DuckDB needs besides, whatever the limit: of one of 64 MB a flush of a fifth took all
	leastFlush  = 4 << 20
)

// table names the memtable's table.
func (m *memtable) table(t *table) string {
	return recentDatabase + ".main." + identifier(m.tableName(t))
}

func (m *memtable) tableName(t *table) string {
	return "m" + strconv.Itoa(int(m.number)) + "_" + t.name
}

// view is where the rows are at some moment. It does not change; e.view is replaced by the next one.
type view struct {
	flush     int32              // the rows of the file up to this flush
	after     int32              // and after this one
	filled    map[*table]bool    // tables of the file that have rows
	memtables []*memtable        // and the rows of these
	tables    map[*table][]int32 // the numbers of the memtables that have a table

	once  sync.Once
	names *strings.Replacer
}

// see returns the view of now. done must be called when nothing is read any more.
func (e *Engine) see() *view {
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, m := range e.view.memtables {
		m.mu.Lock()
		m.readers++
		m.mu.Unlock()
	}
	return e.view
}

func (e *Engine) done(v *view) {
	for _, m := range v.memtables {
		m.mu.Lock()
		m.readers--
		last := m.flushed && m.readers == 0
		m.mu.Unlock()
		if last {
			e.drop(m)
		}
	}
}

// next returns a copy to be changed.
func (v *view) next() *view {
	n := &view{flush: v.flush, filled: v.filled, memtables: slices.Clone(v.memtables), tables: make(map[*table][]int32, len(v.tables))}
	for t, numbers := range v.tables {
		n.tables[t] = slices.Clone(numbers)
	}
	return n
}

// stored stands in a statement for a table, with its rows wherever they are; see [view.resolve].
func stored(t string) string { return "⟨" + t + "⟩" }

// resolve puts into a statement where the rows of its tables are.
func (v *view) resolve(e *Engine, text string) string {
	v.once.Do(func() {
		var names []string
		for _, t := range e.tables {
			if t.flushed() {
				names = append(names, stored(t.name), v.rowsOf(t))
			}
		}
		v.names = strings.NewReplacer(names...)
	})
	return v.names.Replace(text)
}

// rowsOf is what to select a table's rows from.
func (v *view) rowsOf(t *table) string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		list[i] = identifier(c.name)
	}
	var parts []string
	columns := strings.Join(list, ", ")
	if v.filled[t] || len(v.tables[t]) == 0 {
		// A flush that was committed since is in a memtable of this view.
		rows := "SELECT " + columns + " FROM " + identifier(t.name) + " WHERE " + identifier(flushColumn) + " <= " + strconv.Itoa(int(v.flush))
		if v.after > 0 {
			rows += " AND " + identifier(flushColumn) + " > " + strconv.Itoa(int(v.after))
		}
		parts = append(parts, rows)
	}
	for _, n := range v.tables[t] {
		parts = append(parts, "SELECT "+columns+" FROM "+(&memtable{number: n}).table(t))
	}
	return "(" + strings.Join(parts, " UNION ALL ") + ")"
}

// sortedBy are the columns by which a table's rows are sorted when they are flushed: so that the rows that are asked for together lie together.
func (t *table) sortedBy() string {
	switch t.name {
	case progressTable:
		return "log, seq"
	case tenantTable:
		return "tenant"
	case arrivalTable:
		return "tenant, slot, source"
	case partTable:
		return "tenant, first, seq"
	case correspondentTable:
		return "tenant, room, time, seq"
	case keptTable, voidTable:
		return "tenant, start, contact"
	case failedTable, givenTable:
		return "tenant, contact"
	case lostTable:
		return "tenant, time"
	case searchTable, mergedTable:
		return "flushes"
	}
	return "tenant, time, seq"
}

// memtable returns the memtable for the rows of a batch, with tables for them. The caller holds applying.
func (e *Engine) memtable(ctx context.Context, b *batch) (*memtable, error) {
	if err := e.flushFailed(); err != nil {
		return nil, err
	}
	if m := e.recent; m != nil && (m.rows >= e.flushEvents || m.bytes >= e.flushBytes) {
		if err := e.startFlush(ctx, m); err != nil {
			return nil, err
		}
		e.recent = nil
	}
	if e.recent == nil {
		e.flushes++
		e.recent = &memtable{number: e.flushes, ends: map[uint32]uint64{}}
	}
	m := e.recent
	for _, t := range e.tables {
		if e.rows(b, t) == 0 || slices.Contains(m.tables, t) {
			continue
		}
		if err := execute(e.writer, "CREATE TABLE "+m.table(t)+" "+t.definition()); err != nil {
			return nil, err
		}
		m.tables = append(m.tables, t)
	}
	return m, nil
}

// holds notes in a new view what a batch has added to a memtable. The caller holds mu.
func (e *Engine) holds(m *memtable, b *batch) {
	m.rows += b.events
	m.bytes += b.bytes
	maps.Copy(m.ends, b.applied)
	next := e.view
	for _, t := range e.tables {
		if e.rows(b, t) > 0 && !slices.Contains(next.tables[t], m.number) {
			if next == e.view {
				next = next.next()
			}
			next.tables[t] = append(next.tables[t], m.number)
		}
	}
	if !slices.Contains(e.view.memtables, m) {
		next.memtables = append(next.memtables, m)
	}
	e.view = next
}

// flushing is a flush on its way.
type flushing struct {
	done chan struct{}
	err  error // once done
}

// startFlush begins to flush a memtable, once the flush before it is through.
func (e *Engine) startFlush(ctx context.Context, m *memtable) error {
	if err := e.waitForFlush(ctx); err != nil {
		return err
	}
	f := &flushing{done: make(chan struct{})}
	e.flushing = f
	go func() {
		defer close(f.done)
		if f.err = e.flush(m); f.err != nil {
			e.log.Error("events that were gathered in memory can't be written into the event store's file; no more are applied before it is opened again", "error", f.err)
		}
	}()
	return nil
}

// waitForFlush waits for the flush that is on its way, if there is one.
func (e *Engine) waitForFlush(ctx context.Context) error {
	f := e.flushing
	if f == nil {
		return nil
	}
	select {
	case <-f.done:
		if f.err == nil {
			e.flushing = nil // one that has failed stays: what it did not write is nowhere but in the journal
		}
		return f.err
	case <-ctx.Done():
		return gaveUp{context.Cause(ctx)}
	}
}

// gaveUp is why nothing was begun, or everything taken back.
type gaveUp struct{ cause error }

func (g gaveUp) Error() string { return g.cause.Error() }
func (g gaveUp) Unwrap() error { return g.cause }

// flushFailed returns the error of a flush that has failed.
func (e *Engine) flushFailed() error {
	if f := e.flushing; f != nil {
		select {
		case <-f.done:
			return f.err
		default:
		}
	}
	return nil
}

// flush writes a memtable's rows into the file. Nobody changes them any more. It must be the oldest: what is in the file has no gaps.
func (e *Engine) flush(m *memtable) (err error) {
	e.mu.RLock()
	all := e.view.memtables
	e.mu.RUnlock()
	if len(all) == 0 {
		return nil // nothing was written into it
	}
	defer e.merger.flush()()
	if all[0] != m {
		return fmt.Errorf("write events into the file: those before them, of flush %d, are not there", all[0].number)
	}
	var conn mapping.Connection
	if mapping.Connect(e.handle, &conn) == mapping.StateError {
		return errors.New("connect to the event store")
	}
	defer mapping.Disconnect(&conn)
	if err := execute(conn, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// A transaction that failed is rolled back already, for some failures.
			_ = execute(conn, "ROLLBACK")
			err = fmt.Errorf("write %d events into the file: %w", m.rows, err)
		}
	}()
	chunks := newChunks()
	defer chunks.close()
	if err := e.keep(context.Background(), conn, m, chunks); err != nil {
		return err
	}
	for _, t := range m.tables {
		err := execute(conn, "INSERT INTO "+identifier(t.name)+" SELECT *, "+strconv.Itoa(int(m.number))+" FROM "+m.table(t)+" ORDER BY "+t.sortedBy())
		if err != nil {
			return err
		}
	}
	if err := execute(conn, "COMMIT"); err != nil {
		return err
	}
	e.mu.Lock()
	before := e.view
	next := before.next()
	next.flush = m.number
	next.filled = make(map[*table]bool, len(before.filled))
	for t := range before.filled {
		next.filled[t] = true
	}
	for _, t := range m.tables {
		next.filled[t] = true
	}
	next.memtables = slices.DeleteFunc(next.memtables, func(o *memtable) bool { return o == m })
	for t, numbers := range next.tables {
		if numbers = slices.DeleteFunc(numbers, func(n int32) bool { return n == m.number }); len(numbers) == 0 {
			delete(next.tables, t)
		} else {
			next.tables[t] = numbers
		}
	}
	e.view = next
	for log, seq := range m.ends {
		e.flushEnds[log] = append(e.flushEnds[log], flushEnd{m.number, seq})
	}
	e.mu.Unlock()
	select {
	case e.flushed <- struct{}{}:
	default:
	}
	m.mu.Lock()
	m.flushed = true
	unread := m.readers == 0
	m.mu.Unlock()
	if unread {
		e.drop(m)
	}
	return nil
}

// drop frees the memory of a memtable that nobody will read again.
func (e *Engine) drop(m *memtable) {
	var conn mapping.Connection
	if mapping.Connect(e.handle, &conn) == mapping.StateError {
		e.log.Warn("memory of events that are in the file is not freed", "error", "connect to the event store")
		return
	}
	defer mapping.Disconnect(&conn)
	for _, t := range m.tables {
		if err := execute(conn, "DROP TABLE "+m.table(t)); err != nil {
			e.log.Warn("memory of events that are in the file is not freed", "error", err)
		}
	}
}

// flushAll writes everything into the file. The caller holds applying.
func (e *Engine) flushAll(ctx context.Context) error {
	if err := e.waitForFlush(ctx); err != nil {
		return err
	}
	if e.recent == nil {
		return nil
	}
	m := e.recent
	e.recent = nil
	return e.flush(m)
}

// memoryOf returns how many bytes a setting of DuckDB's stands for, as it tells them: "488.2 MiB".
func memoryOf(setting string) (int, error) {
	number, unit, _ := strings.Cut(setting, " ")
	n, err := strconv.ParseFloat(number, 64)
	power := slices.Index([]string{"bytes", "KiB", "MiB", "GiB", "TiB"}, unit)
	if err != nil || power < 0 {
		return 0, tallystick.Errorf(tallystick.Internal, "memory limit %q is told in an unknown way", setting)
	}
	for range power {
		n *= 1024
	}
	return int(n), nil
}
