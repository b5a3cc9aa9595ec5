package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/runner"
	"github.com/tallystick/tallystick/internal/usage"
)

// worker is the server as a worker sees it.
type worker struct {
	address string
	token   atomic.Pointer[string]
	name    string
	store   *control.Store // nil while it joins
	away    atomic.Bool    // the server did not answer
	renewal renewal
	logger  *slog.Logger
	client  http.Client
	told    atomic.Pointer[api.Told]
	now     func() time.Time
	pause   func(context.Context, time.Duration) error
	silence time.Duration // how long a server may say nothing while it is listened to
}

func newWorker(server string, now func() time.Time, logger *slog.Logger) *worker {
	w := &worker{address: strings.TrimRight(server, "/"), logger: logger, now: now, pause: pause, silence: silence}
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // what a server is shown is for nobody else
	return w
}

// How long a server that is there, but has no time, is asked again before what it was to do is given back: to make a file, and to hand one over to who is sending it.
const (
	makePatience = 5 * time.Minute
	openPatience = time.Minute
)

// silence is long for a server: while it makes a file it says something several times a second.
const silence = 30 * time.Second

// pause waits, until ctx is done.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// ask asks the server for what a worker has to know.
func (w *worker) ask(ctx context.Context) error {
	answer, err := w.do(ctx, http.MethodPost, api.WorkerTold)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var told api.Told
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&told); err != nil {
		return w.lost(err)
	}
	w.told.Store(&told)
	return nil
}

// listen asks again now and then, until ctx is done.
func (w *worker) listen(ctx context.Context) {
	const pause = time.Minute
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		if err := w.ask(ctx); err != nil && ctx.Err() == nil {
			w.logger.Warn("the server does not answer", "error", err)
		}
	}
}

// ready says whether the server can be asked. One that was away is asked again first.
func (w *worker) ready(ctx context.Context) error {
	if !w.away.Load() {
		return nil
	}
	return w.ask(ctx)
}

// do asks the server. A token that it does not know, because it was not used for long, is replaced once.
func (w *worker) do(ctx context.Context, method, path string) (*http.Response, error) {
	used := w.token.Load()
	answer, err := w.once(ctx, method, path)
	if tallystick.CodeOf(err) != tallystick.Denied || w.store == nil {
		return answer, err
	}
	if err := w.renew(ctx, used, err); err != nil {
		return nil, err
	}
	if answer, err = w.once(ctx, method, path); tallystick.CodeOf(err) == tallystick.Denied {
		return nil, w.lost(err) // it is no server of this database
	}
	if err == nil {
		w.renewal.mu.Lock()
		w.renewal.pause = 0
		w.renewal.mu.Unlock()
	}
	return answer, err
}

// renewal is when a token may be replaced again: a server that knows none of them is asked less and less often, for each is in the audit log.
type renewal struct {
	mu    sync.Mutex
	next  time.Time
	pause time.Duration
}

// longestRenewal is the longest pause between two tokens.
const longestRenewal = 10 * time.Minute

// renew replaces a token that was refused, unless somebody has meanwhile, or it is too early.
func (w *worker) renew(ctx context.Context, used *string, refused error) error {
	r := &w.renewal
	r.mu.Lock()
	defer r.mu.Unlock()
	if w.token.Load() != used {
		return nil
	}
	now := w.now()
	if now.Before(r.next) {
		return w.lost(refused)
	}
	r.pause = min(max(2*r.pause, firstPause), longestRenewal)
	r.next = now.Add(r.pause)
	token, err := w.store.AddWorker(ctx, w.name)
	if err != nil {
		return broken(err)
	}
	w.token.Store(&token)
	return nil
}

func (w *worker) once(ctx context.Context, method, path string) (*http.Response, error) {
	watched, watch := watching(ctx, w.silence)
	q, err := http.NewRequestWithContext(watched, method, w.address+path, nil)
	if err != nil {
		watch.end()
		return nil, err
	}
	q.Header.Set("Authorization", "Worker "+*w.token.Load())
	answer, err := w.client.Do(q)
	if err != nil {
		defer watch.end()
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case watched.Err() != nil:
			err = context.Cause(watched)
		}
		return nil, w.lost(err)
	}
	watch.timer.Stop()
	answer.Body = &watchedBody{answer.Body, watched, watch}
	if answer.StatusCode < 300 {
		w.away.Store(false)
		return answer, nil
	}
	defer answer.Body.Close()
	err = (&remote{address: w.address}).problem(answer)
	if after := retryAfter(answer); after >= 0 {
		return nil, &busy{err, after}
	}
	if !isProblem(answer) { // who is before the server, such as a proxy, knows nothing of runs
		return nil, &busy{tallystick.Errorf(tallystick.Unavailable, "%s answers %s, and not as a tallystick server does", w.address, answer.Status).
			WithHint("see whether --server is the address of one, and what is before it"), 0}
	}
	return nil, err
}

// busy is the error of a server that has no time now, or that somebody else answers for: it may be asked again, after a while at least.
type busy struct {
	err   error
	after time.Duration
}

func (b *busy) Error() string { return b.err.Error() }
func (b *busy) Unwrap() error { return b.err }

// wait is how long to wait at least; nil is not at all.
func (b *busy) wait() time.Duration {
	if b == nil {
		return 0
	}
	return b.after
}

// patiently asks a server that has no time again, after as long as it says and longer each time. When patience is over the error is that of a server that is away.
func (w *worker) patiently(ctx context.Context, patience time.Duration, do func() error) error {
	begun := w.now()
	for most := firstPause; ; most = min(2*most, longPause) {
		err := do()
		var later *busy
		if !errors.As(err, &later) {
			return err
		}
		wait := max(later.wait(), most/2+rand.N(most/2)) // apart from others that were refused at the same time
		if w.now().Sub(begun)+wait > patience {
			w.away.Store(true)
			return &runner.Away{Err: later.err}
		}
		if err := w.pause(ctx, wait); err != nil {
			return err
		}
	}
}

// lost is the error of a server that does not answer, or no more.
func (w *worker) lost(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		err = e.Err
	}
	w.away.Store(true)
	return &runner.Away{Err: tallystick.Errorf(tallystick.Unavailable, "the server %s does not answer: %w", w.address, err).WithHint("see whether it runs, and whether --server is right")}
}

// brokeOff is the error of a server that is gone in the middle of making a file. It may be that this file is its end, so that it counts as a try; a server that is stopped says so.
func (w *worker) brokeOff(err error) error {
	w.away.Store(true)
	return tallystick.Errorf(tallystick.Unavailable, "the server %s has stopped without a word while it made the file: %w", w.address, err).WithHint("its log may say why")
}

// make has the server make the file of a run. While the server has no time the run stays ours, by its heartbeat.
func (w *worker) make(ctx context.Context, r control.Run, progress func(usage.Progress)) (product *runner.Product, err error) {
	err = w.patiently(ctx, makePatience, func() (err error) {
		product, err = w.makeOnce(ctx, r, progress)
		return err
	})
	return product, err
}

func (w *worker) makeOnce(ctx context.Context, r control.Run, progress func(usage.Progress)) (*runner.Product, error) {
	answer, err := w.do(ctx, http.MethodPost, api.WorkRuns+r.ID)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	const longest = 64 << 20
	lines := bufio.NewReaderSize(io.LimitReader(answer.Body, longest), 64<<10)
	for begun := false; ; begun = true {
		var news api.WorkNews
		line, err := lines.ReadBytes('\n')
		if err == nil {
			err = json.Unmarshal(bytes.TrimSpace(line), &news)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case begun:
			return nil, w.brokeOff(err)
		default:
			return nil, w.lost(err)
		}
		if p := news.Problem; p != nil {
			err := &tallystick.Error{Code: p.Code, Message: p.Message, Hint: p.Hint}
			switch {
			case p.Stop:
				return nil, &runner.Stop{Reason: p.Message}
			case p.Busy:
				return nil, &busy{err: err}
			}
			return nil, err
		}
		if news.Product != nil {
			var product runner.Product
			if err := json.Unmarshal(news.Product, &product); err != nil {
				return nil, err
			}
			return &product, nil
		}
		progress(usage.Progress{Rows: news.Rows, Percent: news.Percent})
	}
}

// open opens the file of a run, which is at the server.
func (w *worker) open(ctx context.Context, r control.Run) (io.ReadCloser, error) {
	var file io.ReadCloser
	err := w.patiently(ctx, openPatience, func() error {
		answer, err := w.do(ctx, http.MethodGet, api.WorkRuns+r.ID+"/file")
		if err == nil {
			file = answer.Body
		}
		return err
	})
	return file, err
}
