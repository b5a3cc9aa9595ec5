package enginetest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// anything adds an event of any type with any values.
func (t *tenant) anything() {
	if t.chance(6) {
		at := t.when()
		t.times = append(t.times, at)
		t.events = append(t.events, tallystick.Event{Tenant: t.name, Source: "live", Type: ownType, Time: at, Extra: t.drawLabels()})
		return
	}
	eventType := pick(t.generator, tallystick.EventTypes)
	if t.chance(30) {
		eventType = tallystick.TypeNamed(tallystick.MessageSent)
	}
	t.add(t.when(), eventType.Name)
}

// given are the values that a scene wants: a string or a bool. nil: the field stays away. All others are drawn.
type given map[tallystick.Field]any

// add adds an event at an instant and returns whether it could: another event may have its natural key already. A required field that a scene leaves open
// is drawn; so is an optional one, or it stays away.
func (t *tenant) add(at tallystick.Instant, name string, values ...given) bool {
	e := tallystick.Event{Tenant: t.name, Source: pick(t.generator, []string{"live", "backfill"}), Type: name, Time: at}
	eventType := tallystick.TypeNamed(name)
	all := given{}
	for _, v := range values {
		for f, value := range v {
			all[f] = value
		}
	}
	for i := range eventType.Rules {
		rule := &eventType.Rules[i]
		v := tallystick.Value{Field: rule.Field}
		value, wanted := all[rule.Field]
		required := rule.Required && (rule.RequiredUnless == tallystick.NoField || e.Text(rule.RequiredUnless) != rule.RequiredUnlessValue)
		switch value := value.(type) {
		case nil:
			if wanted && !required || !wanted && !required && !t.chance(t.sparse) {
				continue
			}
			if v.Text, v.Int = t.draw(&e, rule); v.Text == "" && !rule.Kind.Numeric() && (rule.Kind != tallystick.KindText || rule.Required) {
				continue
			}
		case string:
			v.Text = value
		case bool:
			if value {
				v.Int = 1
			}
		default:
			panic(fmt.Sprintf("enginetest: %v for %s", value, rule.Field))
		}
		e.Data = append(e.Data, v)
	}
	if eventType.Key != tallystick.NoField {
		key := name + " " + e.Text(eventType.Key)
		if t.keys[key] {
			return false
		}
		t.keys[key] = true
		t.startOf[e.Text(eventType.Key)] = at
	}
	if t.chance(5) {
		e.Subject = "subject"
		e.Extra = []tallystick.Extra{{Name: "own", JSON: `{"a":[1]}`}}
		e.Attributes = []tallystick.Extra{{Name: "traceparent", JSON: `"00"`}}
	}
	e.TimeMissing = t.chance(3)
	t.times = append(t.times, at)
	t.events = append(t.events, e)
	return true
}

// draw draws a value of a field, in text or number. "" for a textual kind other than free text: none.
func (t *tenant) draw(e *tallystick.Event, rule *tallystick.Rule) (string, int64) {
	switch rule.Kind {
	case tallystick.KindEnum:
		if e.Type == tallystick.MessageSent { // most messages are countable ones that go in or out
			switch n := t.IntN(100); {
			case rule.Field == tallystick.FieldContentKind && n < 60:
				return pick(t.generator, []string{"text", "file"}), 0
			case rule.Field == tallystick.FieldDirection && n < 70:
				return pick(t.generator, []string{"inbound", "outbound"}), 0
			}
		}
		return pick(t.generator, rule.Enum), 0
	case tallystick.KindBool:
		if t.chance(70) {
			return "", 0
		}
		return "", 1
	case tallystick.KindInteger:
		n := pick(t.generator, []int64{0, 1, 1, 2, 3, 7, 10, 100, tallystick.MaxInteger, -1, -7, -tallystick.MaxInteger})
		return "", max(n, rule.Min)
	case tallystick.KindSeconds:
		return "", pick(t.generator, []int64{
			0, 1, 999_999, 1_000_000, 5_999_999, 6_000_000, 6_000_001, 59_999_999, 60_000_000, 60_000_001, 61_500_000, 90_250_000, 3_600_000_000,
			t.Int64N(600_000_000), tallystick.MaxSeconds * int64(tallystick.Second),
		})
	case tallystick.KindTime:
		return "", int64(t.near(e.Time))
	case tallystick.KindDate:
		if t.chance(50) {
			return e.Time.String()[:len("2006-01-02")], 0
		}
		return pick(t.generator, dates), 0
	case tallystick.KindZone:
		return pick(t.generator, zones), 0
	case tallystick.KindTexts:
		if !t.hasServices {
			return "", 0
		}
		return pick(t.generator, serviceLists), 0
	}
	return t.drawText(e, rule), 0
}

func (t *tenant) drawText(e *tallystick.Event, rule *tallystick.Rule) string {
	// of draws from a pool, or rarely an id that nothing else has.
	of := func(pool []string) string {
		if t.chance(2) && rule.Kind == tallystick.KindID {
			return "only-" + strconv.Itoa(t.IntN(1000))
		}
		return pick(t.generator, pool)
	}
	switch rule.Field {
	case tallystick.FieldUserID:
		return of(userIDs)
	case tallystick.FieldContactID, tallystick.FieldMergedInto:
		return of(contactIDs)
	case tallystick.FieldChannelID:
		return of(channelIDs)
	case tallystick.FieldBotID:
		return of(botIDs)
	case tallystick.FieldRoomID:
		return of(roomIDs)
	case tallystick.FieldConversationID:
		return of(conversations)
	case tallystick.FieldTicketID:
		return of(ticketIDs)
	case tallystick.FieldIdentity, tallystick.FieldNumber:
		return of(identities)
	case tallystick.FieldPlatform:
		return of(platforms)
	case tallystick.FieldApplication:
		if t.chance(5) && !rule.Required {
			return ""
		}
		return of(applications)
	case tallystick.FieldMemberID:
		if e.Text(tallystick.FieldMemberKind) == "user" {
			return of(userIDs)
		}
		return of(contactIDs)
	case tallystick.FieldSenderID:
		switch e.Text(tallystick.FieldSenderKind) {
		case "user":
			return of(userIDs)
		case "contact":
			return of(contactIDs)
		case "bot":
			return of(botIDs)
		}
		return "api"
	case tallystick.FieldMessageID:
		if e.Type == tallystick.MessageSent {
			t.next++
			return message(t.next)
		}
		return message(1 + t.IntN(t.next+4)) // some that are not there, or not yet
	case tallystick.FieldSessionID:
		if e.Type == tallystick.MessageSent || t.chance(30) {
			return of(sessionIDs)
		}
		return fmt.Sprintf("s%d", 1+t.IntN(6+len(t.times)/20))
	case tallystick.FieldFlowRunID:
		return fmt.Sprintf("f%d", 1+t.IntN(6+len(t.times)/20))
	case tallystick.FieldCallID:
		return fmt.Sprintf("call%d", 1+t.IntN(6+len(t.times)/10))
	case tallystick.FieldService:
		return pick(t.generator, []string{"call_now", "callback", "other"})
	case tallystick.FieldBotVersion, tallystick.FieldFlowVersion:
		return pick(t.generator, []string{"", "1", "2", "10"})
	case tallystick.FieldParentTenant:
		return pick(t.generator, tenantNames)
	}
	if rule.Required {
		return pick(t.generator, freeTexts[1:])
	}
	if t.chance(20) {
		return ""
	}
	return pick(t.generator, freeTexts)
}

// message returns the id of a message: a text, a UUID, or the UUID before it in upper case, which is another id.
func message(n int) string {
	id := func(n int) string {
		return fmt.Sprintf("%08x-%04x-4abc-8def-%012x", uint32(n)*0x9e37_79b1, uint16(n), 0xabcd_ef00_0000+n)
	}
	switch n % 4 {
	case 1:
		return id(n)
	case 2:
		return strings.ToUpper(id(n - 1))
	case 3:
		return "m" + strconv.Itoa(n)
	}
	return id(n)
}
