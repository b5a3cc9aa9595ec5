package control

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Role is a name for permissions, and for the roles that its holders may manage.
//
// A role belongs to the provider or to a tenant, and is for members of just that; a provider's role with ForTenants is for the members of every tenant instead.
// What a role reaches is not a matter of the role: it is its holder's tenant and all below.
type Role struct {
	ID          string      `json:"id"`
	Tenant      string      `json:"tenant"` // "" the provider
	Name        string      `json:"name"`   // unique in its tenant, whatever the case
	Description string      `json:"description"`
	Permissions Permissions `json:"permissions"`
	ManageAll   bool        `json:"manage_all"`  // manages every role that members in reach may have
	Manages     []string    `json:"manages"`     // otherwise these, by id
	ForTenants  bool        `json:"for_tenants"` // of a provider's role: for members of tenants, none of the provider's
	System      bool        `json:"system"`      // unchangeable; make another from it
}

// Ids of the roles that come with the program.
const (
	SuperAdministrator  = "super-administrator"
	Auditor             = "auditor"
	TenantAdministrator = "tenant-administrator"
	TenantViewer        = "tenant-viewer"
)

// SystemRoles are the roles that come with the program. A program writes those it knows when it starts.
var SystemRoles = []Role{
	{
		ID: SuperAdministrator, Name: "Super Administrator", Description: "May do everything.",
		Permissions: everyEntity(All), ManageAll: true,
	},
	{
		ID: Auditor, Name: "Auditor", Description: "Sees everything and changes nothing.",
		Permissions: everyEntity(View),
	},
	{
		ID: TenantAdministrator, Name: "Tenant Administrator", Description: "Does everything for its own tenant and those below it.", ForTenants: true, ManageAll: true,
		Permissions: Permissions{
			{Tenants, View}, {Reports, All}, {ExportReports, All}, {ScheduledTasks, All}, {Archives, All}, {Roles, All}, {Members, All}, {Channels, All}, {Ingest, All},
			{AuditLog, View},
		},
	},
	{
		ID: TenantViewer, Name: "Tenant Viewer", Description: "Sees the reports of its own tenant and those below it.", ForTenants: true,
		Permissions: Permissions{{Tenants, View}, {Reports, View}, {ExportReports, View}, {ScheduledTasks, View}, {Archives, View}},
	},
}

// seedRoles writes the system roles as this program knows them.
func (s *Store) seedRoles(ctx context.Context) error {
	return s.write(ctx, func(c conn) error {
		if err := c.alone(ctx); err != nil { // two that insert one role at once would meet at one of its two unique indexes, and fail
			return err
		}
		for _, r := range SystemRoles {
			r.System = true
			if err := c.putRole(ctx, &r, s.Now()); err != nil {
				return fmt.Errorf("write role %q: %w", r.ID, err)
			}
		}
		return nil
	})
}

// putRole writes a role, new or not, and what it manages.
func (c conn) putRole(ctx context.Context, r *Role, now tallystick.Instant) error {
	permissions, err := json.Marshal(r.Permissions)
	if err != nil {
		return err
	}
	if _, err := c.exec(ctx, `
		INSERT INTO roles (id, tenant, name, name_key, description, permissions, manage_all, for_tenants, system, created)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE
		SET name = excluded.name, name_key = excluded.name_key, description = excluded.description, permissions = excluded.permissions,
			manage_all = excluded.manage_all, for_tenants = excluded.for_tenants`,
		r.ID, r.Tenant, r.Name, strings.ToLower(r.Name), r.Description, string(permissions), flag(r.ManageAll), flag(r.ForTenants), flag(r.System), now); err != nil {
		return err
	}
	if _, err := c.exec(ctx, `DELETE FROM role_manages WHERE role = ?`, r.ID); err != nil {
		return err
	}
	for _, managed := range r.Manages {
		if _, err := c.exec(ctx, `INSERT INTO role_manages (role, managed) VALUES (?, ?)`, r.ID, managed); err != nil {
			return err
		}
	}
	return nil
}

// flag is how a bool is kept.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// managedBy returns the roles that any of some roles manages, by id.
func (c conn) managedBy(ctx context.Context, roles ...string) ([]string, error) {
	args := make([]any, len(roles))
	for i, r := range roles {
		args[i] = r
	}
	return all(ctx, c, `
		SELECT DISTINCT managed
		FROM role_manages
		WHERE role IN (`+marks(len(args))+`)
		ORDER BY managed`, args, func(scan func(...any) error) (id string, err error) { return id, scan(&id) })
}

// roles reads roles without what they manage.
func (c conn) roles(ctx context.Context, rest string, args ...any) ([]Role, error) {
	return all(ctx, c, `
		SELECT id, tenant, name, description, permissions, manage_all, for_tenants, system
		FROM roles
		`+rest, args, func(scan func(...any) error) (r Role, err error) {
		var permissions []byte
		var manageAll, forTenants, system int64
		if err := scan(&r.ID, &r.Tenant, &r.Name, &r.Description, &permissions, &manageAll, &forTenants, &system); err != nil {
			return r, err
		}
		r.ManageAll, r.ForTenants, r.System = manageAll != 0, forTenants != 0, system != 0
		return r, json.Unmarshal(permissions, &r.Permissions)
	})
}

// visible is the condition that an actor may see a role: it belongs to the reach, or is for every tenant.
func (r Reach) visible() (string, []any) {
	within, args := r.within("tenant")
	return "(for_tenants = 1 OR " + within + ")", args
}

// role returns a role that the actor may see, with what it manages.
func (c conn) role(ctx context.Context, reach Reach, id string) (*Role, error) {
	visible, args := reach.visible()
	found, err := c.roles(ctx, "WHERE id = ? AND "+visible, append([]any{id}, args...)...)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, noSuch("role", id)
	}
	r := &found[0]
	r.Manages, err = c.managedBy(ctx, id)
	return r, err
}

// Role returns one role. It needs ROLES:VIEW, or MEMBERS:VIEW to say what members have.
func (s *Store) Role(ctx context.Context, actor Actor, id string) (Role, error) {
	if !actor.Can(Members, View) {
		if err := actor.Need(Roles, View); err != nil {
			return Role{}, err
		}
	}
	r, err := s.single().role(ctx, actor.Reach, id)
	if err != nil {
		return Role{}, err
	}
	return *r, nil
}

// Roles lists the roles that the actor may see, by id. It needs what [Store.Role] does.
func (s *Store) Roles(ctx context.Context, actor Actor, p Page) (List[Role], error) {
	none := List[Role]{}
	if !actor.Can(Members, View) {
		if err := actor.Need(Roles, View); err != nil {
			return none, err
		}
	}
	after, limit, err := p.start()
	if err != nil {
		return none, err
	}
	var list []Role
	err = s.read(ctx, func(c conn) error {
		visible, args := actor.Reach.visible()
		args = append(append([]any{after}, args...), limit+1)
		if list, err = c.roles(ctx, "WHERE id > ? AND "+visible+" ORDER BY id LIMIT ?", args...); err != nil {
			return err
		}
		for i := range list {
			if list[i].Manages, err = c.managedBy(ctx, list[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return none, fmt.Errorf("list roles: %w", err)
	}
	return listOf(list, limit, func(r *Role) string { return r.ID }), nil
}

// manages reports whether the actor may manage a role: it is in reach, and all are managed or this one is.
func (a *Actor) manages(r *Role) bool {
	return (r.ForTenants || a.Reach.Holds(r.Tenant)) && (a.ManageAll || slices.Contains(a.Manages, r.ID))
}
