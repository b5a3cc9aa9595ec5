package duckdb

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// talks is what is known of some conversations in a scope. It holds their hashes and not their ids, and no pointers but to tickets: a conversation takes about
// 80 bytes, and little of the garbage collector's time.
type talks struct {
	engine  *Engine
	scope   tallystick.Scope
	known   map[hash]talk
	tickets map[hash]string  // of the conversations' conversation.created, where there is one
	divided map[hash][]int64 // the positions at which batches end that have parts which reach past the scope's end
}

// talk is a conversation.
type talk struct {
	created tallystick.Instant // MinInstant: never
	message tallystick.Instant // the first; MaxInstant: none
	updated tallystick.Instant // MinInstant: nothing was heard of it

	divided bool // some parts reach past the scope's end, and it is not known what the latest event of them before the end is
}

var unheard = talk{created: tallystick.MinInstant, message: tallystick.MaxInstant, updated: tallystick.MinInstant}

func (e *Engine) talks(s tallystick.Scope) *talks {
	return &talks{engine: e, scope: s, known: map[hash]talk{}, tickets: map[hash]string{}, divided: map[hash][]int64{}}
}

// conversation returns what [tallystick.Conversations] answers about a conversation that was learned.
func (k *talk) conversation(id string) tallystick.Conversation {
	c := tallystick.Conversation{ID: id, Created: k.created, Updated: k.updated}
	if c.Created == tallystick.MinInstant && k.message != tallystick.MaxInstant {
		c.Created = k.message
	}
	return c
}

// hashesOf returns the hash of each of some conversations, noName of none.
func hashesOf(n int, id func(int) string) []hash {
	names := make([]hash, n)
	for i := range names {
		switch {
		case id(i) == "":
			names[i] = noName
		case i > 0 && id(i) == id(i-1):
			names[i] = names[i-1]
		default:
			names[i] = hashOf(id(i))
		}
	}
	return names
}

var noName hash

// hear adds an event, or a part of many, to what is known of a conversation.
func (t *talks) hear(name hash, created, message, last tallystick.Instant, ticket string) {
	k := t.known[name]
	k.created, k.message, k.updated = max(k.created, created), min(k.message, message), max(k.updated, last)
	t.known[name] = k
	if ticket != "" {
		t.tickets[name] = strings.Clone(ticket)
	}
}

// learn makes conversations known. ahead, which may be nil, adds the names of others that will be asked for, for all parts are looked through anyway; where everything
// asked for is known already, it is not called. After an error nothing is known.
//
// What whole batches said is in their parts. Left to the events themselves are those of a batch of which only the beginning is in the scope.
func (t *talks) learn(ctx context.Context, s *stream, names []hash, ahead func(add func(id string) (full bool)) error) (err error) {
	asked := map[hash]bool{}
	add := func(name hash) {
		if name == noName {
			return
		}
		if _, known := t.known[name]; !known {
			t.known[name] = unheard
			asked[name] = true
		}
	}
	for _, name := range names {
		add(name)
	}
	defer func() {
		if err != nil { // what was not read to its end is not known
			t.forget()
		}
	}()
	if len(asked) > 0 {
		if ahead != nil {
			err := ahead(func(id string) bool {
				if id != "" {
					add(hashOf(id))
				}
				return len(t.known) >= mostTalks
			})
			if err != nil {
				return err
			}
		}
		if err := t.learnParts(ctx, s, asked); err != nil {
			return err
		}
	}
	return nil
}

// learnLatest looks up when some conversations, which are known, were last heard of, where their parts do not tell. That is not before anything that other parts tell: so most are looked for in the last day of the scope,
// and the others in the batches that the parts are of.
func (t *talks) learnLatest(ctx context.Context, s *stream, ids []string, names []hash) (err error) {
	defer func() {
		if err != nil { // what was not read to its end is not known
			t.forget()
		}
	}()
	asked, recent, batches := map[hash]bool{}, &dividedTalks{since: tallystick.MaxInstant}, map[int64]*dividedTalks{}
	for i, name := range names {
		k := t.known[name]
		if !k.divided {
			continue
		}
		k.divided = false
		t.known[name], asked[name] = k, true
		if k.updated >= max(t.scope.Before, tallystick.MinInstant+tallystick.Day)-tallystick.Day {
			recent.add(ids[i], k.updated)
			continue
		}
		for _, seq := range t.divided[name] {
			if batches[seq] == nil {
				batches[seq] = &dividedTalks{since: tallystick.MaxInstant}
			}
			batches[seq].add(ids[i], k.updated)
		}
	}
	if len(batches) > mostBatches { // together
		for _, b := range batches {
			recent.since, recent.ids = min(recent.since, b.since), append(recent.ids, b.ids...)
		}
		clear(batches)
	}
	if len(recent.ids) > 0 {
		if err := t.learnEvents(ctx, s, asked, recent.condition); err != nil {
			return err
		}
	}
	if len(batches) == 0 {
		return nil
	}
	sc, err := t.engine.scope(t.scope)
	if sc == nil {
		return err
	}
	for _, seq := range slices.Sorted(maps.Keys(batches)) {
		b, before := batches[seq], int64(0)
		st := &statement{}
		st.add("SELECT COALESCE(MAX(seq), 0) FROM "+stored(progressTable), "WHERE log = "+st.bind(int64(sc.log))+" AND seq < "+st.bind(seq))
		err := s.each(ctx, st, func(r *rows) error {
			before = r.bigint(0, 0)
			return nil
		})
		if err != nil {
			return err
		}
		err = t.learnEvents(ctx, s, asked, func(st *statement, e source) string {
			return e.column("seq") + " > " + st.bind(before) + " AND " + e.column("seq") + " <= " + st.bind(seq) + " AND " + b.condition(st, e)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mostBatches is the number up to which batches are looked through one by one.
const mostBatches = 8

// dividedTalks are conversations that are looked for, none of which was last heard of before an instant.
type dividedTalks struct {
	since tallystick.Instant
	ids   []string
}

func (d *dividedTalks) add(id string, updated tallystick.Instant) {
	d.since, d.ids = min(d.since, updated), append(d.ids, id)
}

// condition is that of the conversations' events.
func (d *dividedTalks) condition(st *statement, e source) string {
	return e.column("time") + " >= " + st.bind(d.since) + " AND " + e.text(tallystick.FieldConversationID) + " IN (SELECT UNNEST(" + st.bind(d.ids) + "))"
}

// forget forgets everything.
func (t *talks) forget() {
	clear(t.known)
	clear(t.tickets)
	clear(t.divided)
}

// mostTalks is the number of conversations that are learned at once, those of one slice apart.
const mostTalks = 100_000

// fewTalks is the number up to which DuckDB looks for them; more are faster looked for here, among all.
const fewTalks = 20_000

// learnParts learns conversations from their parts, and from the events that are in no whole part of the scope.
func (t *talks) learnParts(ctx context.Context, s *stream, asked map[hash]bool) error {
	sc, whole, err := t.engine.pinned(ctx, t.scope)
	if sc == nil || err != nil {
		return err
	}
	st := &statement{}
	st.add("SELECT high, low, first, last, COALESCE(created, "+st.bind(tallystick.MinInstant)+"), COALESCE(message, "+st.bind(tallystick.MaxInstant)+"), ticket, seq",
		"FROM "+stored(partTable),
		"WHERE tenant = "+sc.tenant(st),
		"  AND first < "+sc.before(st))
	if len(asked) <= fewTalks {
		high := make([]int64, 0, len(asked))
		for name := range asked {
			high = append(high, name.high)
		}
		st.add("  AND high IN (SELECT UNNEST(" + st.bind(high) + "))")
	}
	st.add("  AND seq <= " + sc.asOf(st))
	mayKnow := newSieve(t.known)
	err = s.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			name := hash{r.bigint(0, i), r.bigint(1, i)}
			if !mayKnow.has(name) {
				continue
			}
			k, known := t.known[name]
			if !known {
				continue
			}
			first, last := tallystick.Instant(r.bigint(2, i)), tallystick.Instant(r.bigint(3, i))
			created, message, ticket := tallystick.Instant(r.bigint(4, i)), tallystick.Instant(r.bigint(5, i)), r.text(6, i)
			if last >= t.scope.Before {
				k.divided = true
				t.known[name] = k
				t.divided[name] = append(t.divided[name], r.bigint(7, i))
				last = first
				if created >= t.scope.Before {
					created, ticket = tallystick.MinInstant, ""
				}
				if message >= t.scope.Before {
					message = tallystick.MaxInstant
				}
			}
			t.hear(name, created, message, last, ticket)
		}
		return nil
	})
	if err != nil || whole {
		return err
	}
	last, err := t.lastPart(ctx, s)
	if err != nil {
		return err
	}
	return t.learnEvents(ctx, s, asked, func(st *statement, e source) string { return e.column("seq") + " > " + st.bind(last) })
}

// sieve tells most names that are not in a map without looking into it: it is so small that the processor has it at hand, which a map of a hundred thousand is not.
type sieve struct {
	bits []uint64
	mask uint64
}

// newSieve returns a sieve that lets through the names in a map, and of others one in sixteen to thirty-two.
func newSieve(names map[hash]talk) sieve {
	size := uint64(64)
	for size < uint64(len(names))*16 {
		size *= 2
	}
	f := sieve{make([]uint64, size/64), size - 1}
	for name := range names {
		bit := uint64(name.low) & f.mask
		f.bits[bit/64] |= 1 << (bit % 64)
	}
	return f
}

func (f *sieve) has(name hash) bool {
	bit := uint64(name.low) & f.mask
	return f.bits[bit/64]&(1<<(bit%64)) != 0
}

// lastPart returns the position up to which the tenant's parts tell everything, where the scope ends at a position.
func (t *talks) lastPart(ctx context.Context, s *stream) (seq int64, err error) {
	sc, err := t.engine.scope(t.scope)
	if sc == nil {
		return 0, err
	}
	st := &statement{}
	st.add("SELECT COALESCE(MAX(seq), 0)",
		"FROM "+stored(partTable),
		"WHERE tenant = "+sc.tenant(st),
		"  AND seq <= "+sc.asOf(st))
	err = s.each(ctx, st, func(r *rows) error {
		seq = r.bigint(0, 0)
		return nil
	})
	return seq, err
}

// learnEvents reads the events that meet a condition, and keeps what they say of the conversations that were asked for.
func (t *talks) learnEvents(ctx context.Context, s *stream, asked map[hash]bool, condition func(*statement, source) string) error {
	sc, err := t.engine.scope(t.scope)
	if sc == nil {
		return err
	}
	st := &statement{}
	kinds := []string{tallystick.ConversationCreated, tallystick.MessageSent, tallystick.ConversationUpdated, tallystick.ConversationSolved}
	for i, kind := range kinds {
		e := t.engine.source(kind, "e")
		ticket := "''"
		if kind == tallystick.ConversationCreated {
			ticket = e.text(tallystick.FieldTicketID)
		}
		if i > 0 {
			st.add("UNION ALL")
		}
		st.add("SELECT "+strconv.Itoa(i)+"::BIGINT, "+e.text(tallystick.FieldConversationID)+", "+e.column("time")+", "+ticket,
			"FROM "+e.from(),
			"WHERE "+strings.Join(append(e.scope(st, sc, kind), condition(st, e)), "\n  AND "))
	}
	return s.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			name := hashOf(r.text(1, i))
			if !asked[name] {
				continue
			}
			created, message, at := tallystick.MinInstant, tallystick.MaxInstant, tallystick.Instant(r.bigint(2, i))
			switch kinds[r.bigint(0, i)] {
			case tallystick.ConversationCreated:
				created = at
			case tallystick.MessageSent:
				message = at
			}
			t.hear(name, created, message, at, r.text(3, i))
		}
		return nil
	})
}

var errEnough = errors.New("enough conversations")

// ahead adds the conversations of the bots' messages in [from, until) until there are enough, and returns whether it came to the end.
func (t *talks) ahead(ctx context.Context, s *stream, from, until tallystick.Instant, add func(id string) (full bool)) (whole bool, err error) {
	sc, err := t.engine.scope(t.scope)
	if sc == nil {
		return true, err
	}
	st := &statement{}
	m := t.engine.source(tallystick.MessageSent, "m")
	st.add("SELECT "+m.text(tallystick.FieldConversationID),
		"FROM "+m.from(),
		"WHERE "+strings.Join(append(m.scope(st, sc, tallystick.MessageSent), m.column("time")+" >= "+st.bind(from), m.column("time")+" < "+st.bind(until),
			m.text(tallystick.FieldBotID)+" <> ''"), "\n  AND "))
	err = s.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			if add(r.text(0, i)) {
				return errEnough
			}
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return false, nil
	}
	return err == nil, err
}
