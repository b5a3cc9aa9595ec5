package sample

import (
	"encoding/hex"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"

	"github.com/tallystick/tallystick"
)

// LoadOptions say what [Load] makes.
type LoadOptions struct {
	Seed    uint64
	Events  int             // how many, duplicates included
	Tenants int             // 0: 20; the n-th has about 1/n of the events of the first
	From    tallystick.Date // zero: 2025-01-01
	Days    int             // over which the events are spread evenly; 0: 365
}

// Shares of what [Load] makes that are trouble.
const (
	loadDuplicates = 0.01 // half of them under another id, where the type has a natural key
	loadLate       = 0.02 // by up to 30 days
)

// Load makes events to measure with: as many as wanted and fast, of a size and mixture that is common, but without any story. Nine in ten are message.sent; ids
// are random UUIDs, the hardest for an index; one in a hundred comes twice; one in fifty comes late.
func Load(o LoadOptions) iter.Seq[tallystick.Event] {
	days := Options{From: o.From, Days: o.Days}.withDefaults()
	if o.Tenants == 0 {
		o.Tenants = 20
	}
	l := load{start: calendar("UTC").Start(days.From), span: tallystick.Instant(days.Days) * tallystick.Day}
	return func(yield func(tallystick.Event) bool) { l.run(o, yield) }
}

type load struct {
	start, span tallystick.Instant
}

// people is how many contacts a tenant has; of rooms and users there are fewer.
const people = 5000

func (l load) run(o LoadOptions, yield func(tallystick.Event) bool) {
	source := rand.NewPCG(o.Seed, 0x7461_6c6c_79)
	chance := rand.New(source)
	tenants := shares(o.Tenants)
	tenantIDs, contactIDs, userIDs, roomIDs := numbered("tenant", o.Tenants), numbered("contact", people), numbered("user", 50), numbered("room", 400)
	channelIDs, botIDs := numbered("channel", 6), numbered("bot", 4)

	// again holds events that will come a second time, once another one takes their place.
	var again [64]tallystick.Event
	for i := 0; i < o.Events; i++ {
		at := l.start + tallystick.Instant(float64(l.span)*(float64(i)+chance.Float64())/float64(o.Events))
		e := tallystick.Event{Tenant: tenantIDs[tenants.draw(chance)], Source: "load", ID: uuid(source), Type: tallystick.MessageSent, Time: at, Received: at}
		if chance.Float64() < loadLate {
			e.Time = max(l.start, at-tallystick.Instant(chance.Int64N(int64(maxLate))))
		}
		contact := contactIDs[chance.IntN(people)]
		switch r := chance.Float64(); {
		case r < 0.02:
			e.Type = tallystick.ConversationCreated
			e.Data = []tallystick.Value{text(tallystick.FieldConversationID, uuid(source)), text(tallystick.FieldContactID, contact),
				text(tallystick.FieldChannelID, pickOf(chance, channelIDs)), text(tallystick.FieldStartedBy, "inbound")}
		case r < 0.04:
			e.Type = tallystick.SessionStarted
			e.Data = []tallystick.Value{text(tallystick.FieldSessionID, uuid(source)), text(tallystick.FieldKind, "agent"),
				text(tallystick.FieldApplication, "Agent Application"), text(tallystick.FieldUserID, pickOf(chance, userIDs))}
		case r < 0.06:
			e.Type = tallystick.FlowStarted
			e.Data = []tallystick.Value{text(tallystick.FieldFlowRunID, uuid(source)), text(tallystick.FieldApplication, "Mobile Web"),
				text(tallystick.FieldFlowName, "Balance"), text(tallystick.FieldFlowVersion, "3")}
		case r < 0.10:
			e.Type = tallystick.CallEnded
			length := tallystick.Instant(1+chance.IntN(1200)) * tallystick.Second
			e.Data = []tallystick.Value{text(tallystick.FieldCallID, uuid(source)), number(tallystick.FieldDurationSeconds, int64(length)),
				text(tallystick.FieldService, "call_now"), number(tallystick.FieldStartedAt, int64(max(l.start, e.Time-length)))}
		default:
			e.Data = messageData(chance, uuid(source), contact, pickOf(chance, userIDs), pickOf(chance, roomIDs), pickOf(chance, channelIDs), pickOf(chance, botIDs))
		}
		if !yield(e) {
			return
		}
		if chance.Float64() < loadDuplicates {
			place := &again[chance.IntN(len(again))]
			if place.ID != "" && i+1 < o.Events {
				copied := *place
				copied.Received = at
				if chance.Float64() < 0.5 {
					copied.ID = uuid(source)
				}
				if !yield(copied) {
					return
				}
				i++
			}
			*place = e
		}
	}
}

// messageData makes the data of a message.sent of four kinds in turn: from a contact or a user in a room, from a contact or a bot in a dialogue.
func messageData(chance *rand.Rand, id, contact, user, room, channel, bot string) []tallystick.Value {
	data := make([]tallystick.Value, 0, 8)
	data = append(data, text(tallystick.FieldMessageID, id))
	inbound := chance.Uint64()&1 == 0
	inRoom := chance.Uint64()&1 == 0
	switch {
	case inbound:
		data = append(data, text(tallystick.FieldDirection, "inbound"), text(tallystick.FieldSenderKind, "contact"), text(tallystick.FieldSenderID, contact))
	case inRoom:
		data = append(data, text(tallystick.FieldDirection, "outbound"), text(tallystick.FieldSenderKind, "user"), text(tallystick.FieldSenderID, user))
	default:
		data = append(data, text(tallystick.FieldDirection, "outbound"), text(tallystick.FieldSenderKind, "bot"), text(tallystick.FieldSenderID, bot))
	}
	if inRoom {
		data = append(data, text(tallystick.FieldRoomID, room))
	}
	data = append(data, text(tallystick.FieldChannelID, channel))
	if !inbound {
		data = append(data, text(tallystick.FieldContactID, contact)) // of the others it is the sender
	}
	if !inRoom {
		data = append(data, text(tallystick.FieldBotID, bot))
	}
	return data
}

// zipf draws a number below its length, the n-th one 1/n as often as the first. It adds up integers: logarithms differ in their last bit from machine to machine.
type zipf []int64 // running totals of shares

func shares(n int) zipf {
	z := make(zipf, n)
	var total int64
	for i := range z {
		total += 1_000_000_000 / int64(i+1)
		z[i] = total
	}
	return z
}

func (z zipf) draw(chance *rand.Rand) int {
	at, found := slices.BinarySearch(z, chance.Int64N(z[len(z)-1]))
	if found {
		at++ // a total is the first number of the next one's share
	}
	return at
}

func pickOf(chance *rand.Rand, list []string) string { return list[chance.IntN(len(list))] }

func numbered(kind string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s-%d", kind, i+1)
	}
	return list
}

// uuid makes a random UUID, of version 4.
func uuid(source *rand.PCG) string {
	a, b := source.Uint64(), source.Uint64()
	raw := [16]byte{
		byte(a), byte(a >> 8), byte(a >> 16), byte(a >> 24), byte(a >> 32), byte(a >> 40), byte(a>>48)&0x0f | 0x40, byte(a >> 56),
		byte(b)&0x3f | 0x80, byte(b >> 8), byte(b >> 16), byte(b >> 24), byte(b >> 32), byte(b >> 40), byte(b >> 48), byte(b >> 56),
	}
	var s [36]byte
	hex.Encode(s[:8], raw[:4])
	hex.Encode(s[9:13], raw[4:6])
	hex.Encode(s[14:18], raw[6:8])
	hex.Encode(s[19:23], raw[8:10])
	hex.Encode(s[24:], raw[10:])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}
