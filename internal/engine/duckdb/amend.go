package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// An interaction that failed after a scope has not failed in it, and flushes that know of the failure have kept its contact's sessions without it. Mostly it lies in a session all the same, or alone: then it is
// added to what is kept. Only where it would begin a session that takes in the start of a kept one are the contact's sessions made of the events.

// laterFailure is an interaction that failed after the scope.
type laterFailure struct {
	contact string
	at      place
}

// amendment is a row that is not kept. What it is about is known once somebody asks for its session.
type amendment struct {
	keptRow
	known bool
}

// contactSessions is what is kept of a contact near its failures.
type contactSessions struct {
	starts []tallystick.Instant
	names  map[keptName]bool // of the rows that begin in the scope
}

// amend adds the later failures of some tenants to what is kept of them.
func (e *Engine) amend(ctx context.Context, stream *stream, scopes []*scope, kept map[int32]*keptSessions) error {
	var tenants []int64
	var contacts []string
	failures := map[contactKey][]tallystick.Instant{}
	earliest, latest := tallystick.MaxInstant, tallystick.MinInstant
	var asked []*scope
	for _, sc := range scopes {
		k := kept[sc.number]
		if len(k.later) == 0 || len(k.later) > mostDoubtful {
			continue
		}
		asked = append(asked, sc)
		for _, f := range k.later {
			tenants, contacts = append(tenants, int64(sc.number)), append(contacts, f.contact)
			earliest, latest = min(earliest, f.at.time), max(latest, f.at.time)
			c := contactKey{sc.number, f.contact}
			failures[c] = append(failures[c], f.at.time)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	known := map[contactKey]*contactSessions{}
	st := &statement{}
	before := st.bind(asked[0].Before)
	near := "part.tenant IN (" + numbersOf(asked) + ") AND part.start > " + st.bind(max(earliest, tallystick.MinInstant+sessionLength)-sessionLength) +
		" AND part.start < " + st.bind(min(latest, tallystick.MaxInstant-sessionLength)+sessionLength)
	st.add("SELECT kept.tenant::BIGINT, kept.contact, kept.start, kept.bot, kept.version, kept.channel, (kept.first < "+before+")::BIGINT",
		"FROM "+keptRowsOf(kept[asked[0].number].flush, "SEMI JOIN (SELECT UNNEST("+st.bind(tenants)+") AS tenant, UNNEST("+st.bind(contacts)+") AS contact) AS failing USING (tenant, contact)", near)+" AS kept")
	texts := map[string]string{}
	err := stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			c := contactKey{int32(r.bigint(0, i)), one(texts, r.text(1, i))}
			start := tallystick.Instant(r.bigint(2, i))
			if !slices.ContainsFunc(failures[c], func(at tallystick.Instant) bool { return start > at-sessionLength && start < at+sessionLength }) {
				continue
			}
			if known[c] == nil {
				known[c] = &contactSessions{names: map[keptName]bool{}}
			}
			known[c].add(start)
			if r.bigint(6, i) != 0 {
				known[c].name(&keptRow{keptPart: keptPart{keptStart: keptStart{c, start}, bot: one(texts, r.text(3, i)), version: one(texts, r.text(4, i)), channel: one(texts, r.text(5, i))}})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}

	for _, sc := range asked {
		kept[sc.number].amend(sc.number, known)
	}
	return nil
}

// know finds out what the amendments are about to the sessions of some tenants that started in [from, until).
func (e *Engine) know(ctx context.Context, stream *stream, scopes []*scope, kept []*keptSessions, from, until tallystick.Instant) error {
	var tenants, times, seqs []int64
	earliest, latest := tallystick.MaxInstant, tallystick.MinInstant
	wanted := map[int32][]*amendment{}
	for i, sc := range scopes {
		if kept[i] == nil {
			continue
		}
		for _, a := range kept[i].amendments(from, until) {
			if !a.known {
				wanted[sc.number] = append(wanted[sc.number], a)
				tenants, times, seqs = append(tenants, int64(sc.number)), append(times, int64(a.first.time)), append(seqs, int64(a.first.seq))
				earliest, latest = min(earliest, a.first.time), max(latest, a.first.time)
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	m := e.source(tallystick.MessageSent, "m")
	st := &statement{}
	st.add("SELECT m.tenant::BIGINT, m.seq, "+m.text(tallystick.FieldConversationID)+", "+m.text(tallystick.FieldBotID)+", "+m.text(tallystick.FieldBotVersion)+", "+m.text(tallystick.FieldChannelID)+", "+m.text(tallystick.FieldTicketID),
		"FROM "+m.from(),
		"JOIN (SELECT UNNEST("+st.bind(tenants)+") AS tenant, UNNEST("+st.bind(times)+") AS time, UNNEST("+st.bind(seqs)+") AS seq) AS failing ON failing.tenant = m.tenant AND failing.time = m.time AND failing.seq = m.seq",
		"WHERE m.tenant IN ("+numbersOf(scopes)+") AND m.time >= "+st.bind(earliest)+" AND m.time <= "+st.bind(latest))
	type message struct {
		tenant int32
		seq    uint64
	}
	found, texts := map[message]keptPart{}, map[string]string{}
	err := stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			found[message{int32(r.bigint(0, i)), uint64(r.bigint(1, i))}] = keptPart{
				conversation: strings.Clone(r.text(2, i)), bot: one(texts, r.text(3, i)), version: one(texts, r.text(4, i)), channel: one(texts, r.text(5, i)), ticket: strings.Clone(r.text(6, i)),
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, sc := range scopes {
		for _, a := range wanted[sc.number] { // in the order of their time
			part, is := found[message{sc.number, a.first.seq}]
			if !is {
				return fmt.Errorf("the interaction at %s of tenant %q is not in the event store, which says that it failed", a.first.time, sc.Tenant())
			}
			part.keptStart = a.keptStart
			a.keptPart, a.known = part, true
			kept[i].near[a.contact].name(&a.keptRow)
		}
	}
	return nil
}

// add notes the start of a session.
func (c *contactSessions) add(start tallystick.Instant) {
	if i, is := slices.BinarySearch(c.starts, start); !is {
		c.starts = slices.Insert(c.starts, i, start)
	}
}

// name notes what a row's session has by it, and marks what of that the row is the first of.
func (c *contactSessions) name(r *keptRow) {
	isNew := func(n keptName) bool {
		was := c.names[n]
		c.names[n] = true
		return !was
	}
	r.beginsBot, r.beginsVersion, r.beginsChannel = isNew(r.ofBot()), isNew(r.ofVersion()), isNew(r.ofChannel())
}

// amend adds the later failures, in their order, to the sessions of their contacts.
func (k *keptSessions) amend(tenant int32, known map[contactKey]*contactSessions) {
	slices.SortFunc(k.later, func(a, b laterFailure) int {
		return cmp.Or(cmp.Compare(a.contact, b.contact), cmp.Compare(a.at.time, b.at.time), cmp.Compare(a.at.seq, b.at.seq))
	})
	k.near = map[string]*contactSessions{}
	for _, f := range k.later {
		if k.doubtful[f.contact] {
			continue
		}
		c := contactKey{tenant, f.contact}
		of := known[c]
		if of == nil {
			of = &contactSessions{names: map[keptName]bool{}}
			known[c] = of
		}
		k.near[f.contact] = of
		start, next, covered := covering(of.starts, f.at.time)
		if !covered && next < len(of.starts) && of.starts[next] < f.at.time+sessionLength { // what begins there is in a session from here
			k.doubt(f.contact, f.at.time)
			continue
		}
		if !covered {
			start = f.at.time
			of.add(start)
		}
		k.amended = append(k.amended, amendment{keptRow: keptRow{keptPart: keptPart{keptStart: keptStart{c, start}}, first: f.at, begins: !covered}})
	}
}

// amendments returns those of sessions that started in [from, until) and are not made of the events.
func (k *keptSessions) amendments(from, until tallystick.Instant) (list []*amendment) {
	for i := range k.amended {
		if a := &k.amended[i]; a.start >= from && a.start < min(until, k.until) && (a.start < k.since || !k.doubtful[a.contact]) {
			list = append(list, a)
		}
	}
	return list
}

// withAmendments selects of kept rows, and of the amendments to them, what is told apart.
func (k *keptSessions) withAmendments(st *statement, rows string, from, until tallystick.Instant) string {
	const columns = "contact, start, conversation, bot, version, channel, ticket, first, first_seq"
	list := k.amendments(from, until)
	if len(list) == 0 {
		return "(SELECT " + columns + " FROM " + rows + ")"
	}
	texts := func(of func(*amendment) string) string {
		var all []string
		for _, a := range list {
			all = append(all, of(a))
		}
		return "UNNEST(" + st.bind(all) + ")"
	}
	numbers := func(of func(*amendment) int64) string {
		var all []int64
		for _, a := range list {
			all = append(all, of(a))
		}
		return "UNNEST(" + st.bind(all) + ")"
	}
	return "(SELECT " + columns + " FROM " + rows + " UNION ALL SELECT " + strings.Join([]string{
		texts(func(a *amendment) string { return a.contact }), numbers(func(a *amendment) int64 { return int64(a.start) }),
		texts(func(a *amendment) string { return a.conversation }), texts(func(a *amendment) string { return a.bot }), texts(func(a *amendment) string { return a.version }),
		texts(func(a *amendment) string { return a.channel }), texts(func(a *amendment) string { return a.ticket }),
		numbers(func(a *amendment) int64 { return int64(a.first.time) }), numbers(func(a *amendment) int64 { return int64(a.first.seq) }),
	}, ", ") + ")"
}

// countAmended adds what begins with amendments to counts by value.
func (o *counting) countAmended(begins string, counts []tallystick.Count) []tallystick.Count {
	for _, a := range o.kept.amendments(o.query.From, o.Until) {
		if !map[string]bool{"begins": a.begins, "begins_bot": a.beginsBot, "begins_version": a.beginsVersion, "begins_channel": a.beginsChannel}[begins] {
			continue
		}
		var group []string
		for i := range o.query.By {
			switch o.query.By[i].Field {
			case tallystick.FieldBotID:
				group = append(group, a.bot)
			case tallystick.FieldBotVersion:
				group = append(group, a.version)
			case tallystick.FieldChannelID:
				group = append(group, a.channel)
			}
		}
		counts = append(counts, tallystick.Count{Bucket: bucketOf(o.query.Edges, a.start), Group: group, Value: 1})
	}
	return counts
}

// stillAmended adds to the sessions that may go on after an instant those that began with an amendment: another failed interaction may be in one.
func (k *keptSessions) stillAmended(on map[string]ongoing, after tallystick.Instant, contacts []string) {
	for i := range k.amended {
		a := &k.amended[i]
		o, goes := on[a.contact]
		if a.begins && a.start > after-sessionLength && a.start < after && (contacts == nil || k.doubtful[a.contact]) && (!goes || a.start > o.start) {
			on[a.contact] = ongoing{start: a.start, last: a.start, sure: true}
		}
	}
}
