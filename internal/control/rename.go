package control

import (
	"context"
	"strings"

	"github.com/tallystick/tallystick"
)

// Rename gives the actor, a member, another name. It needs no permission: what people are called is theirs to say.
func (s *Store) Rename(ctx context.Context, actor Actor, name string) error {
	return s.change(ctx, actor, "member.rename", func(c *change) error {
		if c.actor.Kind != MemberActor {
			return tallystick.Errorf(tallystick.Denied, "only a member has a name of its own to change")
		}
		was, err := c.member(ctx, c.actor.Reach, c.actor.ID)
		if err != nil {
			return err
		}
		is := was
		if is.Name, err = checkName(name, "name"); err != nil || is.Name == was.Name {
			return err
		}
		if _, err := c.exec(ctx, `
			UPDATE members
			SET name = ?, name_key = ?
			WHERE id = ?`, is.Name, strings.ToLower(is.Name), is.ID); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "member.rename", Tenant: is.Tenant, ObjectKind: "member", ObjectID: is.ID, Before: was, After: is})
	})
}
