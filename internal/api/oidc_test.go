package api

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/tallystick/tallystick/internal/control"
)

// oidcPlace is a control plane that members of a real provider sign in to.
type oidcPlace struct {
	*testing.T
	*issuers
	*OIDC
	store *control.Store
	url   string
	ahead atomic.Int64 // how far our clock is ahead
	log   lockedBuffer
}

func (p *oidcPlace) ok(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *oidcPlace) set(name string, value any) {
	p.Helper()
	b, err := json.Marshal(value)
	p.ok(err)
	p.ok(p.store.SetSetting(p.Context(), control.System("test"), name, b))
}

// member invites one.
func (p *oidcPlace) member(email string) control.Member {
	p.Helper()
	m, _, err := p.store.AddMember(p.Context(), control.System("test"), control.Member{Email: email, Name: "Bo", Roles: []string{control.Auditor}})
	p.ok(err)
	return m
}

// signedIn returns the id of the member whose session a browser was given; "" it has none.
func (p *oidcPlace) signedIn(b *browser) string {
	p.Helper()
	u, err := url.Parse(p.url)
	p.ok(err)
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == "session" {
			a, err := p.store.SessionActor(p.Context(), c.Value, control.From{})
			p.ok(err)
			return a.ID
		}
	}
	return ""
}

// refused fails the test unless a browser was refused with a sentence and has no session.
func (p *oidcPlace) refused(b *browser, got seen, status int, sentence string) {
	p.Helper()
	if got.status != status || !strings.Contains(got.problem.Detail, sentence) || got.problem.Hint == "" {
		p.Errorf("answered %d %+v, want %d and %q", got.status, got.problem, status, sentence)
	}
	if id := p.signedIn(b); id != "" {
		p.Errorf("the member %s has a session", id)
	}
}

// audited counts the entries of an action, and returns what the newest says.
func (p *oidcPlace) audited(action string) (n int, after string) {
	p.Helper()
	list, err := p.store.Audit(p.Context(), control.System("test"), control.AuditFilter{Action: action}, control.Page{})
	p.ok(err)
	if len(list.Items) > 0 {
		after = string(list.Items[0].After)
	}
	return len(list.Items), after
}

func TestOIDC(t *testing.T) {
	var at atomic.Pointer[OIDC]
	mux := http.NewServeMux()
	mux.HandleFunc(OIDCBeginPath, func(w http.ResponseWriter, r *http.Request) { at.Load().Begin(w, r) })
	mux.HandleFunc(OIDCCallbackPath, func(w http.ResponseWriter, r *http.Request) { at.Load().Callback(w, r) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	real := startIssuers(t, server.URL+OIDCCallbackPath)
	real.account(t, "mia", map[string]any{"email": "Mia@Example.org", "email_verified": true})
	real.account(t, "una", map[string]any{"email": "una@example.org", "email_verified": false})
	real.account(t, "quiet", map[string]any{"email": "quiet@example.org"})
	real.account(t, "bare", map[string]any{})
	real.account(t, "stranger", map[string]any{"email": "stranger@example.org", "email_verified": true})

	for _, test := range []struct {
		name string
		run  func(*oidcPlace)
	}{
		{"the right member has a session", testOIDCSession}, {"who is refused", testOIDCRefused}, {"an issuer that is trusted", testOIDCTrusted},
		{"an e-mail that changes", testOIDCLinked}, {"answers that were tampered with", testOIDCTampered}, {"a callback serves once", testOIDCReplay},
		{"codes of others", testOIDCPKCE}, {"time", testOIDCTime}, {"settings that change", testOIDCSettings}, {"where it returns to", testOIDCReturn}, {"the page that says why", testOIDCPage},
		{"a provider that is down", testOIDCDown}, // the last one: it stops it
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &oidcPlace{T: t, issuers: real, url: server.URL}
			now := func() time.Time { return time.Now().Add(time.Duration(p.ahead.Load())) }
			var err error
			p.store, err = control.Open(t.Context(), control.Options{DSN: filepath.Join(t.TempDir(), "control.db"), Now: now, Secret: control.SecretKey{1},
				Password: &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 8, KeyLength: 16}})
			p.ok(err)
			t.Cleanup(func() { p.store.Close() })
			p.OIDC = &OIDC{
				Settings: StoredOIDC(p.store), SignIn: p.store.SignInOIDC, Audit: p.store.AppendAudit, PublicURL: func(context.Context) string { return server.URL + "/" }, Now: now,
				SetSession: func(w http.ResponseWriter, _ *http.Request, token string) {
					http.SetCookie(w, &http.Cookie{Name: "session", Value: token, Path: "/"})
				},
				Logger: slog.New(slog.NewTextHandler(&p.log, nil)),
			}
			p.set("oidc_issuer", real.UserInfo)
			p.set("oidc_client_id", "tallystick")
			p.set("oidc_client_secret", "first: secret/+%")
			at.Store(p.OIDC)
			test.run(p)
			if s := p.log.String(); strings.Contains(s, "first: secret") || strings.Contains(s, "level=ERROR") {
				t.Errorf("the log says\n%s", s)
			}
		})
	}
}

func testOIDCSession(p *oidcPlace) {
	p.member("other@example.org")
	mia := p.member("mia@example.org")
	for _, issuer := range []string{p.UserInfo, p.IDToken} {
		p.set("oidc_issuer", issuer)
		b := newBrowser(p.T, p.url)
		address := b.begin("?return_to=" + url.QueryEscape("/reports?tenant=a#top"))
		u, err := url.Parse(address)
		p.ok(err)
		if q := u.Query(); q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 20 || len(q.Get("nonce")) < 20 ||
			q.Get("response_type") != "code" || q.Get("scope") != "openid email" {
			p.Errorf("the provider is asked %v", q)
		}
		got := b.get(b.through(address, "mia"))
		if got.status != http.StatusSeeOther || got.to != p.url+"/reports?tenant=a#top" || got.header.Get("Cache-Control") != "no-store" {
			p.Errorf("answered %d, %s, %v", got.status, got.body, got.header)
		}
		if id := p.signedIn(b); id != mia.ID {
			p.Errorf("the session is of %q", id)
		}
	}
	if m, err := p.store.Member(p.Context(), control.System("test"), mia.ID); err != nil || m.Status != control.Active {
		p.Errorf("%+v, %v", m, err)
	}
	if n, after := p.audited("session.add"); n != 2 || !strings.Contains(after, "OpenID") {
		p.Errorf("%d sign-ins are audited, the last as %s", n, after)
	}
	p.set("oidc_client_id", "public") // has no secret
	p.set("oidc_client_secret", nil)
	b := newBrowser(p.T, p.url)
	if got := b.signIn("mia"); p.signedIn(b) != mia.ID {
		p.Errorf("without a secret: %+v", got)
	}
}

func testOIDCRefused(p *oidcPlace) {
	una := p.member("una@example.org")
	p.member("quiet@example.org")
	for i, test := range []struct{ account, sentence string }{
		{"una", "has not verified the e-mail"}, {"quiet", "has not verified the e-mail"}, {"bare", "doesn't say the e-mail"}, {"stranger", "no member can sign in here by that account"},
	} {
		for j, issuer := range []string{p.UserInfo, p.IDToken} {
			p.set("oidc_issuer", issuer)
			b := newBrowser(p.T, p.url)
			p.refused(b, b.signIn(test.account), http.StatusForbidden, test.sentence)
			if n, after := p.audited("session.failed"); n != 2*i+j+1 || !strings.Contains(after, "OpenID") {
				p.Errorf("%d refusals are audited, the last as %s", n, after)
			}
		}
	}
	list, err := p.store.Members(p.Context(), control.System("test"), control.MemberFilter{}, control.Page{})
	p.ok(err)
	if len(list.Items) != 2 || list.Items[1].ID != una.ID || list.Items[1].Status != control.Invited {
		p.Errorf("members are %+v", list.Items)
	}
	b := newBrowser(p.T, p.url)
	p.refused(b, b.signIn(""), http.StatusForbidden, "was cancelled")
	if n, after := p.audited("session.failed"); n != 9 || !strings.Contains(after, "was cancelled") {
		p.Errorf("with one that the provider refuses %d are audited, the last as %s", n, after)
	}
}

func testOIDCTrusted(p *oidcPlace) {
	quiet := p.member("quiet@example.org")
	p.member("una@example.org")
	p.set("oidc_trusted_issuers", []string{p.UserInfo})
	b := newBrowser(p.T, p.url)
	if got := b.signIn("quiet"); p.signedIn(b) != quiet.ID {
		p.Errorf("%+v", got)
	}
	for _, account := range []string{"una", "bare"} {
		b = newBrowser(p.T, p.url)
		p.refused(b, b.signIn(account), http.StatusForbidden, "e-mail of that account")
	}
	p.set("oidc_issuer", p.IDToken)
	b = newBrowser(p.T, p.url)
	p.refused(b, b.signIn("quiet"), http.StatusForbidden, "has not verified")
}

func testOIDCLinked(p *oidcPlace) {
	first, second := p.member("moving@example.org"), p.member("taken@example.org")
	p.account(p.T, "moving", map[string]any{"email": "moving@example.org", "email_verified": true})
	for _, email := range []string{"moving@example.org", "moved@example.org", "taken@example.org"} {
		p.account(p.T, "moving", map[string]any{"email": email, "email_verified": true})
		b := newBrowser(p.T, p.url)
		if got := b.signIn("moving"); p.signedIn(b) != first.ID {
			p.Errorf("as %s: %+v; %s is another member", email, got, second.ID)
		}
	}
	p.account(p.T, "moving", map[string]any{"email": "unproven@example.org", "email_verified": false})
	b := newBrowser(p.T, p.url)
	if got := b.signIn("moving"); p.signedIn(b) != first.ID {
		p.Errorf("with an e-mail that is not verified the linked account is answered %+v", got)
	}
	p.account(p.T, "moving", map[string]any{})
	b = newBrowser(p.T, p.url)
	if got := b.signIn("moving"); p.signedIn(b) != first.ID {
		p.Errorf("without an e-mail the linked account is answered %+v", got)
	}
	p.account(p.T, "moving", map[string]any{"email": "moving@example.org", "email_verified": true})
	p.ok(p.store.DisableMember(p.Context(), control.System("test"), first.ID))
	b = newBrowser(p.T, p.url)
	p.refused(b, b.signIn("moving"), http.StatusForbidden, "no member can sign in")
}

func testOIDCReturn(p *oidcPlace) {
	p.member("mia@example.org")
	b := newBrowser(p.T, p.url)
	if got := b.signIn("mia"); got.to != p.url+"/" {
		p.Errorf("by default it leads to %q", got.to)
	}
	for _, bad := range []string{"//evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example", "javascript:alert(1)", "evil.example", "/\t/evil.example", "/\n/evil.example", " /x",
		"///evil.example", "/" + strings.Repeat("x", maxReturnTo), p.url + "/reports"} {
		b := newBrowser(p.T, p.url)
		p.refused(b, b.get(p.url+OIDCBeginPath+"?return_to="+url.QueryEscape(bad)), http.StatusBadRequest, fmt.Sprintf("return_to %q", shorten(bad)))
	}
	for _, path := range []string{OIDCBeginPath, OIDCCallbackPath} {
		if got := b.do(http.MethodHead, p.url+path, nil); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "GET" {
			p.Errorf("HEAD %s is answered %d", path, got.status)
		}
	}
}
