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

// audited returns what somebody did, the newest first.
func (s *site) audited(t *testing.T, actor string) []control.AuditEntry {
	t.Helper()
	l, err := s.Control.Audit(t.Context(), control.System("test"), control.AuditFilter{ActorID: actor}, control.Page{Limit: control.MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	return l.Items
}
