package duckdb

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
)

// source is the table of a type's events under a name, and what a query may say about its columns.
type source struct {
	table *table
	alias string
}

// of returns the table that holds a type's events. The tables of unknown types is one, so conditions has to be asked for too.
func (e *Engine) source(typeName, alias string) source {
	if t := e.byType[typeName]; t != nil {
		return source{t, alias}
	}
	return source{e.byType[""], alias}
}

func (s source) from() string { return identifier(s.table.name) + " AS " + s.alias }

func (s source) column(name string) string { return s.alias + "." + identifier(name) }

// scope returns the conditions that keep the events of a type which exist for a scope.
func (s source) scope(st *statement, sc *scope, typeName string) []string {
	where := []string{
		s.column("tenant") + " = " + sc.tenant(st),
		s.column("time") + " < " + sc.before(st),
	}
	if !sc.AsOf.IsZero() {
		where = append(where, s.column("seq")+" <= "+sc.asOf(st))
	}
	if s.table.event == nil {
		where = append(where, s.column("type")+" = "+st.bind(typeName))
	}
	return where
}

// text is an expression for a field as [tallystick.Event.Text] gives it.
func (s source) text(f tallystick.Field) string {
	if s.table.event == nil || s.table.event.Rule(f) == nil {
		return "''"
	}
	rule := s.table.event.Rule(f)
	column := s.column(f.String())
	byDefault := literal(rule.Default)
	switch {
	case rule.Kind == tallystick.KindBool:
		return "CASE WHEN " + column + " THEN 'true' WHEN NOT " + column + " THEN 'false' ELSE " + byDefault + " END"
	case rule.Kind.Numeric():
		return "COALESCE(" + column + "::VARCHAR, " + byDefault + ")"
	case f == tallystick.FieldContactID && s.table.event.Name == tallystick.MessageSent:
		return "COALESCE(" + column + ", CASE WHEN " + s.text(tallystick.FieldSenderKind) + " = 'contact' THEN " + s.text(tallystick.FieldSenderID) + " END, '')"
	}
	return "COALESCE(" + column + ", " + byDefault + ")"
}

// number is an expression for a field as [tallystick.Event.Int] gives it.
func (s source) number(f tallystick.Field) string {
	if s.table.event == nil || s.table.event.Rule(f) == nil || !s.table.event.Rule(f).Kind.Numeric() {
		return "0::BIGINT"
	}
	return "COALESCE(" + s.column(f.String()) + "::BIGINT, 0)"
}

// literal quotes a constant of the vocabulary.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// shortList is the length up to which a list is compared value by value.
const shortList = 16

// filter returns the conditions of a filter.
func (s source) filter(st *statement, f tallystick.Filter) []string { return filter(st, f, s.text) }

// filter returns the conditions of a filter over expressions for its fields.
func filter(st *statement, f tallystick.Filter, text func(tallystick.Field) string) []string {
	var where []string
	for _, c := range f {
		text := text(c.Field)
		switch c.Op {
		case tallystick.In:
			where = append(where, listed(st, text, c.Values))
		case tallystick.NotIn:
			where = append(where, "NOT ("+listed(st, text, c.Values)+")")
		case tallystick.Present:
			where = append(where, text+" <> ''")
		default:
			where = append(where, text+" = ''")
		}
	}
	return where
}

// listed is the condition that a text, which is never NULL, is one of some values and not empty.
func listed(st *statement, text string, values []string) string {
	values = storable(values)
	switch {
	case len(values) == 0:
		return "FALSE"
	case len(values) > shortList:
		return text + " IN (SELECT UNNEST(" + st.bind(values) + "))"
	}
	bound := make([]string, len(values))
	for i, v := range values {
		bound[i] = st.bind(v)
	}
	return text + " IN (" + strings.Join(bound, ", ") + ")"
}

// countable returns the conditions of countable messages in a scope, or, with previews, of those that are delivered.
func (e *Engine) countable(st *statement, s source, sc *scope, previews bool) []string {
	failed := e.source(tallystick.MessageFailed, "failed")
	where := []string{s.text(tallystick.FieldContentKind) + " IN ('text', 'file')"}
	if !previews {
		where = append(where, s.text(tallystick.FieldPreview)+" = 'false'")
	}
	return append(where, s.text(tallystick.FieldMessageID)+" NOT IN (SELECT "+failed.text(tallystick.FieldMessageID)+" FROM "+failed.from()+
		" WHERE "+strings.Join(failed.scope(st, sc, tallystick.MessageFailed), " AND ")+")")
}

// scope is a [tallystick.Scope] with its tenant's number. Its bounds are bound once a statement, however many tables they are for.
type scope struct {
	tallystick.Scope
	number int32
	log    uint32

	tenantParameter, beforeParameter, asOfParameter string
}

// scope returns nil for a tenant without events.
func (e *Engine) scope(s tallystick.Scope) (*scope, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	t, ok := e.tenants[s.Tenant()]
	if !ok {
		return nil, nil
	}
	return &scope{Scope: s, number: t.number, log: t.log}, nil
}

func (s *scope) tenant(st *statement) string { return once(st, &s.tenantParameter, s.number) }
func (s *scope) before(st *statement) string { return once(st, &s.beforeParameter, s.Before) }
func (s *scope) asOf(st *statement) string {
	return once(st, &s.asOfParameter, int64(min(s.AsOf.Sequence, 1<<63-1)))
}

func once(st *statement, parameter *string, v any) string {
	if *parameter == "" {
		*parameter = st.bind(v)
	}
	return *parameter
}

// orderOf is an expression for the place of an event in the order of its tenant's events: one number, because rows are compared much slower.
func orderOf(time, seq string) string {
	return "(" + time + "::HUGEINT * 9223372036854775808 + " + seq + ")"
}

// labels joins a dimension's labels to a row with its value in the column value, and returns the join and the expression of the group.
func labels(st *statement, d *tallystick.Dimension, value, alias string) (join, group string) {
	if d.Labels == nil {
		return "", value
	}
	keys := storable(slices.Collect(maps.Keys(d.Labels)))
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = strings.ToValidUTF8(d.Labels[k], "\uFFFD")
	}
	otherwise := value
	if d.Unlabelled == tallystick.NoGroup {
		otherwise = "''"
	}
	join = "LEFT JOIN (SELECT UNNEST(" + st.bind(keys) + ") AS value, UNNEST(" + st.bind(names) + ") AS label) AS " + alias + " ON " + alias + ".value = " + value
	return join, "COALESCE(" + alias + ".label, " + otherwise + ")"
}

// buckets joins to a row, with its instant in the column time, the number of its bucket, and returns the join and the expression of the number.
//
// Edges are hours, days or months of some zone, all but the first and the last, which may be any instants. So the inner ones lie on a grid of 15 minutes or more, and
// a row finds its bucket by the number of its slot in the grid, which is a join on equality: some times faster than one that has to sort the rows by time.
// Where the grid would have too many slots, that is the way.
func buckets(st *statement, edges []tallystick.Instant, time string) (join, bucket string) {
	if len(edges) <= 2 {
		return "", "0"
	}
	inner := edges[1 : len(edges)-1]
	var grid tallystick.Instant
	for i := 1; i < len(inner); i++ {
		grid = divisor(grid, inner[i]-inner[i-1])
	}
	if grid == 0 { // one inner edge: before it or after it
		return "", "CASE WHEN " + time + " < " + st.bind(inner[0]) + " THEN 0 ELSE " + strconv.Itoa(len(inner)) + " END"
	}
	last := inner[len(inner)-1]
	if slots := (last - inner[0]) / grid; slots < maxSlots {
		// Slot n begins at inner[0] + n × grid. What is before is slot -1, what is after the last edge is in the last slot.
		numbers := make([]int64, 0, slots+2)
		numbers = append(numbers, 0)
		bucket := int64(0)
		for at := inner[0]; at <= last; at += grid {
			for bucket < int64(len(inner)) && inner[bucket] <= at {
				bucket++
			}
			numbers = append(numbers, bucket)
		}
		begin := st.bind(inner[0])
		slot := "CASE WHEN " + time + " < " + begin + " THEN -1 ELSE (LEAST(" + time + ", " + st.bind(last) + ") - " + begin + ") // " + st.bind(grid) + " END"
		list := st.bind(numbers)
		join := "JOIN (SELECT UNNEST(" + list + ") AS number, GENERATE_SUBSCRIPTS(" + list + ", 1) - 2 AS slot) AS grid ON grid.slot = " + slot
		return join, "grid.number"
	}
	instants, numbers := dense(edges[:len(edges)-1], 0)
	instants[0] = int64(tallystick.MinInstant)
	join = "ASOF JOIN (SELECT UNNEST(" + st.bind(instants) + ") AS edge, UNNEST(" + st.bind(numbers) + ") AS number) AS edges ON " + time + " >= edges.edge"
	return join, "edges.number"
}

// maxSlots bounds the grid of buckets: 30 years of quarters of an hour.
const maxSlots = 1 << 20

func divisor(a, b tallystick.Instant) tallystick.Instant {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// dense returns ascending instants without repetition, and the number of each: its index, the last one where it is repeated, plus offset.
func dense(edges []tallystick.Instant, offset int) (instants, numbers []int64) {
	for i, edge := range edges {
		if n := len(instants); n > 0 && instants[n-1] == int64(edge) {
			numbers[n-1] = int64(i + offset)
			continue
		}
		instants, numbers = append(instants, int64(edge)), append(numbers, int64(i+offset))
	}
	return instants, numbers
}

// bucketsOf joins the bucket of a group that has instants of its own; group is the column it is in.
func bucketsOf(st *statement, edgesOf map[string][]tallystick.Instant, group, time string) (join, bucket string) {
	var groups []string
	var instants, numbers []int64
	for g, edges := range edgesOf {
		if !utf8.ValidString(g) {
			continue
		}
		i, n := dense(edges, 1)
		instants, numbers = append(instants, i...), append(numbers, n...)
		groups = append(groups, slices.Repeat([]string{g}, len(i))...)
	}
	if len(groups) == 0 {
		return "", "0"
	}
	join = "ASOF LEFT JOIN (SELECT UNNEST(" + st.bind(groups) + ") AS value, UNNEST(" + st.bind(instants) + ") AS edge, UNNEST(" + st.bind(numbers) + ") AS number) AS edges" +
		" ON edges.value = " + group + " AND " + time + " >= edges.edge"
	return join, "COALESCE(edges.number, 0)"
}

// columns returns name0, name1, … for n columns.
func columns(name string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = name + strconv.Itoa(i)
	}
	return list
}
