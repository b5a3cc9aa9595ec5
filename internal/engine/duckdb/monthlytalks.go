package duckdb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Different conversations of sessions, and different tickets, are counted by the rows that are kept of each month (months.go): where in a bucket one is met for the first time, the row before of the same name is of
// before the bucket. Of some names the different ones are counted: where a row is of behind the scope, and so not the one before the next, or where there are interactions in sessions besides, as of those that failed
// after the scope. Where something was kept since, or is void since or made of the events, what it is about is counted as if there were no months.

// Columns of [talkMonthTable]: a row for each conversation, and each ticket, of each start of sessions in the month: the hash of its name, the start before that it was in, of any month, or an instant before all months, and from when on it is in a session of this start:
// its first interaction there, or, of a ticket of a conversation, when that was created, if later.
var talkMonthColumns = []column{{"tenant", integer}, {"month", bigint}, {"ticket", boolean}, {"id", uuid}, {"start", bigint}, {"prev", bigint}, {"first", bigint}}

// newTalks selects the months of which flushes say something about the conversations and tickets of sessions: that they were in one, or that one is void, or that a conversation was created with a ticket. In other months
// that is all the same but for the row after such a start of the same name, whose start before may be another one now.
func (e *Engine) newTalks(n news) []string {
	part, void, created, talk := identifier(keptTable)+" AS part", identifier(voidTable)+" AS void", identifier(ticketTable)+" AS created", identifier(talkMonthTable)+" AS talk"
	selects := []string{
		"SELECT " + monthOf("part.start") + ", 1 FROM " + part + " WHERE " + n.since("part"),
		"SELECT " + monthOf("void.start") + ", 0 FROM " + void + " WHERE " + n.since("void"),
	}
	if n.first() {
		return selects
	}
	with := "WITH added AS MATERIALIZED (SELECT created.tenant, created.ticket, talk.start, talk.month FROM " + created + " JOIN " + talk + " ON talk.tenant = created.tenant AND talk.id = md5(created.conversation)::UUID WHERE " + n.since("created") + ")"
	return append(selects,
		"SELECT month, 0 FROM ("+with+" SELECT month FROM added)",
		strings.Join([]string{
			"SELECT month, 0 FROM (",
			"  " + with + ", touched AS MATERIALIZED (",
			"    SELECT part.tenant, part.conversation, part.ticket, part.start, FALSE AS gone FROM " + part + " WHERE " + n.since("part"),
			"    UNION SELECT part.tenant, part.conversation, part.ticket, part.start, TRUE FROM " + part + " SEMI JOIN (SELECT tenant, contact, start FROM " + void + " WHERE " + n.since("void") + ") AS void USING (tenant, contact, start)",
			"  ), named AS (",
			"    SELECT tenant, conversation AS name, start, gone FROM touched",
			"    UNION SELECT tenant, ticket, start, gone FROM touched",
			"    UNION SELECT touched.tenant, created.ticket, touched.start, touched.gone FROM touched JOIN " + created + " USING (tenant, conversation) WHERE touched.ticket = '' AND " + n.upTo("created"),
			"    UNION SELECT tenant, ticket, start, FALSE FROM added",
			"  )",
			"  SELECT named.tenant, named.name, named.start, named.gone, ARG_MIN(talk.month, talk.start) AS month, ARG_MIN(talk.prev, talk.start) AS prev",
			"  FROM named JOIN " + talk + " ON talk.tenant = named.tenant AND talk.id = md5(named.name)::UUID AND talk.start > named.start",
			"  WHERE named.name <> ''",
			"  GROUP BY named.tenant, named.name, named.start, named.gone",
			") WHERE (prev = start) = gone",
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
		"SELECT tenant, " + monthOf("start") + " AS month, ticket, md5(name)::UUID, start, COALESCE(prev, " + writtenInstant(firstMonth-1) + "), first FROM chained",
		"WHERE " + during(months, "start") + " AND " + monthOf("start") + these,
		"ORDER BY month, ticket, tenant, start",
	}, "\n")
}

// talkMonths counts conversations or tickets by months.
type talkMonths struct {
	*snapshot
	ticket bool
	of     []*counting // those of which sessions are kept
	from   tallystick.Instant
	edges  []tallystick.Instant
	flush  int32 // that kept sessions know of

	apart   map[int32][]string // by tenant: what is counted as if there were no months
	besides []talkBesides
}

// talkBesides is a conversation, or a ticket, that is in a bucket besides what months tell.
type talkBesides struct {
	tenant       int32
	name         string
	conversation string // of a ticket that is not known: it may have been created with one
	bucket       int
}

// mostTold is the number of conversations or tickets, of contacts whose sessions are made of the events, and of interactions that failed later, of all tenants together, up to which those are told apart beside what months tell.
const mostTold = 1 << 16

// talkCounts is what months tell of a tenant's conversations or tickets, and which are to be told apart besides.
type talkCounts struct {
	counts []tallystick.Count
	apart  []string
}

// countTalks counts the conversations, or tickets, of tenants; none of those of which months do not know enough.
func (c *countings) countTalks(ctx context.Context, place int) (counts map[int32]*talkCounts, err error) {
	q := c.of[0].query
	if len(q.By) > 0 || q.Of[place] != tallystick.FieldConversationID && q.Of[place] != tallystick.FieldTicketID {
		return nil, nil
	}
	m := &talkMonths{snapshot: c.engine.snapshot(c.of[0].scope), ticket: q.Of[place] == tallystick.FieldTicketID, from: tallystick.MaxInstant, edges: q.Edges, apart: map[int32][]string{}}
	until, told := tallystick.MinInstant, 0
	for _, o := range c.of {
		if o.From == o.Until {
			continue
		}
		own := len(o.counters[place].values) + len(o.kept.amendments(o.From, o.Until)) + len(o.kept.doubtful)
		if told += own; told > mostTold {
			told -= own // as if there were no months
			continue
		}
		m.of = append(m.of, o)
		m.from, until = min(m.from, o.From), max(until, o.Until)
	}
	if len(m.of) == 0 || m.from < firstMonth || until > monthAfter(lastMonth) {
		return nil, nil
	}
	m.flush = m.of[0].kept.flush
	err = m.within(ctx, func() error {
		if m.flush < m.everyFlush {
			return nil // a flush that came meanwhile may have found what this does not know of
		}
		for _, k := range m.known {
			if k.month < until && k.end > m.from && k.upTo != m.every {
				return nil
			}
		}
		var sure, unsure []*counting
		for _, o := range m.of {
			if m.flush > m.everyFlush || m.since(m.every) || len(o.kept.doubtful) > 0 {
				unsure = append(unsure, o)
			} else {
				sure = append(sure, o)
			}
		}
		if err := m.findBesides(ctx, place, sure); err != nil {
			return err
		}
		if few, err := m.findApart(ctx, place, unsure); !few || err != nil {
			return err
		}
		counts, err = m.count(ctx)
		return err
	})
	return counts, err
}

// during returns the conditions of rows of sessions of some tenants that began in the period, which may take in some of after it.
func (m *talkMonths) during(name string, of []*counting) []string {
	until := tallystick.MinInstant
	for _, o := range of {
		until = max(until, o.Until)
	}
	return []string{name + ".tenant IN (" + tenantsOf(of) + ")", name + ".start >= " + writtenInstant(m.from), name + ".start < " + writtenInstant(until)}
}

// tenantsOf lists the numbers of tenants.
func tenantsOf(of []*counting) string {
	scopes := make([]*scope, len(of))
	for i, o := range of {
		scopes[i] = o.scope
	}
	return numbersOf(scopes)
}

// findBesides finds out what is in sessions besides what months tell.
func (m *talkMonths) findBesides(ctx context.Context, place int, of []*counting) error {
	for _, o := range of {
		counter := o.counters[place]
		for v := range counter.values {
			m.besides = append(m.besides, talkBesides{o.scope.number, v.value, v.conversation, counter.counts[v.place].Bucket})
		}
		for _, a := range o.kept.amendments(o.From, o.Until) {
			of := talkBesides{o.scope.number, a.conversation, "", bucketOf(m.edges, a.start)}
			if m.ticket {
				of.name, of.conversation = a.ticket, a.conversation
			}
			m.besides = append(m.besides, of)
		}
	}
	if m.ticket {
		if err := m.findTickets(ctx); err != nil {
			return err
		}
	}
	m.besides = slices.DeleteFunc(m.besides, func(b talkBesides) bool { return b.name == "" })
	return nil
}

// findTickets finds the tickets that conversations were created with.
func (m *talkMonths) findTickets(ctx context.Context) error {
	type conversation struct {
		tenant int32
		id     string
	}
	wanted := map[conversation][]int{}
	var tenants []int64
	var ids []string
	for i, b := range m.besides {
		if b.name != "" || b.conversation == "" {
			continue
		}
		of := conversation{b.tenant, b.conversation}
		if wanted[of] == nil {
			tenants, ids = append(tenants, int64(b.tenant)), append(ids, b.conversation)
		}
		wanted[of] = append(wanted[of], i)
	}
	if len(ids) == 0 {
		return nil
	}
	st := &statement{}
	sc := *m.of[0].scope
	sc.forget()
	st.add("SELECT created.tenant::BIGINT, created.conversation, created.ticket",
		"FROM "+stored(ticketTable)+" AS created SEMI JOIN (SELECT UNNEST("+st.bind(tenants)+")::INTEGER AS tenant, UNNEST("+st.bind(ids)+") AS conversation) AS wanted USING (tenant, conversation)",
		"WHERE created.tenant IN ("+tenantsOf(m.of)+") AND created.time < "+sc.before(st)+" AND created.seq <= "+sc.asOf(st))
	return m.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			for _, at := range wanted[conversation{int32(r.bigint(0, i)), r.text(1, i)}] {
				m.besides[at].name = strings.Clone(r.text(2, i))
			}
		}
		return nil
	})
}

// findApart finds out of what it is counted as if there were no months; false: that is too much.
func (m *talkMonths) findApart(ctx context.Context, place int, of []*counting) (few bool, err error) {
	if len(of) == 0 {
		return true, nil
	}
	st := &statement{}
	kept := func(join string, conditions ...string) string {
		return "SELECT part.tenant, part.conversation, part.ticket FROM " + identifier(keptTable) + " AS part " + join + " WHERE " + strings.Join(append(m.during("part", of), conditions...), " AND ")
	}
	touched := []string{"SELECT NULL::INTEGER AS tenant, '' AS conversation, '' AS ticket WHERE FALSE"}
	if m.flush > m.everyFlush {
		since := "flush > " + strconv.Itoa(int(m.everyFlush)) + " AND " + "flush <= " + strconv.Itoa(int(m.flush))
		touched = append(touched, kept("", "part."+since), kept("SEMI JOIN (SELECT tenant, contact, start FROM "+identifier(voidTable)+" WHERE "+since+") AS void USING (tenant, contact, start)"))
	}
	var tenants, named []int64
	var contacts, conversations, tickets []string
	doubted := tallystick.MaxInstant
	for _, o := range of {
		tenant := int64(o.scope.number)
		for contact := range o.kept.doubtful {
			tenants, contacts, doubted = append(tenants, tenant), append(contacts, contact), min(doubted, o.kept.since)
		}
		for v := range o.counters[place].values {
			conversation, ticket := v.conversation, v.value
			if !m.ticket {
				conversation, ticket = v.value, ""
			}
			named, conversations, tickets = append(named, tenant), append(conversations, conversation), append(tickets, ticket)
		}
		for _, a := range o.kept.amendments(o.From, o.Until) {
			named, conversations, tickets = append(named, tenant), append(conversations, a.conversation), append(tickets, a.ticket)
		}
	}
	if len(contacts) > 0 {
		touched = append(touched, kept("SEMI JOIN (SELECT UNNEST("+st.bind(tenants)+")::INTEGER AS tenant, UNNEST("+st.bind(contacts)+") AS contact) AS doubtful USING (tenant, contact)", "part.start >= "+writtenInstant(doubted)))
	}
	if len(named) > 0 {
		touched = append(touched, "SELECT UNNEST("+st.bind(named)+")::INTEGER, UNNEST("+st.bind(conversations)+"), UNNEST("+st.bind(tickets)+")")
	}
	with := "WITH touched AS MATERIALIZED (" + strings.Join(touched, "\nUNION ") + ")"
	limit := "LIMIT " + strconv.Itoa(mostTold+1)
	if m.ticket {
		created := "SELECT tenant, conversation, ticket FROM " + stored(ticketTable) + " WHERE tenant IN (" + tenantsOf(of) + ")"
		st.add(with,
			"SELECT DISTINCT tenant::BIGINT, name FROM (",
			"  SELECT tenant, ticket AS name FROM touched",
			"  UNION ALL SELECT touched.tenant, created.ticket FROM touched JOIN ("+created+") AS created USING (tenant, conversation) WHERE touched.ticket = ''")
		if m.since(m.every) {
			st.add("  UNION ALL SELECT tenant, ticket FROM (" + created + " AND seq > " + strconv.FormatUint(m.every, 10) + ")")
		}
		st.add(") WHERE name <> ''", limit)
	} else {
		st.add(with, "SELECT DISTINCT tenant::BIGINT, conversation FROM touched WHERE conversation <> ''", limit)
	}
	n := 0
	err = m.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			tenant := int32(r.bigint(0, i))
			m.apart[tenant] = append(m.apart[tenant], strings.Clone(r.text(1, i)))
		}
		n += r.n
		return nil
	})
	return n <= mostTold, err
}

// count counts what months tell, and what is besides.
func (m *talkMonths) count(ctx context.Context) (map[int32]*talkCounts, error) {
	counts := map[int32]*talkCounts{}
	st := &statement{}
	where := append(m.during("talk", m.of), "talk.ticket = "+strconv.FormatBool(m.ticket))
	if slices.ContainsFunc(m.of, func(o *counting) bool { return o.Until != m.of[0].Until }) {
		until := "CASE talk.tenant"
		for _, o := range m.of {
			until += " WHEN " + strconv.Itoa(int(o.scope.number)) + " THEN " + writtenInstant(o.Until)
		}
		where = append(where, "talk.start < "+until+" END")
	}
	join, bucket := buckets(st, m.edges, "talk.start")
	begin := writtenInstant(m.from)
	if bucket != "0" {
		var numbers, begins []int64
		for i, edge := range m.edges[:len(m.edges)-1] {
			numbers, begins = append(numbers, int64(i)), append(begins, int64(max(edge, m.from)))
		}
		begins[0] = int64(m.from)
		join += "\nJOIN (SELECT UNNEST(" + st.bind(numbers) + ") AS number, UNNEST(" + st.bind(begins) + ") AS begin) AS begun ON begun.number = " + bucket
		begin = "begun.begin"
	}
	var tenants, besideOf, besideIn []int64
	var names, besides []string
	for _, o := range m.of {
		counts[o.scope.number] = &talkCounts{apart: m.apart[o.scope.number]}
		for _, name := range m.apart[o.scope.number] {
			tenants, names = append(tenants, int64(o.scope.number)), append(names, name)
		}
	}
	for _, b := range m.besides {
		besideOf, besides, besideIn = append(besideOf, int64(b.tenant)), append(besides, b.name), append(besideIn, int64(b.bucket))
	}
	table, before, during := identifier(talkMonthTable)+" AS talk", writtenInstant(m.of[0].scope.Before), strings.Join(where, " AND ")
	valid, opens := "talk.first < "+before, "talk.prev < "+begin
	apart := "SELECT UNNEST(" + st.bind(tenants) + ")::INTEGER AS tenant, UNNEST(" + st.bind(names) + ") AS name"
	added := "SELECT UNNEST(" + st.bind(besideOf) + ")::INTEGER AS tenant, UNNEST(" + st.bind(besides) + ") AS name, UNNEST(" + st.bind(besideIn) + ") AS bucket"
	// All are counted by the rows that are the first of their bucket, but for those that are to be told apart. Where there are none of these no row's name is looked at.
	st.add("WITH apart AS MATERIALIZED (",
		"  SELECT tenant, md5(name)::UUID AS id FROM ("+apart+")",
		"), besides AS MATERIALIZED (",
		"  SELECT tenant, md5(name)::UUID AS id, bucket FROM ("+added+")",
		"), told AS MATERIALIZED (",
		"  SELECT tenant, id FROM "+table+" WHERE "+during+" AND talk.first >= "+before+" UNION SELECT tenant, id FROM besides UNION SELECT tenant, id FROM apart",
		"), those AS MATERIALIZED (",
		"  SELECT talk.tenant, talk.id, ("+bucket+")::BIGINT AS bucket, "+valid+" AS valid, "+opens+" AS opens FROM "+table+" SEMI JOIN told ON told.tenant = talk.tenant AND told.id = talk.id",
		join,
		"  WHERE "+during,
		")",
		"SELECT tenant::BIGINT, bucket, SUM(n)::BIGINT",
		"FROM (",
		"  SELECT talk.tenant, ("+bucket+")::BIGINT AS bucket, COUNT(*) AS n FROM "+table, join,
		"  WHERE "+during+" AND "+valid+" AND "+opens+" GROUP BY ALL",
		"  UNION ALL",
		"  SELECT tenant, bucket, -COUNT(*) FROM those WHERE valid AND opens GROUP BY ALL",
		"  UNION ALL",
		"  SELECT tenant, bucket, COUNT(*) FROM (SELECT tenant, id, bucket FROM those WHERE valid UNION SELECT tenant, id, bucket FROM besides) AS those ANTI JOIN apart USING (tenant, id) GROUP BY ALL",
		")",
		"GROUP BY ALL",
		"HAVING SUM(n) <> 0",
		"ORDER BY ALL")
	return counts, m.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			of := counts[int32(r.bigint(0, i))]
			of.counts = append(of.counts, tallystick.Count{Bucket: int(r.bigint(1, i)), Value: r.bigint(2, i)})
		}
		return nil
	})
}

// toldApart is the condition of rows of kept sessions that have one of the conversations, or tickets, that are told apart.
func (t *talkCounts) toldApart(st *statement, sc *scope, of tallystick.Field) string {
	names := "(SELECT UNNEST(" + st.bind(t.apart) + "))"
	if of == tallystick.FieldConversationID {
		return " AND part.conversation IN " + names
	}
	return " AND (part.ticket IN " + names + " OR part.ticket = '' AND part.conversation IN (SELECT conversation FROM " + stored(ticketTable) + " WHERE tenant = " + sc.tenant(st) + " AND ticket IN " + names + "))"
}
