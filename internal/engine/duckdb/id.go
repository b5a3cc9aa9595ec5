package duckdb

import (
	"strings"

	"github.com/tallystick/tallystick"
)

// Ids of messages are different in every row, so that no dictionary makes them small, and nearly all are UUIDs. Those are stored as such: 16 bytes in place of 36, and compared as numbers.
// A text that would not come back from a UUID as it was, because of an upper-case letter for example, is in a column of texts beside it, which is NULL otherwise.

// otherIDs is what the name of that column ends in.
const otherIDs = "_text"

// parseUUID returns the bits of a text that is a UUID as DuckDB writes them: 8-4-4-4-12 hexadecimal digits in lower case.
func parseUUID(s string) (high, low uint64, is bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return 0, 0, false
	}
	var bad byte
	digits := func(from, to int) (n uint64) {
		for _, c := range []byte(s[from:to]) {
			d := digitOf[c]
			bad |= d
			n = n<<4 | uint64(d)
		}
		return n
	}
	high = digits(0, 8)<<32 | digits(9, 13)<<16 | digits(14, 18)
	low = digits(19, 23)<<48 | digits(24, 36)
	return high, low, bad < 16
}

// digitOf is the value of a hexadecimal digit in lower case, 16 of anything else.
var digitOf = func() (table [256]byte) {
	for i := range table {
		if table[i] = 16; i < 128 {
			if n := strings.IndexByte("0123456789abcdef", byte(i)); n >= 0 {
				table[i] = byte(n)
			}
		}
	}
	return table
}()

// these is the condition, perhaps NULL, that an id is one of those listed.
func (s source) these(st *statement, c *tallystick.Condition) string {
	var uuids, others []string
	for _, v := range storable(c.Values) {
		if _, _, is := parseUUID(v); is {
			uuids = append(uuids, v)
		} else {
			others = append(others, v)
		}
	}
	column := s.column(c.Field.String())
	var either []string
	switch {
	case len(uuids) > shortList:
		either = append(either, column+" IN (SELECT UNNEST("+st.bind(uuids)+")::UUID)")
	case len(uuids) > 0:
		bound := make([]string, len(uuids))
		for i, v := range uuids {
			bound[i] = st.bind(v) + "::UUID"
		}
		either = append(either, column+" IN ("+strings.Join(bound, ", ")+")")
	}
	if len(others) > 0 || len(uuids) == 0 {
		either = append(either, listed(st, s.column(c.Field.String()+otherIDs), others))
	}
	if len(either) == 1 {
		return either[0]
	}
	return "(" + strings.Join(either, " OR ") + ")"
}

// notThese is the condition that an id is none of those listed, "" where something else is asked.
func (s source) notThese(st *statement, c *tallystick.Condition) string {
	if s.table.event == nil || c.Op != tallystick.NotIn {
		return ""
	}
	if rule := s.table.event.Rule(c.Field); rule == nil || kindOf(rule) != uuid {
		return ""
	}
	return "NOT COALESCE(" + s.these(st, c) + ", FALSE)"
}
