package quarantine

import (
	"testing"

	"github.com/tallystick/tallystick"
)

func TestFilter(t *testing.T) {
	e := Entry{
		Received: 100, Source: "key Shop:3", Code: tallystick.Invalid, Path: "data.Kind", Reason: `"sideways" is not one of inbound, outbound`,
		Raw: []byte(`{"id":"1","data":{"type":"inner"},"type":"message.sent"}`),
	}
	for _, test := range []struct {
		name   string
		filter Filter
		holds  bool
	}{
		{"nothing is asked", Filter{}, true},
		{"a part of the reason", Filter{Text: "SIDEways"}, true},
		{"a part of the path", Filter{Text: "data.k"}, true},
		{"a part of the source", Filter{Text: "shop"}, true},
		{"what is nowhere", Filter{Text: "upwards"}, false},
		{"its code", Filter{Code: tallystick.Invalid}, true},
		{"another code", Filter{Code: tallystick.TooLarge}, false},
		{"its source", Filter{Source: "SHOP:3"}, true},
		{"the reason is no source", Filter{Source: "sideways"}, false},
		{"its type", Filter{Type: "message.sent"}, true},
		{"a type inside of it", Filter{Type: "inner"}, false},
		{"a part of its type", Filter{Type: "message"}, false},
		{"from its instant on", Filter{Since: 100}, true},
		{"later", Filter{Since: 101}, false},
		{"until its instant", Filter{Until: 100}, false},
		{"until the next one", Filter{Until: 101}, true},
		{"all of that", Filter{Text: "kind", Code: tallystick.Invalid, Source: "key", Type: "message.sent", Since: 100, Until: 101}, true},
		{"all but one", Filter{Text: "kind", Code: tallystick.Invalid, Source: "key", Type: "call.ended", Since: 100, Until: 101}, false},
	} {
		if test.filter.Holds(&e) != test.holds {
			t.Errorf("%s: want %v", test.name, test.holds)
		}
	}
}

func TestTypeOfAnEvent(t *testing.T) {
	for raw, want := range map[string]string{
		`{"type":"call.ended"}`: "call.ended", `{"a":[1,{"type":"x"}],"type":"y"}`: "y", `{"type":7}`: "", `{"a":1}`: "", `[{"type":"x"}]`: "", `not JSON`: "", ``: "",
		`{"type":"whole","data":{"cut`: "whole", `{"data":{"cut`: "", `"type"`: "", "\xef\xbb\xbf{}": "",
	} {
		if got := (&Entry{Raw: []byte(raw)}).Type(); got != want {
			t.Errorf("%s is of the type %q, want %q", raw, got, want)
		}
	}
}

func FuzzType(f *testing.F) {
	f.Add([]byte(`{"data":{"a":1},"type":"message.sent"}`))
	f.Fuzz(func(t *testing.T, raw []byte) { (&Entry{Raw: raw}).Type() })
}
