package report

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// room explains a cell of room-usage.
func (t *target) room() error {
	id := t.cells[0].Text
	switch t.column {
	case "Room":
		t.sense = Giver
		q, err := t.askedTally(ofSenders)
		if err != nil {
			return err
		}
		return t.tallied(q, []string{id}, t.from, t.scope.Before, nil)
	case "RoomName":
		return t.upserts(tallystick.RoomUpserted, []string{id}, t.scope, tallystick.FieldName)
	}
	r, user, err := t.roomAndUser(id)
	if err != nil {
		return err
	}
	switch t.column {
	case "UserName":
		return t.upserts(tallystick.UserUpserted, []string{user}, t.scope, tallystick.FieldFirstName, tallystick.FieldLastName)
	case "Channel":
		return t.participations(r)
	case "Total Messages Sent":
		t.sense = Events
		q, err := t.askedTally(ofSenders)
		if err != nil {
			return err
		}
		return t.tallied(q, []string{id, "user", user}, t.from, t.scope.Before, nil)
	}
	t.sense = Events
	relinked, err := t.relinked()
	if err != nil {
		return err
	}
	return t.tallied(t.heard(relinked), []string{id}, t.from, t.scope.Before, nil, condition{NotMember, t.membership(r, user)})
}

// ofSenders picks the query for the messages by sender.
func ofSenders(q *tallystick.Tally) bool {
	return len(q.By) >= 3 && q.By[2].Field == tallystick.FieldSenderID && q.Countable
}

// heard is the question for what the contacts sent, by room, that counts as received.
func (t *target) heard(relinked []string) tallystick.Tally {
	q := tallystick.Tally{
		Scope: t.scope, Type: tallystick.MessageSent, From: t.from, Countable: true,
		Where: append(t.considered(), in(tallystick.FieldSenderKind, "contact")),
		By:    []tallystick.Dimension{{Field: tallystick.FieldRoomID}},
	}
	if t.options["relink"] == "exclude" {
		q.Where = append(q.Where, tallystick.Condition{Field: tallystick.FieldIdentity, Op: tallystick.NotIn, Values: relinked})
	}
	return q
}

// roomAndUser returns what is known of the row's room, and the id of its user: several may have one name.
func (t *target) roomAndUser(id string) (*room, string, error) {
	relinked, err := t.relinked()
	if err != nil {
		return nil, "", err
	}
	rooms, err := t.activeRooms(relinked)
	if err != nil {
		return nil, "", err
	}
	rooms = map[string]*room{id: rooms[id]}
	users, err := t.roomUsers(rooms)
	if err != nil {
		return nil, "", err
	}
	return rooms[id], t.rowsOf(rooms[id], users)[t.alike].id, nil
}

// membership is the condition that an event's time is one at which the user was a member.
func (t *target) membership(r *room, user string) func(*near) bool {
	changes, known := r.users[user]
	member := changes.during(t.from, t.scope.Before)
	return func(e *near) bool {
		return !known || t.options["received"] == "room" || slices.ContainsFunc(member, func(i interval) bool { return i.start <= e.Time && e.Time < i.end })
	}
}

// participations explains the channels of a room: the first membership or message of each contact on each channel. Later ones add nothing and are not listed.
func (t *target) participations(r *room) error {
	t.sense = Giver
	fields := []tallystick.Field{
		tallystick.FieldMemberKind, tallystick.FieldMemberID, tallystick.FieldSenderKind, tallystick.FieldSenderID, tallystick.FieldContactID, tallystick.FieldChannelID,
	}
	events, err := t.list(tallystick.MinInstant, t.scope.Before,
		tallystick.Filter{in(tallystick.FieldRoomID, r.id), {Field: tallystick.FieldChannelID, Op: tallystick.Present}}, fields,
		tallystick.RoomMemberAdded, tallystick.RoomMemberRemoved, tallystick.MessageSent)
	if err != nil {
		return err
	}
	type way struct{ contact, channel string }
	seen := map[way]bool{}
	for i := range events {
		e := &events[i]
		var contacts []string
		if e.text(tallystick.FieldMemberKind) == "contact" {
			contacts = append(contacts, e.text(tallystick.FieldMemberID))
		}
		if e.text(tallystick.FieldSenderKind) == "contact" {
			contacts = append(contacts, e.text(tallystick.FieldSenderID))
		}
		if named := e.text(tallystick.FieldContactID); named != "" && !slices.Contains(contacts, named) {
			contacts = append(contacts, named)
		}
		for _, contact := range contacts {
			w := way{contact, e.text(tallystick.FieldChannelID)}
			if seen[w] {
				continue
			}
			seen[w] = true
			reason := Reason("")
			if c := r.contacts[contact]; c != nil && c.member != nil && len(c.member.during(t.from, t.scope.Before)) == 0 {
				reason = NoParticipation
			}
			t.add(&e.Listed, reason, contact)
		}
	}
	return nil
}
