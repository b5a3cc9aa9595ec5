package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// description is what the API says of itself. Every answer that a [site] gives to a test is held against it.
type description struct {
	Paths map[string]map[string]struct {
		Responses map[string]struct {
			Content map[string]struct{ Schema *schema }
		}
	}
	Components struct{ Schemas map[string]*schema }
}

// schema is what a value is said to be, as far as it is checked: where null may stand, and what an object always has.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any    // a text, or a list of them
	Properties map[string]*schema
	Additional json.RawMessage `json:"additionalProperties"`
	Items      *schema
	OneOf      []*schema
	Required   []string
}

var described = sync.OnceValue(func() *description {
	d := &description{}
	if err := json.Unmarshal(Description(), d); err != nil {
		panic(err)
	}
	return d
})

// wrong returns what an answer says in another way than it is described.
func (d *description) wrong(method, path string, status int, body []byte) (wrong []string) {
	for pattern, methods := range d.Paths {
		op, ok := methods[strings.ToLower(method)]
		if !ok || !fits(pattern, path) {
			continue
		}
		said := op.Responses[strconv.Itoa(status)].Content["application/json"].Schema
		var value any
		if err := json.Unmarshal(body, &value); err != nil || said == nil {
			return []string{fmt.Sprintf("status %d has no schema, or no JSON: %v", status, err)}
		}
		return d.check("", value, said)
	}
	return nil // it is no call of the API
}

// fits reports whether a path is one of a pattern. Where several are, as with /quarantine/tenants, the one without a name in braces is meant.
func fits(pattern, path string) bool {
	want, is := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(is) {
		return false
	}
	for i := range want {
		if want[i] != is[i] && (!strings.HasPrefix(want[i], "{") || is[i] == "tenants") {
			return false
		}
	}
	return true
}

func (d *description) check(at string, value any, said *schema) (wrong []string) {
	if said == nil {
		return nil
	}
	said = d.resolved(said)
	if value == nil {
		if !d.allowsNull(said) {
			wrong = append(wrong, at+" is null")
		}
		return wrong
	}
	for _, one := range said.OneOf {
		if one.Type != "null" {
			return d.check(at, value, one)
		}
	}
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			wrong = append(wrong, d.check(fmt.Sprintf("%s[%d]", at, i), item, said.Items)...)
		}
	case map[string]any:
		for _, name := range said.Required {
			if _, ok := value[name]; !ok {
				wrong = append(wrong, at+"."+name+" is missing")
			}
		}
		for name, member := range value {
			is, known := said.Properties[name]
			if !known && said.Type == "object" && string(said.Additional) == "false" {
				wrong = append(wrong, at+"."+name+" is unknown")
			}
			wrong = append(wrong, d.check(at+"."+name, member, is)...)
		}
	}
	return wrong
}

// resolved returns the schema that a reference leads to.
func (d *description) resolved(said *schema) *schema {
	for said.Ref != "" {
		said = d.Components.Schemas[strings.TrimPrefix(said.Ref, "#/components/schemas/")]
	}
	return said
}

// allowsNull reports whether a value may be null: it is said so, or nothing is said of it.
func (d *description) allowsNull(said *schema) bool {
	said = d.resolved(said)
	if kinds, ok := said.Type.([]any); ok && slices.Contains(kinds, any("null")) || said.Type == "null" {
		return true
	}
	for _, one := range said.OneOf {
		if one.Type == "null" {
			return true
		}
	}
	return said.Type == nil && said.OneOf == nil
}

func TestAnswersAreHeldAgainstTheDescription(t *testing.T) {
	d := described()
	for _, test := range []struct{ method, path, body, wrong string }{
		{"GET", "/api/v1/sign-in", `{}`, ""},
		{"GET", "/api/v1/sign-in", `{"openid":{"name":"x"}}`, ""},
		{"GET", "/api/v1/sign-in", `{"openid":{"name":null}}`, ".openid.name is null"},
		{"GET", "/api/v1/sign-in", `{"openid":{}}`, ".openid.name is missing"},
		{"GET", "/api/v1/sign-in", `{"other":1}`, ".other is unknown"},
		{"GET", "/api/v1/quarantine/tenants", `{"items":[{"tenant":"","entries":1,"bytes":null}]}`, ".items[0].bytes is null"},
	} {
		wrong := strings.Join(d.wrong(test.method, test.path, 200, []byte(test.body)), ", ")
		if wrong != test.wrong {
			t.Errorf("%s: %q, want %q", test.body, wrong, test.wrong)
		}
	}
}

// What is null where there is none is described so, as the last run of a schedule that has not run.
func TestNullIsDescribed(t *testing.T) {
	d := described()
	for _, at := range [][2]string{{"Schedule", "last"}, {"Run", "file"}, {"Delivery", "link"}} {
		if is := d.Components.Schemas[at[0]].Properties[at[1]]; is == nil || !d.allowsNull(is) {
			t.Errorf("%s.%s is described as never null", at[0], at[1])
		}
	}
	if d.allowsNull(d.Components.Schemas["AuditEntry"].Properties["actor"]) {
		t.Error("what is never null is described as null")
	}
}
