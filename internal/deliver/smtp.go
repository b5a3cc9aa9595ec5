package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"net/textproto"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// mailWay is mail by SMTP.
var mailWay = Way{Name: "mail", Check: checkMailAddress, Open: openMail}

// openMail opens the way that mail goes: by the mail server, or where there is none into the mailbox, if there is one.
func openMail(s Settings) (Sender, error) {
	if s.SMTP.Host == "" && s.MailboxDir != "" {
		return opened(OpenMailbox(s))
	}
	return opened(openSMTP(s.SMTP))
}

// maxConnections is how many connections to a mail server there are at a time; more wait. Servers turn away who has many.
const maxConnections = 4

// grace is how long an attempt that has begun may go on when its context has ended.
const grace = 10 * time.Second

// smtpSender sends mail, one message to one recipient at a time on each connection, and keeps connections for the next.
type smtpSender struct {
	SMTP
	tls   *tls.Config
	slots chan struct{} // as many as there are connections in use
	quits sync.WaitGroup

	mu     sync.Mutex
	idle   []*smtpConn // the one last used is the last
	closed bool
}

var _ Sender = (*smtpSender)(nil)

func openSMTP(s SMTP) (*smtpSender, error) {
	s, err := s.complete()
	if err != nil {
		return nil, err
	}
	config, err := tlsConfig(s.Host, s.CAFile)
	if err != nil {
		return nil, err
	}
	return &smtpSender{SMTP: s, tls: config, slots: make(chan struct{}, maxConnections)}, nil
}

// Send sends a mail. A connection that has waited may be dead without our knowing; then it is tried on a new one, once, and the server has seen nothing of it twice.
func (s *smtpSender) Send(ctx context.Context, d *Delivery, begin func() error) Outcome {
	m, err := d.mail(s.From, s.FromName)
	if err != nil {
		return outcome(Failed, err.Error())
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return outcome(Again, "broken off: "+context.Cause(ctx).Error())
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeouts.Whole)
	defer cancel()
	if c := s.take(); c != nil {
		err := c.command(ctx, c.client.Reset)
		if err == nil {
			err = c.envelope(ctx, m)
		}
		if !isStale(err) {
			return s.finish(ctx, c, m, begin, err)
		}
		c.quit()
	}
	c, err := s.dial(ctx)
	if err != nil {
		return refusal(err)
	}
	return s.finish(ctx, c, m, begin, c.envelope(ctx, m))
}

// isStale reports whether an error on a connection that has waited may only say that it has waited.
func isStale(err error) bool {
	reply := (*textproto.Error)(nil)
	return err != nil && (!errors.As(err, &reply) || reply.Code == 421)
}

// envelope names sender and recipient.
func (c *smtpConn) envelope(ctx context.Context, m *message) error {
	if _, limit := c.client.Extension("SIZE"); limit != "" {
		if n, err := strconv.ParseInt(limit, 10, 64); err == nil && n > 0 && m.size() > n {
			return &textproto.Error{Code: 552, Msg: "the mail has " + size(m.size()) + ", and the server takes " + size(n)}
		}
	}
	if err := c.command(ctx, func() error { return c.client.Mail("<" + m.from + ">") }); err != nil {
		return err
	}
	return c.command(ctx, func() error { return c.client.Rcpt("<" + m.to + ">") })
}

// finish sends the content, unless the envelope was refused, and puts the connection away.
func (s *smtpSender) finish(ctx context.Context, c *smtpConn, m *message, begin func() error, refused error) Outcome {
	o, usable := c.content(ctx, m, begin, refused)
	if usable && !c.spoilt {
		s.put(c)
	} else {
		c.raw.Close()
	}
	return o
}

// content sends the content and says how the attempt ended, and whether the connection is good for another.
func (c *smtpConn) content(ctx context.Context, m *message, begin func() error, refused error) (o Outcome, usable bool) {
	var w *smtp.DataCloser
	if refused == nil {
		refused = c.command(ctx, func() error {
			writer, err := c.client.Data()
			w, _ = writer.(*smtp.DataCloser)
			return err
		})
	}
	if refused != nil {
		reply := (*textproto.Error)(nil)
		return refusal(refused), errors.As(refused, &reply) && reply.Code != 421
	}
	// From here on, whoever returns without the final dot has to end the connection: to the server it is a message that was never there, RFC 5321, section 4.1.1.4.
	if err := ctx.Err(); err != nil {
		return outcome(Again, "broken off: "+context.Cause(ctx).Error()), false
	}
	if err := begin(); err != nil {
		return outcome(Again, "not begun: "+err.Error()), false
	}
	ctx, cancel := afterBegin(ctx)
	defer cancel()
	if err := c.within(ctx, c.times.Content, func() error { return m.writeTo(w) }); errors.Is(err, errFile) {
		return outcome(Again, err.Error()), false
	} else if err != nil {
		return outcome(Again, "the connection broke before the mail was whole, so the server does not have it: "+networkAnswer(err)), false
	}
	err := c.within(ctx, c.times.Accept, w.Close)
	reply := (*textproto.Error)(nil)
	switch {
	case err == nil:
		return outcome(Sent, replyLine(250, w.ServerResponse())), true
	case errors.As(err, &reply) && reply.Code/100 == 2:
		return outcome(Sent, replyLine(reply.Code, reply.Msg)), true
	case errors.As(err, &reply) && (reply.Code/100 == 4 || reply.Code/100 == 5):
		return refusal(err), reply.Code != 421
	}
	return outcome(Unknown, "the connection broke before the server said whether it has taken the mail: "+networkAnswer(err)), false
}

// afterBegin returns the context of an attempt that has begun: the end of ctx ends it too, but only after a while.
func afterBegin(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		later := time.AfterFunc(grace, cancel)
		context.AfterFunc(longer, func() { later.Stop() })
	})
	return longer, func() { stop(); cancel() }
}

// refusal is the outcome of an attempt that ended before its content began, or with the server's no.
func refusal(err error) Outcome {
	reply := (*textproto.Error)(nil)
	if !errors.As(err, &reply) {
		return outcome(Again, networkAnswer(err))
	}
	if reply.Code/100 == 5 {
		return outcome(Failed, replyLine(reply.Code, reply.Msg))
	}
	return outcome(Again, replyLine(reply.Code, reply.Msg))
}

// take returns a connection that waits, or nil.
func (s *smtpSender) take() *smtpConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) == 0 {
		return nil
	}
	c := s.idle[len(s.idle)-1]
	s.idle = s.idle[:len(s.idle)-1]
	c.idle.Stop()
	return c
}

// put lets a connection wait for the next message, for a while.
func (s *smtpSender) put(c *smtpConn) {
	s.mu.Lock()
	if !s.closed {
		s.idle = append(s.idle, c)
		c.idle = time.AfterFunc(s.Timeouts.Idle, func() { s.drop(c) })
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	c.quit()
}

// drop ends a connection that has waited too long, if nobody has taken it meanwhile.
func (s *smtpSender) drop(c *smtpConn) {
	s.mu.Lock()
	at := slices.Index(s.idle, c)
	if at < 0 {
		s.mu.Unlock()
		return
	}
	s.idle = slices.Delete(s.idle, at, at+1)
	s.quits.Add(1)
	s.mu.Unlock()
	c.quit()
	s.quits.Done()
}

// Close ends the connections that wait; one in use is ended by who uses it.
func (s *smtpSender) Close() error {
	s.mu.Lock()
	idle := s.idle
	s.idle, s.closed = nil, true
	s.mu.Unlock()
	for _, c := range idle {
		c.idle.Stop()
		c.quit()
	}
	s.quits.Wait()
	return nil
}
