package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/disk"
)

// demoCommand runs a server that has something to show.
type demoCommand struct {
	Listen string `help:"Address of this machine to listen at." placeholder:"HOST:PORT" setting:""`
	Data   string `help:"Directory that keeps the demonstration, to go on with it later; without it a temporary one is removed at the end." placeholder:"DIR"`

	Days int `kong:"-"` // how long the made-up time is, until yesterday; 0: a year
}

// Run makes the demonstration, or goes on with an earlier one, and serves it until it is asked to stop.
func (c *demoCommand) Run(ctx context.Context, p *program) (err error) {
	if err := onlyHere(c.Listen); err != nil {
		return err
	}
	path := c.Data
	if path == "" {
		if path, err = os.MkdirTemp("", "tallystick-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(path)) }()
		fmt.Fprintf(p.stderr, "tallystick: the demonstration is in %s, which is removed at the end; `--data DIR` keeps one\n", path)
	}
	p.settings = p.settings.ofDemo(path)
	mark, err := readDemoMark(path)
	if err != nil {
		return err
	}
	dir, listener, err := p.occupy("demo", c.Listen)
	if err != nil {
		return err
	}
	defer dir.Close()
	defer listener.Close()
	d := &demo{program: p, dir: dir, address: addressOf(listener), mark: mark, days: c.Days}
	if d.days == 0 {
		d.days = 365
	}
	if err := d.prepare(ctx); err != nil {
		return err
	}
	// What fails while it is being made is meant to.
	level := new(slog.LevelVar)
	level.Set(slog.LevelError)
	logger := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: level}))
	return p.serve(ctx, dir, listener, logger, func(ctx context.Context, s *serving) {
		err := d.settleIn(ctx, s)
		level.Set(slog.LevelWarn)
		if err == nil {
			err = d.print()
		}
		if err == nil {
			err = d.goOn(ctx, logger)
		}
		if err != nil && ctx.Err() == nil {
			fmt.Fprintln(p.stderr, "tallystick: the demonstration is not whole: "+err.Error())
		}
	})
}

// onlyHere refuses an address that others can reach: everybody knows the password.
func onlyHere(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if a, bad := netip.ParseAddr(host); err == nil && (host == "localhost" || bad == nil && a.IsLoopback()) {
		return nil
	}
	return tallystick.Errorf(tallystick.Invalid, "a demonstration has a password that everybody knows, and others could reach it at %q", listen).At("--listen").
		WithHint("listen at this machine only, such as at 127.0.0.1:8080, or run `tallystick serve`")
}

// ofDemo returns the settings of a demonstration in a directory. Whatever is set for a real server, a demonstration has nothing to do with its database, and mails nobody.
func (v values) ofDemo(path string) values {
	of := map[string]string{"data": path, "mailbox": filepath.Join(path, "mailbox"), "control": "", "smtp": "", "public-url": "", "trusted-proxies": "", "reports": ""}
	v = slices.Clone(v)
	for i := range v {
		if text, ok := of[v[i].name]; ok {
			v[i].text, v[i].origin = text, "demo"
		}
	}
	return v
}

// demo is a demonstration that is being made.
type demo struct {
	program *program
	dir     *datadir.Dir
	address string
	mark    demoMark
	days    int

	fresh     bool               // it was made just now, and is not one that goes on
	templates []tallystick.Event // of what happens all the time, from the last days
}

// demoMark is what a demonstration remembers of itself, in a file of its data directory. A directory has one when it is whole.
type demoMark struct {
	From   tallystick.Instant `json:"from"`   // the first day
	Before tallystick.Instant `json:"before"` // where what was imported ends; 0: there is nothing
	Key    string             `json:"key"`    // that may hand over events and read reports
}

const demoMarkFile = "DEMO"

// readDemoMark looks whether a demonstration can be in a directory. The zero mark is of one that is to be made.
func readDemoMark(path string) (m demoMark, err error) {
	text, err := os.ReadFile(filepath.Join(path, demoMarkFile))
	if err == nil {
		if err := json.Unmarshal(text, &m); err != nil || m.Before == 0 {
			return m, tallystick.Errorf(tallystick.Invalid, "%s of %s can't be read", demoMarkFile, path).WithHint("remove the directory, or name another with --data")
		}
		return m, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && len(entries) == 0:
		return m, nil
	case err != nil:
		return m, err
	}
	return m, tallystick.Errorf(tallystick.Conflict, "%s holds something else than a demonstration, or one whose making was broken off", path).
		WithHint("name a directory with --data that is empty or does not exist, or an earlier demonstration")
}

// prepare makes what there is before the server starts, or brings an earlier demonstration up to date.
func (d *demo) prepare(ctx context.Context) error {
	utc, err := tallystick.LoadCalendar("UTC")
	if err != nil {
		return err
	}
	today := utc.DateOf(tallystick.InstantOf(d.program.now()))
	d.fresh = d.mark.Before == 0
	if d.fresh {
		d.mark.From = utc.Start(today.AddDays(-d.days))
	}
	if err := d.importYear(ctx, utc.DateOf(d.mark.From), utc.Start(today)); err != nil {
		return err
	}
	if d.fresh {
		if err := d.furnish(ctx); err != nil {
			return err
		}
	}
	d.mark.Before = max(d.mark.Before, utc.Start(today))
	text, err := json.Marshal(d.mark)
	if err != nil {
		return err
	}
	return disk.WriteFile(disk.OS, filepath.Join(d.dir.Path(), demoMarkFile), append(text, '\n'))
}
