package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

func TestSettings(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		set := func(name, value string, want tallystick.Code) {
			p.Helper()
			if got := tallystick.CodeOf(p.SetSetting(ctx, root, name, json.RawMessage(value))); got != want {
				p.Errorf("%s = %s: %q, want %q", name, value, got, want)
			}
		}
		for _, test := range []struct {
			name, value string
			want        tallystick.Code
		}{
			{"time_zone", `"Europe/Berlin"`, ""}, {"time_zone", `"Mars/Base"`, tallystick.Invalid}, {"time_zone", `7`, tallystick.Invalid},
			{"retention_days", `90`, ""}, {"retention_days", `0`, tallystick.Invalid}, {"retention_days", `1.5`, tallystick.Invalid}, {"retention_days", `5 6`, tallystick.Invalid},
			{"public_url", `"https://t.example.org/x"`, ""}, {"public_url", `"javascript:alert(1)"`, tallystick.Invalid}, {"public_url", `"https://u:p@t.example"`, tallystick.Invalid},
			{"mail_domains", `["Example.org"]`, ""}, {"mail_domains", `["a b"]`, tallystick.Invalid}, {"mail_domains", `"x"`, tallystick.Invalid},
			{"smtp_from", `"reports@example.org"`, ""}, {"smtp_from", `"a@b\r\nBcc: c@d"`, tallystick.Invalid},
			{"smtp_security", `"tls"`, ""}, {"smtp_security", `"maybe"`, tallystick.Invalid},
			{"smtp_password", `"open sesame"`, ""}, {"smtp_password", `""`, tallystick.Invalid}, {"smtp_password", `{"open`, tallystick.Invalid},
			{"services", `["dnis", "sms"]`, ""}, {"nonsense", `1`, tallystick.NotFound},
		} {
			set(test.name, test.value, test.want)
		}
		var days int
		p.is(p.Setting(ctx, "retention_days", &days), "")
		var domains []string
		p.is(p.Setting(ctx, "mail_domains", &domains), "")
		if days != 90 || fmt.Sprint(domains) != "[example.org]" {
			p.Errorf("%d days, domains %v", days, domains)
		}
		secret, err := p.SecretSetting(ctx, "smtp_password")
		p.is(err, "")
		if string(secret) != "open sesame" || fmt.Sprintf("%v %s %#v %q", secret, secret, secret, secret) != `*** *** *** "***"` {
			p.Errorf("the secret is %q, shown as %v", string(secret), secret)
		}
		shown, err := p.Settings(ctx, root)
		p.is(err, "")
		text, _ := json.Marshal(shown)
		if strings.Contains(string(text), "sesame") || strings.Contains(string(text), "sealed") || !strings.Contains(string(text), `"name":"smtp_password","kind":"secret","value":"***","default":false`) {
			p.Errorf("%s", text)
		}
		// A sealed secret opens in its own place only.
		db := p.direct()
		_, err = db.ExecContext(ctx, `INSERT INTO settings (name, value, changed) SELECT 'oidc_client_secret', value, 0 FROM settings WHERE name = 'smtp_password'`)
		p.is(err, "")
		_, err = p.SecretSetting(ctx, "oidc_client_secret")
		p.is(err, tallystick.Conflict)
		set("retention_days", `null`, "")
		p.is(p.Setting(ctx, "retention_days", &days), "")
		if days != 30 {
			p.Errorf("the default is %d", days)
		}
		p.options.Secret = control.SecretKey{}
		p.is(p.another().SetSetting(ctx, root, "smtp_password", json.RawMessage(`"x"`)), tallystick.Conflict)
	})
}

func TestDefaultsAreValues(t *testing.T) {
	for _, k := range control.SettingList {
		if !json.Valid([]byte(k.Default)) || (k.Default == "null") != (k.Kind == control.SecretSetting) {
			t.Errorf("%s has the default %s", k.Name, k.Default)
		}
	}
}

func TestSecretKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	keys := make(chan control.SecretKey)
	for range 8 {
		go func() {
			k, err := control.LoadSecretKey(path)
			if err != nil {
				t.Error(err)
			}
			keys <- k
		}()
	}
	first := <-keys
	for range 7 {
		if <-keys != first || first == (control.SecretKey{}) {
			t.Error("programs that start at once have different keys")
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("%v, %v", info, err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left are %v", entries)
	}
	if s := fmt.Sprintf("%v %s %#v", first, first, first); s != "*** *** ***" {
		t.Errorf("a key is shown as %s", s)
	}
	os.Chmod(path, 0o640)
	if _, err := control.LoadSecretKey(path); tallystick.CodeOf(err) != tallystick.Denied {
		t.Errorf("a key that others can read: %v", err)
	}
	os.Chmod(path, 0o600)
	os.Truncate(path, 31)
	if _, err := control.LoadSecretKey(path); tallystick.CodeOf(err) != tallystick.Invalid {
		t.Errorf("a short key: %v", err)
	}
}

func TestAnswers(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		digest := control.RequestDigest("POST", "/api/v1/members", []byte(`{}`))
		if digest == control.RequestDigest("POST", "/api/v1/member", []byte(`s{}`)) {
			p.Error("two requests have one digest")
		}
		claim, _, err := p.Claim(ctx, "member 1", "k", digest)
		p.is(err, "")
		_, _, err = p.Claim(ctx, "member 1", "k", digest)
		p.is(err, tallystick.Conflict) // still being worked on
		_, _, err = p.Claim(ctx, "member 1", "k", "another")
		p.is(err, tallystick.Conflict)
		other, _, err := p.Claim(ctx, "member 2", "k", "another")
		p.is(err, "") // a key is its principal's
		p.is(other.Release(ctx), "")
		p.wait(control.ClaimLifetime)
		second, _, err := p.Claim(ctx, "member 1", "k", digest)
		p.is(err, "")
		p.is(claim.Finish(ctx, control.Answer{Status: 500}), tallystick.Conflict)
		p.is(second.Finish(ctx, control.Answer{Status: 201, Header: http.Header{"Location": {"/x"}}, Body: []byte("\x00\xff")}), "")
		p.is(second.Release(ctx), tallystick.Conflict)
		_, a, err := p.Claim(ctx, "member 1", "k", digest)
		p.is(err, "")
		if a == nil || a.Status != 201 || a.Header.Get("Location") != "/x" || string(a.Body) != "\x00\xff" {
			p.Errorf("the answer is %+v", a)
		}
		p.wait(control.AnswerLifetime)
		third, _, err := p.Claim(ctx, "member 1", "k", "another")
		p.is(err, "")
		p.is(third.Release(ctx), "")

		done, firsts := make(chan *control.Claim), 0
		for range 8 {
			go func() {
				c, _, _ := p.Claim(ctx, "member 1", "at once", digest)
				done <- c
			}()
		}
		for range 8 {
			if <-done != nil {
				firsts++
			}
		}
		if firsts != 1 {
			p.Errorf("%d were the first", firsts)
		}
		_, _, err = p.Claim(ctx, "member 1", "", digest)
		p.is(err, tallystick.Invalid)
	})
}

func TestMembersByPage(t *testing.T) {
	onEach(t, func(p *place) {
		ctx := p.Context()
		root := p.first()
		for i := range 7 {
			_, _, err := p.AddMember(ctx, root, control.Member{Email: fmt.Sprintf("M_%d@example.org", 6-i), Name: "Zoë", Roles: []string{control.Auditor}})
			p.is(err, "")
		}
		var got []string
		for after := ""; ; {
			list, err := p.Members(ctx, root, control.MemberFilter{Search: "m_"}, control.Page{After: after, Limit: 3})
			p.is(err, "")
			for _, m := range list.Items {
				got = append(got, m.Email[2:3])
			}
			if after = list.Next; after == "" {
				break
			}
		}
		if fmt.Sprint(got) != "[0 1 2 3 4 5 6]" {
			p.Errorf("pages have %v", got)
		}
		list, err := p.Members(ctx, root, control.MemberFilter{Status: control.Invited, Search: "%"}, control.Page{})
		p.is(err, "")
		if len(list.Items) != 0 {
			p.Errorf("a per cent sign finds %v", list.Items)
		}
	})
}

func TestCheckEmail(t *testing.T) {
	for email, good := range map[string]bool{
		"a@example.org": true, "a.b+c@sub.example.org": true, "A@EXAMPLE.ORG": true, "a@localhost": true, "o'neil@example.org": true,
		"": false, "a": false, "@example.org": false, "a@": false, "a@b@c": false, "a b@example.org": false, "a@example..org": false, "a@-x.org": false, "a@ex_ample.org": false,
		"Ann <a@example.org>": false, "a@example.org\r\nBcc: b@example.org": false, `"a"@example.org`: false, "ä@example.org": false, "a@[127.0.0.1]": false,
		strings.Repeat("a", 65) + "@example.org": false, "a..b@example.org": false, "a@example.org,b@example.org": false, "a@\u0435xample.org": false,
	} {
		if err := control.CheckEmail(email); (err == nil) != good {
			t.Errorf("%q: %v", email, err)
		}
	}
	if err := control.CheckEmail("notanaddress"); err == nil || !strings.Contains(err.Error(), "it has no @") {
		t.Error(err)
	}
}

func TestCheckPassword(t *testing.T) {
	for word, good := range map[string]bool{
		"correct fowl bakery": true, "Xk3#vv9!qLmz": true, "пароль от почты": true,
		"short": false, "password12": false, "P@ssw0rd!2025": false, "passwordpassword": false, "1234567890": false, "aaaaaaaaaaaa": false, "qwertyuiop": false, "Welcome2024!": false,
		"abcdefghijkl": false, "poiuytrewq": false, "ann@example.org": false, "Ann Example": false, "AnnExample1999": false, "iloveyou123": false, "correcthorsebatterystaple": false,
		strings.Repeat("ab cd ef ", 23): false, "long enough \xff": false,
	} {
		if err := control.CheckPassword(word, "ann@example.org", "Ann Example"); (err == nil) != good {
			t.Errorf("%q: %v", word, err)
		}
	}
}
