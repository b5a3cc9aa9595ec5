package deliver

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite golden files")

func TestWhatARecipientReads(t *testing.T) {
	for name, d := range map[string]*Delivery{"report-attached": billing(t), "report-linked": linked(t), "notice": notice(t)} {
		t.Run(name, func(t *testing.T) {
			text, html, err := Preview(d)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", text)
			golden(t, name+".html", html)
			for _, line := range strings.Split(text, "\n") {
				if utf8.RuneCountInString(line) > 78 && !strings.Contains(line, "https://") {
					t.Errorf("a line of text is wider than 78: %q", line)
				}
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is another one; run with -update and read the diff\n%s", path, got)
	}
}

func TestNothingOfAValueIsMarkup(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	d := linked(t)
	d.Subject, d.Company, d.Schedule, d.Report, d.Description, d.To = evil, evil, evil, evil, evil, evil
	d.Lines, d.Totals = []string{evil}, []Fact{{evil, evil}}
	d.Periods[0] = Period{Company: evil, Zone: evil, From: evil, Before: evil}
	d.Sample = &Sample{Columns: []string{evil}, Rows: [][]string{{evil}}, More: 1}
	d.File.Name = evil
	d.Action = &Action{evil, "javascript:alert(1)"}
	html, err := d.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", `href="javascript`} {
		if strings.Contains(html, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	if _, _, err := Preview(d); err == nil {
		t.Error("a link that is a script was let through")
	}
}

func TestTextTables(t *testing.T) {
	wide := strings.Repeat("wide ", 30)
	for _, test := range []struct {
		name string
		s    Sample
		want string
	}{
		{"numbers stand on the right", Sample{Columns: []string{"Room", "Sessions"}, Numeric: []bool{false, true}, Rows: [][]string{{"a", "1"}, {"bcdef", "1,234"}}},
			"Room   Sessions\n-----  --------\na             1\nbcdef     1,234\n"},
		{"a long text is cut where it is seen", Sample{Columns: []string{"T", "N"}, Numeric: []bool{false, true}, Rows: [][]string{{wide, "12"}}},
			"T" + strings.Repeat(" ", 73-1) + "N\n" + strings.Repeat("-", 70) + "  --\n" + strings.Repeat("wide ", 30)[:69] + "…  12\n"},
		{"a break in a cell breaks no line", Sample{Columns: []string{"T"}, Rows: [][]string{{"a\r\nb\x00c"}}}, "T\n-----\na b c\n"},
		{"a short row", Sample{Columns: []string{"A", "B"}, Rows: [][]string{{"1"}}}, "A  B\n-  -\n1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.s.text(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// A table says what of it is only in the file, in both ways.
func TestWhatOnlyTheFileHas(t *testing.T) {
	for _, test := range []struct {
		rows    int64
		columns int
		want    string
	}{
		{0, 0, ""}, {1, 0, "… and 1 more row in the file"}, {0, 1, "… and 1 more column in the file"}, {1288, 3, "… and 1,288 more rows and 3 more columns in the file"},
	} {
		s := Sample{Columns: []string{"A"}, More: test.rows, MoreColumns: test.columns}
		if got := s.more(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
		d := billing(t)
		d.Sample = &s
		html, err := d.HTML()
		if err != nil || !strings.Contains(html, test.want) || !strings.Contains(d.Text(), test.want) {
			t.Errorf("%q is not shown: %v", test.want, err)
		}
	}
}
