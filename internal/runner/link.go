package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
)

// MailLink sends a member the link by which it chooses a password, now. It is not tried again: whoever waits for it asks again.
func MailLink(ctx context.Context, s deliver.Settings, to control.Member, link string, now tallystick.Instant) error {
	name := "mail"
	if s.SMTP.Host == "" && s.MailboxDir == "" {
		return tallystick.Errorf(tallystick.Unavailable, "mail is not set up").WithHint("give the server a mail server, in the settings or by --smtp")
	}
	way, _ := deliver.WayNamed(name)
	sender, err := way.Open(s)
	if err != nil {
		return err
	}
	defer sender.Close()
	subject, line, button := "Choose a new password for Tallystick", "Somebody, likely you, has asked for a new password. If it was not you, there is nothing to do.", "Choose a password"
	if to.Status == control.Invited {
		subject, line, button = "You are invited to Tallystick", "You can sign in to usage reports as soon as you have chosen a password.", "Choose a password"
	}
	id := sha256.Sum256([]byte(link)) // the id is seen by mail servers, the link is not for them
	outcome := sender.Send(ctx, &deliver.Delivery{
		ID: hex.EncodeToString(id[:16]), To: to.Email, ToName: to.Name, Subject: subject, Date: now, Lines: []string{line}, Action: &deliver.Action{Text: button, Link: link},
	}, func() error { return nil })
	if outcome.State != deliver.Sent {
		return tallystick.Errorf(tallystick.Unavailable, "the mail to %s was not sent: %s", to.Email, outcome.Answer)
	}
	return nil
}
