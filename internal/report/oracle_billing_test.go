package report_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"

	"github.com/tallystick/tallystick"
)

func (v *oracleView) usage() [][]string {
	p := v.past(v.b)
	var rows [][]string
	add := func(section, item, measure, value string) {
		rows = append(rows, []string{section, item, measure, value})
	}

	runs, all := map[string]oracleSet{}, oracleSet{}
	for _, e := range p.of(tallystick.FlowStarted).with(tallystick.FieldPreview, "false") {
		if v.during(e) {
			application := e.Text(tallystick.FieldApplication)
			if runs[application] == nil {
				runs[application] = oracleSet{}
			}
			runs[application].add(e.Text(tallystick.FieldFlowRunID))
			all.add(e.Text(tallystick.FieldFlowRunID))
		}
	}
	applications := oracleSet{}
	for application := range runs {
		applications.add(application)
	}
	for _, application := range applications.sorted() {
		add("Interaction Flows", application, "Runs", strconv.Itoa(len(runs[application])))
	}
	add("Interaction Flows", "Total", "Runs", strconv.Itoa(len(all)))

	agents := v.spans(p, p.of(tallystick.SessionStarted).with(tallystick.FieldKind, "agent"), tallystick.SessionEnded, tallystick.FieldSessionID)
	applications = oracleSet{"Agent Application": true, "Ticket Guidance": true}
	for _, s := range agents {
		if s.start < v.b && s.end > v.a {
			applications.add(s.application)
		}
	}
	for _, application := range applications.sorted() {
		maximum, average := v.concurrency(spansOf(agents, application))
		add("Concurrent Agent Sessions", application, "Maximum", maximum)
		add("Concurrent Agent Sessions", application, "Average", average)
	}
	maximum, average := v.concurrency(agents)
	add("Concurrent Agent Sessions", "All", "Maximum", maximum)
	add("Concurrent Agent Sessions", "All", "Average", average)

	flows := v.spans(p, p.of(tallystick.FlowStarted).with(tallystick.FieldPreview, "false"), tallystick.FlowEnded, tallystick.FieldFlowRunID)
	for _, application := range []string{"Mobile Web", "Web Self Service"} {
		maximum, average := v.concurrency(spansOf(flows, application))
		add("Concurrent Interaction Flows", application, "Maximum", maximum)
		add("Concurrent Interaction Flows", application, "Average", average)
	}

	for _, service := range [][2]string{{"Call Now", "call_now"}, {"Callback", "callback"}, {"Chat", "chat"}, {"Email", "email"}} {
		clicks := 0
		for _, e := range p.of(tallystick.AssistanceClicked).with(tallystick.FieldService, service[1]) {
			if v.during(e) {
				clicks++
			}
		}
		add("Assistance Services", service[0], "Clicks", strconv.Itoa(clicks))
	}

	calls := p.of(tallystick.CallEnded)
	numbers := p.either(tallystick.NumberPurchased, tallystick.NumberReleased)
	if v.has(p, "dnis", len(calls)+len(numbers) > 0) {
		purchased := 0
		for _, e := range p.of(tallystick.NumberPurchased) {
			if v.during(e) {
				purchased++
			}
		}
		add("DNIS Service", "Phone Numbers", "Purchased", strconv.Itoa(purchased))
		add("DNIS Service", "Call Now", "Minutes", v.minutes(calls))
	}

	ever, sent := 0, 0
	for _, m := range p.of(tallystick.MessageSent) {
		sms := p.platform(m.Text(tallystick.FieldChannelID)) == "sms" && m.Text(tallystick.FieldDirection) == "outbound"
		if sms && m.Text(tallystick.FieldCampaignLink) == "true" {
			ever++ // it says that the service is in use, also where it does not count: failed, say
			if p.countable(m) && v.during(m) {
				sent++
			}
		}
	}
	if v.has(p, "sms", ever > 0) {
		add("Outgoing SMS", "Campaign Link", "Messages", strconv.Itoa(sent))
	}
	return rows
}

// has reports whether the tenant has a service: as its services say, else by whether it was ever used.
func (v *oracleView) has(p oraclePast, service string, used bool) bool {
	list := p.attribute(tallystick.TenantUpserted, "", tallystick.FieldServices)
	if list == "" {
		return used
	}
	var services []string
	if err := json.Unmarshal([]byte(list), &services); err != nil {
		panic(err)
	}
	return slices.Contains(services, service)
}

// minutes adds up the calls of the period.
func (v *oracleView) minutes(calls oraclePast) string {
	total := new(big.Rat)
	for _, e := range calls.with(tallystick.FieldService, "call_now") {
		if !v.during(e) {
			continue
		}
		seconds := big.NewRat(e.Int(tallystick.FieldDurationSeconds), int64(tallystick.Second))
		switch v.option("minutes") {
		case "per_call_up":
			seconds = upTo(seconds, 60)
		case "six_second":
			seconds = upTo(seconds, 6)
		}
		total.Add(total, seconds)
	}
	return twoDecimals(total.Quo(total, big.NewRat(60, 1)))
}

// upTo rounds up to the next multiple of a number of seconds.
func upTo(seconds *big.Rat, step int64) *big.Rat {
	multiple := new(big.Int).Quo(seconds.Num(), new(big.Int).Mul(seconds.Denom(), big.NewInt(step)))
	rounded := new(big.Rat).SetInt(multiple.Mul(multiple, big.NewInt(step)))
	if rounded.Cmp(seconds) < 0 {
		rounded.Add(rounded, big.NewRat(step, 1))
	}
	return rounded
}

// twoDecimals prints a number that is not negative with two decimals, rounded half up.
func twoDecimals(r *big.Rat) string {
	cents := new(big.Rat).Add(new(big.Rat).Mul(r, big.NewRat(100, 1)), big.NewRat(1, 2))
	whole := new(big.Int).Quo(cents.Num(), cents.Denom())
	text := whole.String()
	for len(text) < 3 {
		text = "0" + text
	}
	return text[:len(text)-2] + "." + text[len(text)-2:]
}

// oracleSpan is [start, end) of a session or run.
type oracleSpan struct {
	start, end  tallystick.Instant
	application string
}

func (v *oracleView) spans(p, starts oraclePast, end string, id tallystick.Field) []oracleSpan {
	var spans []oracleSpan
	for _, e := range starts {
		s := oracleSpan{start: e.Time, end: v.b, application: e.Text(tallystick.FieldApplication)}
		if limit := v.openLimit(); limit > 0 && s.start+limit < s.end {
			s.end = s.start + limit
		}
		if ends := p.of(end).with(id, e.Text(id)); len(ends) > 0 {
			s.end = ends[0].Time
		}
		if s.end <= s.start {
			s.end = s.start + 1 // a single instant, which counts
		}
		spans = append(spans, s)
	}
	return spans
}

func spansOf(spans []oracleSpan, application string) []oracleSpan {
	var list []oracleSpan
	for _, s := range spans {
		if s.application == application {
			list = append(list, s)
		}
	}
	return list
}

// oracleCuts is how many of the spans that an answer shows were cut by the open limit, in all: without an end, and open in the period until before its end.
func oracleCuts(views []*oracleView) int {
	cut := 0
	for _, v := range views {
		p, limit := v.past(v.b), v.openLimit()
		count := func(starts oraclePast, end string, id tallystick.Field) {
			for _, e := range starts {
				if len(p.of(end).with(id, e.Text(id))) == 0 && limit > 0 && e.Time+limit < v.b && e.Time+limit > v.a {
					cut++
				}
			}
		}
		count(p.of(tallystick.SessionStarted).with(tallystick.FieldKind, "agent"), tallystick.SessionEnded, tallystick.FieldSessionID)
		for _, application := range []string{"Mobile Web", "Web Self Service"} {
			flows := p.of(tallystick.FlowStarted).with(tallystick.FieldPreview, "false").with(tallystick.FieldApplication, application)
			count(flows, tallystick.FlowEnded, tallystick.FieldFlowRunID)
		}
	}
	return cut
}

// openLimit is how long a span without an end is open; 0 is no limit.
func (v *oracleView) openLimit() tallystick.Instant {
	text := v.option("open_limit")
	if text == "none" {
		return 0
	}
	n, err := strconv.Atoi(text[:len(text)-1])
	if err != nil {
		panic(err)
	}
	unit := map[byte]tallystick.Instant{'m': tallystick.Minute, 'h': tallystick.Hour, 'd': tallystick.Day}[text[len(text)-1]]
	return tallystick.Instant(n) * unit
}

// concurrency is Maximum and Average of the peaks of the clock hours.
func (v *oracleView) concurrency(spans []oracleSpan) (maximum, average string) {
	highest, sum, hours := 0, 0, 0
	for _, hour := range v.calendar.Buckets(tallystick.Hourly, v.a, v.b) {
		from, to := max(hour.Start, v.a), min(hour.End, v.b)
		// N changes upwards only where a span starts, so that the hour's highest is at its first instant or at one of those.
		instants := []tallystick.Instant{from}
		for _, s := range spans {
			if s.start >= from && s.start < to {
				instants = append(instants, s.start)
			}
		}
		peak := 0
		for _, t := range instants {
			n := 0
			for _, s := range spans {
				if s.start <= t && t < s.end {
					n++
				}
			}
			peak = max(peak, n)
		}
		if peak > 0 {
			sum, hours = sum+peak, hours+1
		}
		highest = max(highest, peak)
	}
	if hours == 0 {
		return "0", "0.00"
	}
	return strconv.Itoa(highest), twoDecimals(big.NewRat(int64(sum), int64(hours)))
}
