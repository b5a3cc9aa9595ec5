package control

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// dialect is what SQLite and Postgres say differently. The SQL of the methods is the same for both.
type dialect int

const (
	sqlite dialect = iota
	postgres
)

// locked ends a SELECT whose rows no one else may change before the transaction ends. In SQLite a transaction that writes is the only one anyway.
func (d dialect) locked() string {
	if d == postgres {
		return " FOR UPDATE"
	}
	return ""
}

// skipping ends a SELECT whose rows are to be worked on: those that another program has in hand are passed over.
func (d dialect) skipping() string {
	if d == postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// conn is a transaction, or for single reads the database itself.
type conn struct {
	q interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	}
	dialect dialect
}

// writeTries is how often a transaction is tried that the database ends for the sake of another one.
const writeTries = 3

// write makes one transaction that reads and writes. f is called again where Postgres has ended the transaction because it and another one waited for each other: then
// nothing of it is written, and f must set anew what it returns.
func (s *Store) write(ctx context.Context, f func(conn) error) error {
	defer s.written.Add(1) // also after an error: the database may have committed
	for try := 1; ; try++ {
		if err := s.transact(ctx, s.writes, nil, f); !givenWay(err) || try == writeTries {
			return err
		}
	}
}

// read makes one transaction that sees the database as it is at one moment.
func (s *Store) read(ctx context.Context, f func(conn) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if s.dialect == postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	return s.transact(ctx, s.reads, o, f)
}

func (s *Store) transact(ctx context.Context, db *sql.DB, o *sql.TxOptions, f func(conn) error) error {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return unreachable(err)
	}
	defer tx.Rollback() // of no effect after Commit
	if err := f(conn{q: tx, dialect: s.dialect}); err != nil {
		return err
	}
	return unreachable(tx.Commit())
}

// single is for reads of one statement.
func (s *Store) single() conn { return conn{q: s.reads, dialect: s.dialect} }

// exec returns the number of rows that it has changed.
func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := checkTexts(args); err != nil {
		return 0, err
	}
	r, err := c.q.ExecContext(ctx, c.dialect.rebind(query), args...)
	if err != nil {
		return 0, unreachable(err)
	}
	return r.RowsAffected()
}

// row reads the first row into dest, and reports whether there is one.
func (c conn) row(ctx context.Context, query string, args []any, dest ...any) (found bool, err error) {
	err = c.each(ctx, query, args, func(scan func(...any) error) error {
		if found {
			return nil
		}
		found = true
		return scan(dest...)
	})
	return found, err
}

// each calls f with every row. The connection is in use until it returns: f must not ask the database.
func (c conn) each(ctx context.Context, query string, args []any, f func(scan func(...any) error) error) error {
	if err := checkTexts(args); err != nil {
		return err
	}
	rows, err := c.q.QueryContext(ctx, c.dialect.rebind(query), args...)
	if err != nil {
		return unreachable(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return unreachable(errors.Join(rows.Err(), rows.Close()))
}

// clock is what leases and schedules go by: the database's own clock where several servers share it, for theirs may differ.
func (c conn) clock(ctx context.Context, s *Store) (now tallystick.Instant, err error) {
	if c.dialect == sqlite {
		return s.Now(), nil
	}
	_, err = c.row(ctx, `SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000) AS BIGINT)`, nil, &now)
	return now, err
}

// all returns the rows as values.
func all[T any](ctx context.Context, c conn, query string, args []any, read func(scan func(...any) error) (T, error)) ([]T, error) {
	var list []T
	err := c.each(ctx, query, args, func(scan func(...any) error) error {
		v, err := read(scan)
		list = append(list, v)
		return err
	})
	return list, err
}

// checkTexts refuses what Postgres can't keep in a text and SQLite would, so that both give the same answer.
func checkTexts(args []any) error {
	for _, a := range args {
		if s, ok := a.(string); ok && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0) {
			return tallystick.Errorf(tallystick.Invalid, "%q is not a text: it has a byte that is zero or no UTF-8", cut(s, 80))
		}
	}
	return nil
}

// cut returns at most n bytes of s, and never half a character of UTF-8.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// clean makes a text that comes from outside, such as a user agent, fit to be kept.
func clean(s string, n int) string {
	return cut(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD"), n)
}

// digest is what is kept of a token: it has 256 random bits, so that a plain hash can't be turned back.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
