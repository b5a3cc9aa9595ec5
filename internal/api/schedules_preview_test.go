package api

import (
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Expected times are worked out by hand from the rules.
func TestPreviews(t *testing.T) {
	s := newWholeSite(t)
	for _, test := range []struct {
		about, now, recurrence, more string
		words                        string
		runs                         []string // local time; from and before, local too
	}{
		{
			"every 4 hours from 06:30", "2024-10-16T09:00:00Z", `"grain":"hour","every":4,"hour":6,"minute":30,"zone":"UTC"`, "", "Every 4 hours from 06:30, UTC",
			[]string{
				"2024-10-16T10:30:00Z 2024-10-16T06:30:00Z 2024-10-16T10:30:00Z", "2024-10-16T14:30:00Z 2024-10-16T10:30:00Z 2024-10-16T14:30:00Z",
				"2024-10-16T18:30:00Z 2024-10-16T14:30:00Z 2024-10-16T18:30:00Z", "2024-10-16T22:30:00Z 2024-10-16T18:30:00Z 2024-10-16T22:30:00Z",
				"2024-10-17T02:30:00Z 2024-10-16T22:30:00Z 2024-10-17T02:30:00Z",
			},
		},
		{
			"every 12 hours, at the moment of one", "2024-10-16T05:30:00Z", `"grain":"hour","every":12,"hour":5,"minute":30,"zone":"UTC"`, "", "Every 12 hours from 05:30, UTC",
			[]string{"2024-10-16T17:30:00Z 2024-10-16T05:30:00Z 2024-10-16T17:30:00Z", "2024-10-17T05:30:00Z 2024-10-16T17:30:00Z 2024-10-17T05:30:00Z"},
		},
		{
			"daily, made after today's time", "2024-10-16T09:00:00Z", `"grain":"day","hour":6,"minute":30,"zone":"UTC"`, "", "Every day at 06:30, UTC",
			[]string{"2024-10-17T06:30:00Z 2024-10-16T06:30:00Z 2024-10-17T06:30:00Z"},
		},
		{
			"daily over the end of summer time", "2024-10-26T09:00:00Z", `"grain":"day","hour":6,"minute":30,"zone":"Europe/Madrid"`, `,"period":"previous-day"`, "Every day at 06:30, Europe/Madrid",
			[]string{
				"2024-10-27T06:30:00+01:00 2024-10-26T00:00:00+02:00 2024-10-27T00:00:00+02:00", "2024-10-28T06:30:00+01:00 2024-10-27T00:00:00+02:00 2024-10-28T00:00:00+01:00",
			},
		},
		{
			"monthly, for the whole month before", "2024-10-16T09:00:00Z", `"grain":"month","day":1,"hour":5,"minute":30,"zone":"America/New_York"`, `,"period":"previous-month"`,
			"Every month on day 1 at 05:30, America/New_York",
			[]string{
				"2024-11-01T05:30:00-04:00 2024-10-01T00:00:00-04:00 2024-11-01T00:00:00-04:00", "2024-12-01T05:30:00-05:00 2024-11-01T00:00:00-04:00 2024-12-01T00:00:00-05:00",
			},
		},
		{
			"monthly, since the run before that never was", "2024-10-16T09:00:00Z", `"grain":"month","day":1,"hour":5,"minute":30,"zone":"UTC"`, "", "Every month on day 1 at 05:30, UTC",
			[]string{"2024-11-01T05:30:00Z 2024-10-01T05:30:00Z 2024-11-01T05:30:00Z"},
		},
		{
			"the last day, in a leap year", "2024-01-31T06:00:00Z", `"grain":"month","day":-1,"hour":5,"minute":30,"zone":"UTC"`, "", "Every month on the last day at 05:30, UTC",
			[]string{"2024-02-29T05:30:00Z 2024-01-31T05:30:00Z 2024-02-29T05:30:00Z", "2024-03-31T05:30:00Z 2024-02-29T05:30:00Z 2024-03-31T05:30:00Z"},
		},
		{
			"every quarter, counted from its start", "2024-02-01T00:00:00Z", `"grain":"month","every":3,"day":-1,"hour":5,"minute":30,"zone":"UTC","start":"2023-12-01"`, `,"period":"last-3-months"`,
			"Every 3 months on the last day at 05:30, counted from December 2023, UTC",
			[]string{"2024-03-31T05:30:00Z 2023-12-01T00:00:00Z 2024-03-01T00:00:00Z", "2024-06-30T05:30:00Z 2024-03-01T00:00:00Z 2024-06-01T00:00:00Z"},
		},
		{
			"a time that does not exist", "2025-03-08T12:00:00Z", `"grain":"day","hour":2,"minute":30,"zone":"America/New_York"`, "", "Every day at 02:30, America/New_York",
			[]string{
				"2025-03-09T03:30:00-04:00 2025-03-08T02:30:00-05:00 2025-03-09T03:30:00-04:00", "2025-03-10T02:30:00-04:00 2025-03-09T03:30:00-04:00 2025-03-10T02:30:00-04:00",
			},
		},
		{
			"two days of the week", "2024-10-16T09:00:00Z", `"grain":"week","weekdays":[4,1],"hour":6,"minute":30,"zone":"Asia/Kolkata"`, `,"period":"previous-week"`,
			"Every week on Monday and Thursday at 06:30, Asia/Kolkata",
			[]string{
				"2024-10-17T06:30:00+05:30 2024-10-07T00:00:00+05:30 2024-10-14T00:00:00+05:30", "2024-10-21T06:30:00+05:30 2024-10-14T00:00:00+05:30 2024-10-21T00:00:00+05:30",
			},
		},
		{
			"the period in a zone of its own", "2024-10-16T09:00:00Z", `"grain":"day","hour":6,"minute":30,"zone":"UTC"`, `,"period":"previous-day","zone":"Asia/Kolkata"`, "Every day at 06:30, UTC",
			[]string{"2024-10-17T06:30:00Z 2024-10-16T00:00:00+05:30 2024-10-17T00:00:00+05:30"},
		},
		{
			"one zone for both", "2024-10-16T09:00:00Z", `"grain":"day","hour":6,"minute":30`, `,"period":"previous-day","zone":"Asia/Kolkata"`, "Every day at 06:30, Asia/Kolkata",
			[]string{"2024-10-17T06:30:00+05:30 2024-10-16T00:00:00+05:30 2024-10-17T00:00:00+05:30"},
		},
		{
			"a report that is always in UTC", "2024-10-16T09:00:00Z", `"grain":"day","hour":6,"minute":30,"zone":"Asia/Kolkata"`, `,"period":"previous-day","report":"tenant-usage"`,
			"Every day at 06:30, Asia/Kolkata",
			[]string{"2024-10-17T06:30:00+05:30 2024-10-16T00:00:00Z 2024-10-17T00:00:00Z"},
		},
		{
			"not before its start", "2024-10-16T09:00:00Z", `"grain":"day","hour":6,"minute":30,"zone":"UTC","start":"2025-01-01"`, "", "Every day at 06:30, UTC",
			[]string{"2025-01-01T06:30:00Z 2024-12-31T06:30:00Z 2025-01-01T06:30:00Z"},
		},
	} {
		t.Run(test.about, func(t *testing.T) {
			s.clock.Store(int64(at(t, test.now)))
			_, cookie := s.member("acme", control.TenantAdministrator)
			body := `{"name":"x","tenants":["acme"],"recurrence":{` + test.recurrence + `}` + test.more
			if !strings.Contains(test.more, `"report"`) {
				body += `,"report":"room-usage"`
			}
			var p SchedulePreview
			s.do("POST", "/api/v1/schedules/preview", cookie, body+"}").is(t, 200, &p)
			if p.Words != test.words || len(p.Runs) != 5 {
				t.Fatalf("%+v", p)
			}
			for i, want := range test.runs {
				r := p.Runs[i]
				if got := r.AtLocal + " " + r.FromLocal + " " + r.BeforeLocal; got != want {
					t.Errorf("run %d is %s, want %s", i+1, got, want)
				}
				if r.At != at(t, r.AtLocal) || r.From != at(t, r.FromLocal) || r.Before != at(t, r.BeforeLocal) || r.Empty {
					t.Errorf("run %d: %+v", i+1, r)
				}
			}
			// What is planned is what was shown.
			var made SavedSchedule
			s.do("POST", "/api/v1/schedules", cookie, body+"}").is(t, 201, &made)
			if made.Schedule.Next != p.Runs[0].At || made.Schedule.Words != p.Words {
				t.Errorf("next is %v, shown was %v", tallystick.Instant(made.Schedule.Next), tallystick.Instant(p.Runs[0].At))
			}
			for i := range 3 {
				s.clock.Store(int64(p.Runs[i].At))
				if _, _, err := s.Control.Plan(t.Context(), 1000); err != nil {
					t.Fatal(err)
				}
			}
			var runs List[Run]
			_, cookie = s.member("acme", control.TenantAdministrator) // sessions end
			s.do("GET", "/api/v1/schedules/"+made.Schedule.ID+"/runs", cookie, "").is(t, 200, &runs)
			for i, r := range runs.Items {
				shown := p.Runs[len(runs.Items)-1-i]
				if r.At != shown.At || r.Before != 0 && (r.From != shown.From || r.Before != shown.Before) {
					t.Errorf("%+v\nwas shown as %+v", r, shown)
				}
			}
			if len(runs.Items) != 3 {
				t.Errorf("%d runs", len(runs.Items))
			}
		})
	}
	t.Run("half past two in New York", func(t *testing.T) {
		s.clock.Store(int64(at(t, "2025-03-08T12:00:00Z")))
		_, cookie := s.member("acme", control.TenantAdministrator)
		g := s.do("POST", "/api/v1/schedules/preview", cookie, `{"name":"x","report":"room-usage","tenants":["acme"],"recurrence":{"grain":"day","hour":2,"minute":30,"zone":"America/New_York"}}`).is(t, 200, nil)
		if !strings.Contains(string(g.body), `"at":"2025-03-09T07:30:00Z"`) {
			t.Errorf("%s", g.body)
		}
	})
	t.Run("a period that holds nothing", func(t *testing.T) {
		s.clock.Store(int64(at(t, "2025-03-08T12:00:00Z")))
		_, cookie := s.member("acme", control.TenantAdministrator)
		var p SchedulePreview
		s.do("POST", "/api/v1/schedules/preview", cookie, `{"name":"x","report":"room-usage","tenants":["acme"],"period":"this-month","recurrence":{"grain":"month","day":1,"zone":"UTC"}}`).is(t, 200, &p)
		if !p.Runs[0].Empty {
			t.Errorf("%+v", p.Runs[0])
		}
	})
}

func TestThePreviewOfAChangeBeginsWhereTheLastPeriodEnded(t *testing.T) {
	s := newWholeSite(t)
	_, cookie := s.member("acme", control.TenantAdministrator)
	k, run, _ := s.scheduled(cookie, fileText, "acme")
	const body = `{"name":"x","report":"room-usage","tenants":["acme"],"recurrence":{"grain":"day","hour":6,"minute":30,"zone":"UTC"}}`
	var p SchedulePreview
	s.do("POST", "/api/v1/schedules/preview?schedule="+k.ID, cookie, body).is(t, 200, &p)
	if p.Runs[0].From != Time(run.At) || p.Runs[1].From != p.Runs[0].At {
		t.Errorf("%+v", p.Runs)
	}
	t.Run("also where the clock was put back", func(t *testing.T) {
		s.wait(-30 * tallystick.Minute)
		hourly := strings.Replace(body, `"day","hour":6,"minute":30`, `"hour"`, 1)
		s.do("POST", "/api/v1/schedules/preview?schedule="+k.ID, cookie, hourly).is(t, 200, &p)
		if r := p.Runs[0]; r.From != Time(run.At) || r.At != Time(run.At+tallystick.Hour) {
			t.Errorf("%+v", p.Runs)
		}
	})
	s.do("POST", "/api/v1/schedules/preview?schedule=absent", cookie, body).is(t, 404, nil)
}

// at reads an instant.
func at(t *testing.T, text string) Time {
	t.Helper()
	i, err := tallystick.ParseInstant(text)
	if err != nil {
		t.Fatal(err)
	}
	return Time(i)
}
