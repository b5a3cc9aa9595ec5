package control_test

import (
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// What waits for mail that is never set up ends when its file goes; so does, in time, what tells of that.
func TestWhatWaitsEndsWithItsFile(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		_, r := p.sent(who, outside("a@example.org"), outside("b@example.org"))
		lacking := control.Claimant{Worker: "w", Lacks: map[control.Way]string{control.ByMail: "mail is not set up", control.ByWebhook: "nor are webhooks"}}
		inHand, err := p.ClaimDeliveries(p.Context(), control.Claimant{Worker: "slow"}, 1)
		p.is(err, "")
		p.wait(31 * tallystick.Day)
		_, err = p.ClaimDeliveries(p.Context(), lacking, 8)
		p.is(err, "")
		for range 2 {
			p.is(p.MarkFilesRemoved(p.Context(), r.ID), "")
		}
		if p.begin(inHand...) != 1 {
			p.Error("what has no file any more is begun")
		}
		list, err := p.Deliveries(p.Context(), who, r.ID)
		p.is(err, "")
		for _, d := range list {
			if d.State != control.DeliveryFailed || d.Answer != "not sent: its file was removed before it could be" || d.Finished != p.now() {
				p.Errorf("the row says %+v", d)
			}
		}
		made := p.now()
		p.wait(tallystick.Day)
		p.is(p.EndNotices(p.Context(), made), "")
		if d := p.deliveries(1)[0]; d.Kind != control.NoticeDelivery || d.Run != r.ID {
			p.Errorf("its owner is told %+v", d)
		}
		p.wait(tallystick.Day)
		p.is(p.EndNotices(p.Context(), made+1), "")
		p.deliveries(0)
	})
}
