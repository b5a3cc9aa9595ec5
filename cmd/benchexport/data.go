package main

import (
	"fmt"
	"iter"

	"github.com/tallystick/tallystick"
)

// The events of one tenant over the year 2025, made so that the table detail of session-usage has a given number of rows: every quarter each of its contacts writes to a bot
// and is answered, which is a session, and a row. A conversation has two of them, a quarter apart, so that no row's conversation begins and ends near the row.
const (
	tenant   = "export"
	firstDay = "2025-01-01"
	lastDay  = "2025-12-31"
	visits   = 4 // of a contact
	perRow   = 2.5
	begun    = tallystick.Instant(1_735_689_600_000_000) // of the first day
	span     = 364 * tallystick.Day                      // over which the sessions begin; the last ones have a day left
)

// events makes the events of so many rows, in the order of time.
func events(rows int) iter.Seq[tallystick.Event] {
	contacts := max(1, rows/visits)
	return func(yield func(tallystick.Event) bool) {
		if !upserts(yield) {
			return
		}
		for i := range rows {
			visit, contact := i/contacts, i%contacts
			start := begun + tallystick.Instant(float64(span)*float64(i)/float64(rows))
			conversation := uuid(2, contact*visits+visit/2)
			channel, bot := fmt.Sprint("channel-", contact%6), fmt.Sprint("bot-", contact%4)
			if visit%2 == 0 {
				data := []tallystick.Value{text(tallystick.FieldConversationID, conversation), text(tallystick.FieldContactID, uuid(1, contact)),
					text(tallystick.FieldChannelID, channel), text(tallystick.FieldStartedBy, "inbound")}
				if contact%3 == 0 {
					data = append(data, text(tallystick.FieldTicketID, uuid(3, contact)[:13]))
				}
				if !yield(event(i*4, tallystick.ConversationCreated, start, data...)) {
					return
				}
			}
			common := []tallystick.Value{text(tallystick.FieldConversationID, conversation), text(tallystick.FieldChannelID, channel), text(tallystick.FieldContactID, uuid(1, contact)),
				text(tallystick.FieldBotID, bot), text(tallystick.FieldBotVersion, "2.1")}
			asked := append([]tallystick.Value{text(tallystick.FieldMessageID, uuid(4, i*2)), text(tallystick.FieldDirection, "inbound"),
				text(tallystick.FieldSenderKind, "contact"), text(tallystick.FieldSenderID, uuid(1, contact))}, common...)
			answered := append([]tallystick.Value{text(tallystick.FieldMessageID, uuid(4, i*2+1)), text(tallystick.FieldDirection, "outbound"),
				text(tallystick.FieldSenderKind, "bot"), text(tallystick.FieldSenderID, bot)}, common...)
			if !yield(event(i*4+1, tallystick.MessageSent, start, asked...)) || !yield(event(i*4+2, tallystick.MessageSent, start+1000*tallystick.Microsecond, answered...)) {
				return
			}
		}
	}
}

// upserts names the bots and channels.
func upserts(yield func(tallystick.Event) bool) bool {
	for i := range 6 {
		id := fmt.Sprint("channel-", i)
		if !yield(event(-1-i, tallystick.ChannelUpserted, begun, text(tallystick.FieldChannelID, id), text(tallystick.FieldName, "Channel "+id), text(tallystick.FieldPlatform, "whatsapp"))) {
			return false
		}
	}
	for i := range 4 {
		id := fmt.Sprint("bot-", i)
		if !yield(event(-11-i, tallystick.BotUpserted, begun, text(tallystick.FieldBotID, id), text(tallystick.FieldName, "The bot "+id))) {
			return false
		}
	}
	return true
}

func event(number int, kind string, at tallystick.Instant, data ...tallystick.Value) tallystick.Event {
	return tallystick.Event{Tenant: tenant, Source: "benchexport", ID: uuid(0, number), Type: kind, Time: at, Data: data}
}

func text(f tallystick.Field, s string) tallystick.Value { return tallystick.Value{Field: f, Text: s} }

// uuid makes an id of a kind that looks random, always the same for a number.
func uuid(kind uint64, number int) string {
	a, b := mix(kind<<56+uint64(number)*2), mix(kind<<56+uint64(number)*2+1)
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffff_ffff_ffff)
}

// mix is the finalizer of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e37_79b9_7f4a_7c15
	x = (x ^ x>>30) * 0xbf58_476d_1ce4_e5b9
	x = (x ^ x>>27) * 0x94d0_49bb_1331_11eb
	return x ^ x>>31
}
