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

// MarkFilesRemoved notes that the files of runs are gone. The runs stay.
func (s *Store) MarkFilesRemoved(ctx context.Context, runs ...string) error {
	runs = inOrder(runs, func(id *string) string { return *id })
	err := s.write(ctx, func(c conn) error {
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		for _, id := range runs {
			if _, err := c.exec(ctx, `
				UPDATE runs
				SET file_removed = ?
				WHERE id = ? AND file_name <> '' AND file_removed = 0`, now, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("mark files as removed: %w", err)
	}
	return nil
}
