package report

// Reason says why an event that was near a cell is not counted there. An event has one, the first that applies in the order in which its number looks at it.
type Reason string

const (
	OutsidePeriod   Reason = "outside the period"
	Reaction        Reason = "reaction"
	SystemNotice    Reason = "system notice"
	Preview         Reason = "preview"
	Failed          Reason = "failed"
	Internal        Reason = "internal"
	OtherDirection  Reason = "other direction"
	OtherSender     Reason = "other sender"
	FilteredOut     Reason = "filtered out"
	TestChannel     Reason = "test channel"
	NotGoverned     Reason = "not governed"
	NotNative       Reason = "not native"
	OtherPlatform   Reason = "other platform"
	Relinked        Reason = "re-linked identity"
	NotMember       Reason = "not a member then"
	NoContact       Reason = "no contact"
	Merged          Reason = "merged"
	NotInbound      Reason = "not started inbound"
	NotAnswered     Reason = "not answered"
	NotConnected    Reason = "not connected"
	OtherSession    Reason = "other session"
	NoTicket        Reason = "no ticket"
	NoConversation  Reason = "no conversation"
	NotFirst        Reason = "not the first"
	NotLatest       Reason = "not the latest"
	OtherKind       Reason = "wrong kind"
	OtherValue      Reason = "other value"
	OtherService    Reason = "other service"
	NotAtPeak       Reason = "not at the peak"
	OtherStatus     Reason = "other status"
	NotInForce      Reason = "not in force"
	NoValue         Reason = "no value"
	NoNumber        Reason = "no number"
	NoParticipation Reason = "not a contact then"
)

// Reasons lists every reason, with what it means. It must not be changed.
var Reasons = []struct {
	Reason Reason
	About  string
}{
	{OutsidePeriod, "Its time is before or after the period, or the part of it that the row is about. Of a number that is as of the period's end: it is at or after that end."},
	{Reaction, "The message is a reaction."},
	{SystemNotice, "The message is a system notice."},
	{Preview, "The message or the flow is a preview."},
	{Failed, "A `message.failed` says, before the period's end, that the message was not delivered."},
	{Internal, "The message is internal."},
	{OtherDirection, "The message goes the other way, such as inbound where outbound ones count."},
	{OtherSender, "It was not sent by one whose messages count here, such as a contact, or a user."},
	{FilteredOut, "A filter of the request leaves it out."},
	{TestChannel, "Its channel is for tests or development."},
	{NotGoverned, "Its channel is native, and governed ones were asked for."},
	{NotNative, "Its channel is not native, and native ones were asked for."},
	{OtherPlatform, "Its channel is not an SMS channel."},
	{Relinked, "It came through an identity that was re-linked to another contact."},
	{NotMember, "The user was not a member of the room at that time."},
	{NoContact, "It names no contact."},
	{Merged, "No message: it merges one contact into another, as which the first one's messages count."},
	{NotInbound, "The conversation was not started by an inbound message."},
	{NotAnswered, "Nothing countable was answered in the conversation up to that resolution."},
	{NotConnected, "It does not show that the channel was connected in the period."},
	{OtherSession, "It belongs to a session that started outside the period."},
	{NoTicket, "It has no ticket."},
	{NoConversation, "It has no conversation."},
	{NotFirst, "An earlier event gave the value."},
	{NotLatest, "A later event before the period's end gave the value."},
	{OtherKind, "It is of a kind that does not count here, such as a bot's session among agents'."},
	{OtherValue, "One of its fields, or what an id in it names, is not as the metric of the report wants it."},
	{OtherService, "The call is of another service."},
	{NotAtPeak, "The session or flow did not run at the moment of the maximum."},
	{OtherStatus, "The user has another status."},
	{NotInForce, "The entitlement has not begun, or has ended before the period's last day."},
	{NoValue, "It does not give this value."},
	{NoNumber, "It gives no number for what is added up."},
	{NoParticipation, "The contact's membership does not touch the period."},
}
