package tallystick

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// The binary form of an event, which the journal keeps: a byte for the form's version, then texts with their length and numbers as varints. It is
// self-contained, so that any record can be read alone; what repeats is left to the journal's compression.
const eventForm = 1

// Bits of an encoded event's flags.
const (
	flagTimeMissing = 1 << iota
)

// AppendBinary appends the event's binary form to b.
func (e *Event) AppendBinary(b []byte) []byte {
	var flags byte
	if e.TimeMissing {
		flags |= flagTimeMissing
	}
	b = append(b, eventForm, flags)
	b = appendText(b, e.Tenant)
	b = appendText(b, e.Source)
	b = appendText(b, e.ID)
	b = appendText(b, e.Subject)
	b = binary.AppendVarint(b, int64(e.Time))
	b = binary.AppendVarint(b, int64(e.Received-e.Time))
	b = appendExtra(b, e.Attributes)
	return e.AppendData(b)
}

// AppendData appends the part of the binary form that says what happened: type, data and unknown data fields, without who said so and when. Two events
// with equal bytes here agree; two copies of one event that differ here conflict.
func (e *Event) AppendData(b []byte) []byte {
	b = appendText(b, e.Type)
	b = binary.AppendUvarint(b, uint64(len(e.Data)))
	var rules []Rule
	if t := TypeNamed(e.Type); t != nil {
		rules = t.Rules
	}
	next := 0 // data come in the order of the rules
	for i := range e.Data {
		v := &e.Data[i]
		for next < len(rules) && rules[next].Field != v.Field {
			next++
		}
		var number byte
		if next < len(rules) {
			number = rules[next].number
		} else {
			next, number = 0, fieldNumber(v.Field)
		}
		// Text and number exclude each other, so that the lower bit tells which one follows.
		if v.Text == "" && v.Int != 0 {
			b = append(b, number, 1)
			b = binary.AppendVarint(b, v.Int)
		} else {
			b = append(b, number, 0)
			b = appendText(b, v.Text)
		}
	}
	return appendExtra(b, e.Extra)
}

func appendExtra(b []byte, extra []Extra) []byte {
	b = binary.AppendUvarint(b, uint64(len(extra)))
	for _, x := range extra {
		b = appendText(b, x.Name)
		b = appendText(b, x.JSON)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// DecodeEvent reads what [Event.AppendBinary] wrote. The event holds references into b.
func DecodeEvent(b string) (Event, error) {
	r := reader{rest: b}
	form, flags := r.byte(), r.byte()
	if form != eventForm {
		return Event{}, fmt.Errorf("event of form %d; this program reads form %d", form, eventForm)
	}
	e := Event{TimeMissing: flags&flagTimeMissing != 0}
	e.Tenant, e.Source, e.ID, e.Subject = r.text(), r.text(), r.text(), r.text()
	e.Time = Instant(r.varint())
	e.Received = e.Time + Instant(r.varint())
	e.Attributes = r.extra()
	e.Type = r.text()
	if t := TypeNamed(e.Type); t != nil {
		e.Type = t.Name
	}
	if n := r.count(2); n > 0 {
		e.Data = make([]Value, n)
	}
	for i := range e.Data {
		if number := r.byte(); int(number) > len(Fields) {
			return Event{}, fmt.Errorf("event with field number %d; this program knows %d", number, len(Fields))
		} else if number > 0 {
			e.Data[i].Field = Fields[number-1]
		}
		if r.byte() == 1 {
			e.Data[i].Int = r.varint()
		} else {
			e.Data[i].Text = r.text()
		}
	}
	e.Extra = r.extra()
	if r.short || r.rest != "" {
		return Event{}, fmt.Errorf("event of %d bytes does not end where it should", len(b))
	}
	return e, nil
}

// reader takes an encoded event apart. After the first read past the end it answers zeros and short is set.
type reader struct {
	rest  string
	short bool
}

func (r *reader) take(n int) string {
	if n < 0 || n > len(r.rest) {
		r.short, r.rest = true, ""
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *reader) byte() byte {
	if s := r.take(1); s != "" {
		return s[0]
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		c := r.byte()
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return n
		}
	}
	r.short = true
	return 0
}

func (r *reader) varint() int64 {
	n := r.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

func (r *reader) text() string {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		n = uint64(len(r.rest)) + 1
	}
	return r.take(int(n))
}

func (r *reader) extra() []Extra {
	n := r.count(2)
	if n == 0 {
		return nil
	}
	extra := make([]Extra, n)
	for i := range extra {
		extra[i] = Extra{r.text(), r.text()}
	}
	return extra
}

// count reads a number of items of at least size bytes each.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.rest)/size) {
		r.short, r.rest = true, ""
		return 0
	}
	return int(n)
}

// Clone returns the event with texts of its own, so that the bytes it was decoded from can go.
func (e *Event) Clone() Event {
	c := *e
	c.Tenant, c.Source, c.ID = strings.Clone(e.Tenant), strings.Clone(e.Source), strings.Clone(e.ID)
	c.Type, c.Subject = strings.Clone(e.Type), strings.Clone(e.Subject)
	c.Data = append([]Value(nil), e.Data...)
	for i := range c.Data {
		c.Data[i].Text = strings.Clone(c.Data[i].Text)
	}
	c.Extra, c.Attributes = cloneExtra(e.Extra), cloneExtra(e.Attributes)
	return c
}

func cloneExtra(extra []Extra) []Extra {
	c := append([]Extra(nil), extra...)
	for i, x := range c {
		c[i] = Extra{strings.Clone(x.Name), strings.Clone(x.JSON)}
	}
	return c
}
