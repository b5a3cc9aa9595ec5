package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

func TestRefusalsDoNotFillTheAuditLog(t *testing.T) {
	s := newSite(t, nil)
	_, reading := s.key("acme", 0, control.ScopeRead)
	poor, cookie := s.member("acme", s.role("acme", control.Permission{Entity: control.Channels, Action: control.View}))
	for what, ask := range map[string]func() int{
		"a key that can't send events": func() int { return s.do("POST", eventsPath, reading, "{}").status },
		"a member who may see no keys": func() int { return s.do("GET", "/api/v1/keys", cookie, "").status },
	} {
		before, err := s.Control.AuditHead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		answers := map[int]int{}
		for range 150 {
			answers[ask()]++
		}
		after, err := s.Control.AuditHead(t.Context())
		if err != nil || after.Seq-before.Seq != 100 || answers[403] != 100 || answers[429] != 50 {
			t.Errorf("%s, asked 150 times, is answered %v and leaves %d entries, %v", what, answers, after.Seq-before.Seq, err)
		}
	}
	s.wait(tallystick.Minute)
	s.do("GET", "/api/v1/keys", cookie, "").is(t, 403, nil)
	l, err := s.Control.Audit(t.Context(), control.System("test"), control.AuditFilter{ActorID: poor.ID, Action: "refused"}, control.Page{Limit: 500})
	if err != nil || len(l.Items) != 101 {
		t.Errorf("%d refusals are written, %v", len(l.Items), err)
	}
}

// A customer of a provider of addresses has 2^64 of IPv6.
func TestAddressesOfOneNetworkShareALimit(t *testing.T) {
	s := newSite(t, func(s *site) {
		s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	})
	ask := func(address string) int {
		return s.do("GET", "/api/v1/session", "", "", "X-Forwarded-For", address).status
	}
	answers := map[int]int{}
	for i := range 310 {
		answers[ask(fmt.Sprintf("2001:db8::%x", i+1))]++
	}
	if answers[http.StatusTooManyRequests] != 10 {
		t.Errorf("310 addresses of a network are answered %v", answers)
	}
	if status := ask("2001:db8:0:1::1"); status != http.StatusUnauthorized {
		t.Errorf("an address of another network is answered %d", status)
	}
	for range 300 {
		ask("192.0.2.1")
	}
	if status := ask("::ffff:192.0.2.1"); status != http.StatusTooManyRequests {
		t.Errorf("an address of IPv4 in the form of IPv6 is answered %d", status)
	}
	if status := ask("192.0.2.2"); status != http.StatusUnauthorized {
		t.Errorf("the address beside it is answered %d", status)
	}
}
