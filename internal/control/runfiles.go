package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// RunFilesToRemove returns up to limit runs whose file is to go: it was made before an instant, or the run was removed. The caller deletes each file and then calls
// [Store.MarkFilesRemoved]; a file that is gone already is as good as deleted. They come in one order, those that follow a run after it: the zero Run is before the first.
func (s *Store) RunFilesToRemove(ctx context.Context, olderThan tallystick.Instant, after Run, limit int) ([]Run, error) {
	list, err := all(ctx, s.single(), `
		SELECT `+runColumns+`
		FROM runs
		WHERE file_name <> '' AND file_removed = 0 AND (finished < ? OR deleted <> 0) AND (finished, id) > (?, ?)
		ORDER BY finished, id
		LIMIT ?`, []any{olderThan, after.Finished, after.ID, limit}, scanRun)
	if err != nil {
		return nil, fmt.Errorf("list files to remove: %w", err)
	}
	return list, nil
}

// MarkFilesRemoved notes that the files of runs are gone. The runs stay. What of them still waits to be sent has failed, and the owners are told.
func (s *Store) MarkFilesRemoved(ctx context.Context, runs ...string) error {
	runs = inOrder(runs, func(id *string) string { return *id })
	err := s.write(ctx, func(c conn) error {
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		var ended []Delivery
		for _, id := range runs { // deliveries before runs, as whoever ends them takes both
			waiting, err := all(ctx, c, `
				SELECT `+deliveryColumns+`
				FROM deliveries
				WHERE run = ? AND state = 'pending' AND kind = 'report'
				ORDER BY id`+c.dialect.locked(), []any{id}, scanDelivery)
			if err != nil {
				return err
			}
			for i := range waiting {
				if err := c.endDelivery(ctx, &waiting[i], DeliveryFailed, "not sent: its file was removed before it could be", now); err != nil {
					return err
				}
			}
			ended = append(ended, waiting...)
		}
		for _, id := range runs {
			if _, err := c.exec(ctx, `
				UPDATE runs
				SET file_removed = ?
				WHERE id = ? AND file_name <> '' AND file_removed = 0`, now, id); err != nil {
				return err
			}
		}
		return c.concluded(ctx, ended, now)
	})
	if err != nil {
		return fmt.Errorf("mark files as removed: %w", err)
	}
	return nil
}

// EndNotices gives up the notices that were made before an instant and still wait: what they tell is over.
func (s *Store) EndNotices(ctx context.Context, olderThan tallystick.Instant) error {
	err := s.write(ctx, func(c conn) error {
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		_, err = c.exec(ctx, `
			UPDATE deliveries
			SET state = 'failed', answer = 'not sent: what it tells is over', claim = '', lease = 0, finished = ?
			WHERE id IN (
				SELECT id
				FROM deliveries
				WHERE state = 'pending' AND kind = 'notice' AND next_at < ? AND created < ?`+c.dialect.skipping()+`)`, now, now, olderThan)
		return err
	})
	if err != nil {
		return fmt.Errorf("end notices: %w", err)
	}
	return nil
}
