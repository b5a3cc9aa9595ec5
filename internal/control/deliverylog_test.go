package control_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

// TestWhatLeavesIsAudited has each report that is sent, or may have been, in the audit log: to whom, of which run.
func TestWhatLeavesIsAudited(t *testing.T) {
	onEach(t, func(p *place) {
		p.tree([2]string{"acme", ""})
		who := p.member("owner@acme.example", "acme", control.TenantAdministrator)
		_, r := p.sent(who, outside("again@acme.example"), outside("failed@acme.example"), outside("lost@acme.example"), outside("sent@acme.example"), outside("unknown@acme.example"))
		claimed := p.deliveries(5)
		p.begin(claimed...)
		p.end(control.TrySendAgain, "451", claimed[0])
		p.end(control.NotSent, "550", claimed[1])
		p.end(control.Sent, "250", claimed[3])
		p.end(control.MaybeSent, "broke", claimed[4])
		if p.end(control.Sent, "250", claimed[3]) != 1 {
			p.Error("one ends twice")
		}
		p.wait(control.SendLease)
		p.end(control.NotSent, "550", p.deliveries(1)...) // and what was being sent is lost
		p.end(control.Sent, "250", p.deliveries(1)...)    // the notice
		entries, err := p.Audit(p.Context(), control.System("test"), control.AuditFilter{Action: "delivery.send"}, control.Page{})
		p.is(err, "")
		var got []string
		for _, e := range entries.Items {
			if e.ActorKind != control.SystemActor || e.Tenant != "acme" || e.ObjectKind != "delivery" {
				p.Errorf("noted is %+v", e)
			}
			got = append(got, string(e.After))
		}
		slices.Sort(got)
		var want []string
		for address, state := range map[string]control.DeliveryState{"lost": control.DeliveryUnknown, "sent": control.DeliverySent, "unknown": control.DeliveryUnknown} {
			want = append(want, fmt.Sprintf(`{"run":"%s","address":"%s@acme.example","state":"%s"}`, r.ID, address, state))
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			p.Errorf("noted are\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// TestAWorkerIsAudited has in the audit log that a program was let in beside the server.
func TestAWorkerIsAudited(t *testing.T) {
	onEach(t, func(p *place) {
		token, err := p.AddWorker(p.Context(), "east")
		p.is(err, "")
		entries, err := p.Audit(p.Context(), control.System("test"), control.AuditFilter{Action: "worker.add"}, control.Page{})
		p.is(err, "")
		if len(entries.Items) != 1 || entries.Items[0].ObjectID != "east" || strings.Contains(string(entries.Items[0].After), token) {
			p.Errorf("noted is %+v", entries.Items)
		}
	})
}
