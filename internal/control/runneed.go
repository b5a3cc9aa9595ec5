package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// What whoever makes and sends a run needs to know beside it. None of this is for people: it asks nobody's permission.

// ScheduleOf returns the schedule of a run as it is now. The error is of code NotFound where it was removed, or there is none.
func (s *Store) ScheduleOf(ctx context.Context, r Run) (Schedule, error) {
	kept, err := s.single().schedule(ctx, Reach{All: true}, r.Schedule, "")
	return kept.Schedule, err
}

// RunToMake returns the run of an id whatever its state.
func (s *Store) RunToMake(ctx context.Context, id string) (Run, error) {
	return s.single().run(ctx, Reach{All: true}, id)
}

// RunBefore returns the newest run of the same schedule that was made for an earlier time, and whether there is one.
func (s *Store) RunBefore(ctx context.Context, r Run) (before Run, found bool, err error) {
	if r.Schedule == "" {
		return before, false, nil
	}
	list, err := all(ctx, s.single(), `
		SELECT `+runColumns+`
		FROM runs
		WHERE schedule = ? AND due < ? AND state = 'done' AND position <> ''
		ORDER BY due DESC, created DESC, id DESC
		LIMIT 1`, []any{r.Schedule, r.At}, scanRun)
	if err != nil {
		return before, false, fmt.Errorf("read the run before: %w", err)
	}
	if len(list) == 0 {
		return before, false, nil
	}
	return list[0], true, nil
}

// TakeBack gives up what a worker of this name has claimed: for a program that starts again, when no other can have the name. Its runs can be claimed at once; what it had
// begun to send is unknown from then on.
func (s *Store) TakeBack(ctx context.Context, worker string) error {
	worker = clean(worker, 200)
	err := s.write(ctx, func(c conn) error {
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		for _, query := range []string{
			`UPDATE runs SET lease = ? WHERE worker = ? AND state = 'running' AND lease > ?`,
			`UPDATE deliveries SET lease = ? WHERE worker = ? AND state IN ('pending', 'sending') AND lease > ?`,
		} {
			if _, err := c.exec(ctx, query, now, worker, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("take back what was begun: %w", err)
	}
	return nil
}

// ReleaseRun gives a run back that its worker can't go on with, because it ends: another can claim it at once, and the try does not count.
func (s *Store) ReleaseRun(ctx context.Context, r Run) error {
	return s.held(ctx, "release", r, func(c conn, is *Run, now tallystick.Instant) error {
		if is.Cancelling {
			return c.endRun(ctx, is, RunCancelled, "", now)
		}
		_, err := c.exec(ctx, `
			UPDATE runs
			SET state = 'queued', claim = '', lease = 0, attempts = ?, progress_rows = 0, percent = 0
			WHERE id = ?`, max(is.Attempts-1, 0), is.ID)
		return err
	})
}
