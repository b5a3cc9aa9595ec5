package memory

import (
	"context"
	"slices"

	"github.com/tallystick/tallystick"
)

type span struct {
	start, end tallystick.Instant
	group      []string
}

// Peak implements [tallystick.Answerer]. The maximum over a bucket is reached at the bucket's beginning or where a span starts, so it is enough to count there.
func (e *Engine) Peak(_ context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	events, err := e.events(q.Scope)
	if err != nil {
		return tallystick.PeakAnswer{}, err
	}
	ends := map[string]tallystick.Instant{}
	for _, r := range events {
		if r.Event.Type == q.Span.End {
			ends[r.Event.Text(q.Span.ID)] = r.Event.Time
		}
	}
	var answer tallystick.PeakAnswer
	var spans []span
	for _, r := range events {
		if r.Event.Type != q.Span.Start || !q.Where.Keeps(&r.Event) {
			continue
		}
		s := span{start: r.Event.Time, end: q.Before, group: groupOf(q.By, r.Event.Text)}
		end, ended := ends[r.Event.Text(q.Span.ID)]
		switch {
		case ended && end > s.start:
			s.end = end
		case ended:
			s.end = s.start + tallystick.Microsecond
		case q.OpenLimit > 0 && s.start+q.OpenLimit < q.Before:
			s.end = s.start + q.OpenLimit
			if s.end > q.From {
				answer.Cut++
			}
		}
		if s.end > q.From {
			spans = append(spans, s)
		}
	}
	edges := q.Edges
	if edges == nil {
		edges = []tallystick.Instant{q.From, q.Before}
	}
	result := cells{}
	for bucket := range len(edges) - 1 {
		for _, at := range spans {
			moment := max(at.start, edges[bucket])
			if moment >= edges[bucket+1] || at.end <= moment {
				continue
			}
			running := int64(0)
			for _, s := range spans {
				if s.start <= moment && moment < s.end && slices.Equal(s.group, at.group) {
					running++
				}
			}
			c := result.at(bucket, at.group)
			c.count.Value = max(c.count.Value, running)
		}
	}
	if answer.Counts = result.counts(); q.Summed {
		answer.Counts, answer.Sums = nil, sumPeaks(answer.Counts)
	}
	return answer, nil
}

// sumPeaks returns the sums of an answer's counts.
func sumPeaks(counts []tallystick.Count) []tallystick.PeakSum {
	var sums []tallystick.PeakSum
	for _, c := range counts {
		i, found := slices.BinarySearchFunc(sums, c.Group, func(s tallystick.PeakSum, group []string) int { return slices.Compare(s.Group, group) })
		if !found {
			sums = slices.Insert(sums, i, tallystick.PeakSum{Group: c.Group})
		}
		s := &sums[i]
		s.Highest, s.Sum, s.Buckets = max(s.Highest, c.Value), s.Sum+c.Value, s.Buckets+1
	}
	return sums
}
