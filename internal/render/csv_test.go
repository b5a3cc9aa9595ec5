package render_test

import (
	"cmp"
	stdcsv "encoding/csv"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

func TestCSVFields(t *testing.T) {
	for _, test := range []struct {
		name string
		cell tallystick.Cell
		want string
		o    render.Options
	}{
		{"plain text", tallystick.TextCell("a b"), "a b", render.Options{}},
		{"spaces at the ends stay and need no quotes", tallystick.TextCell(" a "), " a ", render.Options{}},
		{"a comma", tallystick.TextCell("a,b"), `"a,b"`, render.Options{}},
		{"another delimiter leaves a comma alone", tallystick.TextCell("a,b"), "a,b", render.Options{Delimiter: '|'}},
		{"the delimiter itself", tallystick.TextCell("a|b"), `"a|b"`, render.Options{Delimiter: '|'}},
		{"quotes are doubled", tallystick.TextCell(`"a"`), `"""a"""`, render.Options{}},
		{"LF", tallystick.TextCell("a\nb"), "\"a\nb\"", render.Options{}},
		{"CR", tallystick.TextCell("a\rb"), "\"a\rb\"", render.Options{}},
		{"TAB inside needs nothing", tallystick.TextCell("a\tb"), "a\tb", render.Options{}},

		{"= is guarded", tallystick.TextCell("=A1"), "'=A1", render.Options{}},
		{"+ is guarded", tallystick.TextCell("+491234"), "'+491234", render.Options{}},
		{"- is guarded", tallystick.TextCell("-"), "'-", render.Options{}},
		{"@ is guarded", tallystick.TextCell("@SUM"), "'@SUM", render.Options{}},
		{"TAB is guarded", tallystick.TextCell("\t=1"), "'\t=1", render.Options{}},
		{"CR is guarded, then quoted", tallystick.TextCell("\r=1"), "\"'\r=1\"", render.Options{}},
		{"NUL is guarded", tallystick.TextCell("\x00=1"), "'\x00=1", render.Options{}},
		{"guarded and quoted", tallystick.TextCell("=A,B"), `"'=A,B"`, render.Options{}},
		{"LF first is only quoted", tallystick.TextCell("\n=1"), "\"\n=1\"", render.Options{}},
		{"the middle is not guarded", tallystick.TextCell("1=1"), "1=1", render.Options{}},
		{"guard off", tallystick.TextCell("=A1"), "=A1", render.Options{Guard: render.GuardOff}},
		{"guard off quotes as ever", tallystick.TextCell("=A,B"), `"=A,B"`, render.Options{Guard: render.GuardOff}},

		{"a negative integer is a number", tallystick.IntegerCell(-5), "-5", render.Options{}},
		{"a negative decimal is a number", tallystick.DecimalCell(-5), "-0.05", render.Options{}},
		{"nothing", tallystick.Empty, "", render.Options{}},
		{"empty text", tallystick.TextCell(""), "", render.Options{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := write(t, "csv", table("t", texts("H"), []tallystick.Cell{test.cell}), test.o)
			if want := "H\r\n" + test.want + "\r\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestQuotesAnywhere has each byte at each place of a text, among letters of one byte and of two: texts are looked through a word at a time.
func TestQuotesAnywhere(t *testing.T) {
	for _, o := range []render.Options{{}, {Delimiter: '|'}, {Delimiter: ';'}, {Delimiter: '\t'}} {
		quoted := "\"\r\n" + string(rune(cmp.Or(o.Delimiter, ',')))
		var rows [][]tallystick.Cell
		want := "H\r\n"
		for at := range 21 {
			for b := range 256 {
				text := "a" + strings.Repeat("k", at) + string([]byte{byte(b)}) + strings.Repeat("é", 10-at/2)
				rows = append(rows, []tallystick.Cell{tallystick.TextCell(text)})
				if strings.ContainsAny(text, quoted) {
					text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
				}
				want += text + "\r\n"
			}
		}
		if got := write(t, "csv", table("t", texts("H"), rows...), o); got != want {
			t.Errorf("delimiter %q: got %q, want %q", o.Delimiter, got, want)
		}
	}
}

func TestHeadsAreQuotedButNotGuarded(t *testing.T) {
	if got, want := write(t, "csv", table("t", texts("=A", "B,C")), render.Options{}), "=A,\"B,C\"\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseDelimiter(t *testing.T) {
	for s, want := range map[string]byte{
		",": ',', "comma": ',', "|": '|', "pipe": '|', ";": ';', "semicolon": ';', "\t": '\t', "tab": '\t',
	} {
		if got, err := render.ParseDelimiter(s); err != nil || got != want {
			t.Errorf("ParseDelimiter(%q) = %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", ":", ",,", "Comma", `\t`, "\""} {
		if got, err := render.ParseDelimiter(s); tallystick.CodeOf(err) != tallystick.Invalid {
			t.Errorf("ParseDelimiter(%q) = %q, %v; want an invalid error", s, got, err)
		}
	}
	t.Run("a delimiter that is none is not written", func(t *testing.T) {
		f, _ := render.FormatNamed("csv")
		var b strings.Builder
		if err := f.Write(&b, table("t", texts("A")), render.Options{Delimiter: '"'}); tallystick.CodeOf(err) != tallystick.Invalid || b.Len() > 0 {
			t.Errorf("wrote %q, %v", b.String(), err)
		}
	})
}

// FuzzCSV reads what was written with the reader of the standard library.
func FuzzCSV(f *testing.F) {
	f.Add("room", "=1+1", "a,\"b\"\r\n", byte(0))
	f.Add("", "\x00", "|;\t", byte(1))
	f.Add("\ufeff", "'", "\r", byte(2))
	f.Fuzz(func(t *testing.T, head, a, b string, pick byte) {
		delimiter := ",|;\t"[pick%4]
		for guard := range render.GuardOff + 1 {
			cells := []tallystick.Cell{tallystick.TextCell(a), tallystick.IntegerCell(-1), tallystick.TextCell(b)}
			got := write(t, "csv", table("t", texts("H", head, "T"), cells), render.Options{Delimiter: delimiter, Guard: guard})
			r := stdcsv.NewReader(strings.NewReader(got))
			r.Comma = rune(delimiter)
			records, err := r.ReadAll()
			if err != nil || len(records) != 2 {
				t.Fatalf("%q reads as %q, %v", got, records, err)
			}
			want := [][]string{{"H", head, "T"}, {a, "-1", b}}
			if guard == render.GuardOn {
				want[1][0], want[1][2] = guarded(a), guarded(b)
			}
			for i := range want {
				for j := range want[i] {
					// The reader turns CR LF inside quotes into LF.
					if w := strings.ReplaceAll(want[i][j], "\r\n", "\n"); records[i][j] != w {
						t.Errorf("row %d, field %d: read %q, want %q; file %q", i, j, records[i][j], w, got)
					}
				}
			}
		}
	})
}

func guarded(s string) string {
	if s != "" && strings.Contains("=+-@\t\r\x00", s[:1]) {
		return "'" + s
	}
	return s
}
