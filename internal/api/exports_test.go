package api

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

func TestAnExportFromAskingToRemoving(t *testing.T) {
	s := newWholeSite(t)
	member, cookie := s.member("acme", control.TenantAdministrator)
	const body = `{"name":" Rooms of May ","description":"for Bo","report":"room-usage","table":"rooms","tenants":["acme"],"from":"2025-05-01","to":"2025-05-31","zone":"Europe/Madrid",
		"options":{"governance":"native"},"where":["room=r1"],"delimiter":"pipe","bom":true,"guard":"off"}`
	var made, again Run
	s.do("POST", "/api/v1/exports", cookie, body, "Idempotency-Key", "one").is(t, 201, &made)
	s.do("POST", "/api/v1/exports", cookie, body, "Idempotency-Key", "one").is(t, 201, &again)
	if made.Name != "Rooms of May" || made.State != control.RunQueued || made.Kind != control.ExportRun || made.Tenant != "acme" || made.Maker != member.ID || made.At != Time(tallystick.InstantOf(noon)) ||
		made.Job.Period != "custom" || made.Job.Format != "csv" || made.Job.Options["governance"] != "native" || made.Job.Delimiter != "pipe" || made.File != nil || made.Again {
		t.Errorf("%+v", made)
	}
	if again.ID != made.ID {
		t.Error("a repeated request has made another one")
	}
	path := "/api/v1/exports/" + made.ID

	s.do("POST", path+"/retry", cookie, "").is(t, 409, nil)
	var is Run
	s.do("POST", path+"/cancel", cookie, "").is(t, 200, &is)
	if is.State != control.RunCancelled || is.Finished == 0 {
		t.Errorf("%+v", is)
	}
	s.do("POST", path+"/cancel", cookie, "").is(t, 409, nil)
	s.do("POST", path+"/retry", cookie, "").is(t, 200, &is)
	if is.State != control.RunQueued || is.At != made.At {
		t.Errorf("%+v", is)
	}

	claimed := s.claim(made.ID)
	if _, err := s.Control.Renew(t.Context(), claimed, 12, 40); err != nil {
		t.Fatal(err)
	}
	s.do("GET", path, cookie, "").is(t, 200, &is)
	if is.State != control.RunRunning || is.Percent != 40 || is.Rows != 12 || is.Started == 0 {
		t.Errorf("%+v", is)
	}
	s.do("DELETE", path, cookie, "").is(t, 409, nil) // it is running
	s.finish(claimed, fileText, []string{"acme"})
	s.do("GET", path, cookie, "").is(t, 200, &is)
	if is.State != control.RunDone || is.Percent != 100 || is.Position != "1-4" || len(is.Tenants) != 1 || is.File == nil || is.File.Size != int64(len(fileText)) || len(is.File.SHA256) != 64 {
		t.Errorf("%+v", is)
	}

	s.do("DELETE", path, cookie, "").is(t, 204, nil)
	var list List[Run]
	s.do("GET", "/api/v1/exports", cookie, "").is(t, 200, &list)
	if len(list.Items) != 0 {
		t.Errorf("%+v", list.Items)
	}
	s.do("GET", path+"/file", cookie, "").is(t, 404, nil)
	s.do("GET", "/api/v1/archive", cookie, "").is(t, 200, &list)
	if len(list.Items) != 1 || list.Items[0].Deleted == 0 {
		t.Errorf("%+v", list.Items)
	}
}

func TestExportsAreFilteredAndPaged(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("", control.SuperAdministrator)
	for i, report := range []string{"room-usage", "billing-usage", "room-usage"} {
		s.wait(tallystick.Second)
		s.do("POST", "/api/v1/exports", cookie, fmt.Sprintf(`{"name":"Export %d","report":%q,"all_tenants":true,"period":"last-month"}`, i, report)).is(t, 201, nil)
	}
	var newest List[Run]
	s.do("GET", "/api/v1/exports?limit=1", cookie, "").is(t, 200, &newest)
	s.do("POST", "/api/v1/exports/"+newest.Items[0].ID+"/cancel", cookie, "").is(t, 200, nil)
	s.scheduled(cookie, fileText, "acme") // is none
	for query, want := range map[string]string{
		"": "2 1 0", "report=room-usage": "2 0", "state=queued": "", "state=running": "1 0", "state=cancelled": "2", "search=EXPORT%201": "1", "search=none": "", "report=room-usage&state=running": "0",
	} {
		for _, limit := range []int{1, 50} {
			var got []string
			for after := ""; ; {
				var list List[Run]
				s.do("GET", fmt.Sprintf("/api/v1/exports?limit=%d&after=%s&%s", limit, after, query), cookie, "").is(t, 200, &list)
				for _, r := range list.Items {
					got = append(got, strings.TrimPrefix(r.Name, "Export "))
				}
				if after = list.Next; after == "" {
					break
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%q, %d a page: %v, want %s", query, limit, got, want)
			}
		}
	}
	s.do("GET", "/api/v1/exports?state=lost", cookie, "").is(t, 400, nil)
	s.do("GET", "/api/v1/exports?colour=red", cookie, "").is(t, 400, nil)
}

func TestAWrongExportIsRefusedAtOnce(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("acme", control.TenantAdministrator)
	const good = `"name":"x","report":"room-usage","tenants":["acme"],"period":"last-month"`
	for _, test := range []struct {
		about, change, with string
		status              int
		path, detail, hint  string
	}{
		{"nothing", "", "", 201, "", "", ""},
		{"the report", `"room-usage"`, `"rooms"`, 404, "report", `no report "rooms"`, "billing-usage, "},
		{"the table", good, good + `,"table":"x"`, 404, "table", `no table "x"`, "rooms"},
		{"an option", good, good + `,"options":{"colour":"red"}`, 404, "options.colour", `no option "colour"`, "governance"},
		{"a field", good, good + `,"where":["bot=b"]`, 404, "where[0]", `no filter field "bot"`, "room"},
		{"the zone", good, good + `,"zone":"Mars"`, 400, "zone", `"Mars"`, ""},
		{"the format", good, good + `,"format":"pdf"`, 400, "format", `"pdf"`, "csv, json"},
		{"the delimiter", good, good + `,"delimiter":"x"`, 400, "delimiter", `"x"`, "comma, pipe"},
		{"the period", `"last-month"`, `"last-fortnight"`, 400, "period", `"last-fortnight"`, "last-30-days"},
		{"one end", `"period":"last-month"`, `"from":"2025-01-01"`, 400, "period", "", "from and to"},
		{"ends in the wrong order", `"period":"last-month"`, `"from":"2025-02-01","to":"2025-01-01"`, 400, "to", "is empty", ""},
		{"what only a schedule has", `"last-month"`, `"since-previous-run"`, 400, "period", "no previous run", "preset"},
		{"no period", `,"period":"last-month"`, ``, 400, "period", `""`, ""},
		{"the filter", `"tenants":["acme"]`, `"filter":["company_name:like:x"]`, 400, "filter", "is not a filter", "FIELD:OPERATOR:VALUE"},
		{"a tenant out of reach", `"acme"`, `"other"`, 404, "tenants[0]", `no tenant "other"`, ""},
		{"no tenant", `,"tenants":["acme"]`, ``, 400, "tenants", "is not said", "tenants, all_tenants or filter"},
		{"no name", `"name":"x"`, `"name":" "`, 400, "name", "", ""},
		{"a member that is unknown", good, good + `,"bots":["b"]`, 400, "body.bots", `there is no property "bots"`, ""},
	} {
		t.Run(test.about, func(t *testing.T) {
			var p Problem
			s.do("POST", "/api/v1/exports", cookie, "{"+strings.Replace(good, test.change, test.with, 1)+"}").is(t, test.status, &p)
			if p.Path != test.path || !strings.Contains(p.Detail, test.detail) || !strings.Contains(p.Hint, test.hint) {
				t.Errorf("%+v", p)
			}
		})
	}
	var list List[Run]
	s.do("GET", "/api/v1/exports", cookie, "").is(t, 200, &list)
	if len(list.Items) != 1 {
		t.Errorf("%d are kept", len(list.Items))
	}
}

func TestARunIsAskedForByItsKind(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("acme", control.TenantAdministrator)
	export := s.exported(cookie, fileText, roomJob("acme"))
	_, run, _ := s.scheduled(cookie, fileText, "acme")
	may := func(permissions ...control.Permission) string {
		_, c := s.member("acme", s.role("acme", permissions...))
		return c
	}
	exports, schedules, archive := may(control.Permission{Entity: control.ExportReports, Action: control.View}), may(control.Permission{Entity: control.ScheduledTasks, Action: control.View}),
		may(control.Permission{Entity: control.Archives, Action: control.View})
	for _, test := range []struct {
		about, credentials, path string
		status                   int
	}{
		{"an export as such", cookie, "/exports/" + export.ID, 200},
		{"a schedule's as an export", cookie, "/exports/" + run.ID, 404},
		{"an export by who sees exports", exports, "/runs/" + export.ID, 200},
		{"its file", exports, "/runs/" + export.ID + "/file", 200},
		{"a schedule's by who sees exports", exports, "/runs/" + run.ID, 404},
		{"its file", exports, "/runs/" + run.ID + "/file", 404},
		{"a schedule's by who sees schedules", schedules, "/runs/" + run.ID, 200},
		{"an export by who sees schedules", schedules, "/runs/" + export.ID, 404},
		{"an export by who sees the archive", archive, "/runs/" + export.ID + "/file", 200},
		{"a schedule's by who sees the archive", archive, "/runs/" + run.ID + "/receipt", 200},
	} {
		t.Run(test.about, func(t *testing.T) {
			s.do("GET", "/api/v1"+test.path, test.credentials, "").is(t, test.status, nil)
		})
	}
	s.do("POST", "/api/v1/exports/"+run.ID+"/cancel", cookie, "").is(t, 404, nil)
	s.do("POST", "/api/v1/exports/"+run.ID+"/retry", cookie, "").is(t, 404, nil)
	s.do("DELETE", "/api/v1/exports/"+run.ID, cookie, "").is(t, 404, nil)
	s.do("POST", "/api/v1/runs/"+run.ID+"/cancel", cookie, "").is(t, 409, nil) // it is done
	s.do("POST", "/api/v1/runs/"+run.ID+"/cancel", exports, "").is(t, 403, nil)
	s.do("DELETE", "/api/v1/runs/"+run.ID, cookie, "").is(t, 204, nil)
	s.do("GET", "/api/v1/runs/"+run.ID, schedules, "").is(t, 404, nil)
	s.do("GET", "/api/v1/runs/"+run.ID, archive, "").is(t, 200, nil)
}

func TestTheArchiveAsAFile(t *testing.T) {
	s := newWholeSite(t)
	member, cookie := s.member("", control.SuperAdministrator)
	const many = control.MaxLimit + 3 // more than a page
	actor := s.actor(cookie)
	for i := range many {
		s.wait(tallystick.Second)
		if _, err := s.Control.AddExport(t.Context(), actor, fmt.Sprintf("=Export %d", i), "", roomJob("acme")); err != nil {
			t.Fatal(err)
		}
	}
	since := s.Control.Now()
	s.wait(tallystick.Second)
	done := s.exported(cookie, fileText, roomJob("acme"))
	before := len(s.audited(t, member.ID))
	g := s.do("GET", "/api/v1/archive?format=csv", cookie, "").is(t, 200, nil)
	rows, err := csv.NewReader(strings.NewReader(string(g.body))).ReadAll()
	if err != nil || len(rows) != many+2 || g.header.Get("Content-Disposition") != "attachment; filename=archive.csv" {
		t.Fatalf("%d rows, %v, %v", len(rows), err, g.header)
	}
	if first := rows[1]; first[0] != done.ID || first[4] != "done" || first[21] != "Acme-rooms.csv" || first[22] != "27" || first[24] != "" {
		t.Errorf("%q", rows[:2])
	}
	if last := rows[many+1]; last[2] != "'=Export 0" || last[9] != (tallystick.InstantOf(noon)+tallystick.Second).String() || last[20] != "" {
		t.Errorf("%q", last)
	}
	if entries := s.audited(t, member.ID); before != control.MaxLimit || entries[0].Action != "archive.download" || !strings.Contains(string(entries[0].After), "format=csv") {
		t.Errorf("%+v", entries[0])
	}
	for query, want := range map[string]int{
		"state=done": 1, "kind=scheduled": 0, "report=room-usage&state=done": 1, "report=billing-usage": 0, "from=" + since.String(): 2, "before=" + since.String(): many - 1, "search=export%2012": 11,
	} {
		g := s.do("GET", "/api/v1/archive?format=csv&"+query, cookie, "").is(t, 200, nil)
		if n := strings.Count(string(g.body), "\r\n") - 1; n != want {
			t.Errorf("%s: %d rows, want %d", query, n, want)
		}
	}
	s.do("GET", "/api/v1/archive?from=yesterday", cookie, "").is(t, 400, nil)
	s.do("GET", "/api/v1/archive?format=xlsx", cookie, "").is(t, 400, nil)
}

func TestTheArchiveHasTheDatesOfACustomPeriod(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("acme", control.TenantAdministrator)
	s.do("POST", "/api/v1/exports", cookie, `{"name":"x","report":"room-usage","tenants":["acme"],"from":"2025-05-01","to":"2025-05-31"}`).is(t, 201, nil)
	g := s.do("GET", "/api/v1/archive?format=csv", cookie, "").is(t, 200, nil)
	if !strings.Contains(string(g.body), "Custom From,Custom To") || !strings.Contains(string(g.body), ",2025-05-01,2025-05-31,") {
		t.Errorf("%s", g.body)
	}
}
