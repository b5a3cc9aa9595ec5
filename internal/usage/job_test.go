package usage_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/usage"
	"github.com/tallystick/tallystick/reports"
)

func TestOrderOfAJob(t *testing.T) {
	job := control.Job{
		Report: "session-usage", Table: "by-bot", Filter: []string{"locked:equals:false"}, Period: control.CustomPeriod, From: "2025-01-01", To: "2025-01-31", Zone: "Europe/Berlin",
		Options: map[string]string{"every": "day", "by": "bot"}, Where: []string{"bot=b"}, Format: "csv", Delimiter: "pipe", BOM: true, Guard: "off",
	}
	want := usage.Order{
		Report: "session-usage", Table: "by-bot", Filter: []string{"locked:equals:false"},
		Question: usage.Question{From: "2025-01-01", To: "2025-01-31", Zone: "Europe/Berlin", Where: []string{"bot=b"}, Options: []string{"by=bot", "every=day"}},
		Form:     usage.Form{Format: "csv", Delimiter: "pipe", BOM: true, Guard: "off"},
	}
	if got := usage.OrderOf(job); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	for period, want := range map[string]string{string(tallystick.LastMonth): "last-month", control.SincePreviousRun: ""} {
		if got := usage.OrderOf(control.Job{Tenants: []string{"a"}, Period: period}); got.Period != want || got.From+got.To != "" || len(got.Tenants) != 1 {
			t.Errorf("%s: %+v", period, got)
		}
	}
}

func TestWhatIsWrongWithAJobIsSaidAtOnce(t *testing.T) {
	catalog, err := report.Load(reports.FS)
	if err != nil {
		t.Fatal(err)
	}
	source := usage.Source{Catalog: func() *report.Catalog { return catalog }}
	for _, test := range []struct {
		about, path, says string // "": nothing is wrong
		change            func(*control.Job)
	}{
		{"a job", "", "", func(*control.Job) {}},
		{"all that a job can say", "", "", func(j *control.Job) {
			j.Tenants, j.Filter, j.Zone, j.Options, j.Where = nil, []string{"company_name:contains:x"}, "Asia/Kolkata", map[string]string{"governance": "native"}, []string{"room=r1", "room=r2"}
			j.Format, j.Delimiter, j.Guard = "csv", "tab", "on"
		}},
		{"since the previous run", "", "", func(j *control.Job) { j.Period = control.SincePreviousRun }},
		{"both ends", "", "", func(j *control.Job) { j.Period, j.From, j.To = "custom", "2025-01-01", "2025-01-01" }},
		{"a report", "report", `there is no report "rooms"`, func(j *control.Job) { j.Report = "rooms" }},
		{"a table", "table", `has no table "rooms2"`, func(j *control.Job) { j.Table = "rooms2" }},
		{"an option", "options.colour", `has no option "colour"`, func(j *control.Job) { j.Options = map[string]string{"colour": "red"} }},
		{"an option with a sign in its name", "options.a=b", `has no option "a=b"`, func(j *control.Job) { j.Options = map[string]string{"a=b": "c"} }},
		{"the value of an option", "options.governance", `can't be "wild"`, func(j *control.Job) { j.Options = map[string]string{"governance": "wild"} }},
		{"a field of a condition", "where[1]", `has no filter field "bot"`, func(j *control.Job) { j.Where = []string{"room=r", "bot=b"} }},
		{"a condition without a value", "where[0]", "has no value", func(j *control.Job) { j.Where = []string{"room"} }},
		{"a zone", "zone", `"Mars/Base"`, func(j *control.Job) { j.Zone = "Mars/Base" }},
		{"a zone where there is one only", "zone", "always in UTC", func(j *control.Job) { j.Report, j.Zone = "tenant-usage", "Asia/Kolkata" }},
		{"a format", "format", `there is no format "pdf"`, func(j *control.Job) { j.Format = "pdf" }},
		{"a delimiter", "delimiter", "is no delimiter", func(j *control.Job) { j.Delimiter = "x" }},
		{"a guard", "guard", "none of on, off", func(j *control.Job) { j.Guard = "perhaps" }},
		{"a period", "period", `there is no period "last-fortnight"`, func(j *control.Job) { j.Period = "last-fortnight" }},
		{"an end that is none", "to", "neither a date nor an instant", func(j *control.Job) { j.Period, j.From, j.To = "custom", "2025-01-01", "soon" }},
		{"one end", "period", "has two ends", func(j *control.Job) { j.Period, j.From = "custom", "2025-01-01" }},
		{"ends in the wrong order", "to", "the period is empty", func(j *control.Job) { j.Period, j.From, j.To = "custom", "2025-02-01", "2025-01-01" }},
		{"one instant as both ends", "to", "the period is empty", func(j *control.Job) {
			j.Period, j.From, j.To = "custom", "2025-02-01T00:00:00Z", "2025-02-01T01:00:00+01:00"
		}},
		{"a filter", "filter", "is not a filter", func(j *control.Job) { j.Tenants, j.Filter = nil, []string{"company_name:like:x"} }},
		{"a delimiter in a workbook", "delimiter", "has none", func(j *control.Job) { j.Format, j.Delimiter = "xlsx", "pipe" }},
		{"nobody", "tenants", "is not said", func(j *control.Job) { j.Tenants = nil }},
		{"somebody and everybody", "tenants", "in 2 ways", func(j *control.Job) { j.AllTenants = true }},
	} {
		t.Run(test.about, func(t *testing.T) {
			job := control.Job{Report: "room-usage", Tenants: []string{"acme"}, Period: "last-month"}
			test.change(&job)
			err := source.CheckJob(job, noon)
			if test.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *tallystick.Error
			if !errors.As(err, &e) || e.Path != test.path || !strings.Contains(e.Message, test.says) {
				t.Errorf("%v", err)
			}
		})
	}
}
