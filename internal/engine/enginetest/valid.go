package enginetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Valid returns an error for an event that could not have been accepted: without a tenant, of an unknown type, or with data that its type's rules refuse or
// have in another order.
func Valid(e *tallystick.Event) error {
	t := tallystick.TypeNamed(e.Type)
	switch {
	case e.Tenant == "":
		return fmt.Errorf("event without a tenant")
	case t == nil:
		return validLabels(e)
	}
	data := e.Data
	for i := range t.Rules {
		rule := &t.Rules[i]
		if len(data) == 0 || data[0].Field != rule.Field {
			if rule.Required && (rule.RequiredUnless == tallystick.NoField || e.Text(rule.RequiredUnless) != rule.RequiredUnlessValue) {
				return fmt.Errorf("%s without its required %s", e.Type, rule.Field)
			}
			continue
		}
		if err := validValue(rule, &data[0]); err != nil {
			return fmt.Errorf("%s of %s: %w", rule.Field, e.Type, err)
		}
		data = data[1:]
	}
	if len(data) > 0 {
		return fmt.Errorf("%s has no field %s there", e.Type, data[0].Field)
	}
	return nil
}

func validValue(rule *tallystick.Rule, v *tallystick.Value) error {
	text, number := v.Text, v.Int
	if rule.Kind.Numeric() && text != "" || !rule.Kind.Numeric() && number != 0 {
		return fmt.Errorf("%q and %d: one of them is too much", text, number)
	}
	ok := true
	switch rule.Kind {
	case tallystick.KindText:
		ok = text != "" || !rule.Required
	case tallystick.KindID:
		ok = text != "" && len(text) <= tallystick.MaxID
	case tallystick.KindEnum:
		ok = slices.Contains(rule.Enum, text)
	case tallystick.KindBool:
		ok = number == 0 || number == 1
	case tallystick.KindInteger:
		ok = number >= rule.Min && number <= tallystick.MaxInteger
	case tallystick.KindSeconds:
		ok = number >= 0 && number <= tallystick.MaxSeconds*int64(tallystick.Second)
	case tallystick.KindDate:
		_, err := tallystick.ParseDate(text)
		ok = err == nil
	case tallystick.KindZone:
		ok = text != ""
	case tallystick.KindTexts:
		ok = strings.HasPrefix(text, "[")
	}
	if !ok {
		return fmt.Errorf("%q, %d is out of range", text, number)
	}
	return nil
}
