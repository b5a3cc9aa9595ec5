package api

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/render"
)

const fileText = "Room,Messages\r\nr1,7\r\nr2,9\r\n"

func TestTheFileOfARun(t *testing.T) {
	s := newWholeSite(t)
	member, cookie := s.member("", control.SuperAdministrator)
	run := s.exported(cookie, fileText, roomJob("acme"))
	path := "/api/v1/runs/" + run.ID + "/file"

	before := len(s.audited(t, member.ID))
	g := s.do("GET", path, cookie, "").is(t, 200, nil)
	tag := g.header.Get("ETag")
	for name, want := range map[string]string{
		"Content-Type": "text/csv; charset=utf-8; header=present", "Content-Disposition": `attachment; filename=Acme-rooms.csv`, "Cache-Control": "private, no-store",
		"X-Content-Type-Options": "nosniff", "Content-Length": "27", "Accept-Ranges": "bytes",
	} {
		if got := g.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if string(g.body) != fileText || len(tag) != 66 {
		t.Errorf("%q, ETag %s", g.body, tag)
	}
	entries := s.audited(t, member.ID)
	if len(entries) != before+1 || entries[0].Action != "export.download" || entries[0].ObjectID != run.ID || !strings.Contains(string(entries[0].After), strings.Trim(tag, `"`)) {
		t.Errorf("%+v", entries[0])
	}

	for _, test := range []struct {
		about, header, value string
		status               int
		body, is             string // is: Content-Range
	}{
		{"its beginning", "Range", "bytes=0-3", 206, "Room", "bytes 0-3/27"},
		{"its end", "Range", "bytes=-6", 206, "r2,9\r\n", "bytes 21-26/27"},
		{"from the middle on", "Range", "bytes=15-", 206, "r1,7\r\nr2,9\r\n", "bytes 15-26/27"},
		{"past its end", "Range", "bytes=27-", 416, "invalid range: failed to overlap\n", "bytes */27"},
		{"what somebody has already", "If-None-Match", tag, 304, "", ""},
	} {
		t.Run(test.about, func(t *testing.T) {
			g := s.do("GET", path, cookie, "", test.header, test.value).is(t, test.status, nil)
			if string(g.body) != test.body || g.header.Get("Content-Range") != test.is {
				t.Errorf("%q, %s", g.body, g.header.Get("Content-Range"))
			}
		})
	}
	t.Run("its receipt", func(t *testing.T) {
		g := s.do("GET", "/api/v1/runs/"+run.ID+"/receipt", cookie, "").is(t, 200, nil)
		if string(g.body) != "{\"receipt\":1}\n" || g.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s", g.header.Get("Content-Type"), g.body)
		}
	})
	t.Run("a part of what it is of is out of reach", func(t *testing.T) {
		for _, id := range []string{"acme", "other"} {
			if err := s.Control.PutTenant(t.Context(), control.System("test"), control.Tenant{ID: id}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Control.PutTenant(t.Context(), control.System("test"), control.Tenant{ID: "below", Parent: "acme"}); err != nil {
			t.Fatal(err)
		}
		_, own := s.member("acme", control.TenantAdministrator)
		r := s.exported(own, fileText, roomJob("below"))
		s.do("GET", "/api/v1/runs/"+r.ID+"/file", own, "").is(t, 200, nil)
		if err := s.Control.PutTenant(t.Context(), control.System("test"), control.Tenant{ID: "below", Parent: "other"}); err != nil {
			t.Fatal(err)
		}
		s.do("GET", "/api/v1/runs/"+r.ID+"/file", own, "").is(t, 404, nil)
		s.do("GET", "/api/v1/runs/"+r.ID+"/receipt", own, "").is(t, 404, nil)
		var is Run
		g := s.do("GET", "/api/v1/runs/"+r.ID, own, "").is(t, 200, &is)
		if is.File != nil || strings.Contains(string(g.body), "below") {
			t.Errorf("%s", g.body)
		}
	})
	t.Run("a file of another size is not given away", func(t *testing.T) {
		if err := os.WriteFile(filepath.Join(string(s.Files.(runFiles)), run.ID), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		before := len(s.audited(t, member.ID))
		s.do("GET", path, cookie, "").is(t, 500, nil)
		if len(s.audited(t, member.ID)) != before {
			t.Error("it is audited")
		}
		if !strings.Contains(s.log.String(), "it was changed") {
			t.Error("it is not logged why")
		}
	})
	t.Run("a file that is gone", func(t *testing.T) {
		if err := os.Remove(filepath.Join(string(s.Files.(runFiles)), run.ID)); err != nil {
			t.Fatal(err)
		}
		var p Problem
		s.do("GET", path, cookie, "").is(t, 404, &p)
		if !strings.Contains(p.Detail, `the file of "Rooms" is not there any more`) {
			t.Errorf("%+v", p)
		}
	})
	t.Run("a file that was removed", func(t *testing.T) {
		if err := s.Control.MarkFilesRemoved(t.Context(), run.ID); err != nil {
			t.Fatal(err)
		}
		s.do("GET", path, cookie, "").is(t, 404, nil)
		s.do("GET", "/api/v1/runs/"+run.ID+"/receipt", cookie, "").is(t, 200, nil) // which is how it can be made again
		var is Run
		s.do("GET", "/api/v1/runs/"+run.ID, cookie, "").is(t, 200, &is)
		if is.File == nil || is.File.Removed == 0 {
			t.Errorf("%+v", is.File)
		}
	})
}

func TestAServerWithoutFiles(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("", control.SuperAdministrator)
	run := s.exported(cookie, fileText, roomJob("acme"))
	s.Files = nil
	s.do("GET", "/api/v1/runs/"+run.ID+"/file", cookie, "").is(t, 503, nil)
}

// Whoever has a good link gets the file; every other link is answered alike.
func TestLinksToFiles(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("", control.SuperAdministrator)
	bad := string(s.do("GET", "/api/v1/files/made-up", "", "").is(t, 404, nil).body)
	refused := func(t *testing.T, token string) {
		t.Helper()
		if g := s.do("GET", "/api/v1/files/"+token, "", "").is(t, 404, nil); string(g.body) != bad {
			t.Errorf("%s\nand not %s", g.body, bad)
		}
	}
	_, run, delivery := s.scheduled(cookie, fileText, "acme")
	token := s.link(t, delivery.ID)
	address := "/api/v1/files/" + token

	g := s.do("GET", address, "", "").is(t, 200, nil)
	if string(g.body) != fileText || !strings.HasPrefix(g.header.Get("Content-Disposition"), "attachment; ") || g.header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%v %q", g.header, g.body)
	}
	if g := s.do("GET", address, "", "", "Range", "bytes=0-3").is(t, 206, nil); string(g.body) != "Room" {
		t.Errorf("%q", g.body)
	}
	l, err := s.Control.Audit(t.Context(), control.System("test"), control.AuditFilter{Action: "link.open"}, control.Page{})
	if err != nil || len(l.Items) != 2 || l.Items[0].ActorKind != control.NoActor || l.Items[0].Address == "" || l.Items[0].ObjectID != delivery.ID {
		t.Errorf("%+v, %v", l.Items, err)
	}
	if strings.Contains(s.log.String(), token) {
		t.Error("the token is logged")
	}
	var list List[Delivery]
	s.do("GET", "/api/v1/runs/"+run.ID+"/deliveries", cookie, "").is(t, 200, &list)
	if len(list.Items) != 1 || list.Items[0].Link == nil || list.Items[0].Link.Uses != 2 || list.Items[0].Recipient.Address != "boss@example.com" {
		t.Errorf("%+v", list)
	}
	t.Run("guessed", func(t *testing.T) {
		refused(t, token[:len(token)-1])
		refused(t, strings.Repeat("0", len(token)))
	})
	t.Run("whose file is gone", func(t *testing.T) {
		name := filepath.Join(string(s.Files.(runFiles)), run.ID)
		if err := os.Rename(name, name+".away"); err != nil {
			t.Fatal(err)
		}
		refused(t, token)
		if err := os.Rename(name+".away", name); err != nil {
			t.Fatal(err)
		}
		s.do("GET", address, "", "").is(t, 200, nil)
	})
	t.Run("expired", func(t *testing.T) {
		s.wait(control.LinkLifetime - 1)
		s.do("GET", address, "", "").is(t, 200, nil)
		s.wait(1)
		refused(t, token)
	})
	t.Run("revoked", func(t *testing.T) {
		_, cookie := s.member("", control.SuperAdministrator)
		_, _, delivery := s.scheduled(cookie, fileText, "acme")
		token := s.link(t, delivery.ID)
		s.do("GET", "/api/v1/files/"+token, "", "").is(t, 200, nil)
		s.do("POST", "/api/v1/deliveries/"+delivery.ID+"/revoke-link", cookie, "").is(t, 204, nil)
		refused(t, token)
	})
	t.Run("guesses are limited", func(t *testing.T) {
		var statuses []int
		for range int(byAddress.quota) + 1 {
			statuses = append(statuses, s.do("GET", "/api/v1/files/made-up", "", "").status)
		}
		if !slices.Contains(statuses, http.StatusTooManyRequests) {
			t.Error("nobody is kept from guessing")
		}
	})
}

// Who was sent a report by a link, and may not see the run, takes the file by signing in; nobody else does, and one refusal is as the other.
func TestAFileThatWasSentToAMember(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("", control.SuperAdministrator)
	role, err := s.Control.AddRole(t.Context(), control.System("test"), control.Role{Name: "Tree", Tenant: "acme", Permissions: []control.Permission{{Entity: control.Tenants, Action: control.View}}})
	if err != nil {
		t.Fatal(err)
	}
	to, recipient := s.member("acme", role.ID)
	_, other := s.member("acme", role.ID)
	_, admin := s.member("acme", control.TenantAdministrator)
	_, run, delivery := s.scheduledFor(cookie, fileText, "acme", control.Recipient{Way: control.ByMail, Member: to.ID})
	page, file := "/api/v1/runs/"+run.ID, "/api/v1/runs/"+run.ID+"/file"
	s.do("GET", page, recipient, "").is(t, 403, nil) // nothing was sent by a link yet
	s.link(t, delivery.ID)
	var is Run
	s.do("GET", page, recipient, "").is(t, 200, &is)
	if is.Name != "Hourly" || is.File == nil || is.File.Name != "Acme-rooms.csv" || len(is.Tenants) > 0 || is.Maker != "" {
		t.Errorf("the recipient sees %+v", is)
	}
	if g := s.do("GET", file, recipient, "").is(t, 200, nil); string(g.body) != fileText {
		t.Errorf("the file is %q", g.body)
	}
	if g := s.do("GET", file, recipient, "", "Range", "bytes=0-3").is(t, 206, nil); string(g.body) != "Room" {
		t.Errorf("a range of it is %q", g.body)
	}
	for _, path := range []string{page, file} {
		s.do("GET", path, other, "").is(t, 403, nil)
		s.do("GET", path, admin, "").is(t, 404, nil)
		s.do("GET", path, "", "").is(t, 401, nil)
	}
	for _, path := range []string{page + "/receipt", page + "/deliveries"} {
		s.do("GET", path, recipient, "").is(t, 403, nil)
	}
	s.do("POST", "/api/v1/deliveries/"+delivery.ID+"/revoke-link", cookie, "").is(t, 204, nil)
	for _, path := range []string{page, file} {
		s.do("GET", path, recipient, "").is(t, 403, nil)
	}
}

// The description of the API says as what files come.
func TestTheTypesOfFilesAreDescribed(t *testing.T) {
	s := newWholeSite(t)
	var description struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal(s.do("GET", "/api/openapi.json", "", "").is(t, 200, nil).body, &description); err != nil {
		t.Fatal(err)
	}
	types := []string{render.ArchiveMediaType}
	for _, f := range render.Formats {
		mediaType, _, _ := strings.Cut(f.MediaType, ";")
		types = append(types, mediaType)
	}
	for _, route := range []string{"get /api/v1/runs/{id}/file", "get /api/v1/files/{token}", "post /api/v1/receipts/file", "get /api/v1/mailbox/{id}/attachments/{n}"} {
		method, path, _ := strings.Cut(route, " ")
		content := description.Paths[path][method].Responses["200"].Content
		for _, mediaType := range types {
			if _, ok := content[mediaType]; !ok {
				t.Errorf("%s answers as %s, and that is not described", route, mediaType)
			}
		}
	}
}

func TestADeliveryIsSentOnceMore(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("", control.SuperAdministrator)
	_, run, delivery := s.scheduled(cookie, fileText, "acme")
	resend := "/api/v1/deliveries/" + delivery.ID + "/resend"
	s.do("POST", resend, cookie, "").is(t, 409, nil) // it is pending
	claimed, err := s.Control.ClaimDeliveries(t.Context(), control.Claimant{Worker: "test"}, 10)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("%+v, %v", claimed, err)
	}
	if _, err := s.Control.EndDeliveries(t.Context(), control.DeliveryEnd{Delivery: claimed[0], Outcome: control.NotSent, Answer: "550 no such user"}); err != nil {
		t.Fatal(err)
	}
	var list List[Delivery]
	s.do("GET", "/api/v1/runs/"+run.ID+"/deliveries", cookie, "").is(t, 200, &list)
	if d := list.Items[0]; d.State != control.DeliveryFailed || d.Answer != "550 no such user" || d.Next != 0 || d.Attempts != 1 {
		t.Errorf("%+v", d)
	}
	var again Delivery
	s.do("POST", resend, cookie, "").is(t, 200, &again)
	if again.State != control.DeliveryPending || again.MessageID != delivery.MessageID || again.Next != Time(tallystick.InstantOf(s.Now())) {
		t.Errorf("%+v", again)
	}
}
