package deliver

import (
	"context"
	"net"
	"strconv"

	"github.com/tallystick/tallystick"
)

// Test sends a short mail now, to try the settings of mail. The outcome's answer is a sentence for people that has the server's own words, or our reason.
func Test(ctx context.Context, s Settings, to string) Outcome {
	sender, err := openMail(s)
	if err != nil {
		return outcome(Failed, "No message was sent: "+err.Error())
	}
	defer sender.Close()
	now := tallystick.InstantOf(s.Now())
	by := "The mailbox"
	if s.SMTP.Host != "" {
		complete, _ := s.SMTP.complete() // it was, when the sender was opened
		by = net.JoinHostPort(complete.Host, strconv.Itoa(complete.Port))
	}
	o := sender.Send(ctx, &Delivery{
		ID: "test-" + strconv.FormatInt(int64(now), 10), To: to, Subject: "Tallystick can send mail", Date: now,
		Lines: []string{"This message was sent to try the settings of mail. It has come, so they work."},
	}, func() error { return nil })
	switch o.State {
	case Sent:
		return outcome(Sent, by+" has taken a message to "+to+": "+o.Answer)
	case Again:
		return outcome(Again, "No message was sent, though it may work later: "+o.Answer)
	case Unknown:
		return outcome(Unknown, "Nobody can know whether the message was sent; look whether it has come: "+o.Answer)
	}
	return outcome(Failed, "No message was sent: "+o.Answer)
}
