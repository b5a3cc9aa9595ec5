package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
)

// Who was met in a month, and what was said in which room, is kept month by month, in UTC: a row for each contact and channel, and for each room and sender, with the first and the last of its messages. A month of
// another zone begins and ends within one of these. Whether a contact has a message before or after an instant follows from its first or last one there; what a room has of the rest of a month is counted by the
// messages themselves.
//
// They are made of the file in the background, whole months at a time, when no rows are left to be put together (merge.go), and made again when messages or failures came that they lack. What is asked before
// that is answered by them and the messages since, together.

// Columns of [contactMonthTable]: a row for each tenant, month, contact and channel that has countable messages to or from the contact. A message that failed has a row of its own with the others that failed
// at that instant, so that it can be counted as of before. Of a contact one row lists the channels of all its messages of the month that have not failed, as a JSON array: contacts are counted by these rows
// alone, but for those that were merged into another one, or had one merged into them, as far as is known up to the flush of [everyMonth]: these are told apart by all of their rows. Channels are empty texts, not NULL, where there are none.
// [roomMonthTable]: how many countable messages to or from contacts there are of each tenant, month, room, kind of sender, sender, channel and identity, those that failed apart as above, and those from one change
// of the room's users to the next.
// [resolutionTable]: a row for each conversation.resolved, of the month that it is in, with what follows from the parts of its conversation (resolutions.go): the channel, whether it counts, NULL where that is not known, whether
// the conversation was resolved just once, when it began, and the instant after which nothing of this changes: of its latest event, or of a failure of its answers. Where
// parts did not tell of the answers, these were looked up among the messages, and the conversation has its id.
// [monthTable]: a row for each month that has any of these, with the flush up to which all there is is in the rows above; 0: it has none yet. One of month [everyMonth] says up to which flush
// there are no others.
var (
	contactMonthColumns = []column{
		{"tenant", integer}, {"month", bigint}, {"contact", varchar}, {"channel", varchar}, {"first", bigint}, {"last", bigint}, {"failed", bigint}, {"channels", varchar},
		{"merged", boolean},
	}
	roomMonthColumns = []column{
		{"tenant", integer}, {"month", bigint}, {"room", varchar}, {"kind", varchar}, {"sender", varchar}, {"channel", varchar}, {"identity", varchar}, {"first", bigint}, {"last", bigint}, {"failed", bigint},
		{"messages", bigint},
	}
	resolutionColumns = []column{
		{"tenant", integer}, {"month", bigint}, {"time", bigint}, {"seq", bigint}, {"high", bigint}, {"low", bigint}, {"channel", varchar}, {"counts", boolean}, {"once", boolean}, {"first", bigint},
		{"settled", bigint}, {"conversation", varchar},
	}
	monthColumns = []column{{"month", bigint}, {"flushes", integer}}
)

// everyMonth is no month.
const everyMonth = tallystick.MinInstant

// Months are those of the years that times are written in, which DuckDB and Go agree about.
var (
	firstMonth = tallystick.InstantOf(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))
	lastMonth  = tallystick.InstantOf(time.Date(9999, 12, 1, 0, 0, 0, 0, time.UTC))
)

// monthAfter returns the month after one.
func monthAfter(month tallystick.Instant) tallystick.Instant {
	return tallystick.InstantOf(month.Time().AddDate(0, 1, 0))
}

// monthOf is an expression for the month of an instant, NULL where it is in none.
func monthOf(instant string) string {
	return "CASE WHEN " + instant + " >= " + strconv.FormatInt(int64(firstMonth), 10) + " AND " + instant + " < " + strconv.FormatInt(int64(monthAfter(lastMonth)), 10) +
		" THEN epoch_us(date_trunc('month', make_timestamp(" + instant + "))) END"
}

// monthsTogether is about how many messages the months have that are made by one statement: few months, but many of those that have hardly any. Where the memory is too little for that it is less. Tests change it.
var monthsTogether int64 = 1 << 20

// bytesOfMonth is about what a message takes while its month is made, of the memory that a memtable may have.
const bytesOfMonth = 128

// staleMonths are the months that are to be made, as of a flush.
type staleMonths struct {
	flush  int32
	months []staleMonth
	alone  bool // each is made alone, because there was too little memory for several
}

type staleMonth struct {
	month    tallystick.Instant
	messages int64
}

// makeMonths makes some months that lack messages or failures of the file.
func (e *Engine) makeMonths(ctx context.Context) (made bool, err error) {
	ctx, end, err := e.merger.merge(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	e.mu.RLock()
	flush := e.view.flush
	e.mu.RUnlock()
	if flush == 0 || e.stale.flush == flush && len(e.stale.months) == 0 {
		return false, nil
	}
	if err := e.roomForMonths(); err != nil {
		return false, err
	}
	s, err := e.stream()
	if err != nil {
		return false, err
	}
	defer s.close()
	if e.stale.flush != flush {
		var stale []staleMonth
		err := s.transaction(ctx, func() (err error) {
			stale, err = s.findStale(ctx, flush)
			return err
		})
		if err != nil {
			return false, fmt.Errorf("look for months that are to be made: %w", cause(ctx, err))
		}
		e.stale = staleMonths{flush: flush, months: stale}
		if len(stale) == 0 {
			return false, nil
		}
	}
	n, messages, most := 0, int64(0), min(monthsTogether, int64(e.flushBytes)/bytesOfMonth)
	for n == 0 || n < len(e.stale.months) && messages < most && !e.stale.alone {
		messages += e.stale.months[n].messages
		n++
	}
	some := slices.Clone(e.stale.months[:n])
	if err := s.transaction(ctx, func() error { return s.makeMonths(some, flush) }); err != nil {
		err = fmt.Errorf("make %d months from %s on: %w", n, some[0].month, cause(ctx, err))
		switch {
		case tallystick.CodeOf(err) != tallystick.Unavailable:
		case n == 1: // the others are made before it is tried again
			e.stale.months = append(e.stale.months[1:], some[0])
		default:
			e.stale.alone = true
		}
		return false, err
	}
	e.stale.months = e.stale.months[n:]
	return true, nil
}

// roomForMonths returns an error where the disk has too little room.
func (e *Engine) roomForMonths() error {
	_, free, err := e.room()
	if err == nil && free < mergeReserve {
		err = tallystick.Errorf(tallystick.Unavailable, "%d MB are free on the disk, and contacts are kept by month where there are %d MB", free>>20, mergeReserve>>20).WithHint("make room")
	}
	return err
}

// transaction runs what changes the file.
func (s *stream) transaction(ctx context.Context, change func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := execute(s.conn, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	err := func() error {
		defer s.interrupt(ctx)()
		return change()
	}()
	if err == nil {
		err = execute(s.conn, "COMMIT")
	}
	if err != nil {
		// A transaction that failed is rolled back already, for some failures.
		_ = execute(s.conn, "ROLLBACK")
	}
	return err
}

// findStale returns the months that lack something that is in the file, the latest first, and notes that the others lack nothing.
func (s *stream) findStale(ctx context.Context, flush int32) (stale []staleMonth, err error) {
	e, current := s.engine, false
	err = s.read(ctx, "SELECT COALESCE(MIN(flushes) = "+strconv.Itoa(int(flush))+", FALSE)::BIGINT FROM "+identifier(monthTable), nil, func(r *rows) error {
		current = r.bigint(0, 0) != 0
		return nil
	})
	if current || err != nil {
		return nil, err
	}
	m, f := source{e.byType[tallystick.MessageSent], "m"}, source{e.byType[tallystick.MessageFailed], "f"}
	from := func(o source) string { return identifier(o.table.name) + " AS " + o.alias }
	upTo := " <= " + strconv.Itoa(int(flush))
	since := "> (SELECT COALESCE(MIN(flushes), 0) FROM " + identifier(monthTable) + " WHERE flushes > 0)"
	solved, part, failure := identifier(solvedTable), identifier(partTable), identifier(failureTable)
	// Of messages and resolutions all, since those of other months are counted by it; of what changes others, what is new.
	selects := []string{
		"SELECT " + monthOf("m.time") + " AS month, m.flush, 1 AS number FROM " + from(m) + " WHERE m.flush" + upTo,
		"SELECT " + monthOf("time") + ", flush, 1 FROM " + solved + " WHERE flush" + upTo,
		"SELECT kept.month, part.flush, 0 FROM " + part + " AS part JOIN " + identifier(resolutionTable) + " AS kept USING (tenant, high, low) WHERE part.flush" + upTo + " AND part.flush " + since,
	}
	for _, id := range e.failedIDs.names() {
		selects = append(selects, "SELECT UNNEST(["+monthOf("m.time")+", kept.month]), f.flush, 0 FROM "+from(m)+" JOIN "+from(f)+" ON f.tenant = m.tenant AND "+f.column(id)+" = "+m.column(id)+
			" LEFT JOIN (SELECT DISTINCT tenant, conversation, month FROM "+identifier(resolutionTable)+" WHERE conversation IS NOT NULL) AS kept ON kept.tenant = m.tenant AND kept.conversation = "+m.column(tallystick.FieldConversationID.String())+
			" WHERE m.flush"+upTo+" AND f.flush"+upTo+" AND f.flush "+since)
	}
	for _, key := range []string{"answer_key", "second_key"} {
		selects = append(selects, "SELECT kept.month, failure.flush, 0 FROM "+failure+" AS failure JOIN "+part+" AS part ON part.tenant = failure.tenant AND part."+key+" = failure.key"+
			" JOIN "+identifier(resolutionTable)+" AS kept ON kept.tenant = part.tenant AND kept.high = part.high AND kept.low = part.low WHERE part.flush"+upTo+" AND failure.flush"+upTo+" AND failure.flush "+since)
	}
	text := strings.Join([]string{
		"SELECT news.month, SUM(news.number)::BIGINT",
		"FROM (" + strings.Join(selects, " UNION ALL ") + ") AS news",
		"LEFT JOIN " + identifier(monthTable) + " AS known ON known.month = news.month",
		"WHERE news.month IS NOT NULL",
		"GROUP BY news.month",
		"HAVING BOOL_OR(news.flush > COALESCE(known.flushes, 0))",
		"ORDER BY news.month DESC",
	}, "\n")
	err = s.read(ctx, text, nil, func(r *rows) error {
		for i := range r.n {
			stale = append(stale, staleMonth{tallystick.Instant(r.bigint(0, i)), r.bigint(1, i)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.noteMerged(ctx, flush); err != nil {
		return nil, err
	}
	list := make([]string, len(stale))
	for i, m := range stale {
		list[i] = "(" + strconv.FormatInt(int64(m.month), 10) + ")"
	}
	number := strconv.Itoa(int(flush))
	statements := []string{"DELETE FROM " + identifier(monthTable) + " WHERE month = " + strconv.FormatInt(int64(everyMonth), 10)}
	if len(list) == 0 {
		list = []string{"(" + strconv.FormatInt(int64(everyMonth), 10) + ")"}
	}
	values := "(VALUES " + strings.Join(list, ", ") + ") AS stale (month)"
	statements = append(statements,
		"UPDATE "+identifier(monthTable)+" SET flushes = "+number+" WHERE month NOT IN (SELECT month FROM "+values+")",
		"INSERT INTO "+identifier(monthTable)+" SELECT month, 0 FROM "+values+" WHERE month NOT IN (SELECT month FROM "+identifier(monthTable)+") AND month <> "+strconv.FormatInt(int64(everyMonth), 10),
		"INSERT INTO "+identifier(monthTable)+" VALUES ("+strconv.FormatInt(int64(everyMonth), 10)+", "+number+")",
	)
	for _, statement := range statements {
		if err := execute(s.conn, statement); err != nil {
			return nil, err
		}
	}
	return stale, nil
}

// noteMerged marks the rows of contacts that were merged since all rows were last looked at.
func (s *stream) noteMerged(ctx context.Context, flush int32) error {
	last := int64(0)
	err := s.read(ctx, "SELECT COALESCE(MAX(flushes), 0)::BIGINT FROM "+identifier(monthTable)+" WHERE month = "+strconv.FormatInt(int64(everyMonth), 10), nil, func(r *rows) error {
		last = r.bigint(0, 0)
		return nil
	})
	if err != nil {
		return err
	}
	merges := s.engine.mergedContacts("> " + strconv.FormatInt(last, 10) + " AND c.flush <= " + strconv.Itoa(int(flush)))
	return execute(s.conn, "UPDATE "+identifier(contactMonthTable)+" SET merged = TRUE FROM ("+merges+") AS merges WHERE NOT merged AND merges.tenant = "+identifier(contactMonthTable)+".tenant AND merges.contact = "+identifier(contactMonthTable)+".contact")
}

// exchanged returns the conditions of a countable message to or from a contact, unless it failed.
func (s source) exchanged() []string {
	return append(s.mayCount(false), s.text(tallystick.FieldDirection)+" IN ('inbound', 'outbound')")
}

// makeMonths makes months of the messages and failures up to a flush.
func (s *stream) makeMonths(months []staleMonth, flush int32) error {
	list := make([]string, len(months))
	for i, m := range months {
		list[i] = strconv.FormatInt(int64(m.month), 10)
	}
	these := " IN (" + strings.Join(list, ", ") + ")"
	for _, statement := range []string{
		"DELETE FROM " + identifier(contactMonthTable) + " WHERE month" + these,
		"DELETE FROM " + identifier(roomMonthTable) + " WHERE month" + these,
		"DELETE FROM " + identifier(resolutionTable) + " WHERE month" + these,
		s.engine.makeContacts(months, flush, these),
		s.engine.makeRooms(months, flush, these),
		s.engine.makeResolutions(months, flush, these),
		"UPDATE " + identifier(monthTable) + " SET flushes = " + strconv.Itoa(int(flush)) + " WHERE month" + these,
	} {
		if err := execute(s.conn, statement); err != nil {
			return err
		}
	}
	return nil
}

// exchangedIn returns what to select from, as m, and under which conditions, for the messages of some months with the instant at which they failed, the earliest if at several.
func (e *Engine) exchangedIn(m source, months []staleMonth, flush int32, these string) (from []string, failed, where string) {
	from, failed = e.withFailures(m, flush)
	conditions := append(m.exchanged(), "m.flush <= "+strconv.Itoa(int(flush)), during(months, "m.time"), monthOf("m.time")+these)
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
func (e *Engine) makeContacts(months []staleMonth, flush int32, these string) string {
	m := source{e.byType[tallystick.MessageSent], "m"}
	from, failed, where := e.exchangedIn(m, months, flush, these)
	contact := m.text(tallystick.FieldContactID)
	return strings.Join([]string{
		"INSERT INTO " + identifier(contactMonthTable),
		"WITH met AS (",
		"  SELECT m.tenant, " + monthOf("m.time") + " AS month, " + contact + " AS contact, " + m.text(tallystick.FieldChannelID) + " AS channel, " + failed + " AS failed, MIN(m.time) AS first, MAX(m.time) AS last",
		"  FROM " + strings.Join(from, "\n  "),
		"  WHERE " + where + " AND " + contact + " <> ''",
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
func (e *Engine) makeRooms(months []staleMonth, flush int32, these string) string {
	m := source{e.byType[tallystick.MessageSent], "m"}
	from, failed, where := e.exchangedIn(m, months, flush, these)
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
		"  WHERE " + where + " AND " + room + " <> ''",
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

// longConversation is how long before a month a conversation may have begun whose answers are looked up among the messages when the month is made.
const longConversation = 60 * tallystick.Day

// makeResolutions is the statement that makes the rows of resolutions.
func (e *Engine) makeResolutions(months []staleMonth, flush int32, these string) string {
	upTo := "flush <= " + strconv.Itoa(int(flush))
	m, solved := source{e.byType[tallystick.MessageSent], "m"}, source{e.byType[tallystick.ConversationSolved], "solved"}
	from, failed := e.withFailures(m, flush)
	earliest, latest := monthsOf(months)
	since := strconv.FormatInt(int64(earliest-longConversation), 10)
	answers := append(m.answers(), "m."+upTo, "m.time >= "+since, "m.time < "+strconv.FormatInt(int64(monthAfter(latest)), 10))
	return strings.Join([]string{
		"INSERT INTO " + identifier(resolutionTable),
		"WITH resolved AS MATERIALIZED (",
		"  SELECT tenant, " + monthOf("time") + " AS month, time, seq, high, low FROM " + identifier(solvedTable) + " WHERE " + upTo + " AND " + during(months, "time") + " AND " + monthOf("time") + these,
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
