package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/tallystick/tallystick"
)

// SignIn opens a session by e-mail and password, and returns its token. The error is of code Denied, without a reason, when it can't be; and of code Unavailable
// with a [TooManyAttempts] when it was not looked at.
func (s *Store) SignIn(ctx context.Context, from From, email, password string) (token string, err error) {
	attempt, slowed := s.guess(ctx, toSignIn, from.Address, email)
	if slowed != nil && !s.waits.tell(slowed) {
		return "", slowed
	}
	var a account
	if CheckEmail(email) == nil {
		if a, err = s.account(ctx, "email_key = ?", strings.ToLower(email)); err != nil {
			return "", err
		}
	}
	if slowed != nil {
		return "", s.signInFailed(ctx, from, &a.Member, email, map[string]string{"by": "password"}, slowed)
	}
	if len(password) > 4*MaxPassword {
		password = "" // nobody's
	}
	match, err := s.matches(ctx, password, a.hash)
	if err != nil {
		return "", err
	}
	wrong := tallystick.Errorf(tallystick.Denied, "e-mail or password is wrong")
	if !match || a.Status != Active {
		return "", s.signInFailed(ctx, from, &a.Member, email, map[string]string{"by": "password"}, wrong)
	}
	err = s.change(ctx, Actor{Kind: MemberActor, ID: a.ID, Name: a.Email, Tenant: a.Tenant, From: from}, "session.add", func(c *change) error {
		same, err := c.row(ctx, `SELECT 1 FROM members WHERE id = ? AND password = ?`, []any{a.ID, a.hash}, new(int))
		if err != nil {
			return err
		}
		if !same {
			return wrong
		}
		token, err = c.newSession(ctx, from, "password")
		return err
	})
	if err != nil {
		return "", err
	}
	return token, s.guessed(ctx, attempt)
}

// signInFailed writes that somebody tried to sign in, and returns why they can't. Of an e-mail that is no member's only the domain is written: people type their
// password in its place.
func (s *Store) signInFailed(ctx context.Context, from From, m *Member, email string, how map[string]string, why error) error {
	how["why"] = why.Error()
	actor, e := Nobody(from), Entry{Action: "session.failed", After: how}
	if m.ID != "" {
		actor.Name, e.Tenant, e.ObjectKind, e.ObjectID = m.Email, m.Tenant, "member", m.ID
	} else if _, domain, ok := strings.Cut(email, "@"); ok && CheckEmail(email) == nil {
		actor.Name = "…@" + domain
	}
	return s.refused(ctx, actor, e, why)
}

// Identity is what an OpenID provider has said of somebody. Its token was checked by the caller.
type Identity struct {
	Issuer        string
	Subject       string
	Email         string
	EmailVerified bool
}

// SignInOIDC opens a session for somebody whom an OpenID provider knows. The first time, a member who is invited or active is found by the verified e-mail, and
// from then on by issuer and subject, whatever the e-mail. It never makes a member. The error is of code Denied when there is none; its path is the provider's claim that is
// wrong, where one is.
func (s *Store) SignInOIDC(ctx context.Context, from From, who Identity) (token string, err error) {
	if who.Issuer == "" || who.Subject == "" {
		return "", tallystick.Errorf(tallystick.Invalid, "the OpenID provider has not said who it is about")
	}
	a, err := s.account(ctx, "id = (SELECT member FROM identities WHERE issuer = ? AND subject = ?)", who.Issuer, who.Subject)
	if err != nil {
		return "", err
	}
	linked := a.ID != ""
	if !linked && who.EmailVerified && CheckEmail(who.Email) == nil {
		if a, err = s.account(ctx, "email_key = ?", strings.ToLower(who.Email)); err != nil {
			return "", err
		}
	}
	wrong := tallystick.Errorf(tallystick.Denied, "no member can sign in here by that account").WithHint("ask to be invited with its verified e-mail")
	if a.ID == "" || a.Status == Disabled || linked && a.Status != Active {
		why := wrong
		switch {
		case a.ID == "" && who.Email == "":
			why = tallystick.Errorf(tallystick.Denied, "the OpenID provider doesn't say the e-mail of that account").
				WithHint("enter an e-mail there, or ask an administrator to let this server see it").At("email")
		case a.ID == "" && !who.EmailVerified:
			why = tallystick.Errorf(tallystick.Denied, "the OpenID provider has not verified the e-mail of that account").WithHint("verify it there, then sign in again").At("email_verified")
		}
		return "", s.signInFailed(ctx, from, &a.Member, who.Email, map[string]string{"by": "OpenID", "issuer": who.Issuer, "subject": who.Subject}, why)
	}
	err = s.change(ctx, Nobody(from), "session.add", func(c *change) error {
		c.actor = Actor{Kind: MemberActor, ID: a.ID, Name: a.Email, Tenant: a.Tenant, From: from}
		if !linked {
			// Once more what was found above, for it may have changed.
			n, err := c.exec(ctx, `
				UPDATE members
				SET status = 'active'
				WHERE id = ? AND email_key = ? AND status <> 'disabled'`, a.ID, strings.ToLower(who.Email))
			if err != nil {
				return err
			}
			if n == 0 {
				return wrong
			}
			// An e-mail that the provider gives to somebody else later must not let them in as the member who had it.
			other, err := c.row(ctx, `
				SELECT 1
				FROM identities
				WHERE member = ? AND issuer = ?`, []any{a.ID, who.Issuer}, new(int))
			if err != nil {
				return err
			}
			if other {
				return wrong
			}
			if n, err = c.exec(ctx, `
				INSERT INTO identities (issuer, subject, member, created)
				VALUES (?, ?, ?, ?)
				ON CONFLICT (issuer, subject) DO NOTHING`, who.Issuer, who.Subject, a.ID, c.now); err != nil {
				return err
			}
			if n == 0 {
				return tallystick.Errorf(tallystick.Conflict, "the account was linked just now").WithHint("sign in again")
			}
			// The way in by a link has served its purpose; a first administrator's, too.
			if _, err := c.exec(ctx, `DELETE FROM links WHERE member = ? AND kind = ?`, a.ID, string(Invitation)); err != nil {
				return err
			}
			if err := c.audit(ctx, Entry{Action: "member.link", Tenant: a.Tenant, ObjectKind: "member", ObjectID: a.ID,
				After: map[string]string{"issuer": who.Issuer, "subject": who.Subject}}); err != nil {
				return err
			}
		}
		actor, active, err := c.loadMember(ctx, a.ID, from)
		if err != nil {
			return fmt.Errorf("read member: %w", err)
		}
		if !active {
			return wrong
		}
		c.actor = actor
		token, err = c.newSession(ctx, from, "OpenID")
		return err
	})
	return token, err
}
