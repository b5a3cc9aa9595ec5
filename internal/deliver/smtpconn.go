package deliver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/tallystick/tallystick"
)

// smtpConn is a connection to a mail server, encrypted and signed in as the settings want it. One goroutine at a time uses it.
type smtpConn struct {
	client *smtp.Client
	raw    *bounded
	times  Timeouts
	idle   *time.Timer // of one that waits in the sender
	spoilt bool        // a time-out has hit it; nothing more can be said on it
}

// dial makes a connection, or says why there is none: a server's refusal as *textproto.Error, all else as it came.
func (s *smtpSender) dial(ctx context.Context) (*smtpConn, error) {
	connecting, cancel := context.WithTimeout(ctx, s.Timeouts.Connect)
	defer cancel()
	address := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	conn, err := new(net.Dialer).DialContext(connecting, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s can't be reached: %s", address, networkAnswer(err))
	}
	c := &smtpConn{raw: &bounded{conn, maxReply}, times: s.Timeouts}
	if err := c.open(ctx, connecting, s); err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *smtpConn) open(ctx, connecting context.Context, s *smtpSender) error {
	var conn net.Conn = c.raw
	if s.Security == TLS {
		encrypted := tls.Client(c.raw, s.tls)
		if err := encrypted.HandshakeContext(connecting); err != nil {
			return err
		}
		conn = encrypted
	}
	if err := c.command(ctx, func() (err error) { c.client, err = smtp.NewClient(conn, s.Host); return err }); err != nil {
		return err
	}
	c.client.SkipSMTPUTF8(true) // addresses are ASCII
	if err := c.command(ctx, func() error { return c.client.Hello(s.Hello) }); err != nil {
		return err
	}
	if s.Security == StartTLS {
		if ok, _ := c.client.Extension("STARTTLS"); !ok {
			return errors.New("the server offers no STARTTLS, and mail is not sent without it")
		}
		if err := c.command(ctx, func() error { return c.client.StartTLS(s.tls) }); err != nil {
			return err
		}
	}
	if s.User == "" {
		return nil
	}
	auth, err := s.auth(c.client)
	if err != nil {
		return err
	}
	return c.command(ctx, func() error { return c.client.Auth(auth) })
}

// auth chooses how to say who we are, over a connection that is encrypted.
func (s *smtpSender) auth(client *smtp.Client) (smtp.Auth, error) {
	_, has := client.Extension("AUTH")
	offered := strings.Fields(strings.ToLower(has))
	for _, way := range []Auth{AuthPlain, AuthLogin, AuthCRAMMD5} {
		if s.Auth != AuthAuto && s.Auth != way || !slices.Contains(offered, string(way)) {
			continue
		}
		switch way {
		case AuthPlain:
			return smtp.PlainAuth("", s.User, string(s.Password), s.Host, true), nil
		case AuthLogin:
			return smtp.LoginAuth(s.User, string(s.Password), s.Host, true), nil
		default:
			return smtp.CRAMMD5Auth(s.User, string(s.Password)), nil
		}
	}
	if has == "" {
		has = "none"
	}
	what := string(s.Auth)
	if s.Auth == AuthAuto {
		what = "plain, login and cram-md5"
	}
	return nil, fmt.Errorf("there is no way to sign in: the server offers %s, wanted is one of %s", has, what)
}

// command waits for what takes one command.
func (c *smtpConn) command(ctx context.Context, f func() error) error {
	return c.within(ctx, c.times.Command, f)
}

// within calls f, which reads and writes on the connection, and ends it when ctx ends or after a while.
func (c *smtpConn) within(ctx context.Context, while time.Duration, f func() error) error {
	limited, cancel := context.WithTimeout(ctx, while)
	defer cancel()
	stop := context.AfterFunc(limited, func() { c.raw.SetDeadline(time.Unix(1, 0)) })
	c.raw.left = maxReply
	err := f()
	if stop() {
		return err
	}
	c.spoilt = true
	switch reply := (*textproto.Error)(nil); {
	case err == nil || errors.As(err, &reply):
		return err // the answer came in the last moment; it counts
	case ctx.Err() != nil:
		return fmt.Errorf("broken off: %w", context.Cause(ctx))
	}
	return fmt.Errorf("no answer within %v: %w", while, os.ErrDeadlineExceeded)
}

// maxReply is how much, in bytes, is read of what a server says to one command: certificates are the longest of it.
const maxReply = 256 << 10

// bounded is a connection that doesn't read without end.
type bounded struct {
	net.Conn
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the server's answer has no end")
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// quit says goodbye, shortly, and ends the connection.
func (c *smtpConn) quit() {
	if !c.spoilt {
		c.within(context.Background(), 2*time.Second, c.client.Quit) // whether they hear it makes no difference
	}
	c.raw.Close()
}

// tlsConfig trusts the system's certificates and those of a file, "" being none.
func tlsConfig(host, caFile string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if caFile == "" {
		return config, nil
	}
	certificates, err := os.ReadFile(caFile)
	if err != nil {
		return nil, tallystick.Errorf(tallystick.Invalid, "the certificates to trust can't be read: %w", err).WithHint("name a file of certificates in PEM that the server may read")
	}
	if config.RootCAs, err = x509.SystemCertPool(); err != nil {
		config.RootCAs = x509.NewCertPool()
	}
	if !config.RootCAs.AppendCertsFromPEM(certificates) {
		return nil, tallystick.Errorf(tallystick.Invalid, "%q has no certificate", caFile).WithHint("write certificates into it in PEM, -----BEGIN CERTIFICATE-----")
	}
	return config, nil
}
