package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What is said from outside is on the Settings page with where it is said; what is left open there is for the page to say.
func TestSettingsFixedFromOutside(t *testing.T) {
	for _, test := range []struct {
		settings map[string]value
		want     string
	}{
		{nil, ""},
		{map[string]value{"public-url": {text: "https://usage.example.com/", origin: "--public-url"}}, `public_url "https://usage.example.com" --public-url`},
		{
			map[string]value{"smtp": {text: "smtps://ann:swordfish@mail.example.com?from=usage@example.com", origin: "TALLYSTICK_SMTP"}},
			`smtp_auth "auto" TALLYSTICK_SMTP
smtp_from "usage@example.com" TALLYSTICK_SMTP
smtp_host "mail.example.com" TALLYSTICK_SMTP
smtp_password "***" TALLYSTICK_SMTP
smtp_port 465 TALLYSTICK_SMTP
smtp_security "tls" TALLYSTICK_SMTP
smtp_user "ann" TALLYSTICK_SMTP`,
		},
		{
			map[string]value{"smtp": {text: "smtp+plain://localhost?from=usage@example.com", origin: "tallystick.yaml"}},
			`smtp_auth "auto" smtp in tallystick.yaml
smtp_from "usage@example.com" smtp in tallystick.yaml
smtp_host "localhost" smtp in tallystick.yaml
smtp_password null smtp in tallystick.yaml
smtp_port 25 smtp in tallystick.yaml
smtp_security "none" smtp in tallystick.yaml
smtp_user "" smtp in tallystick.yaml`,
		},
	} {
		p := &program{}
		for _, s := range settings {
			v := test.settings[s.name]
			v.setting = s
			p.settings = append(p.settings, v)
		}
		fixed, err := p.fixedSettings()
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for name := range fixed {
			text, err := json.Marshal(fixed[name].Value)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, fmt.Sprintf("%s %s %s", name, text, fixed[name].Origin))
		}
		slices.Sort(lines)
		if got := strings.Join(lines, "\n"); got != test.want {
			t.Errorf("got\n%s\nwant\n%s", got, test.want)
		}
	}
}
