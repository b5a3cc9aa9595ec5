package api

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tallystick/tallystick"
)

// signInPage is where the web app asks who somebody is.
const signInPage = "/sign-in"

// refusal is why a sign-in by OpenID Connect was refused, as the address of the sign-in page has it. It holds no sentence: a link with another one in it would have
// the page say what somebody else wrote.
type refusal string

const (
	refusedOff        refusal = "off"        // it is not set up
	refusedAgain      refusal = "again"      // it belongs to another sign-in, or took too long
	refusedCancelled  refusal = "cancelled"  // by who signs in, or the provider doesn't let them in here
	refusedNoMember   refusal = "no-member"  // nobody here has that account
	refusedNoEmail    refusal = "no-email"   // the provider doesn't say the e-mail
	refusedUnverified refusal = "unverified" // the provider has not verified it
	refusedProvider   refusal = "provider"   // it doesn't answer, or not as it should, or the settings are wrong
)

func refusalOf(err error) refusal {
	e := (*tallystick.Error)(nil)
	if !errors.As(err, &e) {
		return refusedProvider
	}
	switch {
	case e.Code == tallystick.NotFound:
		return refusedOff
	case e.Code == tallystick.Invalid || e.Code == tallystick.Conflict:
		return refusedAgain
	case e.Code != tallystick.Denied:
		return refusedProvider
	case e.Path == "error":
		return refusedCancelled
	case e.Path == "email":
		return refusedNoEmail
	case e.Path == "email_verified":
		return refusedUnverified
	}
	return refusedNoMember
}

// pageOf returns where a person is led who was refused: to the sign-in page, which says why, and still knows where they wanted to go. "" where the page is missing,
// or where it isn't a person who asks.
func (o *OIDC) pageOf(r *http.Request, err error) string {
	if o.SignInPage == "" || r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return ""
	}
	query := url.Values{"refused": {string(refusalOf(err))}}
	if next := o.wanted(r); next != "/" {
		query.Set("next", next)
	}
	return o.SignInPage + "?" + query.Encode()
}

// wanted returns where somebody wants to be after the sign-in that was refused; "/" where that isn't known.
func (o *OIDC) wanted(r *http.Request) string {
	if next, err := localPath(r.URL.Query().Get("return_to")); err == nil && r.URL.Path == OIDCBeginPath {
		return next
	}
	for _, secure := range []bool{true, false} {
		if b, err := o.cookie.get(r, secure, o.Now()); err == nil {
			return b.ReturnTo
		}
	}
	return "/"
}
