package control_test

import (
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

type permission = control.Permission

func TestPermissions(t *testing.T) {
	p := control.Permissions{{Entity: control.Reports, Action: control.All}, {Entity: control.ExportReports, Action: control.Add}}
	for _, test := range []struct {
		entity control.Entity
		action control.Action
		want   bool
	}{
		{control.Reports, control.View, true},
		{control.Reports, control.All, true},
		{control.ExportReports, control.Add, true},
		{control.ExportReports, control.View, false},
		{control.ExportReports, control.All, false},
		{control.Tenants, control.View, false},
	} {
		if got := p.Can(test.entity, test.action); got != test.want {
			t.Errorf("%s of %s: %v, want %v", test.action, test.entity, got, test.want)
		}
	}
	if !p.CanListTenants() || p[:1].CanListTenants() {
		t.Error("whoever makes exports lists tenants, and who sees reports only does not")
	}
	four := control.Permissions{{control.Roles, control.View}, {control.Roles, control.Add}, {control.Roles, control.Edit}, {control.Roles, control.Remove}}
	if !four.Can(control.Roles, control.All) || four[1:].Can(control.Roles, control.All) {
		t.Error("ALL is each of the four, and not less")
	}
}

func TestGrants(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		view := permission{Entity: control.Reports, Action: control.View}
		p.tree([2]string{"a", ""}, [2]string{"b", ""}, [2]string{"a1", "a"})
		clerk := p.role("Clerk", "", nil, view)
		boss := p.role("Boss", "", []string{clerk}, view, permission{control.Members, control.All}, permission{control.Roles, control.All})
		odd := p.role("Odd", "", nil, permission{control.Channels, control.View})
		manager := p.role("Manages odd", "", []string{odd, clerk}, permission{control.Members, control.All})
		ann := p.member("ann@example.org", "", boss)
		cleo := p.member("cleo@example.org", "", clerk)
		both := p.member("both@example.org", "", clerk, odd)
		mike := p.member("mike@example.org", "", manager)
		admin := p.member("admin@a.example", "a", control.TenantAdministrator)
		viewer := p.member("viewer@a1.example", "a1", control.TenantViewer)
		stranger := p.member("x@b.example", "b", control.TenantAdministrator)

		add := func(a control.Actor, email, tenant string, roles ...string) error {
			_, _, err := p.AddMember(ctx, a, control.Member{Email: email, Name: "New", Tenant: tenant, Roles: roles})
			return err
		}
		edit := func(a control.Actor, id string, roles ...string) error {
			_, err := p.EditMember(ctx, a, id, control.MemberEdit{Roles: roles})
			return err
		}
		addRole := func(a control.Actor, r control.Role) error { _, err := p.AddRole(ctx, a, r); return err }
		for _, test := range []struct {
			name string
			err  error
			want tallystick.Code
		}{
			{"a managed role is given", add(ann, "n1@example.org", "", clerk), ""},
			{"one that is not managed isn't", add(ann, "n2@example.org", "", odd), tallystick.Denied},
			{"nor beside one that is", add(ann, "n3@example.org", "", clerk, odd), tallystick.Denied},
			{"nor one's own", add(ann, "n4@example.org", "", boss), tallystick.Denied},
			{"a member who has another role isn't changed", edit(ann, both.ID, clerk), tallystick.Denied},
			{"nor disabled", p.DisableMember(ctx, ann, both.ID), tallystick.Denied},
			{"a managed role whose permission one lacks isn't given", add(mike, "n5@example.org", "", odd), tallystick.Denied},
			{"nor by a link into such an account", func() error { _, _, err := p.NewLink(ctx, mike, both.ID); return err }(), tallystick.Denied},
			{"nor by another e-mail of it", func() error {
				e := "mine@example.org"
				_, err := p.EditMember(ctx, mike, both.ID, control.MemberEdit{Email: &e})
				return err
			}(), tallystick.Denied},
			{"but taken", edit(mike, both.ID, clerk), ""},
			{"no permission, no member", add(cleo, "n6@example.org", "", clerk), tallystick.Denied},
			{"a member needs a role", add(root, "n7@example.org", ""), tallystick.Invalid},
			{"and one that there is", add(root, "n7@example.org", "", "nonsense"), tallystick.NotFound},
			{"a tenant's member can't be a Super Administrator", add(root, "n8@example.org", "a", control.SuperAdministrator), tallystick.Invalid},
			{"nor the provider's a Tenant Viewer", add(root, "n8@example.org", "", control.TenantViewer), tallystick.Invalid},

			{"a role with what one has", addRole(ann, control.Role{Name: "R1", Permissions: control.Permissions{view}}), ""},
			{"a role with more", addRole(ann, control.Role{Name: "R2", Permissions: control.Permissions{{control.Reports, control.Edit}}}), tallystick.Denied},
			{"a role with all of it", addRole(ann, control.Role{Name: "R3", Permissions: control.Permissions{{control.Reports, control.All}}}), tallystick.Denied},
			{"a role that manages all", addRole(ann, control.Role{Name: "R4", Permissions: control.Permissions{view}, ManageAll: true}), tallystick.Denied},
			{"a role that manages more", addRole(ann, control.Role{Name: "R5", Permissions: control.Permissions{view}, Manages: []string{control.SuperAdministrator}}), tallystick.Denied},
			{"one's own role can't be widened", func() error {
				_, err := p.EditRole(ctx, ann, control.Role{ID: boss, Name: "Boss", Permissions: control.Permissions{{control.Settings, control.All}}})
				return err
			}(), tallystick.Denied},
			{"a managed role can't be widened beyond oneself", func() error {
				_, err := p.EditRole(ctx, ann, control.Role{ID: clerk, Name: "Clerk", Permissions: control.Permissions{{control.Settings, control.View}}})
				return err
			}(), tallystick.Denied},
			{"a role of that name, in other letters", addRole(root, control.Role{Name: "CLERK", Permissions: control.Permissions{view}}), tallystick.Conflict},
			{"a role in use can't be removed", p.RemoveRole(ctx, root, clerk), tallystick.Conflict},
			{"system roles can't be changed", p.RemoveRole(ctx, root, control.Auditor), tallystick.Conflict},
			{"an unknown entity", addRole(root, control.Role{Name: "R6", Permissions: control.Permissions{{"MOON", control.View}}}), tallystick.Invalid},

			{"a tenant's administrator adds a member", add(admin, "n@a.example", "a", control.TenantAdministrator), ""},
			{"and one of a tenant below", add(admin, "n@a1.example", "a1", control.TenantViewer), ""},
			{"and none of another tenant", add(admin, "n@b.example", "b", control.TenantViewer), tallystick.NotFound},
			{"nor of one that there isn't", add(admin, "n@b.example", "nonsense", control.TenantViewer), tallystick.NotFound},
			{"nor of the provider", add(admin, "n@b.example", "", control.SuperAdministrator), tallystick.Invalid},
			{"provider's roles aren't there for it", add(admin, "n@b.example", "a", clerk), tallystick.NotFound},
			{"it doesn't change a stranger", p.DisableMember(ctx, admin, stranger.ID), tallystick.NotFound},
			{"nor somebody of the provider", p.DisableMember(ctx, admin, root.ID), tallystick.NotFound},
			{"it makes a role of its own", addRole(admin, control.Role{Name: "Own", Tenant: "a", Permissions: control.Permissions{view}, Manages: []string{control.TenantViewer}}), ""},
			{"and none for all tenants", addRole(admin, control.Role{Name: "Own 2", ForTenants: true, Permissions: control.Permissions{view}}), tallystick.Invalid},
			{"a tenant's role has no settings, whoever makes it", addRole(root, control.Role{Name: "S", Tenant: "a", Permissions: control.Permissions{{control.Settings, control.View}}}), tallystick.Invalid},
			{"a tenant's role manages none of the provider's", addRole(root, control.Role{Name: "S", Tenant: "a", Permissions: control.Permissions{view}, Manages: []string{clerk}}), tallystick.Invalid},
			{"a child's administrator can't be made of a viewer", edit(viewer, viewer.ID, control.TenantAdministrator), tallystick.Denied},
			{"a tenant's administrator disables a viewer below", p.DisableMember(ctx, admin, viewer.ID), ""},
		} {
			if got := tallystick.CodeOf(test.err); got != test.want {
				p.Errorf("%s: %v, want %q", test.name, test.err, test.want)
			}
		}

		// What is elsewhere and what there isn't are told alike, apart from the name that was asked for.
		_, elsewhere := p.Member(ctx, admin, stranger.ID)
		_, nowhere := p.Member(ctx, admin, "zzz")
		p.is(elsewhere, tallystick.NotFound)
		if want := `there is no member "` + stranger.ID + `"`; elsewhere.Error() != want || nowhere.Error() != `there is no member "zzz"` {
			p.Errorf("%v and %v", elsewhere, nowhere)
		}
		seen, err := p.Members(ctx, admin, control.MemberFilter{}, control.Page{})
		p.is(err, "")
		for _, m := range seen.Items {
			if m.Tenant != "a" && m.Tenant != "a1" {
				p.Errorf("a member of tenant a sees %+v", m)
			}
		}
		roles, err := p.Roles(ctx, admin, control.Page{})
		p.is(err, "")
		for _, r := range roles.Items {
			if r.Tenant != "a" && !r.ForTenants {
				p.Errorf("a member of tenant a sees %+v", r)
			}
		}
	})
}

func TestRoleChangesHoldAtOnce(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		role := p.role("R", "", nil, permission{control.Members, control.All}, permission{control.AuditLog, control.View})
		p.first()
		token, err := p.SignIn(ctx, from, p.member("m@example.org", "", role).Name, password)
		p.is(err, "")
		stale, err := p.SessionActor(ctx, token, from)
		p.is(err, "")
		_, err = p.EditRole(ctx, control.System("test"), control.Role{ID: role, Name: "R", Permissions: control.Permissions{{control.Reports, control.View}}})
		p.is(err, "")
		fresh, err := p.SessionActor(ctx, token, from)
		p.is(err, "")
		if fresh.Can(control.Members, control.Add) || !fresh.Can(control.Reports, control.View) {
			p.Errorf("the next request has %v", fresh.Permissions)
		}
		// Also an actor from before, and one that says too much about itself, change nothing.
		stale.Permissions = control.Permissions{{control.Members, control.All}}
		stale.ManageAll, stale.Reach.All = true, true
		_, _, err = p.AddMember(ctx, stale, control.Member{Email: "n@example.org", Name: "N", Roles: []string{control.Auditor}})
		p.is(err, tallystick.Denied)
		p.is(p.DisableMember(ctx, control.System("test"), stale.ID), "")
		_, err = p.SessionActor(ctx, token, from)
		p.is(err, tallystick.Denied)
		_, _, err = p.AddMember(ctx, control.Actor{}, control.Member{Email: "n@example.org", Name: "N", Roles: []string{control.Auditor}})
		p.is(err, tallystick.Denied)
	})
}

func TestTheLastSuperAdministrator(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		p.is(p.DisableMember(ctx, root, root.ID), tallystick.Conflict)
		p.is(p.RemoveMember(ctx, root, root.ID), tallystick.Conflict)
		_, err := p.EditMember(ctx, root, root.ID, control.MemberEdit{Roles: []string{control.Auditor}})
		p.is(err, tallystick.Conflict)
		_, _, err = p.AddMember(ctx, root, control.Member{Email: "i@example.org", Name: "I", Roles: []string{control.SuperAdministrator}})
		p.is(err, "")
		p.is(p.DisableMember(ctx, root, root.ID), tallystick.Conflict) // who is invited has not come yet

		other := p.another()
		for round := range 5 {
			two := []control.Actor{root, p.member("second"+string(rune('a'+round))+"@example.org", "", control.SuperAdministrator)}
			done := make(chan error)
			go func() { done <- p.DisableMember(ctx, two[0], two[1].ID) }()
			go func() { done <- other.DisableMember(ctx, two[1], two[0].ID) }()
			errs := []error{<-done, <-done}
			if failed := slices.IndexFunc(errs, func(err error) bool { return err != nil }); failed < 0 || errs[1-failed] != nil {
				p.Fatalf("two who disable each other get %v", errs)
			}
			list, err := p.Members(ctx, control.System("test"), control.MemberFilter{Status: control.Active}, control.Page{})
			p.is(err, "")
			if len(list.Items) != 1 {
				p.Fatalf("left are %v", list.Items)
			}
			root = p.signedIn(list.Items[0].Email)
		}
	})
}

func TestClone(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		p.tree([2]string{"a", ""})
		super, err := p.CloneRole(ctx, root, control.SuperAdministrator, "", "Nearly all")
		p.is(err, "")
		if super.System || !super.ManageAll || super.ID == control.SuperAdministrator || !super.Permissions.Can(control.Settings, control.All) {
			p.Errorf("the clone is %+v", super)
		}
		shared, err := p.CloneRole(ctx, root, control.TenantViewer, "", "Readers everywhere")
		p.is(err, "")
		admin := p.member("admin@a.example", "a", control.TenantAdministrator)
		_, _, err = p.AddMember(ctx, admin, control.Member{Email: "r@a.example", Name: "R", Tenant: "a", Roles: []string{shared.ID}})
		p.is(err, "")
		_, err = p.EditRole(ctx, admin, shared)
		p.is(err, tallystick.Denied)
		own, err := p.CloneRole(ctx, admin, control.TenantAdministrator, "a", "Our own")
		p.is(err, "")
		if own.ForTenants || own.Tenant != "a" {
			p.Errorf("the clone is %+v", own)
		}
		_, err = p.CloneRole(ctx, admin, super.ID, "a", "More")
		p.is(err, tallystick.NotFound)
		own.Description = "changed"
		_, err = p.EditRole(ctx, admin, own)
		p.is(err, "")
		p.is(p.RemoveRole(ctx, admin, own.ID), "")
	})
}
