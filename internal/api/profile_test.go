package api

import (
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

func TestMembersChangeThemselves(t *testing.T) {
	s := newSite(t, nil)
	m, cookie := s.member("acme", control.TenantViewer)
	other := s.signIn(m.Email)
	const path, another = "/api/v1/session/password", "another battery horse"

	t.Run("name", func(t *testing.T) {
		var who Who
		s.do("PATCH", "/api/v1/session", cookie, `{"name":"  Mia Miller "}`).is(t, 200, &who)
		if who.FullName != "Mia Miller" || who.Session == "" {
			t.Errorf("%+v", who)
		}
		var p Problem
		s.do("PATCH", "/api/v1/session", cookie, `{"name":" "}`).is(t, 400, &p)
		if p.Path != "name" {
			t.Errorf("%+v", p)
		}
		l, err := s.Control.Audit(t.Context(), control.System("test"), control.AuditFilter{Action: "member.rename"}, control.Page{})
		if err != nil || len(l.Items) != 1 || l.Items[0].ActorID != m.ID || l.Items[0].ObjectID != m.ID {
			t.Errorf("%+v, %v", l, err)
		}
	})
	t.Run("password", func(t *testing.T) {
		for body, want := range map[string]Problem{
			`{"old":"wrong","password":"` + another + `"}`:  {Status: 403, Path: "old"},
			`{"old":"` + password + `","password":"short"}`: {Status: 400, Path: "password"},
		} {
			var p Problem
			s.do("PUT", path, cookie, body).is(t, want.Status, &p)
			if p.Path != want.Path {
				t.Errorf("%s: %+v", body, p)
			}
		}
		s.do("GET", "/api/v1/session", other, "").is(t, 200, nil)
		s.do("PUT", path, cookie, `{"old":"`+password+`","password":"`+another+`"}`).is(t, 204, nil)
		s.do("GET", "/api/v1/session", cookie, "").is(t, 200, nil)
		s.do("GET", "/api/v1/session", other, "").is(t, 401, nil)
		s.do("POST", "/api/v1/session", "", `{"email":"`+m.Email+`","password":"`+password+`"}`).is(t, 401, nil)
		s.do("POST", "/api/v1/session", "", `{"email":"`+m.Email+`","password":"`+another+`"}`).is(t, 200, nil)
	})
	t.Run("guesses at the password are slowed down", func(t *testing.T) {
		tried := 0
		for ; tried < 20; tried++ {
			if g := s.do("PUT", path, cookie, `{"old":"wrong","password":"`+another+`"}`); g.status == 429 {
				if g.header.Get("Retry-After") == "" {
					t.Errorf("%v", g.header)
				}
				return
			}
		}
		t.Errorf("%d guesses were looked at", tried)
	})
}

// Who looks at mails is told that there are some, and nobody else.
func TestWhoReadsTheMailbox(t *testing.T) {
	for _, kept := range []bool{true, false} {
		s := newSite(t, func(s *site) {
			if kept {
				s.Mailbox = mailboxIn(t)
			}
		})
		for role, may := range map[string]bool{control.SuperAdministrator: true, control.Auditor: false} {
			_, cookie := s.member("", role)
			var who Who
			s.do("GET", "/api/v1/session", cookie, "").is(t, 200, &who)
			if who.Mailbox != (may && kept) {
				t.Errorf("%s is told %v, where mails are kept: %v", role, who.Mailbox, kept)
			}
		}
	}
}
