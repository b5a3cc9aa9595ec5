package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// quarantineServer is the routes of the quarantine over real parts.
type quarantineServer struct {
	store   *quarantine.Store
	journal *journal.Journal
	url     string
}

func serveQuarantine(t *testing.T) *quarantineServer {
	t.Helper()
	s := &quarantineServer{}
	var err error
	if s.store, err = quarantine.Open(quarantine.Options{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if s.journal, err = journal.Open(t.Context(), journal.Options{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(Handler(door, &Quarantine{Store: s.store, Append: s.journal.Append, Now: func() time.Time { return noon }}))
	s.url = web.URL
	t.Cleanup(func() {
		web.Close()
		s.journal.Close()
		s.store.Close()
	})
	return s
}

// keep keeps events of a tenant, and returns their ids.
func (s *quarantineServer) keep(t *testing.T, tenant string, events ...string) []string {
	t.Helper()
	var ids []string
	for _, raw := range events {
		if _, err := s.store.Keep(t.Context(), tenant, []quarantine.Entry{{Received: 1, Source: "key:1", Code: tallystick.Invalid, Path: "data.x", Reason: "it was wrong", Raw: []byte(raw)}}); err != nil {
			t.Fatal(err)
		}
	}
	for e, err := range s.store.List(t.Context(), tenant, "") {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

func (s *quarantineServer) do(t *testing.T, actor, method, path, body string) readAnswer {
	t.Helper()
	r, err := http.NewRequest(method, s.url+"/api/v1/quarantine"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", actor)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return readAnswer{answer.StatusCode, answer.Header, answer.Trailer, string(b)}
}

func botUpsert(tenant, id string) string {
	return `{"id":"` + id + `","source":"test","type":"` + tallystick.BotUpserted + `","tenant":"` + tenant + `","time":"2025-02-01T00:00:00Z","data":{"bot_id":"` + id + `"}}`
}

func TestQuarantineOverHTTP(t *testing.T) {
	s := serveQuarantine(t)
	ids := s.keep(t, "acme", "first", botUpsert("acme", "b1"), botUpsert("zeta", "b2"), "fourth", "fifth")
	s.keep(t, "", "the provider's")

	var seen []string
	page := QuarantineList{Next: ""}
	for first := true; first || page.Next != ""; first = false {
		q := url.Values{"limit": {"2"}}
		if page.Next != "" {
			q.Set("after", page.Next)
		}
		page = QuarantineList{}
		if err := json.Unmarshal([]byte(s.do(t, "acme", "GET", "?"+q.Encode(), "").must(t, 200).body), &page); err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Items {
			seen = append(seen, e.ID)
			if e.Reason != "it was wrong" || e.Path != "data.x" || !e.Whole {
				t.Errorf("an entry is %+v", e)
			}
		}
		if len(seen) == 4 { // what was seen last is removed meanwhile
			s.do(t, "acme", "DELETE", "/"+seen[3], "").must(t, 204)
		}
	}
	if strings.Join(seen, " ") != strings.Join(ids, " ") {
		t.Errorf("page by page %v, want %v", seen, ids)
	}
	if got := s.do(t, "acme", "GET", "/"+ids[0], "").must(t, 200); got.body != "first" || got.header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("an event is %v %q", got.header, got.body)
	}
	for actor, want := range map[string]int{"acme": 1, "provider": 2} {
		if got := s.do(t, actor, "GET", "/tenants", "").must(t, 200).body; strings.Count(got, `"entries"`) != want {
			t.Errorf("%s sees %s", actor, got)
		}
	}

	var told Replayed
	if err := json.Unmarshal([]byte(s.do(t, "acme", "POST", "/replay", "{}").must(t, 200).body), &told); err != nil {
		t.Fatal(err)
	}
	if told.Accepted != 1 || told.Rejected != 3 || len(told.Items) != 3 || told.Items[0].ID != ids[0] {
		t.Errorf("replayed %+v", told)
	}
	s.do(t, "acme", "GET", "/"+ids[1], "").must(t, 404) // it is in the journal
	if head := s.journal.Head(); head.Sequence != 1 {
		t.Errorf("the journal is at %s", head)
	}
	s.do(t, "acme", "POST", "/replay", `{"ids":["`+ids[1]+`"]}`).must(t, 404)
	s.do(t, "acme", "GET", "?limit=1000", "").must(t, 400)
	s.do(t, "acme", "GET", "?after=x", "").must(t, 400)
	s.do(t, "acme", "GET", "/zzz", "").must(t, 400)
}

// TestAQuarantineOutOfReachIsEmpty asks each route for a tenant out of reach and one that is nowhere.
func TestAQuarantineOutOfReachIsEmpty(t *testing.T) {
	s := serveQuarantine(t)
	id := s.keep(t, "zeta", "no event")[0]
	for _, test := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "?tenant=TENANT", "", 200},
		{"GET", "/" + id + "?tenant=TENANT", "", 404},
		{"POST", "/replay", `{"tenant":"TENANT"}`, 200},
		{"POST", "/replay", `{"tenant":"TENANT","ids":["` + id + `"]}`, 404},
		{"DELETE", "/" + id + "?tenant=TENANT", "", 404},
	} {
		ask := func(actor, tenant string) readAnswer {
			return s.do(t, actor, test.method, strings.ReplaceAll(test.path, "TENANT", tenant), strings.ReplaceAll(test.body, "TENANT", tenant))
		}
		hidden, nowhere := ask("acme", "zeta").must(t, test.status), ask("provider", "nope")
		if hidden.body != strings.ReplaceAll(nowhere.body, `"nope"`, `"zeta"`) || // who asked for it said the name
			hidden.status != nowhere.status {
			t.Errorf("%s %s: %d %s, nowhere %d %s", test.method, test.path, hidden.status, hidden.body, nowhere.status, nowhere.body)
		}
		ask("nobody", "zeta").must(t, 403)
	}
	if got := s.do(t, "acme", "GET", "", "").must(t, 200).body; strings.Contains(got, id) {
		t.Errorf("acme sees %s", got)
	}
	s.do(t, "provider", "GET", "/"+id+"?tenant=zeta", "").must(t, 200)
}

// TestATenantCanNotRaiseItsOwnEntitlement by having an event replayed that its key was not allowed to bring.
func TestATenantCanNotRaiseItsOwnEntitlement(t *testing.T) {
	s := serveQuarantine(t)
	raised := strings.Replace(strings.Replace(botUpsert("acme", "e"), tallystick.BotUpserted, tallystick.TenantUpserted, 1), `"bot_id":"e"`, `"company_name":"Acme"`, 1)
	id := s.keep(t, "acme", raised)[0]
	if got := s.do(t, "acme", "POST", "/replay", "{}").must(t, 200).body; !strings.Contains(got, `"rejected":1`) {
		t.Errorf("replayed by the tenant: %s", got)
	}
	if got := s.do(t, "acme", "POST", "/replay", `{"ids":["`+id+`"]}`).must(t, 200).body; !strings.Contains(got, `"rejected":1`) {
		t.Errorf("replayed by the tenant, which names it: %s", got)
	}
	if got := s.do(t, "provider", "POST", "/replay", `{"tenant":"acme"}`).must(t, 200).body; !strings.Contains(got, `"rejected":1`) {
		t.Errorf("replayed by the provider among others: %s", got)
	}
	if got := s.do(t, "provider", "POST", "/replay", `{"tenant":"acme","ids":["`+id+`"]}`).must(t, 200).body; !strings.Contains(got, `"accepted":1`) {
		t.Errorf("replayed by the provider, who names it: %s", got)
	}
}

func TestLongEventsAreNotReplayed(t *testing.T) {
	s := serveQuarantine(t)
	s.keep(t, "acme", string(bytes.Repeat([]byte(" "), quarantine.MaxRaw+1)))
	if got := s.do(t, "acme", "POST", "/replay", "{}").must(t, 200).body; !strings.Contains(got, "bytes were kept") {
		t.Errorf("replayed %s", got)
	}
}

// What a filter means is listed page by page in the order of receipt, and replayed, and nothing else is.
func TestQuarantineIsFiltered(t *testing.T) {
	s := serveQuarantine(t)
	store := func(at tallystick.Instant, source, reason, raw string, code tallystick.Code) string {
		t.Helper()
		if _, err := s.store.Keep(t.Context(), "acme", []quarantine.Entry{{Received: at, Source: source, Code: code, Reason: reason, Raw: []byte(raw)}}); err != nil {
			t.Fatal(err)
		}
		return s.keep(t, "acme")[len(s.keep(t, "acme"))-1]
	}
	minute := tallystick.Instant(60 * 1_000_000)
	a := store(minute, "key Shop:1", "the clock was wrong", botUpsert("acme", "b1"), tallystick.Invalid)
	b := store(2*minute, "key Shop:2", "direction is missing", `{"type":"message.sent"}`, tallystick.Invalid)
	c := store(3*minute, "old.jsonl:9", "the clock was wrong", botUpsert("acme", "b2"), tallystick.Invalid)
	d := store(4*minute, "key Desk:1", "it is too long", `{"type":"message.sent","data":"`, tallystick.TooLarge)
	e := store(5*minute, "key Desk:2", "the clock was wrong", botUpsert("acme", "b3"), tallystick.Invalid)
	list := func(query string) (ids []string) {
		t.Helper()
		for next := ""; ; {
			var page QuarantineList
			if err := json.Unmarshal([]byte(s.do(t, "acme", "GET", "?limit=1&"+query+next, "").must(t, 200).body), &page); err != nil {
				t.Fatal(err)
			}
			for _, one := range page.Items {
				ids = append(ids, one.ID)
			}
			if page.Next == "" {
				return ids
			}
			if len(page.Items) != 1 {
				t.Fatalf("a page of %q that is not the last has %d events", query, len(page.Items))
			}
			next = "&after=" + url.QueryEscape(page.Next)
		}
	}
	for query, want := range map[string][]string{
		"":                           {a, b, c, d, e},
		"search=CLOCK":               {a, c, e},
		"code=too_large":             {d},
		"source=desk":                {d, e},
		"type=message.sent":          {b, d},
		"type=bot.upserted":          {a, c, e},
		"type=message":               nil,
		"since=1970-01-01T00:03:00Z": {c, d, e},
		"until=1970-01-01T00:03:00Z": {a, b},
		"since=1970-01-01T00:02:00Z&until=1970-01-01T00:05:00Z&search=clock": {c},
	} {
		if got := list(query); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q lists %v, want %v", query, got, want)
		}
	}
	if got := s.do(t, "acme", "GET", "?since=yesterday", "").must(t, 400).body; !strings.Contains(got, `"path":"query.since"`) {
		t.Errorf("a bad instant is answered %s", got)
	}
	if got := s.do(t, "acme", "POST", "/replay", `{"filter":{"until":"soon"}}`).must(t, 400).body; !strings.Contains(got, `"path":"filter.until"`) {
		t.Errorf("a bad instant is answered %s", got)
	}
	s.do(t, "acme", "POST", "/replay", `{"ids":["`+a+`"],"filter":{"search":"clock"}}`).must(t, 400)

	var told Replayed
	if err := json.Unmarshal([]byte(s.do(t, "acme", "POST", "/replay", `{"filter":{"search":"clock","source":"key"}}`).must(t, 200).body), &told); err != nil {
		t.Fatal(err)
	}
	if told.Accepted != 2 || told.Rejected != 0 || told.Duplicate != 0 {
		t.Errorf("replayed %+v", told)
	}
	if got := list(""); strings.Join(got, " ") != strings.Join([]string{b, c, d}, " ") {
		t.Errorf("%v are left, want %v", got, []string{b, c, d})
	}
}

// The audit log tells what was asked to be replayed as what is done, and not as what was.
func TestReplayIsAudited(t *testing.T) {
	s := newWholeSite(t)
	s.Rejects.Append = func(context.Context, []tallystick.Event) ([]journal.Verdict, error) { return nil, nil }
	_, cookie := s.member("acme", s.role("acme", everything()...))
	if _, err := s.quarantine.Keep(t.Context(), "acme", []quarantine.Entry{{Received: 1, Source: "key:1", Code: tallystick.Invalid, Reason: "no JSON", Raw: []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	id := fmt.Sprintf("%x", sha256.Sum256([]byte("x")))
	for _, test := range []struct{ body, after string }{
		{`{}`, `{"all":true}`}, {`{"ids":["` + id + `"]}`, `{"ids":["` + id + `"]}`}, {`{"filter":{"search":"JSON"}}`, `{"filter":{"search":"JSON"}}`},
	} {
		s.do("POST", "/api/v1/quarantine/replay", cookie, test.body).is(t, 200, nil)
		l, err := s.Control.Audit(t.Context(), control.System("test"), control.AuditFilter{Action: "quarantine.replay"}, control.Page{Limit: 1})
		if err != nil || len(l.Items) != 1 || string(l.Items[0].After) != test.after || len(l.Items[0].Before) != 0 || l.Items[0].Tenant != "acme" {
			t.Errorf("%s: %+v, %v", test.body, l.Items, err)
		}
	}
}
