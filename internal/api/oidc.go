package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Where the two steps of a sign-in by OpenID Connect are. The second one is registered at the provider.
const (
	OIDCBeginPath    = "/api/v1/oidc/begin"
	OIDCCallbackPath = "/api/v1/oidc/callback"
)

// OIDC signs members in through an OpenID Connect provider, by the authorization code flow with PKCE, state and nonce. It never makes a member. It must not be
// changed or copied after its first request; requests may come at the same time.
type OIDC struct {
	// Settings returns how the provider is reached. It is asked in both steps of each sign-in, so that a change needs no restart. See [StoredOIDC].
	Settings func(context.Context) (OIDCSettings, error)
	// SignIn is that of the control plane, SignInOIDC, which also audits what it does and refuses.
	SignIn func(ctx context.Context, from control.From, who control.Identity) (token string, err error)
	// Audit is that of the control plane, AppendAudit: for sign-ins that fail before there is anybody for SignIn to look at. An error is the answer.
	Audit func(context.Context, control.Actor, control.Entry) error
	// SetSession gives the browser the cookie of its session. A cookie of SameSite=Strict would not be sent when the browser is led on from here, for it comes
	// from the provider's site.
	SetSession func(w http.ResponseWriter, r *http.Request, token string)
	// From says where a request comes from; nil: from its remote address.
	From func(*http.Request) control.From
	// PublicURL returns where browsers find this server, such as https://tallystick.example.org; "" where it isn't known.
	PublicURL func(context.Context) string
	// SignInPage is the path of the page that says in the reader's words why a sign-in was refused; "": there is none, and who reads is answered with the problem.
	SignInPage string

	Secret control.SecretKey // the key of the cookie is derived from it, so that several servers share it; the zero key: one is made for this server alone
	Now    func() time.Time
	Logger *slog.Logger // nil: nothing is logged
	Client *http.Client // whose transport and time-out reach the provider; nil: one that answers, or gives up, within 10 s

	once      sync.Once
	cookie    beginCookie
	providers providers
}

func (o *OIDC) prepare() {
	o.once.Do(func() {
		o.cookie = newBeginCookie(o.Secret)
		o.providers = providers{client: guardedClient(o.Client), now: o.Now}
	})
}

// Begin answers GET /api/v1/oidc/begin?return_to=/path: it leads the browser to the provider. What the callback has to find again is in a cookie.
func (o *OIDC) Begin(w http.ResponseWriter, r *http.Request) {
	o.prepare()
	to, err := o.begin(w, r)
	o.lead(w, r, to, err)
}

func (o *OIDC) begin(w http.ResponseWriter, r *http.Request) (to string, err error) {
	if r.Method != http.MethodGet {
		return "", onlyGET(w)
	}
	returnTo, err := localPath(r.URL.Query().Get("return_to"))
	if err != nil {
		return "", err
	}
	s, err := o.settings(r.Context())
	if err != nil {
		return "", err
	}
	p, err := o.providers.of(r.Context(), s.Issuer)
	if err != nil {
		return "", err
	}
	b := begun{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Issuer: s.Issuer, ReturnTo: returnTo, Until: o.Now().Add(beginLifetime)}
	if err := o.cookie.set(w, s.secure(), &b); err != nil {
		return "", err
	}
	return s.oauth(p).AuthCodeURL(b.State, oidc.Nonce(b.Nonce), oauth2.S256ChallengeOption(b.Verifier)), nil
}

// Callback answers GET /api/v1/oidc/callback, where the provider leads the browser back to: it opens a session, and leads on to where the sign-in was begun.
func (o *OIDC) Callback(w http.ResponseWriter, r *http.Request) {
	o.prepare()
	to, err := o.callback(w, r)
	o.lead(w, r, to, err)
}

func (o *OIDC) callback(w http.ResponseWriter, r *http.Request) (to string, err error) {
	if r.Method != http.MethodGet { // a HEAD would use the code up
		return "", onlyGET(w)
	}
	s, err := o.settings(r.Context())
	if err != nil {
		return "", err
	}
	b, err := o.cookie.get(r, s.secure(), o.Now())
	if err != nil {
		return "", err
	}
	from := o.from(r)
	who, err := o.said(w, r, s, b)
	if err != nil {
		// Who has begun no sign-in here is not told of: anybody could fill the log.
		entry := control.Entry{Action: "session.failed", After: map[string]string{"by": "OpenID", "issuer": b.Issuer, "why": ProblemOf(err).Detail}}
		if err := o.Audit(context.WithoutCancel(r.Context()), control.Nobody(from), entry); err != nil {
			return "", err
		}
		return "", err
	}
	token, err := o.SignIn(r.Context(), from, who)
	if err != nil {
		return "", err
	}
	o.SetSession(w, r, token)
	return b.ReturnTo, nil
}

// said returns whom the provider's answer to a sign-in is about.
func (o *OIDC) said(w http.ResponseWriter, r *http.Request, s reach, b *begun) (who control.Identity, err error) {
	q := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(b.State)) != 1 {
		return who, again("this answer belongs to another sign-in than the last one that was begun in this browser")
	}
	o.cookie.clear(w, s.secure()) // it serves once; a forged answer, which has another state, doesn't end what it knows nothing of
	if s.Issuer != b.Issuer {
		return who, again("the settings were changed during the sign-in")
	}
	p, err := o.providers.of(r.Context(), s.Issuer)
	if err != nil {
		return who, err
	}
	if iss := q.Get("iss"); iss != s.Issuer && (iss != "" || p.saysIssuer) { // RFC 9207
		return who, again("this answer comes from another provider than the one that was asked")
	}
	if code := q.Get("error"); code != "" {
		return who, providerError(code, q.Get("error_description"))
	}
	if q.Get("code") == "" {
		return who, again("the OpenID provider's answer holds no code")
	}
	return o.identify(r.Context(), p, s, q.Get("code"), b)
}

// reach is the settings that a sign-in goes by, and where this server is.
type reach struct {
	OIDCSettings
	publicURL string // without a slash at its end
}

// settings returns the settings, or why they don't do.
func (o *OIDC) settings(ctx context.Context) (reach, error) {
	stored, err := o.Settings(ctx)
	s := reach{stored, strings.TrimRight(o.PublicURL(ctx), "/")}
	switch {
	case err != nil:
		return s, fmt.Errorf("read settings of OpenID Connect: %w", err)
	case s.Issuer == "" || s.ClientID == "":
		return s, tallystick.Errorf(tallystick.NotFound, "signing in by OpenID Connect is not set up").WithHint("sign in with your password")
	case s.publicURL == "":
		return s, tallystick.Errorf(tallystick.Unavailable, "this server doesn't know its own address, which the OpenID provider has to lead back to").
			WithHint("an administrator sets public_url")
	}
	return s, checkURL(s.Issuer)
}

func (s *reach) secure() bool { return strings.HasPrefix(s.publicURL, "https://") }

func (s *reach) oauth(p *provider) *oauth2.Config {
	return &oauth2.Config{ClientID: s.ClientID, ClientSecret: string(s.ClientSecret), Endpoint: p.endpoint(s.OIDCSettings),
		RedirectURL: s.publicURL + OIDCCallbackPath, Scopes: []string{oidc.ScopeOpenID, oidc.ScopeEmail}}
}

func (o *OIDC) from(r *http.Request) control.From {
	if o.From != nil {
		return o.From(r)
	}
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	return control.From{Address: address, UserAgent: r.UserAgent()}
}

// lead leads the browser on, or answers with an error. What a sentence for everybody leaves out is logged.
func (o *OIDC) lead(w http.ResponseWriter, r *http.Request, to string, err error) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address holds the code
	if err == nil {
		w.Header().Set("Location", to) // as it is: http.Redirect would tidy it up
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	if e := (*tallystick.Error)(nil); errors.As(err, &e) && e.Err != nil && e.Code != tallystick.Internal && o.Logger != nil {
		o.Logger.Warn("a sign-in by OpenID Connect failed", "error", e, "cause", fmt.Sprintf("%.1000s", e.Err))
	}
	if page := o.pageOf(r, err); page != "" {
		w.Header().Set("Location", page)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	WriteProblem(w, o.Logger, err)
}

// again is an error that a new sign-in mends.
func again(format string, args ...any) error {
	return tallystick.Errorf(tallystick.Invalid, format, args...).WithHint("sign in once more")
}

func onlyGET(w http.ResponseWriter) error {
	w.Header().Set("Allow", http.MethodGet)
	return WithStatus(http.StatusMethodNotAllowed, tallystick.Errorf(tallystick.Invalid, "this takes GET only"))
}

// maxReturnTo is how long a path to return to may be, in bytes: it has to fit into a cookie.
const maxReturnTo = 1000

// localPath returns where to go after the sign-in: a path of this server and nothing else, for a link to the sign-in must not lead elsewhere. "" is the start page.
func localPath(s string) (string, error) {
	if s == "" {
		return "/", nil
	}
	u, err := url.Parse(s)
	// Browsers take \ for /, leave out tabs and ends of lines, and take what follows // for a host. What isn't ASCII they have escaped.
	bad := strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' })
	if err != nil || bad || len(s) > maxReturnTo || u.IsAbs() || u.Host != "" || s[0] != '/' || strings.HasPrefix(s, "//") {
		return "", tallystick.Errorf(tallystick.Invalid, "return_to %q is no path of this server", shorten(s)).WithHint("write a path such as /reports")
	}
	return s, nil
}
