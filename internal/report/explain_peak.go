package report

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// running is a session or flow that may count for a peak.
type running struct {
	near
	id         string
	start, end tallystick.Instant // [start, end), as [tallystick.Peak] has it
	ended      *near              // nil where it has no end before the period's
	reason     Reason             // why it never counts; empty: it may
	moments    []string           // hours at whose maximum it runs; of a Maximum one without a name
}

// concurrent explains a maximum or an average of spans that run at once, all or of one application.
//
// The maximum counts the spans that run at the first moment at which so many do. The average counts, for each hour, those that run at the first moment of the hour's peak:
// their number over the number of such hours is the average.
func (t *target) concurrent(span tallystick.Span, group []string, measure string) error {
	q, err := t.askedPeak(func(q *tallystick.Peak) bool { return q.Span == span && len(q.By) >= len(group) })
	if err != nil {
		return err
	}
	return t.runningAtOnce(q, group, measure, stretch{t.from, t.scope.Before, true}, nil)
}

// runningAtOnce explains a maximum or an average over a part of the period. The hours are those of the query.
func (t *target) runningAtOnce(q tallystick.Peak, group []string, measure string, about stretch, reasons []Reason) error {
	spans, err := t.spans(q, group, reasons)
	if err != nil {
		return err
	}
	hours := t.calendar.Buckets(tallystick.Hourly, t.from, t.scope.Before)
	best := 0
	for i, hour := range hours {
		if q.Edges[i] < about.from || q.Edges[i] >= about.before {
			continue
		}
		together := peakOf(spans, q.Edges[i], q.Edges[i+1])
		switch {
		case measure == "Average":
			for _, s := range together {
				s.moments = append(s.moments, hour.Label+" ")
			}
		case len(together) > best:
			best = len(together)
			for _, s := range spans {
				s.moments = nil
			}
			for _, s := range together {
				s.moments = []string{""}
			}
		}
	}
	t.sense = map[string]Sense{"Maximum": Items, "Average": Mean}[measure]
	for _, s := range spans {
		reason := s.reason
		if reason == "" && len(s.moments) == 0 {
			reason = NotAtPeak
		}
		moments := s.moments
		if reason != "" {
			moments = []string{""}
		}
		for _, moment := range moments {
			t.add(&s.Listed, reason, moment+s.id)
			if s.ended != nil {
				t.add(&s.ended.Listed, reason, moment+s.id)
			}
		}
	}
	return nil
}

// peakOf returns the spans that run at the first moment of [from, before) at which the most do. That moment is from, or one at which a span starts.
func peakOf(spans []*running, from, before tallystick.Instant) []*running {
	type turn struct {
		at   tallystick.Instant
		more int
	}
	var turns []turn
	for _, s := range spans {
		if start, end := max(s.start, from), min(s.end, before); s.reason == "" && start < end {
			turns = append(turns, turn{start, 1}, turn{end, -1})
		}
	}
	slices.SortFunc(turns, func(a, b turn) int {
		if a.at != b.at {
			return int(max(-1, min(1, a.at-b.at)))
		}
		return a.more - b.more // what ends goes before what starts
	})
	now, most := 0, 0
	moment := from
	for _, turn := range turns {
		if now += turn.more; now > most {
			most, moment = now, turn.at
		}
	}
	var together []*running
	for _, s := range spans {
		if most > 0 && s.reason == "" && s.start <= moment && moment < s.end {
			together = append(together, s)
		}
	}
	return together
}

// spans lists the spans of the group, or of every group that the query asks about, that touch the period or start within its margin.
func (t *target) spans(q tallystick.Peak, group []string, reasons []Reason) ([]*running, error) {
	where := tallystick.Filter{}
	for _, c := range q.Where {
		if c.Field == tallystick.FieldApplication {
			where = append(where, c)
		}
	}
	for i, name := range group {
		where = append(where, inGroup(q.By[i], name))
	}
	fields := []tallystick.Field{q.Span.ID}
	for _, c := range slices.Concat(where, q.Where) {
		fields = append(fields, c.Field)
	}
	slices.Sort(fields)
	starts, err := t.starts(q, where, slices.Compact(fields))
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range starts {
		ids = append(ids, starts[i].text(q.Span.ID))
	}
	ends, err := t.listOf(t.scope.Before, q.Span.ID, ids, []tallystick.Field{q.Span.ID}, q.Span.End)
	if err != nil {
		return nil, err
	}
	endOf := map[string]*near{}
	for i := range ends {
		endOf[ends[i].text(q.Span.ID)] = &ends[i]
	}
	m := margin(t.from, t.scope.Before)
	conditions := append([]condition{{OutsidePeriod, func(e *near) bool { return e.Time < t.scope.Before }}}, t.conditionsOf(q.Where, reasons...)...)
	var spans []*running
	for i := range starts {
		s := &running{near: starts[i], id: starts[i].text(q.Span.ID), start: starts[i].Time, end: t.scope.Before}
		s.ended = endOf[s.id]
		switch {
		case s.ended != nil:
			s.end = max(s.ended.Time, s.start+tallystick.Microsecond)
		case q.OpenLimit > 0:
			s.end = min(s.end, s.start+q.OpenLimit)
		}
		if s.reason = firstBroken(conditions, &s.near); s.reason == "" && s.end <= t.from {
			s.reason = OutsidePeriod
		}
		if s.end > t.from || s.start >= t.from-m {
			spans = append(spans, s)
		}
	}
	return spans, nil
}

// starts lists the starts near the period, and those before of spans that may touch it: they end in it or, where they never end, may be open up to it.
func (t *target) starts(q tallystick.Peak, where tallystick.Filter, fields []tallystick.Field) ([]near, error) {
	m := margin(t.from, t.scope.Before)
	if q.OpenLimit == 0 {
		return t.list(tallystick.MinInstant, t.scope.Before+m, where, fields, q.Span.Start)
	}
	from := t.from - max(m, q.OpenLimit)
	starts, err := t.list(from, t.scope.Before+m, where, fields, q.Span.Start)
	if err != nil {
		return nil, err
	}
	ends, err := t.list(t.from, t.scope.Before, nil, []tallystick.Field{q.Span.ID}, q.Span.End)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range ends {
		ids = append(ids, ends[i].Texts[0])
	}
	earlier, err := t.listOf(from, q.Span.ID, ids, fields, q.Span.Start)
	if err != nil {
		return nil, err
	}
	for _, e := range earlier {
		if meets := func(c tallystick.Condition) bool { return !meets(c, e.text(c.Field)) }; !slices.ContainsFunc(where, meets) {
			starts = append(starts, e)
		}
	}
	return starts, nil
}
