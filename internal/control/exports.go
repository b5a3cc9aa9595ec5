package control

import (
	"context"

	"github.com/tallystick/tallystick"
)

// AddExport asks for a file. It needs EXPORT_REPORTS:ADD, and the export belongs to the tenant of whoever asks.
func (s *Store) AddExport(ctx context.Context, actor Actor, name, description string, job Job) (r Run, err error) {
	err = s.change(ctx, actor, "export.add", func(c *change) (err error) {
		if err := c.actor.Need(ExportReports, Add); err != nil {
			return err
		}
		if err := c.checkJob(&job, ExportRun); err != nil {
			return err
		}
		if name, description, err = checkTitle(name, description); err != nil {
			return err
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		r = Run{
			ID: newID(), Kind: ExportRun, Tenant: c.actor.Tenant, Name: name, Description: description, Job: job, Maker: c.actor.ID, MakerName: c.actor.Name, At: now,
			State: RunQueued, NotBefore: now, Created: now, Tenants: []string{},
		}
		r.Key = r.ID // two exports of one moment are two
		if _, err := c.insertRun(ctx, &r); err != nil {
			return err
		}
		return c.auditRun(ctx, "add", &r, nil, &r)
	})
	return r, err
}

// runNote is what the audit log says of a run.
type runNote struct {
	Name  string   `json:"name"`
	State RunState `json:"state"`
	Job   *Job     `json:"job,omitempty"`
	File  *RunFile `json:"file,omitempty"`
}

// auditRun notes what was done with a run: "export.cancel" of an export, "run.cancel" of a schedule's.
func (c *change) auditRun(ctx context.Context, what string, r, was, is *Run) error {
	kind := "export"
	if r.Kind == ScheduledRun {
		kind = "run"
	}
	note := func(r *Run) any {
		if r == nil {
			return nil
		}
		n := runNote{Name: r.Name, State: r.State, File: r.File}
		if was == nil {
			n.Job = &r.Job
		}
		return n
	}
	return c.audit(ctx, Entry{Action: kind + "." + what, Tenant: r.Tenant, ObjectKind: kind, ObjectID: r.ID, Before: note(was), After: note(is)})
}

// changedRun returns a run that the actor may do something with.
func (c *change) changedRun(ctx context.Context, id string, action Action) (Run, error) {
	if !c.actor.Can(ExportReports, action) && !c.actor.Can(ScheduledTasks, action) {
		return Run{}, c.actor.Need(ExportReports, action)
	}
	r, err := c.run(ctx, c.actor.Reach, id)
	if err != nil {
		return Run{}, err
	}
	if r.Deleted != 0 || !c.actor.Can(r.Kind.entity(), action) {
		return Run{}, noSuch("run", id)
	}
	return r, nil
}

// CancelRun keeps a run from being made: one that waits at once, one that runs as soon as its worker hears of it. It needs REMOVE of EXPORT_REPORTS or
// SCHEDULED_TASKS. The error is of code Conflict when it has ended.
func (s *Store) CancelRun(ctx context.Context, actor Actor, id string) (r Run, err error) {
	err = s.change(ctx, actor, "run.cancel", func(c *change) error {
		was, err := c.changedRun(ctx, id, Remove)
		if err != nil {
			return err
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		// A worker may take it, or end it, at the same time: each statement says from which state it goes.
		n, err := c.exec(ctx, `
			UPDATE runs
			SET state = 'cancelled', finished = ?
			WHERE id = ? AND state = 'queued'`, now, id)
		if err == nil && n == 0 {
			n, err = c.exec(ctx, `
				UPDATE runs
				SET cancel = ?
				WHERE id = ? AND state = 'running'`, now, id)
		}
		if err != nil {
			return err
		}
		if r, err = c.run(ctx, c.actor.Reach, id); err != nil {
			return err
		}
		if n == 0 {
			return tallystick.Errorf(tallystick.Conflict, "%q can't be cancelled: it is %s", r.Name, r.State)
		}
		err = c.auditRun(ctx, "cancel", &r, &was, &r)
		r.shown(c.actor)
		return err
	})
	return r, err
}

// RetryExport asks once more for an export that failed or was cancelled. It needs EXPORT_REPORTS:ADD.
func (s *Store) RetryExport(ctx context.Context, actor Actor, id string) (r Run, err error) {
	err = s.change(ctx, actor, "export.retry", func(c *change) error {
		if err := c.actor.Need(ExportReports, Add); err != nil {
			return err
		}
		was, err := c.run(ctx, c.actor.Reach, id)
		if err != nil {
			return err
		}
		if was.Kind != ExportRun || was.Deleted != 0 || !was.tenantsIn(c.actor.Reach) {
			return noSuch("run", id)
		}
		if was.State != RunFailed && was.State != RunCancelled {
			return tallystick.Errorf(tallystick.Conflict, "%q can't be tried again: it is %s", was.Name, was.State)
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		if err := c.requeue(ctx, id, now); err != nil {
			return err
		}
		if r, err = c.run(ctx, c.actor.Reach, id); err != nil {
			return err
		}
		err = c.auditRun(ctx, "retry", &r, &was, &r)
		r.shown(c.actor)
		return err
	})
	return r, err
}

// requeue makes a run that has ended one that waits. When it was due, and so its period, stays.
func (c conn) requeue(ctx context.Context, id string, now tallystick.Instant) error {
	_, err := c.exec(ctx, `
		UPDATE runs
		SET state = 'queued', not_before = ?, cancel = 0, claim = '', worker = '', lease = 0, attempts = 0, progress_rows = 0, percent = 0, error = '', started = 0,
			finished = 0
		WHERE id = ?`, now, id)
	return err
}

// RemoveRun takes a run off its list. It stays in the archive, and its file is among those to be removed. It needs REMOVE of EXPORT_REPORTS or SCHEDULED_TASKS. The
// error is of code Conflict while it runs.
func (s *Store) RemoveRun(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "run.remove", func(c *change) error {
		r, err := c.changedRun(ctx, id, Remove)
		if err != nil {
			return err
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		n, err := c.exec(ctx, `
			UPDATE runs
			SET deleted = ?, finished = CASE state WHEN 'queued' THEN ? ELSE finished END, state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END
			WHERE id = ? AND state <> 'running'`, now, now, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return tallystick.Errorf(tallystick.Conflict, "%q is running", r.Name).WithHint("cancel it first")
		}
		return c.auditRun(ctx, "remove", &r, &r, nil)
	})
}

// Downloaded notes that somebody took a run's file away.
func (s *Store) Downloaded(ctx context.Context, actor Actor, r Run) error {
	return s.AppendAudit(ctx, actor, Entry{Action: "export.download", Tenant: r.Tenant, ObjectKind: "run", ObjectID: r.ID, After: runNote{Name: r.Name, State: r.State, File: r.File}})
}
