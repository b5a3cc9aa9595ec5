package api

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"golang.org/x/oauth2"

	"github.com/tallystick/tallystick/internal/control"
)

// TestTokensThatLie has a provider hand out what a real one never does.
func TestTokensThatLie(t *testing.T) {
	now := time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)
	key, other := newRSA(t), newRSA(t)
	var claims, info map[string]any
	var signer *rsa.PrivateKey
	var answer func(w http.ResponseWriter) // of the token endpoint; nil: a token
	var server *httptest.Server
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":"%[1]s/a","token_endpoint":"%[1]s/t","jwks_uri":"%[1]s/k","userinfo_endpoint":"%[1]s/u"}`, server.URL)
	})
	keys := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.RS256}}}
	mux.HandleFunc("/k", func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/keys"
		keys.ServeHTTP(w, r)
	})
	mux.HandleFunc("/t", func(w http.ResponseWriter, _ *http.Request) {
		if answer != nil {
			answer(w)
			return
		}
		text, err := json.Marshal(claims)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"access_token": "a", "token_type": "Bearer", "id_token": oidctest.SignIDToken(signer, "k", oidc.RS256, string(text))})
	})
	mux.HandleFunc("/u", func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(info) })
	server = httptest.NewServer(mux)
	defer server.Close()
	keys.SetIssuer(server.URL)

	good := control.Identity{Issuer: server.URL, Subject: "7", Email: "m@example.org", EmailVerified: true}
	for _, test := range []struct {
		name     string
		change   func()
		status   int    // 0: who comes out
		sentence string // of the problem
		who      control.Identity
	}{
		{"the truth", func() {}, 0, "", good},
		{"a flag that is a text", func() { claims["email_verified"] = "true" }, 0, "", good},
		{"a flag that is a text, and false", func() { claims["email_verified"] = "false" }, 0, "", control.Identity{Issuer: server.URL, Subject: "7", Email: "m@example.org"}},
		{"the userinfo knows more", func() { delete(claims, "email_verified"); info["email"] = "i@example.org" }, 0, "",
			control.Identity{Issuer: server.URL, Subject: "7", Email: "i@example.org", EmailVerified: true}},
		{"the userinfo knows less", func() { delete(claims, "email_verified"); info = map[string]any{"sub": "7"} }, 0, "",
			control.Identity{Issuer: server.URL, Subject: "7", Email: "m@example.org"}},
		{"several audiences, and we are the party", func() { claims["aud"], claims["azp"] = []string{"us", "others"}, "us" }, 0, "", good},

		{"a flag that is none", func() { claims["email_verified"] = 1 }, 502, "can't be verified", good},
		{"the key of somebody else", func() { signer = other }, 502, "can't be verified", good},
		{"of another issuer", func() { claims["iss"] = "https://other.example" }, 502, "can't be verified", good},
		{"for another audience", func() { claims["aud"] = "others" }, 502, "can't be verified", good},
		{"for another party", func() { claims["azp"] = "others" }, 502, "can't be verified", good},
		{"several audiences, and no party", func() { claims["aud"] = []string{"us", "others"} }, 502, "can't be verified", good},
		{"expired", func() { claims["exp"] = now.Unix() - 1 }, 502, "can't be verified", good},
		{"another access token", func() { claims["at_hash"] = "x" }, 502, "can't be verified", good},
		{"no nonce", func() { delete(claims, "nonce") }, 400, "another sign-in", good},
		{"the userinfo of another account", func() { delete(claims, "email"); info["sub"] = "8" }, 502, "of another account", good},
		{"a userinfo of nobody", func() { delete(claims, "email"); delete(info, "sub") }, 502, "of another account", good},
		{"no ID token", func() {
			answer = func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, `{"access_token":"a","token_type":"Bearer"}`)
			}
		}, 502, "doesn't say who has signed in", good},
		{"no JSON", func() { answer = func(w http.ResponseWriter) { fmt.Fprint(w, `{"access_token":`) } }, 502, "can't be read", good},
		{"a page of a proxy", func() { answer = func(w http.ResponseWriter) { w.WriteHeader(502); fmt.Fprint(w, `<html>`) } }, 503, "doesn't answer", good},
	} {
		t.Run(test.name, func(t *testing.T) {
			claims = map[string]any{"iss": server.URL, "sub": "7", "aud": "us", "exp": now.Unix() + 60, "iat": now.Unix(), "nonce": "n", "email": "m@example.org", "email_verified": true}
			info = map[string]any{"sub": "7", "email": "m@example.org", "email_verified": true}
			signer, answer = key, nil
			test.change()
			o := &OIDC{Now: func() time.Time { return now }}
			o.prepare()
			p, err := o.providers.of(t.Context(), server.URL)
			if err != nil {
				t.Fatal(err)
			}
			who, err := o.identify(t.Context(), p, reach{OIDCSettings{Issuer: server.URL, ClientID: "us", ClientSecret: "s"}, "https://tallystick.example"}, "code", &begun{Nonce: "n", Verifier: oauth2.GenerateVerifier()})
			if test.status == 0 && (err != nil || who != test.who) {
				t.Errorf("%+v, %v", who, err)
			}
			if test.status != 0 && (err == nil || Status(err) != test.status || !strings.Contains(ProblemOf(err).Detail, test.sentence)) {
				t.Errorf("%+v, %v", who, err)
			}
		})
	}
}

func newRSA(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
