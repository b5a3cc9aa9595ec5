package ingest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// noon is the receiver's clock in tests.
var noon = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

func newDecoder() *Decoder { return &Decoder{Now: func() time.Time { return noon }} }

// spell replaces what a golden file can't show or should not be filled with: «n×text» is text n times over, «hex» are bytes.
func spell(line string) []byte {
	var out []byte
	for {
		before, rest, found := strings.Cut(line, "«")
		out = append(out, before...)
		if !found {
			return out
		}
		var what string
		what, line, _ = strings.Cut(rest, "»")
		if n, text, repeat := strings.Cut(what, "×"); repeat {
			var times int
			fmt.Sscan(n, &times)
			out = append(out, strings.Repeat(text, times)...)
		} else {
			var raw []byte
			fmt.Sscanf(what, "%x", &raw)
			out = append(out, raw...)
		}
	}
}

// describe prints an event or an error as the golden files do.
func describe(e tallystick.Event, err error) string {
	var b strings.Builder
	if err != nil {
		te := err.(*tallystick.Error)
		fmt.Fprintf(&b, "  ✗ %s  %s: %s\n", te.Code, te.Path, te.Message)
		if te.Hint != "" {
			fmt.Fprintf(&b, "    hint: %s\n", te.Hint)
		}
		return b.String()
	}
	fmt.Fprintf(&b, "  ✓ %s %s of %s/%s from %s", e.Time, e.Type, e.Tenant, e.ID, e.Source)
	if e.TimeMissing {
		b.WriteString(" (time missing)")
	}
	if e.Subject != "" {
		fmt.Fprintf(&b, " subject %q", e.Subject)
	}
	b.WriteString("\n")
	for _, v := range e.Data {
		if t := tallystick.TypeNamed(e.Type); t.Rule(v.Field).Kind.Numeric() {
			fmt.Fprintf(&b, "    %s = %d\n", v.Field, v.Int)
		} else {
			fmt.Fprintf(&b, "    %s = %q\n", v.Field, v.Text)
		}
	}
	for _, x := range e.Extra {
		fmt.Fprintf(&b, "    data %q: %s\n", x.Name, x.JSON)
	}
	for _, x := range e.Attributes {
		fmt.Fprintf(&b, "    attribute %q: %s\n", x.Name, x.JSON)
	}
	return b.String()
}

// TestRules runs the events of testdata/rules.txt. A line that begins with "{" or anything but a space or "#" is an event; the answer stands below it, indented.
// "$name" stands for the members that are right and not at issue.
func TestRules(t *testing.T) {
	golden(t, "testdata/rules.txt", newDecoder())
}

// TestBoundTenant runs testdata/bound.txt with a key for the tenant "acme" and one declared type.
func TestBoundTenant(t *testing.T) {
	d := newDecoder()
	d.Tenant = "acme"
	d.Declared = declares(tallystick.DeclaredType{Name: "order.placed"})
	golden(t, "testdata/bound.txt", d)
}

// TestDeclared runs testdata/declared.txt with a type that has a field of every kind.
func TestDeclared(t *testing.T) {
	const limit = tallystick.MaxNumber * tallystick.NumberUnit
	d := newDecoder()
	d.Declared = declares(tallystick.DeclaredType{Name: "com.example.ticket.rated", Labels: []tallystick.LabelRule{
		{Name: "ticket", Kind: tallystick.LabelID, Required: true},
		{Name: "score", Kind: tallystick.LabelInteger, Min: 1_000_000, Max: 5_000_000},
		{Name: "weight", Kind: tallystick.LabelNumber, Min: -limit, Max: limit},
		{Name: "team", Kind: tallystick.LabelText, Values: []string{"billing", "care"}},
		{Name: "note", Kind: tallystick.LabelText},
		{Name: "agent", Kind: tallystick.LabelID},
		{Name: "urgent", Kind: tallystick.LabelFlag},
	}})
	golden(t, "testdata/declared.txt", d)
}

func declares(types ...tallystick.DeclaredType) func(string) *tallystick.DeclaredType {
	return func(name string) *tallystick.DeclaredType {
		for i := range types {
			if types[i].Name == name {
				return &types[i]
			}
		}
		return nil
	}
}

func golden(t *testing.T, file string, d *Decoder) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	short := strings.NewReplacer(
		"$envelope", `"specversion":"1.0","id":"e1","source":"chat","tenant":"acme","time":"2025-03-01T09:00:00Z"`,
		"$message", `"message_id":"m1","direction":"inbound","sender_kind":"user","sender_id":"u1"`,
	)
	var got strings.Builder
	cases := 0
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if strings.HasPrefix(line, "  ") {
			continue
		}
		got.WriteString(line + "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cases++
		raw := spell(short.Replace(line))
		before := bytes.Clone(raw)
		e, err := d.Event(raw)
		if !bytes.Equal(raw, before) {
			t.Errorf("%s: the decoder changed its input", line)
		}
		got.WriteString(describe(e, err))
		if err == nil {
			b := e.AppendBinary(nil)
			back, err := tallystick.DecodeEvent(string(b))
			if err != nil || !bytes.Equal(back.AppendBinary(nil), b) || describe(back, nil) != describe(e, nil) {
				t.Errorf("%s: the binary form does not come back: %v", line, err)
			}
		}
	}
	if cases == 0 {
		t.Fatalf("%s has no cases", file)
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got.String() != string(text) {
		want, have := strings.Split(string(text), "\n"), strings.Split(got.String(), "\n")
		for i := range min(len(want), len(have)) {
			if want[i] != have[i] {
				t.Fatalf("%s:%d\n got %s\nwant %s", file, i+1, have[i], want[i])
			}
		}
		t.Fatalf("%s: %d lines came, %d are there", file, len(have), len(want))
	}
}
