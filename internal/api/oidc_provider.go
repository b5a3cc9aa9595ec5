package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/tallystick/tallystick"
)

const (
	discoveryLifetime = time.Hour       // what a provider says of itself is asked again after this
	discoveryPause    = 5 * time.Second // a provider that doesn't answer is left alone for this long, however many sign in
	maxOIDCAnswer     = 1 << 20         // bytes
	oidcTimeout       = 10 * time.Second
)

// provider is an OpenID Connect provider, as it describes itself.
type provider struct {
	*oidc.Provider
	saysIssuer  bool // its callbacks name it
	authMethods []string
}

// endpoint says where and how the code is exchanged. It isn't tried out: a failed try would use the code up.
func (p *provider) endpoint(s OIDCSettings) oauth2.Endpoint {
	e := p.Endpoint()
	e.AuthStyle = oauth2.AuthStyleInHeader
	if s.ClientSecret == "" || len(p.authMethods) > 0 && !slices.Contains(p.authMethods, "client_secret_basic") {
		e.AuthStyle = oauth2.AuthStyleInParams
	}
	return e
}

// providers keeps the provider that was asked for last.
type providers struct {
	client *http.Client
	now    func() time.Time

	mu   sync.Mutex
	last *discovery
}

// discovery is a provider that is being asked, or was.
type discovery struct {
	issuer   string
	done     chan struct{} // closed when provider, err and until are there
	provider *provider
	err      error
	until    time.Time
}

// of returns the provider of an issuer. One request at a time asks it, and the others wait for the answer.
func (ps *providers) of(ctx context.Context, issuer string) (*provider, error) {
	ps.mu.Lock()
	d := ps.last
	mine := d == nil || d.issuer != issuer || d.over(ps.now())
	if mine {
		d = &discovery{issuer: issuer, done: make(chan struct{})}
		ps.last = d
	}
	ps.mu.Unlock()
	if mine {
		ps.ask(context.WithoutCancel(ctx), d) // also when whoever asked first has gone away: others wait
	}
	select {
	case <-d.done:
		return d.provider, d.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (ps *providers) ask(ctx context.Context, d *discovery) {
	defer close(d.done)
	if d.provider, d.err = ps.discover(ctx, d.issuer); d.err != nil {
		d.until = ps.now().Add(discoveryPause)
		return
	}
	d.until = ps.now().Add(discoveryLifetime)
}

func (d *discovery) over(now time.Time) bool {
	select {
	case <-d.done:
		return !now.Before(d.until)
	default:
		return false
	}
}

// discover asks a provider to describe itself.
func (ps *providers) discover(ctx context.Context, issuer string) (*provider, error) {
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, ps.client), issuer)
	if e := (*oidc.IssuerMismatchError)(nil); errors.As(err, &e) {
		return nil, badGateway(err, "the OpenID provider calls itself %q, and the settings call it %q", shorten(e.Discovered), issuer)
	}
	if unreached := (*url.Error)(nil); errors.As(err, &unreached) {
		return nil, silent(err)
	}
	if err != nil {
		return nil, badGateway(err, "the OpenID provider doesn't describe itself at %s", strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	}
	var more struct {
		SaysIssuer  bool     `json:"authorization_response_iss_parameter_supported"`
		AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
		KeysURL     string   `json:"jwks_uri"`
	}
	if err := p.Claims(&more); err != nil {
		return nil, badGateway(err, "the OpenID provider's description of itself can't be read")
	}
	for _, address := range []string{p.Endpoint().AuthURL, p.Endpoint().TokenURL, more.KeysURL} {
		if err := checkURL(address); err != nil {
			return nil, badGateway(err, "the OpenID provider's description of itself names %q, which is no address of https", shorten(address))
		}
	}
	return &provider{Provider: p, saysIssuer: more.SaysIssuer, authMethods: more.AuthMethods}, nil
}

// guardedClient returns a client that reaches providers: within a time, reading so much at most, over https, and only where it was told to: what redirects would be
// handed on to holds the client secret.
func guardedClient(c *http.Client) *http.Client {
	guarded := http.Client{Timeout: oidcTimeout}
	if c != nil {
		guarded = *c
	}
	if guarded.Timeout == 0 {
		guarded.Timeout = oidcTimeout
	}
	if guarded.Transport == nil {
		guarded.Transport = http.DefaultTransport
	}
	if t, ok := guarded.Transport.(*http.Transport); ok && t.MaxResponseHeaderBytes == 0 {
		t = t.Clone()
		t.MaxResponseHeaderBytes = maxOIDCAnswer
		guarded.Transport = t
	}
	guarded.Transport = guard{guarded.Transport}
	guarded.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &guarded
}

type guard struct{ http.RoundTripper }

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := checkURL(r.URL.String()); err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	answer, err := g.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, maxOIDCAnswer)
	}
	return answer, err
}

// checkURL returns an error unless what is sent to an address can't be read on the way: it is one of https, or of this machine.
func checkURL(address string) error {
	u, err := url.Parse(address)
	if err == nil && u.Host != "" && u.User == nil {
		ip, _ := netip.ParseAddr(u.Hostname())
		if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip.Unmap().IsLoopback()) {
			return nil
		}
	}
	return tallystick.Errorf(tallystick.Unavailable, "%q is no address of an OpenID provider that can be trusted", shorten(address)).
		WithHint("an administrator sets oidc_issuer to an address of https; http is for this machine only")
}

// silent is the error of a provider that doesn't answer.
func silent(cause error) error {
	e := tallystick.Errorf(tallystick.Unavailable, "the OpenID provider doesn't answer").WithHint("try again in a minute, or sign in with your password")
	e.Err = cause
	return e
}

// badGateway is the error of a provider that answers what it should not.
func badGateway(cause error, format string, args ...any) error {
	e := tallystick.Errorf(tallystick.Unavailable, format, args...).WithHint("an administrator finds the reason in the server's log")
	e.Err = cause
	return WithStatus(http.StatusBadGateway, fmt.Errorf("sign in by OpenID Connect: %w", e))
}
