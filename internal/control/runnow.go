package control

import (
	"cmp"
	"context"
	"strings"

	"github.com/tallystick/tallystick"
)

// RunNow makes a run that was skipped, when at is its time; at 0 it makes the period of the latest past occurrence again, beside the run that was planned. Either is made
// as the schedule is now, and goes to whom the schedule has now: the two are never mixed. Neither moves what is due or covered. It needs SCHEDULED_TASKS:EDIT and not
// ADD: what it does is to send something to the recipients of a schedule that is there.
func (s *Store) RunNow(ctx context.Context, actor Actor, id string, at tallystick.Instant) (r Run, err error) {
	err = s.change(ctx, actor, "schedule.run", func(c *change) error {
		k, err := c.changedSchedule(ctx, id, Edit)
		if err != nil {
			return err
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		which := "="
		if at == 0 {
			which = "<=" // also where the clock was put back
		}
		planned, err := all(ctx, c.conn, `
			SELECT `+runColumns+`
			FROM runs
			WHERE schedule = ? AND own_key = '' AND due `+which+` ?
			ORDER BY due DESC
			LIMIT 1`, []any{id, cmp.Or(at, now)}, scanRun)
		if err != nil {
			return err
		}
		var was *Run
		switch {
		case at == 0:
			t := k.Recurrence.Previous(now)
			var from, before tallystick.Instant
			if len(planned) > 0 {
				t, from, before = planned[0].At, planned[0].From, planned[0].Before
			}
			r = *k.anew(t, from, before)
			r.ID, r.Key, r.NotBefore, r.Created = newID(), newID(), now, now
			_, err = c.insertRun(ctx, &r)
		case len(planned) == 0:
			return noSuch("run of "+at.String()+" of schedule", id)
		default:
			was = &planned[0]
			r, err = c.unskip(ctx, &k.Schedule, was, now)
		}
		if err != nil {
			return err
		}
		err = c.auditRun(ctx, "add", &r, was, &r)
		r.shown(c.actor)
		return err
	})
	return r, err
}

// anew is a run of the schedule as it is now for a time that may have had one, with that one's period where it is kept.
func (s *Schedule) anew(t, from, before tallystick.Instant) *Run {
	r := s.run(t)
	switch {
	case s.Job.Period != SincePreviousRun:
	case before == 0:
		r.From, r.Before = s.Recurrence.Previous(t), t
	default:
		r.From, r.Before = from, before
	}
	return r
}

// unskip makes a run that was skipped one that waits.
func (c *change) unskip(ctx context.Context, k *Schedule, was *Run, now tallystick.Instant) (Run, error) {
	if was.State != RunSkipped || was.Deleted != 0 {
		return Run{}, tallystick.Errorf(tallystick.Conflict, "the run of %v is %s, and not skipped", was.At, was.State).
			WithHint("leave out the time to make the latest period again")
	}
	if err := c.requeue(ctx, was.ID, now); err != nil {
		return Run{}, err
	}
	is := k.anew(was.At, was.From, was.Before)
	job, recipients, err := is.texts()
	if err != nil {
		return Run{}, err
	}
	if _, err := c.exec(ctx, `
		UPDATE runs
		SET late = 1, name = ?, name_key = ?, description = ?, job = ?, recipients = ?, attach = ?, maker = ?, maker_name = ?, period_from = ?, period_before = ?
		WHERE id = ?`, is.Name, strings.ToLower(is.Name), is.Description, job, recipients, flag(is.Attach), is.Maker, is.MakerName, is.From, is.Before, was.ID); err != nil {
		return Run{}, err
	}
	return c.run(ctx, c.actor.Reach, was.ID)
}
