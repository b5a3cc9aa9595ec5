package duckdb

import (
	"crypto/sha256"
	"encoding/binary"
	"unsafe"

	"github.com/tallystick/tallystick"
)

// Columns of [partTable]: a row for each conversation that a batch has events of, and each day of these, in UTC, so that whoever asks about conversations looks through a few narrow rows and not through
// all of the tenant's events. seq is the position of the batch's last record: the rows up to a position are about the events up to there and no others.
//
// A conversation is named by 128 bits of the SHA-256 of its id, like a key in the journal's index: a row is looked through for every one that is asked about, and a text
// takes longer than all the rest of it.
//
// first and last are the times of the earliest and latest event. Where they lie on both sides of the end of a scope, which is in that day then, the row is of no use to it, and the events themselves
// are asked.
//
// Of the conversation's start: created, started_by, channel and ticket are of its conversation.created, message, message_seq and message_channel of the earliest message.
// spoken, spoken_seq and inbound are of the earliest message that is not internal; spoken is NULL where that is the earliest of all, and inbound where there is none.
//
// Of its answers, messages that are countable if they do not fail: the times of the two earliest, and 64 bits of the hashes of their ids, by which [failureTable] knows which
// failed. Of a tenant with a billion messages, of which one in a hundred fails, the chance that any answer is taken for a failed one is about 1 in 9000. Where more is true there were others.
var partColumns = []column{
	{"tenant", integer}, {"seq", bigint}, {"high", bigint}, {"low", bigint}, {"first", bigint}, {"last", bigint},
	{"created", bigint}, {"started_by", varchar}, {"channel", varchar}, {"ticket", varchar},
	{"message", bigint}, {"message_seq", bigint}, {"message_channel", varchar}, {"spoken", bigint}, {"spoken_seq", bigint}, {"inbound", boolean},
	{"answer", bigint}, {"answer_key", bigint}, {"second", bigint}, {"second_key", bigint}, {"more", boolean},
}

// Columns of [solvedTable], a row for each conversation.resolved, and of [failureTable], one for each message.failed.
var (
	solvedColumns  = append(eventColumns[:3:3], column{"high", bigint}, column{"low", bigint})
	failureColumns = append(eventColumns[:3:3], column{"key", bigint})
)

// conversationPart is what a batch says of a conversation.
type conversationPart struct {
	partKey
	log         uint32 // the tenant's
	first, last tallystick.Instant

	created                    tallystick.Instant // MinInstant: not in this batch
	startedBy, channel, ticket string

	message        place // the earliest; of MaxInstant: none in this batch
	messageChannel string
	spoken         place // the earliest that is not internal
	inbound        bool
	answers        [2]answer // the earliest ones, in their order
	more           bool
}

// place is that of an event among its tenant's.
type place struct {
	time tallystick.Instant
	seq  uint64
}

func (p place) before(q place) bool { return p.time < q.time || p.time == q.time && p.seq < q.seq }

var nowhere = place{time: tallystick.MaxInstant}

type answer struct {
	time    tallystick.Instant // MaxInstant: there is none
	message string             // its id
}

type partKey struct {
	tenant int32
	id     string
	day    tallystick.Instant
}

// hash is a text's name in a table.
type hash struct{ high, low int64 }

func hashOf(text string) hash {
	d := sha256.Sum256(unsafe.Slice(unsafe.StringData(text), len(text))) // not a copy: there are millions
	return hash{int64(binary.BigEndian.Uint64(d[:])), int64(binary.BigEndian.Uint64(d[8:]))}
}

// heard notes an event of a conversation.
func (b *batch) heard(t tenant, r *tallystick.Record) {
	ev := &r.Event
	switch ev.Type {
	case tallystick.MessageSent, tallystick.ConversationCreated, tallystick.ConversationUpdated, tallystick.ConversationSolved:
	default:
		return
	}
	id := ev.Text(tallystick.FieldConversationID)
	if id == "" {
		return
	}
	key := partKey{t.number, id, startOfDay(ev.Time)}
	p := b.parts[key]
	if p == nil {
		none := answer{time: tallystick.MaxInstant}
		p = &conversationPart{
			partKey: key, log: t.log, first: ev.Time, last: ev.Time, created: tallystick.MinInstant, message: nowhere, spoken: nowhere, answers: [2]answer{none, none},
		}
		b.parts[key] = p
		b.partOrder = append(b.partOrder, p)
	}
	p.first, p.last = min(p.first, ev.Time), max(p.last, ev.Time)
	switch ev.Type {
	case tallystick.MessageSent:
		p.say(ev, place{ev.Time, r.Position.Sequence})
	case tallystick.ConversationCreated:
		p.created, p.startedBy, p.channel, p.ticket = ev.Time, ev.Text(tallystick.FieldStartedBy), ev.Text(tallystick.FieldChannelID), ev.Text(tallystick.FieldTicketID)
	}
}

// say notes a message.
func (p *conversationPart) say(ev *tallystick.Event, at place) {
	if at.before(p.message) {
		p.message, p.messageChannel = at, ev.Text(tallystick.FieldChannelID)
	}
	direction := ev.Text(tallystick.FieldDirection)
	if direction != "internal" && at.before(p.spoken) {
		p.spoken, p.inbound = at, direction == "inbound"
	}
	if direction != "outbound" || !mayCount(ev) {
		return
	}
	switch ev.Text(tallystick.FieldSenderKind) {
	case "user", "bot", "api":
	default:
		return
	}
	a := answer{at.time, ev.Text(tallystick.FieldMessageID)}
	p.more = p.more || p.answers[1].time != tallystick.MaxInstant
	switch {
	case a.time < p.answers[0].time:
		p.answers = [2]answer{a, p.answers[0]}
	case a.time < p.answers[1].time:
		p.answers[1] = a
	}
}

// mayCount reports whether a message is countable, unless it fails.
func mayCount(ev *tallystick.Event) bool {
	kind := ev.Text(tallystick.FieldContentKind)
	return (kind == "text" || kind == "file") && ev.Text(tallystick.FieldPreview) == "false"
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
	text := func(col uint8, text string) {
		if text != "" {
			a.setVarchar(col, text)
		}
	}
	if p.created != tallystick.MinInstant {
		a.setBigint(6, int64(p.created))
		text(7, p.startedBy)
		text(8, p.channel)
		text(9, p.ticket)
	}
	if p.message != nowhere {
		a.setBigint(10, int64(p.message.time))
		a.setBigint(11, int64(p.message.seq))
		a.setVarchar(12, p.messageChannel) // "" is that of a message too
	}
	if p.spoken != nowhere {
		if p.spoken != p.message {
			a.setBigint(13, int64(p.spoken.time))
			a.setBigint(14, int64(p.spoken.seq))
		}
		a.setBoolean(15, p.inbound)
	}
	for i, answer := range p.answers {
		if answer.time != tallystick.MaxInstant {
			a.setBigint(uint8(16+2*i), int64(answer.time))
			a.setBigint(uint8(17+2*i), hashOf(answer.message).high)
		}
	}
	if p.more {
		a.setBoolean(20, true)
	}
}

// writeSolved and writeFailure write the rows of the events of their types.

func writeSolved(a *appender, r *tallystick.Record, tenant int32) {
	writePlace(a, r, tenant)
	name := hashOf(r.Event.Text(tallystick.FieldConversationID))
	a.setBigint(3, name.high)
	a.setBigint(4, name.low)
}

func writeFailure(a *appender, r *tallystick.Record, tenant int32) {
	writePlace(a, r, tenant)
	a.setBigint(3, hashOf(r.Event.Text(tallystick.FieldMessageID)).high)
}

// writePlace writes [eventColumns].
func writePlace(a *appender, r *tallystick.Record, tenant int32) {
	a.setInteger(0, tenant)
	a.setBigint(1, int64(r.Position.Sequence))
	a.setBigint(2, int64(r.Event.Time))
}
