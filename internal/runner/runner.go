package runner

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
	"github.com/tallystick/tallystick/internal/usage"
)

// Options are what a runner needs.
type Options struct {
	Control *control.Store
	// Worker names this program to others. One that starts again under its name takes back at once what it had.
	Worker string
	// Make makes the file of a run: [Workshop.Make], or one that asks a server.
	Make func(ctx context.Context, r control.Run, progress func(usage.Progress)) (*Product, error)
	// Ready says whether files can be made now; nil: always. While they can't, no run is taken.
	Ready func(context.Context) error
	// Open opens the file of a run.
	Open func(ctx context.Context, r control.Run) (io.ReadCloser, error)
	// Files is the folder that is kept tidy; nil: it is another program's.
	Files *Files
	// Settings returns how things leave, now.
	Settings func(context.Context) (deliver.Settings, error)
	// PublicURL returns the address of the server, without a slash at its end; "" where nobody knows it.
	PublicURL func(context.Context) string
	Now       func() time.Time
	Logger    *slog.Logger // nil: nothing is logged
	Makers    int          // runs that are made at once; 0: one for each processor
	Senders   int          // deliveries that are sent at once; 0: 8
}

// How often is looked, and how long what is written at the end of something may take.
const (
	betweenLooks = 500 * time.Millisecond
	betweenPlans = time.Second
	betweenTidy  = 10 * time.Minute
	betweenHolds = 20 * time.Second       // of what is being sent
	betweenNews  = 400 * time.Millisecond // of a run that is being made: how far it is, and whether it is cancelled
	writeTime    = 15 * time.Second
	mostPlanned  = 20_000 // schedules at a time
)

// Runner plans, makes and sends. Several may work on one ledger, in one program or many.
type Runner struct {
	o       Options
	senders senders

	wakeRuns, wakeMails chan struct{}
	busy                sync.WaitGroup
	making              atomic.Int64

	mu     sync.Mutex
	inHand map[*control.Delivery]bool // what is being sent, each try by itself

	left map[string]bool // files that could not be removed, which was said; the tidying's own
}

// New returns a runner.
func New(o Options) *Runner {
	if o.Makers == 0 {
		o.Makers = runtime.GOMAXPROCS(0)
	}
	if o.Senders == 0 {
		o.Senders = 8
	}
	return &Runner{
		o: o, senders: senders{settings: o.Settings, now: o.Now},
		wakeRuns: make(chan struct{}, 1), wakeMails: make(chan struct{}, 1), inHand: map[*control.Delivery]bool{}, left: map[string]bool{},
	}
}

// Wake says that there may be something to do, so that nobody waits for the next look.
func (r *Runner) Wake() {
	wake(r.wakeRuns)
	wake(r.wakeMails)
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run works until ctx is done. Then what is being made is given back, for whoever comes next, and what is being sent is finished.
func (r *Runner) Run(ctx context.Context) error {
	defer r.senders.close()
	if err := r.o.Control.TakeBack(ctx, r.o.Worker); err != nil && ctx.Err() == nil {
		r.log(slog.LevelError, "what was begun before could not be taken back; it is when its time is over", "error", err)
	}
	var loops sync.WaitGroup
	loops.Go(func() { r.every(ctx, betweenPlans, nil, r.plan) })
	loops.Go(func() { r.every(ctx, betweenLooks, r.wakeRuns, r.claimRuns) })
	loops.Go(func() { r.every(ctx, betweenLooks, r.wakeMails, r.claimDeliveries) })
	loops.Go(func() { r.every(ctx, betweenHolds, nil, r.hold) })
	if r.o.Files != nil {
		loops.Go(func() { r.every(ctx, betweenTidy, nil, r.tidy) })
	}
	loops.Wait()
	r.busy.Wait()
	return nil
}

// every does something now, and then each time after a pause, or when it is woken.
func (r *Runner) every(ctx context.Context, pause time.Duration, woken <-chan struct{}, do func(context.Context)) {
	for {
		do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-time.After(pause):
		}
		if ctx.Err() != nil {
			return
		}
	}
}

func (r *Runner) log(level slog.Level, message string, args ...any) {
	if r.o.Logger != nil {
		r.o.Logger.Log(context.Background(), level, message, args...)
	}
}

// failed logs an error of the ledger, which the next look may not have.
func (r *Runner) failed(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		r.log(slog.LevelError, what, "error", err)
	}
}

func (r *Runner) plan(ctx context.Context) {
	planned, _, err := r.o.Control.Plan(ctx, mostPlanned)
	if err != nil {
		r.failed(ctx, "schedules could not be planned", err)
	}
	if planned > 0 {
		wake(r.wakeRuns)
	}
}

// Away is the error of a run that could not be made because who makes it is not there. That is no fault of the run, and no try of it.
type Away struct{ Err error }

func (a *Away) Error() string { return a.Err.Error() }
func (a *Away) Unwrap() error { return a.Err }

// IsAway tells those who don't know the type.
func (a *Away) IsAway() bool { return true }

func (r *Runner) claimRuns(ctx context.Context) {
	if r.o.Ready != nil && r.o.Ready(ctx) != nil {
		return
	}
	free := r.o.Makers - int(r.making.Load())
	if free <= 0 {
		return // who ends wakes
	}
	runs, err := r.o.Control.ClaimRuns(ctx, r.o.Worker, free)
	if err != nil {
		r.failed(ctx, "no run could be taken", err)
		return
	}
	for _, run := range runs {
		r.making.Add(1)
		r.busy.Go(func() {
			defer wake(r.wakeRuns)
			defer r.making.Add(-1)
			r.make(ctx, run)
		})
	}
}

func (r *Runner) claimDeliveries(ctx context.Context) {
	sending := r.sending()
	free := r.o.Senders - len(sending)
	if free <= 0 {
		return
	}
	lacks, err := r.senders.lacks(ctx)
	if err != nil {
		r.failed(ctx, "how deliveries leave could not be read", err)
		return
	}
	deliveries, err := r.o.Control.ClaimDeliveries(ctx, control.Claimant{Worker: r.o.Worker, InHand: sending, Lacks: lacks}, free)
	if err != nil {
		r.failed(ctx, "no delivery could be taken", err)
		return
	}
	for _, d := range deliveries {
		put := r.take(d)
		r.busy.Go(func() {
			defer wake(r.wakeMails)
			defer put()
			r.send(ctx, d)
		})
	}
}

// take takes a delivery in hand until put is called.
func (r *Runner) take(d control.Delivery) (put func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inHand[&d] = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.inHand, &d)
	}
}

// sending returns what is in hand.
func (r *Runner) sending() (list []control.Delivery) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for d := range r.inHand {
		list = append(list, *d)
	}
	return list
}

// hold keeps what is being sent ours.
func (r *Runner) hold(ctx context.Context) {
	sending := r.sending()
	if len(sending) == 0 {
		return
	}
	if err := r.o.Control.HoldDeliveries(ctx, sending...); err != nil {
		r.failed(ctx, "what is being sent could not be held", err)
	}
}

// Causes of a making that ends before its time.
var (
	errCancelled = errors.New("somebody has cancelled it")
	errTaken     = errors.New("another worker has it")
)

// make makes a run, and writes down what has become of it.
func (r *Runner) make(ctx context.Context, run control.Run) {
	making, end := context.WithCancelCause(ctx)
	defer end(nil)
	var news sync.WaitGroup
	var rows, percent atomic.Int64
	news.Go(func() { r.renew(making, end, run, &rows, &percent) })
	product, err := r.o.Make(making, run, func(p usage.Progress) {
		rows.Store(p.Rows)
		percent.Store(int64(p.Percent))
	})
	cause := context.Cause(making)
	end(nil)
	news.Wait()
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	if err == nil {
		if err = r.finish(writing, run, product); err == nil {
			wake(r.wakeMails)
			return
		}
		cause = nil
		if tallystick.CodeOf(err) == tallystick.Conflict { // cancelled, or lost, at the last moment: the file is swept away
			err, cause = r.o.Control.CancelledRun(writing, run), errTaken
		}
	}
	switch {
	case cause == errTaken:
		err = nil
	case cause == errCancelled:
		err = r.o.Control.CancelledRun(writing, run)
	case ctx.Err() != nil:
		err = r.o.Control.ReleaseRun(writing, run)
	case errors.As(err, new(*Away)):
		r.log(slog.LevelWarn, "a run is given back", "run", run.ID, "error", err)
		err = r.o.Control.ReleaseRun(writing, run)
	default:
		err = r.fail(writing, run, err)
	}
	if err != nil && tallystick.CodeOf(err) != tallystick.Conflict {
		r.log(slog.LevelError, "how a run has ended could not be written down", "run", run.ID, "error", err)
	}
}

// renew holds the claim on a run, tells how far it is, and ends its making where it is cancelled or taken by another.
func (r *Runner) renew(ctx context.Context, end context.CancelCauseFunc, run control.Run, rows, percent *atomic.Int64) {
	tick := time.NewTicker(betweenNews)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		cancelled, err := r.o.Control.Renew(ctx, run, rows.Load(), int(percent.Load()))
		switch {
		case tallystick.CodeOf(err) == tallystick.Conflict:
			end(errTaken)
			return
		case err != nil:
			r.failed(ctx, "how far a run is could not be written down", err) // the claim holds for a minute
		case cancelled:
			end(errCancelled)
			return
		}
	}
}

// finish ends a run with its file, for the recipients that it has: those of its schedule may by now be meant for another file.
func (r *Runner) finish(ctx context.Context, run control.Run, p *Product) error {
	receipt, err := json.Marshal(p.Receipt)
	if err != nil {
		return err
	}
	summary, err := json.Marshal(p.Summary)
	if err != nil {
		return err
	}
	file := p.Receipt.File
	result := control.Result{
		File:    control.RunFile{Name: file.Name, MediaType: file.MediaType, Size: file.Size, SHA256: file.SHA256},
		Receipt: receipt, Summary: summary, Rows: p.Receipt.Rows(), Late: p.Summary.LateEvents, Position: p.Receipt.Position,
	}
	for _, t := range p.Receipt.Tenants {
		if t.Tenant == "" {
			continue
		}
		result.Tenants = append(result.Tenants, t.Tenant)
		from, before, err := ends(t)
		if err != nil {
			return err
		}
		result.Told = append(result.Told, control.Told{Tenant: t.Tenant, From: from, Before: before})
	}
	var deliveries []control.Delivery
	for _, to := range run.Recipients {
		deliveries = append(deliveries, control.Delivery{Recipient: to, Subject: subject(&run, p.Summary)})
	}
	return r.o.Control.FinishRun(ctx, run, result, deliveries)
}

// fail ends a try. What may succeed later is tried again, but for exports, whose maker is waiting and can ask again.
func (r *Runner) fail(ctx context.Context, run control.Run, reason error) error {
	var stop *Stop
	if errors.As(reason, &stop) && run.Schedule != "" {
		if err := r.o.Control.StopSchedule(ctx, run.Schedule, stop.Reason); err != nil && tallystick.CodeOf(err) != tallystick.NotFound {
			r.log(slog.LevelError, "a schedule could not be stopped", "schedule", run.Schedule, "reason", stop.Reason, "error", err)
		}
	}
	next := control.Never
	switch code := tallystick.CodeOf(reason); {
	case errors.As(reason, &stop):
	case code == tallystick.Unavailable, code == tallystick.Internal && run.Schedule != "":
		next = control.Again
	}
	if run.Schedule == "" && isFull(reason) {
		next = control.Never
	}
	r.log(slog.LevelWarn, "a run has failed", "run", run.ID, "name", run.Name, "try", run.Attempts, "error", reason)
	text := plain(reason)
	if tallystick.CodeOf(reason) == tallystick.Internal && !errors.As(reason, &stop) {
		text = wentWrong
	}
	return r.o.Control.FailRun(ctx, run, text, next)
}
