package control_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

func TestKeysThatDescribeATenant(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		p.tree([2]string{"acme", "group"})
		add := func(a control.Actor, tenant string, want tallystick.Code) {
			p.Helper()
			_, _, err := p.AddKey(ctx, a, control.Key{Name: "k", Tenant: tenant, Scopes: []control.Scope{control.ScopeIngest, control.ScopeAttributes}})
			p.is(err, want)
		}
		admin := p.member("m@acme.example", "acme", control.TenantAdministrator)
		permission := func(e control.Entity, a control.Action) control.Permission {
			return control.Permission{Entity: e, Action: a}
		}
		poor := p.member("poor@example.org", "", p.role("keys", "", nil, permission(control.Ingest, control.Add)))
		rich := p.member("rich@acme.example", "acme", p.role("all", "acme", nil, permission(control.Ingest, control.Add), permission(control.Tenants, control.Edit)))
		above := p.member("m@group.example", "group", p.role("all", "group", nil, permission(control.Ingest, control.Add), permission(control.Tenants, control.Edit)))
		add(root, "acme", "")
		add(root, "", "")
		add(admin, "acme", tallystick.Denied)
		add(rich, "acme", tallystick.Denied)
		add(poor, "acme", tallystick.Denied)
		add(above, "group", tallystick.Denied)
		add(above, "acme", "")
		_, _, err := p.AddKey(ctx, admin, control.Key{Name: "k", Tenant: "acme", Scopes: []control.Scope{control.ScopeIngest}})
		p.is(err, "")
		refusals, err := p.Audit(ctx, root, control.AuditFilter{Action: "refused"}, control.Page{})
		p.is(err, "")
		if len(refusals.Items) != 4 {
			p.Errorf("%d refusals are in the audit log, want 4", len(refusals.Items))
		}
	})
}

func TestAuditLogDoesNotTellWhoMadeAKey(t *testing.T) {
	p := newPlace(t, t.TempDir()+"/control.db")
	ctx := p.Context()
	root := p.first()
	k, _, err := p.AddKey(ctx, root, control.Key{Name: "k", Tenant: "acme", Scopes: []control.Scope{control.ScopeIngest}})
	p.is(err, "")
	p.is(p.RevokeKey(ctx, root, k.ID), "")
	seen, err := p.Audit(ctx, p.member("m@acme.example", "acme", control.TenantAdministrator), control.AuditFilter{Action: "key."}, control.Page{})
	p.is(err, "")
	if text, _ := json.Marshal(seen); len(seen.Items) != 2 || strings.Contains(string(text), "root@example.org") {
		t.Errorf("a tenant's member reads %s", text)
	}
	var made struct{ Expires, Revoked, Created, Used any }
	for i := range seen.Items {
		if e := seen.Items[i]; e.Action == "key.revoke" {
			p.is(json.Unmarshal(e.After, &made), "")
		}
	}
	if made.Created != start.String() || made.Revoked != start.String() || made.Expires != nil || made.Used != nil {
		t.Errorf("its times are told as %+v", made)
	}
	_, _, err = p.AddKey(ctx, root, control.Key{Name: "k"})
	if err == nil || !strings.HasSuffix(err.Error(), "choose among ingest, attributes, read, quarantine") {
		t.Errorf("a key for nothing: %v", err)
	}
}
