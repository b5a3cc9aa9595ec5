package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

const everyHour = `"recurrence":{"grain":"hour","start":"2025-01-01","zone":"Europe/Madrid"}`

func TestAScheduleFromMakingToRemoving(t *testing.T) {
	s := newWholeSite(t)
	member, cookie := s.member("acme", control.TenantAdministrator)
	const body = `{"name":"Rooms","report":"room-usage","tenants":["acme"],"format":"xlsx",` + everyHour + `,
		"recipients":[{"way":"mail","member":"%s"},{"way":"webhook","address":"https://example.com/in"}],"settle":0,"catch_up":"latest","attach":false}`
	var made, again SavedSchedule
	s.do("POST", "/api/v1/schedules", cookie, fmt.Sprintf(body, member.ID), "Idempotency-Key", "one").is(t, 201, &made)
	k := made.Schedule
	if k.Name != "Rooms" || k.Tenant != "acme" || k.Owner != member.ID || k.Report != "room-usage" || k.Period != control.SincePreviousRun || k.Zone != "Europe/Madrid" || k.Settle != 0 ||
		k.CatchUp != control.CatchUpLatest || k.Attach || !k.Enabled || k.Version != 1 || k.Words != "Every hour from 00:00, Europe/Madrid" || k.Last != nil ||
		k.Recurrence.Every != 1 || len(k.Recipients) != 2 || k.Recipients[0].Address != member.Email {
		t.Errorf("%+v", k)
	}
	if len(made.Secrets) != 1 || made.Secrets[0].Recipient != k.Recipients[1].ID || len(made.Secrets[0].Secret) < 20 {
		t.Fatalf("%+v", made.Secrets)
	}
	secret := made.Secrets[0].Secret
	s.do("POST", "/api/v1/schedules", cookie, fmt.Sprintf(body, member.ID), "Idempotency-Key", "one").is(t, 201, &again)
	if again.Schedule.ID != k.ID || again.Secrets != nil {
		t.Errorf("repeated: %+v", again)
	}
	path := "/api/v1/schedules/" + k.ID

	t.Run("somebody else has changed it", func(t *testing.T) {
		edit := `{"name":"Rooms 2","report":"room-usage","tenants":["acme"],` + everyHour + `,"version":%d,"recipients":[{"way":"webhook","id":"` + k.Recipients[1].ID + `","address":"https://example.com/in"}]}`
		var is SavedSchedule
		s.do("PUT", path, cookie, fmt.Sprintf(edit, 1)).is(t, 200, &is)
		if is.Schedule.Name != "Rooms 2" || is.Schedule.Version != 2 || is.Schedule.Format != "csv" || is.Schedule.Settle != 300 || !is.Schedule.Attach || !is.Schedule.Enabled ||
			len(is.Schedule.Recipients) != 1 || is.Secrets != nil {
			t.Errorf("%+v", is)
		}
		var p Problem
		s.do("PUT", path, cookie, fmt.Sprintf(edit, 1)).is(t, 409, &p)
		if !strings.Contains(p.Detail, `somebody has changed "Rooms 2" meanwhile`) {
			t.Errorf("%+v", p)
		}
		s.do("PUT", path, cookie, strings.Replace(fmt.Sprintf(edit, 2), `"room-usage"`, `"rooms"`, 1)).is(t, 404, nil)
	})
	s.wait(tallystick.Hour)
	if _, _, err := s.Control.Plan(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	var runs List[Run]
	s.do("GET", path+"/runs", cookie, "").is(t, 200, &runs)
	due := k.Next
	if len(runs.Items) != 1 || runs.Items[0].At != due || runs.Items[0].Before != due || runs.Items[0].From != due-Time(tallystick.Hour) || runs.Items[0].Schedule != k.ID || runs.Items[0].Again {
		t.Fatalf("%+v", runs.Items)
	}
	s.wait(5 * tallystick.Minute)
	claimed := s.claim(runs.Items[0].ID)
	s.do("DELETE", path, cookie, "").is(t, 409, nil) // it is running
	s.finish(claimed, fileText, []string{"acme"}, control.Recipient{Way: control.ByMail, Address: "a@example.com"}, control.Recipient{Way: control.ByMail, Address: "b@example.com"})

	var is Schedule
	g := s.do("GET", path, cookie, "").is(t, 200, &is)
	if is.Last == nil || is.Last.State != control.RunDone || is.Last.At != due || is.Last.Deliveries["pending"] != 2 || is.CoveredUntil != due || is.Next != due+Time(tallystick.Hour) {
		t.Errorf("%+v, %+v", is, is.Last)
	}
	list := s.do("GET", "/api/v1/schedules?search=rooms", cookie, "").is(t, 200, nil)
	if !strings.Contains(string(list.body), k.ID) || strings.Contains(string(s.do("GET", "/api/v1/schedules?search=none", cookie, "").body), k.ID) {
		t.Errorf("%s", list.body)
	}
	audit := s.do("GET", "/api/v1/audit?object_kind=schedule", cookie, "").is(t, 200, nil)
	for _, text := range []string{string(g.body), string(list.body), string(audit.body), s.log.String()} {
		if strings.Contains(text, secret) {
			t.Error("the secret is told again")
		}
	}

	t.Run("run now", func(t *testing.T) {
		var r Run
		s.do("POST", path+"/run", cookie, "", "Idempotency-Key", "now").is(t, 201, &r)
		if !r.Again || r.At != due || r.Before != due || r.State != control.RunQueued {
			t.Errorf("%+v", r)
		}
		var repeated Run
		s.do("POST", path+"/run", cookie, "", "Idempotency-Key", "now").is(t, 201, &repeated)
		if repeated.ID != r.ID {
			t.Error("a repeated request has made another run")
		}
		at := tallystick.Instant(due).String()
		s.do("POST", path+"/run", cookie, `{"at":"`+at+`"}`).is(t, 409, nil) // it was not skipped
		s.do("POST", path+"/run", cookie, `{"at":"2025-01-01T00:00:00Z"}`).is(t, 404, nil)
	})
	t.Run("a pause is asked about", func(t *testing.T) {
		s.do("POST", path+"/disable", cookie, "").is(t, 200, &is)
		if is.Enabled || is.Next != 0 {
			t.Errorf("%+v", is)
		}
		s.wait(5 * tallystick.Hour)
		for _, body := range []string{"", "{}"} {
			var p Problem
			s.do("POST", path+"/enable", cookie, body).is(t, 409, &p)
			if p.Path != "report_pause" || !strings.Contains(p.Detail, `has not reported what was since `+tallystick.Instant(due).String()) || !strings.Contains(p.Hint, "report_pause") {
				t.Errorf("%+v", p)
			}
		}
		s.do("POST", path+"/enable", cookie, `{"report_pause":true}`).is(t, 200, &is)
		if !is.Enabled || is.CoveredUntil != due {
			t.Errorf("%+v", is)
		}
		s.do("POST", path+"/disable", cookie, "").is(t, 200, nil)
		s.do("POST", path+"/enable", cookie, `{"report_pause":false}`).is(t, 200, &is)
		if is.CoveredUntil != is.Next-Time(tallystick.Hour) {
			t.Errorf("%+v", is)
		}
		s.do("POST", path+"/enable", cookie, "").is(t, 200, nil) // it is enabled: there is nothing to ask
	})
	s.do("DELETE", path, cookie, "").is(t, 204, nil)
	s.do("GET", path, cookie, "").is(t, 404, nil)
	s.do("GET", path+"/runs", cookie, "").is(t, 404, nil)
	s.do("GET", "/api/v1/archive?kind=scheduled", cookie, "").is(t, 200, &runs)
	if len(runs.Items) != 2 {
		t.Errorf("%d runs are in the archive", len(runs.Items))
	}
}

func TestAScheduleThatNeverRanIsEnabledWithoutAQuestion(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("acme", control.TenantAdministrator)
	var made SavedSchedule
	s.do("POST", "/api/v1/schedules", cookie, `{"name":"x","report":"room-usage","tenants":["acme"],"enabled":false,`+everyHour+`}`).is(t, 201, &made)
	if made.Schedule.Enabled || made.Schedule.Next != 0 {
		t.Errorf("%+v", made)
	}
	var is Schedule
	path := "/api/v1/schedules/" + made.Schedule.ID
	s.do("POST", path+"/enable", cookie, "").is(t, 200, &is)
	if !is.Enabled || is.Next == 0 {
		t.Errorf("%+v", is)
	}
	// Nor where it goes on before anything was missed, and then nothing is left out.
	for range 2 {
		s.do("POST", path+"/disable", cookie, "").is(t, 200, nil)
		s.wait(10 * tallystick.Minute)
		s.do("POST", path+"/enable", cookie, "").is(t, 200, &is)
		if is.Next != Time(s.Control.Now())-Time(s.Control.Now())%Time(tallystick.Hour)+Time(tallystick.Hour) || is.CoveredUntil != is.Next-Time(tallystick.Hour) {
			t.Errorf("%+v", is)
		}
	}
	s.do("POST", path+"/disable", cookie, "").is(t, 200, nil)
	s.wait(tallystick.Hour)
	s.do("POST", path+"/enable", cookie, "").is(t, 409, nil)
}

// What a schedule can't be is refused when it is saved, and when it is previewed.
func TestAWrongScheduleIsRefusedAtOnce(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("acme", control.TenantAdministrator)
	const good = `"name":"x","report":"room-usage","tenants":["acme"],` + everyHour
	for _, test := range []struct {
		about, change, with string
		status              int
		path, detail        string
	}{
		{"a custom period", good, good + `,"period":"custom","from":"2025-01-01","to":"2025-02-01"`, 400, "period", "every run would be the same"},
		{"a period", good, good + `,"period":"fortnight"`, 400, "period", `"fortnight"`},
		{"the report", `"room-usage"`, `"rooms"`, 404, "report", `"rooms"`},
		{"an option", good, good + `,"options":{"colour":"red"}`, 404, "options.colour", `"colour"`},
		{"a field", good, good + `,"where":["bot=b"]`, 404, "where[0]", `"bot"`},
		{"the zone", `"zone":"Europe/Madrid"`, `"zone":"Mars"`, 400, "recurrence.zone", `"Mars"`},
		{"no zone", `,"zone":"Europe/Madrid"`, ``, 400, "recurrence.zone", "the zone is missing"},
		{"the start", `2025-01-01`, `2025-02-30`, 400, "recurrence.start", "2025-02-30"},
		{"every 5 hours", `"grain":"hour"`, `"grain":"hour","every":5`, 400, "recurrence.every", "5 hours"},
		{"no day of the week", `"grain":"hour"`, `"grain":"week"`, 400, "recurrence.weekdays", "no days of the week"},
		{"day 31", `"grain":"hour"`, `"grain":"month","day":31`, 400, "recurrence.day", "31"},
		{"hour 24", `"grain":"hour"`, `"grain":"hour","hour":24`, 400, "recurrence.hour", "24"},
		{"settle", good, good + `,"settle":9999999`, 400, "body.settle", "settle is 9999999, and must be 86400 or less"},
		{"catch-up", good, good + `,"catch_up":"some"`, 400, "body.catch_up", ""},
		{"a tenant out of reach", `["acme"]`, `["other"]`, 404, "tenants[0]", `no tenant "other"`},
		{"nobody", `"tenants":["acme"],`, ``, 400, "tenants", "is not said"},
		{"days of the week, every hour", `"grain":"hour"`, `"grain":"hour","weekdays":[1]`, 400, "recurrence.weekdays", `by "hour"`},
		{"days of the week, every month", `"grain":"hour"`, `"grain":"month","day":1,"weekdays":[1]`, 400, "recurrence.weekdays", `by "month"`},
		{"a day of the month, every week", `"grain":"hour"`, `"grain":"week","weekdays":[1],"day":1`, 400, "recurrence.day", `by "week"`},
		{"a delimiter in a workbook", good, good + `,"format":"xlsx","delimiter":"pipe"`, 400, "delimiter", `"xlsx" has none`},
	} {
		t.Run(test.about, func(t *testing.T) {
			for _, path := range []string{"/api/v1/schedules", "/api/v1/schedules/preview"} {
				var p Problem
				s.do("POST", path, cookie, "{"+strings.Replace(good, test.change, test.with, 1)+"}").is(t, test.status, &p)
				if p.Path != test.path || !strings.Contains(p.Detail, test.detail) {
					t.Errorf("%s: %+v", path, p)
				}
			}
		})
	}
	t.Run("a webhook without encryption", func(t *testing.T) {
		var p Problem
		const body = "{" + good + `,"recipients":[{"way":"webhook","address":"http://example.com/in"}]}`
		s.do("POST", "/api/v1/schedules", cookie, body).is(t, 400, &p)
		if p.Path != "recipients[0]" || !strings.Contains(p.Detail, "not encrypted") {
			t.Errorf("%+v", p)
		}
		_, super := s.member("", control.SuperAdministrator)
		s.do("PUT", "/api/v1/settings/webhook_private", super, `{"value":true}`).is(t, 204, nil)
		s.do("POST", "/api/v1/schedules", cookie, body).is(t, 201, nil)
	})
	t.Run("a tenant that nobody knows", func(t *testing.T) {
		_, super := s.member("", control.SuperAdministrator)
		for _, path := range []string{"/api/v1/schedules", "/api/v1/schedules/preview"} {
			var p Problem
			s.do("POST", path, super, "{"+strings.Replace(good, `["acme"]`, `["acmee"]`, 1)+"}").is(t, 404, &p)
			if p.Path != "tenants[0]" || !strings.Contains(p.Detail, `no tenant "acmee"`) {
				t.Errorf("%s: %+v", path, p)
			}
		}
	})
	t.Run("a recipient", func(t *testing.T) {
		var p Problem
		s.do("POST", "/api/v1/schedules", cookie, "{"+good+`,"recipients":[{"way":"mail","address":"x@elsewhere.example"}]}`).is(t, 400, &p)
		if p.Path != "recipients[0]" || !strings.Contains(p.Detail, "elsewhere.example") {
			t.Errorf("%+v", p)
		}
	})
}

func TestTheSettingsOfMailAreTried(t *testing.T) {
	const path, body = "/api/v1/settings/mail-test", `{"to":"ann@example.com"}`
	s := newSite(t, nil)
	_, nobody := s.member("", control.SuperAdministrator)
	s.do("POST", path, nobody, body).is(t, 503, nil) // it has no mail

	asked := ""
	tried := newSite(t, func(n *site) {
		n.TestMail = func(_ context.Context, to string) (bool, string) {
			asked = to
			return false, "550 no such user"
		}
	})
	member, cookie := tried.member("", control.SuperAdministrator)
	var m MailTest
	tried.do("POST", path, cookie, body).is(t, 200, &m)
	if asked != "ann@example.com" || m.Sent || m.Answer != "550 no such user" {
		t.Errorf("asked for %q, answered %+v", asked, m)
	}
	entry := tried.audited(t, member.ID)[0]
	var told MailTest
	if err := json.Unmarshal(entry.After, &told); err != nil || entry.Action != "settings.mail-test" || told != m {
		t.Errorf("%+v", entry)
	}
	asked = ""
	var p Problem
	tried.do("POST", path, cookie, `{"to":"ann"}`).is(t, 400, &p)
	if asked != "" || p.Path != "to" {
		t.Errorf("%q, %+v", asked, p)
	}
}

// A schedule that names no zone has that of the Settings, and keeps it.
func TestAScheduleWithoutAZone(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("", control.SuperAdministrator)
	set := func(zone string) {
		t.Helper()
		if err := s.Control.SetSetting(t.Context(), control.System("test"), "time_zone", []byte(zone)); err != nil {
			t.Fatal(err)
		}
		var who Who
		s.do("GET", "/api/v1/session", cookie, "").is(t, 200, &who)
		var want string
		if json.Unmarshal([]byte(zone), &want); who.TimeZone != want {
			t.Errorf("the session says the zone %q, want %q", who.TimeZone, want)
		}
	}
	add := func(name, report, zone string) Schedule {
		t.Helper()
		var made SavedSchedule
		s.do("POST", "/api/v1/schedules", cookie, `{"name":"`+name+`","report":"`+report+`","all_tenants":true,"recurrence":{"grain":"day","hour":6`+zone+`}}`).is(t, 201, &made)
		return made.Schedule
	}
	set(`"Asia/Kolkata"`)
	k := add("second", "service-usage", "")
	if k.Recurrence.Zone != "Asia/Kolkata" || k.Zone != "Asia/Kolkata" {
		t.Errorf("with the setting %q, %q", k.Recurrence.Zone, k.Zone)
	}
	if k := add("third", "tenant-usage", ""); k.Recurrence.Zone != "Asia/Kolkata" || k.Zone != "" { // the report is always in UTC
		t.Errorf("of a report in UTC %q, %q", k.Recurrence.Zone, k.Zone)
	}
	if k := add("fourth", "service-usage", `,"zone":"Europe/Madrid"`); k.Recurrence.Zone != "Europe/Madrid" || k.Zone != "Europe/Madrid" {
		t.Errorf("with one of its own %q, %q", k.Recurrence.Zone, k.Zone)
	}
	set(`null`)
	var is Schedule
	s.do("GET", "/api/v1/schedules/"+k.ID, cookie, "").is(t, 200, &is)
	if is.Recurrence.Zone != "Asia/Kolkata" || is.Zone != "Asia/Kolkata" || is.Next != k.Next {
		t.Errorf("after the setting has changed %+v", is)
	}
}
