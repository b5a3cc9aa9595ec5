package control

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tallystick/tallystick"
)

// ActorKind is what an actor is.
type ActorKind string

const (
	MemberActor ActorKind = "member"
	KeyActor    ActorKind = "key"
	SystemActor ActorKind = "system" // the program itself: first start, schedules, sweeps
	NoActor     ActorKind = "nobody" // somebody who has not signed in
)

// From is where a request comes from.
type From struct {
	Address   string // remote address, without a port
	RequestID string
	UserAgent string
}

// Actor is who does something, and what they may. It is loaded for each request; methods that change something load it once more in their transaction, so that
// what an Actor says about itself never decides a change. The zero Actor may nothing.
type Actor struct {
	Kind   ActorKind
	ID     string // of the member or key
	Name   string // e-mail, name of the key, or what the system does
	Tenant string // "" the provider
	From

	Permissions Permissions
	Reach       Reach
	ManageAll   bool     // manages all roles of the members in reach
	Manages     []string // otherwise these, by id
	Session     string   // id of the session; of members
	Scopes      []Scope  // of keys

	used tallystick.Instant // of keys: when last, before now
}

// System is the program itself, which may do everything.
func System(does string) Actor {
	return Actor{Kind: SystemActor, Name: does, Permissions: everyEntity(All), Reach: Reach{All: true}, ManageAll: true}
}

// Nobody is somebody who has not signed in.
func Nobody(from From) Actor { return Actor{Kind: NoActor, From: from} }

// Can reports whether the actor may do an action, inside of the reach.
func (a *Actor) Can(e Entity, action Action) bool { return a.Permissions.Can(e, action) }

// CanListTenants is that of [Permissions].
func (a *Actor) CanListTenants() bool { return a.Permissions.CanListTenants() }

// Ingests reports whether events of a tenant may be handed over: a key with the scope ingest is bound to one tenant, without those below it, or to none.
func (a *Actor) Ingests(tenant string) bool {
	return a.Kind == KeyActor && slices.Contains(a.Scopes, ScopeIngest) && (a.Tenant == "" || a.Tenant == tenant)
}

// Need returns an error of code Denied unless the actor may do the action. That of a key tells which scope it lacks.
func (a *Actor) Need(e Entity, action Action) error {
	if a.Can(e, action) {
		return nil
	}
	if a.Kind != KeyActor {
		return tallystick.Errorf(tallystick.Denied, "%w", Lacking{e, action}).WithHint("ask somebody who manages your roles")
	}
	for _, scope := range Scopes {
		if scope.permissions().Can(e, action) {
			return a.NeedScope(scope)
		}
	}
	return tallystick.Errorf(tallystick.Denied, "this needs the permission %s of %s, which no scope of a key holds", action, e).WithHint("sign in")
}

// NeedScope returns an error of code Denied unless the actor is a key with a scope.
func (a *Actor) NeedScope(scope Scope) error {
	if a.Kind == KeyActor && slices.Contains(a.Scopes, scope) {
		return nil
	}
	return tallystick.Errorf(tallystick.Denied, "the key lacks the scope %q", scope).WithHint("use a key that has it")
}

// loadMember fills in what a member may do now. It reports false unless the member is active.
func (c conn) loadMember(ctx context.Context, id string, from From) (a Actor, active bool, err error) {
	a = Actor{Kind: MemberActor, ID: id, From: from}
	var roles []string
	err = c.each(ctx, `
		SELECT m.email, m.tenant, r.id, r.permissions, r.manage_all
		FROM members m
		JOIN member_roles mr ON mr.member = m.id
		JOIN roles r ON r.id = mr.role
		WHERE m.id = ? AND m.status = 'active'
		ORDER BY r.id`, []any{id}, func(scan func(...any) error) error {
		var role string
		var permissions []byte
		var manageAll int64
		if err := scan(&a.Name, &a.Tenant, &role, &permissions, &manageAll); err != nil {
			return err
		}
		var p Permissions
		if err := json.Unmarshal(permissions, &p); err != nil {
			return fmt.Errorf("permissions of role %q: %w", role, err)
		}
		a.Permissions = append(a.Permissions, p...)
		a.ManageAll = a.ManageAll || manageAll != 0
		roles = append(roles, role)
		return nil
	})
	if err != nil || len(roles) == 0 {
		return a, false, err
	}
	if a.Permissions, err = a.Permissions.normal(); err != nil {
		return a, false, err
	}
	if !a.ManageAll {
		if a.Manages, err = c.managedBy(ctx, roles...); err != nil {
			return a, false, err
		}
	}
	a.Reach, err = c.reachOf(ctx, a.Tenant)
	return a, err == nil, err
}

// again loads an actor as it is now. The error is of code Denied where the member, its session or the key is no longer good.
func (c conn) again(ctx context.Context, a Actor, now tallystick.Instant) (Actor, error) {
	good, err := true, error(nil)
	b := a
	switch a.Kind {
	case MemberActor:
		if b, good, err = c.loadMember(ctx, a.ID, a.From); err == nil && good && a.Session != "" {
			b.Session = a.Session
			good, err = c.row(ctx, `
				SELECT 1
				FROM sessions
				WHERE id = ? AND member = ? AND expires > ?`, []any{a.Session, a.ID, now}, new(int))
		}
	case KeyActor:
		b, good, err = c.loadKey(ctx, "id", a.ID, a.From, now)
	case SystemActor:
		from := a.From
		b = System(a.Name)
		b.From = from
	default:
		b = Nobody(a.From)
	}
	if err != nil {
		return Actor{}, fmt.Errorf("read what %s %q may do: %w", a.Kind, a.Name, err)
	}
	if !good && a.Kind == KeyActor {
		return Actor{}, noKey()
	}
	if !good {
		return Actor{}, signedOut()
	}
	return b, nil
}

// signedOut answers a session that is not, or no longer, good, and noKey a key. They don't say why.
func signedOut() error {
	return tallystick.Errorf(tallystick.Denied, "you are not signed in").WithHint("sign in again, or use a valid key")
}

func noKey() error {
	return tallystick.Errorf(tallystick.Denied, "the key is unknown, expired or revoked").WithHint("use one that is good; whoever may look at the keys sees which are")
}
