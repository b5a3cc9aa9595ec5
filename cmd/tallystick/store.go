package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/journal"
)

// theLog is the journal's log that this program writes and applies.
const theLog = 1

// open opens the data directory for a command.
func (p *program) open(command string) (*datadir.Dir, error) {
	return datadir.Open(p.settings.get("data"), datadir.Holder{PID: p.pid, Command: command})
}

// makingReport is the command of programs that hold the data directory for a moment only.
const makingReport = "report"

// openForReport is open, but waits while another report is being made, so that several may be asked for at once.
func (p *program) openForReport(ctx context.Context) (*datadir.Dir, error) {
	const pause, tries = 100 * time.Millisecond, 300
	for try := 1; ; try++ {
		dir, err := p.open(makingReport)
		e := (*datadir.InUse)(nil)
		if try == tries || !errors.As(err, &e) || e.Holder != "" && !e.By(makingReport) {
			return dir, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// newApplier makes an applier for the engine in a data directory, which works with so many threads.
func (p *program) newApplier(dir *datadir.Dir, full applier.Full, threads int) *applier.Applier {
	o := applier.Options{
		Log: theLog, Full: full, Logger: p.logger(), Discard: dir.ClearEngine,
		Open: func(ctx context.Context) (tallystick.Engine, error) { return p.openEngine(ctx, dir, threads) },
	}
	if full == applier.Wait { // an import
		o.Queue = importQueue
		o.Open = func(ctx context.Context) (tallystick.Engine, error) {
			if p.settings.isSet("memory-limit") {
				return p.openEngine(ctx, dir, threads)
			}
			return p.openEngineWith(ctx, dir, duckdb.Options{MemoryLimit: importMemory, FlushBytes: importFlush, Threads: threads})
		}
	}
	return applier.New(o)
}

// An import has records on their way everywhere, and an engine that only writes: neither a longer queue nor more of the engine's memory, which it fills with what it has
// written, makes it faster; and of the records, which live for a moment, less garbage may lie around.
const (
	importQueue  = 1 << 15
	importMemory = "256MB"
	importFlush  = 64 << 20  // bytes: of that memory more than a fifth, since nobody asks meanwhile
	importGC     = 75        // GOGC
	importHeap   = 352 << 20 // GOMEMLIMIT, bytes; some 190 MB live, and 320 took 8 % more of the processors
)

// openEngine opens the engine in a data directory: the one place that says which one it is.
func (p *program) openEngine(ctx context.Context, dir *datadir.Dir, threads int) (tallystick.Engine, error) {
	return p.openEngineWith(ctx, dir, duckdb.Options{MemoryLimit: p.settings.get("memory-limit"), Threads: threads})
}

func (p *program) openEngineWith(ctx context.Context, dir *datadir.Dir, o duckdb.Options) (tallystick.Engine, error) {
	o.Dir, o.Logger = dir.Engine(), p.logger()
	return duckdb.Open(ctx, o)
}

// threads returns the number of the engine's threads: the setting, else one for each processor but those that are to be spared. While events come in,
// one is spared for those who decode and journal them: threads of the engine that wait for work spin, and on two processors an import took a quarter more of both.
func (p *program) threads(spared int) int {
	if n, err := strconv.Atoi(p.settings.get("threads")); err == nil {
		return n
	}
	return max(1, runtime.GOMAXPROCS(0)-spared)
}

// follow runs an applier for as long as fn runs, and waits for both. fn begins when the engine is open and fits the journal.
func follow(ctx context.Context, a *applier.Applier, j applier.Journal, fn func() error) error {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.Run(ctx, j) // its error reaches whoever waits for a position
	}()
	defer func() {
		stop()
		<-ended
	}()
	if err := a.Opened(ctx); err != nil {
		return broken(err)
	}
	return fn()
}

// withJournal opens a data directory's journal for writing, with an engine that follows it, for fn.
func (p *program) withJournal(ctx context.Context, dir *datadir.Dir, fn func(*journal.Journal, *applier.Applier) error) error {
	_, percent := p.env("GOGC")
	_, limit := p.env("GOMEMLIMIT")
	if !percent && !limit { // else the operator says how
		before := debug.SetGCPercent(importGC)
		defer debug.SetGCPercent(before)
		most := debug.SetMemoryLimit(importHeap)
		defer debug.SetMemoryLimit(most)
	}
	a := p.newApplier(dir, applier.Wait, p.threads(1))
	j, err := journal.Open(ctx, journal.Options{
		Dir: dir.Journal(), Keys: dir.Keys(), Logger: p.logger(), Committed: a.Committed,
		Fatal: func(error) {}, // every event from then on is refused with the error, which ends the command
	})
	if err != nil {
		return broken(err)
	}
	err = follow(ctx, a, j, func() error { return fn(j, a) })
	return errors.Join(err, broken(j.Close()))
}

// withEngine opens the data directory and its engine, brings the engine to the journal's head where it is behind, and hands both to fn.
func (p *program) withEngine(ctx context.Context, fn func(tallystick.Answerer, *journal.Reader) error) error {
	dir, err := p.openForReport(ctx)
	if err != nil {
		return err
	}
	defer dir.Close()
	j, err := journal.OpenReader(ctx, disk.OS, dir.Journal())
	if err != nil {
		return broken(fmt.Errorf("open journal: %w", err))
	}
	a := p.newApplier(dir, applier.Reread, p.threads(0))
	return follow(ctx, a, j, func() error {
		ask := func() error {
			if err := a.Wait(ctx, j.Head()); err != nil {
				return broken(err)
			}
			return a.Ask(func(engine tallystick.Answerer) error { return fn(localStore{engine, p, dir, j}, j) })
		}
		written := p.written
		err := ask()
		if errors.Is(err, tallystick.ErrDamaged) && p.written == written {
			err = ask() // of the engine that was made anew
		}
		return err
	})
}
