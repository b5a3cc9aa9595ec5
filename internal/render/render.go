// Package render turns tables into files. It is the last step of a report: what a cell is worth was decided before, how it is written is decided here.
//
// It promises:
//
//   - The same table gives the same bytes, always: nothing is localised, and no file holds a clock time or a random id.
//   - Memory does not grow with the rows. A row is written when the table yields it, but for XLS, which begins with what is known in the end and spools rows to a
//     temporary file. An error of the table or of the writer ends the file at once and is returned, so that a file that was cut is never taken for a whole one.
//   - No value is changed, with one exception that can be switched off: the guard of CSV ([Options]). A byte that is not UTF-8 becomes U+FFFD wherever a format
//     can't hold it. What is too large for a format is an error of the code too_large that names the place.
//
// # Decisions
//
// A format is a value in [Formats] and its code a file of this package: an explicit list can be read, and adding a format is one file and one line.
//
// Cells print themselves ([tallystick.Cell.Append]); a format adds only what separates and encloses them. So a number looks alike in every format.
package render

import (
	"io"
	"strings"

	"github.com/tallystick/tallystick"
)

// Format is a kind of file.
type Format struct {
	Name      string // as on the command line
	Extension string // of file names, with its point
	MediaType string // for HTTP and mail

	// One of the two is set: write for a format of one table, book for workbooks.
	write func(io.Writer, tallystick.Table, Options) error
	book  func(io.Writer, []tallystick.Table, Options) error
}

// Formats lists every format. It must not be changed.
var Formats = []Format{
	{Name: "csv", Extension: ".csv", MediaType: "text/csv; charset=utf-8; header=present", write: writeCSV},
	{Name: "json", Extension: ".json", MediaType: "application/json", write: writeJSON},
	{Name: "ndjson", Extension: ".ndjson", MediaType: "application/x-ndjson", write: writeNDJSON},
	{Name: "xlsx", Extension: ".xlsx", MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", book: writeXLSX},
	{Name: "xls", Extension: ".xls", MediaType: "application/vnd.ms-excel", book: writeXLS},
}

// FormatNamed returns the format of that name; the error of an unknown one lists them all.
func FormatNamed(name string) (Format, error) {
	names := make([]string, 0, len(Formats))
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, tallystick.Errorf(tallystick.Invalid, "there is no format %q", name).WithHint("choose one of %s", strings.Join(names, ", "))
}

// Options are wishes about a file. The zero Options are the defaults, and a format ignores those that say nothing to it.
type Options struct {
	Delimiter byte  // of CSV: one that [ParseDelimiter] returns; 0 is a comma
	BOM       bool  // of CSV: begin with a byte order mark, by which Excel knows UTF-8
	Guard     Guard // of CSV

	// About gives the facts for a last sheet, About, of workbooks; nil: there is none. It is asked once every row of every table was read and written, and so may
	// tell what is only known then.
	About func() []Fact
}

// Guard says whether text that a spreadsheet would run as a formula is made harmless. Whoever may name a room may otherwise run formulas on the machine of
// whoever opens the report.
type Guard uint8

const (
	GuardOn  Guard = iota // a text cell that begins with =, +, -, @, TAB, CR or NUL gets a leading '
	GuardOff              // text is written as it is, for programs that read the file
)

// Workbook reports whether a file of the format holds several tables, a sheet each.
func (f Format) Workbook() bool { return f.book != nil }

// Write writes one table to w; a workbook then has one sheet for it. It ranges over the table's rows, so a table can be written once.
func (f Format) Write(w io.Writer, table tallystick.Table, o Options) error {
	if f.book != nil {
		return f.book(w, []tallystick.Table{table}, o)
	}
	return f.write(w, table, o)
}

// WriteBook writes tables to w, one after another. Of a format that is no workbook there must be exactly one.
func (f Format) WriteBook(w io.Writer, tables []tallystick.Table, o Options) error {
	if f.book != nil {
		return f.book(w, tables, o)
	}
	if len(tables) != 1 {
		return tallystick.Errorf(tallystick.Invalid, "%s holds one table, and these are %d", f.Name, len(tables)).WithHint("choose a workbook, xlsx or xls, or a file for each table")
	}
	return f.write(w, tables[0], o)
}
