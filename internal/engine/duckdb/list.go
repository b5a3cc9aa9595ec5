package duckdb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// List implements [tallystick.Answerer].
func (e *Engine) List(ctx context.Context, q tallystick.List) ([]tallystick.Listed, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	types := slices.Compact(slices.Sorted(slices.Values(q.Types)))
	if len(types) == 0 {
		return nil, nil
	}
	if list, known, err := e.listStates(ctx, sc, types, &q); known || err != nil {
		return list, err
	}
	st := &statement{}
	from := st.bind(q.From)
	for i, name := range types {
		s := e.source(name, "e")
		wanted := []string{s.column("seq") + " AS seq", s.column("time") + " AS time", strconv.Itoa(i) + " AS type"}
		for j, f := range q.Fields {
			wanted = append(wanted, s.text(f)+" AS text"+strconv.Itoa(j))
		}
		where := append(s.scope(st, sc, name), s.column("time")+" >= "+from)
		where = append(where, s.filter(st, q.Where)...)
		if i > 0 {
			st.add("UNION ALL")
		}
		st.add("SELECT "+strings.Join(wanted, ",\n  "),
			"FROM "+s.from(),
			"WHERE "+strings.Join(where, "\n  AND "))
	}
	st.add("ORDER BY time, seq")
	var list []tallystick.Listed
	var seq int64
	var l tallystick.Listed
	var number int
	into := []any{&seq, &l.Time, &number}
	texts := make([]string, len(q.Fields))
	for i := range texts {
		into = append(into, &texts[i])
	}
	err = st.run(ctx, e, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		l.Position = tallystick.Position{Log: sc.log, Sequence: uint64(seq)}
		l.Type = types[number]
		l.Texts = slices.Clone(texts)
		list = append(list, l)
		return nil
	})
	return list, err
}

// listStates answers from the events that are kept, where those of all types are.
func (e *Engine) listStates(ctx context.Context, sc *scope, types []string, q *tallystick.List) ([]tallystick.Listed, bool, error) {
	var list []tallystick.Listed
	merges := slices.Equal(types, []string{tallystick.ContactUpserted}) && slices.ContainsFunc(q.Where, func(c tallystick.Condition) bool {
		return c.Field == tallystick.FieldMergedInto && c.Op == tallystick.Present
	})
	for _, name := range types {
		t := e.source(name, "e").table
		events, known, err := e.state(ctx, sc, t, merges)
		if !known || err != nil {
			return nil, false, err
		}
		list = append(list, listOf(events, t.event, sc.log, q)...)
	}
	slices.SortFunc(list, func(a, b tallystick.Listed) int {
		return compareOrder(a.Time, b.Time, int64(a.Position.Sequence), int64(b.Position.Sequence))
	})
	return list, true, nil
}
