package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/journal/keyindex"
)

// Options say where a journal is and how it is kept.
type Options struct {
	Dir  string  // of the segments; made where it is missing
	Keys string  // directory of the key index, which may be deleted; "keys" in Dir where empty
	FS   disk.FS // [disk.OS] where nil

	SegmentBytes int64 // size at which a segment is full; 64 MiB where 0
	QueueBytes   int   // of encoded events that wait for the sequencer before Enqueue blocks; 32 MiB where 0

	Logger *slog.Logger // nil: nothing is logged

	// Fatal is called when a sync fails: what was written may be lost, whatever a second sync would say, and the process must end. nil panics. Should it
	// return, the journal refuses everything.
	Fatal func(error)

	// Committed is called with the new records of each group that was synced, in order, before they are answered. They may be kept, the slice may not. The
	// next group waits for it, so it must not block for long. May be nil.
	Committed func([]tallystick.Record)

	// Rebuilding is called now and then while Open reads keys from the journal, with the number of records read and to be read. May be nil.
	Rebuilding func(done, total uint64)

	// TableKeys is how many keys the key index gathers in memory before it writes them; 512 Ki where 0.
	TableKeys int

	fullFrame  int // for tests: bytes of records at which a frame ends
	groupBytes int // for tests: about how many bytes of events are written between two syncs
}

func (o Options) withDefaults() Options {
	if o.Keys == "" {
		o.Keys = filepath.Join(o.Dir, "keys")
	}
	if o.FS == nil {
		o.FS = disk.OS
	}
	if o.SegmentBytes == 0 {
		o.SegmentBytes = 64 << 20
	}
	if o.QueueBytes == 0 {
		o.QueueBytes = 32 << 20
	}
	if o.fullFrame == 0 {
		o.fullFrame = fullFrame
	}
	if o.groupBytes == 0 {
		o.groupBytes = groupBytes
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Rebuilding == nil {
		o.Rebuilding = func(uint64, uint64) {}
	}
	if o.Fatal == nil {
		o.Fatal = func(err error) { panic(err) }
	}
	return o
}

// Journal is an open journal. All methods may be called at the same time.
type Journal struct {
	*store
	options Options
	index   *keyindex.Index // the sequencer's while it runs, but for Durable

	queue     queue
	committer committer
	running   sync.WaitGroup // sequencer and committer
	closing   sync.Once
	closeErr  error
}

// Open opens the journal in a directory, and makes it where there is none. Nobody else may have it open for writing. What a crash left half written is cut off;
// the keys of records that the key index does not know are read from the journal, which takes long only when the index is missing.
func Open(ctx context.Context, o Options) (*Journal, error) {
	o = o.withDefaults()
	if err := o.FS.MkdirAll(o.Dir); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{store: newStore(o.FS, o.Dir), options: o}
	t, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	if j.index, err = j.openIndex(ctx); err != nil { // before anything is changed
		return nil, err
	}
	if err := j.committer.open(j, t); err != nil {
		return nil, errors.Join(err, j.index.Close())
	}
	if err := j.catchUp(ctx); err != nil {
		return nil, errors.Join(err, j.committer.file.Close(), j.index.Close())
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make compressor: %w", err), j.committer.file.Close(), j.index.Close())
	}
	j.queue.init(o.QueueBytes)
	groups := make(chan *group)
	q := &sequencer{index: j.index, queue: &j.queue, groups: groups, next: j.next, chain: t.chain, z: z, full: o.fullFrame, size: o.groupBytes}
	j.running.Go(q.run)
	j.running.Go(func() { j.committer.run(groups) })
	return j, nil
}

// Head returns the position of the newest durable record, the zero Position where there is none.
func (j *Journal) Head() tallystick.Position { return j.head() }

// Read calls fn with the records after a position, in order, up to the head as of the call: see [Reader.Read]. It may run together with appends.
func (j *Journal) Read(ctx context.Context, after tallystick.Position, fn func([]tallystick.Record) error) error {
	return j.read(ctx, after, fn)
}

// Append hands events to the journal and waits for the answers: [Journal.Enqueue] and [Ticket.Wait].
func (j *Journal) Append(ctx context.Context, events []tallystick.Event) ([]Verdict, error) {
	return j.Enqueue(events).Wait(ctx)
}

// Close waits for what was enqueued, marks the journal as closed cleanly and releases it. Events that are enqueued later are refused.
func (j *Journal) Close() error {
	j.closing.Do(func() {
		j.queue.close()
		j.running.Wait()
		j.closeErr = errors.Join(j.committer.close(), j.index.Close())
	})
	return j.closeErr
}
