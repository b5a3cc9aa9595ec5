package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
)

// passCookie seals a sign-in with one and opens it with two.
func passCookie(t *testing.T, one, two *beginCookie) {
	t.Helper()
	w := httptest.NewRecorder()
	now := time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)
	if err := one.set(w, true, &begun{State: "s", ReturnTo: "/" + strings.Repeat("x", maxReturnTo-1), Until: now.Add(time.Second)}); err != nil {
		t.Fatal(err)
	}
	line := w.Header().Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Secure", "Path=/", "__Host-tallystick-oidc=", "Max-Age=600"} {
		if !strings.Contains(line, want) {
			t.Errorf("%s lacks %s", line, want)
		}
	}
	if len(line) > 4096 {
		t.Errorf("the cookie has %d bytes", len(line))
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(w.Result().Cookies()[0])
	if _, err := two.get(r, false, now); err == nil {
		t.Error("a cookie of https is taken over http")
	}
	if b, err := two.get(r, true, now); err != nil || b.State != "s" {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestProviderThatMisbehaves has a provider that does what a real one can't be made to.
func TestProviderThatMisbehaves(t *testing.T) {
	describe := func(server, more string) string {
		return fmt.Sprintf(`{"issuer":%q,"authorization_endpoint":"%[1]s/a","token_endpoint":"%[1]s/t","jwks_uri":"%[1]s/k"%s}`, server, more)
	}
	for _, test := range []struct {
		name     string
		answer   func(w http.ResponseWriter, r *http.Request, server string)
		status   int // 0: none is wrong
		sentence string
	}{
		{"well", func(w http.ResponseWriter, _ *http.Request, server string) { fmt.Fprint(w, describe(server, "")) }, 0, ""},
		{"it never answers", func(_ http.ResponseWriter, r *http.Request, _ string) { <-r.Context().Done() }, 503, "doesn't answer"},
		{"it never ends", func(w http.ResponseWriter, r *http.Request, server string) {
			fmt.Fprint(w, describe(server, `,"x":"`))
			for r.Context().Err() == nil {
				fmt.Fprint(w, strings.Repeat("x", 1<<16))
			}
		}, 502, "doesn't describe itself"},
		{"it leads elsewhere", func(w http.ResponseWriter, r *http.Request, server string) {
			if r.URL.Path == "/elsewhere" {
				fmt.Fprint(w, describe(server, ""))
				return
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, 502, "doesn't describe itself"},
		{"it has no such page", func(w http.ResponseWriter, r *http.Request, _ string) { http.NotFound(w, r) }, 502, "doesn't describe itself"},
		{"it is another", func(w http.ResponseWriter, _ *http.Request, _ string) {
			fmt.Fprint(w, describe("https://other.example", ""))
		}, 502, `calls itself "https://other.example"`},
		{"it names an address that others can read", func(w http.ResponseWriter, _ *http.Request, server string) {
			fmt.Fprint(w, strings.Replace(describe(server, ""), server+"/t", "http://id.example/t", 1))
		}, 502, `names "http://id.example/t"`},
		{"it names a script", func(w http.ResponseWriter, _ *http.Request, server string) {
			fmt.Fprint(w, strings.Replace(describe(server, ""), server+"/a", "javascript:alert(1)", 1))
		}, 502, `names "javascript:alert(1)"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var server *httptest.Server
			var asked atomic.Int64
			server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				test.answer(w, r, server.URL)
			}))
			defer server.Close()
			var ahead atomic.Int64
			ps := &providers{client: guardedClient(&http.Client{Timeout: time.Second}), now: func() time.Time { return time.Unix(ahead.Load(), 0) }}
			var asking sync.WaitGroup
			for range 8 {
				asking.Go(func() {
					_, err := ps.of(t.Context(), server.URL)
					if test.status == 0 && err != nil || test.status != 0 && (err == nil || Status(err) != test.status || !strings.Contains(ProblemOf(err).Detail, test.sentence)) {
						t.Errorf("%+v, %v", ProblemOf(err), err)
					}
				})
			}
			asking.Wait()
			ahead.Store(int64(discoveryPause/time.Second) - 1)
			_, err := ps.of(t.Context(), server.URL)
			if n := asked.Load(); n != 1 {
				t.Errorf("it was asked %d times at once, and just after", n)
			}
			if e := (*tallystick.Error)(nil); test.name == "it never ends" && (!errors.As(err, &e) || !strings.Contains(e.Err.Error(), "too large")) {
				t.Errorf("it was not stopped by its length: %v", e.Err)
			}
			ahead.Store(int64(discoveryPause / time.Second))
			ps.of(t.Context(), server.URL)
			ahead.Store(int64(discoveryLifetime / time.Second))
			ps.of(t.Context(), server.URL)
			if n, want := asked.Load(), map[bool]int64{true: 2, false: 3}[test.status == 0]; n != want {
				t.Errorf("it was asked %d times, want %d", n, want)
			}
		})
	}
}

func TestProviderIsAskedForAllWhoWait(t *testing.T) {
	asked, answer := make(chan bool), make(chan bool)
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- true
		<-answer
		fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":"%[1]s/a","token_endpoint":"%[1]s/t","jwks_uri":"%[1]s/k"}`, server.URL)
	}))
	defer server.Close()
	answering := sync.OnceFunc(func() { close(answer) })
	defer answering()
	ps := &providers{client: guardedClient(nil), now: func() time.Time { return time.Unix(0, 0) }}
	first, leave := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		ps.of(first, server.URL)
		done <- nil
	}()
	arrives(t, asked, "the question to the provider")
	go func() {
		_, err := ps.of(t.Context(), server.URL)
		done <- err
	}()
	leave() // whoever asked goes away
	answering()
	for range 2 {
		if err := arrives(t, done, "an answer"); err != nil {
			t.Errorf("whoever waits gets %v", err)
		}
	}
}

func TestProviderAddresses(t *testing.T) {
	for address, good := range map[string]bool{
		"https://id.example": true, "https://id.example:8443/realm": true, "http://localhost:1": true, "http://127.0.0.1:1": true, "http://127.9.9.9": true, "http://[::1]:1": true,
		"http://id.example": false, "http://localhost.example": false, "http://127.0.0.1.example": false, "http://10.0.0.1": false, "http://0.0.0.0": false, "ftp://id.example": false,
		"https://": false, "https://a:b@id.example": false, "": false, "//id.example": false, "http://[::ffff:127.0.0.1]": true,
	} {
		if err := checkURL(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestErrorsOfProvidersAreSentences(t *testing.T) {
	for code, status := range map[string]int{"access_denied": 403, "temporarily_unavailable": 503, "invalid_scope": 502, "<script>": 502} {
		p := ProblemOf(providerError(code, "its own words"))
		if p.Status != status || p.Detail == "" || p.Hint == "" || strings.Contains(p.Detail+p.Hint, "words") || strings.Contains(p.Detail, "<") {
			t.Errorf("%s is %+v", code, p)
		}
	}
	if providerErrors["access_denied"].Hint != "" || providerErrors["access_denied"].Code != tallystick.Denied {
		t.Error("the list was changed")
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"", "/", "/a?b=c#d", "//evil.example", `/\evil`, "/\t/evil", "https://evil.example", "/..//evil.example", "/%2f/evil", "/a:b", "/@evil"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		to, err := localPath(s)
		if err != nil {
			return
		}
		// What a browser makes of it.
		seen := strings.NewReplacer(`\`, "/", "\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(to))
		base, _ := url.Parse("https://tallystick.example/api/v1/oidc/callback")
		u, err := base.Parse(seen)
		if err != nil || u.Scheme != "https" || u.Host != "tallystick.example" || u.User != nil {
			t.Errorf("%q leads to %v, %v", s, u, err)
		}
	})
}

// arrives returns what comes out of a channel, and fails the test where nothing does.
func arrives[T any](t *testing.T, from <-chan T, what string) (it T) {
	t.Helper()
	select {
	case it = <-from:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s did not come within 20 s", what)
	}
	return it
}
