package ingest

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestEveryRuleIsBroken breaks every rule once, and sees what is known of the event's envelope all the same.
func TestEveryRuleIsBroken(t *testing.T) {
	const acme = `"tenant":"acme","source":"chat"`
	broken := map[string]bool{string(anotherRule): true} // is for errors that are not about an event
	for _, c := range []struct{ event, rule, tenant, source string }{
		{`{` + acme + `,"id":"` + strings.Repeat("x", tallystick.MaxEvent) + `"}`, "too large", "", ""},
		{`{` + acme + `,"id":}`, "not valid JSON", "acme", "chat"},
		{`{"tenant":"acme","source":"ch`, "not valid JSON", "acme", ""},
		{`{"tenant":"a\u0063me","x":` + strings.Repeat("[", 40), "nested too deep", "acme", ""},
		{`{` + acme + `,"tenant":"other"}`, "member twice", "acme", "chat"},
		{`[1]`, "not an object", "", ""},
		{`{` + acme + `,"specversion":"0.3"}`, "unknown version", "acme", "chat"},
		{`{` + acme + `,"type":"x"}`, "required field missing", "acme", "chat"},
		{`{` + acme + `,"id":"","type":"x"}`, "required field missing", "acme", "chat"},
		{`{` + acme + `,"id":1}`, "wrong JSON type", "acme", "chat"},
		{`{"id":"1","type":"x","source":7,"tenant":"acme"}`, "wrong JSON type", "acme", ""},
		{`{` + acme + `,"id":"` + strings.Repeat("x", 257) + `"}`, "id too long", "acme", "chat"},
		{`{"id":"1","type":"bot.upserted","source":"chat","tenant":"` + strings.Repeat("x", 257) + `"}`, "id too long", "", "chat"},
		{`{` + acme + `,"id":"1","type":"bot.upserted","time":"today"}`, "not a time", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"bot.upserted","time":"2999-01-01T00:00:00Z"}`, "not a time", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"bot.upserted","time":"2025-03-01T12:06:00Z"}`, "time too far ahead", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"order.placed"}`, "unknown type", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"bot.upserted","data_base64":"e30="}`, "data in base64", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"bot.upserted","data":[]}`, "wrong JSON type", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"bot.upserted","data":{}}`, "required field missing", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"room.upserted","data":{"room_id":"r","kind":"big"}}`, "value not listed", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"credit.consumed","data":{"credit":"SMS","quantity":0}}`, "number out of range", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"entitlement.set","data":{"type":"USERS","quantity":1,"start_date":"2025-02-30"}}`, "not a date", "acme", "chat"},
		{`{` + acme + `,"id":"1","type":"tenant.upserted","data":{"time_zone":"Mars"}}`, "not a time zone", "acme", "chat"},
	} {
		item := only(t, newDecoder(), c.event)
		broken[item.Rule] = true
		if item.Err == nil || item.Rule != c.rule || item.Tenant != c.tenant || item.Source != c.source {
			t.Errorf("%.120s\n got %q of %q, %q: %v\nwant %q of %q, %q", c.event, item.Rule, item.Tenant, item.Source, item.Err, c.rule, c.tenant, c.source)
		}
	}

	bound := newDecoder().For("acme")
	bound.NoAttributes = true
	for event, rule := range map[string]string{
		`{"id":"1","source":"chat","type":"bot.upserted","tenant":"other","data":{"bot_id":"b"}}`:                            "wrong tenant",
		`{"id":"1","source":"chat","type":"tenant.upserted"}`:                                                                "scope missing",
		`{"id":"1","source":"chat","type":"entitlement.set","data":{"type":"USERS","quantity":1,"start_date":"2025-02-03"}}`: "scope missing",
		`{"id":"1","source":"chat","type":"bot.upserted","data":{"bot_id":"b"}}`:                                             "",
	} {
		item := only(t, bound, event)
		broken[item.Rule] = true
		if item.Rule != rule {
			t.Errorf("%s breaks %q, want %q", event, item.Rule, rule)
		}
	}

	for _, r := range Rules {
		if !broken[r.Name] {
			t.Errorf("no event breaks the rule %q", r.Name)
		}
		delete(broken, r.Name)
	}
	delete(broken, "")
	for name := range broken {
		t.Errorf("the rule %q is not in Rules", name)
	}
}

// only returns the one item of a stream.
func only(t *testing.T, d *Decoder, event string) Item {
	t.Helper()
	var all []Item
	for items, err := range Stream(context.Background(), strings.NewReader(event), NDJSON, d, Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, items...)
	}
	if len(all) != 1 {
		t.Fatalf("%.100s gives %d items", event, len(all))
	}
	return all[0]
}

func TestBinaryItem(t *testing.T) {
	header := http.Header{"Ce-Id": {"e1"}, "Ce-Source": {"chat"}, "Ce-Type": {"bot.upserted"}, "Ce-Tenant": {"acme"}}
	if item := newDecoder().BinaryItem(header, []byte(`{"bot_id":"b"}`)); item.Err != nil || item.Event.ID != "e1" || item.Raw != nil {
		t.Errorf("a right one gives %+v", item)
	}
	for body, rule := range map[string]string{
		"{}": "required field missing", "bot": "not valid JSON", strings.Repeat(" ", 10) + `"` + strings.Repeat("x", tallystick.MaxEvent) + `"`: "too large",
	} {
		item := newDecoder().BinaryItem(header, []byte(body))
		if item.Err == nil || item.Rule != rule || rule != "too large" && (item.Tenant != "acme" || item.Source != "chat") {
			t.Errorf("%.50s gives %q of %q, %q: %v", body, item.Rule, item.Tenant, item.Source, item.Err)
		}
		again := only(t, newDecoder(), string(item.Raw))
		if int64(len(item.Raw)) == item.Length && (again.Err == nil || again.Digest != item.Digest) {
			t.Errorf("%.50s: what is kept reads as %+v", body, again)
		}
	}
}
