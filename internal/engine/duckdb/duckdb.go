// Package duckdb is the event store of one machine: a DuckDB file, which is a view of the journal and can be made again from it at any time.
//
// # What it promises
//
//   - The answers are those of internal/engine/memory, whatever the order, the lateness and the batching of what was applied.
//   - An Apply is one transaction in memory. Many of them are written into the file by one transaction there, with the position that they reached. After a crash
//     [Engine.Applied] says what is in the file, and what it took with it is applied again from the journal. [Engine.Close] writes everything.
//   - An answer is about one position, and sees all records up to it and no others. Readers don't wait for Apply, nor Apply for them.
//   - A file that can't be read, or was written with another layout, is set aside into the folder "unreadable", and a new one is begun. That is said in the log, and
//     Applied is then zero. A damaged write-ahead log is set aside alone first: the file without it is an older but whole state.
//
// # How it is laid out
//
// A table for each type of event with a column for each of its fields (schema.go), of ids of messages two (id.go); NULL is: absent. Types that the vocabulary does not
// know have one table together. Tenants are numbered, because a column of small numbers is skipped and compared faster than one of names, and because every row has one.
// Rows are only ever added, and moved (merge.go); tables have no keys and no indexes: those made writing 2.5 times slower and the file 4 times larger, and most of the corruption
// that others met began in them.
//
// What is applied goes into tables in memory, and some hundred thousand events at a time from there into the file, sorted by tenant and time (memtable.go): who reads one tenant's rows
// passes over the others' without unpacking them. As long as an event is in memory, the journal alone keeps it. When nothing is written, the rows of some flushes are put together (merge.go), so that those of a
// tenant's day lie together, however much came since.
//
// Beside the events are tables of what each batch of them said: together (parts.go, arrivals.go), with the position that the batch ended at, or event by event in fewer bytes (correspondents.go, and in parts.go
// what was resolved and what failed). A batch only ever adds rows; so late events
// need no care, and what was known at the end of any batch is known for ever. A question as of a position inside a batch, or with an end that cuts through what a row
// says, looks at the events themselves for the difference.
//
// Of each month there are rows for the contacts that were met in it, the rooms in which something was said, the users who sent something, the messages of each day, the spans that began, the conversations and tickets
// of bot sessions, and the conversations that were resolved, made of the events in the background (months.go, makemonths.go). These are counted by the rows, and by the events since (monthly.go and the files behind it).
//
// Bot sessions are kept by the flushes (keep.go, lost.go), and read with what came since and what an end cuts off made of the events (kept.go, sessioncounts.go).
//
// # How it is written and read
//
// Rows are written by data chunks into DuckDB's Appender (chunk.go), through a connection that only Apply uses; each flush has one of its own. A cgo call for each value would
// take more time than DuckDB itself. Everything in a row is checked before the Appender sees it. When something fails nevertheless, the transaction is rolled back and the
// engine takes no more records until it was closed and opened again: an Appender that failed leaves things behind that are not worth knowing.
//
// Queries are SQL, in the file that is named after the query, put together from the parts in statement.go and source.go. Values are always bound. What is a sequence of decisions (a
// sweep, a chain of sessions) is done in Go over rows that SQL has selected and sorted.
package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/tallystick/tallystick"
)

// Options say where the store is and what it may use.
type Options struct {
	// Dir is the store's own folder. It holds events.duckdb with its write-ahead log, "temp" for what does not fit into memory, and "unreadable".
	Dir string
	// MemoryLimit is DuckDB's, such as "2GB"; empty: 512MB. It bounds DuckDB's buffers, not the process.
	MemoryLimit string
	// Threads is the number of threads that work on queries; 0: one for each processor.
	Threads int
	// FlushEvents is the number of events that are gathered in memory before they are written into the file; 0: 262144, or fewer where FlushBytes do not hold them.
	FlushEvents int
	// FlushBytes is the memory for these events; 0: a fifth of MemoryLimit. It is at most a third of it, less 16 MB, and at least 4 MB. Of months as many are made at once as it holds.
	FlushBytes int
	// Logger is told when a file was set aside; nil: nobody is.
	Logger *slog.Logger
}

// Engine is a DuckDB event store.
type Engine struct {
	lock *os.File // held as long as the engine is open
	log  *slog.Logger
	file string // the database's

	db *sql.DB // for what is asked while it is opened; those who ask later read streams

	// The writer's handle on the same database, its connection and its buffers; used under applying.
	applying sync.Mutex
	handle   mapping.Database
	writer   mapping.Connection
	tables   []*table
	byType   map[string]*table
	chunks   *chunks
	failed   error // of an Apply that may have left something behind

	flushEvents, flushBytes int       // at which a memtable is full
	flushes                 int32     // the number of the latest memtable
	recent                  *memtable // that is written to; nil: none yet
	flushing                *flushing // the latest; nil: none is on its way

	// What was committed, so that neither Applied nor a query has to ask for it.
	mu      sync.RWMutex
	applied map[uint32]uint64
	tenants map[string]tenant
	ends    map[uint32]ends
	view    *view

	flushEnds map[uint32][]flushEnd // by log, ascending
	merged    int32                 // rows up to this flush are merged
	flushed   chan struct{}         // holds a value when there was a flush

	merger *merger
	// Used by who has the turn: months that are to be made; how many flushes are merged where memory was too little for [mergeFlushes] of them, else 0; and, where it was for the least of them, the flush up to which nothing more is merged.
	stale                     staleMonths
	mergedAtOnce, unmergeable int32

	leastTalks, mostTalks int // that are learned at once, but for those of one slice

	learning sync.Mutex // held while conversations are learned ahead of who asks, for one reading at a time

	background sync.WaitGroup
	stop       context.CancelFunc // ends what is done in the background

	failedIDs failedIDs

	states states
	found  foundLost
	met    met // used under applying
}

var (
	_ tallystick.Engine  = (*Engine)(nil)
	_ tallystick.Tallier = (*Engine)(nil)
	_ tallystick.Peaker  = (*Engine)(nil)
)

// Applied implements [tallystick.Applier].
func (e *Engine) Applied(_ context.Context, log uint32) (tallystick.Position, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if n := e.applied[log]; n > 0 {
		return tallystick.Position{Log: log, Sequence: n}, nil
	}
	return tallystick.Position{}, nil
}

// Close writes what is only in memory into the file, unless an Apply has failed, and releases it. No other method may be running.
func (e *Engine) Close() error {
	e.applying.Lock()
	defer e.applying.Unlock()
	if e.lock == nil {
		return nil
	}
	e.stop()
	e.background.Wait()
	var err error
	if e.failed == nil {
		err = e.flushAll(context.Background())
	} else if flushed := e.waitForFlush(context.Background()); flushed != nil && !errors.Is(e.failed, flushed) {
		err = flushed
	}
	e.failed = errors.New("engine is closed")
	e.chunks.close()
	mapping.Disconnect(&e.writer)
	err = errors.Join(err, e.db.Close())
	mapping.Close(&e.handle)
	err = errors.Join(err, e.lock.Close())
	e.lock = nil
	if err != nil {
		return fmt.Errorf("close event store: %w", err)
	}
	return nil
}
