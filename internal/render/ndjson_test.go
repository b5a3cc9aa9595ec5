package render_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

func TestNDJSONWithoutColumnsOrRows(t *testing.T) {
	if got := write(t, "ndjson", table("t", texts("A")), render.Options{}); got != "" {
		t.Errorf("no row: got %q", got)
	}
	if got := write(t, "ndjson", table("t", nil, nil, nil), render.Options{}); got != "{}\n{}\n" {
		t.Errorf("no column: got %q", got)
	}
}

func TestNDJSONNeedsNamesThatDiffer(t *testing.T) {
	format, err := render.FormatNamed("ndjson")
	if err != nil {
		t.Fatal(err)
	}
	// The last two differ in bytes that both become U+FFFD.
	for _, names := range [][]string{{"A", "B", "A"}, {"\xff", "\xfe"}} {
		if err := format.Write(io.Discard, table("rooms", texts(names...)), render.Options{}); err == nil || !strings.Contains(err.Error(), `"rooms"`) {
			t.Errorf("%q: got %v", names, err)
		}
	}
}

// TestNDJSONAgreesWithCSV compares random tables in both formats, value by value and type by type.
func TestNDJSONAgreesWithCSV(t *testing.T) {
	r := rand.New(rand.NewPCG(seed(t), 3))
	k := randomTable(r, "t", 500)
	for i := range k.columns {
		k.columns[i].Name = fmt.Sprint(i, k.columns[i].Name)
	}
	want := k.csv(t)[1:]
	decoder := json.NewDecoder(strings.NewReader(write(t, "ndjson", k.table(), render.Options{})))
	decoder.UseNumber()
	for i, row := range k.rows {
		var got map[string]any
		if err := decoder.Decode(&got); err != nil || len(got) != len(row) {
			t.Fatalf("row %d has %d values, %v", i, len(got), err)
		}
		for j, cell := range row {
			var value any = want[i][j].text
			switch cell.Kind {
			case tallystick.CellEmpty:
				value = nil
			case tallystick.CellInteger, tallystick.CellDecimal:
				value = json.Number(want[i][j].text)
			}
			if found := got[k.columns[j].Name]; found != value {
				t.Errorf("row %d, column %d: %#v, want %#v", i, j, found, value)
			}
		}
	}
	if decoder.More() {
		t.Error("there are more rows")
	}
}

// FuzzNDJSON reads what was written with the decoder of the standard library, token by token, because the order of the columns counts.
func FuzzNDJSON(f *testing.F) {
	f.Add("Room", "=1+1", int64(-1))
	f.Add("\u2028\"\\/", "\x00\x1f\x7f\r\n\t", int64(1<<62))
	f.Add("\xff\xc3", "a\xed\xa0\x80b", int64(0))
	f.Fuzz(func(t *testing.T, name, text string, n int64) {
		columns := []tallystick.Column{{Name: "1" + name, Kind: tallystick.CellText}, {Name: "N", Kind: tallystick.CellInteger}, {Name: "E", Kind: tallystick.CellInstant}}
		row := []tallystick.Cell{tallystick.TextCell(text), tallystick.IntegerCell(n), tallystick.Empty}
		got := write(t, "ndjson", table("t", columns, row, row), render.Options{})
		if strings.Count(got, "\n") != 2 || !strings.HasSuffix(got, "\n") {
			t.Fatalf("%q is not two lines", got)
		}
		decoder := json.NewDecoder(strings.NewReader(got))
		decoder.UseNumber()
		want := []json.Token{json.Delim('{'), "1" + string([]rune(name)), string([]rune(text)), "N", json.Number(row[1].String()), "E", nil, json.Delim('}')}
		for i := range 2 * len(want) {
			if token, err := decoder.Token(); err != nil || token != want[i%len(want)] {
				t.Fatalf("token %d of %q is %v, %v; want %v", i, got, token, err, want[i%len(want)])
			}
		}
	})
}
