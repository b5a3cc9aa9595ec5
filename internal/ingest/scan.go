package ingest

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// scanner checks the grammar of one JSON text and finds the members of its object and of that object's "data". Text and bytes are the same: numbers and
// texts are cut out of the one, eight bytes at a time are looked at in the other.
type scanner struct {
	text  string
	bytes []byte
	at    int // of the next byte

	members []member // of the outer object
	data    []member // of its "data", where that is an object

	// unclean counts the white space and the escapes passed so far. A value during which it did not change is compact as it stands.
	unclean int
	// names is a stack of the names of the nested objects that are open.
	names []string
}

// member is a name with its value.
type member struct {
	name string
	value
}

// value is a JSON value in its place: text[from:to].
type value struct {
	kind     kind
	clean    bool // without white space and escapes
	from, to int
}

// kind is the kind of a JSON value. The zero kind is no value.
type kind uint8

const (
	absent kind = iota
	isNull
	isFalse
	isTrue
	isNumber
	isText
	isArray
	isObject
)

// reset makes the scanner ready for another text.
func (s *scanner) reset(text string, bytes []byte) {
	s.text, s.bytes, s.at = text, bytes, 0
	s.members, s.data, s.names = s.members[:0], s.data[:0], s.names[:0]
}

// scan reads the whole text: one value and white space around it.
func (s *scanner) scan() (value, *tallystick.Error) {
	s.space()
	var v value
	var err *tallystick.Error
	if s.at < len(s.bytes) && s.bytes[s.at] == '{' {
		v = value{kind: isObject, from: s.at}
		err = s.outer(&s.members, 1)
		v.to = s.at
	} else {
		v, err = s.value(0)
	}
	if err != nil {
		return v, err
	}
	if s.space(); s.at < len(s.bytes) {
		return v, s.unexpected("the end")
	}
	return v, nil
}

// outer reads an object whose members are wanted: the event's own at depth 1, and its data at depth 2.
func (s *scanner) outer(into *[]member, depth int) *tallystick.Error {
	var seen names
	for more := s.open('}'); more; {
		name, err := s.name()
		if err != nil {
			return err
		}
		if seen.again(name, len(*into), func(i int) string { return (*into)[i].name }) {
			return duplicate(name)
		}
		m := member{name: name}
		if depth == 1 && name == "data" && s.at < len(s.bytes) && s.bytes[s.at] == '{' {
			m.value = value{kind: isObject, from: s.at}
			err = s.outer(&s.data, 2)
			m.to = s.at
		} else {
			m.value, err = s.value(depth)
		}
		if err != nil {
			return under(name, err)
		}
		*into = append(*into, m)
		if more, err = s.more('}'); err != nil {
			return err
		}
	}
	return nil
}

// value reads a value that stands at a depth: inside of so many arrays and objects.
func (s *scanner) value(depth int) (value, *tallystick.Error) {
	if s.at >= len(s.bytes) {
		return value{}, s.unexpected("a value")
	}
	v := value{from: s.at}
	before := s.unclean
	var err *tallystick.Error
	switch c := s.bytes[s.at]; {
	case c == '"':
		v.kind = isText
		err = s.skipText()
	case c == '-' || c >= '0' && c <= '9':
		v.kind = isNumber
		err = s.number()
	case c == 't':
		v.kind = isTrue
		err = s.word("true")
	case c == 'f':
		v.kind = isFalse
		err = s.word("false")
	case c == 'n':
		v.kind = isNull
		err = s.word("null")
	case c != '{' && c != '[':
		err = s.unexpected("a value")
	case depth >= tallystick.MaxDepth:
		err = tooDeep.is(tallystick.Errorf(tallystick.TooLarge, "arrays and objects are nested deeper than %d levels", tallystick.MaxDepth))
	case c == '{':
		v.kind = isObject
		err = s.object(depth + 1)
	default:
		v.kind = isArray
		err = s.array(depth + 1)
	}
	v.to, v.clean = s.at, s.unclean == before
	return v, err
}

// object reads a nested object, whose members matter only to the grammar.
func (s *scanner) object(depth int) *tallystick.Error {
	var seen names
	base := len(s.names)
	for more := s.open('}'); more; {
		name, err := s.name()
		if err != nil {
			return err
		}
		if seen.again(name, len(s.names)-base, func(i int) string { return s.names[base+i] }) {
			return duplicate(name)
		}
		s.names = append(s.names, name)
		if _, err = s.value(depth); err != nil {
			return under(name, err)
		}
		if more, err = s.more('}'); err != nil {
			return err
		}
	}
	s.names = s.names[:base]
	return nil
}

func (s *scanner) array(depth int) *tallystick.Error {
	more := s.open(']')
	for n := 0; more; n++ {
		_, err := s.value(depth)
		if err != nil {
			return underIndex(n, err)
		}
		if more, err = s.more(']'); err != nil {
			return err
		}
	}
	return nil
}

// open passes the bracket that opens an array or object and reports whether there is something inside.
func (s *scanner) open(end byte) bool {
	s.at++
	s.space()
	if s.at < len(s.bytes) && s.bytes[s.at] == end {
		s.at++
		return false
	}
	return true
}

// more passes what stands behind an element: a comma, and then another follows, or the closing bracket.
func (s *scanner) more(end byte) (bool, *tallystick.Error) {
	s.space()
	if s.at < len(s.bytes) {
		switch s.bytes[s.at] {
		case ',':
			s.at++
			s.space()
			return true, nil
		case end:
			s.at++
			return false, nil
		}
	}
	return false, s.unexpected(`"," or "` + string(end) + `"`)
}

// name reads a member's name, the colon and the white space up to its value.
func (s *scanner) name() (string, *tallystick.Error) {
	if s.at >= len(s.bytes) || s.bytes[s.at] != '"' {
		return "", s.unexpected("a name in quotes")
	}
	from, before := s.at, s.unclean
	if err := s.skipText(); err != nil {
		return "", err
	}
	name := s.text[from+1 : s.at-1]
	if s.unclean != before {
		name = unescape(name)
	}
	if s.space(); s.at >= len(s.bytes) || s.bytes[s.at] != ':' {
		return "", s.unexpected(`":"`)
	}
	s.at++
	s.space()
	return name, nil
}

// space passes white space.
func (s *scanner) space() {
	for s.at < len(s.bytes) && s.bytes[s.at] <= ' ' {
		switch s.bytes[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
			s.unclean++
		default:
			return
		}
	}
}

func (s *scanner) word(word string) *tallystick.Error {
	if !strings.HasPrefix(s.text[s.at:], word) {
		for i := 0; s.at < len(s.bytes) && s.bytes[s.at] == word[i]; i++ {
			s.at++
		}
		return s.unexpected(word)
	}
	s.at += len(word)
	return nil
}

func (s *scanner) number() *tallystick.Error {
	if s.bytes[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.bytes) && s.bytes[s.at] == '0' {
		s.at++
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.at < len(s.bytes) && s.bytes[s.at] == '.' {
		s.at++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if s.at < len(s.bytes) && s.bytes[s.at]|0x20 == 'e' {
		s.at++
		if s.at < len(s.bytes) && (s.bytes[s.at] == '+' || s.bytes[s.at] == '-') {
			s.at++
		}
		return s.digits()
	}
	return nil
}

// digits passes one digit or more.
func (s *scanner) digits() *tallystick.Error {
	from := s.at
	for s.at < len(s.bytes) && s.bytes[s.at]-'0' <= 9 {
		s.at++
	}
	if s.at == from {
		return s.unexpected("a digit")
	}
	return nil
}

// skipText passes a text and its quotes.
func (s *scanner) skipText() *tallystick.Error {
	i := s.at + 1
	b := s.bytes
	for {
		i += plain(b[i:])
		if i >= len(b) {
			s.at = len(b)
			return s.unexpected(`"`)
		}
		switch c := b[i]; {
		case c == '"':
			s.at = i + 1
			return nil
		case c == '\\':
			s.at = i
			if err := s.escape(); err != nil {
				return err
			}
			i = s.at
		case c < ' ':
			s.at = i
			return broken("byte 0x%02x at %d must be written as \\u%04x inside of a text", c, i+1, c)
		default:
			r, size := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && size == 1 {
				return broken("byte 0x%02x at %d is not UTF-8", c, i+1)
			}
			i += size
		}
	}
}

// plain returns how many bytes at the beginning of b are ASCII that stands for itself inside of a text.
func plain(b []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; len(b)-i >= 8; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, slash := x^ones*'"', x^ones*'\\'
		// The lowest bit that is set belongs to the first byte that is a quote, a backslash, below a space, or not ASCII.
		special := ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*' ')&^x | x) & highs
		if special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < ' ' || c >= 0x80 {
			break
		}
	}
	return i
}

// escape passes a backslash and what belongs to it.
func (s *scanner) escape() *tallystick.Error {
	from := s.at
	s.unclean++
	s.at++
	if s.at >= len(s.bytes) {
		return s.unexpected("the rest of an escape")
	}
	switch s.bytes[s.at] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at++
		return nil
	case 'u':
		s.at++
	default:
		return s.unexpected(`one of "\/bfnrtu`)
	}
	unit, err := s.hex()
	if err != nil || unit < 0xd800 || unit > 0xdfff {
		return err
	}
	if unit < 0xdc00 && strings.HasPrefix(s.text[s.at:], `\u`) {
		s.at += 2
		second, err := s.hex()
		if err != nil {
			return err
		}
		if second >= 0xdc00 && second <= 0xdfff {
			return nil
		}
	}
	return broken("%s at byte %d is half of a surrogate pair and stands for no character", s.text[from:from+6], from+1)
}

// hex passes four hexadecimal digits.
func (s *scanner) hex() (rune, *tallystick.Error) {
	var n rune
	for range 4 {
		digit := rune(-1)
		if s.at < len(s.bytes) {
			digit = hexDigit(s.bytes[s.at])
		}
		if digit < 0 {
			return 0, s.unexpected("a hexadecimal digit")
		}
		n = n<<4 | digit
		s.at++
	}
	return n, nil
}

func hexDigit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return -1
}

// names notices when an object has a name twice. A few names are compared one by one, and only when their shape was there before; many go into a map.
type names struct {
	shapes uint64
	many   map[string]struct{}
}

// again reports whether name is one of the object's first n names, nth(0) to nth(n-1), which were all given to it before.
func (s *names) again(name string, n int, nth func(int) string) bool {
	const few = 32
	if n >= few {
		if s.many == nil {
			s.many = make(map[string]struct{}, 2*few)
			for i := range n {
				s.many[nth(i)] = struct{}{}
			}
		}
		before := len(s.many)
		s.many[name] = struct{}{}
		return len(s.many) == before
	}
	shape := uint(len(name))
	if name != "" {
		shape += uint(name[0])*7 + uint(name[len(name)-1])*13 + uint(name[len(name)/2])*29
	}
	bit := uint64(1) << (shape & 63)
	if s.shapes&bit == 0 {
		s.shapes |= bit
		return false
	}
	for i := range n {
		if nth(i) == name {
			return true
		}
	}
	return false
}
