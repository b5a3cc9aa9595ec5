package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/tallystick/tallystick/internal/control"
)

// call is what is known of a request while it is worked on. The request's goroutine alone uses it.
type call struct {
	id      string
	address string // of the client, without a port
	agent   string
	secure  bool   // it came over HTTPS, as far as a trusted proxy or the connection says
	route   string // pattern that it was for; "" none
	logger  *slog.Logger

	actor   control.Actor // who was recognised; of kind NoActor: nobody
	refused error         // why what it showed was not recognised; nil: it was, or there was nothing
}

type callKey struct{}

// callOf returns what is known of a request by its context: of one that did not come through [Server.Handler], nothing.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{actor: control.Nobody(control.From{})}
}

// from is the request as the control plane knows it.
func (c *call) from() control.From {
	return control.From{Address: c.address, RequestID: c.id, UserAgent: c.agent}
}

// begin makes the call of a request.
func (s *Server) begin(r *http.Request) *call {
	c := &call{id: requestID(r.Header.Get("X-Request-Id")), agent: r.UserAgent(), secure: r.TLS != nil, logger: s.Logger}
	c.address = s.address(r)
	if s.trusts(peer(r)) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		c.secure = true
	}
	c.actor = control.Nobody(c.from())
	return c
}

// requestID takes the id that the client or a proxy gave, where it can stand in a log, and else makes one.
func requestID(given string) string {
	const longest = 128
	sane := given != "" && len(given) <= longest && !strings.ContainsFunc(given, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.:/+=", r))
	})
	if sane {
		return given
	}
	return strings.ToLower(rand.Text())
}

// peer returns the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	a, _ := netip.ParseAddr(host)
	return a.Unmap().WithZone("")
}

func (s *Server) trusts(a netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// address returns who asks. Each proxy writes whom it has the request from behind what was there before: so it is the last one that no trusted proxy is. What
// stands before it anybody could have written.
func (s *Server) address(r *http.Request) string {
	a := peer(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(a); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		a = hop.Unmap().WithZone("")
	}
	return a.String()
}
