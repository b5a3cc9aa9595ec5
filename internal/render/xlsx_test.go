package render

import (
	"archive/zip"
	"io"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestPartsOfXLSXStayBelow4GiB pretends that much was written, instead of writing it.
func TestPartsOfXLSXStayBelow4GiB(t *testing.T) {
	b := &xlsxBook{zip: zip.NewWriter(io.Discard)}
	var rows []int // of each sheet when it was full
	table := tallystick.Table{Name: "rooms", Columns: []tallystick.Column{{Name: "Room", Kind: tallystick.CellText}}}
	table.Rows = func(yield func([]tallystick.Cell, error) bool) {
		for i := range 1000 {
			if i == 300 || i == 700 {
				rows = append(rows, b.rows)
				b.written = xlsxMaxPart + 1
			}
			if !yield([]tallystick.Cell{tallystick.TextCell("a")}, nil) {
				t.Error("no more rows are wanted")
			}
		}
	}
	if err := writeBook(b, []tallystick.Table{table}, Options{}); err != nil {
		t.Fatal(err)
	}
	if len(b.sheets) != 3 || b.sheets[2].name != "rooms (3)" || rows[0] != 301 || rows[1] != 401 || b.rows != 301 {
		t.Errorf("sheets %+v, full with %v rows and %d in the last", b.sheets, rows, b.rows)
	}
}

func TestColumnNames(t *testing.T) {
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := columnName(i); got != want {
			t.Errorf("column %d is %s, want %s", i, got, want)
		}
	}
}
