package deliver

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// ParseSMTP reads how mail leaves from a URL:
//
//	smtp://user:password@smtp.example.com:587?from=reports@example.com   STARTTLS, or nothing is sent
//	smtps://user:password@smtp.example.com?from=reports@example.com      TLS from the first byte
//	smtp+plain://localhost:25?from=reports@example.com                   not encrypted, and so without user and password
//
// Behind the question mark are from and, where they are needed, from-name, auth, security, ca and hello, each once, for the fields of [SMTP] of those names. What is not said
// there is left empty. No error shows the password, nor what could hold it.
func ParseSMTP(address string) (SMTP, error) {
	const example = "write it like smtp://user:password@smtp.example.com:587?from=reports@example.com"
	refuse := func(hint, format string, args ...any) (SMTP, error) {
		return SMTP{}, tallystick.Errorf(tallystick.Invalid, "the address of the mail server can't be used: "+format, args...).WithHint("%s", hint)
	}
	scheme, rest, ok := strings.Cut(address, "://")
	scheme = strings.ToLower(scheme)
	security, known := map[string]Security{"smtp": StartTLS, "smtps": TLS, "smtp+plain": Unencrypted}[scheme]
	if !ok || !known {
		return refuse(example, "it does not begin with smtp://, smtps:// or smtp+plain://")
	}
	// net/url reads a user and password from what is before the last "@" of the host's part. A "/", "?" or "#" of a password that is not escaped ends that part.
	u, err := url.Parse("smtp://" + rest)
	if err != nil || u.Fragment != "" || strings.HasSuffix(rest, "#") || u.Path != "" && u.Path != "/" || u.Hostname() == "" {
		return refuse(example+", with / ? # @ : % of the password as %2F %3F %23 %40 %3A %25", "it is not a URL of a host")
	}
	s := SMTP{Host: u.Hostname(), Security: security, User: u.User.Username()}
	if password, has := u.User.Password(); has {
		s.Password = Secret(password)
	}
	if s.User == "" && s.Password != "" {
		return refuse(example, "it has a password for nobody")
	}
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return refuse("choose one of 1 to 65535; mail servers have 587, 465 or 25", "%q is not a port", port)
		}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return refuse(example, "what is behind the question mark can't be read")
	}
	for name, values := range query {
		value := values[0]
		switch {
		case len(values) > 1:
			return refuse("say it once", "it says %s %d times", name, len(values))
		case name == "from":
			s.From = value
		case name == "from-name":
			s.FromName = value
		case name == "auth":
			s.Auth = Auth(value)
		case name == "security":
			if s.Security = Security(value); scheme != "smtp" {
				return refuse("leave it out, or begin with smtp://", "%s:// says already how it is encrypted", scheme)
			}
		case name == "ca":
			s.CAFile = value
		case name == "hello":
			s.Hello = value
		default:
			return refuse("from, from-name, auth, security, ca and hello may stand behind the question mark", "there is no %q", short(name))
		}
	}
	if s.From == "" {
		return refuse("add ?from=reports@example.com, with an address of yours", "it does not say which address mails come from")
	}
	return s, s.Check()
}

// Check says in an error for people what is wrong with the settings, as far as that can be known without asking the server.
func (s SMTP) Check() error {
	_, err := s.complete()
	return err
}
