package duckdb

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Peak implements [tallystick.Answerer]. SQL finds the spans and says for each group at which instants how many begin or end; the sweep over these, in order, is
// done here.
func (e *Engine) Peak(ctx context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	var answer tallystick.PeakAnswer
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return answer, err
	}
	st := &statement{}
	started, ended := e.source(q.Span.Start, "started"), e.source(q.Span.End, "ended")
	from, before := st.bind(q.From), sc.before(st)

	// Spans that are open end with the scope, or, those that began before cutBefore, after the limit.
	openEnd, cut := before, "FALSE"
	if q.OpenLimit > 0 && q.Before > tallystick.MinInstant+q.OpenLimit {
		cut = "start < " + st.bind(q.Before-q.OpenLimit)
		openEnd = "CASE WHEN " + cut + " THEN start + " + st.bind(q.OpenLimit) + " ELSE " + before + " END"
	}
	wanted := []string{started.text(q.Span.ID) + " AS id", started.column("time") + " AS start"}
	groups := columns("group", len(q.By))
	var selected, joins []string
	for i := range q.By {
		value := "value" + strconv.Itoa(i)
		wanted = append(wanted, started.text(q.By[i].Field)+" AS "+value)
		join, group := labels(st, &q.By[i], "begun."+value, "label"+strconv.Itoa(i))
		joins = append(joins, join)
		selected = append(selected, group+" AS "+groups[i])
	}
	st.add("WITH begun AS (",
		"  SELECT "+strings.Join(wanted, ",\n    "),
		"  FROM "+started.from(),
		"  WHERE "+strings.Join(append(started.scope(st, sc, q.Span.Start), started.filter(st, q.Where)...), "\n    AND "),
		"), done AS (",
		"  SELECT "+ended.text(q.Span.ID)+" AS id, "+ended.column("time")+" AS time",
		"  FROM "+ended.from(),
		"  WHERE "+strings.Join(ended.scope(st, sc, q.Span.End), "\n    AND "),
		"), spans AS (",
		"  SELECT "+strings.Join(append(selected, "start", "done.time IS NULL AND "+cut+" AS cut"), ",\n    ")+",",
		"    CASE WHEN done.time IS NULL THEN "+openEnd+" WHEN done.time > start THEN done.time ELSE start + 1 END AS stop",
		"  FROM begun",
		"  LEFT JOIN done ON done.id = begun.id")
	st.add(joins...)
	keys := strings.Join(append(groups, "moment"), ", ")
	st.add("), changes AS (",
		"  SELECT "+strings.Join(append(groups, "GREATEST(start, "+from+") AS moment, 1 AS change, cut::INTEGER AS cut"), ", "),
		"  FROM spans",
		"  WHERE stop > "+from,
		"  UNION ALL",
		"  SELECT "+strings.Join(append(groups, "stop AS moment, -1 AS change, 0 AS cut"), ", "),
		"  FROM spans",
		"  WHERE stop > "+from,
		"    AND stop < "+before,
		")",
		"SELECT "+keys+", SUM(change)::BIGINT, SUM(cut)::BIGINT",
		"FROM changes",
		"GROUP BY "+keys,
		"ORDER BY "+keys)

	sweep := sweep{edges: q.Edges}
	if q.Edges == nil {
		sweep.edges = []tallystick.Instant{q.From, q.Before}
	}
	group := make([]string, len(q.By))
	var moment tallystick.Instant
	var change, cuts int64
	var into []any
	for i := range group {
		into = append(into, &group[i])
	}
	into = append(into, &moment, &change, &cuts)
	err = st.run(ctx, e.readers, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		answer.Cut += cuts
		if !sweep.started || !slices.Equal(group, sweep.group) {
			sweep.end()
			sweep.begin(group)
		}
		sweep.change(moment, change)
		return nil
	})
	if err != nil {
		return tallystick.PeakAnswer{}, err
	}
	sweep.end()
	answer.Counts = sweep.counts
	slices.SortStableFunc(answer.Counts, func(a, b tallystick.Count) int { return cmp.Compare(a.Bucket, b.Bucket) })
	return answer, nil
}

// sweep goes through the changes of one group after another, each in order of time, and notes the highest number of running spans in each bucket.
type sweep struct {
	edges  []tallystick.Instant
	counts []tallystick.Count // by group, then bucket

	started bool
	group   []string
	bucket  int
	running int64 // spans
	highest int64 // in the bucket so far
}

func (s *sweep) begin(group []string) {
	s.started, s.bucket, s.running, s.highest = true, 0, 0, 0
	s.group = nil
	if len(group) > 0 {
		s.group = slices.Clone(group)
	}
}

// change adds n spans at a moment, which is not before the first edge.
func (s *sweep) change(moment tallystick.Instant, n int64) {
	for s.bucket < len(s.edges)-2 && moment >= s.edges[s.bucket+1] {
		s.leave()
		if moment == s.edges[s.bucket] {
			s.highest = 0 // what runs at the bucket's first instant is known after the change
		}
	}
	s.running += n
	s.highest = max(s.highest, s.running)
}

// leave notes a bucket and goes to the next one, with the spans that run on.
func (s *sweep) leave() {
	if s.highest > 0 && s.edges[s.bucket] < s.edges[s.bucket+1] {
		s.counts = append(s.counts, tallystick.Count{Bucket: s.bucket, Group: s.group, Value: s.highest})
	}
	s.bucket++
	s.highest = s.running
}

// end goes through the buckets after the group's last change.
func (s *sweep) end() {
	for s.started && s.bucket < len(s.edges)-1 {
		s.leave()
	}
}
