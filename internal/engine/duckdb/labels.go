package duckdb

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// checkLabels refuses labels that the column can't hold.
func checkLabels(ev *tallystick.Event) error {
	for i := range ev.Extra {
		if text, _, _ := ev.Extra[i].Label(); !utf8.ValidString(text) || !utf8.ValidString(ev.Extra[i].Name) {
			return fmt.Errorf("%s %q: not UTF-8", ev.Extra[i].Name, text)
		}
	}
	return nil
}

// labelsOf returns the content of [labelsColumn].
func labelsOf(ev *tallystick.Event) string {
	b := []byte{'{'}
	add := func(name, text string) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = appendJSON(b, name)
		b = append(b, ':')
		b = appendJSON(b, text)
	}
	for i := range ev.Extra {
		x := &ev.Extra[i]
		text, millionths, isNumber := x.Label()
		if text == "" || !tallystick.IsLabel(x.Name) {
			continue
		}
		add(x.Name, text)
		if isNumber {
			add(labelNumber+x.Name, strconv.FormatInt(millionths, 10))
		}
	}
	return string(append(b, '}'))
}

func appendJSON(b []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // no text fails
	}
	return append(b, quoted...)
}

// label is an expression for a label's text, NULL where there is none. Its name is of letters and a few signs ([tallystick.IsLabel]), so that it can stand in
// the statement, where DuckDB prepares the path once.
func (s source) label(name string) string {
	return "json_extract_string(" + s.column(labelsColumn) + ", " + literal("/"+name) + ")"
}
