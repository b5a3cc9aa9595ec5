package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/usage"
)

// Work is what the server does for workers: programs beside it that take runs and deliveries from the ledger too. They share its control database, and show it by a token
// from there; so they are trusted like the server itself. None of this is for people, and none of it is in the description of the API.
type Work struct {
	// Secret is the key of the secrets in the control database.
	Secret control.SecretKey
	// Make makes the file of a run, and returns what is to be told the worker as JSON.
	Make func(ctx context.Context, r control.Run, progress func(usage.Progress)) (any, error)
	// Open opens the file of a run.
	Open func(control.Run) (io.ReadCloser, error)
	// PublicURL is told to workers with the secret.
	PublicURL func(context.Context) string
	// SMTP is how mail leaves, where a flag of the server says it.
	SMTP string
	// Ending is closed when the server ends: what is made for workers ends then, and they give it back.
	Ending <-chan struct{}
}

// Paths of the work.
const (
	WorkPath       = "/workers/"
	WorkerTold     = WorkPath + "server"
	WorkRuns       = WorkPath + "runs/"
	workTokenStart = "Worker "
)

// Told is what a worker is told at its beginning, and now and then.
type Told struct {
	Secret    []byte `json:"secret"`
	PublicURL string `json:"public_url"`
	SMTP      string `json:"smtp,omitempty"` // how mail leaves, where that is not in the settings: with its password
}

// WorkNews is a line of the answer to a worker that has a run made: how far it is, and in the last one what has come of it.
type WorkNews struct {
	Rows    int64           `json:"rows,omitempty"`
	Percent int             `json:"percent,omitempty"`
	Product json.RawMessage `json:"product,omitempty"`
	Problem *WorkProblem    `json:"problem,omitempty"`
}

// WorkProblem is an error on its way to a worker. Stop: the schedule can't go on. Busy: the server can't make it now, which is no fault of the run, and may be asked again.
type WorkProblem struct {
	Code    tallystick.Code `json:"code"`
	Message string          `json:"message"`
	Hint    string          `json:"hint,omitempty"`
	Stop    bool            `json:"stop,omitempty"`
	Busy    bool            `json:"busy,omitempty"`
}

// stopped is an error for which the schedule of a run is to be stopped.
type stopped interface {
	error
	StopsSchedule() bool
}

// absent is an error of who makes runs, and not of the run.
type absent interface {
	error
	IsAway() bool
}

func (s *Server) registerWork(mux *http.ServeMux) {
	handle := func(pattern string, h func(http.ResponseWriter, *http.Request)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			c := callOf(r.Context())
			if left, wait := s.limits.ask("work "+network(c.address), byWorkers, s.Now()); left < 0 {
				w.Header().Set("Retry-After", strconv.Itoa(wait))
				WriteProblem(w, s.Logger, tooOften(byWorkers))
				return
			}
			token, _ := strings.CutPrefix(r.Header.Get("Authorization"), workTokenStart)
			if _, err := s.Control.Worker(r.Context(), token); err != nil {
				if tallystick.CodeOf(err) == tallystick.Denied {
					err = unauthenticated(err)
				}
				WriteProblem(w, s.Logger, err)
				return
			}
			h(w, r)
		})
	}
	handle("POST "+WorkerTold, func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, Told{Secret: s.Work.Secret[:], PublicURL: s.Work.PublicURL(r.Context()), SMTP: s.Work.SMTP})
	})
	handle("POST "+WorkRuns+"{id}", s.makeForWorker)
	handle("GET "+WorkRuns+"{id}/file", func(w http.ResponseWriter, r *http.Request) {
		run, err := s.Control.RunToMake(r.Context(), r.PathValue("id"))
		var f io.ReadCloser
		if err == nil {
			f, err = s.Work.Open(run)
		}
		if err != nil {
			WriteProblem(w, s.Logger, err)
			return
		}
		defer f.Close()
		w.Header().Set("Content-Type", "application/octet-stream")
		if _, err := io.Copy(w, f); err != nil {
			panic(http.ErrAbortHandler)
		}
	})
}

// betweenNews is how often a worker is told how far its run is; a line comes also where there is nothing new, so that both see whether the other is there.
const betweenNews = 200 * time.Millisecond

// makeForWorker makes the file of a run, and tells how far it is, a line at a time. A worker that goes away ends the making.
func (s *Server) makeForWorker(w http.ResponseWriter, r *http.Request) {
	run, err := s.Control.RunToMake(r.Context(), r.PathValue("id"))
	if err == nil && run.State != control.RunRunning {
		err = tallystick.Errorf(tallystick.Conflict, "run %q is %s", run.ID, run.State).WithHint("claim it first")
	}
	if err != nil {
		WriteProblem(w, s.Logger, err)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	var mu sync.Mutex
	var far usage.Progress
	lines := json.NewEncoder(w)
	flush := http.NewResponseController(w)
	flush.SetWriteDeadline(time.Time{}) // the answer takes as long as the making
	tell := func(n WorkNews) error {
		late := time.AfterFunc(time.Minute, func() { flush.SetWriteDeadline(time.Unix(1, 0)) }) // nobody reads it
		defer late.Stop()
		if err := lines.Encode(n); err != nil {
			return err
		}
		return flush.Flush()
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	ending := func() bool {
		select {
		case <-s.Work.Ending:
			return true
		default:
			return false
		}
	}
	go func() {
		select {
		case <-s.Work.Ending:
			cancel()
		case <-ctx.Done():
		}
	}()
	var news sync.WaitGroup
	done := make(chan struct{})
	news.Go(func() {
		tick := time.NewTicker(betweenNews)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			mu.Lock()
			one := WorkNews{Rows: far.Rows, Percent: far.Percent}
			mu.Unlock()
			if tell(one) != nil {
				cancel()
				return
			}
		}
	})
	product, err := s.Work.Make(ctx, run, func(p usage.Progress) {
		mu.Lock()
		far = p
		mu.Unlock()
	})
	close(done)
	news.Wait()
	last := WorkNews{Rows: far.Rows, Percent: far.Percent}
	if err == nil {
		last.Product, err = json.Marshal(product)
	}
	if err != nil {
		if s.Logger != nil && tallystick.CodeOf(err) == tallystick.Internal && ctx.Err() == nil {
			s.Logger.Error("a run for a worker has failed", "run", run.ID, "error", err)
		}
		if last = (WorkNews{Problem: workProblem(err)}); ending() { // the run can be made later
			last.Problem = &WorkProblem{Code: tallystick.Unavailable, Message: "the server ends", Busy: true}
		}
	}
	if tell(last) != nil {
		panic(http.ErrAbortHandler)
	}
}

func workProblem(err error) *WorkProblem {
	p := &WorkProblem{Code: tallystick.CodeOf(err), Message: err.Error()}
	if e := (*tallystick.Error)(nil); errors.As(err, &e) {
		p.Message, p.Hint = e.Message, e.Hint
		if e.Path != "" {
			p.Message = e.Path + ": " + p.Message
		}
	}
	if stop := stopped(nil); errors.As(err, &stop) {
		p.Stop = stop.StopsSchedule()
	}
	if away := absent(nil); errors.As(err, &away) {
		p.Busy = away.IsAway()
	}
	return p
}
