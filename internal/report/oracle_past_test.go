package report_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// oraclePast is a tenant's events before some instant, in their order.
type oraclePast []*tallystick.Event

// of is the past's events of one type.
func (p oraclePast) of(name string) oraclePast {
	var list oraclePast
	for _, e := range p {
		if e.Type == name {
			list = append(list, e)
		}
	}
	return list
}

// with is the past's events in which a field has a value.
func (p oraclePast) with(f tallystick.Field, value string) oraclePast {
	var list oraclePast
	for _, e := range p {
		if e.Text(f) == value {
			list = append(list, e)
		}
	}
	return list
}

// oracleUpserts are the types that give entities attributes, with the field that names the entity; a tenant is named by its envelope.
var oracleUpserts = map[string]tallystick.Field{
	tallystick.TenantUpserted: tallystick.NoField, tallystick.UserUpserted: tallystick.FieldUserID, tallystick.ContactUpserted: tallystick.FieldContactID,
	tallystick.ChannelUpserted: tallystick.FieldChannelID, tallystick.BotUpserted: tallystick.FieldBotID, tallystick.RoomUpserted: tallystick.FieldRoomID,
}

// attribute is an entity's attribute: that of its latest upsert which says something about it, else the default.
func (p oraclePast) attribute(upsert, id string, f tallystick.Field) string {
	value := tallystick.TypeNamed(upsert).Rule(f).Default
	for _, e := range p.of(upsert) {
		if e.Text(oracleUpserts[upsert]) == id && e.Has(f) {
			value = e.Text(f)
		}
	}
	return value
}

// name is an entity's name; without one, or with an empty one, its id.
func (p oraclePast) name(upsert, id string) string {
	if name := p.attribute(upsert, id, tallystick.FieldName); name != "" {
		return name
	}
	return id
}

func (p oraclePast) tenantName(id string) string {
	if name := p.attribute(tallystick.TenantUpserted, "", tallystick.FieldCompanyName); name != "" {
		return name
	}
	return id
}

// userName is first and last name, by a space.
func (p oraclePast) userName(id string) string {
	first := p.attribute(tallystick.UserUpserted, id, tallystick.FieldFirstName)
	last := p.attribute(tallystick.UserUpserted, id, tallystick.FieldLastName)
	switch {
	case first == "" && last == "":
		return id
	case first == "" || last == "":
		return first + last
	}
	return first + " " + last
}

func (p oraclePast) platform(channel string) string {
	if channel == "" {
		return ""
	}
	return p.attribute(tallystick.ChannelUpserted, channel, tallystick.FieldPlatform)
}

// failed reports whether a message was not delivered.
func (p oraclePast) failed(m *tallystick.Event) bool {
	return len(p.of(tallystick.MessageFailed).with(tallystick.FieldMessageID, m.Text(tallystick.FieldMessageID))) > 0
}

// countable is the reports' common word for messages that count.
func (p oraclePast) countable(m *tallystick.Event) bool {
	return m.Type == tallystick.MessageSent && oracleContent(m) && m.Text(tallystick.FieldPreview) == "false" && !p.failed(m)
}

func oracleContent(m *tallystick.Event) bool {
	kind := m.Text(tallystick.FieldContentKind)
	return kind == "text" || kind == "file"
}

// oracleInOrOut reports whether a message is inbound or outbound.
func oracleInOrOut(m *tallystick.Event) bool {
	direction := m.Text(tallystick.FieldDirection)
	return direction == "inbound" || direction == "outbound"
}

// oracleState is the history of something that is on or off: a membership, a connection, a link.
type oracleState struct {
	events oraclePast // of one pair
	on     string     // the type that turns it on
}

// at is the state at an instant: that of the latest event until then; before the first the opposite of what that one says.
func (s oracleState) at(t tallystick.Instant) bool {
	state := s.events[0].Type != s.on
	for _, e := range s.events {
		if e.Time <= t {
			state = e.Type == s.on
		}
	}
	return state
}

// within reports whether it was on at some instant of [a, b).
func (s oracleState) within(a, b tallystick.Instant) bool {
	if s.at(a) {
		return true
	}
	for _, e := range s.events {
		if e.Time >= a && e.Time < b && s.at(e.Time) {
			return true
		}
	}
	return false
}

// either is the past's events of two types.
func (p oraclePast) either(one, other string) oraclePast {
	var list oraclePast
	for _, e := range p {
		if e.Type == one || e.Type == other {
			list = append(list, e)
		}
	}
	return list
}

// oracleSet is a set of texts; the empty text stands for nothing and is in none.
type oracleSet map[string]bool

func (s oracleSet) add(text string) {
	if text != "" {
		s[text] = true
	}
}

// join is the members in one text, by code point.
func (s oracleSet) join(separator string) string { return strings.Join(s.sorted(), separator) }

func (s oracleSet) sorted() []string { return slices.Sorted(maps.Keys(s)) }
