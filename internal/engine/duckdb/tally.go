package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Tally implements [tallystick.Answerer].
func (e *Engine) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	counts, err := e.Tallies(ctx, []tallystick.Tally{q})
	if err != nil {
		return nil, err
	}
	return counts[0], nil
}

// Tallies answers with one statement the questions that are about the same events but for the tenant, the values of filters and the labels: what the smallest statement takes
// is more than what the rows of most tenants do. Of a tenant they may differ in whether they ask by bucket and by group: the events are then read once for all
// of these. Answers are as [Engine.Tally] gives them; each is of one snapshot, all together need not be.
func (e *Engine) Tallies(ctx context.Context, qs []tallystick.Tally) ([][]tallystick.Count, error) {
	answers := make([][]tallystick.Count, len(qs))
	var all together[tallies]
	for i := range qs {
		sc, err := e.scope(qs[i].Scope)
		if err != nil {
			return nil, err
		}
		if sc == nil {
			continue
		}
		q := qs[i]
		if len(q.Edges) <= 2 {
			q.Edges = nil // one bucket
		}
		form, alone := formOf(&q, sc)
		all.put(form, func() *tallies { return &tallies{engine: e, source: e.source(q.Type, "e"), alone: alone} },
			func(t *tallies) bool { return t.take(&q, sc, i, alone) })
	}
	for _, t := range all.statements {
		if err := t.answer(ctx, answers); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// tallies are questions that one statement answers.
type tallies struct {
	engine *Engine
	source source
	alone  bool // they are of one tenant
	by     string
	edges  []tallystick.Instant // nil where nobody asks by bucket

	// A question for each tenant, as wide as the widest.
	queries []*tallystick.Tally
	scopes  []*scope
	wanted  []wantedTally

	only    *onlyBucket // nil: all
	inPlace standIn     // of messages; nil: nothing is
}

// onlyBucket is a bucket that is asked for by itself.
type onlyBucket struct {
	number      int
	from, until tallystick.Instant
}

var (
	// apartTenants is the number of tenants from which on different values are counted bucket after bucket, where buckets are long: those of all tenants and a year together need many times
	// the memory that there is. Tests change it.
	apartTenants = 4
	apartSpan    = 7 * tallystick.Day
)

// wantedTally is where an answer goes.
type wantedTally struct {
	tenant             int32
	byBucket, byGroups bool
	place              int
}

// formOf returns what questions must agree in to be answered by one statement, and whether one can't be answered together with those of other tenants.
func formOf(q *tallystick.Tally, sc *scope) (form string, alone bool) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %d %d %d %d %v %v %s %d", q.Type, sc.log, q.From, q.Before, q.AsOf.Log, q.AsOf.Sequence, q.Countable, q.Measure.Any, q.Measure.Sum, q.Measure.RoundUp)
	if q.Measure.Distinct != nil {
		b.WriteString(" of" + formOfDimension(q.Measure.Distinct))
	}
	for _, c := range q.Where {
		fmt.Fprintf(&b, " %s %d", c.Field, c.Op)
		alone = alone || len(c.Values) > shortList
	}
	if q.EdgesOf != nil {
		alone = true
		fmt.Fprintf(&b, " %p", q.EdgesOf) // with nobody else
	}
	return b.String(), alone
}

func formOfDimension(d *tallystick.Dimension) string {
	return fmt.Sprintf(" %s %v %d", d.Field, d.Labels != nil, d.Unlabelled)
}

// take takes a question in, and reports whether it fits.
func (t *tallies) take(q *tallystick.Tally, sc *scope, place int, alone bool) bool {
	by := ""
	for i := range q.By {
		by += formOfDimension(&q.By[i])
	}
	at := slices.IndexFunc(t.scopes, func(o *scope) bool { return o.number == sc.number })
	switch {
	case (alone || t.alone) && at < 0 && len(t.scopes) > 0,
		by != "" && t.by != "" && by != t.by,
		q.Edges != nil && t.edges != nil && !slices.Equal(q.Edges, t.edges),
		q.EdgesOf != nil && len(t.scopes) > 0,
		at >= 0 && !sameEvents(t.queries[at], q):
		return false
	}
	if at < 0 {
		own := *q
		t.queries, t.scopes = append(t.queries, &own), append(t.scopes, sc)
	} else if len(t.queries[at].By) == 0 {
		t.queries[at].By = q.By
	}
	if by != "" {
		t.by = by
	}
	if q.Edges != nil {
		t.edges = q.Edges
	}
	t.wanted = append(t.wanted, wantedTally{sc.number, q.Edges != nil, by != "", place})
	return true
}

// sameEvents reports whether two questions of a tenant, which have the same form, are about the same values and labels.
func sameEvents(a, b *tallystick.Tally) bool {
	for i := range a.Where {
		if !slices.Equal(a.Where[i].Values, b.Where[i].Values) {
			return false
		}
	}
	if d := a.Measure.Distinct; d != nil && !maps.Equal(d.Labels, b.Measure.Distinct.Labels) {
		return false
	}
	for i := range min(len(a.By), len(b.By)) {
		if !maps.Equal(a.By[i].Labels, b.By[i].Labels) {
			return false
		}
	}
	return true
}

func (t *tallies) many() bool { return len(t.queries) > 1 }

// widest returns a question that asks by all that any does.
func (t *tallies) widest() *tallystick.Tally {
	at := slices.IndexFunc(t.queries, func(q *tallystick.Tally) bool { return len(q.By) > 0 })
	return t.queries[max(at, 0)]
}

// answer runs the statement, or one for each bucket, and puts the answers into their places.
func (t *tallies) answer(ctx context.Context, answers [][]tallystick.Count) error {
	t.widen()
	for _, monthly := range []func(context.Context, [][]tallystick.Count) (bool, error){t.answerContacts, t.answerRooms, t.answerSenders, t.answerDays} {
		if answered, err := monthly(ctx, answers); answered || err != nil {
			return err
		}
		t.forget()
	}
	if !t.apart() {
		return t.answerAll(ctx, answers)
	}
	for i := range len(t.edges) - 1 {
		if t.edges[i] == t.edges[i+1] {
			continue
		}
		if err := t.answerOnly(ctx, &onlyBucket{i, t.edges[i], t.edges[i+1]}, answers); err != nil {
			return err
		}
	}
	return nil
}

// answerOnly answers for one bucket.
func (t *tallies) answerOnly(ctx context.Context, b *onlyBucket, answers [][]tallystick.Count) error {
	t.only = b
	t.forget()
	return t.answerAll(ctx, answers)
}

// forget forgets the parameters of the scopes, which are those of one statement.
func (t *tallies) forget() {
	for _, sc := range t.scopes {
		sc.forget()
	}
}

// widen lets every tenant's question ask by the groups that any does.
func (t *tallies) widen() {
	widest := t.widest()
	for _, q := range t.queries {
		for len(q.By) < len(widest.By) { // nobody wants the tenant's groups
			d := widest.By[len(q.By)]
			if d.Labels != nil {
				d.Labels = map[string]string{}
			}
			q.By = append(q.By[:len(q.By):len(q.By)], d)
		}
	}
}

// apart reports whether buckets are asked for one after the other.
func (t *tallies) apart() bool {
	n := tallystick.Instant(len(t.edges) - 1)
	if t.queries[0].Measure.Distinct == nil || len(t.queries) < apartTenants || n < 2 || t.edges[n]/n-t.edges[0]/n < apartSpan {
		return false
	}
	return !slices.ContainsFunc(t.wanted, func(w wantedTally) bool { return !w.byBucket })
}

func (t *tallies) answerAll(ctx context.Context, answers [][]tallystick.Count) error {
	q := t.widest()
	if q.Measure.Any && t.by == "" && t.edges == nil && q.EdgesOf == nil {
		return t.exist(ctx, answers)
	}
	if parts := t.inMarks(); parts != nil {
		for _, part := range parts {
			if err := part.answerMarked(ctx, answers); err != nil {
				return err
			}
		}
		return nil
	}
	st := &statement{}
	s := t.source

	// First the events that count with what is wanted of them, then labels and buckets, then the numbers.
	wanted := []string{s.column("time") + " AS time"}
	var keys, selected []string
	if t.many() {
		wanted = append(wanted, s.column("tenant")+" AS tenant")
		keys, selected = []string{"whose"}, []string{"counted.tenant AS whose"}
	}
	for i := range q.By {
		wanted = append(wanted, s.text(q.By[i].Field)+" AS value"+strconv.Itoa(i))
	}
	measure, having := "COUNT(*)", "COUNT(*) > 0" // what is grouped by nothing has a row without any event, too
	var joins, items []string
	switch m := q.Measure; {
	case m.Any:
		measure = "1::BIGINT"
	case m.Distinct != nil:
		wanted = append(wanted, s.text(m.Distinct.Field)+" AS item")
		join, item := t.labels(st, func(q *tallystick.Tally) *tallystick.Dimension { return q.Measure.Distinct }, "counted.item", "item")
		joins = append(joins, join)
		items = []string{"WHERE " + item + " <> ''"}
		selected = append(selected, item+" AS thing")
		measure = "COUNT(DISTINCT thing)"
	case t.inPlace != nil:
		selected = append(selected, "counted.number AS thing")
		measure, having = "SUM(thing)::BIGINT", "SUM(thing) > 0"
	case m.Sum != tallystick.NoField:
		wanted = append(wanted, s.number(m.Sum)+" AS number")
		selected = append(selected, rounded(st, "counted.number", m.RoundUp)+" AS thing")
		measure = "TRY_CAST(SUM(thing) AS BIGINT)"
	}
	groups := columns("group", len(q.By))
	bucket := "0"
	var labelled []string
	for i := range q.By {
		join, group := t.labels(st, func(q *tallystick.Tally) *tallystick.Dimension { return &q.By[i] }, "counted.value"+strconv.Itoa(i), "label"+strconv.Itoa(i))
		joins = append(joins, join)
		labelled = append(labelled, group+" AS "+groups[i])
		if i == 0 && q.EdgesOf != nil {
			join, bucket = bucketsOf(st, q.EdgesOf, group, "counted.time")
			joins = append(joins, join)
		}
	}
	var distinct []string // what is selected of the events before labels are joined, for different values: they are much fewer than events
	var distinctJoin string
	if q.EdgesOf == nil {
		var join string
		if t.only != nil {
			bucket = strconv.Itoa(t.only.number) + "::BIGINT"
		} else {
			join, bucket = buckets(st, t.edges, "counted.time")
		}
		if q.Measure.Distinct != nil {
			distinctJoin = join
			distinct = slices.Concat([]string{"counted.item", bucket + " AS bucket"}, columns("value", len(q.By)))
			if t.many() {
				distinct = append(distinct, "tenant")
			}
			join, bucket = "", "counted.bucket"
		}
		joins = append(joins, join)
	}
	selected = slices.Concat(selected, []string{bucket + " AS bucket"}, labelled)

	// A row has NULL for what it is not grouped by.
	buckets, order := []string{"0", "FALSE"}, slices.Clone(keys)
	if q.EdgesOf != nil || t.edges != nil {
		buckets, order = []string{"COALESCE(bucket, 0)", "GROUPING(bucket) = 0"}, append(order, "bucket")
	}
	grouped := "FALSE"
	if len(groups) > 0 {
		grouped = "GROUPING(" + groups[0] + ") = 0"
	}
	order = append(order, groups...)
	st.add("SELECT "+strings.Join(slices.Concat(keys, buckets[:1], coalesced(groups), []string{measure}, buckets[1:], []string{grouped}), ",\n  "),
		"FROM (",
		"  SELECT "+strings.Join(selected, ",\n    "),
		"  FROM (")
	if distinct != nil {
		st.add("    SELECT DISTINCT "+strings.Join(distinct, ", "), "    FROM (")
	}
	if t.inPlace != nil {
		t.inPlace.add(st)
	} else {
		st.add("    SELECT "+strings.Join(wanted, ",\n      "),
			"    FROM "+s.from(),
			"    WHERE "+strings.Join(t.where(st), "\n      AND "))
	}
	if distinct != nil {
		st.add("    ) AS counted", distinctJoin)
	}
	st.add("  ) AS counted")
	st.add(joins...)
	st.add(items...)
	st.add(")",
		"GROUP BY "+t.sets(keys, groups, q.EdgesOf != nil),
		"HAVING "+having)
	if len(order) > 0 {
		st.add("ORDER BY " + strings.Join(order, ", "))
	}
	return t.read(ctx, st, len(q.By), answers, func() error {
		return tallystick.Errorf(tallystick.TooLarge, "the sum of %s over %s is too large", q.Measure.Sum, q.Type)
	})
}

func coalesced(groups []string) []string {
	list := make([]string, len(groups))
	for i, g := range groups {
		list[i] = "COALESCE(" + g + ", '')"
	}
	return list
}

// sets returns by what rows are grouped: a list of columns for each way in which anybody asks.
func (t *tallies) sets(keys, groups []string, byBucket bool) string {
	var sets []string
	for _, w := range t.wanted {
		set := slices.Clone(keys)
		if w.byBucket || byBucket {
			set = append(set, "bucket")
		}
		if w.byGroups {
			set = append(set, groups...)
		}
		if text := "(" + strings.Join(set, ", ") + ")"; !slices.Contains(sets, text) {
			sets = append(sets, text)
		}
	}
	return "GROUPING SETS (" + strings.Join(sets, ", ") + ")"
}

// read runs the statement, whose columns are the number of the tenant where there are several, bucket, groups, value, and whether the row is of a bucket and of a group. A value that is
// NULL is one that does not fit into an int64.
func (t *tallies) read(ctx context.Context, st *statement, dimensions int, answers [][]tallystick.Count, tooLarge func() error) error {
	places := map[wantedTally][]int{}
	for _, w := range t.wanted {
		place := w.place
		w.place = 0
		places[w] = append(places[w], place)
	}
	var c tallystick.Count
	of := wantedTally{tenant: t.scopes[0].number}
	var before wantedTally
	var wanting []int // of the row before
	var value sql.NullInt64
	group := make([]string, dimensions)
	var into []any
	if t.many() {
		into = append(into, &of.tenant)
	}
	into = append(into, &c.Bucket)
	for i := range group {
		into = append(into, &group[i])
	}
	into = append(into, &value, &of.byBucket, &of.byGroups)
	return t.run(ctx, st, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		if t.queries[0].EdgesOf != nil {
			of.byBucket = false // it is of no edges
		}
		if of != before || wanting == nil {
			before, wanting = of, places[of]
		}
		if !value.Valid && len(wanting) > 0 {
			return tooLarge()
		}
		c.Value = value.Int64
		if c.Group = nil; of.byGroups && len(wanting) > 0 {
			c.Group = slices.Clone(group)
		}
		for _, place := range wanting {
			answers[place] = append(answers[place], c)
		}
		return nil
	})
}

// labels joins a dimension's labels, each tenant's own.
func (t *tallies) labels(st *statement, of func(*tallystick.Tally) *tallystick.Dimension, value, alias string) (join, group string) {
	d := of(t.queries[0])
	if !t.many() || d.Labels == nil {
		return labels(st, d, value, alias)
	}
	var tenants []int64
	var keys, names []string
	for i, q := range t.queries {
		for k, name := range of(q).Labels {
			if len(storable([]string{k})) == 0 {
				continue
			}
			tenants, keys, names = append(tenants, int64(t.scopes[i].number)), append(keys, k), append(names, strings.ToValidUTF8(name, "\uFFFD"))
		}
	}
	otherwise := value
	if d.Unlabelled == tallystick.NoGroup {
		otherwise = "''"
	}
	join = "LEFT JOIN (SELECT UNNEST(" + st.bind(tenants) + ") AS tenant, UNNEST(" + st.bind(keys) + ") AS value, UNNEST(" + st.bind(names) + ") AS label) AS " + alias +
		" ON " + alias + ".tenant = counted.tenant AND " + alias + ".value = " + value
	return join, "COALESCE(" + alias + ".label, " + otherwise + ")"
}

// rounded is an expression for a number rounded up to a multiple of step.
func rounded(st *statement, number string, step int64) string {
	if step <= 1 {
		return number
	}
	by := st.bind(step)
	// As HUGEINT: the multiple may be past the BIGINTs, although the sum is not. The rest has the sign of the number.
	return "(" + number + "::HUGEINT - " + number + " % " + by + " + CASE WHEN " + number + " % " + by + " > 0 THEN " + by + " ELSE 0 END)"
}

// counts runs a statement whose columns are bucket, group0… and value.
func (e *Engine) counts(ctx context.Context, st *statement, dimensions int) (list []tallystick.Count, err error) {
	var c tallystick.Count
	err = st.run(ctx, e, func(scan func(...any) error) error {
		c.Group = nil
		if dimensions > 0 {
			c.Group = make([]string, dimensions)
		}
		into := []any{&c.Bucket}
		for i := range c.Group {
			into = append(into, &c.Group[i])
		}
		err := scan(append(into, &c.Value)...)
		list = append(list, c)
		return err
	})
	return list, err
}
