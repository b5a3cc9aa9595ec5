package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
	"github.com/tallystick/tallystick/internal/runner"
	"github.com/tallystick/tallystick/internal/usage"
)

// workerCommand is one more hand for exports and schedules.
type workerCommand struct {
	Server string `help:"Address of the server that makes the files." placeholder:"URL" required:""`
	SMTP   string `name:"smtp" help:"How mail leaves from here; without it as the server's settings say." placeholder:"URL" setting:""`
	controlFlag
}

// Run takes what is due from the ledger, has the server make the files, and sends them, until it is asked to stop.
func (c *workerCommand) Run(ctx context.Context, p *program) error {
	dsn := p.settings.get("control")
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return tallystick.Errorf(tallystick.Invalid, "a worker shares the control database with its server, which must be in Postgres").At("--control").
			WithHint("give --control postgres://…, to the server and to the worker")
	}
	u, err := url.Parse(c.Server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return tallystick.Errorf(tallystick.Invalid, "%q is not the address of a server", c.Server).At("--server").WithHint("write one such as http://127.0.0.1:8080")
	}
	fixed, err := p.mailServer()
	if err != nil {
		return err
	}
	host, _ := os.Hostname()
	name := fmt.Sprintf("worker %s of %s, %d", rand.Text()[:8], host, p.pid)
	w := &worker{address: strings.TrimRight(c.Server, "/"), logger: slog.New(slog.NewTextHandler(p.stderr, nil))}
	store, err := w.join(ctx, p, dsn, name)
	if err != nil {
		return err
	}
	defer store.Close()
	fmt.Fprintf(p.stderr, "tallystick: %s works for %s\n", name, w.address)
	w.store, w.name = store, name
	go w.listen(ctx)
	return runner.New(runner.Options{
		Control: store, Worker: name, Make: w.make, Open: w.open, Ready: w.ready, Now: p.now, Logger: w.logger,
		PublicURL: func(context.Context) string { return w.told.Load().PublicURL },
		Settings: func(ctx context.Context) (deliver.Settings, error) {
			smtp := fixed
			if told := w.told.Load(); smtp.Host == "" && told.SMTP != "" {
				var err error
				if smtp, err = deliver.ParseSMTP(told.SMTP); err != nil {
					return deliver.Settings{}, err
				}
			}
			return runner.DeliverSettings(ctx, store, smtp, "", p.now)
		},
	}).Run(ctx)
}

// worker is the server as a worker sees it.
type worker struct {
	address string
	token   atomic.Pointer[string]
	name    string
	store   *control.Store // nil while it joins
	away    atomic.Bool    // the server did not answer
	logger  *slog.Logger
	client  http.Client
	told    atomic.Pointer[api.Told]
}

// join shows the server that we have its control database, and opens that with the key of its secrets.
func (w *worker) join(ctx context.Context, p *program, dsn, name string) (*control.Store, error) {
	store, err := control.Open(ctx, control.Options{DSN: dsn, Now: p.now})
	if err != nil {
		return nil, broken(err)
	}
	token, err := store.AddWorker(ctx, name)
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, broken(err)
	}
	w.token.Store(&token)
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := w.ask(ctx)
		if err == nil {
			break
		}
		if tallystick.CodeOf(err) != tallystick.Unavailable {
			return nil, err
		}
		w.logger.Warn("the server is asked again", "error", err)
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
	var secret control.SecretKey
	if told := w.told.Load(); copy(secret[:], told.Secret) != len(secret) || len(told.Secret) != len(secret) {
		return nil, tallystick.Errorf(tallystick.Internal, "the server's secret key has %d bytes", len(told.Secret))
	}
	store, err = control.Open(ctx, control.Options{DSN: dsn, Now: p.now, Secret: secret})
	return store, broken(err)
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
	answer, err := w.once(ctx, method, path)
	if tallystick.CodeOf(err) != tallystick.Denied || w.store == nil {
		return answer, err
	}
	token, err := w.store.AddWorker(ctx, w.name)
	if err != nil {
		return nil, broken(err)
	}
	w.token.Store(&token)
	if answer, err = w.once(ctx, method, path); tallystick.CodeOf(err) == tallystick.Denied {
		err = w.lost(err) // it is no server of this database
	}
	return answer, err
}

func (w *worker) once(ctx context.Context, method, path string) (*http.Response, error) {
	q, err := http.NewRequestWithContext(ctx, method, w.address+path, nil)
	if err != nil {
		return nil, err
	}
	q.Header.Set("Authorization", "Worker "+*w.token.Load())
	answer, err := w.client.Do(q)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, w.lost(err)
	}
	if answer.StatusCode < 300 {
		w.away.Store(false)
		return answer, nil
	}
	defer answer.Body.Close()
	return nil, (&remote{address: w.address}).problem(answer)
}

// lost is the error of a server that does not answer, or no more.
func (w *worker) lost(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		err = e.Err
	}
	w.away.Store(true)
	return &runner.Away{Err: tallystick.Errorf(tallystick.Unavailable, "the server %s does not answer: %w", w.address, err).WithHint("see whether it runs, and whether --server is right")}
}

// silence is how long a server that makes a file may say nothing: it says something several times a second.
const silence = 30 * time.Second

// make has the server make the file of a run.
func (w *worker) make(ctx context.Context, r control.Run, progress func(usage.Progress)) (*runner.Product, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(silence, func() {
		cancel(w.lost(errors.New("it says nothing any more")))
	})
	defer quiet.Stop()
	answer, err := w.do(ctx, http.MethodPost, api.WorkRuns+r.ID)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	const longest = 64 << 20
	lines := bufio.NewReaderSize(io.LimitReader(answer.Body, longest), 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			return nil, w.lost(err)
		}
		quiet.Reset(silence)
		var news api.WorkNews
		if err := json.Unmarshal(bytes.TrimSpace(line), &news); err != nil {
			return nil, w.lost(err)
		}
		switch {
		case news.Problem != nil && news.Problem.Stop:
			return nil, &runner.Stop{Reason: news.Problem.Message}
		case news.Problem != nil:
			return nil, &tallystick.Error{Code: news.Problem.Code, Message: news.Problem.Message, Hint: news.Problem.Hint}
		case news.Product != nil:
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
	answer, err := w.do(ctx, http.MethodGet, api.WorkRuns+r.ID+"/file")
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}
