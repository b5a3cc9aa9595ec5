package main

import (
	"context"
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

// How long requests may take from their first byte to the last one of their answer.
const (
	eventsTime  = 5 * time.Minute // of a slow platform
	reportsTime = 10 * time.Minute
	otherTime   = time.Minute
)

// withDeadlines ends connections whose request or answer takes too long for what it is.
func withDeadlines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		read, write := otherTime, otherTime
		switch {
		case r.URL.Path == "/api/v1/events":
			read, write = eventsTime, eventsTime+otherTime
		case strings.HasPrefix(r.URL.Path, "/api/v1/reports"):
			write = reportsTime
		}
		now := time.Now()
		control := http.NewResponseController(w)
		control.SetReadDeadline(now.Add(read))
		control.SetWriteDeadline(now.Add(write))
		next.ServeHTTP(w, r)
	})
}
