package render_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

var update = flag.Bool("update", false, "write the golden files anew")

func table(name string, columns []tallystick.Column, rows ...[]tallystick.Cell) tallystick.Table {
	return tallystick.Table{Name: name, Columns: columns, Rows: func(yield func([]tallystick.Cell, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}}
}

func texts(names ...string) []tallystick.Column {
	columns := make([]tallystick.Column, len(names))
	for i, name := range names {
		columns[i] = tallystick.Column{Name: name, Kind: tallystick.CellText}
	}
	return columns
}

func instant(t *testing.T, s string) tallystick.Cell {
	t.Helper()
	i, err := tallystick.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return tallystick.InstantCell(i)
}

// mixed has a cell of every kind and texts that each format has to treat with care.
func mixed(t *testing.T) tallystick.Table {
	columns := []tallystick.Column{
		{Name: "Room", Kind: tallystick.CellText}, {Name: "Messages, sent", Kind: tallystick.CellInteger},
		{Name: "Average", Kind: tallystick.CellDecimal}, {Name: "=Since", Kind: tallystick.CellInstant},
	}
	text, number, decimal := tallystick.TextCell, tallystick.IntegerCell, tallystick.DecimalCell
	return table("rooms", columns,
		[]tallystick.Cell{text("Lobby"), number(12), decimal(350), instant(t, "2025-03-01T00:00:00Z")},
		[]tallystick.Cell{text("Grüße, 東京 🏦"), number(-5), decimal(-7), instant(t, "2025-03-01T09:30:00.25+01:00")},
		[]tallystick.Cell{text(`say "hi"` + "\r\nand | leave; or\tstay"), number(0), decimal(0), tallystick.Empty},
		[]tallystick.Cell{text("=1+1"), tallystick.Empty, decimal(100_000_005), tallystick.Empty},
		[]tallystick.Cell{text("-5"), number(1_000_000_000_000), tallystick.Empty, tallystick.Empty},
		[]tallystick.Cell{text(`C:\rooms\<b>`), number(1), decimal(1), tallystick.Empty},
		[]tallystick.Cell{text(""), number(1), decimal(1), tallystick.Empty},
	)
}

func TestGolden(t *testing.T) {
	for _, test := range []struct {
		file, format string
		options      render.Options
	}{
		{"mixed.csv", "csv", render.Options{}},
		{"mixed-pipe-raw-bom.csv", "csv", render.Options{Delimiter: '|', BOM: true, Guard: render.GuardOff}},
		{"mixed-semicolon.csv", "csv", render.Options{Delimiter: ';'}},
		{"mixed-tab.csv", "csv", render.Options{Delimiter: '\t'}},
		{"mixed.json", "json", render.Options{}},
		{"mixed.ndjson", "ndjson", render.Options{}},
	} {
		t.Run(test.file, func(t *testing.T) {
			got := write(t, test.format, mixed(t), test.options)
			file := filepath.Join("testdata", test.file)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%q\nwant\n%q", got, want)
			}
		})
	}
}

func TestTablesWithoutRowsHaveTheirHeads(t *testing.T) {
	empty := func() tallystick.Table { return table("empty", texts("A", "B")) }
	if got, want := write(t, "csv", empty(), render.Options{}), "A,B\r\n"; got != want {
		t.Errorf("csv: got %q, want %q", got, want)
	}
	want := `{"table":"empty","columns":[{"name":"A","type":"text"},{"name":"B","type":"text"}],"rows":[` + "\n]}\n"
	if got := write(t, "json", empty(), render.Options{}); got != want {
		t.Errorf("json: got %q, want %q", got, want)
	}
}

func TestErrorsEndTheFile(t *testing.T) {
	broken := errors.New("disk on fire")
	rows := func(last []tallystick.Cell, err error) iter.Seq2[[]tallystick.Cell, error] {
		return func(yield func([]tallystick.Cell, error) bool) {
			if yield([]tallystick.Cell{tallystick.TextCell("a")}, nil) && yield(last, err) {
				t.Error("the table was asked for rows after its error")
			}
		}
	}
	for _, format := range render.Formats {
		t.Run(format.Name+"/of the table", func(t *testing.T) {
			err := format.Write(io.Discard, tallystick.Table{Name: "t", Columns: texts("A"), Rows: rows(nil, broken)}, render.Options{})
			if !errors.Is(err, broken) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(format.Name+"/a row that is too short", func(t *testing.T) {
			err := format.Write(io.Discard, tallystick.Table{Name: "t", Columns: texts("A"), Rows: rows([]tallystick.Cell{}, nil)}, render.Options{})
			if err == nil || !strings.Contains(err.Error(), `"t"`) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(format.Name+"/of the writer", func(t *testing.T) {
			if err := format.Write(failingWriter{broken}, mixed(t), render.Options{}); !errors.Is(err, broken) {
				t.Errorf("got %v", err)
			}
		})
		t.Run(format.Name+"/of the writer, soon", func(t *testing.T) {
			yielded := 0
			endless := tallystick.Table{Name: "t", Columns: texts("A"), Rows: func(yield func([]tallystick.Cell, error) bool) {
				for yield([]tallystick.Cell{tallystick.TextCell("some text")}, nil) && yielded < 1_000_000 {
					yielded++
				}
			}}
			if format.Name == "xls" {
				t.Skip("an XLS begins with what is known in the end")
			}
			if err := format.Write(failingWriter{broken}, endless, render.Options{}); !errors.Is(err, broken) || yielded > 20_000 {
				t.Errorf("got %v after %d rows", err, yielded)
			}
		})
	}
}

func TestFormatsAreNamed(t *testing.T) {
	for _, format := range render.Formats {
		got, err := render.FormatNamed(format.Name)
		if err != nil || got.Name != format.Name {
			t.Errorf("FormatNamed(%q) = %q, %v", format.Name, got.Name, err)
		}
		if !strings.HasPrefix(format.Extension, ".") || format.MediaType == "" {
			t.Errorf("%s: extension %q, media type %q", format.Name, format.Extension, format.MediaType)
		}
	}
	_, err := render.FormatNamed("pdf")
	if tallystick.CodeOf(err) != tallystick.Invalid || !strings.Contains(err.Error(), `"pdf"`) || !strings.Contains(err.Error(), "csv, json") {
		t.Errorf("got %v", err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func write(t testing.TB, format string, table tallystick.Table, o render.Options) string {
	t.Helper()
	f, err := render.FormatNamed(format)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b, table, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
