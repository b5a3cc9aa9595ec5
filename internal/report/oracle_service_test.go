package report_test

import (
	"strconv"

	"github.com/tallystick/tallystick"
)

// kept reports whether the report looks at what is on a channel, "" being none: by the filters, and by the channel's environment.
func (v *oracleView) kept(p oraclePast, channel string) bool {
	if channel != "" && v.option("test_channels") == "exclude" &&
		p.attribute(tallystick.ChannelUpserted, channel, tallystick.FieldEnvironment) != "production" {
		return false
	}
	return v.wants("channel", channel) && v.wants("platform", p.platform(channel))
}

// group is the name of the group that a channel is in, "" for none.
func (v *oracleView) group(p oraclePast, channel string) string {
	switch {
	case channel == "":
		return ""
	case v.option("by") == "channel":
		return p.name(tallystick.ChannelUpserted, channel)
	}
	return p.platform(channel)
}

// oracleGroups collects items by group. Every item is in All.
type oracleGroups struct {
	groups map[string]oracleSet
	all    oracleSet
}

func newOracleGroups() *oracleGroups { return &oracleGroups{map[string]oracleSet{}, oracleSet{}} }

func (g *oracleGroups) add(group, item string) {
	if group != "" {
		if g.groups[group] == nil {
			g.groups[group] = oracleSet{}
		}
		g.groups[group].add(item)
	}
	g.all.add(item)
}

// rows is a row per group by name, then All.
func (g *oracleGroups) rows(before ...string) [][]string {
	names := oracleSet{}
	for name := range g.groups {
		names.add(name)
	}
	var rows [][]string
	for _, name := range names.sorted() {
		rows = append(rows, append(append([]string{}, before...), name, strconv.Itoa(len(g.groups[name]))))
	}
	return append(rows, append(append([]string{}, before...), "All", strconv.Itoa(len(g.all))))
}

func (v *oracleView) uniqueContacts() [][]string {
	months := v.calendar.Buckets(tallystick.Monthly, v.a, v.b)
	p := v.past(months[len(months)-1].End)
	var rows [][]string
	for _, month := range months {
		groups := newOracleGroups()
		for _, m := range p {
			channel, contact := m.Text(tallystick.FieldChannelID), m.Text(tallystick.FieldContactID)
			if p.countable(m) && oracleInOrOut(m) && contact != "" && m.Time >= month.Start && m.Time < month.End && v.kept(p, channel) {
				groups.add(v.group(p, channel), target(p, contact))
			}
		}
		rows = append(rows, groups.rows(month.Label)...)
	}
	return rows
}

// target is the contact that one counts as, merges followed through.
func target(p oraclePast, contact string) string {
	seen := []string{}
	for {
		for i, c := range seen {
			if c == contact { // a cycle: the smallest of it stands for all
				for _, other := range seen[i:] {
					contact = min(contact, other)
				}
				return contact
			}
		}
		seen = append(seen, contact)
		into := p.attribute(tallystick.ContactUpserted, contact, tallystick.FieldMergedInto)
		if into == "" {
			return contact
		}
		contact = into
	}
}

// periods is the buckets of the period, clipped to it.
func (v *oracleView) periods(every string) []tallystick.Bucket {
	buckets := v.calendar.Buckets(tallystick.Grain(every), v.a, v.b)
	for i := range buckets {
		buckets[i].Start, buckets[i].End = max(buckets[i].Start, v.a), min(buckets[i].End, v.b)
	}
	return buckets
}

// byPeriod makes the rows of every bucket, and then those of the whole period as Total.
func (v *oracleView) byPeriod(rowsOf func(label string, from, to tallystick.Instant) [][]string) [][]string {
	var rows [][]string
	for _, bucket := range v.periods(v.option("every")) {
		rows = append(rows, rowsOf(bucket.Label, bucket.Start, bucket.End)...)
	}
	return append(rows, rowsOf("Total", v.a, v.b)...)
}

func (v *oracleView) resolvedConversations() [][]string {
	p := v.past(v.b)
	return v.byPeriod(func(label string, from, to tallystick.Instant) [][]string {
		groups := newOracleGroups()
		for _, e := range p.of(tallystick.ConversationSolved) {
			conversation := e.Text(tallystick.FieldConversationID)
			if e.Time < from || e.Time >= to || startedBy(p, conversation) != "inbound" || !answered(p, conversation, e.Time) {
				continue
			}
			if channel := conversationChannel(p, conversation); v.kept(p, channel) {
				groups.add(v.group(p, channel), conversation)
			}
		}
		return groups.rows(label)
	})
}

// startedBy is the direction in which a conversation started.
func startedBy(p oraclePast, conversation string) string {
	c := p.with(tallystick.FieldConversationID, conversation)
	for _, e := range c.of(tallystick.ConversationCreated) {
		if by := e.Text(tallystick.FieldStartedBy); by != "" {
			return by
		}
	}
	for _, m := range c.of(tallystick.MessageSent) {
		if oracleInOrOut(m) {
			return m.Text(tallystick.FieldDirection)
		}
	}
	return ""
}

// answered reports whether a conversation had an answer at or before an instant.
func answered(p oraclePast, conversation string, resolved tallystick.Instant) bool {
	for _, m := range p.with(tallystick.FieldConversationID, conversation) {
		kind := m.Text(tallystick.FieldSenderKind)
		if p.countable(m) && m.Time <= resolved && m.Text(tallystick.FieldDirection) == "outbound" && (kind == "user" || kind == "bot" || kind == "api") {
			return true
		}
	}
	return false
}

// conversationChannel is the channel of a conversation: that of its creation, else that of its earliest message.
func conversationChannel(p oraclePast, conversation string) string {
	c := p.with(tallystick.FieldConversationID, conversation)
	for _, e := range c.of(tallystick.ConversationCreated) {
		if channel := e.Text(tallystick.FieldChannelID); channel != "" {
			return channel
		}
	}
	if messages := c.of(tallystick.MessageSent); len(messages) > 0 {
		return messages[0].Text(tallystick.FieldChannelID)
	}
	return ""
}

func (v *oracleView) activeAgents() [][]string {
	p := v.past(v.b)
	return v.byPeriod(func(label string, from, to tallystick.Instant) [][]string {
		users := oracleSet{}
		for _, m := range p.with(tallystick.FieldSenderKind, "user") {
			outbound := p.countable(m) && m.Text(tallystick.FieldDirection) == "outbound"
			if outbound && m.Time >= from && m.Time < to && v.kept(p, m.Text(tallystick.FieldChannelID)) {
				users.add(m.Text(tallystick.FieldSenderID))
			}
		}
		return [][]string{{label, strconv.Itoa(len(users))}}
	})
}

func (v *oracleView) channels() [][]string {
	p := v.past(v.b)
	ids := oracleSet{}
	for _, name := range []string{tallystick.ChannelUpserted, tallystick.ChannelConnected, tallystick.ChannelDisconnected} {
		for _, e := range p.of(name) {
			ids.add(e.Text(tallystick.FieldChannelID))
		}
	}
	groups := newOracleGroups()
	for channel := range ids {
		connections := p.either(tallystick.ChannelConnected, tallystick.ChannelDisconnected).with(tallystick.FieldChannelID, channel)
		connected := len(connections) == 0 || oracleState{connections, tallystick.ChannelConnected}.within(v.a, v.b)
		if connected && v.kept(p, channel) {
			groups.add(v.group(p, channel), channel)
		}
	}
	return groups.rows()
}

func (v *oracleView) proactiveMessages() [][]string {
	p := v.past(v.b)
	return v.byPeriod(func(label string, from, to tallystick.Instant) [][]string {
		groups := newOracleGroups()
		for _, m := range p.with(tallystick.FieldProactive, "true").with(tallystick.FieldDirection, "outbound") {
			if channel := m.Text(tallystick.FieldChannelID); p.countable(m) && m.Time >= from && m.Time < to && v.kept(p, channel) {
				groups.add(v.group(p, channel), m.Text(tallystick.FieldMessageID))
			}
		}
		return groups.rows(label)
	})
}
