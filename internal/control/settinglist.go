package control

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// SettingKind is what the value of a setting may be.
type SettingKind string

const (
	TextSetting    SettingKind = "text"    // of at most 1000 characters
	NumberSetting  SettingKind = "number"  // a whole one, Min to Max
	FlagSetting    SettingKind = "flag"    // true or false
	ZoneSetting    SettingKind = "zone"    // a time zone of the IANA, or ""
	URLSetting     SettingKind = "url"     // http or https, or ""
	EmailSetting   SettingKind = "email"   // an address, or ""
	DomainsSetting SettingKind = "domains" // a list of domains of mail, in lower case
	TextsSetting   SettingKind = "texts"   // a list of texts
	ChoiceSetting  SettingKind = "choice"  // one of Choices
	SecretSetting  SettingKind = "secret"  // a text that is kept sealed and never shown
)

// Setting is something that can be set for the whole installation.
type Setting struct {
	Name     string
	Kind     SettingKind
	Default  string // JSON
	Min, Max int64
	Choices  []string
}

// SettingList is all settings, in the order in which they are shown.
var SettingList = []Setting{
	{Name: "public_url", Kind: URLSetting, Default: `""`},
	{Name: "provider_name", Kind: TextSetting, Default: `""`},
	{Name: "time_zone", Kind: ZoneSetting, Default: `""`},                           // of schedules that name none
	{Name: "services", Kind: TextsSetting, Default: `[]`},                           // that a tenant may be given; none: any
	{Name: "retention_days", Kind: NumberSetting, Default: `30`, Min: 1, Max: 3650}, // of files of reports
	{Name: "mail_domains", Kind: DomainsSetting, Default: `[]`},                     // outside addresses that may get reports
	{Name: "smtp_host", Kind: TextSetting, Default: `""`},
	{Name: "smtp_port", Kind: NumberSetting, Default: `587`, Min: 1, Max: 65535},
	{Name: "smtp_security", Kind: ChoiceSetting, Default: `"starttls"`, Choices: []string{"starttls", "tls", "none"}},
	{Name: "smtp_auth", Kind: ChoiceSetting, Default: `"auto"`, Choices: []string{"auto", "plain", "login", "cram-md5"}},
	{Name: "smtp_user", Kind: TextSetting, Default: `""`},
	{Name: "smtp_password", Kind: SecretSetting, Default: `null`},
	{Name: "smtp_from", Kind: EmailSetting, Default: `""`},
	{Name: "smtp_from_name", Kind: TextSetting, Default: `""`},
	{Name: "webhook_private", Kind: FlagSetting, Default: `false`}, // webhooks may be at addresses of private networks
	{Name: "oidc_issuer", Kind: URLSetting, Default: `""`},
	{Name: "oidc_client_id", Kind: TextSetting, Default: `""`},
	{Name: "oidc_client_secret", Kind: SecretSetting, Default: `null`},
	{Name: "oidc_name", Kind: TextSetting, Default: `""`},             // what its button says
	{Name: "oidc_trusted_issuers", Kind: TextsSetting, Default: `[]`}, // whose e-mails are taken as verified where they don't say so
}

func settingOf(name string) (*Setting, error) {
	i := slices.IndexFunc(SettingList, func(k Setting) bool { return k.Name == name })
	if i < 0 {
		return nil, tallystick.Errorf(tallystick.NotFound, "there is no setting %q", cut(name, 80))
	}
	return &SettingList[i], nil
}

// check returns the value in its shortest JSON, or an error that names it. That of a secret doesn't.
func (k *Setting) check(value json.RawMessage) (string, error) {
	bad := func(why string) (string, error) {
		if k.Kind == SecretSetting {
			value = json.RawMessage(hidden)
		}
		return "", tallystick.Errorf(tallystick.Invalid, "%s can't be %s: %s", k.Name, cut(string(value), 80), why).At(k.Name)
	}
	read := func(into any) bool {
		d := json.NewDecoder(bytes.NewReader(value))
		if d.Decode(into) != nil {
			return false
		}
		_, err := d.Token()
		return err == io.EOF
	}
	checked := func(v any) (string, error) {
		b, err := json.Marshal(v)
		return string(b), err
	}
	switch k.Kind {
	case NumberSetting:
		var n int64
		if !read(&n) || n < k.Min || n > k.Max {
			return "", tallystick.Errorf(tallystick.Invalid, "%s can't be %s", k.Name, cut(string(value), 80)).At(k.Name).
				WithHint("choose a whole number, %d to %d", k.Min, k.Max)
		}
		return checked(n)
	case FlagSetting:
		var b bool
		if !read(&b) {
			return bad("it is true or false")
		}
		return checked(b)
	case DomainsSetting, TextsSetting:
		list := []string{}
		if !read(&list) || list == nil || len(list) > 1000 {
			return bad("it is a list of texts")
		}
		for i, s := range list {
			list[i] = strings.TrimSpace(s)
			if k.Kind == DomainsSetting {
				if list[i] = strings.ToLower(list[i]); CheckEmail("a@"+list[i]) != nil {
					return bad("it has what is no domain of mail")
				}
			} else if list[i] == "" || utf8.RuneCountInString(list[i]) > 100 {
				return bad("it has a text that is empty or too long")
			}
		}
		return checked(list)
	}
	var s string
	if !read(&s) {
		return bad("it is a text")
	}
	if utf8.RuneCountInString(s) > 1000 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return bad("it is too long, or of several lines")
	}
	if k.Kind != SecretSetting {
		s = strings.TrimSpace(s)
	}
	switch k.Kind {
	case SecretSetting:
		if s == "" {
			return bad("it is empty; null takes it away")
		}
	case ZoneSetting:
		if _, err := tallystick.LoadCalendar(s); s != "" && err != nil {
			return "", err
		}
	case URLSetting:
		if u, err := url.Parse(s); s != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
			return bad("it is an address such as https://tallystick.example.org")
		}
	case EmailSetting:
		if s != "" && CheckEmail(s) != nil {
			return bad("it is an e-mail address")
		}
	case ChoiceSetting:
		if !slices.Contains(k.Choices, s) {
			return bad("it is one of " + strings.Join(k.Choices, ", "))
		}
	}
	return checked(s)
}
