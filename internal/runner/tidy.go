package runner

import (
	"context"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/disk"
)

func isFull(err error) bool { return disk.IsFull(err) }

// tidy removes the files whose time is over, those of runs that were removed, and those that no run has.
func (r *Runner) tidy(ctx context.Context) {
	if err := r.expire(ctx); err != nil {
		r.failed(ctx, "files whose time is over could not be removed", err)
	}
	err := r.o.Files.Sweep(func(id, name string) (bool, error) {
		run, err := r.o.Control.RunToMake(ctx, id)
		if tallystick.CodeOf(err) == tallystick.NotFound {
			return false, nil
		}
		// A run that is being made may be about to have it.
		return err == nil && (run.State == control.RunRunning || r.o.Files.Is(name, run) && run.FileRemoved == 0), err
	}, func(name string, err error) { r.stuck(ctx, "the file "+name, err) })
	if err != nil {
		r.failed(ctx, "files that no run has could not be removed", err)
	}
}

// expire removes files that were kept for their time, and ends what waits to be told for as long.
func (r *Runner) expire(ctx context.Context) error {
	var days int64
	if err := r.o.Control.Setting(ctx, "retention_days", &days); err != nil {
		return err
	}
	before := r.o.Control.Now() - tallystick.Instant(days)*tallystick.Day
	if err := r.o.Control.EndNotices(ctx, before); err != nil {
		return err
	}
	const some = 200
	var after control.Run
	for {
		runs, err := r.o.Control.RunFilesToRemove(ctx, before, after, some)
		if err != nil {
			return err
		}
		var gone []string
		for _, run := range runs {
			after = run
			if err := r.o.Files.Remove(run); err != nil {
				r.stuck(ctx, "the file of run "+run.ID, err) // others go all the same
				continue
			}
			gone = append(gone, run.ID)
		}
		if err := r.o.Control.MarkFilesRemoved(ctx, gone...); err != nil {
			return err
		}
		if len(runs) < some {
			return nil
		}
	}
}

// stuck tells of a file that can't be removed, the first time.
func (r *Runner) stuck(ctx context.Context, file string, err error) {
	if !r.left[file] {
		r.failed(ctx, file+" could not be removed; it is tried again, without a word", err)
	}
	r.left[file] = true
}
