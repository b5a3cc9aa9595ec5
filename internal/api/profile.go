package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type renamed struct {
	Body struct {
		Name string `json:"name" maxLength:"1000"`
	}
}

type passwordChanged struct {
	Body struct {
		Old      string `json:"old" maxLength:"1000" doc:"the one until now"`
		Password string `json:"password" maxLength:"1000" doc:"the one from now on"`
	}
}

// registerProfile registers what members change about themselves, whatever their roles.
func (s *Server) registerProfile(api huma.API) {
	const tag = "Sessions"
	myself := needs{signedIn: true, membersOf: true}
	handle(api, route{method: http.MethodPatch, path: "/api/v1/session", id: "rename-myself", summary: "Change my name", tag: tag, needs: myself},
		func(ctx context.Context, in *renamed) (*struct{ Body Who }, error) {
			a := actorOf(ctx)
			if err := s.Control.Rename(ctx, a, in.Body.Name); err != nil {
				return nil, err
			}
			who, err := s.who(ctx, &a)
			return &struct{ Body Who }{who}, err
		})
	handle(api, route{
		method: http.MethodPut, path: "/api/v1/session/password", id: "change-password", summary: "Change my password, and end my other sessions", tag: tag, needs: myself,
		status: http.StatusNoContent,
	}, func(ctx context.Context, in *passwordChanged) (*empty, error) {
		return nil, s.Control.ChangePassword(ctx, actorOf(ctx), in.Body.Old, in.Body.Password)
	})
}
