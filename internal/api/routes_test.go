package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

func TestFirstAdministratorToMember(t *testing.T) {
	s := newSite(t, nil)
	token, err := s.Control.FirstLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var l Link
	s.do("POST", "/api/v1/links/look", "", `{"token":"`+token+`"}`).is(t, 200, &l)
	if l.Kind != control.FirstAdministrator {
		t.Errorf("%+v", l)
	}
	s.do("POST", "/api/v1/links/use", "", `{"token":"`+token+`","email":"ann@example.com","name":"Ann","password":"`+password+`"}`).is(t, 200, nil)
	s.do("POST", "/api/v1/links/use", "", `{"token":"`+token+`","email":"eve@example.com","name":"Eve","password":"`+password+`"}`).is(t, 404, nil)
	ann := s.signIn("ann@example.com")
	var who Who
	s.do("GET", "/api/v1/session", ann, "").is(t, 200, &who)
	if who.Kind != control.MemberActor || who.FullName != "Ann" || !who.Reach.All || !who.ManagesAll || !slices.Contains(who.Permissions, control.Permission{Entity: control.Settings, Action: control.All}) {
		t.Errorf("%+v", who)
	}

	var invited NewMember
	s.do("POST", "/api/v1/members", ann, `{"email":"bob@example.com","name":"Bob","roles":["auditor"]}`).is(t, 201, &invited)
	_, token, _ = strings.Cut(invited.Link, "http://here/welcome#")
	s.do("POST", "/api/v1/links/use", "", `{"token":"`+token+`","email":"x@example.com","password":"`+password+`"}`).is(t, 400, nil)
	s.do("POST", "/api/v1/links/use", "", `{"token":"`+token+`","password":"short"}`).is(t, 400, nil)
	s.do("POST", "/api/v1/links/use", "", `{"token":"`+token+`","password":"`+password+`"}`).is(t, 200, nil)
	bob := s.signIn("bob@example.com")
	s.do("GET", "/api/v1/audit", bob, "").is(t, 200, nil)
	s.do("POST", "/api/v1/keys", bob, `{"name":"k","scopes":["ingest"]}`).is(t, 403, nil)

	t.Run("a role holds from the next request", func(t *testing.T) {
		s.do("PATCH", "/api/v1/members/"+invited.Member.ID, ann, `{"roles":["auditor","super-administrator"]}`).is(t, 200, nil)
		s.do("POST", "/api/v1/keys", bob, `{"name":"k","scopes":["ingest"]}`).is(t, 201, nil)
	})
	t.Run("a disabled member is out", func(t *testing.T) {
		s.do("POST", "/api/v1/members/"+invited.Member.ID+"/disable", ann, "").is(t, 204, nil)
		s.do("GET", "/api/v1/session", bob, "").is(t, 401, nil)
		s.do("POST", "/api/v1/members/"+invited.Member.ID+"/enable", ann, "").is(t, 204, nil)
		s.do("POST", "/api/v1/session", "", `{"email":"bob@example.com","password":"`+password+`"}`).is(t, 200, nil)
	})
	t.Run("nobody is an answer, too", func(t *testing.T) {
		for credentials, name := range map[string]string{ann: "ann@example.com", "": "", sessionCookie + "=00": "", "tsk_00": ""} {
			var state SessionState
			s.do("GET", "/api/v1/session-state", credentials, "").is(t, 200, &state)
			if name == "" && state.Who != nil || name != "" && (state.Who == nil || state.Who.Name != name) {
				t.Errorf("%q is %+v", credentials, state.Who)
			}
		}
	})
	t.Run("signing out ends the session", func(t *testing.T) {
		other := s.signIn("ann@example.com")
		var list List[Session]
		s.do("GET", "/api/v1/sessions", ann, "").is(t, 200, &list)
		if len(list.Items) != 2 {
			t.Errorf("%+v", list)
		}
		g := s.do("DELETE", "/api/v1/session", other, "").is(t, 204, nil)
		if !strings.Contains(g.header.Get("Set-Cookie"), sessionCookie+"=; Path=/; Max-Age=0") {
			t.Errorf("%v", g.header)
		}
		s.do("GET", "/api/v1/session", other, "").is(t, 401, nil)
		if g := s.do("GET", "/api/v1/session-state", other, "").is(t, 200, nil); strings.Contains(string(g.body), "who") {
			t.Errorf("who has signed out is %s", g.body)
		}
		s.do("GET", "/api/v1/session", ann, "").is(t, 200, nil)
	})
}

func (s *site) signIn(email string) (cookie string) {
	s.Helper()
	g := s.do("POST", "/api/v1/session", "", `{"email":"`+email+`","password":"`+password+`"}`).is(s, 200, nil)
	cookie, _, _ = strings.Cut(g.header.Get("Set-Cookie"), ";")
	return cookie
}

func TestForgottenPasswordsTellNothing(t *testing.T) {
	var mu sync.Mutex
	sent := map[string]string{}
	s := newSite(t, func(s *site) {
		s.Mail = func(_ context.Context, to control.Member, link string) error {
			mu.Lock()
			defer mu.Unlock()
			sent[to.Email] = link
			return nil
		}
	})
	m, _ := s.member("", control.Auditor)
	known := s.do("POST", "/api/v1/forgotten-passwords", "", `{"email":"`+m.Email+`"}`).is(t, 202, nil)
	unknown := s.do("POST", "/api/v1/forgotten-passwords", "", `{"email":"nobody@example.com"}`).is(t, 202, nil)
	if string(known.body) != string(unknown.body) {
		t.Errorf("%q and %q", known.body, unknown.body)
	}
	s.work.wait()
	mu.Lock()
	defer mu.Unlock()
	_, token, _ := strings.Cut(sent[m.Email], "#")
	if len(sent) != 1 {
		t.Errorf("sent %v", sent)
	}
	s.do("POST", "/api/v1/links/use", "", `{"token":"`+token+`","password":"another battery horse"}`).is(t, 200, nil)
}

func TestARepeatedRequestIsDoneOnce(t *testing.T) {
	s := newSite(t, nil)
	_, ann := s.member("", control.SuperAdministrator)
	_, bob := s.member("", control.SuperAdministrator)
	const body = `{"name":"k","scopes":["ingest"]}`
	var first, again NewKey
	s.do("POST", "/api/v1/keys", ann, body, "Idempotency-Key", "one").is(t, 201, &first)
	g := s.do("POST", "/api/v1/keys", ann, body, "Idempotency-Key", "one").is(t, 201, &again)
	if again.Key.ID != first.Key.ID || first.Text == "" || again.Text != "" || first.LeftOut != "" || !strings.HasPrefix(again.LeftOut, "text was shown") || g.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("first %+v, again %+v", first, again)
	}
	s.do("POST", "/api/v1/keys", ann, `{"name":"other","scopes":["ingest"]}`, "Idempotency-Key", "one").is(t, 409, nil)
	s.do("POST", "/api/v1/keys", bob, body, "Idempotency-Key", "one").is(t, 201, &again)
	if again.Key.ID == first.Key.ID || again.Text == "" {
		t.Errorf("somebody else has got %+v", again)
	}
	// A mistake is answered the same again.
	mistakes := map[string]bool{}
	for range 2 {
		g := s.do("POST", "/api/v1/keys", ann, `{"name":"","scopes":["ingest"]}`, "Idempotency-Key", "two").is(t, 400, nil)
		mistakes[string(g.body)] = true
	}
	if len(mistakes) != 1 {
		t.Errorf("one mistake is answered %v", mistakes)
	}
	var list List[Key]
	s.do("GET", "/api/v1/keys", ann, "").is(t, 200, &list)
	if len(list.Items) != 2 {
		t.Errorf("%d keys", len(list.Items))
	}
	var made sync.WaitGroup
	ids := make(chan string, 8)
	for range 8 {
		made.Go(func() {
			g := s.do("POST", "/api/v1/keys", ann, body, "Idempotency-Key", "three")
			if g.status == http.StatusCreated {
				var k NewKey
				json.Unmarshal(g.body, &k)
				ids <- k.Key.ID
			} else if g.status != http.StatusConflict {
				t.Errorf("%d %s", g.status, g.body)
			}
		})
	}
	made.Wait()
	close(ids)
	seen := map[string]bool{}
	for id := range ids {
		seen[id] = true
	}
	if len(seen) != 1 {
		t.Errorf("%d keys were made at once", len(seen))
	}
}

// What was done is not done again because its answer could not be kept.
func TestARepeatedRequestWhoseAnswerIsNotKept(t *testing.T) {
	s := newSite(t, nil)
	_, ann := s.member("", control.SuperAdministrator)
	s.full("UPDATE", "answers")
	const body = `{"name":"k","scopes":["ingest"]}`
	s.do("POST", "/api/v1/keys", ann, body, "Idempotency-Key", "one").is(t, 201, nil)
	s.do("POST", "/api/v1/keys", ann, body, "Idempotency-Key", "one").is(t, 409, nil)
	var list List[Key]
	s.do("GET", "/api/v1/keys", ann, "").is(t, 200, &list)
	if len(list.Items) != 1 || !strings.Contains(s.log.String(), "an answer is not kept") {
		t.Errorf("%d keys, and the log says %s", len(list.Items), s.log.String())
	}
}

// A provider that nobody knows is a slip; a tenant that nobody knows yet may get a key, and its maker is told.
func TestWhatNobodyKnows(t *testing.T) {
	s := newSite(t, nil)
	_, cookie := s.member("", control.SuperAdministrator)
	_, key := s.key("", 0, control.ScopeIngest, control.ScopeAttributes)
	s.post(key, s.tenantUpserted("group", `{}`))
	s.do("PUT", "/api/v1/tenants/acme/provider", cookie, `{"provider":"group"}`).is(t, 204, nil) // its event is accepted, if not applied
	s.do("PUT", "/api/v1/tenants/west/provider", cookie, `{"provider":"acme"}`).is(t, 204, nil)
	s.do("PUT", "/api/v1/tenants/silent/provider", cookie, `{"provider":""}`).is(t, 204, nil)
	s.do("PUT", "/api/v1/tenants/other/provider", cookie, `{"provider":"silent"}`).is(t, 204, nil)
	for _, test := range []struct {
		credentials, provider string
		status                int
		detail                string
	}{
		{cookie, "nope", 404, `there is no tenant "nope"`},
		{cookie, "west", 400, `tenant "acme" would stand below itself`},
		{cookie, "acme", 400, `tenant "acme" would stand below itself`},
	} {
		var p Problem
		s.do("PUT", "/api/v1/tenants/acme/provider", test.credentials, `{"provider":"`+test.provider+`"}`).is(t, test.status, &p)
		if p.Path != "provider" || p.Detail != test.detail {
			t.Errorf("%s: %+v", test.provider, p)
		}
	}
	_, group := s.member("group", s.role("group", everything()...))
	one := s.do("PUT", "/api/v1/tenants/west/provider", group, `{"provider":"nope"}`).is(t, 404, nil)
	other := s.do("PUT", "/api/v1/tenants/west/provider", group, `{"provider":"silent"}`).is(t, 404, nil)
	if strings.ReplaceAll(string(other.body), "silent", "nope") != string(one.body) {
		t.Errorf("a tenant is told %s, and of one that there is %s", one.body, other.body)
	}
	for tenant, want := range map[string]string{"acme": "true", "group": "true", "ghost": "false", "": ""} {
		var made struct{ Known *bool }
		s.do("POST", "/api/v1/keys", cookie, `{"name":"k","tenant":"`+tenant+`","scopes":["ingest"]}`).is(t, 201, &made)
		if got := ""; made.Known != nil && fmt.Sprint(*made.Known) != want || made.Known == nil && want != got {
			t.Errorf("%q: known is %v", tenant, made.Known)
		}
	}
}

func TestTenantsAreFilteredAndPaged(t *testing.T) {
	s := newSite(t, nil)
	_, cookie := s.member("", control.SuperAdministrator)
	_, key := s.key("", 0, control.ScopeIngest, control.ScopeAttributes)
	s.tell(key, s.tenantUpserted("a", `{"company_name":"Acme Bank","hostname":"a.example.com","contract_mode":"TRIAL"}`), s.tenantUpserted("b", `{"company_name":"Bolt","locked":true}`),
		s.tenantUpserted("c", `{"company_name":"acme insurance"}`))
	for _, place := range []control.Tenant{{ID: "c", Parent: "b"}, {ID: "d"}} {
		if err := s.Control.PutTenant(t.Context(), control.System("test"), place); err != nil {
			t.Fatal(err)
		}
	}
	for filter, want := range map[string]string{
		"":                                       "a b c d",
		"filter=company_name:starts-with:ACME":   "a c",
		"filter=company_name:ends-with:bank":     "a",
		"filter=company_name:contains:me%20i":    "c",
		"filter=company_name:not-contains:acme":  "b d",
		"filter=company_name:equals:bolt":        "b",
		"filter=company_name:not-equals:bolt":    "a c d",
		"filter=contract_mode:equals:production": "b c d",
		"filter=locked:equals:true":              "b",
		"filter=hostname:equals:":                "b c d",
		"filter=provider:equals:b":               "c",
		"filter=company_name:starts-with:acme&filter=contract_mode:equals:TRIAL": "a",
		"search=ACME":                          "a c",
		"search=D":                             "d",
		"search=b":                             "a b",
		"search=bolt":                          "b",
		"search=nobody":                        "",
		"search=acme&filter=provider:equals:b": "c",
	} {
		for _, limit := range []int{1, 2, 50} {
			var all []string
			for after := ""; ; {
				var list List[Tenant]
				s.do("GET", fmt.Sprintf("/api/v1/tenants?limit=%d&after=%s&%s", limit, after, filter), cookie, "").is(t, 200, &list)
				for _, tenant := range list.Items {
					all = append(all, tenant.ID)
				}
				if after = list.Next; after == "" {
					break
				}
				if len(list.Items) != limit {
					t.Errorf("%s: a page of %d has %d", filter, limit, len(list.Items))
				}
			}
			if got := strings.Join(all, " "); got != want {
				t.Errorf("%s, %d a page: %s, want %s", filter, limit, got, want)
			}
		}
	}
	for _, filter := range []string{"company_name", "company_name:like:x", "secret:equals:x"} {
		s.do("GET", "/api/v1/tenants?filter="+filter, cookie, "").is(t, 400, nil)
	}
	t.Run("a tenant sees itself and what is below it", func(t *testing.T) {
		_, cookie := s.member("b", control.TenantAdministrator)
		var list List[Tenant]
		s.do("GET", "/api/v1/tenants", cookie, "").is(t, 200, &list)
		if len(list.Items) != 2 || list.Items[0].ID != "b" || list.Items[1].Provider != "b" {
			t.Errorf("%+v", list)
		}
		_, below := s.member("c", control.TenantAdministrator)
		g := s.do("GET", "/api/v1/tenants", below, "").is(t, 200, nil)
		if strings.Contains(string(g.body), `"b"`) {
			t.Errorf("learns who is above: %s", g.body)
		}
	})
	t.Run("not while the engine catches up", func(t *testing.T) {
		behind := newSite(t, func(s *site) {
			s.Events.Answering = func() error { return tallystick.Errorf(tallystick.Unavailable, "it has applied 1 of 2 records") }
		})
		_, cookie := behind.member("", control.SuperAdministrator)
		_, key := behind.key("", 0, control.ScopeIngest, control.ScopeAttributes)
		g := behind.do("GET", "/api/v1/tenants", cookie, "").is(t, 503, nil)
		if !strings.Contains(string(g.body), "1 of 2") || g.header.Get("Retry-After") == "" {
			t.Errorf("%v %s", g.header, g.body)
		}
		behind.tell(key, behind.tenantUpserted("a", `{}`))
		behind.do("GET", "/readyz", "", "").is(t, 503, nil)
	})
}

func TestWhatIsSaidOfATenantIsAnEvent(t *testing.T) {
	s := newSite(t, nil)
	_, cookie := s.member("", control.SuperAdministrator)
	_, key := s.key("", 0, control.ScopeIngest, control.ScopeAttributes)
	s.tell(key, s.tenantUpserted("a", `{"company_name":"Acme","hostname":"a.example.com"}`))
	var got Tenant
	s.do("PATCH", "/api/v1/tenants/a", cookie, `{"locked":true,"time_zone":"Europe/Berlin","services":["Chat"]}`).is(t, 200, &got)
	if got.CompanyName != "Acme" || !got.Locked || got.TimeZone != "Europe/Berlin" || !slices.Equal(got.Services, []string{"Chat"}) {
		t.Errorf("%+v", got)
	}
	if head := s.Events.Head().Sequence; head != 2 {
		t.Errorf("the journal has %d records", head)
	}
	s.do("PATCH", "/api/v1/tenants/a", cookie, `{"services":[]}`).is(t, 200, &got)
	if got.Services == nil || len(got.Services) != 0 || !got.Locked {
		t.Errorf("without services %+v", got)
	}
	s.do("PATCH", "/api/v1/tenants/a", cookie, `{"hostname":""}`).is(t, 200, &got)
	if got.Hostname != "" || got.CompanyName != "Acme" {
		t.Errorf("without a host name %+v", got)
	}
	s.do("PATCH", "/api/v1/tenants/a", cookie, `{"time_zone":"Mars"}`).is(t, 400, nil)
	if err := s.Control.SetSetting(t.Context(), control.System("test"), "services", []byte(`["dnis","sms"]`)); err != nil {
		t.Fatal(err)
	}
	var p Problem
	s.do("PATCH", "/api/v1/tenants/a", cookie, `{"services":["dnis","SMS"]}`).is(t, 400, &p)
	if p.Path != "services[1]" || p.Detail != `"SMS" is not one of the services` || !strings.Contains(p.Hint, "dnis, sms") {
		t.Errorf("%+v", p)
	}
	s.do("PATCH", "/api/v1/tenants/absent", cookie, `{"locked":true}`).is(t, 404, nil)
	if head := s.Events.Head().Sequence; head != 4 {
		t.Errorf("after mistakes the journal has %d records", head)
	}
	s.do("PATCH", "/api/v1/tenants/a", cookie, `{"services":["sms"]}`).is(t, 200, &got)
	if !slices.Equal(got.Services, []string{"sms"}) {
		t.Errorf("%+v", got)
	}
	var audit List[AuditEntry]
	s.do("GET", "/api/v1/audit?action=tenant.edit", cookie, "").is(t, 200, &audit)
	if len(audit.Items) != 4 || audit.Items[3].ObjectID != "a" {
		t.Errorf("%+v", audit)
	}
	t.Run("not of one's own", func(t *testing.T) {
		_, own := s.member("a", s.role("a", everything()...))
		s.do("PATCH", "/api/v1/tenants/a", own, `{"locked":false}`).is(t, 403, nil)
	})
}

func TestSettingsFixedFromOutside(t *testing.T) {
	s := newSite(t, func(s *site) {
		s.Fixed = map[string]FixedSetting{
			"public_url": {"https://usage.example.com", "--public-url"}, "smtp_host": {"smtp.example.com", "TALLYSTICK_SMTP"}, "oidc_client_secret": {control.Secret("quiet"), "x"},
		}
	})
	_, cookie := s.member("", control.SuperAdministrator)
	var p Problem
	s.do("PUT", "/api/v1/settings/public_url", cookie, `{"value":"https://other.example.com"}`).is(t, 409, &p)
	if p.Path != "public_url" || p.Detail != "the setting public_url is set by --public-url" {
		t.Errorf("%+v", p)
	}
	s.do("PUT", "/api/v1/settings/smtp_host", cookie, `{"value":"other.example.com"}`).is(t, 409, nil)
	s.do("PUT", "/api/v1/settings/time_zone", cookie, `{"value":"Europe/Berlin"}`).is(t, 204, nil)
	s.do("PUT", "/api/v1/settings/smtp_port", cookie, `{"value":2525}`).is(t, 204, nil)
	s.do("PUT", "/api/v1/settings/smtp_password", cookie, `{"value":"hush"}`).is(t, 204, nil)
	g := s.do("GET", "/api/v1/settings", cookie, "").is(t, 200, nil)
	for _, part := range []string{`"value":"https://usage.example.com"`, `"fixed":"--public-url"`, `"value":"smtp.example.com","default":false,"changed":null,"fixed":"TALLYSTICK_SMTP"`, `"value":"Europe/Berlin"`, `"value":2525`, `"value":"***"`} {
		if !strings.Contains(string(g.body), part) {
			t.Errorf("lacks %s: %s", part, g.body)
		}
	}
	if strings.Contains(string(g.body), "quiet") || strings.Contains(string(g.body), "hush") || strings.Contains(s.log.String(), "hush") {
		t.Error("a secret is told")
	}
	s.do("PUT", "/api/v1/settings/time_zone", cookie, `{"value":null}`).is(t, 204, nil)
	s.do("PUT", "/api/v1/settings/time_zone", cookie, `{}`).is(t, 400, nil)
}

func TestKeysForEvents(t *testing.T) {
	s := newSite(t, nil)
	_, all := s.key("", 0, control.ScopeIngest)
	bound, one := s.key("a", 0, control.ScopeIngest)
	reading, read := s.key("a", 0, control.ScopeRead)
	var n struct{ Accepted, Rejected int }
	s.do("POST", eventsPath, all, s.tenantUpserted("b", `{}`)).is(t, 200, &n)
	s.do("POST", eventsPath, one, s.tenantUpserted("b", `{}`)).is(t, 200, &n)
	if n.Rejected != 1 {
		t.Errorf("an event of another tenant: %+v", n)
	}
	s.do("POST", eventsPath, read, s.tenantUpserted("a", `{}`)).is(t, 403, nil)
	l, err := s.Control.Audit(t.Context(), control.System("test"), control.AuditFilter{ActorID: reading.ID, Action: "refused"}, control.Page{})
	if err != nil || len(l.Items) != 1 {
		t.Errorf("%+v, %v", l, err)
	}
	if err := s.Control.RevokeKey(t.Context(), control.System("test"), bound.ID); err != nil {
		t.Fatal(err)
	}
	s.do("POST", eventsPath, one, s.tenantUpserted("a", `{}`)).is(t, 401, nil)
	if g := s.do("GET", "/metrics", "", ""); !strings.Contains(string(g.body), `tallystick_ingest_events_total{outcome="rejected"} 1`) {
		t.Errorf("%s", g.body)
	}
}
