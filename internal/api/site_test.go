package api

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/engine/memory"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
	"github.com/tallystick/tallystick/internal/usage"
)

// site is a whole server over HTTP, with its real parts behind it and a clock that the test moves.
type site struct {
	*testing.T
	*Server
	url   string
	clock atomic.Int64 // microseconds
	log   lockedBuffer

	database   string       // of the control plane
	lookup     usage.Lookup // of the journal
	quarantine *quarantine.Store
}

const password = "correct horse battery"

// newSite starts a server; change may set more of it before.
func newSite(t *testing.T, change func(*site)) *site {
	t.Helper()
	s := &site{T: t}
	s.clock.Store(noon.UnixMicro())
	now := func() time.Time { return time.UnixMicro(s.clock.Load()).UTC() }
	s.database = filepath.Join(t.TempDir(), "control.db")
	store, err := control.Open(t.Context(), control.Options{
		DSN: s.database, Now: now, Secret: control.SecretKey{1},
		Password: &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 8, KeyLength: 16},
	})
	if err != nil {
		t.Fatal(err)
	}
	a := applier.New(applier.Options{Log: 1, Open: func(context.Context) (tallystick.Engine, error) { return memory.New(), nil }})
	j, err := journal.Open(t.Context(), journal.Options{Dir: t.TempDir(), Committed: a.Committed})
	if err != nil {
		t.Fatal(err)
	}
	q, err := quarantine.Open(quarantine.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s.quarantine = q
	counter := NewCounter(store.AddIngestCounts)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { counter.Run(ctx) })
	running.Go(func() { a.Run(ctx, j) })
	if err := a.Opened(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Server = &Server{
		Control: store, Now: now, Version: "v1", Address: "http://here", Logger: slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Ingest: &Ingest{Enqueue: j.Enqueue, Keep: q.Keep, Count: counter.Add, Now: now},
		Events: Events{Enqueue: j.Enqueue, Head: j.Head, Applied: a.Applied, Wait: a.Wait, Ask: a.Ask},
	}
	s.lookup = j.Lookup
	if change != nil {
		change(s)
	}
	web := httptest.NewServer(s.Handler())
	s.url = web.URL
	t.Cleanup(func() {
		web.Close()
		s.Close()
		cancel()
		running.Wait()
		if err := errors.Join(j.Close(), q.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// full makes the control plane refuse a kind of change to a table, such as INSERT and audit.
func (s *site) full(change, table string) {
	s.Helper()
	db, err := sql.Open("sqlite", s.database)
	if err == nil {
		_, err = db.ExecContext(s.Context(), `CREATE TRIGGER full BEFORE `+change+` ON `+table+` BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) wait(d tallystick.Instant) { s.clock.Add(int64(d)) }

// role makes a role of a tenant with permissions, and returns its id.
func (s *site) role(tenant string, permissions ...control.Permission) string {
	s.Helper()
	r, err := s.Control.AddRole(s.Context(), control.System("test"), control.Role{
		Tenant: tenant, Name: "role " + strings.ToLower(s.unique()), Permissions: permissions, ManageAll: true,
	})
	if err != nil {
		s.Fatal(err)
	}
	return r.ID
}

var unique atomic.Int64

func (s *site) unique() string { return time.UnixMicro(unique.Add(1)).Format("150405.000000") }

// member makes a member with roles, and returns it with the cookie of a session of it.
func (s *site) member(tenant string, roles ...string) (control.Member, string) {
	s.Helper()
	email := "m" + s.unique() + "@example.com"
	m, link, err := s.Control.AddMember(s.Context(), control.System("test"), control.Member{Email: email, Name: "M", Tenant: tenant, Roles: roles})
	if err == nil {
		_, err = s.Control.UseLink(s.Context(), control.From{}, link, password)
	}
	token := ""
	if err == nil {
		token, err = s.Control.SignIn(s.Context(), control.From{}, email, password)
	}
	if err != nil {
		s.Fatal(err)
	}
	return m, sessionCookie + "=" + token
}

// key makes a key, and returns it with its text.
func (s *site) key(tenant string, expires tallystick.Instant, scopes ...control.Scope) (control.Key, string) {
	s.Helper()
	k, text, err := s.Control.AddKey(s.Context(), control.System("test"), control.Key{Name: "key", Tenant: tenant, Scopes: scopes, Expires: expires})
	if err != nil {
		s.Fatal(err)
	}
	return k, text
}

// got is an answer.
type got struct {
	status int
	header http.Header
	ends   http.Header // the trailer
	body   []byte
}

// do makes a request with credentials: a cookie, the text of a key, or "" none; more are pairs of headers.
func (s *site) do(method, path, credentials, body string, more ...string) got {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if strings.HasPrefix(credentials, sessionCookie) {
		r.Header.Set("Cookie", credentials)
	} else if credentials != "" {
		r.Header.Set("Authorization", "Bearer "+credentials)
	}
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		s.Fatal(err)
	}
	// But for receipts: those of runs that a test has made up say next to nothing.
	if a.StatusCode < 300 && a.Header.Get("Content-Type") == "application/json" && !strings.HasSuffix(r.URL.Path, "/receipt") {
		for _, wrong := range described().wrong(method, r.URL.Path, a.StatusCode, b) {
			s.Errorf("%s %s is described otherwise: %s", method, path, wrong)
		}
	}
	return got{a.StatusCode, a.Header, a.Trailer, b}
}

// is fails the test unless an answer has a status, and reads its body into v.
func (g got) is(t testing.TB, status int, v any) got {
	t.Helper()
	if g.status != status {
		t.Fatalf("answered %d, want %d: %s", g.status, status, g.body)
	}
	if v != nil {
		if err := json.Unmarshal(g.body, v); err != nil {
			t.Fatalf("%v: %s", err, g.body)
		}
	}
	return g
}

// tell hands over events of a tenant.
func (s *site) tell(key string, events ...string) {
	s.Helper()
	var n struct{ Accepted int }
	s.do("POST", eventsPath, key, "["+strings.Join(events, ",")+"]", "Content-Type", "application/cloudevents-batch+json").is(s, 200, &n)
	if n.Accepted != len(events) {
		s.Fatalf("%d of %d events were accepted", n.Accepted, len(events))
	}
	if err := s.Events.Wait(s.Context(), s.Events.Head()); err != nil {
		s.Fatal(err)
	}
}

// tenantUpserted is an event that says something of a tenant.
func (s *site) tenantUpserted(tenant, data string) string {
	return `{"specversion":"1.0","id":"` + s.unique() + `","source":"test","type":"tenant.upserted","tenant":"` + tenant + `","time":"2025-01-01T00:00:00Z","data":` + data + `}`
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
