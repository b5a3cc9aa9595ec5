package control_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// direct opens the database beside the store, as somebody who wants to change history would.
func (p *place) direct() *sql.DB {
	p.Helper()
	driver := "sqlite"
	if strings.HasPrefix(p.options.DSN, "postgres:") {
		driver = "pgx"
	}
	dsn := p.options.DSN
	if driver == "sqlite" {
		dsn = "file:" + strings.NewReplacer("%", "%25", "?", "%3f", " ", "%20").Replace(dsn)
	}
	db, err := sql.Open(driver, dsn)
	p.is(err, "")
	p.Cleanup(func() { db.Close() })
	return db
}

func TestAuditChain(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		done, other := make(chan error), p.another()
		for i := range 8 {
			s := []*control.Store{p.Store, other}[i%2]
			go func() {
				var err error
				for range 10 {
					if err = s.AppendAudit(ctx, control.System("test"), control.Entry{Action: "download", After: map[string]any{"file": "a\x00b\xff"}}); err != nil {
						break
					}
				}
				done <- err
			}()
		}
		for range 8 {
			p.is(<-done, "")
		}
		head, err := p.VerifyAudit(ctx)
		p.is(err, "")
		if head.Seq != 80 {
			p.Errorf("%d entries, want 80", head.Seq)
		}
		db := p.direct()
		for _, query := range []string{`UPDATE audit SET action = 'x' WHERE seq = 1`, `DELETE FROM audit WHERE seq = 80`, `DELETE FROM audit_head`} {
			if _, err := db.ExecContext(ctx, query); err == nil {
				p.Errorf("%s is allowed", query)
			}
		}
		off := []string{`DROP TRIGGER audit_not_edited`, `DROP TRIGGER audit_not_deleted`}
		if strings.HasPrefix(p.options.DSN, "postgres:") {
			off = []string{`DROP TRIGGER audit_append_only ON audit`}
		}
		for _, query := range off {
			_, err := db.ExecContext(ctx, query)
			p.is(err, "")
		}
		for _, test := range []struct{ name, do, undo, want string }{
			{"an entry is changed", `UPDATE audit SET actor_name = 'x' WHERE seq = 40`, `UPDATE audit SET actor_name = 'test' WHERE seq = 40`, "entry 40 of the audit log was changed"},
			{"a time is changed", `UPDATE audit SET time = time + 1 WHERE seq = 1`, `UPDATE audit SET time = time - 1 WHERE seq = 1`, "entry 1 of the audit log was changed"},
			{"text moves to the next field", `UPDATE audit SET action = 'downloa', object_kind = 'd' WHERE seq = 2`, `UPDATE audit SET action = 'download', object_kind = '' WHERE seq = 2`, "entry 2 of"},
			{"one is renumbered", `UPDATE audit SET seq = 99 WHERE seq = 80`, `UPDATE audit SET seq = 80 WHERE seq = 99`, "entry 80 of the audit log is missing"},
			{"one is taken out", `DELETE FROM audit WHERE seq = 50`, ``, "entry 50 of the audit log is missing"},
			{"the end is cut off", `DELETE FROM audit WHERE seq >= 50`, ``, "entry 50 of the audit log is missing, and those after it up to 80"},
			{"the head is put back", `UPDATE audit_head SET seq = 49`, ``, "entry 49 of the audit log is not the one that was written last"},
		} {
			_, err := db.ExecContext(ctx, test.do)
			p.is(err, "")
			if _, err = p.VerifyAudit(ctx); err == nil || !strings.Contains(err.Error(), test.want) {
				p.Errorf("%s: %v", test.name, err)
			}
			if test.undo != "" {
				_, err := db.ExecContext(ctx, test.undo)
				p.is(err, "")
			}
		}
	})
}

func TestAuditLog(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		p.tree([2]string{"a", "top"}, [2]string{"b", ""})
		admin := p.member("m@a.example", "a", control.TenantAdministrator)
		p.is(p.SetSetting(ctx, admin, "time_zone", json.RawMessage(`"UTC"`)), tallystick.Denied)
		p.is(p.SetSetting(ctx, root, "smtp_password", json.RawMessage(`"hunter two"`)), "")
		_, err := p.SignIn(ctx, from, "m@a.example", "hunter two")
		p.is(err, tallystick.Denied)
		_, err = p.SignIn(ctx, from, "hunter@two.example", "hunter two")
		p.is(err, tallystick.Denied)

		everything, err := p.Audit(ctx, root, control.AuditFilter{}, control.Page{Limit: 500})
		p.is(err, "")
		text, _ := json.Marshal(everything)
		for _, secret := range []string{"hunter two", password, "hunter@"} {
			if strings.Contains(string(text), secret) {
				p.Errorf("the audit log has %q", secret)
			}
		}
		var actions []string
		mine, err := p.Audit(ctx, admin, control.AuditFilter{}, control.Page{})
		p.is(err, "")
		for _, e := range mine.Items {
			actions = append(actions, e.Action)
			if e.ActorKind == control.NoActor {
				if e.Action != "session.failed" || e.ActorName != "m@a.example" || e.Address != from.Address {
					p.Errorf("of a wrong password a member of tenant a sees %+v", e)
				}
				continue
			}
			if e.Tenant != "a" || e.ActorTenant != "a" && (e.ActorName != "" || e.ActorID != "" || e.Address != "") {
				p.Errorf("a member of tenant a sees %+v", e)
			}
		}
		if got, want := strings.Join(actions, " "), "session.failed refused session.add link.use member.add"; got != want {
			p.Errorf("a member of tenant a sees %s, want %s", got, want)
		}
		find := func(f control.AuditFilter, want int) {
			p.Helper()
			list, err := p.Audit(ctx, root, f, control.Page{})
			p.is(err, "")
			if len(list.Items) != want {
				p.Errorf("%+v finds %d, want %d", f, len(list.Items), want)
			}
		}
		find(control.AuditFilter{Action: "setting.edit"}, 1)
		find(control.AuditFilter{Action: "tenant."}, 2)
		find(control.AuditFilter{ObjectKind: "member", ObjectID: admin.ID}, 3)
		find(control.AuditFilter{Before: start}, 0)
		find(control.AuditFilter{From: start, Action: "setting."}, 1)
		find(control.AuditFilter{ActorID: root.ID, Action: "setting.edit"}, 1)

		// Page by page it is the same.
		var seqs []int64
		for after := ""; ; {
			list, err := p.Audit(ctx, root, control.AuditFilter{}, control.Page{After: after, Limit: 3})
			p.is(err, "")
			for _, e := range list.Items {
				seqs = append(seqs, e.Seq)
			}
			if after = list.Next; after == "" {
				break
			}
		}
		for i, e := range everything.Items {
			if len(seqs) != len(everything.Items) || seqs[i] != e.Seq {
				p.Fatalf("pages have %v", seqs)
			}
		}
		if _, err := p.VerifyAudit(ctx); err != nil {
			p.Error(err)
		}
	})
}

// What can't be written is not answered as a refusal, which nobody would hear of; and it is written also when whoever tried has gone.
func TestRefusalsAreWritten(t *testing.T) {
	p := newPlace(t, t.TempDir()+"/control.db")
	root := p.first()
	attempts := map[string]func(context.Context) error{
		"a wrong password": func(ctx context.Context) error {
			_, err := p.SignIn(ctx, from, "root@example.org", "wrong")
			return err
		},
		"an unknown account": func(ctx context.Context) error {
			_, err := p.SignInOIDC(ctx, from, control.Identity{Issuer: "i", Subject: "s"})
			return err
		},
		"a wrong old password": func(ctx context.Context) error { return p.ChangePassword(ctx, root, "wrong", "another long word") },
		"a permission that lacks": func(ctx context.Context) error {
			return p.SetSetting(ctx, control.Nobody(from), "time_zone", json.RawMessage(`"UTC"`))
		},
	}
	for what, try := range attempts {
		before, err := p.AuditHead(p.Context())
		p.is(err, "")
		p.is(try(p.Context()), tallystick.Denied)
		if after, err := p.AuditHead(p.Context()); err != nil || after.Seq != before.Seq+1 {
			t.Errorf("%s leaves %d entries, %v", what, after.Seq-before.Seq, err)
		}
	}
	_, err := p.direct().Exec(`CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
	p.is(err, "")
	for what, try := range attempts {
		if err := try(p.Context()); tallystick.CodeOf(err) != tallystick.Internal || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s with a log that can't be written: %v", what, err)
		}
	}
}
