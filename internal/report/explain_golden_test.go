package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
	"github.com/tallystick/tallystick/internal/report"
)

// TestGoldenExplanations asks for every case of reports/NAME/explained.tsv: a folder with events.jsonl, the file of the explanation, the cell as TABLE,ROW,COLUMN, and
// arguments as on the command line. Together the cases hold every reason.
func TestGoldenExplanations(t *testing.T) {
	catalog := withExamples(t)
	seen := map[report.Reason]bool{}
	for _, definition := range usage(catalog) {
		folder := folderOf(definition.Name)
		cases, err := os.ReadFile(filepath.Join(folder, "explained.tsv"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(cases)) {
			columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
			example, file, cell := columns[0], columns[1], strings.Split(columns[2], ",")
			t.Run(definition.Name+"/"+example+"/"+file, func(t *testing.T) {
				events := readEvents(t, catalog, filepath.Join(folder, example, "events.jsonl"))
				engine := memory.New()
				if err := engine.Apply(t.Context(), recordsOf(events)); err != nil {
					t.Fatal(err)
				}
				request, _ := parse(t, definition.Name, strings.Fields(columns[3]))
				var row int
				if _, err := fmt.Sscan(cell[1], &row); err != nil {
					t.Fatal(err)
				}
				x, err := catalog.Explain(t.Context(), engine, request, cell[0], row, cell[2])
				if err != nil {
					t.Fatal(err)
				}
				if value := valueOf(x); x.Cell.Kind != tallystick.CellText && value != x.Cell.String() {
					t.Errorf("what is counted makes %s, the cell is %s", value, x.Cell)
				}
				var b bytes.Buffer
				b.WriteString("Counted,Reason,Time,Type,Source,Event ID,Position,Tenant ID,Item\n")
				for e := range x.Events() {
					seen[e.Reason] = true
					event := events[e.Position.Sequence-1]
					fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%s,%s,%s\n", map[bool]string{true: "yes", false: "no"}[e.Counted], e.Reason, e.Time, e.Type,
						event.Source, event.ID, e.Position, e.Tenant, e.Item)
				}
				golden := filepath.Join(folder, example, file)
				if *update {
					if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if b.String() != string(want) {
					t.Errorf("got\n%s\nwant\n%s", b.String(), want)
				}
			})
		}
	}
	for _, r := range report.Reasons {
		if !seen[r.Reason] {
			t.Errorf("no case has the reason %q", r.Reason)
		}
	}
}
