package duckdb

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Different contacts of whole months are counted by the rows that are kept of each month (months.go). Most of a bucket is a month of theirs, whose contacts are counted by the lists of their channels. Those of
// whom something else is to be known are told apart by all of their rows: who has a message behind an end that lies within a month, or since the month was made, or one that failed after the scope, or is counted
// under another name. Where more than that is missing, the messages themselves are asked.

// monthlyBucket is a bucket, with what it has of each month.
type monthlyBucket struct {
	onlyBucket
	spans []span
}

// span is what a bucket has of a month.
type span struct {
	month       tallystick.Instant
	from, until tallystick.Instant // of the bucket within the month
	main        bool               // whether it is the one of which most contacts are
}

func (s *span) whole() bool { return s.from == s.month && s.until == monthAfter(s.month) }

// contactBuckets returns the buckets that are asked for, nil where what is asked does not follow from months.
func (t *tallies) contactBuckets() (list []onlyBucket) {
	q := t.widest()
	if q.Type != tallystick.MessageSent || !q.Countable || q.Measure.Distinct == nil || q.Measure.Distinct.Field != tallystick.FieldContactID || len(q.By) > 0 && q.By[0].Field != tallystick.FieldChannelID {
		return nil
	}
	met := false
	for i := range q.Where {
		switch c := &q.Where[i]; {
		case isExchanged(c):
			met = !slices.ContainsFunc(t.queries, func(q *tallystick.Tally) bool { return !isExchanged(&q.Where[i]) })
		case c.Field != tallystick.FieldChannelID || c.Op == tallystick.Numeric:
			return nil
		}
	}
	if !met {
		return nil
	}
	if !t.wanted[0].byBucket {
		list = append(list, onlyBucket{0, q.From, q.Before})
	}
	for i := 1; t.wanted[0].byBucket && i < len(t.edges); i++ {
		b := onlyBucket{i - 1, t.edges[i-1], t.edges[i]}
		if i == 1 {
			b.from = q.From
		}
		if i == len(t.edges)-1 {
			b.until = q.Before
		}
		list = append(list, b)
	}
	for _, w := range t.wanted {
		if w.byBucket != t.wanted[0].byBucket {
			return nil
		}
	}
	return list
}

// answerContacts answers by months what it can, and the rest by messages; false: nothing can be.
func (t *tallies) answerContacts(ctx context.Context, answers [][]tallystick.Count) (answered bool, err error) {
	buckets := t.contactBuckets()
	if buckets == nil {
		return false, nil
	}
	parts := t.inMarks()
	if parts == nil {
		return false, nil
	}
	for i, part := range parts {
		m := &monthly{tallies: part, snapshot: t.engine.snapshot(t.scopes[0]), marking: part.marking()}
		counted, err := m.count(ctx, buckets)
		if err != nil {
			return false, err
		}
		if len(m.buckets) == 0 && i == 0 && len(parts) == 1 {
			return false, nil
		}
		for _, b := range buckets {
			if slices.ContainsFunc(m.buckets, func(o monthlyBucket) bool { return o.number == b.number }) {
				part.give(m.marking, counted, b.number, answers)
			} else if b.from < b.until {
				if err := part.answerOnly(ctx, &b, answers); err != nil {
					return false, err
				}
			}
		}
	}
	return true, nil
}

// count counts the buckets that months tell of.
func (m *monthly) count(ctx context.Context, buckets []onlyBucket) (counted map[markedPlace]*marked, err error) {
	err = m.within(ctx, func() error {
		m.choose(buckets)
		if len(m.buckets) == 0 {
			return nil
		}
		if err := m.dropFailed(ctx); err != nil || len(m.buckets) == 0 {
			return err
		}
		counted, err = m.read(ctx)
		return err
	})
	return counted, err
}

// choose chooses the buckets of which all months are known, and of no month a part without its beginning and its end.
func (m *monthly) choose(buckets []onlyBucket) {
	m.upTo = m.every
	for _, b := range buckets {
		if b.from >= b.until || b.from < firstMonth || b.until > monthAfter(lastMonth) {
			continue
		}
		of, fits, longest := monthlyBucket{onlyBucket: b}, true, tallystick.Instant(0)
		upTo := m.upTo
		for _, k := range m.known {
			s := span{month: k.month, from: max(b.from, k.month), until: min(b.until, monthAfter(k.month))}
			if s.from >= s.until {
				continue
			}
			if k.upTo == 0 || s.from > s.month && s.until < monthAfter(s.month) {
				fits = false
				break
			}
			of.spans = append(of.spans, s)
			longest = max(longest, s.until-s.from)
			upTo = min(upTo, k.upTo)
		}
		if !fits {
			continue
		}
		if i := slices.IndexFunc(of.spans, func(s span) bool { return s.until-s.from == longest }); i >= 0 {
			of.spans[i].main = true
		}
		m.buckets = append(m.buckets, of)
		m.upTo = upTo
	}
}

// read counts the contacts of the buckets.
func (m *monthly) read(ctx context.Context) (map[markedPlace]*marked, error) {
	m.forget()
	st := &statement{}
	m.selectFresh(st)
	m.selectApart(st)
	m.selectMet(st)
	rename, who := m.renamed(st, m.marking)
	st.add("SELECT seen.tenant::BIGINT, seen.bucket, "+who+", seen.marks, COUNT(*), NULL::VARCHAR",
		"FROM (SELECT tenant, bucket, contact AS item, BIT_OR(marks) AS marks FROM met WHERE contact IS NOT NULL GROUP BY ALL) AS seen", rename,
		"GROUP BY ALL",
		"UNION ALL",
		"SELECT tenant::BIGINT, bucket, '', 0, number, channels FROM met WHERE contact IS NULL")
	counted := map[markedPlace]*marked{}
	err := m.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			tenant, name, marks, number := int32(r.bigint(0, i)), r.text(2, i), r.bigint(3, i), r.bigint(4, i)
			if list := r.text(5, i); list != "" {
				var channels []string
				if err := json.Unmarshal([]byte(list), &channels); err != nil {
					return damaged(err)
				}
				if marks = m.marksOf(tenant, channels); marks == 0 {
					continue
				}
			}
			counted[m.place(tenant, int(r.bigint(1, i)))] = counted[m.place(tenant, int(r.bigint(1, i)))].add(name, marks, number)
		}
		return nil
	})
	return counted, err
}

func (m *monthly) place(tenant int32, bucket int) markedPlace {
	return markedPlace{tenant, bucket, m.wanted[0].byBucket}
}

// marksOf returns the marks of a tenant's contact that was met on some channels.
func (m *monthly) marksOf(tenant int32, channels []string) (marks int64) {
	q := m.queries[slices.IndexFunc(m.scopes, func(sc *scope) bool { return sc.number == tenant })]
	asked := onChannel(q.Where)
	for _, c := range channels {
		if !asked.Keeps(&tallystick.Event{Type: tallystick.MessageSent, Data: []tallystick.Value{{Field: tallystick.FieldChannelID, Text: c}}}) {
			continue
		}
		if n, is := slices.BinarySearch(m.marking.texts, c); is && len(q.By) > 0 {
			marks |= unmarked << (n + 1)
		} else {
			marks |= unmarked
		}
	}
	return marks
}

// onChannel returns the conditions of a filter that are about the channel.
func onChannel(f tallystick.Filter) (conditions tallystick.Filter) {
	for _, c := range f {
		if c.Field == tallystick.FieldChannelID {
			conditions = append(conditions, c)
		}
	}
	return conditions
}

// selectFresh selects, of the messages that months may not know of, the contacts with their marks.
func (m *monthly) selectFresh(st *statement) {
	if !m.since(m.upTo) {
		st.add("WITH fresh AS (SELECT 0::INTEGER AS tenant, 0::BIGINT AS bucket, '' AS contact, 0::BIGINT AS marks WHERE FALSE),")
		return
	}
	q, s := m.widest(), m.source
	where := append(m.where(st), s.column("seq")+" > "+st.bind(int64(m.upTo)), s.text(tallystick.FieldContactID)+" <> ''")
	mark := strconv.Itoa(unmarked) + "::BIGINT"
	if len(q.By) > 0 {
		mark = m.marking.of(st, s, tallystick.FieldChannelID)
	}
	var join, bucket = "", "0"
	if m.wanted[0].byBucket {
		join, bucket = buckets(st, m.edges, "counted.time")
	}
	numbers := make([]int64, len(m.buckets))
	for i, b := range m.buckets {
		numbers[i] = int64(b.number)
	}
	st.add("WITH fresh AS (",
		"  SELECT tenant, "+bucket+"::BIGINT AS bucket, contact, BIT_OR(mark) AS marks",
		"  FROM (",
		"    SELECT "+s.column("tenant")+" AS tenant, "+s.column("time")+" AS time, "+s.text(tallystick.FieldContactID)+" AS contact, "+mark+" AS mark",
		"    FROM "+s.from(),
		"    WHERE "+strings.Join(where, "\n      AND "),
		"  ) AS counted", join,
		"  WHERE "+bucket+" IN (SELECT UNNEST("+st.bind(numbers)+"))",
		"  GROUP BY ALL",
		"),")
}

// selectApart selects the contacts that are told apart by all of their rows.
func (m *monthly) selectApart(st *statement) {
	var numbers, months, froms, untils, mains []int64
	before := m.scopes[0].before(st)
	of := "FROM " + identifier(contactMonthTable) + " AS kept WHERE kept.tenant IN (" + numbersOf(m.scopes) + ") AND kept.month = "
	selects := []string{"SELECT tenant, bucket, contact FROM fresh"}
	for _, b := range m.buckets {
		for _, s := range b.spans {
			main := int64(0)
			if s.main {
				main = 1
			}
			numbers, months, froms, untils, mains = append(numbers, int64(b.number)), append(months, int64(s.month)), append(froms, int64(s.from)), append(untils, int64(s.until)), append(mains, main)
			if s.main && s.whole() {
				continue
			}
			month, from, until := st.bind(s.month), st.bind(s.from), st.bind(s.until)
			which := "kept.last >= " + from + " AND kept.first < " + until + " AND (kept.failed IS NULL OR kept.failed >= " + before + ")"
			if s.main {
				which = "kept.failed IS NULL AND (kept.last < " + from + " OR kept.first >= " + until + ")"
			}
			selects = append(selects, "SELECT kept.tenant, "+strconv.Itoa(b.number)+"::BIGINT, kept.contact "+of+month+" AND "+which)
		}
	}
	selects = append(selects, "SELECT kept.tenant, spans.bucket, kept.contact FROM "+identifier(contactMonthTable)+" AS kept JOIN spans ON spans.month = kept.month"+
		" WHERE kept.tenant IN ("+numbersOf(m.scopes)+") AND kept.failed >= "+before+" AND kept.last >= spans.begin AND kept.first < spans.until")
	var tenants []int64
	var names []string
	for i, who := range m.marking.who {
		for name := range who {
			if len(storable([]string{name})) > 0 {
				tenants, names = append(tenants, int64(m.scopes[i].number)), append(names, name)
			}
		}
	}
	if len(names) > 0 {
		selects = append(selects, "SELECT renamed.tenant, spans.bucket, renamed.contact FROM (SELECT UNNEST("+st.bind(tenants)+")::INTEGER AS tenant, UNNEST("+st.bind(names)+") AS contact) AS renamed"+
			" CROSS JOIN (SELECT DISTINCT bucket FROM spans) AS spans")
	}
	st.add("spans AS (",
		"  SELECT UNNEST("+st.bind(numbers)+") AS bucket, UNNEST("+st.bind(months)+") AS month, UNNEST("+st.bind(froms)+") AS begin, UNNEST("+st.bind(untils)+") AS until, UNNEST("+st.bind(mains)+") = 1 AS main",
		"), apart AS (",
		"  "+strings.Join(selects, "\n  UNION "),
		"),")
}

// selectMet selects how many contacts have the same list of channels, and those that are told apart with their marks.
func (m *monthly) selectMet(st *statement) {
	mark := strconv.Itoa(unmarked) + "::BIGINT"
	if len(m.widest().By) > 0 {
		mark = m.marking.bit(st, "kept.channel")
	}
	counts := append([]string{"kept.last >= spans.begin", "kept.first < spans.until", "(kept.failed IS NULL OR kept.failed >= " + m.scopes[0].before(st) + ")"},
		m.filtered(st, "kept.tenant", onChannel, func(st *statement, f tallystick.Filter) []string {
			return filter(st, f, func(tallystick.Field) string { return "kept.channel" }, nil)
		})...)
	st.add("met AS (",
		"  SELECT kept.tenant, spans.bucket, apart.contact, CASE WHEN apart.contact IS NULL THEN kept.channels END AS channels, BIT_OR(CASE WHEN apart.contact IS NULL THEN 0 ELSE "+mark+" END) AS marks, COUNT(*) AS number",
		"  FROM "+identifier(contactMonthTable)+" AS kept",
		"  JOIN spans ON spans.month = kept.month",
		"  LEFT JOIN apart ON apart.tenant = kept.tenant AND apart.bucket = spans.bucket AND apart.contact = kept.contact",
		"  WHERE kept.tenant IN ("+numbersOf(m.scopes)+")",
		"    AND CASE WHEN apart.contact IS NULL THEN spans.main AND kept.channels IS NOT NULL ELSE "+strings.Join(counts, " AND ")+" END",
		"  GROUP BY ALL",
		"  UNION ALL",
		"  SELECT tenant, bucket, contact, NULL, marks, 1 FROM fresh",
		")")
}
