package control_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

func TestSignIn(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		p.first()
		for _, try := range []struct{ email, password string }{
			{"root@example.org", "wrong"}, {"nobody@example.org", password}, {"no e-mail \x00", password}, {"root@example.org", ""}, {"root@example.org", strings.Repeat("x", 1<<20)},
		} {
			_, err := p.SignIn(ctx, control.From{}, try.email, try.password)
			p.is(err, tallystick.Denied)
			if !strings.HasSuffix(err.Error(), "e-mail or password is wrong") {
				p.Errorf("%q is told apart: %v", try.email, err)
			}
		}
		token, err := p.SignIn(ctx, from, "ROOT@Example.org", password)
		p.is(err, "")
		here := func(want tallystick.Code) {
			p.Helper()
			_, err := p.SessionActor(ctx, token, from)
			p.is(err, want)
		}
		for range 3 {
			p.wait(control.SessionIdle - tallystick.Minute)
			here("")
		}
		p.wait(control.SessionIdle)
		here(tallystick.Denied)

		if token, err = p.SignIn(ctx, from, "root@example.org", password); err != nil {
			p.Fatal(err)
		}
		for range 61 {
			p.wait(control.SessionIdle - tallystick.Second)
			if _, err = p.SessionActor(ctx, token, from); err != nil {
				break
			}
		}
		p.is(err, tallystick.Denied) // after 30 days, however it was used
		p.is(p.Sweep(ctx), "")

		a, b := p.signedIn("root@example.org"), p.signedIn("root@example.org")
		list, err := p.Sessions(ctx, a)
		p.is(err, "")
		if len(list) != 2 || list[0].Current == list[1].Current || list[0].Agent != from.UserAgent {
			p.Errorf("%+v", list)
		}
		p.is(p.ChangePassword(ctx, a, "wrong", "another long word"), tallystick.Denied)
		p.is(p.ChangePassword(ctx, a, password, "short"), tallystick.Invalid)
		p.is(p.ChangePassword(ctx, a, password, "another long word"), "")
		p.is(p.RevokeSession(ctx, b, b.Session), tallystick.Denied) // ended by the change
		p.is(p.RevokeSession(ctx, a, "nonsense"), tallystick.NotFound)
		p.is(p.RevokeSession(ctx, a, a.Session), "")
		_, err = p.SignIn(ctx, from, "root@example.org", password)
		p.is(err, tallystick.Denied)
	})
}

func TestGuessing(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		p.first()
		p.member("other@example.org", "", control.Auditor)
		guess := func(address, email, password string) error {
			_, err := p.SignIn(ctx, control.From{Address: address}, email, password)
			return err
		}
		p.wait(tallystick.Hour)
		t.Run("by e-mail, from many addresses", func(t *testing.T) {
			var waits []time.Duration
			for i := range 10 {
				err := guess(fmt.Sprintf("198.51.100.%d", i), "root@example.org", "wrong")
				waits = append(waits, control.RetryAfter(err).Round(time.Second))
				if d := control.RetryAfter(err); d > 0 {
					p.is(err, tallystick.Unavailable)
					p.is(guess("203.0.113.1", "root@example.org", password), tallystick.Unavailable) // also with the right one
					p.wait(tallystick.Instant(d / time.Microsecond))
					p.is(guess(fmt.Sprintf("198.51.100.%d", i), "root@example.org", "wrong"), tallystick.Denied)
				}
			}
			want := "[0s 0s 0s 0s 0s 0s 1s 2s 4s 8s]"
			if got := fmt.Sprint(waits); got != want {
				t.Errorf("waits are %s, want %s", got, want)
			}
			p.is(guess("203.0.113.1", "other@example.org", password), "")
			p.wait(tallystick.Hour)
			p.is(guess("203.0.113.1", "root@example.org", password), "")
			p.is(guess("203.0.113.1", "root@example.org", "wrong"), tallystick.Denied)
			p.is(guess("203.0.113.1", "root@example.org", password), "") // counted anew
		})
		t.Run("a wait is told once", func(t *testing.T) {
			failed := func() int {
				list, err := p.Audit(ctx, control.System("test"), control.AuditFilter{Action: "session.failed"}, control.Page{Limit: 500})
				p.is(err, "")
				return len(list.Items)
			}
			for range 6 {
				p.is(guess("", "root@example.org", "wrong"), tallystick.Denied)
			}
			before := failed()
			for range 5 {
				p.is(guess("", "root@example.org", password), tallystick.Unavailable)
			}
			if n := failed() - before; n != 1 {
				t.Errorf("5 attempts that were not looked at leave %d entries", n)
			}
			p.wait(tallystick.Hour)
			p.is(guess("", "root@example.org", password), "")
		})
		t.Run("by address, at many e-mails", func(t *testing.T) {
			var err error
			for i := range 40 {
				if i%4 == 3 { // an account of one's own doesn't help
					if err = guess("2001:db8::1", "other@example.org", password); control.RetryAfter(err) > 0 {
						break
					}
					continue
				}
				if err = guess(fmt.Sprintf("2001:db8::%x", i), fmt.Sprintf("m%d@example.org", i), "wrong"); control.RetryAfter(err) > 0 {
					break
				}
			}
			p.is(err, tallystick.Unavailable)
			p.is(guess("2001:db8:0:1::1", "other@example.org", password), "")
		})
		p.wait(2 * tallystick.Day)
		t.Run("one a day from an address of many, and right ones between them", func(t *testing.T) {
			for day := range 60 {
				p.is(guess("198.51.100.9", fmt.Sprintf("m%d@example.org", day), "wrong"), tallystick.Denied)
				p.is(guess("198.51.100.9", "other@example.org", password), "")
				p.wait(tallystick.Hour)
				p.is(guess("198.51.100.9", "other@example.org", password), "")
				p.wait(22 * tallystick.Hour)
			}
		})
		t.Run("signing in does not keep failures young, nor forgets them", func(t *testing.T) {
			for i := range 21 {
				p.is(guess("198.51.100.10", fmt.Sprintf("n%d@example.org", i), "wrong"), tallystick.Denied)
			}
			for range 11 { // 22 hours
				p.wait(2 * tallystick.Hour)
				p.is(guess("198.51.100.10", "other@example.org", password), "")
			}
			for i := range 18 { // that many were forgotten
				p.is(guess("198.51.100.10", fmt.Sprintf("o%d@example.org", i), "wrong"), tallystick.Denied)
			}
			p.is(guess("198.51.100.10", "p@example.org", "wrong"), tallystick.Unavailable)
		})
		t.Run("not by those who ask for links", func(t *testing.T) {
			for i := range 21 {
				_, _, err := p.ForgotPassword(ctx, control.From{Address: "198.51.100.11"}, fmt.Sprintf("m%d@example.org", i))
				p.is(err, "")
			}
			_, _, err := p.ForgotPassword(ctx, control.From{Address: "198.51.100.11"}, "other@example.org")
			p.is(err, tallystick.Unavailable)
			p.is(guess("198.51.100.11", "other@example.org", password), "")
		})
		t.Run("all at once", func(t *testing.T) {
			done, looked := make(chan error), 0
			for range 30 {
				go func() { done <- guess("", "victim@example.org", "wrong") }()
			}
			for range 30 {
				if tallystick.CodeOf(<-done) == tallystick.Denied {
					looked++
				}
			}
			if looked > 6 {
				t.Errorf("%d of 30 at once were looked at", looked)
			}
		})
	})
}

func TestLinks(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		one, err := p.FirstLink(ctx)
		p.is(err, "")
		two, err := p.another().FirstLink(ctx)
		p.is(err, "")
		p.wait(400 * tallystick.Day)
		p.is(p.Sweep(ctx), "")
		for _, bad := range []struct{ email, name, password string }{{"no", "N", password}, {"r@example.org", "", password}, {"r@example.org", "N", "password1234"}} {
			_, err := p.UseFirstLink(ctx, from, one, bad.email, bad.name, bad.password)
			p.is(err, tallystick.Invalid)
		}
		done := make(chan error)
		for _, token := range []string{one, two} {
			go func() {
				_, err := p.UseFirstLink(ctx, from, token, "root@example.org", "Root", password)
				done <- err
			}()
		}
		if a, b := <-done, <-done; (a == nil) == (b == nil) {
			p.Fatalf("two first administrators: %v, %v", a, b)
		}
		if token, err := p.FirstLink(ctx); token != "" || err != nil {
			p.Errorf("another first link: %q, %v", token, err)
		}
		root := p.signedIn("root@example.org")

		m, token, err := p.AddMember(ctx, root, control.Member{Email: "New@Example.org", Name: "New", Roles: []string{control.Auditor}})
		p.is(err, "")
		_, _, err = p.AddMember(ctx, root, control.Member{Email: "nEW@example.org", Name: "New", Roles: []string{control.Auditor}})
		p.is(err, tallystick.Conflict)
		if l, err := p.Link(ctx, token); err != nil || l.Kind != control.Invitation || l.Email != "New@Example.org" {
			p.Errorf("%+v, %v", l, err)
		}
		_, err = p.SignIn(ctx, from, "new@example.org", "")
		p.is(err, tallystick.Denied)
		p.wait(control.InvitationLifetime + tallystick.Hour)
		_, err = p.UseLink(ctx, from, token, password)
		p.is(err, tallystick.NotFound)
		root = p.signedIn("root@example.org")
		kind, token, err := p.NewLink(ctx, root, m.ID)
		p.is(err, "")
		if kind != control.Invitation {
			p.Errorf("link is a %s", kind)
		}
		m, err = p.UseLink(ctx, from, token, password)
		p.is(err, "")
		if m.Status != control.Active {
			p.Errorf("%+v", m)
		}
		_, err = p.UseLink(ctx, from, token, password)
		p.is(err, tallystick.NotFound) // once
		a := p.signedIn("new@example.org")

		_, token, err = p.ForgotPassword(ctx, from, "nobody@example.org")
		if token != "" || err != nil {
			p.Errorf("nobody gets %q, %v", token, err)
		}
		_, token, err = p.ForgotPassword(ctx, from, "NEW@example.org")
		p.is(err, "")
		_, again, err := p.ForgotPassword(ctx, from, "new@example.org")
		p.is(err, "")
		_, err = p.UseLink(ctx, from, token, "a different long one")
		p.is(err, tallystick.NotFound) // the newest only
		_, err = p.UseLink(ctx, from, again, "a different long one")
		p.is(err, "")
		p.is(p.RevokeSession(ctx, a, a.Session), tallystick.Denied) // a reset ends all
		_, token, err = p.ForgotPassword(ctx, from, "new@example.org")
		p.is(err, "")
		p.is(p.DisableMember(ctx, root, m.ID), "")
		_, err = p.UseLink(ctx, from, token, password)
		p.is(err, tallystick.NotFound)
		p.is(p.EnableMember(ctx, root, m.ID), "")
		p.is(p.RemoveMember(ctx, root, m.ID), "")
	})
}

func TestOpenID(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		m, _, err := p.AddMember(ctx, root, control.Member{Email: "m@example.org", Name: "M", Roles: []string{control.Auditor}})
		p.is(err, "")
		who := control.Identity{Issuer: "https://id.example", Subject: "7", Email: "M@example.org"}
		try := func(who control.Identity, want tallystick.Code) string {
			p.Helper()
			token, err := p.SignInOIDC(ctx, from, who)
			p.is(err, want)
			return token
		}
		try(who, tallystick.Denied) // not verified
		who.EmailVerified = true
		if a, err := p.SessionActor(ctx, try(who, ""), from); err != nil || a.ID != m.ID {
			p.Errorf("%+v, %v", a, err)
		}
		try(control.Identity{Issuer: who.Issuer, Subject: "9", Email: "m@example.org", EmailVerified: true}, tallystick.Denied) // the address was given to somebody else
		try(control.Identity{Issuer: "https://other.example", Subject: "9", Email: "m@example.org", EmailVerified: true}, "")
		try(control.Identity{Issuer: who.Issuer, Subject: "8", Email: "x@example.org", EmailVerified: true}, tallystick.Denied) // never makes one
		who.Email, who.EmailVerified = "", false
		try(who, "") // by its subject from now on
		p.is(p.DisableMember(ctx, root, m.ID), "")
		try(who, tallystick.Denied)
		try(control.Identity{Subject: "8"}, tallystick.Invalid)
	})
}

func TestKeys(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		p.tree([2]string{"a", ""}, [2]string{"a1", "a"})
		admin := p.member("m@a.example", "a", control.TenantAdministrator)
		feeder := p.member("f@example.org", "", p.role("Feeder", "", nil, permission{control.Ingest, control.Add}))
		key := func(a control.Actor, k control.Key, want tallystick.Code) (control.Key, string) {
			p.Helper()
			k.Name = "k"
			k, text, err := p.AddKey(ctx, a, k)
			p.is(err, want)
			return k, text
		}
		ingest, read := []control.Scope{control.ScopeIngest}, []control.Scope{control.ScopeRead}
		key(admin, control.Key{Scopes: ingest}, tallystick.Invalid) // all tenants
		key(admin, control.Key{Tenant: "b", Scopes: ingest}, tallystick.NotFound)
		key(feeder, control.Key{Scopes: read}, tallystick.Denied) // sees no reports
		key(root, control.Key{Scopes: []control.Scope{"write"}}, tallystick.Invalid)
		key(root, control.Key{}, tallystick.Invalid)
		key(root, control.Key{Scopes: read, Expires: 5}, tallystick.Invalid)
		all, allText := key(feeder, control.Key{Scopes: ingest}, "")
		k, text := key(admin, control.Key{Tenant: "a", Scopes: []control.Scope{control.ScopeRead, control.ScopeIngest}, Expires: p.Now() + tallystick.Hour}, "")
		a, err := p.KeyActor(ctx, text, from)
		p.is(err, "")
		if !a.Ingests("a") || a.Ingests("a1") || a.Ingests("") || !a.Reach.Holds("a1") || a.Reach.Holds("b") || !a.Can(control.Reports, control.View) || a.Can(control.Ingest, control.Add) {
			p.Errorf("%+v", a)
		}
		every, err := p.KeyActor(ctx, allText, from)
		p.is(err, "")
		if !every.Ingests("anything") || every.Can(control.Reports, control.View) {
			p.Errorf("%+v", every)
		}
		list, err := p.Keys(ctx, admin, control.Page{})
		p.is(err, "")
		if len(list.Items) != 1 || list.Items[0].ID != k.ID || list.Items[0].Used != start || list.Items[0].Maker != "m@a.example" {
			p.Errorf("%+v", list)
		}
		p.is(p.RevokeKey(ctx, admin, all.ID), tallystick.NotFound)
		p.wait(tallystick.Hour)
		_, err = p.KeyActor(ctx, text, from)
		p.is(err, tallystick.Denied)
		p.is(p.RevokeKey(ctx, root, all.ID), "")
		for _, bad := range []string{allText, "", "tsk_", "tsk_\x00", "nonsense"} {
			_, err = p.KeyActor(ctx, bad, from)
			p.is(err, tallystick.Denied)
		}
	})
}
