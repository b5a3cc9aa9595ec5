package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

type document struct {
	Table   string
	Columns []tallystick.Column
	Rows    [][]any
}

func TestJSONKeepsDecimalsAsTheyAre(t *testing.T) {
	columns := []tallystick.Column{{Name: "N", Kind: tallystick.CellDecimal}}
	got := write(t, "json", table("t", columns, []tallystick.Cell{tallystick.DecimalCell(100)}, []tallystick.Cell{tallystick.DecimalCell(-5)}), render.Options{})
	if !strings.Contains(got, "\n[1.00],\n[-0.05]\n") {
		t.Errorf("got %q", got)
	}
}

// FuzzJSON reads what was written with the decoder of the standard library.
func FuzzJSON(f *testing.F) {
	f.Add("rooms", "=1+1", int64(-1))
	f.Add("\u2028\"\\/", "\x00\x1f\x7f\r\n\t", int64(1<<62))
	f.Add("\xff\xc3", "a\xed\xa0\x80b", int64(0))
	f.Fuzz(func(t *testing.T, name, text string, n int64) {
		columns := []tallystick.Column{{Name: name, Kind: tallystick.CellText}, {Name: "N", Kind: tallystick.CellInteger}, {Name: "E", Kind: tallystick.CellInstant}}
		row := []tallystick.Cell{tallystick.TextCell(text), tallystick.IntegerCell(n), tallystick.Empty}
		got := write(t, "json", table(name, columns, row, row), render.Options{})

		var d document
		decoder := json.NewDecoder(strings.NewReader(got))
		decoder.UseNumber()
		if err := decoder.Decode(&d); err != nil {
			t.Fatalf("%q: %v", got, err)
		}
		// What is not UTF-8 can't be kept; []rune replaces it as documented, byte by byte.
		if want := string([]rune(name)); d.Table != want || d.Columns[0].Name != want {
			t.Errorf("name: read %q and %q, want %q", d.Table, d.Columns[0].Name, want)
		}
		if len(d.Rows) != 2 || len(d.Rows[1]) != 3 {
			t.Fatalf("read %v", d.Rows)
		}
		if want := string([]rune(text)); d.Rows[1][0] != want {
			t.Errorf("text: read %q, want %q", d.Rows[1][0], want)
		}
		if got, _ := d.Rows[1][1].(json.Number).Int64(); got != n {
			t.Errorf("number: read %d, want %d", got, n)
		}
		if d.Rows[1][2] != nil {
			t.Errorf("empty cell: read %v", d.Rows[1][2])
		}
	})
}

// TestJSONOfEveryByte has each byte at each place of two words.
func TestJSONOfEveryByte(t *testing.T) {
	columns := []tallystick.Column{{Name: "T", Kind: tallystick.CellText}}
	for b := range 256 {
		var rows [][]tallystick.Cell
		for at := range 17 {
			text := []byte(strings.Repeat("a", 17))
			text[at] = byte(b)
			rows = append(rows, []tallystick.Cell{tallystick.TextCell(string(text))})
		}
		var d document
		if err := json.Unmarshal([]byte(write(t, "json", table("t", columns, rows...), render.Options{})), &d); err != nil {
			t.Fatalf("byte %#x: %v", b, err)
		}
		for at, row := range rows {
			if want := string([]rune(row[0].Text)); d.Rows[at][0] != want {
				t.Errorf("byte %#x at %d: read %q, want %q", b, at, d.Rows[at][0], want)
			}
		}
	}
}
