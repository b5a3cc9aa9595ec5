package control_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

func TestScheduleIsChecked(t *testing.T) {
	onEach(t, func(p *place) {
		p.tree([2]string{"acme", ""}, [2]string{"below", "acme"}, [2]string{"other", ""})
		who := p.member("a@acme.example", "acme", control.TenantAdministrator)
		below := p.member("b@below.example", "below", control.TenantViewer)
		other := p.member("c@other.example", "other", control.TenantViewer)
		root := p.owner()
		gone := p.member("d@acme.example", "acme", control.TenantViewer)
		p.is(p.DisableMember(p.Context(), root, gone.ID), "")
		member := func(id string) control.Recipient { return control.Recipient{Way: control.ByMail, Member: id} }
		outside := func(address string) control.Recipient {
			return control.Recipient{Way: control.ByMail, Address: address}
		}
		webhook := func(address string) control.Recipient {
			return control.Recipient{Way: control.ByWebhook, Address: address}
		}
		for _, test := range []struct {
			about  string
			change func(*control.Schedule)
			want   tallystick.Code
		}{
			{"without recipients", func(k *control.Schedule) {}, ""},
			{"named tenants in reach", func(k *control.Schedule) { k.Job = job("acme", "below"); k.Job.Period = "previous-month" }, ""},
			{"a tenant out of reach", func(k *control.Schedule) { k.Job = job("other") }, tallystick.NotFound},
			{"a custom period", func(k *control.Schedule) { k.Job.Period = control.CustomPeriod }, tallystick.Invalid},
			{"every 5 hours", func(k *control.Schedule) { k.Recurrence.Every = 5 }, tallystick.Invalid},
			{"a day to settle", func(k *control.Schedule) { k.Settle = 86_400 }, ""},
			{"more than a day to settle", func(k *control.Schedule) { k.Settle = 86_401 }, tallystick.Invalid},
			{"no such catch-up", func(k *control.Schedule) { k.CatchUp = "some" }, tallystick.Invalid},
			{"no name", func(k *control.Schedule) { k.Name = "" }, tallystick.Invalid},
			{"a member below", func(k *control.Schedule) { k.Recipients = []control.Recipient{member(below.ID)} }, ""},
			{"another tenant's member", func(k *control.Schedule) { k.Recipients = []control.Recipient{member(other.ID)} }, tallystick.NotFound},
			{"the provider's member", func(k *control.Schedule) { k.Recipients = []control.Recipient{member(root.ID)} }, tallystick.NotFound},
			{"a member who is disabled", func(k *control.Schedule) { k.Recipients = []control.Recipient{member(gone.ID)} }, tallystick.Invalid},
			{"an address of the members' domain", func(k *control.Schedule) { k.Recipients = []control.Recipient{outside("x@ACME.example")} }, ""},
			{"an address of another domain", func(k *control.Schedule) { k.Recipients = []control.Recipient{outside("x@below.example")} }, tallystick.Invalid},
			{"an address twice", func(k *control.Schedule) {
				k.Recipients = []control.Recipient{outside("x@acme.example"), outside("X@acme.example")}
			}, tallystick.Invalid},
			{"no address", func(k *control.Schedule) { k.Recipients = []control.Recipient{outside("acme.example")} }, tallystick.Invalid},
			{"a webhook", func(k *control.Schedule) { k.Recipients = []control.Recipient{webhook("https://acme.example/in?x=1")} }, ""},
			{"a webhook with a password", func(k *control.Schedule) {
				k.Recipients = []control.Recipient{webhook("https://a:b@acme.example/")}
			}, tallystick.Invalid},
			{"a webhook of files", func(k *control.Schedule) { k.Recipients = []control.Recipient{webhook("file:///etc/passwd")} }, tallystick.Invalid},
			{"no way", func(k *control.Schedule) {
				k.Recipients = []control.Recipient{{Way: "pigeon", Address: "x@acme.example"}}
			}, tallystick.Invalid},
			{"too many", func(k *control.Schedule) { k.Recipients = make([]control.Recipient, 501) }, tallystick.Invalid},
		} {
			k := scheduled("name", hourly())
			test.change(&k)
			if _, err := p.AddSchedule(p.Context(), who, k); tallystick.CodeOf(err) != test.want {
				p.Errorf("%s: %v, want code %q", test.about, err, test.want)
			}
		}
		// What the settings allow is in place of the members' domains.
		p.is(p.SetSetting(p.Context(), control.System("test"), "mail_domains", json.RawMessage(`["elsewhere.example"]`)), "")
		for address, want := range map[string]tallystick.Code{"x@elsewhere.example": "", "x@acme.example": tallystick.Invalid, "x@sub.elsewhere.example": tallystick.Invalid} {
			k := scheduled("name", hourly())
			k.Recipients = []control.Recipient{outside(address)}
			if _, err := p.AddSchedule(p.Context(), who, k); tallystick.CodeOf(err) != want {
				p.Errorf("to %s: %v, want code %q", address, err, want)
			}
		}
		_, err := p.AddSchedule(p.Context(), control.System("test"), scheduled("name", hourly()))
		p.is(err, tallystick.Denied)
		p.is(p.RemoveTenant(p.Context(), root, "below"), tallystick.Conflict)
	})
}

func TestSchedulePermissions(t *testing.T) {
	onEach(t, func(p *place) {
		p.tree([2]string{"acme", ""}, [2]string{"other", ""})
		may := map[control.Action]control.Actor{}
		for _, a := range []control.Action{control.View, control.Add, control.Edit, control.Remove} {
			name := strings.ToLower(string(a))
			may[a] = p.member(name+"@acme.example", "acme", p.role(name, "acme", nil, control.Permission{Entity: control.ScheduledTasks, Action: a}))
		}
		stranger := p.member("a@other.example", "other", control.TenantAdministrator)
		k := p.schedule(may[control.Add], scheduled("name", hourly()))
		for _, test := range []struct {
			method string
			needs  control.Action
			do     func(control.Actor) error
		}{
			{"list", control.View, func(a control.Actor) error {
				l, err := p.Schedules(p.Context(), a, control.ScheduleFilter{Search: "AM"}, control.Page{})
				if err == nil && len(l.Items) != 1 {
					err = fmt.Errorf("%d schedules", len(l.Items))
				}
				return err
			}},
			{"see", control.View, func(a control.Actor) error { _, err := p.Schedule(p.Context(), a, k.ID); return err }},
			{"edit", control.Edit, func(a control.Actor) error { _, err := p.EditSchedule(p.Context(), a, k); return err }},
			{"disable", control.Edit, func(a control.Actor) error { _, err := p.DisableSchedule(p.Context(), a, k.ID); return err }},
			{"enable", control.Edit, func(a control.Actor) error {
				_, err := p.EnableSchedule(p.Context(), a, k.ID, control.SkipPause)
				return err
			}},
			{"run", control.Edit, func(a control.Actor) error { _, err := p.RunNow(p.Context(), a, k.ID, 0); return err }},
			{"remove", control.Remove, func(a control.Actor) error { return p.RemoveSchedule(p.Context(), a, k.ID) }},
		} {
			for action, who := range may {
				if err := test.do(who); action != test.needs && tallystick.CodeOf(err) != tallystick.Denied {
					p.Errorf("to %s with %s: %v", test.method, action, err)
				}
			}
			if test.method != "list" && test.method != "remove" {
				if err := test.do(stranger); tallystick.CodeOf(err) != tallystick.NotFound {
					p.Errorf("to %s from another tenant: %v", test.method, err)
				}
			}
		}
		p.is(p.RemoveSchedule(p.Context(), stranger, k.ID), tallystick.NotFound)
		_, err := p.EditSchedule(p.Context(), may[control.Edit], k)
		p.is(err, tallystick.NotFound)
		entries, err := p.Audit(p.Context(), control.System("test"), control.AuditFilter{ObjectID: k.ID}, control.Page{})
		p.is(err, "")
		var actions []string
		for _, e := range entries.Items {
			actions = append(actions, e.Action)
			if (e.Before == nil) != (e.Action == "schedule.add") || (e.After == nil) != (e.Action == "schedule.remove") {
				p.Errorf("%s is noted as %s -> %s", e.Action, e.Before, e.After)
			}
		}
		if want := []string{"schedule.remove", "schedule.enable", "schedule.disable", "schedule.edit", "schedule.add"}; !slices.Equal(actions, want) {
			p.Errorf("audit log %v, want %v", actions, want)
		}
		// Its run that waited was cancelled, and stands in the archive.
		list, err := p.Archive(p.Context(), control.System("test"), control.RunFilter{Schedule: k.ID}, control.Page{})
		p.is(err, "")
		if len(list.Items) != 1 || list.Items[0].State != control.RunCancelled {
			p.Errorf("the archive has %+v", list.Items)
		}
	})
}

func TestEditMeanwhile(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k := p.schedule(who, scheduled("name", daily("Europe/Berlin", 6)))
		mine, theirs := k, k
		mine.Name, theirs.Name = "mine", "theirs"
		_, err := p.EditSchedule(p.Context(), who, mine)
		p.is(err, "")
		_, err = p.EditSchedule(p.Context(), who, theirs)
		p.is(err, tallystick.Conflict)
		if !strings.Contains(err.Error(), "meanwhile") {
			p.Errorf("it says %v", err)
		}
		is, err := p.Schedule(p.Context(), who, k.ID)
		p.is(err, "")
		if is.Name != "mine" || is.Version != 2 || is.Recurrence.Zone != "Europe/Berlin" {
			p.Errorf("it is %+v", is)
		}
		p.wait(tallystick.Day)
		p.plan()
		r := p.claim()
		_, err = p.EditSchedule(p.Context(), who, is)
		p.is(err, tallystick.Conflict)
		p.is(p.RemoveSchedule(p.Context(), who, k.ID), tallystick.Conflict)
		p.finish(r, nil)
		_, err = p.EditSchedule(p.Context(), who, is)
		p.is(err, "")
	})
}

func TestPause(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		for _, test := range []struct {
			pause control.Pause
			from  tallystick.Instant // of the first period after it, from where the pause began
		}{{control.ReportPause, 0}, {control.SkipPause, 5 * tallystick.Hour}} {
			k := p.schedule(who, scheduled("name", hourly()))
			begin := p.now() - p.now()%tallystick.Hour + tallystick.Hour
			p.wait(begin - p.now())
			p.plan()
			_, err := p.DisableSchedule(p.Context(), who, k.ID)
			p.is(err, "")
			p.wait(5*tallystick.Hour + 10*tallystick.Minute)
			if p.plan() != 0 {
				p.Error("it runs while it is disabled")
			}
			_, err = p.EnableSchedule(p.Context(), who, k.ID, test.pause)
			p.is(err, "")
			p.wait(50 * tallystick.Minute)
			p.plan()
			r := p.history(k.ID)[1]
			if r.From != begin+test.from || r.Before != begin+6*tallystick.Hour {
				p.Errorf("pause %d: the period after it is %v to %v", test.pause, r.From, r.Before)
			}
			p.is(p.RemoveSchedule(p.Context(), who, k.ID), "")
		}
	})
}

func TestStopped(t *testing.T) {
	onEach(t, func(p *place) {
		root := p.owner()
		p.tree([2]string{"acme", ""})
		owner := p.member("owner@acme.example", "acme", control.TenantAdministrator)
		stopped := func(want ...string) {
			p.Helper()
			k := p.schedule(p.signedIn("owner@acme.example"), scheduled("Hourly", hourly()))
			p.wait(tallystick.Hour)
			p.plan()
			switch want[0] {
			case "owner@acme.example":
			default:
				p.is(p.DisableMember(p.Context(), root, owner.ID), "")
				_, err := p.Owner(p.Context(), k.ID)
				p.is(err, tallystick.Denied)
			}
			for range 2 { // several workers may find it out
				p.is(p.StopSchedule(p.Context(), k.ID, "its owner may not see reports"), "")
			}
			is, err := p.Schedule(p.Context(), root, k.ID)
			p.is(err, "")
			if is.Enabled || is.Next != 0 || is.Stopped != "its owner may not see reports" {
				p.Errorf("it is %+v", is)
			}
			told, err := p.ClaimDeliveries(p.Context(), control.Claimant{Worker: "w"}, 10)
			p.is(err, "")
			var addresses []string
			for _, d := range told {
				addresses = append(addresses, d.Recipient.Address)
				if d.Kind != control.NoticeDelivery || !strings.Contains(d.Body, "its owner may not see reports") {
					p.Errorf("told %+v", d)
				}
				lost, err := p.EndDeliveries(p.Context(), control.DeliveryEnd{Delivery: d, Outcome: control.Sent})
				if err != nil || len(lost) > 0 {
					p.Errorf("lost %v, %v", lost, err)
				}
			}
			slices.Sort(addresses)
			if !slices.Equal(addresses, want) {
				p.Errorf("told are %v, want %v", addresses, want)
			}
			if want[0] != "owner@acme.example" {
				_, err = p.EnableSchedule(p.Context(), root, k.ID, control.SkipPause)
				p.is(err, tallystick.Conflict)
				p.is(p.EnableMember(p.Context(), root, owner.ID), "")
			}
			is, err = p.EnableSchedule(p.Context(), root, k.ID, control.SkipPause)
			p.is(err, "")
			if is.Stopped != "" || !is.Enabled {
				p.Errorf("after it is enabled it is %+v", is)
			}
			p.is(p.RemoveSchedule(p.Context(), root, k.ID), "")
		}
		stopped("owner@acme.example")
		stopped("root@example.org")
		editor := p.member("editor@acme.example", "acme", control.TenantAdministrator)
		p.member("viewer@acme.example", "acme", control.TenantViewer)
		stopped("editor@acme.example")

		// A colleague takes over what its owner has left.
		k := p.schedule(p.signedIn("owner@acme.example"), scheduled("Hourly", hourly()))
		p.is(p.StopSchedule(p.Context(), k.ID, "why"), "")
		p.is(p.RemoveMember(p.Context(), root, owner.ID), "")
		k, err := p.EnableSchedule(p.Context(), p.signedIn("editor@acme.example"), k.ID, control.SkipPause)
		p.is(err, "")
		if k.Owner != editor.ID {
			p.Errorf("it belongs to %s", k.OwnerName)
		}
	})
}
