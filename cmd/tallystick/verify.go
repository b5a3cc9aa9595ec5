package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"text/tabwriter"

	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/journal"
)

// verifyCommand checks the journal.
type verifyCommand struct {
	storeFlags
}

// Run reads the whole journal and checks every record and the chain of digests over all of them. It prints what it found, up to the first damage, which is
// an error. It changes nothing.
func (c *verifyCommand) Run(ctx context.Context, p *program) error {
	dir, err := p.open("verify")
	if err != nil {
		return err
	}
	defer dir.Close()
	var done, total atomic.Int64
	bar := p.startBar(func() (int64, int64, string) {
		return done.Load(), total.Load(), fmt.Sprintf("%s of %s MB", thousands(done.Load()>>20), thousands(total.Load()>>20))
	})
	found, damage := journal.Verify(ctx, disk.OS, dir.Journal(), func(d, t int64) {
		total.Store(t)
		done.Store(d)
	})
	bar.stop()
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "records\t%d\nsegments\t%d\nbytes\t%d\nhead\t%s\nchain\t%x\n", found.Records, found.Segments, found.Bytes, found.Head, found.Chain)
	if found.Unfinished > 0 {
		fmt.Fprintf(w, "unfinished\t%d bytes at the end, which a crash left half written and nobody was promised\n", found.Unfinished)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return broken(damage)
}
