package duckdb

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/tallystick/tallystick"
)

// Columns of [partTable]: a row for each conversation that a batch has events of, so that whoever asks about conversations looks through a few narrow rows and not through
// all of the tenant's events. seq is the position of the batch's last record: the rows up to a position are about the events up to there and no others.
//
// A conversation is named by 128 bits of the SHA-256 of its id, like a key in the journal's index: a row is looked through for every one that is asked about, and a text
// takes longer than all the rest of it.
//
// first and last are the times of the earliest and latest event. Where they lie on both sides of the end of a scope the row is of no use to it, and the events themselves
// are asked.
var partColumns = []column{
	{"tenant", integer}, {"seq", bigint}, {"high", bigint}, {"low", bigint}, {"first", bigint}, {"last", bigint},
	{"created", bigint}, {"message", bigint}, {"ticket", varchar},
}

// conversationPart is what a batch says of a conversation.
type conversationPart struct {
	conversationKey
	log         uint32 // the tenant's
	first, last tallystick.Instant
	created     tallystick.Instant // MinInstant: not in this batch
	message     tallystick.Instant // the earliest; MaxInstant: none in this batch
	ticket      string             // of its conversation.created
}

type conversationKey struct {
	tenant int32
	id     string
}

// hash is a text's name in a table.
type hash struct{ high, low int64 }

func hashOf(text string) hash {
	d := sha256.Sum256([]byte(text))
	return hash{int64(binary.BigEndian.Uint64(d[:])), int64(binary.BigEndian.Uint64(d[8:]))}
}

// heard notes an event of a conversation.
func (b *batch) heard(t tenant, ev *tallystick.Event) {
	switch ev.Type {
	case tallystick.MessageSent, tallystick.ConversationCreated, tallystick.ConversationUpdated, tallystick.ConversationSolved:
	default:
		return
	}
	id := ev.Text(tallystick.FieldConversationID)
	if id == "" {
		return
	}
	key := conversationKey{t.number, id}
	p := b.parts[key]
	if p == nil {
		p = &conversationPart{conversationKey: key, log: t.log, first: ev.Time, last: ev.Time, created: tallystick.MinInstant, message: tallystick.MaxInstant}
		b.parts[key] = p
		b.partOrder = append(b.partOrder, p)
	}
	p.first, p.last = min(p.first, ev.Time), max(p.last, ev.Time)
	switch ev.Type {
	case tallystick.MessageSent:
		p.message = min(p.message, ev.Time)
	case tallystick.ConversationCreated:
		p.created, p.ticket = ev.Time, ev.Text(tallystick.FieldTicketID)
	}
}

// writePart writes a row.
func writePart(a *appender, p *conversationPart, seq uint64) {
	name := hashOf(p.id)
	a.setInteger(0, p.tenant)
	a.setBigint(1, int64(seq))
	a.setBigint(2, name.high)
	a.setBigint(3, name.low)
	a.setBigint(4, int64(p.first))
	a.setBigint(5, int64(p.last))
	if p.created != tallystick.MinInstant {
		a.setBigint(6, int64(p.created))
	}
	if p.message != tallystick.MaxInstant {
		a.setBigint(7, int64(p.message))
	}
	if p.ticket != "" {
		a.setVarchar(8, p.ticket)
	}
}
