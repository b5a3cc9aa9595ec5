package deliver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystick/tallystick/internal/deliver/delivertest"
)

// quick are time-outs for servers that hang on purpose.
var quick = Timeouts{Connect: 5 * time.Second, Command: 600 * time.Millisecond, Content: 600 * time.Millisecond, Accept: 600 * time.Millisecond}

func plainTo(s *delivertest.Server) SMTP {
	return SMTP{Host: s.Host, Port: s.Port, Security: Unencrypted, From: "reports@example.com", FromName: "Tallystick Reports"}
}

func senderOf(t testing.TB, s SMTP) *smtpSender {
	t.Helper()
	sender, err := openSMTP(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sender.Close() })
	return sender
}

// counted counts calls.
func counted(n *int) func() error { return func() error { *n++; return nil } }

// TestOutcomes says for everything that a server may do what becomes of a mail, how many copies the server has, and whether the attempt counts as begun.
func TestOutcomes(t *testing.T) {
	refuse := func(code, b, c int, text string) delivertest.Answer {
		return delivertest.Answer{Code: code, Enhanced: [3]int{code / 100, b, c}, Text: text}
	}
	for _, test := range []struct {
		name   string
		stage  delivertest.Stage
		answer delivertest.Answer
		state  State
		says   string
		copies int
		begun  int
	}{
		{"it is taken", "", delivertest.Answer{}, Sent, "250 2.0.0 OK: queued", 1, 1},
		{"busy at the greeting", delivertest.Connect, delivertest.Answer{Code: 421, Text: "4.3.2 too busy"}, Again, "421 4.3.2 too busy", 0, 0},
		{"not a mail server", delivertest.Connect, delivertest.Answer{Code: 554, Text: "5.3.2 no mail here"}, Failed, "554 5.3.2 no mail here", 0, 0},
		{"ends before the greeting", delivertest.Connect, delivertest.Drop, Again, "EOF", 0, 0},
		{"silent before the greeting", delivertest.Connect, delivertest.Hang, Again, "no answer within 600ms", 0, 0},
		{"421 to MAIL", delivertest.Mail, refuse(421, 3, 0, "going down"), Again, "421 4.3.0 going down", 0, 0},
		{"451 to MAIL", delivertest.Mail, refuse(451, 3, 0, "disk trouble"), Again, "451 4.3.0 disk trouble", 0, 0},
		{"550 to MAIL", delivertest.Mail, refuse(550, 7, 1, "not you"), Failed, "550 5.7.1 not you", 0, 0},
		{"421 to RCPT", delivertest.Rcpt, refuse(421, 3, 0, "going down"), Again, "421 4.3.0 going down", 0, 0},
		{"450 to RCPT", delivertest.Rcpt, refuse(450, 2, 1, "mailbox busy"), Again, "450 4.2.1 mailbox busy", 0, 0},
		{"550 to RCPT", delivertest.Rcpt, refuse(550, 1, 1, "no such user"), Failed, "550 5.1.1 no such user", 0, 0},
		{"an answer of several lines", delivertest.Rcpt, refuse(550, 1, 1, "no such user\nask \x1b[31mthe\tpostmaster"), Failed, "550 no such user 5.1.1 ask [31mthe postmaster", 0, 0},
		{"an answer without end", delivertest.Rcpt, refuse(550, 1, 1, strings.Repeat("é", 900)), Failed, "éé…", 0, 0},
		{"ends after RCPT", delivertest.Rcpt, delivertest.Drop, Again, "EOF", 0, 0},
		{"silent after RCPT", delivertest.Rcpt, delivertest.Hang, Again, "no answer within 600ms", 0, 0},
		{"421 after the content", delivertest.Accept, refuse(421, 3, 0, "going down"), Again, "421 4.3.0 going down", 0, 1},
		{"451 after the content", delivertest.Accept, refuse(451, 3, 0, "scanner down"), Again, "451 4.3.0 scanner down", 0, 1},
		{"552 after the content", delivertest.Accept, refuse(552, 3, 4, "too big"), Failed, "552 5.3.4 too big", 0, 1},
		{"554 after the content", delivertest.Content, refuse(554, 7, 1, "looks like spam"), Failed, "554 5.7.1 looks like spam", 0, 1},
		{"ends within the content", delivertest.Content, delivertest.Drop, Unknown, "broke", 0, 1},
		{"takes it and ends", delivertest.Accept, delivertest.Drop, Unknown, "the connection broke before the server said", 1, 1},
		{"takes it and is silent", delivertest.Accept, delivertest.Hang, Unknown, "no answer within 600ms", 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := delivertest.Start(t, delivertest.Options{})
			if test.stage != "" {
				server.Next(test.stage, test.answer)
			}
			s := plainTo(server)
			if test.answer == delivertest.Hang {
				s.Timeouts = quick
			}
			sender := senderOf(t, s)
			begun := 0
			got := sender.Send(t.Context(), billing(t), counted(&begun))
			if got.State != test.state || !strings.Contains(got.Answer, test.says) {
				t.Errorf("the outcome is %v, want %s with %q", got, test.state, test.says)
			}
			if len(got.Answer) > maxAnswer || strings.ContainsFunc(got.Answer, isBreak) {
				t.Errorf("the answer is not fit to be shown: %q", got.Answer)
			}
			if n := len(server.Messages()); n != test.copies || begun != test.begun {
				t.Errorf("the server has %d copies, want %d; begun %d times, want %d", n, test.copies, begun, test.begun)
			}
			if test.state != Again && test.state != Unknown {
				return
			}
			// What comes next, when somebody tries again, is the same message to the last byte.
			if got := sender.Send(t.Context(), billing(t), counted(&begun)); got.State != Sent {
				t.Errorf("the second attempt: %v", got)
			}
			for _, m := range server.Messages() {
				if m.Header("Message-ID") != "<d-7f3a@example.com>" || string(m.Raw) != string(server.Messages()[0].Raw) {
					t.Errorf("the second copy is another message: %s", m.Header("Message-ID"))
				}
			}
		})
	}
}

func TestWhatTheServerGets(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{})
	if got := senderOf(t, plainTo(server)).Send(t.Context(), billing(t), func() error { return nil }); got.State != Sent {
		t.Fatal(got)
	}
	m := server.Messages()[0]
	if m.From != "reports@example.com" || m.To != "ada@example.com" {
		t.Errorf("from %s to %s", m.From, m.To)
	}
	if string(m.Raw) != string(bytesOf(t, billing(t))) {
		t.Errorf("the bytes on the line are others:\n%q\n%q", m.Raw, bytesOf(t, billing(t)))
	}
}

func TestGreylisting(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{})
	server.Greylist()
	sender := senderOf(t, plainTo(server))
	begun := 0
	first := sender.Send(t.Context(), billing(t), counted(&begun))
	second := sender.Send(t.Context(), billing(t), counted(&begun))
	if first.State != Again || second.State != Sent || begun != 1 || len(server.Messages()) != 1 {
		t.Errorf("%v, then %v, begun %d times", first, second, begun)
	}
	if server.Dialled() != 1 {
		t.Errorf("a refusal cost a connection: %d", server.Dialled())
	}
}

func TestBeginThatFailsSendsNothing(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{})
	got := senderOf(t, plainTo(server)).Send(t.Context(), billing(t), func() error { return errors.New("the lease is lost") })
	if got.State != Again || !strings.Contains(got.Answer, "the lease is lost") || len(server.Messages()) != 0 {
		t.Errorf("%v, %d copies", got, len(server.Messages()))
	}
}

func TestAFileThatBreaksOffIsNotSent(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{})
	sender := senderOf(t, plainTo(server))
	d := billing(t)
	d.File.Open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("room"), failing{errors.New("input/output error")})), nil
	}
	got := sender.Send(t.Context(), d, func() error { return nil })
	if got.State != Again || !strings.Contains(got.Answer, "input/output error") {
		t.Error(got)
	}
	if got := sender.Send(t.Context(), linked(t), func() error { return nil }); got.State != Sent || len(server.Messages()) != 1 {
		t.Errorf("%v, %d copies", got, len(server.Messages()))
	}
}

// A connection that breaks, or on which the server reads no more, in the middle of a long mail: the final dot can't have left, so that the server has no mail, and the next try sends
// the same one.
func TestALongMailThatBreaksOff(t *testing.T) {
	content := make([]byte, MaxAttachment)
	for i := range content {
		content[i] = byte(i * i >> 3)
	}
	for _, answer := range []delivertest.Answer{delivertest.Drop, delivertest.Hang} {
		server := delivertest.Start(t, delivertest.Options{})
		server.Next(delivertest.Content, answer)
		s := plainTo(server)
		if answer == delivertest.Hang {
			s.Timeouts = quick
		}
		sender := senderOf(t, s)
		d := billing(t)
		d.File = &File{Name: "long.csv", MediaType: "text/csv", Size: int64(len(content)), Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
		begun := 0
		got := sender.Send(t.Context(), d, counted(&begun))
		if got.State != Again || !strings.Contains(got.Answer, "the connection broke before the mail was whole") || begun != 1 || len(server.Messages()) != 0 {
			t.Errorf("%+v: %v, begun %d times, %d copies", answer, got, begun, len(server.Messages()))
		}
		got = senderOf(t, plainTo(server)).Send(t.Context(), d, counted(&begun))
		if list := server.Messages(); got.State != Sent || len(list) != 1 || list[0].Header("Message-ID") != "<d-7f3a@example.com>" || len(list[0].Raw) < len(content) {
			t.Errorf("%+v, the second attempt: %v, %d copies", answer, got, len(list))
		}
	}
}

func TestAnAnswerWithoutEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		c, err := listener.Accept()
		for err == nil {
			_, err = c.Write([]byte(strings.Repeat("220-welcome", 1000)))
		}
	}()
	s := SMTP{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Security: Unencrypted, From: "reports@example.com"}
	if got := senderOf(t, s).Send(t.Context(), billing(t), func() error { return nil }); got.State != Again || !strings.Contains(got.Answer, "no end") {
		t.Error(got)
	}
}

func TestTooLongForTheServer(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{MaxSize: 4000})
	begun := 0
	got := senderOf(t, plainTo(server)).Send(t.Context(), billing(t), counted(&begun))
	if got.State != Failed || begun != 0 || !strings.Contains(got.Answer, "the server takes 4 kB") {
		t.Error(got)
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{})
	sender := senderOf(t, plainTo(server))
	send := func(id string) {
		t.Helper()
		d := billing(t)
		d.ID = id
		begun := 0
		if got := sender.Send(t.Context(), d, counted(&begun)); got.State != Sent || begun != 1 {
			t.Fatalf("%v, begun %d times", got, begun)
		}
	}
	send("1")
	send("2")
	if server.Dialled() != 1 {
		t.Errorf("two mails took %d connections", server.Dialled())
	}
	server.DropConnections()
	send("3")
	server.Next(delivertest.Mail, delivertest.Answer{Code: 421, Enhanced: [3]int{4, 4, 2}, Text: "you have waited too long"})
	send("4")
	if len(server.Messages()) != 4 || server.Dialled() != 3 {
		t.Errorf("%d mails over %d connections", len(server.Messages()), server.Dialled())
	}
}

func TestIdleConnectionsEnd(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{})
	s := plainTo(server)
	s.Timeouts.Idle = time.Millisecond
	sender := senderOf(t, s)
	if got := sender.Send(t.Context(), billing(t), func() error { return nil }); got.State != Sent {
		t.Fatal(got)
	}
	for {
		sender.mu.Lock()
		n := len(sender.idle)
		sender.mu.Unlock()
		if n == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestManyAtOnce(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{})
	sender := senderOf(t, plainTo(server))
	var all sync.WaitGroup
	var begun atomic.Int32
	for i := range 20 {
		all.Go(func() {
			d := billing(t)
			d.ID, d.To = fmt.Sprint("d-", i), fmt.Sprintf("user%d@example.com", i)
			if got := sender.Send(t.Context(), d, func() error { begun.Add(1); return nil }); got.State != Sent {
				t.Error(got)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, m := range server.Messages() {
		seen[m.To+m.Header("Message-ID")] = true
	}
	if len(seen) != 20 || len(server.Messages()) != 20 || begun.Load() != 20 || server.Dialled() > maxConnections {
		t.Errorf("%d mails, %d of them different, over %d connections", len(server.Messages()), len(seen), server.Dialled())
	}
}

func TestTheContextEndsAnAttempt(t *testing.T) {
	t.Run("before it has begun", func(t *testing.T) {
		server := delivertest.Start(t, delivertest.Options{})
		server.Always(delivertest.Rcpt, delivertest.Hang)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		begun := 0
		if got := senderOf(t, plainTo(server)).Send(ctx, billing(t), counted(&begun)); got.State != Again || begun != 0 {
			t.Errorf("%v, begun %d times", got, begun)
		}
	})
	t.Run("that takes too long as a whole", func(t *testing.T) {
		server := delivertest.Start(t, delivertest.Options{})
		server.Always(delivertest.Rcpt, delivertest.Hang)
		s := plainTo(server)
		s.Timeouts.Whole = 100 * time.Millisecond
		if got := senderOf(t, s).Send(t.Context(), billing(t), func() error { return nil }); got.State != Again || !strings.Contains(got.Answer, "broken off") {
			t.Error(got)
		}
	})
	t.Run("not when it is at its end", func(t *testing.T) {
		server := delivertest.Start(t, delivertest.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		if got := senderOf(t, plainTo(server)).Send(ctx, billing(t), func() error { cancel(); return nil }); got.State != Sent {
			t.Error(got)
		}
	})
}

func TestEncryption(t *testing.T) {
	for _, test := range []struct {
		name   string
		server delivertest.Options
		change func(*SMTP, *delivertest.Server)
		state  State
		says   string
	}{
		{"STARTTLS", delivertest.Options{StartTLS: true}, func(s *SMTP, srv *delivertest.Server) { s.Security, s.CAFile = StartTLS, srv.CAFile }, Sent, "250"},
		{"TLS from the first byte", delivertest.Options{TLS: true}, func(s *SMTP, srv *delivertest.Server) { s.Security, s.CAFile = TLS, srv.CAFile }, Sent, "250"},
		{"no STARTTLS is offered", delivertest.Options{}, func(s *SMTP, _ *delivertest.Server) { s.Security = StartTLS }, Again, "offers no STARTTLS"},
		{"the certificate is by nobody we trust", delivertest.Options{StartTLS: true}, func(s *SMTP, _ *delivertest.Server) { s.Security = StartTLS }, Again, "unknown authority"},
		{"also with TLS", delivertest.Options{TLS: true}, func(s *SMTP, _ *delivertest.Server) { s.Security = TLS }, Again, "unknown authority"},
		{"TLS to a server that has none", delivertest.Options{}, func(s *SMTP, _ *delivertest.Server) { s.Security = TLS }, Again, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := delivertest.Start(t, test.server)
			s := plainTo(server)
			test.change(&s, server)
			begun := 0
			got := senderOf(t, s).Send(t.Context(), billing(t), counted(&begun))
			if got.State != test.state || !strings.Contains(got.Answer, test.says) {
				t.Fatalf("%v, want %s with %q", got, test.state, test.says)
			}
			if (begun == 1) != (test.state == Sent) {
				t.Errorf("begun %d times", begun)
			}
			for _, m := range server.Messages() {
				if !m.TLS {
					t.Error("it went out unencrypted")
				}
			}
		})
	}
}

func TestSigningIn(t *testing.T) {
	users := map[string]string{"ada": "s3cret"}
	for _, test := range []struct {
		name     string
		offers   []string
		auth     Auth
		password Secret
		state    State
		says     string
	}{
		{"PLAIN", nil, AuthPlain, "s3cret", Sent, ""},
		{"LOGIN", nil, AuthLogin, "s3cret", Sent, ""},
		{"CRAM-MD5", nil, AuthCRAMMD5, "s3cret", Sent, ""},
		{"whatever there is", []string{"LOGIN"}, AuthAuto, "s3cret", Sent, ""},
		{"whatever there is, by default", []string{"CRAM-MD5"}, "", "s3cret", Sent, ""},
		{"a wrong password", nil, AuthPlain, "guess", Failed, "535 5.7.8 Authentication failed"},
		{"a wrong password by LOGIN", nil, AuthLogin, "guess", Failed, "535"},
		{"a wrong password by CRAM-MD5", nil, AuthCRAMMD5, "guess", Failed, "535"},
		{"none in common", []string{"PLAIN"}, AuthCRAMMD5, "s3cret", Again, "the server offers PLAIN, wanted is one of cram-md5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := delivertest.Start(t, delivertest.Options{StartTLS: true, Users: users, Mechanisms: test.offers})
			s := plainTo(server)
			s.Security, s.CAFile, s.User, s.Auth, s.Password = StartTLS, server.CAFile, "ada", test.auth, test.password
			got := senderOf(t, s).Send(t.Context(), billing(t), func() error { return nil })
			if got.State != test.state || !strings.Contains(got.Answer, test.says) || strings.Contains(got.Answer, string(test.password)) {
				t.Errorf("%v, want %s with %q", got, test.state, test.says)
			}
			if test.state == Sent && server.Messages()[0].User != "ada" {
				t.Error("it was sent by nobody")
			}
		})
	}
}

func TestACertificateForAnotherHost(t *testing.T) {
	server := delivertest.Start(t, delivertest.Options{StartTLS: true})
	s := plainTo(server)
	s.Security, s.CAFile = StartTLS, server.CAFile
	sender := senderOf(t, s)
	sender.tls.ServerName = "mail.example.com"
	if got := sender.Send(t.Context(), billing(t), func() error { return nil }); got.State != Again || !strings.Contains(got.Answer, "mail.example.com") {
		t.Error(got)
	}
}

func TestThePasswordIsNotSentInTheOpen(t *testing.T) {
	for _, auth := range []Auth{AuthAuto, AuthPlain, AuthLogin, AuthCRAMMD5} {
		s := SMTP{Host: "localhost", Security: Unencrypted, User: "ada", Password: "s3cret", Auth: auth, From: "a@example.com"}
		if _, err := openSMTP(s); err == nil || !strings.Contains(err.Error(), "not encrypted") {
			t.Errorf("%s: %v", auth, err)
		}
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	listener.Close()
	s := SMTP{Host: "127.0.0.1", Port: address.Port, Security: Unencrypted, From: "reports@example.com"}
	got := senderOf(t, s).Send(t.Context(), billing(t), func() error { return nil })
	if got.State != Again || !strings.Contains(got.Answer, address.String()+" can't be reached: ") || !strings.Contains(got.Answer, "refused") {
		t.Error(got)
	}
}

// TestAnAnswerOfTheLastMoment has one come together with the time-out: it counts, and the connection is of no use for another.
func TestAnAnswerOfTheLastMoment(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	c := &smtpConn{raw: &bounded{Conn: ours}}
	if err := c.within(t.Context(), time.Millisecond, func() error { time.Sleep(50 * time.Millisecond); return nil }); err != nil || !c.spoilt {
		t.Errorf("%v, spoilt: %v", err, c.spoilt)
	}
}

func TestMailAddresses(t *testing.T) {
	for _, test := range []struct{ address, want string }{
		{"ada@example.com", "ada@example.com"},
		{"Ada.L+tally@mail.Example.com", "Ada.L+tally@mail.example.com"},
		{"ada@müller.example", "ada@xn--mller-kva.example"},
		{"ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"},
		{"ada@localhost", "ada@localhost"},
		{"", ""}, {"ada", ""}, {"@example.com", ""}, {"ada@", ""}, {"ada@example.com\r\nRCPT TO:<eve@example.org>", ""}, {"ada@example.com> SIZE=1", ""},
		{"ada lovelace@example.com", ""}, {`"ada"@example.com`, ""}, {"ada@[127.0.0.1]", ""}, {"ada@127.0.0.1", ""}, {"a..b@example.com", ""}, {".a@example.com", ""},
		{"ädä@example.com", ""}, {"ada@example..com", ""}, {"ada@example.com.", ""}, {"ada@-example.com", ""}, {"Ada <ada@example.com>", ""}, {"a@b@example.com", ""},
		{strings.Repeat("x", 65) + "@example.com", ""}, {"ada@" + strings.Repeat("x", 64) + ".com", ""}, {"ada@exa\x00mple.com", ""}, {"ada,eve@example.com", ""},
	} {
		got, err := mailAddress(test.address)
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%q is %q, %v; want %q", test.address, got, err, test.want)
		}
		if err != nil && !strings.Contains(err.Error(), "; ") {
			t.Errorf("%v does not say what to do", err)
		}
	}
}
