package runner_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
	"github.com/tallystick/tallystick/internal/deliver/delivertest"
	"github.com/tallystick/tallystick/internal/runner"
	"github.com/tallystick/tallystick/internal/usage"
)

// schedule adds a schedule.
func (p *plant) schedule(who control.Actor, k control.Schedule) control.Schedule {
	p.Helper()
	k, err := p.AddSchedule(p.Context(), who, k)
	p.must(err)
	return k
}

// history returns the runs of a schedule, the oldest first.
func (p *plant) history(schedule string) []control.Run {
	p.Helper()
	l, err := p.Runs(p.Context(), p.owner, schedule, control.Page{Limit: control.MaxLimit})
	p.must(err)
	slices.SortFunc(l.Items, func(a, b control.Run) int { return int(a.At - b.At) })
	return l.Items
}

// rows returns what each recipient of a run has got, by address.
func (p *plant) rows(run string) map[string]control.Delivery {
	p.Helper()
	list, err := p.Deliveries(p.Context(), p.owner, run)
	p.must(err)
	rows := map[string]control.Delivery{}
	for _, d := range list {
		rows[d.Recipient.Address] = d
	}
	return rows
}

// delivered waits until every delivery of a run is in a state from which it does not go on by itself, or waits for its next try.
func (p *plant) delivered(run string) map[string]control.Delivery {
	p.Helper()
	p.until("the deliveries end", func() bool {
		rows := p.rows(run)
		for _, d := range rows {
			if d.State == control.DeliverySending || d.State == control.DeliveryPending && d.Next <= tallystick.Instant(p.clock.Load()) {
				return false
			}
		}
		return len(rows) > 0
	})
	return p.rows(run)
}

// parts reads a message: its head and its parts by media type.
func parts(t *testing.T, raw []byte) (mail.Header, map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	var walk func(contentType string, body io.Reader)
	walk = func(contentType string, body io.Reader) {
		media, params, err := mime.ParseMediaType(contentType)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(media, "multipart/") {
			b, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			found[media] = string(b)
			return
		}
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			walk(p.Header.Get("Content-Type"), p)
		}
	}
	walk(m.Header.Get("Content-Type"), m.Body)
	return m.Header, found
}

func TestScheduledReportIsMailed(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	p.set("mail_domains", []string{"outside.example"})
	k := p.schedule(p.owner, hourly(job("room-usage", wealth), control.Recipient{Way: control.ByMail, Member: p.owner.ID}, to("x@outside.example")))
	if k.Next != begin+tallystick.Hour {
		t.Fatalf("the first run is at %v", k.Next)
	}
	p.start(p.runner("server"))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
	run := p.ended(p.history(k.ID)[0].ID)
	if run.State != control.RunDone || run.File.Name != "Hudson-Wealth-Advisors_Hourly-usage_2025-03-10T1300.csv" || run.From != begin || run.Before != begin+tallystick.Hour {
		t.Fatalf("the run is %+v, file %+v: %s", run, run.File, run.Error)
	}
	for address, d := range p.delivered(run.ID) {
		if d.State != control.DeliverySent {
			t.Errorf("%s: %s %s", address, d.State, d.Answer)
		}
	}
	messages := p.mail.Messages()
	if len(messages) != 2 || messages[0].Header("Message-Id") == messages[1].Header("Message-Id") {
		t.Fatalf("%d messages", len(messages))
	}
	head, found := parts(t, messages[0].Raw)
	if head.Get("Subject") != "Hourly usage, Hudson Wealth Advisors: 10 March 2025 12:00 to 10 March 2025 13:00" {
		t.Errorf("its subject is %q", head.Get("Subject"))
	}
	if text := found["text/plain"]; !strings.Contains(text, "10 March 2025 12:00 to 10 March 2025 13:00 (UTC)") || !strings.Contains(text, run.File.Name) {
		t.Errorf("the text is %s", text)
	}
	if len(found["text/csv"]) == 0 {
		t.Errorf("there is no attachment: %v", head)
	}
	// What has come since for the time before is told with the next, and counts as one of the run before made again.
	late := p.records[0].Event.Clone()
	late.ID, late.Type, late.Tenant, late.Time, late.Data = "late", tallystick.ContactUpserted, wealth, begin+30*tallystick.Minute, []tallystick.Value{{Field: tallystick.FieldContactID, Text: "late"}}
	p.add(late)
	p.clock.Add(int64(tallystick.Hour))
	p.until("there are two runs", func() bool { return len(p.history(k.ID)) == 2 })
	second := p.ended(p.history(k.ID)[1].ID)
	var s runner.Summary
	p.must(json.Unmarshal(second.Summary, &s))
	if s.LateEvents != 1 || len(s.Lines) == 0 || !strings.HasPrefix(s.Lines[0], "1 event has arrived since the last report") || second.From != run.Before {
		t.Errorf("the second run says %+v", s)
	}
	receipt, err := usage.ParseReceipt(run.Receipt)
	p.must(err)
	if v, err := p.source.Reproduce(t.Context(), receipt, control.Reach{All: true}, io.Discard); err != nil || !v.SameFile {
		t.Errorf("the first run does not reproduce: %+v, %v", v, err)
	}
}

func TestLargeFilesGoByLink(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	p.set("mail_domains", []string{"outside.example"})
	p.set("retention_days", 5) // less than links are good for
	k := hourly(job("room-usage", wealth), control.Recipient{Way: control.ByMail, Member: p.owner.ID}, to("x@outside.example"))
	k.Attach = false
	k = p.schedule(p.owner, k)
	p.start(p.runner("server"))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
	run := p.ended(p.history(k.ID)[0].ID)
	p.delivered(run.ID)
	links := map[string]string{}
	for _, m := range p.mail.Messages() {
		_, found := parts(t, m.Raw)
		if found["text/csv"] != "" {
			t.Errorf("%s has an attachment", m.To)
		}
		if text := found["text/plain"]; !strings.Contains(text, "The link works until 15 March 2025 13:05 UTC") {
			t.Errorf("%s is told %s", m.To, text)
		}
		for line := range strings.Lines(strings.ReplaceAll(found["text/plain"], "=\r\n", "")) {
			if strings.HasPrefix(line, "http") && links[m.To] == "" {
				links[m.To] = strings.TrimSpace(line)
			}
		}
	}
	if links["root@tallystick.example"] != "http://usage.example/runs/"+run.ID {
		t.Errorf("the member's link is %q", links)
	}
	token, ok := strings.CutPrefix(links["x@outside.example"], "http://usage.example/api/v1/files/")
	opened, err := p.OpenLink(t.Context(), control.From{}, token)
	if !ok || err != nil || opened.ID != run.ID {
		t.Errorf("the outsider's link is %q: %v", links, err)
	}
	p.clock.Add(int64(5 * tallystick.Day))
	if _, err := p.OpenLink(t.Context(), control.From{}, token); tallystick.CodeOf(err) != tallystick.NotFound {
		t.Errorf("after 5 days: %v", err)
	}
}

// TestWhatEachRecipientsRowSays lets a mail server misbehave in every way, and looks at the row, at how many copies there are, and under how many Message-IDs, at once and
// after some hours of trying.
func TestWhatEachRecipientsRowSays(t *testing.T) {
	no := func(code int, enhanced [3]int, text string) delivertest.Answer {
		return delivertest.Answer{Code: code, Enhanced: enhanced, Text: text}
	}
	for _, test := range []struct {
		name        string
		misbehave   func(*delivertest.Server)
		first, last control.DeliveryState
		says        string
		copies      int
	}{
		{"takes it", func(*delivertest.Server) {}, control.DeliverySent, control.DeliverySent, "", 1},
		{"421 at the greeting, once", func(s *delivertest.Server) { s.Next(delivertest.Connect, no(421, [3]int{4, 3, 2}, "come back later")) }, control.DeliveryPending, control.DeliverySent, "421", 1},
		{"451 at MAIL, twice", func(s *delivertest.Server) {
			s.Next(delivertest.Mail, no(451, [3]int{4, 3, 0}, "try again"), no(451, [3]int{4, 3, 0}, "try again"))
		}, control.DeliveryPending, control.DeliverySent, "451", 1},
		{"450 at RCPT, greylisting", func(s *delivertest.Server) { s.Greylist() }, control.DeliveryPending, control.DeliverySent, "450", 1},
		{"550 at RCPT", func(s *delivertest.Server) { s.Always(delivertest.Rcpt, no(550, [3]int{5, 1, 1}, "no such user here")) }, control.DeliveryFailed, control.DeliveryFailed, "550 5.1.1 no such user here", 0},
		{"452 after the content, once", func(s *delivertest.Server) { s.Next(delivertest.Accept, no(452, [3]int{4, 2, 2}, "mailbox full")) }, control.DeliveryPending, control.DeliverySent, "452", 1},
		{"554 after the content", func(s *delivertest.Server) { s.Always(delivertest.Accept, no(554, [3]int{5, 7, 1}, "looks like spam")) }, control.DeliveryFailed, control.DeliveryFailed, "looks like spam", 0},
		{"drops after the content, having taken it", func(s *delivertest.Server) { s.Next(delivertest.Accept, delivertest.Drop) }, control.DeliveryUnknown, control.DeliveryUnknown, "", 1},
		{"hangs after the content, having taken it", func(s *delivertest.Server) { s.Next(delivertest.Accept, delivertest.Hang) }, control.DeliveryUnknown, control.DeliveryUnknown, "", 1},
		{"hangs at the greeting, once", func(s *delivertest.Server) { s.Next(delivertest.Connect, delivertest.Hang) }, control.DeliveryPending, control.DeliverySent, "", 1},
		{"never answers", func(s *delivertest.Server) { s.Always(delivertest.Connect, no(421, [3]int{4, 3, 2}, "closed")) }, control.DeliveryPending, control.DeliveryFailed, "421", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, "")
			p.add(someEvents()[:500]...)
			k := p.schedule(p.owner, hourly(job("tenant-usage"), control.Recipient{Way: control.ByMail, Member: p.owner.ID}))
			test.misbehave(p.mail)
			p.start(p.runner("server"))
			p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
			p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
			run := p.ended(p.history(k.ID)[0].ID)
			row := p.delivered(run.ID)["root@tallystick.example"]
			if row.State != test.first || !strings.Contains(row.Answer, test.says) {
				t.Fatalf("at first the row says %s, %q", row.State, row.Answer)
			}
			_, err := p.DisableSchedule(t.Context(), p.owner, k.ID)
			p.must(err)
			for range 30 { // a day and more
				p.clock.Add(int64(tallystick.Hour))
				time.Sleep(5 * time.Millisecond)
				if row = p.delivered(run.ID)["root@tallystick.example"]; row.State != control.DeliveryPending {
					break
				}
			}
			if row.State != test.last {
				t.Errorf("in the end the row says %s, %q", row.State, row.Answer)
			}
			reports, ids := 0, map[string]bool{}
			for _, m := range p.mail.Messages() {
				if strings.Contains(m.Header("Subject"), "has not reached") {
					continue // the owner is told
				}
				reports++
				ids[m.Header("Message-Id")] = true
			}
			if reports != test.copies || len(ids) > 1 {
				t.Errorf("there are %d copies, under %d ids", reports, len(ids))
			}
		})
	}
}

// A mail server that breaks off again and again in the middle of a large report has none: the row says so and waits, and in the end there is one copy, of the one Message-ID.
func TestALargeReportThatBreaksOff(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	k := p.schedule(p.owner, hourly(job("tenant-usage"), control.Recipient{Way: control.ByMail, Member: p.owner.ID}))
	p.mail.Next(delivertest.Content, delivertest.Drop, delivertest.Drop)
	large := bytes.Repeat([]byte("one line of many,1,2,3\r\n"), deliver.MaxAttachment/30)
	p.start(p.runner("server", func(o *runner.Options) {
		o.Settings = func(ctx context.Context) (deliver.Settings, error) { // with the usual time-outs: it is large
			return runner.DeliverSettings(ctx, p.Store, deliver.SMTP{}, "", p.now)
		}
		o.Make = func(ctx context.Context, r control.Run, progress func(usage.Progress)) (*runner.Product, error) {
			made, err := p.shop.Make(ctx, r, progress)
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256(large)
			made.Receipt.File.Size, made.Receipt.File.SHA256 = int64(len(large)), hex.EncodeToString(sum[:])
			return made, p.files.Write(r.ID, func(w io.Writer) (string, error) {
				_, err := w.Write(large)
				return made.Receipt.File.SHA256, err
			})
		}
	}))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
	run := p.ended(p.history(k.ID)[0].ID)
	for try := 1; try <= 2; try++ {
		row := p.delivered(run.ID)["root@tallystick.example"]
		if row.State != control.DeliveryPending || row.Attempts != try || !strings.Contains(row.Answer, "before the mail was whole, so the server does not have it") || len(p.mail.Messages()) != 0 {
			t.Fatalf("after try %d the row says %s, %q; there are %d copies", row.Attempts, row.State, row.Answer, len(p.mail.Messages()))
		}
		p.clock.Add(int64(6 * tallystick.Minute))
		p.until("it is tried again", func() bool { return p.rows(run.ID)["root@tallystick.example"].Attempts > try })
	}
	row := p.delivered(run.ID)["root@tallystick.example"]
	list := p.mail.Messages()
	if row.State != control.DeliverySent || len(list) != 1 || list[0].Header("Message-Id") != "<"+row.MessageID+"@tallystick.example>" || len(list[0].Raw) < len(large) {
		t.Errorf("in the end the row says %s, %q; there are %d copies", row.State, row.Answer, len(list))
	}
}

// What is unknown is not sent again by itself; somebody may, and it is the same message.
func TestSentAgainByHand(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	k := p.schedule(p.owner, hourly(job("tenant-usage"), control.Recipient{Way: control.ByMail, Member: p.owner.ID}))
	p.mail.Next(delivertest.Accept, delivertest.Drop)
	p.start(p.runner("server"))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
	run := p.ended(p.history(k.ID)[0].ID)
	row := p.delivered(run.ID)["root@tallystick.example"]
	if row.State != control.DeliveryUnknown {
		t.Fatal(row.State, row.Answer)
	}
	p.until("the owner is told", func() bool {
		return slices.ContainsFunc(p.mail.Messages(), func(m delivertest.Message) bool { return strings.Contains(m.Header("Subject"), "has not reached") })
	})
	_, err := p.ResendDelivery(t.Context(), p.owner, row.ID)
	p.must(err)
	p.until("it is sent", func() bool { return p.rows(run.ID)["root@tallystick.example"].State == control.DeliverySent })
	var raw [][]byte
	for _, m := range p.mail.Messages() {
		if !strings.Contains(m.Header("Subject"), "has not reached") {
			raw = append(raw, m.Raw)
		}
	}
	if len(raw) != 2 || !bytes.Equal(raw[0], raw[1]) {
		t.Errorf("there are %d messages, and they differ", len(raw))
	}
}

// A schedule whose owner may no longer see what it reports is stopped, and somebody is told; nothing is sent.
func TestPermissionWhenItIsSent(t *testing.T) {
	tell := func(p *plant, text string) bool {
		return slices.ContainsFunc(p.mail.Messages(), func(m delivertest.Message) bool { return strings.Contains(m.Header("Subject"), text) })
	}
	for _, test := range []struct {
		name   string
		change func(p *plant, who control.Actor)
		says   string
	}{
		{"disabled", func(p *plant, who control.Actor) { p.must(p.DisableMember(p.Context(), p.owner, who.ID)) }, "can't sign in any more"},
		{"without the right", func(p *plant, who control.Actor) {
			_, err := p.EditMember(p.Context(), p.owner, who.ID, control.MemberEdit{Roles: []string{control.TenantViewer}})
			p.must(err)
		}, "may no longer schedule reports"},
		{"without the tenant", func(p *plant, who control.Actor) {
			p.must(p.PutTenant(p.Context(), control.System("test"), control.Tenant{ID: wealth}))
		}, "can no longer see one of its tenants"},
	} {
		for _, when := range []string{"before it is made", "before it is sent"} {
			t.Run(test.name+" "+when, func(t *testing.T) {
				t.Parallel()
				p := newPlant(t, "")
				p.add(someEvents()[:500]...)
				p.must(p.PutTenant(t.Context(), control.System("test"), control.Tenant{ID: bank}))
				p.must(p.PutTenant(t.Context(), control.System("test"), control.Tenant{ID: wealth, Parent: bank}))
				who := p.member("a@bank.example", bank, control.TenantAdministrator)
				k := p.schedule(who, hourly(job("tenant-usage", wealth), to("x@bank.example")))
				if when == "before it is sent" {
					p.mail.Next(delivertest.Rcpt, delivertest.Answer{Code: 450, Enhanced: [3]int{4, 2, 1}, Text: "wait"})
				} else {
					test.change(p, who)
				}
				p.start(p.runner("server"))
				p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
				p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
				run := p.ended(p.history(k.ID)[0].ID)
				if when == "before it is sent" {
					if row := p.delivered(run.ID)["x@bank.example"]; row.State != control.DeliveryPending {
						t.Fatal(row.State, row.Answer)
					}
					test.change(p, who)
					p.clock.Add(int64(5 * tallystick.Minute))
					p.until("the row has failed", func() bool { return p.rows(run.ID)["x@bank.example"].State == control.DeliveryFailed })
					if row := p.rows(run.ID)["x@bank.example"]; !strings.Contains(row.Answer, test.says) {
						t.Errorf("the row says %q", row.Answer)
					}
				} else if run.State != control.RunFailed || !strings.Contains(run.Error, test.says) {
					t.Errorf("the run is %s: %q", run.State, run.Error)
				}
				stopped, err := p.Schedule(t.Context(), p.owner, k.ID)
				p.must(err)
				if stopped.Enabled || !strings.Contains(stopped.Stopped, test.says) {
					t.Errorf("the schedule is enabled: %t, stopped: %q", stopped.Enabled, stopped.Stopped)
				}
				p.until("somebody is told", func() bool { return tell(p, "was stopped") })
				for _, m := range p.mail.Messages() {
					if m.To == "x@bank.example" {
						t.Errorf("the recipient has got %s", m.Header("Subject"))
					}
				}
			})
		}
	}
}

// A webhook gets what a mail says, signed, and a link to the file; an address inside is not dialled unless the settings say so.
func TestWebhook(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	type posted struct {
		head http.Header
		body []byte
	}
	got := make(chan posted, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got <- posted{r.Header, b}
	}))
	defer hook.Close()
	p.set("webhook_private", true) // else it can't be saved
	k := p.schedule(p.owner, hourly(job("tenant-usage"), control.Recipient{Way: control.ByWebhook, Address: hook.URL}))
	p.set("webhook_private", false)
	if !strings.HasPrefix(string(k.Recipients[0].Secret), "whsec_") {
		t.Errorf("its secret is %q", string(k.Recipients[0].Secret))
	}
	p.start(p.runner("server"))
	due := func(n int) control.Delivery {
		t.Helper()
		p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
		p.until("there is a run", func() bool { return len(p.history(k.ID)) == n })
		return p.delivered(p.ended(p.history(k.ID)[n-1].ID).ID)[hook.URL]
	}
	if row := due(1); row.State != control.DeliveryFailed || len(got) > 0 {
		t.Errorf("an address inside: %s %q", row.State, row.Answer)
	}
	p.set("webhook_private", true)
	time.Sleep(10 * time.Millisecond)
	row := due(2)
	if row.State != control.DeliverySent {
		t.Fatalf("%s %q", row.State, row.Answer)
	}
	one := <-got
	var body struct {
		Type string
		Data struct {
			Schedule string
			Link     string
			File     struct{ SHA256 string }
			Receipt  usage.Receipt
		}
	}
	p.must(json.Unmarshal(one.body, &body))
	token, ok := strings.CutPrefix(body.Data.Link, "http://usage.example/api/v1/files/")
	run, err := p.OpenLink(t.Context(), control.From{}, token)
	if !ok || err != nil || run.File.SHA256 != body.Data.File.SHA256 || body.Data.Receipt.File.SHA256 != run.File.SHA256 || one.head.Get("Webhook-Id") == "" || !strings.HasPrefix(one.head.Get("Webhook-Signature"), "v1,") {
		t.Errorf("posted are %v, %+v; %v", one.head, body, err)
	}
}

// A runner that could not say for minutes that it is there goes on with what it is sending, and sends it once, whatever it looks for meanwhile.
func TestAHoldThatIsLate(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	p.set("webhook_private", true)
	asked, answer := make(chan bool, 10), make(chan bool)
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- true
		<-answer
	}))
	defer hook.Close()
	k := p.schedule(p.owner, hourly(job("tenant-usage"), control.Recipient{Way: control.ByWebhook, Address: hook.URL}, control.Recipient{Way: control.ByMail, Member: p.owner.ID}))
	p.mail.Greylist()
	p.start(p.runner("server"))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
	run := p.ended(p.history(k.ID)[0].ID)
	<-asked
	p.until("the mail waits", func() bool { return p.rows(run.ID)["root@tallystick.example"].Answer != "" })
	p.clock.Add(int64(10 * tallystick.Minute))
	p.until("the mail is sent, so that there was a look", func() bool { return p.rows(run.ID)["root@tallystick.example"].State == control.DeliverySent })
	if row := p.rows(run.ID)[hook.URL]; row.State != control.DeliverySending {
		t.Errorf("meanwhile the row says %s, %q", row.State, row.Answer)
	}
	close(answer)
	p.until("it is sent", func() bool { return p.rows(run.ID)[hook.URL].State == control.DeliverySent })
	if len(asked) != 0 {
		t.Errorf("it was sent %d times more", len(asked))
	}
}

func TestUnsubscribe(t *testing.T) {
	p := newPlant(t, "")
	k := p.schedule(p.owner, hourly(job("tenant-usage"), to("x@tallystick.example"), to("y@tallystick.example"), control.Recipient{Way: control.ByMail, Member: p.owner.ID}))
	token := p.UnsubscribeToken(k.ID, "X@tallystick.example")
	for _, bad := range []string{"", "a.b.c", token + "0", strings.Replace(token, k.ID, "other", 1)} {
		if err := p.Unsubscribe(t.Context(), control.From{}, bad); tallystick.CodeOf(err) != tallystick.NotFound {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for range 2 {
		p.must(p.Unsubscribe(t.Context(), control.From{}, token))
	}
	p.must(p.Unsubscribe(t.Context(), control.From{}, p.UnsubscribeToken(k.ID, "root@tallystick.example")))
	left, err := p.Schedule(t.Context(), p.owner, k.ID)
	p.must(err)
	if len(left.Recipients) != 1 || left.Recipients[0].Address != "y@tallystick.example" {
		t.Errorf("left are %+v", left.Recipients)
	}
}

// The settings of mail hold at once. Without any, mails wait, however long, and use up no try; webhooks go.
func TestMailIsSetUpLater(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	p.set("smtp_host", "")
	p.set("webhook_private", true)
	got := make(chan bool, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got <- true }))
	defer hook.Close()
	k := p.schedule(p.owner, hourly(job("tenant-usage"), control.Recipient{Way: control.ByMail, Member: p.owner.ID}, control.Recipient{Way: control.ByWebhook, Address: hook.URL}))
	stop := p.start(p.runner("server"))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	p.until("there is a run", func() bool { return len(p.history(k.ID)) == 1 })
	run := p.ended(p.history(k.ID)[0].ID)
	_, err := p.DisableSchedule(t.Context(), p.owner, k.ID)
	p.must(err)
	<-got
	const says = "mail is not set up"
	mail := func() control.Delivery { return p.rows(run.ID)["root@tallystick.example"] }
	for _, later := range []tallystick.Instant{tallystick.Minute, control.GiveUp, 10 * tallystick.Day} {
		p.clock.Add(int64(later))
		p.until("the row says why it waits", func() bool { return strings.Contains(mail().Answer, says) })
		if row := mail(); row.State != control.DeliveryPending || row.Attempts != 0 {
			t.Errorf("after %v the row is %+v", later, row)
		}
		is, err := p.Schedule(t.Context(), p.owner, k.ID)
		p.must(err)
		if !strings.Contains(is.Last.Waits, says) || is.Last.Deliveries[control.DeliveryPending] != 1 {
			t.Errorf("the schedule says %+v", is.Last)
		}
	}
	stop()
	p.set("smtp_host", p.mail.Host)
	p.mail.Greylist() // the first try does not succeed, and a day begins with it
	p.start(p.runner("server"))
	p.until("it is tried", func() bool { return mail().Attempts == 1 && mail().Next > tallystick.Instant(p.clock.Load()) })
	if row := mail(); row.State != control.DeliveryPending || !strings.Contains(row.Answer, "450") {
		t.Errorf("after the first try the row is %+v", row)
	}
	p.clock.Add(int64(5 * tallystick.Minute))
	p.until("it is sent", func() bool { return mail().State == control.DeliverySent })
	if is, err := p.Schedule(t.Context(), p.owner, k.ID); err != nil || is.Last.Waits != "" || len(got) != 0 {
		t.Errorf("in the end the schedule says %+v, %v; the webhook went %d times more", is.Last, err, len(got))
	}
}

// After hours without a server the runs that were missed are made, the oldest first, each with its own period and once; and their mails say that they are late.
func TestAfterDowntime(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	k := p.schedule(p.owner, hourly(job("tenant-usage"), control.Recipient{Way: control.ByMail, Member: p.owner.ID}))
	p.clock.Add(int64(3*tallystick.Hour + 5*tallystick.Minute))
	p.start(p.runner("server"))
	p.until("all runs are done", func() bool {
		runs := p.history(k.ID)
		return len(runs) == 3 && !slices.ContainsFunc(runs, func(r control.Run) bool { return r.State != control.RunDone })
	})
	before := begin
	for i, r := range p.history(k.ID) {
		if r.From != before || r.Before != r.At || r.Late != (i < 2) {
			t.Errorf("run %d is of %v to %v, late %t", i, r.From, r.Before, r.Late)
		}
		before = r.Before
		p.delivered(r.ID)
	}
	late := 0
	for _, m := range p.mail.Messages() {
		_, found := parts(t, m.Raw)
		if strings.Contains(found["text/plain"], "This report is late: it was due at 10 March 2025 1") {
			late++
		}
	}
	if n := len(p.mail.Messages()); n != 3 || late != 2 {
		t.Errorf("there are %d mails, and %d say that they are late", n, late)
	}
}

// mondays returns a schedule of each Monday that is about the day before.
func mondays() control.Schedule {
	k := hourly(job("tenant-usage"))
	k.Job.Period = "previous-day"
	k.Recurrence = tallystick.Schedule{Zone: "UTC", Start: tallystick.Date{Year: 2025, Month: 3, Day: 1}, Grain: tallystick.Weekly, Every: 1, Weekdays: []time.Weekday{time.Monday}, Hour: 13}
	k.Job.Zone = "UTC"
	return k
}

// Events that come late are told of also where the period is a preset, as of invoices: of each tenant, for the times before its own period that it was told of, and not for
// the days between them, which no report is about.
func TestLateEventsOfPresets(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	k := mondays()
	k = p.schedule(p.owner, k)
	p.start(p.runner("server"))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	done := func(n int) control.Run {
		t.Helper()
		p.until("there is a run", func() bool { return len(p.history(k.ID)) == n })
		return p.ended(p.history(k.ID)[n-1].ID)
	}
	done(1)
	n := 0
	happened := func(at ...string) {
		for _, text := range at {
			e := p.records[0].Event.Clone()
			n++
			e.ID, e.Type, e.Tenant, e.Time, e.Data = fmt.Sprint("late", n), tallystick.ContactUpserted, wealth, instant(text), []tallystick.Value{{Field: tallystick.FieldContactID, Text: "late"}}
			p.add(e)
		}
	}
	for i, test := range []struct {
		happened []string
		late     int64
		says     string
	}{
		{[]string{"2025-03-08T23:59:59Z", "2025-03-09T00:00:00Z", "2025-03-09T23:59:59Z", "2025-03-10T00:00:00Z", "2025-03-12T12:00:00Z", "2025-03-16T12:00:00Z"}, 2, "2 events have arrived"},
		{[]string{"2025-03-09T12:00:00Z", "2025-03-16T13:00:00Z", "2025-03-17T00:00:00Z"}, 2, "2 events have arrived"},
		{[]string{"2025-03-11T12:00:00Z"}, 0, ""},
		{[]string{"2025-03-16T00:00:00Z"}, 1, "1 event has arrived"},
	} {
		happened(test.happened...)
		p.clock.Add(int64(7 * tallystick.Day))
		run := done(i + 2)
		var s runner.Summary
		p.must(json.Unmarshal(run.Summary, &s))
		if s.LateEvents != test.late || run.LateEvents != test.late || test.says != "" && !strings.HasPrefix(s.Lines[0], test.says) {
			t.Errorf("the run of %v says %+v", run.At, s)
		}
	}
}

// asked is an engine that says which events it is asked for.
type asked struct {
	tallystick.Answerer
	say func(tallystick.Events)
}

func (a asked) Events(ctx context.Context, q tallystick.Events) (int64, error) {
	a.say(q)
	return a.Answerer.Events(ctx, q)
}

// However many days a schedule has told of, with others between them, one question says that nothing has come late: also where much has come since the last of them.
func TestLateEventsAreLookedForAtOnce(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	var questions atomic.Int64
	ask := p.source.Ask
	p.source.Ask = func(ctx context.Context, do func(tallystick.Answerer, tallystick.Position) error) error {
		return ask(ctx, func(engine tallystick.Answerer, head tallystick.Position) error {
			return do(asked{engine, func(q tallystick.Events) {
				if q.Scope.Tenant() == wealth {
					questions.Add(1)
				}
			}}, head)
		})
	}
	k := p.schedule(p.owner, mondays())
	p.start(p.runner("server"))
	p.clock.Add(int64(tallystick.Hour + 5*tallystick.Minute))
	for n := range 4 {
		questions.Store(0)
		p.until("there is a run", func() bool { return len(p.history(k.ID)) == n+1 })
		run := p.ended(p.history(k.ID)[n].ID)
		// The making asks one; and one, at two positions, asks for what has come late.
		if want := []int64{1, 3, 3, 3}[n]; run.State != control.RunDone || run.LateEvents != 0 || questions.Load() != want {
			t.Errorf("run %d asks %d questions, want %d; it is %+v", n, questions.Load(), want, run)
		}
		e := p.records[0].Event.Clone()
		e.ID, e.Type, e.Tenant, e.Time, e.Data = fmt.Sprint("between", n), tallystick.ContactUpserted, wealth, tallystick.Instant(p.clock.Load())-tallystick.Hour, []tallystick.Value{{Field: tallystick.FieldContactID, Text: "x"}}
		p.add(e)
		p.clock.Add(int64(7 * tallystick.Day))
	}
}
