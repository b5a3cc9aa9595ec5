package control

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/tallystick/tallystick/internal/control/controltest"
)

// TestUpgrade brings a database of the first three versions, with a schedule and its runs, to the newest: what the new columns say is there for the old rows too.
func TestUpgrade(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		s := &Store{now: time.Now}
		if err := s.openSQLite(filepath.Join(t.TempDir(), "control.db")); err != nil {
			t.Fatal(err)
		}
		upgrade(t, s)
	})
	t.Run("postgres", func(t *testing.T) {
		_, dsn := controltest.Schema(t, "")
		s := &Store{now: time.Now}
		if err := s.openPostgres(dsn); err != nil {
			t.Fatal(err)
		}
		upgrade(t, s)
	})
}

func upgrade(t *testing.T, s *Store) {
	t.Helper()
	defer s.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.migrate(t.Context(), migrations[:3]))
	must(s.write(t.Context(), func(c conn) error {
		for _, query := range []string{
			`INSERT INTO schedules (id, tenant, owner, owner_name, name, description, job, recurrence, settle, catch_up, recipients, attach, enabled, next_at, covered_until,
				version, stopped, created, edited)
			VALUES ('k', '', 'm', 'M', 'Rooms', '', '{"report":"r"}', '{}', 0, 'every', '[{"id":"w","way":"webhook","address":"https://a.example/","secret":"sealed"}]', 1, 0,
				0, 0, 1, '', 1, 1)`,
			`INSERT INTO runs (id, kind, tenant, name, description, job, maker, maker_name, schedule, due, own_key, period_from, period_before, late, state, not_before,
				created, finished, cancel, claim, worker, lease, attempts, progress_rows, percent, position, error, file_name, file_media, file_size, file_sha256, receipt,
				summary, tenants, started, file_removed, deleted)
			VALUES ('waits', 'scheduled', '', 'Rooms', '', '{}', 'm', 'M', 'k', 1, '', 0, 0, 0, 'queued', 1, 1, 0, 0, '', '', 0, 0, 0, 0, '', '', '', '', 0, '', '', '', '[]', 0, 0, 0),
				('done', 'scheduled', '', 'Rooms', '', '{}', 'm', 'M', 'k', 2, '', 0, 0, 0, 'done', 1, 1, 2, 0, '', '', 0, 1, 0, 100, '', '', 'a', 'b', 1, '', '{}',
					'{"late_events":7,"lines":[]}', '[]', 0, 0, 0),
				('export', 'export', '', 'Mine', '', '{}', 'm', 'M', '', 3, 'x', 0, 0, 0, 'queued', 1, 1, 0, 0, '', '', 0, 0, 0, 0, '', '', '', '', 0, '', '', '', '[]', 0, 0, 0)`,
		} {
			if _, err := c.exec(t.Context(), query); err != nil {
				return err
			}
		}
		return nil
	}))
	must(s.migrate(t.Context(), migrations))
	for id, want := range map[string]struct {
		recipients int
		attach     bool
		late       int64
	}{"waits": {1, true, 0}, "done": {0, true, 7}, "export": {0, false, 0}} {
		r, err := s.RunToMake(t.Context(), id)
		must(err)
		if len(r.Recipients) != want.recipients || r.Attach != want.attach || r.LateEvents != want.late {
			t.Errorf("%s is %+v", id, r)
		}
	}
	list, err := s.Archive(t.Context(), System("test"), RunFilter{Search: "rOOM"}, Page{})
	must(err)
	if len(list.Items) != 2 {
		t.Errorf("%d runs are found by name", len(list.Items))
	}
}
