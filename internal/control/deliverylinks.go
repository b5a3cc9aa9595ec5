package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// LinkLifetime is how long the link of a delivery is good at most.
const LinkLifetime = 30 * tallystick.Day

// retention is how long the file of a run is kept after it was made.
func (s *Store) retention(ctx context.Context) (tallystick.Instant, error) {
	var days int64
	err := s.Setting(ctx, "retention_days", &days)
	return tallystick.Instant(days) * tallystick.Day, err
}

// LinkToken returns the token of a delivery's link, and when the link ends: after [LinkLifetime], or earlier, with the file. Only the token's hash is kept. It is the same on
// every try: who got the first one, and takes the next for the same message, keeps a link that is good. After the link was revoked it is another. A member's link has no
// token, "": it is the page of the run, where they sign in. It is for the worker that has claimed the delivery, and the error is of code Conflict when the claim was lost,
// or somebody has revoked the link.
func (s *Store) LinkToken(ctx context.Context, d Delivery) (token string, expires tallystick.Instant, err error) {
	if s.secret == (SecretKey{}) && d.Recipient.Member == "" {
		return "", 0, tallystick.Errorf(tallystick.Conflict, "there is no secret key to make links by").WithHint("start the server with a secret.key")
	}
	kept, err := s.retention(ctx)
	if err != nil {
		return "", 0, fmt.Errorf("make link: %w", err)
	}
	err = s.write(ctx, func(c conn) error {
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		var generation int64
		var finished tallystick.Instant
		held, err := c.row(ctx, `
			SELECT link_generation, (SELECT finished FROM runs WHERE runs.id = deliveries.run)
			FROM deliveries
			WHERE id = ? AND claim = ? AND claim <> '' AND state IN ('pending', 'sending') AND link_revoked = 0`+c.dialect.locked(), []any{d.ID, d.claim}, &generation, &finished)
		if err != nil {
			return err
		}
		if !held {
			return tallystick.Errorf(tallystick.Conflict, "the claim on delivery %q was lost, or its link was revoked", d.ID)
		}
		hash := ""
		if token = ""; d.Recipient.Member == "" {
			token = s.secret.mac("link", fmt.Sprintf("%s %d", d.ID, generation))
			hash = digest(token)
		}
		expires = min(now+LinkLifetime, finished+kept)
		_, err = c.exec(ctx, `
			UPDATE deliveries
			SET link_hash = ?, link_expires = ?
			WHERE id = ?`, hash, expires, d.ID)
		return err
	})
	if err != nil {
		return "", 0, fmt.Errorf("make link: %w", err)
	}
	return token, expires, nil
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
	kept, err := s.retention(ctx)
	if err != nil {
		return Run{}, fmt.Errorf("open link: %w", err)
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
		if r, err = c.run(ctx, Reach{All: true}, found[0].Run); err != nil {
			return err
		}
		if !r.fileGood(now, kept) {
			return badLink()
		}
		return c.linkUsed(ctx, &found[0], &r)
	})
	if err != nil {
		return Run{}, err
	}
	r.claim, r.Recipients = "", nil
	return r, nil
}

// fileGood reports whether the file of a run may still be given to whom it was sent.
func (r *Run) fileGood(now, kept tallystick.Instant) bool {
	return r.State == RunDone && r.File != nil && r.FileRemoved == 0 && r.Deleted == 0 && now < r.Finished+kept
}

// linkUsed notes a use of the link of a delivery.
func (c *change) linkUsed(ctx context.Context, d *Delivery, r *Run) error {
	if _, err := c.exec(ctx, `
		UPDATE deliveries
		SET link_uses = link_uses + 1
		WHERE id = ?`, d.ID); err != nil {
		return err
	}
	return c.audit(ctx, Entry{Action: "link.open", Tenant: r.Tenant, ObjectKind: "delivery", ObjectID: d.ID, After: d.note()})
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
