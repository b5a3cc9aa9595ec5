package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/tallystick/tallystick"
)

// registerOperations registers what those who run the server look at. It asks for no sign-in: it tells numbers of the whole, and nothing of any tenant.
func (s *Server) registerOperations(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		write(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", s.metrics.handler)
}

// check is a part of the server that is ready, or why it is not.
type check struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
	Why   string `json:"why,omitempty"`
}

// ready answers whether the server does all it is there for. Events may be taken also while it is not.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	var answer struct {
		Ready  bool    `json:"ready"`
		Checks []check `json:"checks"`
		Head   string  `json:"head"` // newest record of the journal
		Lag    uint64  `json:"lag"`  // records that the engine has not applied yet
	}
	answer.Ready = true
	head, applied := s.Events.Head(), s.Events.Applied()
	answer.Head = head.String()
	if head.After(applied) {
		answer.Lag = head.Sequence - applied.Sequence
	}
	for _, part := range []struct {
		name  string
		check func() error
	}{
		{"control", func() error { return s.Control.Ping(ctx) }}, {"journal", s.Events.Taking}, {"engine", s.Events.Answering},
	} {
		c := check{Name: part.name, Ready: true}
		if part.check != nil {
			if err := part.check(); err != nil {
				c.Ready, c.Why = false, ProblemOf(err).Detail
			}
		}
		answer.Ready = answer.Ready && c.Ready
		answer.Checks = append(answer.Checks, c)
	}
	status := http.StatusOK
	if !answer.Ready {
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "1")
	}
	b, err := json.Marshal(answer)
	if err != nil {
		panic(err) // texts and numbers
	}
	write(w, status, "application/json", append(b, '\n'))
}

// answering returns an error of code Unavailable while nothing can be asked of the engine.
func (s *Server) answering() error {
	if s.Events.Answering != nil {
		return s.Events.Answering()
	}
	return nil
}

// ask calls fn with the engine.
func (s *Server) ask(fn func(tallystick.Answerer) error) error {
	if err := s.answering(); err != nil {
		return err
	}
	start := s.Now()
	defer func() { s.metrics.queried(s.Now().Sub(start)) }()
	return s.Events.Ask(fn)
}
