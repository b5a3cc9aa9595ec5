package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// runFiles has the files of runs in a directory, by their ids.
type runFiles string

func (d runFiles) Open(r control.Run) (io.ReadSeekCloser, error) {
	f, err := os.Open(filepath.Join(string(d), r.ID))
	if err != nil {
		return nil, tallystick.Errorf(tallystick.NotFound, "it is gone: %w", err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != r.File.Size {
		return nil, errors.Join(err, errors.New("it was changed"), f.Close())
	}
	return f, nil
}

var _ RunFiles = runFiles("")

// actor returns who a cookie is of.
func (s *site) actor(cookie string) control.Actor {
	s.Helper()
	a, err := s.Control.SessionActor(s.Context(), strings.TrimPrefix(cookie, sessionCookie+"="), control.From{})
	if err != nil {
		s.Fatal(err)
	}
	return a
}

// claim takes the run of that id, whose time must have come.
func (s *site) claim(id string) control.Run {
	s.Helper()
	runs, err := s.Control.ClaimRuns(s.Context(), "test", 1000)
	if err != nil {
		s.Fatal(err)
	}
	for _, r := range runs {
		if r.ID == id {
			return r
		}
	}
	s.Fatalf("run %q is not among the %d to be made", id, len(runs))
	return control.Run{}
}

// finish ends a claimed run with a file, about some tenants, for the recipients.
func (s *site) finish(r control.Run, text string, tenants []string, recipients ...control.Recipient) {
	s.Helper()
	if err := os.WriteFile(filepath.Join(string(s.Files.(runFiles)), r.ID), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	sum := sha256.Sum256([]byte(text))
	var deliveries []control.Delivery
	for _, to := range recipients {
		deliveries = append(deliveries, control.Delivery{Recipient: to})
	}
	err := s.Control.FinishRun(s.Context(), r, control.Result{
		File:    control.RunFile{Name: "Acme-rooms.csv", MediaType: "text/csv; charset=utf-8; header=present", Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])},
		Receipt: []byte(`{"receipt":1}`), Rows: 3, Position: "1-4", Tenants: tenants,
	}, deliveries)
	if err != nil {
		s.Fatal(err)
	}
}

// roomJob is a job about one tenant, as a form makes it.
func roomJob(tenant string) control.Job {
	return control.Job{Report: "room-usage", Tenants: []string{tenant}, Period: "last-month", Format: "csv"}
}

// exported makes an export of somebody that is done.
func (s *site) exported(cookie, text string, job control.Job) control.Run {
	s.Helper()
	r, err := s.Control.AddExport(s.Context(), s.actor(cookie), "Rooms", "", job)
	if err != nil {
		s.Fatal(err)
	}
	s.finish(s.claim(r.ID), text, job.Tenants)
	return r
}

// scheduled makes a schedule of somebody, of every hour, with a run that is done and has a delivery to an outside address, by mail.
func (s *site) scheduled(cookie, text string, tenant string) (control.Schedule, control.Run, control.Delivery) {
	s.Helper()
	return s.scheduledFor(cookie, text, tenant, control.Recipient{Way: control.ByMail, Address: "boss@example.com"})
}

// scheduledFor makes the same for another recipient.
func (s *site) scheduledFor(cookie, text string, tenant string, to control.Recipient) (control.Schedule, control.Run, control.Delivery) {
	s.Helper()
	job := roomJob(tenant)
	job.Period = control.SincePreviousRun
	k, err := s.Control.AddSchedule(s.Context(), s.actor(cookie), control.Schedule{
		Name: "Hourly", Job: job, Recurrence: tallystick.Schedule{Zone: "UTC", Start: tallystick.Date{Year: 2025, Month: 1, Day: 1}, Grain: tallystick.Hourly, Every: 1},
		Recipients: []control.Recipient{to}, Attach: true, Enabled: true,
	})
	if err != nil {
		s.Fatal(err)
	}
	s.wait(tallystick.Hour)
	if _, _, err := s.Control.Plan(s.Context(), 100); err != nil {
		s.Fatal(err)
	}
	l, err := s.Control.Runs(s.Context(), s.actor(cookie), k.ID, control.Page{})
	if err != nil || len(l.Items) != 1 {
		s.Fatalf("%+v, %v", l, err)
	}
	s.finish(s.claim(l.Items[0].ID), text, []string{tenant}, k.Recipients...)
	d, err := s.Control.Deliveries(s.Context(), s.actor(cookie), l.Items[0].ID)
	if err != nil || len(d) != 1 {
		s.Fatalf("%+v, %v", d, err)
	}
	return k, l.Items[0], d[0]
}

// link makes the link of a delivery, as its worker does.
func (s *site) link(t *testing.T, id string) (token string) {
	t.Helper()
	list, err := s.Control.ClaimDeliveries(s.Context(), control.Claimant{Worker: "test"}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.ID == id {
			if token, _, err = s.Control.LinkToken(s.Context(), d); err != nil {
				t.Fatal(err)
			}
			return token
		}
	}
	t.Fatalf("delivery %q is not among those to be sent", id)
	return ""
}
