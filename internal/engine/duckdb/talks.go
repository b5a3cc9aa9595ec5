package duckdb

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// talks is what is known of some conversations in a scope. It holds their hashes and not their ids, and no pointers but to tickets: a conversation takes about 60 bytes, and little of the garbage collector's time.
type talks struct {
	engine  *Engine
	scope   tallystick.Scope
	known   []talk
	places  []int32  // behind those in known, each at the first that was free from where its name says on; 0: free, as more than half are
	tickets []string // of conversations' conversation.created, where there is one
}

// talk is a conversation.
type talk struct {
	name    hash
	created tallystick.Instant // MinInstant: never
	message tallystick.Instant // the first; MaxInstant: none
	updated tallystick.Instant // MinInstant: nothing was heard of it
	ticket  int32              // its place behind one, 0: none

	found   bool // there is a row of one of its days that tells when it was heard of
	divided bool // some of what was said of it reaches past the scope's end, and it is not known what the latest event of that before the end is
}

func (e *Engine) talks(s tallystick.Scope) *talks {
	return &talks{engine: e, scope: s}
}

// add returns a conversation until the next is added, nil for [noName]. Of one that is not known nothing was heard so far.
func (t *talks) add(name hash) *talk {
	if k := t.get(name); k != nil || name == noName {
		return k
	}
	t.known = append(t.known, talk{name: name, created: tallystick.MinInstant, message: tallystick.MaxInstant, updated: tallystick.MinInstant})
	if 2*len(t.known) < len(t.places) {
		t.putPlace(len(t.known))
	} else {
		t.places = make([]int32, max(64, 2*len(t.places)))
		for n := range t.known {
			t.putPlace(n + 1)
		}
	}
	return &t.known[len(t.known)-1]
}

// putPlace puts the place behind that of a conversation into places.
func (t *talks) putPlace(behind int) {
	mask := len(t.places) - 1
	at := int(t.known[behind-1].name.low) & mask
	for t.places[at] != 0 {
		at = (at + 1) & mask
	}
	t.places[at] = int32(behind)
}

// get returns a conversation until the next is added, nil where it is not known.
func (t *talks) get(name hash) *talk {
	mask := len(t.places) - 1
	if mask < 0 {
		return nil
	}
	for at := int(name.low) & mask; t.places[at] != 0; at = (at + 1) & mask {
		if k := &t.known[t.places[at]-1]; k.name == name {
			return k
		}
	}
	return nil
}

// ticketOf returns the ticket that a conversation was created with.
func (t *talks) ticketOf(k *talk) string {
	if k.ticket == 0 {
		return ""
	}
	return t.tickets[k.ticket-1]
}

// conversation returns what [tallystick.Conversations] answers about a conversation that was learned.
func (t *talks) conversation(k *talk, id string) tallystick.Conversation {
	c := tallystick.Conversation{ID: id, Created: k.created, Updated: k.updated, Ticket: t.ticketOf(k)}
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
func (t *talks) hear(k *talk, created, message, last tallystick.Instant, ticket string) {
	k.created, k.message, k.updated = max(k.created, created), min(k.message, message), max(k.updated, last)
	if ticket != "" && k.ticket == 0 {
		t.tickets = append(t.tickets, strings.Clone(ticket))
		k.ticket = int32(len(t.tickets))
	}
}

// lookahead adds conversations that will be asked for, because all are looked through anyway.
type lookahead struct {
	most    int                                         // that are to be known
	reached func(at tallystick.Instant)                 // is called where those of interactions before an instant are added by the rows of their days
	look    func(add func(id string) (full bool)) error // adds them otherwise
}

// learn makes conversations known, of which most were heard of in [since, until), and others, unless ahead is nil or everything that is asked for is known already. After an error nothing is known.
//
// What whole batches said is in their parts, and most of that in the rows of days. Left to the events themselves are those of a batch of which only the beginning is in the scope.
func (t *talks) learn(ctx context.Context, s *stream, names []hash, since, until tallystick.Instant, ahead *lookahead) (err error) {
	first := len(t.known)
	for _, name := range names {
		t.add(name)
	}
	defer func() {
		if err != nil { // what was not read to its end is not known
			t.forget()
		}
	}()
	if len(t.known) == first {
		return nil
	}
	if ahead == nil {
		ahead = &lookahead{}
	}
	upTo, reached, err := t.learnDays(ctx, first, since, until, ahead.most)
	switch {
	case err != nil:
		return err
	case reached != tallystick.MinInstant:
		ahead.reached(reached)
	case ahead.most > 0:
		err := ahead.look(func(id string) bool {
			if id != "" {
				t.add(hashOf(id))
			}
			return len(t.known) >= ahead.most
		})
		if err != nil {
			return err
		}
		if upTo, _, err = t.learnDays(ctx, first, since, until, 0); err != nil {
			return err
		}
	}
	return t.learnRest(ctx, s, first, upTo)
}

// learnRest learns what the rows of days do not tell, of conversations from one on, where these tell everything up to a position.
func (t *talks) learnRest(ctx context.Context, s *stream, first int, upTo int64) error {
	if err := t.learnParts(ctx, s, first, true, upTo); err != nil {
		return err
	}
	return t.learnParts(ctx, s, first, false, 0)
}

// learnLatest looks up what was said of some conversations, which are known, in the day in which the scope ends, up to there, of those of which more was said behind it.
func (t *talks) learnLatest(ctx context.Context, s *stream, ids []string, names []hash) (err error) {
	defer func() {
		if err != nil { // what was not read to its end is not known
			t.forget()
		}
	}()
	var divided []string
	for i, name := range names {
		if k := t.get(name); k != nil && k.divided {
			k.divided = false
			divided = append(divided, ids[i])
		}
	}
	if len(divided) == 0 {
		return nil
	}
	return t.learnEvents(ctx, s, func(st *statement, e source) string {
		return e.column("time") + " >= " + st.bind(startOfDay(t.scope.Before)) + " AND " + e.text(tallystick.FieldConversationID) + " IN (SELECT UNNEST(" + st.bind(divided) + "))"
	})
}

// forget forgets everything.
func (t *talks) forget() {
	clear(t.places)
	clear(t.tickets)
	t.known, t.tickets = t.known[:0], t.tickets[:0]
}

// mostTalks is the number of conversations that are learned at once, those of one slice apart.
const mostTalks = 300_000

// fewTalks is the number up to which DuckDB looks for them; more are faster looked for here, among all.
const fewTalks = 20_000

// highs returns the first halves of names.
func highs(known []talk) []int64 {
	list := make([]int64, len(known))
	for i := range known {
		list[i] = known[i].name.high
	}
	return list
}

// learnParts learns conversations from one on, those that were found by their days or those that were not, from their parts of after a position, and from the events that are in no whole part of the scope.
func (t *talks) learnParts(ctx context.Context, s *stream, first int, found bool, after int64) error {
	asked := 0
	for i := range t.known[first:] {
		if t.known[first+i].found == found {
			asked++
		}
	}
	if asked == 0 {
		return nil
	}
	sc, whole, err := t.engine.pinned(ctx, t.scope)
	if sc == nil || err != nil || uint64(after) >= sc.AsOf.Sequence {
		return err
	}
	st := &statement{}
	st.add("SELECT high, low, first, last, COALESCE(created, "+st.bind(tallystick.MinInstant)+"), COALESCE(message, "+st.bind(tallystick.MaxInstant)+"), ticket",
		"FROM "+stored(partTable),
		"WHERE tenant = "+sc.tenant(st),
		"  AND first < "+sc.before(st))
	if asked <= fewTalks {
		these := slices.DeleteFunc(slices.Clone(t.known[first:]), func(k talk) bool { return k.found != found })
		st.add("  AND high IN (SELECT UNNEST(" + st.bind(highs(these)) + "))")
	}
	if after > 0 {
		st.add("  AND seq > " + st.bind(after))
	}
	st.add("  AND seq <= " + sc.asOf(st))
	mayKnow := newSieve(t.known)
	err = s.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			name := hash{r.bigint(0, i), r.bigint(1, i)}
			if !mayKnow.has(name) {
				continue
			}
			k := t.get(name)
			if k == nil {
				continue
			}
			first, last := tallystick.Instant(r.bigint(2, i)), tallystick.Instant(r.bigint(3, i))
			created, message, ticket := tallystick.Instant(r.bigint(4, i)), tallystick.Instant(r.bigint(5, i)), r.text(6, i)
			if last >= t.scope.Before {
				k.divided, last = true, first
				if created >= t.scope.Before {
					created, ticket = tallystick.MinInstant, ""
				}
				if message >= t.scope.Before {
					message = tallystick.MaxInstant
				}
			}
			t.hear(k, created, message, last, ticket)
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
	return t.learnEvents(ctx, s, func(st *statement, e source) string { return e.column("seq") + " > " + st.bind(last) })
}

// sieve tells most names that are not known without looking for them: it is so small that the processor has it at hand, which what is known of a hundred thousand is not.
type sieve struct {
	bits []uint64
	mask uint64
}

// newSieve returns a sieve that lets through the names of some conversations, and of others one in sixteen to thirty-two.
func newSieve(known []talk) sieve {
	size := uint64(64)
	for size < uint64(len(known))*16 {
		size *= 2
	}
	f := sieve{make([]uint64, size/64), size - 1}
	for i := range known {
		bit := uint64(known[i].name.low) & f.mask
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

// learnEvents reads the events that meet a condition, and keeps what they say of conversations that are known.
func (t *talks) learnEvents(ctx context.Context, s *stream, condition func(*statement, source) string) error {
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
			k := t.get(hashOf(r.text(1, i)))
			if k == nil {
				continue
			}
			created, message, at := tallystick.MinInstant, tallystick.MaxInstant, tallystick.Instant(r.bigint(2, i))
			switch kinds[r.bigint(0, i)] {
			case tallystick.ConversationCreated:
				created = at
			case tallystick.MessageSent:
				message = at
			}
			t.hear(k, created, message, at, r.text(3, i))
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
