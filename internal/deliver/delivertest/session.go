package delivertest

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is a connection that has said hello.
type session struct {
	s              *Server
	conn           *smtp.Conn
	user, from, to string
}

var _ smtp.AuthSession = (*session)(nil)

func (s *session) Reset()        { s.from, s.to = "", "" }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.s.options.Users != nil && s.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	if s.from != "" {
		return &smtp.SMTPError{Code: 503, EnhancedCode: smtp.EnhancedCode{5, 5, 1}, Message: "Another mail has been begun; RSET first"}
	}
	s.from = from
	return s.s.do(s.s.answer(Mail), s.conn.Conn())
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.s.mu.Lock()
	if s.s.grey != nil && !s.s.grey[to] {
		s.s.grey[to] = true
		s.s.mu.Unlock()
		return &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, please try again later"}
	}
	s.s.mu.Unlock()
	return s.s.do(s.s.answer(Rcpt), s.conn.Conn())
}

func (s *session) Data(r io.Reader) error {
	if a := s.s.answer(Content); a != nil {
		io.CopyN(io.Discard, r, 100)
		return s.s.do(a, s.conn.Conn())
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	a := s.s.answer(Accept)
	if a == nil || a.then != "" {
		_, encrypted := s.conn.TLSConnectionState()
		s.s.mu.Lock()
		s.s.messages = append(s.s.messages, Message{From: s.from, To: s.to, User: s.user, TLS: encrypted, Raw: raw})
		s.s.mu.Unlock()
	}
	return s.s.do(a, s.conn.Conn())
}

func (s *session) AuthMechanisms() []string {
	switch {
	case s.s.options.Users == nil:
		return nil
	case s.s.options.Mechanisms != nil:
		return s.s.options.Mechanisms
	}
	return []string{"PLAIN", "LOGIN", "CRAM-MD5"}
}

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if !slices.Contains(s.AuthMechanisms(), mechanism) {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	check := func(user, password string) error {
		if want, ok := s.s.options.Users[user]; !ok || want != password {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}
	switch mechanism {
	case "PLAIN":
		return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
	case "LOGIN":
		return &login{check: check}, nil
	default:
		return &cramMD5{s: s}, nil
	}
}

// login is the server's side of AUTH LOGIN, which no RFC has.
type login struct {
	check func(user, password string) error
	user  *string
	asked bool
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case !l.asked && response == nil:
		l.asked = true
		return []byte("Username:"), false, nil
	case l.user == nil:
		l.asked = true
		user := string(response)
		l.user = &user
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(*l.user, string(response))
}

// cramMD5 is the server's side of RFC 2195.
type cramMD5 struct {
	s     *session
	asked bool
}

const challenge = "<1896.697170952@mail.test>"

func (c *cramMD5) Next(response []byte) ([]byte, bool, error) {
	if !c.asked {
		c.asked = true
		return []byte(challenge), false, nil
	}
	user, digest, ok := strings.Cut(string(response), " ")
	password, known := c.s.s.options.Users[user]
	if !ok || !known {
		return nil, true, smtp.ErrAuthFailed
	}
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(challenge))
	sent, err := hex.DecodeString(digest)
	if err != nil || !hmac.Equal(sent, mac.Sum(nil)) {
		return nil, true, smtp.ErrAuthFailed
	}
	c.s.user = user
	return nil, true, nil
}
