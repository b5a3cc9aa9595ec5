package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// ClaimRuns takes up to n runs whose time has come for a worker, whose claim holds for [RunLease]. A run whose worker has not renewed its claim is taken from it, before
// any other; one that this has happened to too often fails. Of several that ask at once no two get the same run.
//
// Tenants take turns, and so do a tenant's exports and its scheduled runs: the next is a run of the line that has the fewest running, and within a line the longest due.
// So a thousand exports of one tenant hold up the schedule of another by no more than what runs already.
func (s *Store) ClaimRuns(ctx context.Context, worker string, n int) (claimed []Run, err error) {
	worker = clean(worker, 200)
	err = s.write(ctx, func(c conn) error {
		claimed = nil
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		lost, err := all(ctx, c, `
			SELECT `+runColumns+`
			FROM runs
			WHERE state = 'running' AND lease <= ? AND not_before <= ?
			ORDER BY not_before, due, id
			LIMIT ?`+c.dialect.skipping(), []any{now, now, n}, scanRun)
		if err != nil {
			return err
		}
		for _, r := range lost {
			if claimed, err = c.claimRun(ctx, claimed, &r, worker, now); err != nil {
				return err
			}
		}
		next, err := c.nextRuns(ctx, now, n-len(claimed))
		if err != nil {
			return err
		}
		for _, id := range next {
			if len(claimed) >= n {
				break
			}
			// Another program may have it in hand, or have had it.
			found, err := all(ctx, c, `
				SELECT `+runColumns+`
				FROM runs
				WHERE id = ? AND state = 'queued'`+c.dialect.skipping(), []any{id}, scanRun)
			if err != nil {
				return err
			}
			for _, r := range found {
				if claimed, err = c.claimRun(ctx, claimed, &r, worker, now); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim runs: %w", err)
	}
	return claimed, nil
}

// nextRuns returns the ids of the runs whose turn it is, and of some more, in place of those that others take meanwhile.
func (c conn) nextRuns(ctx context.Context, now tallystick.Instant, n int) ([]string, error) {
	if n <= 0 {
		return nil, nil
	}
	return all(ctx, c, `
		SELECT id
		FROM (
			SELECT q.id, q.not_before, q.due,
				COALESCE(b.running, 0) + ROW_NUMBER() OVER (PARTITION BY q.tenant, q.kind ORDER BY q.not_before, q.due, q.id) AS turn
			FROM runs q
			LEFT JOIN (
				SELECT tenant, kind, COUNT(*) AS running
				FROM runs
				WHERE state = 'running'
				GROUP BY tenant, kind
			) b ON b.tenant = q.tenant AND b.kind = q.kind
			WHERE q.state = 'queued' AND q.not_before <= ?
		) waiting
		ORDER BY turn, not_before, due, id
		LIMIT ?`, []any{now, 4 * n}, func(scan func(...any) error) (id string, err error) { return id, scan(&id) })
}

// claimRun gives a run to a worker and adds it to those that were given, unless it is to end.
func (c conn) claimRun(ctx context.Context, claimed []Run, r *Run, worker string, now tallystick.Instant) ([]Run, error) {
	switch {
	case r.Cancelling:
		return claimed, c.endRun(ctx, r, RunCancelled, "", now)
	case r.Attempts >= RunAttempts:
		return claimed, c.failRun(ctx, r, fmt.Sprintf("its worker has stopped without a word, %d times", r.Attempts), now)
	}
	r.State, r.claim, r.Started = RunRunning, newID(), now
	r.Attempts++
	r.Rows, r.Percent = 0, 0
	_, err := c.exec(ctx, `
		UPDATE runs
		SET state = 'running', claim = ?, worker = ?, lease = ?, attempts = ?, started = ?, progress_rows = 0, percent = 0, error = ''
		WHERE id = ?`, r.claim, worker, now+RunLease, r.Attempts, r.Started, r.ID)
	return append(claimed, *r), err
}
