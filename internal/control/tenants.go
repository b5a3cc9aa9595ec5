package control

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// Tenant is a place in the tree of tenants. The tree holds who is below whom and nothing else: what a tenant is called is told by its events. A tenant that the
// tree doesn't hold stands directly under the provider.
type Tenant struct {
	ID     string `json:"id"`
	Parent string `json:"parent"` // "" the provider
}

const maxTenant = 1024 // bytes of an id

// checkTenant refuses what can't be a tenant's id.
func checkTenant(id string) error {
	switch {
	case id == "":
		return tallystick.Errorf(tallystick.Invalid, "the tenant has no id").At("tenant")
	case len(id) > maxTenant:
		return tallystick.Errorf(tallystick.Invalid, "the id of a tenant can't have %d bytes", len(id)).At("tenant").WithHint("%d are allowed", maxTenant)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl):
		return tallystick.Errorf(tallystick.Invalid, "%q can't be the id of a tenant: it has control characters", cut(id, 80)).At("tenant")
	}
	return nil
}

// noSuch answers for what there isn't and for what lies outside of the reach, alike.
func noSuch(kind, id string) error {
	return tallystick.Errorf(tallystick.NotFound, "there is no %s %q", kind, cut(id, 80))
}

// outOfReach answers who makes something for a tenant that is not in reach. The provider is nobody's secret: who names no tenant has forgotten it.
func outOfReach(kind, tenant string) error {
	if tenant == "" {
		return tallystick.Errorf(tallystick.Invalid, "the %s has no tenant", kind).At("tenant").WithHint("name the tenant that it is for")
	}
	return noSuch("tenant", tenant)
}

// PutTenant puts a tenant into the tree or moves it, with all below it. It needs TENANTS:ADD for one that the tree doesn't hold yet, which only the provider may
// put somewhere: a tenant that did it could take over another. Moving needs TENANTS:EDIT, and both the tenant and its new parent in reach; one's own can't be
// moved. The error is of code Invalid where a tenant would come to stand below itself.
func (s *Store) PutTenant(ctx context.Context, actor Actor, t Tenant) error {
	return s.change(ctx, actor, "tenant.put", func(c *change) error {
		if err := checkTenant(t.ID); err != nil {
			return err
		}
		if t.Parent != "" {
			if err := checkTenant(t.Parent); err != nil {
				return err
			}
		}
		var was any
		old := Tenant{ID: t.ID}
		known, err := c.row(ctx, `SELECT parent FROM tenants WHERE id = ?`, []any{t.ID}, &old.Parent)
		if err != nil {
			return err
		}
		needs := Edit
		if !known && c.actor.Reach.All {
			needs = Add
		}
		if known {
			was = old
		}
		if err := c.actor.Need(Tenants, needs); err != nil {
			return err
		}
		if !c.actor.Reach.Holds(t.ID) || !c.actor.Reach.All && (!known || t.ID == c.actor.Tenant) {
			return noSuch("tenant", t.ID)
		}
		if !c.actor.Reach.Holds(t.Parent) {
			return tallystick.Errorf(tallystick.NotFound, "there is no tenant %q", cut(t.Parent, 80)).At("provider")
		}
		for above := t.Parent; above != ""; {
			if above == t.ID {
				return tallystick.Errorf(tallystick.Invalid, "tenant %q would stand below itself", t.ID).At("provider").
					WithHint("choose one that is not below it")
			}
			found, err := c.row(ctx, `SELECT parent FROM tenants WHERE id = ?`, []any{above}, &above)
			if err != nil {
				return err
			}
			if !found {
				break
			}
		}
		if known && old.Parent == t.Parent {
			return nil
		}
		if _, err := c.exec(ctx, `
			INSERT INTO tenants (id, parent, created)
			VALUES (?, ?, ?)
			ON CONFLICT (id) DO UPDATE
			SET parent = excluded.parent`, t.ID, t.Parent, c.now); err != nil {
			return err
		}
		// The entry belongs to whoever moves, and not to the tenant: it names parents that others don't know.
		return c.audit(ctx, Entry{Action: "tenant.put", Tenant: c.actor.Tenant, ObjectKind: "tenant", ObjectID: t.ID, Before: was, After: t})
	})
}

// RemoveTenant takes a tenant out of the tree; its events stay. It needs TENANTS:REMOVE, as only the provider has. The error is of code Conflict while something
// is below it or belongs to it.
func (s *Store) RemoveTenant(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "tenant.remove", func(c *change) error {
		if err := c.actor.Need(Tenants, Remove); err != nil {
			return err
		}
		was := Tenant{ID: id}
		known, err := c.row(ctx, `SELECT parent FROM tenants WHERE id = ?`, []any{id}, &was.Parent)
		if err != nil {
			return err
		}
		if !known || !c.actor.Reach.All {
			return noSuch("tenant", id)
		}
		for _, use := range []struct{ what, query string }{
			{"tenants below it", `SELECT COUNT(*) FROM tenants WHERE parent = ?`},
			{"members", `SELECT COUNT(*) FROM members WHERE tenant = ?`},
			{"roles", `SELECT COUNT(*) FROM roles WHERE tenant = ?`},
			{"schedules", `SELECT COUNT(*) FROM schedules WHERE tenant = ?`},
			{"keys", `SELECT COUNT(*) FROM api_keys WHERE tenant = ? AND revoked = 0`},
		} {
			var n int64
			if _, err := c.row(ctx, use.query, []any{id}, &n); err != nil {
				return err
			}
			if n > 0 {
				return tallystick.Errorf(tallystick.Conflict, "tenant %q has %s: %d", id, use.what, n).WithHint("remove or move them first")
			}
		}
		if _, err := c.exec(ctx, `DELETE FROM tenants WHERE id = ?`, id); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "tenant.remove", ObjectKind: "tenant", ObjectID: id, Before: was})
	})
}

// Tenant returns a tenant's place in the tree, and whether the tree holds it in the actor's reach. Whoever is above it is shown as by [Store.Tenants], and it needs
// the same.
func (s *Store) Tenant(ctx context.Context, actor Actor, id string) (t Tenant, known bool, err error) {
	if !actor.CanListTenants() {
		return Tenant{}, false, actor.Need(Tenants, View)
	}
	t.ID = id
	if !actor.Reach.Holds(id) {
		return t, false, nil
	}
	if known, err = s.single().row(ctx, `SELECT parent FROM tenants WHERE id = ?`, []any{id}, &t.Parent); err != nil {
		return Tenant{}, false, fmt.Errorf("read tenant: %w", err)
	}
	if !actor.Reach.Holds(t.Parent) {
		t.Parent = ""
	}
	return t, known, nil
}

// Tenants lists the part of the tree that is in the actor's reach, by id. A tenant's member sees its own tenant without its parent. It needs what
// [Permissions.CanListTenants] says.
func (s *Store) Tenants(ctx context.Context, actor Actor, p Page) (List[Tenant], error) {
	if !actor.CanListTenants() {
		return List[Tenant]{}, actor.Need(Tenants, View)
	}
	after, limit, err := p.start()
	if err != nil {
		return List[Tenant]{}, err
	}
	within, args := actor.Reach.within("id")
	list, err := all(ctx, s.single(), `
		SELECT id, parent
		FROM tenants
		WHERE id > ? AND `+within+`
		ORDER BY id
		LIMIT ?`, append(append([]any{after}, args...), limit+1), func(scan func(...any) error) (t Tenant, err error) {
		err = scan(&t.ID, &t.Parent)
		if !actor.Reach.Holds(t.Parent) {
			t.Parent = ""
		}
		return t, err
	})
	if err != nil {
		return List[Tenant]{}, fmt.Errorf("list tenants: %w", err)
	}
	return listOf(list, limit, func(t *Tenant) string { return t.ID }), nil
}
