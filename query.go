package tallystick

// Scope says whose events a query sees, and how much of time. Every query embeds one. It can't be made without a tenant: the field is not exported, [For] is
// the only way to set it, and an engine refuses the zero Scope.
type Scope struct {
	tenant string

	// AsOf is the last record that exists for the query; the zero Position is the newest that the engine has applied.
	// One newer than that is the newest too.
	AsOf Position
	// Before is the end of the period: events at or after it do not exist for the query, whatever else it says.
	Before Instant
}

// For makes the scope of one tenant's events before an instant, as of a position.
func For(tenant string, asOf Position, before Instant) Scope {
	return Scope{tenant: tenant, AsOf: asOf, Before: before}
}

// Tenant returns the tenant, which is "" for the zero Scope only.
func (s Scope) Tenant() string { return s.tenant }

// Check returns an error for a scope without a tenant. Engines call it first, in every query.
func (s Scope) Check() error {
	if s.tenant == "" {
		return Errorf(Internal, "query without a tenant")
	}
	return nil
}

// Filter is a list of conditions that must all hold. The nil Filter keeps every event.
type Filter []Condition

// Condition is about one field in its text form with defaults applied ([Event.Text]).
type Condition struct {
	Field  Field
	Op     Op
	Values []string // of In and NotIn
}

// Op is what a [Condition] asks of a field. A field that is absent is in no list.
type Op uint8

const (
	In      Op = iota // the field is present and its value is listed
	NotIn             // the field is absent, or its value is not listed
	Present           // the field has a value
	Absent            // it has none
	Numeric           // the event gives a number for it, which [Event.Int] returns
)

// Keeps reports whether the event passes every condition.
func (f Filter) Keeps(e *Event) bool {
	for i := range f {
		if f[i].Op == Numeric {
			if _, is := e.number(f[i].Field); !is {
				return false
			}
		} else if !f[i].holds(e.Text(f[i].Field)) {
			return false
		}
	}
	return true
}

func (c *Condition) holds(text string) bool {
	listed := false
	for _, v := range c.Values {
		listed = listed || v == text
	}
	switch c.Op {
	case In:
		return text != "" && listed
	case NotIn:
		return text == "" || !listed
	case Present:
		return text != ""
	default:
		return text == ""
	}
}

// Dimension turns an event into a group: the text of a field, or its label.
type Dimension struct {
	Field Field
	// Labels replaces values, so that several fall into one group: channels by platform, contacts by the one they were merged into. nil: values stay as
	// they are.
	Labels map[string]string
	// Unlabelled says what becomes of a value that Labels does not have.
	Unlabelled Unlabelled
}

// Unlabelled is what becomes of a value without a label.
type Unlabelled uint8

const (
	KeepValue Unlabelled = iota // it is its own label
	NoGroup                     // it counts as absent
)

// Of returns the group of a value; "" is none.
func (d *Dimension) Of(text string) string {
	if d.Labels == nil || text == "" {
		return text
	}
	if label, ok := d.Labels[text]; ok {
		return label
	}
	if d.Unlabelled == NoGroup {
		return ""
	}
	return text
}

// Count is a row of an answer: a number for a bucket and a group.
type Count struct {
	Bucket int      // index into the query's edges; 0 where it has none
	Group  []string // a text for each dimension, "" where the event has none; nil where the query has no dimensions
	Value  int64
}

// Tally counts, adds up, or counts distinct values over the events of one type.
//
// Its answer has a row for each (bucket, group) with at least one event that counts (for Distinct: one that has an item; a sum may be 0; for Any: with the value 1), in the
// order of bucket, then groups by code point. It is an error when a sum leaves the int64.
type Tally struct {
	Scope
	Type  string
	From  Instant // counts events in [From, Before)
	Where Filter
	// Countable leaves out of message.sent what is not countable: content_kind other than text and file, previews, and messages with a message.failed of
	// their id inside the scope. It says nothing about other types.
	Countable bool
	Measure   Measure
	By        []Dimension

	// Edges splits [From, Before) into buckets: bucket i is [Edges[i], Edges[i+1]). The first is From, the last Before. nil: one bucket.
	Edges []Instant
	// EdgesOf splits by the value of By[0] instead, each group at instants of its own, in ascending order: an event is in the bucket numbered by how many of
	// its group's instants are at or before it. It excludes Edges.
	EdgesOf map[string][]Instant
}

// Measure says what a [Tally] computes. The zero Measure counts events; Distinct, Sum and Any exclude each other.
type Measure struct {
	// Distinct counts the different groups of this dimension; events without one don't count.
	Distinct *Dimension
	// Sum adds up a numeric field in its base unit, each value first rounded up to a multiple of RoundUp (0 and 1: not rounded).
	Sum     Field
	RoundUp int64
	// Any asks only whether there are events that count: the value is 1 however many there are. Without By and Edges an engine looks no further than the first that it meets.
	Any bool
}

// Span is something that lasts: it starts with one event and ends with another of the same id.
type Span struct {
	Start, End string // types of event
	ID         Field
}

// The spans of the vocabulary. The ids are natural keys of both types, so that a span has one start and at most one end.
var (
	SessionSpan = Span{SessionStarted, SessionEnded, FieldSessionID}
	FlowSpan    = Span{FlowStarted, FlowEnded, FieldFlowRunID}
)

// Peak finds how many spans ran at once.
//
// A span is [start, end). Where the end is not after the start it is [start, start + 1 µs). Without an end inside the scope it is open until Before or
// start + OpenLimit, whichever is first. A bucket's value is the maximum, over its instants inside [From, Before), of the number of spans that hold the instant.
type Peak struct {
	Scope
	Span      Span
	From      Instant
	Where     Filter // on the starting event
	By        []Dimension
	Edges     []Instant // as in [Tally]
	OpenLimit Instant   // a length; 0 is none

	Summed bool // the answer has Sums in place of Counts
}

// PeakAnswer has a row for each (bucket, group) with a maximum above 0, in the order of [Tally], and the number of spans that were cut by OpenLimit: those that
// touch [From, Before), have no end inside the scope, and were taken to end at start + OpenLimit < Before.
type PeakAnswer struct {
	Counts []Count
	Sums   []PeakSum // by group, in the order of Counts
	Cut    int64
}

// PeakSum is what the buckets of a group come to that have a maximum above 0.
type PeakSum struct {
	Group   []string
	Highest int64 // of the maxima
	Sum     int64 // of the maxima
	Buckets int64
}

// Entities asks for the state of a tenant's entities of one kind: every entity with an upsert inside the scope, in the order of ids by code point. Type is an upsert:
// the types below in which the entity is named by its first rule, and [TenantUpserted], where it is the tenant itself.
//
// A field has the value of the latest upsert that gives one, in the order of events; else the default of its rule.
type Entities struct {
	Scope
	Type string
	IDs  []string // these only; nil: all
}

// Entity is an entity's state.
type Entity struct {
	ID     string
	Values map[Field]string // in text form; fields without a value or default are missing
}

// List asks for the events of some types themselves, in the order of events.
type List struct {
	Scope
	Types  []string
	From   Instant
	Where  Filter
	Fields []Field // wanted
}

// Listed is an event of a [List].
type Listed struct {
	Position Position
	Time     Instant
	Type     string
	Texts    []string // the wanted fields in text form, "" where absent
}

// Events asks how many events of a tenant, of whatever type, happened in [From, Before).
type Events struct {
	Scope
	From Instant
}

// Resolutions counts the conversations that were resolved after an answer: distinct conversations with a conversation.resolved in the bucket that were
// started by an inbound message, with at least one countable outbound message (see [Tally]) of sender_kind user, bot or api at or before that resolution.
//
// Started by: started_by of conversation.created, else the direction of the earliest inbound or outbound message of the conversation, countable or not.
// The conversation's channel is channel_id of its conversation.created, else that of its earliest message of any kind. By and Where speak of
// that channel: their only field is channel_id. Everything is looked at inside the scope, whatever From.
type Resolutions struct {
	Scope
	From  Instant
	Where Filter
	By    []Dimension
	Edges []Instant // as in [Tally]
	Whole bool      // the answer begins with the groups of the whole of [From, Before), as the bucket WholePeriod
}

// WholePeriod is the number of a bucket beside those of edges.
const WholePeriod = -1

// Sessions asks for the bot sessions that started in [From, Until).
//
// An interaction is a message.sent with direction inbound or outbound, content_kind text or file (preview or not), bot_id and contact_id ([Event.Text]: with
// the default for a message sent by a contact), and no message.failed of its id inside the scope. One with a session_id belongs to the given session of that id, unless
// a session.started of kind agent has that id. The others of each contact form computed sessions: in the order of events the first opens
// [t, t + 24 h), those inside belong to it, the first at or after t + 24 h opens the next. A given session starts at its session.started of kind bot, else at its
// first interaction; one with such a session.started exists even without interactions.
type Sessions struct {
	Scope
	From Instant
	// Until ends the starts only: a session that started before it is whole, with all of its interactions inside the scope. 0, and anything after Before, is Before.
	Until Instant
	// Bare is for who counts: parts have no conversation and no ticket, and are not told apart by them.
	Bare bool
	// OwnTickets is for who asks for the [Conversations] too, which tell the others: the ticket of parts is their interactions' ticket_id alone, and parts are told apart by that.
	OwnTickets bool
	// Reading is for who asks slice after slice; nil: this is the only question.
	Reading *Reading
}

// Reading is what an engine may remember between questions about one scope that follow one another: so that what all slices of a period need is not read again for each.
// Who asks makes one, puts it into each question, one at a time, closes it behind the last, and drops it. It changes no answer but for one thing: where AsOf is zero, or newer than what was applied, an engine
// may answer all questions as of the position that was the newest at the first.
type Reading struct {
	Memory any // the engine's own
}

// Close ends what an engine does ahead of questions that may not come.
func (r *Reading) Close() {
	if m, ok := r.Memory.(interface{ Close() }); ok {
		m.Close()
	}
}

// SessionPart is the interactions of one session that agree in everything but time. The answer to [Sessions] is in the order of Start, Session, Given (computed
// before given), Conversation, First, FirstAt. A given session without interactions is one part with only Session, Given and Start.
type SessionPart struct {
	Session string // the given id, or "<contact>@<start>"
	Given   bool
	Start   Instant

	Contact, Conversation, Bot, Version, Channel string
	Ticket                                       string // ticket_id, else that of the conversation's conversation.created, unless only the parts' own are asked for

	First   Instant  // time of the earliest interaction of the part
	FirstAt Position // and its position
}

// SessionCounts counts the bot sessions that [Sessions] answers for the whole of [From, Before): by the bucket that they started in, and by the groups in which they have an interaction, once in each.
//
// The fields of By are those of a [SessionPart]: bot_id, bot_version and channel_id. Without By every session counts once; with it those without an interaction don't, nor does a group whose first dimension is
// absent. The answer has a list for each of Of, each in the order of a [Tally]'s.
type SessionCounts struct {
	Scope
	From  Instant
	By    []Dimension
	Edges []Instant // as in [Tally]
	// Of says what is counted: session_id is the sessions; conversation_id and ticket_id are the different values that their parts have, as in [SessionPart]. Parts without one don't count.
	Of []Field
}

// Conversations asks when conversations began and were last heard of. The answer has one for each of IDs, in their order, however often an id is asked for.
type Conversations struct {
	Scope
	IDs []string // nil: none
	// From and Until say where to look first, which changes no answer: the conversations are those of sessions that started in [From, Until). Until 0 says nothing.
	From, Until Instant
	Reading     *Reading // as in [Sessions]
}

// Conversation is the answer of [Conversations]. Times are MinInstant where there is none: both, where none of the events below is in the scope.
type Conversation struct {
	ID      string
	Created Instant // conversation.created, else the first message.sent, failed ones too
	Updated Instant // the latest message.sent, conversation.created, .updated or .resolved
	Ticket  string  // of conversation.created, "" where there is none
}

// Correspondents asks which contacts wrote in some rooms or were named by a message there, and how. Messages of every kind say so, also those that failed.
type Correspondents struct {
	Scope
	Rooms []string // nil: none
}

// Correspondent is how a contact was met in a room. The answer to [Correspondents] has each once, in no order.
type Correspondent struct {
	Room    string
	Contact string // the sender of a message that a contact sent, or the contact_id of a message that it did not send itself
	Channel string // the message's, "" where it has none
	// Identity is the message's, "" where it has none.
	Identity string
	Wrote    bool // the contact sent the message
}

// ArrivalSlot is the length of time by which an [Arrival] is counted: every zone's days begin at one of these.
const ArrivalSlot = 15 * Minute

// SlotOf returns the slot that an instant lies in.
func SlotOf(t Instant) Instant {
	slot := t - t%ArrivalSlot
	if slot > t {
		slot -= ArrivalSlot
	}
	return slot
}

// Arrivals asks how a tenant's events came in. It alone is about times of receipt: From and the scope's Before are the first and the first not wanted slot of them. It is
// answered as of the newest position only; another one in the scope is an error of code Invalid.
//
// The answer has a row for each source and slot with an event, in the order of slot, then source by code point.
type Arrivals struct {
	Scope
	From Instant
}

// Arrival counts the accepted events of a source that were received in [Slot, Slot + ArrivalSlot).
type Arrival struct {
	Source string
	Slot   Instant

	Accepted    int64
	TimeMissing int64 // had no time of their own
	LateHour    int64 // were received more than an hour after they happened
	LateDay     int64 // more than a day
	LateMonth   int64 // more than 30 days
	Unknown     int64 // of built-in types, with a data field that the vocabulary does not know
}

// Count adds an event to an arrival of its source and slot.
func (a *Arrival) Count(e *Event) {
	is := func(so bool) int64 {
		if so {
			return 1
		}
		return 0
	}
	late := e.Received - e.Time
	a.Accepted++
	a.TimeMissing += is(e.TimeMissing)
	a.LateHour += is(late > Hour)
	a.LateDay += is(late > Day)
	a.LateMonth += is(late > 30*Day)
	a.Unknown += is(len(e.Extra) > 0 && TypeNamed(e.Type) != nil)
}

// Check returns an error for a question about an older position. Engines call it first.
func (q *Arrivals) Check() error {
	if !q.AsOf.IsZero() {
		return Errorf(Invalid, "how events came in is known as of the newest position only, not as of %s", q.AsOf).WithHint("leave the position out")
	}
	return q.Scope.Check()
}
