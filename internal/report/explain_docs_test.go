package report_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/report"
)

// TestDocsOfReasons keeps the table of reasons in docs/explain.md equal to the list in the program.
func TestDocsOfReasons(t *testing.T) {
	const file, begin, end = "../../docs/explain.md", "<!-- reasons -->\n", "<!-- end -->"
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(was), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place for the reasons between %q and %q", file, begin, end)
	}
	var b strings.Builder
	b.WriteString("| reason |  |\n|---|---|\n")
	listed := map[report.Reason]bool{}
	for _, r := range report.Reasons {
		fmt.Fprintf(&b, "| %s | %s |\n", r.Reason, r.About)
		if listed[r.Reason] || r.Reason == "" {
			t.Errorf("reason %q is listed twice, or has no name", r.Reason)
		}
		listed[r.Reason] = true
	}
	text := before + begin + b.String() + end + after
	if text == string(was) {
		return
	}
	if !*update {
		t.Fatalf("%s does not agree with the program; run go test ./internal/report -run TestDocsOfReasons -update", file)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
