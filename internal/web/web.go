// Package web is the web app inside the program: the files that `make web` makes of the folder web, and how a browser gets them.
//
// A page of the app has no file: every address that is none of a file is answered with index.html, and the app shows the page of the address. Files under assets/ have a
// digest of their content in their names, so that a browser may keep them for ever; all others it asks for anew. Scripts come from files only; the few style sheets
// that the app makes while it runs have a nonce, which is another one in each answer.
package web

import (
	"bytes"
	"crypto/rand"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var embedded embed.FS

// noncePlace is what index.html has where the nonce of an answer belongs; vite.config.ts writes it.
const noncePlace = "__CSP_NONCE__"

// policy is what a page may load and do; the nonce goes between its parts.
var policy = [2]string{
	"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-",
	"'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}

// mediaTypes are those of the files that the app has; what the machine believes of the endings of names does not matter.
var mediaTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".ico":   "image/x-icon",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// Handler returns what answers with the app, and nil where the program was built without it.
func Handler() http.Handler {
	dist, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	if h := of(dist); h != nil {
		return h
	}
	return nil
}

// app answers with the files of a build.
type app struct {
	files fs.FS
	index []byte // with noncePlace
}

// of returns the app whose files these are, nil where there is no index.html among them.
func of(files fs.FS) *app {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil
	}
	return &app{files, index}
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	switch content, ok := a.file(w, r, name); {
	case ok:
		a.sendFile(w, r, name, content)
	case a.isPage(r, name):
		a.sendPage(w, r)
	default:
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "The web app has no such file.", http.StatusNotFound)
	}
}

// isPage reports whether an address is a page of the app. Whoever asks for a file that is gone must not be given a page for it, nor a program that looks for
// something else.
func (a *app) isPage(r *http.Request, name string) bool {
	if name == "" || name == "index.html" {
		return true
	}
	return !strings.HasPrefix(name+"/", "assets/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// packings are the ways in which files are packed, the better one first: the ending of the packed file's name, and what HTTP calls it. Browsers take Brotli only over TLS and from their own machine.
var packings = []struct{ ending, encoding string }{{".br", "br"}, {".gz", "gzip"}}

// file returns the content of a file, packed where there is a packed one and the browser can unpack it.
func (a *app) file(w http.ResponseWriter, r *http.Request, name string) ([]byte, bool) {
	if mediaTypes[path.Ext(name)] == "" {
		return nil, false
	}
	for _, packing := range packings {
		packed, err := fs.ReadFile(a.files, name+packing.ending)
		if err != nil {
			continue
		}
		w.Header().Set("Vary", "Accept-Encoding")
		if unpacks(r.Header.Get("Accept-Encoding"), packing.encoding) {
			w.Header().Set("Content-Encoding", packing.encoding)
			return packed, true
		}
	}
	content, err := fs.ReadFile(a.files, name)
	return content, err == nil
}

// unpacks reports whether a browser that accepts these encodings takes one.
func unpacks(accepted, encoding string) bool {
	for one := range strings.SplitSeq(accepted, ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(one, " ", ""), ";")
		if strings.EqualFold(name, encoding) {
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
		}
	}
	return false
}

func (a *app) sendFile(w http.ResponseWriter, r *http.Request, name string, content []byte) {
	cache := "no-cache"
	if strings.HasPrefix(name, "assets/") {
		cache = "public, max-age=31536000, immutable"
	}
	send(w, r, mediaTypes[path.Ext(name)], cache, content)
}

func (a *app) sendPage(w http.ResponseWriter, r *http.Request) {
	nonce := rand.Text()
	w.Header().Set("Content-Security-Policy", policy[0]+nonce+policy[1])
	send(w, r, "text/html; charset=utf-8", "no-cache", bytes.ReplaceAll(a.index, []byte(noncePlace), []byte(nonce)))
}

func send(w http.ResponseWriter, r *http.Request, mediaType, cache string, content []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", cache)
	if r.Method != http.MethodHead {
		w.Write(content) // whoever does not read it is gone
	}
}
