package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
	"github.com/tallystick/tallystick/internal/runner"
)

// serving is a server at work. HTTP comes up first; then the journal is opened, and events are taken; then the engine catches up, and reports are made.
type serving struct {
	program    *program
	dir        *datadir.Dir
	control    *control.Store
	quarantine *quarantine.Store
	logger     *slog.Logger
	address    string
	api        *api.Server
	reports    *definitions
	runner     *runner.Runner
	ending     chan struct{} // closed when the server ends, where workers have things made; nil: there are none

	applier *applier.Applier
	counter *api.Counter
	journal atomic.Pointer[journal.Journal]                                                                   // nil until it is open
	keys    atomic.Pointer[progress]                                                                          // of the reading of keys while it is opened
	asking  atomic.Pointer[func(context.Context, func(tallystick.Answerer, tallystick.Position) error) error] // of reports; set before ready
	ready   atomic.Bool                                                                                       // events are taken: the engine was found to fit the journal
	needed  atomic.Uint64                                                                                     // what the engine has to have applied to answer
	stopped atomic.Bool                                                                                       // the engine has failed, and follows no more
}

type progress struct{ done, total uint64 }

// betweenSweeps is how long the server waits between two sweeps of the control plane.
const betweenSweeps = time.Hour

// run serves until ctx is done or something fails that the server can't be without.
func (s *serving) run(ctx context.Context, listener net.Listener) error {
	working, fail := context.WithCancelCause(context.WithoutCancel(ctx))
	defer fail(nil)
	failed := make(chan error, 4) // one from each of those below, so that none waits
	s.applier = applier.New(applier.Options{
		Log: theLog, Full: applier.Reread, Logger: s.logger, Discard: s.dir.ClearEngine,
		Open: func(ctx context.Context) (tallystick.Engine, error) {
			return s.program.openEngine(ctx, s.dir, s.program.threads(1))
		},
	})
	s.counter = api.NewCounter(s.control.AddIngestCounts)
	times, end := usualTimes(), newFarewell(politeFarewell, firmFarewell)
	answering, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	web := &http.Server{
		Handler: end.counted(times.deadlines(s.api.Handler())), BaseContext: func(net.Listener) context.Context { return answering }, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: times.events, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.logger.Handler(), slog.LevelDebug),
	}
	var counting, others sync.WaitGroup
	counted, stopCounting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopCounting()
	counting.Go(func() { s.counter.Run(counted) })
	others.Go(func() { s.sweep(working) })
	var runs sync.WaitGroup
	running, stopRuns := context.WithCancel(context.WithoutCancel(ctx))
	defer stopRuns()
	runs.Go(func() { s.work(running) })
	others.Go(func() {
		if err := s.follow(working, failed); err != nil {
			failed <- err
		}
	})
	others.Go(func() {
		if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	})
	var err error
	select {
	case <-ctx.Done():
		s.logger.Info("the server ends: requests are finished, new ones refused")
	case err = <-failed:
		s.logger.Error("the server fails", "error", err)
	}
	// What is made is given back, for others to make. Whoever is answered must have been answered before what answers them is closed.
	if s.ending != nil {
		close(s.ending)
	}
	stopRuns()
	end.say(web, hangUp, s.logger)
	s.api.Close()
	runs.Wait()
	stopCounting()
	counting.Wait()
	if j := s.journal.Load(); j != nil {
		err = errors.Join(err, broken(j.Close()))
	}
	fail(context.Canceled)
	others.Wait()
	if j := s.journal.Load(); j != nil {
		err = errors.Join(err, broken(j.Close())) // opened while the server was ending; closing it twice does nothing
	}
	return err
}

// follow opens the journal and lets the engine follow it, until ctx is done. An error is one that the server can't be without: a journal that can't be opened, or an
// engine that knows more than the journal. Where the engine fails later, events are still taken.
func (s *serving) follow(ctx context.Context, failed chan<- error) error {
	j, err := journal.Open(ctx, journal.Options{
		Dir: s.dir.Journal(), Keys: s.dir.Keys(), Logger: s.logger, Committed: s.applier.Committed,
		Fatal: func(err error) {
			select {
			case failed <- err:
			default: // the first one ends the server
			}
		},
		Rebuilding: func(done, total uint64) { s.keys.Store(&progress{done, total}) },
	})
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return broken(err)
	}
	s.needed.Store(j.Head().Sequence)
	s.journal.Store(j)
	ended := make(chan error, 1)
	go func() { ended <- s.applier.Run(ctx, j) }()
	if err := s.applier.Opened(ctx); err != nil {
		<-ended
		if ctx.Err() != nil {
			return nil
		}
		return broken(err)
	}
	asking := api.Asking(s.applier, theLog, j.Head())
	s.asking.Store(&asking)
	s.ready.Store(true)
	err = <-ended
	if ctx.Err() == nil {
		s.logger.Error("the engine does not follow the journal any more; events are still taken", "error", err)
		s.stopped.Store(true)
	}
	return nil
}

// sweep clears the control plane of what has expired, now and then.
func (s *serving) sweep(ctx context.Context) {
	tick := time.NewTicker(betweenSweeps)
	defer tick.Stop()
	for {
		if err := s.control.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.logger.Warn("the control plane could not be swept", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// close closes what open has opened.
func (s *serving) close() error {
	var err error
	if s.quarantine != nil {
		err = broken(s.quarantine.Close())
	}
	return errors.Join(err, s.control.Close())
}
