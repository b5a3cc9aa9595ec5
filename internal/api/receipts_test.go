package api

import (
	"strings"
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

// A receipt names each tenant of its report, and may be longer than what else is sent.
func TestLongReceipts(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("", control.SuperAdministrator)
	for _, path := range []string{"/api/v1/receipts/reproduce", "/api/v1/receipts/file"} {
		for _, test := range []struct {
			about  string
			bytes  int
			status int
			says   string
		}{
			{"3 MB", 3 << 20, 400, "this is no receipt"},
			{"more than 16 MiB", maxReceipt, 413, "the body has more than 16777216 bytes"},
		} {
			t.Run(path+" of "+test.about, func(t *testing.T) {
				var p Problem
				s.do("POST", path, cookie, `{"x":"`+strings.Repeat("x", test.bytes)+`"}`).is(t, test.status, &p)
				if !strings.Contains(p.Detail, test.says) {
					t.Errorf("%+v", p)
				}
			})
		}
	}
}

// A receipt tells totals: who takes one away, or has a file made again by one, is in the audit log.
func TestReceiptsAreAudited(t *testing.T) {
	s := newWholeSite(t)
	_, key := s.key("", 0, control.ScopeIngest, control.ScopeAttributes)
	s.tell(key, s.tenantUpserted("acme", `{}`))
	member, cookie := s.member("acme", control.TenantAdministrator)
	run := s.exported(cookie, fileText, roomJob("acme"))
	receipt := s.do("GET", "/api/v1/reports/tenant-usage/file?tenant=acme", cookie, "").is(t, 200, nil).ends.Get(ReceiptHeader)
	for _, test := range []struct{ method, path, body, action, object string }{
		{"GET", "/api/v1/runs/" + run.ID + "/receipt", "", "receipt.download", run.ID},
		{"POST", "/api/v1/receipts/reproduce", receipt, "report.reproduce", "tenant-usage"},
		{"POST", "/api/v1/receipts/file", receipt, "report.download", "tenant-usage"},
	} {
		before := len(s.audited(t, member.ID))
		s.do(test.method, test.path, cookie, test.body).is(t, 200, nil)
		after := s.audited(t, member.ID)
		if len(after) != before+1 || after[0].Action != test.action || after[0].ObjectID != test.object {
			t.Errorf("%s leaves %d entries, the last %+v", test.path, len(after)-before, after[0])
		}
	}
}
