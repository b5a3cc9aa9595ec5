package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/runner"
	"github.com/tallystick/tallystick/internal/usage"
)

// someWorker returns a worker for a server, whose clock goes on only while it waits, and how long it has waited each time.
func someWorker(server *httptest.Server) (w *worker, waited *[]time.Duration) {
	waited = &[]time.Duration{}
	clock := time.Unix(0, 0)
	token := "token"
	w = newWorker(server.URL, func() time.Time { return clock }, slog.New(slog.DiscardHandler))
	w.silence = 200 * time.Millisecond
	w.pause = func(ctx context.Context, d time.Duration) error {
		*waited = append(*waited, d)
		clock = clock.Add(d)
		return context.Cause(ctx)
	}
	w.token.Store(&token)
	return w, waited
}

const (
	produced = `{"product": {"receipt": null, "summary": null}}`
	opening  = `{"problem": {"code": "unavailable", "message": "the engine is being opened", "busy": true}}`
	ends     = `{"problem": {"code": "unavailable", "message": "the server ends", "busy": true}}`
	diskFull = `{"problem": {"code": "unavailable", "message": "the disk is full"}}`
)

// What a server answers to who has a run made costs the run a try only where the server itself says that the run can't be made, or
// stops without a word in the middle of it.
func TestWhatAServerAnswersToAWorker(t *testing.T) {
	says := func(status int, head ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for _, h := range head {
				name, value, _ := strings.Cut(h, ": ")
				w.Header().Set(name, value)
			}
			w.WriteHeader(status)
		}
	}
	// problem is the answer of a server, in its own words.
	problem := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"status": %d, "detail": "it can't be"}`, status)
		}
	}
	line := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, text) }
	}
	hangs := func(after string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if after != "" {
				fmt.Fprint(w, after)
				w.(http.Flusher).Flush()
			}
			<-r.Context().Done()
		}
	}
	const again, away, fails, breaks = "again", "away", "fails", "breaks"
	for _, test := range []struct {
		name string
		says http.HandlerFunc
		want string
		wait time.Duration // at least
		code tallystick.Code
	}{
		{"it is made", line(produced), "", 0, ""},
		{"429", says(429), again, 0, ""},
		{"429 with Retry-After", says(429, "Retry-After: 40"), again, 40 * time.Second, ""},
		{"429 with a Retry-After that is none", says(429, "Retry-After: soon"), again, 0, ""},
		{"502 of a proxy", says(502, "Content-Type: text/html"), again, 0, ""},
		{"503", says(503), again, 0, ""},
		{"503 with Retry-After", says(503, "Retry-After: 7"), again, 7 * time.Second, ""},
		{"503 with a Retry-After beyond all patience", says(503, "Retry-After: 86400"), away, 0, tallystick.Unavailable},
		{"the engine is being opened", line(opening), again, 0, ""},
		{"the disk is full", line(diskFull), fails, 0, tallystick.Unavailable},
		{"a stopped schedule", line(`{"problem": {"code": "denied", "message": "its owner is gone", "stop": true}}`), fails, 0, tallystick.Internal},
		{"400", problem(400), fails, 0, tallystick.Invalid},
		{"401", problem(401), fails, 0, tallystick.Denied},
		{"404", problem(404), fails, 0, tallystick.NotFound},
		{"500", problem(500), fails, 0, tallystick.Unavailable},
		{"307 of a proxy", says(307, "Location: /elsewhere"), again, 0, ""},
		{"400 of a proxy", says(400), again, 0, ""},
		{"401 of a proxy", says(401, "Content-Type: text/html"), again, 0, ""},
		{"404 of a proxy", says(404, "Content-Type: text/html"), again, 0, ""},
		{"413 of a proxy", says(413, "Content-Type: text/html"), again, 0, ""},
		{"500 of a proxy", says(500, "Content-Type: application/json"), again, 0, ""},
		{"504 of a proxy", says(504, "Content-Type: text/html"), again, 0, ""},
		{"520 of a proxy", says(520), again, 0, ""},
		{"no head", hangs(""), away, 0, tallystick.Unavailable},
		{"silence after a line", hangs("{\"percent\": 3}\n"), breaks, 0, tallystick.Unavailable},
		{"silence in a line", hangs("{\"per"), away, 0, tallystick.Unavailable},
		{"it breaks off", line(`{"percent": 3}`), breaks, 0, tallystick.Unavailable},
		{"it breaks off before the first line", says(200), away, 0, tallystick.Unavailable},
		{"it ends in the middle", line(`{"percent": 3}` + "\n" + ends), again, 0, ""},
		{"not what it should say after a line", line("{}\n<html>"), breaks, 0, tallystick.Unavailable},
		{"not what it should say", line(`<html>`), away, 0, tallystick.Unavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if asked++; asked <= 3 {
					test.says(w, r)
					return
				}
				fmt.Fprintln(w, produced)
			}))
			defer server.Close()
			w, waited := someWorker(server)
			product, err := w.make(t.Context(), control.Run{ID: "r"}, func(usage.Progress) {})
			got := ""
			switch {
			case err == nil && product != nil && len(*waited) == 3 && asked == 4:
				got = again
			case errors.As(err, new(*runner.Away)) && asked == 1 && len(*waited) == 0 && w.away.Load():
				got = away
			case err != nil && asked == 1 && len(*waited) == 0 && w.away.Load():
				got = breaks
			case err != nil && asked == 1 && len(*waited) == 0:
				got = fails
			}
			if got != test.want || tallystick.CodeOf(err) != test.code {
				t.Fatalf("asked %d times, after %v, it comes to %v, %v", asked, *waited, product, err)
			}
			for _, d := range *waited {
				if d < test.wait {
					t.Errorf("it has waited %v, want %v", d, test.wait)
				}
			}
		})
	}
}

// Patience has an end: then the run is given back, and the server asked whether it is there before another is taken.
func TestAServerThatNeverHasTime(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }))
	defer server.Close()
	w, waited := someWorker(server)
	_, err := w.make(t.Context(), control.Run{ID: "r"}, func(usage.Progress) {})
	total := time.Duration(0)
	for _, d := range *waited {
		total += d
	}
	if !errors.As(err, new(*runner.Away)) || total > makePatience || total < makePatience-longPause || !w.away.Load() {
		t.Errorf("after %v it comes to %v", total, err)
	}
	if err := w.ready(t.Context()); tallystick.CodeOf(err) != tallystick.Unavailable {
		t.Errorf("it is ready: %v", err)
	}
}

// Silence is what does not come while it is waited for: who is slow to take a file has not heard less for it.
func TestAFileIsTakenSlowly(t *testing.T) {
	answered := make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "first ")
		w.(http.Flusher).Flush()
		if r.URL.Query().Has("hang") {
			<-r.Context().Done()
			return
		}
		select {
		case <-answered:
		case <-r.Context().Done(): // the test has failed
			return
		}
		fmt.Fprint(w, "second")
	}))
	defer server.Close()
	w, _ := someWorker(server)
	w.silence = 2 * time.Second // a busy machine begins to answer in it
	f, err := w.open(t.Context(), control.Run{ID: "r"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	<-time.After(w.silence * 3 / 2) // nobody reads
	close(answered)
	if text, err := io.ReadAll(f); string(text) != "first second" || err != nil {
		t.Errorf("it has read %q, %v", text, err)
	}
	f, err = w.open(t.Context(), control.Run{ID: "r/file?hang="})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if text, err := io.ReadAll(f); string(text) != "first " || err == nil || !strings.Contains(err.Error(), "nothing has come for") {
		t.Errorf("of one that hangs it has read %q, %v", text, err)
	}
}

// The key of the secrets does not go over a network in the clear, unless somebody says that it may.
func TestAWorkerAndItsServerInTheClear(t *testing.T) {
	for args, refused := range map[string]bool{
		"http://usage.example.com":         true,
		"http://192.0.2.7:8080":            true,
		"http://localhost.example.com":     true,
		"http://[2001:db8::1]:8080":        true,
		"http://usage.example.com --plain": false,
		"https://usage.example.com":        false,
		"http://localhost:8080":            false,
		"http://127.0.0.1:8080":            false,
		"http://[::1]:8080":                false,
	} {
		r := tally(append([]string{"worker", "--control", "postgres://nobody@127.0.0.1:1/none", "--server"}, strings.Fields(args)...)...)
		if refused {
			r.complains(t, misuse, "is not encrypted", "--plain")
		} else if r.code == misuse || !strings.Contains(r.stderr, "control database") { // which is asked next, and is not there
			t.Errorf("%s: exit %d, %s", args, r.code, r.stderr)
		}
	}
}

// A server that leads elsewhere is not followed: what it is shown is for nobody else.
func TestAWorkerIsNotLedElsewhere(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it follows") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	w, _ := someWorker(server)
	if err := w.ask(t.Context()); tallystick.CodeOf(err) != tallystick.Unavailable || !strings.Contains(err.Error(), "307") {
		t.Errorf("it says %v", err)
	}
}

// A server that knows no token of this database does not get one at each look: each is in the audit log.
func TestAServerThatKnowsNoToken(t *testing.T) {
	knows := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if knows {
			fmt.Fprint(w, "{}")
			return
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"status": 401, "code": "denied", "detail": "no worker has this token"}`)
	}))
	defer server.Close()
	w, _ := someWorker(server)
	store, err := control.Open(t.Context(), control.Options{DSN: filepath.Join(t.TempDir(), "control.db"), Now: w.now})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	w.store, w.name = store, "w"
	w.away.Store(true)
	for range 720 { // an hour
		if err := w.ready(t.Context()); !errors.As(err, new(*runner.Away)) {
			t.Fatalf("it is ready: %v", err)
		}
		w.pause(t.Context(), 5*time.Second)
	}
	head, err := store.AuditHead(t.Context())
	if err != nil || head.Seq < 12 || head.Seq > 20 {
		t.Errorf("in an hour there are %d tokens, %v", head.Seq, err)
	}
	knows = true
	if err := w.ready(t.Context()); err != nil {
		t.Errorf("one that is taken after all: %v", err)
	}
}
