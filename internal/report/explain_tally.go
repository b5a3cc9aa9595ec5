package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// tallied explains a number that answers a tally, or a sum of its numbers: those of one group, over the events in [from, before). The group may be shorter than the
// query's dimensions; then it is all groups that begin so. Events that don't meet nearby are not near; more are conditions beside the query's.
func (t *target) tallied(q tallystick.Tally, group []string, from, before tallystick.Instant, nearby tallystick.Filter, more ...condition) error {
	where := slices.Clone(nearby)
	fields := slices.Clone(countableFields)
	for i, name := range group {
		where = append(where, in(q.By[i].Field, valuesOf(q.By[i], name)...))
	}
	for _, c := range slices.Concat(where, q.Where) {
		fields = append(fields, c.Field)
	}
	switch {
	case q.Measure.Distinct != nil:
		fields = append(fields, q.Measure.Distinct.Field)
	case q.Measure.Sum != tallystick.NoField:
		fields = append(fields, q.Measure.Sum)
	}
	fields = append(fields, itemFields[q.Type]...)
	slices.Sort(fields)
	events, err := t.around(from, before, where, slices.Compact(fields), q.Type)
	if err != nil {
		return err
	}
	conditions := []condition{inside(from, before)}
	if q.Countable {
		failed, err := t.failures(events, q.Scope.Before)
		if err != nil {
			return err
		}
		conditions = append(conditions, countable(failed)...)
	}
	conditions = append(conditions, t.conditionsOf(q.Where)...)
	conditions = append(conditions, more...)
	item := itemOf(q)
	if q.Measure.Distinct != nil {
		conditions = append(conditions, condition{NoContact, func(e *near) bool { return item(e) != "" }})
	}
	for i := range events {
		t.add(&events[i].Listed, firstBroken(conditions, &events[i]), item(&events[i]))
	}
	return nil
}

// valuesOf returns the values that fall into a group.
func valuesOf(d tallystick.Dimension, group string) []string {
	values := []string{}
	for value := range d.Labels {
		if d.Of(value) == group {
			values = append(values, value)
		}
	}
	if _, labelled := d.Labels[group]; !labelled && d.Of(group) == group {
		values = append(values, group)
	}
	slices.Sort(values)
	return values
}

// itemFields are what an event is called by where its number does not say.
var itemFields = map[string][]tallystick.Field{
	tallystick.MessageSent:       {tallystick.FieldMessageID},
	tallystick.FlowStarted:       {tallystick.FieldFlowRunID},
	tallystick.AssistanceClicked: {tallystick.FieldService},
	tallystick.NumberPurchased:   {tallystick.FieldNumber},
}

// itemOf says what an event stands for in a tally: the thing that is counted once, the value that is added up, or what it is called.
func itemOf(q tallystick.Tally) func(*near) string {
	switch m := q.Measure; {
	case m.Distinct != nil:
		return func(e *near) string { return m.Distinct.Of(e.text(m.Distinct.Field)) }
	case m.Sum == tallystick.FieldDurationSeconds:
		return func(e *near) string {
			n, _ := strconv.ParseInt(e.text(m.Sum), 10, 64) // an engine's text of a number is one
			return seconds(roundUp(n, m.RoundUp))
		}
	case m.Sum != tallystick.NoField:
		return func(e *near) string { return e.text(m.Sum) }
	}
	return func(e *near) string { return e.text(itemFields[q.Type][0]) }
}

// roundUp returns the smallest multiple of step that is at least n, which is not negative.
func roundUp(n, step int64) int64 {
	if step > 1 && n%step > 0 {
		return n - n%step + step
	}
	return n
}

// seconds prints microseconds, not negative, as seconds, with a fraction only where there is one.
func seconds(micros int64) string {
	s := strconv.FormatInt(micros/1_000_000, 10)
	if rest := micros % 1_000_000; rest > 0 {
		fraction := strconv.FormatInt(1_000_000+rest, 10)[1:]
		s += "." + strings.TrimRight(fraction, "0")
	}
	return s
}
