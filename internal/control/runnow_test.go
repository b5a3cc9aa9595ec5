package control_test

import (
	"slices"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// names are the addresses of recipients.
func names(list []control.Recipient) (addresses []string) {
	for _, r := range list {
		addresses = append(addresses, r.Address)
	}
	return addresses
}

// TestJobAndRecipientsStayTogether edits a schedule after runs were planned: what waits keeps both, and what somebody makes by hand has both of now.
func TestJobAndRecipientsStayTogether(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		p.tree([2]string{"acme", ""})
		form := scheduled("Hourly", hourly())
		form.CatchUp, form.Attach, form.Recipients = control.CatchUpLatest, true, []control.Recipient{outside("all@example.org")}
		k := p.schedule(who, form)
		p.wait(2*tallystick.Hour + tallystick.Minute)
		p.plan() // 11:00 is missed and skipped, 12:00 waits
		k, err := p.Schedule(p.Context(), who, k.ID)
		p.is(err, "")
		k.Job = job("acme")
		k.Job.Period, k.Attach, k.Recipients = "previous-day", false, []control.Recipient{outside("acme@example.org")}
		_, err = p.EditSchedule(p.Context(), who, k)
		p.is(err, "")

		before := func(r control.Run, about string) {
			p.Helper()
			if !r.Job.AllTenants || !slices.Equal(names(r.Recipients), []string{"all@example.org"}) || !r.Attach || r.Before == 0 {
				p.Errorf("%s is %+v", about, r)
			}
		}
		now := func(r control.Run, about string) {
			p.Helper()
			if !slices.Equal(r.Job.Tenants, []string{"acme"}) || !slices.Equal(names(r.Recipients), []string{"acme@example.org"}) || r.Attach || r.From != 0 || r.Before != 0 {
				p.Errorf("%s is %+v", about, r)
			}
		}
		runs := p.history(k.ID)
		before(runs[0], "what was skipped")
		before(runs[1], "what waits")
		r, err := p.RunNow(p.Context(), who, k.ID, start+tallystick.Hour)
		p.is(err, "")
		now(r, "what was skipped, made by hand")
		r, err = p.RunNow(p.Context(), who, k.ID, 0)
		p.is(err, "")
		now(r, "the latest once more")
		p.wait(tallystick.Hour)
		claimed, err := p.ClaimRuns(p.Context(), "w", 10)
		p.is(err, "")
		if len(claimed) != 3 {
			p.Fatalf("%d runs are claimed", len(claimed))
		}
		for _, r := range claimed {
			if r.Job.AllTenants {
				before(r, "what has waited")
			} else {
				now(r, "made by hand")
			}
		}

		// Who gets it is for those who may see schedules.
		archivist := p.member("archive@example.org", "", p.role("archive", "", nil, control.Permission{Entity: control.Archives, Action: control.View}))
		for want, a := range []control.Actor{archivist, who} {
			runs, err := p.Archive(p.Context(), a, control.RunFilter{}, control.Page{})
			p.is(err, "")
			for _, r := range runs.Items {
				if len(r.Recipients) != want {
					p.Errorf("%s sees the recipients %v", a.Name, r.Recipients)
				}
			}
		}
	})
}
