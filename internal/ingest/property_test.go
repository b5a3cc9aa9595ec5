package ingest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestSpellings writes random events as JSON in random order, spacing, escapes and numerals, and reads every spelling as the same event.
func TestSpellings(t *testing.T) {
	seed := rand.Uint64()
	w := &writer{rand.New(rand.NewPCG(seed, 1))}
	d := newDecoder()
	for range 600 {
		e := w.event()
		for range 3 {
			raw := w.spell(&e)
			got, err := d.Event([]byte(raw))
			if err != nil {
				t.Fatalf("seed %d: %s\nis rejected: %v", seed, raw, err)
			}
			if !reflect.DeepEqual(got, e) {
				t.Fatalf("seed %d: %s\nis read as %+v\ninstead of  %+v", seed, raw, got, e)
			}
		}
	}
}

type writer struct{ *rand.Rand }

func (w *writer) maybe() bool { return w.IntN(2) == 0 }

func pick[T any](w *writer, list ...T) T { return list[w.IntN(len(list))] }

// event makes a right event of a random type.
func (w *writer) event() tallystick.Event {
	t := tallystick.EventTypes[w.IntN(len(tallystick.EventTypes))]
	e := tallystick.Event{Tenant: w.text(1), Source: w.text(1), ID: w.text(1), Type: t.Name, Subject: w.text(0), Received: tallystick.InstantOf(noon)}
	if e.TimeMissing = w.IntN(8) == 0; e.TimeMissing {
		e.Time = e.Received
	} else {
		e.Time = tallystick.Instant(w.Int64N(int64(e.Received + maxAhead + 1)))
	}
	for i := range t.Rules {
		r := &t.Rules[i]
		required := r.Required
		if r.RequiredUnless != tallystick.NoField {
			required = !slices.ContainsFunc(e.Data, func(v tallystick.Value) bool { return v.Field == r.RequiredUnless && v.Text == r.RequiredUnlessValue })
		}
		if required || w.maybe() {
			e.Data = append(e.Data, w.value(r, required))
		}
	}
	e.Extra = w.extra("data")
	e.Attributes = w.extra("attribute")
	return e
}

func (w *writer) value(r *tallystick.Rule, required bool) tallystick.Value {
	v := tallystick.Value{Field: r.Field}
	switch r.Kind {
	case tallystick.KindText:
		v.Text = w.text(0)
		if required && v.Text == "" {
			v.Text = "x"
		}
	case tallystick.KindID:
		v.Text = w.text(1)
	case tallystick.KindEnum:
		v.Text = pick(w, r.Enum...)
	case tallystick.KindBool:
		v.Int = w.Int64N(2)
	case tallystick.KindInteger:
		v.Int = pick(w, r.Min, tallystick.MaxInteger, r.Min+w.Int64N(tallystick.MaxInteger-r.Min+1), max(r.Min, w.Int64N(100)))
	case tallystick.KindSeconds:
		v.Int = pick(w, 0, w.Int64N(1e9), w.Int64N(3600)*1e6, tallystick.MaxSeconds*int64(tallystick.Second))
	case tallystick.KindTime:
		v.Int = w.Int64N(7e15)
	case tallystick.KindDate:
		v.Text = tallystick.Instant(w.Int64N(7e15)).String()[:10]
	case tallystick.KindZone:
		v.Text = pick(w, "UTC", "Europe/Berlin", "Asia/Kolkata", "America/Santiago")
	case tallystick.KindTexts:
		var texts []string
		for range w.IntN(4) {
			texts = append(texts, string(appendQuoted(nil, w.text(0))))
		}
		v.Text = "[" + strings.Join(texts, ",") + "]"
	}
	return v
}

// text makes a text of least to 12 characters.
func (w *writer) text(least int) string {
	var b strings.Builder
	for range least + w.IntN(12) {
		b.WriteString(pick(w, "a", "b", "0", "-", " ", "\"", "\\", "/", "\n", "\x00", "\x1f", "\x7f", "é", "日", "😀", "\ufffd", "\u2028"))
	}
	return b.String()
}

func (w *writer) extra(kind string) []tallystick.Extra {
	var extra []tallystick.Extra
	for i := range w.IntN(3) {
		extra = append(extra, tallystick.Extra{Name: fmt.Sprintf("%s %d %s", kind, i, w.text(0)), JSON: w.json(0)})
	}
	return extra
}

// json makes a compact value that is not null at depth 0.
func (w *writer) json(depth int) string {
	switch n := w.IntN(7 - depth); n {
	case 0:
		return pick(w, "true", "false")
	case 1:
		return pick(w, "0", "-1.50", "1e400", "12345678901234567890")
	case 2, 3:
		return string(appendQuoted(nil, w.text(0)))
	default:
		var parts []string
		for i := range w.IntN(3) {
			part := w.json(depth + 1)
			if n > 4 {
				part = string(appendQuoted(nil, fmt.Sprint(w.text(0), i))) + ":" + part
			}
			parts = append(parts, part)
		}
		if n > 4 {
			return "{" + strings.Join(parts, ",") + "}"
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
}

// spell writes an event as JSON, in one of the ways there are.
func (w *writer) spell(e *tallystick.Event) string {
	quoted := func(s string) string { return string(appendQuoted(nil, s)) }
	outer := map[string]string{"id": quoted(e.ID), "source": quoted(e.Source), "type": quoted(e.Type), "tenant": quoted(e.Tenant)}
	if w.maybe() {
		outer["specversion"] = `"1.0"`
	}
	if e.Subject != "" || w.maybe() {
		outer["subject"] = quoted(e.Subject)
	}
	if !e.TimeMissing {
		outer["time"] = quoted(w.time(int64(e.Time)))
	}
	for _, x := range e.Attributes {
		outer[x.Name] = x.JSON
	}
	data := map[string]string{}
	rules := tallystick.TypeNamed(e.Type)
	for _, v := range e.Data {
		text := quoted(v.Text)
		switch rules.Rule(v.Field).Kind {
		case tallystick.KindTexts:
			text = v.Text
		case tallystick.KindBool:
			text = strconv.FormatBool(v.Int == 1)
		case tallystick.KindInteger:
			text = w.number(v.Int, 0)
		case tallystick.KindSeconds:
			text = w.number(v.Int, 6)
		case tallystick.KindTime:
			text = quoted(w.time(v.Int))
		}
		data[v.Field.String()] = text
	}
	for i := range rules.Rules { // absent, said aloud
		if name := rules.Rules[i].Field.String(); data[name] == "" && w.maybe() {
			data[name] = "null"
			if rules.Rules[i].Kind == tallystick.KindID && w.maybe() {
				data[name] = `""`
			}
		}
	}
	for _, x := range e.Extra {
		data[x.Name] = x.JSON
	}
	if len(data) > 0 || w.maybe() {
		outer["data"] = w.object(data)
	}
	return w.loosen(w.object(outer))
}

func (w *writer) object(members map[string]string) string {
	var parts []string
	for name, value := range members {
		parts = append(parts, string(appendQuoted(nil, name))+":"+value)
	}
	slices.Sort(parts)
	w.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return "{" + strings.Join(parts, ",") + "}"
}

// number writes n / 10^point in one of the ways there are.
func (w *writer) number(n int64, point int) string {
	zeros := w.IntN(3)
	if n == 0 {
		zeros = 0
	}
	digits := strconv.FormatInt(n, 10) + strings.Repeat("0", zeros)
	exponent := -point - zeros
	switch {
	case exponent == 0 && w.maybe():
		return digits
	case w.maybe() || n < 0:
		return fmt.Sprintf("%s%s%+d", digits, pick(w, "e", "E"), exponent)
	}
	digits = strings.Repeat("0", max(0, 1-exponent-len(digits))) + digits
	if exponent == 0 {
		return digits + ".0"
	}
	return digits[:len(digits)+exponent] + "." + digits[len(digits)+exponent:]
}

// time writes an instant with an offset and perhaps more digits than are kept.
func (w *writer) time(at int64) string {
	t := tallystick.Instant(at).Time()
	return t.Format("2006-01-02") + pick(w, "T", "t") + t.Format("15:04:05.000000") + pick(w, "", "9", "000") + pick(w, "Z", "z", "+00:00", "-00:00")
}

// loosen puts white space between the tokens of a JSON text, and writes some characters as escapes.
func (w *writer) loosen(s string) string {
	var b strings.Builder
	often := w.IntN(4) // of four
	inside := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !inside {
			if strings.IndexByte(`{}[]:,`, c) >= 0 && w.IntN(4) < often {
				fmt.Fprintf(&b, "%s%c%s", pick(w, " ", "\t", "\r\n", "  "), c, pick(w, "", "\n"))
				continue
			}
			inside = c == '"'
			b.WriteByte(c)
			continue
		}
		switch {
		case c == '\\':
			length := 2
			if s[i+1] == 'u' {
				length = 6
			}
			b.WriteString(s[i : i+length])
			i += length - 1
		case c == '"':
			inside = false
			b.WriteByte(c)
		case c == '/' && w.maybe():
			b.WriteString(`\/`)
		case c < 0x80 && w.IntN(4) < often && w.IntN(4) == 0:
			fmt.Fprintf(&b, pick(w, `\u%04x`, `\u%04X`), c)
		case strings.HasPrefix(s[i:], "😀") && w.maybe():
			b.WriteString(pick(w, `\ud83d\ude00`, `\uD83D\uDE00`))
			i += 3
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
