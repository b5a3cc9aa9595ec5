package sample

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tallystick/tallystick"
)

// open emits what a new tenant begins with: itself, its channels, bots, people and rooms, one after another as an import would.
func (t *tenant) open() {
	at := t.joined
	tick := func() tallystick.Instant { at += 40 * 1000; return at }

	services := ""
	if t.services != nil {
		list, _ := json.Marshal(t.services) // strings always marshal
		services = string(list)
	}
	t.emit(tick(), tallystick.TenantUpserted, text(tallystick.FieldCompanyName, t.company), text(tallystick.FieldHostname, t.hostname),
		text(tallystick.FieldContractMode, t.mode), text(tallystick.FieldParentTenant, t.parent), text(tallystick.FieldTimeZone, t.zone),
		text(tallystick.FieldServices, services))
	for _, c := range t.channels {
		t.emit(tick(), tallystick.ChannelUpserted, text(tallystick.FieldChannelID, c.id), text(tallystick.FieldPlatform, c.platform),
			text(tallystick.FieldName, c.name), text(tallystick.FieldEnvironment, c.environment), text(tallystick.FieldGovernance, c.governance))
		t.emit(tick(), tallystick.ChannelConnected, text(tallystick.FieldChannelID, c.id))
	}
	for _, b := range t.bots {
		t.emit(tick(), tallystick.BotUpserted, text(tallystick.FieldBotID, b.id), text(tallystick.FieldName, b.name))
	}
	for range t.sized(t.users) {
		t.hire(tick())
	}
	for range t.sized(t.contacts) {
		t.meet(tick())
	}
	for range t.sized(t.rooms) {
		t.openRoom(tick)
	}
	t.buyNumber(tick())
	t.entitle(tick(), 0, 182)
}

// change emits what becomes different on the day that is being generated. Each thing has days of its own in a cycle of four weeks, so that all of them occur
// in any four weeks.
func (t *tenant) change() {
	switch t.day % 28 {
	case 3:
		t.hire(t.moment())
	case 5:
		t.buyNumber(t.moment())
	case 8:
		t.outage(t.moment())
	case 10:
		t.relink(t.moment())
	case 12:
		t.openRoom(func() tallystick.Instant { return t.moment() })
	case 15:
		t.moveMember(t.moment())
	case 17:
		t.merge(t.moment())
	case 20:
		t.leave(t.moment())
	case 22:
		t.releaseNumber(t.moment())
	}
	if t.day == 182 {
		// As the day in UTC begins, on which the new contract does: the latest one replaces the others even before its time.
		t.entitle((t.joined/tallystick.Day+182)*tallystick.Day+tallystick.Minute, 182, 0)
	}
}

func (t *tenant) hire(at tallystick.Instant) {
	u := user{id: t.next("u"), first: pick(t, t.names.first), last: pick(t, t.names.last)}
	u.email = address(u.first, u.last) + "@" + t.hostname
	t.staff = append(t.staff, u)
	// One account in fifteen is for looking only and takes no seat.
	t.upsertUser(at, u, "ACTIVE", len(t.staff)%15 != 0)
}

func (t *tenant) upsertUser(at tallystick.Instant, u user, status string, provisioned bool) {
	t.emit(at, tallystick.UserUpserted, text(tallystick.FieldUserID, u.id), text(tallystick.FieldFirstName, u.first), text(tallystick.FieldLastName, u.last),
		text(tallystick.FieldEmail, u.email), text(tallystick.FieldStatus, status), flag(tallystick.FieldProvisioned, provisioned))
}

// colleague picks somebody of the staff who has not left and is not listed, if there is one.
func (t *tenant) colleague(not []int) int {
	i := 0
	for range 50 {
		if i = t.chance.IntN(len(t.staff)); !t.staff[i].gone && !slices.Contains(not, i) {
			break
		}
	}
	return i
}

// leave sends somebody away, who is replaced in every room, as long as two thirds of the staff are left.
func (t *tenant) leave(at tallystick.Instant) {
	gone := 0
	for _, u := range t.staff {
		if u.gone {
			gone++
		}
	}
	i := t.chance.IntN(len(t.staff))
	if t.staff[i].gone || 3*(gone+1) > len(t.staff) {
		return
	}
	t.staff[i].gone = true
	status := "INACTIVE"
	if t.maybe(0.3) {
		status = "DELETED"
	}
	t.emit(at, tallystick.UserUpserted, text(tallystick.FieldUserID, t.staff[i].id), text(tallystick.FieldStatus, status),
		flag(tallystick.FieldProvisioned, status != "DELETED"))
	for r := range t.clients {
		if place := slices.Index(t.clients[r].users, i); place >= 0 {
			t.replace(at+t.span(1, 60), &t.clients[r], place)
		}
	}
}

// meet makes a new customer and returns its index. Half of them are known by a phone number.
func (t *tenant) meet(at tallystick.Instant) int {
	c := contact{id: t.next("contact"), name: pick(t, t.names.first) + " " + pick(t, t.names.last), channel: t.anyChannel()}
	t.emit(at, tallystick.ContactUpserted, text(tallystick.FieldContactID, c.id), text(tallystick.FieldName, c.name))
	if t.maybe(0.5) {
		c.identity = fmt.Sprintf("+%d%07d", 10+len(t.id), 1_000_000+t.chance.IntN(8_999_999))
		t.link(at+tallystick.Second/100, tallystick.IdentityLinked, c)
	}
	t.customers = append(t.customers, c)
	return len(t.customers) - 1
}

func (t *tenant) link(at tallystick.Instant, typ string, c contact) {
	t.emit(at, typ, text(tallystick.FieldIdentity, c.identity), text(tallystick.FieldPlatform, t.channels[c.channel].platform),
		text(tallystick.FieldContactID, c.id))
}

// relink gives somebody's phone number to somebody else, as happens when a number is sold again.
func (t *tenant) relink(at tallystick.Instant) {
	from := -1
	for i, c := range t.customers {
		if c.identity != "" {
			from = i
			break
		}
	}
	if from < 0 {
		return
	}
	t.link(at, tallystick.IdentityUnlinked, t.customers[from])
	identity := t.customers[from].identity
	t.customers[from].identity = ""
	to := (from + 1 + t.chance.IntN(len(t.customers)-1)) % len(t.customers)
	t.customers[to].identity = identity
	t.link(at+t.span(60, 7200), tallystick.IdentityLinked, t.customers[to])
}

// merge finds that two customers are one.
func (t *tenant) merge(at tallystick.Instant) {
	into := t.chance.IntN(len(t.customers) - 1)
	same := into + 1 + t.chance.IntN(len(t.customers)-into-1)
	t.emit(at, tallystick.ContactUpserted, text(tallystick.FieldContactID, t.customers[same].id), text(tallystick.FieldMergedInto, t.customers[into].id))
}

func (t *tenant) openRoom(tick func() tallystick.Instant) {
	c := t.chance.IntN(len(t.customers))
	r := room{id: t.next("room"), contact: c, channel: t.customers[c].channel}
	if i := slices.IndexFunc(t.channels, func(c channel) bool { return c.governance == "native" }); i >= 0 && t.maybe(0.2) {
		r.channel = i
	}
	kind, name := "direct", t.customers[c].name
	members := 1
	if t.maybe(0.5) {
		kind, name, members = "group", "Desk "+t.next("desk")[5:]+", "+t.customers[c].name, 2+t.chance.IntN(4)
	}
	at := tick()
	t.emit(at, tallystick.RoomUpserted, text(tallystick.FieldRoomID, r.id), text(tallystick.FieldName, name), text(tallystick.FieldKind, kind))
	for range members {
		r.users = append(r.users, t.colleague(r.users))
		at += 10 * 1000
		t.member(at, tallystick.RoomMemberAdded, r, r.users[len(r.users)-1])
	}
	t.emit(at+5*1000, tallystick.RoomMemberAdded, text(tallystick.FieldRoomID, r.id), text(tallystick.FieldMemberKind, "contact"),
		text(tallystick.FieldMemberID, t.customers[c].id), text(tallystick.FieldIdentity, t.customers[c].identity),
		text(tallystick.FieldChannelID, t.channels[r.channel].id))
	t.clients = append(t.clients, r)
}

func (t *tenant) member(at tallystick.Instant, typ string, r room, user int) {
	t.emit(at, typ, text(tallystick.FieldRoomID, r.id), text(tallystick.FieldMemberKind, "user"), text(tallystick.FieldMemberID, t.staff[user].id))
}

// moveMember hands a room over: somebody leaves it, somebody else comes in.
func (t *tenant) moveMember(at tallystick.Instant) {
	r := &t.clients[t.chance.IntN(len(t.clients))]
	t.replace(at, r, t.chance.IntN(len(r.users)))
}

func (t *tenant) replace(at tallystick.Instant, r *room, place int) {
	t.member(at, tallystick.RoomMemberRemoved, *r, r.users[place])
	r.users[place] = t.colleague(r.users)
	t.member(at+t.span(10, 600), tallystick.RoomMemberAdded, *r, r.users[place])
}

// outage takes a channel away for some hours.
func (t *tenant) outage(at tallystick.Instant) {
	id := t.channels[t.anyChannel()].id
	t.emit(at, tallystick.ChannelDisconnected, text(tallystick.FieldChannelID, id))
	t.emit(at+t.span(600, 30_000), tallystick.ChannelConnected, text(tallystick.FieldChannelID, id))
}

func (t *tenant) phone(n int) string { return fmt.Sprintf("+%d555%04d", 10+len(t.id), n) }

func (t *tenant) buyNumber(at tallystick.Instant) {
	t.used["number"]++
	t.emit(at, tallystick.NumberPurchased, text(tallystick.FieldNumber, t.phone(t.used["number"])), text(tallystick.FieldProvider, "Carrier One"))
}

// releaseNumber gives the oldest number back, but never the last.
func (t *tenant) releaseNumber(at tallystick.Instant) {
	if t.used["released"]+1 >= t.used["number"] {
		return
	}
	t.used["released"]++
	t.emit(at, tallystick.NumberReleased, text(tallystick.FieldNumber, t.phone(t.used["released"])), text(tallystick.FieldProvider, "Carrier One"))
}

// entitle sets what the contract allows from a day of the tenant's life on, for some days (0: for good). The second contract is larger.
func (t *tenant) entitle(at tallystick.Instant, from, days int) {
	start := calendar("UTC").DateOf(t.joined).AddDays(from)
	end := ""
	if days > 0 {
		end = start.AddDays(days - 1).String()
	}
	for _, set := range []struct {
		typ      string
		quantity int64
	}{{"USERS", t.seats}, {"SMS_VOICE", t.credits}} {
		if from > 0 {
			set.quantity += set.quantity / 5
		}
		t.emit(at, tallystick.EntitlementSet, text(tallystick.FieldType, set.typ), number(tallystick.FieldQuantity, set.quantity),
			text(tallystick.FieldStartDate, start.String()), text(tallystick.FieldEndDate, end))
		at += 20 * 1000
	}
}
