package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// LinkLifetime is how long the link of a delivery is good.
const LinkLifetime = 30 * tallystick.Day

// LinkToken returns the token of a delivery's link; only its hash is kept. It is the same on every try: who got the first one, and takes the next for the same message,
// keeps a link that is good. After the link was revoked it is another. It is for the worker that has claimed the delivery, and the error is of code Conflict when the
// claim was lost, or somebody has revoked the link.
func (s *Store) LinkToken(ctx context.Context, d Delivery) (token string, err error) {
	if s.secret == (SecretKey{}) {
		return "", tallystick.Errorf(tallystick.Conflict, "there is no secret key to make links by").WithHint("start the server with a secret.key")
	}
	err = s.write(ctx, func(c conn) error {
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		var generation int64
		held, err := c.row(ctx, `
			SELECT link_generation
			FROM deliveries
			WHERE id = ? AND claim = ? AND claim <> '' AND state IN ('pending', 'sending') AND link_revoked = 0`+c.dialect.locked(), []any{d.ID, d.claim}, &generation)
		if err != nil {
			return err
		}
		if !held {
			return tallystick.Errorf(tallystick.Conflict, "the claim on delivery %q was lost, or its link was revoked", d.ID)
		}
		token = s.secret.mac("link", fmt.Sprintf("%s %d", d.ID, generation))
		_, err = c.exec(ctx, `
			UPDATE deliveries
			SET link_hash = ?, link_expires = ?
			WHERE id = ?`, digest(token), now+LinkLifetime, d.ID)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make link: %w", err)
	}
	return token, nil
}

// OpenLink returns the run whose file a token lets take, for whoever has it, and notes the use. The error is of code NotFound, alike, for a token that never was, has
// expired or was revoked, and where the file is gone.
func (s *Store) OpenLink(ctx context.Context, from From, token string) (r Run, err error) {
	hash := digest(token)
	// Who guesses doesn't get to hold up changes.
	known, err := s.single().row(ctx, `SELECT 1 FROM deliveries WHERE link_hash = ?`, []any{hash}, new(int))
	if err != nil {
		return Run{}, fmt.Errorf("open link: %w", err)
	}
	if !known {
		return Run{}, badLink()
	}
	err = s.change(ctx, Nobody(from), "link.open", func(c *change) error {
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		found, err := all(ctx, c.conn, `
			SELECT `+deliveryColumns+`
			FROM deliveries
			WHERE link_hash = ? AND link_expires > ? AND link_revoked = 0`+c.dialect.locked(), []any{hash, now}, scanDelivery)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return badLink()
		}
		d := &found[0]
		if r, err = c.run(ctx, Reach{All: true}, d.Run); err != nil {
			return err
		}
		if r.State != RunDone || r.File == nil || r.FileRemoved != 0 || r.Deleted != 0 {
			return badLink()
		}
		if _, err := c.exec(ctx, `
			UPDATE deliveries
			SET link_uses = link_uses + 1
			WHERE id = ?`, d.ID); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "link.open", Tenant: r.Tenant, ObjectKind: "delivery", ObjectID: d.ID, After: d.note()})
	})
	if err != nil {
		return Run{}, err
	}
	r.claim, r.Recipients = "", nil
	return r, nil
}

func badLink() error {
	return tallystick.Errorf(tallystick.NotFound, "this link is not good, or no longer").WithHint("ask whoever sent it for the report")
}

// RevokeLink makes the link of a delivery good for nothing, for ever: when the delivery is sent again it gets another. It needs SCHEDULED_TASKS:EDIT.
func (s *Store) RevokeLink(ctx context.Context, actor Actor, delivery string) error {
	return s.change(ctx, actor, "link.revoke", func(c *change) error {
		was, r, err := c.changedDelivery(ctx, delivery)
		if err != nil || was.Link.Revoked != 0 {
			return err
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		if _, err := c.exec(ctx, `
			UPDATE deliveries
			SET link_revoked = ?, link_hash = '', link_generation = link_generation + 1
			WHERE id = ?`, now, delivery); err != nil {
			return err
		}
		is := was
		is.Link.Revoked = now
		return c.audit(ctx, Entry{Action: "link.revoke", Tenant: r.Tenant, ObjectKind: "delivery", ObjectID: delivery, Before: was.note(), After: is.note()})
	})
}
