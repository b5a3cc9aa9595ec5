package enginetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// ownType is a type of event that is not built in, as somebody's reports may declare it.
const ownType = "com.example.rated"

// labelNames are the labels of ownType; one has the name of a field, and the last one never has a value that is a label.
var labelNames = []string{"score", "team", "done", "Score", "a-b.c", "conversation_id", "deep"}

// drawLabels draws the labels of an event of ownType: numbers in several clothes, too large and too fine ones, texts that look like them, truth values, and what is no label.
func (t *tenant) drawLabels() []tallystick.Extra {
	pools := map[string][]string{
		"score": {"0", "1", "2", "4.5", "4.50", "-3", "45e-1", "0.000001", "1000000000", "-1000000000.0", "1000000001", "1e300", "0.0000001", `"4.5"`, "true"},
		"team":  {`"Ann"`, `"ann"`, `"Zo\u00eb"`, `"a, b"`, `""`, `"😀"`, `"true"`, "7", `"7"`, `"a\"b\\c"`},
		"done":  {"true", "false", `"false"`},
		"Score": {"1", "2"},
		"a-b.c": {`"x"`, `"c1"`, "1"},
		"deep":  {`{"score":1}`, "[1,2]"},

		"conversation_id": {`"v1"`, `"v2"`},
	}
	var labels []tallystick.Extra
	for _, name := range labelNames {
		if t.chance(max(t.sparse, 30)) {
			labels = append(labels, tallystick.Extra{Name: name, JSON: pick(t.generator, pools[name])})
		}
	}
	slices.SortFunc(labels, func(a, b tallystick.Extra) int { return strings.Compare(a.Name, b.Name) })
	return labels
}

// validLabels is [Valid] for an event of a type that is not built in.
func validLabels(e *tallystick.Event) error {
	if !strings.Contains(e.Type, ".example.") {
		return fmt.Errorf("no type of event is called %q", e.Type)
	}
	if len(e.Data) > 0 {
		return fmt.Errorf("%s is not built in and has labels only, not the field %s", e.Type, e.Data[0].Field)
	}
	for i, x := range e.Extra {
		if !json.Valid([]byte(x.JSON)) {
			return fmt.Errorf("%s of %s is no JSON: %s", x.Name, e.Type, x.JSON)
		}
		if i > 0 && e.Extra[i-1].Name >= x.Name {
			return fmt.Errorf("%s of %s does not come in the order of names", x.Name, e.Type)
		}
	}
	return nil
}

// labels reads the words NAME=JSON; what is no JSON is a text.
func labels(list []string) ([]tallystick.Extra, error) {
	var all []tallystick.Extra
	for _, word := range list {
		name, value, named := strings.Cut(word, "=")
		if !named {
			return nil, fmt.Errorf("%q: write NAME=VALUE", word)
		}
		if !json.Valid([]byte(value)) {
			quoted, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			value = string(quoted)
		}
		all = append(all, tallystick.Extra{Name: name, JSON: value})
	}
	slices.SortFunc(all, func(a, b tallystick.Extra) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// formatLabels writes them back.
func formatLabels(labels []tallystick.Extra) string {
	line := ""
	for _, x := range labels {
		line += " " + quote(x.Name+"="+x.JSON)
	}
	return line
}
