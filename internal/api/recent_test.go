package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

func TestRecentEvents(t *testing.T) {
	s := newWholeSite(t)
	_, key := s.key("", 0, control.ScopeIngest, control.ScopeAttributes)
	for _, place := range []control.Tenant{{ID: "acme"}, {ID: "west", Parent: "acme"}, {ID: "other"}} {
		if err := s.Control.PutTenant(t.Context(), control.System("test"), place); err != nil {
			t.Fatal(err)
		}
	}
	_, all := s.member("", control.Auditor)
	_, acme := s.member("acme", s.role("acme", control.Permission{Entity: control.Ingest, Action: control.View}))
	recent := func(cookie string, limit int) (tenants string, first RecentEvent) {
		var list List[RecentEvent]
		s.do("GET", fmt.Sprintf("/api/v1/recent-events?limit=%d", limit), cookie, "").is(t, 200, &list)
		for _, e := range list.Items {
			tenants += e.Tenant + " "
		}
		if len(list.Items) > 0 {
			first = list.Items[0]
		}
		return strings.TrimSpace(tenants), first
	}
	if got, _ := recent(all, 5); got != "" {
		t.Errorf("an empty journal has %s", got)
	}
	s.tell(key, s.tenantUpserted("acme", `{}`), s.tenantUpserted("west", `{"compny":"West"}`), s.tenantUpserted("other", `{}`))
	if got, first := recent(all, 2); got != "other west" || first.Type != "tenant.upserted" || first.Received == 0 {
		t.Errorf("the newest two are %s, %+v", got, first)
	}
	if got, _ := recent(all, 50); got != "other west acme" {
		t.Errorf("all are %s", got)
	}
	if got, first := recent(acme, 50); got != "west acme" || strings.Join(first.Unknown, " ") != "compny" {
		t.Errorf("of acme and below are %s, %+v", got, first)
	}
}
