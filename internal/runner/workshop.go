package runner

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/usage"
)

// Workshop makes the files of runs, where the events are. It must not be changed once it is in use; many runs may be made at the same time.
type Workshop struct {
	Source  *usage.Source
	Control *control.Store
	Files   *Files
	// Head returns the newest position of the journal. The error is an *[Away] while the events are not there to be asked.
	Head func() (tallystick.Position, error)
	// Patience is how long the event store may take to reach it, with all that is tried meanwhile; 0: a minute.
	Patience time.Duration
	Now      func() time.Time
}

// Product is what the making of a run's file has given, beside the file.
type Product struct {
	Receipt *usage.Receipt `json:"receipt"`
	Summary *Summary       `json:"summary"`
}

// Stop is the error of a run whose schedule can't go on: its owner may no longer do or see what it reports.
type Stop struct{ Reason string }

func (s *Stop) Error() string { return s.Reason }

// StopsSchedule tells those who don't know the type.
func (s *Stop) StopsSchedule() bool { return true }

// Make makes the file of a run, as of the position of the journal at the time of the call, with the permissions of its maker as they are now. Progress is told how far it is.
func (w *Workshop) Make(ctx context.Context, r control.Run, progress func(usage.Progress)) (*Product, error) {
	actor, schedule, err := w.maker(ctx, r)
	if err != nil {
		return nil, err
	}
	head, err := w.Head()
	if err != nil {
		return nil, err
	}
	m, err := w.making(ctx, r, actor, schedule)
	if err != nil {
		return nil, err
	}
	m.AsOf, m.Progress = head, progress
	var made *usage.Made
	if err := w.patiently(ctx, func() error {
		return w.Files.Write(r.ID, func(out io.Writer) (string, error) {
			var err error
			if made, err = w.Source.Make(ctx, m, out); err != nil {
				return "", err
			}
			return made.Receipt.File.SHA256, nil
		})
	}); err != nil {
		return nil, err
	}
	late, err := w.arrivedSince(ctx, r, m.Reach, made.Receipt)
	if err != nil {
		return nil, err
	}
	summary, err := summaryOf(r, made, late)
	if err != nil {
		return nil, err
	}
	if r.Schedule == "" || len(made.Receipt.Tenants) == 1 {
		return &Product{made.Receipt, summary}, nil
	}
	summary.Company, err = w.provider(ctx, r.Tenant)
	return &Product{made.Receipt, summary}, err
}

// patiently does something as soon as the event store is ready for it.
func (w *Workshop) patiently(ctx context.Context, do func() error) error {
	patience := w.Patience
	if patience == 0 {
		patience = time.Minute
	}
	const pause = 50 * time.Millisecond
	for begun := w.Now(); ; {
		err := do()
		if tallystick.CodeOf(err) != tallystick.Unavailable || disk.IsFull(err) || w.Now().Sub(begun) >= patience {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// maker returns who a run is made for, and its schedule, if they may still do it.
func (w *Workshop) maker(ctx context.Context, r control.Run) (actor control.Actor, schedule *control.Schedule, err error) {
	if r.Schedule == "" {
		if actor, err = w.Control.RunActor(ctx, r); err == nil {
			err = actor.Need(control.ExportReports, control.Add)
		}
		if err == nil {
			err = reaches(actor, r.Job.Tenants)
		}
		return actor, nil, err
	}
	s, err := w.Control.ScheduleOf(ctx, r)
	switch {
	case err == nil:
		schedule = &s
	case tallystick.CodeOf(err) != tallystick.NotFound:
		return actor, nil, err
	}
	if actor, err = sender(ctx, w.Control, r, schedule); err == nil {
		err = seen(actor, r.Job.Tenants)
	}
	return actor, schedule, err
}

// reaches refuses tenants out of an actor's reach.
func reaches(actor control.Actor, tenants []string) error {
	for _, t := range tenants {
		if !actor.Reach.Holds(t) {
			return tallystick.Errorf(tallystick.NotFound, "there is no tenant %q", t)
		}
	}
	return nil
}

// sender returns the owner of a schedule, or of its run where the schedule was removed, if they may have its reports made and sent. Where not, the error is a *[Stop]. No tenant
// is named in it: whoever sees the schedule may not see the tenant.
func sender(ctx context.Context, store *control.Store, r control.Run, schedule *control.Schedule) (actor control.Actor, err error) {
	tenants := r.Job.Tenants
	if schedule != nil {
		actor, err = store.Owner(ctx, schedule.ID)
		tenants = schedule.Job.Tenants
	} else {
		actor, err = store.RunActor(ctx, r)
	}
	switch {
	case tallystick.CodeOf(err) == tallystick.Denied:
		return actor, &Stop{said1(err)}
	case err != nil:
		return actor, err
	case !actor.Can(control.ScheduledTasks, control.Add) && !actor.Can(control.ScheduledTasks, control.Edit):
		return actor, &Stop{"its owner, " + actor.Name + ", may no longer schedule reports"}
	case seen(actor, tenants) != nil:
		return actor, &Stop{"its owner, " + actor.Name + ", can no longer see one of its tenants"}
	}
	return actor, nil
}

// seen refuses what an owner has made or sent of tenants that they can no longer see, as a run of before may have them.
func seen(actor control.Actor, tenants []string) error {
	if slices.ContainsFunc(tenants, func(t string) bool { return !actor.Reach.Holds(t) }) {
		return tallystick.Errorf(tallystick.Denied, "its owner, %s, can no longer see one of its tenants", actor.Name)
	}
	return nil
}

// said1 is what an error says without its advice.
func said1(err error) string {
	if e := (*tallystick.Error)(nil); errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

// making says how the file of a run is made.
func (w *Workshop) making(ctx context.Context, r control.Run, actor control.Actor, schedule *control.Schedule) (m usage.Making, err error) {
	m = usage.Making{Order: usage.OrderOf(r.Job), Now: r.At, Reach: actor.Reach}
	if r.Before != 0 {
		m.Order.From, m.Order.To = r.From.String(), r.Before.String()
	}
	if len(m.Order.Filter) > 0 {
		if m.Providers, err = usage.Providers(ctx, w.Control, actor); err != nil {
			return m, err
		}
	}
	if schedule == nil {
		m.Name = func(*tallystick.Result) (string, error) { return part(r.Name), nil }
		return m, nil
	}
	definition, err := w.Source.Catalog().Report(r.Job.Report)
	if err != nil {
		return m, err
	}
	if m.Order.Zone == "" && definition.Zone != alwaysUTC {
		m.Order.Zone = schedule.Recurrence.Zone
	}
	m.Name = func(result *tallystick.Result) (string, error) {
		company := ""
		if len(result.Tenants) == 1 {
			company = result.Tenants[0].Company
		} else if company, err = w.provider(ctx, r.Tenant); err != nil {
			return "", err
		}
		return scheduledName(company, r.Name, &schedule.Recurrence, r.At)
	}
	return m, nil
}

// alwaysUTC is the zone of a report that takes no other.
const alwaysUTC = "always-utc"

// provider returns what a tenant is called as the provider of others; "" is the service provider.
func (w *Workshop) provider(ctx context.Context, tenant string) (name string, err error) {
	if tenant == "" {
		if err := w.Control.Setting(ctx, "provider_name", &name); err != nil {
			return "", err
		}
		if name == "" {
			name = "Tallystick"
		}
		return name, nil
	}
	err = w.Source.Ask(ctx, func(engine tallystick.Answerer, _ tallystick.Position) error {
		a, _, err := usage.Attributes(ctx, engine, tallystick.Position{}, tenant)
		name = a.CompanyName
		return err
	})
	if name == "" {
		name = tenant
	}
	return name, err
}
