package duckdb

import (
	"context"
	"database/sql"
	"fmt"
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

// Tallies answers several questions, those that differ in nothing but the tenant, the values of filters and the labels with one statement: what the smallest statement takes
// is more than what the rows of most tenants do. Answers are as [Engine.Tally] gives them; each is of one snapshot, all together need not be.
func (e *Engine) Tallies(ctx context.Context, qs []tallystick.Tally) ([][]tallystick.Count, error) {
	answers := make([][]tallystick.Count, len(qs))
	groups := map[string]*tallies{}
	var order []*tallies
	for i := range qs {
		sc, err := e.scope(qs[i].Scope)
		if err != nil {
			return nil, err
		}
		if sc == nil {
			continue
		}
		form, alone := formOf(&qs[i], sc)
		t := groups[form]
		if t == nil || alone || slices.ContainsFunc(t.scopes, func(o *scope) bool { return o.number == sc.number }) {
			t = &tallies{engine: e, source: e.source(qs[i].Type, "e")}
			order = append(order, t)
			if !alone {
				groups[form] = t
			}
		}
		t.queries, t.scopes, t.places = append(t.queries, &qs[i]), append(t.scopes, sc), append(t.places, i)
	}
	for _, t := range order {
		if err := t.answer(ctx, answers); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// tallies are questions that one statement answers.
type tallies struct {
	engine  *Engine
	source  source
	queries []*tallystick.Tally
	scopes  []*scope
	places  []int // of their answers
}

// formOf returns what questions must agree in to be answered by one statement, and whether one can't be answered together with others.
func formOf(q *tallystick.Tally, sc *scope) (form string, alone bool) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %d %d %d %d %v %s %d %d", q.Type, sc.log, q.From, q.Before, q.AsOf.Log, q.AsOf.Sequence, q.Countable, q.Measure.Sum, q.Measure.RoundUp, q.Edges)
	dimension := func(d *tallystick.Dimension) { fmt.Fprintf(&b, " %s %v %d", d.Field, d.Labels != nil, d.Unlabelled) }
	for i := range q.By {
		dimension(&q.By[i])
	}
	if q.Measure.Distinct != nil {
		b.WriteString(" of")
		dimension(q.Measure.Distinct)
	}
	for _, c := range q.Where {
		fmt.Fprintf(&b, " %s %d", c.Field, c.Op)
		alone = alone || len(c.Values) > shortList
	}
	return b.String(), alone || q.EdgesOf != nil
}

func (t *tallies) many() bool { return len(t.queries) > 1 }

// answer runs the statement and puts the answers into their places.
func (t *tallies) answer(ctx context.Context, answers [][]tallystick.Count) error {
	q := t.queries[0]
	st := &statement{}
	s := t.source
	where := t.where(st)

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
	measure := "COUNT(*)"
	var joins, items []string
	switch m := q.Measure; {
	case m.Distinct != nil:
		wanted = append(wanted, s.text(m.Distinct.Field)+" AS item")
		join, item := t.labels(st, func(q *tallystick.Tally) *tallystick.Dimension { return q.Measure.Distinct }, "counted.item", "item")
		joins = append(joins, join)
		items = []string{"WHERE " + item + " <> ''"}
		measure = "COUNT(DISTINCT " + item + ")"
	case m.Sum != tallystick.NoField:
		wanted = append(wanted, s.number(m.Sum)+" AS number")
		measure = "TRY_CAST(SUM(" + rounded(st, "counted.number", m.RoundUp) + ") AS BIGINT)"
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
	if q.EdgesOf == nil {
		var join string
		join, bucket = buckets(st, q.Edges, "counted.time")
		joins = append(joins, join)
	}
	selected = slices.Concat(selected, []string{bucket + " AS bucket"}, labelled, []string{measure + " AS value"})
	keys = slices.Concat(keys, []string{"bucket"}, groups)

	st.add("SELECT "+strings.Join(selected, ",\n  "),
		"FROM (",
		"  SELECT "+strings.Join(wanted, ",\n    "),
		"  FROM "+s.from(),
		"  WHERE "+strings.Join(where, "\n    AND "),
		") AS counted")
	st.add(joins...)
	st.add(items...)
	st.add("GROUP BY "+strings.Join(keys, ", "),
		"ORDER BY "+strings.Join(keys, ", "))
	places := map[int32]int{}
	for i, sc := range t.scopes {
		places[sc.number] = t.places[i]
	}
	return t.engine.counts(ctx, st, t.many(), len(q.By), func(tenant int32, c tallystick.Count) {
		at := t.places[0]
		if t.many() {
			at = places[tenant]
		}
		answers[at] = append(answers[at], c)
	}, func() error {
		return tallystick.Errorf(tallystick.TooLarge, "the sum of %s over %s is too large", q.Measure.Sum, q.Type)
	})
}

// where returns the conditions of the events that count.
func (t *tallies) where(st *statement) []string {
	s, q, sc := t.source, t.queries[0], t.scopes[0]
	if !t.many() {
		where := append(s.scope(st, sc, q.Type), s.column("time")+" >= "+st.bind(q.From))
		where = append(where, s.filter(st, q.Where)...)
		if q.Countable && q.Type == tallystick.MessageSent {
			where = append(where, t.engine.countable(st, s, sc, false)...)
		}
		return where
	}
	where := append(s.ofTenants(st, t.scopes, q.Type), s.column("time")+" >= "+st.bind(q.From))
	for i := range q.Where {
		same := func(o *tallystick.Tally) bool { return slices.Equal(o.Where[i].Values, q.Where[i].Values) }
		if !slices.ContainsFunc(t.queries, func(o *tallystick.Tally) bool { return !same(o) }) {
			where = append(where, s.filter(st, q.Where[i:i+1])...)
			continue
		}
		var each strings.Builder
		each.WriteString("CASE " + s.column("tenant"))
		for j, o := range t.queries {
			each.WriteString(" WHEN " + strconv.Itoa(int(t.scopes[j].number)) + " THEN " + s.filter(st, o.Where[i:i+1])[0])
		}
		where = append(where, each.String()+" END")
	}
	if q.Countable && q.Type == tallystick.MessageSent {
		failed := t.engine.source(tallystick.MessageFailed, "failed")
		where = append(where, s.text(tallystick.FieldContentKind)+" IN ('text', 'file')", s.text(tallystick.FieldPreview)+" = 'false'",
			"NOT EXISTS (SELECT 1 FROM "+failed.from()+" WHERE "+strings.Join(append(failed.ofTenants(st, t.scopes, tallystick.MessageFailed),
				failed.column("tenant")+" = "+s.column("tenant"), failed.text(tallystick.FieldMessageID)+" = "+s.text(tallystick.FieldMessageID)), " AND ")+")")
	}
	return where
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

// counts runs a statement whose columns are bucket, group0… and value, behind the number of the tenant where there are several, and hands over its rows. A value that is NULL is one that does
// not fit into an int64.
func (e *Engine) counts(ctx context.Context, st *statement, tenants bool, dimensions int, take func(tenant int32, c tallystick.Count), tooLarge func() error) error {
	var c tallystick.Count
	var tenant int32
	var value sql.NullInt64
	return st.run(ctx, e.readers, func(scan func(...any) error) error {
		c.Group = nil
		if dimensions > 0 {
			c.Group = make([]string, dimensions)
		}
		var into []any
		if tenants {
			into = append(into, &tenant)
		}
		into = append(into, &c.Bucket)
		for i := range c.Group {
			into = append(into, &c.Group[i])
		}
		if err := scan(append(into, &value)...); err != nil {
			return err
		}
		if !value.Valid {
			return tooLarge()
		}
		c.Value = value.Int64
		take(tenant, c)
		return nil
	})
}
