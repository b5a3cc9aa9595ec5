package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
)

// How long the body of a request may be, in bytes; of events it is another thing.
const (
	maxBody    = 1 << 20
	maxReceipt = 16 << 20 // a receipt names each tenant and each file of its report
)

// longestBody is how long the body of a request for a path may be.
func longestBody(path string) int64 {
	if strings.HasPrefix(path, receiptsPath) {
		return maxReceipt
	}
	return maxBody
}

const eventsPath = "/api/v1/events"

// Handler returns what answers all requests. It is called once; then [Server.Close] ends what goes on beside requests.
func (s *Server) Handler() http.Handler {
	s.metrics = newMetrics(s)
	mux := http.NewServeMux()
	s.newAPI(mux)
	s.registerOperations(mux)
	for _, register := range s.pages() {
		register(mux)
	}
	mux.Handle(eventsPath, s.ingest())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.nothingHere(w, r, mux) })
	var h http.Handler = routed(mux)
	h = s.limited(h)
	h = s.authenticated(h)
	h = bounded(h)
	h = s.sameOrigin(h)
	h = headed(h)
	return s.observed(h)
}

// Close waits until what goes on beside requests has ended. No request may be under way.
func (s *Server) Close() { s.work.wait() }

// routed lets the mux answer, and notes which pattern it was for: what else a path holds is never logged.
func routed(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, callOf(r.Context()).route = mux.Handler(r)
		mux.ServeHTTP(w, r)
	})
}

// observed begins a request, and notes how it ended: in the log, in the metrics, and where it panicked as a problem.
func (s *Server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := s.begin(r)
		w.Header().Set("X-Request-Id", c.id)
		answer := &answered{ResponseWriter: w}
		start := s.Now()
		defer func() {
			p := recover()
			if p != nil && p != http.ErrAbortHandler {
				s.log(r.Context(), slog.LevelError, "a request panicked", "id", c.id, "route", c.route, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				if answer.status == 0 {
					WriteProblem(answer, nil, tallystick.Errorf(tallystick.Internal, "panic"))
				} else {
					p = http.ErrAbortHandler // half an answer must not look like a whole one
				}
			}
			answer.broken = p == http.ErrAbortHandler
			s.note(r, c, answer, s.Now().Sub(start))
			if answer.broken {
				panic(p)
			}
		}()
		next.ServeHTTP(answer, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	})
}

// note writes what became of a request. What goes well and comes often is only counted.
func (s *Server) note(r *http.Request, c *call, answer *answered, took time.Duration) {
	status := answer.status
	if status == 0 {
		status = http.StatusOK
	}
	s.metrics.request(c.route, status, answer.broken, took)
	level := slog.LevelInfo
	if path := r.URL.Path; status < 400 && !answer.broken && (path == eventsPath || !strings.HasPrefix(path, "/api/")) {
		level = slog.LevelDebug
	}
	message := "request"
	if answer.broken {
		message = "request broken off"
	}
	s.log(r.Context(), level, message, "id", c.id, "method", r.Method, "route", c.route, "status", status, "bytes", answer.bytes, "ms", took.Milliseconds(),
		"address", c.address, "actor", c.actor.ID)
}

func (s *Server) log(ctx context.Context, level slog.Level, message string, keys ...any) {
	if s.Logger != nil {
		s.Logger.Log(ctx, level, message, keys...)
	}
}

// answered remembers the status and the length of an answer.
type answered struct {
	http.ResponseWriter
	status int
	bytes  int64
	broken bool // before its end
}

func (a *answered) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answered) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap is for [http.ResponseController].
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// headed says what a browser must not do with an answer: take it for something else, tell others its address, run anything in it, show it in a frame, keep it.
func headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Frame-Options", "DENY")
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what another site has its visitors' browsers do here. A request with a key is none of these: a browser adds no key by itself.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" && guard.Check(r) != nil && !s.ownOrigin(r) {
			WriteProblem(w, nil, tallystick.Errorf(tallystick.Denied, "the request comes from a page of another site").
				WithHint("use the pages of this server, or a key"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ownOrigin reports whether a request comes from where people find this server: a proxy may have changed the Host that it was sent to.
func (s *Server) ownOrigin(r *http.Request) bool {
	u, err := url.Parse(s.saidURL(r.Context()))
	return err == nil && u.Host != "" && r.Header.Get("Origin") == u.Scheme+"://"+u.Host
}

// bounded limits what is read of a body; events have limits of their own.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != eventsPath {
			r.Body = http.MaxBytesReader(w, r.Body, longestBody(r.URL.Path))
		}
		next.ServeHTTP(w, r)
	})
}

// nothingHere answers what no route is for.
func (s *Server) nothingHere(w http.ResponseWriter, r *http.Request, mux *http.ServeMux) {
	if looks := r.Method == http.MethodGet || r.Method == http.MethodHead; looks && s.Web != nil && !strings.HasPrefix(r.URL.Path, "/api/") {
		s.Web.ServeHTTP(w, r)
		return
	} else if looks && r.URL.Path == "/" {
		write(w, http.StatusOK, "text/plain; charset=utf-8", []byte("This is Tallystick "+s.Version+". Its API is described at /api/openapi.json.\n"+
			"It was built without its web app: `make build` makes both where npm is.\n"))
		return
	}
	if allowed := methodsOf(mux, r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		WriteProblem(w, s.Logger, WithStatus(http.StatusMethodNotAllowed,
			tallystick.Errorf(tallystick.Invalid, "%.200q does not know the method %.20s", r.URL.Path, r.Method).WithHint("use %s", strings.Join(allowed, ", "))))
		return
	}
	WriteProblem(w, s.Logger, tallystick.Errorf(tallystick.NotFound, "there is nothing at %.200q for %.20s", r.URL.Path, r.Method).
		WithHint("/api/openapi.json describes what there is"))
}

// methodsOf returns the methods that a path has routes for.
func methodsOf(mux *http.ServeMux, r *http.Request) (allowed []string) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	return allowed
}
