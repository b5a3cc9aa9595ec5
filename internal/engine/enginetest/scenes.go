package enginetest

import (
	"fmt"

	"github.com/tallystick/tallystick"
)

// Short names for the fields of scenes.
const (
	fMessage, fDirection, fSenderKind, fSender = tallystick.FieldMessageID, tallystick.FieldDirection, tallystick.FieldSenderKind, tallystick.FieldSenderID
	fContent, fPreview, fContact, fChannel     = tallystick.FieldContentKind, tallystick.FieldPreview, tallystick.FieldContactID, tallystick.FieldChannelID
	fConversation, fSession, fBot, fRoom       = tallystick.FieldConversationID, tallystick.FieldSessionID, tallystick.FieldBotID, tallystick.FieldRoomID
	fMemberKind, fMember, fIdentity, fPlatform = tallystick.FieldMemberKind, tallystick.FieldMemberID, tallystick.FieldIdentity, tallystick.FieldPlatform
	fKind, fApplication, fUser, fMerged        = tallystick.FieldKind, tallystick.FieldApplication, tallystick.FieldUserID, tallystick.FieldMergedInto
)

// scenes play what reports tell apart. Each adds some events of one tenant; what they leave open is drawn.
var scenes = []func(*tenant){
	(*tenant).botWindows, (*tenant).givenSession, (*tenant).room, (*tenant).relink, (*tenant).merges,
	(*tenant).resolution, (*tenant).answered, (*tenant).answered, (*tenant).spans, (*tenant).spans,
	(*tenant).billing, (*tenant).entitlements, (*tenant).channelLife, (*tenant).people, (*tenant).campaign, (*tenant).failure, (*tenant).upserts,
}

// countable is a plain message; a scene adds who sent it where.
var countable = given{fContent: "text", fPreview: false}

func (t *tenant) fromContact(c string) given {
	return given{fDirection: "inbound", fSenderKind: "contact", fSender: c, fContact: nil}
}

func (t *tenant) fromUser(u string) given {
	return given{fDirection: "outbound", fSenderKind: "user", fSender: u}
}

// botWindows lets a contact talk to bots at instants around multiples of 24 hours.
func (t *tenant) botWindows() {
	c, at := pick(t.generator, contactIDs), t.when()
	for range 2 + t.IntN(6) {
		m := given{fBot: pick(t.generator, botIDs), fSession: nil}
		if t.chance(50) {
			t.add(at, tallystick.MessageSent, countable, t.fromContact(c), m)
		} else {
			answer := given{fDirection: "outbound", fSenderKind: "bot", fContact: c, fContent: pick(t.generator, []string{"text", "file"})}
			t.add(at, tallystick.MessageSent, countable, answer, m)
		}
		at += pick(t.generator, []tallystick.Instant{0, 1, tallystick.Hour, tallystick.Day - 1, tallystick.Day, tallystick.Day, tallystick.Day + 1, 2 * tallystick.Day})
	}
}

// givenSession starts a session of either kind before, with or after messages that carry its id; perhaps never, or without any message.
func (t *tenant) givenSession() {
	s, at := pick(t.generator, sessionIDs), t.when()
	if t.chance(70) {
		t.add(t.near(at), tallystick.SessionStarted, given{fSession: s, fKind: pick(t.generator, []string{"bot", "bot", "agent"})})
	}
	for range t.IntN(4) {
		t.add(t.near(at), tallystick.MessageSent, countable, t.fromContact(pick(t.generator, contactIDs)), given{fSession: s, fBot: pick(t.generator, botIDs)})
	}
	if t.chance(30) {
		t.add(t.near(at), tallystick.SessionEnded, given{fSession: s})
	}
}

// room lets users and contacts join and leave a room, more than once or unseen, while messages go both ways.
func (t *tenant) room() {
	r, at := given{fRoom: pick(t.generator, roomIDs)}, t.when()
	if t.chance(40) {
		t.add(t.near(at), tallystick.RoomUpserted, r)
	}
	user := given{fMemberKind: "user", fMember: pick(t.generator, userIDs)}
	contact := given{fMemberKind: "contact", fMember: pick(t.generator, contactIDs)}
	for range 2 + t.IntN(8) {
		switch t.IntN(8) {
		case 0:
			t.add(at, tallystick.RoomMemberAdded, r, user)
		case 1:
			t.add(at, tallystick.RoomMemberAdded, r, contact, given{fChannel: pick(t.generator, channelIDs)})
		case 2:
			t.add(at, tallystick.RoomMemberAdded, r, contact)
		case 3:
			t.add(at, tallystick.RoomMemberRemoved, r, pick(t.generator, []given{user, contact}))
		case 4, 5:
			t.add(at, tallystick.MessageSent, countable, r, t.fromContact(pick(t.generator, contactIDs)))
		case 6:
			t.add(at, tallystick.MessageSent, countable, r, t.fromUser(pick(t.generator, userIDs)))
		case 7: // any message that names the room and a contact
			t.add(at, tallystick.MessageSent, r, given{fContact: pick(t.generator, contactIDs)})
		}
		at = t.near(at)
	}
}

// relink moves an identity from one contact to another: with or without the unlink between, with the unlink first, and back again.
func (t *tenant) relink() {
	i, at := given{fIdentity: pick(t.generator, identities), fPlatform: pick(t.generator, platforms)}, t.when()
	a, b := given{fContact: pick(t.generator, contactIDs)}, given{fContact: pick(t.generator, contactIDs)}
	for range 1 + t.IntN(5) {
		name := pick(t.generator, []string{tallystick.IdentityLinked, tallystick.IdentityUnlinked})
		t.add(at, name, i, pick(t.generator, []given{a, b}))
		at = t.near(at)
	}
	r := given{fRoom: pick(t.generator, roomIDs), fIdentity: i[fIdentity]}
	t.add(t.near(at), tallystick.RoomMemberAdded, r, given{fMemberKind: "contact", fMember: b[fContact]})
	t.add(t.near(at), tallystick.MessageSent, countable, r, t.fromContact(b[fContact].(string)))
}

// merges chains contacts, into a cycle now and then, or into themselves.
func (t *tenant) merges() {
	c, at := pick(t.generator, contactIDs), t.when()
	for range 1 + t.IntN(4) {
		next := pick(t.generator, contactIDs)
		t.add(at, tallystick.ContactUpserted, given{fContact: c, fMerged: next})
		c, at = next, t.near(at)
	}
}

// resolution plays a conversation with answers around its resolutions.
func (t *tenant) resolution() {
	id, at := pick(t.generator, conversations), t.when()
	if t.chance(60) { // of few messages, so that each matters
		id = fmt.Sprintf("v%d", 4+len(t.times))
	}
	v := given{fConversation: id}
	if t.chance(50) {
		t.add(t.near(at), tallystick.ConversationCreated, v)
	}
	for range 1 + t.IntN(5) {
		switch t.IntN(6) {
		case 0:
			t.add(at, tallystick.MessageSent, v, t.fromContact(pick(t.generator, contactIDs)))
		case 1:
			t.add(at, tallystick.MessageSent, countable, v, t.fromUser(pick(t.generator, userIDs)))
		case 2:
			t.add(at, tallystick.MessageSent, countable, v, given{fDirection: "outbound", fSenderKind: pick(t.generator, []string{"bot", "api", "system"})})
			if t.chance(40) {
				t.add(t.near(at), tallystick.MessageFailed, given{fMessage: message(t.next)})
			}
		case 3:
			t.add(at, tallystick.MessageSent, v, given{fDirection: "internal"})
		case 4:
			t.add(t.near(at), tallystick.ConversationUpdated, v)
		case 5:
			t.add(at, tallystick.ConversationSolved, v)
		}
		at = t.near(at)
	}
	t.add(t.near(at), tallystick.ConversationSolved, v)
}

// answered plays a conversation of one question, one answer, which may fail or not count, and one resolution.
func (t *tenant) answered() {
	v, at := given{fConversation: fmt.Sprintf("v%d", 4+len(t.times))}, t.when()
	if t.chance(30) {
		t.add(t.near(at), tallystick.ConversationCreated, v)
	}
	t.add(at, tallystick.MessageSent, v, t.fromContact(pick(t.generator, contactIDs)))
	at = t.near(at)
	t.add(at, tallystick.MessageSent, countable, v, given{fDirection: "outbound", fSenderKind: pick(t.generator, []string{"user", "bot", "api", "system"})})
	if t.chance(40) {
		t.add(t.near(at), tallystick.MessageFailed, given{fMessage: message(t.next)})
	}
	t.add(t.near(at), tallystick.ConversationSolved, v)
}

// spans starts sessions and flow runs that overlap, touch, end at once, end before they start, or never do.
func (t *tenant) spans() {
	at := t.when()
	for range 1 + t.IntN(5) {
		start, end, id := tallystick.SessionStarted, tallystick.SessionEnded, fSession
		if t.chance(50) {
			start, end, id = tallystick.FlowStarted, tallystick.FlowEnded, tallystick.FieldFlowRunID
		}
		if !t.add(at, start, given{fApplication: pick(t.generator, applications), fKind: pick(t.generator, []string{"agent", "agent", "bot"})}) {
			continue
		}
		until := at + pick(t.generator, steps)
		if t.chance(70) {
			t.add(until, end, given{id: t.events[len(t.events)-1].Text(id)})
		}
		at = pick(t.generator, []tallystick.Instant{at, until, t.near(at), at + tallystick.Hour, at + tallystick.Day})
	}
}

// billing clicks, buys, calls and runs.
func (t *tenant) billing() {
	for range 1 + t.IntN(4) {
		name := pick(t.generator, []string{
			tallystick.AssistanceClicked, tallystick.NumberPurchased, tallystick.NumberReleased, tallystick.CallEnded, tallystick.CallEnded, tallystick.FlowStarted,
		})
		t.add(t.when(), name)
	}
}

// entitlements sets several of one type, and consumes.
func (t *tenant) entitlements() {
	kind, at := given{tallystick.FieldType: pick(t.generator, []string{"USERS", "SMS_VOICE"})}, t.when()
	for range 1 + t.IntN(3) {
		t.add(at, tallystick.EntitlementSet, kind)
		at = t.near(at)
	}
	for range t.IntN(4) {
		t.add(t.near(at), tallystick.CreditConsumed)
	}
}

// channelLife gives a channel attributes, and connects and disconnects it, in any order.
func (t *tenant) channelLife() {
	k, at := given{fChannel: pick(t.generator, channelIDs)}, t.when()
	for range 1 + t.IntN(5) {
		t.add(at, pick(t.generator, []string{tallystick.ChannelUpserted, tallystick.ChannelConnected, tallystick.ChannelDisconnected}), k)
		at = t.near(at)
	}
}

// people upserts users, contacts and bots.
func (t *tenant) people() {
	for range 1 + t.IntN(4) {
		t.add(t.when(), pick(t.generator, []string{tallystick.UserUpserted, tallystick.UserUpserted, tallystick.ContactUpserted, tallystick.BotUpserted}))
	}
}

// campaign sends on a channel that is an sms one most of the time.
func (t *tenant) campaign() {
	k, at := given{fChannel: pick(t.generator, channelIDs)}, t.when()
	if t.chance(60) {
		t.add(t.near(at), tallystick.ChannelUpserted, k, given{fPlatform: pick(t.generator, []string{"sms", "sms", "web"})})
	}
	for range 1 + t.IntN(3) {
		t.add(t.near(at), tallystick.MessageSent, countable, k, t.fromUser(pick(t.generator, userIDs)),
			given{tallystick.FieldCampaignLink: t.chance(80), tallystick.FieldProactive: t.chance(50)})
	}
}

// failure sends messages that fail: later, at once, before they were sent, or twice.
func (t *tenant) failure() {
	for range 1 + t.IntN(3) {
		at := t.when()
		if t.chance(50) {
			t.add(t.near(at), tallystick.MessageFailed, given{fMessage: message(t.next + 1)})
		}
		t.add(at, tallystick.MessageSent, countable)
		if t.chance(50) {
			t.add(t.near(at), tallystick.MessageFailed, given{fMessage: message(t.next)})
		}
	}
}

// upserts changes one entity several times, at equal instants now and then.
func (t *tenant) upserts() {
	name := pick(t.generator, []string{
		tallystick.TenantUpserted, tallystick.UserUpserted, tallystick.ContactUpserted, tallystick.ChannelUpserted, tallystick.BotUpserted, tallystick.RoomUpserted,
	})
	same := given{fUser: pick(t.generator, userIDs), fContact: pick(t.generator, contactIDs), fChannel: pick(t.generator, channelIDs),
		fBot: pick(t.generator, botIDs), fRoom: pick(t.generator, roomIDs)}
	at := t.when()
	for range 2 + t.IntN(3) {
		t.add(at, name, same)
		at = t.near(at)
	}
}
