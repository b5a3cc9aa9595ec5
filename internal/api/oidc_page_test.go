package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

// testOIDCPage is who reads: they are led to the sign-in page with the reason, and it still knows where they wanted to go.
func testOIDCPage(p *oidcPlace) {
	p.SignInPage = "/sign-in"
	for _, email := range []string{"una@example.org", "mia@example.org"} {
		p.member(email)
	}
	reader := func() *browser {
		b := newBrowser(p.T, p.url)
		b.accept = "text/html,application/xhtml+xml,*/*;q=0.8"
		return b
	}
	const asked = "/reports?tenant=a&x=%2F"
	query := "?return_to=" + url.QueryEscape(asked)
	led := func(b *browser, got seen, reason refusal, next string) {
		p.Helper()
		u, err := url.Parse(got.to)
		p.ok(err)
		if got.status != http.StatusSeeOther || u.Path != "/sign-in" || u.Query().Get("refused") != string(reason) || u.Query().Get("next") != next ||
			got.header.Get("Cache-Control") != "no-store" {
			p.Errorf("answered %d, to %q, want %s and %q", got.status, got.to, reason, next)
		}
		if id := p.signedIn(b); id != "" {
			p.Errorf("the member %s has a session", id)
		}
	}
	for account, reason := range map[string]refusal{"una": refusedUnverified, "bare": refusedNoEmail, "stranger": refusedNoMember, "": refusedCancelled} {
		b := reader()
		led(b, b.get(b.through(b.begin(query), account)), reason, asked)
	}
	b := reader()
	led(b, b.get(p.url+OIDCCallbackPath), refusedAgain, "") // nothing was begun
	b = reader()
	led(b, b.get(p.with(b.through(b.begin(""), "mia"), "state", "x")), refusedAgain, "")
	b = reader()
	led(b, b.get(p.url+OIDCBeginPath+"?return_to=//evil.example"), refusedAgain, "")

	b = reader()
	callback := b.through(b.begin(query), "mia")
	p.set("oidc_client_secret", "was changed at the provider")
	led(b, b.get(callback), refusedProvider, asked)
	p.set("oidc_issuer", "http://id.example.org")
	led(b, b.get(p.url+OIDCBeginPath+query), refusedProvider, asked)
	p.set("oidc_issuer", "")
	led(b, b.get(p.url+OIDCBeginPath+query), refusedOff, asked)

	program := newBrowser(p.T, p.url)
	program.accept = "application/json"
	p.refused(program, program.get(p.url+OIDCBeginPath), http.StatusNotFound, "not set up")
}

func TestWaysToSignIn(t *testing.T) {
	s := newSite(t, func(s *site) { s.Server.OIDC = s.NewOIDC(control.SecretKey{1}) })
	set := func(name, value string) {
		t.Helper()
		if err := s.Control.SetSetting(context.Background(), control.System("test"), name, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	answer := func(want string) {
		t.Helper()
		if g := s.do("GET", "/api/v1/sign-in", "", "").is(t, 200, nil); strings.TrimSpace(string(g.body)) != want {
			t.Errorf("answered %s, want %s", g.body, want)
		}
	}
	answer(`{}`)
	set("oidc_name", `"Northwind"`)
	set("oidc_issuer", `"https://id.example.org"`)
	answer(`{}`) // it lacks the client id
	set("oidc_client_id", `"tallystick"`)
	set("oidc_client_secret", `"nobody's business"`)
	answer(`{"openid":{"name":"Northwind"}}`)
	set("oidc_name", `null`)
	answer(`{"openid":{"name":""}}`)
	set("oidc_issuer", `""`)
	answer(`{}`)
}
