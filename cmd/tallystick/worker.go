package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
	"github.com/tallystick/tallystick/internal/runner"
)

// workerCommand is one more hand for exports and schedules.
type workerCommand struct {
	Server string `help:"Address of the server that makes the files." placeholder:"URL" required:""`
	Plain  bool   `help:"Go to a server beyond this machine without encryption: whoever is on the way can read the key of the secrets, which the server tells."`
	SMTP   string `name:"smtp" help:"How mail leaves from here; without it as the server's settings say." placeholder:"URL" setting:""`
	controlFlag
}

// Run takes what is due from the ledger, has the server make the files, and sends them, until it is asked to stop.
func (c *workerCommand) Run(ctx context.Context, p *program) error {
	dsn := p.settings.get("control")
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return tallystick.Errorf(tallystick.Invalid, "a worker shares the control database with its server, which must be in Postgres").At("--control").
			WithHint("give --control postgres://…, to the server and to the worker")
	}
	u, err := url.Parse(c.Server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return tallystick.Errorf(tallystick.Invalid, "%q is not the address of a server", c.Server).At("--server").WithHint("write one such as http://127.0.0.1:8080")
	}
	if u.Scheme == "http" && !isThisMachine(u.Hostname()) && !c.Plain {
		return tallystick.Errorf(tallystick.Invalid, "%s is not encrypted, and the server tells a worker the key of its secrets", c.Server).At("--server").
			WithHint("write https://; or, where the network between the two is yours alone, give --plain")
	}
	fixed, err := p.mailServer()
	if err != nil {
		return err
	}
	host, _ := os.Hostname()
	name := fmt.Sprintf("worker %s of %s, %d", rand.Text()[:8], host, p.pid)
	w := newWorker(c.Server, p.now, slog.New(slog.NewTextHandler(p.stderr, nil)))
	store, err := w.join(ctx, p, dsn, name)
	if err != nil {
		return err
	}
	defer store.Close()
	fmt.Fprintf(p.stderr, "tallystick: %s works for %s\n", name, w.address)
	w.store, w.name = store, name
	go w.listen(ctx)
	return runner.New(runner.Options{
		Control: store, Worker: name, Make: w.make, Open: w.open, Ready: w.ready, Now: p.now, Logger: w.logger,
		PublicURL: func(context.Context) string { return w.told.Load().PublicURL },
		Settings: func(ctx context.Context) (deliver.Settings, error) {
			smtp := fixed
			if told := w.told.Load(); smtp.Host == "" && told.SMTP != "" {
				var err error
				if smtp, err = deliver.ParseSMTP(told.SMTP); err != nil {
					return deliver.Settings{}, err
				}
			}
			return runner.DeliverSettings(ctx, store, smtp, "", p.now)
		},
	}).Run(ctx)
}

// isThisMachine reports whether a host is this machine, by name or number.
func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// join shows the server that we have its control database, and opens that with the key of its secrets.
func (w *worker) join(ctx context.Context, p *program, dsn, name string) (*control.Store, error) {
	store, err := control.Open(ctx, control.Options{DSN: dsn, Now: p.now})
	if err != nil {
		return nil, broken(err)
	}
	token, err := store.AddWorker(ctx, name)
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, broken(err)
	}
	w.token.Store(&token)
	for wait := firstPause; ; wait = min(2*wait, longPause) {
		err := w.ask(ctx)
		if err == nil {
			break
		}
		if tallystick.CodeOf(err) != tallystick.Unavailable {
			return nil, err
		}
		w.logger.Warn("the server is asked again", "error", err)
		var later *busy
		errors.As(err, &later)
		if err := w.pause(ctx, max(wait, later.wait())); err != nil {
			return nil, err
		}
	}
	var secret control.SecretKey
	if told := w.told.Load(); copy(secret[:], told.Secret) != len(secret) || len(told.Secret) != len(secret) {
		return nil, tallystick.Errorf(tallystick.Internal, "the server's secret key has %d bytes", len(told.Secret))
	}
	store, err = control.Open(ctx, control.Options{DSN: dsn, Now: p.now, Secret: secret})
	return store, broken(err)
}
