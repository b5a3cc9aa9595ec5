package control_test

import (
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

// TestNoticesGoToTheOwnerOfNow gives a schedule another owner while its runs are on their way: who has it now hears what has become of them.
func TestNoticesGoToTheOwnerOfNow(t *testing.T) {
	onEach(t, func(p *place) {
		root := p.owner()
		p.tree([2]string{"acme", ""})
		first := p.member("first@acme.example", "acme", control.TenantAdministrator)
		second := p.member("second@acme.example", "acme", control.TenantAdministrator)
		k, _ := p.sent(first, outside("x@acme.example"))
		_, err := p.RunNow(p.Context(), root, k.ID, 0)
		p.is(err, "")
		d, failing := p.deliveries(1)[0], p.claim()
		_, err = p.DisableSchedule(p.Context(), root, k.ID)
		p.is(err, "")
		p.is(p.DisableMember(p.Context(), root, first.ID), "")
		_, err = p.EnableSchedule(p.Context(), second, k.ID, control.ReportPause)
		p.is(err, "")
		p.is(p.EnableMember(p.Context(), root, first.ID), "") // back, and no longer its owner

		p.end(control.NotSent, "550", d)
		p.is(p.FailRun(p.Context(), failing, "why", control.Never), "")
		for _, notice := range p.deliveries(2) {
			if notice.Kind != control.NoticeDelivery || notice.Recipient.Member != second.ID {
				p.Errorf("%s is told %q", notice.Recipient.Address, notice.Subject)
			}
		}

		// Where the schedule is gone, whom it was made for.
		_, err = p.RunNow(p.Context(), root, k.ID, 0)
		p.is(err, "")
		r := p.claim()
		p.finish(r, nil, control.Delivery{Recipient: outside("x@acme.example")})
		d = p.deliveries(1)[0]
		p.is(p.RemoveSchedule(p.Context(), root, k.ID), "")
		p.end(control.NotSent, "550", d)
		if notice := p.deliveries(1)[0]; notice.Recipient.Member != second.ID || !strings.Contains(notice.Subject, "not reached") {
			p.Errorf("%s is told %q", notice.Recipient.Address, notice.Subject)
		}
	})
}
