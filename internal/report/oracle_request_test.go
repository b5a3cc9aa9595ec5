package report_test

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// The oracle is a second implementation of the built-in reports: the rules as loops over the plain list of accepted events, without an engine, a query or a
// thought about speed. It shares nothing with package report but the vocabulary and the calendar, so that the two can only agree by being right, or by reading
// a rule in the same way.

// oracle answers a request from the events accepted so far, in order of acceptance; event i is the record of sequence i+1. Each table comes with its header.
func oracle(events []tallystick.Event, request tallystick.Request) (map[string][][]string, error) {
	views, err := oracleViews(events, request)
	if err != nil {
		return nil, err
	}
	severally := request.Tenants == nil || len(request.Tenants) > 1
	tables := map[string][][]string{}
	for _, table := range oracleTables[request.Report] {
		if request.Table != "" && request.Table != table.name {
			continue
		}
		header := strings.Split(table.header, ",")
		if request.Options["by"] == "channel" {
			for i := range header {
				if header[i] == "Platform" {
					header[i] = "Channel"
				}
			}
		}
		prefix := severally && table.name != "tenants"
		if prefix {
			header = append([]string{"Tenant ID", "Company Name"}, header...)
		}
		rows := [][]string{header}
		for _, v := range views {
			for _, row := range table.rows(v) {
				if prefix {
					row = append([]string{v.tenant, v.company}, row...)
				}
				rows = append(rows, row)
			}
		}
		tables[table.name] = rows
	}
	return tables, nil
}

// oracleViews is what the report sees of each of its tenants, in the order of the answer.
func oracleViews(events []tallystick.Event, request tallystick.Request) ([]*oracleView, error) {
	if !request.AsOf.IsZero() {
		events = events[:min(int(request.AsOf.Sequence), len(events))]
	}
	if err := oracleChecks(request); err != nil {
		return nil, err
	}
	tenants := request.Tenants
	if tenants == nil {
		for i := range events {
			if !slices.Contains(tenants, events[i].Tenant) {
				tenants = append(tenants, events[i].Tenant)
			}
		}
	}
	leaveOut := request.Tenants == nil || len(request.Tenants) > 1 || request.Report == "tenant-usage"
	var views []*oracleView
	for _, tenant := range tenants {
		v, err := newOracleView(events, tenant, request)
		if err != nil {
			return nil, err
		}
		if len(v.events) == 0 {
			return nil, fmt.Errorf("no tenant %q", tenant)
		}
		if leaveOut && len(v.past(v.b)) == 0 {
			continue // a tenant without an event before the end is left out
		}
		views = append(views, v)
	}
	slices.SortFunc(views, func(v, w *oracleView) int {
		return cmp.Or(strings.Compare(v.company, w.company), strings.Compare(v.tenant, w.tenant))
	})
	return views, nil
}

// oracleTable is a table of a report: what heads it and how its rows come about for one tenant.
type oracleTable struct {
	name, header string
	rows         func(*oracleView) [][]string
}

var oracleTables = map[string][]oracleTable{
	"room-usage":    {{"rooms", "Room,RoomName,UserName,Channel,Total Messages Received,Total Messages Sent", (*oracleView).rooms}},
	"billing-usage": {{"usage", "Section,Item,Measure,Value", (*oracleView).usage}},
	"tenant-usage": {{"tenants", "Tenant ID,Company Name,Hostname,Contract Mode,Period Start,Period End,Users,Active Users,Inactive Users,User Entitlements," +
		"User Entitlements Remaining,SMS Credits Used,Voice Credits Used,SMS/Voice Credits Used,SMS/Voice Credits Allotted,SMS/Voice Credits Remaining",
		(*oracleView).tenants}},
	"service-usage": {
		{"unique-contacts", "Month,Platform,Unique Contacts", (*oracleView).uniqueContacts},
		{"resolved-conversations", "Period,Platform,Resolved Conversations", (*oracleView).resolvedConversations},
		{"active-agents", "Period,Active Agents", (*oracleView).activeAgents},
		{"channels", "Platform,Channels", (*oracleView).channels},
		{"proactive-messages", "Period,Platform,Proactive Messages", (*oracleView).proactiveMessages},
	},
	"session-usage": {
		{"summary", "Sessions,Tickets,Conversations", (*oracleView).sessionSummary},
		{"trend", "Date,Sessions", (*oracleView).sessionTrend},
		{"by-bot", "Bot,Sessions", (*oracleView).sessionsByBot},
		{"by-channel", "Channel,Sessions", (*oracleView).sessionsByChannel},
		{"by-version", "Bot,Version,Sessions", (*oracleView).sessionsByVersion},
		{"by-month", "Month,Sessions", (*oracleView).sessionsByMonth},
		{"ticket-trend", "Date,Tickets", (*oracleView).ticketTrend},
		{"detail", "Session ID,Session start time,Customer,Conversation ID,Conversation created at,Conversation updated,Bot name,Bot version,Channel,Ticket ID",
			(*oracleView).sessionDetail},
	},
}

// What a request may set, by report: filter fields, and options with their values, the default first. "LENGTH" is an integer with m, h or d behind it.
var (
	oracleFilters = map[string][]string{
		"room-usage":    {"room", "user", "channel", "platform"},
		"service-usage": {"channel", "platform"},
		"session-usage": {"bot", "bot_version", "channel", "platform", "contact", "conversation", "session", "ticket"},
	}
	oracleOptions = map[string]map[string][]string{
		"room-usage":    {"governance": {"governed", "native", "all"}, "received": {"member", "room"}, "relink": {"exclude", "attribute"}},
		"billing-usage": {"minutes": {"exact", "per_call_up", "six_second"}, "open_limit": {"24h", "none", "LENGTH"}},
		"service-usage": {
			"every": {"day", "hour", "week", "month", "quarter", "year"}, "by": {"platform", "channel"}, "test_channels": {"exclude", "include"},
		},
	}
	oracleLength = regexp.MustCompile(`^0*[1-9][0-9]*[mhd]$`)
)

// oracleChecks refuses what a request may not say, whatever the events.
func oracleChecks(request tallystick.Request) error {
	tables := oracleTables[request.Report]
	if tables == nil {
		return fmt.Errorf("no report %q", request.Report)
	}
	if request.Table != "" && !slices.ContainsFunc(tables, func(t oracleTable) bool { return t.name == request.Table }) {
		return fmt.Errorf("no table %q", request.Table)
	}
	for name, value := range request.Options {
		values := oracleOptions[request.Report][name]
		if !slices.Contains(values, value) && !(slices.Contains(values, "LENGTH") && oracleLength.MatchString(value)) {
			return fmt.Errorf("no option %s=%s", name, value)
		}
	}
	for _, w := range request.Where {
		if !slices.Contains(oracleFilters[request.Report], w.Field) {
			return fmt.Errorf("no filter %q", w.Field)
		}
	}
	if alwaysUTC := request.Report == "tenant-usage" || request.Report == "session-usage"; alwaysUTC && request.Zone != "" && request.Zone != "UTC" {
		return fmt.Errorf("%s is always in UTC", request.Report)
	}
	if (request.From == tallystick.Moment{}) != (request.To == tallystick.Moment{}) {
		return fmt.Errorf("one end of the period is missing")
	}
	return nil
}

// oracleView is what a report sees of one tenant: its events in their order, the period and the wishes.
type oracleView struct {
	tenant, company string
	events          oraclePast
	calendar        *tallystick.Calendar
	a, b            tallystick.Instant
	request         tallystick.Request
}

func newOracleView(events []tallystick.Event, tenant string, request tallystick.Request) (*oracleView, error) {
	v := &oracleView{tenant: tenant, request: request}
	for i := range events {
		if events[i].Tenant == tenant {
			v.events = append(v.events, &events[i])
		}
	}
	slices.SortStableFunc(v.events, func(e, f *tallystick.Event) int { // time, then acceptance
		switch {
		case e.Time < f.Time:
			return -1
		case e.Time > f.Time:
			return 1
		}
		return 0
	})

	zone := request.Zone
	if zone == "" {
		zone = "UTC"
		if request.Report == "billing-usage" || request.Report == "service-usage" {
			zone = v.events.attribute(tallystick.TenantUpserted, "", tallystick.FieldTimeZone) // the latest, whatever its time
		}
	}
	var err error
	if v.calendar, err = tallystick.LoadCalendar(zone); err != nil {
		return nil, err
	}

	from, to := request.From, request.To
	if (from == tallystick.Moment{}) && (to == tallystick.Moment{}) { // the last 30 days including today
		to.Date = v.calendar.DateOf(request.Now)
		from.Date = to.Date.AddDays(-29)
	}
	v.a, v.b = from.Instant, to.Instant
	if !from.Date.IsZero() {
		v.a = v.calendar.Start(from.Date)
	}
	if !to.Date.IsZero() {
		v.b = v.calendar.Start(to.Date.AddDays(1))
	}
	if v.a >= v.b {
		return nil, fmt.Errorf("the period ends before it starts")
	}
	v.company = v.past(v.b).tenantName(tenant)
	return v, nil
}

// past is the events before an instant.
func (v *oracleView) past(before tallystick.Instant) oraclePast {
	var p oraclePast
	for _, e := range v.events {
		if e.Time < before {
			p = append(p, e)
		}
	}
	return p
}

// during reports whether an event is inside the period.
func (v *oracleView) during(e *tallystick.Event) bool { return e.Time >= v.a && e.Time < v.b }

// option returns an option's value.
func (v *oracleView) option(name string) string {
	if value, ok := v.request.Options[name]; ok {
		return value
	}
	return oracleOptions[v.request.Report][name][0]
}

// wants reports whether a value passes the filters of a field: values of one field are alternatives, and absent is none of them.
func (v *oracleView) wants(field, value string) bool {
	asked := false
	for _, w := range v.request.Where {
		if w.Field == field {
			if w.Value == value && value != "" {
				return true
			}
			asked = true
		}
	}
	return !asked
}
