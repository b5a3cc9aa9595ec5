package ingest

import (
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

func TestBinary(t *testing.T) {
	right := http.Header{"Ce-Id": {"e1"}, "Ce-Source": {"chat"}, "Ce-Type": {"bot.upserted"}, "Ce-Tenant": {"acme"}, "Ce-Specversion": {"1.0"},
		"Ce-Time": {"2025-03-01T09:00:00Z"}, "Authorization": {"Bearer secret"}}
	with := func(name string, values ...string) http.Header {
		h := maps.Clone(right)
		h[name] = values
		return h
	}
	const body = `{"bot_id":"b"}`
	for _, c := range []struct {
		name   string
		header http.Header
		body   string
		want   string // the beginning of what a golden file would say
	}{
		{"an event", right, " " + body + "\n", "  ✓ 2025-03-01T09:00:00Z bot.upserted of acme/e1 from chat\n    bot_id = \"b\"\n"},
		{"the type of the data", with("Content-Type", "application/json"), body,
			"  ✓ 2025-03-01T09:00:00Z bot.upserted of acme/e1 from chat\n    bot_id = \"b\"\n    attribute \"datacontenttype\": \"application/json\"\n"},
		{"percent-encoding", with("Ce-Id", "%C3%A9%20%22%25%2"), body, "  ✓ 2025-03-01T09:00:00Z bot.upserted of acme/é \"%%2 from chat\n"},
		{"percent-encoding of what is no UTF-8", with("Ce-Id", "%C3"), body, "  ✗ invalid  id: not valid JSON: byte 0xc3"},
		{"a header twice", with("Ce-Id", "e1", "e2"), body, `  ✗ invalid  id: there are two members of the name "id"`},
		{"a header in two spellings", with("ce-id", "e2"), body, `  ✗ invalid  id: there are two members of the name "id"`},
		{"a header missing", with("Ce-Id"), body, "  ✗ invalid  id: the required attribute is missing"},
		{"no data", right, "", "  ✗ invalid  data.bot_id: the required field is missing"},
		{"data that is no object", right, `"b"`, `  ✗ invalid  data: a JSON object is expected, not the text "b"`},
		{"data that would be more than data", right, body + `,"subject":"s"`, "  ✗ invalid  data: not valid JSON: ',' at byte 15, where the end was expected"},
		{"data that is no JSON", right, "bot_id: b", "  ✗ invalid  data: not valid JSON: 'b' at byte 1"},
		{"data twice", with("Ce-Data", "{}"), body, `  ✗ invalid  data: there are two members of the name "data"`},
		{"nothing", nil, "", "  ✗ invalid  id: the required attribute is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDecoder()
			e, structured, err := d.Binary(c.header, []byte(c.body))
			if got := describe(e, err); !strings.HasPrefix(got, c.want) {
				t.Errorf("\n got %swant %s", got, c.want)
			}
			if strings.Contains(string(structured), "secret") {
				t.Errorf("the structured form has too much: %s", structured)
			}
			again, againErr := d.Event(structured)
			if (err == nil) != (againErr == nil) || !reflect.DeepEqual(e, again) {
				t.Errorf("%s is read as %s", structured, describe(again, againErr))
			}
		})
	}
}
