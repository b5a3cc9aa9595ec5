package web

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var built = fstest.MapFS{
	"index.html":         {Data: []byte(`<meta property="csp-nonce" nonce="__CSP_NONCE__"><script src="/assets/a-1.js" nonce="__CSP_NONCE__"></script>`)},
	"first.js":           {Data: []byte("plain first")},
	"README.md":          {Data: []byte("for developers")},
	"assets/a-1.js":      {Data: []byte("plain script")},
	"assets/a-1.js.gz":   {Data: []byte("packed by gzip")},
	"assets/a-1.js.br":   {Data: []byte("packed by br")},
	"assets/b-3.js":      {Data: []byte("plain script")},
	"assets/b-3.js.gz":   {Data: []byte("packed by gzip")},
	"assets/style-2.css": {Data: []byte("plain style")},
}

func get(t *testing.T, files fs.FS, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	of(files).ServeHTTP(w, r)
	return w
}

func TestWhatAnAddressIs(t *testing.T) {
	const browser, program = "text/html,application/xhtml+xml,*/*;q=0.8", "*/*"
	const page, immutable = "csp-nonce", "public, max-age=31536000, immutable"
	for _, test := range []struct {
		name, path, accept string
		status             int
		body, cache        string
	}{
		{"the start", "/", program, 200, page, "no-cache"},
		{"a page of the app", "/dashboards/room-usage", browser, 200, page, "no-cache"},
		{"a page with a dot in its name", "/dashboards/acme.rooms", browser, 200, page, "no-cache"},
		{"a program finds no page", "/dashboards/room-usage", program, 404, "no such file", "no-store"},
		{"a file with a digest in its name", "/assets/style-2.css", program, 200, "plain style", immutable},
		{"a file without one", "/first.js", program, 200, "plain first", "no-cache"},
		{"an asset that is gone is no page", "/assets/a-0.js", browser, 404, "no such file", "no-store"},
		{"the folder of assets", "/assets/", browser, 404, "no such file", "no-store"},
		{"a file that is none of the app", "/README.md", program, 404, "no such file", "no-store"},
		{"a way out", "/assets/../../web.go", program, 404, "no such file", "no-store"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := get(t, built, test.path, "Accept", test.accept)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.body) || w.Header().Get("Cache-Control") != test.cache {
				t.Errorf("answered %d, %q, %v", w.Code, w.Body, w.Header())
			}
		})
	}
}

func TestPacked(t *testing.T) {
	for _, test := range []struct{ path, accepted, encoding string }{
		{"/assets/a-1.js", "", ""},
		{"/assets/a-1.js", "deflate", ""},
		{"/assets/a-1.js", "gzip", "gzip"},
		{"/assets/a-1.js", "gzip, deflate, br, zstd", "br"},
		{"/assets/a-1.js", "br;q=0, gzip", "gzip"},
		{"/assets/a-1.js", "gzip;q=0", ""},
		{"/assets/a-1.js", "gzip; q=0.0", ""},
		{"/assets/a-1.js", "gzip;q=0.5", "gzip"},
		{"/assets/b-3.js", "gzip, br", "gzip"},
		{"/assets/b-3.js", "br", ""},
	} {
		w := get(t, built, test.path, "Accept-Encoding", test.accepted)
		body := "plain script"
		if test.encoding != "" {
			body = "packed by " + test.encoding
		}
		if w.Body.String() != body || w.Header().Get("Content-Encoding") != test.encoding || w.Header().Get("Vary") != "Accept-Encoding" ||
			w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("who accepts %q of %s gets %q, %v", test.accepted, test.path, w.Body, w.Header())
		}
	}
}

func TestPolicy(t *testing.T) {
	seen := map[string]bool{}
	for range 20 {
		w := get(t, built, "/")
		policy := w.Header().Get("Content-Security-Policy")
		_, rest, _ := strings.Cut(policy, "'nonce-")
		nonce, _, _ := strings.Cut(rest, "'")
		if len(nonce) < 22 || seen[nonce] { // 128 bits need so many letters
			t.Fatalf("the nonce %q is short or was there before", nonce)
		}
		seen[nonce] = true
		if body := w.Body.String(); strings.Count(body, `nonce="`+nonce+`"`) != 2 || strings.Contains(body, noncePlace) {
			t.Fatalf("the page has not the nonce %q: %s", nonce, body)
		}
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") ||
			!strings.Contains(policy, "frame-ancestors 'none'") {
			t.Fatalf("the policy is %q", policy)
		}
	}
}

func TestProgramWithoutTheApp(t *testing.T) {
	if of(fstest.MapFS{"README.md": {}}) != nil {
		t.Error("there is an app without index.html")
	}
}
