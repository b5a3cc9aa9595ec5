package journal

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/tallystick/tallystick/internal/disk"
)

// scanner walks the frames of a segment and checks their checksums and sequences.
type scanner struct {
	offset  int64  // of the next frame
	next    uint64 // sequence of the next record
	chain   chain  // after the frames so far, as the last of them says
	trailer bool   // a trailer was met; it is no part of the frames so far
	problem string // why the bytes at offset are no frame; empty at the end of the file, or at a trailer
	certain bool   // the problem is no work of a crash

	size   int64
	from   *bufio.Reader
	stored []byte
}

// readHeader reads the header of a segment. A problem is said in words; an error is the disk's.
func readHeader(f disk.File) (h header, problem string, err error) {
	b := make([]byte, headerSize)
	n, err := f.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		return h, "", err
	}
	h, problem = parseHeader(b[:n])
	return h, problem, nil
}

// scanFrom returns a scanner of the frames at an offset and after. The sequence of the record there is next.
func scanFrom(f disk.File, offset, size int64, next uint64, c chain) *scanner {
	return &scanner{offset: offset, size: size, next: next, chain: c, from: bufio.NewReaderSize(disk.Reader(f, offset), int(min(1<<18, size-offset)))}
}

// frame returns the next frame of records and its stored payload, which is overwritten by the next call. ok is false at the end of what can be read; an error
// is the disk's.
func (s *scanner) frame() (f frame, stored []byte, ok bool, err error) {
	rest := s.size - s.offset
	if rest == 0 {
		return f, nil, false, nil
	}
	if cap(s.stored) < frameHeader {
		s.stored = make([]byte, frameHeader, 1<<16)
	}
	b := s.stored[:min(frameHeader, rest)]
	if _, err := io.ReadFull(s.from, b); err != nil {
		return f, nil, false, ended(err)
	}
	f, s.problem = parseFrame(b)
	if s.problem != "" {
		return f, nil, false, nil
	}
	if f.size() > rest {
		s.problem = "it ends within a frame"
		return f, nil, false, nil
	}
	if int64(cap(s.stored)) < f.size() {
		b = append(make([]byte, 0, f.size()*5/4), b...)
	}
	b = b[:f.size()]
	s.stored = b
	if _, err := io.ReadFull(s.from, b[frameHeader:]); err != nil {
		return f, nil, false, ended(err)
	}
	switch {
	case !checkFrame(b):
		s.problem = "checksum of a frame does not match"
	case f.first != s.next:
		s.certain = true
		s.problem = fmt.Sprintf("a frame begins with record %d, expected was %d", f.first, s.next)
	case f.kind == kindTrailer && f.chain != s.chain:
		s.certain = true
		s.problem = "the chain of a trailer does not match"
	case f.kind == kindTrailer && f.size() != rest:
		s.offset += f.size()
		s.certain = true
		s.problem = "the file goes on behind its trailer"
	}
	if s.problem != "" {
		return f, nil, false, nil
	}
	if f.kind == kindTrailer {
		s.trailer = true
		return f, nil, false, nil
	}
	s.offset += f.size()
	s.next += uint64(f.count)
	s.chain = f.chain
	return f, b[frameHeader:], true, nil
}

// ended makes an end of file where the file's size promised more an error.
func ended(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// all walks to the end and calls fn for each frame.
func (s *scanner) all(ctx context.Context, fn func(offset int64, f *frame, stored []byte) error) error {
	for {
		offset := s.offset
		f, stored, ok, err := s.frame()
		if err != nil || !ok {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(offset, &f, stored); err != nil {
			return err
		}
	}
}

// isTorn reports whether what follows the last whole frame of the newest segment may be what a crash left of frames that were being written, and so of
// nothing that was ever answered. It is not when a whole frame behind it proves that the place was synced, or when it is a trailer with a flipped bit.
func (s *scanner) isTorn(f disk.File) (bool, error) {
	if s.certain {
		return false, nil
	}
	rest := make([]byte, s.size-s.offset)
	if n, err := f.ReadAt(rest, s.offset); n < len(rest) {
		return false, ended(err)
	}
	if trailer := appendTrailer(nil, s.next, s.chain); len(rest) == len(trailer) && nearly(rest, trailer) {
		return false, nil
	}
	for at := 0; ; at++ {
		i := bytes.Index(rest[at:], []byte(frameMagic))
		if i < 0 {
			return true, nil
		}
		at += i
		g, problem := parseFrame(rest[at:])
		if problem != "" || g.size() > int64(len(rest)-at) || !checkFrame(rest[at:at+int(g.size())]) {
			continue
		}
		if int64(g.behind) < int64(at) && g.first > s.next { // a whole frame of a group that begins behind the scanner's offset
			return false, nil
		}
	}
}

// nearly reports whether b is a trailer with a byte or two damaged. One whose last bytes have not arrived and are zeros is not.
func nearly(b, trailer []byte) bool {
	differ := 0
	for i := range b {
		if b[i] != trailer[i] {
			differ++
		}
	}
	arrived := bytes.TrimRight(b, "\x00")
	return differ <= 2 && !bytes.HasPrefix(trailer, arrived)
}

// trailerOf reads the trailer of a sealed segment: the sequence after its last record and its chain.
func trailerOf(f disk.File, size int64) (next uint64, c chain, problem string, err error) {
	if size < headerSize+int64(trailerSize) {
		return 0, c, "it ends without its trailer", nil
	}
	b := make([]byte, trailerSize)
	if n, err := f.ReadAt(b, size-int64(trailerSize)); n < len(b) {
		return 0, c, "", ended(err)
	}
	t, problem := parseFrame(b)
	if problem != "" || t.kind != kindTrailer || !checkFrame(b) {
		return 0, c, "it ends without its trailer", nil
	}
	return t.first, t.chain, "", nil
}
