package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/journal"
)

// ingest is the taking of events over HTTP, which begins when [api.Events.Taking] allows.
func (s *serving) ingest() *api.Ingest {
	return &api.Ingest{
		Enqueue: s.enqueue, Keep: s.quarantine.Keep, Count: s.count, Now: s.program.now, Logger: s.logger,
		Declared: s.declared,
		FreeBytes: func() (uint64, error) {
			var stat syscall.Statfs_t
			err := syscall.Statfs(s.dir.Journal(), &stat)
			return stat.Bavail * uint64(stat.Bsize), err
		},
	}
}

func (s *serving) enqueue(events []tallystick.Event) *journal.Ticket {
	return s.journal.Load().Enqueue(events)
}

func (s *serving) count(ctx context.Context, counts []tallystick.IngestCount) error {
	return s.counter.Add(ctx, counts)
}

// events is the journal and the engine as the API sees them.
func (s *serving) events() api.Events {
	return api.Events{
		Enqueue: s.enqueue,
		Head:    s.head,
		Applied: func() tallystick.Position { return s.applier.Applied() },
		Wait:    func(ctx context.Context, until tallystick.Position) error { return s.applier.Wait(ctx, until) },
		Ask:     func(fn func(tallystick.Answerer) error) error { return s.applier.Ask(fn) },
		Taking:  s.taking, Answering: s.answering,
	}
}

func (s *serving) head() tallystick.Position {
	if j := s.journal.Load(); j != nil {
		return j.Head()
	}
	return tallystick.Position{}
}

// taking says why no events are taken yet.
func (s *serving) taking() error {
	if s.ready.Load() {
		return nil
	}
	e := tallystick.Errorf(tallystick.Unavailable, "the journal is being opened")
	if k := s.keys.Load(); k != nil && s.journal.Load() == nil {
		e = tallystick.Errorf(tallystick.Unavailable, "the journal's key index is made anew: %d of %d records are read", k.done, k.total)
	}
	return e.WithHint("send the events again in a moment")
}

// answering says why the engine can't be asked. It is not asked with less than it once had, or the journal had at the start: reports would go back in time.
func (s *serving) answering() error {
	if s.stopped.Load() {
		return tallystick.Errorf(tallystick.Unavailable, "the engine has failed").WithHint("the server's log says why; events are taken all the same")
	}
	if !s.ready.Load() {
		return tallystick.Errorf(tallystick.Unavailable, "the engine is being opened").WithHint("ask again in a moment")
	}
	applied, needed := s.applier.Applied().Sequence, s.needed.Load()
	if applied >= needed {
		s.needed.CompareAndSwap(needed, applied)
		return nil
	}
	return tallystick.Errorf(tallystick.Unavailable, "the engine is catching up with the journal: it has applied %d of %d records", applied, needed).
		WithHint("ask again in a moment; events are taken all the same")
}

// requestTimes is how long requests may take from their first byte to the last one of their answer.
type requestTimes struct {
	events  time.Duration // of a slow platform; its answer has the time of others besides
	reports time.Duration
	files   time.Duration // that were made, and may be large
	other   time.Duration
}

func usualTimes() requestTimes {
	return requestTimes{events: 5 * time.Minute, reports: 10 * time.Minute, files: time.Hour, other: time.Minute}
}

// deadlines ends connections whose request or answer takes too long for what it is.
func (t requestTimes) deadlines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		read, write := t.other, t.other
		switch {
		case r.URL.Path == "/api/v1/events":
			read, write = t.events, t.events+t.other
		case strings.HasPrefix(r.URL.Path, "/api/v1/reports"), strings.HasPrefix(r.URL.Path, "/api/v1/receipts"):
			write = t.reports
		case strings.HasPrefix(r.URL.Path, "/api/v1/files/"), strings.HasPrefix(r.URL.Path, "/api/v1/runs/"), strings.HasPrefix(r.URL.Path, api.WorkPath):
			write = t.files
		}
		now := time.Now()
		control := http.NewResponseController(w)
		control.SetWriteDeadline(now.Add(write))
		if r.Body == http.NoBody {
			control.SetReadDeadline(time.Time{})
		} else {
			control.SetReadDeadline(now.Add(read))
			r.Body = &timedBody{r.Body, control}
		}
		next.ServeHTTP(w, r)
	})
}

// timedBody is a body that has to come in time. When all of it is here the deadline is lifted: net/http goes on reading, to see a client that leaves, and would take
// the deadline for that and cancel the request.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
