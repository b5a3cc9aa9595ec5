package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tallystick/tallystick"
)

// invoice writes the rows of billing-usage; after an error, or when no more rows are wanted, it writes none.
type invoice struct {
	*plan
	row     rows
	section string
	more    bool
	err     error
}

// billing makes the table of billing-usage.
func (p *plan) billing(row rows) error {
	if err := p.checkHours(); err != nil {
		return err
	}
	v := &invoice{plan: p, row: row, more: true}
	v.flows()
	v.concurrency("Concurrent Agent Sessions", tallystick.SessionSpan, tallystick.Filter{in(tallystick.FieldKind, "agent")},
		[]string{"Agent Application", "Ticket Guidance"}, true)
	applications := []string{"Mobile Web", "Web Self Service"}
	v.concurrency("Concurrent Interaction Flows", tallystick.FlowSpan,
		tallystick.Filter{in(tallystick.FieldPreview, "false"), in(tallystick.FieldApplication, applications...)}, applications, false)
	v.assistance()
	v.numbers()
	v.messages()
	return v.err
}

func (v *invoice) line(item, measure string, value tallystick.Cell) {
	if v.err == nil && v.more {
		v.more = v.row(tallystick.TextCell(v.section), tallystick.TextCell(item), tallystick.TextCell(measure), value)
	}
}

// counts asks the store, unless something went wrong before.
func (v *invoice) counts(q tallystick.Tally) (counts []tallystick.Count) {
	if v.err == nil && v.more {
		counts, v.err = v.tally(q)
	}
	return counts
}

func (v *invoice) flows() {
	v.section = "Interaction Flows"
	total := int64(0)
	for _, c := range v.counts(tallystick.Tally{
		Scope: v.scope, Type: tallystick.FlowStarted, From: v.from, Where: tallystick.Filter{in(tallystick.FieldPreview, "false")},
		By: []tallystick.Dimension{{Field: tallystick.FieldApplication}},
	}) {
		v.line(c.Group[0], "Runs", tallystick.IntegerCell(c.Value))
		total += c.Value
	}
	v.line("Total", "Runs", tallystick.IntegerCell(total))
}

// concurrency writes Maximum and Average of some applications, and of any other that has spans in the period if others, and then of All.
func (v *invoice) concurrency(section string, span tallystick.Span, where tallystick.Filter, applications []string, others bool) {
	if v.err != nil || !v.more {
		return
	}
	v.section = section
	q := tallystick.Peak{Scope: v.scope, Span: span, From: v.from, Where: where, Edges: v.hours(), Summed: true}
	if limit := v.options["open_limit"]; limit != "none" {
		if q.OpenLimit, v.err = parseLength(limit); v.err != nil {
			return
		}
	}
	grouped := q
	grouped.By = []tallystick.Dimension{{Field: tallystick.FieldApplication}}
	questions := []tallystick.Peak{grouped}
	if others {
		questions = append(questions, q)
	}
	answers, err := tallystick.Peaks(v.ctx, v.store, questions)
	if v.err = err; err != nil {
		return
	}
	answer := answers[0]
	byApplication := map[string]*peaks{}
	for _, a := range applications {
		byApplication[a] = &peaks{}
	}
	for _, sum := range answer.Sums {
		byApplication[sum.Group[0]] = peaksOf(sum)
	}
	delete(byApplication, "") // sessions without an application are in All only
	for _, a := range slices.Sorted(maps.Keys(byApplication)) {
		byApplication[a].write(v, a)
	}
	if answer.Cut > 0 {
		v.notes.add(fmt.Sprintf("%s: %s: %d without an end taken to end %s after the start (option open_limit)", v.tenant, section, answer.Cut, v.options["open_limit"]))
	}
	if !others {
		return
	}
	total := &peaks{}
	for _, sum := range answers[1].Sums { // there is one, or none
		total = peaksOf(sum)
	}
	total.write(v, "All")
}

// hours returns the edges of the period's clock hours.
func (p *plan) hours() []tallystick.Instant {
	return p.calendar.HourEdges(p.from, p.scope.Before)
}

// peaks adds up the peaks of the hours that have one.
type peaks struct{ maximum, sum, hours int64 }

func peaksOf(s tallystick.PeakSum) *peaks { return &peaks{s.Highest, s.Sum, s.Buckets} }

func (p *peaks) add(peak int64) {
	p.maximum = max(p.maximum, peak)
	p.sum += peak
	p.hours++
}

func (p *peaks) write(v *invoice, item string) {
	v.line(item, "Maximum", tallystick.IntegerCell(p.maximum))
	v.line(item, "Average", tallystick.DecimalCell(hundredths(p.sum, max(p.hours, 1))))
}

// hundredths returns n / d in hundredths, rounded half up; n is not negative, d is positive.
func hundredths(n, d int64) int64 {
	whole, rest := n/d, n%d
	// The rest is below d, at most the microseconds of a minute here, so the product stays far inside an int64.
	return whole*100 + (rest*200+d)/(2*d)
}

func (v *invoice) assistance() {
	v.section = "Assistance Services"
	clicks := map[string]int64{}
	for _, c := range v.counts(tallystick.Tally{
		Scope: v.scope, Type: tallystick.AssistanceClicked, From: v.from, By: []tallystick.Dimension{{Field: tallystick.FieldService}},
	}) {
		clicks[c.Group[0]] = c.Value
	}
	for _, s := range []struct{ service, item string }{{"call_now", "Call Now"}, {"callback", "Callback"}, {"chat", "Chat"}, {"email", "Email"}} {
		v.line(s.item, "Clicks", tallystick.IntegerCell(clicks[s.service]))
	}
}

// numbers writes the section on phone numbers and calls, if the account has the service.
func (v *invoice) numbers() {
	if !v.has("dnis", nil, tallystick.NumberPurchased, tallystick.NumberReleased, tallystick.CallEnded) {
		return
	}
	v.section = "DNIS Service"
	purchased := only(v.counts(tallystick.Tally{Scope: v.scope, Type: tallystick.NumberPurchased, From: v.from}))
	step := map[string]tallystick.Instant{"per_call_up": tallystick.Minute, "six_second": 6 * tallystick.Second}[v.options["minutes"]]
	talked := only(v.counts(tallystick.Tally{
		Scope: v.scope, Type: tallystick.CallEnded, From: v.from, Where: tallystick.Filter{in(tallystick.FieldService, "call_now")},
		Measure: tallystick.Measure{Sum: tallystick.FieldDurationSeconds, RoundUp: int64(step)},
	}))
	v.line("Phone Numbers", "Purchased", tallystick.IntegerCell(purchased))
	v.line("Call Now", "Minutes", tallystick.DecimalCell(hundredths(talked, int64(tallystick.Minute))))
}

// messages writes the section on SMS, if the account has the service.
func (v *invoice) messages() {
	campaign := tallystick.Filter{
		in(tallystick.FieldDirection, "outbound"), in(tallystick.FieldCampaignLink, "true"),
		in(tallystick.FieldChannelID, ids(v.channels, func(c channel) bool { return c.platform == "sms" })...),
	}
	if !v.has("sms", campaign, tallystick.MessageSent) {
		return
	}
	v.section = "Outgoing SMS"
	sent := only(v.counts(tallystick.Tally{Scope: v.scope, Type: tallystick.MessageSent, From: v.from, Where: campaign, Countable: true}))
	v.line("Campaign Link", "Messages", tallystick.IntegerCell(sent))
}

// has reports whether the account has a service: its services say so or, where they were never set, there was a sign of it before the period's end, an event of one of
// the types that passes the filter.
func (v *invoice) has(service string, where tallystick.Filter, signs ...string) bool {
	if list, set := v.account[tallystick.FieldServices]; set {
		var services []string
		if v.err == nil {
			v.err = json.Unmarshal([]byte(list), &services)
		}
		return slices.Contains(services, service)
	}
	for _, sign := range signs {
		if only(v.counts(tallystick.Tally{
			Scope: v.scope, Type: sign, From: tallystick.MinInstant, Where: where, Measure: tallystick.Measure{Any: true},
		})) > 0 {
			return true
		}
	}
	return false
}
