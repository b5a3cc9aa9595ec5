package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Peak implements [tallystick.Answerer].
func (e *Engine) Peak(ctx context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	answers, err := e.Peaks(ctx, []tallystick.Peak{q})
	if err != nil {
		return tallystick.PeakAnswer{}, err
	}
	return answers[0], nil
}

// Peaks implements [tallystick.Peaker]. Questions that differ in nothing but the tenant and in whether they ask by group are one statement. SQL finds the spans and says for each
// group at which instants how many begin or end; the sweep over these, in order, is done here.
func (e *Engine) Peaks(ctx context.Context, qs []tallystick.Peak) ([]tallystick.PeakAnswer, error) {
	answers := make([]tallystick.PeakAnswer, len(qs))
	var all together[peaks]
	for i := range qs {
		sc, err := e.scope(qs[i].Scope)
		if err != nil {
			return nil, err
		}
		if sc == nil {
			continue
		}
		all.put(formOfPeak(&qs[i], sc), func() *peaks { return &peaks{engine: e, query: qs[i]} },
			func(p *peaks) bool { return p.take(&qs[i], sc, i) })
	}
	for _, p := range all.statements {
		if err := p.answer(ctx, answers); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// peaks are questions that one statement answers.
type peaks struct {
	engine *Engine
	query  tallystick.Peak // as wide as the widest
	scopes []*scope        // a tenant once
	wanted []wantedPeak
}

// wantedPeak is where an answer goes.
type wantedPeak struct {
	tenant   int32
	byGroups bool
	place    int
}

// formOfPeak returns what questions must agree in to be answered by one statement.
func formOfPeak(q *tallystick.Peak, sc *scope) string {
	return fmt.Sprintf("%s %s %s %d %d %d %d %d %d %v %q %d", q.Span.Start, q.Span.End, q.Span.ID, sc.log, q.From, q.Before, q.AsOf.Log, q.AsOf.Sequence, q.OpenLimit, q.Summed, q.Where, q.Edges)
}

// take takes a question in, and reports whether it fits: those of one statement have the same groups or none, and where groups have labels they are of one tenant.
func (p *peaks) take(q *tallystick.Peak, sc *scope, place int) bool {
	labelled := func(d tallystick.Dimension) bool { return d.Labels != nil }
	at := slices.IndexFunc(p.scopes, func(o *scope) bool { return o.number == sc.number })
	if at < 0 && len(p.scopes) > 0 && (slices.ContainsFunc(q.By, labelled) || slices.ContainsFunc(p.query.By, labelled)) {
		return false
	}
	if len(q.By) > 0 && len(p.query.By) > 0 && !slices.EqualFunc(q.By, p.query.By, func(a, b tallystick.Dimension) bool {
		return a.Field == b.Field && a.Unlabelled == b.Unlabelled && (a.Labels == nil) == (b.Labels == nil) && maps.Equal(a.Labels, b.Labels)
	}) {
		return false
	}
	if at < 0 {
		p.scopes = append(p.scopes, sc)
	}
	if len(q.By) > 0 {
		p.query.By = q.By
	}
	p.wanted = append(p.wanted, wantedPeak{sc.number, len(q.By) > 0, place})
	return true
}

// answer runs the statement and puts the answers into their places.
func (p *peaks) answer(ctx context.Context, answers []tallystick.PeakAnswer) error {
	q := &p.query
	st := &statement{}
	started, ended := p.engine.source(q.Span.Start, "started"), p.engine.source(q.Span.End, "ended")
	from, before := st.bind(q.From), p.scopes[0].before(st)

	// Spans that are open end with the scope, or, those that began before cutBefore, after the limit.
	openEnd, cut := before, "FALSE"
	if q.OpenLimit > 0 && q.Before > tallystick.MinInstant+q.OpenLimit {
		cut = "start < " + st.bind(q.Before-q.OpenLimit)
		openEnd = "CASE WHEN " + cut + " THEN start + " + st.bind(q.OpenLimit) + " ELSE " + before + " END"
	}
	wanted := []string{started.column("tenant") + " AS tenant", started.text(q.Span.ID) + " AS id", started.column("time") + " AS start"}
	groups := columns("group", len(q.By))
	selected := []string{"begun.tenant AS tenant"}
	var joins []string
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
		"  WHERE "+strings.Join(append(started.ofTenants(st, p.scopes, q.Span.Start), started.filter(st, q.Where)...), "\n    AND "),
		"), done AS (",
		"  SELECT "+ended.column("tenant")+" AS tenant, "+ended.text(q.Span.ID)+" AS id, "+ended.column("time")+" AS time",
		"  FROM "+ended.from(),
		"  WHERE "+strings.Join(ended.ofTenants(st, p.scopes, q.Span.End), "\n    AND "),
		"), spans AS (",
		"  SELECT "+strings.Join(append(selected, "start", "done.time IS NULL AND "+cut+" AS cut"), ",\n    ")+",",
		"    CASE WHEN done.time IS NULL THEN "+openEnd+" WHEN done.time > start THEN done.time ELSE start + 1 END AS stop",
		"  FROM begun",
		"  LEFT JOIN done ON done.tenant = begun.tenant AND done.id = begun.id")
	st.add(joins...)
	keys := append([]string{"tenant"}, groups...)
	st.add("), changes AS (",
		"  SELECT "+strings.Join(append(slices.Clone(keys), "GREATEST(start, "+from+") AS moment, 1 AS change, cut::INTEGER AS cut"), ", "),
		"  FROM spans",
		"  WHERE stop > "+from,
		"  UNION ALL",
		"  SELECT "+strings.Join(append(slices.Clone(keys), "stop AS moment, -1 AS change, 0 AS cut"), ", "),
		"  FROM spans",
		"  WHERE stop > "+from,
		"    AND stop < "+before,
		")",
		"SELECT "+strings.Join(slices.Concat([]string{"tenant::BIGINT", p.grouped(groups), "moment", "SUM(change)::BIGINT", "SUM(cut)::BIGINT"}, groups), ", "),
		"FROM changes",
		"GROUP BY GROUPING SETS ("+strings.Join(p.sets(groups), ", ")+")",
		"ORDER BY "+strings.Join(slices.Concat([]string{"1, 2"}, groups, []string{"moment"}), ", "))
	return p.read(ctx, st, answers)
}

// grouped is the expression that says whether a row is of a group.
func (p *peaks) grouped(groups []string) string {
	if len(groups) == 0 {
		return "0::BIGINT"
	}
	return "(GROUPING(" + groups[0] + ") = 0)::BIGINT"
}

// sets returns by what rows are grouped: a list of columns for each way in which anybody asks.
func (p *peaks) sets(groups []string) []string {
	var sets []string
	for _, byGroups := range []bool{true, false} {
		if !slices.ContainsFunc(p.wanted, func(w wantedPeak) bool { return w.byGroups == byGroups }) {
			continue
		}
		set := []string{"tenant", "moment"}
		if byGroups {
			set = append(set, groups...)
		}
		sets = append(sets, "("+strings.Join(set, ", ")+")")
	}
	return sets
}

// read runs the statement, whose rows come by tenant, by way of asking, by group and by moment.
func (p *peaks) read(ctx context.Context, st *statement, answers []tallystick.PeakAnswer) error {
	places := map[wantedPeak][]int{}
	for _, w := range p.wanted {
		place := w.place
		w.place = 0
		places[w] = append(places[w], place)
	}
	edges := p.query.Edges
	if edges == nil {
		edges = []tallystick.Instant{p.query.From, p.query.Before}
	}
	var of, before wantedPeak
	sweeping := sweep{edges: edges, summed: p.query.Summed}
	var cut int64
	put := func() {
		sweeping.end()
		slices.SortStableFunc(sweeping.counts, func(a, b tallystick.Count) int { return cmp.Compare(a.Bucket, b.Bucket) })
		for _, place := range places[before] {
			answers[place] = tallystick.PeakAnswer{Counts: slices.Clone(sweeping.counts), Sums: slices.Clone(sweeping.sums), Cut: cut}
		}
	}
	stream, err := p.engine.stream()
	if err != nil {
		return err
	}
	defer stream.close()
	group := make([]string, len(p.query.By))
	err = stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			of = wantedPeak{tenant: int32(r.bigint(0, i)), byGroups: r.bigint(1, i) != 0}
			if of != before {
				put()
				before, sweeping, cut = of, sweep{edges: edges, summed: p.query.Summed}, 0
			}
			own := group[:0]
			if of.byGroups {
				for j := range len(group) {
					own = append(own, r.text(5+j, i))
				}
			}
			cut += r.bigint(4, i)
			if !sweeping.started || !slices.Equal(own, sweeping.group) {
				sweeping.end()
				sweeping.begin(own)
			}
			sweeping.change(tallystick.Instant(r.bigint(2, i)), r.bigint(3, i))
		}
		return nil
	})
	if err != nil {
		return err
	}
	put()
	return nil
}

// sweep goes through the changes of one group after another, each in order of time, and notes the highest number of running spans in each bucket.
type sweep struct {
	edges  []tallystick.Instant
	counts []tallystick.Count   // by group, then bucket
	summed bool                 // sums are wanted, not counts
	sums   []tallystick.PeakSum // by group

	started bool
	group   []string
	bucket  int
	running int64 // spans
	highest int64 // in the bucket so far
}

func (s *sweep) begin(group []string) {
	s.started, s.bucket, s.running, s.highest = true, 0, 0, 0
	s.group = nil
	for _, text := range group {
		s.group = append(s.group, strings.Clone(text)) // the rows do not last
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
		s.note()
	}
	s.bucket++
	s.highest = s.running
}

// note adds the bucket to the answer.
func (s *sweep) note() {
	if !s.summed {
		s.counts = append(s.counts, tallystick.Count{Bucket: s.bucket, Group: s.group, Value: s.highest})
		return
	}
	if n := len(s.sums); n == 0 || !slices.Equal(s.sums[n-1].Group, s.group) {
		s.sums = append(s.sums, tallystick.PeakSum{Group: s.group})
	}
	last := &s.sums[len(s.sums)-1]
	last.Highest, last.Sum, last.Buckets = max(last.Highest, s.highest), last.Sum+s.highest, last.Buckets+1
}

// end goes through the buckets after the group's last change.
func (s *sweep) end() {
	for s.started && s.bucket < len(s.edges)-1 {
		s.leave()
	}
}
