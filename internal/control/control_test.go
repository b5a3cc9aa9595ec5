package control_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// place is a control plane in one of the databases, with a clock that the test moves.
type place struct {
	testing.TB
	*control.Store
	options control.Options
	clock   *atomic.Int64 // microseconds
	server  *sql.DB       // the Postgres; nil on SQLite
}

// onEach runs a test on both databases.
func onEach(t *testing.T, f func(*place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); f(newPlace(t, filepath.Join(t.TempDir(), "control %3f?.db"))) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); f(newPlace(t, needPostgres(t))) })
}

func newPlace(t testing.TB, dsn string) *place {
	t.Helper()
	p := &place{TB: t, clock: &atomic.Int64{}}
	p.clock.Store(int64(start))
	p.options = control.Options{
		DSN: dsn, Now: func() time.Time { return tallystick.Instant(p.clock.Load()).Time() }, Secret: control.SecretKey{1},
		Password: &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 8, KeyLength: 16},
	}
	p.Store = p.another()
	if strings.HasPrefix(dsn, "postgres:") {
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		p.Cleanup(func() { db.Close() })
		p.server = db
	}
	return p
}

var start = tallystick.InstantOf(time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC))

// another opens the same control plane once more, as another program would.
func (p *place) another() *control.Store {
	p.Helper()
	s, err := control.Open(p.Context(), p.options)
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { s.Close() })
	return s
}

// wait moves the clock, also back; that of a Postgres with it.
func (p *place) wait(d tallystick.Instant) {
	p.Helper()
	now := p.clock.Add(int64(d))
	if p.server == nil {
		return
	}
	if _, err := p.server.ExecContext(p.Context(), "UPDATE test_clock SET micros = $1", now); err != nil {
		p.Fatal(err)
	}
}

func (p *place) now() tallystick.Instant { return tallystick.Instant(p.clock.Load()) }

// is fails the test unless the error has the code; "" is no error.
func (p *place) is(err error, want tallystick.Code) {
	p.Helper()
	if got := tallystick.CodeOf(err); got != want {
		p.Fatalf("%v is of code %q, want %q", err, got, want)
	}
}

const password = "correct fowl bakery stamp"

var from = control.From{Address: "192.0.2.7", RequestID: "r-1", UserAgent: "a browser"}

// first makes the first Super Administrator, and returns who it is.
func (p *place) first() control.Actor {
	p.Helper()
	token, err := p.FirstLink(p.Context())
	p.is(err, "")
	m, err := p.UseFirstLink(p.Context(), from, token, "root@example.org", "Ada Root", password)
	p.is(err, "")
	return p.signedIn(m.Email)
}

// signedIn returns who a member is by a session of its own.
func (p *place) signedIn(email string) control.Actor {
	p.Helper()
	token, err := p.SignIn(p.Context(), from, email, password)
	p.is(err, "")
	a, err := p.SessionActor(p.Context(), token, from)
	p.is(err, "")
	return a
}

// member makes an active member, and returns who it is.
func (p *place) member(email, tenant string, roles ...string) control.Actor {
	p.Helper()
	_, token, err := p.AddMember(p.Context(), control.System("test"), control.Member{Email: email, Name: "Bo", Tenant: tenant, Roles: roles})
	p.is(err, "")
	_, err = p.UseLink(p.Context(), from, token, password)
	p.is(err, "")
	return p.signedIn(email)
}

// role makes a role.
func (p *place) role(name, tenant string, manages []string, permissions ...control.Permission) string {
	p.Helper()
	r, err := p.AddRole(p.Context(), control.System("test"), control.Role{Name: name, Tenant: tenant, Manages: manages, Permissions: permissions})
	p.is(err, "")
	return r.ID
}

func (p *place) tree(parents ...[2]string) {
	p.Helper()
	for _, t := range parents {
		p.is(p.PutTenant(p.Context(), control.System("test"), control.Tenant{ID: t[0], Parent: t[1]}), "")
	}
}

func TestIngestCounts(t *testing.T) {
	onEach(t, func(p *place) {
		other := p.another()
		slot := tallystick.SlotOf(start)
		one := func(source, outcome, reason string, at tallystick.Instant, n int64) tallystick.IngestCount {
			return tallystick.IngestCount{Tenant: "acme", Source: source, Slot: at, Outcome: outcome, Reason: reason, Count: n}
		}
		done := make(chan error)
		for i := range 8 {
			s := []*control.Store{p.Store, other}[i%2]
			go func() {
				var err error
				for range 20 {
					counts := []tallystick.IngestCount{one("b", "rejected", "no time", slot, 1), one("a", "duplicate", "", slot, 2), one("a", "duplicate", "", slot-tallystick.ArrivalSlot, 1),
						{Slot: slot, Outcome: "rejected", Count: 1}}
					if i%3 == 0 {
						slices.Reverse(counts)
					}
					err = errors.Join(err, s.AddIngestCounts(p.Context(), counts))
				}
				done <- err
			}()
		}
		for range 8 {
			p.is(<-done, "")
		}
		got, err := p.IngestCounts(p.Context(), "acme", slot-tallystick.ArrivalSlot, slot+1)
		p.is(err, "")
		want := []tallystick.IngestCount{one("a", "duplicate", "", slot-tallystick.ArrivalSlot, 160), one("a", "duplicate", "", slot, 320), one("b", "rejected", "no time", slot, 160)}
		if !slices.Equal(got, want) {
			p.Errorf("8 that add at once come to\n%v, want\n%v", got, want)
		}
		if got, err := p.IngestCounts(p.Context(), "acme", slot-tallystick.ArrivalSlot, slot); err != nil || len(got) != 1 {
			p.Errorf("the end of a period is in it: %v, %v", got, err)
		}
		if got, err := p.IngestCountTenants(p.Context()); err != nil || !slices.Equal(got, []string{"", "acme"}) {
			p.Errorf("tenants %q, %v", got, err)
		}
		p.is(p.AddIngestCounts(p.Context(), []tallystick.IngestCount{one("a", "duplicate", "", slot+1, 1)}), tallystick.Invalid)
		var many []tallystick.IngestCount
		for i := range 1000 {
			many = append(many, one(fmt.Sprint("source", i), "rejected", "no time", slot+tallystick.ArrivalSlot, 1))
		}
		p.is(p.AddIngestCounts(p.Context(), many[:60]), "")
		p.is(p.AddIngestCounts(p.Context(), many), "")
		p.is(other.AddIngestCounts(p.Context(), many), "")
		got, err = p.IngestCounts(p.Context(), "acme", slot+tallystick.ArrivalSlot, slot+2*tallystick.ArrivalSlot)
		p.is(err, "")
		sum, others := int64(0), int64(0)
		for _, n := range got {
			if sum += n.Count; n.Source == control.OtherSources {
				others = n.Count
			}
		}
		if len(got) != control.MostSources+1 || sum != 2060 || others != 2*900 {
			p.Errorf("1000 sources in a slot are %d rows, %d events, and %d of them of others", len(got), sum, others)
		}
		if got := tallystick.SlotOf(-1); got != -tallystick.ArrivalSlot {
			p.Errorf("the slot before 1970 is %v", got)
		}
	})
}

func TestOpen(t *testing.T) {
	onEach(t, func(p *place) {
		p.is(p.Ping(p.Context()), "")
		p.is(p.EventStore(p.Context(), "e1"), "")
		p.is(p.another().EventStore(p.Context(), "e1"), "")
		p.is(p.EventStore(p.Context(), "e2"), tallystick.Conflict)
		o := p.options
		o.Secret = control.SecretKey{2}
		_, err := control.Open(p.Context(), o)
		p.is(err, tallystick.Conflict)
		_, err = control.Open(context.Background(), control.Options{Now: o.Now})
		p.is(err, tallystick.Invalid)
	})
}

func TestSeveralOpenAtOnce(t *testing.T) {
	dsns := map[string]func(*testing.T) string{
		"sqlite": func(t *testing.T) string { return filepath.Join(t.TempDir(), "c.db") }, "postgres": func(t *testing.T) string { return needPostgres(t) },
	}
	for name, dsn := range dsns {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, done := dsn(t), make(chan error)
			for range 4 {
				go func() {
					s, err := control.Open(t.Context(), control.Options{DSN: address, Now: func() time.Time { return start.Time() }})
					if err == nil {
						err = s.Close()
					}
					done <- err
				}()
			}
			for range 4 {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
		})
	}
}
