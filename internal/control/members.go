package control

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Status is what a member can do with its account.
type Status string

const (
	Invited  Status = "invited"  // has not chosen a password yet
	Active   Status = "active"   // can sign in
	Disabled Status = "disabled" // can't
)

// Member is a person who signs in. It belongs to the provider or to one tenant, for good.
type Member struct {
	ID      string             `json:"id"`
	Email   string             `json:"email"` // unique in the whole installation, whatever the case
	Name    string             `json:"name"`
	Tenant  string             `json:"tenant"` // "" the provider
	Roles   []string           `json:"roles"`  // ids, at least one
	Status  Status             `json:"status"`
	Created tallystick.Instant `json:"created"`
}

// MemberFilter says which members are wanted. Zero values keep every member.
type MemberFilter struct {
	Search string // a part of the e-mail or the name, whatever the case
	Tenant string
	Status Status
}

// Members lists the members in the actor's reach, by e-mail. It needs MEMBERS:VIEW.
func (s *Store) Members(ctx context.Context, actor Actor, f MemberFilter, p Page) (List[Member], error) {
	none := List[Member]{}
	if err := actor.Need(Members, View); err != nil {
		return none, err
	}
	after, limit, err := p.start()
	if err != nil {
		return none, err
	}
	within, args := actor.Reach.within("tenant")
	where, args := "email_key > ? AND "+within, append([]any{after}, args...)
	if f.Search != "" {
		like := containing(f.Search)
		where, args = where+` AND (email_key LIKE ? ESCAPE '\' OR name_key LIKE ? ESCAPE '\')`, append(args, like, like)
	}
	if f.Tenant != "" {
		where, args = where+" AND tenant = ?", append(args, f.Tenant)
	}
	if f.Status != "" {
		where, args = where+" AND status = ?", append(args, string(f.Status))
	}
	var list []Member
	err = s.read(ctx, func(c conn) (err error) {
		list, err = c.members(ctx, "WHERE "+where+" ORDER BY email_key LIMIT ?", append(args, limit+1)...)
		return err
	})
	if err != nil {
		return none, fmt.Errorf("list members: %w", err)
	}
	return listOf(list, limit, func(m *Member) string { return strings.ToLower(m.Email) }), nil
}

// Member returns one member in the actor's reach. It needs MEMBERS:VIEW, except for oneself.
func (s *Store) Member(ctx context.Context, actor Actor, id string) (m Member, err error) {
	if actor.Kind != MemberActor || actor.ID != id {
		if err := actor.Need(Members, View); err != nil {
			return Member{}, err
		}
	}
	err = s.read(ctx, func(c conn) error {
		m, err = c.member(ctx, actor.Reach, id)
		return err
	})
	return m, err
}

// members reads members with their roles.
func (c conn) members(ctx context.Context, rest string, args ...any) ([]Member, error) {
	list, err := all(ctx, c, `
		SELECT id, email, name, tenant, status, created
		FROM members
		`+rest, args, func(scan func(...any) error) (m Member, err error) {
		var status string
		err = scan(&m.ID, &m.Email, &m.Name, &m.Tenant, &status, &m.Created)
		m.Status = Status(status)
		return m, err
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Roles, err = all(ctx, c, `
			SELECT role
			FROM member_roles
			WHERE member = ?
			ORDER BY role`, []any{list[i].ID}, func(scan func(...any) error) (id string, err error) { return id, scan(&id) }); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// member returns one member in reach.
func (c conn) member(ctx context.Context, reach Reach, id string) (Member, error) {
	within, args := reach.within("tenant")
	found, err := c.members(ctx, "WHERE id = ? AND "+within, append([]any{id}, args...)...)
	if err != nil {
		return Member{}, err
	}
	if len(found) == 0 {
		return Member{}, noSuch("member", id)
	}
	return found[0], nil
}

// CheckEmail refuses what is no plain e-mail address. It takes ASCII only: two addresses that look alike would be two members.
func CheckEmail(email string) error {
	bad := func(why string) error {
		return tallystick.Errorf(tallystick.Invalid, "%q is not an e-mail address: %s", cut(email, 80), why).At("email").WithHint("write it like name@example.org")
	}
	local, domain, has := strings.Cut(email, "@")
	switch {
	case !has:
		return bad("it has no @")
	case len(email) > 254 || len(local) > 64:
		return bad("it is too long")
	case local == "" || domain == "":
		return bad("it has nothing before or after the @")
	case strings.ContainsFunc(email, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return bad("it has a character that is not allowed")
	case strings.ContainsAny(email, `"(),:;<>[\]`):
		return bad("it has a character that is not allowed")
	}
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email || a.Name != "" {
		return bad("mail can't be sent to it")
	}
	for _, label := range strings.Split(domain, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.ContainsFunc(label, func(r rune) bool {
				return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
			}) {
			return bad("its domain is none")
		}
	}
	return nil
}

// fits reports whether members of a tenant can have a role.
func (r *Role) fits(tenant string) bool {
	if r.ForTenants {
		return tenant != ""
	}
	return r.Tenant == tenant
}

// superAdministrators counts those who can sign in.
func (c conn) superAdministrators(ctx context.Context) (n int64, err error) {
	_, err = c.row(ctx, `
		SELECT COUNT(*)
		FROM members m
		JOIN member_roles mr ON mr.member = m.id
		WHERE mr.role = ? AND m.status = 'active'`, []any{SuperAdministrator}, &n)
	return n, err
}

// keepingOne does something after which there must still be a Super Administrator who can sign in, if there was one.
func (c *change) keepingOne(ctx context.Context, do func() error) error {
	before, err := c.superAdministrators(ctx)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	after, err := c.superAdministrators(ctx)
	if err == nil && before > 0 && after == 0 {
		return tallystick.Errorf(tallystick.Conflict, "this is the last Super Administrator who can sign in").WithHint("make somebody else one first")
	}
	return err
}

// mayManage returns an error unless the actor manages each of a member's roles.
func (c *change) mayManage(ctx context.Context, roles []string) error {
	for _, id := range roles {
		r, err := c.role(ctx, c.actor.Reach, id)
		if err != nil {
			return err
		}
		if !c.actor.manages(r) {
			return notManaged(r)
		}
	}
	return nil
}

// mayGrant returns an error unless the actor has each permission of some roles, and the management of what they manage. Who lets somebody into an account, by a
// role, a link or another address, grants all that the account may do.
func (c *change) mayGrant(ctx context.Context, roles []string) error {
	for _, id := range roles {
		r, err := c.role(ctx, c.actor.Reach, id)
		if err != nil {
			return err
		}
		if p, lacks := c.actor.Permissions.lacks(r.Permissions); lacks {
			return tallystick.Errorf(tallystick.Denied, "you can't grant the role %q: you don't have its permission %s of %s", r.Name, p.Action, p.Entity)
		}
		if r.ManageAll && !c.actor.ManageAll {
			return tallystick.Errorf(tallystick.Denied, "you can't grant the role %q: you don't manage all roles", r.Name)
		}
		for _, managed := range r.Manages {
			if !c.actor.ManageAll && !slices.Contains(c.actor.Manages, managed) {
				return tallystick.Errorf(tallystick.Denied, "you can't grant the role %q: you don't manage all the roles that it does", r.Name)
			}
		}
	}
	return nil
}
