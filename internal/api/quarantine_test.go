package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
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
