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

// Columns of [contactMonthTable]: a row for each tenant, month, contact and channel that has countable messages to or from the contact. A message that failed has a row of its own with the others that failed
// at that instant, so that it can be counted as of before. Of a contact one row lists the channels of all its messages of the month that have not failed, as a JSON array: contacts are counted by these rows
// alone, but for those that were merged into another one, or had one merged into them, as far as is known up to the flush of [everyMonth]: these are told apart by all of their rows. Channels are empty texts, not NULL, where there are none.
var contactMonthColumns = []column{
	{"tenant", integer}, {"month", bigint}, {"contact", varchar}, {"channel", varchar}, {"first", bigint}, {"last", bigint}, {"failed", bigint}, {"channels", varchar},
	{"merged", boolean},
}

// newMessages selects the months of messages, of those that failed, and of resolutions whose answers were looked up among the messages, and one failed.
func (e *Engine) newMessages(n news) []string {
	m, f := source{e.byType[tallystick.MessageSent], "m"}, source{e.byType[tallystick.MessageFailed], "f"}
	selects := []string{"SELECT " + monthOf("m.time") + ", 1 FROM " + inFile(m) + " WHERE " + n.since("m")}
	for _, id := range e.failedIDs.names() {
		selects = append(selects, "SELECT UNNEST(["+monthOf("m.time")+", kept.month]), 0 FROM "+inFile(m)+" JOIN "+inFile(f)+" ON f.tenant = m.tenant AND "+f.column(id)+" = "+m.column(id)+
			" LEFT JOIN (SELECT DISTINCT tenant, conversation, month FROM "+identifier(resolutionTable)+" WHERE conversation IS NOT NULL) AS kept ON kept.tenant = m.tenant AND kept.conversation = "+m.column(tallystick.FieldConversationID.String())+
			" WHERE "+n.before("m")+" AND "+n.since("f"))
	}
	return selects
}

// makeContacts is the statement that makes the rows of contacts.
func (e *Engine) makeContacts(months []staleMonth, flush int32, these string, in func(string) string) string {
	m := source{e.byType[tallystick.MessageSent], "m"}
	from, failed, where := e.messagesIn(m, months, flush, these, m.exchanged())
	contact := m.text(tallystick.FieldContactID)
	return strings.Join([]string{
		"INSERT INTO " + identifier(contactMonthTable),
		"WITH met AS (",
		"  SELECT m.tenant, " + monthOf("m.time") + " AS month, " + contact + " AS contact, " + m.text(tallystick.FieldChannelID) + " AS channel, " + failed + " AS failed, MIN(m.time) AS first, MAX(m.time) AS last",
		"  FROM " + strings.Join(from, "\n  "),
		"  WHERE " + where + " AND " + contact + " <> '' AND " + in(contact),
		"  GROUP BY ALL",
		"), lists AS (",
		"  SELECT tenant, month, contact, MIN(channel) AS channel, to_json(LIST(channel ORDER BY channel))::VARCHAR AS channels FROM met WHERE failed IS NULL GROUP BY ALL",
		")",
		"SELECT met.tenant, met.month, met.contact, met.channel, met.first, met.last, met.failed, CASE WHEN met.failed IS NULL THEN lists.channels END, merges.contact IS NOT NULL AS merged",
		"FROM met LEFT JOIN lists ON lists.tenant = met.tenant AND lists.month = met.month AND lists.contact = met.contact AND lists.channel = met.channel",
		"LEFT JOIN (" + e.mergedContacts("<= "+strconv.Itoa(int(flush))) + ") AS merges ON merges.tenant = met.tenant AND merges.contact = met.contact",
		"ORDER BY met.month, merged, met.tenant",
	}, "\n")
}

// mergedContacts selects the contacts that were merged, and those into which others were, by flushes that meet a condition.
func (e *Engine) mergedContacts(flushes string) string {
	c := source{e.byType[tallystick.ContactUpserted], "c"}
	into := c.column(tallystick.FieldMergedInto.String())
	of := " AS contact FROM " + identifier(c.table.name) + " AS c WHERE " + into + " <> '' AND c.flush " + flushes
	return "SELECT c.tenant, " + c.column(tallystick.FieldContactID.String()) + of + " UNION SELECT c.tenant, " + into + of
}

// contactMonths are tallies of contacts that are answered by months.
type contactMonths struct {
	*monthly
	*channelMarks
	counted map[markedPlace]*marked
}

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

// Who is met in more than this beside the months themselves, or by more events since, is not told apart, but all are counted by the messages.
const (
	mostApart = 2 * tallystick.Day
	mostSince = 1 << 21
	mostCut   = 128 // parts of months
)

// apart returns how long the time is in which who is met is told apart.
func (s *span) apart() tallystick.Instant {
	if s.main {
		return monthAfter(s.month) - s.month - (s.until - s.from)
	}
	return s.until - s.from
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
			if slices.ContainsFunc(t.queries, func(q *tallystick.Tally) bool { return !isExchanged(&q.Where[i]) }) {
				return nil
			}
			met = true
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
	if buckets == nil || !t.markable() {
		return false, nil
	}
	marks := t.channelMarks()
	if marks == nil {
		return false, nil
	}
	m := &contactMonths{monthly: &monthly{tallies: t, snapshot: t.engine.snapshot(t.scopes[0])}, channelMarks: marks, counted: map[markedPlace]*marked{}}
	err = m.within(ctx, func() error {
		if m.choose(buckets); len(m.buckets) == 0 {
			return nil
		}
		if err := m.dropFailed(ctx); err != nil || len(m.buckets) == 0 {
			return err
		}
		return m.read(ctx)
	})
	if err != nil || len(m.buckets) == 0 {
		return false, err
	}
	for _, b := range buckets {
		if slices.ContainsFunc(m.buckets, func(o monthlyBucket) bool { return o.number == b.number }) {
			t.give(m.names, m.counted, b.number, answers)
		} else if b.from < b.until {
			if err := t.answerOnly(ctx, &b, answers); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// choose chooses the buckets that are about a month each of which all is known, and of no month a part without its beginning and its end; none where those are fewer than the others, which are asked for one by one.
func (m *monthly) choose(buckets []onlyBucket) {
	if m.asOf-m.every > mostSince {
		return
	}
	m.upTo = m.every
	for _, b := range buckets {
		if b.from >= b.until || b.from < firstMonth || b.until > monthAfter(lastMonth) {
			continue
		}
		of, fits, longest := monthlyBucket{onlyBucket: b}, true, tallystick.Instant(0)
		upTo := m.upTo
		for _, k := range m.known {
			s := span{month: k.month, from: max(b.from, k.month), until: min(b.until, k.end)}
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
		if slices.ContainsFunc(of.spans, func(s span) bool { return s.apart() > mostApart }) {
			continue
		}
		m.buckets = append(m.buckets, of)
		m.upTo = upTo
	}
	cut, asked := 0, 0
	for _, b := range m.buckets {
		for _, s := range b.spans {
			if !s.main || !s.whole() {
				cut++
			}
		}
	}
	for _, b := range buckets {
		if b.from < b.until {
			asked++
		}
	}
	if cut > mostCut || 2*len(m.buckets) < asked {
		m.buckets = nil
	}
}

// read counts the contacts of the buckets.
func (m *contactMonths) read(ctx context.Context) error {
	strange, err := m.strangeNames(ctx)
	if err != nil {
		return err
	}
	apart, err := m.findApart(ctx, strange)
	if err != nil {
		return err
	}
	m.forget()
	st := &statement{}
	plain := map[tallystick.Instant]int{}
	var months []tallystick.Instant
	var others []monthlyBucket
	for _, b := range m.buckets {
		if len(b.spans) == 1 && b.spans[0].whole() && !apart[b.number] {
			plain[b.spans[0].month] = b.number
			months = append(months, b.spans[0].month)
		} else if len(b.spans) > 0 || apart[b.number] { // of a month that nothing was known of, contacts that came since are apart
			others = append(others, b)
		}
	}
	var selects []string
	if len(others) > 0 {
		m.selectApart(st, others, strange)
		selects = append(selects,
			"SELECT kept.tenant::BIGINT, spans.bucket, 0::BIGINT, CASE WHEN apart.contact IS NULL AND NOT kept.merged THEN NULL ELSE kept.contact END AS contact, CASE WHEN apart.contact IS NULL AND NOT kept.merged THEN kept.channels ELSE kept.channel END AS channels, COUNT(*)"+
				" FROM "+identifier(contactMonthTable)+" AS kept JOIN spans ON spans.month = kept.month"+
				" LEFT JOIN apart ON apart.tenant = kept.tenant AND apart.bucket = spans.bucket AND apart.contact = kept.contact"+
				" WHERE kept.tenant IN ("+numbersOf(m.scopes)+") AND CASE WHEN apart.contact IS NULL AND NOT kept.merged THEN spans.main AND kept.channels IS NOT NULL"+
				" ELSE kept.last >= spans.begin AND kept.first < spans.until AND (kept.failed IS NULL OR kept.failed >= "+m.scopes[0].before(st)+") END GROUP BY ALL",
			"SELECT tenant::BIGINT, bucket, 0, contact, channel, 1 FROM fresh")
	}
	if len(months) > 0 {
		of := " FROM " + identifier(contactMonthTable) + " AS kept WHERE kept.tenant IN (" + numbersOf(m.scopes) + ") AND kept.month IN (" + instants(months) + ") AND "
		selects = append(selects,
			"SELECT kept.tenant::BIGINT, 0::BIGINT, kept.month, NULL::VARCHAR AS contact, kept.channels, COUNT(*)"+of+"kept.merged = FALSE AND kept.channels IS NOT NULL GROUP BY ALL",
			"SELECT kept.tenant::BIGINT, 0, kept.month, kept.contact, kept.channel, 1"+of+"kept.merged = TRUE AND kept.failed IS NULL")
	}
	if len(selects) == 0 {
		return nil
	}
	st.add(strings.Join(selects, "\nUNION ALL "))
	return m.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			bucket := int(r.bigint(1, i))
			if month := tallystick.Instant(r.bigint(2, i)); month != 0 {
				bucket = plain[month]
			}
			if err := m.met(int32(r.bigint(0, i)), bucket, r.text(3, i), r.text(4, i), r.bigint(5, i)); err != nil {
				return err
			}
		}
		return nil
	})
}

// met counts contacts that were met on the same channels, as a list in JSON, or, where its id is given, one that was met on a channel.
func (m *contactMonths) met(tenant int32, bucket int, contact, channel string, number int64) error {
	channels := []string{channel}
	if contact == "" {
		if err := json.Unmarshal([]byte(channel), &channels); err != nil {
			return damaged(err)
		}
	}
	at := slices.IndexFunc(m.scopes, func(sc *scope) bool { return sc.number == tenant })
	q, marks := m.queries[at], int64(0)
	asked := onChannel(q.Where)
	for _, c := range channels {
		if asked != nil && !asked.Keeps(&tallystick.Event{Type: tallystick.MessageSent, Data: []tallystick.Value{{Field: tallystick.FieldChannelID, Text: c}}}) {
			continue
		}
		if mark := m.marks[at][c]; mark != 0 {
			marks |= mark
		} else {
			marks |= unmarked
		}
	}
	if marks == 0 {
		return nil
	}
	name := contact
	if other, is := q.Measure.Distinct.Labels[contact]; is {
		name = strings.ToValidUTF8(other, "\uFFFD")
	}
	place := markedPlace{tenant, bucket, m.wanted[0].byBucket}
	m.counted[place] = m.counted[place].add(name, marks, number)
	return nil
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

// strangeName is a contact that is counted under another name or is such a name, but was in no merge of which the months know.
type strangeName struct {
	tenant  int32
	contact string
}

// strangeNames returns those of the questions.
func (m *contactMonths) strangeNames(ctx context.Context) (strange []strangeName, err error) {
	if !slices.ContainsFunc(m.queries, func(q *tallystick.Tally) bool { return len(q.Measure.Distinct.Labels) > 0 }) {
		return nil, nil
	}
	known := map[int32]map[string]bool{}
	m.forget()
	st := &statement{}
	c := m.engine.source(tallystick.ContactUpserted, "c")
	where := " WHERE " + c.column("tenant") + " IN (" + numbersOf(m.scopes) + ") AND " + c.column("seq") + " <= " + st.bind(int64(m.upTo)) + " AND " + c.column(tallystick.FieldMergedInto.String()) + " <> ''"
	var selects []string
	for _, f := range []tallystick.Field{tallystick.FieldContactID, tallystick.FieldMergedInto} {
		selects = append(selects, "SELECT "+c.column("tenant")+"::BIGINT, "+c.text(f)+" FROM "+c.from()+where)
	}
	st.add(strings.Join(selects, " UNION "))
	err = m.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			tenant := int32(r.bigint(0, i))
			if known[tenant] == nil {
				known[tenant] = map[string]bool{}
			}
			known[tenant][strings.Clone(r.text(1, i))] = true
		}
		return nil
	})
	for i, q := range m.queries {
		tenant := m.scopes[i].number
		for contact, name := range q.Measure.Distinct.Labels {
			for _, c := range []string{contact, strings.ToValidUTF8(name, "\uFFFD")} {
				if !known[tenant][c] && len(storable([]string{c})) > 0 {
					strange = append(strange, strangeName{tenant, c})
				}
			}
		}
	}
	return strange, err
}

// findApart returns the buckets that have contacts which are told apart by all of their rows.
func (m *contactMonths) findApart(ctx context.Context, strange []strangeName) (map[int]bool, error) {
	apart := map[int]bool{}
	m.forget()
	st := &statement{}
	m.selectApart(st, m.buckets, strange)
	st.add("SELECT DISTINCT bucket FROM apart")
	return apart, m.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			apart[int(r.bigint(0, i))] = true
		}
		return nil
	})
}

// selectApart selects what some buckets have of months, of the messages that months may not know of the contacts with their channels, and the contacts that are told apart by all of their rows.
func (m *contactMonths) selectApart(st *statement, some []monthlyBucket, strange []strangeName) {
	var numbers, months, froms, untils, mains []int64
	before := m.scopes[0].before(st)
	of := " FROM " + identifier(contactMonthTable) + " AS kept WHERE kept.tenant IN (" + numbersOf(m.scopes) + ") AND kept.month = "
	selects := []string{"SELECT tenant, bucket, contact FROM fresh"}
	for _, b := range some {
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
			selects = append(selects, "SELECT kept.tenant, "+strconv.Itoa(b.number)+"::BIGINT, kept.contact"+of+month+" AND "+which)
		}
	}
	selects = append(selects, "SELECT kept.tenant, spans.bucket, kept.contact FROM "+identifier(contactMonthTable)+" AS kept JOIN spans ON spans.month = kept.month"+
		" WHERE kept.tenant IN ("+numbersOf(m.scopes)+") AND kept.failed >= "+before+" AND kept.last >= spans.begin AND kept.first < spans.until")
	if len(strange) > 0 {
		var tenants []int64
		var contacts []string
		for _, s := range strange {
			tenants, contacts = append(tenants, int64(s.tenant)), append(contacts, s.contact)
		}
		selects = append(selects, "SELECT strange.tenant, spans.bucket, strange.contact FROM (SELECT UNNEST("+st.bind(tenants)+")::INTEGER AS tenant, UNNEST("+st.bind(contacts)+") AS contact) AS strange"+
			" CROSS JOIN (SELECT DISTINCT bucket FROM spans) AS spans")
	}
	m.selectFresh(st, some)
	st.add(", spans AS (",
		"  SELECT UNNEST("+st.bind(numbers)+") AS bucket, UNNEST("+st.bind(months)+") AS month, UNNEST("+st.bind(froms)+") AS begin, UNNEST("+st.bind(untils)+") AS until, UNNEST("+st.bind(mains)+") = 1 AS main",
		"), apart AS (",
		"  "+strings.Join(selects, "\n  UNION "),
		")")
}

// selectFresh selects, of the messages that months may not know of, the contacts with their channels.
func (m *contactMonths) selectFresh(st *statement, some []monthlyBucket) {
	if !m.since(m.upTo) {
		st.add("WITH fresh AS (SELECT 0::INTEGER AS tenant, 0::BIGINT AS bucket, '' AS contact, '' AS channel WHERE FALSE)")
		return
	}
	s := m.source
	where := append(m.where(st), s.column("seq")+" > "+st.bind(int64(m.upTo)), s.text(tallystick.FieldContactID)+" <> ''")
	join, bucket := "", "0"
	if m.wanted[0].byBucket {
		join, bucket = buckets(st, m.edges, "counted.time")
	}
	numbers := make([]int64, len(some))
	for i, b := range some {
		numbers[i] = int64(b.number)
	}
	st.add("WITH fresh AS (",
		"  SELECT DISTINCT tenant, "+bucket+"::BIGINT AS bucket, contact, channel",
		"  FROM (",
		"    SELECT "+s.column("tenant")+" AS tenant, "+s.column("time")+" AS time, "+s.text(tallystick.FieldContactID)+" AS contact, "+s.text(tallystick.FieldChannelID)+" AS channel",
		"    FROM "+s.from(),
		"    WHERE "+strings.Join(where, "\n      AND "),
		"  ) AS counted", join,
		"  WHERE "+bucket+" IN (SELECT UNNEST("+st.bind(numbers)+"))",
		")")
}
