package report_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/report"
)

// usage returns the definitions of the reports that are about usage: all but ingest-quality, which needs a ledger beside the store and has tests of its own.
func usage(c *report.Catalog) []*tallystick.Report {
	return slices.DeleteFunc(slices.Clone(c.Reports()), func(r *tallystick.Report) bool { return r.Name == "ingest-quality" })
}

// ledgered is a store with a ledger, and with the events themselves for those who ask when they came.
type ledgered struct {
	tallystick.Answerer
	counts  []tallystick.IngestCount
	records []tallystick.Record
}

func (l ledgered) IngestCounts(_ context.Context, tenant string, from, before tallystick.Instant) ([]tallystick.IngestCount, error) {
	return slices.DeleteFunc(slices.Clone(l.counts), func(c tallystick.IngestCount) bool {
		return c.Tenant != tenant || c.Slot < from || c.Slot >= before
	}), nil
}

func (l ledgered) IngestCountTenants(context.Context) ([]string, error) {
	var list []string
	for _, c := range l.counts {
		list = append(list, c.Tenant)
	}
	return list, nil
}

func (l ledgered) Arrived(_ context.Context, tenant string, from, before tallystick.Instant, fn func(*tallystick.Record) error) error {
	for i := range l.records {
		if e := &l.records[i].Event; e.Tenant == tenant && from <= e.Received && e.Received < before {
			if err := fn(&l.records[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func at(t *testing.T, s string) tallystick.Instant {
	t.Helper()
	i, err := tallystick.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// TestIngestQuality makes the report of a few events whose numbers can be counted by eye.
func TestIngestQuality(t *testing.T) {
	sent := func(received, happened, source, id string) tallystick.Event {
		return tallystick.Event{
			Tenant: "acme", Source: source, ID: id, Type: tallystick.MessageEdited, Received: at(t, received), Time: at(t, happened),
			Data: []tallystick.Value{{Field: tallystick.FieldMessageID, Text: id}},
		}
	}
	missing := sent("2025-03-01T12:00:00Z", "2025-03-01T12:00:00Z", "live", "e4")
	missing.TimeMissing = true
	unknown := sent("2025-03-02T00:00:00Z", "2025-03-02T00:00:00Z", "live", "e5")
	unknown.Extra = []tallystick.Extra{{Name: "colour", JSON: `"red"`}}
	events := []tallystick.Event{
		sent("2025-03-01T12:00:00Z", "2025-03-01T11:00:00Z", "live", "e1"),        // an hour is not more than an hour
		sent("2025-03-01T12:00:00Z", "2025-03-01T10:59:59.999999Z", "live", "e2"), // more than an hour
		sent("2025-03-01T23:59:59Z", "2025-01-01T00:00:00Z", "backfill", "e3"),    // more than 30 days, and so more than a day and an hour
		missing, unknown,
	}
	slot := at(t, "2025-03-01T12:00:00Z")
	ledger := []tallystick.IngestCount{
		{Tenant: "acme", Source: "live", Slot: slot, Outcome: tallystick.OutcomeDuplicate, Count: 7},
		{Tenant: "acme", Source: "live", Slot: slot, Outcome: tallystick.OutcomeConflicting, Count: 2},
		{Tenant: "acme", Source: "live", Slot: slot, Outcome: tallystick.OutcomeRejected, Reason: "value not listed", Count: 3},
		{Tenant: "acme", Source: "live", Slot: slot, Outcome: tallystick.OutcomeRejected, Reason: "not a time", Count: 1},
		{Tenant: "", Source: "", Slot: slot, Outcome: tallystick.OutcomeRejected, Reason: "not valid JSON", Count: 5},
		{Tenant: "ghost", Source: "live", Slot: slot + tallystick.Day, Outcome: tallystick.OutcomeRejected, Reason: "unknown type", Count: 1},
	}
	catalog := load(t)
	for name, engine := range enginesWith(t, events) {
		t.Run(name, func(t *testing.T) {
			store := ledgered{engine, ledger, recordsOf(events)}
			for _, c := range []struct{ arguments, want string }{
				{"--tenant acme --table sources", `
Date,Source,Accepted,Duplicates,Conflicting Duplicates,Rejected,Time Missing,Late Over an Hour,Late Over a Day,Late Over 30 Days,With Unknown Fields
2025-03-01,backfill,1,0,0,0,0,1,1,1,0
2025-03-01,live,3,9,2,4,1,1,0,0,0
2025-03-02,live,1,0,0,0,0,0,0,0,1
`}, {"--tenant acme --table sources --zone America/New_York --where source=live", `
Date,Source,Accepted,Duplicates,Conflicting Duplicates,Rejected,Time Missing,Late Over an Hour,Late Over a Day,Late Over 30 Days,With Unknown Fields
2025-03-01,live,4,9,2,4,1,1,0,0,1
`}, {"--tenant acme --table rejections", `
Date,Source,Reason,Rejected
2025-03-01,live,not a time,1
2025-03-01,live,value not listed,3
`}, {"--table rejections", `
Tenant ID,Company Name,Date,Source,Reason,Rejected
,,2025-03-01,,not valid JSON,5
acme,acme,2025-03-01,live,not a time,1
acme,acme,2025-03-01,live,value not listed,3
ghost,ghost,2025-03-02,live,unknown type,1
`}} {
				request, options := parse(t, "ingest-quality", append(strings.Fields(c.arguments), "--from", "2025-03-01", "--to", "2025-03-02"))
				got := strings.ReplaceAll(string(csvOf(t, catalog, store, request, options)), "\r\n", "\n")
				if got != c.want[1:] {
					t.Errorf("%s: got\n%s\nwant%s", c.arguments, got, c.want)
				}
			}
			request, _ := parse(t, "ingest-quality", strings.Fields("--tenant acme --from 2025-03-01 --to 2025-03-02"))
			for _, c := range []struct {
				column string
				sense  report.Sense
				events int
			}{{"Accepted", report.Events, 3}, {"Late Over an Hour", report.Events, 1}, {"Time Missing", report.Events, 1}, {"Rejected", report.Answers, 0}, {"Source", report.Label, 0}} {
				x, err := catalog.Explain(t.Context(), store, request, "sources", 2, c.column)
				if err != nil {
					t.Fatal(err)
				}
				if n := len(slices.Collect(x.Events())); x.Sense != c.sense || n != c.events {
					t.Errorf("%s is explained by %d events, %s", c.column, n, x.Sense)
				}
			}
		})
	}
	t.Run("wrong requests", func(t *testing.T) {
		engine := enginesWith(t, events)["memory"]
		ask := func(store tallystick.Answerer, arguments string) error {
			arguments, asOf, _ := strings.Cut(arguments, " --as-of ")
			request, _ := parse(t, "ingest-quality", strings.Fields(arguments))
			if asOf != "" {
				var err error
				if request.AsOf, err = tallystick.ParsePosition(asOf); err != nil {
					return err
				}
			}
			result, err := catalog.Make(t.Context(), store, request)
			if err != nil {
				return err
			}
			for _, err := range result.Tables[0].Rows {
				return err
			}
			return nil
		}
		for _, c := range []struct {
			store           tallystick.Answerer
			arguments, says string
		}{
			{ledgered{engine, nil, nil}, "--tenant acme --from 2025-03-01 --to 2025-03-02 --as-of 1-2", "as of 1-2"},
			{ledgered{engine, nil, nil}, "--tenant acme --from 2025-03-01T00:07:00Z --to 2025-03-02T00:00:00Z", "quarter of an hour"},
			{ledgered{engine, nil, nil}, "--tenant nobody --from 2025-03-01 --to 2025-03-02", "no tenant"},
			{engine, "--tenant acme --from 2025-03-01 --to 2025-03-02", "not known here"},
		} {
			if err := ask(c.store, c.arguments); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", c.arguments, err)
			}
		}
	})
}

// A period in words that reaches to the moment ends with the last whole quarter of an hour, which the answer says.
func TestIngestQualityOfPeriodsInWords(t *testing.T) {
	now := at(t, "2025-03-09T10:47:47.228556Z")
	event := func(id, received string) tallystick.Event {
		return tallystick.Event{
			Tenant: "acme", Source: "live", ID: id, Type: tallystick.MessageEdited, Received: at(t, received), Time: at(t, received),
			Data: []tallystick.Value{{Field: tallystick.FieldMessageID, Text: id}},
		}
	}
	events := []tallystick.Event{event("e1", "2025-03-09T10:44:59.999999Z"), event("e2", "2025-03-09T10:45:00Z")}
	catalog := load(t)
	for name, engine := range enginesWith(t, events) {
		for _, preset := range tallystick.Presets {
			result, err := catalog.Make(t.Context(), ledgered{engine, nil, recordsOf(events)}, tallystick.Request{
				Report: "ingest-quality", Table: "sources", Tenants: []string{"acme"}, Preset: preset, Now: now,
			})
			if err != nil {
				t.Errorf("%s, %s: %v", name, preset, err)
				continue
			}
			var accepted int64
			for row, err := range result.Tables[0].Rows {
				if err != nil {
					t.Fatalf("%s, %s: %v", name, preset, err)
				}
				accepted += row[2].Int
			}
			before, want := result.Tenants[0].Before, int64(0)
			if before > at(t, "2025-03-09T00:00:00Z") {
				want = 1
				if before != at(t, "2025-03-09T10:45:00Z") {
					t.Errorf("%s, %s: it ends at %s", name, preset, before)
				}
			}
			if accepted != want {
				t.Errorf("%s, %s: %d events, want %d", name, preset, accepted, want)
			}
		}
	}
	_, err := catalog.Make(t.Context(), ledgered{enginesWith(t, events)["memory"], nil, nil}, tallystick.Request{
		Report: "ingest-quality", Tenants: []string{"acme"}, Preset: tallystick.ThisMonth, Now: at(t, "2025-03-01T00:14:00Z"),
	})
	if tallystick.CodeOf(err) != tallystick.Invalid || !strings.Contains(err.Error(), "the period is empty") {
		t.Errorf("in the first quarter of an hour of a month: %v", err)
	}
}
