package ingest

import (
	"errors"

	"github.com/tallystick/tallystick"
)

// Rule is what a rejected event broke, without the value that it broke it with: fit to be counted and to be a row of a table.
type Rule struct {
	Name    string // as in [Item.Rule]
	Meaning string // one sentence
}

// Rules lists every rule, in the order in which an event is held to them.
var Rules = []Rule{
	{string(tooLarge), "The event has more bytes than an event may have."},
	{string(notJSON), "It is no JSON in UTF-8 by the letter of RFC 8259."},
	{string(tooDeep), "Its arrays and objects are nested deeper than they may be."},
	{string(memberTwice), "An object in it has two members of one name."},
	{string(notObject), "The event is JSON, but no object."},
	{string(wrongVersion), "`specversion` is another version of CloudEvents than 1.0."},
	{string(missing), "A required attribute or data field is missing or empty."},
	{string(wrongKind), "An attribute, the data or a data field has another JSON type than it must have."},
	{string(longID), "An id has more bytes than an id may have."},
	{string(wrongTenant), "The event is of another tenant than the one that the key is bound to."},
	{string(notTime), "A time is not RFC 3339 with seconds and an offset, or of no year that is taken."},
	{string(tooFarAhead), "`time` is further ahead of the receiver's clock than it may be."},
	{string(unknownType), "`type` is neither of the vocabulary nor declared."},
	{string(base64Data), "The data came as `data_base64`."},
	{string(notListed), "A value is not in the list of its field."},
	{string(outOfRange), "A number is not whole where it must be, too small or too large."},
	{string(notDate), "A date is not YYYY-MM-DD, or does not exist."},
	{string(notZone), "A time zone is not in the IANA database."},
	{string(needsScope), "The key is bound to one tenant and lacks the scope `attributes`, which `tenant.upserted` and `entitlement.set` need."},
	{string(anotherRule), "Something else; the reason says what."},
}

// rule is a rule's name, and the cause of the errors about events that broke it.
type rule string

const (
	tooLarge     rule = "too large"
	notJSON      rule = "not valid JSON"
	tooDeep      rule = "nested too deep"
	memberTwice  rule = "member twice"
	notObject    rule = "not an object"
	wrongVersion rule = "unknown version"
	missing      rule = "required field missing"
	wrongKind    rule = "wrong JSON type"
	longID       rule = "id too long"
	wrongTenant  rule = "wrong tenant"
	notTime      rule = "not a time"
	tooFarAhead  rule = "time too far ahead"
	unknownType  rule = "unknown type"
	base64Data   rule = "data in base64"
	notListed    rule = "value not listed"
	outOfRange   rule = "number out of range"
	notDate      rule = "not a date"
	notZone      rule = "not a time zone"
	needsScope   rule = "scope missing"
	anotherRule  rule = "another rule"
)

func (r rule) Error() string { return string(r) }

// wrong is an error about an event that broke the rule.
func (r rule) wrong(format string, args ...any) *tallystick.Error {
	return r.is(wrong(format, args...))
}

// is makes the rule the cause of an error that was just made.
func (r rule) is(err *tallystick.Error) *tallystick.Error {
	err.Err = r
	return err
}

// RuleOf returns the name of the rule that an event broke, from the error about it; "another rule" for any other error.
func RuleOf(err error) string {
	if r := rule(""); errors.As(err, &r) {
		return string(r)
	}
	return string(anotherRule)
}

// origin returns what the envelope of the event read last says of its tenant and source, as far as it was read; "" where it says nothing that can be one.
func (d *decoding) origin() (tenant, source string) {
	for i := range d.members {
		m := &d.members[i]
		if m.kind != isText {
			continue
		}
		switch {
		case m.name == "tenant" && tenant == "":
			tenant = d.textOf(&m.value)
		case m.name == "source" && source == "":
			source = d.textOf(&m.value)
		}
	}
	if len(tenant) > tallystick.MaxID {
		tenant = ""
	}
	return tenant, source
}
