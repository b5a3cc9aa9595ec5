package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// sessionCookie holds the token of a session.
const sessionCookie = "tallystick_session"

// authenticated finds out who asks: by a key in the header Authorization, else by the session in the cookie. A request without either, or with one that is not
// good, is nobody's, and goes on: whether anybody is needed is for the route to say.
func (s *Server) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == eventsPath { // events show their key to their own handler
			next.ServeHTTP(w, r)
			return
		}
		c := callOf(r.Context())
		a, err := s.recognise(r, c)
		switch tallystick.CodeOf(err) {
		case "":
			c.actor = a
		case tallystick.Denied:
			c.refused = err
		default:
			WriteProblem(w, s.Logger, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(withActor(r.Context(), c.actor)))
	})
}

// recognise returns whose the credentials of a request are. The error is of code Denied where they are not good.
func (s *Server) recognise(r *http.Request, c *call) (control.Actor, error) {
	if r.Header.Get("Authorization") != "" {
		key, err := bearer(r)
		if err != nil {
			return control.Actor{}, err
		}
		return s.Control.KeyActor(r.Context(), key, c.from())
	}
	if cookie, err := r.Cookie(sessionCookie); err == nil && cookie.Value != "" {
		return s.Control.SessionActor(r.Context(), cookie.Value, c.from())
	}
	return control.Nobody(c.from()), nil
}

// bearer returns the key in the header Authorization.
func bearer(r *http.Request) (string, error) {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(key) == "" {
		return "", tallystick.Errorf(tallystick.Denied, "the header Authorization holds no key").WithHint(`write "Authorization: Bearer tsk_…"`)
	}
	return strings.TrimSpace(key), nil
}

// unauthenticated is the answer where somebody is needed and nobody was recognised.
func unauthenticated(refused error) error {
	if e := (*tallystick.Error)(nil); errors.As(refused, &e) {
		return WithStatus(http.StatusUnauthorized, refused)
	}
	return WithStatus(http.StatusUnauthorized, tallystick.Errorf(tallystick.Denied, "you are not signed in").WithHint(`sign in, or send a key: "Authorization: Bearer tsk_…"`))
}

// setSession puts a session's token into the cookie; "" takes it away. The cookie lasts as long as the session at most, and is not for scripts or other sites.
func (s *Server) setSession(ctx context.Context, token string) http.Cookie {
	cookie := http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(control.SessionLifetime / tallystick.Second),
		Secure: callOf(ctx).secure || strings.HasPrefix(s.saidURL(ctx), "https://"),
	}
	if token == "" {
		cookie.MaxAge = -1
	}
	return cookie
}

// ingest answers the handing over of events: with the keys of the control plane, and while the journal can take some.
func (s *Server) ingest() http.Handler {
	s.Ingest.Key = func(r *http.Request) (IngestKey, error) {
		if r.Header.Get("Authorization") == "" {
			return IngestKey{}, unauthenticated(nil)
		}
		c := callOf(r.Context())
		key, err := bearer(r)
		if err == nil {
			c.actor, err = s.Control.KeyActor(r.Context(), key, c.from())
		}
		if tallystick.CodeOf(err) == tallystick.Denied {
			if err := s.limits.take("address "+network(c.address), byAddress, s.Now()); err != nil {
				return IngestKey{}, err
			}
			return IngestKey{}, unauthenticated(err)
		}
		if err != nil {
			return IngestKey{}, err
		}
		a := &c.actor
		if err := a.NeedScope(control.ScopeIngest); err != nil {
			return IngestKey{}, s.refuse(r.Context(), "send-events", err)
		}
		if s.Events.Taking != nil {
			if err := s.Events.Taking(); err != nil {
				return IngestKey{}, err
			}
		}
		return IngestKey{Name: a.ID, Tenant: a.Tenant, Attributes: slices.Contains(a.Scopes, control.ScopeAttributes)}, nil
	}
	s.Ingest.Observe = s.metrics.ingested
	return s.Ingest
}
