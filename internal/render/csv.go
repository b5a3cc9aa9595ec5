package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/tallystick/tallystick"
)

// delimiters are the ones that CSV may have, with the words for them on a command line.
var delimiters = []struct {
	char byte
	word string
}{{',', "comma"}, {'|', "pipe"}, {';', "semicolon"}, {'\t', "tab"}}

// ParseDelimiter reads a delimiter of CSV: the character itself or its name, such as "|" or "pipe".
func ParseDelimiter(s string) (byte, error) {
	for _, d := range delimiters {
		if s == d.word || s == string(rune(d.char)) {
			return d.char, nil
		}
	}
	return 0, tallystick.Errorf(tallystick.Invalid, "%q is no delimiter", s).WithHint("choose one of comma, pipe, semicolon, tab, or the character")
}

const byteOrderMark = "\ufeff"

// writeCSV writes RFC 4180: lines that end in CR LF, a header row, and quotes around a field that holds the delimiter, a quote, CR or LF, and around no other.
//
// The guard goes by the kind of a cell, not by its look: the integer -5 stays a number, the text "-5" gets its apostrophe. The header row is column names, which
// come from a definition and not from events, and is written as it is.
func writeCSV(w io.Writer, table tallystick.Table, o Options) error {
	c := csv{chunk: chunk{w: w}, delimiter: ',', guard: o.Guard}
	if o.Delimiter != 0 {
		c.delimiter = o.Delimiter
	}
	if _, err := ParseDelimiter(string(rune(c.delimiter))); err != nil {
		return err
	}
	c.quoted['"'], c.quoted['\r'], c.quoted['\n'], c.quoted[c.delimiter] = true, true, true, true

	if o.BOM {
		c.buf = append(c.buf, byteOrderMark...)
	}
	for i, column := range table.Columns {
		c.separate(i)
		c.text(column.Name)
	}
	c.buf = append(c.buf, "\r\n"...)

	for row, err := range table.Rows {
		if err != nil {
			return err
		}
		if len(row) != len(table.Columns) {
			return rowLengthError(table, row)
		}
		for i := range row {
			c.separate(i)
			c.cell(&row[i])
		}
		c.buf = append(c.buf, "\r\n"...)
		if err := c.spill(); err != nil {
			return err
		}
	}
	return c.flush()
}

type csv struct {
	chunk
	delimiter byte
	quoted    [256]bool // the bytes for which a field is quoted; a table, because this is the inner loop
	guard     Guard
}

func (c *csv) separate(i int) {
	if i > 0 {
		c.buf = append(c.buf, c.delimiter)
	}
}

func (c *csv) cell(cell *tallystick.Cell) {
	if cell.Kind != tallystick.CellText {
		// Digits, points, colons and letters: nothing that could need quotes.
		c.buf = cell.Append(c.buf)
		return
	}
	if c.guard == GuardOn && looksLikeFormula(cell.Text) {
		c.text("'" + cell.Text)
		return
	}
	c.text(cell.Text)
}

func (c *csv) text(s string) {
	plain := c.plainBytes(s)
	for plain < len(s) && !c.quoted[s[plain]] {
		plain++
	}
	if plain == len(s) {
		c.buf = append(c.buf, s...)
		return
	}
	c.buf = append(c.buf, '"')
	for {
		before, after, found := strings.Cut(s, `"`)
		c.buf = append(c.buf, before...)
		if !found {
			break
		}
		c.buf = append(c.buf, `""`...)
		s = after
	}
	c.buf = append(c.buf, '"')
}

// plainBytes returns how many bytes at the beginning of a text need no quotes, as far as whole words show it: a word at a time is tested for a byte that is less than a space, a quote or the delimiter.
func (c *csv) plainBytes(s string) (n int) {
	delimiters := ones * uint64(c.delimiter)
	for ; len(s)-n >= 8; n += 8 {
		x := word(s[n:])
		quote, delimiter := x^ones*'"', x^delimiters
		if ((x-ones*' ')&^x|(quote-ones)&^quote|(delimiter-ones)&^delimiter)&tops != 0 {
			break
		}
	}
	return n
}

// looksLikeFormula goes by the first byte: what spreadsheets take for a formula, and the white space and NUL that some of them skip before looking.
func looksLikeFormula(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r', 0:
		return true
	}
	return false
}

// rowLengthError is about a table that breaks its own promise: such a row would shift values under the wrong heads.
func rowLengthError(table tallystick.Table, row []tallystick.Cell) error {
	return fmt.Errorf("table %q: a row of %d cells under %d columns", table.Name, len(row), len(table.Columns))
}
