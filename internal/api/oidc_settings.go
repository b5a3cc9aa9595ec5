package api

import (
	"context"
	"slices"

	"github.com/tallystick/tallystick/internal/control"
)

// OIDCSettings is how an OpenID Connect provider is reached, and how far it is trusted.
type OIDCSettings struct {
	Issuer         string // "" nobody signs in this way
	ClientID       string
	ClientSecret   control.Secret
	TrustedIssuers []string // whose e-mails are taken as verified where they don't say so
}

// trusts reports whether the issuer's e-mails are taken as verified.
func (s *OIDCSettings) trusts() bool { return slices.Contains(s.TrustedIssuers, s.Issuer) }

// StoredOIDC returns the settings that a control plane holds, read anew at each call.
func StoredOIDC(store *control.Store) func(context.Context) (OIDCSettings, error) {
	return func(ctx context.Context) (s OIDCSettings, err error) {
		for _, setting := range []struct {
			name string
			into any
		}{{"oidc_issuer", &s.Issuer}, {"oidc_client_id", &s.ClientID}, {"oidc_trusted_issuers", &s.TrustedIssuers}} {
			if err := store.Setting(ctx, setting.name, setting.into); err != nil {
				return OIDCSettings{}, err
			}
		}
		if s.Issuer != "" { // without one the secret isn't needed, nor the key that opens it
			s.ClientSecret, err = store.SecretSetting(ctx, "oidc_client_secret")
		}
		return s, err
	}
}
