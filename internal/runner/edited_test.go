package runner_test

import (
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver/delivertest"
)

// A schedule of all tenants is narrowed to one customer while its run waits for late events: the customer doesn't get the file of all, now or later.
func TestEditedWhileARunWaits(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	p.set("mail_domains", []string{"wealth.example", "tallystick.example"})
	h := hourly(job("tenant-usage"), to("provider@tallystick.example"), to("both@tallystick.example"))
	h.Settle = 300
	k := p.schedule(p.owner, h)
	p.clock.Add(int64(tallystick.Hour + tallystick.Minute))
	_, _, err := p.Plan(t.Context(), 10)
	p.must(err)
	k.Job.Tenants, k.Job.AllTenants, k.Attach = []string{wealth}, false, false
	k.Recipients = []control.Recipient{to("customer@wealth.example"), to("both@tallystick.example")}
	_, err = p.EditSchedule(t.Context(), p.owner, k)
	p.must(err)
	p.start(p.runner("server"))
	p.clock.Add(int64(5 * tallystick.Minute))
	run := p.ended(p.history(k.ID)[0].ID)
	rows := p.delivered(run.ID)
	if !strings.Contains(string(p.content(run)), bank) || len(run.Tenants) < 2 {
		t.Fatalf("the file that was due is not of all tenants: %v", run.Tenants)
	}
	if len(rows) != 2 || rows["both@tallystick.example"].State != control.DeliverySent {
		t.Errorf("it goes to %+v", rows)
	}
	for _, m := range p.mail.Messages() {
		if strings.Contains(m.To, "customer") {
			t.Errorf("the customer gets %s", m.Header("Subject"))
		}
		if strings.Contains(string(m.Raw), "/api/v1/files/") {
			t.Error("what was to be attached goes as a link")
		}
	}

	p.clock.Add(int64(tallystick.Hour))
	p.until("the next one is planned", func() bool { return len(p.history(k.ID)) == 2 })
	next := p.history(k.ID)[1]
	if next.ID == run.ID {
		next = p.history(k.ID)[0]
	}
	next = p.ended(next.ID)
	if rows := p.delivered(next.ID); len(rows) != 2 || rows["customer@wealth.example"].State != control.DeliverySent || strings.Contains(string(p.content(next)), bank) {
		t.Errorf("the run after the edit is of %v and goes to %+v", next.Tenants, rows)
	}
}

// Whoever unsubscribes while a mail server keeps their mail waiting doesn't get it any more.
func TestUnsubscribedWhileAMailWaits(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	p.set("mail_domains", []string{"outside.example"})
	k := p.schedule(p.owner, hourly(job("tenant-usage"), to("x@outside.example")))
	p.mail.Next(delivertest.Rcpt, delivertest.Answer{Code: 450, Text: "grey"})
	p.start(p.runner("server"))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
	run := p.ended(p.history(k.ID)[0].ID)
	if d := p.delivered(run.ID)["x@outside.example"]; d.State != control.DeliveryPending {
		t.Fatalf("it does not wait: %+v", d)
	}
	p.must(p.Unsubscribe(t.Context(), control.From{}, p.UnsubscribeToken(k.ID, "x@outside.example")))
	p.clock.Add(int64(2 * tallystick.Minute))
	p.until("it has ended", func() bool { return p.rows(run.ID)["x@outside.example"].State != control.DeliveryPending })
	if d := p.rows(run.ID)["x@outside.example"]; d.State != control.DeliveryFailed || d.Answer != "not sent: x@outside.example was taken off the recipients" {
		t.Errorf("it is %s: %s", d.State, d.Answer)
	}
	for _, m := range p.mail.Messages() {
		if strings.Contains(m.To, "x@outside.example") {
			t.Errorf("it is sent: %s", m.Header("Subject"))
		}
	}
}
