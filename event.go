package tallystick

import (
	"strconv"
)

// Event is one fact that a platform reports: CloudEvents 1.0 with the attribute tenant and a vocabulary of types. An Event is a value; once it was handed to
// another package nobody changes it.
type Event struct {
	Tenant  string
	Source  string
	ID      string
	Type    string
	Subject string // empty where there is none

	Time        Instant // when it happened; the time of receipt where TimeMissing
	Received    Instant // when this installation took it for acceptance; for one that is replayed from quarantine, then
	TimeMissing bool    // the platform gave no time

	// Data holds the fields that the type's rules name and the event has, in the order of those rules.
	Data []Value

	// Extra and Attributes hold the data fields and the CloudEvents attributes that the vocabulary does not know, each in the order of their names.
	Extra      []Extra
	Attributes []Extra
}

// Value is a field with its value.
type Value struct {
	Field Field
	Text  string // of textual kinds; of KindTexts a JSON array without white space
	Int   int64  // of KindInteger; of KindBool 0 or 1; of KindSeconds and KindTime microseconds
}

// Extra is a data field or an attribute that the vocabulary does not know, as compact JSON.
type Extra struct {
	Name string
	JSON string
}

// Has reports whether the event itself says something about the field; defaults don't count.
func (e *Event) Has(f Field) bool {
	for i := range e.Data {
		if e.Data[i].Field == f {
			return true
		}
	}
	return false
}

// Text returns a field in text form: as it is for textual kinds, "true" or "false" for KindBool, digits for the others (KindSeconds and KindTime: microseconds).
//
// Of a type that is not built in it is the label of that name ([Extra.Label]).
//
// A field that is absent has the default of its rule, and contact_id of a message sent by a contact is then the sender. "" is: absent.
func (e *Event) Text(f Field) string {
	t := TypeNamed(e.Type)
	if t == nil {
		return e.label(f)
	}
	rule := t.Rule(f)
	if rule == nil {
		return ""
	}
	for i := range e.Data {
		if e.Data[i].Field == f {
			return e.Data[i].text(rule.Kind)
		}
	}
	if f == FieldContactID && e.Type == MessageSent && e.Text(FieldSenderKind) == "contact" {
		return e.Text(FieldSenderID)
	}
	return rule.Default
}

// Int returns a numeric field in its base unit, 0 where it is absent. Of a type that is not built in, numbers are in millionths.
func (e *Event) Int(f Field) int64 {
	n, _ := e.number(f)
	return n
}

// number returns a numeric field in its base unit, and whether the event has one.
func (e *Event) number(f Field) (int64, bool) {
	t := TypeNamed(e.Type)
	if t == nil {
		for i := range e.Extra {
			if e.Extra[i].Name == string(f) && IsLabel(string(f)) {
				_, millionths, is := e.Extra[i].Label()
				return millionths, is
			}
		}
		return 0, false
	}
	for i := range e.Data {
		if e.Data[i].Field == f {
			rule := t.Rule(f)
			return e.Data[i].Int, rule != nil && rule.Kind.Numeric()
		}
	}
	return 0, false
}

func (v *Value) text(k Kind) string {
	switch {
	case k == KindBool:
		return strconv.FormatBool(v.Int != 0)
	case k.Numeric():
		return strconv.FormatInt(v.Int, 10)
	}
	return v.Text
}
