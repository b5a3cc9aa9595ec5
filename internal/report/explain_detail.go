package report

import (
	"github.com/tallystick/tallystick"
)

// sessionRow explains a cell of the table detail of session-usage: the texts by the interactions of the conversation in the session, the times by the events they are of.
func (t *target) sessionRow() error {
	parts, err := t.sessionParts()
	if err != nil {
		return err
	}
	row := -1
	var s *tallystick.SessionPart
	for i := range parts {
		if i == 0 || keyOf(&parts[i]) != keyOf(&parts[i-1]) || parts[i].Conversation != parts[i-1].Conversation {
			if row++; row == t.index {
				s = &parts[i]
			}
		}
	}
	switch t.column {
	case "Conversation created at", "Conversation updated":
		return t.conversationTimes(s)
	}
	c, err := t.consumed()
	if err != nil {
		return err
	}
	period := stretch{from: s.Start, before: s.Start + tallystick.Microsecond}
	inRow := func(e *near) bool {
		key, known := c.sessionOf(e)
		return known && key == keyOf(s) && (e.text(tallystick.FieldConversationID) == s.Conversation || t.column == "Session start time")
	}
	if t.column == "Session start time" || t.column == "Session ID" {
		if err := t.startOf(s); err != nil {
			return err
		}
	}
	name := func(*near, sessionKey) string { return c.item(keyOf(s)) }
	if err := t.interactions(c, period, inRow, OutsidePeriod, name); err != nil {
		return err
	}
	t.sense = Giver
	switch {
	case t.value.Kind == tallystick.CellEmpty:
		for i := range t.found {
			if e := &t.found[i]; e.Counted {
				e.Counted, e.Reason = false, NoValue
			}
		}
	case t.column != "Session ID" && t.column != "Conversation ID":
		t.onlyFirst()
	}
	return nil
}

// startOf adds the session.started of a given session.
func (t *target) startOf(s *tallystick.SessionPart) error {
	if !s.Given {
		return nil
	}
	events, err := t.listOf(t.scope.Before, tallystick.FieldSessionID, []string{s.Session}, []tallystick.Field{tallystick.FieldKind}, tallystick.SessionStarted)
	for i := range events {
		reason := Reason("")
		if events[i].Texts[0] != "bot" {
			reason = OtherKind
		}
		t.add(&events[i].Listed, reason, s.Session)
	}
	return err
}

// conversationTimes explains when a conversation was created or updated.
func (t *target) conversationTimes(s *tallystick.SessionPart) error {
	t.sense = Giver
	if s.Conversation == "" {
		return nil
	}
	types := []string{tallystick.ConversationCreated, tallystick.MessageSent}
	first := t.column == "Conversation created at"
	if !first {
		types = append(types, tallystick.ConversationUpdated, tallystick.ConversationSolved)
	}
	events, err := t.listOf(t.scope.Before, tallystick.FieldConversationID, []string{s.Conversation}, nil, types...)
	if err != nil {
		return err
	}
	created := false
	for i := range events {
		created = created || events[i].Type == tallystick.ConversationCreated
	}
	counted := false
	for i := range events {
		e := &events[i]
		reason := NotLatest
		switch {
		case first && !counted && (!created || e.Type == tallystick.ConversationCreated), !first && i == len(events)-1:
			reason, counted = "", true
		case first:
			reason = NotFirst
		}
		t.add(&e.Listed, reason, s.Conversation)
	}
	return nil
}

// onlyFirst leaves of the counted events the first, or a session.started, which says when a session started whatever was before.
func (t *target) onlyFirst() {
	best := -1
	for i := range t.found {
		e := &t.found[i]
		switch {
		case !e.Counted:
		case best < 0, e.Type == tallystick.SessionStarted, t.found[best].Type != tallystick.SessionStarted && before(e, &t.found[best]):
			best = i
		}
	}
	for i := range t.found {
		if e := &t.found[i]; e.Counted && i != best {
			e.Counted, e.Reason = false, NotFirst
		}
	}
}

func before(a, b *Explained) bool {
	return a.Time < b.Time || a.Time == b.Time && b.Position.After(a.Position)
}
