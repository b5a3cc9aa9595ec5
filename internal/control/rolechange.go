package control

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// AddRole makes a role and returns it with its id. It needs ROLES:ADD, the role's tenant in reach, and everything that the role gives: no one can grant a
// permission they lack, nor the management of a role that they don't manage.
func (s *Store) AddRole(ctx context.Context, actor Actor, r Role) (Role, error) {
	err := s.change(ctx, actor, "role.add", func(c *change) error {
		if err := c.actor.Need(Roles, Add); err != nil {
			return err
		}
		r.ID, r.System = newID(), false
		return c.saveRole(ctx, &r, nil)
	})
	return r, err
}

// CloneRole makes a role that is like another one, under another name, for a tenant; "" is the provider. A role for every tenant that the provider clones for
// itself is again for every tenant. It needs what [Store.AddRole] does, and the other role to be visible.
func (s *Store) CloneRole(ctx context.Context, actor Actor, id, tenant, name string) (r Role, err error) {
	err = s.change(ctx, actor, "role.add", func(c *change) error {
		if err := c.actor.Need(Roles, Add); err != nil {
			return err
		}
		like, err := c.role(ctx, c.actor.Reach, id)
		if err != nil {
			return err
		}
		r = *like
		r.ID, r.System, r.Tenant, r.Name, r.ForTenants = newID(), false, tenant, name, r.ForTenants && tenant == ""
		return c.saveRole(ctx, &r, nil)
	})
	return r, err
}

// EditRole changes what a role is called, gives and manages; whose it is stays. Its holders may do the new things from their next request. It needs ROLES:EDIT
// and the role among those that the actor manages; what it gives that it didn't give before is granted as by [Store.AddRole].
func (s *Store) EditRole(ctx context.Context, actor Actor, r Role) (Role, error) {
	err := s.change(ctx, actor, "role.edit", func(c *change) error {
		was, err := c.managedRole(ctx, r.ID, Edit)
		if err != nil {
			return err
		}
		r.Tenant, r.ForTenants, r.System = was.Tenant, was.ForTenants, false
		return c.saveRole(ctx, &r, was)
	})
	return r, err
}

// RemoveRole removes a role that no member has. It needs ROLES:REMOVE and the role among those that the actor manages.
func (s *Store) RemoveRole(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "role.remove", func(c *change) error {
		was, err := c.managedRole(ctx, id, Remove)
		if err != nil {
			return err
		}
		var holders int64
		if _, err := c.row(ctx, `SELECT COUNT(*) FROM member_roles WHERE role = ?`, []any{id}, &holders); err != nil {
			return err
		}
		if holders > 0 {
			return tallystick.Errorf(tallystick.Conflict, "role %q is in use: members who have it: %d", was.Name, holders).WithHint("take it from them first")
		}
		if _, err := c.exec(ctx, `DELETE FROM roles WHERE id = ?`, id); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "role.remove", Tenant: was.Tenant, ObjectKind: "role", ObjectID: id, Before: was})
	})
}

// managedRole returns a role that the actor may change.
func (c *change) managedRole(ctx context.Context, id string, action Action) (*Role, error) {
	if err := c.actor.Need(Roles, action); err != nil {
		return nil, err
	}
	r, err := c.role(ctx, c.actor.Reach, id)
	if err != nil {
		return nil, err
	}
	if r.System {
		return nil, tallystick.Errorf(tallystick.Conflict, "role %q comes with the program and can't be changed", r.Name).WithHint("clone it and change the clone")
	}
	if r.Tenant == "" && !c.actor.Reach.All || !c.actor.manages(r) {
		return nil, notManaged(r)
	}
	return r, nil
}

func notManaged(r *Role) error {
	return tallystick.Errorf(tallystick.Denied, "you don't manage the role %q", r.Name).WithHint("ask somebody who does")
}

// saveRole checks a role and what of it is granted anew, writes it, and says so.
func (c *change) saveRole(ctx context.Context, r, was *Role) (err error) {
	if err := c.checkRole(ctx, r); err != nil {
		return err
	}
	entry := Entry{Action: "role.add", Tenant: r.Tenant, ObjectKind: "role", ObjectID: r.ID, After: r}
	before := &Role{}
	if was != nil {
		before = was
		entry.Action, entry.Before = "role.edit", was
	}
	given := slices.DeleteFunc(slices.Clone(r.Permissions), func(p Permission) bool { return before.Permissions.Can(p.Entity, p.Action) })
	if p, lacks := c.actor.Permissions.lacks(given); lacks {
		return tallystick.Errorf(tallystick.Denied, "you can't grant %s of %s, which you don't have", p.Action, p.Entity)
	}
	if r.ManageAll && !before.ManageAll && !c.actor.ManageAll {
		return tallystick.Errorf(tallystick.Denied, "you can't grant the management of all roles, which you don't have")
	}
	for i, id := range r.Manages {
		managed, err := c.role(ctx, c.actor.Reach, id)
		if err != nil {
			return err
		}
		if !before.ManageAll && !slices.Contains(before.Manages, id) && !c.actor.manages(managed) {
			return notManaged(managed)
		}
		if ok, err := c.canBeManagedBy(ctx, r, managed); err != nil || !ok {
			if err != nil {
				return err
			}
			return tallystick.Errorf(tallystick.Invalid, "members with this role can't reach members with the role %q", managed.Name).At("manages[" + itoa(i) + "]")
		}
	}
	if err := c.putRole(ctx, r, c.now); err != nil {
		return err
	}
	return c.audit(ctx, entry)
}

// canBeManagedBy keeps roles that a tenant's members see from naming roles that these don't.
func (c *change) canBeManagedBy(ctx context.Context, r, managed *Role) (bool, error) {
	if managed.ForTenants || r.Tenant == "" && !r.ForTenants {
		return true, nil
	}
	if r.ForTenants || managed.Tenant == "" {
		return false, nil
	}
	reach, err := c.reachOf(ctx, r.Tenant)
	return reach.Holds(managed.Tenant), err
}

// checkRole refuses what can't be a role, and brings it into its normal form.
func (c *change) checkRole(ctx context.Context, r *Role) (err error) {
	if r.Tenant != "" {
		if err := checkTenant(r.Tenant); err != nil {
			return err
		}
	}
	if !c.actor.Reach.Holds(r.Tenant) {
		return outOfReach("role", r.Tenant)
	}
	if r.Name, err = checkName(r.Name, "name"); err != nil {
		return err
	}
	if r.Description = strings.TrimSpace(r.Description); utf8.RuneCountInString(r.Description) > 1000 {
		return tallystick.Errorf(tallystick.Invalid, "a description of %d characters is too long", utf8.RuneCountInString(r.Description)).At("description").
			WithHint("1000 are allowed")
	}
	if r.Permissions, err = r.Permissions.normal(); err != nil {
		return err
	}
	if len(r.Permissions) == 0 {
		return tallystick.Errorf(tallystick.Invalid, "role %q allows nothing", r.Name).At("permissions").WithHint("give it a permission at least")
	}
	if r.ForTenants && r.Tenant != "" {
		return tallystick.Errorf(tallystick.Invalid, "a tenant's role can't be for every tenant").At("for_tenants")
	}
	if r.ForTenants || r.Tenant != "" {
		if i := slices.IndexFunc(r.Permissions, Permission.providerOnly); i >= 0 {
			return tallystick.Errorf(tallystick.Invalid, "a role for members of a tenant can't have %s of %s", r.Permissions[i].Action, r.Permissions[i].Entity).
				At("permissions").WithHint("that is the provider's alone")
		}
	}
	if r.Manages = slices.Compact(slices.Sorted(slices.Values(r.Manages))); r.ManageAll || r.Manages == nil {
		r.Manages = []string{}
	}
	var other string
	found, err := c.row(ctx, `
		SELECT id
		FROM roles
		WHERE tenant = ? AND name_key = ? AND id <> ?`, []any{r.Tenant, strings.ToLower(r.Name), r.ID}, &other)
	if err == nil && found {
		return tallystick.Errorf(tallystick.Conflict, "there is a role %q already", r.Name).At("name").WithHint("choose another name")
	}
	return err
}

// checkName refuses what can't be the name of something, and returns it without white space around it.
func checkName(name, path string) (string, error) {
	name = strings.TrimSpace(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", tallystick.Errorf(tallystick.Invalid, "the name is empty").At(path)
	case n > 100:
		return "", tallystick.Errorf(tallystick.Invalid, "a name of %d characters is too long", n).At(path).WithHint("100 are allowed")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "", tallystick.Errorf(tallystick.Invalid, "the name %q has characters that can't be shown", name).At(path)
	}
	return name, nil
}
