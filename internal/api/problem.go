package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// statuses is the one table from the code of an error to its HTTP status.
var statuses = map[tallystick.Code]int{
	tallystick.Internal:    http.StatusInternalServerError,
	tallystick.Invalid:     http.StatusBadRequest,
	tallystick.NotFound:    http.StatusNotFound,
	tallystick.Denied:      http.StatusForbidden,
	tallystick.Conflict:    http.StatusConflict,
	tallystick.TooLarge:    http.StatusRequestEntityTooLarge,
	tallystick.Unavailable: http.StatusServiceUnavailable,
}

// withStatus is an error with a status of HTTP that says more than its code does.
type withStatus struct {
	error
	status int
}

func (e *withStatus) Unwrap() error { return e.error }

// WithStatus gives an error a status of its own, where HTTP has one that says more than that of its code: 401, 405, 415, 429, 507.
func WithStatus(status int, err error) error { return &withStatus{err, status} }

// Status returns the status that an error is answered with.
func Status(err error) int {
	if e := (*withStatus)(nil); errors.As(err, &e) {
		return e.status
	}
	if status, ok := statuses[tallystick.CodeOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// Problem is an error as HTTP tells it: problem details of RFC 9457 with the members of a [tallystick.Error].
type Problem struct {
	Type   string          `json:"type"`   // always about:blank: the code says what kind it is
	Title  string          `json:"title"`  // the status in words
	Status int             `json:"status"` // of HTTP
	Detail string          `json:"detail"` // what is wrong
	Code   tallystick.Code `json:"code"`
	Hint   string          `json:"hint,omitempty"` // what to do
	Path   string          `json:"path,omitempty"` // JSON path of the offending value

	Needs *control.Permission `json:"needs,omitempty" doc:"the permission that a member lacks for it"`
}

// ProblemOf returns an error's problem. An error that is none for people says nothing of what it is: it may name files of the server.
func ProblemOf(err error) Problem {
	p := Problem{Type: "about:blank", Status: Status(err), Code: tallystick.CodeOf(err)}
	p.Title = http.StatusText(p.Status)
	if e := (*tallystick.Error)(nil); errors.As(err, &e) && e.Code != tallystick.Internal {
		p.Detail, p.Hint, p.Path = e.Message, e.Hint, e.Path
	} else {
		p.Detail, p.Hint = "something went wrong on the server", "its log says what"
	}
	if l := (control.Lacking{}); errors.As(err, &l) {
		p.Needs = (*control.Permission)(&l)
	}
	return p
}

// WriteProblem answers a request with an error, and logs what is the server's fault.
func WriteProblem(w http.ResponseWriter, logger *slog.Logger, err error) {
	p := logged(logger, err)
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts and a number
	}
	writeProblem(w, p.Status, b)
}

// logged returns an error's problem, and logs what the problem does not say.
func logged(logger *slog.Logger, err error) Problem {
	p := ProblemOf(err)
	if p.Code == tallystick.Internal && logger != nil {
		logger.Error("a request failed", "error", err)
	}
	return p
}

// writeProblem writes a problem that is JSON already.
func writeProblem(w http.ResponseWriter, status int, b []byte) {
	if (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "1") // seconds
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	write(w, status, "application/problem+json", b)
}

// write writes an answer whose length is known.
func write(w http.ResponseWriter, status int, contentType string, b []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	w.Write(b) // whoever does not read it is gone
}
