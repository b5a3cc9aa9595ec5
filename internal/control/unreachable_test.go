package control_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/control/controltest"
)

// wire is a way to Postgres that can be cut.
type wire struct {
	dir, to string

	mu          sync.Mutex
	listener    net.Listener
	connections []net.Conn
}

const socket = ".s.PGSQL.5432"

func newWire(t *testing.T) (*wire, string) {
	t.Helper()
	dsn := needPostgres(t)
	dir, err := os.MkdirTemp("", "wire") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{dir: dir, to: filepath.Join(controltest.Folder(), socket)}
	w.mend(t)
	t.Cleanup(func() {
		w.cut()
		os.RemoveAll(dir)
	})
	escaped := func(path string) string { return strings.ReplaceAll(path, "/", "%2F") }
	return w, strings.Replace(dsn, escaped(controltest.Folder()), escaped(dir), 1)
}

func (w *wire) mend(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(w.dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	w.listener = listener
	go func() {
		for {
			here, err := listener.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("unix", w.to)
			if err != nil {
				here.Close()
				continue
			}
			w.mu.Lock()
			w.connections = append(w.connections, here, there)
			w.mu.Unlock()
			for _, way := range [][2]net.Conn{{here, there}, {there, here}} {
				go func() {
					io.Copy(way[0], way[1])
					way[0].Close()
				}()
			}
		}
	}()
}

func (w *wire) cut() {
	w.listener.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.connections {
		c.Close()
	}
	w.connections = nil
}

// A database that can't be reached is nobody's fault who asks, and may be there again later.
func TestADatabaseThatIsAway(t *testing.T) {
	w, dsn := newWire(t)
	p := newPlace(t, dsn)
	system := control.System("test")
	_, text, err := p.AddKey(t.Context(), system, control.Key{Name: "k", Scopes: []control.Scope{control.ScopeIngest}})
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]func() error{
		"key": func() error { _, err := p.KeyActor(t.Context(), text, control.From{}); return err },
		"add member": func() error {
			_, _, err := p.AddMember(t.Context(), system, control.Member{Email: "a@example.com", Name: "A", Roles: []string{"auditor"}})
			return err
		},
		"list": func() error {
			_, err := p.Members(t.Context(), system, control.MemberFilter{}, control.Page{})
			return err
		},
		"counts": func() error { _, err := p.IngestCounts(t.Context(), "acme", 0, 1); return err },
		"audit": func() error {
			return p.AppendAudit(t.Context(), system, control.Entry{Action: "a", ObjectKind: "b", ObjectID: "c"})
		},
		"sign in": func() error {
			_, err := p.SignIn(t.Context(), control.From{}, "a@example.com", "correct horse battery")
			return err
		},
		"claim": func() error { _, _, err := p.Claim(t.Context(), "a", "b", "c"); return err },
	}
	for range 2 { // first on connections that were open, then on new ones
		w.cut()
		for name, call := range calls {
			e := (*tallystick.Error)(nil)
			if err := call(); !errors.As(err, &e) || e.Code != tallystick.Unavailable || e.Message != "the control database does not answer" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := p.Ping(t.Context()); tallystick.CodeOf(err) != tallystick.Unavailable || strings.Contains(err.Error(), "\n") || strings.Count(err.Error(), "no such file") > 1 {
		t.Errorf("ping: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.KeyActor(gone, text, control.From{}); !errors.Is(err, context.Canceled) {
		t.Errorf("of who has gone: %v", err)
	}
	w.mend(t)
	if err := calls["key"](); err != nil {
		t.Errorf("after it has come back: %v", err)
	}
	if _, err := control.Open(t.Context(), control.Options{DSN: "postgres://u:secret@localhost:1/x", Now: p.options.Now}); err == nil || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "secret") {
		t.Errorf("open: %v", err)
	}
}
