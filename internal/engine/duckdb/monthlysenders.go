package duckdb

import (
	"context"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Different users who sent something are told apart by the days on which each did (months.go): so those of any days follow, together and day by day, as long as no day is divided. Days that months do not know well
// enough are asked of the messages, and what came since.

// Columns of [senderMonthTable]: on which days of the month each user sent countable outbound messages on a channel, the first day as the lowest bit, those that failed apart as above.
var senderMonthColumns = []column{{"tenant", integer}, {"month", bigint}, {"sender", varchar}, {"channel", varchar}, {"failed", bigint}, {"days", integer}}

// sentByUsers returns the conditions of a countable message that a user sent, unless it failed.
func (s source) sentByUsers() []string {
	return append(s.mayCount(false), s.text(tallystick.FieldDirection)+" = 'outbound'", s.text(tallystick.FieldSenderKind)+" = 'user'", s.text(tallystick.FieldSenderID)+" <> ''")
}

// makeSenders is the statement that makes the rows of users who sent something.
func (e *Engine) makeSenders(months []staleMonth, flush int32, these string, in func(string) string) string {
	m := source{e.byType[tallystick.MessageSent], "m"}
	from, failed, where := e.messagesIn(m, months, flush, these, m.sentByUsers())
	sender := m.text(tallystick.FieldSenderID)
	return strings.Join([]string{
		"INSERT INTO " + identifier(senderMonthTable),
		"SELECT m.tenant, " + monthOf("m.time") + " AS month, " + sender + " AS sender, " + m.text(tallystick.FieldChannelID) + " AS channel, " + failed + " AS failed, BIT_OR(1::INTEGER << (day(make_timestamp(m.time)) - 1)::INTEGER) AS days",
		"FROM " + strings.Join(from, "\n"),
		"WHERE " + where + " AND " + in(sender),
		"GROUP BY ALL",
		"ORDER BY month, tenant, sender",
	}, "\n")
}

// senderMonths are tallies of users that are answered by months.
type senderMonths struct {
	*dailyMonths
	*channelMarks
	first    tallystick.Instant // the period's first day
	bucketOf []int32            // of each of its days
	number   int                // of buckets
	counted  map[markedPlace]*marked
}

// mostDays bounds the length of a period of which each day has a number.
const mostDays = 1 << 16

// ofSenders reports whether what is asked follows from who sent something on which channel and day, but for when it is asked.
func (t *tallies) ofSenders() bool {
	q := t.widest()
	if q.Type != tallystick.MessageSent || !q.Countable || q.Measure.Distinct == nil || q.Measure.Distinct.Field != tallystick.FieldSenderID || q.Measure.Distinct.Labels != nil || !t.markable() ||
		len(q.By) > 0 && q.By[0].Field != tallystick.FieldChannelID {
		return false
	}
	for _, q := range t.queries {
		outbound, user := false, false
		for i := range q.Where {
			switch c := &q.Where[i]; {
			case isOnly(c, tallystick.FieldDirection, "outbound"):
				outbound = true
			case isOnly(c, tallystick.FieldSenderKind, "user"):
				user = true
			case c.Field != tallystick.FieldChannelID || c.Op == tallystick.Numeric:
				return false
			}
		}
		if !outbound || !user {
			return false
		}
	}
	return true
}

// isOnly reports whether a condition is that a field has a value.
func isOnly(c *tallystick.Condition, f tallystick.Field, value string) bool {
	return c.Field == f && c.Op == tallystick.In && len(c.Values) > 0 && !slices.ContainsFunc(c.Values, func(v string) bool { return v != value })
}

// answerSenders answers by months; false: they do not know enough.
func (t *tallies) answerSenders(ctx context.Context, answers [][]tallystick.Count) (answered bool, err error) {
	if !t.ofSenders() {
		return false, nil
	}
	m := &senderMonths{channelMarks: t.channelMarks(), counted: map[markedPlace]*marked{}}
	m.dailyMonths = &dailyMonths{monthly: &monthly{tallies: t, snapshot: t.engine.snapshot(t.scopes[0])}}
	if m.channelMarks == nil || !m.numberDays() {
		return false, nil
	}
	err = m.within(ctx, func() error {
		if fits, err := m.findLost(ctx); !fits || err != nil {
			return err
		}
		answered = true
		return m.read(ctx)
	})
	if err != nil || !answered {
		return false, err
	}
	for _, bucket := range bucketsIn(m.counted) {
		t.give(m.names, m.counted, bucket, answers)
	}
	return true, nil
}

// numberDays notes the bucket of each day; false: some are divided, or they are too many.
func (m *senderMonths) numberDays() bool {
	from, before := m.queries[0].From, m.scopes[0].Before
	if from < firstMonth || before > monthAfter(lastMonth) || from >= before {
		return false
	}
	m.first = startOfDay(from)
	days := int((before - m.first + tallystick.Day - 1) / tallystick.Day)
	if days > mostDays {
		return false
	}
	m.bucketOf = make([]int32, days)
	m.number = max(1, len(m.edges)-1)
	for i := 1; i < len(m.edges)-1; i++ {
		at := m.edges[i]
		if at <= from || at >= before {
			continue // it divides nothing
		}
		if startOfDay(at) != at {
			return false
		}
	}
	bucket := 0
	for i := range m.bucketOf {
		for day := m.first + tallystick.Instant(i)*tallystick.Day; bucket < m.number-1 && m.edges[bucket+1] <= max(day, from); {
			bucket++
		}
		m.bucketOf[i] = int32(bucket)
	}
	return true
}

// read counts the users of the buckets, and of the period.
func (m *senderMonths) read(ctx context.Context) error {
	m.forget()
	st, s := &statement{}, m.source
	months, days := m.daysOfMonths()
	st.add("WITH spoke AS (",
		"SELECT kept.tenant, kept.sender, kept.channel, kept.month AS start, kept.days::BIGINT & known.days AS days",
		"FROM "+identifier(senderMonthTable)+" AS kept JOIN (SELECT UNNEST("+st.bind(months)+") AS month, UNNEST("+st.bind(days)+") AS days) AS known ON known.month = kept.month",
		"WHERE "+strings.Join(m.kept(st, map[tallystick.Field]string{tallystick.FieldChannelID: "channel"}), "\n  AND "))
	sender := s.text(tallystick.FieldSenderID)
	m.sent(st, "SELECT DISTINCT "+s.column("tenant")+", "+sender+", "+s.text(tallystick.FieldChannelID)+", "+dayOf(s.column("time"))+", 1", sender+" <> ''")
	join, mark := m.marked(st)
	st.add(")",
		"SELECT spoke.tenant::BIGINT AS tenant, spoke.sender AS sender, spoke.start, "+mark+" AS mark, BIT_OR(spoke.days)",
		"FROM spoke", join,
		"WHERE spoke.days <> 0",
		"GROUP BY ALL",
		"ORDER BY tenant, sender")
	c := newSenderCount(m.number)
	tenant, sender := int64(-1), ""
	err := m.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			if t, name := r.bigint(0, i), r.text(1, i); t != tenant || name != sender {
				if c.leave(); t != tenant {
					m.take(c, int32(tenant))
				}
				tenant, sender = t, strings.Clone(name)
			}
			day := int((tallystick.Instant(r.bigint(2, i)) - m.first) / tallystick.Day) // of the lowest bit: it may be before the period
			for days := uint64(r.bigint(4, i)); days != 0; days &= days - 1 {
				c.meet(m.bucketOf[day+bits.TrailingZeros64(days)], r.bigint(3, i))
			}
		}
		return nil
	})
	c.leave()
	m.take(c, int32(tenant))
	return err
}

// daysOfMonths lists the months that know of the period, and which of their days stand for messages.
func (m *senderMonths) daysOfMonths() (months, days []int64) {
	from, before := m.queries[0].From, m.scopes[0].Before
	for _, k := range m.known {
		known, bit := int64(0), int64(1)
		for day := k.month; day < k.end; day += tallystick.Day {
			if day >= from && day < before && !m.lose(day) {
				known |= bit
			}
			bit <<= 1
		}
		if known != 0 {
			months, days = append(months, int64(k.month)), append(days, known)
		}
	}
	return months, days
}

// marked joins the marks of channels to spoke, and returns the expression of one.
func (m *senderMonths) marked(st *statement) (join, mark string) {
	var tenants, marks []int64
	var channels []string
	for i, sc := range m.scopes {
		for channel, mark := range m.marks[i] {
			tenants, channels, marks = append(tenants, int64(sc.number)), append(channels, channel), append(marks, mark)
		}
	}
	if len(channels) == 0 {
		return "", strconv.Itoa(unmarked) + "::BIGINT"
	}
	join = "LEFT JOIN (SELECT UNNEST(" + st.bind(tenants) + ") AS tenant, UNNEST(" + st.bind(channels) + ") AS channel, UNNEST(" + st.bind(marks) + ") AS mark) AS marked" +
		" ON marked.tenant = spoke.tenant AND marked.channel = spoke.channel"
	return join, "COALESCE(marked.mark, " + strconv.Itoa(unmarked) + ")"
}

// take takes over how many users of a tenant were counted.
func (m *senderMonths) take(c *senderCount, tenant int32) {
	for bucket, numbers := range c.numbers {
		place := markedPlace{tenant, bucket, true}
		if bucket == m.number {
			place = markedPlace{tenant, 0, false}
		}
		for marks, n := range numbers {
			m.counted[place] = m.counted[place].add("", marks, n)
		}
		clear(numbers)
	}
}

// senderCount counts the users of a tenant, one after the other, by marks: of each bucket, and at last of the period.
type senderCount struct {
	numbers []map[int64]int64
	marks   []int64 // of the user
	met     []int32 // the buckets in which the user is
}

func newSenderCount(buckets int) *senderCount {
	c := &senderCount{marks: make([]int64, buckets+1), numbers: make([]map[int64]int64, buckets+1)}
	for i := range c.numbers {
		c.numbers[i] = map[int64]int64{}
	}
	return c
}

// meet meets the user in a bucket.
func (c *senderCount) meet(bucket int32, mark int64) {
	if c.marks[bucket] == 0 {
		c.met = append(c.met, bucket)
	}
	c.marks[bucket] |= mark
}

// leave counts the user.
func (c *senderCount) leave() {
	period := int64(0)
	for _, bucket := range c.met {
		c.numbers[bucket][c.marks[bucket]]++
		period |= c.marks[bucket]
		c.marks[bucket] = 0
	}
	if c.met = c.met[:0]; period != 0 {
		c.numbers[len(c.numbers)-1][period]++
	}
}
