package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// room is what the report on rooms knows of one of them.
type room struct {
	id       string
	sent     map[string]int64          // considered messages by user
	heard    map[int]int64             // messages that count as received, by bucket of edges
	edges    []tallystick.Instant      // where its users come and go, inside the period
	users    map[string]history        // of those with a membership event
	contacts map[string]*participation // of those with a membership event, or named by a message
}

// participation is how a contact takes part in a room.
type participation struct {
	member     history
	channels   map[string]bool // ids
	identities map[string]bool // "" is: it wrote without one
}

// rooms makes the table of room-usage.
func (p *plan) rooms(row rows) error {
	relinked, err := p.relinked()
	if err != nil {
		return err
	}
	rooms, err := p.activeRooms()
	if err != nil || len(rooms) == 0 {
		return err
	}
	active := slices.Sorted(maps.Keys(rooms))
	if err := p.readMembers(rooms, active); err != nil {
		return err
	}
	if err := p.readCorrespondents(rooms, active); err != nil {
		return err
	}
	if err := p.readHeard(rooms, relinked); err != nil {
		return err
	}
	states, err := p.store.Entities(p.ctx, tallystick.Entities{Scope: p.scope, Type: tallystick.RoomUpserted, IDs: active})
	if err != nil {
		return err
	}
	roomNames := map[string]string{}
	for _, s := range states {
		roomNames[s.ID] = s.Values[tallystick.FieldName]
	}
	users, err := p.roomUsers(rooms)
	if err != nil {
		return err
	}
	for _, id := range active {
		r := rooms[id]
		through, listed := p.takePart(r, relinked)
		if !listed {
			continue
		}
		for _, u := range p.rowsOf(r, users) {
			if !row(tallystick.TextCell(id), tallystick.TextCell(cmp.Or(roomNames[id], id)), tallystick.TextCell(u.name), tallystick.TextCell(through),
				tallystick.IntegerCell(r.received(p, u.id)), tallystick.IntegerCell(r.sent[u.id])) {
				return nil
			}
		}
	}
	return nil
}

// considered is the filter of the messages that the report is about.
func (p *plan) considered() tallystick.Filter {
	filter := tallystick.Filter{
		{Field: tallystick.FieldRoomID, Op: tallystick.Present},
		in(tallystick.FieldSenderKind, "user", "contact"),
		in(tallystick.FieldDirection, "inbound", "outbound"),
	}
	native := ids(p.channels, func(c channel) bool { return c.native })
	switch p.options["governance"] {
	case "governed":
		filter = append(filter, tallystick.Condition{Field: tallystick.FieldChannelID, Op: tallystick.NotIn, Values: native})
	case "native":
		filter = append(filter, in(tallystick.FieldChannelID, native...))
	}
	return slices.Concat(filter, p.wanted("room", tallystick.FieldRoomID), p.wantedChannels(p.channels))
}

// activeRooms returns the rooms with a considered message.
func (p *plan) activeRooms() (map[string]*room, error) {
	counts, err := p.store.Tally(p.ctx, tallystick.Tally{
		Scope: p.scope, Type: tallystick.MessageSent, From: p.from, Where: p.considered(), Countable: true,
		By: []tallystick.Dimension{{Field: tallystick.FieldRoomID}, {Field: tallystick.FieldSenderKind}, {Field: tallystick.FieldSenderID}},
	})
	rooms := map[string]*room{}
	for _, c := range counts {
		id := c.Group[0]
		if rooms[id] == nil {
			rooms[id] = &room{id: id, sent: map[string]int64{}, heard: map[int]int64{}, users: map[string]history{}, contacts: map[string]*participation{}}
		}
		switch c.Group[1] {
		case "user":
			rooms[id].sent[c.Group[2]] = c.Value
		case "contact":
			rooms[id].heard[0] += c.Value
		}
	}
	return rooms, err
}

// readMembers reads who belonged to the rooms, and when.
func (p *plan) readMembers(rooms map[string]*room, active []string) error {
	changes, err := p.store.List(p.ctx, tallystick.List{
		Scope: p.scope, From: tallystick.MinInstant, Types: []string{tallystick.RoomMemberAdded, tallystick.RoomMemberRemoved},
		Where: tallystick.Filter{in(tallystick.FieldRoomID, active...)},
		Fields: []tallystick.Field{
			tallystick.FieldRoomID, tallystick.FieldMemberKind, tallystick.FieldMemberID, tallystick.FieldChannelID, tallystick.FieldIdentity,
		},
	})
	for _, l := range changes {
		r, kind, member, channel, identity := rooms[l.Texts[0]], l.Texts[1], l.Texts[2], l.Texts[3], l.Texts[4]
		c := change{l.Time, l.Type == tallystick.RoomMemberAdded}
		if kind == "user" {
			r.users[member] = append(r.users[member], c)
			if l.Time > p.from && (len(r.edges) == 0 || r.edges[len(r.edges)-1] != l.Time) {
				r.edges = append(r.edges, l.Time)
			}
			continue
		}
		contact := r.contact(member)
		contact.member = append(contact.member, c)
		contact.through(channel, identity)
	}
	return err
}

// readCorrespondents reads which contacts wrote in the rooms or were named there, ever since.
func (p *plan) readCorrespondents(rooms map[string]*room, active []string) error {
	list, err := p.store.Correspondents(p.ctx, tallystick.Correspondents{Scope: p.scope, Rooms: active})
	for _, c := range list {
		contact := rooms[c.Room].contact(c.Contact)
		contact.through(c.Channel, c.Identity)
		if c.Wrote && c.Identity == "" {
			contact.identities[""] = true
		}
	}
	return err
}

func (r *room) contact(id string) *participation {
	if r.contacts[id] == nil {
		r.contacts[id] = &participation{channels: map[string]bool{}, identities: map[string]bool{}}
	}
	return r.contacts[id]
}

func (c *participation) through(channel, identity string) {
	if channel != "" {
		c.channels[channel] = true
	}
	if identity != "" {
		c.identities[identity] = true
	}
}

// readHeard counts what the contacts sent in the rooms of which that is not known yet: those whose period is split at the instants at which its users come and go, where membership
// matters; and all, where not every message counts.
func (p *plan) readHeard(rooms map[string]*room, relinked []string) error {
	q := p.heard(relinked)
	q.EdgesOf = map[string][]tallystick.Instant{}
	if p.options["received"] == "member" {
		for id, r := range rooms {
			if len(r.edges) > 0 {
				q.EdgesOf[id] = r.edges
			}
		}
	}
	if p.options["relink"] != "exclude" {
		if len(q.EdgesOf) == 0 {
			return nil
		}
		q.Where = append(q.Where, in(tallystick.FieldRoomID, sortedKeys(q.EdgesOf)...))
		for id := range q.EdgesOf {
			clear(rooms[id].heard)
		}
	} else {
		for _, r := range rooms {
			clear(r.heard)
		}
	}
	counts, err := p.store.Tally(p.ctx, q)
	for _, c := range counts {
		rooms[c.Group[0]].heard[c.Bucket] = c.Value
	}
	return err
}

// heard is the question for what the contacts sent, by room.
func (p *plan) heard(relinked []string) tallystick.Tally {
	q := tallystick.Tally{
		Scope: p.scope, Type: tallystick.MessageSent, From: p.from, Countable: true,
		Where: append(p.considered(), in(tallystick.FieldSenderKind, "contact")),
		By:    []tallystick.Dimension{{Field: tallystick.FieldRoomID}},
	}
	if p.options["relink"] == "exclude" {
		q.Where = append(q.Where, tallystick.Condition{Field: tallystick.FieldIdentity, Op: tallystick.NotIn, Values: relinked})
	}
	return q
}

// received returns how many messages a user received: those of the buckets in which it was a member. Without any membership event it was one throughout.
func (r *room) received(p *plan, user string) int64 {
	total := int64(0)
	membership, known := r.users[user]
	member := membership.during(p.from, p.scope.Before)
	for bucket, n := range r.heard {
		start := p.from
		if bucket > 0 {
			start = r.edges[bucket-1]
		}
		inside := slices.ContainsFunc(member, func(i interval) bool { return i.start <= start && start < i.end })
		if inside || !known || p.options["received"] == "room" {
			total += n
		}
	}
	return total
}

// takePart returns the names of the channels through which the room's contacts take part, and whether the room is listed: it has a contact, and not all of them
// take part through re-linked identities only. A membership or a mention that gives no identity says nothing about that; a message of the contact itself does.
func (p *plan) takePart(r *room, relinked []string) (string, bool) {
	exclude := p.options["relink"] == "exclude"
	listed := false
	through := map[string]bool{}
	for _, c := range r.contacts {
		if c.member != nil && len(c.member.during(p.from, p.scope.Before)) == 0 {
			continue
		}
		for id := range c.channels {
			through[p.channelName(id)] = true
		}
		only := len(c.identities) > 0
		for identity := range c.identities {
			_, is := slices.BinarySearch(relinked, identity)
			only = only && is
		}
		listed = listed || !exclude || !only
	}
	return strings.Join(slices.Sorted(maps.Keys(through)), "; "), listed
}

// relinked returns the identities that were unlinked from one contact and later linked to another, whatever came between, by code point.
func (p *plan) relinked() ([]string, error) {
	links, err := p.store.List(p.ctx, tallystick.List{
		Scope: p.scope, From: tallystick.MinInstant, Types: []string{tallystick.IdentityLinked, tallystick.IdentityUnlinked},
		Fields: []tallystick.Field{tallystick.FieldIdentity, tallystick.FieldContactID},
	})
	ended := map[string]map[string]bool{} // contacts whose link to the identity ended; an unlink that comes first ends a link since ever
	relinked := map[string]bool{}
	for _, l := range links {
		identity, contact := l.Texts[0], l.Texts[1]
		if l.Type == tallystick.IdentityUnlinked {
			if ended[identity] == nil {
				ended[identity] = map[string]bool{}
			}
			ended[identity][contact] = true
			continue
		}
		for other := range ended[identity] {
			relinked[identity] = relinked[identity] || other != contact
		}
	}
	maps.DeleteFunc(relinked, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(relinked)), err
}

type user struct{ id, name string }

// roomUsers returns the users of all rooms that are provisioned, with their names.
func (p *plan) roomUsers(rooms map[string]*room) (map[string]user, error) {
	users := map[string]user{}
	for _, r := range rooms {
		for id := range r.users {
			users[id] = user{id, id}
		}
		for id := range r.sent {
			users[id] = user{id, id}
		}
	}
	if len(users) == 0 {
		return users, nil
	}
	states, err := p.store.Entities(p.ctx, tallystick.Entities{Scope: p.scope, Type: tallystick.UserUpserted, IDs: slices.Sorted(maps.Keys(users))})
	for _, s := range states {
		parts := []string{s.Values[tallystick.FieldFirstName], s.Values[tallystick.FieldLastName]}
		name := strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
		users[s.ID] = user{s.ID, cmp.Or(name, s.ID)}
		if s.Values[tallystick.FieldProvisioned] == "false" {
			delete(users, s.ID)
		}
	}
	return users, err
}

// rowsOf returns the users with a row in the room, in its order.
func (p *plan) rowsOf(r *room, users map[string]user) []user {
	var listed []user
	wanted := p.where["user"]
	for id, u := range users {
		if wanted != nil && !slices.Contains(wanted, id) {
			continue
		}
		if r.sent[id] > 0 || len(r.users[id].during(p.from, p.scope.Before)) > 0 {
			listed = append(listed, u)
		}
	}
	slices.SortFunc(listed, func(a, b user) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id)) })
	return listed
}
