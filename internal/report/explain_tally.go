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
	return t.talliedBecause(q, group, from, before, nearby, nil, more...)
}

// talliedBecause is tallied with the reasons of the query's conditions.
func (t *target) talliedBecause(q tallystick.Tally, group []string, from, before tallystick.Instant, nearby tallystick.Filter, reasons []Reason, more ...condition) error {
	where := slices.Clone(nearby)
	fields := slices.Clone(countableFields)
	for i, name := range group {
		where = append(where, inGroup(q.By[i], name))
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
	fields = append(fields, t.itemField(q.Type))
	slices.Sort(fields)
	events, err := t.around(from, before, where, slices.Compact(fields), q.Type)
	if err != nil {
		return err
	}
	if err := t.withNumber(events, q.Where, from, before, where); err != nil {
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
	conditions = append(conditions, t.conditionsOf(q.Where, reasons...)...)
	conditions = append(conditions, more...)
	item := t.itemOf(q)
	if q.Measure.Distinct != nil {
		reason := NoValue
		if q.Measure.Distinct.Field == tallystick.FieldContactID {
			reason = NoContact
		}
		conditions = append(conditions, condition{reason, func(e *near) bool { return item(e) != "" }})
	}
	for i := range events {
		t.add(&events[i].Listed, firstBroken(conditions, &events[i]), item(&events[i]))
	}
	return nil
}

// withNumber notes which of the events around [from, before) give a number, where a query asks for one: their texts don't tell 5 from "5".
func (t *target) withNumber(events []near, asked tallystick.Filter, from, before tallystick.Instant, nearby tallystick.Filter) error {
	i := slices.IndexFunc(asked, func(c tallystick.Condition) bool { return c.Op == tallystick.Numeric })
	if i < 0 || len(events) == 0 {
		return nil
	}
	numbers, err := t.around(from, before, append(slices.Clone(nearby), asked[i]), nil, events[0].Type)
	for j, k := 0, 0; j < len(numbers) && k < len(events); k++ {
		if events[k].Position == numbers[j].Position {
			events[k].number = true
			j++
		}
	}
	return err
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

// itemField is what an event is called by where its number does not say: the first field of its type, or, of one that the report declares, the first id.
func (w *wish) itemField(typ string) tallystick.Field {
	if t := tallystick.TypeNamed(typ); t != nil {
		return t.Rules[0].Field
	}
	for _, t := range w.definition.Events {
		for _, l := range t.Labels {
			if t.Name == typ && l.Kind == tallystick.LabelID {
				return tallystick.Field(l.Name)
			}
		}
	}
	return tallystick.NoField
}

// inGroup is the condition that a dimension puts an event into a group; the group "" is of events without a value.
func inGroup(d tallystick.Dimension, group string) tallystick.Condition {
	switch {
	case group != "":
		return in(d.Field, valuesOf(d, group)...)
	case d.Labels == nil || d.Unlabelled == tallystick.KeepValue:
		return tallystick.Condition{Field: d.Field, Op: tallystick.Absent}
	}
	c := tallystick.Condition{Field: d.Field, Op: tallystick.NotIn}
	for value, label := range d.Labels {
		if label != "" {
			c.Values = append(c.Values, value)
		}
	}
	slices.Sort(c.Values)
	return c
}

// itemOf says what an event stands for in a tally: the thing that is counted once, the value that is added up, or what it is called.
func (w *wish) itemOf(q tallystick.Tally) func(*near) string {
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
	return func(e *near) string { return e.text(w.itemField(q.Type)) }
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
