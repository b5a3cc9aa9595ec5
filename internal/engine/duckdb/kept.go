package duckdb

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tallystick/tallystick"
)

// keptSessions is how far the sessions that flushes have kept are those of a scope.
type keptSessions struct {
	flush int32              // as of its end
	end   uint64             // which is this position of the tenant's log
	until tallystick.Instant // sessions that started before are as they are kept, with what is amended, but for parts that begin after the scope
	quiet bool               // nothing is known of interactions since the flush

	// Of these contacts nothing that started at or after an instant is: they had interactions, or failures, since the flush at times at which most had none, or a session id, or something failed
	// later before which a session would begin that is not kept.
	doubtful map[string]bool
	since    tallystick.Instant

	later   []laterFailure // see amend.go
	amended []amendment
	near    map[string]*contactSessions // by contact
}

// flushEnd is where a flush ended in a log.
type flushEnd struct {
	flush int32
	seq   uint64
}

// mostDoubtful is the number of doubtful contacts up to which it pays to make theirs of the events, apart from the others.
const mostDoubtful = 5000

// kept finds out how far kept sessions are those of the scope; nil: not at all.
func (s *sessions) kept(ctx context.Context) (*keptSessions, error) {
	sc, err := s.engine.scope(s.Scope)
	if sc == nil || err != nil {
		return nil, err
	}
	kept, err := s.engine.keptOf(ctx, s.stream, []*scope{sc})
	if err != nil {
		return nil, err
	}
	return kept[0], nil
}

// keptOf finds out how far kept sessions are those of some scopes, which agree in all but the tenant; nil: not at all.
func (e *Engine) keptOf(ctx context.Context, stream *stream, scopes []*scope) ([]*keptSessions, error) {
	kept := make([]*keptSessions, len(scopes))
	end, before := e.flushEnd(scopes[0]), scopes[0].Before
	if end.flush == 0 || before < tallystick.MinInstant+2*sessionLength {
		return kept, nil
	}
	byTenant := map[int32]*keptSessions{}
	for i, sc := range scopes {
		kept[i] = &keptSessions{flush: end.flush, end: end.seq, until: before, quiet: end.seq == sc.AsOf.Sequence, doubtful: map[string]bool{}, since: tallystick.MaxInstant}
		byTenant[sc.number] = kept[i]
	}
	lost, err := e.doubtKept(ctx, stream, scopes, byTenant)
	if err != nil {
		return nil, err
	}
	if err := e.amend(ctx, stream, scopes, byTenant); err != nil {
		return nil, err
	}
	for i, sc := range scopes {
		s := &sessions{Sessions: tallystick.Sessions{Scope: sc.Scope}, engine: e, stream: stream, log: sc.log}
		sure, err := s.doubtAll(ctx, kept[i], lost[sc.number])
		if err != nil {
			return nil, err
		}
		if !sure || len(kept[i].doubtful) > mostDoubtful || len(kept[i].later) > mostDoubtful {
			kept[i] = nil
			continue
		}
		kept[i].since = min(kept[i].since, kept[i].until) // from there on theirs are made of the events in any case
	}
	return kept, nil
}

// doubtAll doubts the contacts of lost failures, and those that something new is known of. Where that is too much, it reports that nothing is sure.
func (s *sessions) doubtAll(ctx context.Context, k *keptSessions, lost []string) (sure bool, err error) {
	if len(lost) > mostLost {
		return false, nil
	}
	if len(lost) > 0 {
		if err := s.doubtLost(ctx, k, lost); err != nil {
			return false, err
		}
	}
	if k.quiet {
		return true, nil
	}
	if sure, err := s.doubtFailed(ctx, k, k.end); !sure || err != nil {
		return false, err
	}
	return true, s.doubtRecent(ctx, k, k.end)
}

// flushEnd returns the latest flush that a scope has wholly; of number 0: none.
func (e *Engine) flushEnd(sc *scope) flushEnd { return e.flushEndBefore(sc, 0) }

// recentEnd returns the position behind which what a scope has came lately.
func (e *Engine) recentEnd(sc *scope) uint64 { return e.flushEndBefore(sc, recentFlushes).seq }

// flushEndBefore returns the flush that is so many before the latest that a scope has wholly; of number 0: none.
func (e *Engine) flushEndBefore(sc *scope, back int) flushEnd {
	e.mu.RLock()
	defer e.mu.RUnlock()
	ends := e.flushEnds[sc.log]
	n, _ := slices.BinarySearchFunc(ends, sc.AsOf.Sequence, func(end flushEnd, seq uint64) int {
		if end.seq <= seq {
			return -1
		}
		return 1
	})
	if n <= back {
		return flushEnd{}
	}
	return ends[n-1-back]
}

// upTo returns the conditions of the tenants' rows of a table of what is kept.
func upTo(scopes []*scope, flush int32) string {
	return "tenant IN (" + numbersOf(scopes) + ") AND flush <= " + strconv.Itoa(int(flush))
}

// mostLost is the number of failures up to which their messages are looked for.
const mostLost = 10_000

// doubtKept doubts contacts that had a session id, and notes the interactions that failed after the scope, so that in the scope they have not. It returns the failures that flushes have met without finding
// their messages, by tenant, a few too many where they are too many.
func (e *Engine) doubtKept(ctx context.Context, stream *stream, scopes []*scope, kept map[int32]*keptSessions) (lost map[int32][]string, err error) {
	flush := kept[scopes[0].number].flush
	st, ofAll := &statement{}, upTo(scopes, flush)
	before := st.bind(scopes[0].Before)
	st.add("SELECT tenant::BIGINT, 0::BIGINT, COALESCE(message::VARCHAR, other), time, 0::BIGINT", "FROM "+identifier(lostTable), "WHERE "+ofAll+" AND time < "+before,
		"  AND flush > (SELECT COALESCE(MAX(flushes), 0) FROM "+identifier(searchTable)+" WHERE flush <= "+strconv.Itoa(int(flush))+")",
		"UNION ALL",
		"SELECT DISTINCT tenant::BIGINT, 1::BIGINT, contact, "+st.bind(tallystick.MinInstant)+", 0::BIGINT", "FROM "+identifier(givenTable), "WHERE "+ofAll,
		"UNION ALL",
		"SELECT DISTINCT tenant::BIGINT, 2::BIGINT, contact, time, seq", "FROM "+identifier(failedTable), "WHERE "+ofAll+" AND time < "+before+" AND failed >= "+before,
		"  AND (tenant, seq) NOT IN (SELECT tenant, seq FROM "+identifier(failedTable)+" WHERE "+ofAll+" AND failed < "+before+")")
	lost = map[int32][]string{}
	err = stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			tenant := int32(r.bigint(0, i))
			at := tallystick.Instant(r.bigint(3, i))
			switch k, what := kept[tenant], r.bigint(1, i); {
			case what == 0 && len(lost[tenant]) <= mostLost:
				lost[tenant] = append(lost[tenant], strings.Clone(r.text(2, i)))
			case what == 1 && len(k.doubtful) <= mostDoubtful:
				k.doubt(r.text(2, i), at)
			case what == 2 && len(k.later) <= mostDoubtful:
				k.later = append(k.later, laterFailure{strings.Clone(r.text(2, i)), place{at, uint64(r.bigint(4, i))}})
			}
		}
		return nil
	})
	return lost, err
}

// doubtLost doubts the contacts of the messages of failures that flushes have met and not found, as far as they are in the file.
func (s *sessions) doubtLost(ctx context.Context, k *keptSessions, lost []string) error {
	slices.Sort(lost)
	found, err := s.engine.found.contacts(lostOf{s.Tenant(), k.flush, hashOf(strings.Join(lost, "\x00"))}, func() (map[string]tallystick.Instant, error) { return s.contactsOf(ctx, lost) })
	for contact, at := range found {
		k.doubt(contact, at)
	}
	return err
}

// contactsOf looks through all messages of the tenant for some, and returns their contacts, with the time of the earliest.
func (s *sessions) contactsOf(ctx context.Context, messages []string) (map[string]tallystick.Instant, error) {
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	m := s.engine.source(tallystick.MessageSent, "m")
	st.add("SELECT "+m.text(tallystick.FieldContactID)+" AS contact, MIN(m.time)", "FROM "+m.from(), // of whatever position: to doubt too many is no mistake
		"WHERE m.tenant = "+sc.tenant(st)+" AND "+m.these(st, &tallystick.Condition{Field: tallystick.FieldMessageID, Op: tallystick.In, Values: messages}),
		"GROUP BY contact")
	contacts := map[string]tallystick.Instant{}
	err = s.stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			if contact := r.text(0, i); contact != "" {
				contacts[strings.Clone(contact)] = tallystick.Instant(r.bigint(1, i))
			}
		}
		return nil
	})
	return contacts, err
}

// foundLost remembers whose messages were found for failures that flushes had lost, because the same are asked for until the next flush.
type foundLost struct {
	mu    sync.Mutex
	known map[lostOf]map[string]tallystick.Instant
}

// lostOf names what was lost of a tenant, as of a flush.
type lostOf struct {
	tenant string
	flush  int32
	ids    hash
}

// mostFound bounds what is remembered.
const mostFound = 256

func (f *foundLost) contacts(of lostOf, find func() (map[string]tallystick.Instant, error)) (map[string]tallystick.Instant, error) {
	f.mu.Lock()
	contacts, known := f.known[of]
	f.mu.Unlock()
	if known {
		return contacts, nil
	}
	contacts, err := find()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil || len(f.known) >= mostFound {
		f.known = map[lostOf]map[string]tallystick.Instant{}
	}
	f.known[of] = contacts
	return contacts, nil
}

// maySayID is the condition of a source of messages that one may be an interaction with a session id: such contacts are doubtful, and before the flush there are no others.
func (k *keptSessions) maySayID(st *statement, m source) string {
	if k == nil {
		return "TRUE"
	}
	var may []string
	if !k.quiet {
		may = append(may, m.column("seq")+" > "+st.bind(int64(k.end)))
	}
	if len(k.doubtful) > 0 {
		may = append(may, m.text(tallystick.FieldContactID)+" IN (SELECT UNNEST("+st.bind(slices.Sorted(maps.Keys(k.doubtful)))+"))")
	}
	if len(may) == 0 {
		return "FALSE"
	}
	return "(" + strings.Join(may, " OR ") + ")"
}

// doubt doubts the sessions of a contact that an interaction at an instant, or one after it, may be in.
func (k *keptSessions) doubt(contact string, at tallystick.Instant) {
	k.since = min(k.since, max(at, tallystick.MinInstant+sessionLength)-sessionLength)
	if !k.doubtful[contact] {
		k.doubtful[strings.Clone(contact)] = true
	}
}

// doubtFailed doubts contacts with a message that has failed since the flush. Where such a message is found neither in the time in which it should be nor among those that came lately, it reports that nothing is sure.
func (s *sessions) doubtFailed(ctx context.Context, k *keptSessions, end uint64) (sure bool, err error) {
	st, sc, err := s.begin()
	if err != nil {
		return false, err
	}
	f, m := s.engine.source(tallystick.MessageFailed, "f"), s.engine.source(tallystick.MessageSent, "m")
	id := f.text(tallystick.FieldMessageID)
	st.add("SELECT "+id+", f.time", "FROM "+f.from(), "WHERE "+strings.Join(append(f.scope(st, sc, tallystick.MessageFailed), "f.seq > "+st.bind(int64(end)), id+" <> ''"), " AND "))
	var failed []string
	earliest, latest := tallystick.MaxInstant, tallystick.MinInstant
	err = s.stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			failed = append(failed, strings.Clone(r.text(0, i)))
			earliest, latest = min(earliest, tallystick.Instant(r.bigint(1, i))), max(latest, tallystick.Instant(r.bigint(1, i)))
		}
		return nil
	})
	if err != nil || len(failed) == 0 {
		return err == nil, err
	}
	message := m.text(tallystick.FieldMessageID)
	for _, where := range []func(*statement) string{
		// Also those after the scope's end: they are found, and of no importance.
		func(st *statement) string {
			return "m.time >= " + st.bind(windowBefore(earliest)) + " AND m.time <= " + st.bind(latest)
		},
		func(st *statement) string { return "m.seq > " + st.bind(int64(s.engine.recentEnd(sc))) },
	} {
		if st, sc, err = s.begin(); err != nil {
			return false, err
		}
		st.add("SELECT "+message+", "+m.text(tallystick.FieldContactID)+", m.time", "FROM "+m.from(),
			"WHERE m.tenant = "+sc.tenant(st)+" AND m.seq <= "+sc.asOf(st)+" AND "+where(st),
			"  AND "+m.these(st, &tallystick.Condition{Field: tallystick.FieldMessageID, Op: tallystick.In, Values: failed}))
		found := map[string]bool{}
		err = s.stream.each(ctx, st, func(r *rows) error {
			for i := range r.n {
				found[strings.Clone(r.text(0, i))] = true
				if contact := r.text(1, i); contact != "" {
					k.doubt(contact, tallystick.Instant(r.bigint(2, i)))
				}
			}
			return nil
		})
		if err != nil {
			return false, err
		}
		if failed = slices.DeleteFunc(failed, func(id string) bool { return found[id] }); len(failed) == 0 {
			return true, nil
		}
	}
	return false, nil
}

// recentShare is the part of the interactions since the flush that may be so early that their contacts are doubted.
const recentShare = 32

// doubtRecent ends what is kept a session's length before most of the interactions since the flush, and doubts the contacts of the others.
func (s *sessions) doubtRecent(ctx context.Context, k *keptSessions, end uint64) error {
	st, sc, err := s.begin()
	if err != nil {
		return err
	}
	m := s.engine.source(tallystick.MessageSent, "m")
	st.add("SELECT "+m.text(tallystick.FieldContactID)+", m.time, ("+m.text(tallystick.FieldSessionID)+" <> '')::BIGINT", "FROM "+m.from(),
		"WHERE "+strings.Join(append(append(m.scope(st, sc, tallystick.MessageSent), interaction(m)...), "m.seq > "+st.bind(int64(end))), " AND "),
		"ORDER BY m.time")
	type recent struct {
		contact string
		at      tallystick.Instant
	}
	var all []recent
	err = s.stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			if r.bigint(2, i) != 0 {
				k.doubt(r.text(0, i), tallystick.MinInstant)
				continue
			}
			all = append(all, recent{strings.Clone(r.text(0, i)), tallystick.Instant(r.bigint(1, i))})
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		k.quiet = err == nil
		return err
	}
	cut := max(all[len(all)/recentShare].at, tallystick.MinInstant+2*sessionLength)
	if cut-all[0].at < sessionLength {
		cut = max(all[0].at, tallystick.MinInstant+2*sessionLength) // it would not be worth it
	}
	for _, x := range all {
		if x.at >= cut {
			break
		}
		if k.doubt(x.contact, x.at); len(k.doubtful) > mostDoubtful/2 {
			cut = x.at // the other contacts have nothing before
			break
		}
	}
	// A session that began less than a length before the first of them may hold it.
	k.until = min(k.until, cut-sessionLength)
	return nil
}

// fromKept adds the parts of the kept sessions that started in the period.
func (s *sessions) fromKept(ctx context.Context, k *keptSessions, parts []tallystick.SessionPart) ([]tallystick.SessionPart, error) {
	until := min(s.Until, k.until)
	if s.From >= until {
		return parts, nil
	}
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	if err := s.engine.know(ctx, s.stream, []*scope{sc}, []*keptSessions{k}, s.From, until); err != nil {
		return nil, err
	}
	conversation, order, ticket := "conversation", "start, contact, conversation, bot, version, channel, ticket", "ticket" // so that a session's rows, and of these those of a part, are one after the other
	if s.Bare {
		conversation, order, ticket = "''", "start, contact, bot, version, channel", "''"
	}
	period := "part.tenant = " + sc.tenant(st) + " AND part.start >= " + st.bind(s.From) + " AND part.start < " + st.bind(until) + " AND part.first < " + sc.before(st)
	st.add("SELECT contact, start, "+conversation+", bot, version, channel, "+ticket+", first, first_seq", "FROM "+k.withAmendments(st, keptRows(k.flush, period), s.From, until), "ORDER BY "+order)
	added := len(parts)
	shared := map[string]string{}
	before := tallystick.SessionPart{}
	oneOf := func(text, before string) string { // mostly that of the row before
		if text == before {
			return before
		}
		return one(shared, text)
	}
	var written []byte
	err = s.stream.each(ctx, st, func(r *rows) error {
		if cap(parts)-len(parts) < r.n {
			parts = slices.Grow(parts, max(r.n, len(parts))) // append would move all of them more often
		}
		var texts strings.Builder // of all rows together
		texts.Grow(r.bytes(0) + r.n*(len("@")+len("2006-01-02T15:04:05.999999Z")) + r.bytes(2) + r.bytes(6))
		cut := func(start int) string { return texts.String()[start:] }
		keep := func(text string) string {
			start := texts.Len()
			texts.WriteString(text)
			return cut(start)
		}
		for i := range r.n {
			start := tallystick.Instant(r.bigint(1, i))
			if start >= k.since && k.doubtful[r.text(0, i)] {
				continue
			}
			p := &before
			goesOn := len(parts) > added && start == p.Start && r.text(0, i) == p.Contact
			first, at := tallystick.Instant(r.bigint(7, i)), tallystick.Position{Log: s.log, Sequence: uint64(r.bigint(8, i))}
			if goesOn && r.text(2, i) == p.Conversation && r.text(3, i) == p.Bot && r.text(4, i) == p.Version && r.text(5, i) == p.Channel && r.text(6, i) == p.Ticket { // of another flush
				if q := &parts[len(parts)-1]; first < q.First || first == q.First && at.Sequence < q.FirstAt.Sequence {
					q.First, q.FirstAt = first, at
				}
				continue
			}
			if !goesOn {
				contact := r.text(0, i)
				begin := texts.Len()
				texts.WriteString(contact)
				texts.WriteByte('@')
				written = start.Append(written[:0])
				texts.Write(written)
				p.Session, p.Start = cut(begin), start
				p.Contact = p.Session[:len(contact)]
			}
			p.Conversation, p.Ticket = keep(r.text(2, i)), keep(r.text(6, i))
			p.Bot, p.Version, p.Channel = oneOf(r.text(3, i), p.Bot), oneOf(r.text(4, i), p.Version), oneOf(r.text(5, i), p.Channel)
			p.First, p.FirstAt = first, at
			parts = append(parts, *p)
		}
		return nil
	})
	return parts, err
}

// goingOn returns the kept sessions of some contacts, or for nil of all, that may go on after an instant until which they are sure.
func (s *sessions) goingOn(ctx context.Context, k *keptSessions, after tallystick.Instant, contacts []string) (map[string]ongoing, error) {
	st, sc, err := s.begin()
	if err != nil {
		return nil, err
	}
	condition := "part.tenant = " + sc.tenant(st) + " AND part.start > " + st.bind(after-sessionLength) + " AND part.start < " + st.bind(after)
	if contacts != nil {
		condition += " AND part.contact IN (SELECT UNNEST(" + st.bind(contacts) + "))"
	}
	st.add("SELECT contact, MAX(start)",
		"FROM "+keptRows(k.flush, condition),
		"GROUP BY contact")
	on := map[string]ongoing{}
	err = s.stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			start := tallystick.Instant(r.bigint(1, i))
			on[strings.Clone(r.text(0, i))] = ongoing{start: start, last: start, sure: true}
		}
		return nil
	})
	k.stillAmended(on, after, contacts)
	return on, err
}
