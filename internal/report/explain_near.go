package report

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// near is an event that a cell may count.
type near struct {
	tallystick.Listed
	fields []tallystick.Field
	number bool // it gives a number for what is added up
}

// text returns a field in text form. Only fields that were asked for may be looked at.
func (e *near) text(f tallystick.Field) string { return e.Texts[slices.Index(e.fields, f)] }

// condition is what an event must meet to be counted. Its name is the reason of one that does not.
type condition struct {
	reason Reason
	holds  func(*near) bool
}

// firstBroken returns the reason of the first condition that the event does not meet, "" when it meets all.
func firstBroken(conditions []condition, e *near) Reason {
	for _, c := range conditions {
		if !c.holds(e) {
			return c.reason
		}
	}
	return ""
}

// add writes an event down: as counted when there is no reason against it.
func (t *target) add(e *tallystick.Listed, reason Reason, item string) {
	t.found = append(t.found, Explained{
		Counted: reason == "", Reason: reason, Time: e.Time, Type: e.Type, Position: e.Position, Tenant: t.tenant, Item: item,
	})
}

// longestMargin bounds how far from its period an event is near.
const longestMargin = 31 * tallystick.Day

// margin is how long before and after [from, before) events are near: as long as it is itself, and no longer than longestMargin.
func margin(from, before tallystick.Instant) tallystick.Instant {
	return min(before-from, longestMargin)
}

// around lists the events in [from, before) and its margin.
func (t *target) around(from, before tallystick.Instant, where tallystick.Filter, fields []tallystick.Field, types ...string) ([]near, error) {
	m := margin(from, before)
	return t.list(from-m, before+m, where, fields, types...)
}

// list lists the events in [from, before), whatever the period.
func (t *target) list(from, before tallystick.Instant, where tallystick.Filter, fields []tallystick.Field, types ...string) ([]near, error) {
	listed, err := t.store.List(t.ctx, tallystick.List{
		Scope: tallystick.For(t.tenant, t.scope.AsOf, before), From: from, Types: types, Where: where, Fields: fields,
	})
	events := make([]near, len(listed))
	for i := range listed {
		events[i] = near{Listed: listed[i], fields: fields}
	}
	return events, err
}

// manyIDs is how many values a query's condition has at most.
const manyIDs = 1000

// listOf lists the events before an instant, ever since, in which a field has one of the values. The order is that of events among those of manyIDs values.
func (t *target) listOf(before tallystick.Instant, f tallystick.Field, values []string, fields []tallystick.Field, types ...string) ([]near, error) {
	var all []near
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	for some := range slices.Chunk(values, manyIDs) {
		events, err := t.list(tallystick.MinInstant, before, tallystick.Filter{in(f, some...)}, fields, types...)
		if err != nil {
			return nil, err
		}
		all = append(all, events...)
	}
	return all, nil
}

// failures returns which of the messages have failed before an instant.
func (t *target) failures(events []near, before tallystick.Instant) (map[string]bool, error) {
	var ids []string
	for i := range events {
		if events[i].Type == tallystick.MessageSent {
			ids = append(ids, events[i].text(tallystick.FieldMessageID))
		}
	}
	failed := map[string]bool{}
	fields := []tallystick.Field{tallystick.FieldMessageID}
	var found []near
	var err error
	if len(ids) > manyIDs { // then all failures are fewer than questions about so many messages
		found, err = t.list(tallystick.MinInstant, before, nil, fields, tallystick.MessageFailed)
	} else {
		found, err = t.listOf(before, tallystick.FieldMessageID, ids, fields, tallystick.MessageFailed)
	}
	for i := range found {
		failed[found[i].Texts[0]] = true
	}
	return failed, err
}

// countableFields are the fields that countable looks at.
var countableFields = []tallystick.Field{tallystick.FieldMessageID, tallystick.FieldContentKind, tallystick.FieldPreview}

// countable is the conditions of a countable message.
func countable(failed map[string]bool) []condition {
	return append(delivered(failed), condition{Preview, func(e *near) bool { return e.text(tallystick.FieldPreview) == "false" }})
}

// delivered is the conditions of a message that is a text or a file and did not fail; a preview may be.
func delivered(failed map[string]bool) []condition {
	return []condition{
		{Reaction, func(e *near) bool { return e.text(tallystick.FieldContentKind) != "reaction" }},
		{SystemNotice, func(e *near) bool { return e.text(tallystick.FieldContentKind) != "system" }},
		{Failed, func(e *near) bool { return !failed[e.text(tallystick.FieldMessageID)] }},
	}
}

// inside is the condition that the time is in [from, before).
func inside(from, before tallystick.Instant) condition {
	return condition{OutsidePeriod, func(e *near) bool { return from <= e.Time && e.Time < before }}
}

// conditionsOf turns a query's filter into conditions, each with its reason, or, without reasons, the one that its field speaks of.
func (t *target) conditionsOf(where tallystick.Filter, reasons ...Reason) []condition {
	var conditions []condition
	for i, c := range where {
		holds := func(e *near) bool { return meets(c, e.text(c.Field)) }
		switch {
		case c.Field == tallystick.FieldDirection && c.Op == tallystick.In && !slices.Contains(c.Values, "internal"):
			conditions = append(conditions,
				condition{Internal, func(e *near) bool { return e.text(tallystick.FieldDirection) != "internal" }}, condition{OtherDirection, holds})
		case c.Op == tallystick.Numeric: // [target.withNumber] has looked
			conditions = append(conditions, condition{NoNumber, func(e *near) bool { return e.number }})
		default:
			reason := t.reasonOf(c)
			if reasons != nil {
				reason = reasons[i]
			}
			conditions = append(conditions, condition{reason, holds})
		}
	}
	return conditions
}

// reasonOf says what it means that an event does not meet a condition of a query.
func (t *target) reasonOf(c tallystick.Condition) Reason {
	switch c.Field {
	case tallystick.FieldSenderKind:
		return OtherSender
	case tallystick.FieldPreview:
		return Preview
	case tallystick.FieldKind:
		return OtherKind
	case tallystick.FieldService:
		return OtherService
	case tallystick.FieldIdentity:
		return Relinked
	case tallystick.FieldChannelID:
		native := ids(t.channels, func(c channel) bool { return c.native })
		switch {
		case t.definition.Name == "billing-usage":
			return OtherPlatform
		case c.Op == tallystick.NotIn && t.definition.Name == "room-usage":
			return NotGoverned
		case c.Op == tallystick.NotIn:
			return TestChannel
		case t.options["governance"] == "native" && slices.Equal(c.Values, native):
			return NotNative
		}
	}
	return FilteredOut
}

// meets reports whether a field's text meets a condition.
func meets(c tallystick.Condition, text string) bool {
	switch c.Op {
	case tallystick.In:
		return text != "" && slices.Contains(c.Values, text)
	case tallystick.NotIn:
		return text == "" || !slices.Contains(c.Values, text)
	case tallystick.Present:
		return text != ""
	default:
		return text == ""
	}
}
