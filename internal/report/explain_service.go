package report

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// service explains a cell of the tables of service-usage that have a row for each period and group.
func (t *target) service() error {
	switch t.column {
	case "Month", "Period":
		return t.label()
	case "Platform":
		return t.group(t.cells[1].Text, t.ofAll())
	}
	period, err := t.periodOf(t.cells[0].Text)
	if err != nil {
		return err
	}
	grouped := len(t.cells) == 3 && !t.ofAll()
	var group []string
	if grouped {
		group = []string{t.cells[1].Text}
	}
	fits := func(by []tallystick.Dimension, edges []tallystick.Instant) bool {
		one := len(edges) == 2 // period, which is the whole
		return (len(by) > 0) == grouped && (one || (edges == nil) == period.whole)
	}
	t.sense = Items
	if t.column == "Resolved Conversations" {
		q, err := t.askedResolutions(func(q *tallystick.Resolutions) bool { return q.Whole })
		if err != nil {
			return err
		}
		if !grouped { // All is what its groups add up to
			q.By = nil
		}
		return t.resolved(q, group, period)
	}
	q, err := t.askedTally(func(q *tallystick.Tally) bool { return fits(q.By, q.Edges) })
	if err != nil {
		return err
	}
	if err := t.tallied(q, group, period.from, period.before, nil); err != nil {
		return err
	}
	return t.merges(q)
}

// ofAll reports whether the row is that of all groups: the last one of its period, whatever a group is called.
func (t *target) ofAll() bool {
	return t.cells[1].Text == "All" && (len(t.below) == 0 || t.below[0][0] != t.cells[0])
}

// stretch is the part of the time that a row is about.
type stretch struct {
	from, before tallystick.Instant
	whole        bool // it is the row of the whole period
}

// periodOf returns the part of the time that a row with this label is about. The months of unique contacts are whole, all others end with the period.
func (t *target) periodOf(label string) (stretch, error) {
	if label == "Total" {
		return stretch{t.from, t.scope.Before, true}, nil
	}
	months := t.column == "Unique Contacts"
	grain := tallystick.Monthly
	if !months {
		var err error
		if grain, err = tallystick.ParseGrain(t.options["every"]); err != nil {
			return stretch{}, err
		}
	}
	buckets := t.calendar.Buckets(grain, t.from, t.scope.Before)
	b := buckets[slices.IndexFunc(buckets, func(b tallystick.Bucket) bool { return b.Label == label })]
	if months {
		return stretch{from: b.Start, before: b.End}, nil
	}
	return stretch{from: max(b.Start, t.from), before: min(b.End, t.scope.Before)}, nil
}

// group explains the name of a group by the channels that give it.
func (t *target) group(name string, all bool) error {
	if all {
		return t.label()
	}
	scope, channels := t.scope, t.channels
	if t.request.Table == "unique-contacts" { // it sees its channels as of the end of its last month
		q, err := t.askedTally(func(*tallystick.Tally) bool { return true })
		if err != nil {
			return err
		}
		scope = q.Scope
		if channels, _, err = t.channelsAsOf(scope); err != nil {
			return err
		}
	}
	field, is := tallystick.FieldPlatform, func(c channel) bool { return c.platform == name }
	if t.options["by"] == "channel" {
		field, is = tallystick.FieldName, func(c channel) bool { return c.name == name }
	}
	return t.upserts(tallystick.ChannelUpserted, ids(channels, is), scope, field)
}

// merges adds the merges through which a contact that was met counts as another one.
func (t *target) merges(q tallystick.Tally) error {
	met := map[string]bool{}
	for _, e := range t.found {
		met[e.Item] = true
	}
	events, err := t.list(tallystick.MinInstant, q.Scope.Before, tallystick.Filter{{Field: tallystick.FieldMergedInto, Op: tallystick.Present}},
		[]tallystick.Field{tallystick.FieldContactID}, tallystick.ContactUpserted)
	for i := range events {
		if item := q.Measure.Distinct.Of(events[i].Texts[0]); met[item] {
			t.add(&events[i].Listed, Merged, item)
		}
	}
	return err
}

// talk is what the resolutions of a conversation are judged by, as [tallystick.Resolutions] has it.
type talk struct {
	channel   string
	startedBy string
	written   bool
	answered  bool
	answer    tallystick.Instant // of the first answer
}

// resolved explains a number of resolved conversations.
func (t *target) resolved(q tallystick.Resolutions, group []string, period stretch) error {
	events, err := t.around(period.from, period.before, nil, []tallystick.Field{tallystick.FieldConversationID}, tallystick.ConversationSolved)
	if err != nil {
		return err
	}
	var ids []string
	for i := range events {
		ids = append(ids, events[i].Texts[0])
	}
	talks, err := t.talks(ids)
	if err != nil {
		return err
	}
	talkOf := func(e *near) *talk { return talks[e.Texts[0]] }
	conditions := []condition{inside(period.from, period.before)}
	for _, c := range q.Where {
		conditions = append(conditions, condition{t.reasonOf(c), func(e *near) bool { return meets(c, talkOf(e).channel) }})
	}
	conditions = append(conditions,
		condition{NotInbound, func(e *near) bool { return talkOf(e).startedBy == "inbound" }},
		condition{NotAnswered, func(e *near) bool { return talkOf(e).answered && talkOf(e).answer <= e.Time }})
	for i := range events {
		e := &events[i]
		if group == nil || q.By[0].Of(talkOf(e).channel) == group[0] {
			t.add(&e.Listed, firstBroken(conditions, e), e.Texts[0])
		}
	}
	return nil
}

// talks reads the conversations with these ids as of the period's end.
func (t *target) talks(ids []string) (map[string]*talk, error) {
	fields := slices.Concat(countableFields, []tallystick.Field{
		tallystick.FieldConversationID, tallystick.FieldChannelID, tallystick.FieldStartedBy, tallystick.FieldDirection, tallystick.FieldSenderKind,
	})
	events, err := t.listOf(t.scope.Before, tallystick.FieldConversationID, ids, fields, tallystick.ConversationCreated, tallystick.MessageSent)
	if err != nil {
		return nil, err
	}
	failed, err := t.failures(events, t.scope.Before)
	if err != nil {
		return nil, err
	}
	talks := map[string]*talk{}
	for _, id := range ids {
		talks[id] = &talk{}
	}
	for i := range events {
		if e := &events[i]; e.Type == tallystick.ConversationCreated {
			c := talks[e.text(tallystick.FieldConversationID)]
			c.channel, c.startedBy = e.text(tallystick.FieldChannelID), e.text(tallystick.FieldStartedBy)
		}
	}
	answers := countable(failed)
	for i := range events {
		e := &events[i]
		if e.Type != tallystick.MessageSent {
			continue
		}
		c := talks[e.text(tallystick.FieldConversationID)]
		direction := e.text(tallystick.FieldDirection)
		if !c.written && c.channel == "" {
			c.channel = e.text(tallystick.FieldChannelID)
		}
		c.written = true
		if c.startedBy == "" && direction != "internal" {
			c.startedBy = direction
		}
		sender := e.text(tallystick.FieldSenderKind)
		if !c.answered && direction == "outbound" && (sender == "user" || sender == "bot" || sender == "api") && firstBroken(answers, e) == "" {
			c.answered, c.answer = true, e.Time
		}
	}
	return talks, nil
}

// connection explains a cell of the table channels.
func (t *target) connection() error {
	all := t.cells[0].Text == "All" && len(t.below) == 0
	if t.column == "Platform" {
		return t.group(t.cells[0].Text, all)
	}
	q, err := t.askedList(tallystick.ChannelUpserted)
	if err != nil {
		return err
	}
	events, err := t.list(tallystick.MinInstant, t.scope.Before+margin(t.from, t.scope.Before), nil, q.Fields, q.Types...)
	if err != nil {
		return err
	}
	histories := map[string]history{}
	latest := map[string]tallystick.Position{} // upserts
	for i := range events {
		e := &events[i]
		id := e.Texts[0]
		switch {
		case e.Time >= t.scope.Before:
		case e.Type == tallystick.ChannelUpserted:
			latest[id] = e.Position
		default:
			histories[id] = append(histories[id], change{e.Time, e.Type == tallystick.ChannelConnected})
		}
	}
	conditions := append([]condition{{OutsidePeriod, func(e *near) bool { return e.Time < t.scope.Before }}}, t.conditionsOf(q.Where)...)
	conditions = append(conditions, condition{NotConnected, func(e *near) bool {
		h := histories[e.Texts[0]]
		return len(h) == 0 || e.Type != tallystick.ChannelUpserted && len(h.during(t.from, t.scope.Before)) > 0
	}}, condition{NotLatest, func(e *near) bool {
		return e.Type != tallystick.ChannelUpserted || latest[e.Texts[0]] == e.Position
	}})
	t.sense = Items
	group := t.grouping(t.channels)[0]
	for i := range events {
		if e := &events[i]; all || group.Of(e.Texts[0]) == t.cells[0].Text {
			t.add(&e.Listed, firstBroken(conditions, e), e.Texts[0])
		}
	}
	return nil
}
