package duckdb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Messages of rooms are counted by the rows that are kept of each month (months.go), and the messages themselves where a row is of too much or of too little: at both ends of the period, where what lies outside of it
// is counted off; where a room's users came or went between the first and the last message of a row; and what came since the month was made.

// Columns of [roomMonthTable]: how many countable messages to or from contacts there are of each tenant, month, room, kind of sender, sender, channel and identity, those that failed apart as above, and those from one change
// of the room's users to the next.
var roomMonthColumns = []column{
	{"tenant", integer}, {"month", bigint}, {"room", varchar}, {"kind", varchar}, {"sender", varchar}, {"channel", varchar}, {"identity", varchar}, {"first", bigint}, {"last", bigint}, {"failed", bigint},
	{"messages", bigint},
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

// roomMonths are the months that stand for their messages in a statement.
type roomMonths struct {
	*monthly
	months  []tallystick.Instant // ascending
	runs    []onlyBucket         // of months without another between them
	divided bool                 // whether some rows are of before and after an instant at which messages are told apart
}

// roomColumns are the columns of [roomMonthTable] for fields of messages.
var roomColumns = map[tallystick.Field]string{
	tallystick.FieldRoomID: "room", tallystick.FieldSenderKind: "kind", tallystick.FieldSenderID: "sender", tallystick.FieldChannelID: "channel", tallystick.FieldIdentity: "identity",
}

// ofRooms reports whether what is asked of a tenant follows from the messages of rooms to and from contacts.
func (t *tallies) ofRooms() bool {
	q := t.queries[0]
	if q.Type != tallystick.MessageSent || !q.Countable || q.Measure != (tallystick.Measure{RoundUp: q.Measure.RoundUp}) || t.many() || t.edges != nil {
		return false
	}
	if q.EdgesOf != nil && (len(q.By) == 0 || q.By[0].Field != tallystick.FieldRoomID || q.By[0].Labels != nil) {
		return false // they are those of other groups than rooms
	}
	exchanged, inRoom := false, false
	for _, c := range q.Where {
		switch {
		case isExchanged(&c):
			exchanged = true
		case roomColumns[c.Field] == "" || c.Op == tallystick.Numeric:
			return false
		case c.Field == tallystick.FieldRoomID:
			inRoom = inRoom || c.Op == tallystick.In || c.Op == tallystick.Present
		}
	}
	return exchanged && inRoom && !slices.ContainsFunc(q.By, func(d tallystick.Dimension) bool { return roomColumns[d.Field] == "" })
}

// isExchanged reports whether a condition is that a message is to or from a contact.
func isExchanged(c *tallystick.Condition) bool {
	return c.Field == tallystick.FieldDirection && c.Op == tallystick.In && slices.Equal(slices.Compact(slices.Sorted(slices.Values(c.Values))), []string{"inbound", "outbound"})
}

// answerRooms answers with months in the place of messages; false: none can be.
func (t *tallies) answerRooms(ctx context.Context, answers [][]tallystick.Count) (answered bool, err error) {
	if !t.ofRooms() {
		return false, nil
	}
	m := &monthly{tallies: t, snapshot: t.engine.snapshot(t.scopes[0])}
	err = m.within(ctx, func() error {
		m.chooseMonths()
		if len(m.buckets) == 0 {
			return nil
		}
		if err := m.dropFailed(ctx); err != nil || len(m.buckets) == 0 {
			return err
		}
		t.forget()
		r := &roomMonths{monthly: m}
		for _, b := range m.buckets {
			r.months = append(r.months, b.from)
			if n := len(r.runs); n > 0 && r.runs[n-1].until == b.from {
				r.runs[n-1].until = b.until
			} else {
				r.runs = append(r.runs, b.onlyBucket)
			}
		}
		if err := r.findDivided(ctx); err != nil {
			return err
		}
		t.forget()
		answered, t.inPlace = true, r
		return t.answerAll(ctx, answers)
	})
	t.inPlace = nil
	return answered, err
}

// chooseMonths chooses the months of which more lies in the period than outside.
func (m *monthly) chooseMonths() {
	sc := m.scopes[0]
	m.upTo = m.every
	for _, k := range m.known {
		if from, until := max(k.month, m.queries[0].From), min(k.end, sc.Before); k.upTo == m.every && until > from && until-from > (k.end-k.month)/2 {
			m.buckets = append(m.buckets, monthlyBucket{onlyBucket: onlyBucket{from: k.month, until: k.end}})
		}
	}
}

// run runs a statement, in the snapshot of months where these are used.
func (t *tallies) run(ctx context.Context, st *statement, row func(scan func(...any) error) error) error {
	if t.inPlace == nil {
		return st.run(ctx, t.engine, row)
	}
	return t.inPlace.each(ctx, st, byRow(row))
}

// add adds what selects messages with time, values and number: kept ones with the instant of the first.
func (r *roomMonths) add(st *statement) {
	q, sc, s := r.queries[0], r.scopes[0], r.source
	// Positions of messages: all, those that months may have, and those they have not. They are numbers in the statement, since not every one is used.
	all, had, since := " <= "+strconv.FormatUint(min(sc.AsOf.Sequence, 1<<63-1), 10), " <= "+strconv.FormatUint(r.upTo, 10), " > "+strconv.FormatUint(r.upTo, 10)
	kept, said := []string{"kept.first AS time"}, []string{s.column("time")}
	for i, d := range q.By {
		kept, said = append(kept, "kept."+roomColumns[d.Field]+" AS value"+strconv.Itoa(i)), append(said, s.text(d.Field))
	}
	where := []string{"kept.tenant = " + sc.tenant(st), "kept.month IN (" + instants(r.months) + ")", "(kept.failed IS NULL OR kept.failed >= " + sc.before(st) + ")"}
	where = append(where, filter(st, slices.DeleteFunc(slices.Clone(q.Where), func(c tallystick.Condition) bool { return isExchanged(&c) }),
		func(f tallystick.Field) string { return "kept." + roomColumns[f] }, nil)...)
	keptApart, saidApart := "", ""
	const ofApart = " JOIN apart ON apart.room = "
	if r.divided {
		st.add("WITH apart AS (" + r.apart(st) + ")")
		keptApart = "ANTI" + ofApart + "kept.room AND apart.begin = kept.month"
		saidApart = ofApart + s.text(tallystick.FieldRoomID) + " AND " + s.column("time") + " >= apart.begin AND " + s.column("time") + " < apart.until"
	}
	messages := func(number string, from, until tallystick.Instant, join, positions string) {
		if from >= until {
			return
		}
		where := slices.Concat([]string{
			s.column("tenant") + " = " + sc.tenant(st), s.column("time") + " >= " + st.bind(from), s.column("time") + " < " + st.bind(until), s.column("seq") + positions,
		}, r.passing(st))
		st.add("UNION ALL", "SELECT "+strings.Join(said, ", ")+", "+number, "FROM "+s.from()+join, "WHERE "+strings.Join(where, " AND "))
	}
	st.add("SELECT "+strings.Join(kept, ", ")+", kept.messages AS number", "FROM "+identifier(roomMonthTable)+" AS kept "+keptApart, "WHERE "+strings.Join(where, " AND "))
	outside := ""
	if saidApart != "" {
		outside = " ANTI" + saidApart
	}
	from := q.From
	for _, run := range r.runs {
		messages("1", from, run.from, "", all) // between the months
		from = max(run.from, q.From)
		until := min(run.until, sc.Before)
		if saidApart != "" {
			messages("1", from, until, saidApart, had)
		}
		if r.since(r.upTo) {
			messages("1", from, until, "", since+" AND "+s.column("seq")+all)
		}
		messages("-1", run.from, q.From, outside, had)
		messages("-1", sc.Before, run.until, outside, had)
		from = run.until
	}
	messages("1", from, sc.Before, "", all)
}

// findDivided finds out whether there are rows of before and after an instant at which messages are told apart. There seldom are, since rows are made for the times between the changes of a room's users.
func (r *roomMonths) findDivided(ctx context.Context) error {
	st := &statement{}
	apart := r.apart(st)
	if apart == "" {
		return nil
	}
	st.add("SELECT EXISTS (" + apart + ")::BIGINT")
	return r.each(ctx, st, func(rows *rows) error {
		r.divided = rows.bigint(0, 0) != 0
		return nil
	})
}

// apart selects the rooms with months that have rows of before and after an instant at which its messages are told apart, "" where there can be none.
func (r *roomMonths) apart(st *statement) string {
	var rooms []string
	var edges []int64
	for room, instants := range r.queries[0].EdgesOf {
		if len(storable([]string{room})) == 0 {
			continue
		}
		for _, edge := range instants {
			rooms, edges = append(rooms, room), append(edges, int64(edge))
		}
	}
	if len(rooms) == 0 {
		return ""
	}
	var begin, until []int64
	for _, m := range r.months {
		begin, until = append(begin, int64(m)), append(until, int64(monthAfter(m)))
	}
	return strings.Join([]string{
		"SELECT DISTINCT kept.room, months.begin, months.until",
		"FROM " + identifier(roomMonthTable) + " AS kept",
		"JOIN (SELECT UNNEST(" + st.bind(begin) + ") AS begin, UNNEST(" + st.bind(until) + ") AS until) AS months ON months.begin = kept.month",
		"JOIN (SELECT UNNEST(" + st.bind(rooms) + ") AS room, UNNEST(" + st.bind(edges) + ") AS edge) AS edges ON edges.room = kept.room AND edges.edge > kept.first AND edges.edge <= kept.last",
		"WHERE kept.tenant = " + r.scopes[0].tenant(st),
	}, " ")
}
