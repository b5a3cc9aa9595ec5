package ingest

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// Errors are made without their path; each level on the way out puts its own name in front (see [under]), so that the way in costs nothing.

// broken is an error of the grammar.
func broken(format string, args ...any) *tallystick.Error {
	return notJSON.wrong("not valid JSON: "+format, args...)
}

// unexpected says what stands at the scanner's place, and what should.
func (s *scanner) unexpected(wanted string) *tallystick.Error {
	if s.at >= len(s.bytes) {
		return broken("it ends after %d bytes, where %s was expected", len(s.bytes), wanted)
	}
	r, size := utf8.DecodeRune(s.bytes[s.at:])
	if r == utf8.RuneError && size == 1 {
		return broken("byte 0x%02x at %d, where %s was expected", s.bytes[s.at], s.at+1, wanted)
	}
	return broken("%q at byte %d, where %s was expected", r, s.at+1, wanted)
}

func duplicate(name string) *tallystick.Error {
	return under(name, memberTwice.wrong("there are two members of the name %s", quote(name)))
}

// wrong is an error about the input as a whole. Those about an event say which rule it broke: see rules.go.
func wrong(format string, args ...any) *tallystick.Error {
	return tallystick.Errorf(tallystick.Invalid, format, args...)
}

// under puts a member's name in front of an error's path.
func under(name string, err *tallystick.Error) *tallystick.Error {
	simple := name != ""
	for i := range len(name) {
		c := name[i]
		simple = simple && (c == '_' || c == '-' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z')
	}
	if !simple || len(name) > shown {
		name = "[" + quote(name) + "]"
	}
	if err.Path != "" && err.Path[0] != '[' {
		name += "."
	}
	err.Path = name + err.Path
	return err
}

// underIndex puts an array's index, from 0, in front of an error's path.
func underIndex(n int, err *tallystick.Error) *tallystick.Error {
	index := "[" + strconv.Itoa(n) + "]"
	if err.Path != "" && err.Path[0] != '[' {
		index += "."
	}
	err.Path = index + err.Path
	return err
}

// shown is how many bytes of a value an error shows.
const shown = 64

// quote returns a text in quotes, cut where it is long.
func quote(text string) string {
	cut, more := clip(text)
	return strconv.Quote(cut) + more
}

// clip returns the beginning of a text and, where that is not all of it, "…" with the length.
func clip(text string) (string, string) {
	if len(text) <= shown {
		return text, ""
	}
	n := shown
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n], fmt.Sprintf("… (%d bytes)", len(text))
}

// show describes a value of the wrong kind: "the number 5", "an array".
func (s *scanner) show(v value) string {
	cut, more := clip(s.text[v.from:v.to])
	switch v.kind {
	case isObject:
		return "an object"
	case isArray:
		return "an array"
	case isNumber:
		return "the number " + cut + more
	case isText:
		return "the text " + cut + more
	}
	return cut
}
