package control

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tallystick/tallystick"
)

// How runs are worked on.
const (
	RunLease    = tallystick.Minute // how long a claim holds without [Store.Renew]
	RunAttempts = 5                 // how often a run is tried
)

// runBackoff is how long after its n-th failure a run is tried again.
var runBackoff = [RunAttempts - 1]tallystick.Instant{tallystick.Minute, 5 * tallystick.Minute, 15 * tallystick.Minute, 60 * tallystick.Minute}

// Renew holds the claim for another [RunLease], says how far the run is, and reports whether it is to be stopped. The error is of code Conflict when the claim was
// lost: another worker has the run, or it has ended.
func (s *Store) Renew(ctx context.Context, r Run, rows int64, percent int) (cancelled bool, err error) {
	err = s.held(ctx, "renew", r, func(c conn, is *Run, now tallystick.Instant) error {
		cancelled = is.Cancelling
		_, err := c.exec(ctx, `
			UPDATE runs
			SET lease = ?, progress_rows = ?, percent = ?
			WHERE id = ?`, now+RunLease, rows, min(max(percent, 0), 100), r.ID)
		return err
	})
	return cancelled, err
}

// held changes a run of which the worker still has the claim.
func (s *Store) held(ctx context.Context, doing string, r Run, f func(c conn, is *Run, now tallystick.Instant) error) error {
	err := s.write(ctx, func(c conn) error {
		found, err := all(ctx, c, `
			SELECT `+runColumns+`
			FROM runs
			WHERE id = ? AND claim = ? AND claim <> '' AND state = 'running'`+c.dialect.locked(), []any{r.ID, r.claim}, scanRun)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return tallystick.Errorf(tallystick.Conflict, "the claim on run %q was lost", r.ID)
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		return f(c, &found[0], now)
	})
	if err != nil {
		return fmt.Errorf("%s run: %w", doing, err)
	}
	return nil
}

// Result is what a run has made.
type Result struct {
	File     RunFile
	Receipt  json.RawMessage // nil none
	Summary  json.RawMessage // what a mail shows of the file; nil nothing
	Rows     int64
	Late     int64 // [Run.LateEvents]
	Position string
	Tenants  []string // that it is of
	Told     []Told   // which times the file is about; of a schedule's run
}

// FinishRun ends a run with its file, and in the same transaction makes its deliveries, so that there is never a file without them. The error is of code Conflict
// when the claim was lost, and when the run was cancelled meanwhile: then the file is to be thrown away, and [Store.CancelledRun] to follow.
func (s *Store) FinishRun(ctx context.Context, r Run, made Result, deliveries []Delivery) error {
	if made.File.Name == "" {
		return tallystick.Errorf(tallystick.Internal, "the file of run %q has no name", r.ID)
	}
	if made.Tenants == nil {
		made.Tenants = []string{}
	}
	tenants, err := json.Marshal(made.Tenants)
	if err != nil {
		return err
	}
	return s.held(ctx, "finish", r, func(c conn, is *Run, now tallystick.Instant) error {
		if is.Cancelling {
			return tallystick.Errorf(tallystick.Conflict, "run %q was cancelled", r.ID)
		}
		if _, err := c.exec(ctx, `
			UPDATE runs
			SET state = 'done', claim = '', lease = 0, percent = 100, progress_rows = ?, position = ?, file_name = ?, file_media = ?, file_size = ?, file_sha256 = ?,
				receipt = ?, summary = ?, late_events = ?, tenants = ?, finished = ?, file_removed = 0
			WHERE id = ?`, made.Rows, made.Position, made.File.Name, made.File.MediaType, made.File.Size, made.File.SHA256, string(made.Receipt), string(made.Summary),
			made.Late, string(tenants), now, r.ID); err != nil {
			return err
		}
		if r.Schedule != "" {
			if err := c.tell(ctx, r.Schedule, made.Told); err != nil {
				return err
			}
		}
		return c.addDeliveries(ctx, is, deliveries, now)
	})
}

// FailRun ends a try, with the reason for people. With [Again] the run waits for the next one, while there are tries left; else it has failed, and the owner of its
// schedule is told.
func (s *Store) FailRun(ctx context.Context, r Run, reason string, next Next) error {
	return s.held(ctx, "fail", r, func(c conn, is *Run, now tallystick.Instant) error {
		if is.Cancelling {
			return c.endRun(ctx, is, RunCancelled, "", now)
		}
		if next != Again || is.Attempts >= RunAttempts {
			return c.failRun(ctx, is, reason, now)
		}
		_, err := c.exec(ctx, `
			UPDATE runs
			SET state = 'queued', claim = '', lease = 0, not_before = ?, error = ?
			WHERE id = ?`, now+runBackoff[is.Attempts-1], clean(reason, maxDescription), is.ID)
		return err
	})
}

// Next says what follows a failure.
type Next int

const (
	Never Next = iota // it would fail again
	Again             // the next try may succeed
)

// CancelledRun ends a run that its worker has stopped because it was cancelled.
func (s *Store) CancelledRun(ctx context.Context, r Run) error {
	return s.held(ctx, "cancel", r, func(c conn, is *Run, now tallystick.Instant) error {
		return c.endRun(ctx, is, RunCancelled, "", now)
	})
}

// endRun ends a run without a file.
func (c conn) endRun(ctx context.Context, r *Run, state RunState, reason string, now tallystick.Instant) error {
	_, err := c.exec(ctx, `
		UPDATE runs
		SET state = ?, error = ?, claim = '', lease = 0, finished = ?
		WHERE id = ?`, string(state), clean(reason, maxDescription), now, r.ID)
	return err
}

// failRun ends a run that has failed for good, and tells the owner of its schedule.
func (c conn) failRun(ctx context.Context, r *Run, reason string, now tallystick.Instant) error {
	if err := c.endRun(ctx, r, RunFailed, reason, now); err != nil {
		return err
	}
	if r.Kind != ScheduledRun {
		return nil // who asked sees it on the list
	}
	owner, err := c.ownerOf(ctx, r)
	if err != nil {
		return err
	}
	return c.notice(ctx, notice{
		run: r.ID, schedule: r.Schedule, member: owner, topic: "failed", subject: fmt.Sprintf("The scheduled report %q has failed", r.Name),
		body: fmt.Sprintf("The run of %v of the scheduled report %q has failed: %s.\n\nNo recipient has got a report of it. It stands in the history of the schedule.\n", r.At, r.Name, reason),
	}, now)
}

// RunActor returns who a run is made for, as they are now, for what is resolved and checked when it is made. The error is of code Denied when they can no longer
// sign in.
func (s *Store) RunActor(ctx context.Context, r Run) (Actor, error) {
	return s.ownerActor(ctx, r.Maker, r.MakerName)
}

func (s *Store) ownerActor(ctx context.Context, member, name string) (a Actor, err error) {
	active := false
	err = s.read(ctx, func(c conn) (err error) {
		a, active, err = c.loadMember(ctx, member, From{})
		return err
	})
	if err != nil {
		return Actor{}, fmt.Errorf("read what %q may do: %w", name, err)
	}
	if !active {
		return Actor{}, tallystick.Errorf(tallystick.Denied, "its owner, %s, can't sign in any more", name).WithHint("let another member make it anew")
	}
	return a, nil
}
