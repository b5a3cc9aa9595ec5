package render

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// What a workbook is, whatever its format: a sheet a table, a row of heads that stays in sight, and a last sheet About. A table that is longer than a sheet
// goes on in the next one, under the same heads: "rooms", "rooms (2)".
//
// A cell has a type, so nothing in a text can make it a formula, a link or a number, and text cells have the number format @, with which they stay text when
// somebody edits them. A value is never changed: what a format can't hold is an error that names the place, and what a spreadsheet would round is text, see
// [bookCell]. Instants are text, because the dates of spreadsheets have no zone.

// Fact is a line of the sheet About.
type Fact struct{ Name, Value string }

// aboutSheet is the name of the sheet with the facts.
const aboutSheet = "About"

// book is a workbook while it is written: one sheet after another, each from its first row to its last.
type book interface {
	limits() limits
	begin(sheet sheet) error
	row(cells []styledCell) error
	full() bool // no further row fits into the sheet
	end() error // of the sheet
}

// limits are those of a format.
type limits struct {
	format  string // for people
	columns int
	rows    int // of a sheet, the heads included
	inAll   int // rows of all tables, without heads; 0: as many as there are
}

// maxCellText is the limit of a text in all workbook formats, in UTF-16 code units.
const maxCellText = 32767

// sheet is what has to be known of a sheet before its first row.
type sheet struct {
	name   string
	widths []int // of the columns, in characters
	heads  bool  // the first row stays in sight and is repeated on every printed page
}

// style says how a cell looks.
type style int

const (
	styleText    style = iota // text
	styleInteger              // digits, never an exponent
	styleDecimal              // two places
	styleHead
	styleHeadRight // of a column of numbers
	styleFact      // the name of a fact
)

type styledCell struct {
	tallystick.Cell // of kind text, integer, decimal or empty; a number is one that no reader rounds
	style           style
}

// writeBook writes all sheets. What comes before and after them is the format's.
func writeBook(b book, tables []tallystick.Table, o Options) error {
	w := bookWriter{book: b, most: b.limits(), names: namesOf(tables)}
	for i, table := range tables {
		if err := w.table(table, w.names.first[i]); err != nil {
			return err
		}
	}
	if o.About == nil {
		return nil
	}
	return w.about(o.About())
}

type bookWriter struct {
	book
	most  limits
	names sheetNames
	inAll int          // rows of all tables so far
	cells []styledCell // of the row at hand
}

// widthSample is the number of rows by which the widths of a table's columns are chosen.
const widthSample = 100

func (w *bookWriter) table(table tallystick.Table, name string) error {
	if len(table.Columns) > w.most.columns {
		return tallystick.Errorf(tallystick.TooLarge, "table %q has %d columns, and %s holds %d", table.Name, len(table.Columns), w.most.format, w.most.columns).
			WithHint("choose csv, json or ndjson")
	}
	t := tableWriter{bookWriter: w, table: table, sheet: sheet{name: name, heads: true}}
	for row, err := range table.Rows {
		if err != nil {
			return err
		}
		if len(row) != len(table.Columns) {
			return rowLengthError(table, row)
		}
		if t.begun {
			if err := t.write(row); err != nil {
				return err
			}
			continue
		}
		t.sample = append(t.sample, slices.Clone(row))
		if len(t.sample) == widthSample {
			if err := t.begin(); err != nil {
				return err
			}
		}
	}
	if !t.begun {
		if err := t.begin(); err != nil {
			return err
		}
	}
	return w.end()
}

type tableWriter struct {
	*bookWriter
	table  tallystick.Table
	sheet  sheet
	begun  bool
	sample [][]tallystick.Cell // rows that wait for begin
	number int                 // of the last row written, from 1
	inside int                 // rows of the sheet, its heads included
}

// begin begins the first sheet and writes the rows of the sample.
func (t *tableWriter) begin() error {
	t.sheet.widths = columnWidths(t.table.Columns, t.sample)
	if err := t.beginSheet(); err != nil {
		return err
	}
	t.begun = true
	for _, row := range t.sample {
		if err := t.write(row); err != nil {
			return err
		}
	}
	t.sample = nil
	return nil
}

func (t *tableWriter) beginSheet() error {
	if err := t.book.begin(t.sheet); err != nil {
		return err
	}
	t.cells = t.cells[:0]
	for _, column := range t.table.Columns {
		head := styledCell{Cell: tallystick.TextCell(column.Name), style: styleHead}
		switch column.Kind {
		case tallystick.CellInteger, tallystick.CellDecimal, tallystick.CellNumber:
			head.style = styleHeadRight
		}
		if err := t.check(head.Text, column.Name, "the head"); err != nil {
			return err
		}
		t.cells = append(t.cells, head)
	}
	t.inside = 1
	return t.row(t.cells)
}

// write writes a row, in the next sheet when this one is full.
func (t *tableWriter) write(row []tallystick.Cell) error {
	if t.inAll++; t.most.inAll > 0 && t.inAll > t.most.inAll {
		return tallystick.Errorf(tallystick.TooLarge, "the report has more than %d rows, and %s is for no more", t.most.inAll, t.most.format).
			WithHint("choose xlsx, csv or ndjson, a shorter period or a filter")
	}
	if t.inside == t.most.rows || t.full() {
		if err := t.end(); err != nil {
			return err
		}
		t.sheet.name = t.names.next(t.table.Name)
		if err := t.beginSheet(); err != nil {
			return err
		}
	}
	t.inside++
	t.number++
	t.cells = t.cells[:0]
	for i := range row {
		cell := bookCell(&row[i])
		if cell.Kind == tallystick.CellText && len(cell.Text) > maxCellText {
			if err := t.check(cell.Text, t.table.Columns[i].Name, fmt.Sprintf("row %d", t.number)); err != nil {
				return err
			}
		}
		t.cells = append(t.cells, cell)
	}
	return t.row(t.cells)
}

// check refuses a text that would be cut.
func (t *tableWriter) check(text, column, place string) error {
	n := utf16Length(text)
	if n <= maxCellText {
		return nil
	}
	if utf8.RuneCountInString(column) > 100 {
		column = string([]rune(column)[:100]) + "…"
	}
	return tallystick.Errorf(tallystick.TooLarge, "table %q, column %q, %s: a text of %d characters, and a cell of %s holds %d",
		t.table.Name, column, place, n, t.most.format, maxCellText).WithHint("choose csv, json or ndjson")
}

// What is a number in a workbook, and not a text. Spreadsheets show and store the digits after the 15th as zeros, although a float64 has nearly 16. Of decimals
// LibreOffice needs one digit to spare: it shows 9999999999999.99 as 10000000000000.00.
const (
	maxBookInteger = 999_999_999_999_999
	maxBookDecimal = 99_999_999_999_999 // hundredths
)

// bookCell turns a cell into what a workbook holds: instants into text, and with them numbers that would be rounded.
func bookCell(cell *tallystick.Cell) styledCell {
	within := func(limit int64) bool { return -limit <= cell.Int && cell.Int <= limit }
	switch {
	case cell.Kind == tallystick.CellText:
		return styledCell{Cell: *cell}
	case cell.Kind == tallystick.CellInteger && within(maxBookInteger):
		return styledCell{Cell: *cell, style: styleInteger}
	case cell.Kind == tallystick.CellDecimal && within(maxBookDecimal):
		return styledCell{Cell: *cell, style: styleDecimal}
	case cell.Kind == tallystick.CellEmpty || cell.Kind == "":
		return styledCell{Cell: tallystick.Empty}
	}
	return styledCell{Cell: tallystick.TextCell(cell.String())}
}

// about writes the facts in two columns, names in bold.
func (w *bookWriter) about(facts []Fact) error {
	columns := []tallystick.Column{{Name: "", Kind: tallystick.CellText}, {Name: "", Kind: tallystick.CellText}}
	t := tableWriter{bookWriter: w, table: tallystick.Table{Name: aboutSheet}}
	rows := make([][]tallystick.Cell, len(facts))
	for i, fact := range facts {
		rows[i] = []tallystick.Cell{tallystick.TextCell(fact.Name), tallystick.TextCell(fact.Value)}
	}
	if err := w.begin(sheet{name: aboutSheet, widths: columnWidths(columns, rows)}); err != nil {
		return err
	}
	for i, row := range rows {
		for _, cell := range row {
			if err := t.check(cell.Text, facts[i].Name, "a fact"); err != nil {
				return err
			}
		}
		if err := w.row([]styledCell{{Cell: row[0], style: styleFact}, {Cell: row[1]}}); err != nil {
			return err
		}
	}
	return w.end()
}

// utf16Length counts the UTF-16 code units of s, in which the formats measure.
func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}
