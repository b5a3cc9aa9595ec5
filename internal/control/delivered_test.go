package control_test

import (
	"encoding/json"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// A link ends with the file, where that is kept for less than links are, and its row says so.
func TestALinkEndsWithTheFile(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		keep := func(days string) {
			p.is(p.SetSetting(p.Context(), control.System("test"), "retention_days", json.RawMessage(days)), "")
		}
		keep("3")
		_, r := p.sent(who, outside("x@example.org"))
		made := p.now()
		p.wait(tallystick.Hour)
		d := p.deliveries(1)[0]
		token, expires, err := p.LinkToken(p.Context(), d)
		p.is(err, "")
		row := func() tallystick.Instant {
			list, err := p.Deliveries(p.Context(), who, r.ID)
			p.is(err, "")
			return list[0].Link.Expires
		}
		open := func() error {
			_, err := p.OpenLink(p.Context(), from, token)
			return err
		}
		if want := made + 3*tallystick.Day; expires != want || row() != want {
			p.Errorf("the link ends at %v, its row says %v, want %v", expires, row(), want)
		}
		keep("2") // also of files that there are
		if want := made + 2*tallystick.Day; row() != want {
			p.Errorf("the row says %v, want %v", row(), want)
		}
		p.wait(made + 2*tallystick.Day - 1 - p.now())
		p.is(open(), "")
		p.wait(1)
		p.is(open(), tallystick.NotFound)
		keep("1000")
		if d, e, err := p.LinkToken(p.Context(), d); err != nil || d != token || e != p.now()+control.LinkLifetime {
			p.Errorf("of a file that is kept for long the link ends at %v, %v", e, err)
		}
	})
}

// A member of a tenant below gets a report of the tenant above: they see none of its runs, and the file that was sent to them by a link.
func TestDeliveredToAMemberBelow(t *testing.T) {
	onEach(t, func(p *place) {
		root := p.owner()
		p.tree([2]string{"acme", ""}, [2]string{"below", "acme"}, [2]string{"other", ""})
		owner := p.member("owner@acme.example", "acme", control.TenantAdministrator)
		below := p.member("b@below.example", "below", p.role("tree", "below", nil, control.Permission{Entity: control.Tenants, Action: control.View}))
		beside := p.member("c@below.example", "below", control.TenantAdministrator)
		_, r := p.sent(owner, control.Recipient{Way: control.ByMail, Member: below.ID}, outside("x@acme.example"))
		claimed := p.deliveries(2)
		mine := claimed[0]
		opens := func(who control.Actor, want tallystick.Code) {
			p.Helper()
			seen, err := p.RunDelivered(p.Context(), who, r.ID)
			p.is(err, want)
			got, err := p.OpenDelivered(p.Context(), who, r.ID)
			p.is(err, want)
			if want == "" && (got.ID != r.ID || got.File == nil || seen.File == nil || seen.Name != "Hourly" || len(seen.Tenants)+len(seen.Job.Tenants)+len(seen.Recipients) > 0) {
				p.Errorf("it opens %+v, and sees %+v", got, seen)
			}
		}
		opens(below, tallystick.NotFound) // an attachment is no link
		token, expires, err := p.LinkToken(p.Context(), mine)
		p.is(err, "")
		if token != "" || expires != p.now()+control.LinkLifetime {
			p.Errorf("a member's link has the token %q, and ends at %v", token, expires)
		}
		_, _, err = p.LinkToken(p.Context(), claimed[1])
		p.is(err, "")
		_, err = p.OpenLink(p.Context(), from, "")
		p.is(err, tallystick.NotFound)
		opens(below, "")
		opens(beside, tallystick.NotFound)
		opens(control.System("test"), tallystick.NotFound)
		p.end(control.MaybeSent, "broke", claimed...)
		p.deliveries(1) // the notice of it
		opens(below, "")
		_, err = p.Store.Run(p.Context(), beside, r.ID)
		p.is(err, tallystick.NotFound)
		_, err = p.RunFile(p.Context(), below, r.ID)
		p.is(err, tallystick.Denied)
		list, err := p.Deliveries(p.Context(), owner, r.ID)
		p.is(err, "")
		if l := list[0].Link; l.Uses != 2 || l.Expires != expires {
			p.Errorf("the row's link is %+v", l)
		}
		entries, err := p.Audit(p.Context(), root, control.AuditFilter{Action: "link.open"}, control.Page{})
		p.is(err, "")
		if len(entries.Items) != 2 || entries.Items[0].ActorID != below.ID || entries.Items[0].ObjectID != mine.ID || entries.Items[0].Tenant != "acme" {
			p.Errorf("uses are noted as %+v", entries.Items)
		}

		p.tree([2]string{"below", "other"}) // moved away
		opens(below, tallystick.NotFound)
		p.tree([2]string{"below", "acme"})
		opens(below, "")
		p.is(p.RevokeLink(p.Context(), owner, mine.ID), "")
		opens(below, tallystick.NotFound)

		_, err = p.ResendDelivery(p.Context(), owner, mine.ID) // which is another link
		p.is(err, "")
		opens(below, tallystick.NotFound)
		_, _, err = p.LinkToken(p.Context(), p.deliveries(1)[0])
		p.is(err, "")
		opens(below, "")
		p.is(p.DisableMember(p.Context(), root, below.ID), "")
		_, err = p.OpenDelivered(p.Context(), below, r.ID)
		if err == nil {
			p.Error("who is disabled opens it")
		}
		p.is(p.EnableMember(p.Context(), root, below.ID), "")
		below = p.signedIn("b@below.example")
		opens(below, "")
		p.wait(control.LinkLifetime)
		opens(below, tallystick.NotFound)
	})
}

// Whether a member's link is over the clock of the ledger says, which has set its end, and not that of the program that is asked.
func TestALinkEndsByTheClockOfTheLedger(t *testing.T) {
	p := newPlace(t, needPostgres(t))
	who := p.owner()
	_, r := p.sent(who, control.Recipient{Way: control.ByMail, Member: who.ID})
	_, _, err := p.LinkToken(p.Context(), p.deliveries(1)[0])
	p.is(err, "")
	p.clock.Add(int64(control.LinkLifetime)) // of the program alone
	_, err = p.RunDelivered(p.Context(), who, r.ID)
	p.is(err, "")
	p.wait(0) // the ledger's is set by it
	_, err = p.RunDelivered(p.Context(), who, r.ID)
	p.is(err, tallystick.NotFound)
}
