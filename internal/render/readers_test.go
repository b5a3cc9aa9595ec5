package render_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

// The tests of this file have workbooks read by programs that others wrote: xlrd and openpyxl, which tell types and formats, and LibreOffice, which is what many
// people open them with.

// need ends the test when a reader is missing: on a machine that checks commits that is a failure.
func need(t *testing.T, found bool, what string) {
	t.Helper()
	switch {
	case found:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is missing", what)
	default:
		t.Skipf("NOT TESTED: %s is missing", what)
	}
}

type foundSheet struct {
	Name   string
	Frozen int
	Titles string // the rows that are printed on each page
	Bold   bool
	Widths []int
	Rows   [][]*foundCell
}

type foundCell struct {
	kind, value, format string
}

func (c *foundCell) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var parts []any
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&parts); err != nil || len(parts) != 3 {
		return fmt.Errorf("%s is no cell: %v", b, err)
	}
	*c = foundCell{fmt.Sprint(parts[0]), fmt.Sprint(parts[1]), fmt.Sprint(parts[2])}
	return nil
}

// readByPython reads workbooks with xlrd and openpyxl.
func readByPython(t *testing.T, files ...string) map[string][]foundSheet {
	t.Helper()
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import xlrd, openpyxl").Run() == nil {
			python = name
			break
		}
	}
	need(t, python != "", "python3 with xlrd and openpyxl")
	var stderr strings.Builder
	cmd := exec.Command(python, append([]string{filepath.Join("testdata", "read_workbook.py")}, files...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var books map[string][]foundSheet
	if err := json.Unmarshal(out, &books); err != nil {
		t.Fatal(err)
	}
	return books
}

// readByLibreOffice converts workbooks to CSV and returns for each file the sheets by name.
func readByLibreOffice(t *testing.T, files ...string) map[string]map[string][][]field {
	t.Helper()
	_, err := exec.LookPath("soffice")
	need(t, err == nil, "soffice, of LibreOffice Calc")
	all := map[string]map[string][][]field{}
	for _, file := range files { // of one name but for the extension, perhaps: a folder each
		all[file] = map[string][][]field{}
	}
	out := t.TempDir()
	// Comma, quote, UTF-8; texts in quotes, numbers as they look; no formulas; all sheets.
	const filter = `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,true,false,false,-1`
	args := append([]string{"-env:UserInstallation=file://" + t.TempDir(), "--headless", "--convert-to", filter, "--outdir", out}, files...)
	if said, err := exec.Command("soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, file := range files {
		base := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)) + "-"
		made, err := filepath.Glob(filepath.Join(out, base+"*.csv"))
		if err != nil || len(made) == 0 {
			t.Fatalf("no sheet of %s: %v", file, err)
		}
		for _, name := range made {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			sheet := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), base), ".csv")
			all[file][sheet] = fields(string(text))
		}
	}
	return all
}

// field is a field of CSV. The reader of the standard library does not tell whether it was quoted, and changes line ends.
type field struct {
	text   string
	quoted bool
}

func fields(s string) (rows [][]field) {
	for s != "" {
		var row []field
		for end := false; !end; {
			f := field{}
			if strings.HasPrefix(s, `"`) {
				f.quoted = true
				s = s[1:]
				for {
					i := strings.IndexByte(s, '"')
					f.text, s = f.text+s[:i], s[i+1:]
					if !strings.HasPrefix(s, `"`) {
						break
					}
					f.text, s = f.text+`"`, s[1:]
				}
			} else {
				i := strings.IndexAny(s, ",\r\n")
				f.text, s = s[:i], s[i:]
			}
			row = append(row, f)
			end = !strings.HasPrefix(s, ",")
			s = s[1:]
		}
		s = strings.TrimPrefix(s, "\n")
		rows = append(rows, row)
	}
	return rows
}

func seed(t *testing.T) uint64 {
	s := uint64(time.Now().UnixNano())
	if text := os.Getenv("TALLYSTICK_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		s = n
	}
	t.Logf("TALLYSTICK_SEED=%d", s)
	return s
}

// TestReaders writes random tables to workbooks and to CSV, and compares what independent readers find with what the CSV says, value by value and type by type.
func TestReaders(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(seed(t), 1))
	dir := t.TempDir()
	var tables []keptTable
	few := 4
	if os.Getenv("TALLYSTICK_LONG") == "1" {
		few = 100
	}
	for i := range few {
		tables = append(tables, randomTable(r, fmt.Sprintf("t%d", i), 40))
	}
	tables = append(tables, edgeTable(), keptTable{name: "empty", columns: texts("A", "B")})
	facts := []render.Fact{{Name: "Tenant", Value: "=HYPERLINK(\"x\")"}, {Name: "Period", Value: "0123"}}
	var files []string
	for _, format := range []string{"xls", "xlsx"} {
		file := filepath.Join(dir, format+"."+format)
		files = append(files, file)
		var book []tallystick.Table
		for _, k := range tables {
			book = append(book, k.table())
		}
		writeFile(t, file, format, book, render.Options{About: func() []render.Fact { return facts }})
	}

	t.Run("xlrd and openpyxl", func(t *testing.T) {
		for file, sheets := range readByPython(t, files...) {
			if len(sheets) != len(tables)+1 {
				t.Fatalf("%s: %d sheets", file, len(sheets))
			}
			for i, k := range tables {
				k.compare(t, filepath.Base(file), sheets[i])
			}
			about := sheets[len(tables)]
			if about.Name != "About" || about.Frozen != 0 || about.Titles != "" || !about.Bold || len(about.Rows) != 2 {
				t.Errorf("%s: About is %+v", file, about)
			}
			for i, fact := range facts {
				if row := about.Rows[i]; row[0].value != fact.Name || *row[1] != (foundCell{"text", fact.Value, "@"}) {
					t.Errorf("%s: fact %d is %v", file, i, *row[1])
				}
			}
		}
	})
	t.Run("LibreOffice", func(t *testing.T) {
		for file, sheets := range readByLibreOffice(t, files...) {
			for _, k := range tables {
				k.compareShown(t, filepath.Base(file), sheets[k.name])
			}
		}
	})
}

func writeFile(t *testing.T, file, format string, tables []tallystick.Table, o render.Options) {
	t.Helper()
	f, err := render.FormatNamed(format)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := f.WriteBook(out, tables, o); err != nil {
		t.Fatal(err)
	}
}

// keptTable is a table whose rows are at hand more than once.
type keptTable struct {
	name    string
	columns []tallystick.Column
	rows    [][]tallystick.Cell
}

func (k keptTable) table() tallystick.Table { return table(k.name, k.columns, k.rows...) }

// csv is the table as our CSV has it, without the guard.
func (k keptTable) csv(t *testing.T) [][]field {
	return fields(write(t, "csv", k.table(), render.Options{Guard: render.GuardOff}))
}

// compare compares a sheet with the table, types and formats included.
func (k keptTable) compare(t *testing.T, file string, got foundSheet) {
	t.Helper()
	want := k.csv(t)
	if got.Name != k.name || got.Frozen != 1 || !got.Bold || len(got.Widths) != len(k.columns) || len(got.Rows) != len(want) {
		t.Fatalf("%s: sheet %q, %d rows stay, bold %v, widths %v, %d rows; want %q with %d", file, got.Name, got.Frozen, got.Bold, got.Widths, len(got.Rows), k.name, len(want))
	}
	if titles := got.Titles[strings.LastIndex(got.Titles, "!")+1:]; titles != "$1:$1" && titles != "$A$1:$IV$1" {
		t.Errorf("%s: sheet %q repeats %q", file, k.name, got.Titles)
	}
	for i, width := range got.Widths {
		if head := []rune(k.columns[i].Name); width < min(len(head), 8) || width > 60 {
			t.Errorf("%s: sheet %q, column %d is %d wide under %q", file, k.name, i, width, string(head))
		}
	}
	for i, row := range want {
		for j, w := range row {
			cell := tallystick.TextCell(w.text)
			if i > 0 {
				cell = k.rows[i-1][j]
			}
			c := (*foundCell)(nil)
			if j < len(got.Rows[i]) {
				c = got.Rows[i][j]
			}
			place := fmt.Sprintf("%s, sheet %s, row %d, column %d", file, k.name, i, j)
			switch {
			case cell.Kind == tallystick.CellEmpty:
				if c != nil {
					t.Errorf("%s: %+v instead of nothing", place, *c)
				}
			case c == nil:
				t.Errorf("%s: nothing instead of %s %.80q", place, cell.Kind, w.text)
			case !isNumber(cell):
				if *c != (foundCell{"text", w.text, "@"}) {
					t.Errorf("%s: %s %.80q, format %s; want text %.80q", place, c.kind, c.value, c.format, w.text)
				}
			default:
				format := "0"
				if cell.Kind == tallystick.CellDecimal {
					format = "0.00"
				}
				wanted, err := strconv.ParseFloat(w.text, 64)
				found, err2 := strconv.ParseFloat(c.value, 64)
				if err != nil || err2 != nil || found != wanted || c.kind != "number" || c.format != format {
					t.Errorf("%s: %s %s, format %s; want %s", place, c.kind, c.value, c.format, w.text)
				}
			}
		}
	}
}

// compareShown compares what LibreOffice shows.
func (k keptTable) compareShown(t *testing.T, file string, got [][]field) {
	t.Helper()
	want := k.csv(t)
	if len(got) != len(want) {
		t.Fatalf("%s: sheet %q has %d rows, want %d", file, k.name, len(got), len(want))
	}
	for i, row := range want {
		for j, w := range row {
			w.text = libreOfficeShows(w.text, filepath.Ext(file))
			// An empty text is an empty cell to LibreOffice.
			w.quoted = w.text != "" && (i == 0 || !isNumber(k.rows[i-1][j]))
			f := field{}
			if j < len(got[i]) {
				f = got[i][j]
				f.text = lineFeeds.Replace(f.text)
			}
			if f != w {
				t.Errorf("%s, sheet %s, row %d, column %d: shown %.80q, text %v; want %.80q, %v", file, k.name, i, j, f.text, f.quoted, w.text, w.quoted)
			}
		}
	}
}

// libreOfficeShows is what LibreOffice makes of a text that xlrd and openpyxl find unchanged: XLS has no NUL for it.
func libreOfficeShows(s, extension string) string {
	if extension == ".xls" {
		s = strings.ReplaceAll(s, "\x00", "?")
	}
	return lineFeeds.Replace(s)
}

// lineFeeds turns line ends into LF, as LibreOffice does with some. LF CR is one to it, as CR LF is.
var lineFeeds = strings.NewReplacer("\r\n", "\n", "\n\r", "\n", "\r", "\n")
