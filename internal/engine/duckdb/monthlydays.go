package duckdb

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Messages are counted by what is kept of whole days (months.go). The messages themselves are counted of days in which the period or a bucket begins or ends, or that months do not know well enough, and what came since.

// Columns of [messageDayTable]: how many countable messages there are of each tenant, day, direction, kind of sender, channel, and whether they were proactive and of a campaign, those that failed apart as above.
var messageDayColumns = []column{
	{"tenant", integer}, {"month", bigint}, {"day", bigint}, {"direction", varchar}, {"kind", varchar}, {"channel", varchar}, {"proactive", varchar}, {"campaign", varchar}, {"failed", bigint},
	{"messages", bigint},
}

// makeDays is the statement that makes the rows of days.
func (e *Engine) makeDays(months []staleMonth, flush int32, these string, in func(string) string) string {
	m := source{e.byType[tallystick.MessageSent], "m"}
	from, failed, where := e.messagesIn(m, months, flush, these, m.mayCount(false))
	day := dayOf("m.time")
	return strings.Join([]string{
		"INSERT INTO " + identifier(messageDayTable),
		"SELECT m.tenant, " + monthOf("m.time") + " AS month, " + day + " AS day, " + m.text(tallystick.FieldDirection) + " AS direction, " + m.text(tallystick.FieldSenderKind) + " AS kind, " + m.text(tallystick.FieldChannelID) + " AS channel,",
		"  " + m.text(tallystick.FieldProactive) + " AS proactive, " + m.text(tallystick.FieldCampaignLink) + " AS campaign, " + failed + " AS failed, COUNT(*) AS messages",
		"FROM " + strings.Join(from, "\n"),
		"WHERE " + where + " AND " + in(day),
		"GROUP BY ALL",
		"ORDER BY month, tenant, day",
	}, "\n")
}

// dailyMonths are months of which days stand for messages.
type dailyMonths struct {
	*monthly
	lost []stretch // of whole days, of which the messages themselves are asked: ascending, with others between them
}

// stretch is a time, without its end.
type stretch struct{ from, until tallystick.Instant }

// mostStretches is the number of stretches up to which each is asked for.
const mostStretches = 16

// dayColumns are the columns of [messageDayTable] for fields of messages.
var dayColumns = map[tallystick.Field]string{
	tallystick.FieldDirection: "direction", tallystick.FieldSenderKind: "kind", tallystick.FieldChannelID: "channel", tallystick.FieldProactive: "proactive", tallystick.FieldCampaignLink: "campaign",
}

// ofDays reports whether what is asked follows from the messages of days, but for when it is asked.
func (t *tallies) ofDays() bool {
	q := t.widest()
	if q.Type != tallystick.MessageSent || q.EdgesOf != nil || q.Measure.Distinct != nil || q.Measure.Sum != tallystick.NoField {
		return false
	}
	for _, c := range q.Where {
		if dayColumns[c.Field] == "" || c.Op == tallystick.Numeric {
			return false
		}
	}
	return !slices.ContainsFunc(q.By, func(d tallystick.Dimension) bool { return dayColumns[d.Field] == "" })
}

// answerDays answers with days in the place of messages; false: none can be.
func (t *tallies) answerDays(ctx context.Context, answers [][]tallystick.Count) (answered bool, err error) {
	if q := t.queries[0]; !t.ofDays() || !q.Countable || q.Measure.Any {
		return false, nil
	}
	d := &dailyMonths{monthly: &monthly{tallies: t, snapshot: t.engine.snapshot(t.scopes[0])}}
	err = d.within(ctx, func() error {
		if fits, err := d.findLost(ctx); !fits || err != nil {
			return err
		}
		t.forget()
		answered, t.inPlace = true, d
		return t.answerAll(ctx, answers)
	})
	t.inPlace = nil
	return answered, err
}

// findLost finds the days that do not stand for their messages; false: these are too many.
func (d *dailyMonths) findLost(ctx context.Context) (fits bool, err error) {
	q, before := d.queries[0], d.scopes[0].Before
	if d.upTo = d.every; d.since(d.upTo+mostSince) || len(d.known) == 0 {
		return false, nil
	}
	// Of other months there are no messages that they could know of.
	known := stretch{max(q.From, d.known[0].month), min(before, d.known[len(d.known)-1].end)}
	if known.from >= known.until {
		return false, nil
	}
	end := monthAfter(lastMonth)
	if q.From < firstMonth {
		d.lost = append(d.lost, stretch{q.From, firstMonth})
	}
	if before > end {
		d.lost = append(d.lost, stretch{max(q.From, end), before})
	}
	inner := d.edges
	if len(inner) > 0 {
		inner = inner[1 : len(inner)-1]
	}
	for _, at := range append(slices.Clone(inner), q.From, before) {
		if day := startOfDay(at); day < at {
			d.lost = append(d.lost, stretch{day, day + tallystick.Day})
		}
	}
	for _, k := range d.known {
		if k.upTo != d.every && k.month < before && k.end > q.From {
			d.lost = append(d.lost, stretch{k.month, k.end})
		}
	}
	d.join()
	if d.since(d.upTo) {
		if err := d.loseFailed(ctx, known); err != nil {
			return false, err
		}
	}
	kept := known.until - known.from
	for _, l := range d.lost {
		if l.from < known.until && l.until > known.from {
			kept -= min(l.until, known.until) - max(l.from, known.from)
		}
	}
	return len(d.lost) <= mostStretches && kept > (known.until-known.from)/2, nil
}

// startOfDay returns the beginning of an instant's day, of those that are in months.
func startOfDay(at tallystick.Instant) tallystick.Instant {
	if at < firstMonth || at > monthAfter(lastMonth) {
		return at
	}
	return firstMonth + (at-firstMonth)/tallystick.Day*tallystick.Day
}

// lose reports whether a day is lost.
func (d *dailyMonths) lose(day tallystick.Instant) bool {
	return slices.ContainsFunc(d.lost, func(l stretch) bool { return day >= l.from && day < l.until })
}

// join joins what is lost.
func (d *dailyMonths) join() {
	slices.SortFunc(d.lost, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	var joined []stretch
	for _, l := range d.lost {
		if n := len(joined); n > 0 && l.from <= joined[n-1].until {
			joined[n-1].until = max(joined[n-1].until, l.until)
		} else {
			joined = append(joined, l)
		}
	}
	d.lost = joined
}

// loseFailed loses the days of messages that have failed since months were made.
func (d *dailyMonths) loseFailed(ctx context.Context, known stretch) error {
	for day := startOfDay(known.from); day < known.until; day += tallystick.Day {
		if !d.lose(day) {
			d.buckets = append(d.buckets, monthlyBucket{onlyBucket: onlyBucket{from: day, until: day + tallystick.Day}})
		}
	}
	if len(d.buckets) == 0 {
		return nil
	}
	days := slices.Clone(d.buckets)
	if err := d.dropFailed(ctx); err != nil {
		return err
	}
	kept := map[tallystick.Instant]bool{}
	for _, b := range d.buckets {
		kept[b.from] = true
	}
	for _, b := range days {
		if !kept[b.from] {
			d.lost = append(d.lost, stretch{b.from, b.until})
		}
	}
	d.join()
	return nil
}

// sent adds what selects the messages themselves, as far as days do not stand for them, behind what selects what is kept.
func (d *dailyMonths) sent(st *statement, selected string, conditions ...string) {
	s, q, before := d.source, d.queries[0], d.scopes[0].Before
	messages := func(conditions ...string) {
		st.add("UNION ALL", selected, "FROM "+s.from(), "WHERE "+strings.Join(append(d.where(st), conditions...), "\n  AND "))
	}
	var outside []string
	for _, l := range d.lost {
		from, until := max(l.from, q.From), min(l.until, before)
		if from >= until {
			continue
		}
		during := s.column("time") + " >= " + writtenInstant(from) + " AND " + s.column("time") + " < " + writtenInstant(until)
		messages(append(slices.Clone(conditions), during)...)
		outside = append(outside, "NOT ("+during+")")
	}
	if d.since(d.upTo) {
		messages(slices.Concat(conditions, outside, []string{s.column("seq") + " > " + strconv.FormatUint(d.upTo, 10)})...)
	}
}

// kept returns the conditions of the kept rows of a table that are of the tenants and did not fail, and pass the filters about some columns of it.
func (d *dailyMonths) kept(st *statement, columns map[tallystick.Field]string) []string {
	where := []string{"kept.tenant IN (" + numbersOf(d.scopes) + ")", "(kept.failed IS NULL OR kept.failed >= " + d.scopes[0].before(st) + ")"}
	part := func(f tallystick.Filter) (of tallystick.Filter) {
		for _, c := range f {
			if columns[c.Field] != "" {
				of = append(of, c)
			}
		}
		return of
	}
	return append(where, d.filtered(st, "kept.tenant", part, func(st *statement, f tallystick.Filter) []string {
		return filter(st, f, func(f tallystick.Field) string { return "kept." + columns[f] }, nil)
	})...)
}

// days returns the conditions of rows of whole days of the period that are not lost.
func (d *dailyMonths) days() []string {
	where := []string{"kept.day >= " + writtenInstant(d.queries[0].From), "kept.day < " + writtenInstant(d.scopes[0].Before)}
	for _, l := range d.lost {
		where = append(where, "NOT (kept.day >= "+writtenInstant(l.from)+" AND kept.day < "+writtenInstant(l.until)+")")
	}
	return where
}

// add implements [standIn].
func (d *dailyMonths) add(st *statement) {
	kept, sent := []string{"kept.day AS time"}, []string{d.source.column("time")}
	for i, by := range d.widest().By {
		kept, sent = append(kept, "kept."+dayColumns[by.Field]+" AS value"+strconv.Itoa(i)), append(sent, d.source.text(by.Field))
	}
	if d.many() {
		kept, sent = append(kept, "kept.tenant AS tenant"), append(sent, d.source.column("tenant"))
	}
	kept, sent = append(kept, "kept.messages AS number"), append(sent, "1")
	st.add("SELECT "+strings.Join(kept, ", "), "FROM "+identifier(messageDayTable)+" AS kept", "WHERE "+strings.Join(append(d.kept(st, dayColumns), d.days()...), "\n  AND "))
	d.sent(st, "SELECT "+strings.Join(sent, ", "))
}

// existByDays notes tenants of which days show that there are events that count.
func (t *tallies) existByDays(ctx context.Context, found map[int32]bool) error {
	q, before := t.queries[0], t.scopes[0].Before
	if !t.ofDays() || before < firstMonth {
		return nil
	}
	d := &dailyMonths{monthly: &monthly{tallies: t, snapshot: t.engine.snapshot(t.scopes[0])}}
	return d.within(ctx, func() error {
		if q.Countable && d.since(d.every) { // there may be failures that days do not know of
			return nil
		}
		t.forget()
		st := &statement{}
		where := append(d.kept(st, dayColumns), "kept.day >= "+st.bind(q.From), "kept.day <= "+st.bind(before-tallystick.Day))
		var stale []tallystick.Instant // of which failures are known that the rows do not say
		for _, k := range d.known {
			if q.Countable && k.upTo != d.every {
				stale = append(stale, k.month)
			}
		}
		if len(stale) > 0 {
			where = append(where, "kept.month NOT IN ("+instants(stale)+")")
		}
		st.add("SELECT DISTINCT kept.tenant::BIGINT", "FROM "+identifier(messageDayTable)+" AS kept", "WHERE "+strings.Join(where, "\n  AND "))
		return d.each(ctx, st, func(r *rows) error {
			for i := range r.n {
				found[int32(r.bigint(0, i))] = true
			}
			return nil
		})
	})
}
