package render

import (
	"io"

	"github.com/tallystick/tallystick"
)

// Noted returns a table whose typed cells are also written to w while its rows are read, whatever file they are read for: a line of JSON with name and columns, as
// JSON files have them, then a line for each row. So w can tell whether two files of different formats say the same.
func Noted(w io.Writer, table tallystick.Table) tallystick.Table {
	rows := table.Rows
	table.Rows = func(yield func([]tallystick.Cell, error) bool) {
		c := chunk{w: w}
		c.buf = append(appendJSONHead(c.buf, &table), "}\n"...)
		for row, err := range rows {
			if err == nil {
				c.buf = append(appendJSONRow(c.buf, row), '\n')
				err = c.spill()
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := c.flush(); err != nil {
			yield(nil, err)
		}
	}
	return table
}
