package report

import (
	"cmp"
	"slices"

	"github.com/tallystick/tallystick"
)

// consumed is what the events of bot sessions are judged by.
type consumed struct {
	parts  []tallystick.SessionPart // of all sessions that started in the period
	kept   map[sessionKey]bool      // those that the filters keep
	starts map[sessionKey]tallystick.Instant
	opened map[string][]sessionKey // a contact's computed sessions, in order of their starts
	agents map[string]bool         // ids of sessions of kind agent
	ticket map[string]string       // of conversations
}

// session explains a cell of the tables of session-usage that count.
func (t *target) session() error {
	c, err := t.consumed()
	if err != nil {
		return err
	}
	period := stretch{from: t.from, before: t.scope.Before}
	if grain, ok := map[string]tallystick.Grain{"Date": tallystick.Daily, "Month": tallystick.Monthly}[t.firstColumn()]; ok {
		buckets := t.calendar.Buckets(grain, t.from, t.scope.Before)
		b := buckets[t.index]
		period = stretch{from: max(b.Start, t.from), before: min(b.End, t.scope.Before)}
	}
	name := t.cells[0].Text
	nearby := func(*near) bool { return true }
	switch t.firstColumn() {
	case "Bot":
		bots, err := t.botNames()
		if err != nil {
			return err
		}
		if t.column == "Bot" {
			return t.upserts(tallystick.BotUpserted, withName(bots, name), t.scope, tallystick.FieldName)
		}
		nearby = func(e *near) bool {
			return botName(bots, e.text(tallystick.FieldBotID)) == name && (len(t.cells) == 2 || e.text(tallystick.FieldBotVersion) == t.cells[1].Text)
		}
	case "Channel":
		if t.column == "Channel" {
			return t.upserts(tallystick.ChannelUpserted, ids(t.channels, func(c channel) bool { return c.name == name }), t.scope, tallystick.FieldName)
		}
		nearby = func(e *near) bool { return t.channelName(e.text(tallystick.FieldChannelID)) == name }
	}
	t.sense = Items
	switch t.column {
	case "Date", "Month":
		return t.label()
	case "Version":
		t.sense = Giver
		fallthrough
	case "Sessions":
		if t.firstColumn() != "Bot" && t.firstColumn() != "Channel" {
			if err := t.startEvents(c, period); err != nil {
				return err
			}
		}
		return t.interactions(c, period, nearby, "", func(e *near, s sessionKey) string { return c.item(s) })
	case "Tickets":
		return t.interactions(c, period, nearby, NoTicket, func(e *near, _ sessionKey) string {
			return cmp.Or(e.text(tallystick.FieldTicketID), c.ticket[e.text(tallystick.FieldConversationID)])
		})
	}
	return t.interactions(c, period, nearby, NoConversation, func(e *near, _ sessionKey) string { return e.text(tallystick.FieldConversationID) })
}

// firstColumn returns the name of the table's first column.
func (t *target) firstColumn() string {
	return tableNamed(t.definition, t.request.Table).Columns[0].Name
}

func withName(names map[string]string, name string) []string {
	found := []string{}
	for id := range names {
		if botName(names, id) == name {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}

// consumed asks for the sessions again, with those that the filters leave out.
func (t *target) consumed() (*consumed, error) {
	parts, err := t.store.Sessions(t.ctx, tallystick.Sessions{Scope: t.scope, From: t.from})
	if err != nil {
		return nil, err
	}
	c := &consumed{parts: parts, kept: map[sessionKey]bool{}, starts: map[sessionKey]tallystick.Instant{}, opened: map[string][]sessionKey{}}
	for _, s := range t.matching(slices.Clone(parts)) {
		c.kept[keyOf(&s)] = true
	}
	for i := range parts {
		s := &parts[i]
		key := keyOf(s)
		if _, known := c.starts[key]; !known && !s.Given {
			c.opened[s.Contact] = append(c.opened[s.Contact], key)
		}
		c.starts[key] = s.Start
	}
	return c, nil
}

// item names a session. Should a platform have given an id that looks like a computed one, the computed one says so.
func (c *consumed) item(s sessionKey) string {
	if _, twin := c.starts[sessionKey{s.id, true}]; twin && !s.given {
		return s.id + " (computed)"
	}
	return s.id
}

// sessionOf returns the session that an interaction belongs to, false where that is none of the period's.
func (c *consumed) sessionOf(e *near) (sessionKey, bool) {
	if id := e.text(tallystick.FieldSessionID); id != "" && !c.agents[id] {
		key := sessionKey{id, true}
		_, known := c.starts[key]
		return key, known
	}
	var found sessionKey
	inside := false
	for _, key := range c.opened[e.text(tallystick.FieldContactID)] {
		if start := c.starts[key]; start <= e.Time && e.Time < start+tallystick.Day {
			found, inside = key, true
		}
	}
	return found, inside
}

// interactionFields are the fields that an interaction is judged by.
var interactionFields = slices.Concat(countableFields, []tallystick.Field{
	tallystick.FieldDirection, tallystick.FieldContactID, tallystick.FieldSessionID, tallystick.FieldBotID, tallystick.FieldBotVersion,
	tallystick.FieldChannelID, tallystick.FieldConversationID, tallystick.FieldTicketID,
})

// interactions explains what is counted of the interactions of the sessions that started in a part of the period: item says what, "" is nothing, for the reason none.
func (t *target) interactions(c *consumed, period stretch, nearby func(*near) bool, none Reason, item func(*near, sessionKey) string) error {
	events, err := t.messages(c, period)
	if err != nil {
		return err
	}
	failed, err := t.failures(events, t.scope.Before)
	if err != nil {
		return err
	}
	if err := t.readTalks(c, events); err != nil {
		return err
	}
	sessionOf := func(e *near) sessionKey { s, _ := c.sessionOf(e); return s }
	conditions := slices.Concat([]condition{{OutsidePeriod, func(e *near) bool { return e.Time < t.scope.Before }}}, delivered(failed), []condition{
		{Internal, func(e *near) bool { return e.text(tallystick.FieldDirection) != "internal" }},
		{NoContact, func(e *near) bool { return e.text(tallystick.FieldContactID) != "" }},
		{OtherSession, func(e *near) bool { _, known := c.sessionOf(e); return known }},
		{FilteredOut, func(e *near) bool { return c.kept[sessionOf(e)] }},
		{OutsidePeriod, func(e *near) bool { at := c.starts[sessionOf(e)]; return period.from <= at && at < period.before }},
		{none, func(e *near) bool { return item(e, sessionOf(e)) != "" }},
	})
	for i := range events {
		e := &events[i]
		if !nearby(e) {
			continue
		}
		reason := firstBroken(conditions, e)
		name := item(e, sessionOf(e))
		if reason == OtherSession && e.Time < t.from {
			reason = OutsidePeriod
		}
		t.add(&e.Listed, reason, name)
	}
	return nil
}

// messages lists a bot's messages that may belong to the sessions that started in a part of the period: those near it or up to a day behind it, and those of given sessions
// whenever they were.
func (t *target) messages(c *consumed, period stretch) ([]near, error) {
	m := margin(period.from, period.before)
	bots := tallystick.Condition{Field: tallystick.FieldBotID, Op: tallystick.Present}
	events, err := t.list(period.from-m, min(t.scope.Before+m, period.before+max(m, tallystick.Day)), tallystick.Filter{bots}, interactionFields, tallystick.MessageSent)
	if err != nil {
		return nil, err
	}
	seen := map[tallystick.Position]bool{}
	for i := range events {
		seen[events[i].Position] = true
	}
	var given []string
	for key, start := range c.starts {
		if key.given && period.from <= start && start < period.before {
			given = append(given, key.id)
		}
	}
	more, err := t.listOf(t.scope.Before, tallystick.FieldSessionID, given, interactionFields, tallystick.MessageSent)
	for i := range more {
		if !seen[more[i].Position] && meets(bots, more[i].text(tallystick.FieldBotID)) {
			events = append(events, more[i])
		}
	}
	return events, err
}

// readTalks reads which of the messages' sessions are agents', and the tickets of their conversations.
func (t *target) readTalks(c *consumed, messages []near) error {
	var sessions, conversations []string
	for i := range messages {
		if id := messages[i].text(tallystick.FieldSessionID); id != "" {
			sessions = append(sessions, id)
		}
		if id := messages[i].text(tallystick.FieldConversationID); id != "" {
			conversations = append(conversations, id)
		}
	}
	c.agents, c.ticket = map[string]bool{}, map[string]string{}
	starts, err := t.listOf(t.scope.Before, tallystick.FieldSessionID, sessions, []tallystick.Field{tallystick.FieldSessionID, tallystick.FieldKind}, tallystick.SessionStarted)
	if err != nil {
		return err
	}
	for _, s := range starts {
		c.agents[s.Texts[0]] = s.Texts[1] == "agent"
	}
	created, err := t.listOf(t.scope.Before, tallystick.FieldConversationID, conversations,
		[]tallystick.Field{tallystick.FieldConversationID, tallystick.FieldTicketID}, tallystick.ConversationCreated)
	for _, e := range created {
		c.ticket[e.Texts[0]] = e.Texts[1]
	}
	return err
}

// startEvents adds the starts of given bot sessions.
func (t *target) startEvents(c *consumed, period stretch) error {
	events, err := t.around(period.from, period.before, tallystick.Filter{in(tallystick.FieldKind, "bot")}, []tallystick.Field{tallystick.FieldSessionID}, tallystick.SessionStarted)
	conditions := []condition{
		inside(period.from, period.before),
		{FilteredOut, func(e *near) bool { return c.kept[sessionKey{e.text(tallystick.FieldSessionID), true}] }},
	}
	for i := range events {
		e := &events[i]
		t.add(&e.Listed, firstBroken(conditions, e), e.text(tallystick.FieldSessionID))
	}
	return err
}
