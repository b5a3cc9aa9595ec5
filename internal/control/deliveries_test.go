package control_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// sent makes a schedule with recipients and a run of it that is done, and returns both.
func (p *place) sent(who control.Actor, recipients ...control.Recipient) (control.Schedule, control.Run) {
	p.Helper()
	k := scheduled("Hourly", hourly())
	k.Recipients = recipients
	k = p.schedule(who, k)
	p.wait(tallystick.Hour + 5*tallystick.Minute)
	p.plan()
	r := p.claim()
	var deliveries []control.Delivery
	for _, to := range k.Recipients {
		deliveries = append(deliveries, control.Delivery{Recipient: to})
	}
	p.finish(r, nil, deliveries...)
	return k, r
}

func (p *place) deliveries(n int) []control.Delivery {
	p.Helper()
	list, err := p.ClaimDeliveries(p.Context(), control.Claimant{Worker: "w"}, 100)
	p.is(err, "")
	if len(list) != n {
		p.Fatalf("%d deliveries are claimed, want %d: %+v", len(list), n, list)
	}
	slices.SortFunc(list, func(a, b control.Delivery) int { return strings.Compare(a.Recipient.Address, b.Recipient.Address) })
	return list
}

// end ends tries, and returns how many had lost their claim.
func (p *place) end(outcome control.Outcome, answer string, deliveries ...control.Delivery) int {
	p.Helper()
	var ends []control.DeliveryEnd
	for _, d := range deliveries {
		ends = append(ends, control.DeliveryEnd{Delivery: d, Outcome: outcome, Answer: answer})
	}
	lost, err := p.EndDeliveries(p.Context(), ends...)
	p.is(err, "")
	return len(lost)
}

func (p *place) begin(deliveries ...control.Delivery) int {
	p.Helper()
	lost, err := p.BeginDeliveries(p.Context(), deliveries...)
	p.is(err, "")
	return len(lost)
}

func outside(address string) control.Recipient {
	return control.Recipient{Way: control.ByMail, Address: address}
}

func TestDeliveries(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k, r := p.sent(who, outside("a@example.org"), outside("b@example.org"), outside("c@example.org"), control.Recipient{Way: control.ByMail, Member: who.ID})
		claimed := p.deliveries(4)
		p.deliveries(0)
		if lost := p.begin(claimed[:3]...); lost != 0 {
			p.Errorf("%d are lost", lost)
		}
		p.end(control.Sent, "250 OK", claimed[0])
		p.end(control.NotSent, "550 no such user", claimed[1])
		p.wait(control.ClaimLease) // the server has stopped: one was merely claimed, one was being sent
		again := p.deliveries(1)
		if again[0].ID != claimed[3].ID || again[0].MessageID != claimed[3].MessageID || again[0].Attempts != 2 {
			p.Errorf("claimed again is %+v", again[0])
		}
		if p.begin(claimed[3]) != 1 || p.end(control.Sent, "", claimed[3]) != 1 {
			p.Error("who has lost a claim begins or ends")
		}
		p.wait(control.SendLease)
		// What was claimed above is claimed again; what was being sent is unknown, and isn't sent again.
		last := p.deliveries(1)
		list, err := p.Deliveries(p.Context(), who, r.ID)
		p.is(err, "")
		states := map[string]control.DeliveryState{}
		for _, d := range list {
			states[d.ID] = d.State
		}
		want := map[string]control.DeliveryState{claimed[0].ID: control.DeliverySent, claimed[1].ID: control.DeliveryFailed, claimed[2].ID: control.DeliveryUnknown, claimed[3].ID: control.DeliveryPending}
		if fmt.Sprint(states) != fmt.Sprint(want) {
			p.Errorf("states are %v, want %v", states, want)
		}
		p.end(control.Sent, "250 OK", last[0])
		notice := p.deliveries(1)[0] // now that all have ended
		if notice.Kind != control.NoticeDelivery || notice.Recipient.Member != who.ID || !strings.Contains(notice.Body, claimed[1].Recipient.Address+": failed: 550 no such user") ||
			!strings.Contains(notice.Body, claimed[2].Recipient.Address+": unknown") || strings.Contains(notice.Body, claimed[0].Recipient.Address+":") {
			p.Errorf("its owner is told %+v", notice)
		}
		p.end(control.NotSent, "550 nor you", notice)
		p.deliveries(0) // a notice doesn't lead to another

		_, err = p.ResendDelivery(p.Context(), who, claimed[0].ID)
		p.is(err, tallystick.Conflict)
		d, err := p.ResendDelivery(p.Context(), who, claimed[2].ID)
		p.is(err, "")
		if is := p.deliveries(1)[0]; is.ID != claimed[2].ID || is.MessageID != claimed[2].MessageID || d.State != control.DeliveryPending || is.Attempts != 1 {
			p.Errorf("sent again is %+v", is)
		}
		is, err := p.Schedule(p.Context(), who, k.ID)
		p.is(err, "")
		if n := is.Last.Deliveries; n[control.DeliverySent] != 2 || n[control.DeliveryFailed] != 1 || n[control.DeliveryPending] != 1 {
			p.Errorf("the schedule says %v", n)
		}
	})
}

func TestDeliveryBackoff(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		_, r := p.sent(who, outside("a@example.org"))
		begun := p.now()
		tries := 0
		for range 100 {
			list, err := p.ClaimDeliveries(p.Context(), control.Claimant{Worker: "w"}, 1)
			p.is(err, "")
			if len(list) == 1 && list[0].Kind == control.NoticeDelivery {
				break
			}
			if len(list) == 0 {
				p.wait(tallystick.Minute)
				continue
			}
			tries++
			p.end(control.TrySendAgain, "451 come back", list[0])
			all, err := p.Deliveries(p.Context(), who, r.ID)
			p.is(err, "")
			want := []tallystick.Instant{1, 5, 15, 30, 60, 120, 240}[min(tries, 7)-1] * tallystick.Minute
			if d := all[0]; d.State == control.DeliveryPending {
				if d.Next != p.now()+want {
					p.Errorf("after try %d it waits %v minutes", tries, (d.Next-p.now())/tallystick.Minute)
				}
				p.wait(want)
			}
		}
		list, err := p.Deliveries(p.Context(), who, r.ID)
		p.is(err, "")
		if d := list[0]; d.State != control.DeliveryFailed || d.Answer != "451 come back" || tries < 8 || p.now() > begun+control.GiveUp {
			p.Errorf("after %d tries it is %+v", tries, d)
		}
	})
}

// A worker holds what it has in hand, each by its own claim: not what is claimed under its name, and that nobody works on any more.
func TestDeliveriesInHand(t *testing.T) {
	onEach(t, func(p *place) {
		p.sent(p.owner(), outside("a@example.org"), outside("b@example.org"), outside("c@example.org"))
		claimed := p.deliveries(3)
		p.begin(claimed[0], claimed[1])
		for range 10 {
			p.wait(control.ClaimLease - 1)
			p.is(p.HoldDeliveries(p.Context(), claimed[0], claimed[2]), "")
		}
		again := p.deliveries(0) // but for the one that nobody holds, which is unknown
		if len(again) != 0 || p.end(control.Sent, "250", claimed[0], claimed[2]) != 0 {
			p.Error("what is held is lost")
		}
		p.deliveries(1) // the notice of the unknown one, as all have ended
	})
}

// Who could not say for long that it is there takes nothing from itself.
func TestWhoAsksForMoreKeepsWhatItHas(t *testing.T) {
	onEach(t, func(p *place) {
		p.sent(p.owner(), outside("a@example.org"), outside("b@example.org"))
		claimed := p.deliveries(2)
		p.begin(claimed[0])
		p.wait(tallystick.Hour)
		more, err := p.ClaimDeliveries(p.Context(), control.Claimant{Worker: "w", InHand: claimed}, 10)
		p.is(err, "")
		if len(more) != 0 {
			p.Errorf("it takes %+v", more)
		}
		if p.begin(claimed[1]) != 0 || p.end(control.Sent, "250", claimed...) != 0 {
			p.Error("it has lost what it had in hand")
		}
	})
}

// Who was taken for gone and comes back says how it has ended, until somebody sends it again: then nothing but the new claim counts.
func TestTakenForGone(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		_, r := p.sent(who, outside("a@example.org"), outside("b@example.org"))
		claimed := p.deliveries(2)
		p.begin(claimed...)
		p.wait(control.SendLease)
		p.deliveries(1) // the notice: both are unknown
		_, err := p.ResendDelivery(p.Context(), who, claimed[1].ID)
		p.is(err, "")
		if lost := p.end(control.Sent, "250 after all", claimed...); lost != 1 {
			p.Errorf("%d have lost their claim, want the one that is sent again", lost)
		}
		list, err := p.Deliveries(p.Context(), who, r.ID)
		p.is(err, "")
		if list[0].State != control.DeliverySent || list[0].Answer != "250 after all" || list[1].State != control.DeliveryPending {
			p.Errorf("the rows say %+v", list)
		}
		again := p.deliveries(1)[0]
		p.begin(again)
		if p.end(control.NotSent, "", claimed[1]) != 1 || p.end(control.Sent, "250", claimed[0]) != 1 || p.end(control.Sent, "250", again) != 0 {
			p.Error("an old claim counts")
		}
	})
}

// A delivery whose worker is killed each time is not tried for ever.
func TestDeliveryThatKillsItsWorker(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		_, r := p.sent(who, outside("a@example.org"))
		for range control.SendTries {
			p.deliveries(1)
			p.wait(control.ClaimLease)
		}
		p.deliveries(0)
		list, err := p.Deliveries(p.Context(), who, r.ID)
		p.is(err, "")
		if d := list[0]; d.State != control.DeliveryFailed || d.Attempts != control.SendTries || !strings.Contains(d.Answer, "its worker has stopped without a word") {
			p.Errorf("the row says %+v", d)
		}
		if d := p.deliveries(1)[0]; d.Kind != control.NoticeDelivery {
			p.Errorf("its owner is told %+v", d)
		}
	})
}

// Without a way to send it a delivery waits, and no time or try counts; others are claimed past it. Where another worker has the way it says nothing of that.
func TestDeliveriesWithoutAWay(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k, r := p.sent(who, outside("a@example.org"), outside("b@example.org"), control.Recipient{Way: control.ByWebhook, Address: "https://hook.example/"})
		lacking := control.Claimant{Worker: "w", Lacks: map[control.Way]string{control.ByMail: "mail is not set up"}}
		claim := func(by control.Claimant, n int) []control.Delivery {
			p.Helper()
			list, err := p.ClaimDeliveries(p.Context(), by, 1)
			p.is(err, "")
			if len(list) != n {
				p.Fatalf("%d are claimed, want %d: %+v", len(list), n, list)
			}
			return list
		}
		rows := func(want string) {
			p.Helper()
			list, err := p.Deliveries(p.Context(), who, r.ID)
			p.is(err, "")
			is, err := p.Schedule(p.Context(), who, k.ID)
			p.is(err, "")
			if list[0].Answer != want || list[0].State != control.DeliveryPending || is.Last.Waits != want {
				p.Errorf("the row says %+v, the schedule %+v; want %q", list[0], is.Last, want)
			}
		}
		if d := claim(lacking, 1)[0]; d.Recipient.Way != control.ByWebhook {
			p.Errorf("claimed is %+v", d)
		}
		rows("")
		p.wait(11 * tallystick.Second)
		claim(lacking, 0)
		rows("mail is not set up")
		p.wait(2 * control.GiveUp)
		lacking.Lacks[control.ByMail] = "there is no address that mails come from"
		claim(lacking, 0) // the webhook, whose worker is gone, is not tried any more
		rows("there is no address that mails come from")
		d := claim(control.Claimant{Worker: "another"}, 1)[0]
		p.end(control.TrySendAgain, "450 wait", d)
		list, err := p.Deliveries(p.Context(), who, r.ID)
		p.is(err, "")
		if i := slices.IndexFunc(list, func(one control.Delivery) bool { return one.ID == d.ID }); list[i].State != control.DeliveryPending || list[i].Attempts != 1 || list[i].Answer != "450 wait" {
			p.Errorf("after the first try the row says %+v", list[i])
		}
	})
}

func TestLastTwoEndAtOnce(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		var to []control.Recipient
		for i := range 16 {
			to = append(to, outside(fmt.Sprintf("r%d@example.org", i)))
		}
		p.sent(who, to...)
		claimed := p.deliveries(16)
		done := make(chan error)
		for _, d := range claimed {
			go func() {
				_, err := p.EndDeliveries(p.Context(), control.DeliveryEnd{Delivery: d, Outcome: control.NotSent, Answer: "550"})
				done <- err
			}()
		}
		for range claimed {
			p.is(<-done, "")
		}
		if d := p.deliveries(1)[0]; d.Kind != control.NoticeDelivery || strings.Count(d.Body, "550") != 16 {
			p.Errorf("its owner is told %+v", d)
		}
	})
}

func TestRecipientNow(t *testing.T) {
	onEach(t, func(p *place) {
		root := p.owner()
		p.tree([2]string{"acme", ""}, [2]string{"below", "acme"})
		owner := p.member("owner@acme.example", "acme", control.TenantAdministrator)
		below := p.member("b@below.example", "below", control.TenantViewer)
		leaver := p.member("c@acme.example", "acme", control.TenantViewer)
		domain := p.member("d@old.example", "acme", control.TenantViewer)
		k, _ := p.sent(owner, control.Recipient{Way: control.ByMail, Member: below.ID}, control.Recipient{Way: control.ByMail, Member: leaver.ID}, outside("x@old.example"),
			outside("x@acme.example"), control.Recipient{Way: control.ByWebhook, Address: "https://hook.example/"})
		secret := string(k.Recipients[4].Secret)
		if !strings.HasPrefix(secret, "whsec_") || len(secret) != 50 {
			p.Fatalf("the webhook's secret is %d characters", len(secret))
		}
		is, err := p.Schedule(p.Context(), root, k.ID)
		p.is(err, "")
		if is.Recipients[4].Secret != "" {
			p.Error("the secret is shown again")
		}
		claimed := map[string]control.Delivery{}
		for _, d := range p.deliveries(5) {
			claimed[d.Recipient.Address] = d
		}
		email := "new@acme.example"
		_, err = p.EditMember(p.Context(), root, below.ID, control.MemberEdit{Email: &email})
		p.is(err, "")
		p.is(p.DisableMember(p.Context(), root, leaver.ID), "")
		p.is(p.RemoveMember(p.Context(), root, domain.ID), "")
		for address, want := range map[string]tallystick.Code{
			"b@below.example": "", "c@acme.example": tallystick.Invalid, "x@old.example": tallystick.Invalid, "x@acme.example": "", "https://hook.example/": "",
		} {
			r, err := p.Recipient(p.Context(), claimed[address])
			if tallystick.CodeOf(err) != want {
				p.Errorf("%s: %v, want code %q", address, err, want)
			}
			if address == "b@below.example" && r.Address != email {
				p.Errorf("a member gets it at %s", r.Address)
			}
			if strings.HasPrefix(address, "https:") && string(r.Secret) != secret {
				p.Errorf("the webhook's secret is another")
			}
		}
		p.tree([2]string{"below", ""})
		_, err = p.Recipient(p.Context(), claimed["b@below.example"])
		p.is(err, tallystick.NotFound)

		// Who was taken off gets nothing that is still on its way.
		is.Recipients = []control.Recipient{outside("X@acme.example"), {Way: control.ByWebhook, Address: "https://hook.example/", ID: is.Recipients[4].ID}}
		is, err = p.EditSchedule(p.Context(), root, is)
		p.is(err, "")
		for _, address := range []string{"x@acme.example", "https://hook.example/"} {
			_, err := p.Recipient(p.Context(), claimed[address])
			p.is(err, "")
		}
		moved := is
		moved.Recipients = []control.Recipient{outside("y@acme.example"), {Way: control.ByWebhook, Address: "https://other.example/", ID: is.Recipients[1].ID}}
		moved, err = p.EditSchedule(p.Context(), root, moved)
		p.is(err, "")
		for _, address := range []string{"x@acme.example", "https://hook.example/"} {
			_, err := p.Recipient(p.Context(), claimed[address])
			p.is(err, tallystick.Denied)
		}
		is.Version = moved.Version

		// An edit keeps the secret of a webhook that stays, and no entry of the audit log tells it.
		is.Recipients = is.Recipients[1:]
		edited, err := p.EditSchedule(p.Context(), root, is)
		p.is(err, "")
		if edited.Recipients[0].Secret != "" || edited.Recipients[0].ID != k.Recipients[4].ID {
			p.Errorf("an edit makes %+v", edited.Recipients)
		}
		entries, err := p.Audit(p.Context(), control.System("test"), control.AuditFilter{ObjectID: k.ID}, control.Page{})
		p.is(err, "")
		for _, e := range entries.Items {
			if text := string(e.Before) + string(e.After); strings.Contains(text, secret) || strings.Contains(text, "sealed") {
				p.Errorf("%s tells the secret: %s", e.Action, text)
			}
		}
	})
}

func TestDeliveryLinks(t *testing.T) {
	onEach(t, func(p *place) {
		root := p.owner()
		p.tree([2]string{"acme", ""}, [2]string{"other", ""})
		owner := p.member("owner@acme.example", "acme", control.TenantAdministrator)
		stranger := p.member("a@other.example", "other", control.TenantAdministrator)
		_, r := p.sent(owner, outside("x@acme.example"), outside("y@acme.example"))
		claimed := p.deliveries(2)
		old, _, err := p.LinkToken(p.Context(), claimed[0])
		p.is(err, "")
		token, _, err := p.LinkToken(p.Context(), claimed[0]) // of the next try
		p.is(err, "")
		if token != old {
			p.Error("the next try has another link: who was told the first one keeps it")
		}
		another, _, err := p.LinkToken(p.Context(), claimed[1])
		p.is(err, "")
		p.end(control.Sent, "250", claimed...)
		_, _, err = p.LinkToken(p.Context(), claimed[0])
		p.is(err, tallystick.Conflict)
		open := func(token string) error {
			got, err := p.OpenLink(p.Context(), from, token)
			if err == nil && got.ID != r.ID {
				p.Errorf("it opens %+v", got)
			}
			return err
		}
		p.is(open(token), "")
		p.is(open(token), "")
		bad := open("no such token")
		p.is(p.RevokeLink(p.Context(), stranger, claimed[1].ID), tallystick.NotFound)
		p.is(open(another), "")
		p.is(p.RevokeLink(p.Context(), owner, claimed[1].ID), "")
		for what, token := range map[string]string{"none": "", "a revoked one": another} {
			if err := open(token); err == nil || err.Error() != bad.Error() {
				p.Errorf("%s: %v, want %v", what, err, bad)
			}
		}
		list, err := p.Deliveries(p.Context(), owner, r.ID)
		p.is(err, "")
		if d := list[0]; d.Link.Uses != 2 || d.Link.Expires == 0 || list[1].Link.Revoked == 0 || list[1].Link.Uses != 1 {
			p.Errorf("the links are %+v, %+v", list[0].Link, list[1].Link)
		}
		entries, err := p.Audit(p.Context(), root, control.AuditFilter{Action: "link.open"}, control.Page{})
		p.is(err, "")
		if len(entries.Items) != 3 || entries.Items[0].Address != from.Address || entries.Items[0].Tenant != "acme" {
			p.Errorf("uses are noted as %+v", entries.Items)
		}
		p.wait(control.LinkLifetime)
		p.is(open(token), tallystick.NotFound)
	})
}

// TestRevokedLinkStaysSo sends once more what had a link: a link that was revoked is not good again, and what goes out has another.
func TestRevokedLinkStaysSo(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		p.sent(who, outside("x@example.org"))
		open := func(token string) error {
			_, err := p.OpenLink(p.Context(), from, token)
			return err
		}
		d := p.deliveries(1)[0]
		first, _, err := p.LinkToken(p.Context(), d)
		p.is(err, "")
		p.end(control.MaybeSent, "broke", d)
		p.deliveries(1) // the notice of it
		_, err = p.ResendDelivery(p.Context(), who, d.ID)
		p.is(err, "")
		p.is(open(first), "") // it may have arrived, and nobody has revoked it
		d = p.deliveries(1)[0]
		same, _, err := p.LinkToken(p.Context(), d)
		p.is(err, "")
		if same != first {
			p.Error("what is sent again has another link, though nobody has revoked it")
		}
		p.end(control.MaybeSent, "broke", d)
		for range 2 { // also a second time
			p.is(p.RevokeLink(p.Context(), who, d.ID), "")
			p.is(open(first), tallystick.NotFound)
			is, err := p.ResendDelivery(p.Context(), who, d.ID)
			p.is(err, "")
			if is.Link.Expires != 0 || is.Link.Revoked != 0 {
				p.Errorf("before it is sent it has the link %+v", is.Link)
			}
			p.is(open(first), tallystick.NotFound)
			d = p.deliveries(1)[0]
			next, _, err := p.LinkToken(p.Context(), d)
			p.is(err, "")
			p.is(open(first), tallystick.NotFound)
			p.is(open(next), "")
			p.end(control.MaybeSent, "broke", d)
			first = next
		}
	})
}

func TestFilesToRemove(t *testing.T) {
	onEach(t, func(p *place) {
		var ids []string
		for i := range 3 {
			ids = append(ids, p.export(fmt.Sprint(i), job()).ID)
			p.finish(p.claim(), nil)
			p.wait(tallystick.Hour)
		}
		toRemove := func(olderThan tallystick.Instant) (got []string) {
			list, err := p.RunFilesToRemove(p.Context(), olderThan, control.Run{}, 10)
			p.is(err, "")
			for _, r := range list {
				if r.File == nil {
					p.Errorf("%+v has no file", r)
				}
				got = append(got, r.ID)
			}
			return got
		}
		p.is(p.RemoveRun(p.Context(), control.System("test"), ids[2]), "")
		if got, want := toRemove(start+tallystick.Hour), []string{ids[0], ids[2]}; !slices.Equal(got, want) {
			p.Errorf("to remove are %v, want %v", got, want)
		}
		p.is(p.MarkFilesRemoved(p.Context(), ids[0], ids[2]), "")
		if got := toRemove(start + tallystick.Hour); len(got) > 0 {
			p.Errorf("still to remove are %v", got)
		}
		_, err := p.RunFile(p.Context(), control.System("test"), ids[0])
		p.is(err, tallystick.NotFound)
		_, err = p.RunFile(p.Context(), control.System("test"), ids[1])
		p.is(err, "")
		list, err := p.Archive(p.Context(), control.System("test"), control.RunFilter{}, control.Page{})
		p.is(err, "")
		if len(list.Items) != 3 || list.Items[2].FileRemoved == 0 {
			p.Errorf("the archive is %+v", list.Items)
		}
	})
}

// What is in the hand of a worker that is slow to hold it may be said to wait by another, which lacks the way. It is tried again all the same.
func TestAFirstFailureIsNotTheLast(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		_, r := p.sent(who, outside("a@example.org"))
		d := p.deliveries(1)[0]
		p.wait(control.ClaimLease + 1)
		_, err := p.ClaimDeliveries(p.Context(), control.Claimant{Worker: "another", Lacks: map[control.Way]string{control.ByMail: "mail is not set up"}}, 8)
		p.is(err, "")
		if p.begin(d) != 0 {
			p.Error("its claim is lost")
		}
		p.end(control.TrySendAgain, "450 greylisted", d)
		list, err := p.Deliveries(p.Context(), who, r.ID)
		p.is(err, "")
		if d := list[0]; d.State != control.DeliveryPending || d.Attempts != 1 || d.Answer != "450 greylisted" {
			p.Errorf("a minute after it was made the row says %+v", d)
		}
	})
}

// A program without mail beside one that has it, and is busy, says nothing: neither why the others wait, nor in place of what the other server has said, and a day of tries ends.
func TestAProgramWithoutAWayBesideABusyOne(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k, r := p.sent(who, outside("a@example.org"), outside("b@example.org"), outside("c@example.org"))
		lacking := control.Claimant{Worker: "server", Lacks: map[control.Way]string{control.ByMail: "mail is not set up"}}
		nothing := func() {
			p.Helper()
			list, err := p.ClaimDeliveries(p.Context(), lacking, 8)
			p.is(err, "")
			if len(list) > 0 {
				p.Errorf("it takes %+v", list)
			}
		}
		inHand, err := p.ClaimDeliveries(p.Context(), control.Claimant{Worker: "busy"}, 1)
		p.is(err, "")
		p.wait(11 * tallystick.Second)
		nothing()
		is, err := p.Schedule(p.Context(), who, k.ID)
		p.is(err, "")
		if is.Last.Waits != "" {
			p.Errorf("while mails are sent the schedule says %q", is.Last.Waits)
		}
		p.end(control.TrySendAgain, "450 wait", append(inHand, p.deliveries(2)...)...)
		for range 3 { // looks of a program with mail, which come late
			p.wait(8 * tallystick.Hour)
			nothing()
			list, err := p.Deliveries(p.Context(), who, r.ID)
			p.is(err, "")
			for _, d := range list {
				if d.Answer != "450 wait" {
					p.Errorf("the row says %+v", d)
				}
			}
			p.end(control.TrySendAgain, "450 wait", p.deliveries(3)...)
		}
		if d := p.deliveries(1)[0]; d.Kind != control.NoticeDelivery {
			p.Errorf("after a day its owner is told %+v", d)
		}
	})
}

// Who takes what has waited for its way takes back why.
func TestWhyADeliveryHasWaited(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		_, r := p.sent(who, outside("a@example.org"))
		p.wait(11 * tallystick.Second)
		_, err := p.ClaimDeliveries(p.Context(), control.Claimant{Worker: "w", Lacks: map[control.Way]string{control.ByMail: "mail is not set up"}}, 8)
		p.is(err, "")
		for _, want := range []string{"mail is not set up", ""} {
			list, err := p.Deliveries(p.Context(), who, r.ID)
			p.is(err, "")
			if list[0].Answer != want {
				p.Errorf("the row says %+v, want %q", list[0], want)
			}
			if want != "" {
				p.deliveries(1)
			}
		}
	})
}
