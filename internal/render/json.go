package render

import (
	"io"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// writeJSON writes one document a table, a row a line, so that it can be read by line-minded tools too:
//
//	{"table":"rooms","columns":[{"name":"Room","type":"text"},…],"rows":[
//	["r1",12,3.50,"2025-03-01T00:00:00Z",null],
//	…
//	]}
//
// Integers and decimals are numbers, decimals with both places; instants are strings; the empty cell is null. Values are never changed; a byte that is not UTF-8,
// which JSON can't hold, becomes U+FFFD.
func writeJSON(w io.Writer, table tallystick.Table, _ Options) error {
	c := chunk{w: w}
	c.buf = append(appendJSONHead(c.buf, &table), `,"rows":[`...)

	rows := 0
	for row, err := range table.Rows {
		if err != nil {
			return err
		}
		if len(row) != len(table.Columns) {
			return rowLengthError(table, row)
		}
		if rows++; rows > 1 {
			c.buf = append(c.buf, ',')
		}
		c.buf = append(c.buf, '\n')
		c.buf = appendJSONRow(c.buf, row)
		if err := c.spill(); err != nil {
			return err
		}
	}
	c.buf = append(c.buf, "\n]}\n"...)
	return c.flush()
}

// appendJSONHead appends an object with a table's name and columns, all but its end.
func appendJSONHead(b []byte, table *tallystick.Table) []byte {
	b = append(b, `{"table":`...)
	b = appendJSONText(b, table.Name)
	b = append(b, `,"columns":[`...)
	for i, column := range table.Columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b = appendJSONText(b, column.Name)
		b = append(b, `,"type":`...)
		b = appendJSONText(b, string(column.Kind))
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendJSONRow(b []byte, row []tallystick.Cell) []byte {
	b = append(b, '[')
	for i := range row {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONCell(b, &row[i])
	}
	return append(b, ']')
}

func appendJSONCell(b []byte, cell *tallystick.Cell) []byte {
	switch cell.Kind {
	case tallystick.CellText:
		return appendJSONText(b, cell.Text)
	case tallystick.CellInstant:
		b = append(b, '"')
		b = cell.Append(b)
		return append(b, '"')
	case tallystick.CellInteger, tallystick.CellDecimal:
		return cell.Append(b)
	}
	return append(b, "null"...)
}

// The lowest and the highest bit of each byte of a word.
const ones, tops uint64 = 0x0101010101010101, 0x8080808080808080

// word returns the first eight bytes of a text as a number.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// plainBytes returns how many bytes at the beginning of a text are ASCII that needs no escape in JSON, as far as whole words show it: a word at a time is tested for a byte that is less than a space or not ASCII, a quote or a backslash.
func plainBytes(s string) (n int) {
	for ; len(s)-n >= 8; n += 8 {
		x := word(s[n:])
		quote, backslash := x^ones*'"', x^ones*'\\'
		if (x|(x-ones*' ')|(quote-ones)|(backslash-ones))&tops != 0 {
			break
		}
	}
	return n
}

// appendJSONText appends s in quotes, escaping what RFC 8259 asks to be escaped and nothing else: encoding/json would also write < as \u003c.
func appendJSONText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	plain := 0 // s[plain:i] needs no change
	for i := plainBytes(s); i < len(s); {
		ch := s[i]
		if ch >= ' ' && ch != '"' && ch != '\\' && ch < utf8.RuneSelf {
			i++
			continue
		}
		if ch >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[plain:i]...), "\ufffd"...)
				plain = i + 1
			}
			i += size
			continue
		}
		b = append(b, s[plain:i]...)
		switch ch {
		case '"', '\\':
			b = append(b, '\\', ch)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, '\\', 'u', '0', '0', hex[ch>>4], hex[ch&0xf])
		}
		i++
		plain = i
	}
	b = append(b, s[plain:]...)
	return append(b, '"')
}
