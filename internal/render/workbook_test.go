package render_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

// counted is a table of so many rows, the number of the row in each cell.
func counted(name string, rows, columns int) tallystick.Table {
	t := tallystick.Table{Name: name}
	for i := range columns {
		t.Columns = append(t.Columns, tallystick.Column{Name: fmt.Sprintf("C%d", i), Kind: tallystick.CellInteger})
	}
	t.Rows = func(yield func([]tallystick.Cell, error) bool) {
		row := make([]tallystick.Cell, columns)
		for i := range rows {
			for j := range row {
				row[j] = tallystick.IntegerCell(int64(i))
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	return t
}

func book(t *testing.T, format string, o render.Options, tables ...tallystick.Table) ([]byte, error) {
	t.Helper()
	f, err := render.FormatNamed(format)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = f.WriteBook(&b, tables, o)
	return b.Bytes(), err
}

// TestLongTablesOfXLS has a table go on in a second sheet, in a file that is large enough to need sectors of the DIFAT.
func TestLongTablesOfXLS(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "long.xls")
	const rows = 65535 + 100
	long := keptTable{name: "Rooms (2)", columns: texts("Text")}
	for i := range 250 {
		text := strings.Repeat(string(rune('a'+i%26)), 32767-i) + strings.Repeat("0", i)
		long.rows = append(long.rows, []tallystick.Cell{tallystick.TextCell(text)})
	}
	writeFile(t, file, "xls", []tallystick.Table{counted("rooms", rows, 1), long.table()}, render.Options{})
	if info, err := os.Stat(file); err != nil || info.Size() < 109*128*512 {
		t.Fatalf("%v, %v", info.Size(), err)
	}
	sheets := readByPython(t, file)[file]
	var names []string
	for _, s := range sheets {
		names = append(names, s.Name)
	}
	if want := []string{"rooms", "rooms (3)", "Rooms (2)"}; !slices.Equal(names, want) {
		t.Fatalf("sheets %q, want %q", names, want)
	}
	n := 0
	for _, s := range sheets[:2] {
		if head := s.Rows[0][0]; head.value != "C0" || !s.Bold || s.Frozen != 1 {
			t.Errorf("sheet %s: head %v, bold %v, %d rows stay", s.Name, head, s.Bold, s.Frozen)
		}
		for _, row := range s.Rows[1:] {
			if row[0].value != fmt.Sprintf("%d.0", n) {
				t.Fatalf("row %d holds %v", n, row[0])
			}
			n++
		}
	}
	if n != rows || len(sheets[0].Rows) != 65536 {
		t.Errorf("%d rows, %d of them in the first sheet", n, len(sheets[0].Rows))
	}
	for i, row := range long.rows {
		if got := sheets[2].Rows[i+1][0].value; got != row[0].Text {
			t.Fatalf("text %d has %d characters, %.20q", i, len(got), got)
		}
	}
}

func TestLongTablesOfXLSX(t *testing.T) {
	const rows = 1_048_575 + 3
	file, err := book(t, "xlsx", render.Options{}, counted("rooms", rows, 1))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	part := func(name string) []byte {
		r, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first, second, list := part("xl/worksheets/sheet1.xml"), part("xl/worksheets/sheet2.xml"), part("xl/workbook.xml")
	if n := bytes.Count(first, []byte("<row ")); n != 1_048_576 || !bytes.Contains(first, []byte(`<c r="A1048576" s="2"><v>1048574</v></c></row></sheetData>`)) {
		t.Errorf("the first sheet has %d rows", n)
	}
	if n := bytes.Count(second, []byte("<row ")); n != 4 || !bytes.Contains(second, []byte(`<t>C0</t></is></c></row><row r="2"><c r="A2" s="2"><v>1048575</v>`)) {
		t.Errorf("the second sheet has %d rows", n)
	}
	names := regexp.MustCompile(`<sheet name="([^"]*)"`).FindAllSubmatch(list, -1)
	if len(names) != 2 || string(names[0][1]) != "rooms" || string(names[1][1]) != "rooms (2)" {
		t.Errorf("sheets %q", names)
	}
}

func TestWhatAWorkbookCanNotHold(t *testing.T) {
	long := func(s string) tallystick.Table {
		return table("rooms", texts("Room", "Name"), []tallystick.Cell{tallystick.TextCell("a"), tallystick.TextCell("b")}, []tallystick.Cell{tallystick.TextCell("a"), tallystick.TextCell(s)})
	}
	for _, test := range []struct {
		name, format string
		table        tallystick.Table
		o            render.Options
		want         []string // in the error
	}{
		{name: "a million rows", format: "xls", table: counted("rooms", 1_000_001, 1), want: []string{"more than 1000000 rows", "xlsx"}},
		{name: "columns of XLS", format: "xls", table: counted("rooms", 0, 257), want: []string{`"rooms"`, "257", "256"}},
		{name: "columns of XLSX", format: "xlsx", table: counted("rooms", 0, 16385), want: []string{`"rooms"`, "16385", "16384"}},
		{name: "a long text of XLS", format: "xls", table: long(strings.Repeat("x", 32768)), want: []string{`"rooms"`, `"Name"`, "row 2", "32768", "32767"}},
		{name: "a long text of XLSX", format: "xlsx", table: long(strings.Repeat("ÿ", 32768)), want: []string{`"rooms"`, `"Name"`, "row 2", "32768", "32767"}},
		{name: "a long text of pairs", format: "xlsx", table: long(strings.Repeat("🏦", 16384)), want: []string{"row 2", "32768"}},
		{name: "a long head", format: "xlsx", table: table("rooms", texts(strings.Repeat("x", 32768))), want: []string{"the head", "32768"}},
		{name: "a long fact", format: "xls", table: table("rooms", texts("A")), want: []string{`"About"`, `"Filter"`, "32768"},
			o: render.Options{About: func() []render.Fact { return []render.Fact{{Name: "Filter", Value: strings.Repeat("x", 32768)}} }}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := book(t, test.format, test.o, test.table)
			if tallystick.CodeOf(err) != tallystick.TooLarge {
				t.Fatalf("got %v", err)
			}
			for _, s := range test.want {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q is not in %q", s, err)
				}
			}
		})
	}
	t.Run("a million rows fit", func(t *testing.T) {
		if _, err := book(t, "xls", render.Options{}, counted("rooms", 600_000, 1), counted("users", 400_000, 1)); err != nil {
			t.Error(err)
		}
		if _, err := book(t, "xls", render.Options{}, counted("rooms", 600_000, 1), counted("users", 400_001, 1)); tallystick.CodeOf(err) != tallystick.TooLarge {
			t.Errorf("one more: got %v", err)
		}
	})
	t.Run("no table", func(t *testing.T) {
		for _, format := range []string{"xls", "xlsx", "csv"} {
			if _, err := book(t, format, render.Options{}); err == nil {
				t.Errorf("%s: no error", format)
			}
		}
	})
	t.Run("two tables in CSV", func(t *testing.T) {
		b, err := book(t, "csv", render.Options{}, counted("a", 1, 1), counted("b", 1, 1))
		if tallystick.CodeOf(err) != tallystick.Invalid || len(b) > 0 {
			t.Errorf("got %q, %v", b, err)
		}
	})
}

// TestNamesOfSheets has independent readers say what they are. Spreadsheets take a file with a name that is not legal for damaged.
func TestNamesOfSheets(t *testing.T) {
	t.Parallel()
	names := []string{"rooms", "Rooms", "", "a/b\\c[d]e:f*g?h", "'quoted'", "History", "about", strings.Repeat("x", 40), strings.Repeat("x", 31), strings.Repeat("🏦", 20), "a&<b>\"c\"", "tab\tnul\x00", "rooms (2)", "\xff"}
	want := []string{"rooms", "Rooms (2)", "Sheet", "a_b_c_d_e_f_g_h", "_quoted_", "History (2)", "about (2)", strings.Repeat("x", 31), strings.Repeat("x", 27) + " (2)", strings.Repeat("🏦", 15), "a&<b>\"c\"", "tab_nul_", "rooms (2) (2)", "\ufffd", "About"}
	dir := t.TempDir()
	var files []string
	for _, format := range []string{"xls", "xlsx"} {
		var tables []tallystick.Table
		for _, name := range names {
			tables = append(tables, counted(name, 1, 1))
		}
		files = append(files, filepath.Join(dir, "names."+format))
		writeFile(t, files[len(files)-1], format, tables, render.Options{About: func() []render.Fact { return nil }})
	}
	for file, sheets := range readByPython(t, files...) {
		var got []string
		for _, s := range sheets {
			got = append(got, s.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", filepath.Base(file), got, want)
		}
	}
}

func TestSameTablesSameBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(seed(t), 2))
	a, b := randomTable(r, "a", 300), randomTable(r, "b", 10)
	o := render.Options{About: func() []render.Fact { return []render.Fact{{Name: "Tenant", Value: "t"}} }}
	for _, format := range []string{"xls", "xlsx"} {
		first, err := book(t, format, o, a.table(), b.table())
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			t.Setenv("TMPDIR", t.TempDir())
			if again, err := book(t, format, o, a.table(), b.table()); err != nil || !bytes.Equal(first, again) {
				t.Errorf("%s: other bytes, %v", format, err)
			}
		}
	}
}

func TestWorkbookOfOneTable(t *testing.T) {
	for _, format := range render.Formats {
		if format.Workbook() != (format.Name == "xls" || format.Name == "xlsx") {
			t.Errorf("%s: Workbook() is %v", format.Name, format.Workbook())
		}
		asked := 0
		o := render.Options{About: func() []render.Fact { asked++; return []render.Fact{{Name: "Tenant", Value: "t"}} }}
		one := write(t, format.Name, mixed(t), o)
		many, err := book(t, format.Name, o, mixed(t))
		if err != nil || one != string(many) {
			t.Errorf("%s: Write and WriteBook differ, %v", format.Name, err)
		}
		if asked != 2 && format.Workbook() {
			t.Errorf("%s: the facts were asked for %d times", format.Name, asked)
		}
	}
}

func TestFactsAreAskedForInTheEnd(t *testing.T) {
	for _, format := range []string{"xls", "xlsx"} {
		read := false
		rows := table("t", texts("A"))
		rows.Rows = func(yield func([]tallystick.Cell, error) bool) {
			yield([]tallystick.Cell{tallystick.TextCell("a")}, nil)
			read = true
		}
		_, err := book(t, format, render.Options{About: func() []render.Fact {
			if !read {
				t.Errorf("%s: asked before the rows were read", format)
			}
			return nil
		}}, rows)
		if err != nil {
			t.Error(err)
		}
	}
}

// TestTemporaryFilesAreRemoved looks for what is left after a file that was written, and after each way in which one is not.
func TestTemporaryFilesAreRemoved(t *testing.T) {
	broken := errors.New("disk on fire")
	stops := func(end func(yield func([]tallystick.Cell, error) bool)) tallystick.Table {
		whole := counted("t", 100_000, 3)
		return tallystick.Table{Name: "t", Columns: whole.Columns, Rows: func(yield func([]tallystick.Cell, error) bool) {
			for row := range whole.Rows {
				if !yield(row, nil) {
					return
				}
			}
			end(yield)
		}}
	}
	for _, format := range []string{"xls", "xlsx"} {
		f, err := render.FormatNamed(format)
		if err != nil {
			t.Fatal(err)
		}
		for name, write := range map[string]func() error{
			"written":             func() error { return f.Write(io.Discard, counted("t", 100_000, 3), render.Options{}) },
			"error of the writer": func() error { return f.Write(failingWriter{broken}, counted("t", 100_000, 3), render.Options{}) },
			"error of the table": func() error {
				return f.Write(io.Discard, stops(func(yield func([]tallystick.Cell, error) bool) { yield(nil, broken) }), render.Options{})
			},
			"panic": func() (err error) {
				defer func() { err, _ = recover().(error) }()
				return f.Write(io.Discard, stops(func(func([]tallystick.Cell, error) bool) { panic(broken) }), render.Options{})
			},
		} {
			t.Run(format+"/"+name, func(t *testing.T) {
				dir := t.TempDir()
				t.Setenv("TMPDIR", dir)
				if err := write(); (name != "written") != errors.Is(err, broken) {
					t.Errorf("got %v", err)
				}
				left, err := os.ReadDir(dir)
				if err != nil || len(left) > 0 {
					t.Errorf("left are %v, %v", left, err)
				}
			})
		}
	}
	t.Run("nowhere to put them", func(t *testing.T) {
		t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
		if _, err := book(t, "xls", render.Options{}, counted("t", 1, 1)); err == nil || !strings.Contains(err.Error(), "temporary") {
			t.Errorf("got %v", err)
		}
	})
}
