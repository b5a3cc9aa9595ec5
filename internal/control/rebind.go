package control

import (
	"strconv"
	"strings"
)

// rebind turns the placeholders of a statement into the database's: Postgres has $1, $2, … for our ?. A question mark in a text in quotes stays; comments and
// names in double quotes with one are not used.
func (d dialect) rebind(query string) string {
	if d != postgres || strings.IndexByte(query, '?') < 0 {
		return query
	}
	b := make([]byte, 0, len(query)+16)
	quoted, n := false, 0
	for i := 0; i < len(query); i++ {
		switch c := query[i]; {
		case c == '\'':
			quoted = !quoted
			b = append(b, c)
		case c == '?' && !quoted:
			n++
			b = append(b, '$')
			b = strconv.AppendInt(b, int64(n), 10)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// marks is the inside of IN (…) for n values.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
