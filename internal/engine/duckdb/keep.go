package duckdb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/tallystick/tallystick"
)

// Bot sessions are kept as they are made of the events that are in the file. A flush looks only at the contacts that its events are about, and of these at what may have
// changed: most interactions go on with a contact's latest session or begin one behind it. Where one lies in between and would take in the start of a session that is kept, or an interaction turns out
// to have failed, the contact's sessions from there on are void and made again from the events.
//
// Rows are only ever added, and moved (merge.go), and have the number of their flush: so the sessions as of the end of every flush stay known. Kept are sessions that follow from the times of interactions; of contacts
// that ever had an interaction with a session of its own, nothing that is kept is used.

// Columns of [keptTable]: a row for each part of a session in the events of a flush; a session has those of several flushes together. Its start names a contact's session. One row of a session begins it, and
// one each its bots, versions of bots and channels: so sessions are counted without being told apart.
// [voidTable]: the rows of a contact's session in flushes before this one count no longer: a copy of each that begins something, so that these can be counted off.
// [failedTable]: an interaction that failed, with the time of the failure. [givenTable]: a contact that had an interaction with a session id.
// [lostTable]: a failure whose message is not in the file, as far as was looked: see lost.go. [searchTable]: a flush that has looked through everything for what was lost until then.
var (
	keptColumns = []column{
		{"tenant", integer}, {"contact", varchar}, {"start", bigint}, {"conversation", varchar}, {"bot", varchar}, {"version", varchar}, {"channel", varchar}, {"ticket", varchar},
		{"first", bigint}, {"first_seq", bigint}, {"begins", boolean}, {"begins_bot", boolean}, {"begins_version", boolean}, {"begins_channel", boolean},
	}
	voidColumns = []column{
		{"tenant", integer}, {"contact", varchar}, {"start", bigint}, {"bot", varchar}, {"version", varchar}, {"channel", varchar},
		{"begins", boolean}, {"begins_bot", boolean}, {"begins_version", boolean}, {"begins_channel", boolean},
	}
	failedColumns = []column{{"tenant", integer}, {"contact", varchar}, {"time", bigint}, {"seq", bigint}, {"failed", bigint}}
	givenColumns  = []column{{"tenant", integer}, {"contact", varchar}}
	lostColumns   = []column{{"tenant", integer}, {"message", uuid}, {"other", varchar}, {"time", bigint}} // the id as in id.go
	searchColumns = []column{{"flushes", integer}}
)

// keeping is the sessions of a flush in the making.
type keeping struct {
	engine *Engine
	conn   *stream
	flush  int32

	before, fresh, all *view // the file, the events of the flush, and both

	starts  map[contactKey][]tallystick.Instant // of kept sessions that may be touched, ascending
	names   map[keptName]bool                   // what they have
	since   map[contactKey]tallystick.Instant   // from when on a contact's sessions are made again
	changed map[contactKey]tallystick.Instant   // the latest instant at which something of these contacts is new
	failed  map[int32]map[int64]bool            // by tenant: the positions of interactions that failed
	parts   map[keptPart]*keptRow
	rows    []*keptRow
	latest  *keptRow
	voids   []keptStart
	counted []keptRow // of these sessions: the rows that begin something
	failing []failedInteraction
	given   map[contactKey]bool
	lost    []lostFailure
	search  bool
}

type contactKey struct {
	tenant  int32
	contact string
}

type keptStart struct {
	contactKey
	start tallystick.Instant
}

func (s keptStart) compare(t keptStart) int {
	return cmp.Or(cmp.Compare(s.tenant, t.tenant), cmp.Compare(s.start, t.start), cmp.Compare(s.contact, t.contact))
}

// keptPart is what the interactions of a part agree in.
type keptPart struct {
	keptStart
	conversation, bot, version, channel, ticket string
}

type keptRow struct {
	keptPart
	first                                           place
	begins, beginsBot, beginsVersion, beginsChannel bool // whether it is the row of the session, and of its bot, version and channel
}

type failedInteraction struct {
	contactKey
	time   tallystick.Instant
	seq    int64
	failed tallystick.Instant
}

// keep makes the sessions of a flush and writes them into the file, in the transaction of a connection.
func (e *Engine) keep(ctx context.Context, conn mapping.Connection, m *memtable, chunks *chunks) error {
	v := e.see()
	defer e.done(v)
	only := map[*table][]int32{}
	for _, t := range m.tables {
		only[t] = []int32{m.number}
	}
	k := &keeping{
		engine: e, conn: &stream{engine: e, conn: conn}, flush: m.number,
		before: &view{flush: v.flush, filled: v.filled}, fresh: &view{flush: -1, tables: only}, all: &view{flush: v.flush, filled: v.filled, tables: only},
		starts: map[contactKey][]tallystick.Instant{}, names: map[keptName]bool{}, since: map[contactKey]tallystick.Instant{}, changed: map[contactKey]tallystick.Instant{}, failed: map[int32]map[int64]bool{}, parts: map[keptPart]*keptRow{}, given: map[contactKey]bool{},
	}
	for _, step := range []func(context.Context) error{k.findFailed, k.findStarts, k.goOn, k.makeAgain, k.findCounted} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return k.write(ctx, conn, chunks)
}

// each runs a statement whose tables are resolved already.
func (k *keeping) each(ctx context.Context, st *statement, fn func(*rows) error) error {
	return cause(ctx, k.conn.read(ctx, st.text.String(), st.args, fn))
}

func (k *keeping) in(v *view, text string) string { return v.resolve(k.engine, text) }

// messages returns the messages under the name m.
func (k *keeping) messages() source { return k.engine.source(tallystick.MessageSent, "m") }

// withBot returns the conditions of a message between a contact and a bot, and interaction those of an interaction, but for its failure.
func withBot(m source) []string {
	return []string{
		m.text(tallystick.FieldBotID) + " <> ''",
		m.text(tallystick.FieldContactID) + " <> ''",
		m.text(tallystick.FieldDirection) + " <> 'internal'",
	}
}

func interaction(m source) []string {
	return append(withBot(m), m.text(tallystick.FieldContentKind)+" IN ('text', 'file')")
}

// again notes that a contact's sessions are to be made again from the one on that an instant is in.
func (k *keeping) again(c contactKey, at tallystick.Instant) {
	if since, is := k.since[c]; !is || at < since {
		k.since[c] = at
	}
	if changed, is := k.changed[c]; !is || at > changed {
		k.changed[c] = at
	}
}

// findStarts reads the starts of the kept sessions that the events of this flush may touch.
func (k *keeping) findStarts(ctx context.Context) error {
	m := k.messages()
	var tenants, times []int64
	var contacts []string
	for c, at := range k.since {
		tenants, contacts, times = append(tenants, int64(c.tenant)), append(contacts, c.contact), append(times, int64(at))
	}
	st := &statement{}
	st.add("SELECT MIN(m.time)", "FROM "+k.in(k.fresh, m.from()))
	earliest := tallystick.MaxInstant
	err := k.each(ctx, st, func(r *rows) error {
		if !r.vectors[0].null(0) {
			earliest = tallystick.Instant(r.bigint(0, 0))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, at := range k.since {
		earliest = min(earliest, at)
	}
	st = &statement{}
	length := st.bind(sessionLength)
	st.add("WITH touched AS (",
		"  SELECT tenant, contact, MIN(time) AS time",
		"  FROM (",
		"    SELECT m.tenant, "+m.text(tallystick.FieldContactID)+" AS contact, m.time",
		"    FROM "+k.in(k.fresh, m.from()),
		"    WHERE "+strings.Join(interaction(m), " AND "),
		"    UNION ALL",
		"    SELECT UNNEST("+st.bind(tenants)+"), UNNEST("+st.bind(contacts)+"), UNNEST("+st.bind(times)+")",
		"  )",
		"  GROUP BY tenant, contact",
		")",
		"SELECT DISTINCT kept.tenant::BIGINT, kept.contact, kept.start, kept.bot, kept.version, kept.channel",
		"FROM "+keptRows(k.before.flush, "part.start > "+strconv.FormatInt(int64(max(earliest, tallystick.MinInstant+sessionLength)-sessionLength), 10))+" AS kept",
		"JOIN touched ON touched.tenant = kept.tenant AND touched.contact = kept.contact",
		"WHERE kept.start > touched.time - "+length,
		"ORDER BY ALL")
	var c contactKey
	texts := map[string]string{}
	return k.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			if tenant, contact := int32(r.bigint(0, i)), r.text(1, i); tenant != c.tenant || contact != c.contact {
				c = contactKey{tenant, strings.Clone(contact)}
			}
			start := tallystick.Instant(r.bigint(2, i))
			if n := len(k.starts[c]); n == 0 || k.starts[c][n-1] != start {
				k.starts[c] = append(k.starts[c], start)
			}
			p := keptPart{keptStart: keptStart{c, start}, bot: one(texts, r.text(3, i)), version: one(texts, r.text(4, i)), channel: one(texts, r.text(5, i))}
			k.names[p.ofBot()], k.names[p.ofVersion()], k.names[p.ofChannel()] = true, true, true
		}
		return nil
	})
}

// keptRows selects the rows of [keptTable] up to a flush that meet a condition on them and are not void. Few sessions ever are, so that these are what is joined: a NOT EXISTS would first look for
// the different sessions of all rows.
func keptRows(flush int32, condition string) string { return keptRowsOf(flush, "", condition) }

// keptRowsOf is keptRows of the rows that a semi join leaves: these alone are looked for among those that are void.
func keptRowsOf(flush int32, semiJoin, condition string) string {
	f := strconv.Itoa(int(flush))
	return "(SELECT part.* FROM (SELECT part.* FROM " + identifier(keptTable) + " AS part " + semiJoin + " WHERE part.flush <= " + f + " AND " + condition + ") AS part" +
		" LEFT JOIN (SELECT tenant, contact, start, MAX(flush) AS last FROM " + identifier(voidTable) + " WHERE flush <= " + f + " GROUP BY ALL) AS void USING (tenant, contact, start)" +
		" WHERE part.flush >= COALESCE(void.last, 0))"
}

// covering returns the latest of some starts that is not after an instant.
func covering(starts []tallystick.Instant, at tallystick.Instant) (start tallystick.Instant, next int, is bool) {
	next, exact := slices.BinarySearch(starts, at)
	if exact {
		next++
	}
	if next == 0 || at >= starts[next-1]+sessionLength {
		return 0, next, false
	}
	return starts[next-1], next, true
}

// goOn puts the interactions of this flush into sessions, as far as these only go on or are new.
func (k *keeping) goOn(ctx context.Context) error {
	for c, at := range k.since { // they are made again from the start of a session on
		if start, _, is := covering(k.starts[c], at); is {
			k.since[c] = start
		}
	}
	m := k.messages()
	st := &statement{}
	k.selectInteractions(st, k.fresh, "", strings.Join(interaction(m), " AND "))
	var c contactKey
	var starts []tallystick.Instant
	until := tallystick.MaxInstant
	return k.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			if tenant, contact := int32(r.bigint(0, i)), r.text(1, i); tenant != c.tenant || contact != c.contact {
				c = contactKey{tenant, strings.Clone(contact)}
				starts, until = k.starts[c], tallystick.MaxInstant
				if since, is := k.since[c]; is {
					until = since
				}
			}
			at, seq := tallystick.Instant(r.bigint(2, i)), r.bigint(3, i)
			if r.bigint(4, i) != 0 {
				k.given[c] = true
				continue
			}
			if at >= until {
				k.changed[c] = max(k.changed[c], at)
				continue
			}
			if k.failed[c.tenant][seq] {
				continue
			}
			start, next, is := covering(starts, at)
			if !is {
				if next < len(starts) && starts[next] < at+sessionLength { // what begins there would be in a session from here
					until = at
					k.again(c, at)
					continue
				}
				start, starts = at, slices.Insert(slices.Clip(starts), next, at)
			}
			k.count(c, start, at, seq, r, i)
		}
		return nil
	})
}

// selectInteractions selects, in the order of a chain: tenant, contact, time, position, whether it has a session id, and what is counted by.
func (k *keeping) selectInteractions(st *statement, v *view, join, where string) {
	m := k.messages()
	st.add("SELECT m.tenant::BIGINT, "+m.text(tallystick.FieldContactID)+" AS contact, m.time, m.seq, ("+m.text(tallystick.FieldSessionID)+" <> '')::BIGINT,",
		"  "+m.text(tallystick.FieldConversationID)+", "+m.text(tallystick.FieldBotID)+", "+m.text(tallystick.FieldBotVersion)+", "+m.text(tallystick.FieldChannelID)+", "+m.text(tallystick.FieldTicketID),
		"FROM "+k.in(v, m.from()),
		join,
		"WHERE "+where,
		"ORDER BY m.tenant, contact, m.time, m.seq")
}

// count notes the row of an interaction's part.
func (k *keeping) count(c contactKey, start, at tallystick.Instant, seq int64, r *rows, row int) {
	key := keptPart{keptStart{c, start}, r.text(5, row), r.text(6, row), r.text(7, row), r.text(8, row), r.text(9, row)}
	sum := k.latest // most are like the one before
	if sum == nil || sum.keptPart != key {
		sum = k.parts[key]
	}
	if sum == nil {
		for _, text := range []*string{&key.conversation, &key.bot, &key.version, &key.channel, &key.ticket} {
			*text = strings.Clone(*text)
		}
		sum = &keptRow{keptPart: key, first: nowhere}
		k.parts[key] = sum
		k.rows = append(k.rows, sum)
	}
	k.latest = sum
	if p := (place{at, uint64(seq)}); p.before(sum.first) {
		sum.first = p
	}
}

// makeAgain makes the sessions of some contacts again, from some instant on, until one begins where a kept one does and nothing is new behind.
func (k *keeping) makeAgain(ctx context.Context) error {
	if len(k.since) == 0 {
		return nil
	}
	var tenants, times []int64
	var contacts []string
	earliest := tallystick.MaxInstant
	for c, since := range k.since {
		tenants, contacts, times = append(tenants, int64(c.tenant)), append(contacts, c.contact), append(times, int64(since))
		earliest = min(earliest, since)
	}
	touched := func(st *statement) string {
		return "(SELECT UNNEST(" + st.bind(tenants) + ") AS tenant, UNNEST(" + st.bind(contacts) + ") AS contact, UNNEST(" + st.bind(times) + ") AS time) AS touched"
	}
	st := &statement{}
	st.add("SELECT tenant::BIGINT, seq", "FROM "+k.in(k.before, stored(failedTable)), "SEMI JOIN "+touched(st)+" USING (tenant, contact)")
	err := k.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			k.isFailed(int32(r.bigint(0, i)), r.bigint(1, i))
		}
		return nil
	})
	if err != nil {
		return err
	}
	m := k.messages()
	st = &statement{}
	k.selectInteractions(st, k.all, "JOIN "+touched(st)+" ON touched.tenant = m.tenant AND touched.contact = "+m.text(tallystick.FieldContactID)+" AND m.time >= touched.time",
		strings.Join(append(interaction(m), "m.time >= "+st.bind(earliest), m.text(tallystick.FieldSessionID)+" = ''"), " AND "))
	var c contactKey
	var start tallystick.Instant
	var begun, again bool
	until := map[contactKey]tallystick.Instant{} // from there on the sessions are those that are kept
	err = k.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			if tenant, contact := int32(r.bigint(0, i)), r.text(1, i); tenant != c.tenant || contact != c.contact {
				c, begun, again = contactKey{tenant, strings.Clone(contact)}, false, true
			}
			at, seq := tallystick.Instant(r.bigint(2, i)), r.bigint(3, i)
			if !again || k.failed[c.tenant][seq] {
				continue
			}
			if !begun || at >= start+sessionLength {
				if _, kept := slices.BinarySearch(k.starts[c], at); kept && at > k.changed[c] {
					until[c], again = at, false
					continue
				}
				begun, start = true, at
			}
			k.count(c, start, at, seq, r, i)
		}
		return nil
	})
	for c, since := range k.since {
		for _, start := range k.starts[c] {
			if end, is := until[c]; start >= since && (!is || start < end) {
				k.voids = append(k.voids, keptStart{c, start})
			}
		}
	}
	return err
}

// forgetGiven leaves out the contacts of whom the file knows that they had a session id.
func (k *keeping) forgetGiven(ctx context.Context) error {
	if len(k.given) == 0 {
		return nil
	}
	var tenants []int64
	var contacts []string
	for c := range k.given {
		tenants, contacts = append(tenants, int64(c.tenant)), append(contacts, c.contact)
	}
	st := &statement{}
	st.add("SELECT tenant::BIGINT, contact", "FROM "+k.in(k.before, stored(givenTable)),
		"SEMI JOIN (SELECT UNNEST("+st.bind(tenants)+") AS tenant, UNNEST("+st.bind(contacts)+") AS contact) USING (tenant, contact)")
	return k.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			delete(k.given, contactKey{int32(r.bigint(0, i)), r.text(1, i)})
		}
		return nil
	})
}

// write writes the rows into the file.
func (k *keeping) write(ctx context.Context, conn mapping.Connection, chunks *chunks) error {
	slices.SortFunc(k.rows, func(a, b *keptRow) int { return a.compare(b.keptStart) })
	k.begin()
	if err := k.forgetGiven(ctx); err != nil {
		return err
	}
	given := slices.Collect(maps.Keys(k.given))
	search := 0
	if k.search {
		search = 1
	}
	for _, w := range []struct {
		table string
		rows  int
		write func(a *appender, i int)
	}{
		{keptTable, len(k.rows), func(a *appender, i int) {
			p := k.rows[i]
			a.setInteger(0, p.tenant)
			a.setVarchar(1, p.contact)
			a.setBigint(2, int64(p.start))
			for j, text := range []string{p.conversation, p.bot, p.version, p.channel, p.ticket} {
				a.setVarchar(uint8(3+j), text)
			}
			a.setBigint(8, int64(p.first.time))
			a.setBigint(9, int64(p.first.seq))
			p.setBegins(a, 10)
		}},
		{voidTable, len(k.counted), func(a *appender, i int) {
			p := &k.counted[i]
			a.setInteger(0, p.tenant)
			a.setVarchar(1, p.contact)
			a.setBigint(2, int64(p.start))
			for j, text := range []string{p.bot, p.version, p.channel} {
				a.setVarchar(uint8(3+j), text)
			}
			p.setBegins(a, 6)
		}},
		{failedTable, len(k.failing), func(a *appender, i int) {
			x := k.failing[i]
			a.setInteger(0, x.tenant)
			a.setVarchar(1, x.contact)
			a.setBigint(2, int64(x.time))
			a.setBigint(3, x.seq)
			a.setBigint(4, int64(x.failed))
		}},
		{givenTable, len(given), func(a *appender, i int) {
			a.setInteger(0, given[i].tenant)
			a.setVarchar(1, given[i].contact)
		}},
		{lostTable, len(k.lost), func(a *appender, i int) {
			a.setInteger(0, k.lost[i].tenant)
			a.setID(1, k.lost[i].message)
			a.setBigint(3, int64(k.lost[i].time))
		}},
		{searchTable, search, func(a *appender, _ int) { a.setInteger(0, k.flush) }},
	} {
		if err := chunks.writeFile(conn, k.engine.tableNamed(w.table), k.flush, w.rows, w.write); err != nil {
			return err
		}
	}
	return nil
}
