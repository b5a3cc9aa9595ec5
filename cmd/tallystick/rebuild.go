package main

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/journal"
)

// rebuildCommand makes the engine anew.
type rebuildCommand struct {
	storeFlags
}

// Run deletes the engine and applies the whole journal to a new one. Interrupted, the next command that needs the engine goes on with it.
func (c *rebuildCommand) Run(ctx context.Context, p *program) error {
	dir, err := p.open("rebuild")
	if err != nil {
		return err
	}
	defer dir.Close()
	j, err := journal.OpenReader(ctx, disk.OS, dir.Journal())
	if err != nil {
		return broken(fmt.Errorf("open journal: %w", err))
	}
	if err := dir.ClearEngine(); err != nil {
		return err
	}
	a := p.newApplier(dir, applier.Reread, p.threads(1))
	start, head := p.now(), j.Head()
	err = follow(ctx, a, j, func() error {
		bar := p.startBar(func() (done, total int64, text string) {
			n := int64(a.Applied().Sequence)
			return n, int64(head.Sequence), fmt.Sprintf("%s events applied", thousands(n))
		})
		defer bar.stop()
		return broken(a.Wait(ctx, head))
	})
	if err != nil {
		return err
	}
	n := int64(head.Sequence)
	fmt.Fprintf(p.stdout, "%d events applied%s\n", n, rate(n, p.now().Sub(start)))
	return nil
}
