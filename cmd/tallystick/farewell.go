package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// farewell is the end of an HTTP server. Who is being answered, a worker or somebody with a download among them, is answered to the end, for a while; then connections are
// broken off, and what was answering on them is waited for too: when it is said nobody uses any more what the server has to close.
type farewell struct {
	polite time.Duration // how long requests may go on
	firm   time.Duration // how long those whose connection was broken off may take to notice

	mu     sync.Mutex
	guests int
	closed bool          // nobody comes in any more
	last   chan struct{} // closed when the last one has gone after that
}

// How long a server waits when it ends.
const (
	politeFarewell = 30 * time.Second
	firmFarewell   = 15 * time.Second
)

func newFarewell(polite, firm time.Duration) *farewell {
	return &farewell{polite: polite, firm: firm, last: make(chan struct{})}
}

// counted counts requests while they are answered.
func (f *farewell) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.enter() {
			panic(http.ErrAbortHandler) // it has come on a connection that is broken off
		}
		defer f.leave()
		next.ServeHTTP(w, r)
	})
}

func (f *farewell) enter() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.guests++
	}
	return !f.closed
}

func (f *farewell) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.guests--; f.guests == 0 && f.closed {
		close(f.last)
	}
}

// say ends a server. hangUp ends the contexts of its requests.
func (f *farewell) say(web *http.Server, hangUp func(), logger *slog.Logger) {
	polite, cancel := context.WithTimeout(context.Background(), f.polite)
	defer cancel()
	err := web.Shutdown(polite)
	f.mu.Lock()
	f.closed = true
	left := f.guests
	if left == 0 {
		close(f.last)
	}
	f.mu.Unlock()
	if err != nil || left > 0 {
		logger.Warn("requests are broken off that have not ended", "requests", left, "waited", f.polite)
	}
	hangUp()
	web.Close()
	select {
	case <-f.last:
	case <-time.After(f.firm):
		logger.Error("requests go on whose connections were broken off", "waited", f.firm)
	}
}
