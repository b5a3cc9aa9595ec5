package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/tallystick/tallystick"
)

// How runs are planned.
const (
	lateAfter  = 10 * tallystick.Minute // after a run should have begun, it was missed
	planBatch  = 500                    // schedules a transaction
	planPeriod = 5000                   // occurrences of one schedule a transaction: more than half a year of every hour
)

// Plan makes the runs that have become due of up to limit schedules, and returns how many runs and when the next one is due; [tallystick.MaxInstant] is never. It may
// be called by every server at any time: (schedule, time) names a run, and who comes second finds it there.
//
// A run is missed when it should have begun 10 minutes ago. Of missed ones a schedule's [CatchUp] says which are made, late; the others are in the history as skipped.
// One that is not missed is made in any case. Each has the period that it would have had.
func (s *Store) Plan(ctx context.Context, limit int) (planned int, next tallystick.Instant, err error) {
	next = tallystick.MaxInstant
	for done := 0; done < limit; {
		n, runs := 0, 0
		err := s.write(ctx, func(c conn) error {
			n, runs = 0, 0
			now, err := c.clock(ctx, s)
			if err != nil {
				return err
			}
			due, err := all(ctx, c, `
				SELECT `+scheduleColumns+`
				FROM schedules
				WHERE enabled = 1 AND next_at <= ?
				ORDER BY next_at, id
				LIMIT ?`+c.dialect.skipping(), []any{now, min(planBatch, limit-done)}, scanSchedule)
			if err != nil {
				return err
			}
			for i := range due {
				m, err := c.planSchedule(ctx, &due[i].Schedule, now)
				if err != nil {
					return fmt.Errorf("schedule %q: %w", due[i].ID, err)
				}
				runs += m
			}
			n = len(due)
			return nil
		})
		if err != nil {
			return planned, next, fmt.Errorf("plan runs: %w", err)
		}
		planned += runs
		if n == 0 {
			break
		}
		done += n
	}
	_, err = s.single().row(ctx, `
		SELECT COALESCE(MIN(next_at), ?)
		FROM schedules
		WHERE enabled = 1`, []any{tallystick.MaxInstant}, &next)
	if err != nil {
		return planned, next, fmt.Errorf("plan runs: %w", err)
	}
	return planned, next, nil
}

// planSchedule makes the runs of a schedule that are due, and says when the next one is.
func (c conn) planSchedule(ctx context.Context, s *Schedule, now tallystick.Instant) (planned int, err error) {
	var due []tallystick.Instant
	for t := s.Next; t <= now; t = s.Recurrence.Next(t) {
		due = append(due, t)
	}
	made := s.catchUp(due, now)
	var skipped []*Run
	if len(due) > planPeriod { // the others are for the next transaction, which finds the same ones to be made
		due = due[:planPeriod]
	}
	for i, t := range due {
		r := s.run(t)
		r.ID, r.Created = newID(), now
		r.From, r.Before = s.period(t)
		r.Late = s.missed(t, now)
		if !made[i] {
			r.State, r.Finished = RunSkipped, now
		}
		inserted, err := c.insertRun(ctx, r)
		if err != nil {
			return planned, err
		}
		if s.Job.Period == SincePreviousRun {
			s.CoveredUntil = t
		}
		switch {
		case !inserted:
		case made[i]:
			planned++
		default:
			skipped = append(skipped, r)
		}
	}
	s.Next = s.Recurrence.Next(due[len(due)-1])
	if _, err := c.exec(ctx, `
		UPDATE schedules
		SET next_at = ?, covered_until = ?
		WHERE id = ?`, s.Next, s.CoveredUntil, s.ID); err != nil {
		return planned, err
	}
	if len(skipped) > 0 && s.CatchUp == CatchUpEvery {
		err = c.noticeSkipped(ctx, s, skipped, now)
	}
	return planned, err
}

// planDue makes the runs of a schedule that are due, before a change that would forget them.
func (c conn) planDue(ctx context.Context, s *Schedule, now tallystick.Instant) error {
	for s.Enabled && s.Next != 0 && s.Next <= now {
		if _, err := c.planSchedule(ctx, s, now); err != nil {
			return err
		}
	}
	return nil
}

// run is what a run of a schedule has of it.
func (s *Schedule) run(at tallystick.Instant) *Run {
	return &Run{
		Kind: ScheduledRun, Tenant: s.Tenant, Name: s.Name, Description: s.Description, Job: s.Job, Maker: s.Owner, MakerName: s.OwnerName, Schedule: s.ID, At: at,
		Recipients: s.Recipients, Attach: s.Attach, State: RunQueued, NotBefore: at + tallystick.Instant(s.Settle)*tallystick.Second, Tenants: []string{},
	}
}

// period returns the period since the previous run of a run that is due at t. It is from, not before, for a period that is derived from t alone when the run is made.
func (s *Schedule) period(t tallystick.Instant) (from, before tallystick.Instant) {
	if s.Job.Period != SincePreviousRun {
		return 0, 0
	}
	if s.CoveredUntil != 0 {
		return s.CoveredUntil, t
	}
	return s.Recurrence.Previous(t), t
}

// missed reports whether a run that was due at t should have begun long ago.
func (s *Schedule) missed(t, now tallystick.Instant) bool {
	return now > t+tallystick.Instant(s.Settle)*tallystick.Second+lateAfter
}

// catchUp says which of the occurrences that are due, in their order, are made.
func (s *Schedule) catchUp(due []tallystick.Instant, now tallystick.Instant) []bool {
	keep := map[CatchUp]int{CatchUpEvery: CatchUpRuns, CatchUpLatest: 1, CatchUpNone: 0}[s.CatchUp]
	made := make([]bool, len(due))
	for i, t := range due {
		made[i] = i >= len(due)-keep || !s.missed(t, now)
	}
	return made
}

// noticeSkipped tells the owner which runs were skipped because there were too many.
func (c conn) noticeSkipped(ctx context.Context, s *Schedule, skipped []*Run, now tallystick.Instant) error {
	const listed = 50
	var b strings.Builder
	fmt.Fprintf(&b, "No server was running when %d or more runs of the scheduled report %q were due. The newest %d are made now, late. Skipped: %d.\n\n", CatchUpRuns,
		s.Name, CatchUpRuns, len(skipped))
	for i, r := range skipped {
		if i == listed && len(skipped) > listed+1 {
			fmt.Fprintf(&b, "…\n")
			r = skipped[len(skipped)-1]
		}
		fmt.Fprintf(&b, "%v", r.At)
		if r.Before != 0 {
			fmt.Fprintf(&b, ", for %v to %v", r.From, r.Before)
		}
		b.WriteString("\n")
		if i == listed {
			break
		}
	}
	b.WriteString("\nEach of them can be made from the history of the schedule, by Run now.\n")
	return c.notice(ctx, notice{
		run: skipped[len(skipped)-1].ID, schedule: s.ID, member: s.Owner, topic: "skipped", body: b.String(),
		subject: fmt.Sprintf("%d runs of the scheduled report %q were skipped", len(skipped), s.Name),
	}, now)
}
