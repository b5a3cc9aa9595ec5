package deliver

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/deliver/delivertest"
)

func TestSendTest(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{})
	s := Settings{SMTP: plainTo(server), Now: clock}
	for _, test := range []struct {
		name   string
		change func(*Settings)
		to     string
		state  State
		says   string
	}{
		{"it works", func(*Settings) {}, "ada@example.com", Sent, server.Addr() + " has taken a message to ada@example.com: 250 2.0.0 OK: queued"},
		{"the server says no", func(*Settings) {
			server.Next(delivertest.Rcpt, delivertest.Answer{Code: 550, Enhanced: [3]int{5, 1, 1}, Text: "no such user"})
		}, "eve@example.com", Failed, "No message was sent: 550 5.1.1 no such user"},
		{"the server is busy", func(*Settings) { server.Next(delivertest.Connect, delivertest.Answer{Code: 421, Text: "4.3.2 busy"}) }, "eve@example.com", Again, "though it may work later: 421 4.3.2 busy"},
		{"nobody knows", func(*Settings) { server.Next(delivertest.Accept, delivertest.Drop) }, "eve@example.com", Unknown, "look whether it has come"},
		{"there is no server", func(s *Settings) { s.SMTP = SMTP{} }, "eve@example.com", Failed, "there is no mail server"},
		{"there is a mailbox", func(s *Settings) { s.SMTP, s.MailboxDir = SMTP{}, filepath.Join(t.TempDir(), "mailbox") }, "eve@example.com", Sent, "The mailbox has taken"},
		{"no address", func(*Settings) {}, "eve", Failed, "not a mail address"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := s
			test.change(&s)
			if got := Test(t.Context(), s, test.to); got.State != test.state || !strings.Contains(got.Answer, test.says) {
				t.Errorf("%v, want %s with %q", got, test.state, test.says)
			}
		})
	}
	if m := server.Messages(); len(m) != 2 || m[0].Header("Subject") != "Tallystick can send mail" {
		t.Errorf("the server has %d messages", len(m))
	}
}

func TestWays(t *testing.T) {
	for _, w := range Ways {
		found, ok := WayNamed(w.Name)
		if !ok || found.Name != w.Name || found.Check == nil || found.Open == nil {
			t.Errorf("the way %q is not whole", w.Name)
		}
		if err := found.Check(Settings{}, "nonsense"); err == nil {
			t.Errorf("%s takes any address", w.Name)
		}
		if sender, err := found.Open(Settings{}); err == nil || sender != nil {
			t.Errorf("%s opens without settings: %v, %v", w.Name, sender, err)
		}
	}
	if _, ok := WayNamed("pigeon"); ok {
		t.Error("there is a way that there is not")
	}
}
