package ingest

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// eventType is a built-in type with a way from the names of its fields to its rules.
type eventType struct {
	*tallystick.EventType
	names    []string // of the fields of Rules
	byLength [][]int32
}

// typeNamed returns the built-in type of that name, or nil.
func typeNamed(name string) *eventType { return types[name] }

// types is the vocabulary, made ready for reading.
var types = func() map[string]*eventType {
	m := make(map[string]*eventType, len(tallystick.EventTypes))
	for _, t := range tallystick.EventTypes {
		ready := &eventType{EventType: t}
		for i, r := range t.Rules {
			name := r.Field.String()
			for len(ready.byLength) <= len(name) {
				ready.byLength = append(ready.byLength, nil)
			}
			ready.names = append(ready.names, name)
			ready.byLength[len(name)] = append(ready.byLength[len(name)], int32(i))
		}
		m[t.Name] = ready
	}
	return m
}()

// rule returns the index of the rule for a field's name, -1 where there is none.
func (t *eventType) rule(name string) int {
	if len(name) < len(t.byLength) {
		for _, i := range t.byLength[len(name)] {
			if t.names[i] == name {
				return int(i)
			}
		}
	}
	return -1
}

// fields reads the data that was scanned by the rules of its type, in their order. Paths of errors begin inside of the data.
func (d *decoding) fields(e *tallystick.Event, t *eventType) *tallystick.Error {
	d.slots = append(d.slots[:0], make([]int32, len(t.Rules))...)
	present, others := 0, 0
	for i := range d.data {
		m := &d.data[i]
		if m.kind == isNull {
			continue
		}
		if r := t.rule(m.name); r >= 0 {
			d.slots[r] = int32(i + 1)
			present++
		} else {
			others++
		}
	}
	if cap(d.values)-len(d.values) < present {
		if d.values == nil {
			d.values = make([]tallystick.Value, 0, present)
		} else {
			d.values = make([]tallystick.Value, 0, max(present, valuesAtOnce))
		}
	}
	from := len(d.values)
	for i := range t.Rules {
		rule := &t.Rules[i]
		required := rule.Required && !d.waived(t, rule)
		if d.slots[i] == 0 {
			if required {
				d.values = d.values[:from]
				return missing.wrong("the required field is missing").At(t.names[i])
			}
			continue
		}
		v, keep, err := d.field(&d.data[d.slots[i]-1].value, rule, required)
		if err != nil {
			d.values = d.values[:from]
			return under(t.names[i], err)
		}
		if keep {
			d.values = append(d.values, v)
		}
	}
	if len(d.values) > from {
		e.Data = d.values[from:len(d.values):len(d.values)]
	}
	if others > 0 {
		e.Extra = d.extra(d.data, func(m member) bool { return t.rule(m.name) < 0 })
	}
	return nil
}

// valuesAtOnce is the room for values that the events of a batch share.
const valuesAtOnce = 1024

// waived reports whether another field's value lifts the rule's requirement.
func (d *decoding) waived(t *eventType, rule *tallystick.Rule) bool {
	if rule.RequiredUnless == tallystick.NoField {
		return false
	}
	i := t.rule(rule.RequiredUnless.String())
	if i < 0 || d.slots[i] == 0 {
		return false
	}
	v := &d.data[d.slots[i]-1].value
	return v.kind == isText && d.textOf(v) == rule.RequiredUnlessValue
}

// field reads one field by its rule. Keep is false for a value that means that there is none.
func (d *decoding) field(v *value, rule *tallystick.Rule, required bool) (field tallystick.Value, keep bool, err *tallystick.Error) {
	field.Field = rule.Field
	switch rule.Kind {
	case tallystick.KindBool:
		if v.kind == isTrue {
			field.Int = 1
		} else if v.kind != isFalse {
			return field, false, wrongKind.wrong("true or false is expected, not %s", d.show(*v))
		}
		return field, true, nil
	case tallystick.KindInteger, tallystick.KindSeconds:
		if v.kind != isNumber {
			return field, false, wrongKind.wrong("a number is expected, not %s", d.show(*v))
		}
		if rule.Kind == tallystick.KindInteger {
			field.Int, err = integer(d.text[v.from:v.to], rule.Min, tallystick.MaxInteger)
		} else {
			field.Int, err = seconds(d.text[v.from:v.to])
		}
		return field, true, err
	case tallystick.KindTexts:
		field.Text, err = d.texts(v)
		return field, true, err
	}
	if v.kind != isText {
		return field, false, wrongKind.wrong("a text is expected, not %s", d.show(*v))
	}
	field.Text = d.textOf(v)
	if required && field.Text == "" {
		return field, false, missing.wrong("the required field is empty")
	}
	switch rule.Kind {
	case tallystick.KindID:
		if len(field.Text) > tallystick.MaxID {
			return field, false, idTooLong(field.Text)
		}
		return field, field.Text != "", nil
	case tallystick.KindEnum:
		i := slices.Index(rule.Enum, field.Text)
		if i < 0 {
			return field, false, notListed.wrong("%s is not one of %s", quote(field.Text), strings.Join(rule.Enum, ", "))
		}
		field.Text = rule.Enum[i]
	case tallystick.KindTime:
		var at tallystick.Instant
		at, err = parseTime(field.Text)
		field.Text, field.Int = "", int64(at)
	case tallystick.KindDate:
		if _, wrongDate := tallystick.ParseDate(field.Text); wrongDate != nil {
			err = notDate.wrong("%s is not a date that exists", quote(field.Text)).WithHint("write YYYY-MM-DD")
		}
	case tallystick.KindZone:
		if !tallystick.IsZone(field.Text) {
			err = notZone.wrong("%s is not an IANA time zone", quote(field.Text)).WithHint(`write a name such as "Europe/Berlin"`)
		}
	}
	return field, true, err
}

// texts reads an array of texts and returns it as compact JSON.
func (d *decoding) texts(v *value) (string, *tallystick.Error) {
	if v.kind != isArray {
		return "", wrongKind.wrong("an array of texts is expected, not %s", d.show(*v))
	}
	// The elements are read a second time; the grammar is known to be right, so that no error of it can come.
	s := scanner{text: d.text[:v.to], bytes: d.bytes[:v.to], at: v.from}
	more := s.open(']')
	for n := 0; more; n++ {
		element, err := s.value(0)
		if err == nil && element.kind != isText {
			err = underIndex(n, wrongKind.wrong("a text is expected, not %s", d.show(element)))
		}
		if err == nil {
			more, err = s.more(']')
		}
		if err != nil {
			return "", err
		}
	}
	return d.compact(v), nil
}

// compact returns a value in the one form that an event keeps.
func (s *scanner) compact(v *value) string {
	text := s.text[v.from:v.to]
	if !v.clean {
		text = compact(text)
	}
	return text
}

// extra returns the members that are neither null nor left out, in the order of their names.
func (d *decoding) extra(members []member, keep func(member) bool) []tallystick.Extra {
	var extra []tallystick.Extra
	for i := range members {
		if m := &members[i]; m.kind != isNull && keep(*m) {
			extra = append(extra, tallystick.Extra{Name: m.name, JSON: d.compact(&m.value)})
		}
	}
	slices.SortFunc(extra, func(a, b tallystick.Extra) int { return cmp.Compare(a.Name, b.Name) })
	return extra
}

// parseTime is tallystick.ParseInstant with its error in this package's form.
func parseTime(text string) (tallystick.Instant, *tallystick.Error) {
	at, err := tallystick.ParseInstant(text)
	if err == nil {
		return at, nil
	}
	if len(text) > shown {
		return 0, notTime.wrong("%s is not a time", quote(text))
	}
	if e := (*tallystick.Error)(nil); errors.As(err, &e) {
		return 0, notTime.is(e)
	}
	return 0, notTime.wrong("%v", err)
}
