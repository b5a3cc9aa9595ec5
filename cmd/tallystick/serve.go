package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/quarantine"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/web"
)

// serveCommand runs the server.
type serveCommand struct {
	Listen         string `help:"Address to listen at." placeholder:"HOST:PORT" setting:""`
	PublicURL      string `name:"public-url" help:"Where people find the server, such as https://usage.example.com." placeholder:"URL" setting:""`
	SMTP           string `name:"smtp" help:"How mail leaves, such as smtp://user:password@smtp.example.com:587?from=reports@example.com; smtps:// for TLS from the first byte, smtp+plain:// for none." placeholder:"URL" setting:""`
	Mailbox        string `help:"Folder that keeps mails where no mail server is set, in place of sending them: for a trial." placeholder:"DIR" setting:""`
	TrustedProxies string `name:"trusted-proxies" help:"Addresses of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8, with commas between." placeholder:"LIST" setting:""`
	controlFlag
	reportsFlags
	storeFlags
}

// Run serves until it is asked to stop, and then finishes what was begun. What was acknowledged is on disk, however the server ends.
func (c *serveCommand) Run(ctx context.Context, p *program) error {
	dir, listener, err := p.occupy("serve", c.Listen)
	if err != nil {
		return err
	}
	defer dir.Close()
	defer listener.Close()
	return p.serve(ctx, dir, listener, slog.New(slog.NewTextHandler(p.stderr, nil)), nil)
}

// occupy makes the data directory ours and listens at an address, which others are told who come for the directory.
func (p *program) occupy(command, listen string) (*datadir.Dir, net.Listener, error) {
	holder := datadir.Holder{PID: p.pid, Command: command, Address: "http://" + listen}
	dir, err := datadir.Create(p.settings.get("data"), holder)
	if err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		dir.Close()
		return nil, nil, tallystick.Errorf(tallystick.Unavailable, "can't listen at %s: %w", listen, err).WithHint("choose another address with --listen")
	}
	holder.Address = addressOf(listener) // where the port was left to the system, it is known now
	if err := dir.Announce(holder); err != nil {
		return nil, nil, errors.Join(err, listener.Close(), dir.Close())
	}
	return dir, listener, nil
}

// addressOf returns where a server that listens is to be found.
func addressOf(listener net.Listener) string { return "http://" + listener.Addr().String() }

// serve serves a data directory until ctx is done. beside, which may be nil, runs at the same time, and its context is done before anything is closed.
func (p *program) serve(ctx context.Context, dir *datadir.Dir, listener net.Listener, logger *slog.Logger, beside func(context.Context, *serving)) error {
	store, err := p.openControl(ctx, dir)
	if err != nil {
		return err
	}
	secret, err := control.LoadSecretKey(dir.SecretKey())
	if err != nil {
		return errors.Join(broken(err), store.Close())
	}
	s := &serving{program: p, dir: dir, control: store, logger: logger, address: addressOf(listener)}
	if err = s.open(ctx); err == nil {
		s.api.OIDC = s.api.NewOIDC(secret)
		err = s.employ(secret)
	}
	if err == nil {
		err = s.runWith(ctx, listener, beside)
	}
	return errors.Join(err, s.close())
}

// runWith runs the server, and something beside it that may be nil.
func (s *serving) runWith(ctx context.Context, listener net.Listener, beside func(context.Context, *serving)) error {
	ctx, stop := context.WithCancel(ctx)
	var others sync.WaitGroup
	if beside != nil {
		others.Go(func() { beside(ctx, s) })
	}
	err := s.run(ctx, listener)
	stop()
	others.Wait()
	return err
}

// openControl opens the control plane that belongs to the events in a data directory.
func (p *program) openControl(ctx context.Context, dir *datadir.Dir) (*control.Store, error) {
	secret, err := control.LoadSecretKey(dir.SecretKey())
	if err != nil {
		return nil, broken(err)
	}
	id, err := dir.ID()
	if err != nil {
		return nil, err
	}
	dsn := p.settings.get("control")
	if dsn == "" {
		dsn = dir.Control()
	}
	store, err := control.Open(ctx, control.Options{DSN: dsn, Now: p.now, Secret: secret})
	if err != nil {
		return nil, broken(err)
	}
	if err := store.EventStore(ctx, id); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

// open opens what the server has beside the journal and the engine, and says where it is to be found.
func (s *serving) open(ctx context.Context) (err error) {
	if s.quarantine, err = quarantine.Open(quarantine.Options{Dir: s.dir.Quarantine(), Logger: s.logger}); err != nil {
		return broken(err)
	}
	if s.reports, err = s.program.definitions(func(problems []report.Problem) {
		for _, left := range leftOut(problems) {
			s.logger.Error("a report definition is left out", "problem", left.first.String(), "more", left.more)
		}
	}); err != nil {
		return err
	}
	token, err := s.control.FirstLink(ctx)
	if err != nil {
		return err
	}
	proxies, err := prefixes(s.program.settings.get("trusted-proxies"))
	if err != nil {
		return err
	}
	fixed, err := s.program.fixedSettings()
	if err != nil {
		return err
	}
	s.api = &api.Server{
		Control: s.control, Ingest: s.ingest(), Events: s.events(), Reports: &api.Reports{Source: s.source(), Now: s.program.now, Logger: s.logger}, Rejects: s.rejects(), Now: s.program.now, Logger: s.logger, Version: version(), Address: s.address,
		PublicURL: strings.TrimRight(s.program.settings.get("public-url"), "/"), TrustedProxies: proxies, Fixed: fixed, Web: web.Handler(),
	}
	fmt.Fprintf(s.program.stderr, "tallystick: serving %s at %s\n", s.dir.Path(), s.address)
	if token != "" {
		at := s.address
		if s.api.PublicURL != "" {
			at = s.api.PublicURL
		}
		fmt.Fprintf(s.program.stderr, "tallystick: there is no Super Administrator yet; this link makes one, once: %s\n", api.LinkURL(at, token))
	}
	return nil
}
