package render

import (
	"fmt"
	"io"

	"github.com/tallystick/tallystick"
)

// writeNDJSON writes a row a line, an object with the columns in their order, and nothing else, so that a table can be cut, sorted and joined by line:
//
//	{"Room":"r1","Total Messages Received":12,"Average":3.50,"Since":"2025-03-01T00:00:00Z","Note":null}
//
// Values are those of JSON ([writeJSON]). Two columns of one name can't both be in an object, of which most readers would keep the last: an error.
func writeNDJSON(w io.Writer, table tallystick.Table, _ Options) error {
	heads := make([][]byte, len(table.Columns)) // what stands before each value
	seen := make(map[string]bool, len(table.Columns))
	for i, column := range table.Columns {
		between := byte(',')
		if i == 0 {
			between = '{'
		}
		heads[i] = append(appendJSONText([]byte{between}, column.Name), ':')
		name := string(heads[i][1:])
		if seen[name] {
			return fmt.Errorf("table %q: two columns are called %q, and a line of NDJSON can hold one", table.Name, column.Name)
		}
		seen[name] = true
	}
	c := chunk{w: w}
	for row, err := range table.Rows {
		if err != nil {
			return err
		}
		if len(row) != len(table.Columns) {
			return rowLengthError(table, row)
		}
		if len(row) == 0 {
			c.buf = append(c.buf, '{')
		}
		for i := range row {
			c.buf = append(c.buf, heads[i]...)
			c.buf = appendJSONCell(c.buf, &row[i])
		}
		c.buf = append(c.buf, "}\n"...)
		if err := c.spill(); err != nil {
			return err
		}
	}
	return c.flush()
}
