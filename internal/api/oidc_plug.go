package api

import (
	"context"
	"net/http"

	"github.com/tallystick/tallystick/internal/control"
)

// NewOIDC makes the sign-in through the provider that the Settings name.
func (s *Server) NewOIDC(secret control.SecretKey) *OIDC {
	page := ""
	if s.Web != nil {
		page = signInPage
	}
	return &OIDC{
		SignInPage: page,
		Settings:   StoredOIDC(s.Control), SignIn: s.Control.SignInOIDC, Audit: s.failed, PublicURL: s.publicURL, Secret: secret, Now: s.Now, Logger: s.Logger,
		From: func(r *http.Request) control.From { return callOf(r.Context()).from() },
		SetSession: func(w http.ResponseWriter, r *http.Request, token string) {
			cookie := s.setSession(r.Context(), token)
			http.SetCookie(w, &cookie)
		},
	}
}

// failed writes into the audit log that somebody who is not known has tried something in vain, of an address so many times only.
func (s *Server) failed(ctx context.Context, nobody control.Actor, e control.Entry) error {
	if err := s.limits.take("refusals of "+network(nobody.Address), byRefusal, s.Now()); err != nil {
		return err
	}
	return s.Control.AppendAudit(ctx, nobody, e)
}

// registerOIDC makes the two steps of a sign-in through a provider. They are pages that a browser is led to, not calls of the API.
func (s *Server) registerOIDC(mux *http.ServeMux) {
	mux.HandleFunc("GET "+OIDCBeginPath, s.OIDC.Begin)
	mux.HandleFunc("GET "+OIDCCallbackPath, s.OIDC.Callback)
}
