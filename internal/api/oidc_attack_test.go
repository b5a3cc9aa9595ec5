package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tallystick/tallystick/internal/control"
)

// with returns an address with a part of its query replaced; "" takes it away.
func (p *oidcPlace) with(address, name, value string) string {
	p.Helper()
	u, err := url.Parse(address)
	p.ok(err)
	q := u.Query()
	if !q.Has(name) {
		p.Fatalf("%s has no %s", address, name)
	}
	if q.Set(name, value); value == "" {
		q.Del(name)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func testOIDCTampered(p *oidcPlace) {
	mia := p.member("mia@example.org")
	for _, test := range []struct{ name, value, sentence string }{
		{"state", "another", "belongs to another sign-in"}, {"state", "", "belongs to another sign-in"}, {"iss", "https://evil.example", "from another provider"},
		{"iss", "", "from another provider"}, {"code", "", "holds no code"}, {"code", "invented", "doesn't know this sign-in"},
	} {
		b := newBrowser(p.T, p.url)
		callback := b.through(b.begin(""), "mia")
		p.refused(b, b.get(p.with(callback, test.name, test.value)), http.StatusBadRequest, test.sentence)
		if got := b.get(callback); (got.status == http.StatusSeeOther) != (test.name == "state") { // a forged answer doesn't end a sign-in, a wrong one does
			p.Errorf("after %s=%q the right callback is answered %d", test.name, test.value, got.status)
		}
	}
	tampered, _ := p.audited("session.failed")
	if tampered != 6 {
		p.Errorf("%d of 6 are audited", tampered)
	}
	b := newBrowser(p.T, p.url)
	p.refused(b, b.get(b.through(p.with(b.begin(""), "nonce", "of-another-sign-in"), "mia")), http.StatusBadRequest, "belongs to another sign-in")

	b = newBrowser(p.T, p.url)
	old := b.through(b.begin(""), "mia")
	newer := b.through(b.begin(""), "mia")
	p.refused(b, b.get(old), http.StatusBadRequest, "belongs to another sign-in")
	if got := b.get(newer); p.signedIn(b) != mia.ID {
		p.Errorf("of two sign-ins the newer one is answered %+v", got)
	}

	failed, _ := p.audited("session.failed")
	if failed != tampered+2 {
		p.Errorf("%d more are audited, want the nonce and the older of two", failed-tampered)
	}
	b = newBrowser(p.T, p.url)
	callback := b.through(b.begin(""), "mia")
	p.refused(newBrowser(p.T, p.url), newBrowser(p.T, p.url).get(callback), http.StatusBadRequest, "begun no sign-in") // in the victim's browser
	u, err := url.Parse(p.url)
	p.ok(err)
	value := []byte(b.client.Jar.Cookies(u)[0].Value)
	value[len(value)/2] ^= 1
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: beginName(false), Value: string(value), Path: "/"}})
	p.refused(b, b.get(callback), http.StatusBadRequest, "started anew")
	if n, _ := p.audited("session.failed"); n != failed {
		p.Errorf("%d of those who have begun nothing here are audited", n-failed)
	}
}

func testOIDCReplay(p *oidcPlace) {
	p.member("mia@example.org")
	b, thief := newBrowser(p.T, p.url), newBrowser(p.T, p.url)
	callback := b.through(b.begin(""), "mia")
	u, err := url.Parse(p.url)
	p.ok(err)
	stolen := b.client.Jar.Cookies(u)
	if got := b.get(callback); got.status != http.StatusSeeOther {
		p.Fatalf("answered %+v", got)
	}
	if got := b.get(callback); got.status != http.StatusBadRequest || !strings.Contains(got.problem.Detail, "finished it already") {
		p.Errorf("the second time it is answered %+v", got)
	}
	thief.client.Jar.SetCookies(u, stolen)
	p.refused(thief, thief.get(callback), http.StatusBadRequest, "doesn't know this sign-in")
	if n, _ := p.audited("session.add"); n != 1 {
		p.Errorf("there are %d sessions", n)
	}
}

func testOIDCPKCE(p *oidcPlace) {
	p.member("mia@example.org")
	b := newBrowser(p.T, p.url)
	address := p.with(p.with(b.begin(""), "code_challenge", ""), "code_challenge_method", "")
	p.refused(b, b.get(b.through(address, "mia")), http.StatusBadGateway, "refuses what this server asked")
	if !strings.Contains(p.log.String(), "PKCE") { // the provider's words, for the administrator
		p.Errorf("the log says\n%s", &p.log)
	}
	b = newBrowser(p.T, p.url)
	address = p.with(b.begin(""), "code_challenge", strings.Repeat("x", 43)) // a code that was asked for with another verifier
	p.refused(b, b.get(b.through(address, "mia")), http.StatusBadRequest, "doesn't know this sign-in")
}

func testOIDCTime(p *oidcPlace) {
	mia := p.member("mia@example.org")
	try := func(ahead time.Duration) (*browser, seen) {
		p.ahead.Store(0)
		b := newBrowser(p.T, p.url)
		callback := b.through(b.begin(""), "mia")
		p.ahead.Store(int64(ahead))
		return b, b.get(callback)
	}
	if b, got := try(4 * time.Minute); p.signedIn(b) != mia.ID {
		p.Errorf("within all times: %+v", got)
	}
	b, got := try(6 * time.Minute) // ID tokens hold for 5
	p.refused(b, got, http.StatusBadGateway, "can't be verified")
	b, got = try(beginLifetime)
	p.refused(b, got, http.StatusBadRequest, "took longer than 10 minutes")
}

func testOIDCSettings(p *oidcPlace) {
	mia := p.member("mia@example.org")
	b := newBrowser(p.T, p.url)
	callback := b.through(b.begin(""), "mia")
	p.set("oidc_client_secret", "was changed at the provider")
	p.refused(b, b.get(callback), http.StatusBadGateway, "client id and secret")
	p.set("oidc_client_id", "another")
	p.set("oidc_client_secret", "second secret")
	b = newBrowser(p.T, p.url)
	if got := b.signIn("mia"); p.signedIn(b) != mia.ID {
		p.Errorf("after the change: %+v", got)
	}
	b = newBrowser(p.T, p.url)
	callback = b.through(b.begin(""), "mia")
	p.set("oidc_issuer", p.IDToken)
	p.refused(b, b.get(callback), http.StatusBadRequest, "settings were changed")
	p.set("oidc_issuer", p.IDToken+"/")
	p.refused(b, b.get(p.url+OIDCBeginPath), http.StatusBadGateway, "calls itself")
	p.set("oidc_issuer", "http://id.example.org")
	p.refused(b, b.get(p.url+OIDCBeginPath), http.StatusServiceUnavailable, "can be trusted")
	p.PublicURL = func(context.Context) string { return "" }
	p.set("oidc_issuer", p.UserInfo)
	p.refused(b, b.get(p.url+OIDCBeginPath), http.StatusServiceUnavailable, "doesn't know its own address")
	p.set("oidc_issuer", "")
	p.refused(b, b.get(p.url+OIDCBeginPath), http.StatusNotFound, "not set up")

	// A server of the same secret key finishes what another has begun.
	one, two := newBeginCookie(control.SecretKey{7}), newBeginCookie(control.SecretKey{7})
	passCookie(p.T, &one, &two)
}

func testOIDCDown(p *oidcPlace) {
	p.member("mia@example.org")
	b := newBrowser(p.T, p.url)
	callback := b.through(b.begin(""), "mia")
	p.stop()
	p.refused(b, b.get(callback), http.StatusServiceUnavailable, "doesn't answer")
	p.ahead.Store(int64(2 * discoveryLifetime)) // what it said of itself is no longer taken
	p.refused(b, b.get(p.url+OIDCBeginPath), http.StatusServiceUnavailable, "doesn't answer")
}
