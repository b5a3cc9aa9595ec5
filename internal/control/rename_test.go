package control_test

import (
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

func TestMembersNameThemselves(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		p.first()
		viewer := p.member("viewer@example.org", "acme", control.TenantViewer)
		p.is(p.Rename(ctx, viewer, " Ida Åberg "), "")
		p.is(p.Rename(ctx, viewer, ""), tallystick.Invalid)
		p.is(p.Rename(ctx, control.System("test"), "Nobody"), tallystick.Denied)
		p.is(p.Rename(ctx, viewer, "Ida Åberg"), "") // nothing changes, and so nothing is told
		found, err := p.Members(ctx, control.System("test"), control.MemberFilter{Search: "ida å"}, control.Page{})
		p.is(err, "")
		if len(found.Items) != 1 || found.Items[0].Name != "Ida Åberg" {
			p.Errorf("%+v", found)
		}
		told, err := p.Audit(ctx, control.System("test"), control.AuditFilter{Action: "member.rename", ObjectID: found.Items[0].ID}, control.Page{})
		p.is(err, "")
		if len(told.Items) != 1 || told.Items[0].Tenant != "acme" {
			p.Errorf("%+v", told)
		}
	})
}

// Who signs in through OpenID Connect alone has no password that could be wrong.
func TestChangingAPasswordThatIsNot(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		m, _, err := p.AddMember(ctx, root, control.Member{Email: "ida@example.org", Name: "Ida", Roles: []string{control.Auditor}})
		p.is(err, "")
		token, err := p.SignInOIDC(ctx, control.From{}, control.Identity{Issuer: "https://id.example.org", Subject: "1", Email: m.Email, EmailVerified: true})
		p.is(err, "")
		ida, err := p.SessionActor(ctx, token, control.From{})
		p.is(err, "")
		p.is(p.ChangePassword(ctx, ida, "", "another long word"), tallystick.Conflict)
	})
}
