package deliver

import (
	"strings"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// Secret is a text that isn't shown: printed or as JSON it is ***.
type Secret string

const hidden = "***"

func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Settings are what a server is told about its ways.
type Settings struct {
	SMTP         SMTP
	AllowPrivate bool             // webhooks may lead into private networks and to this machine, and need no TLS
	CAFile       string           // of webhooks: certificates that are trusted beside the system's; PEM
	MailboxDir   string           // where the mailbox is
	MailboxKeeps int              // messages; 0: 1000
	FS           disk.FS          // of the mailbox; nil: disk.OS
	Now          func() time.Time // what a webhook is signed at
}

// SMTP is how mail leaves. The zero value is no way to send mail.
type SMTP struct {
	Host     string   // name or address
	Port     int      // 0: 587, with TLS 465, without encryption 25
	Security Security // "": StartTLS
	User     string   // empty: the server wants none
	Password Secret
	Auth     Auth   // "": AuthAuto
	From     string // mail address that mails come from
	FromName string
	Hello    string   // what we call ourselves; empty: the domain of From
	CAFile   string   // certificates that are trusted beside the system's; PEM
	Timeouts Timeouts // zero: those of DefaultTimeouts
}

// Security is how a connection to a mail server is encrypted.
type Security string

const (
	StartTLS    Security = "starttls" // it begins plain and turns to TLS before anything is said, or ends
	TLS         Security = "tls"      // from the first byte
	Unencrypted Security = "none"
)

// Auth is how we say who we are; over a connection that isn't encrypted nobody says it.
type Auth string

const (
	AuthAuto    Auth = "auto" // the first that the server has, of PLAIN, LOGIN and CRAM-MD5
	AuthPlain   Auth = "plain"
	AuthLogin   Auth = "login"
	AuthCRAMMD5 Auth = "cram-md5"
)

// Timeouts say how long a mail server may keep us waiting; a zero one is that of DefaultTimeouts.
type Timeouts struct {
	Connect time.Duration // until the connection is there, and encrypted
	Command time.Duration // for an answer to a command, the greeting among them
	Content time.Duration // until the message is with the server
	Accept  time.Duration // for the answer to the whole message
	Whole   time.Duration // for an attempt
	Idle    time.Duration // how long a connection that nobody uses is kept
}

// DefaultTimeouts are below those of RFC 5321, section 4.5.3.2, which are for relays with nobody waiting. Accept is the longest: to give up there is to never know.
var DefaultTimeouts = Timeouts{Connect: 15 * time.Second, Command: time.Minute, Content: 3 * time.Minute, Accept: 5 * time.Minute, Whole: 12 * time.Minute, Idle: 10 * time.Second}

func (t Timeouts) orDefault() Timeouts {
	for _, d := range []struct{ t, fallback *time.Duration }{
		{&t.Connect, &DefaultTimeouts.Connect}, {&t.Command, &DefaultTimeouts.Command}, {&t.Content, &DefaultTimeouts.Content},
		{&t.Accept, &DefaultTimeouts.Accept}, {&t.Whole, &DefaultTimeouts.Whole}, {&t.Idle, &DefaultTimeouts.Idle},
	} {
		if *d.t <= 0 {
			*d.t = *d.fallback
		}
	}
	return t
}

// ports are where mail servers listen, by how the connection is encrypted.
var ports = map[Security]int{StartTLS: 587, TLS: 465, Unencrypted: 25}

// Usual returns the settings with the encryption, port and sign-in that hold where none is said.
func (s SMTP) Usual() SMTP {
	if s.Security == "" {
		s.Security = StartTLS
	}
	if s.Port == 0 {
		s.Port = ports[s.Security]
	}
	if s.Auth == "" {
		s.Auth = AuthAuto
	}
	return s
}

// complete returns the settings with what was left to us, or an error for people.
func (s SMTP) complete() (SMTP, error) {
	invalid := func(hint, format string, args ...any) (SMTP, error) {
		return SMTP{}, tallystick.Errorf(tallystick.Invalid, format, args...).WithHint("%s", hint)
	}
	if s.Host == "" {
		return invalid("name the mail server, such as smtp.example.com", "there is no mail server to send by")
	}
	s = s.Usual()
	if _, known := ports[s.Security]; !known {
		return invalid("choose starttls, tls or none", "%q is no way to encrypt mail", s.Security)
	}
	if s.Port < 1 || s.Port > 65535 {
		return invalid("choose one of 1 to 65535; mail servers have 587, 465 or 25", "%d is not a port", s.Port)
	}
	if s.Security == Unencrypted && (s.User != "" || s.Password != "") {
		return invalid("leave user and password out, or encrypt by starttls (smtp://) or tls (smtps://)",
			"the connection to %s is not encrypted, and no user or password is sent over such a one", short(s.Host))
	}
	switch s.Auth {
	case AuthAuto, AuthPlain, AuthLogin, AuthCRAMMD5:
	default:
		return invalid("choose auto, plain, login or cram-md5", "%q is no way to sign in at a mail server", s.Auth)
	}
	from, err := mailAddress(s.From)
	if err != nil {
		return SMTP{}, tallystick.Errorf(tallystick.Invalid, "mails can't come from there: %w", err)
	}
	s.From = from
	if err := checkLine("sender's name", s.FromName); err != nil {
		return SMTP{}, err
	}
	if s.Hello == "" {
		s.Hello = domainOf(from)
	}
	if strings.Trim(s.Hello, domainLetters) != "" {
		return invalid("write the name of this host, such as reports.example.com", "%q is not a host to say hello as", short(s.Hello))
	}
	s.Timeouts = s.Timeouts.orDefault()
	return s, nil
}
