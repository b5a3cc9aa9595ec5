package tallystick

import "slices"

// Field is the name of a field of an event's data, as it is on the wire: one of the vocabulary's, or a label of a type that a custom report has declared.
type Field string

// The fields of the vocabulary. NoField is none.
const (
	NoField Field = ""

	FieldUserID          Field = "user_id"
	FieldFirstName       Field = "first_name"
	FieldLastName        Field = "last_name"
	FieldEmail           Field = "email"
	FieldStatus          Field = "status"
	FieldProvisioned     Field = "provisioned"
	FieldContactID       Field = "contact_id"
	FieldName            Field = "name"
	FieldMergedInto      Field = "merged_into"
	FieldIdentity        Field = "identity"
	FieldPlatform        Field = "platform"
	FieldChannelID       Field = "channel_id"
	FieldEnvironment     Field = "environment"
	FieldGovernance      Field = "governance"
	FieldBotID           Field = "bot_id"
	FieldRoomID          Field = "room_id"
	FieldKind            Field = "kind"
	FieldMemberKind      Field = "member_kind"
	FieldMemberID        Field = "member_id"
	FieldMessageID       Field = "message_id"
	FieldDirection       Field = "direction"
	FieldSenderKind      Field = "sender_kind"
	FieldSenderID        Field = "sender_id"
	FieldConversationID  Field = "conversation_id"
	FieldContentKind     Field = "content_kind"
	FieldBotVersion      Field = "bot_version"
	FieldSessionID       Field = "session_id"
	FieldTicketID        Field = "ticket_id"
	FieldProactive       Field = "proactive"
	FieldCampaignLink    Field = "campaign_link"
	FieldSegments        Field = "segments"
	FieldPreview         Field = "preview"
	FieldStartedBy       Field = "started_by"
	FieldApplication     Field = "application"
	FieldFlowRunID       Field = "flow_run_id"
	FieldFlowName        Field = "flow_name"
	FieldFlowVersion     Field = "flow_version"
	FieldService         Field = "service"
	FieldNumber          Field = "number"
	FieldProvider        Field = "provider"
	FieldCallID          Field = "call_id"
	FieldDurationSeconds Field = "duration_seconds"
	FieldStartedAt       Field = "started_at"
	FieldType            Field = "type"
	FieldQuantity        Field = "quantity"
	FieldStartDate       Field = "start_date"
	FieldEndDate         Field = "end_date"
	FieldCredit          Field = "credit"
	FieldCompanyName     Field = "company_name"
	FieldHostname        Field = "hostname"
	FieldContractMode    Field = "contract_mode"
	FieldLocked          Field = "locked"
	FieldParentTenant    Field = "parent_tenant"
	FieldTimeZone        Field = "time_zone"
	FieldServices        Field = "services"
)

// Fields lists the fields of the vocabulary. A field's place, from 1, is written to disk: it keeps it for ever, and a new one goes to the end. It must not be changed.
var Fields = []Field{
	FieldUserID, FieldFirstName, FieldLastName, FieldEmail, FieldStatus, FieldProvisioned, FieldContactID, FieldName, FieldMergedInto,
	FieldIdentity, FieldPlatform, FieldChannelID, FieldEnvironment, FieldGovernance, FieldBotID, FieldRoomID, FieldKind, FieldMemberKind,
	FieldMemberID, FieldMessageID, FieldDirection, FieldSenderKind, FieldSenderID, FieldConversationID, FieldContentKind, FieldBotVersion,
	FieldSessionID, FieldTicketID, FieldProactive, FieldCampaignLink, FieldSegments, FieldPreview, FieldStartedBy, FieldApplication,
	FieldFlowRunID, FieldFlowName, FieldFlowVersion, FieldService, FieldNumber, FieldProvider, FieldCallID, FieldDurationSeconds,
	FieldStartedAt, FieldType, FieldQuantity, FieldStartDate, FieldEndDate, FieldCredit, FieldCompanyName, FieldHostname, FieldContractMode,
	FieldLocked, FieldParentTenant, FieldTimeZone, FieldServices,
}

// String returns the field's wire name, such as "user_id".
func (f Field) String() string { return string(f) }

// FieldNamed returns the field of the vocabulary with that wire name, or NoField.
func FieldNamed(name string) Field {
	if slices.Contains(Fields, Field(name)) {
		return Field(name)
	}
	return NoField
}

// Kind is the kind of value that a field holds. What a kind keeps in [Value.Text] and what in [Value.Int] is said there.
type Kind uint8

const (
	KindText    Kind = iota // free text
	KindID                  // text of at most MaxID bytes; an empty optional one is absent
	KindEnum                // one of a list
	KindBool                // true or false
	KindInteger             // a whole number from the rule's Min to MaxInteger
	KindSeconds             // a span of time given in seconds, perhaps with a fraction; kept in microseconds
	KindTime                // RFC 3339
	KindDate                // YYYY-MM-DD, a date that exists
	KindZone                // IANA name of a time zone
	KindTexts               // an array of texts
)

// Numeric reports whether the kind's values live in [Value.Int].
func (k Kind) Numeric() bool {
	return k == KindBool || k == KindInteger || k == KindSeconds || k == KindTime
}

// Rule is what a type of event says about one of its fields.
type Rule struct {
	Field    Field
	Kind     Kind
	Required bool
	Enum     []string // of KindEnum, its values
	Default  string   // of an absent field, in the form of [Value.String]; for an upsert: of one that was never set
	Min      int64    // of KindInteger, the smallest value
	// RequiredUnless waives Required where another field has one value: sender_id is not for the sender_kind "system".
	RequiredUnless      Field
	RequiredUnlessValue string

	number byte // of Field in the binary form of events
}

// EventType is a type of event: its rules in the order in which an [Event] keeps its fields.
type EventType struct {
	Name  string
	Key   Field // the natural key: a second event of this tenant and type with the same value is a duplicate; NoField where there is none
	Rules []Rule
}

// Rule returns the rule of a field, nil where the type does not have it.
func (t *EventType) Rule(f Field) *Rule {
	for i := range t.Rules {
		if t.Rules[i].Field == f {
			return &t.Rules[i]
		}
	}
	return nil
}

// EventTypes lists every built-in type of event. It must not be changed.
var EventTypes = func() []*EventType {
	types := eventTypes()
	for _, t := range types {
		for i := range t.Rules {
			t.Rules[i].number = fieldNumber(t.Rules[i].Field)
		}
	}
	return types
}()

// fieldNumber returns the number of a field in the binary form of events, 0 for one that is not of the vocabulary.
func fieldNumber(f Field) byte { return byte(slices.Index(Fields, f) + 1) }

// TypeNamed returns the built-in type of that name, or nil.
func TypeNamed(name string) *EventType { return typesByName[name] }

var typesByName = func() map[string]*EventType {
	m := make(map[string]*EventType, len(EventTypes))
	for _, t := range EventTypes {
		m[t.Name] = t
	}
	return m
}()

// Names of the types that code speaks of.
const (
	TenantUpserted      = "tenant.upserted"
	UserUpserted        = "user.upserted"
	ContactUpserted     = "contact.upserted"
	IdentityLinked      = "identity.linked"
	IdentityUnlinked    = "identity.unlinked"
	ChannelUpserted     = "channel.upserted"
	ChannelConnected    = "channel.connected"
	ChannelDisconnected = "channel.disconnected"
	BotUpserted         = "bot.upserted"
	RoomUpserted        = "room.upserted"
	RoomMemberAdded     = "room.member.added"
	RoomMemberRemoved   = "room.member.removed"
	MessageSent         = "message.sent"
	MessageEdited       = "message.edited"
	MessageDeleted      = "message.deleted"
	MessageReacted      = "message.reacted"
	MessageFailed       = "message.failed"
	ConversationCreated = "conversation.created"
	ConversationUpdated = "conversation.updated"
	ConversationSolved  = "conversation.resolved"
	SessionStarted      = "session.started"
	SessionEnded        = "session.ended"
	FlowStarted         = "flow.started"
	FlowEnded           = "flow.ended"
	AssistanceClicked   = "assistance.clicked"
	NumberPurchased     = "phone_number.purchased"
	NumberReleased      = "phone_number.released"
	CallEnded           = "call.ended"
	EntitlementSet      = "entitlement.set"
	CreditConsumed      = "credit.consumed"
)

func eventTypes() []*EventType {
	id := func(f Field) Rule { return Rule{Field: f, Kind: KindID} }
	text := func(f Field) Rule { return Rule{Field: f, Kind: KindText} }
	flag := func(f Field, byDefault string) Rule { return Rule{Field: f, Kind: KindBool, Default: byDefault} }
	enum := func(f Field, byDefault string, values ...string) Rule {
		return Rule{Field: f, Kind: KindEnum, Enum: values, Default: byDefault}
	}
	must := func(r Rule) Rule { r.Required = true; return r }
	return []*EventType{
		{Name: TenantUpserted, Rules: []Rule{
			text(FieldCompanyName), text(FieldHostname), enum(FieldContractMode, "PRODUCTION", "PRODUCTION", "TRIAL"), flag(FieldLocked, "false"),
			id(FieldParentTenant), {Field: FieldTimeZone, Kind: KindZone, Default: "UTC"}, {Field: FieldServices, Kind: KindTexts},
		}},
		{Name: UserUpserted, Rules: []Rule{
			must(id(FieldUserID)), text(FieldFirstName), text(FieldLastName), text(FieldEmail),
			enum(FieldStatus, "ACTIVE", "ACTIVE", "INACTIVE", "DELETED"), flag(FieldProvisioned, "true"),
		}},
		{Name: ContactUpserted, Rules: []Rule{must(id(FieldContactID)), text(FieldName), id(FieldMergedInto)}},
		{Name: IdentityLinked, Rules: []Rule{must(id(FieldIdentity)), must(text(FieldPlatform)), must(id(FieldContactID))}},
		{Name: IdentityUnlinked, Rules: []Rule{must(id(FieldIdentity)), must(text(FieldPlatform)), must(id(FieldContactID))}},
		{Name: ChannelUpserted, Rules: []Rule{
			must(id(FieldChannelID)), must(text(FieldPlatform)), text(FieldName),
			enum(FieldEnvironment, "production", "production", "test", "development"), enum(FieldGovernance, "governed", "governed", "native"),
		}},
		{Name: ChannelConnected, Rules: []Rule{must(id(FieldChannelID))}},
		{Name: ChannelDisconnected, Rules: []Rule{must(id(FieldChannelID))}},
		{Name: BotUpserted, Rules: []Rule{must(id(FieldBotID)), text(FieldName)}},
		{Name: RoomUpserted, Rules: []Rule{must(id(FieldRoomID)), text(FieldName), enum(FieldKind, "", "direct", "group")}},
		{Name: RoomMemberAdded, Rules: []Rule{
			must(id(FieldRoomID)), must(enum(FieldMemberKind, "", "user", "contact")), must(id(FieldMemberID)), id(FieldIdentity), id(FieldChannelID),
		}},
		{Name: RoomMemberRemoved, Rules: []Rule{
			must(id(FieldRoomID)), must(enum(FieldMemberKind, "", "user", "contact")), must(id(FieldMemberID)), id(FieldIdentity), id(FieldChannelID),
		}},
		{Name: MessageSent, Key: FieldMessageID, Rules: []Rule{
			must(id(FieldMessageID)), must(enum(FieldDirection, "", "inbound", "outbound", "internal")),
			must(enum(FieldSenderKind, "", "user", "contact", "bot", "api", "system")),
			{Field: FieldSenderID, Kind: KindID, Required: true, RequiredUnless: FieldSenderKind, RequiredUnlessValue: "system"},
			id(FieldRoomID), id(FieldConversationID), id(FieldChannelID), id(FieldContactID), id(FieldIdentity),
			enum(FieldContentKind, "text", "text", "file", "reaction", "system"), id(FieldBotID), text(FieldBotVersion), id(FieldSessionID),
			id(FieldTicketID), flag(FieldProactive, "false"), flag(FieldCampaignLink, "false"), {Field: FieldSegments, Kind: KindInteger},
			flag(FieldPreview, "false"),
		}},
		{Name: MessageEdited, Rules: []Rule{must(id(FieldMessageID))}},
		{Name: MessageDeleted, Rules: []Rule{must(id(FieldMessageID))}},
		{Name: MessageReacted, Rules: []Rule{must(id(FieldMessageID))}},
		{Name: MessageFailed, Rules: []Rule{must(id(FieldMessageID))}},
		{Name: ConversationCreated, Key: FieldConversationID, Rules: []Rule{
			must(id(FieldConversationID)), id(FieldContactID), id(FieldChannelID), id(FieldTicketID),
			enum(FieldStartedBy, "", "inbound", "outbound"),
		}},
		{Name: ConversationUpdated, Rules: []Rule{must(id(FieldConversationID))}},
		{Name: ConversationSolved, Rules: []Rule{must(id(FieldConversationID))}},
		{Name: SessionStarted, Key: FieldSessionID, Rules: []Rule{
			must(id(FieldSessionID)), must(enum(FieldKind, "", "agent", "bot")), text(FieldApplication), id(FieldUserID), id(FieldContactID),
		}},
		{Name: SessionEnded, Key: FieldSessionID, Rules: []Rule{must(id(FieldSessionID))}},
		{Name: FlowStarted, Key: FieldFlowRunID, Rules: []Rule{
			must(id(FieldFlowRunID)), must(text(FieldApplication)), text(FieldFlowName), text(FieldFlowVersion), flag(FieldPreview, "false"),
		}},
		{Name: FlowEnded, Key: FieldFlowRunID, Rules: []Rule{must(id(FieldFlowRunID))}},
		{Name: AssistanceClicked, Rules: []Rule{
			must(enum(FieldService, "", "call_now", "callback", "chat", "email")), text(FieldApplication),
		}},
		{Name: NumberPurchased, Rules: []Rule{must(id(FieldNumber)), text(FieldProvider)}},
		{Name: NumberReleased, Rules: []Rule{must(id(FieldNumber)), text(FieldProvider)}},
		{Name: CallEnded, Key: FieldCallID, Rules: []Rule{
			must(id(FieldCallID)), {Field: FieldDurationSeconds, Kind: KindSeconds, Required: true}, text(FieldService), id(FieldNumber),
			{Field: FieldStartedAt, Kind: KindTime},
		}},
		{Name: EntitlementSet, Rules: []Rule{
			must(enum(FieldType, "", "USERS", "SMS_VOICE")), {Field: FieldQuantity, Kind: KindInteger, Required: true, Min: -MaxInteger},
			{Field: FieldStartDate, Kind: KindDate, Required: true}, {Field: FieldEndDate, Kind: KindDate},
		}},
		{Name: CreditConsumed, Rules: []Rule{
			must(enum(FieldCredit, "", "SMS", "VOICE")), {Field: FieldQuantity, Kind: KindInteger, Required: true, Min: 1},
		}},
	}
}

// Limits of one event. The first three are of the wire; the last two keep sums of a billion values inside an int64.
const (
	MaxEvent   = 1 << 20       // bytes of one event
	MaxID      = 256           // bytes of an id
	MaxDepth   = 32            // levels of nested arrays and objects, the event's own included
	MaxInteger = 1_000_000_000 // of KindInteger
	MaxSeconds = 1_000_000_000 // of KindSeconds, in seconds: 31 years
)
