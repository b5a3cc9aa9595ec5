package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// SignInWays is how one can sign in here, beside e-mail and password.
type SignInWays struct {
	OpenID *OpenIDSignIn `json:"openid,omitempty" doc:"through a provider of OpenID Connect, from /api/v1/oidc/begin?return_to=PATH on; missing where none is set up"`
}

// OpenIDSignIn is what who signs in may know of the provider.
type OpenIDSignIn struct {
	Name string `json:"name" doc:"of the provider, as the setting oidc_name says it; empty where nobody has set it"`
}

// registerSignIn registers what the sign-in page has to know before anybody is known.
func (s *Server) registerSignIn(api huma.API) {
	handle(api, route{
		method: http.MethodGet, path: "/api/v1/sign-in", id: "sign-in-ways", summary: "How one can sign in, beside e-mail and password", tag: "Sessions",
		needs: needs{public: true},
	}, func(ctx context.Context, _ *empty) (*struct{ Body SignInWays }, error) {
		var issuer, client, name string
		for setting, into := range map[string]*string{"oidc_issuer": &issuer, "oidc_client_id": &client, "oidc_name": &name} {
			if err := s.Control.Setting(ctx, setting, into); err != nil {
				return nil, err
			}
		}
		if s.OIDC == nil || issuer == "" || client == "" {
			return &struct{ Body SignInWays }{}, nil
		}
		return &struct{ Body SignInWays }{SignInWays{OpenID: &OpenIDSignIn{name}}}, nil
	})
}
