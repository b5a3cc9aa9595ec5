package report_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/enginetest"
	"github.com/tallystick/tallystick/internal/report"
)

// TestEnginesGiveTheSameReports asks random requests, over every report, table and option, of both engines, which hold the same random events.
func TestEnginesGiveTheSameReports(t *testing.T) {
	streams := 4
	if os.Getenv("TALLYSTICK_LONG") != "" {
		streams = 300
	}
	first := rand.Int64N(1 << 40)
	if seed := os.Getenv("TALLYSTICK_SEED"); seed != "" {
		n, err := strconv.ParseInt(seed, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first, streams = n, 1
	}
	catalog := loadAll(t)
	for seed := first; seed < first+int64(streams); seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			events := enginetest.Random(seed, 400)
			engines := enginesWith(t, events)
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			for _, definition := range usage(catalog) {
				for range 3 {
					request := randomRequest(r, definition, events)
					want := answerOf(t, catalog, engines["memory"], request)
					got := answerOf(t, catalog.Sliced(1+r.Int64N(20)), engines["duckdb"], request)
					if want != got {
						t.Fatalf("request %+v\nmemory answers\n%s\nduckdb answers\n%s", request, want, got)
					}
				}
			}
		})
	}
}

// answerOf returns every table as text, or the error.
func answerOf(t *testing.T, catalog *report.Catalog, engine tallystick.Answerer, request tallystick.Request) string {
	t.Helper()
	result, err := catalog.Make(t.Context(), engine, request)
	if err != nil {
		return "error: " + err.Error()
	}
	var b strings.Builder
	for _, table := range result.Tables {
		fmt.Fprintf(&b, "# %s\n", table.Name)
		for row, err := range table.Rows {
			if err != nil {
				fmt.Fprintf(&b, "error: %v\n", err)
				break
			}
			for _, c := range row {
				fmt.Fprintf(&b, "%s %q|", c.Kind, c.String())
			}
			b.WriteString("\n")
		}
	}
	fmt.Fprintln(&b, result.Notes())
	return b.String()
}

// randomRequest wishes anything that the definition allows, with values that occur in the events.
func randomRequest(r *rand.Rand, definition *tallystick.Report, events []tallystick.Event) tallystick.Request {
	request := tallystick.Request{Report: definition.Name, Options: map[string]string{}, Now: events[len(events)-1].Time}
	tenants := map[string]bool{}
	for _, e := range events {
		tenants[e.Tenant] = true
	}
	if r.IntN(3) > 0 {
		for tenant := range tenants {
			request.Tenants = append(request.Tenants, tenant)
		}
		slices.Sort(request.Tenants)
		r.Shuffle(len(request.Tenants), func(i, j int) { request.Tenants[i], request.Tenants[j] = request.Tenants[j], request.Tenants[i] })
		request.Tenants = request.Tenants[:1+r.IntN(len(tenants))]
	}
	from, to := pick(r, events).Time, pick(r, events).Time
	if from > to {
		from, to = to, from
	}
	to += tallystick.Microsecond
	if r.IntN(2) == 0 {
		request.From, request.To = tallystick.Moment{Instant: from}, tallystick.Moment{Instant: to}
	} else {
		utc, _ := tallystick.LoadCalendar("UTC")
		request.From, request.To = tallystick.Moment{Date: utc.DateOf(from)}, tallystick.Moment{Date: utc.DateOf(to)}
	}
	if definition.Zone != "always-utc" && r.IntN(2) == 0 {
		request.Zone = pick(r, []string{"UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"})
	}
	for _, o := range definition.Options {
		values := o.Values
		if o.Length {
			values = append(slices.Clone(values), "90m", "24h", "2d")
		}
		// Years of hours are a test of patience.
		if value := pick(r, values); r.IntN(2) == 0 && !(value == "hour" && to-from > 60*tallystick.Day) {
			request.Options[o.Name] = value
		}
	}
	for _, f := range definition.Filters {
		field := map[string]tallystick.Field{
			"room": tallystick.FieldRoomID, "user": tallystick.FieldSenderID, "channel": tallystick.FieldChannelID, "platform": tallystick.FieldPlatform,
			"bot": tallystick.FieldBotID, "bot_version": tallystick.FieldBotVersion, "contact": tallystick.FieldContactID,
			"conversation": tallystick.FieldConversationID, "session": tallystick.FieldSessionID, "ticket": tallystick.FieldTicketID,
		}[f.Name]
		for range r.IntN(8) - 5 {
			for range 50 {
				if e := pick(r, events); e.Text(field) != "" {
					request.Where = append(request.Where, tallystick.FieldValue{Field: f.Name, Value: e.Text(field)})
					break
				}
			}
		}
	}
	if r.IntN(4) == 0 {
		request.AsOf = tallystick.Position{Log: 1, Sequence: 1 + r.Uint64N(uint64(len(events)))}
	}
	return request
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
