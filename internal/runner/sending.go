package runner

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
)

// outcomes says of how an attempt ended what the ledger calls it.
var outcomes = map[deliver.State]control.Outcome{
	deliver.Sent: control.Sent, deliver.Again: control.TrySendAgain, deliver.Failed: control.NotSent, deliver.Unknown: control.MaybeSent,
}

// send tries one delivery, and writes down what has become of it.
func (r *Runner) send(ctx context.Context, d control.Delivery) {
	outcome, answer := r.try(ctx, d)
	// What has happened is written down, also while the program ends.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	lost, err := r.o.Control.EndDeliveries(ctx, control.DeliveryEnd{Delivery: d, Outcome: outcome, Answer: answer})
	switch {
	case err != nil:
		r.log(slog.LevelError, "how a delivery has ended could not be written down", "delivery", d.ID, "outcome", string(outcome), "error", err)
	case len(lost) > 0:
		r.log(slog.LevelWarn, "a delivery was taken over by another worker", "delivery", d.ID, "outcome", string(outcome))
	case outcome != control.Sent:
		r.log(slog.LevelWarn, "a delivery was not sent", "delivery", d.ID, "to", d.Recipient.Address, "outcome", string(outcome), "answer", answer)
	}
}

// errLost is the error of a delivery that is another worker's by now.
var errLost = errors.New("another worker has it")

// try sends a delivery, if whoever it is for may still have it.
func (r *Runner) try(ctx context.Context, d control.Delivery) (control.Outcome, string) {
	message, err := r.message(ctx, d)
	if err != nil {
		var stop *Stop
		switch {
		case errors.As(err, &stop):
			if err := r.o.Control.StopSchedule(ctx, d.Schedule, stop.Reason); err != nil && tallystick.CodeOf(err) != tallystick.NotFound {
				r.log(slog.LevelError, "a schedule could not be stopped", "schedule", d.Schedule, "reason", stop.Reason, "error", err)
			}
			return control.NotSent, "not sent: " + stop.Reason
		case slices.Contains([]tallystick.Code{tallystick.Denied, tallystick.NotFound, tallystick.Invalid}, tallystick.CodeOf(err)):
			return control.NotSent, "not sent: " + plain(err)
		}
		return r.later(d, err)
	}
	sender, err := r.senders.of(ctx, string(d.Recipient.Way))
	if err != nil {
		return r.later(d, err)
	}
	defer sender.release()
	outcome := sender.Send(ctx, message, func() error {
		lost, err := r.o.Control.BeginDeliveries(ctx, d)
		if err == nil && len(lost) > 0 {
			err = errLost
		}
		return err
	})
	return outcomes[outcome.State], outcome.Answer
}

// later is the outcome of a delivery that could not be tried. What went wrong inside is for the log, and not for who sees the row.
func (r *Runner) later(d control.Delivery, err error) (control.Outcome, string) {
	if tallystick.CodeOf(err) == tallystick.Internal {
		r.log(slog.LevelError, "a delivery could not be tried", "delivery", d.ID, "error", err)
		return control.TrySendAgain, wentWrong
	}
	return control.TrySendAgain, plain(err)
}

// wentWrong is what people are told of an error that is none of theirs.
const wentWrong = "something went wrong on the server; its log says what"

// plain is an error without what the program was doing.
func plain(err error) string {
	if e := (*tallystick.Error)(nil); errors.As(err, &e) {
		return e.Error()
	}
	return err.Error()
}

// message is what a delivery says, if whoever it is from and for may still send and have it.
func (r *Runner) message(ctx context.Context, d control.Delivery) (*deliver.Delivery, error) {
	if d.Kind == control.NoticeDelivery {
		return r.notice(ctx, d)
	}
	run, err := r.o.Control.RunToMake(ctx, d.Run)
	if err != nil {
		return nil, err
	}
	if run.File == nil || run.FileRemoved != 0 {
		return nil, tallystick.Errorf(tallystick.NotFound, "the file of %q is not there any more", run.Name)
	}
	if err := r.allowed(ctx, run); err != nil {
		return nil, err
	}
	to, err := r.o.Control.Recipient(ctx, d)
	if err != nil {
		return nil, err
	}
	m := &deliver.Delivery{ID: d.MessageID, To: to.Address, ToName: to.Name, Secret: deliver.Secret(to.Secret), Subject: d.Subject}
	return m, r.report(ctx, m, d, to, run)
}

// notice is what a notice says.
func (r *Runner) notice(ctx context.Context, d control.Delivery) (*deliver.Delivery, error) {
	to, err := r.o.Control.Recipient(ctx, d)
	if err != nil {
		return nil, err
	}
	m := &deliver.Delivery{ID: d.MessageID, To: to.Address, ToName: to.Name, Subject: d.Subject, Date: d.Created}
	for line := range strings.Lines(d.Body) {
		if line = strings.TrimSpace(line); line != "" {
			m.Lines = append(m.Lines, line)
		}
	}
	if url := r.o.PublicURL(ctx); url != "" && d.Schedule != "" {
		m.Action = &deliver.Action{Text: "Open the schedule", Link: url + "/schedules/" + d.Schedule}
	}
	return m, nil
}

// allowed refuses to send the file of a run whose schedule is gone, or whose owner may no longer have it sent.
func (r *Runner) allowed(ctx context.Context, run control.Run) error {
	schedule, err := r.o.Control.ScheduleOf(ctx, run)
	if tallystick.CodeOf(err) == tallystick.NotFound {
		return tallystick.Errorf(tallystick.NotFound, "its schedule was removed")
	}
	if err != nil {
		return err
	}
	owner, err := sender(ctx, r.o.Control, run, &schedule)
	if err != nil {
		return err
	}
	return seen(owner, append(slices.Clone(run.Tenants), run.Job.Tenants...))
}

// report fills in what a report's mail says.
func (r *Runner) report(ctx context.Context, m *deliver.Delivery, d control.Delivery, to control.Recipient, run control.Run) error {
	var s Summary
	if err := json.Unmarshal(run.Summary, &s); err != nil {
		return fmt.Errorf("read summary of run %q: %w", run.ID, err)
	}
	var receipt struct{ Report struct{ Title string } }
	if err := json.Unmarshal(run.Receipt, &receipt); err != nil {
		return fmt.Errorf("read receipt of run %q: %w", run.ID, err)
	}
	m.Company, m.Schedule, m.Description, m.Report = s.Company, run.Name, run.Description, cmp.Or(receipt.Report.Title, run.Job.Report)
	m.Periods, m.Lines, m.Totals, m.Sample, m.Receipt = s.Periods, s.Lines, s.Totals, s.Sample, run.Receipt
	m.Date = run.Finished
	m.File = &deliver.File{
		Name: run.File.Name, MediaType: run.File.MediaType, Size: run.File.Size, SHA256: run.File.SHA256,
		Open: func() (io.ReadCloser, error) { return r.o.Open(ctx, run) },
	}
	url := r.o.PublicURL(ctx)
	if m.Attach = to.Way == control.ByMail && run.Attach && run.File.Size <= deliver.MaxAttachment; !m.Attach {
		if url == "" {
			return tallystick.Errorf(tallystick.Unavailable, "the report goes by a link, and the server does not know its own address").WithHint("set public_url in the settings")
		}
		token, expires, err := r.o.Control.LinkToken(ctx, d)
		if err != nil {
			return err
		}
		if m.Link, m.LinkExpires = url+"/api/v1/files/"+token, expires; token == "" {
			m.Link = url + "/runs/" + run.ID // who signs in there is asked who they are
		}
	}
	if to.Way == control.ByMail && url != "" {
		m.Unsubscribe = url + "/api/v1/unsubscribe/" + r.o.Control.UnsubscribeToken(run.Schedule, to.Address)
	}
	return nil
}

// longestSubject is the most characters that a subject has.
const longestSubject = 200

// subject is that of a run's mails: the report, whose it is, and its period.
func subject(run *control.Run, s *Summary) string {
	text := run.Name
	if s.Company != "" {
		text += ", " + s.Company
	}
	if len(s.Periods) == 1 {
		p := s.Periods[0]
		text += ": " + p.From + " to " + p.Before
	}
	// Names of companies come with events, and may have anything in them.
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if runes := []rune(text); len(runes) > longestSubject {
		text = string(runes[:longestSubject-1]) + "…"
	}
	return text
}
