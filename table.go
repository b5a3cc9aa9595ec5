package tallystick

import (
	"iter"
	"strconv"
)

// Table is an answer for people: named columns and rows of typed cells.
type Table struct {
	Name    string
	Columns []Column
	// Rows yields the rows in the report's order; an error ends them. It may be ranged over once. The row belongs to the consumer until the next one is asked for.
	Rows iter.Seq2[[]Cell, error]
}

// Column heads the cells of one place.
type Column struct {
	Name string   `json:"name"`
	Kind CellKind `json:"type"`
}

// CellKind is the type of a cell.
type CellKind string

const (
	CellText    CellKind = "text"
	CellInteger CellKind = "integer"
	CellDecimal CellKind = "decimal" // two places, rounded half up: averages and minutes
	CellInstant CellKind = "instant"
	CellNumber  CellKind = "number" // of columns only: integers and decimals, cell by cell
	CellEmpty   CellKind = "empty"  // nothing, in a column of any kind
)

// Cell is a typed value.
type Cell struct {
	Kind CellKind
	Text string // of CellText
	Int  int64  // of CellInteger; of CellDecimal hundredths; of CellInstant an Instant
}

// The cells of each kind. Empty is the cell without a value.
var Empty = Cell{Kind: CellEmpty}

func TextCell(s string) Cell       { return Cell{Kind: CellText, Text: s} }
func IntegerCell(n int64) Cell     { return Cell{Kind: CellInteger, Int: n} }
func DecimalCell(cents int64) Cell { return Cell{Kind: CellDecimal, Int: cents} }
func InstantCell(i Instant) Cell   { return Cell{Kind: CellInstant, Int: int64(i)} }

// Append appends the cell's canonical text: digits, two decimals behind a point, RFC 3339; nothing for the empty cell.
func (c Cell) Append(b []byte) []byte {
	switch c.Kind {
	case CellText:
		return append(b, c.Text...)
	case CellInteger:
		return strconv.AppendInt(b, c.Int, 10)
	case CellDecimal:
		n := c.Int
		if n < 0 {
			b, n = append(b, '-'), -n
		}
		b = strconv.AppendInt(b, n/100, 10)
		return append(b, '.', byte('0'+n/10%10), byte('0'+n%10))
	case CellInstant:
		return Instant(c.Int).Append(b)
	}
	return b
}

// String returns the cell's canonical text.
func (c Cell) String() string { return string(c.Append(nil)) }
