package duckdb

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Tally implements [tallystick.Answerer].
func (e *Engine) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	st := &statement{}
	s := e.source(q.Type, "e")
	where := append(s.scope(st, sc, q.Type), s.column("time")+" >= "+st.bind(q.From))
	where = append(where, s.filter(st, q.Where)...)
	if q.Countable && q.Type == tallystick.MessageSent {
		where = append(where, e.countable(st, s, sc, false)...)
	}

	// First the events that count with what is wanted of them, then labels and buckets, then the numbers.
	wanted := []string{s.column("time") + " AS time"}
	for i := range q.By {
		wanted = append(wanted, s.text(q.By[i].Field)+" AS value"+strconv.Itoa(i))
	}
	measure := "COUNT(*)"
	var joins, items []string
	switch m := q.Measure; {
	case m.Distinct != nil:
		wanted = append(wanted, s.text(m.Distinct.Field)+" AS item")
		join, item := labels(st, m.Distinct, "counted.item", "item")
		joins = append(joins, join)
		items = []string{"WHERE " + item + " <> ''"}
		measure = "COUNT(DISTINCT " + item + ")"
	case m.Sum != tallystick.NoField:
		wanted = append(wanted, s.number(m.Sum)+" AS number")
		measure = "TRY_CAST(SUM(" + rounded(st, "counted.number", m.RoundUp) + ") AS BIGINT)"
	}
	groups := columns("group", len(q.By))
	bucket := "0"
	var selected []string
	for i := range q.By {
		join, group := labels(st, &q.By[i], "counted.value"+strconv.Itoa(i), "label"+strconv.Itoa(i))
		joins = append(joins, join)
		selected = append(selected, group+" AS "+groups[i])
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
	selected = append(append([]string{bucket + " AS bucket"}, selected...), measure+" AS value")
	keys := append([]string{"bucket"}, groups...)

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
	return e.counts(ctx, st, len(q.By), func() error {
		return tallystick.Errorf(tallystick.TooLarge, "the sum of %s over %s is too large", q.Measure.Sum, q.Type)
	})
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

// counts runs a statement whose columns are bucket, group0… and value, and returns its rows. A value that is NULL is one that does not fit into an int64.
func (e *Engine) counts(ctx context.Context, st *statement, dimensions int, tooLarge func() error) ([]tallystick.Count, error) {
	var counts []tallystick.Count
	var c tallystick.Count
	var value sql.NullInt64
	err := st.run(ctx, e.readers, func(scan func(...any) error) error {
		c.Group = nil
		if dimensions > 0 {
			c.Group = make([]string, dimensions)
		}
		into := []any{&c.Bucket}
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
		counts = append(counts, c)
		return nil
	})
	return counts, err
}
