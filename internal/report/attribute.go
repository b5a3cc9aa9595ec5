package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// attribute is something that the state of an entity says about what an id names, and that rows can be grouped by.
type attribute struct {
	name   string             // as definitions call it
	typ    string             // the upsert
	fields []tallystick.Field // of the upsert, joined by a space
	of     []tallystick.Field // of the vocabulary, that hold such ids
	named  bool               // it is a name: where there is none, the id stands for it
	reason Reason             // why an event is left out whose attribute is another
}

// attributes lists them all.
var attributes = []attribute{
	{"channel.name", tallystick.ChannelUpserted, []tallystick.Field{tallystick.FieldName}, []tallystick.Field{tallystick.FieldChannelID}, true, OtherValue},
	{"channel.platform", tallystick.ChannelUpserted, []tallystick.Field{tallystick.FieldPlatform}, []tallystick.Field{tallystick.FieldChannelID}, false, OtherValue},
	{"channel.environment", tallystick.ChannelUpserted, []tallystick.Field{tallystick.FieldEnvironment}, []tallystick.Field{tallystick.FieldChannelID}, false, TestChannel},
	{"channel.governance", tallystick.ChannelUpserted, []tallystick.Field{tallystick.FieldGovernance}, []tallystick.Field{tallystick.FieldChannelID}, false, NotGoverned},
	{"bot.name", tallystick.BotUpserted, []tallystick.Field{tallystick.FieldName}, []tallystick.Field{tallystick.FieldBotID}, true, OtherValue},
	{"room.name", tallystick.RoomUpserted, []tallystick.Field{tallystick.FieldName}, []tallystick.Field{tallystick.FieldRoomID}, true, OtherValue},
	{"room.kind", tallystick.RoomUpserted, []tallystick.Field{tallystick.FieldKind}, []tallystick.Field{tallystick.FieldRoomID}, false, OtherValue},
	{"user.name", tallystick.UserUpserted, []tallystick.Field{tallystick.FieldFirstName, tallystick.FieldLastName}, userFields, true, OtherValue},
	{"user.status", tallystick.UserUpserted, []tallystick.Field{tallystick.FieldStatus}, userFields, false, OtherValue},
}

var userFields = []tallystick.Field{tallystick.FieldUserID, tallystick.FieldSenderID, tallystick.FieldMemberID}

func attributeNamed(name string) *attribute {
	i := slices.IndexFunc(attributes, func(a attribute) bool { return a.name == name })
	if i < 0 {
		return nil
	}
	return &attributes[i]
}

func attributeNames() []string {
	var list []string
	for _, a := range attributes {
		list = append(list, a.name)
	}
	return list
}

// value returns the attribute of an entity.
func (a *attribute) value(e *tallystick.Entity) string {
	var parts []string
	for _, f := range a.fields {
		if part := e.Values[f]; part != "" {
			parts = append(parts, part)
		}
	}
	text := strings.Join(parts, " ")
	if a.named {
		return cmp.Or(text, e.ID)
	}
	return text
}

// dimension groups by a field, or by an attribute of what it names as of the period's end.
func (p *plan) dimension(f tallystick.Field, as string) (tallystick.Dimension, error) {
	d := tallystick.Dimension{Field: f}
	a := attributeNamed(as)
	if a == nil {
		return d, nil
	}
	entities, err := p.entities(a.typ)
	d.Labels = make(map[string]string, len(entities))
	for i := range entities {
		d.Labels[entities[i].ID] = a.value(&entities[i])
	}
	if !a.named {
		d.Unlabelled = tallystick.NoGroup
	}
	return d, err
}

// entities returns the states of all entities of a type as of the period's end, read once.
func (p *plan) entities(typ string) ([]tallystick.Entity, error) {
	if known, ok := p.states[typ]; ok {
		return known, nil
	}
	list, err := p.store.Entities(p.ctx, tallystick.Entities{Scope: p.scope, Type: typ})
	if err != nil {
		return nil, err
	}
	if p.states == nil {
		p.states = map[string][]tallystick.Entity{}
	}
	p.states[typ] = list
	return list, nil
}

// conditionOn is the condition that the group of an event is one of some, or none of them.
func conditionOn(d tallystick.Dimension, op tallystick.Op, groups []string) tallystick.Condition {
	c := tallystick.Condition{Field: d.Field, Op: op}
	if op != tallystick.In && op != tallystick.NotIn {
		return c
	}
	for _, g := range groups {
		c.Values = append(c.Values, valuesOf(d, g)...)
	}
	slices.Sort(c.Values)
	c.Values = slices.Compact(c.Values)
	return c
}
