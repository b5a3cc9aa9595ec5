package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// change is a transaction that leaves entries in the audit log. There is one at a time, over all programs: it holds the head of the log from its beginning, and
// so whatever it checks still holds when it ends. Changes are rare; what is frequent, such as counts, is written beside them.
type change struct {
	conn
	now   tallystick.Instant
	actor Actor // as the database knows it now
	head  AuditHead
}

// change makes one change. A refusal, an error of code Denied, is written to the audit log as well.
func (s *Store) change(ctx context.Context, actor Actor, action string, f func(*change) error) error {
	err := s.write(ctx, func(c conn) error {
		head, err := c.auditHead(ctx, c.dialect.locked())
		if err != nil {
			return err
		}
		now := s.Now()
		actor, err := c.again(ctx, actor, now)
		if err != nil {
			return err
		}
		return f(&change{conn: c, now: now, actor: actor, head: head})
	})
	switch tallystick.CodeOf(err) {
	case tallystick.Internal:
		return fmt.Errorf("%s: %w", action, err)
	case tallystick.Denied:
		return s.refused(ctx, actor, Entry{Action: "refused", Tenant: actor.Tenant, After: map[string]string{"action": action, "reason": err.Error()}}, err)
	}
	return err
}

// refused writes what somebody tried in vain, also when they have gone meanwhile, and returns why it was. Where it can't be written, that alone is the error: a
// refusal that nobody hears of is none.
func (s *Store) refused(ctx context.Context, actor Actor, e Entry, why error) error {
	if err := s.AppendAudit(context.WithoutCancel(ctx), actor, e); err != nil {
		return err
	}
	return why
}
