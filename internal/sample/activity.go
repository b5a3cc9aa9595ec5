package sample

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// message is a message.sent to be; fields left empty are absent.
type message struct {
	direction, sender, senderID                    string
	room, conversation, channel, contact, identity string
	content, bot, version, session, ticket         string
	proactive, campaign, preview                   bool
	segments                                       int64
}

// send emits a message and what becomes of it: a file instead of text, a reaction, an edit, a failure.
func (t *tenant) send(at tallystick.Instant, m message) {
	id := t.next("m")
	if m.content == "" && m.sender != "api" && t.maybe(0.05) {
		m.content = "file"
	}
	t.emit(at, tallystick.MessageSent, text(tallystick.FieldMessageID, id), text(tallystick.FieldDirection, m.direction),
		text(tallystick.FieldSenderKind, m.sender), text(tallystick.FieldSenderID, m.senderID), text(tallystick.FieldRoomID, m.room),
		text(tallystick.FieldConversationID, m.conversation), text(tallystick.FieldChannelID, m.channel), text(tallystick.FieldContactID, m.contact),
		text(tallystick.FieldIdentity, m.identity), text(tallystick.FieldContentKind, m.content), text(tallystick.FieldBotID, m.bot),
		text(tallystick.FieldBotVersion, m.version), text(tallystick.FieldSessionID, m.session), text(tallystick.FieldTicketID, m.ticket),
		flag(tallystick.FieldProactive, m.proactive), flag(tallystick.FieldCampaignLink, m.campaign), number(tallystick.FieldSegments, m.segments),
		flag(tallystick.FieldPreview, m.preview))
	if m.sender == "system" {
		return
	}
	about := func(typ string, from, to float64) {
		t.emit(at+t.span(from, to), typ, text(tallystick.FieldMessageID, id))
	}
	switch r := t.chance.Float64(); {
	case r < 0.010 && m.direction == "outbound":
		about(tallystick.MessageFailed, 1, 90)
	case r >= 0.010 && r < 0.025:
		about(tallystick.MessageReacted, 3, 3600)
	case r >= 0.025 && r < 0.033:
		about(tallystick.MessageEdited, 5, 300)
	case r >= 0.033 && r < 0.037:
		about(tallystick.MessageDeleted, 5, 3600)
	}
}

// chat is an exchange in a room between its contact and its users.
func (t *tenant) chat(at tallystick.Instant) {
	r := &t.clients[t.chance.IntN(len(t.clients))]
	c := &t.customers[r.contact]
	channel := t.channels[r.channel].id
	for range 2 + t.chance.IntN(5) {
		user := t.staff[pick(t, r.users)].id
		switch roll := t.chance.Float64(); {
		case roll < 0.42:
			t.send(at, message{direction: "inbound", sender: "contact", senderID: c.id, room: r.id, channel: channel, identity: c.identity})
		case roll < 0.46:
			t.send(at, message{direction: "inbound", sender: "contact", senderID: c.id, room: r.id, channel: channel, identity: c.identity, content: "reaction"})
		case roll < 0.88:
			t.send(at, message{direction: "outbound", sender: "user", senderID: user, room: r.id, channel: channel, contact: c.id})
		case roll < 0.97:
			t.send(at, message{direction: "internal", sender: "user", senderID: user, room: r.id})
		default:
			t.send(at, message{direction: "internal", sender: "system", room: r.id, content: "system"})
		}
		at += t.span(15, 900)
	}
}

// conversation is a question of a customer that somebody answers; one in eight begins on our side.
func (t *tenant) conversation(at tallystick.Instant) {
	c := t.anyCustomer(at)
	m := message{conversation: t.next("conversation"), channel: t.channels[c.channel].id, contact: c.id}
	if t.maybe(0.6) {
		m.ticket = t.next("ticket")
	}
	outbound := t.maybe(0.12)
	startedBy := "inbound"
	if outbound {
		startedBy = "outbound"
	}
	if t.maybe(0.3) {
		startedBy = "" // some platforms don't say; the first message does
	}
	t.emit(at, tallystick.ConversationCreated, text(tallystick.FieldConversationID, m.conversation), text(tallystick.FieldContactID, m.contact),
		text(tallystick.FieldChannelID, m.channel), text(tallystick.FieldTicketID, m.ticket), text(tallystick.FieldStartedBy, startedBy))

	agent := t.onDuty()
	m.proactive = outbound
	for range 3 + t.chance.IntN(4) {
		at += t.span(8, 400)
		if outbound {
			m.direction, m.sender, m.senderID = "outbound", "user", agent
		} else {
			m.direction, m.sender, m.senderID = "inbound", "contact", c.id
		}
		t.send(at, m)
		m.proactive = false
		outbound = !outbound
	}
	about := func(typ string) { t.emit(at, typ, text(tallystick.FieldConversationID, m.conversation)) }
	if t.maybe(0.25) {
		at += t.span(5, 60)
		about(tallystick.ConversationUpdated)
	}
	if !t.maybe(0.85) {
		return // nobody closed it
	}
	at += t.span(10, 1800)
	about(tallystick.ConversationSolved)
	if t.maybe(0.06) { // not solved after all
		at += t.span(3600, 90_000)
		m.direction, m.sender, m.senderID = "outbound", "user", agent
		t.send(at, m)
		at += t.span(60, 3600)
		about(tallystick.ConversationSolved)
	}
}

// dialogue is a customer with a bot. One in five is a session that the bot's platform counted itself, one in thirty a preview by its makers.
func (t *tenant) dialogue(at tallystick.Instant) {
	b := pick(t, t.bots)
	c := t.anyCustomer(at)
	m := message{bot: b.id, version: t.version(), channel: t.channels[c.channel].id, contact: c.id, conversation: t.next("conversation"), preview: t.maybe(0.03)}
	if i := slices.IndexFunc(t.channels, func(c channel) bool { return c.environment != "production" }); m.preview && i >= 0 {
		m.channel = t.channels[i].id
	}
	if t.maybe(0.5) {
		t.emit(at, tallystick.ConversationCreated, text(tallystick.FieldConversationID, m.conversation), text(tallystick.FieldContactID, c.id),
			text(tallystick.FieldChannelID, m.channel), text(tallystick.FieldStartedBy, "inbound"))
	}
	if t.maybe(0.2) {
		m.session = t.next("bot-session")
		t.emit(at, tallystick.SessionStarted, text(tallystick.FieldSessionID, m.session), text(tallystick.FieldKind, "bot"), text(tallystick.FieldContactID, c.id))
	}
	if t.maybe(0.15) {
		m.ticket = t.next("ticket")
	}
	for range 1 + t.chance.IntN(4) {
		at += t.span(5, 90)
		m.direction, m.sender, m.senderID = "inbound", "contact", c.id
		t.send(at, m)
		at += t.span(0.3, 3)
		m.direction, m.sender, m.senderID = "outbound", "bot", b.id
		t.send(at, m)
	}
	if m.session != "" {
		t.emit(at+t.span(30, 600), tallystick.SessionEnded, text(tallystick.FieldSessionID, m.session))
	}
}

// version is that of the bots: a new one every ten weeks.
func (t *tenant) version() string { return "2." + string(rune('0'+t.day/70%10)) }

// run is a run of an interaction flow.
func (t *tenant) run(at tallystick.Instant) {
	id, application := t.next("run"), "Web Self Service"
	switch r := t.chance.Float64(); {
	case r < 0.4:
		application = "Mobile Web"
	case r < 0.5:
		application = "Interactive Voice Response"
	}
	t.emit(at, tallystick.FlowStarted, text(tallystick.FieldFlowRunID, id), text(tallystick.FieldApplication, application),
		text(tallystick.FieldFlowName, pick(t, t.flows)), text(tallystick.FieldFlowVersion, t.version()), flag(tallystick.FieldPreview, t.maybe(0.03)))
	if t.maybe(0.97) { // the others were left open in some browser
		t.emit(at+t.span(20, 1500), tallystick.FlowEnded, text(tallystick.FieldFlowRunID, id))
	}
}

// shift is somebody signed in to an application. Of one in fifty the end was lost.
func (t *tenant) shift(at tallystick.Instant) {
	id, application := t.next("session"), "Agent Application"
	if t.maybe(0.2) {
		application = "Ticket Guidance"
	}
	at = max(at-t.span(0, 3*3600), t.joined+tallystick.Hour) // people sign in before the work comes
	t.emit(at, tallystick.SessionStarted, text(tallystick.FieldSessionID, id), text(tallystick.FieldKind, "agent"),
		text(tallystick.FieldApplication, application), text(tallystick.FieldUserID, t.onDuty()))
	if t.maybe(0.98) {
		t.emit(at+t.span(900, 5*3600), tallystick.SessionEnded, text(tallystick.FieldSessionID, id))
	}
}

// ring is a phone call, and the credits it uses: one a minute begun.
func (t *tenant) ring(at tallystick.Instant) {
	service := "call_now"
	switch r := t.chance.Float64(); {
	case r < 0.25:
		service = "callback"
	case r < 0.3:
		service = "" // a call to the desk
	}
	length := t.span(8, 900)
	line := t.used["released"] + 1 + t.chance.IntN(t.used["number"]-t.used["released"])
	t.emit(at+length, tallystick.CallEnded, text(tallystick.FieldCallID, t.next("call")), number(tallystick.FieldDurationSeconds, int64(length)),
		text(tallystick.FieldService, service), text(tallystick.FieldNumber, t.phone(line)), number(tallystick.FieldStartedAt, int64(at)))
	t.consume(at+length+20*1000, "VOICE", int64((length+tallystick.Minute-1)/tallystick.Minute))
}

func (t *tenant) consume(at tallystick.Instant, credit string, quantity int64) {
	t.emit(at, tallystick.CreditConsumed, text(tallystick.FieldCredit, credit), number(tallystick.FieldQuantity, quantity))
}

// click is a visitor who asks for help on a page.
func (t *tenant) click(at tallystick.Instant) {
	application := "Web Self Service"
	if t.maybe(0.4) {
		application = "Mobile Web"
	}
	t.emit(at, tallystick.AssistanceClicked, text(tallystick.FieldService, pick(t, []string{"call_now", "callback", "chat", "chat", "email"})),
		text(tallystick.FieldApplication, application))
}

// advertise sends the campaign of the week by SMS.
func (t *tenant) advertise(at tallystick.Instant) {
	i := slices.IndexFunc(t.channels, func(c channel) bool { return c.platform == "sms" })
	if i < 0 || at < t.joined+tallystick.Hour {
		return
	}
	var credits int64
	for range t.times(float64(t.campaign) * t.scale) {
		at += t.span(0.1, 2)
		m := message{
			direction: "outbound", sender: "api", senderID: "campaigns", channel: t.channels[i].id, contact: t.customers[t.chance.IntN(len(t.customers))].id,
			campaign: true, proactive: true, segments: 1,
		}
		if t.maybe(0.3) {
			m.segments = 2
		}
		credits += m.segments
		t.send(at, m)
	}
	if credits > 0 {
		t.consume(at+tallystick.Second, "SMS", credits)
	}
}
