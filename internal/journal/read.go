package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/klauspost/compress/zstd"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// About how many records a call of Read's function gets at most, and how many bytes of them; one frame may have more.
const (
	batchRecords = 8192
	batchBytes   = 8 << 20
)

// Reader reads the records of a journal, without its key index and without changing a file.
type Reader struct{ *store }

// OpenReader opens the journal in a directory as it is now. A missing directory is an empty journal. What a killed program left behind is synced first: an engine that
// applied records which a power cut then took would be ahead of its journal.
func OpenReader(ctx context.Context, fsys disk.FS, dir string) (*Reader, error) {
	s := newStore(fsys, dir)
	t, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	if n := len(s.segments); n > 0 && !t.trailer && !t.unborn {
		if err := syncFile(fsys, s.segments[n-1].path); err != nil {
			return nil, fmt.Errorf("sync the journal's end: %w", err)
		}
	}
	return &Reader{s}, nil
}

func syncFile(fsys disk.FS, path string) error {
	f, err := fsys.Append(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Head returns the position of the newest record, the zero Position where there is none.
func (r *Reader) Head() tallystick.Position { return r.head() }

// Read calls fn with the records after a position, in order, up to the head as of the call; each part of a file is checked before its records are handed
// out. The zero Position is before every record. fn may keep the records but not the slice. An error of fn ends the reading and is returned. Several Reads may
// run at the same time.
func (r *Reader) Read(ctx context.Context, after tallystick.Position, fn func([]tallystick.Record) error) error {
	return r.read(ctx, after, fn)
}

func (s *store) read(ctx context.Context, after tallystick.Position, fn func([]tallystick.Record) error) error {
	if !after.IsZero() && after.Log != s.log {
		return tallystick.Errorf(tallystick.NotFound, "log %d is not in this journal", after.Log)
	}
	v, from := s.view(), after.Sequence+1
	if from > v.next {
		return tallystick.Errorf(tallystick.NotFound, "position %s is after the journal's head, %d", after, v.next-1)
	}
	z, err := newDecoder(1)
	if err != nil {
		return err
	}
	defer z.Close()
	b := &batches{fn: fn, log: s.log, from: from, z: z}
	err = v.frames(ctx, from, func(path string, offset int64, f *frame, stored []byte) error {
		problem, err := b.add(f, stored)
		if problem != "" {
			return damaged(path, offset, problem)
		}
		return err
	})
	if err != nil {
		return err
	}
	return b.flush()
}

// view is the state of a store at a moment.
type view struct {
	fs       disk.FS
	segments []segment
	places   []place // of the frames of the last segment
	next     uint64
}

func (s *store) view() view {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The elements of frames never change.
	return view{s.fs, slices.Clone(s.segments), s.frames[:len(s.frames):len(s.frames)], s.next}
}

// frames calls fn for each frame of the segments with a record at the sequence from or after it. stored is overwritten after the call.
func (v *view) frames(ctx context.Context, from uint64, fn func(path string, offset int64, f *frame, stored []byte) error) error {
	for i, seg := range v.segments {
		last := i == len(v.segments)-1
		if from >= v.next || !last && v.segments[i+1].first <= from {
			continue
		}
		start := place{seg.first, headerSize}
		if last {
			if j := sort.Search(len(v.places), func(j int) bool { return v.places[j].first > from }); j > 0 {
				start = v.places[j-1]
			}
		}
		if err := v.segmentFrames(ctx, seg, start, from, fn); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) segmentFrames(ctx context.Context, seg segment, start place, from uint64, fn func(string, int64, *frame, []byte) error) error {
	f, err := v.fs.Open(seg.path)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	defer f.Close()
	scan := scanFrom(f, start.offset, seg.size, start.first, chain{})
	err = scan.all(ctx, func(offset int64, fr *frame, stored []byte) error {
		if fr.last() < from {
			return nil
		}
		return fn(seg.path, offset, fr, stored)
	})
	if err != nil {
		return err
	}
	if scan.problem != "" || scan.offset != seg.size {
		return damaged(seg.path, scan.offset, scan.problem)
	}
	return nil
}

// newDecoder returns a decompressor for so many goroutines. It gives no more than there is room for: a frame says how much that is.
func newDecoder(side int) (*zstd.Decoder, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(side), zstd.WithDecoderMaxMemory(2*maxFrame), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("make decompressor: %w", err)
	}
	return z, nil
}

// batches gathers the records of frames and hands them out.
type batches struct {
	fn      func([]tallystick.Record) error
	log     uint32
	from    uint64 // the first sequence wanted
	z       *zstd.Decoder
	records []tallystick.Record
	bytes   int // of the payloads that they refer to
}

func (b *batches) add(f *frame, stored []byte) (problem string, err error) {
	if len(b.records)+int(f.count) > batchRecords || b.bytes+int(f.raw) > batchBytes {
		if err := b.flush(); err != nil {
			return "", err
		}
	}
	payload, problem := f.decompress(b.z, stored)
	if problem != "" {
		return problem, nil
	}
	b.bytes += len(payload)
	b.records, problem = f.appendRecords(b.records, b.log, payload, b.from)
	return problem, nil
}

func (b *batches) flush() error {
	if len(b.records) == 0 {
		return nil
	}
	err := b.fn(b.records)
	b.records, b.bytes = b.records[:0], 0
	return err
}
