package api

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// What somebody takes away, and what is done with rejected events, is in the audit log; what is only looked at is not.
func TestDownloadsAreAudited(t *testing.T) {
	s := newWholeSite(t)
	_, key := s.key("", 0, control.ScopeIngest, control.ScopeAttributes)
	s.tell(key, s.tenantUpserted("acme", `{}`))
	entries := []quarantine.Entry{
		{Received: s.Control.Now(), Source: "test:1", Code: tallystick.Invalid, Reason: "not valid JSON", Raw: []byte("one")},
		{Received: s.Control.Now(), Source: "test:2", Code: tallystick.Invalid, Reason: "not valid JSON", Raw: []byte("two")},
	}
	if _, err := s.quarantine.Keep(t.Context(), "acme", entries); err != nil {
		t.Fatal(err)
	}
	rejected := func(i int) string {
		return fmt.Sprintf("/api/v1/quarantine/%x?tenant=acme", sha256.Sum256(entries[i].Raw))
	}
	member, cookie := s.member("acme", control.TenantAdministrator)
	const tables = "/api/v1/reports/tenant-usage/tables/tenants"
	for _, test := range []struct {
		name, method, path string
		status             int
		action, says       string // of its entry; empty: there is none
	}{
		{"a table as JSON", "GET", tables + "?tenant=acme", 200, "", ""},
		{"a table as CSV", "GET", tables + "?tenant=acme&format=csv", 200, "report.download", `"file":"tenant-usage.csv","question":"as_of=1-1\u0026tenant=acme"`},
		{"a workbook", "GET", "/api/v1/reports/tenant-usage/file?tenant=acme", 200, "report.download", `"file":"tenant-usage.xlsx"`},
		{"an explanation as JSON", "GET", tables + "/rows/1/columns/2/events?tenant=acme", 200, "", ""},
		{"an explanation as CSV", "GET", tables + "/rows/1/columns/2/events?tenant=acme&format=csv", 200, "report.download", `"file":"explanation.csv"`},
		{"a file that does not come about", "GET", tables + "?tenant=other&format=csv", 404, "", ""},
		{"a rejected event", "GET", rejected(0), 200, "quarantine.download", `"reason":"not valid JSON"`},
		{"a rejected event that is let go", "DELETE", rejected(1), 204, "quarantine.remove", `"source":"test:2"`},
		{"one that there is not", "DELETE", rejected(1), 404, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := s.audited(t, member.ID)
			s.do(test.method, test.path, cookie, "").is(t, test.status, nil)
			after := s.audited(t, member.ID)
			if test.action == "" {
				if len(after) != len(before) {
					t.Errorf("it is audited: %+v", after[0])
				}
				return
			}
			if len(after) != len(before)+1 || after[0].Action != test.action {
				t.Fatalf("%d entries before, and after %+v", len(before), after)
			}
			if said := string(after[0].Before) + string(after[0].After); !strings.Contains(said, test.says) || !json.Valid([]byte(said)) {
				t.Errorf("the entry says %s", said)
			}
		})
	}
}

// What can't be written in the audit log is not done, and nothing of it is given.
func TestWhatCannotBeAuditedIsNotDone(t *testing.T) {
	s := newWholeSite(t)
	_, key := s.key("", 0, control.ScopeIngest, control.ScopeAttributes)
	s.tell(key, s.tenantUpserted("acme", `{"company_name":"Acme Bank"}`))
	entry := quarantine.Entry{Received: s.Control.Now(), Source: "test:1", Code: tallystick.Invalid, Reason: "not valid JSON", Raw: []byte("of acme")}
	if _, err := s.quarantine.Keep(t.Context(), "acme", []quarantine.Entry{entry}); err != nil {
		t.Fatal(err)
	}
	rejected := fmt.Sprintf("/api/v1/quarantine/%x?tenant=acme", sha256.Sum256(entry.Raw))
	_, cookie := s.member("", control.SuperAdministrator)
	_, poor := s.member("acme", s.role("acme", control.Permission{Entity: control.Channels, Action: control.View}))
	const tables = "/api/v1/reports/tenant-usage/tables/tenants"
	s.do("GET", tables+"?tenant=acme", cookie, "").is(t, 200, nil)
	s.full("INSERT", "audit")
	for _, test := range []struct{ name, method, path, credentials, body string }{
		{"a table", "GET", tables + "?tenant=acme&format=csv", cookie, ""},
		{"a workbook", "GET", "/api/v1/reports/tenant-usage/file?tenant=acme", cookie, ""},
		{"an explanation", "GET", tables + "/rows/1/columns/2/events?tenant=acme&format=csv", cookie, ""},
		{"a rejected event", "GET", rejected, cookie, ""},
		{"letting it go", "DELETE", rejected, cookie, ""},
		{"trying it again", "POST", "/api/v1/quarantine/replay", cookie, `{"tenant":"acme"}`},
		{"a change of a tenant", "PATCH", "/api/v1/tenants/acme", cookie, `{"locked":true}`},
		{"a key", "POST", "/api/v1/keys", cookie, `{"name":"k","scopes":["ingest"]}`},
		{"a refusal", "GET", "/api/v1/keys", poor, ""},
		{"a wrong password", "POST", "/api/v1/session", "", `{"email":"nobody@example.com","password":"wrong"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := s.do(test.method, test.path, test.credentials, test.body).is(t, 500, nil)
			for _, told := range []string{"Acme Bank", "of acme", "disk full"} {
				if strings.Contains(string(g.body), told) {
					t.Errorf("it is answered %s", g.body)
				}
			}
		})
	}
	if _, err := s.quarantine.Get(t.Context(), "acme", fmt.Sprintf("%x", sha256.Sum256(entry.Raw))); err != nil {
		t.Errorf("the rejected event: %v", err)
	}
	if head := s.Events.Head().Sequence; head != 1 {
		t.Errorf("the journal has %d records", head)
	}
}

// audited returns what somebody did, the newest first.
func (s *site) audited(t *testing.T, actor string) []control.AuditEntry {
	t.Helper()
	l, err := s.Control.Audit(t.Context(), control.System("test"), control.AuditFilter{ActorID: actor}, control.Page{Limit: control.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	return l.Items
}
