package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// FuzzEvent holds the decoder to encoding/json: both accept the same texts but for the exceptions that the package's doc names, and read the same from them.
func FuzzEvent(f *testing.F) {
	rules, err := os.ReadFile("testdata/rules.txt")
	if err != nil {
		f.Fatal(err)
	}
	short := strings.NewReplacer("$envelope", `"id":"e1","source":"chat","tenant":"acme","time":"2025-03-01T09:00:00Z"`,
		"$message", `"message_id":"m1","direction":"inbound","sender_kind":"user","sender_id":"u1"`)
	for line := range strings.Lines(string(rules)) {
		if strings.HasPrefix(line, "{") {
			f.Add(spell(short.Replace(strings.TrimSuffix(line, "\n"))))
		}
	}
	f.Add([]byte(`[1,-0.5e+3,"\u00e9\ud83d\ude00",{"a":{"a":null}},true,false]`))
	f.Add([]byte(typical))
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkGrammar(t, raw)
		e, err := newDecoder().Event(raw)
		if err != nil {
			if te, ok := err.(*tallystick.Error); !ok || te.Message == "" || te.Code == tallystick.Internal {
				t.Errorf("the error is %#v", err)
			}
			return
		}
		checkMeaning(t, raw, &e)
		b := e.AppendBinary(nil)
		back, err := tallystick.DecodeEvent(string(b))
		if err != nil || !reflect.DeepEqual(back, e) {
			t.Errorf("the binary form is read as %+v, %v\n     instead of %+v", back, err, e)
		}
	})
}

// checkGrammar compares what the scanner accepts with what encoding/json does.
func checkGrammar(t *testing.T, raw []byte) {
	t.Helper()
	var s scanner
	s.reset(string(raw), raw)
	_, err := s.scan()
	valid := json.Valid(raw)
	if err == nil && !valid {
		t.Fatalf("%q is accepted, but it is not JSON", raw)
	}
	if !valid {
		return
	}
	exception := exceptionOf(raw)
	if (err != nil) != (exception != "") {
		t.Fatalf("%q: the error is %v, where the documented exception is %q", raw, err, exception)
	}
}

// exceptionOf says why a text that encoding/json accepts is rejected here; "" where it is not.
func exceptionOf(raw []byte) string {
	if !utf8.Valid(raw) {
		return "not UTF-8"
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		if raw[i] != 'u' {
			continue
		}
		var unit, second int
		fmt.Sscanf(string(raw[i+1:i+5]), "%x", &unit)
		i += 4
		if unit&0xf800 != 0xd800 {
			continue
		}
		if bytes.HasPrefix(raw[i+1:], []byte(`\u`)) {
			fmt.Sscanf(string(raw[i+3:i+7]), "%x", &second)
		}
		if unit >= 0xdc00 || second&0xfc00 != 0xdc00 {
			return "half of a surrogate pair"
		}
		i += 6
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	type level struct {
		names map[string]bool // nil in an array
		value bool            // in an object: a value is due
	}
	var open []level
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		switch token {
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		default:
			if n := len(open) - 1; n >= 0 && open[n].names != nil {
				if name, ok := token.(string); ok && !open[n].value {
					if open[n].names[name] {
						return "a name twice"
					}
					open[n].names[name], open[n].value = true, true
					continue
				}
				open[n].value = false
			}
			switch token {
			case json.Delim('{'):
				open = append(open, level{names: map[string]bool{}})
			case json.Delim('['):
				open = append(open, level{})
			}
			if len(open) > tallystick.MaxDepth {
				return "too deep"
			}
		}
	}
}

// checkMeaning compares an event with what encoding/json reads from its text.
func checkMeaning(t *testing.T, raw []byte, e *tallystick.Event) {
	t.Helper()
	read := func(text []byte) (v any) {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%q is accepted with %v", text, err)
		}
		return v
	}
	outer := read(raw).(map[string]any)
	text := func(v any) string { s, _ := v.(string); return s }
	for _, c := range []struct{ name, got string }{{"id", e.ID}, {"source", e.Source}, {"type", e.Type}, {"tenant", e.Tenant}, {"subject", e.Subject}} {
		if want := text(outer[c.name]); c.got != want {
			t.Errorf("%s is %q instead of %q", c.name, c.got, want)
		}
	}
	data, _ := outer["data"].(map[string]any)
	left := len(data)
	for _, v := range data {
		if v == nil {
			left--
		}
	}
	rules := tallystick.TypeNamed(e.Type)
	for _, r := range rules.Rules {
		if s, ok := data[r.Field.String()].(string); ok && s == "" && r.Kind == tallystick.KindID {
			left-- // absent
		}
	}
	for _, v := range e.Data {
		left--
		rule := rules.Rule(v.Field)
		switch want := data[v.Field.String()].(type) {
		case string:
			if at, err := tallystick.ParseInstant(want); rule.Kind == tallystick.KindTime && (err != nil || int64(at) != v.Int) || rule.Kind != tallystick.KindTime && v.Text != want {
				t.Errorf("%s is %q, %d instead of %q", v.Field, v.Text, v.Int, want)
			}
		case bool:
			if want != (v.Int == 1) {
				t.Errorf("%s is %d instead of %v", v.Field, v.Int, want)
			}
		case json.Number:
			if len(want) > 1000 {
				continue // big would take its time
			}
			exact, ok := new(big.Rat).SetString(want.String())
			if !ok {
				continue // an exponent that big does not take
			}
			if rule.Kind == tallystick.KindSeconds { // half up: floor(µs + 1/2)
				exact.Add(exact.Mul(exact, big.NewRat(1e6, 1)), big.NewRat(1, 2))
				exact.SetInt(new(big.Int).Div(exact.Num(), exact.Denom()))
			}
			if exact.Cmp(big.NewRat(v.Int, 1)) != 0 {
				t.Errorf("%s is %d instead of %s", v.Field, v.Int, want)
			}
		default:
			if got := read([]byte(v.Text)); !reflect.DeepEqual(got, want) {
				t.Errorf("%s is %s instead of %v", v.Field, v.Text, want)
			}
		}
	}
	for i, x := range e.Extra {
		left--
		if i > 0 && e.Extra[i-1].Name >= x.Name {
			t.Errorf("%q comes before %q", e.Extra[i-1].Name, x.Name)
		}
		if got := read([]byte(x.JSON)); !reflect.DeepEqual(got, data[x.Name]) {
			t.Errorf("%q is %s instead of %v", x.Name, x.JSON, data[x.Name])
		}
		if compact(x.JSON) != x.JSON {
			t.Errorf("%q is not compact: %s", x.Name, x.JSON)
		}
	}
	for _, x := range e.Attributes {
		if got := read([]byte(x.JSON)); !reflect.DeepEqual(got, outer[x.Name]) {
			t.Errorf("%q is %s instead of %v", x.Name, x.JSON, outer[x.Name])
		}
	}
	if left != 0 {
		t.Errorf("%d fields are lost", left)
	}
}

// FuzzStream holds the ways in to one another: compression, workers and pieces change nothing, and an array gives what its elements give as lines.
func FuzzStream(f *testing.F) {
	f.Add([]byte(bot("a", 0) + "\n\r\n{\"id\":1}\n" + bot("b", 0)))
	f.Add([]byte("[" + bot("a", 0) + ",{\"id\":\"\\\"]\"} , 5]"))
	f.Add([]byte("{\n\"id\":\"x\"}\n{\"id\":[{}]}"))
	f.Add([]byte("\ufeff[[{]},\"\\\\\"]"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Add([]byte("\x28\xb5\x2f\xfd\x00"))
	f.Fuzz(func(t *testing.T, input []byte) {
		run := func(r io.Reader, format Format, workers int) string {
			return answer(t, r, format, newDecoder(), Options{Workers: workers, MaxBytes: 1 << 20, MaxDecompressed: 1 << 20})
		}
		gz, zst := gzipped(string(input)), zstded(string(input))
		for _, format := range []Format{Auto, JSON, Batch, NDJSON} {
			want := run(bytes.NewReader(input), format, 0)
			if got := run(bytes.NewReader(input), format, 2); got != want {
				t.Fatalf("%s, two workers: %s", format, firstDifference(got, want))
			}
			if got := run(io.MultiReader(bytes.NewReader(input[:len(input)/2]), bytes.NewReader(input[len(input)/2:])), format, 0); got != want {
				t.Fatalf("%s, in two pieces: %s", format, firstDifference(got, want))
			}
			if looksCompressed(input) {
				continue
			}
			if got := run(strings.NewReader(gz), format, 0); got != want {
				t.Fatalf("%s, gzip: %s", format, firstDifference(got, want))
			}
			if got := run(strings.NewReader(zst), format, 0); got != want {
				t.Fatalf("%s, zstd: %s", format, firstDifference(got, want))
			}
		}
		var events []string
		for line := range bytes.Lines(input) {
			if line = trim(line); json.Valid(line) {
				events = append(events, string(line))
			}
		}
		lines := run(strings.NewReader(strings.Join(events, "\n")), NDJSON, 0)
		if array := run(strings.NewReader("["+strings.Join(events, ",\n")+"]"), Batch, 0); array != lines {
			t.Fatalf("array and lines: %s", firstDifference(array, lines))
		}
		if values := run(strings.NewReader(strings.Join(events, " ")), JSON, 0); values != lines {
			t.Fatalf("values and lines: %s", firstDifference(values, lines))
		}
	})
}

// looksCompressed reports whether an input means something else once it stands inside of a compressed file.
func looksCompressed(input []byte) bool {
	for _, s := range strangers {
		if bytes.HasPrefix(input, []byte(s.magic)) {
			return true
		}
	}
	return bytes.HasPrefix(input, []byte("\x1f\x8b")) || bytes.HasPrefix(input, []byte("\x28\xb5\x2f\xfd"))
}

// FuzzExtent holds the splitter's idea of where a value ends to the scanner's.
func FuzzExtent(f *testing.F) {
	f.Add([]byte(`{"a":[1,"}\\\"",{}]} x`))
	f.Add([]byte(`"é\u00e9\"" `))
	f.Add([]byte(`-1.5e3,`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var whole, pieces extent
		n, ends := whole.end(raw)
		at, done := 0, false
		for i := 0; i < len(raw) && !done; i++ {
			var m int
			if m, done = pieces.end(raw[i : i+1]); m == 1 || !done {
				at++
			}
		}
		if at != n || done != ends {
			t.Fatalf("%q ends at %d, %v; byte by byte at %d, %v", raw, n, ends, at, done)
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		var value json.RawMessage
		if len(raw) > 0 && !isSpace(raw[0]) && ends && d.Decode(&value) == nil && len(value) != n && (raw[0] == '{' || raw[0] == '[' || raw[0] == '"') {
			t.Fatalf("%q ends at %d instead of %d", raw, n, len(value))
		}
	})
}
