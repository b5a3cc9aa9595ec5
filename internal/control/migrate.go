package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/tallystick/tallystick"
)

// migration is a step from one form of the tables to the next. Steps are only ever added: a released one is never edited, and there is no way back.
type migration struct {
	name string
	sql  string // for both databases
	// What only one of them understands, after sql.
	sqlite, postgres string
}

// text is what is run, and what its digest is of.
func (m *migration) text(d dialect) string {
	if d == postgres {
		// The order of texts is that of their bytes, as in SQLite: an order of the operating system would change with its version, and break indexes.
		return strings.ReplaceAll(m.sql, " TEXT", ` TEXT COLLATE "C"`) + m.postgres
	}
	return m.sql + m.sqlite
}

// migrate runs the steps that the database has not seen. Of several programs that start at once one does it, and the others wait.
func (s *Store) migrate(ctx context.Context, steps []migration) error {
	return s.write(ctx, func(c conn) error {
		if err := c.alone(ctx); err != nil {
			return err
		}
		if _, err := c.exec(ctx, `
			CREATE TABLE IF NOT EXISTS migrations (
				version BIGINT PRIMARY KEY,
				name    TEXT   NOT NULL,
				digest  TEXT   NOT NULL,
				applied BIGINT NOT NULL
			)`); err != nil {
			return err
		}
		type done struct {
			version      int
			name, digest string
		}
		seen, err := all(ctx, c, `
			SELECT version, name, digest
			FROM migrations
			ORDER BY version`, nil, func(scan func(...any) error) (d done, err error) {
			return d, scan(&d.version, &d.name, &d.digest)
		})
		if err != nil {
			return err
		}
		if len(seen) > len(steps) {
			return tallystick.Errorf(tallystick.Conflict, "the control database has version %d, and this program knows versions up to %d", len(seen), len(steps)).
				WithHint("a newer program has used it: install that one")
		}
		for i := range steps {
			m := &steps[i]
			sum := digest(m.text(c.dialect))
			if i < len(seen) {
				if seen[i].version != i+1 || seen[i].digest != sum {
					return tallystick.Errorf(tallystick.Conflict, "version %d of the control database was made by another step (%q) than this program's (%q)",
						seen[i].version, seen[i].name, m.name).
						WithHint("use the program that it was made with, or a released one")
				}
				continue
			}
			if _, err := c.q.ExecContext(ctx, m.text(c.dialect)); err != nil {
				return fmt.Errorf("version %d, %s: %w", i+1, m.name, err)
			}
			if _, err := c.exec(ctx, `
				INSERT INTO migrations (version, name, digest, applied)
				VALUES (?, ?, ?, ?)`, i+1, m.name, sum, s.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// alone waits until no other program is starting on the database. Of SQLite the transaction sees to that.
func (c conn) alone(ctx context.Context) error {
	if c.dialect != postgres {
		return nil
	}
	_, err := c.exec(ctx, `SELECT pg_advisory_xact_lock(8386654114812)`)
	return err
}
