package ingest

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"io"
)

// extent finds the end of a JSON value by its quotes and brackets alone. It remembers where it stands, so that a value may come in pieces.
type extent struct {
	depth   int
	text    bool // inside of a text
	escaped bool // behind a backslash
	bare    bool // inside of a number or word
}

// end returns where the value ends that begins or goes on with b; false: not in b.
func (e *extent) end(b []byte) (int, bool) {
	for i := 0; i < len(b); {
		if e.text {
			if !e.escaped {
				i += plain(b[i:])
			}
			if i == len(b) {
				break
			}
			c := b[i]
			i++
			switch {
			case e.escaped:
				e.escaped = false
			case c == '\\':
				e.escaped = true
			case c == '"':
				e.text = false
				if e.depth == 0 {
					return i, true
				}
			}
			continue
		}
		switch c := b[i]; c {
		case '"', '{', '[':
			if e.bare {
				return i, true
			}
			if e.text = c == '"'; !e.text {
				e.depth++
			}
		case '}', ']':
			if e.depth == 0 {
				return i, true
			}
			if e.depth--; e.depth == 0 {
				return i + 1, true
			}
		case ',', ' ', '\t', '\n', '\r':
			if e.depth == 0 {
				return i, true
			}
		default:
			e.bare = e.depth == 0
		}
		i++
	}
	return len(b), false
}

// long is what is known of an event that does not fit into a block.
type long struct {
	length int64
	digest [sha256.Size]byte
}

// skip reads past the event that fills the whole block and goes on behind it, and leaves its beginning there.
func (s *splitter) skip(b *block) error {
	if err := s.count(); err != nil {
		return err
	}
	var e extent
	e.end(b.bytes)
	sum := sum{Hash: sha256.New(), lines: s.format == NDJSON}
	sum.add(b.bytes)
	// The beginning stays where it is; what follows is read over the rest.
	piece := b.bytes[MaxRaw:cap(b.bytes)]
	for ended := false; !ended && s.err != io.EOF; {
		n, err := s.in.Read(piece)
		if s.ended(err); s.err != nil && s.err != io.EOF {
			return s.where(s.err)
		}
		var length int
		if s.format == NDJSON {
			length, ended = s.end(piece[:n])
		} else {
			length, ended = e.end(piece[:n])
			s.lines += int64(bytes.Count(piece[:length], []byte("\n")))
		}
		sum.add(piece[:length])
		s.rest = append(s.rest[:0], piece[length:n]...)
	}
	b.bytes = b.bytes[:MaxRaw]
	b.spans = append(b.spans, span{to: MaxRaw, line: s.number(), long: &long{sum.length, [sha256.Size]byte(sum.Sum(nil))}})
	return nil
}

// sum is the length and digest of an event that comes in pieces.
type sum struct {
	hash.Hash
	length int64
	lines  bool
	held   bool // of a line, a carriage return, which is part of it only if more follows
}

func (s *sum) add(piece []byte) {
	if len(piece) == 0 {
		return
	}
	if s.held {
		s.Write([]byte{'\r'})
		s.length++
	}
	if s.held = s.lines && piece[len(piece)-1] == '\r'; s.held {
		piece = piece[:len(piece)-1]
	}
	s.Write(piece)
	s.length += int64(len(piece))
}
