package sample

import (
	"container/heap"
	"iter"
	"math/rand/v2"

	"github.com/tallystick/tallystick"
)

// TrafficOptions say what [Traffic] makes.
type TrafficOptions struct {
	Seed    uint64
	Events  int             // how many, duplicates included; at least a few thousand, for people and places come first
	Tenants int             // 0: 50; the n-th has about 1/n of the events of the first
	From    tallystick.Date // zero: 2025-01-01
	Days    int             // over which the events are spread evenly; 0: 365
}

// Traffic makes events to measure reports with: as many as wanted and fast, of every type, in the proportions and with the neighbourhoods of a platform that is used.
// Conversations and sessions last, rooms have members, messages fail, contacts merge. Ids of what comes all the time are random UUIDs. One event in a hundred comes
// twice, one in fifty up to 30 days late; the rest come in order of time.
func Traffic(o TrafficOptions) iter.Seq[tallystick.Event] {
	days := Options{From: o.From, Days: o.Days}.withDefaults()
	if o.Tenants == 0 {
		o.Tenants = 50
	}
	return func(yield func(tallystick.Event) bool) {
		source := rand.NewPCG(o.Seed, 0x7472_6166_6669_63)
		t := &traffic{source: source, chance: rand.New(source), start: calendar("UTC").Start(days.From), span: tallystick.Instant(days.Days) * tallystick.Day}
		t.run(o, yield)
	}
}

// traffic is a run of [Traffic]: what is going on, and what was begun and goes on later.
type traffic struct {
	source *rand.PCG
	chance *rand.Rand

	start, span tallystick.Instant
	now         tallystick.Instant
	tenants     []*world
	later       queue
	again       [256]tallystick.Event // events that will come a second time
}

// world is the people and places of a tenant.
type world struct {
	id                              string
	contacts, users, channels, bots []string
	rooms                           []place
}

// place is a room with who is in it.
type place struct {
	id      string
	contact string
	users   [2]string
	channel string
}

var (
	worldPlatforms    = []string{"whatsapp", "sms", "webchat", "instagram", "voice", "email"}
	worldApplications = []string{"Agent Application", "Ticket Guidance", "Supervisor Desk"}
	worldFlows        = []string{"Mobile Web", "Web Self Service", "Interactive Voice Response"}
	worldServices     = []string{"call_now", "callback", "chat", "email"}
	worldZones        = []string{"UTC", "Asia/Kolkata", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"}
)

func (t *traffic) run(o TrafficOptions, yield func(tallystick.Event) bool) {
	share := shares(o.Tenants)
	ids := numbered("tenant", o.Tenants)
	for i, id := range ids {
		// The first tenant has a contact for every 400 events of all, up to what a large one has; the others have their share of them.
		size := max(40, min(200_000, o.Events/400/(i+1)))
		t.tenants = append(t.tenants, newWorld(t, id, size))
	}
	t.now = t.start
	for i, w := range t.tenants {
		t.found(w, worldZones[i%len(worldZones)])
	}
	made := 0
	put := func(e tallystick.Event) bool {
		made++
		return yield(e)
	}
	for made < o.Events {
		t.now = t.start + tallystick.Instant(float64(t.span)*float64(made)/float64(o.Events))
		if len(t.later) == 0 || t.later[0].Time > t.now {
			t.happen(t.tenants[share.draw(t.chance)])
			continue
		}
		e := heap.Pop(&t.later).(tallystick.Event)
		e.Received = t.now
		if t.chance.Float64() < loadLate {
			e.Time = max(t.start, e.Time-tallystick.Instant(t.chance.Int64N(int64(maxLate))))
		}
		if !put(e) {
			return
		}
		if t.chance.Float64() < loadDuplicates {
			at := &t.again[t.chance.IntN(len(t.again))]
			if at.ID != "" && made < o.Events {
				copied := *at
				copied.Received = t.now
				if t.chance.Float64() < 0.5 {
					copied.ID = uuid(t.source)
				}
				if !put(copied) {
					return
				}
			}
			*at = e
		}
	}
}

// queue orders events by time.
type queue []tallystick.Event

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].Time < q[j].Time }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(tallystick.Event)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = tallystick.Event{}
	*q = (*q)[:last]
	return e
}

// emit makes an event that happens some time from now.
func (t *traffic) emit(w *world, after tallystick.Instant, kind string, data ...tallystick.Value) {
	at := t.now + after
	if at >= t.start+t.span {
		at = t.start + t.span - 1
	}
	heap.Push(&t.later, tallystick.Event{Tenant: w.id, Source: "traffic/" + w.id, ID: uuid(t.source), Type: kind, Time: at, Data: data})
}

// between draws a length of time, in whole milliseconds.
func (t *traffic) between(from, to tallystick.Instant) tallystick.Instant {
	return from + tallystick.Instant(t.chance.Int64N(int64(to-from)))/1000*1000
}

func newWorld(t *traffic, id string, contacts int) *world {
	w := &world{id: id, contacts: make([]string, contacts), users: numbered("user", max(5, min(500, contacts/40))), channels: numbered("channel", 6), bots: numbered("bot", 4)}
	for i := range w.contacts {
		w.contacts[i] = uuid(t.source)
	}
	for _, room := range numbered("room", max(3, min(5000, contacts/10))) {
		w.rooms = append(w.rooms, place{room, pickOf(t.chance, w.contacts), [2]string{pickOf(t.chance, w.users), pickOf(t.chance, w.users)}, pickOf(t.chance, w.channels)})
	}
	return w
}

// found tells of a tenant's people and places.
func (t *traffic) found(w *world, zone string) {
	t.emit(w, 0, tallystick.TenantUpserted, text(tallystick.FieldCompanyName, "Company "+w.id), text(tallystick.FieldHostname, w.id+".example"), text(tallystick.FieldTimeZone, zone))
	for i, id := range w.channels {
		environment := "production"
		if i == 5 {
			environment = "test"
		}
		t.emit(w, 0, tallystick.ChannelUpserted, text(tallystick.FieldChannelID, id), text(tallystick.FieldPlatform, worldPlatforms[i]), text(tallystick.FieldName, "Channel "+id),
			text(tallystick.FieldEnvironment, environment))
	}
	for _, id := range w.bots {
		t.emit(w, 0, tallystick.BotUpserted, text(tallystick.FieldBotID, id), text(tallystick.FieldName, "Bot "+id))
	}
	for _, id := range w.users {
		t.emit(w, 0, tallystick.UserUpserted, text(tallystick.FieldUserID, id), text(tallystick.FieldFirstName, "Ann"), text(tallystick.FieldLastName, id))
	}
	for _, r := range w.rooms {
		t.emit(w, 0, tallystick.RoomUpserted, text(tallystick.FieldRoomID, r.id), text(tallystick.FieldName, "Room "+r.id))
		t.member(w, r, "contact", r.contact, tallystick.RoomMemberAdded, 0)
		t.member(w, r, "user", r.users[0], tallystick.RoomMemberAdded, 0)
		t.member(w, r, "user", r.users[1], tallystick.RoomMemberAdded, 0)
	}
	t.emit(w, 0, tallystick.EntitlementSet, text(tallystick.FieldType, "USERS"), number(tallystick.FieldQuantity, int64(len(w.users)+10)), text(tallystick.FieldStartDate, "2024-12-01"))
	t.emit(w, 0, tallystick.EntitlementSet, text(tallystick.FieldType, "SMS_VOICE"), number(tallystick.FieldQuantity, 1_000_000), text(tallystick.FieldStartDate, "2024-12-01"))
}

func (t *traffic) member(w *world, r place, kind, id, event string, after tallystick.Instant) {
	data := []tallystick.Value{text(tallystick.FieldRoomID, r.id), text(tallystick.FieldMemberKind, kind), text(tallystick.FieldMemberID, id)}
	if kind == "contact" {
		data = append(data, text(tallystick.FieldChannelID, r.channel))
	}
	t.emit(w, after, event, data...)
}

// happen begins something. Its events follow by themselves.
func (t *traffic) happen(w *world) {
	switch r := t.chance.Float64(); {
	case r < 0.42:
		t.dialogue(w)
	case r < 0.84:
		t.chat(w)
	case r < 0.88:
		t.serve(w)
	case r < 0.93:
		id := uuid(t.source)
		t.emit(w, 0, tallystick.FlowStarted, text(tallystick.FieldFlowRunID, id), text(tallystick.FieldApplication, pickOf(t.chance, worldFlows)), text(tallystick.FieldFlowName, "Balance"))
		t.emit(w, t.between(tallystick.Minute, 20*tallystick.Minute), tallystick.FlowEnded, text(tallystick.FieldFlowRunID, id))
	case r < 0.95:
		t.emit(w, 0, tallystick.AssistanceClicked, text(tallystick.FieldService, pickOf(t.chance, worldServices)))
	case r < 0.97:
		length := t.between(tallystick.Second, 20*tallystick.Minute)
		t.emit(w, 0, tallystick.CallEnded, text(tallystick.FieldCallID, uuid(t.source)), number(tallystick.FieldDurationSeconds, int64(length)), text(tallystick.FieldService, "call_now"))
		t.emit(w, 0, tallystick.CreditConsumed, text(tallystick.FieldCredit, "VOICE"), number(tallystick.FieldQuantity, 1+int64(length/tallystick.Minute)))
	case r < 0.99:
		t.message(w, 0, said{direction: "outbound", sender: "api", by: "campaign", contact: pickOf(t.chance, w.contacts), channel: w.channels[1], campaign: true})
		t.emit(w, 0, tallystick.CreditConsumed, text(tallystick.FieldCredit, "SMS"), number(tallystick.FieldQuantity, 1))
	default:
		t.change(w)
	}
}

// said is a message.
type said struct {
	direction, sender, by                string
	contact, channel, room, conversation string
	bot                                  string
	campaign, proactive                  bool
}

func (t *traffic) message(w *world, after tallystick.Instant, m said) {
	id := uuid(t.source)
	data := []tallystick.Value{text(tallystick.FieldMessageID, id), text(tallystick.FieldDirection, m.direction), text(tallystick.FieldSenderKind, m.sender), text(tallystick.FieldSenderID, m.by)}
	for _, v := range []tallystick.Value{text(tallystick.FieldRoomID, m.room), text(tallystick.FieldConversationID, m.conversation), text(tallystick.FieldChannelID, m.channel),
		text(tallystick.FieldContactID, m.contact), text(tallystick.FieldBotID, m.bot)} {
		if v.Text != "" {
			data = append(data, v)
		}
	}
	if m.bot != "" {
		data = append(data, text(tallystick.FieldBotVersion, "2.1"))
	}
	if m.proactive || m.campaign {
		data = append(data, flag(tallystick.FieldProactive, true))
	}
	if m.campaign {
		data = append(data, flag(tallystick.FieldCampaignLink, true))
	}
	t.emit(w, after, tallystick.MessageSent, data...)
	if m.direction == "outbound" && t.chance.IntN(200) == 0 {
		t.emit(w, after+t.between(tallystick.Second, tallystick.Hour), tallystick.MessageFailed, text(tallystick.FieldMessageID, id))
	}
}

// dialogue is a conversation with a bot, which a user may take over.
func (t *traffic) dialogue(w *world) {
	contact, channel, bot, conversation := pickOf(t.chance, w.contacts), pickOf(t.chance, w.channels), pickOf(t.chance, w.bots), uuid(t.source)
	data := []tallystick.Value{text(tallystick.FieldConversationID, conversation), text(tallystick.FieldContactID, contact), text(tallystick.FieldChannelID, channel)}
	if t.chance.IntN(3) == 0 {
		data = append(data, text(tallystick.FieldTicketID, uuid(t.source)[:13]))
	}
	t.emit(w, 0, tallystick.ConversationCreated, append(data, text(tallystick.FieldStartedBy, "inbound"))...)
	at := tallystick.Instant(0)
	for range 2 + t.chance.IntN(5) {
		t.message(w, at, said{direction: "inbound", sender: "contact", by: contact, channel: channel, conversation: conversation, bot: bot})
		at += t.between(tallystick.Second, 10*tallystick.Second)
		t.message(w, at, said{direction: "outbound", sender: "bot", by: bot, contact: contact, channel: channel, conversation: conversation, bot: bot})
		at += t.between(5*tallystick.Second, 5*tallystick.Minute)
	}
	if t.chance.IntN(3) == 0 {
		user := pickOf(t.chance, w.users)
		t.emit(w, at, tallystick.ConversationUpdated, text(tallystick.FieldConversationID, conversation))
		for range 1 + t.chance.IntN(3) {
			t.message(w, at, said{direction: "outbound", sender: "user", by: user, contact: contact, channel: channel, conversation: conversation})
			at += t.between(tallystick.Minute, 30*tallystick.Minute)
		}
	}
	if t.chance.IntN(4) > 0 {
		t.emit(w, at+t.between(tallystick.Minute, 6*tallystick.Hour), tallystick.ConversationSolved, text(tallystick.FieldConversationID, conversation))
	}
}

// chat is a few messages in a room.
func (t *traffic) chat(w *world) {
	r := w.rooms[t.chance.IntN(len(w.rooms))]
	at := tallystick.Instant(0)
	for range 2 + t.chance.IntN(7) {
		if t.chance.IntN(2) == 0 {
			t.message(w, at, said{direction: "inbound", sender: "contact", by: r.contact, channel: r.channel, room: r.id})
		} else {
			t.message(w, at, said{direction: "outbound", sender: "user", by: r.users[t.chance.IntN(2)], contact: r.contact, channel: r.channel, room: r.id, proactive: t.chance.IntN(20) == 0})
		}
		at += t.between(10*tallystick.Second, 20*tallystick.Minute)
	}
}

// serve is an agent's session.
func (t *traffic) serve(w *world) {
	id := uuid(t.source)
	t.emit(w, 0, tallystick.SessionStarted, text(tallystick.FieldSessionID, id), text(tallystick.FieldKind, "agent"), text(tallystick.FieldApplication, pickOf(t.chance, worldApplications)),
		text(tallystick.FieldUserID, pickOf(t.chance, w.users)))
	if t.chance.IntN(50) > 0 {
		t.emit(w, t.between(10*tallystick.Minute, 9*tallystick.Hour), tallystick.SessionEnded, text(tallystick.FieldSessionID, id))
	}
}

// change is something that happens to people and places.
func (t *traffic) change(w *world) {
	contact := pickOf(t.chance, w.contacts)
	r := w.rooms[t.chance.IntN(len(w.rooms))]
	switch t.chance.IntN(12) {
	case 0:
		t.emit(w, 0, tallystick.ContactUpserted, text(tallystick.FieldContactID, contact), text(tallystick.FieldName, "A Customer"))
	case 1:
		t.emit(w, 0, tallystick.ContactUpserted, text(tallystick.FieldContactID, contact), text(tallystick.FieldMergedInto, pickOf(t.chance, w.contacts)))
	case 2:
		status := []string{"ACTIVE", "INACTIVE"}[t.chance.IntN(2)]
		t.emit(w, 0, tallystick.UserUpserted, text(tallystick.FieldUserID, pickOf(t.chance, w.users)), text(tallystick.FieldStatus, status))
	case 3, 4:
		t.member(w, r, "user", r.users[1], tallystick.RoomMemberRemoved, 0)
		t.member(w, r, "user", r.users[1], tallystick.RoomMemberAdded, t.between(tallystick.Hour, 48*tallystick.Hour))
	case 5:
		channel := pickOf(t.chance, w.channels)
		t.emit(w, 0, tallystick.ChannelDisconnected, text(tallystick.FieldChannelID, channel))
		t.emit(w, t.between(tallystick.Minute, 5*tallystick.Hour), tallystick.ChannelConnected, text(tallystick.FieldChannelID, channel))
	case 6:
		identity := []tallystick.Value{text(tallystick.FieldIdentity, "+49"+contact[:8]), text(tallystick.FieldPlatform, "sms"), text(tallystick.FieldContactID, contact)}
		t.emit(w, 0, tallystick.IdentityLinked, identity...)
		t.emit(w, t.between(tallystick.Hour, 48*tallystick.Hour), tallystick.IdentityUnlinked, identity...)
	case 7:
		phone := "+1" + uuid(t.source)[:8]
		t.emit(w, 0, tallystick.NumberPurchased, text(tallystick.FieldNumber, phone))
		t.emit(w, t.between(tallystick.Hour, 48*tallystick.Hour), tallystick.NumberReleased, text(tallystick.FieldNumber, phone))
	case 8:
		t.emit(w, 0, tallystick.MessageEdited, text(tallystick.FieldMessageID, uuid(t.source)))
	case 9:
		t.emit(w, 0, tallystick.MessageDeleted, text(tallystick.FieldMessageID, uuid(t.source)))
	case 10:
		t.emit(w, 0, tallystick.MessageReacted, text(tallystick.FieldMessageID, uuid(t.source)))
	default:
		t.emit(w, 0, tallystick.RoomUpserted, text(tallystick.FieldRoomID, r.id), text(tallystick.FieldName, "Room "+r.id+", renamed"))
	}
}
