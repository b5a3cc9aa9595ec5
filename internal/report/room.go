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
	heard    []int64                   // messages that count as received, by bucket of edges; nil: none
	edges    []tallystick.Instant      // where its users come and go, inside the period
	users    map[string]history        // of those with a membership event
	contacts map[string]*participation // of those with a membership event, or named by a message
}

// participation is how a contact takes part in a room.
type participation struct {
	member     history
	channels   []string // ids; one may be there more than once
	identities []string // the same; "" is: it wrote without one
}

// rooms makes the table of room-usage.
func (p *plan) rooms(row rows) error {
	relinked, err := p.relinked()
	if err != nil {
		return err
	}
	rooms, err := p.activeRooms(relinked)
	if err != nil || len(rooms) == 0 {
		return err
	}
	active := slices.Sorted(maps.Keys(rooms))
	if err := p.readCorrespondents(rooms, active); err != nil {
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

// activeRooms returns the rooms with a considered message, with what was sent in them and who belonged to them.
func (p *plan) activeRooms(relinked []string) (map[string]*room, error) {
	rooms, err := p.members()
	if err != nil {
		return nil, err
	}
	counts, err := p.store.Tally(p.ctx, p.said(rooms, relinked))
	active := map[string]*room{}
	for _, c := range counts {
		id, kind, sender := c.Group[0], c.Group[1], c.Group[2]
		r := active[id]
		if r == nil {
			if r = rooms[id]; r == nil {
				r = newRoom(id)
			}
			active[id] = r
		}
		switch {
		case kind == "user":
			r.sent[sender] += c.Value
		case kind == "contact" && (len(c.Group) == 3 || c.Group[3] == ""):
			if r.heard == nil {
				r.heard = make([]int64, len(r.edges)+1)
			}
			r.heard[c.Bucket] += c.Value
		}
	}
	return active, err
}

// said is the question for the considered messages: by room, kind of sender and sender, split where the users of a room come and go, and with the identities that were re-linked apart, where these matter. So the
// messages are read once for all that a row says.
func (p *plan) said(rooms map[string]*room, relinked []string) tallystick.Tally {
	q := tallystick.Tally{
		Scope: p.scope, Type: tallystick.MessageSent, From: p.from, Where: p.considered(), Countable: true,
		By: []tallystick.Dimension{{Field: tallystick.FieldRoomID}, {Field: tallystick.FieldSenderKind}, {Field: tallystick.FieldSenderID}},
	}
	if p.options["received"] == "member" {
		for id, r := range rooms {
			if len(r.edges) == 0 {
				continue
			}
			if q.EdgesOf == nil {
				q.EdgesOf = map[string][]tallystick.Instant{}
			}
			q.EdgesOf[id] = r.edges
		}
	}
	if p.options["relink"] == "exclude" && len(relinked) > 0 {
		labels := map[string]string{}
		for _, identity := range relinked {
			labels[identity] = "re-linked"
		}
		q.By = append(q.By, tallystick.Dimension{Field: tallystick.FieldIdentity, Labels: labels, Unlabelled: tallystick.NoGroup})
	}
	return q
}

// members returns the rooms that anybody ever belonged to, with who did, and when.
func (p *plan) members() (map[string]*room, error) {
	changes, err := p.store.List(p.ctx, tallystick.List{
		Scope: p.scope, From: tallystick.MinInstant, Types: []string{tallystick.RoomMemberAdded, tallystick.RoomMemberRemoved},
		Where: append(tallystick.Filter{{Field: tallystick.FieldRoomID, Op: tallystick.Present}}, p.wanted("room", tallystick.FieldRoomID)...),
		Fields: []tallystick.Field{
			tallystick.FieldRoomID, tallystick.FieldMemberKind, tallystick.FieldMemberID, tallystick.FieldChannelID, tallystick.FieldIdentity,
		},
	})
	rooms := map[string]*room{}
	for _, l := range changes {
		id, kind, member, channel, identity := l.Texts[0], l.Texts[1], l.Texts[2], l.Texts[3], l.Texts[4]
		r := rooms[id]
		if r == nil {
			r = newRoom(id)
			rooms[id] = r
		}
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
	return rooms, err
}

func newRoom(id string) *room {
	return &room{id: id, sent: map[string]int64{}, users: map[string]history{}, contacts: map[string]*participation{}}
}

// readCorrespondents reads which contacts wrote in the rooms or were named there, ever since.
func (p *plan) readCorrespondents(rooms map[string]*room, active []string) error {
	list, err := p.store.Correspondents(p.ctx, tallystick.Correspondents{Scope: p.scope, Rooms: active})
	for _, c := range list {
		contact := rooms[c.Room].contact(c.Contact)
		contact.through(c.Channel, c.Identity)
		if c.Wrote && c.Identity == "" {
			contact.identities = append(contact.identities, "")
		}
	}
	return err
}

func (r *room) contact(id string) *participation {
	c := r.contacts[id]
	if c == nil {
		c = &participation{}
		r.contacts[id] = c
	}
	return c
}

func (c *participation) through(channel, identity string) {
	if n := len(c.channels); channel != "" && (n == 0 || c.channels[n-1] != channel) {
		c.channels = append(c.channels, channel)
	}
	if n := len(c.identities); identity != "" && (n == 0 || c.identities[n-1] != identity) {
		c.identities = append(c.identities, identity)
	}
}

// received returns how many messages a user received: those of the buckets in which it was a member. Without any membership event it was one throughout.
func (r *room) received(p *plan, user string) int64 {
	total := int64(0)
	membership, known := r.users[user]
	member := membership.during(p.from, p.scope.Before)
	for bucket, n := range r.heard {
		if n == 0 {
			continue
		}
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
	var through []string
	for _, c := range r.contacts {
		if c.member != nil && len(c.member.during(p.from, p.scope.Before)) == 0 {
			continue
		}
		for _, id := range c.channels {
			through = append(through, p.channelName(id))
		}
		only := len(c.identities) > 0
		for _, identity := range c.identities {
			_, is := slices.BinarySearch(relinked, identity)
			only = only && is
		}
		listed = listed || !exclude || !only
	}
	slices.Sort(through)
	return strings.Join(slices.Compact(through), "; "), listed
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
	states, err := p.store.Entities(p.ctx, tallystick.Entities{Scope: p.scope, Type: tallystick.UserUpserted, IDs: sortedKeys(users)})
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

// rowsOf returns the users with a row in the room, in its order: those who sent something, and its members.
func (p *plan) rowsOf(r *room, users map[string]user) []user {
	var listed []user
	add := func(id string) {
		if u, provisioned := users[id]; provisioned && (p.where["user"] == nil || slices.Contains(p.where["user"], id)) {
			listed = append(listed, u)
		}
	}
	for id := range r.sent {
		add(id)
	}
	for id, membership := range r.users {
		if r.sent[id] == 0 && len(membership.during(p.from, p.scope.Before)) > 0 {
			add(id)
		}
	}
	slices.SortFunc(listed, func(a, b user) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id)) })
	return listed
}
