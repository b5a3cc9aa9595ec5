package api

import (
	"fmt"
	"html"
	"net/http"

	"github.com/tallystick/tallystick"
)

// UnsubscribePath is where a recipient of a schedule is taken off; the token comes behind it. Mails say it, and their readers' programs post to it (RFC 8058).
const UnsubscribePath = "/api/v1/unsubscribe/"

// registerUnsubscribe makes the pages of those who want no more mails. They are for whoever has a mail, and not for who signs in; so no script and no style of ours is there.
func (s *Server) registerUnsubscribe(mux *http.ServeMux) {
	mux.HandleFunc("GET "+UnsubscribePath+"{token}", func(w http.ResponseWriter, r *http.Request) {
		plainPage(w, http.StatusOK, "No more of these reports?", "You are taken off the recipients of this schedule. Nobody is told but those who look after it.",
			`<form method="post"><button type="submit">Take me off</button></form>`)
	})
	mux.HandleFunc("POST "+UnsubscribePath+"{token}", func(w http.ResponseWriter, r *http.Request) {
		err := s.Control.Unsubscribe(r.Context(), callOf(r.Context()).from(), r.PathValue("token"))
		switch tallystick.CodeOf(err) {
		case "":
			plainPage(w, http.StatusOK, "You are taken off", "This address gets no more mails of that schedule.", "")
		case tallystick.NotFound:
			plainPage(w, http.StatusNotFound, "This link is not good", "Ask whoever sends the report to take you off.", "")
		default:
			WriteProblem(w, s.Logger, err)
		}
	})
}

// plainPage writes a page of a few words.
func plainPage(w http.ResponseWriter, status int, title, text, form string) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'")
	write(w, status, "text/html; charset=utf-8", fmt.Appendf(nil, `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>%[1]s</title>
<h1>%[1]s</h1>
<p>%[2]s</p>
%[3]s
`, html.EscapeString(title), html.EscapeString(text), form))
}
