package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

const tenantTable = "/api/v1/reports/tenant-usage/tables/tenants"

// post hands over an event, and returns the position that it was accepted at.
func (s *site) post(key, event string) string {
	s.Helper()
	var answer struct{ Results []struct{ Position string } }
	s.do("POST", eventsPath, key, event, "Content-Type", "application/cloudevents+json").is(s, 200, &answer)
	return answer.Results[0].Position
}

// What was accepted before a question comes is in its answer, though the engine takes its time.
func TestAReportHoldsWhatWasAccepted(t *testing.T) {
	s := newWholeSite(t)
	_, all := s.key("", 0, control.ScopeIngest, control.ScopeAttributes, control.ScopeRead)
	for i := range 5 {
		tenant := "t" + strconv.Itoa(i)
		position := s.post(all, s.tenantUpserted(tenant, `{}`))
		g := s.do("GET", tenantTable+"?tenant="+tenant, all, "").is(t, 200, nil)
		if got := g.header.Get(PositionHeader); got != position {
			t.Errorf("the answer is of %s, the event was accepted at %s", got, position)
		}
		position = s.post(all, s.tenantUpserted(tenant, `{}`))
		s.do("GET", tenantTable+"?all_tenants=true&as_of="+position, all, "").is(t, 200, nil)
	}
}

// An engine that does not get there in time answers with what it has, but for a position that it has not.
func TestAReportDoesNotWaitLong(t *testing.T) {
	s := newWholeSite(t)
	_, all := s.key("", 0, control.ScopeIngest, control.ScopeAttributes, control.ScopeRead)
	s.tell(all, s.tenantUpserted("acme", `{}`))
	waits := 0
	s.Reports.Limits.Lag = 10 * time.Millisecond
	s.Reports.Head = func() tallystick.Position { return tallystick.Position{Log: 1, Sequence: 3} } // two records are durable that the engine does not get
	s.Reports.Wait = func(ctx context.Context, until tallystick.Position) error {
		waits++
		return s.Events.Wait(ctx, until)
	}
	g := s.do("GET", tenantTable+"?all_tenants=true", all, "").is(t, 200, nil)
	if got := g.header.Get(PositionHeader); got != "1-1" || waits != 1 {
		t.Errorf("the answer is of %s, after %d waits", got, waits)
	}
	for _, path := range []string{tenantTable, "/api/v1/reports/tenant-usage/file", tenantTable + "/rows/1/columns/1/events"} {
		g = s.do("GET", path+"?all_tenants=true&as_of=1-3", all, "")
		if g.status != http.StatusServiceUnavailable || g.header.Get("Retry-After") == "" || !strings.Contains(string(g.body), "1-3 is not applied yet") {
			t.Errorf("%s as of 1-3: %d %v %s", path, g.status, g.header, g.body)
		}
		g = s.do("GET", path+"?all_tenants=true&as_of=1-4", all, "")
		if g.status != http.StatusNotFound || !strings.Contains(string(g.body), "there is no position 1-4") || !strings.Contains(string(g.body), "from 1-1 to 1-3") {
			t.Errorf("%s as of 1-4: %d %s", path, g.status, g.body)
		}
		s.do("GET", path+"?all_tenants=true&as_of=1-1", all, "").is(t, 200, nil)
	}
	if g := s.do("GET", tenantTable+"?all_tenants=true&as_of=2-1", all, ""); g.status != http.StatusNotFound {
		t.Errorf("as of another log: %d %s", g.status, g.body)
	}
}
