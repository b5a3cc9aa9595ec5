package sample

import (
	"encoding/json"
	"io"
	"iter"
	"strconv"

	"github.com/tallystick/tallystick"
)

// WriteNDJSON writes events as CloudEvents in structured JSON, one a line.
func WriteNDJSON(w io.Writer, events iter.Seq[tallystick.Event]) error {
	const enough = 256 << 10
	buf := make([]byte, 0, enough+tallystick.MaxEvent/16)
	for e := range events {
		buf = append(AppendJSON(buf, &e), '\n')
		if len(buf) >= enough {
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	_, err := w.Write(buf)
	return err
}

// AppendJSON appends an event as a CloudEvent in structured JSON, on one line. Its time of receipt is not part of it. The event's type must be one of
// [tallystick.EventTypes].
func AppendJSON(b []byte, e *tallystick.Event) []byte {
	b = append(b, `{"specversion":"1.0","id":`...)
	b = appendText(b, e.ID)
	b = append(b, `,"source":`...)
	b = appendText(b, e.Source)
	b = append(b, `,"type":`...)
	b = appendText(b, e.Type)
	b = append(b, `,"tenant":`...)
	b = appendText(b, e.Tenant)
	if !e.TimeMissing {
		b = append(b, `,"time":"`...)
		b = append(e.Time.Append(b), '"')
	}
	if e.Subject != "" {
		b = append(b, `,"subject":`...)
		b = appendText(b, e.Subject)
	}
	for _, x := range e.Attributes {
		b = append(appendText(append(b, ','), x.Name), ':')
		b = append(b, x.JSON...)
	}
	b = append(b, `,"data":{`...)
	rules := tallystick.TypeNamed(e.Type)
	for i := range e.Data {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, e.Data[i].Field.String()...)
		b = append(b, `":`...)
		b = appendValue(b, &e.Data[i], rules.Rule(e.Data[i].Field).Kind)
	}
	for i, x := range e.Extra {
		if i > 0 || len(e.Data) > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, x.Name), ':')
		b = append(b, x.JSON...)
	}
	return append(b, "}}"...)
}

func appendValue(b []byte, v *tallystick.Value, kind tallystick.Kind) []byte {
	switch kind {
	case tallystick.KindBool:
		return strconv.AppendBool(b, v.Int != 0)
	case tallystick.KindInteger:
		return strconv.AppendInt(b, v.Int, 10)
	case tallystick.KindSeconds:
		return appendSeconds(b, v.Int)
	case tallystick.KindTime:
		return append(tallystick.Instant(v.Int).Append(append(b, '"')), '"')
	case tallystick.KindTexts:
		return append(b, v.Text...) // it is JSON
	}
	return appendText(b, v.Text)
}

// appendSeconds appends microseconds as seconds, with a fraction only where there is one.
func appendSeconds(b []byte, micros int64) []byte {
	b = strconv.AppendInt(b, micros/1_000_000, 10)
	fraction := micros % 1_000_000
	if fraction == 0 {
		return b
	}
	b = append(b, '.')
	for unit := int64(100_000); fraction > 0; unit /= 10 {
		b = append(b, byte('0'+fraction/unit))
		fraction %= unit
	}
	return b
}

// appendText appends s in quotes. Nearly all texts are plain ASCII; the others are left to encoding/json.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(s) // strings always marshal
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
