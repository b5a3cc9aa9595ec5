package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// block is a piece of the input with the places of the events in it.
type block struct {
	bytes []byte
	spans []span // one or more, in order
}

// span is the place of one event, without white space around it: bytes[from:to] of its block.
type span struct {
	from, to int
	line     int64
	long     *long // of an event that does not fit into a block; then the span is its first MaxRaw bytes
}

// Sizes of a block. An event that is not over the limit fits into one.
const (
	blockBytes = tallystick.MaxEvent + 256<<10
	blockSpans = 4096
)

// splitter finds where the events of an input begin and end, without looking at what they say.
type splitter struct {
	in        *input
	format    Format
	maxEvents int64
	declared  bool                    // of Options
	hold      func(bytes int64) error // of Options
	held      int64                   // bytes that it was asked for

	begun  bool
	err    error  // why nothing more can be read; io.EOF at the end
	broken error  // why nothing more can be split, where the container is damaged
	rest   []byte // read but not given out
	lines  int64  // ends of lines passed
	events int64  // events given out
	place  place  // in an array
}

// place is where a splitter stands in an array.
type place uint8

const (
	beforeArray place = iota
	beforeFirst
	afterComma
	afterElement
	afterArray
)

// next fills b with one event or more. It returns io.EOF after the last one, or what went wrong.
func (s *splitter) next(b *block) error {
	b.bytes = append(b.bytes[:0], s.rest...)
	b.spans = b.spans[:0]
	s.rest = s.rest[:0]
	for s.broken == nil {
		s.fill(b)
		if !s.begun {
			s.begun = true
			if s.broken = s.begin(b); s.broken != nil {
				break
			}
		}
		at := s.split(b)
		if len(b.spans) > 0 {
			s.rest = append(s.rest, b.bytes[at:]...)
			s.holding(len(b.bytes) + len(s.rest))
			return nil
		}
		b.bytes = append(b.bytes[:0], b.bytes[at:]...)
		switch {
		case s.broken != nil:
		case s.err != nil:
			s.broken = s.where(s.err)
		case len(b.bytes) > tallystick.MaxEvent:
			if s.broken = s.skip(b); s.broken == nil {
				return nil
			}
		}
	}
	return s.broken
}

// where adds the place to an error about the input's form.
func (s *splitter) where(err error) error {
	var e *tallystick.Error
	if !errors.As(err, &e) || e.Code != tallystick.Invalid {
		return err
	}
	f := *e
	if s.format == NDJSON {
		f.Message += fmt.Sprintf(", after line %d", s.lines)
	} else {
		f.Message += fmt.Sprintf(", after event %d", s.events)
	}
	return &f
}

// fill reads until the block is full or nothing more comes; then s.err says why.
func (s *splitter) fill(b *block) {
	for s.err == nil && len(b.bytes) < blockBytes {
		if len(b.bytes) == cap(b.bytes) {
			b.bytes = slices.Grow(b.bytes, min(max(len(b.bytes), 64<<10), blockBytes-len(b.bytes)))
		}
		n, err := s.in.Read(b.bytes[len(b.bytes):min(cap(b.bytes), blockBytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		s.ended(err)
		s.holding(len(b.bytes))
	}
}

// holding asks for as much memory as is held now, where that is more than before. Without it nothing more is read.
func (s *splitter) holding(bytes int) {
	more := int64(bytes) - s.held
	if more <= 0 {
		return
	}
	s.held += more
	if err := s.hold(more); err != nil && (s.err == nil || s.err == io.EOF) {
		s.err = err
	}
}

// ended takes note of the reader's error, if there is one.
func (s *splitter) ended(err error) {
	if err == io.EOF {
		s.err = io.EOF
	} else if err != nil {
		s.err = s.in.problem(err)
	}
}

// begin looks at the beginning of the input.
func (s *splitter) begin(b *block) error {
	b.bytes = append(b.bytes[:0], bytes.TrimPrefix(b.bytes, []byte("\ufeff"))...)
	if s.format != Auto && s.format != "" {
		return s.contradiction(b.bytes)
	}
	if s.err != nil && s.err != io.EOF && len(b.bytes) == 0 {
		return s.err
	}
	format, err := detect(b.bytes)
	if err != nil {
		return err
	}
	s.format = format
	return nil
}

// contradiction returns an error for an input that does not begin as its declared format does.
func (s *splitter) contradiction(begin []byte) error {
	begin = bytes.TrimLeft(begin, " \t\r\n")
	switch {
	case !s.declared || len(begin) == 0:
	case s.format == Batch && begin[0] == '{':
		return ErrOne
	case s.format == JSON && begin[0] == '[':
		return ErrArray
	}
	return nil
}

// split finds the events that end in the block and returns where the first begins that does not.
func (s *splitter) split(b *block) int {
	at := 0
	for len(b.spans) < blockSpans && s.broken == nil {
		for at < len(b.bytes) && isSpace(b.bytes[at]) {
			if b.bytes[at] == '\n' {
				s.lines++
			}
			at++
		}
		if s.format == Batch && s.passMark(b, &at) {
			continue
		}
		if at == len(b.bytes) || s.broken != nil {
			break
		}
		n, ends := s.end(b.bytes[at:])
		if !ends && s.err != io.EOF {
			break
		}
		if n == 0 {
			s.broken = s.unexpected(b.bytes[at:], "an event")
			break
		}
		if s.broken = s.count(); s.broken != nil {
			break
		}
		to := at + n
		for isSpace(b.bytes[to-1]) {
			to--
		}
		b.spans = append(b.spans, span{from: at, to: to, line: s.number()})
		at += n
		if s.format != NDJSON {
			s.lines += int64(bytes.Count(b.bytes[at-n:at], []byte("\n")))
		}
	}
	return at
}

// count takes note of one more event.
func (s *splitter) count() error {
	if s.events == s.maxEvents && s.maxEvents > 0 {
		return tallystick.Errorf(tallystick.TooLarge, "there are more than %d events", s.maxEvents).WithHint("send them in parts")
	}
	s.events++
	s.place = afterElement
	return nil
}

// number is that of the event given out last.
func (s *splitter) number() int64 {
	if s.format == NDJSON {
		return s.lines + 1
	}
	return s.events
}

// end returns the length of the event at the beginning of b, and whether it is known: otherwise the event may go on behind b.
func (s *splitter) end(b []byte) (int, bool) {
	if s.format != NDJSON {
		return new(extent).end(b)
	}
	if n := bytes.IndexByte(b, '\n'); n >= 0 {
		return n, true
	}
	return len(b), false
}

// passMark passes a bracket or comma of an array, and reports whether it did. What can't stand where it stands is s.broken.
func (s *splitter) passMark(b *block, at *int) bool {
	c := byte(0)
	if *at < len(b.bytes) {
		c = b.bytes[*at]
	} else if s.err != io.EOF || s.place == afterArray {
		return false
	}
	switch {
	case s.place == beforeArray && c == '[':
		s.place = beforeFirst
	case s.place == beforeArray:
		s.broken = s.unexpected(b.bytes[*at:], `"["`)
		return false
	case s.place == beforeFirst && c == ']', s.place == afterElement && c == ']':
		s.place = afterArray
	case s.place == afterElement && c == ',':
		s.place = afterComma
	case s.place == afterElement:
		s.broken = s.unexpected(b.bytes[*at:], `"," or "]"`)
		return false
	case s.place == afterArray:
		s.broken = s.unexpected(b.bytes[*at:], "the end")
		return false
	case c == 0: // the end of the input, or a byte that no event begins with
		s.broken = s.unexpected(b.bytes[*at:], "an event")
		return false
	default:
		return false
	}
	*at++
	return true
}

// unexpected says what stands between two events of an array or a row of values, and what should.
func (s *splitter) unexpected(b []byte, wanted string) error {
	if len(b) == 0 {
		return wrong("the input ends after event %d, where %s was expected", s.events, wanted).WithHint("it was probably not copied whole")
	}
	r, size := utf8.DecodeRune(b)
	what := fmt.Sprintf("%q", r)
	if r == utf8.RuneError && size == 1 {
		what = fmt.Sprintf("byte 0x%02x", b[0])
	}
	return wrong("%s after event %d, in line %d, where %s was expected", what, s.events, s.lines+1, wanted)
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t'
}
