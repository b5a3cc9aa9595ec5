package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tallystick/tallystick"
)

// SettingValue is a setting with its value, as somebody may see it.
type SettingValue struct {
	Name    string             `json:"name"`
	Kind    SettingKind        `json:"kind"`
	Value   json.RawMessage    `json:"value"` // of a secret "***", or null where it isn't set
	Default bool               `json:"default"`
	Changed tallystick.Instant `json:"changed"` // 0 while it is the default
}

// Settings returns all settings, in their order. It needs SETTINGS:VIEW.
func (s *Store) Settings(ctx context.Context, actor Actor) ([]SettingValue, error) {
	if err := actor.Need(Settings, View); err != nil {
		return nil, err
	}
	values := make([]SettingValue, len(SettingList))
	for i, k := range SettingList {
		values[i] = SettingValue{Name: k.Name, Kind: k.Kind, Value: json.RawMessage(k.Default), Default: true}
	}
	err := s.single().each(ctx, `
		SELECT name, value, changed
		FROM settings
		ORDER BY name`, nil, func(scan func(...any) error) error {
		var name, value string
		var changed tallystick.Instant
		if err := scan(&name, &value, &changed); err != nil {
			return err
		}
		// One that this program doesn't know was set by a newer one, which keeps it.
		if i := slices.IndexFunc(SettingList, func(k Setting) bool { return k.Name == name }); i >= 0 {
			values[i].Value, values[i].Default, values[i].Changed = json.RawMessage(value), false, changed
			if SettingList[i].Kind == SecretSetting {
				values[i].Value = json.RawMessage(`"` + hidden + `"`)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return values, nil
}

// SetSetting sets a setting; the value null brings back its default. It needs SETTINGS:EDIT. The audit log has the values from before and after, and of a secret
// only that it was set.
func (s *Store) SetSetting(ctx context.Context, actor Actor, name string, value json.RawMessage) error {
	k, err := settingOf(name)
	if err != nil {
		return err
	}
	return s.change(ctx, actor, "setting.edit", func(c *change) error {
		if err := c.actor.Need(Settings, Edit); err != nil {
			return err
		}
		shown := func(value string) any {
			if k.Kind == SecretSetting {
				return Secret(value)
			}
			return json.RawMessage(value)
		}
		e := Entry{Action: "setting.edit", ObjectKind: "setting", ObjectID: name}
		var was string
		found, err := c.row(ctx, `SELECT value FROM settings WHERE name = ?`, []any{name}, &was)
		if err != nil {
			return err
		}
		if found {
			e.Before = shown(was)
		}
		if bytes.Equal(bytes.TrimSpace(value), []byte("null")) {
			if _, err := c.exec(ctx, `DELETE FROM settings WHERE name = ?`, name); err != nil {
				return err
			}
			return c.audit(ctx, e)
		}
		is, err := k.check(value)
		if err != nil {
			return err
		}
		e.After = shown(is)
		if k.Kind == SecretSetting {
			var text string
			if err := json.Unmarshal([]byte(is), &text); err != nil {
				return err
			}
			if is, err = s.secret.seal(name, text); err != nil {
				return err
			}
		}
		if _, err := c.exec(ctx, `
			INSERT INTO settings (name, value, changed)
			VALUES (?, ?, ?)
			ON CONFLICT (name) DO UPDATE
			SET value = excluded.value, changed = excluded.changed`, name, is, c.now); err != nil {
			return err
		}
		return c.audit(ctx, e)
	})
}

// Setting reads a setting that is no secret into value, as encoding/json does, for the program itself.
func (s *Store) Setting(ctx context.Context, name string, value any) error {
	k, err := settingOf(name)
	if err != nil {
		return err
	}
	if k.Kind == SecretSetting {
		return tallystick.Errorf(tallystick.Internal, "the setting %q is a secret", name)
	}
	text, _, err := s.setting(ctx, k)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), value); err != nil {
		return fmt.Errorf("read setting %q: %w", name, err)
	}
	return nil
}

// SecretSetting reads a setting that is a secret, for the program itself; "" where it isn't set.
func (s *Store) SecretSetting(ctx context.Context, name string) (Secret, error) {
	k, err := settingOf(name)
	if err != nil {
		return "", err
	}
	if k.Kind != SecretSetting {
		return "", tallystick.Errorf(tallystick.Internal, "the setting %q is no secret", name)
	}
	text, set, err := s.setting(ctx, k)
	if err != nil || !set {
		return "", err
	}
	text, err = s.secret.open(name, text)
	return Secret(text), err
}

func (s *Store) setting(ctx context.Context, k *Setting) (text string, set bool, err error) {
	text = k.Default
	set, err = s.single().row(ctx, `SELECT value FROM settings WHERE name = ?`, []any{k.Name}, &text)
	if err != nil {
		return "", false, fmt.Errorf("read setting %q: %w", k.Name, err)
	}
	return text, set, nil
}
