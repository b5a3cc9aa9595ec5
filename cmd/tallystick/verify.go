package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"text/tabwriter"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/journal"
)

// verifyCommand checks the journal.
type verifyCommand struct {
	controlFlag
	storeFlags
}

// Run reads the whole journal and checks every record and the chain of digests over all of them, and whether the key index or the engine knows more than it; and where
// there is a control plane, the chain of hashes over its audit log. It changes no event and no entry.
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
	if damage != nil {
		return broken(damage)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "records\t%d\nsegments\t%d\nbytes\t%d\nhead\t%s\nchain\t%x\n", found.Records, found.Segments, found.Bytes, found.Head, found.Chain)
	lost := p.lost(ctx, dir, found.Head)
	if found.Unfinished > 0 && lost == nil {
		fmt.Fprintf(w, "unfinished\t%d bytes at the end, which a crash left half written and nobody was promised\n", found.Unfinished)
	}
	changed := p.verifyAudit(ctx, dir, w)
	return errors.Join(w.Flush(), lost, changed)
}

// verifyAudit walks the audit log of the control plane that belongs to a data directory. Where none is there, it may be in a database that nobody has named: then it says
// that it has checked nothing.
func (p *program) verifyAudit(ctx context.Context, dir *datadir.Dir, w io.Writer) error {
	if p.settings.get("control") == "" {
		if _, err := os.Stat(dir.Control()); errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(p.stderr, "audit not checked: there is no %s; give --control where the server has another database\n", dir.Control())
			return nil
		}
	}
	store, err := p.openControl(ctx, dir)
	if err != nil {
		return err
	}
	head, err := store.VerifyAudit(ctx)
	if err == nil {
		fmt.Fprintf(w, "audit\t%d\naudit head\t%s\n", head.Seq, head.Hash)
	}
	return errors.Join(broken(err), store.Close())
}

// lost returns an error where one of the journal's views knows records that the journal does not have any more.
func (p *program) lost(ctx context.Context, dir *datadir.Dir, head tallystick.Position) error {
	known, err := journal.Known(disk.OS, dir.Keys())
	if err != nil {
		return broken(err)
	}
	who := "key index"
	if _, err := os.Stat(filepath.Join(dir.Engine(), "events.duckdb")); err == nil {
		engine, err := p.openEngine(ctx, dir, 1)
		if err != nil {
			return broken(err)
		}
		applied, err := engine.Applied(ctx, theLog)
		if err := errors.Join(err, engine.Close()); err != nil {
			return broken(err)
		}
		if applied.Sequence > known {
			known, who = applied.Sequence, "engine"
		}
	}
	if known <= head.Sequence {
		return nil
	}
	return tallystick.Errorf(tallystick.Internal, "acknowledged events were lost from the journal: the %s knows %d of them, and the journal ends at %s", who, known, head).
		WithHint("restore the journal from a backup")
}
