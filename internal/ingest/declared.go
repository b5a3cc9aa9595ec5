package ingest

import (
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// labels holds the data that was scanned to what was declared of its type. Paths of errors begin inside of the data.
func (d *decoding) labels(t *tallystick.DeclaredType) *tallystick.Error {
	for i := range t.Labels {
		rule := &t.Labels[i]
		v := d.dataNamed(rule.Name)
		if v == nil {
			if rule.Required {
				return missing.wrong("the required field is missing").At(rule.Name)
			}
			continue
		}
		if err := d.labelValue(rule, v); err != nil {
			return under(rule.Name, err)
		}
	}
	return nil
}

// dataNamed returns the value of a data field, nil where it is absent or null.
func (d *decoding) dataNamed(name string) *value {
	for i := range d.data {
		if m := &d.data[i]; m.name == name && m.kind != isNull {
			return &m.value
		}
	}
	return nil
}

func (d *decoding) labelValue(rule *tallystick.LabelRule, v *value) *tallystick.Error {
	switch rule.Kind {
	case tallystick.LabelFlag:
		if v.kind != isTrue && v.kind != isFalse {
			return wrongKind.wrong("true or false is expected, not %s", d.show(*v))
		}
		return nil
	case tallystick.LabelInteger, tallystick.LabelNumber:
		if v.kind != isNumber {
			return wrongKind.wrong("a number is expected, not %s", d.show(*v))
		}
		return d.labelNumber(rule, d.text[v.from:v.to])
	}
	if v.kind != isText {
		return wrongKind.wrong("a text is expected, not %s", d.show(*v))
	}
	text := d.textOf(v)
	switch {
	case rule.Required && text == "":
		return missing.wrong("the required field is empty")
	case rule.Kind == tallystick.LabelID && len(text) > tallystick.MaxID:
		return idTooLong(text)
	case rule.Values != nil && !slices.Contains(rule.Values, text):
		return notListed.wrong("%s is not one of %s", quote(text), strings.Join(rule.Values, ", "))
	}
	return nil
}

func (d *decoding) labelNumber(rule *tallystick.LabelRule, text string) *tallystick.Error {
	show, more := clip(text)
	n, ok := tallystick.ParseNumber(text)
	switch {
	case !ok:
		return outOfRange.wrong("%s%s is out of range: a number of at most %d with at most six decimals is expected", show, more, tallystick.MaxNumber)
	case rule.Kind == tallystick.LabelInteger && n%tallystick.NumberUnit != 0:
		return outOfRange.wrong("%s%s is not a whole number", show, more)
	case n < rule.Min || n > rule.Max:
		return outOfRange.wrong("%s%s is out of range: a number from %s to %s is expected", show, more, tallystick.FormatNumber(rule.Min), tallystick.FormatNumber(rule.Max))
	}
	return nil
}

// emptyID reports whether a data field is an empty optional id, which is absent.
func (d *decoding) emptyID(t *tallystick.DeclaredType, m *member) bool {
	rule := t.Label(m.name)
	return rule != nil && rule.Kind == tallystick.LabelID && m.kind == isText && d.textOf(&m.value) == ""
}
