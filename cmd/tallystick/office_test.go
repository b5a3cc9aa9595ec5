package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/control/controltest"
	"github.com/tallystick/tallystick/internal/deliver/delivertest"
)

// office is a server in a process of its own that sends mails to a server of the test, with its ledger open and its first administrator.
type office struct {
	t      *testing.T
	mail   *delivertest.Server
	data   string
	dsn    string // "" the server's own SQLite
	server *exec.Cmd
	out    *said
	url    string
	ledger *control.Store
	owner  control.Actor
}

// openOffice starts one over the events of an example. The control plane is at dsn; "" in the data directory.
func openOffice(t *testing.T, dsn string) *office {
	t.Helper()
	o := &office{t: t, mail: delivertest.Start(t, delivertest.Options{}), data: filepath.Join(t.TempDir(), "data"), dsn: dsn}
	tally("import", "--data", o.data, examples).must(t, done)
	o.server, o.out = o.command("serve", "--data", o.data, "--listen", "127.0.0.1:0", "--smtp", fmt.Sprintf("smtp+plain://%s?from=reports@example.com", o.mail.Addr()))
	o.url = o.out.find(t, `serving .* at (http://\S+)`)
	token := o.out.find(t, `welcome#(\S+)`)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	secret, err := control.LoadSecretKey(filepath.Join(o.data, "secret.key"))
	must(err)
	if dsn == "" {
		dsn = filepath.Join(o.data, "control.db")
	}
	ctx := context.Background()
	o.ledger, err = control.Open(ctx, control.Options{DSN: dsn, Now: time.Now, Secret: secret})
	must(err)
	t.Cleanup(func() { o.ledger.Close() })
	const password = "correct fowl bakery stamp"
	_, err = o.ledger.UseFirstLink(ctx, control.From{}, token, "root@example.com", "Ada Root", password)
	must(err)
	session, err := o.ledger.SignIn(ctx, control.From{}, "root@example.com", password)
	must(err)
	o.owner, err = o.ledger.SessionActor(ctx, session, control.From{})
	must(err)
	for name, value := range map[string]any{"smtp_host": o.mail.Host, "smtp_port": o.mail.Port, "smtp_security": "none", "smtp_from": "reports@example.com", "public_url": o.url} {
		text, err := json.Marshal(value)
		must(err)
		must(o.ledger.SetSetting(ctx, o.owner, name, text))
	}
	return o
}

// command starts a command with the office's control plane.
func (o *office) command(args ...string) (*exec.Cmd, *said) {
	o.t.Helper()
	c := child(args...)
	if o.dsn != "" {
		c.Env = append(c.Env, "TALLYSTICK_CONTROL="+o.dsn)
	}
	out := &said{}
	c.Stderr = out
	if err := c.Start(); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	return c, out
}

// needPostgres returns the address of a schema that is new and empty.
func needPostgres(t *testing.T) string {
	t.Helper()
	_, dsn := controltest.Schema(t, "")
	return dsn
}
