package report_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/report"
)

// TestDocs keeps the lists of tables, options and filters in docs/reports.md equal to the definitions.
func TestDocs(t *testing.T) {
	const file = "../../docs/reports.md"
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(was)
	for _, r := range load(t).Reports() {
		begin := fmt.Sprintf("<!-- definition %s -->\n", r.Name)
		before, rest, found := strings.Cut(text, begin)
		_, after, closed := strings.Cut(rest, "<!-- end -->")
		if !found || !closed {
			t.Fatalf("%s has no place for the definition of %s", file, r.Name)
		}
		text = before + begin + describe(r) + "<!-- end -->" + after
	}
	if text == string(was) {
		return
	}
	if !*update {
		t.Fatalf("%s does not agree with the definitions; run go test ./internal/report -run TestDocs -update", file)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func describe(r *tallystick.Report) string {
	var b strings.Builder
	b.WriteString("\n| table | columns |  |\n|---|---|---|\n")
	for _, table := range r.Tables {
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, "`"+c.Name+"`")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", table.Name, strings.Join(columns, ", "), table.About)
	}
	if len(r.Options) > 0 {
		b.WriteString("\n| option | values |  |\n|---|---|---|\n")
		for _, o := range r.Options {
			values := []string{"**`" + o.Default + "`**"}
			for _, v := range o.Values {
				if v != o.Default {
					values = append(values, "`"+v+"`")
				}
			}
			if o.Length {
				values = append(values, "an integer with `m`, `h` or `d` behind it")
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", o.Name, strings.Join(values, ", "), o.About)
		}
	}
	if len(r.Filters) > 0 {
		b.WriteString("\n| filter |  |\n|---|---|\n")
		for _, f := range r.Filters {
			fmt.Fprintf(&b, "| `%s` | %s |\n", f.Name, f.About)
		}
	}
	b.WriteString("\n")
	return b.String()
}

// TestDocsOfCustomReports keeps the files that docs/custom-reports.md shows, and its list of the pieces of Go, equal to what they are.
func TestDocsOfCustomReports(t *testing.T) {
	const file = "../../docs/custom-reports.md"
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for rest := string(was); rest != ""; {
		before, after, found := strings.Cut(rest, "<!-- file ")
		text += before
		if !found {
			break
		}
		name, after, _ := strings.Cut(after, " -->\n")
		fence, _, _ := strings.Cut(after, "\n")
		_, after, closed := strings.Cut(after, "<!-- end -->")
		if !closed {
			t.Fatalf("%s: the file %s has no end", file, name)
		}
		shown, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		text += "<!-- file " + name + " -->\n" + fence + "\n" + strings.ReplaceAll(string(shown), "\r\n", "\n") + "```\n<!-- end -->"
		rest = after
	}
	before, after, _ := strings.Cut(text, "<!-- pieces -->\n")
	_, after, _ = strings.Cut(after, "<!-- end -->")
	list := "\n| code | table of | why a definition is not enough |\n|---|---|---|\n"
	for _, p := range report.Pieces() {
		var users []string
		for _, r := range load(t).Reports() {
			for _, table := range r.Tables {
				if table.Code == p.Name {
					users = append(users, "`"+r.Name+"` "+table.Name)
				}
			}
		}
		if len(users) == 0 {
			t.Errorf("no built-in report uses the piece %s", p.Name)
		}
		list += fmt.Sprintf("| `%s` | %s | %s |\n", p.Name, strings.Join(users, ", "), p.About)
	}
	text = before + "<!-- pieces -->\n" + list + "<!-- end -->" + after
	if text == string(was) {
		return
	}
	if !*update {
		t.Fatalf("%s does not agree with the files; run go test ./internal/report -run TestDocs -update", file)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
