package ingest

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Format is how events follow one another.
type Format string

const (
	Auto   Format = "auto"   // the format is seen from the first bytes; so it is for the zero Format
	JSON   Format = "json"   // one event, or several one after the other, on as many lines as they like
	Batch  Format = "batch"  // a JSON array of events
	NDJSON Format = "ndjson" // an event a line
)

// Formats lists all formats.
var Formats = []Format{Auto, JSON, Batch, NDJSON}

// ParseFormat reads a format's name.
func ParseFormat(name string) (Format, error) {
	if f := Format(name); slices.Contains(Formats, f) {
		return f, nil
	}
	return "", wrong("%s is no format of events", quote(name)).WithHint("write one of %s, %s, %s, %s", Auto, JSON, Batch, NDJSON)
}

// ContentTypes lists the types of bodies that hold events, with their formats.
var ContentTypes = []struct {
	Name   string
	Format Format
}{
	{"application/cloudevents+json", JSON},
	{"application/cloudevents-batch+json", Batch},
	{"application/x-ndjson", NDJSON},
	{"application/ndjson", NDJSON},
	{"application/jsonl", NDJSON},
	{"application/x-jsonlines", NDJSON},
	{"application/json", Auto},
}

// FormatOf returns the format that a body's Content-Type says, without its parameters; false for a type that says nothing about events.
func FormatOf(contentType string) (Format, bool) {
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.TrimSpace(mediaType)
	for _, t := range ContentTypes {
		if strings.EqualFold(t.Name, mediaType) {
			return t.Format, true
		}
	}
	return "", false
}

// detect tells the format from how an input begins, after a byte order mark.
//
// An array begins with a bracket. An object that is still open at the end of its line, and goes on below, is one of several lines; otherwise the lines stand
// for themselves. The first line may be damaged, the rest of a line whose beginning went to another file, say; then some other line must begin like an event.
func detect(begin []byte) (Format, *tallystick.Error) {
	begin = bytes.TrimLeft(begin, " \t\r\n")
	if len(begin) == 0 {
		return NDJSON, nil
	}
	switch begin[0] {
	case '[':
		return Batch, nil
	case '{':
		line, below, _ := bytes.Cut(begin, []byte("\n"))
		below = bytes.TrimLeft(below, " \t\r\n")
		var e extent
		if _, ends := e.end(line); !ends && len(below) > 0 && below[0] != '{' {
			return JSON, nil
		}
		return NDJSON, nil
	}
	for line := range bytes.Lines(begin) {
		if bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("{")) {
			return NDJSON, nil
		}
	}
	begin, _, _ = bytes.Cut(begin, []byte("\n"))
	return "", wrong("the input does not look like events: it begins with %s", quote(string(trim(begin)))).
		WithHint("events are JSON objects, one a line or in an array; name the format if it is one of them all the same")
}
