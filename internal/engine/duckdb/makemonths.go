package duckdb

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// The rows of months are made by statements that read the file up to a flush.

// exchanged returns the conditions of a countable message to or from a contact, unless it failed.
func (s source) exchanged() []string {
	return append(s.mayCount(false), s.text(tallystick.FieldDirection)+" IN ('inbound', 'outbound')")
}

// writeMonths makes months of what is in the file up to a flush.
func (s *stream) writeMonths(months []staleMonth, flush int32) error {
	list := make([]string, len(months))
	for i, m := range months {
		list[i] = strconv.FormatInt(int64(m.month), 10)
	}
	these := " IN (" + strings.Join(list, ", ") + ")"
	var statements []string
	for _, table := range slices.DeleteFunc(slices.Clone(monthTables), func(name string) bool { return name == monthTable }) {
		statements = append(statements, "DELETE FROM "+identifier(table)+" WHERE month"+these)
	}
	parts := 1
	for _, m := range months {
		parts = max(parts, m.parts)
	}
	for i := range parts {
		in := func(value string) string { // the condition of what is in this part
			if parts == 1 {
				return "TRUE"
			}
			return "hash(" + value + ") % " + strconv.Itoa(parts) + " = " + strconv.Itoa(i)
		}
		for _, rows := range []func([]staleMonth, int32, string, func(string) string) string{
			s.engine.makeContacts, s.engine.makeRooms, s.engine.makeSenders, s.engine.makeDays, s.engine.makeSpans, s.engine.makeTalks, s.engine.makeResolutions,
		} {
			statements = append(statements, rows(months, flush, these, in))
		}
	}
	statements = append(statements, "UPDATE "+identifier(monthTable)+" SET flushes = "+strconv.Itoa(int(flush))+" WHERE month"+these)
	for _, statement := range statements {
		if err := execute(s.conn, statement); err != nil {
			return err
		}
	}
	return nil
}

// messagesIn returns what to select from, as m, and under which conditions, for those messages of some months that meet other ones, with the instant at which they failed, the earliest if at several.
func (e *Engine) messagesIn(m source, months []staleMonth, flush int32, these string, which []string) (from []string, failed, where string) {
	from, failed = e.withFailures(m, flush)
	conditions := append(which, "m.flush <= "+strconv.Itoa(int(flush)), during(months, "m.time"), monthOf("m.time")+these)
	return from, failed, strings.Join(conditions, " AND ")
}

// withFailures returns what to select from, as m, for messages with the instant at which they failed, the earliest if at several.
func (e *Engine) withFailures(m source, flush int32) (from []string, failed string) {
	f, upTo := source{e.byType[tallystick.MessageFailed], "f"}, " <= "+strconv.Itoa(int(flush))
	from = []string{identifier(m.table.name) + " AS m"}
	times := []string{"NULL::BIGINT"}
	for i, id := range e.failedIDs.names() {
		name := "failed" + strconv.Itoa(i)
		from = append(from, "LEFT JOIN (SELECT f.tenant, "+f.column(id)+" AS id, MIN(f.time) AS time FROM "+identifier(f.table.name)+" AS f WHERE f.flush"+upTo+" AND "+f.column(id)+" IS NOT NULL GROUP BY ALL) AS "+name+
			" ON "+name+".tenant = m.tenant AND "+name+".id = "+m.column(id))
		times = append(times, name+".time")
	}
	return from, "COALESCE(" + strings.Join(times, ", ") + ")"
}

// monthsOf returns the first and the last of some months.
func monthsOf(months []staleMonth) (earliest, latest tallystick.Instant) {
	earliest, latest = lastMonth, firstMonth
	for _, m := range months {
		earliest, latest = min(earliest, m.month), max(latest, m.month)
	}
	return earliest, latest
}

// during is the condition that an instant is not before or after all of some months.
func during(months []staleMonth, time string) string {
	earliest, latest := monthsOf(months)
	return time + " >= " + strconv.FormatInt(int64(earliest), 10) + " AND " + time + " < " + strconv.FormatInt(int64(monthAfter(latest)), 10)
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

// makeRooms is the statement that makes the rows of rooms.
func (e *Engine) makeRooms(months []staleMonth, flush int32, these string, in func(string) string) string {
	m := source{e.byType[tallystick.MessageSent], "m"}
	from, failed, where := e.messagesIn(m, months, flush, these, m.exchanged())
	room := m.text(tallystick.FieldRoomID)
	var changes []string
	for _, name := range []string{tallystick.RoomMemberAdded, tallystick.RoomMemberRemoved} {
		c := source{e.byType[name], "c"}
		changes = append(changes, "SELECT c.tenant, "+c.text(tallystick.FieldRoomID)+" AS room, c.time FROM "+identifier(c.table.name)+" AS c WHERE c.flush <= "+strconv.Itoa(int(flush))+
			" AND "+c.text(tallystick.FieldMemberKind)+" = 'user'")
	}
	texts := []string{
		m.text(tallystick.FieldSenderKind) + " AS kind", m.text(tallystick.FieldSenderID) + " AS sender", m.text(tallystick.FieldChannelID) + " AS channel", m.text(tallystick.FieldIdentity) + " AS identity",
	}
	return strings.Join([]string{
		"INSERT INTO " + identifier(roomMonthTable),
		"WITH said AS (",
		"  SELECT m.tenant, m.time, " + room + " AS room, " + strings.Join(texts, ", ") + ", " + failed + " AS failed",
		"  FROM " + strings.Join(from, "\n  "),
		"  WHERE " + where + " AND " + room + " <> '' AND " + in(room),
		"), changes AS (",
		"  " + strings.Join(changes, "\n  UNION "),
		"), counted AS (",
		"  SELECT said.tenant, " + monthOf("said.time") + " AS month, said.room, kind, sender, channel, identity, failed, changes.time AS since, MIN(said.time) AS first, MAX(said.time) AS last, COUNT(*) AS messages",
		"  FROM said ASOF LEFT JOIN changes ON changes.tenant = said.tenant AND changes.room = said.room AND said.time >= changes.time",
		"  GROUP BY ALL",
		")",
		"SELECT tenant, month, room, kind, sender, channel, identity, first, last, failed, messages FROM counted ORDER BY month, tenant, room",
	}, "\n")
}

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

// spans are those that are kept.
var spans = []tallystick.Span{tallystick.SessionSpan, tallystick.FlowSpan}

// sameSpan is the condition that two events begin and end the same span.
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

// newTalks selects months, with nothing besides, of which flushes say something about the conversations and tickets of sessions: that they were in a session, or are no longer, or that a conversation was created with a
// ticket; and those in which the same are again.
func newTalks(last string, since func(string) string) []string {
	part, void := identifier(keptTable)+" AS part", "SELECT tenant, contact, start FROM "+identifier(voidTable)+" AS void WHERE "+since("void")
	selects := []string{
		"SELECT " + monthOf("part.start") + ", 0 FROM " + part + " WHERE " + since("part"),
		"SELECT " + monthOf("void.start") + ", 0 FROM " + identifier(voidTable) + " AS void WHERE " + since("void"),
	}
	if last == "0" {
		return selects // nothing is made yet
	}
	of := "SELECT part.tenant, part.conversation, part.ticket FROM " + part
	created := "SELECT created.tenant, created.conversation, created.ticket FROM " + identifier(ticketTable) + " AS created"
	return append(selects, strings.Join([]string{
		"SELECT talk.month, 0 FROM " + identifier(talkMonthTable) + " AS talk SEMI JOIN (",
		"  WITH touched AS MATERIALIZED (",
		"    " + of + " WHERE " + since("part"),
		"    UNION " + of + " SEMI JOIN (" + void + ") AS void USING (tenant, contact, start)",
		"    UNION " + created + " WHERE " + since("created"),
		"  )",
		"  SELECT tenant, md5(name)::UUID AS id FROM (",
		"    SELECT tenant, conversation AS name FROM touched",
		"    UNION SELECT tenant, ticket FROM touched",
		"    UNION SELECT created.tenant, created.ticket FROM (" + created + ") AS created SEMI JOIN touched USING (tenant, conversation)",
		"  ) WHERE name <> ''",
		") AS names ON names.tenant = talk.tenant AND names.id = talk.id",
	}, "\n"))
}

// makeTalks is the statement that makes the rows of conversations and tickets.
func (e *Engine) makeTalks(months []staleMonth, flush int32, these string, in func(string) string) string {
	rows := func(semiJoin, condition string) string { return keptRowsOf(flush, semiJoin, condition) }
	created := "SELECT tenant, conversation, ticket, MIN(time) AS time FROM " + identifier(ticketTable) + " WHERE flush <= " + strconv.Itoa(int(flush)) + " GROUP BY ALL"
	return strings.Join([]string{
		"INSERT INTO " + identifier(talkMonthTable),
		"WITH mine AS MATERIALIZED (",
		"  SELECT DISTINCT tenant, conversation, ticket FROM " + rows("", during(months, "part.start")+" AND "+monthOf("part.start")+these) + " AS mine",
		"), conversations AS MATERIALIZED (",
		"  SELECT DISTINCT tenant, conversation FROM mine WHERE conversation <> ''",
		"), theirs AS MATERIALIZED (",
		"  SELECT tenant, ticket FROM mine WHERE ticket <> '' AND " + in("ticket"),
		"  UNION SELECT created.tenant, created.ticket FROM (" + created + ") AS created SEMI JOIN conversations USING (tenant, conversation) WHERE " + in("created.ticket"),
		"), related AS MATERIALIZED (", // all conversations that were created with them
		"  SELECT created.tenant, created.conversation, created.ticket, created.time FROM (" + created + ") AS created SEMI JOIN theirs USING (tenant, ticket)",
		"), named AS (",
		"  SELECT tenant, FALSE AS ticket, conversation AS name, start, MIN(first) AS first FROM " + rows("SEMI JOIN (SELECT * FROM conversations WHERE "+in("conversation")+") AS conversations USING (tenant, conversation)", "TRUE") + " AS talk GROUP BY ALL",
		"  UNION ALL",
		"  SELECT tenant, TRUE, name, start, MIN(first) FROM (",
		"    SELECT tenant, ticket AS name, start, first FROM " + rows("SEMI JOIN theirs USING (tenant, ticket)", "TRUE") + " AS talk",
		"    UNION ALL",
		"    SELECT talk.tenant, related.ticket, talk.start, GREATEST(talk.first, related.time) FROM " + rows("SEMI JOIN related USING (tenant, conversation)", "part.ticket = ''") + " AS talk JOIN related USING (tenant, conversation)",
		"  ) GROUP BY ALL",
		"), chained AS (",
		"  SELECT *, LAG(start) OVER (PARTITION BY tenant, ticket, name ORDER BY start) AS prev FROM named",
		")",
		"SELECT tenant, " + monthOf("start") + " AS month, ticket, md5(name)::UUID, start, COALESCE(prev, " + number(firstMonth-1) + "), first FROM chained",
		"WHERE " + during(months, "start") + " AND " + monthOf("start") + these,
		"ORDER BY month, ticket, tenant, start",
	}, "\n")
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
