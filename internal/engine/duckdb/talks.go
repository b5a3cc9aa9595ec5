package duckdb

import (
	"context"
	"hash/maphash"
	"strings"
	"unsafe"

	"github.com/tallystick/tallystick"
)

// talks is what is known of many conversations at once. Whatever is asked about conversations is spread over all of a tenant's events, and costs a look at every one of
// them, be it for one id or for half a million; so it is learned for many together, and looked up.
//
// It holds no pointers: a conversation takes about 70 bytes, and none of the garbage collector's time.
type talks struct {
	seed  maphash.Seed
	slots []uint64 // by hash: 32 bits of the hash above the number of the entry from 1; 0 is empty
	list  []talk
	texts arena

	// What was learned, of the entries before a number.
	ticketed, timed int
}

// talk is a conversation.
type talk struct {
	id, ticket       text // the latter of its conversation.created
	created, updated tallystick.Instant
	message          tallystick.Instant // the first
}

func newTalks() *talks { return &talks{seed: maphash.MakeSeed()} }

// find returns the conversation of an id, nil for an unknown one. It is valid until another is added.
func (t *talks) find(id string) *talk {
	if len(t.slots) == 0 {
		return nil
	}
	hash := maphash.String(t.seed, id)
	for at := hash; ; at++ {
		slot := t.slots[at&uint64(len(t.slots)-1)]
		if slot == 0 {
			return nil
		}
		if slot>>32 == hash>>32 {
			if k := &t.list[uint32(slot)-1]; t.texts.get(k.id) == id {
				return k
			}
		}
	}
}

// add adds a conversation unless it is there.
func (t *talks) add(id string) {
	if id == "" || t.find(id) != nil {
		return
	}
	t.list = append(t.list, talk{id: t.texts.put(id), created: tallystick.MinInstant, updated: tallystick.MinInstant, message: tallystick.MaxInstant})
	if 2*len(t.list) > len(t.slots) {
		t.slots = make([]uint64, max(64, 2*len(t.slots)))
		for i := range t.list {
			t.place(i)
		}
		return
	}
	t.place(len(t.list) - 1)
}

func (t *talks) place(i int) {
	hash := maphash.String(t.seed, t.texts.get(t.list[i].id))
	for at := hash; ; at++ {
		if slot := &t.slots[at&uint64(len(t.slots)-1)]; *slot == 0 {
			*slot = hash>>32<<32 | uint64(i+1)
			return
		}
	}
}

// learnTickets looks up the tickets of conversations that were added since it last did.
func (t *talks) learnTickets(ctx context.Context, e *Engine, s *snapshot, scope tallystick.Scope) error {
	if t.ticketed == len(t.list) {
		return nil
	}
	err := t.learn(ctx, e, s, scope, tallystick.ConversationCreated, func(k *talk, _ tallystick.Instant, ticket string) {
		if k.ticket == (text{}) {
			k.ticket = t.texts.put(ticket)
		}
	})
	if err == nil {
		t.ticketed = len(t.list)
	}
	return err
}

// learnTimes looks up when conversations that were added since it last did began, and were last heard of.
func (t *talks) learnTimes(ctx context.Context, e *Engine, s *snapshot, scope tallystick.Scope) error {
	if t.timed == len(t.list) {
		return nil
	}
	for _, kind := range []string{tallystick.ConversationCreated, tallystick.MessageSent, tallystick.ConversationUpdated, tallystick.ConversationSolved} {
		err := t.learn(ctx, e, s, scope, kind, func(k *talk, at tallystick.Instant, _ string) {
			switch kind {
			case tallystick.ConversationCreated:
				k.created = at
			case tallystick.MessageSent:
				k.message = min(k.message, at)
			}
			k.updated = max(k.updated, at)
		})
		if err != nil {
			return err
		}
	}
	t.timed = len(t.list)
	return nil
}

// learn calls fn for each event of a type that is of a conversation in the list. What was learned of it already is told again.
func (t *talks) learn(ctx context.Context, e *Engine, s *snapshot, scope tallystick.Scope, kind string, fn func(k *talk, at tallystick.Instant, ticket string)) error {
	sc, err := e.scope(scope)
	if sc == nil {
		return err
	}
	st := &statement{}
	from := e.source(kind, "e")
	ticket := "''"
	if kind == tallystick.ConversationCreated {
		ticket = from.text(tallystick.FieldTicketID)
	}
	st.add("SELECT "+from.text(tallystick.FieldConversationID)+", "+from.column("time")+", "+ticket,
		"FROM "+from.from(),
		"WHERE "+strings.Join(from.scope(st, sc, kind), "\n  AND "))
	return s.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			if k := t.find(r.text(0, i)); k != nil {
				fn(k, tallystick.Instant(r.bigint(1, i)), r.text(2, i))
			}
		}
		return nil
	})
}

// ticket returns the ticket of a conversation.
func (t *talks) ticket(id string) string {
	if k := t.find(id); k != nil {
		return t.texts.get(k.ticket)
	}
	return ""
}

// conversation returns what [tallystick.Conversations] answers about a conversation whose times were learned; false where there is nothing.
func (t *talks) conversation(k *talk) (tallystick.Conversation, bool) {
	c := tallystick.Conversation{Created: k.created, Updated: k.updated}
	if c.Created == tallystick.MinInstant && k.message != tallystick.MaxInstant {
		c.Created = k.message
	}
	return c, k.updated != tallystick.MinInstant
}

// arena keeps texts in blocks without pointers to each. The zero arena is empty.
type arena struct{ blocks [][]byte }

// text is the place of a text in an arena; the zero text is "".
type text struct{ block, at, n uint32 }

const textBlock = 1 << 20

func (a *arena) put(s string) text {
	if s == "" {
		return text{}
	}
	last := len(a.blocks) - 1
	if last < 0 || len(a.blocks[last])+len(s) > cap(a.blocks[last]) {
		a.blocks = append(a.blocks, make([]byte, 0, max(textBlock, len(s))))
		last++
	}
	at := len(a.blocks[last])
	a.blocks[last] = append(a.blocks[last], s...)
	return text{uint32(last), uint32(at), uint32(len(s))}
}

// get returns a text, which stays valid, for what is in a block is never moved or changed.
func (a *arena) get(t text) string {
	if t.n == 0 {
		return ""
	}
	return unsafe.String(&a.blocks[t.block][t.at], t.n)
}
