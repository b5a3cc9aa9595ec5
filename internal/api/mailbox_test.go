package api

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
)

// mailboxIn opens a mailbox in a new directory.
func mailboxIn(t *testing.T) *deliver.Mailbox {
	t.Helper()
	box, err := deliver.OpenMailbox(deliver.Settings{MailboxDir: t.TempDir(), SMTP: deliver.SMTP{From: "reports@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	return box
}

const mailed = "Room,Messages\nr1,3\n"

// keepMail puts a mail with a file into the site's mailbox, and returns its id.
func (s *site) keepMail(t *testing.T, n int) string {
	t.Helper()
	d := &deliver.Delivery{
		ID: fmt.Sprintf("d-%d", n), To: "ann@example.com", ToName: "Änn", Subject: fmt.Sprintf("Räume %d of acme", n), Date: s.Control.Now() + tallystick.Instant(n), Company: "Acme",
		Report: "Rooms", Lines: []string{"It is late."}, Attach: true,
		File: &deliver.File{
			Name: "Räume.csv", MediaType: "text/csv", Size: int64(len(mailed)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(mailed)), nil },
		},
	}
	if got := s.Mailbox.Send(t.Context(), d, func() error { return nil }); got.State != deliver.Sent {
		t.Fatal(got)
	}
	list, err := s.Mailbox.List()
	if err != nil {
		t.Fatal(err)
	}
	return list[0].ID
}

func TestMailbox(t *testing.T) {
	directory := t.TempDir()
	s := newSite(t, func(s *site) {
		box, err := deliver.OpenMailbox(deliver.Settings{MailboxDir: directory})
		if err != nil {
			t.Fatal(err)
		}
		s.Mailbox = box
	})
	_, ann := s.member("", control.SuperAdministrator)
	const path = "/api/v1/mailbox"
	var list List[MailEntry]
	g := s.do("GET", path, ann, "").is(t, 200, &list)
	if string(g.body) != `{"items":[]}`+"\n" {
		t.Errorf("an empty mailbox is %s", g.body)
	}
	var ids []string // the newest first
	for n := range 5 {
		ids = append([]string{s.keepMail(t, n)}, ids...)
	}
	t.Run("pages, the newest first", func(t *testing.T) {
		for _, limit := range []int{1, 2, 5, 50} {
			var all []string
			for after := ""; ; after = list.Next {
				list = List[MailEntry]{}
				s.do("GET", fmt.Sprintf("%s?limit=%d&after=%s", path, limit, after), ann, "").is(t, 200, &list)
				for _, m := range list.Items {
					all = append(all, m.ID)
				}
				if list.Next == "" {
					break
				}
				if len(list.Items) != limit {
					t.Errorf("a page of %d has %d", limit, len(list.Items))
				}
			}
			if strings.Join(all, " ") != strings.Join(ids, " ") {
				t.Errorf("%d a page: %v, want %v", limit, all, ids)
			}
		}
	})
	t.Run("a mail and its file", func(t *testing.T) {
		var m Mail
		s.do("GET", path+"/"+ids[0], ann, "").is(t, 200, &m)
		if m.ID != ids[0] || m.Subject != "Räume 4 of acme" || m.To != "Änn <ann@example.com>" || tallystick.Instant(m.Date) != s.Control.Now()/tallystick.Second*tallystick.Second ||
			!strings.Contains(m.Text, "It is late.") || !strings.Contains(m.HTML, "It is late.") || len(m.Headers) == 0 {
			t.Errorf("%+v", m)
		}
		if len(m.Attachments) != 1 || m.Attachments[0] != (MailAttachment{"Räume.csv", "text/csv", len(mailed)}) {
			t.Errorf("%+v", m.Attachments)
		}
		g := s.do("GET", path+"/"+ids[0]+"/attachments/1", ann, "").is(t, 200, nil)
		if string(g.body) != mailed || g.header.Get("Content-Type") != "text/csv" || g.header.Get("Content-Disposition") != "attachment; filename*=utf-8''R%C3%A4ume.csv" {
			t.Errorf("%v %q", g.header, g.body)
		}
		g = s.do("GET", path+"/"+ids[0]+"/raw", ann, "").is(t, 200, nil)
		raw, err := os.ReadFile(filepath.Join(directory, ids[0]+".eml"))
		if err != nil || string(g.body) != string(raw) || g.header.Get("Content-Type") != "message/rfc822" || !strings.HasPrefix(g.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%v, %v %s", err, g.header, g.body)
		}
		l, err := s.Control.Audit(t.Context(), control.System("test"), control.AuditFilter{Action: "mail.", ObjectID: ids[0]}, control.Page{})
		if err != nil || len(l.Items) != 3 || l.Items[0].Action != "mail.download" || string(l.Items[1].After) != `{"attachment":1}` || l.Items[2].Action != "mail.read" {
			t.Errorf("the audit log has %+v, %v", l.Items, err)
		}
	})
	t.Run("a mail's page does nothing but show itself", func(t *testing.T) {
		g := s.do("GET", path+"/"+ids[0]+"/html", ann, "").is(t, 200, nil)
		if !strings.Contains(string(g.body), "It is late.") || !strings.HasPrefix(g.header.Get("Content-Type"), "text/html") {
			t.Errorf("%v %s", g.header, g.body)
		}
		policy := g.header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "; sandbox;", "frame-ancestors 'self'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("the policy %q lacks %s", policy, part)
			}
		}
		if strings.Contains(policy, "script") || strings.Contains(policy, "allow-") || g.header.Get("X-Frame-Options") != "SAMEORIGIN" {
			t.Errorf("%v", g.header)
		}
		s.do("GET", path+"/absent/html", ann, "").is(t, 404, nil)
	})
	t.Run("what there is not", func(t *testing.T) {
		for _, rest := range []string{"/nothing", "/nothing/raw", "/nothing/attachments/1", "/" + ids[0] + "/attachments/2", "/..%2Fcontrol.db/raw"} {
			s.do("GET", path+rest, ann, "").is(t, 404, nil)
		}
		s.do("GET", path+"/"+ids[0]+"/attachments/0", ann, "").is(t, 400, nil)
		l, err := s.Control.Audit(t.Context(), control.System("test"), control.AuditFilter{Action: "mail."}, control.Page{})
		if err != nil || len(l.Items) != 4 {
			t.Errorf("the audit log tells of what nobody got: %+v, %v", l.Items, err)
		}
	})
	t.Run("a file that is no mail is the server's fault", func(t *testing.T) {
		if err := os.WriteFile(filepath.Join(directory, "20990101-broken.eml"), []byte("none"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.do("GET", path+"/20990101-broken", ann, "").is(t, 500, nil)
		s.do("GET", path+"/20990101-broken/raw", ann, "").is(t, 200, nil)
		if s.do("GET", path, ann, "").is(t, 200, &list); list.Items[0].ID != "20990101-broken" || list.Items[0].Date != 0 {
			t.Errorf("%+v", list.Items[0])
		}
	})
	// Who could read the link in somebody's mail would have their account.
	t.Run("to see the settings is not enough", func(t *testing.T) {
		_, auditor := s.member("", control.Auditor)
		_, administrator := s.member("acme", control.TenantAdministrator)
		for _, rest := range []string{"", "/" + ids[0], "/" + ids[0] + "/raw", "/" + ids[0] + "/attachments/1"} {
			s.do("GET", path+rest, auditor, "").is(t, 403, nil)
			s.do("GET", path+rest, administrator, "").is(t, 403, nil)
		}
	})
	t.Run("a server without one", func(t *testing.T) {
		s := newSite(t, nil)
		_, ann := s.member("", control.SuperAdministrator)
		for _, rest := range []string{"", "/" + ids[0], "/" + ids[0] + "/raw", "/" + ids[0] + "/attachments/1"} {
			if g := s.do("GET", path+rest, ann, "").is(t, 404, nil); !strings.Contains(string(g.body), "this server has no mailbox") {
				t.Errorf("%s: %s", rest, g.body)
			}
		}
	})
}
