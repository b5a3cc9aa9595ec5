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

// Peaks implements [tallystick.Peaker]. Questions that differ in nothing but the tenant and in whether they ask by group are one statement. SQL finds the spans and says in
// order of time when each begins and ends, and of which group it is; the sweep over these is done here.
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
	// The changes of one moment are added up here: few are of the same.
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
		"SELECT "+strings.Join(append([]string{"tenant::BIGINT", "moment", "change::BIGINT", "cut::BIGINT"}, groups...), ", "),
		"FROM changes",
		"ORDER BY tenant, moment")
	return p.read(ctx, st, answers)
}

// read runs the statement, whose rows come by tenant and by moment.
func (p *peaks) read(ctx context.Context, st *statement, answers []tallystick.PeakAnswer) error {
	edges := p.query.Edges
	if edges == nil {
		edges = []tallystick.Instant{p.query.From, p.query.Before}
	}
	stream, err := p.engine.stream()
	if err != nil {
		return err
	}
	defer stream.close()
	sweeping := newSweeps(edges, p.query.Summed)
	tenant, begun := int32(0), false
	put := func() {
		for _, w := range p.wanted {
			if begun && w.tenant == tenant {
				answers[w.place] = sweeping.answer(w.byGroups)
			}
		}
	}
	group := make([]string, len(p.query.By))
	err = stream.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			if number := int32(r.bigint(0, i)); number != tenant || !begun {
				put()
				tenant, begun, sweeping = number, true, newSweeps(edges, p.query.Summed)
			}
			for j := range group {
				group[j] = r.text(4+j, i)
			}
			sweeping.change(group, tallystick.Instant(r.bigint(1, i)), r.bigint(2, i), r.bigint(3, i))
		}
		return nil
	})
	if err != nil {
		return err
	}
	put()
	return nil
}

// sweeps go through the changes of a tenant in order of time: those of all, and of each group.
type sweeps struct {
	edges  []tallystick.Instant
	summed bool // sums are wanted, not counts
	all    *sweep
	of     map[string]*sweep // by group
	latest *sweep            // that of the row before
	cut    int64
}

func newSweeps(edges []tallystick.Instant, summed bool) *sweeps {
	s := &sweeps{edges: edges, summed: summed}
	s.all = s.begin(nil)
	return s
}

// begin begins a sweep, before any moment.
func (s *sweeps) begin(group []string) *sweep {
	w := &sweep{edges: s.edges, summed: s.summed, moment: tallystick.MinInstant}
	for _, text := range group {
		w.group = append(w.group, strings.Clone(text)) // the rows do not last
	}
	return w
}

// change adds n spans of a group, of which some are cut, at a moment.
func (s *sweeps) change(group []string, moment tallystick.Instant, n, cut int64) {
	s.cut += cut
	s.all.change(moment, n)
	if len(group) == 0 {
		return
	}
	if s.latest == nil || !slices.Equal(s.latest.group, group) {
		s.latest = s.ofGroup(group)
	}
	s.latest.change(moment, n)
}

// ofGroup finds the sweep of a group, or begins it.
func (s *sweeps) ofGroup(group []string) *sweep {
	key := group[0]
	if len(group) > 1 {
		key = quoted(group)
	}
	w := s.of[key]
	if w == nil {
		w = s.begin(group)
		if s.of == nil {
			s.of = map[string]*sweep{}
		}
		s.of[strings.Clone(key)] = w
	}
	return w
}

// answer ends the sweeps, of the groups or of all.
func (s *sweeps) answer(byGroups bool) tallystick.PeakAnswer {
	a := tallystick.PeakAnswer{Cut: s.cut}
	of := []*sweep{s.all}
	if byGroups {
		of = slices.SortedFunc(maps.Values(s.of), func(a, b *sweep) int { return slices.Compare(a.group, b.group) })
	}
	for _, o := range of {
		o.end()
		a.Counts, a.Sums = append(a.Counts, o.counts...), append(a.Sums, o.sums...)
	}
	slices.SortStableFunc(a.Counts, func(a, b tallystick.Count) int { return cmp.Compare(a.Bucket, b.Bucket) })
	return a
}

// sweep goes through the changes of one group in order of time, and notes the highest number of running spans in each bucket.
type sweep struct {
	edges  []tallystick.Instant
	group  []string
	summed bool                 // sums are wanted, not counts
	counts []tallystick.Count   // by bucket
	sums   []tallystick.PeakSum // one, or none

	moment  tallystick.Instant // of the latest change
	changed int64              // what it changes; all that changes at one moment counts as one
	bucket  int
	running int64 // spans
	highest int64 // in the bucket so far
}

// change adds n spans at a moment, which is not before the first edge.
func (s *sweep) change(moment tallystick.Instant, n int64) {
	if moment != s.moment {
		s.apply()
		s.moment = moment
	}
	s.changed += n
}

// apply adds what has changed at the latest moment.
func (s *sweep) apply() {
	for s.bucket < len(s.edges)-2 && s.moment >= s.edges[s.bucket+1] {
		s.leave()
		if s.moment == s.edges[s.bucket] {
			s.highest = 0 // what runs at the bucket's first instant is known after the change
		}
	}
	s.running += s.changed
	s.highest, s.changed = max(s.highest, s.running), 0
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
	if len(s.sums) == 0 {
		s.sums = append(s.sums, tallystick.PeakSum{Group: s.group})
	}
	last := &s.sums[0]
	last.Highest, last.Sum, last.Buckets = max(last.Highest, s.highest), last.Sum+s.highest, last.Buckets+1
}

// end goes through the buckets after the latest change. It may come again.
func (s *sweep) end() {
	s.apply()
	for s.bucket < len(s.edges)-1 {
		s.leave()
	}
}
