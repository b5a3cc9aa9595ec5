package duckdb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Spans are found among those that are kept of each month in which one began (months.go), with their ends: so the ends of all of a tenant's spans need not be looked for by their ids. The events themselves are asked
// about spans that began or ended since, and those of months that are not made yet.

// Columns of [spanMonthTable]: a row for each span that began in the month: which of [spans] it is, the position of the event that begins it with what spans are told apart by, and when it ended, if it did.
var spanMonthColumns = []column{
	{"tenant", integer}, {"month", bigint}, {"span", integer}, {"kind", varchar}, {"preview", varchar}, {"application", varchar}, {"start", bigint}, {"stop", bigint}, {"seq", bigint},
}

// newSpans selects the months of spans, and of those that ended.
func (e *Engine) newSpans(n news) (selects []string) {
	for _, span := range spans {
		started, ended := source{e.byType[span.Start], "started"}, source{e.byType[span.End], "ended"}
		begun := "SELECT " + monthOf("started.time") + ", 1 FROM " + inFile(started)
		selects = append(selects, begun+" WHERE "+n.since("started"), begun+" JOIN "+inFile(ended)+" ON "+sameSpan(span, started, ended)+" WHERE "+n.before("started")+" AND "+n.since("ended"))
	}
	return selects
}

// spans are those that are kept.
var spans = []tallystick.Span{tallystick.SessionSpan, tallystick.FlowSpan}

// sameSpan is the condition that two events begin and end the same span. Both have its id, as the vocabulary wants it.
func sameSpan(span tallystick.Span, started, ended source) string {
	return "ended.tenant = started.tenant AND " + ended.column(span.ID.String()) + " = " + started.column(span.ID.String())
}

// makeSpans is the statement that makes the rows of spans.
func (e *Engine) makeSpans(months []staleMonth, flush int32, these string, in func(string) string) string {
	upTo := "flush <= " + strconv.Itoa(int(flush))
	var selects []string
	for i, span := range spans {
		started, ended := source{e.byType[span.Start], "started"}, source{e.byType[span.End], "ended"}
		selected := []string{"started.tenant", monthOf("started.time") + " AS month", strconv.Itoa(i) + " AS span"}
		for _, f := range []tallystick.Field{tallystick.FieldKind, tallystick.FieldPreview, tallystick.FieldApplication} {
			selected = append(selected, started.text(f)+" AS "+spanColumns[f])
		}
		selects = append(selects, strings.Join([]string{
			"SELECT " + strings.Join(append(selected, "started.time AS start", "ended.time AS stop", "started.seq AS seq"), ", "),
			"FROM " + identifier(started.table.name) + " AS started LEFT JOIN (SELECT * FROM " + identifier(ended.table.name) + " WHERE " + upTo + ") AS ended ON " + sameSpan(span, started, ended),
			"WHERE started." + upTo + " AND " + during(months, "started.time") + " AND " + monthOf("started.time") + these + " AND " + in("started.seq"),
		}, "\n"))
	}
	return "INSERT INTO " + identifier(spanMonthTable) + "\n" + strings.Join(selects, "\nUNION ALL ") + "\nORDER BY month, span, tenant, start"
}

// spanColumns are the columns of [spanMonthTable] for fields of what begins a span.
var spanColumns = map[tallystick.Field]string{tallystick.FieldKind: "kind", tallystick.FieldPreview: "preview", tallystick.FieldApplication: "application"}

// answerByMonths answers by months; false: they do not know enough.
func (p *peaks) answerByMonths(ctx context.Context, answers []tallystick.PeakAnswer) (answered bool, err error) {
	q := &p.query
	if !slices.Contains(spans, q.Span) {
		return false, nil
	}
	for _, c := range q.Where {
		if spanColumns[c.Field] == "" || c.Op == tallystick.Numeric {
			return false, nil
		}
	}
	for _, d := range q.By {
		if spanColumns[d.Field] == "" {
			return false, nil
		}
	}
	m := p.engine.snapshot(p.scopes[0])
	err = m.within(ctx, func() error {
		if outside, err := p.outside(ctx, m); outside || err != nil {
			return err
		}
		answered = true
		p.forget()
		st := &statement{}
		with, begun := p.keptSpans(st, m)
		return p.ask(ctx, st, with, begun, m.each, answers)
	})
	return answered, err
}

// outside reports whether spans began in no month.
func (p *peaks) outside(ctx context.Context, m *snapshot) (outside bool, err error) {
	p.forget()
	st, started := &statement{}, p.engine.source(p.query.Span.Start, "started")
	time, of := started.column("time"), strings.Join(started.ofTenants(st, p.scopes, p.query.Span.Start), " AND ")
	exists := func(condition string) string {
		return "EXISTS (SELECT 1 FROM " + started.from() + " WHERE " + of + " AND " + condition + ")"
	}
	st.add("SELECT (" + exists(time+" < "+writtenInstant(firstMonth)) + " OR " + exists(time+" >= "+writtenInstant(monthAfter(lastMonth))) + ")::BIGINT")
	err = m.each(ctx, st, func(r *rows) error {
		outside = r.bigint(0, 0) != 0
		return nil
	})
	return outside, err
}

// keptSpans selects spans as [peaks.begun] does, behind what the statement begins with.
func (p *peaks) keptSpans(st *statement, m *snapshot) (with, begun string) {
	q := &p.query
	before := p.scopes[0].before(st)
	var lost []tallystick.Instant // months
	var itself []string           // conditions of spans of which the events are asked
	started, ended := p.engine.source(q.Span.Start, "started"), p.engine.source(q.Span.End, "finished")
	for _, k := range m.known {
		if k.month < q.Before && k.upTo != m.every {
			lost = append(lost, k.month)
			itself = append(itself, "("+started.column("time")+" >= "+writtenInstant(k.month)+" AND "+started.column("time")+" < "+writtenInstant(k.end)+")")
		}
	}
	if m.since(m.every) {
		since := ended.ofTenants(st, p.scopes, q.Span.End)
		since = append(since, ended.column("seq")+" > "+strconv.FormatUint(m.every, 10))
		itself = append(itself, started.column("seq")+" > "+strconv.FormatUint(m.every, 10),
			"("+started.column("tenant")+", "+started.text(q.Span.ID)+") IN (SELECT ("+ended.column("tenant")+", "+ended.text(q.Span.ID)+") FROM "+ended.from()+" WHERE "+strings.Join(since, " AND ")+")")
	}
	selected := []string{"kept.tenant", "kept.seq", "kept.start", "CASE WHEN kept.stop < " + before + " THEN kept.stop END AS ended"}
	for i, d := range q.By {
		selected = append(selected, "kept."+spanColumns[d.Field]+" AS value"+strconv.Itoa(i))
	}
	where := []string{
		"kept.tenant IN (" + numbersOf(p.scopes) + ")", "kept.span = " + strconv.Itoa(slices.Index(spans, q.Span)), "kept.start < " + before,
		"(kept.stop IS NULL OR kept.stop > " + writtenInstant(q.From) + " OR kept.start >= " + writtenInstant(q.From) + ")",
	}
	if len(lost) > 0 {
		where = append(where, "kept.month NOT IN ("+instants(lost)+")")
	}
	where = append(where, filter(st, q.Where, func(f tallystick.Field) string { return "kept." + spanColumns[f] }, nil)...)
	kept := "  SELECT " + strings.Join(selected, ", ") + "\n  FROM " + identifier(spanMonthTable) + " AS kept\n"
	if len(itself) > 0 {
		with = "themselves AS MATERIALIZED (\n" + p.begun(st, "("+strings.Join(itself, " OR ")+")") + "\n), "
		kept += "  ANTI JOIN themselves ON themselves.tenant = kept.tenant AND themselves.seq = kept.seq\n"
	}
	if kept += "  WHERE " + strings.Join(where, "\n    AND "); with != "" {
		kept += "\n  UNION ALL SELECT * FROM themselves"
	}
	return with, kept
}
