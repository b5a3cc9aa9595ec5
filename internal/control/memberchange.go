package control

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// AddMember makes a member who is invited, and returns it with the token of the link by which it chooses its password; the token is shown this once. Of m the
// e-mail, name, tenant and roles count. It needs MEMBERS:ADD, the tenant in reach, and every role both managed and, in what it allows, had by the actor.
func (s *Store) AddMember(ctx context.Context, actor Actor, m Member) (Member, string, error) {
	var token string
	err := s.change(ctx, actor, "member.add", func(c *change) (err error) {
		if err := c.actor.Need(Members, Add); err != nil {
			return err
		}
		if m.Tenant != "" {
			if err := checkTenant(m.Tenant); err != nil {
				return err
			}
		}
		if !c.actor.Reach.Holds(m.Tenant) {
			return outOfReach("member", m.Tenant)
		}
		m.ID, m.Status, m.Created = newID(), Invited, c.now
		if m.Name, err = checkName(m.Name, "name"); err != nil {
			return err
		}
		if err := c.freeEmail(ctx, m.Email, m.ID); err != nil {
			return err
		}
		if m.Roles, err = c.checkRoles(ctx, m.Tenant, m.Roles); err != nil {
			return err
		}
		if err := c.mayManage(ctx, m.Roles); err != nil {
			return err
		}
		if err := c.mayGrant(ctx, m.Roles); err != nil {
			return err
		}
		if err := c.insertMember(ctx, &m, ""); err != nil {
			return err
		}
		if err := c.audit(ctx, Entry{Action: "member.add", Tenant: m.Tenant, ObjectKind: "member", ObjectID: m.ID, After: m}); err != nil {
			return err
		}
		token, err = c.newLink(ctx, Invitation, m.ID)
		return err
	})
	return m, token, err
}

func (c *change) insertMember(ctx context.Context, m *Member, password string) error {
	if _, err := c.exec(ctx, `
		INSERT INTO members (id, email, email_key, name, name_key, tenant, status, password, created)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, m.ID, m.Email, strings.ToLower(m.Email), m.Name, strings.ToLower(m.Name), m.Tenant, string(m.Status), password, m.Created); err != nil {
		return err
	}
	return c.setRoles(ctx, m.ID, m.Roles)
}

func (c *change) setRoles(ctx context.Context, member string, roles []string) error {
	if _, err := c.exec(ctx, `DELETE FROM member_roles WHERE member = ?`, member); err != nil {
		return err
	}
	for _, r := range roles {
		if _, err := c.exec(ctx, `INSERT INTO member_roles (member, role) VALUES (?, ?)`, member, r); err != nil {
			return err
		}
	}
	return nil
}

// freeEmail returns an error for what is no e-mail or another member's. That somebody has it can't be hidden from who invites them; whose member it is, is.
func (c *change) freeEmail(ctx context.Context, email, member string) error {
	if err := CheckEmail(email); err != nil {
		return err
	}
	taken, err := c.row(ctx, `
		SELECT 1
		FROM members
		WHERE email_key = ? AND id <> ?`, []any{strings.ToLower(email), member}, new(int))
	if err == nil && taken {
		return tallystick.Errorf(tallystick.Conflict, "%s can't be used for a member here", email).At("email").WithHint("use another address of that person")
	}
	return err
}

// checkRoles returns the roles in one order and each once, or an error where a member of the tenant can't have them.
func (c *change) checkRoles(ctx context.Context, tenant string, roles []string) ([]string, error) {
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	if len(roles) == 0 {
		return nil, tallystick.Errorf(tallystick.Invalid, "a member has no role").At("roles").WithHint("give it at least one")
	}
	for i, id := range roles {
		r, err := c.role(ctx, c.actor.Reach, id)
		if err != nil {
			return nil, err
		}
		if !r.fits(tenant) {
			whose := "the provider"
			if tenant != "" {
				whose = "tenant " + strconv.Quote(tenant)
			}
			return nil, tallystick.Errorf(tallystick.Invalid, "a member of %s can't have the role %q", whose, r.Name).At("roles[" + itoa(i) + "]")
		}
	}
	return roles, nil
}

func itoa(n int) string { return strconv.Itoa(n) }

// MemberEdit says what of a member changes; nil is left as it is.
type MemberEdit struct {
	Email *string
	Name  *string
	Roles []string
}

// EditMember changes a member. It needs MEMBERS:EDIT and every role that the member has and will have among those that the actor manages. Roles that are new to
// it are granted as by [Store.AddMember], and so are all with a new e-mail, through which a password can be reset.
func (s *Store) EditMember(ctx context.Context, actor Actor, id string, edit MemberEdit) (m Member, err error) {
	err = s.change(ctx, actor, "member.edit", func(c *change) error {
		was, err := c.managedMember(ctx, id, Edit)
		if err != nil {
			return err
		}
		m = was
		if edit.Name != nil {
			if m.Name, err = checkName(*edit.Name, "name"); err != nil {
				return err
			}
		}
		if edit.Email != nil && *edit.Email != m.Email {
			m.Email = *edit.Email
			if err := c.freeEmail(ctx, m.Email, id); err != nil {
				return err
			}
			if err := c.mayGrant(ctx, was.Roles); err != nil {
				return err
			}
		}
		if edit.Roles != nil {
			if m.Roles, err = c.checkRoles(ctx, m.Tenant, edit.Roles); err != nil {
				return err
			}
			if err := c.mayManage(ctx, m.Roles); err != nil {
				return err
			}
			given := slices.DeleteFunc(slices.Clone(m.Roles), func(r string) bool { return slices.Contains(was.Roles, r) })
			if err := c.mayGrant(ctx, given); err != nil {
				return err
			}
		}
		return c.keepingOne(ctx, func() error {
			if _, err := c.exec(ctx, `
				UPDATE members
				SET email = ?, email_key = ?, name = ?, name_key = ?
				WHERE id = ?`, m.Email, strings.ToLower(m.Email), m.Name, strings.ToLower(m.Name), id); err != nil {
				return err
			}
			if err := c.setRoles(ctx, id, m.Roles); err != nil {
				return err
			}
			if !strings.EqualFold(m.Email, was.Email) { // links went to the address that was
				if _, err := c.exec(ctx, `DELETE FROM links WHERE member = ?`, id); err != nil {
					return err
				}
			}
			return c.audit(ctx, Entry{Action: "member.edit", Tenant: m.Tenant, ObjectKind: "member", ObjectID: id, Before: was, After: m})
		})
	})
	return m, err
}

// DisableMember keeps a member from signing in, and ends its sessions and links. It needs MEMBERS:EDIT and every role of the member managed.
func (s *Store) DisableMember(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "member.disable", func(c *change) error {
		was, err := c.managedMember(ctx, id, Edit)
		if err != nil || was.Status == Disabled {
			return err
		}
		return c.keepingOne(ctx, func() error {
			for _, query := range []string{
				`UPDATE members SET status = 'disabled' WHERE id = ?`,
				`DELETE FROM sessions WHERE member = ?`,
				`DELETE FROM links WHERE member = ?`,
			} {
				if _, err := c.exec(ctx, query, id); err != nil {
					return err
				}
			}
			return c.audit(ctx, statusEntry("member.disable", was, Disabled))
		})
	})
}

// EnableMember lets a disabled member sign in again; one who has never had a password or another way in is invited again. It needs what [Store.DisableMember]
// does, and grants the member's roles.
func (s *Store) EnableMember(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "member.enable", func(c *change) error {
		was, err := c.managedMember(ctx, id, Edit)
		if err != nil || was.Status != Disabled {
			return err
		}
		if err := c.mayGrant(ctx, was.Roles); err != nil {
			return err
		}
		status := Active
		never, err := c.row(ctx, `
			SELECT 1
			FROM members
			WHERE id = ? AND password = '' AND NOT EXISTS (SELECT 1 FROM identities WHERE member = ?)`, []any{id, id}, new(int))
		if err != nil {
			return err
		}
		if never {
			status = Invited
		}
		if _, err := c.exec(ctx, `UPDATE members SET status = ? WHERE id = ?`, string(status), id); err != nil {
			return err
		}
		return c.audit(ctx, statusEntry("member.enable", was, status))
	})
}

func statusEntry(action string, was Member, status Status) Entry {
	is := was
	is.Status = status
	return Entry{Action: action, Tenant: was.Tenant, ObjectKind: "member", ObjectID: was.ID, Before: was, After: is}
}

// RemoveMember removes a member with its sessions and links; what it did stays in the audit log. It needs MEMBERS:REMOVE and every role of the member managed.
func (s *Store) RemoveMember(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "member.remove", func(c *change) error {
		was, err := c.managedMember(ctx, id, Remove)
		if err != nil {
			return err
		}
		return c.keepingOne(ctx, func() error {
			if _, err := c.exec(ctx, `DELETE FROM members WHERE id = ?`, id); err != nil {
				return err
			}
			return c.audit(ctx, Entry{Action: "member.remove", Tenant: was.Tenant, ObjectKind: "member", ObjectID: id, Before: was})
		})
	})
}

// managedMember returns a member that the actor may change: it is in reach, and each of its roles is managed.
func (c *change) managedMember(ctx context.Context, id string, action Action) (Member, error) {
	if err := c.actor.Need(Members, action); err != nil {
		return Member{}, err
	}
	m, err := c.member(ctx, c.actor.Reach, id)
	if err != nil {
		return Member{}, err
	}
	return m, c.mayManage(ctx, m.Roles)
}
