package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// How long a session lasts: without use, and at most.
const (
	SessionIdle     = 12 * tallystick.Hour
	SessionLifetime = 30 * tallystick.Day
)

// touchEvery is how exactly the last use of a session or key is known: a request doesn't cost a write each.
const touchEvery = tallystick.Minute

// Session is a member signed in somewhere.
type Session struct {
	ID      string             `json:"id"`
	Created tallystick.Instant `json:"created"`
	Used    tallystick.Instant `json:"used"`    // to the minute
	Expires tallystick.Instant `json:"expires"` // at the latest
	Agent   string             `json:"agent"`   // user agent at sign-in
	Address string             `json:"address"` // at sign-in
	Current bool               `json:"current"` // the one that asks
}

// SessionActor returns who a session's token belongs to, with what they may do now. The error is of code Denied for a token that is not, or no longer, good.
func (s *Store) SessionActor(ctx context.Context, token string, from From) (Actor, error) {
	now := s.Now()
	c := s.single()
	var id, member string
	var used tallystick.Instant
	found, err := c.row(ctx, `
		SELECT id, member, used
		FROM sessions
		WHERE hash = ? AND expires > ? AND used > ?`, []any{digest(token), now, now - SessionIdle}, &id, &member, &used)
	if err != nil {
		return Actor{}, fmt.Errorf("read session: %w", err)
	}
	if !found {
		return Actor{}, signedOut()
	}
	a, active, err := c.loadMember(ctx, member, from)
	if err != nil {
		return Actor{}, fmt.Errorf("read session: %w", err)
	}
	if !active {
		return Actor{}, signedOut()
	}
	a.Session = id
	if used <= now-touchEvery {
		if err := s.touch(ctx, `UPDATE sessions SET used = ? WHERE id = ? AND used < ?`, id, now); err != nil {
			return Actor{}, err
		}
	}
	return a, nil
}

func (s *Store) touch(ctx context.Context, query, id string, now tallystick.Instant) error {
	return s.write(ctx, func(c conn) error {
		if _, err := c.exec(ctx, query, now, id, now); err != nil {
			return fmt.Errorf("note last use: %w", err)
		}
		return nil
	})
}

// newSession opens a session of the actor, a member, and returns its token.
func (c *change) newSession(ctx context.Context, from From, how string) (token string, err error) {
	token = newToken()
	id := newID()
	if _, err := c.exec(ctx, `
		INSERT INTO sessions (id, hash, member, created, used, expires, agent, address)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, id, digest(token), c.actor.ID, c.now, c.now, c.now+SessionLifetime, clean(from.UserAgent, 512), clean(from.Address, 64)); err != nil {
		return "", err
	}
	return token, c.audit(ctx, Entry{Action: "session.add", Tenant: c.actor.Tenant, ObjectKind: "session", ObjectID: id,
		After: map[string]string{"by": how, "agent": clean(from.UserAgent, 512)}})
}

// Sessions lists the actor's own sessions, the newest first.
func (s *Store) Sessions(ctx context.Context, actor Actor) ([]Session, error) {
	now := s.Now()
	list, err := all(ctx, s.single(), `
		SELECT id, created, used, expires, agent, address
		FROM sessions
		WHERE member = ? AND expires > ? AND used > ?
		ORDER BY created DESC, id`, []any{actor.ID, now, now - SessionIdle}, func(scan func(...any) error) (x Session, err error) {
		err = scan(&x.ID, &x.Created, &x.Used, &x.Expires, &x.Agent, &x.Address)
		x.Current = x.ID == actor.Session
		return x, err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// RevokeSession ends one of the actor's own sessions; signing out is ending the current one.
func (s *Store) RevokeSession(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "session.remove", func(c *change) error {
		n, err := c.exec(ctx, `DELETE FROM sessions WHERE id = ? AND member = ?`, id, c.actor.ID)
		if err != nil {
			return err
		}
		if n == 0 || c.actor.Kind != MemberActor {
			return noSuch("session", id)
		}
		return c.audit(ctx, Entry{Action: "session.remove", Tenant: c.actor.Tenant, ObjectKind: "session", ObjectID: id})
	})
}
