package main

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/runner"
	"github.com/tallystick/tallystick/internal/usage"
)

// employ gives the server hands for exports and schedules, and a way to have mails sent.
func (s *serving) employ(secret control.SecretKey) error {
	files, err := runner.OpenFiles(disk.OS, s.dir.Files())
	if err != nil {
		return broken(err)
	}
	id, err := s.dir.ID()
	if err != nil {
		return err
	}
	fixed, err := s.program.mailServer()
	if err != nil {
		return err
	}
	mailbox := s.program.settings.get("mailbox")
	if mailbox != "" {
		if s.api.Mailbox, err = deliver.OpenMailbox(deliver.Settings{MailboxDir: mailbox}); err != nil {
			return broken(err)
		}
	}
	source := s.source()
	shop := &runner.Workshop{Source: &source, Control: s.control, Files: files, Now: s.program.now, Head: func() (tallystick.Position, error) {
		if err := s.answering(); err != nil {
			return tallystick.Position{}, &runner.Away{Err: err}
		}
		return s.head(), nil
	}}
	settings := func(ctx context.Context) (deliver.Settings, error) {
		return runner.DeliverSettings(ctx, s.control, fixed, mailbox, s.program.now)
	}
	s.runner = runner.New(runner.Options{
		Control: s.control, Worker: "server of " + id, Make: shop.Make, Files: files, Settings: settings, PublicURL: s.api.URL, Now: s.program.now, Logger: s.logger,
		Open:  func(_ context.Context, r control.Run) (io.ReadCloser, error) { return files.Open(r) },
		Ready: func(context.Context) error { return s.answering() },
	})
	if dsn := s.program.settings.get("control"); !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		s.employMail(settings, files)
		return nil // nobody shares a control plane in a file
	}
	s.ending = make(chan struct{})
	s.api.Work = &api.Work{
		Secret: secret, PublicURL: s.api.URL, SMTP: s.program.settings.get("smtp"), Ending: s.ending,
		Make: func(ctx context.Context, r control.Run, progress func(usage.Progress)) (any, error) {
			return shop.Make(ctx, r, progress)
		},
		Open: func(r control.Run) (io.ReadCloser, error) { return files.Open(r) },
	}
	s.employMail(settings, files)
	return nil
}

// employMail gives the API the files of runs, and a way to have mails sent.
func (s *serving) employMail(settings func(context.Context) (deliver.Settings, error), files *runner.Files) {
	s.api.Files = runFiles{files}
	s.api.TestMail = func(ctx context.Context, to string) (bool, string) {
		now, err := settings(ctx)
		if err != nil {
			s.logger.Error("the settings of mail could not be read", "error", err)
			return false, "the settings of mail could not be read; the server's log says why"
		}
		outcome := deliver.Test(ctx, now, to)
		return outcome.State == deliver.Sent, outcome.Answer
	}
	s.api.Mail = func(ctx context.Context, to control.Member, link string) error {
		now, err := settings(ctx)
		if err != nil {
			return err
		}
		return runner.MailLink(ctx, now, to, link, s.control.Now())
	}
}

// runFiles are the files of runs as the API sees them.
type runFiles struct{ *runner.Files }

func (f runFiles) Open(r control.Run) (io.ReadSeekCloser, error) { return f.Files.Open(r) }

// mailServer is the mail server that --smtp names; the zero SMTP where it names none.
func (p *program) mailServer() (deliver.SMTP, error) {
	if text := p.settings.get("smtp"); text != "" {
		return deliver.ParseSMTP(text)
	}
	return deliver.SMTP{}, nil
}

// work makes and sends what is due, from when reports can be made until ctx is done.
func (s *serving) work(ctx context.Context) {
	const pause = 100 * time.Millisecond
	for !s.ready.Load() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
	s.runner.Run(ctx)
}
