package runner

import (
	"context"
	"time"

	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
)

// DeliverSettings returns how things leave, as the settings say it now. What is fixed from outside, such as by a flag, has a host and wins; mailbox is a directory for
// mails where no server takes them, empty: there is none.
func DeliverSettings(ctx context.Context, store *control.Store, fixed deliver.SMTP, mailbox string, now func() time.Time) (s deliver.Settings, err error) {
	s = deliver.Settings{SMTP: fixed, MailboxDir: mailbox, Now: now}
	if err := store.Setting(ctx, "webhook_private", &s.AllowPrivate); err != nil {
		return s, err
	}
	var from, fromName, auth string
	for name, into := range map[string]*string{"smtp_from": &from, "smtp_from_name": &fromName, "smtp_auth": &auth} {
		if err := store.Setting(ctx, name, into); err != nil {
			return s, err
		}
	}
	if s.SMTP.Host == "" {
		var security string
		for name, into := range map[string]any{
			"smtp_host": &s.SMTP.Host, "smtp_port": &s.SMTP.Port, "smtp_security": &security, "smtp_user": &s.SMTP.User,
		} {
			if err := store.Setting(ctx, name, into); err != nil {
				return s, err
			}
		}
		password, err := store.SecretSetting(ctx, "smtp_password")
		if err != nil {
			return s, err
		}
		s.SMTP.Security, s.SMTP.Auth, s.SMTP.Password = deliver.Security(security), deliver.Auth(auth), deliver.Secret(password)
	}
	if s.SMTP.From == "" {
		s.SMTP.From = from
	}
	if s.SMTP.FromName == "" {
		s.SMTP.FromName = fromName
	}
	return s, nil
}
