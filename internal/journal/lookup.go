package journal

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sort"

	"github.com/klauspost/compress/zstd"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// Lookup calls fn with the records at some positions, each once, in the order of the journal. Of the segments that have one it reads the headers of frames, and whole only
// the frames that hold a record; so what it needs of memory does not grow with the number of positions, but for these. A record refers to its whole frame: who keeps
// many copies what they need. An error of fn ends the reading and is returned. Several Lookups may run at the same time.
func (s *store) Lookup(ctx context.Context, positions []tallystick.Position, fn func(tallystick.Record) error) error {
	v := s.view()
	wanted := make([]uint64, 0, len(positions))
	for _, p := range positions {
		switch {
		case p.IsZero() || p.Log != s.log:
			return tallystick.Errorf(tallystick.NotFound, "position %s is not in this journal", p)
		case p.Sequence >= v.next:
			return tallystick.Errorf(tallystick.NotFound, "position %s is after the journal's head, %d", p, v.next-1)
		}
		wanted = append(wanted, p.Sequence)
	}
	slices.Sort(wanted)
	l := &lookup{log: s.log, wanted: slices.Compact(wanted), fn: fn}
	if len(l.wanted) == 0 {
		return nil
	}
	var err error
	if l.z, err = newDecoder(1); err != nil {
		return err
	}
	defer l.z.Close()
	for i, seg := range v.segments {
		if len(l.wanted) == 0 {
			break
		}
		last := i == len(v.segments)-1
		if !last && v.segments[i+1].first <= l.wanted[0] {
			continue
		}
		start := place{seg.first, headerSize}
		if last {
			if j := sort.Search(len(v.places), func(j int) bool { return v.places[j].first > l.wanted[0] }); j > 0 {
				start = v.places[j-1]
			}
		}
		if err := l.segment(ctx, v.fs, seg, start); err != nil {
			return err
		}
	}
	return nil
}

// lookup is a call of Lookup under way.
type lookup struct {
	log     uint32
	wanted  []uint64 // sequences yet to be found, ascending
	fn      func(tallystick.Record) error
	z       *zstd.Decoder
	records []tallystick.Record
}

// segment finds what is wanted of a segment, from the frame at start on.
func (l *lookup) segment(ctx context.Context, fsys disk.FS, seg segment, start place) error {
	f, err := fsys.Open(seg.path)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	defer f.Close()
	h := headers{file: f, size: seg.size}
	for offset, next := start.offset, start.first; len(l.wanted) > 0 && offset < seg.size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		fr, problem, err := h.at(offset)
		if err != nil {
			return fmt.Errorf("read %s: %w", seg.path, err)
		}
		switch {
		case problem != "":
		case fr.kind != kindRecords:
			problem = "a trailer lies between frames"
		case fr.first != next:
			problem = fmt.Sprintf("a frame begins with record %d, expected was %d", fr.first, next)
		case fr.size() > seg.size-offset:
			problem = "it ends within a frame"
		case l.wanted[0] <= fr.last():
			if problem, err = l.frame(f, offset, &fr); err != nil {
				return err
			}
		}
		if problem != "" {
			return damaged(seg.path, offset, problem)
		}
		offset, next = offset+fr.size(), next+uint64(fr.count)
	}
	return nil
}

// frame hands out what is wanted of a frame.
func (l *lookup) frame(f disk.File, offset int64, fr *frame) (problem string, err error) {
	b := make([]byte, fr.size())
	if n, err := f.ReadAt(b, offset); n < len(b) {
		return "", fmt.Errorf("read journal: %w", ended(err))
	}
	if !checkFrame(b) {
		return "checksum of a frame does not match", nil
	}
	payload, problem := fr.decompress(l.z, b[frameHeader:])
	if problem != "" {
		return problem, nil
	}
	if l.records, problem = fr.appendRecords(l.records[:0], l.log, payload, l.wanted[0]); problem != "" {
		return problem, nil
	}
	for _, r := range l.records {
		if len(l.wanted) == 0 || r.Position.Sequence != l.wanted[0] {
			continue
		}
		l.wanted = l.wanted[1:]
		if err := l.fn(r); err != nil {
			return "", err
		}
	}
	return "", nil
}

// headers reads the headers of frames, several at once where frames are small.
type headers struct {
	file   disk.File
	size   int64  // of the part of the file that holds frames
	window []byte // of the file
	from   int64  // where the window begins
}

// windowSize is what is read at once: many frames of single events, little beside a full frame.
const windowSize = 32 << 10

// at reads the header at an offset. A problem is said in words; an error is the disk's.
func (h *headers) at(offset int64) (f frame, problem string, err error) {
	if offset < h.from || offset+frameHeader > h.from+int64(len(h.window)) {
		b := slices.Grow(h.window[:0], windowSize)[:min(windowSize, h.size-offset)]
		if n, err := h.file.ReadAt(b, offset); n < len(b) {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return f, "", err
		}
		h.window, h.from = b, offset
	}
	f, problem = parseFrame(h.window[offset-h.from:])
	return f, problem, nil
}
