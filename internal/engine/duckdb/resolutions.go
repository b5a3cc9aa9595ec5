package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Resolutions implements [tallystick.Answerer]. Who began a conversation and when it was answered first is known from what the batches said of it; so only the conversations
// that were resolved in the period are looked at, however long ago they began, and not the tenant's messages. Those whose two first answers in a batch failed are looked up
// among the messages.
func (e *Engine) Resolutions(ctx context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	sc, whole, err := e.pinned(ctx, q.Scope)
	if sc == nil || err != nil {
		return nil, err
	}
	q.Scope = sc.Scope
	if !whole {
		return e.resolutionsByEvents(ctx, q, nil)
	}
	counts, unsure, known, err := e.resolutionsByMonths(ctx, q, sc)
	if err == nil && !known {
		counts, unsure, err = e.resolutionsByParts(ctx, q, sc, e.run, nil)
	}
	if err != nil || len(unsure) == 0 {
		return counts, err
	}
	others, err := e.resolutionsByEvents(ctx, q, unsure)
	return addCounts(counts, others), err
}

// unsureTalk is a resolution of a conversation of which its parts do not say enough, and the time in which everything was said in it.
type unsureTalk struct {
	seq         int64
	first, last tallystick.Instant
}

// addCounts adds up two answers that count different things.
func addCounts(a, b []tallystick.Count) []tallystick.Count {
	if len(b) == 0 {
		return a
	}
	all := slices.Concat(a, b)
	order := func(c, d tallystick.Count) int {
		return cmp.Or(cmp.Compare(c.Bucket, d.Bucket), slices.Compare(c.Group, d.Group))
	}
	slices.SortFunc(all, order)
	sum := all[:1]
	for _, c := range all[1:] {
		if last := &sum[len(sum)-1]; order(*last, c) == 0 {
			last.Value += c.Value
		} else {
			sum = append(sum, c)
		}
	}
	return sum
}

// ofChannel is an expression for a field where only the channel can be spoken of.
func ofChannel(f tallystick.Field) string {
	if f == tallystick.FieldChannelID {
		return "channel"
	}
	return "''"
}

func noNumber(tallystick.Field) string { return "FALSE" } // a channel is none

// bucketsAndGroups joins the bucket of resolved.time and the groups of channel, and returns the joins, what is selected of them, and its names as a list.
func bucketsAndGroups(st *statement, q *tallystick.Resolutions) (joins, selected []string, keys string) {
	join, bucket := buckets(st, q.Edges, "resolved.time")
	joins, selected = []string{join}, []string{bucket + " AS bucket"}
	groups := columns("group", len(q.By))
	for i := range q.By {
		join, group := labels(st, &q.By[i], ofChannel(q.By[i].Field), "label"+strconv.Itoa(i))
		joins, selected = append(joins, join), append(selected, group+" AS "+groups[i])
	}
	return joins, selected, strings.Join(append([]string{"bucket"}, groups...), ", ")
}

// saidInParts selects of the parts of a conversation when it was answered first, whether it began inbound, its channel, and whether its answers are not known: of what was said before an instant, or of all. Of each kind
// of event a part has the earliest: where that is not in the scope, none of them is.
func saidInParts(before string) string {
	only := func(time string) string {
		if before == "" {
			return " FILTER (WHERE " + time + " IS NOT NULL)"
		}
		return " FILTER (WHERE " + time + " < " + before + ")"
	}
	more := "more"
	if before != "" {
		more += " AND second < " + before
	}
	return "MIN(LEAST(one, other)) AS answer, " +
		"COALESCE(MAX(started_by)" + only("created") + " = 'inbound', ARG_MIN(inbound, " + orderOf("COALESCE(spoken, message)", "COALESCE(spoken_seq, message_seq)") + ")" + only("COALESCE(spoken, message)") + ", FALSE) AS inbound, " +
		"COALESCE(MAX(channel)" + only("created") + ", ARG_MIN(message_channel, " + orderOf("message", "message_seq") + ")" + only("message") + ", '') AS channel, " +
		"BOOL_OR(" + more + " AND one IS NULL AND other IS NULL) IS TRUE AS unsure"
}

// resolutionsByParts counts the resolutions that are selected by what the batches said, of parts that meet a condition. Those of conversations of which that is not enough are not counted, but returned.
func (e *Engine) resolutionsByParts(ctx context.Context, q tallystick.Resolutions, sc *scope, run runner, some *someResolutions) (counts []tallystick.Count, unsure []unsureTalk, err error) {
	st := &statement{}
	before := sc.before(st)
	inScope := func(time string) string {
		return "tenant = " + sc.tenant(st) + " AND " + time + " < " + sc.before(st) + " AND seq <= " + sc.asOf(st)
	}
	all := func() string {
		return "SELECT seq, time, high, low FROM " + stored(solvedTable) + " WHERE " + inScope("time") + " AND time >= " + st.bind(q.From)
	}
	resolved, since := "", ""
	if some == nil {
		resolved = all()
	} else {
		resolved, since = some.months.untold(st, sc, all), " AND first >= "+st.bind(some.first)
	}
	joins, selected, keys := bucketsAndGroups(st, &q)
	where := append([]string{"NOT unsure", "inbound", "answer <= resolved.time"}, filter(st, q.Where, ofChannel, noNumber)...)

	st.add("WITH resolved AS MATERIALIZED (",
		"  "+resolved,
		"), failed AS (",
		"  SELECT key FROM "+stored(failureTable)+" WHERE "+inScope("time"),
		"), parts AS (",
		"  SELECT *, CASE WHEN answer < "+before+" AND answer_key NOT IN (SELECT key FROM failed) THEN answer END AS one,",
		"    CASE WHEN second < "+before+" AND second_key NOT IN (SELECT key FROM failed) THEN second END AS other",
		"  FROM (SELECT * FROM "+stored(partTable)+" WHERE "+inScope("first")+since+")",
		"  SEMI JOIN resolved USING (high, low)",
		"), conversations AS MATERIALIZED (",
		"  SELECT high, low, MIN(first) AS first, MAX(last) AS last, "+saidInParts(before),
		"  FROM parts",
		"  GROUP BY high, low",
		"), counted AS MATERIALIZED (",
		"  SELECT DISTINCT "+strings.Join(selected, ", ")+", high, low",
		"  FROM resolved",
		"  JOIN conversations USING (high, low)")
	st.add(joins...)
	st.add("  WHERE "+strings.Join(where, "\n    AND "), ")")
	countConversations(st, &q, keys)
	st.add("UNION ALL",
		"SELECT 0"+strings.Repeat(", ''", len(q.By))+", 0, seq, first, last",
		"FROM resolved",
		"JOIN conversations USING (high, low)",
		"WHERE unsure",
		"ORDER BY "+keys)
	counts, err = readResolutions(ctx, st, &q, run, func(seq, first, last int64) {
		unsure = append(unsure, unsureTalk{seq, tallystick.Instant(first), tallystick.Instant(last)})
	})
	return counts, unsure, err
}

// countConversations selects the numbers of different conversations in counted.
func countConversations(st *statement, q *tallystick.Resolutions, keys string) {
	st.add("SELECT "+keys+", COUNT(*) AS value, NULL::BIGINT AS seq, NULL::BIGINT AS first, NULL::BIGINT AS last",
		"FROM counted",
		"GROUP BY "+keys)
	if q.Whole {
		groups := strings.Join(columns("group", len(q.By)), ", ")
		st.add("UNION ALL",
			"SELECT "+whole(groups)+", COUNT(*), NULL, NULL, NULL",
			"FROM (SELECT DISTINCT "+strings.Join(append(columns("group", len(q.By)), "high", "low"), ", ")+" FROM counted)",
			"GROUP BY "+whole(groups))
	}
}

// runner runs a statement.
type runner func(ctx context.Context, st *statement, fn func(*rows) error) error

// readResolutions reads numbers of conversations, and hands over the last three columns of rows that have these: they are about something else.
func readResolutions(ctx context.Context, st *statement, q *tallystick.Resolutions, run runner, other func(a, b, c int64)) (counts []tallystick.Count, err error) {
	var c tallystick.Count
	var seq, first, last sql.NullInt64
	err = run(ctx, st, byRow(func(scan func(...any) error) error {
		c.Group = nil
		if len(q.By) > 0 {
			c.Group = make([]string, len(q.By))
		}
		into := []any{&c.Bucket}
		for i := range c.Group {
			into = append(into, &c.Group[i])
		}
		if err := scan(append(into, &c.Value, &seq, &first, &last)...); err != nil {
			return err
		}
		if seq.Valid {
			other(seq.Int64, first.Int64, last.Int64)
			return nil
		}
		counts = append(counts, c)
		return nil
	}))
	return counts, err
}

// answers returns the conditions of a message that answers, unless it failed.
func (s source) answers() []string {
	return append(s.mayCount(false), s.text(tallystick.FieldDirection)+" = 'outbound'", s.text(tallystick.FieldSenderKind)+" IN ('user', 'bot', 'api')")
}

// resolutionsByEvents counts by the events themselves: those of some conversations, or for nil all.
func (e *Engine) resolutionsByEvents(ctx context.Context, q tallystick.Resolutions, unsure []unsureTalk) ([]tallystick.Count, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	st := &statement{}
	r := e.source(tallystick.ConversationSolved, "r")
	c := e.source(tallystick.ConversationCreated, "c")
	m := e.source(tallystick.MessageSent, "m")
	direction := m.text(tallystick.FieldDirection)
	answers := append(e.countable(st, m, sc, false), m.answers()...)
	order := orderOf("time", "seq")

	counts := append([]string{"start = 'inbound'", "answer <= resolved.time"}, filter(st, q.Where, ofChannel, noNumber)...)
	var ids map[int64]string
	if unsure != nil {
		if ids, err = e.resolvedAt(ctx, &q, unsure); err != nil {
			return nil, err
		}
	}
	// events is where those of a type come from, of the conversations that are asked about: of few the time of each is looked through, in which there is little besides.
	events := func(of source, typeName string, conditions ...string) string {
		from := "FROM " + of.from() + "\n  WHERE " + strings.Join(of.scope(st, sc, typeName), "\n    AND ")
		conversation, time := of.column(tallystick.FieldConversationID.String()), of.column("time")
		switch {
		case len(unsure) > shortList:
			since := tallystick.MaxInstant
			for _, u := range unsure {
				since = min(since, u.first)
			}
			conditions = append(conditions, time+" >= "+st.bind(since), conversation+" IN (SELECT UNNEST("+st.bind(slices.Sorted(maps.Values(ids)))+"))")
		case len(unsure) > 0:
			var each []string
			seen := map[string]bool{}
			for _, u := range unsure {
				if id := ids[u.seq]; !seen[id] {
					seen[id] = true
					each = append(each, "SELECT * "+from+"\n    AND "+time+" >= "+st.bind(u.first)+" AND "+time+" <= "+st.bind(u.last)+" AND "+conversation+" = "+st.bind(id))
				}
			}
			from = "FROM (" + strings.Join(each, "\n  UNION ALL ") + ") AS " + of.alias + "\n  WHERE TRUE"
		}
		return strings.Join(append([]string{from}, conditions...), "\n    AND ")
	}
	joins, selected, keys := bucketsAndGroups(st, &q)

	st.add("WITH resolved AS (",
		"  SELECT "+r.text(tallystick.FieldConversationID)+" AS id, "+r.column("time")+" AS time",
		"  "+events(r, tallystick.ConversationSolved, r.column("time")+" >= "+st.bind(q.From)),
		"), created AS (",
		"  SELECT "+c.text(tallystick.FieldConversationID)+" AS id, "+c.text(tallystick.FieldStartedBy)+" AS start, "+c.text(tallystick.FieldChannelID)+" AS channel",
		"  "+events(c, tallystick.ConversationCreated),
		"), messages AS (",
		"  SELECT "+m.text(tallystick.FieldConversationID)+" AS id, "+m.column("time")+" AS time, "+m.column("seq")+" AS seq, "+direction+" AS direction,",
		"    "+m.text(tallystick.FieldChannelID)+" AS channel, "+strings.Join(answers, " AND ")+" AS answers",
		"  "+events(m, tallystick.MessageSent, m.text(tallystick.FieldConversationID)+" IN (SELECT id FROM resolved)"),
		"), begun AS (",
		"  SELECT id, MIN(time) FILTER (WHERE answers) AS answer, ARG_MIN(channel, "+order+") AS channel,",
		"    ARG_MIN(direction, "+order+") FILTER (WHERE direction <> 'internal') AS direction",
		"  FROM messages",
		"  GROUP BY id",
		"), conversations AS (",
		// Without an answer a conversation doesn't count, so it has messages.
		"  SELECT begun.id, begun.answer, COALESCE(NULLIF(created.start, ''), begun.direction) AS start,",
		"    COALESCE(NULLIF(created.channel, ''), begun.channel) AS channel",
		"  FROM begun",
		"  LEFT JOIN created ON created.id = begun.id",
		"), counted AS (",
		"  SELECT "+strings.Join(selected, ",\n    ")+", resolved.id AS id",
		"  FROM resolved",
		"  JOIN conversations ON conversations.id = resolved.id")
	st.add(joins...)
	st.add("  WHERE "+strings.Join(counts, "\n    AND "),
		")",
		"SELECT "+keys+", COUNT(DISTINCT id)",
		"FROM counted",
		"GROUP BY "+keys)
	if q.Whole {
		groups := strings.Join(columns("group", len(q.By)), ", ")
		st.add("UNION ALL",
			"SELECT "+whole(groups)+", COUNT(DISTINCT id)",
			"FROM counted",
			"GROUP BY "+whole(groups))
	}
	st.add("ORDER BY " + keys)
	return e.counts(ctx, st, len(q.By))
}

// whole is the bucket of the whole period, with groups behind it.
func whole(groups string) string {
	bucket := strconv.Itoa(tallystick.WholePeriod) + "::BIGINT"
	if groups == "" {
		return bucket
	}
	return bucket + ", " + groups
}

// resolvedAt returns the conversations of some resolutions of the period, by the positions of these.
func (e *Engine) resolvedAt(ctx context.Context, q *tallystick.Resolutions, resolutions []unsureTalk) (map[int64]string, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	positions := make([]int64, len(resolutions))
	for i := range positions {
		positions[i] = resolutions[i].seq
	}
	st := &statement{}
	r := e.source(tallystick.ConversationSolved, "r")
	st.add("SELECT "+r.column("seq")+", "+r.text(tallystick.FieldConversationID),
		"FROM "+r.from(),
		"WHERE "+strings.Join(append(r.scope(st, sc, tallystick.ConversationSolved), r.column("time")+" >= "+st.bind(q.From)), "\n  AND "),
		"  AND "+r.column("seq")+" IN (SELECT UNNEST("+st.bind(positions)+"))")
	ids := map[int64]string{}
	var seq int64
	var id string
	err = st.run(ctx, e, func(scan func(...any) error) error {
		err := scan(&seq, &id)
		ids[seq] = id
		return err
	})
	return ids, err
}
