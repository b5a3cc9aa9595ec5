package report_test

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tallystick/tallystick"
)

func (v *oracleView) rooms() [][]string {
	p := v.past(v.b)
	considered := map[string]oraclePast{} // by room
	for _, m := range p {
		if v.considered(p, m) {
			room := m.Text(tallystick.FieldRoomID)
			considered[room] = append(considered[room], m)
		}
	}
	type row struct {
		room, name, id string
		cells          []string
	}
	var rows []row
	for room, messages := range considered {
		if !v.wants("room", room) {
			continue
		}
		contacts := v.contactsOf(p, room)
		if len(contacts) == 0 || v.option("relink") == "exclude" && allRelinked(p, room, contacts) {
			continue
		}
		for _, user := range v.usersOf(p, room, messages).sorted() {
			if !v.wants("user", user) {
				continue
			}
			received, sent := 0, 0
			for _, m := range messages {
				switch m.Text(tallystick.FieldSenderKind) {
				case "user":
					if m.Text(tallystick.FieldSenderID) == user {
						sent++
					}
				case "contact":
					if v.receives(p, room, user, m) {
						received++
					}
				}
			}
			name := p.userName(user)
			rows = append(rows, row{room, name, user, []string{
				room, p.name(tallystick.RoomUpserted, room), name, channelsOf(p, room, contacts).join("; "), strconv.Itoa(received), strconv.Itoa(sent),
			}})
		}
	}
	slices.SortFunc(rows, func(r, s row) int {
		return cmp.Or(cmp.Compare(r.room, s.room), cmp.Compare(r.name, s.name), cmp.Compare(r.id, s.id))
	})
	var cells [][]string
	for _, r := range rows {
		cells = append(cells, r.cells)
	}
	return cells
}

// considered is the messages that the report looks at.
func (v *oracleView) considered(p oraclePast, m *tallystick.Event) bool {
	if !p.countable(m) || !v.during(m) || m.Text(tallystick.FieldRoomID) == "" || !oracleInOrOut(m) {
		return false
	}
	if kind := m.Text(tallystick.FieldSenderKind); kind != "user" && kind != "contact" {
		return false
	}
	channel := m.Text(tallystick.FieldChannelID)
	native := channel != "" && p.attribute(tallystick.ChannelUpserted, channel, tallystick.FieldGovernance) == "native"
	switch v.option("governance") {
	case "governed":
		if native {
			return false
		}
	case "native":
		if !native {
			return false
		}
	}
	return v.wants("channel", channel) && v.wants("platform", p.platform(channel))
}

// receives reports whether a user received a considered message of a contact.
func (v *oracleView) receives(p oraclePast, room, user string, m *tallystick.Event) bool {
	if identity := m.Text(tallystick.FieldIdentity); v.option("relink") == "exclude" && identity != "" && relinked(p, identity) {
		return false
	}
	if v.option("received") == "room" {
		return true
	}
	memberships := membershipOf(p, room, "user", user)
	return len(memberships) == 0 || oracleState{memberships, tallystick.RoomMemberAdded}.at(m.Time)
}

func membershipOf(p oraclePast, room, kind, id string) oraclePast {
	return p.either(tallystick.RoomMemberAdded, tallystick.RoomMemberRemoved).
		with(tallystick.FieldRoomID, room).with(tallystick.FieldMemberKind, kind).with(tallystick.FieldMemberID, id)
}

// contactsOf is the contacts of a room in the period.
func (v *oracleView) contactsOf(p oraclePast, room string) oracleSet {
	candidates := oracleSet{}
	for _, e := range p.with(tallystick.FieldRoomID, room) {
		if e.Text(tallystick.FieldMemberKind) == "contact" {
			candidates.add(e.Text(tallystick.FieldMemberID))
		}
		if e.Text(tallystick.FieldSenderKind) == "contact" {
			candidates.add(e.Text(tallystick.FieldSenderID))
		}
		if e.Type == tallystick.MessageSent {
			candidates.add(e.Text(tallystick.FieldContactID))
		}
	}
	contacts := oracleSet{}
	for c := range candidates {
		memberships := membershipOf(p, room, "contact", c)
		if len(memberships) == 0 || (oracleState{memberships, tallystick.RoomMemberAdded}).within(v.a, v.b) {
			contacts.add(c)
		}
	}
	return contacts
}

// usersOf is the users who have a row in a room.
func (v *oracleView) usersOf(p oraclePast, room string, considered oraclePast) oracleSet {
	users := oracleSet{}
	for _, m := range considered.with(tallystick.FieldSenderKind, "user") {
		users.add(m.Text(tallystick.FieldSenderID))
	}
	for _, e := range p.with(tallystick.FieldRoomID, room).with(tallystick.FieldMemberKind, "user") {
		user := e.Text(tallystick.FieldMemberID)
		if (oracleState{membershipOf(p, room, "user", user), tallystick.RoomMemberAdded}).within(v.a, v.b) {
			users.add(user)
		}
	}
	for user := range users {
		if p.attribute(tallystick.UserUpserted, user, tallystick.FieldProvisioned) != "true" {
			delete(users, user)
		}
	}
	return users
}

// participation is a contact's membership events in a room and the messages there that it sent or that name it, of any kind.
func participation(p oraclePast, room, contact string) oraclePast {
	list := membershipOf(p, room, "contact", contact)
	for _, m := range p.of(tallystick.MessageSent).with(tallystick.FieldRoomID, room) {
		sent := m.Text(tallystick.FieldSenderKind) == "contact" && m.Text(tallystick.FieldSenderID) == contact
		if sent || m.Text(tallystick.FieldContactID) == contact {
			list = append(list, m)
		}
	}
	return list
}

// channelsOf is the names of the channels through which contacts take part in a room.
func channelsOf(p oraclePast, room string, contacts oracleSet) oracleSet {
	names := oracleSet{}
	for c := range contacts {
		for _, e := range participation(p, room, c) {
			if channel := e.Text(tallystick.FieldChannelID); channel != "" {
				names.add(p.name(tallystick.ChannelUpserted, channel))
			}
		}
	}
	return names
}

// allRelinked reports whether all contacts take part in a room through re-linked identities only. A contact that sent something there without an identity takes part
// without one; a membership, or a message of somebody else, that says nothing about an identity does not speak for or against it.
func allRelinked(p oraclePast, room string, contacts oracleSet) bool {
	for c := range contacts {
		identities := oracleSet{}
		for _, e := range participation(p, room, c) {
			identities.add(e.Text(tallystick.FieldIdentity))
			own := e.Text(tallystick.FieldSenderKind) == "contact" && e.Text(tallystick.FieldSenderID) == c
			if own && e.Text(tallystick.FieldIdentity) == "" {
				return false
			}
		}
		if len(identities) == 0 {
			return false
		}
		for identity := range identities {
			if !relinked(p, identity) {
				return false
			}
		}
	}
	return true
}

// relinked reports whether a link of the identity to one contact ended by an unlink of that contact, and a link to another contact came later.
func relinked(p oraclePast, identity string) bool {
	links := p.either(tallystick.IdentityLinked, tallystick.IdentityUnlinked).with(tallystick.FieldIdentity, identity)
	for i, unlink := range links {
		if unlink.Type != tallystick.IdentityUnlinked {
			continue // an unlink always ends a link: one that was made, or, coming first, one since ever
		}
		for _, link := range links[i+1:] {
			if link.Type == tallystick.IdentityLinked && link.Text(tallystick.FieldContactID) != unlink.Text(tallystick.FieldContactID) {
				return true
			}
		}
	}
	return false
}
