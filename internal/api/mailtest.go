package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// MailTest is what became of a mail that was to try the settings.
type MailTest struct {
	To     string `json:"to"`
	Sent   bool   `json:"sent" doc:"a mail server has taken it"`
	Answer string `json:"answer" doc:"what became of it, with the words of the mail server"`
}

type mailTestWanted struct {
	Body struct {
		To string `json:"to" maxLength:"320" doc:"e-mail address"`
	}
}

// registerMailTest registers how the settings of mail are tried.
func (s *Server) registerMailTest(api huma.API) {
	handle(api, route{
		method: http.MethodPost, path: "/api/v1/settings/mail-test", id: "test-mail", summary: "Send a short mail, to try the settings of mail", tag: "Settings",
		needs: needs{entity: control.Settings, action: control.Edit}, status: http.StatusOK,
	}, func(ctx context.Context, in *mailTestWanted) (*struct{ Body MailTest }, error) {
		if err := control.CheckEmail(in.Body.To); err != nil {
			if e, ok := err.(*tallystick.Error); ok {
				return nil, e.At("to")
			}
			return nil, err
		}
		if s.TestMail == nil {
			return nil, tallystick.Errorf(tallystick.Unavailable, "this server can't send mail").WithHint("start it with a mail server")
		}
		m := MailTest{To: in.Body.To}
		m.Sent, m.Answer = s.TestMail(ctx, m.To)
		// What was sent is noted also when the client has gone.
		err := s.Control.AppendAudit(context.WithoutCancel(ctx), actorOf(ctx), control.Entry{Action: "settings.mail-test", ObjectKind: "setting", ObjectID: "mail", After: m})
		return &struct{ Body MailTest }{m}, err
	})
}
