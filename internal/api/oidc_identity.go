package api

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// emailClaims is what a provider says of somebody's e-mail.
type emailClaims struct {
	Email    string `json:"email"`
	Verified claim  `json:"email_verified"`
}

// claim is true or false, also as a text, as some providers write it; nil: nothing is said.
type claim struct{ is *bool }

func (c *claim) UnmarshalJSON(b []byte) error {
	is := string(b) == "true" || string(b) == `"true"`
	if !is && string(b) != "false" && string(b) != `"false"` {
		return fmt.Errorf("%.20s is neither true nor false", b)
	}
	c.is = &is
	return nil
}

// identify exchanges the code for what the provider says of who signed in, and checks that it is the provider who says so, to us, now, about this sign-in.
func (o *OIDC) identify(ctx context.Context, p *provider, s reach, code string, b *begun) (who control.Identity, err error) {
	ctx = oidc.ClientContext(ctx, o.providers.client)
	token, err := s.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(b.Verifier))
	if err != nil {
		return who, exchangeError(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return who, badGateway(errors.New("its answer holds no id_token"), "the OpenID provider doesn't say who has signed in")
	}
	id, err := p.Verifier(&oidc.Config{ClientID: s.ClientID, Now: o.Now}).Verify(ctx, raw)
	if err == nil && id.AccessTokenHash != "" {
		err = id.VerifyAccessToken(token.AccessToken)
	}
	var said struct {
		emailClaims
		Party string `json:"azp"`
	}
	if err == nil {
		err = id.Claims(&said)
	}
	if err == nil && (said.Party != "" || len(id.Audience) > 1) && said.Party != s.ClientID {
		err = fmt.Errorf("the ID token was made for %q", said.Party)
	}
	if err != nil {
		return who, badGateway(err, "what the OpenID provider says can't be verified")
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(b.Nonce)) != 1 {
		return who, again("the OpenID provider's answer belongs to another sign-in")
	}
	email := said.emailClaims
	// Most providers say it only when they are asked once more.
	if (email.Email == "" || email.Verified.is == nil) && p.UserInfoEndpoint() != "" {
		if email, err = userInfo(ctx, p, token, id.Subject); err != nil {
			return who, err
		}
		if email.Email == "" {
			email = said.emailClaims
		}
	}
	who = control.Identity{Issuer: s.Issuer, Subject: id.Subject, Email: email.Email, EmailVerified: email.Verified.is != nil && *email.Verified.is}
	if email.Email != "" && email.Verified.is == nil { // one that the provider calls unverified never is
		who.EmailVerified = s.trusts()
	}
	return who, nil
}

// userInfo asks what the provider says of an account's e-mail.
func userInfo(ctx context.Context, p *provider, token *oauth2.Token, subject string) (email emailClaims, err error) {
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return email, badGateway(err, "the OpenID provider doesn't say the e-mail of that account")
	}
	if info.Subject != subject {
		return email, badGateway(fmt.Errorf("the userinfo is of %.100q, and the ID token of %.100q", info.Subject, subject),
			"the OpenID provider says the e-mail of another account")
	}
	if err := info.Claims(&email); err != nil {
		return email, badGateway(err, "the OpenID provider doesn't say the e-mail of that account")
	}
	return email, nil
}

// exchangeError says why a code was not taken.
func exchangeError(err error) error {
	e := (*oauth2.RetrieveError)(nil)
	if !errors.As(err, &e) {
		if unreached := (*url.Error)(nil); errors.As(err, &unreached) {
			return silent(err)
		}
		return badGateway(err, "the OpenID provider's answer can't be read")
	}
	switch {
	case e.ErrorCode == "invalid_grant":
		return again("the OpenID provider doesn't know this sign-in, or no longer: %w", err)
	case e.ErrorCode == "invalid_client" || e.ErrorCode == "unauthorized_client" || e.Response.StatusCode == http.StatusUnauthorized:
		return badGateway(err, "the OpenID provider doesn't take this server's client id and secret")
	case e.Response.StatusCode >= 500:
		return silent(err)
	}
	return badGateway(err, "the OpenID provider refuses to finish the sign-in")
}

// providerErrors is what the errors that a provider leads back with mean to who signs in (RFC 6749, OpenID Connect Core).
var providerErrors = map[string]*tallystick.Error{
	"access_denied":              tallystick.Errorf(tallystick.Denied, "the sign-in was cancelled, or the OpenID provider doesn't let that account in here"),
	"login_required":             tallystick.Errorf(tallystick.Denied, "you are not signed in at the OpenID provider"),
	"consent_required":           tallystick.Errorf(tallystick.Denied, "you have not agreed that the OpenID provider tells who you are"),
	"interaction_required":       tallystick.Errorf(tallystick.Denied, "the OpenID provider has a question that was not answered"),
	"account_selection_required": tallystick.Errorf(tallystick.Denied, "no account was chosen at the OpenID provider"),
	"server_error":               tallystick.Errorf(tallystick.Unavailable, "something went wrong at the OpenID provider"),
	"temporarily_unavailable":    tallystick.Errorf(tallystick.Unavailable, "the OpenID provider has no time right now"),
}

// providerError returns the error that a provider has led back with. Its own words are logged and not shown: they are meant for who runs this server.
func providerError(code, description string) error {
	cause := fmt.Errorf("the provider says %.100q: %.500q", code, description)
	e, ok := providerErrors[code]
	if !ok {
		return badGateway(cause, "the OpenID provider refuses what this server asked of it")
	}
	e = e.WithHint("sign in once more").At("error")
	e.Err = cause
	return e
}
