package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/tallystick/tallystick"
)

// LinkKind is what a one-time link is for.
type LinkKind string

const (
	FirstAdministrator LinkKind = "first-administrator" // makes the first Super Administrator
	Invitation         LinkKind = "invitation"
	PasswordReset      LinkKind = "password-reset"
)

// How long a link is good. That for the first administrator is, until there is a Super Administrator.
const (
	InvitationLifetime    = 7 * tallystick.Day
	PasswordResetLifetime = tallystick.Hour
)

// Link is a one-time link as whoever opens it may see it. It is named by its token, of which only a hash is kept.
type Link struct {
	Kind    LinkKind           `json:"kind"`
	Email   string             `json:"email"` // whose it is; "" for the first administrator
	Name    string             `json:"name"`
	Expires tallystick.Instant `json:"expires"` // [tallystick.MaxInstant]: never
	member  string
}

// newLink makes a link for a member, in place of earlier ones of its kind.
func (c *change) newLink(ctx context.Context, kind LinkKind, member string) (token string, err error) {
	lifetime := InvitationLifetime
	if kind == PasswordReset {
		lifetime = PasswordResetLifetime
	}
	if _, err := c.exec(ctx, `DELETE FROM links WHERE member = ? AND kind = ?`, member, string(kind)); err != nil {
		return "", err
	}
	token = newToken()
	_, err = c.exec(ctx, `
		INSERT INTO links (hash, kind, member, created, expires)
		VALUES (?, ?, ?, ?, ?)`, digest(token), string(kind), member, c.now, c.now+lifetime)
	return token, err
}

// FirstLink returns the token of a new link that makes the first Super Administrator, and "" when there is one who can sign in. Earlier ones stay good until
// then: several servers that start together each print one.
func (s *Store) FirstLink(ctx context.Context) (token string, err error) {
	err = s.change(ctx, System("first start"), "link.add", func(c *change) error {
		n, err := c.superAdministrators(ctx)
		if err != nil || n > 0 {
			return err
		}
		token = newToken()
		if _, err := c.exec(ctx, `
			INSERT INTO links (hash, kind, created, expires)
			VALUES (?, ?, ?, ?)`, digest(token), string(FirstAdministrator), c.now, tallystick.MaxInstant); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "link.add", ObjectKind: "link", After: map[string]LinkKind{"kind": FirstAdministrator}})
	})
	return token, err
}

// NewLink makes a link for a member: an invitation anew while it is invited, else one to choose a password anew. It needs MEMBERS:EDIT, and as it lets into the
// account, its roles both managed and had.
func (s *Store) NewLink(ctx context.Context, actor Actor, member string) (kind LinkKind, token string, err error) {
	err = s.change(ctx, actor, "link.add", func(c *change) error {
		m, err := c.managedMember(ctx, member, Edit)
		if err != nil {
			return err
		}
		if err := c.mayGrant(ctx, m.Roles); err != nil {
			return err
		}
		switch m.Status {
		case Invited:
			kind = Invitation
		case Active:
			kind = PasswordReset
		default:
			return tallystick.Errorf(tallystick.Conflict, "member %s is disabled", m.Email).WithHint("enable it first")
		}
		if token, err = c.newLink(ctx, kind, m.ID); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "link.add", Tenant: m.Tenant, ObjectKind: "member", ObjectID: m.ID, After: map[string]LinkKind{"kind": kind}})
	})
	return kind, token, err
}

// ForgotPassword makes a link to choose a password anew, for whoever says that an e-mail is theirs. The token is for a mail to just that address; it is "", without
// an error, when nobody who can sign in has it, and the answer to who asked must not differ. Requests are slowed down like guesses.
func (s *Store) ForgotPassword(ctx context.Context, from From, email string) (m Member, token string, err error) {
	if _, err := s.guess(ctx, toReset, from.Address, email); err != nil {
		return Member{}, "", err
	}
	if CheckEmail(email) != nil {
		return Member{}, "", nil
	}
	a, err := s.account(ctx, "email_key = ? AND status = 'active'", strings.ToLower(email))
	if err != nil || a.ID == "" {
		return Member{}, "", err
	}
	err = s.change(ctx, Nobody(from), "link.add", func(c *change) error {
		if token, err = c.newLink(ctx, PasswordReset, a.ID); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "link.add", Tenant: a.Tenant, ObjectKind: "member", ObjectID: a.ID, After: map[string]LinkKind{"kind": PasswordReset}})
	})
	return a.Member, token, err
}

// Link returns what a token is for. The error is of code NotFound for one that is not, or no longer, good.
func (s *Store) Link(ctx context.Context, token string) (Link, error) {
	return s.single().link(ctx, token, s.Now())
}

func (c conn) link(ctx context.Context, token string, now tallystick.Instant) (l Link, err error) {
	var kind string
	found, err := c.row(ctx, `
		SELECT l.kind, l.expires, COALESCE(m.id, ''), COALESCE(m.email, ''), COALESCE(m.name, '')
		FROM links l
		LEFT JOIN members m ON m.id = l.member
		WHERE l.hash = ? AND l.expires > ? AND (l.member IS NULL OR m.status <> 'disabled')`, []any{digest(token), now}, &kind, &l.Expires, &l.member, &l.Email, &l.Name)
	if err != nil {
		return Link{}, fmt.Errorf("read link: %w", err)
	}
	if !found {
		return Link{}, tallystick.Errorf(tallystick.NotFound, "this link is not good, or no longer").WithHint("ask for another one")
	}
	l.Kind = LinkKind(kind)
	return l, nil
}

// UseLink sets the password of whom an invitation or a reset is for, and makes them active. The link, and those beside it, are used up; a reset ends all sessions.
func (s *Store) UseLink(ctx context.Context, from From, token, password string) (Member, error) {
	l, err := s.Link(ctx, token)
	if err != nil {
		return Member{}, err
	}
	if l.Kind == FirstAdministrator {
		return Member{}, tallystick.Errorf(tallystick.Invalid, "this link makes the first Super Administrator").WithHint("give an e-mail and a name as well")
	}
	if err := CheckPassword(password, l.Email, l.Name); err != nil {
		return Member{}, err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return Member{}, err
	}
	var m Member
	err = s.change(ctx, Nobody(from), "link.use", func(c *change) error {
		l, err := c.link(ctx, token, c.now) // it may have been used meanwhile
		if err != nil {
			return err
		}
		for _, step := range []struct {
			query string
			args  []any
		}{
			{`UPDATE members SET password = ?, status = 'active' WHERE id = ?`, []any{hash, l.member}},
			{`DELETE FROM links WHERE member = ?`, []any{l.member}},
			{`DELETE FROM sessions WHERE member = ?`, []any{l.member}},
		} {
			if _, err := c.exec(ctx, step.query, step.args...); err != nil {
				return err
			}
		}
		if m, err = c.member(ctx, Reach{All: true}, l.member); err != nil {
			return err
		}
		c.actor = Actor{Kind: MemberActor, ID: m.ID, Name: m.Email, Tenant: m.Tenant, From: from}
		return c.audit(ctx, Entry{Action: "link.use", Tenant: m.Tenant, ObjectKind: "member", ObjectID: m.ID, After: map[string]LinkKind{"kind": l.Kind}})
	})
	if err != nil {
		return Member{}, err
	}
	// Whoever has the mail is who they are: failed guesses before don't keep them out.
	return m, s.write(ctx, func(c conn) error {
		_, err := c.exec(ctx, `DELETE FROM guesses WHERE subject = ?`, subjects(toSignIn, "", m.Email)[0].name)
		return err
	})
}

// UseFirstLink makes the first Super Administrator. After it, no such link is good any more.
func (s *Store) UseFirstLink(ctx context.Context, from From, token, email, name, password string) (m Member, err error) {
	l, err := s.Link(ctx, token)
	if err != nil {
		return Member{}, err
	}
	if l.Kind != FirstAdministrator {
		return Member{}, tallystick.Errorf(tallystick.Invalid, "this link is for %s", l.Email).WithHint("give just a password")
	}
	if name, err = checkName(name, "name"); err != nil {
		return Member{}, err
	}
	if err := CheckPassword(password, email, name); err != nil {
		return Member{}, err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return Member{}, err
	}
	err = s.change(ctx, Nobody(from), "link.use", func(c *change) error {
		if _, err := c.link(ctx, token, c.now); err != nil {
			return err
		}
		n, err := c.superAdministrators(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			return tallystick.Errorf(tallystick.Conflict, "there is a Super Administrator already").WithHint("ask to be invited")
		}
		m = Member{ID: newID(), Email: email, Name: name, Roles: []string{SuperAdministrator}, Status: Active, Created: c.now}
		if err := c.freeEmail(ctx, email, m.ID); err != nil {
			return err
		}
		if err := c.insertMember(ctx, &m, hash); err != nil {
			return err
		}
		if _, err := c.exec(ctx, `DELETE FROM links WHERE kind = ?`, string(FirstAdministrator)); err != nil {
			return err
		}
		c.actor = Actor{Kind: MemberActor, ID: m.ID, Name: m.Email, From: from}
		return c.audit(ctx, Entry{Action: "link.use", ObjectKind: "member", ObjectID: m.ID, After: m})
	})
	return m, err
}
