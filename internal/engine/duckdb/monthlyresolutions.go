package duckdb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Resolutions are counted by the rows that are kept of each month (months.go), as far as these say what is so at the end of the scope: nothing was said of the conversation at that end or after it, and nothing since the
// months were made. The others are counted by the parts of their conversations. Of a conversation all resolutions are in one way or all in the other.

// Columns of [resolutionTable]: a row for each conversation.resolved, of the month that it is in, with what follows from the parts of its conversation (resolutions.go): the channel, whether it counts, NULL where that is not known, whether
// the conversation was resolved just once, when it began, and the instant after which nothing of this changes: of its latest event, or of a failure of its answers. Where
// parts did not tell of the answers, these were looked up among the messages, and the conversation has its id.
var resolutionColumns = []column{
	{"tenant", integer}, {"month", bigint}, {"time", bigint}, {"seq", bigint}, {"high", bigint}, {"low", bigint}, {"channel", varchar}, {"counts", boolean}, {"once", boolean}, {"first", bigint},
	{"settled", bigint}, {"conversation", varchar},
}

// newResolutions selects the months of resolutions, and of those of whose conversations something else was said, or answers failed.
func (e *Engine) newResolutions(n news) []string {
	kept, part := identifier(resolutionTable)+" AS kept", identifier(partTable)+" AS part"
	selects := []string{
		"SELECT " + monthOf("solved.time") + ", 1 FROM " + identifier(solvedTable) + " AS solved WHERE " + n.since("solved"),
		"SELECT kept.month, 0 FROM " + part + " JOIN " + kept + " USING (tenant, high, low) WHERE " + n.since("part"),
	}
	for _, key := range []string{"answer_key", "second_key"} {
		selects = append(selects, "SELECT kept.month, 0 FROM "+identifier(failureTable)+" AS failure JOIN "+part+" ON part.tenant = failure.tenant AND part."+key+" = failure.key"+
			" JOIN "+kept+" ON kept.tenant = part.tenant AND kept.high = part.high AND kept.low = part.low WHERE "+n.before("part")+" AND "+n.since("failure"))
	}
	return selects
}

// longConversation is how long before a month a conversation may have begun whose answers are looked up among the messages when the month is made.
const longConversation = 60 * tallystick.Day

// makeResolutions is the statement that makes the rows of resolutions.
func (e *Engine) makeResolutions(months []staleMonth, flush int32, these string, in func(string) string) string {
	upTo := "flush <= " + strconv.Itoa(int(flush))
	m, solved := source{e.byType[tallystick.MessageSent], "m"}, source{e.byType[tallystick.ConversationSolved], "solved"}
	from, failed := e.withFailures(m, flush)
	earliest, latest := monthsOf(months)
	since := strconv.FormatInt(int64(earliest-longConversation), 10)
	answers := append(m.answers(), "m."+upTo, "m.time >= "+since, "m.time < "+strconv.FormatInt(int64(monthAfter(latest)), 10))
	return strings.Join([]string{
		"INSERT INTO " + identifier(resolutionTable),
		"WITH resolved AS MATERIALIZED (",
		"  SELECT tenant, " + monthOf("time") + " AS month, time, seq, high, low FROM " + identifier(solvedTable) + " WHERE " + upTo + " AND " + during(months, "time") + " AND " + monthOf("time") + these + " AND " + in("low"),
		"), failed AS MATERIALIZED (",
		"  SELECT tenant, key, MIN(time) AS time FROM " + identifier(failureTable) + " WHERE " + upTo + " GROUP BY ALL",
		"), parts AS (",
		"  SELECT part.*, CASE WHEN first_failed.time IS NULL THEN answer END AS one, CASE WHEN second_failed.time IS NULL THEN second END AS other,",
		"    GREATEST(first_failed.time, second_failed.time) AS failed",
		"  FROM (SELECT * FROM " + identifier(partTable) + " WHERE " + upTo + ") AS part",
		"  SEMI JOIN resolved USING (tenant, high, low)",
		"  LEFT JOIN failed AS first_failed ON first_failed.tenant = part.tenant AND first_failed.key = part.answer_key",
		"  LEFT JOIN failed AS second_failed ON second_failed.tenant = part.tenant AND second_failed.key = part.second_key",
		"), conversations AS MATERIALIZED (",
		"  SELECT tenant, high, low, MIN(first) AS first, GREATEST(MAX(last), MAX(failed)) AS settled, " + saidInParts("") + " FROM parts GROUP BY tenant, high, low",
		"), times AS MATERIALIZED (",
		"  SELECT tenant, high, low, COUNT(*) AS times FROM " + identifier(solvedTable) + " SEMI JOIN resolved USING (tenant, high, low) WHERE " + upTo + " GROUP BY ALL",
		"), unsure AS MATERIALIZED (",
		"  SELECT tenant, high, low, " + solved.column(tallystick.FieldConversationID.String()) + " AS id", // resolved once: of others all rows are to be told of, or none
		"  FROM conversations JOIN times USING (tenant, high, low) JOIN resolved USING (tenant, high, low) JOIN " + identifier(solved.table.name) + " AS solved USING (tenant, seq)",
		"  WHERE unsure AND times = 1 AND first >= " + since,
		"), looked_up AS (",
		"  SELECT unsure.tenant, unsure.high, unsure.low, unsure.id, MIN(m.time) FILTER (WHERE " + failed + " IS NULL) AS answer, MAX(" + failed + ") AS failed",
		"  FROM unsure JOIN " + from[0] + " ON m.tenant = unsure.tenant AND " + m.column(tallystick.FieldConversationID.String()) + " = unsure.id",
		"  " + strings.Join(from[1:], "\n  "),
		"  WHERE " + strings.Join(answers, " AND "),
		"  GROUP BY unsure.tenant, unsure.high, unsure.low, unsure.id",
		")",
		"SELECT tenant, month, time, seq, high, low, channel,",
		"  CASE WHEN NOT unsure OR id IS NOT NULL THEN COALESCE(inbound AND CASE WHEN unsure THEN looked_up.answer ELSE conversations.answer END <= time, FALSE) END,",
		"  times = 1, first, GREATEST(settled, looked_up.failed), id",
		"FROM resolved JOIN conversations USING (tenant, high, low) JOIN times USING (tenant, high, low) LEFT JOIN looked_up USING (tenant, high, low)",
		"ORDER BY month, tenant, time",
	}, "\n")
}

// someResolutions are those that months do not tell of.
type someResolutions struct {
	months *resolutionMonths
	first  tallystick.Instant // none of their conversations began before
}

// resolutionMonths are months that tell of resolutions.
type resolutionMonths struct {
	*snapshot
	q *tallystick.Resolutions
}

// rows returns what to select rows from under a name, those of the period, and the condition that a row tells what is so at the end of the scope.
func (m *resolutionMonths) rows(st *statement, sc *scope, name string) (from, during, told string) {
	from = "FROM " + identifier(resolutionTable) + " AS " + name
	during = name + ".tenant = " + sc.tenant(st) + " AND " + name + ".time >= " + st.bind(m.q.From) + " AND " + name + ".time < " + sc.before(st)
	told = name + ".settled < " + sc.before(st) + " AND " + name + ".counts IS NOT NULL"
	if m.since(m.every) {
		from += " LEFT JOIN (" + m.touched(st, sc) + ") AS touched ON touched.high = " + name + ".high AND touched.low = " + name + ".low"
		told += " AND touched.high IS NULL AND " + name + ".conversation IS NULL" // of answers that were looked up nothing is known since
	}
	return from, during, "(" + told + ")"
}

// touched selects the conversations of which something was said since, or of an answer.
func (m *resolutionMonths) touched(st *statement, sc *scope) string {
	since := "seq <= " + sc.asOf(st) + " AND seq > " + st.bind(int64(m.every))
	failed := "(SELECT key FROM " + stored(failureTable) + " WHERE tenant = " + sc.tenant(st) + " AND time < " + sc.before(st) + " AND " + since + ")"
	of := "SELECT high, low FROM " + stored(partTable) + " WHERE tenant = " + sc.tenant(st) + " AND first < " + sc.before(st)
	asOf := " AND seq <= " + sc.asOf(st)
	return strings.Join([]string{of + " AND " + since, of + asOf + " AND answer_key IN " + failed, of + asOf + " AND second_key IN " + failed}, " UNION ")
}

// untold selects the resolutions that months do not tell of, and all those since.
func (m *resolutionMonths) untold(st *statement, sc *scope, all func() string) string {
	from, during, told := m.rows(st, sc, "kept")
	untold := "SELECT kept.seq, kept.time, kept.high, kept.low " + from + " WHERE " + during + " AND NOT " + told
	if m.since(m.every) {
		untold += " UNION ALL " + all() + " AND seq > " + st.bind(int64(m.every))
	}
	return untold
}

// count counts what months tell of, and returns how many resolutions they do not tell of, and when the first of their conversations began.
func (m *resolutionMonths) count(ctx context.Context, sc *scope) (counts []tallystick.Count, untold int64, first tallystick.Instant, err error) {
	q, st := m.q, &statement{}
	// Those of conversations that were resolved once are counted as they are, by channel first; of the others the different conversations.
	from, during, told := m.rows(st, sc, "resolved")
	join, bucket := buckets(st, q.Edges, "resolved.time")
	st.add("WITH once AS (",
		"  SELECT "+bucket+" AS bucket, resolved.channel, COUNT(*) AS times "+from, join,
		"  WHERE "+during+" AND resolved.counts AND resolved.once AND "+told,
		"  GROUP BY ALL",
		")")
	groups, labelled := columns("group", len(q.By)), []string{"bucket"}
	var joins []string
	for i := range q.By {
		join, group := labels(st, &q.By[i], ofChannel(q.By[i].Field), "label"+strconv.Itoa(i))
		joins, labelled = append(joins, join), append(labelled, group+" AS "+groups[i])
	}
	st.add(", labelled AS MATERIALIZED (",
		"  SELECT "+strings.Join(labelled, ", ")+", times",
		"  FROM once")
	st.add(joins...)
	st.add("  WHERE "+strings.Join(append([]string{"TRUE"}, filter(st, q.Where, ofChannel, noNumber)...), " AND "), ")")

	from, during, told = m.rows(st, sc, "resolved")
	joins, selected, keys := bucketsAndGroups(st, q)
	st.add(", counted AS MATERIALIZED (",
		"  SELECT DISTINCT "+strings.Join(selected, ", ")+", resolved.high, resolved.low "+from)
	st.add(joins...)
	st.add("  WHERE "+strings.Join(append([]string{during, "resolved.counts", "NOT resolved.once", told}, filter(st, q.Where, ofChannel, noNumber)...), "\n    AND "),
		")",
		"SELECT "+keys+", SUM(times)::BIGINT AS value, NULL::BIGINT AS seq, NULL::BIGINT AS first, NULL::BIGINT AS last",
		"FROM (SELECT "+keys+", times FROM labelled UNION ALL SELECT "+keys+", 1 FROM counted)",
		"GROUP BY "+keys)
	if q.Whole {
		of := strings.Join(groups, ", ")
		each := strings.Join(append(slices.Clone(groups), "1"), ", ")
		st.add("UNION ALL",
			"SELECT "+whole(of)+", SUM(times)::BIGINT, NULL, NULL, NULL",
			"FROM (SELECT "+strings.Join(append(slices.Clone(groups), "times"), ", ")+" FROM labelled UNION ALL SELECT "+each+" FROM (SELECT DISTINCT "+strings.Join(append(slices.Clone(groups), "high", "low"), ", ")+" FROM counted))",
			"GROUP BY "+whole(of))
	}
	from, during, told = m.rows(st, sc, "kept")
	st.add("UNION ALL",
		"SELECT 0"+strings.Repeat(", ''", len(q.By))+", 0, COUNT(*), MIN(kept.first), 0 "+from,
		"WHERE "+during+" AND NOT "+told,
		"ORDER BY "+keys)
	counts, err = readResolutions(ctx, st, q, m.each, func(n, begun, _ int64) { untold, first = n, tallystick.Instant(begun) })
	return counts, untold, first, err
}

// resolutionsByMonths counts by months what it can, and the others by the parts of their conversations; false: months are not known so far.
func (e *Engine) resolutionsByMonths(ctx context.Context, q tallystick.Resolutions, sc *scope) (counts []tallystick.Count, unsure []unsureTalk, known bool, err error) {
	m := &resolutionMonths{e.snapshot(sc), &q}
	err = m.within(ctx, func() error {
		if q.From < firstMonth || sc.Before > monthAfter(lastMonth) {
			return nil
		}
		for _, k := range m.known {
			if k.month < sc.Before && k.end > q.From && k.upTo != m.every {
				return nil
			}
		}
		known = true
		own := func() *scope { return &scope{Scope: sc.Scope, number: sc.number, log: sc.log} } // of a statement
		var untold int64
		some := &someResolutions{months: m}
		counts, untold, some.first, err = m.count(ctx, own())
		if m.since(m.every) {
			some.first = tallystick.MinInstant
		} else if untold == 0 {
			return err
		}
		if err != nil {
			return err
		}
		others, notSure, err := e.resolutionsByParts(ctx, q, own(), m.each, some)
		counts, unsure = addCounts(counts, others), notSure
		return err
	})
	return counts, unsure, known, err
}
