package ingest

import (
	"strings"
	"unicode/utf16"
)

// unescape returns the text that stands between two quotes with its escapes taken away. Their grammar was checked before.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		c := s[i+1]
		s = s[i+2:]
		switch c {
		case 'u':
			r := hexUnit(s)
			s = s[4:]
			if utf16.IsSurrogate(r) {
				r = utf16.DecodeRune(r, hexUnit(s[2:]))
				s = s[6:]
			}
			b.WriteRune(r)
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		default:
			b.WriteByte(c)
		}
	}
}

func hexUnit(s string) rune {
	var r rune
	for i := range 4 {
		r = r<<4 | hexDigit(s[i])
	}
	return r
}

// appendQuoted appends a text as JSON, with no more escapes than the grammar asks for.
func appendQuoted(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case c == '\b':
			b = append(b, '\\', 'b')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(b, '"')
}

// compact returns a JSON text, whose grammar was checked, in the one form that an event keeps: without white space, and texts with no more escapes than
// needed. Numbers and the order of members stay as they are.
func compact(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			end := i + 1
			for s[end] != '"' {
				if s[end] == '\\' {
					end++
				}
				end++
			}
			b = appendQuoted(b, unescape(s[i+1:end]))
			i = end + 1
		default:
			b = append(b, c)
			i++
		}
	}
	return string(b)
}
