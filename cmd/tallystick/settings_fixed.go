package main

import (
	"slices"
	"strings"

	"github.com/tallystick/tallystick/internal/api"
)

// fixedSettings are those of the Settings page that a flag, a variable or the configuration file says: they win, and the page shows them with where they are from.
func (p *program) fixedSettings() (map[string]api.FixedSetting, error) {
	fixed := map[string]api.FixedSetting{}
	if url := p.settings.get("public-url"); url != "" {
		fixed["public_url"] = api.FixedSetting{Value: strings.TrimRight(url, "/"), Origin: p.settings.whence("public-url")}
	}
	server, err := p.mailServer()
	if err != nil || server.Host == "" {
		return fixed, err
	}
	server = server.Usual()
	var password any
	if server.Password != "" {
		password = server.Password // which is written as ***
	}
	origin := p.settings.whence("smtp")
	for name, value := range map[string]any{
		"smtp_host": server.Host, "smtp_port": server.Port, "smtp_security": server.Security, "smtp_auth": server.Auth, "smtp_user": server.User, "smtp_password": password,
		"smtp_from": server.From,
	} {
		fixed[name] = api.FixedSetting{Value: value, Origin: origin}
	}
	if server.FromName != "" { // else the page says it
		fixed["smtp_from_name"] = api.FixedSetting{Value: server.FromName, Origin: origin}
	}
	return fixed, nil
}

// whence says in words where a setting is said: "--smtp", "TALLYSTICK_SMTP", "smtp in tallystick.yaml".
func (v values) whence(name string) string {
	return v[slices.IndexFunc(v, func(s value) bool { return s.name == name })].where()
}
