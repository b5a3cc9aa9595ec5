package quarantine

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tallystick/tallystick"
)

// Filter says which entries are meant: those for which all of it holds. The zero Filter means every one.
type Filter struct {
	Text   string             // a part of the reason, the path or the source, whatever the case
	Code   tallystick.Code    // of the mistake
	Source string             // a part of where it came from, whatever the case
	Type   string             // of the event, as [Entry.Type] says it
	Since  tallystick.Instant // received then or later; 0: whenever
	Until  tallystick.Instant // received before; 0: whenever
}

// Holds reports whether an entry is meant.
func (f *Filter) Holds(e *Entry) bool {
	return (f.Code == "" || e.Code == f.Code) &&
		(f.Since == 0 || e.Received >= f.Since) && (f.Until == 0 || e.Received < f.Until) &&
		(f.Source == "" || says(e.Source, f.Source)) &&
		(f.Text == "" || says(e.Reason, f.Text) || says(e.Path, f.Text) || says(e.Source, f.Text)) &&
		(f.Type == "" || e.Type() == f.Type)
}

func says(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// Type returns the type that the event says it has, "" where it says none that can be read: what is wrong with it may be just that.
func (e *Entry) Type() string {
	d := json.NewDecoder(bytes.NewReader(e.Raw))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return ""
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return ""
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return ""
		}
		if name == "type" {
			var text string
			if json.Unmarshal(value, &text) != nil {
				return ""
			}
			return text
		}
	}
	return ""
}
