package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Link is a one-time link, as whoever opens it sees it.
type Link struct {
	Kind    control.LinkKind `json:"kind" enum:"first-administrator,invitation,password-reset"`
	Email   string           `json:"email" doc:"whose it is; empty for the first administrator"`
	Name    string           `json:"name"`
	Expires Time             `json:"expires"`
}

type linkLook struct {
	Body struct {
		Token string `json:"token" maxLength:"200" doc:"what stands behind the # of the link"`
	}
}

type linkUse struct {
	Body struct {
		Token    string `json:"token" maxLength:"200" doc:"what stands behind the # of the link"`
		Password string `json:"password" maxLength:"1000"`
		Email    string `json:"email,omitempty" maxLength:"320" doc:"of the first administrator"`
		Name     string `json:"name,omitempty" maxLength:"1000" doc:"of the first administrator"`
	}
}

type forgotten struct {
	Body struct {
		Email string `json:"email" maxLength:"320"`
	}
}

// registerLinks registers what is done by links that are good once: the first administrator, invitations, passwords chosen anew. Who has the link is who it is for,
// so its token comes in a body: proxies write down the addresses that are asked.
func (s *Server) registerLinks(api huma.API) {
	const tag = "Links"
	public := needs{public: true}
	handle(api, route{
		method: http.MethodPost, path: "/api/v1/links/look", id: "look-at-link", summary: "What a one-time link is for", tag: tag, needs: public,
		status: http.StatusOK,
	}, func(ctx context.Context, in *linkLook) (*struct{ Body Link }, error) {
		l, err := s.Control.Link(ctx, in.Body.Token)
		return &struct{ Body Link }{Link{l.Kind, l.Email, l.Name, Time(l.Expires)}}, err
	})
	handle(api, route{
		method: http.MethodPost, path: "/api/v1/links/use", id: "use-link", summary: "Choose a password, or become the first administrator", tag: tag, needs: public,
		status: http.StatusOK,
	}, func(ctx context.Context, in *linkUse) (*struct{ Body Member }, error) {
		l, err := s.Control.Link(ctx, in.Body.Token)
		if err != nil {
			return nil, err
		}
		var m control.Member
		if l.Kind == control.FirstAdministrator {
			m, err = s.Control.UseFirstLink(ctx, callOf(ctx).from(), in.Body.Token, in.Body.Email, in.Body.Name, in.Body.Password)
		} else if in.Body.Email != "" || in.Body.Name != "" {
			err = tallystick.Errorf(tallystick.Invalid, "this link is for %s", l.Email).WithHint("give just a password")
		} else {
			m, err = s.Control.UseLink(ctx, callOf(ctx).from(), in.Body.Token, in.Body.Password)
		}
		return &struct{ Body Member }{memberOf(m)}, err
	})
	handle(api, route{
		method: http.MethodPost, path: "/api/v1/forgotten-passwords", id: "forgot-password", summary: "Have a link sent to choose a password anew", tag: tag, needs: public,
		status: http.StatusAccepted,
	}, func(ctx context.Context, in *forgotten) (*empty, error) {
		// The answer is the same and takes the same, whoever's the e-mail is: so the work is done beside it.
		work := context.WithoutCancel(ctx)
		if !s.work.start(func() { s.sendLink(work, in.Body.Email) }) {
			return nil, WithStatus(http.StatusTooManyRequests, tallystick.Errorf(tallystick.Unavailable, "too many have forgotten their passwords at once").
				WithHint("try again in a moment"))
		}
		return nil, nil
	})
}

// sendLink makes a link for whoever has an e-mail, and sends it there.
func (s *Server) sendLink(ctx context.Context, email string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c := callOf(ctx)
	m, token, err := s.Control.ForgotPassword(ctx, c.from(), email)
	if err == nil && token != "" {
		if s.Mail == nil {
			err = tallystick.Errorf(tallystick.Unavailable, "no mail can be sent yet").WithHint("an administrator can make a link for the member")
		} else {
			err = s.Mail(ctx, m, s.linkURL(ctx, token))
		}
	}
	if err != nil && control.RetryAfter(err) == 0 {
		s.log(ctx, slog.LevelWarn, "a link for a forgotten password was not sent", "id", c.id, "error", err)
	}
}

// linkURL returns the address of a one-time link. The token stands behind a #, which browsers keep to themselves: so no log and no proxy on the way has it.
func (s *Server) linkURL(ctx context.Context, token string) string {
	return LinkURL(s.publicURL(ctx), token)
}

// LinkURL returns the address of a one-time link at a server.
func LinkURL(server, token string) string { return server + "/welcome#" + token }
