package duckdb

import (
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
// the order of their beginnings when each ends, and of which group it is; the sweep over these is done here (sweep.go).
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
	return fmt.Sprintf("%s %s %s %d %d %d %d %d %d %v %q", q.Span.Start, q.Span.End, q.Span.ID, sc.log, q.From, q.Before, q.AsOf.Log, q.AsOf.Sequence, q.OpenLimit, q.Summed, q.Where)
}

// take takes a question in, and reports whether it fits: those of one statement have the same groups or none, and where groups have labels they are of one tenant.
func (p *peaks) take(q *tallystick.Peak, sc *scope, place int) bool {
	if !slices.Equal(q.Edges, p.query.Edges) {
		return false
	}
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
	if answered, err := p.answerByMonths(ctx, answers); answered || err != nil {
		return err
	}
	p.forget()
	st := &statement{}
	return p.ask(ctx, st, "", p.begun(st), p.engine.run, answers)
}

// forget forgets the parameters of the scopes, which are those of one statement.
func (p *peaks) forget() {
	for _, sc := range p.scopes {
		sc.forget()
	}
}

// begun selects the spans that meet conditions on started, with tenant, start, what they are grouped by, and when they ended, if they did.
func (p *peaks) begun(st *statement, conditions ...string) string {
	q := &p.query
	started, ended := p.engine.source(q.Span.Start, "started"), p.engine.source(q.Span.End, "ended")
	wanted := []string{started.column("tenant") + " AS tenant", started.column("seq") + " AS seq", started.text(q.Span.ID) + " AS id", started.column("time") + " AS start"}
	for i, d := range q.By {
		wanted = append(wanted, started.text(d.Field)+" AS value"+strconv.Itoa(i))
	}
	where := slices.Concat(started.ofTenants(st, p.scopes, q.Span.Start), started.filter(st, q.Where), conditions)
	selected := append([]string{"begun.tenant", "begun.seq", "begun.start", "done.time AS ended"}, columns("begun.value", len(q.By))...)
	return strings.Join([]string{
		"  SELECT " + strings.Join(selected, ", "),
		"  FROM (",
		"    SELECT " + strings.Join(wanted, ", "),
		"    FROM " + started.from(),
		"    WHERE " + strings.Join(where, "\n      AND "),
		"  ) AS begun",
		"  LEFT JOIN (",
		"    SELECT " + ended.column("tenant") + " AS tenant, " + ended.text(q.Span.ID) + " AS id, " + ended.column("time") + " AS time",
		"    FROM " + ended.from(),
		"    WHERE " + strings.Join(ended.ofTenants(st, p.scopes, q.Span.End), "\n      AND "),
		"  ) AS done ON done.tenant = begun.tenant AND done.id = begun.id",
	}, "\n")
}

// ask asks for spans, which are selected as by begun, behind what the statement begins with, and puts the answers into their places.
func (p *peaks) ask(ctx context.Context, st *statement, with, begun string, run func(context.Context, *statement, func(*rows) error) error, answers []tallystick.PeakAnswer) error {
	q := &p.query
	from, before := st.bind(q.From), p.scopes[0].before(st)
	// Spans that are open end with the scope, or, those that began before cutBefore, after the limit.
	openEnd, cut := before, "FALSE"
	if q.OpenLimit > 0 && q.Before > tallystick.MinInstant+q.OpenLimit {
		cut = "start < " + st.bind(q.Before-q.OpenLimit)
		openEnd = "CASE WHEN " + cut + " THEN start + " + st.bind(q.OpenLimit) + " ELSE " + before + " END"
	}
	groups := columns("group", len(q.By))
	selected := []string{"begun.tenant AS tenant"}
	var joins []string
	for i := range q.By {
		join, group := labels(st, &q.By[i], "begun.value"+strconv.Itoa(i), "label"+strconv.Itoa(i))
		joins = append(joins, join)
		selected = append(selected, group+" AS "+groups[i])
	}
	st.add("WITH "+with+"begun AS (",
		begun,
		"), spans AS (",
		"  SELECT "+strings.Join(append(selected, "start", "ended IS NULL AND "+cut+" AS cut"), ",\n    ")+",",
		"    CASE WHEN ended IS NULL THEN "+openEnd+" WHEN ended > start THEN ended ELSE start + 1 END AS stop",
		"  FROM begun")
	st.add(joins...)
	st.add(")",
		"SELECT "+strings.Join(append([]string{"tenant::BIGINT", "start", "stop", "cut::BIGINT"}, groups...), ", "),
		"FROM spans",
		"WHERE stop > "+from,
		"ORDER BY tenant, start")
	return p.read(ctx, st, run, answers)
}

// read runs the statement, whose rows come by tenant and by beginning.
func (p *peaks) read(ctx context.Context, st *statement, run func(context.Context, *statement, func(*rows) error) error, answers []tallystick.PeakAnswer) error {
	edges := p.query.Edges
	if edges == nil {
		edges = []tallystick.Instant{p.query.From, p.query.Before}
	}
	before := p.query.Before
	sweeping := newSweeps(edges, before, p.query.Summed)
	tenant, begun := int32(0), false
	put := func() {
		for _, w := range p.wanted {
			if begun && w.tenant == tenant {
				answers[w.place] = sweeping.answer(w.byGroups)
			}
		}
	}
	group := make([]string, len(p.query.By))
	err := run(ctx, st, func(r *rows) error {
		for i := range r.n {
			if number := int32(r.bigint(0, i)); number != tenant || !begun {
				put()
				tenant, begun, sweeping = number, true, newSweeps(edges, before, p.query.Summed)
			}
			for j := range group {
				group[j] = r.text(4+j, i)
			}
			start, stop := tallystick.Instant(r.bigint(1, i)), tallystick.Instant(r.bigint(2, i))
			sweeping.add(group, max(start, p.query.From), stop, r.bigint(3, i) != 0)
		}
		return nil
	})
	if err != nil {
		return err
	}
	put()
	return nil
}
