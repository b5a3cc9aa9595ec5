package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tallystick/tallystick/internal/applier"
)

// said is what a program has written so far.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// find waits until the program has written what fits the pattern, and returns its first group.
func (s *said) find(t *testing.T, pattern string) string {
	t.Helper()
	for range 200 {
		if found := regexp.MustCompile(pattern).FindStringSubmatch(s.String()); found != nil {
			return found[1]
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nothing fits %q in %q", pattern, s.String())
	return ""
}

// served is a server that runs in this process.
type served struct {
	t      *testing.T
	url    string
	cookie string
	stderr *said
	stop   func() int // returns the exit code
}

func serveData(t *testing.T, data string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &served{t: t, stderr: &said{}}
	code := make(chan int, 1)
	go func() {
		m := Main{Now: func() time.Time { return noon }, PID: os.Getpid()}
		code <- m.Run(ctx, []string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, nil, io.Discard, s.stderr, func(string) (string, bool) { return "", false })
	}()
	s.stop = sync.OnceValue(func() int {
		cancel()
		select {
		case exit := <-code:
			return exit
		case <-time.After(time.Minute):
			t.Errorf("the server did not end within a minute: %s", s.stderr)
			return -1
		}
	})
	t.Cleanup(func() { s.stop() })
	s.url = s.stderr.find(t, `serving .* at (http://\S+)`)
	return s
}

// do makes a request and returns the status and the body of the answer.
func (s *served) do(method, path, key, body string) (int, string) {
	s.t.Helper()
	status, cookie, text, err := request(s.url, method, path, key, s.cookie, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if cookie != "" {
		s.cookie = cookie
	}
	return status, text
}

// asks is what asks servers: one that never answers is given up.
var asks = &http.Client{Timeout: time.Minute}

func request(url, method, path, key, cookie, body string) (status int, set, text string, err error) {
	r, err := http.NewRequest(method, url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", "", err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	} else if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	a, err := asks.Do(r)
	if err != nil {
		return 0, "", "", err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	set, _, _ = strings.Cut(a.Header.Get("Set-Cookie"), ";")
	return a.StatusCode, set, string(b), err
}

// must makes a request that is answered with a status, and returns the body.
func (s *served) must(status int, method, path, key, body string) string {
	s.t.Helper()
	got, text := s.do(method, path, key, body)
	if got != status {
		s.t.Fatalf("%s %s answered %d, want %d: %s", method, path, got, status, text)
	}
	return text
}

// settle waits until the server does all that it is there for.
func (s *served) settle() {
	s.t.Helper()
	for range 200 {
		if status, _ := s.do("GET", "/readyz", "", ""); status == http.StatusOK {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal("the server does not get ready")
}

// begin makes the first administrator by the link that the server has printed, signs in, and returns a key for everything.
func (s *served) begin() (key string) {
	s.t.Helper()
	token := s.stderr.find(s.t, `makes one, once: \S+#(\w+)`)
	s.must(200, "POST", "/api/v1/links/look", "", `{"token":"`+token+`"}`)
	s.must(200, "POST", "/api/v1/links/use", "", `{"token":"`+token+`","email":"ann@example.com","name":"Ann","password":"correct horse battery"}`)
	s.must(404, "POST", "/api/v1/links/use", "", `{"token":"`+token+`","email":"eve@example.com","name":"Eve","password":"correct horse battery"}`)
	s.must(401, "POST", "/api/v1/session", "", `{"email":"ann@example.com","password":"wrong"}`)
	s.must(200, "POST", "/api/v1/session", "", `{"email":"ann@example.com","password":"correct horse battery"}`)
	var made struct{ Text string }
	if err := json.Unmarshal([]byte(s.must(201, "POST", "/api/v1/keys", "", `{"name":"platform","scopes":["ingest","attributes"]}`)), &made); err != nil {
		s.t.Fatal(err)
	}
	return made.Text
}

const acme = `{"specversion":"1.0","id":"1","source":"platform","type":"tenant.upserted","tenant":"acme","time":"2026-05-01T00:00:00Z","data":{"company_name":"Acme"}}`

func TestServerFromItsFirstStart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := serveData(t, data)
	if got := s.must(200, "GET", "/healthz", "", ""); got != "ok\n" {
		t.Errorf("healthz: %q", got)
	}
	key := s.begin()
	s.settle()
	if got := s.must(200, "POST", "/api/v1/events", key, acme); !strings.Contains(got, `"accepted":1,`) {
		t.Error(got)
	}
	if got := s.must(200, "POST", "/api/v1/events", key, acme); !strings.Contains(got, `"duplicate":1,`) {
		t.Error(got)
	}
	s.settle()
	for range 100 { // until the engine has it
		if strings.Contains(s.must(200, "GET", "/api/v1/tenants", "", ""), `"company_name":"Acme"`) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.must(200, "PATCH", "/api/v1/tenants/acme", "", `{"locked":true}`)
	if got := s.must(200, "GET", "/api/v1/tenants?filter=locked:equals:true", "", ""); !strings.Contains(got, `"company_name":"Acme"`) {
		t.Error(got)
	}
	metrics := s.must(200, "GET", "/metrics", "", "")
	for _, line := range []string{`tallystick_ingest_events_total{outcome="accepted"} 1`, `tallystick_ingest_events_total{outcome="duplicate"} 1`, "tallystick_journal_head 2", "tallystick_quarantine_events 0"} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("metrics lack %s", line)
		}
	}
	t.Run("another program is told who has the directory", func(t *testing.T) {
		tally("verify", "--data", data).complains(t, failed, "serve, "+s.url+") is using "+data, "ask it with --server "+s.url)
		tally("serve", "--data", data, "--listen", "127.0.0.1:0").complains(t, failed, "ask it with --server "+s.url)
	})
	if code := s.stop(); code != done {
		t.Errorf("ended with %d: %s", code, s.stderr)
	}
	if log := s.stderr.String(); strings.Contains(log, key) || strings.Contains(log, "correct horse") || strings.Contains(log, strings.SplitN(s.cookie, "=", 2)[1]) {
		t.Errorf("the log tells a secret: %s", log)
	}
	r := tally("verify", "--data", data).must(t, done)
	if !strings.Contains(r.stdout, "records       2\n") && r.count(t, "records") != 2 || r.count(t, "audit") < 5 {
		t.Error(r.stdout)
	}

	again := serveData(t, data)
	again.settle()
	if strings.Contains(again.stderr.String(), "makes one, once") {
		t.Error("a link for the first administrator is printed though there is one")
	}
	again.cookie = s.cookie
	again.must(200, "GET", "/api/v1/session", "", "")
	if got := again.must(200, "POST", "/api/v1/events", key, acme); !strings.Contains(got, `"duplicate":1,`) {
		t.Error(got)
	}
}

// A server in a process of its own is told to end while clients send: what it has acknowledged is there, and it has left nothing half done.
func TestServerThatEndsUnderLoadLosesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first := serveData(t, data)
	key := first.begin()
	first.settle()
	first.stop()

	c := child("serve", "--data", data, "--listen", "127.0.0.1:0")
	stderr := &said{}
	c.Stderr = stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, url: stderr.find(t, `serving .* at (http://\S+)`), stderr: stderr}
	s.settle()
	var mu sync.Mutex
	acknowledged := 0
	var clients sync.WaitGroup
	until := time.Now().Add(time.Minute)
	for n := range 8 {
		clients.Go(func() {
			for i := 0; time.Now().Before(until); i++ {
				event := strings.Replace(acme, `"id":"1"`, fmt.Sprintf(`"id":"%d-%d"`, n, i), 1)
				status, _, text, err := request(s.url, "POST", "/api/v1/events", key, "", event)
				if err != nil {
					return // it has ended
				}
				if status != 200 || !strings.Contains(text, `"accepted":1,`) {
					t.Errorf("answered %d: %s", status, text)
					return
				}
				mu.Lock()
				acknowledged++
				mu.Unlock()
			}
		})
	}
	time.Sleep(700 * time.Millisecond)
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	clients.Wait()
	if err := c.Wait(); err != nil {
		t.Errorf("%v: %s", err, stderr)
	}
	t.Logf("%d events were acknowledged", acknowledged)
	if n := tally("verify", "--data", data).must(t, done).count(t, "records"); n != acknowledged || n == 0 {
		t.Errorf("%d events were acknowledged, and the journal holds %d", acknowledged, n)
	}
}

func TestServerRefusesWhatDoesNotBelongTogether(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	serveData(t, data).stop()
	t.Run("the control plane of other events", func(t *testing.T) {
		other := filepath.Join(t.TempDir(), "data")
		tally("serve", "--data", other, "--control", filepath.Join(data, "control.db"), "--listen", "127.0.0.1:0").
			complains(t, failed, "sealed with another")
	})
	t.Run("the events of another control plane", func(t *testing.T) {
		if err := os.WriteFile(filepath.Join(data, "ID"), []byte("another\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		tally("serve", "--data", data, "--listen", "127.0.0.1:0").complains(t, failed, `and not to "another"`, "start the server with the events that belong to it")
	})
	t.Run("an address that is taken", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		tally("serve", "--data", filepath.Join(t.TempDir(), "data"), "--listen", l.Addr().String()).complains(t, failed, "can't listen at "+l.Addr().String(), "--listen")
	})
	t.Run("settings that are none", func(t *testing.T) {
		tally("serve", "--listen", "here").complains(t, misuse, `--listen: "here" is not an address`)
		tally("serve", "--control", "mysql://u:secret@localhost/x").complains(t, misuse, `--control: "mysql://" is no kind of control database`, "postgres://user:password@")
		tally("serve", "--public-url", "example.com").complains(t, misuse, "--public-url", "is not the address of a server")
		tally("serve", "--trusted-proxies", "10.0.0.0/8,proxy").complains(t, misuse, `--trusted-proxies: "proxy"`)
	})
}

// The order in which a server becomes ready: HTTP first, then events are taken, then the engine answers.
func TestServerSaysWhatItWaitsFor(t *testing.T) {
	s := &serving{program: &program{}}
	says := func(err error, part string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("says %v, want %q", err, part)
		}
	}
	says(s.taking(), "the journal is being opened")
	s.keys.Store(&progress{10, 1000})
	says(s.taking(), "10 of 1000 records are read")
	says(s.answering(), "the engine is being opened")
	s.ready.Store(true)
	s.needed.Store(500)
	s.applier = applier.New(applier.Options{Log: theLog})
	if err := s.taking(); err != nil {
		t.Errorf("events are not taken while the engine catches up: %v", err)
	}
	says(s.answering(), "it has applied 0 of 500 records")
	s.stopped.Store(true)
	says(s.answering(), "the engine has failed")
	s.stopped.Store(false)
	s.needed.Store(0)
	if err := s.answering(); err != nil {
		t.Errorf("does not answer: %v", err)
	}
}

// An engine that was deleted is made anew from the journal beside the taking of events.
func TestServerMakesTheEngineAnew(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	lines := events(t, 25, 1)
	tallyWith(context.Background(), bytes.NewReader(bytes.Join(lines, nil)), nil, "import", "--data", data, "-").must(t, done)
	want := tally("verify", "--data", data).must(t, done).count(t, "records")
	for _, part := range []string{"engine", "journal/keys"} {
		if err := os.RemoveAll(filepath.Join(data, part)); err != nil {
			t.Fatal(err)
		}
	}
	s := serveData(t, data)
	key := s.begin()
	for range 200 {
		status, text := s.do("POST", "/api/v1/events", key, acme)
		if status == 200 {
			break
		}
		if status != http.StatusServiceUnavailable || !strings.Contains(text, "journal") {
			t.Fatalf("%d %s", status, text)
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.settle()
	if got := s.must(200, "GET", "/readyz", "", ""); !strings.Contains(got, fmt.Sprintf(`"head":"1-%d"`, want+1)) {
		t.Errorf("%s, want %d records and one more", got, want)
	}
	if got := s.must(200, "GET", "/api/v1/tenants?limit=2", "", ""); !strings.Contains(got, `"next":`) {
		t.Error(got)
	}
}
