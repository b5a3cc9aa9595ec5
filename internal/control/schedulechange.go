package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// AddSchedule makes a schedule, which belongs to whoever makes it and to their tenant. Of k the fields that a form has count: name, description, job, recurrence,
// settle, catch-up, recipients, attach and enabled. The secrets of its webhooks are in what it returns, this once. It needs SCHEDULED_TASKS:ADD.
func (s *Store) AddSchedule(ctx context.Context, actor Actor, k Schedule) (_ Schedule, err error) {
	kept := keptSchedule{Schedule: k}
	err = s.change(ctx, actor, "schedule.add", func(c *change) error {
		if err := c.actor.Need(ScheduledTasks, Add); err != nil {
			return err
		}
		if c.actor.Kind != MemberActor {
			return tallystick.Errorf(tallystick.Denied, "a schedule belongs to a member, and %s %q is none", c.actor.Kind, c.actor.Name)
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		kept.ID, kept.Tenant, kept.Owner, kept.OwnerName = newID(), c.actor.Tenant, c.actor.ID, c.actor.Name
		kept.Version, kept.Created, kept.Edited, kept.CoveredUntil, kept.Stopped, kept.Last = 1, now, now, 0, "", nil
		if err := c.checkSchedule(ctx, s, &kept, nil); err != nil {
			return err
		}
		kept.plan(now)
		if err := c.putSchedule(ctx, &kept); err != nil {
			return err
		}
		return c.auditSchedule(ctx, "add", nil, &kept)
	})
	return kept.Schedule, err
}

// checkSchedule refuses what can't be kept.
func (c *change) checkSchedule(ctx context.Context, s *Store, k *keptSchedule, sealed map[string]string) (err error) {
	if k.Name, k.Description, err = checkTitle(k.Name, k.Description); err != nil {
		return err
	}
	if err := c.checkJob(&k.Job, ScheduledRun); err != nil {
		return err
	}
	if err := k.Recurrence.Validate(); err != nil {
		return err
	}
	if k.Settle < 0 || k.Settle > maxSettle {
		return tallystick.Errorf(tallystick.Invalid, "a run can't wait for %d seconds", k.Settle).At("settle").WithHint("choose 0 to %d", maxSettle)
	}
	switch k.CatchUp {
	case CatchUpEvery, CatchUpLatest, CatchUpNone:
	case "":
		k.CatchUp = CatchUpEvery
	default:
		return tallystick.Errorf(tallystick.Invalid, "missed runs can't be made by %q", cut(string(k.CatchUp), 80)).At("catch_up").
			WithHint("choose %s, %s or %s", CatchUpEvery, CatchUpLatest, CatchUpNone)
	}
	return c.checkRecipients(ctx, s, k, sealed)
}

// plan sets when the next run is due: after now, and after what is covered, also where the clock was put back.
func (s *Schedule) plan(now tallystick.Instant) {
	s.Next = 0
	if s.Enabled {
		s.Next = s.Recurrence.Next(max(now, s.CoveredUntil))
	}
}

// owe keeps where the period of the first run begins, before a pause in which nothing is due forgets it.
func (s *Schedule) owe() {
	if s.Next != 0 && s.CoveredUntil == 0 && s.Job.Period == SincePreviousRun {
		s.CoveredUntil = s.Recurrence.Previous(s.Next)
	}
}

func (c *change) auditSchedule(ctx context.Context, what string, was, is *keptSchedule) error {
	e := Entry{Action: "schedule." + what, ObjectKind: "schedule"}
	for _, side := range []struct {
		k    *keptSchedule
		into *any
	}{{was, &e.Before}, {is, &e.After}} {
		if side.k != nil {
			e.Tenant, e.ObjectID, *side.into = side.k.Tenant, side.k.ID, side.k.Schedule
		}
	}
	return c.audit(ctx, e)
}

// changedSchedule returns a schedule that the actor may do something with, and keeps others from changing or planning it meanwhile.
func (c *change) changedSchedule(ctx context.Context, id string, action Action) (keptSchedule, error) {
	if err := c.actor.Need(ScheduledTasks, action); err != nil {
		return keptSchedule{}, err
	}
	return c.schedule(ctx, c.actor.Reach, id, c.dialect.locked())
}

// notRunning returns an error of code Conflict while a run of a schedule is being made.
func (c *change) notRunning(ctx context.Context, k *keptSchedule) error {
	running, err := c.row(ctx, `
		SELECT 1
		FROM runs
		WHERE schedule = ? AND state = 'running'`, []any{k.ID}, new(int))
	if err == nil && running {
		return tallystick.Errorf(tallystick.Conflict, "a run of %q is being made", k.Name).WithHint("wait until it has ended, or cancel it")
	}
	return err
}

// EditSchedule changes what a form has of a schedule, as by [Store.AddSchedule] except for whether it is enabled. What was due before is
// made as it was. The next run is the first occurrence from now on, and the period since the previous run begins where the last one has ended, so that nothing is left
// out or reported twice. It needs SCHEDULED_TASKS:EDIT. The error is of code Conflict while a run is being made, and when k has another Version than the schedule: somebody else has changed it.
func (s *Store) EditSchedule(ctx context.Context, actor Actor, k Schedule) (_ Schedule, err error) {
	kept := keptSchedule{Schedule: k}
	err = s.change(ctx, actor, "schedule.edit", func(c *change) error {
		was, err := c.changedSchedule(ctx, k.ID, Edit)
		if err != nil {
			return err
		}
		if was.Version != k.Version {
			return tallystick.Errorf(tallystick.Conflict, "somebody has changed %q meanwhile", was.Name).WithHint("look at what it is now, and change that")
		}
		if err := c.notRunning(ctx, &was); err != nil {
			return err
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		if err := c.planDue(ctx, &was.Schedule, now); err != nil {
			return err
		}
		kept.ID, kept.Tenant, kept.Owner, kept.OwnerName = was.ID, was.Tenant, was.Owner, was.OwnerName
		kept.Version, kept.Created, kept.Edited, kept.CoveredUntil, kept.Stopped, kept.Last = was.Version+1, was.Created, now, was.CoveredUntil, was.Stopped, nil
		kept.Enabled = was.Enabled
		if err := c.checkSchedule(ctx, s, &kept, was.sealed); err != nil {
			return err
		}
		if kept.Job.Period != SincePreviousRun {
			kept.CoveredUntil = 0 // what another period covers is not up to a run's time
		}
		kept.plan(now)
		if err := c.putSchedule(ctx, &kept); err != nil {
			return err
		}
		return c.auditSchedule(ctx, "edit", &was, &kept)
	})
	return kept.Schedule, err
}

// Paused reports whether a schedule that is enabled now has missed an occurrence while it was disabled, whose period is reported or left out as [Pause] says. One that
// goes on before the next occurrence, or never ran and was disabled from the beginning, has missed none.
func (s *Schedule) Paused(now tallystick.Instant) bool {
	return !s.Enabled && s.CoveredUntil != 0 && s.Job.Period == SincePreviousRun && s.Recurrence.Next(s.CoveredUntil) <= now
}

// Pause says whether the time for which a schedule was disabled is reported.
type Pause int

const (
	SkipPause   Pause = iota // the next period begins at the occurrence before it
	ReportPause              // the next period begins where the last one ended
)

// EnableSchedule lets a schedule run again. It needs SCHEDULED_TASKS:EDIT. Where its owner can't sign in any more, another member of the same tenant who enables it
// becomes its owner; for anybody else the error is of code Conflict.
func (s *Store) EnableSchedule(ctx context.Context, actor Actor, id string, pause Pause) (_ Schedule, err error) {
	var kept keptSchedule
	err = s.change(ctx, actor, "schedule.enable", func(c *change) error {
		was, err := c.changedSchedule(ctx, id, Edit)
		if err != nil {
			return err
		}
		kept = was
		if was.Enabled {
			return nil
		}
		_, active, err := c.loadMember(ctx, was.Owner, From{})
		if err != nil {
			return err
		}
		if !active {
			// Somebody with another reach would, without a word, make it report other tenants.
			if c.actor.Kind != MemberActor || c.actor.Tenant != was.Tenant {
				return tallystick.Errorf(tallystick.Conflict, "the owner of %q, %s, can't sign in any more", was.Name, was.OwnerName).
					WithHint("let a member of its tenant enable it, and become its owner")
			}
			kept.Owner, kept.OwnerName = c.actor.ID, c.actor.Name
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		kept.Enabled, kept.Stopped = true, ""
		kept.Version++
		kept.plan(now)
		if pause == SkipPause && kept.CoveredUntil != 0 {
			kept.CoveredUntil = max(kept.CoveredUntil, kept.Recurrence.Previous(kept.Next))
		}
		if err := c.putSchedule(ctx, &kept); err != nil {
			return err
		}
		return c.auditSchedule(ctx, "enable", &was, &kept)
	})
	kept.shown(actor.Reach)
	return kept.Schedule, err
}

// DisableSchedule keeps a schedule from running. Runs that are due already are made. It needs SCHEDULED_TASKS:EDIT.
func (s *Store) DisableSchedule(ctx context.Context, actor Actor, id string) (_ Schedule, err error) {
	var kept keptSchedule
	err = s.change(ctx, actor, "schedule.disable", func(c *change) error {
		was, err := c.changedSchedule(ctx, id, Edit)
		kept = was
		if err != nil || !was.Enabled {
			return err
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		if err := c.planDue(ctx, &kept.Schedule, now); err != nil {
			return err
		}
		kept.owe()
		kept.Enabled, kept.Next = false, 0
		kept.Version++
		if err := c.putSchedule(ctx, &kept); err != nil {
			return err
		}
		return c.auditSchedule(ctx, "disable", &was, &kept)
	})
	kept.shown(actor.Reach)
	return kept.Schedule, err
}

// RemoveSchedule removes a schedule and cancels its runs that wait; those that were made stay in the archive. It needs SCHEDULED_TASKS:REMOVE. The error is of code
// Conflict while a run is being made.
func (s *Store) RemoveSchedule(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "schedule.remove", func(c *change) error {
		was, err := c.changedSchedule(ctx, id, Remove)
		if err != nil {
			return err
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		if _, err := c.exec(ctx, `
			UPDATE runs
			SET state = 'cancelled', finished = ?
			WHERE schedule = ? AND state = 'queued'`, now, id); err != nil {
			return err
		}
		if err := c.notRunning(ctx, &was); err != nil { // after none can begin any more
			return err
		}
		for _, query := range []string{`DELETE FROM schedules WHERE id = ?`, `DELETE FROM told WHERE schedule = ?`} {
			if _, err := c.exec(ctx, query, id); err != nil {
				return err
			}
		}
		return c.auditSchedule(ctx, "remove", &was, nil)
	})
}

// StopSchedule disables a schedule that can't go on, such as because its owner may no longer see what it reports. The reason, for people, stands at the schedule, and
// is told to its owner; where the owner can't sign in, to the members of its tenant who may edit schedules; and where there are none, to the Super Administrators.
func (s *Store) StopSchedule(ctx context.Context, id, reason string) error {
	return s.change(ctx, System("schedules"), "schedule.stop", func(c *change) error {
		was, err := c.changedSchedule(ctx, id, Edit)
		if err != nil || was.Stopped != "" {
			return err
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		kept := was
		if err := c.planDue(ctx, &kept.Schedule, now); err != nil {
			return err
		}
		kept.owe()
		kept.Enabled, kept.Next, kept.Stopped = false, 0, clean(reason, maxDescription)
		kept.Version++
		if err := c.putSchedule(ctx, &kept); err != nil {
			return err
		}
		told, err := c.answerable(ctx, &was)
		if err != nil {
			return err
		}
		topic := "stopped " + newID() // each time it is stopped is told
		for _, member := range told {
			if err := c.notice(ctx, notice{
				schedule: id, member: member, topic: topic, subject: fmt.Sprintf("The scheduled report %q was stopped", was.Name),
				body: fmt.Sprintf("The scheduled report %q of %s was stopped: %s.\n\nIt makes no more reports until somebody enables it.\n", was.Name, was.OwnerName, reason),
			}, now); err != nil {
				return err
			}
		}
		return c.auditSchedule(ctx, "stop", &was, &kept)
	})
}

// answerable returns the members to whom it is told that a schedule was stopped.
func (c conn) answerable(ctx context.Context, k *keptSchedule) (ids []string, err error) {
	id := func(scan func(...any) error) (id string, err error) { return id, scan(&id) }
	if _, active, err := c.loadMember(ctx, k.Owner, From{}); err != nil || active {
		return []string{k.Owner}, err
	}
	members, err := all(ctx, c, `
		SELECT id
		FROM members
		WHERE tenant = ? AND status = 'active'
		ORDER BY id`, []any{k.Tenant}, id)
	for _, m := range members {
		a, active, err := c.loadMember(ctx, m, From{})
		if err != nil {
			return nil, err
		}
		if active && a.Can(ScheduledTasks, Edit) {
			ids = append(ids, m)
		}
	}
	if err != nil || len(ids) > 0 {
		return ids, err
	}
	return all(ctx, c, `
		SELECT m.id
		FROM members m
		JOIN member_roles mr ON mr.member = m.id
		WHERE mr.role = ? AND m.status = 'active'
		ORDER BY m.id`, []any{SuperAdministrator}, id)
}
