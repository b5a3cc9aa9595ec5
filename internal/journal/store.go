package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// theLog is the number of the only log that there is today.
const theLog = 1

// store is a journal's segments, for reading.
type store struct {
	fs  disk.FS
	dir string
	log uint32

	mu       sync.Mutex
	segments []segment // in order; the last one is being written, or would be
	frames   []place   // of the last segment
	next     uint64    // sequence after the last durable record
}

// place is where a frame begins.
type place struct {
	first  uint64
	offset int64
}

// tail is the end of the newest segment as it was found.
type tail struct {
	chain   chain
	trailer bool   // it was closed cleanly
	torn    int64  // bytes behind the last whole frame that a crash left
	problem string // what is wrong with them
	unborn  bool   // the newest file is one whose header a crash cut short, and nothing but that
}

// newStore returns a store that has not looked at its directory.
func newStore(fsys disk.FS, dir string) *store {
	return &store{fs: fsys, dir: dir, log: theLog, next: 1}
}

// open finds the segments and checks how they are joined; the frames of the last one are read. It changes no file.
func (s *store) open(ctx context.Context) (t tail, err error) {
	count, err := countSegments(s.fs, s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	var c chain
	for n := uint64(1); n <= count; n++ {
		path := segmentPath(s.dir, n)
		if n < count {
			c, err = s.addSealed(path, n, c)
		} else {
			t, err = s.addLast(ctx, path, n, c)
		}
		if err != nil {
			return t, err
		}
	}
	return t, nil
}

// addSealed adds a segment that is followed by another one.
func (s *store) addSealed(path string, number uint64, before chain) (chain, error) {
	f, size, err := openSized(s.fs, path)
	if err != nil {
		return before, err
	}
	defer f.Close()
	h, problem, err := readHeader(f)
	if err != nil {
		return before, fmt.Errorf("read %s: %w", path, err)
	}
	if problem == "" {
		problem = s.misjoined(h, number, before)
	}
	if problem != "" {
		return before, damaged(path, 0, problem)
	}
	next, after, problem, err := trailerOf(f, size)
	if err != nil {
		return before, fmt.Errorf("read %s: %w", path, err)
	}
	if problem == "" && next < h.first {
		problem = "its trailer does not fit its header"
	}
	if problem != "" {
		return before, damaged(path, max(0, size-int64(trailerSize)), problem)
	}
	s.segments = append(s.segments, segment{path: path, first: h.first, size: size - int64(trailerSize), sealed: true})
	s.next = next
	return after, nil
}

// misjoined says what is wrong with a whole header at its place.
func (s *store) misjoined(h header, number uint64, before chain) string {
	switch {
	case h.log != s.log:
		return fmt.Sprintf("it belongs to log %d, not %d", h.log, s.log)
	case h.number != number:
		return fmt.Sprintf("it is segment %d", h.number)
	case h.first != s.next:
		return fmt.Sprintf("it begins with record %d, expected was %d", h.first, s.next)
	case h.chain != before:
		return "the chain of its header does not match the segment before"
	}
	return ""
}

// addLast adds the newest segment.
func (s *store) addLast(ctx context.Context, path string, number uint64, before chain) (t tail, err error) {
	f, size, err := openSized(s.fs, path)
	if err != nil {
		return t, err
	}
	defer f.Close()
	h, problem, err := readHeader(f)
	if err != nil {
		return t, fmt.Errorf("read %s: %w", path, err)
	}
	if problem != "" && size <= headerSize {
		// The header is synced before anything follows it, so nothing was.
		return tail{unborn: true, torn: size, problem: problem, chain: before}, nil
	}
	if problem == "" {
		problem = s.misjoined(h, number, before)
	}
	if problem != "" {
		return t, damaged(path, 0, problem)
	}
	scan := scanFrom(f, headerSize, size, h.first, h.chain)
	err = scan.all(ctx, func(offset int64, f *frame, _ []byte) error {
		s.frames = append(s.frames, place{f.first, offset})
		return nil
	})
	if err != nil {
		return t, fmt.Errorf("read %s: %w", path, err)
	}
	t = tail{chain: scan.chain, trailer: scan.trailer}
	if scan.problem != "" {
		torn, err := scan.isTorn(f)
		if err != nil {
			return t, fmt.Errorf("read %s: %w", path, err)
		}
		if !torn {
			return t, damaged(path, scan.offset, scan.problem)
		}
		t.torn, t.problem = size-scan.offset, scan.problem
	}
	s.segments = append(s.segments, segment{path: path, first: h.first, size: scan.offset, sealed: scan.trailer})
	s.next = scan.next
	return t, nil
}

func openSized(fsys disk.FS, path string) (disk.File, int64, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("open journal: %w", err)
	}
	size, err := f.Size()
	if err != nil {
		f.Close()
		return nil, 0, fmt.Errorf("open journal: %w", err)
	}
	return f, size, nil
}

// head returns the position of the newest durable record, the zero Position where there is none.
func (s *store) head() tallystick.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == 1 {
		return tallystick.Position{}
	}
	return tallystick.Position{Log: s.log, Sequence: s.next - 1}
}
