package control

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alexedwards/argon2id"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/tallystick/tallystick"
)

// Options are what a store needs to know.
type Options struct {
	DSN      string           // a file, or postgres://… for a database that several servers share
	Now      func() time.Time // required
	Secret   SecretKey        // seals the secrets among the settings; the zero key refuses to keep any
	Password *argon2id.Params // what a new password costs; nil: [PasswordCost]
}

// Store is the control plane in its database. It is safe for concurrent use, also by several programs on one Postgres.
type Store struct {
	writes  *sql.DB // of SQLite one connection: changes wait here, in the program, and not in the database's lock
	reads   *sql.DB // of Postgres the same as writes
	dialect dialect
	now     func() time.Time
	secret  SecretKey

	password *argon2id.Params
	hashing  chan struct{} // a place for each password that is hashed at once, for each takes much memory
	dummy    string        // the hash of no password, checked where there is no member

	written atomic.Uint64 // goes up with every transaction that this program has written
	known   knownKeys
	waits   waits
}

// Open opens the control plane, and makes or upgrades its tables. The error is of code Conflict where a newer program has written them, or another secret key
// has sealed what is in them.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	s := &Store{now: o.Now, secret: o.Secret, password: o.Password, hashing: make(chan struct{}, runtime.GOMAXPROCS(0))}
	if s.password == nil {
		s.password = PasswordCost()
	}
	if strings.HasPrefix(o.DSN, "postgres://") || strings.HasPrefix(o.DSN, "postgresql://") {
		err = s.openPostgres(o.DSN)
	} else {
		err = s.openSQLite(o.DSN)
	}
	if err != nil {
		return nil, fmt.Errorf("open control plane: %w", err)
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if err := s.Ping(ctx); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, migrations); err != nil {
		return nil, fmt.Errorf("open control plane: %w", err)
	}
	if err := s.seedRoles(ctx); err != nil {
		return nil, fmt.Errorf("open control plane: %w", err)
	}
	if err := s.checkSecret(ctx); err != nil {
		return nil, err
	}
	s.dummy, err = argon2id.CreateHash(rand.Text(), s.password)
	return s, err
}

func (s *Store) openPostgres(dsn string) (err error) {
	s.dialect = postgres
	// An error of the driver would show the password that is in the DSN.
	if s.writes, err = sql.Open("pgx", dsn); err != nil {
		return tallystick.Errorf(tallystick.Invalid, "the address of the Postgres database can't be read").
			WithHint("write postgres://user:password@host:5432/database")
	}
	s.writes.SetMaxOpenConns(16)
	s.writes.SetMaxIdleConns(4)
	s.reads = s.writes
	return nil
}

func (s *Store) openSQLite(path string) error {
	if path == "" {
		return tallystick.Errorf(tallystick.Invalid, "the control plane has neither a file nor an address")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	// The file holds the hashes of passwords: it is the owner's alone. SQLite gives the files beside it the same mode.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	open := func(more string, conns int) (*sql.DB, error) {
		db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
			"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"+more)
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(conns)
		db.SetMaxIdleConns(conns)
		return db, nil
	}
	// A transaction that begins by reading could not become one that writes while another one has written: so it is one that writes from its beginning.
	if s.writes, err = open("&_txlock=immediate", 1); err != nil {
		return err
	}
	s.reads, err = open("&_pragma=query_only(1)", 4)
	return err
}

// Close gives the database back. Nothing may be under way.
func (s *Store) Close() error {
	err := s.writes.Close()
	if s.reads != nil && s.reads != s.writes {
		err = errors.Join(err, s.reads.Close())
	}
	return err
}

// Ping asks the database whether it is there. The error is of code Unavailable.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.writes.PingContext(ctx); err != nil {
		return tallystick.Errorf(tallystick.Unavailable, "the control database does not answer: %w", oneLine(err))
	}
	return nil
}

// Now returns the time by the clock that the store was opened with.
func (s *Store) Now() tallystick.Instant { return tallystick.InstantOf(s.now()) }

// EventStore remembers the id of the event store that this control plane belongs to, when it is told one for the first time. The error is of code Conflict for
// another one: schedules and exports would speak of events that are elsewhere.
func (s *Store) EventStore(ctx context.Context, id string) error {
	if id == "" {
		return tallystick.Errorf(tallystick.Invalid, "the event store has no id")
	}
	return s.write(ctx, func(c conn) error {
		known, err := c.remember(ctx, "event store", id)
		if err != nil {
			return fmt.Errorf("remember event store: %w", err)
		}
		if known != id {
			return tallystick.Errorf(tallystick.Conflict, "this control database belongs to the event store %q, and not to %q", known, id).
				WithHint("start the server with the events that belong to it, or with a control database of its own")
		}
		return nil
	})
}

// remember keeps a fact for good when it is told for the first time, and returns the one that is kept.
func (c conn) remember(ctx context.Context, name, value string) (string, error) {
	if _, err := c.exec(ctx, `
		INSERT INTO facts (name, value)
		VALUES (?, ?)
		ON CONFLICT (name) DO NOTHING`, name, value); err != nil {
		return "", err
	}
	_, err := c.row(ctx, `
		SELECT value
		FROM facts
		WHERE name = ?`, []any{name}, &value)
	return value, err
}

// Sweep deletes what has expired: sessions, links, answers kept for repeated requests, and counts of guesses. Whatever has expired is without effect also
// before; the server calls it now and then so that the tables stay small.
func (s *Store) Sweep(ctx context.Context) error {
	now := s.Now()
	return s.write(ctx, func(c conn) error {
		for _, sweep := range []struct {
			query string
			args  []any
		}{
			{`DELETE FROM sessions WHERE expires <= ? OR used <= ?`, []any{now, now - SessionIdle}},
			{`DELETE FROM links WHERE expires <= ?`, []any{now}},
			{`DELETE FROM answers WHERE expires <= ?`, []any{now}},
			{`DELETE FROM workers WHERE seen <= ?`, []any{now - workerIdle}},
			{`DELETE FROM guesses WHERE last <= ? AND until <= ?`, []any{now - guessMemory, now}},
		} {
			if _, err := c.exec(ctx, sweep.query, sweep.args...); err != nil {
				return fmt.Errorf("sweep: %w", err)
			}
		}
		return nil
	})
}

// newID makes the id of something, which says nothing about it and can't be guessed.
func newID() string { return strings.ToLower(rand.Text()) }

// newToken makes a secret of 256 bits.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
