package api

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/quarantine"
)

func TestEveryErrorIsAProblem(t *testing.T) {
	s := newSite(t, nil)
	_, cookie := s.member("", control.SuperAdministrator)
	for _, test := range []struct {
		name, method, path, credentials, body string
		status                                int
		detail                                string
	}{
		{"nothing there", "GET", "/nothing", "", "", 404, `there is nothing at "/nothing" for GET`},
		{"another method", "PUT", "/api/v1/members", cookie, "", 405, `"/api/v1/members" does not know the method PUT`},
		{"another method of a thing", "POST", "/api/v1/members/absent", cookie, "", 405, `does not know the method POST`},
		{"no such thing", "GET", "/api/v1/members/absent", cookie, "", 404, `there is no member "absent"`},
		{"no JSON", "POST", "/api/v1/keys", cookie, `{`, 400, "the body is no JSON: it ends"},
		{"a member that is missing, another that is unknown", "POST", "/api/v1/keys", cookie, `{"name":"k","x":1}`, 400, "the property scopes is missing"},
		{"a type that is not JSON's", "POST", "/api/v1/keys", cookie, `{"name":1,"scopes":[]}`, 400, "name is 1, and must be a text"},
		{"a parameter that is unknown", "GET", "/api/v1/keys?page=2", cookie, "", 400, `there is no parameter "page"`},
		{"a page too long", "GET", "/api/v1/keys?limit=501", cookie, "", 400, "limit is 501, and must be 500 or less"},
		{"a page from nowhere", "GET", "/api/v1/keys?after=%20", cookie, "", 400, "is not a place in a list"},
		{"a body too long", "POST", "/api/v1/keys", cookie, `{"name":"` + strings.Repeat("x", maxBody) + `"}`, 413, "more than 1048576 bytes"},
		{"a sign-in", "POST", "/api/v1/session", "", `{"email":"x@example.com","password":"x"}`, 401, "e-mail or password is wrong"},
		{"events without a key", "POST", eventsPath, "", `{}`, 401, "you are not signed in"},
		{"events with a session", "POST", eventsPath, cookie, `{}`, 401, "you are not signed in"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var p Problem
			g := s.do(test.method, test.path, test.credentials, test.body).is(t, test.status, &p)
			if g.header.Get("Content-Type") != "application/problem+json" || p.Status != test.status || p.Code == "" || !strings.Contains(p.Detail, test.detail) {
				t.Errorf("%s %+v", g.header.Get("Content-Type"), p)
			}
		})
	}
}

// Whoever shows a key that is not good, or not good enough, is told so.
func TestKeysThatWontDo(t *testing.T) {
	s := newWholeSite(t)
	revoked, revokedText := s.key("", 0, control.ScopeRead, control.ScopeIngest)
	if err := s.Control.RevokeKey(t.Context(), control.System("test"), revoked.ID); err != nil {
		t.Fatal(err)
	}
	_, expired := s.key("", s.Control.Now()+tallystick.Hour, control.ScopeRead, control.ScopeIngest)
	_, ingesting := s.key("", 0, control.ScopeIngest)
	_, reading := s.key("", 0, control.ScopeRead)
	s.wait(2 * tallystick.Hour)
	for _, test := range []struct {
		method, path, key string
		status            int
		detail, hint      string
	}{
		{"GET", "/api/v1/reports", "tsk_00", 401, "the key is unknown, expired or revoked", "use one that is good"},
		{"GET", "/api/v1/reports", "whatever", 401, "the key is unknown, expired or revoked", "use one that is good"},
		{"GET", "/api/v1/reports", revokedText, 401, "the key is unknown, expired or revoked", "use one that is good"},
		{"GET", "/api/v1/reports", expired, 401, "the key is unknown, expired or revoked", "use one that is good"},
		{"POST", eventsPath, expired, 401, "the key is unknown, expired or revoked", "use one that is good"},
		{"GET", "/api/v1/reports", "", 401, "you are not signed in", "send a key"},
		{"GET", "/api/v1/reports", ingesting, 403, `the key lacks the scope "read"`, "use a key that has it"},
		{"POST", eventsPath, reading, 403, `the key lacks the scope "ingest"`, "use a key that has it"},
		{"GET", "/api/v1/members", reading, 403, "this needs the permission VIEW of MEMBERS, which no scope of a key holds", "sign in"},
	} {
		var p Problem
		s.do(test.method, test.path, test.key, "").is(t, test.status, &p)
		if p.Detail != test.detail || !strings.Contains(p.Hint, test.hint) {
			t.Errorf("%s %s: %q; %q", test.method, test.path, p.Detail, p.Hint)
		}
	}
}

// What a member lacks is named, for those who have words for it.
func TestLackingPermissionsAreNamed(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("acme", s.role("acme", control.Permission{Entity: control.Channels, Action: control.View}))
	var p Problem
	s.do("GET", "/api/v1/schedules", cookie, "").is(t, 403, &p)
	if p.Needs == nil || *p.Needs != (control.Permission{Entity: control.ScheduledTasks, Action: control.View}) || p.Detail != "this needs the permission VIEW of SCHEDULED_TASKS" {
		t.Errorf("%+v, needs %v", p, p.Needs)
	}
	p = Problem{}
	if s.do("GET", "/api/v1/schedules/absent", "", "").is(t, 401, &p); p.Needs != nil {
		t.Errorf("nobody lacks %v", p.Needs)
	}
}

// A key for rejected events sees those of its reach, and nothing else of INGEST. Only who may do all that with them can make it.
func TestKeysForRejectedEvents(t *testing.T) {
	s := newWholeSite(t)
	for _, tenant := range []string{"acme", "other"} {
		entries := []quarantine.Entry{{Received: s.Control.Now(), Source: "test:1", Code: tallystick.Invalid, Reason: "not valid JSON", Raw: []byte("of " + tenant)}}
		if _, err := s.quarantine.Keep(t.Context(), tenant, entries); err != nil {
			t.Fatal(err)
		}
	}
	_, key := s.key("acme", 0, control.ScopeQuarantine)
	var list QuarantineList
	s.do("GET", "/api/v1/quarantine", key, "").is(t, 200, &list)
	var others QuarantineList
	s.do("GET", "/api/v1/quarantine?tenant=other", key, "").is(t, 200, &others)
	if len(list.Items) != 1 || list.Tenant != "acme" || len(others.Items) != 0 {
		t.Fatalf("%+v, of others %+v", list, others)
	}
	path := "/api/v1/quarantine/" + list.Items[0].ID
	if g := s.do("GET", path, key, "").is(t, 200, nil); g.header.Get(LengthHeader) != "7" {
		t.Errorf("its length is told as %q", g.header.Get(LengthHeader))
	}
	s.do("POST", "/api/v1/quarantine/replay", key, `{}`).is(t, 200, nil)
	s.do("DELETE", path, key, "").is(t, 204, nil)
	s.do("GET", "/api/v1/keys", key, "").is(t, 403, nil)
	s.do("POST", "/api/v1/keys", key, `{"name":"k","tenant":"acme","scopes":["ingest"]}`).is(t, 403, nil)
	_, reading := s.key("acme", 0, control.ScopeRead, control.ScopeIngest)
	var p Problem
	s.do("GET", "/api/v1/quarantine", reading, "").is(t, 403, &p)
	if p.Detail != `the key lacks the scope "quarantine"` {
		t.Errorf("%+v", p)
	}
	_, maker := s.member("acme", s.role("acme", control.Permission{Entity: control.Ingest, Action: control.Add}, control.Permission{Entity: control.Ingest, Action: control.View}))
	s.do("POST", "/api/v1/keys", maker, `{"name":"k","tenant":"acme","scopes":["quarantine"]}`).is(t, 403, nil)
	_, maker = s.member("acme", s.role("acme", control.Permission{Entity: control.Ingest, Action: control.All}))
	s.do("POST", "/api/v1/keys", maker, `{"name":"k","tenant":"acme","scopes":["quarantine"]}`).is(t, 201, nil)
}

// A tenant's administrator who names no tenant is told to, and not that the provider does not exist.
func TestATenantThatIsNotSaid(t *testing.T) {
	s := newSite(t, nil)
	_, cookie := s.member("acme", control.TenantAdministrator)
	for path, test := range map[string]struct{ body, detail string }{
		"/api/v1/members": {`{"email":"x@example.com","name":"X","roles":["` + control.TenantViewer + `"]}`, "the member has no tenant"},
		"/api/v1/roles":   {`{"name":"r","permissions":[]}`, "the role has no tenant"},
		"/api/v1/keys":    {`{"name":"k","scopes":["ingest"]}`, "the key has no tenant"},
	} {
		var p Problem
		s.do("POST", path, cookie, test.body).is(t, 400, &p)
		if p.Detail != test.detail || p.Path != "tenant" || p.Hint != "name the tenant that it is for" {
			t.Errorf("%s: %+v", path, p)
		}
	}
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	s := newSite(t, nil)
	for _, path := range []string{"/", "/healthz", "/metrics", "/api/openapi.json", "/api/v1/members", "/nothing"} {
		h := s.do("GET", path, "", "").header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || len(h.Get("X-Request-Id")) < 20 ||
			!strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'") {
			t.Errorf("%s: %v", path, h)
		}
	}
	for given, taken := range map[string]bool{"trace-1/a:b": true, "": false, "two words": false, "a\"b": false, strings.Repeat("x", 129): false} {
		if got := s.do("GET", "/healthz", "", "", "X-Request-Id", given).header.Get("X-Request-Id"); (got == given) != taken {
			t.Errorf("X-Request-Id %q became %q", given, got)
		}
	}
}

func TestRequestsOfOtherSitesAreRefused(t *testing.T) {
	t.Run("with the flag", func(t *testing.T) {
		requestsOfOtherSites(t, newSite(t, func(s *site) { s.PublicURL = "https://usage.example.com" }))
	})
	t.Run("with the setting", func(t *testing.T) {
		s := newSite(t, func(s *site) { s.Address = "http://127.0.0.1:8080" })
		_, root := s.member("", control.SuperAdministrator)
		login := `{"email":"` + s.firstEmail() + `","password":"` + password + `"}`
		if set := s.do("POST", "/api/v1/session", "", login).is(t, 200, nil).header.Get("Set-Cookie"); strings.Contains(set, "Secure") {
			t.Errorf("before it is known that browsers come over https: %s", set)
		}
		const key = `{"name":"k","scopes":["ingest"]}`
		s.do("POST", "/api/v1/keys", root, key, "Origin", "http://127.0.0.1:8080").is(t, 403, nil) // of a browser's own machine
		s.do("PUT", "/api/v1/settings/public_url", root, `{"value":"https://usage.example.com"}`).is(t, 204, nil)
		requestsOfOtherSites(t, s)
	})
}

func requestsOfOtherSites(t *testing.T, s *site) {
	_, cookie := s.member("", control.SuperAdministrator)
	_, key := s.key("", 0, control.ScopeIngest)
	for _, test := range []struct {
		name, method, path, credentials, origin, site string
		status                                        int
	}{
		{"one that reads", "GET", "/api/v1/keys", cookie, "https://evil.example", "cross-site", 200},
		{"one that changes", "POST", "/api/v1/keys", cookie, "https://evil.example", "cross-site", 403},
		{"of an old browser", "POST", "/api/v1/keys", cookie, "https://evil.example", "", 403},
		{"a sign-in", "POST", "/api/v1/session", "", "https://evil.example", "cross-site", 403},
		{"from here", "POST", "/api/v1/keys", cookie, "", "same-origin", 201},
		{"from here, behind a proxy", "POST", "/api/v1/keys", cookie, "https://usage.example.com", "", 201},
		{"no browser's", "POST", "/api/v1/keys", cookie, "", "", 201},
		{"with a key", "POST", eventsPath, key, "https://evil.example", "cross-site", 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := ""
			if test.method == "POST" {
				body = `{"name":"k","scopes":["ingest"]}`
			}
			s.do(test.method, test.path, test.credentials, body, "Origin", test.origin, "Sec-Fetch-Site", test.site).is(t, test.status, nil)
		})
	}
	set := s.do("POST", "/api/v1/session", "", `{"email":"`+s.firstEmail()+`","password":"`+password+`"}`).is(t, 200, nil).header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(set, part) {
			t.Errorf("the cookie lacks %s: %s", part, set)
		}
	}
}

// firstEmail returns the e-mail of a member.
func (s *site) firstEmail() string {
	s.Helper()
	l, err := s.Control.Members(s.Context(), control.System("test"), control.MemberFilter{}, control.Page{})
	if err != nil || len(l.Items) == 0 {
		s.Fatal(err)
	}
	return l.Items[0].Email
}

func TestAPanicIsAProblemAndIsLogged(t *testing.T) {
	s := newSite(t, func(s *site) {
		s.Events.Ask = func(func(tallystick.Answerer) error) error { panic("broken") }
	})
	_, cookie := s.member("", control.SuperAdministrator)
	g := s.do("GET", "/api/v1/tenants", cookie, "").is(t, 500, nil)
	if strings.Contains(string(g.body), "broken") || !strings.Contains(s.log.String(), "panic=broken") {
		t.Errorf("answered %s, logged %s", g.body, s.log.String())
	}
}

func TestAnAnswerThatBreaksOffIsNoted(t *testing.T) {
	s := newSite(t, func(s *site) {
		s.Events.Ask = func(func(tallystick.Answerer) error) error { panic(http.ErrAbortHandler) }
	})
	_, cookie := s.member("", control.SuperAdministrator)
	r, err := http.NewRequest("GET", s.url+"/api/v1/tenants", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", cookie)
	if answer, err := http.DefaultClient.Do(r); err == nil {
		t.Errorf("it is answered %s", answer.Status)
	}
	if !strings.Contains(s.log.String(), `msg="request broken off"`) {
		t.Errorf("logged %s", s.log.String())
	}
	if g := s.do("GET", "/metrics", "", ""); !strings.Contains(string(g.body), `tallystick_http_requests_total{route="GET /api/v1/tenants",status="broken off"} `) {
		t.Errorf("%s", g.body)
	}
}

func TestTheAddressIsTheLastThatNoTrustedProxyHas(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, test := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:5", "198.51.100.7", "192.0.2.1"}, // anybody can write the header
		{"10.0.0.1:5", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:5", "203.0.113.9, 198.51.100.7, 10.2.2.2", "198.51.100.7"},
		{"10.0.0.1:5", "made up, 10.2.2.2", "10.2.2.2"},
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"[::1]:5", "2001:db8::5", "2001:db8::5"},
		{"[::ffff:10.0.0.1]:5", "198.51.100.7", "198.51.100.7"},
	} {
		r := &http.Request{RemoteAddr: test.peer, Header: http.Header{}}
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		if got := (&Server{TrustedProxies: trusted}).address(r); got != test.want {
			t.Errorf("%s, forwarded for %q: %s, want %s", test.peer, test.forwarded, got, test.want)
		}
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	s := newSite(t, nil)
	_, cookie := s.member("", control.SuperAdministrator)
	var g got
	for range int(byAddress.quota) {
		g = s.do("GET", "/api/v1/session", "", "")
	}
	if g.is(t, 401, nil); g.header.Get("RateLimit") != `"address";r=0;t=1` || g.header.Get("RateLimit-Policy") != `"address";q=300;w=60` {
		t.Errorf("%v", g.header)
	}
	g = s.do("GET", "/api/v1/session", "", "").is(t, 429, nil)
	if g.header.Get("Retry-After") == "" || !strings.Contains(string(g.body), "more than 300 requests in 60 seconds") {
		t.Errorf("%v %s", g.header, g.body)
	}
	s.do("GET", "/api/v1/session", cookie, "").is(t, 200, nil) // who signed in has a rate of their own
	s.do("GET", "/healthz", "", "").is(t, 200, nil)
	s.wait(tallystick.Second)
	s.do("GET", "/api/v1/session", "", "").is(t, 401, nil)
}

func TestGuessesAtPasswordsAreSlowedDown(t *testing.T) {
	s := newSite(t, nil)
	m, _ := s.member("", control.SuperAdministrator)
	var g got
	for range 10 {
		g = s.do("POST", "/api/v1/session", "", `{"email":"`+m.Email+`","password":"wrong"}`)
	}
	if g.is(t, 429, nil).header.Get("Retry-After") == "" {
		t.Errorf("%v", g.header)
	}
}

func TestLimiterForgetsWhoIsQuiet(t *testing.T) {
	var l limiter
	for i := range mostBuckets + 10 {
		l.ask(string(rune(i)), rate{"test", 10, 10}, noon.Add(time.Duration(i)*time.Millisecond))
	}
	if n := len(l.buckets); n > mostBuckets {
		t.Errorf("%d buckets", n)
	}
}

func TestAClosedConnectionEndsItsQuery(t *testing.T) {
	ended := make(chan error, 1)
	began := make(chan struct{})
	s := newSite(t, func(s *site) {
		s.Events.Ask = func(fn func(tallystick.Answerer) error) error { return fn(slow{began: began, ended: ended}) }
	})
	_, cookie := s.member("", control.SuperAdministrator)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-began
		cancel()
	}()
	r, err := http.NewRequestWithContext(ctx, "GET", s.url+"/api/v1/tenants", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", cookie)
	if _, err := http.DefaultClient.Do(r); err == nil {
		t.Error("answered")
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the query goes on")
	}
}

// slow is an engine whose queries go on until nobody waits for them any more.
type slow struct {
	tallystick.Answerer
	began chan struct{}
	ended chan error
}

func (s slow) Tenants(ctx context.Context, _ tallystick.Position, _ tallystick.Instant) ([]string, error) {
	close(s.began)
	<-ctx.Done()
	s.ended <- ctx.Err()
	return nil, ctx.Err()
}

func TestARouteWithoutNeedsIsNone(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it was registered")
		}
	}()
	handle((&Server{}).newAPI(http.NewServeMux()), route{method: "GET", path: "/x", id: "x"}, func(context.Context, *empty) (*empty, error) { return nil, nil })
}
