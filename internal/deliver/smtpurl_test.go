package deliver

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestParseSMTP(t *testing.T) {
	for _, test := range []struct {
		address string
		want    SMTP
	}{
		{"smtp://ada:s3cret@smtp.example.com:587?from=a@b.c", SMTP{Host: "smtp.example.com", Port: 587, Security: StartTLS, User: "ada", Password: "s3cret", From: "a@b.c"}},
		{"smtps://ada%40example.com:p%40ss%2Fw%23@smtp.example.com?from=a@b.c", SMTP{
			Host: "smtp.example.com", Security: TLS, User: "ada@example.com", Password: "p@ss/w#", From: "a@b.c",
		}},
		{"smtp+plain://mail.internal:25?from=a@b.c", SMTP{Host: "mail.internal", Port: 25, Security: Unencrypted, From: "a@b.c"}},
		{"smtp://localhost:1025/?security=none&from=a@b.c", SMTP{Host: "localhost", Port: 1025, Security: Unencrypted, From: "a@b.c"}},
		{"SMTP://[::1]:25?security=tls&auth=login&from=reports%40example.com&from-name=Usage+Reports&ca=/etc/ca.pem&hello=host.example.com", SMTP{
			Host: "::1", Port: 25, Security: TLS, Auth: AuthLogin, From: "reports@example.com", FromName: "Usage Reports", CAFile: "/etc/ca.pem", Hello: "host.example.com",
		}},
	} {
		if got, err := ParseSMTP(test.address); err != nil || got != test.want {
			t.Errorf("%s is %+v (%q), %v", test.address, got, string(got.Password), err)
		}
	}
}

func TestParseSMTPSaysNo(t *testing.T) {
	for address, says := range map[string]string{
		"":                                                           "does not begin with",
		"smtp.example.com:587":                                       "does not begin with",
		"http://smtp.example.com":                                    "does not begin with",
		"smtp://":                                                    "not a URL of a host",
		"smtp://ada:s3cret/x@smtp.example.com":                       "not a URL of a host",
		"smtp://ada:s3cret#@smtp.example.com":                        "not a URL of a host",
		"smtp://ada:s3cret%zz@smtp.example.com":                      "not a URL of a host",
		"smtp://ada:s3cret?x@smtp.example.com":                       "",
		"smtp://:s3cret@smtp.example.com":                            "for nobody",
		"smtp://ada:s3cret@smtp.example.com/a":                       "not a URL of a host",
		"smtp://ada:s3cret@smtp.example.com:0":                       "not a port",
		"smtp://ada:s3cret@h?from=a@b.c&security=maybe":              "no way to encrypt",
		"smtps://ada:s3cret@h?security=none":                         "says already",
		"smtp://ada:s3cret@h?from=a@b.c&auth=ntlm":                   "no way to sign in",
		"smtp://ada:s3cret@h?colour=green":                           "there is no",
		"smtp://ada:s3cret@h?from=a&from=b":                          "2 times",
		"smtp://ada:s3cret@h?from=nobody":                            "not a mail address",
		"smtp://ada:s3cret@h":                                        "which address mails come from; add ?from=reports@example.com",
		"smtp+plain://ada:s3cret@h?from=a@b.c":                       "not encrypted",
		"smtp+plain://ada@localhost?from=a@b.c":                      "not encrypted",
		"smtp://ada:s3cret@h?from=a@b.c&security=none&auth=cram-md5": "not encrypted",
		"smtp://ada:s3cret@h?from=a@b.c&from-name=a%0D%0Ab":          "line break",
		"smtp://ada:s3cret@h?from=a@b.c&hello=a%0D%0Ab":              "not a host",
	} {
		_, err := ParseSMTP(address)
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "; ") {
			t.Errorf("%q: %v, want %q and what to do", address, err, says)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the password is shown: %v", err)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	s := Settings{SMTP: SMTP{User: "ada", Password: "s3cret"}}
	d := Delivery{Secret: "s3cret"}
	j, err := json.Marshal([]any{s.SMTP, d.Secret})
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %v %s", s, s, &s, s.SMTP.Password), fmt.Sprintf("%+v %#v", d, d), string(j)} {
		if strings.Contains(shown, "s3cret") || !strings.Contains(shown, hidden) {
			t.Errorf("shown as %s", shown)
		}
	}
}

func FuzzParseSMTP(f *testing.F) {
	f.Add("smtp://ada:s3cret@smtp.example.com:587?from=a@example.com")
	f.Add("smtp+plain://[::1]:25")
	f.Fuzz(func(t *testing.T, address string) {
		s, err := ParseSMTP(address)
		if err == nil && (s.Host == "" || s.Port < 0 || s.Port > 65535 || strings.ContainsAny(s.Hello+s.From, "\r\n")) {
			t.Errorf("%q is %+v", address, s)
		}
	})
}
