package duckdb

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// source is the table of a type's events under a name, and what a query may say about its columns.
type source struct {
	table *table
	alias string
}

// source returns the table that holds a type's events. Types that the vocabulary does not know share one, which is why scope asks for the type.
func (e *Engine) source(typeName, alias string) source {
	if t := e.byType[typeName]; t != nil {
		return source{t, alias}
	}
	return source{e.byType[""], alias}
}

func (s source) from() string { return stored(s.table.name) + " AS " + s.alias }

func (s source) column(name string) string { return s.alias + "." + identifier(name) }

// scope returns the conditions that keep the events of a type which exist for a scope.
func (s source) scope(st *statement, sc *scope, typeName string) []string {
	where := s.all(st, sc)
	if s.table.event == nil {
		where = append(where, s.column("type")+" = "+st.bind(typeName))
	}
	return where
}

// all returns the conditions that keep the events of the table which exist for a scope.
func (s source) all(st *statement, sc *scope) []string {
	return []string{
		s.column("tenant") + " = " + sc.tenant(st),
		s.column("time") + " < " + sc.before(st),
		s.column("seq") + " <= " + sc.asOf(st),
	}
}

// ofTenants is scope for several tenants, whose scopes agree in everything else.
func (s source) ofTenants(st *statement, scopes []*scope, typeName string) []string {
	where := []string{
		s.column("tenant") + " IN (" + numbersOf(scopes) + ")",
		s.column("time") + " < " + scopes[0].before(st),
		s.column("seq") + " <= " + scopes[0].asOf(st),
	}
	if s.table.event == nil {
		where = append(where, s.column("type")+" = "+st.bind(typeName))
	}
	return where
}

// numbersOf lists the numbers of tenants.
func numbersOf(scopes []*scope) string {
	numbers := make([]string, len(scopes))
	for i, sc := range scopes {
		numbers[i] = strconv.Itoa(int(sc.number))
	}
	return strings.Join(numbers, ", ")
}

// text is an expression for a field as [tallystick.Event.Text] gives it.
func (s source) text(f tallystick.Field) string {
	switch {
	case s.table.event == nil && tallystick.IsLabel(string(f)):
		return "COALESCE(" + s.label(string(f)) + ", '')"
	case s.table.event == nil || s.table.event.Rule(f) == nil:
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
	}
	if kindOf(rule) == uuid {
		return "COALESCE(" + column + "::VARCHAR, " + s.column(f.String()+otherIDs) + ", " + byDefault + ")"
	}
	return "COALESCE(" + column + ", " + byDefault + ")"
}

// number is an expression for a field as [tallystick.Event.Int] gives it.
func (s source) number(f tallystick.Field) string {
	switch {
	case s.table.event == nil && tallystick.IsLabel(string(f)):
		return "COALESCE(" + s.label(labelNumber+string(f)) + "::BIGINT, 0)"
	case s.table.event == nil || s.table.event.Rule(f) == nil || !s.table.event.Rule(f).Kind.Numeric():
		return "0::BIGINT"
	}
	return "COALESCE(" + s.column(f.String()) + "::BIGINT, 0)"
}

// numeric is the condition that an event gives a number for a field.
func (s source) numeric(f tallystick.Field) string {
	switch {
	case s.table.event == nil && tallystick.IsLabel(string(f)):
		return s.label(labelNumber+string(f)) + " IS NOT NULL"
	case s.table.event == nil || s.table.event.Rule(f) == nil || !s.table.event.Rule(f).Kind.Numeric():
		return "FALSE"
	}
	return s.column(f.String()) + " IS NOT NULL"
}

// literal quotes a constant of the vocabulary.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// shortList is the length up to which a list is compared value by value.
const shortList = 16

// filter returns the conditions of a filter. One that only asks for a value of a column speaks of the column itself, by which DuckDB passes over what it need not unpack. Several values are looked for in an
// expression: as a filter of the scan they take several times as long.
func (s source) filter(st *statement, f tallystick.Filter) []string {
	var where []string
	for i := range f {
		condition := s.bare(st, &f[i])
		if condition == "" {
			condition = s.notThese(st, &f[i])
		}
		if condition == "" {
			condition = filter(st, f[i:i+1], s.text, s.numeric)[0]
		}
		where = append(where, condition)
	}
	return where
}

// bare returns a condition about a column alone, "" where that would be another: NULL, which is not kept, must not be among what is asked for.
func (s source) bare(st *statement, c *tallystick.Condition) string {
	if s.table.event == nil || c.Op != tallystick.In && c.Op != tallystick.Present {
		return ""
	}
	rule := s.table.event.Rule(c.Field)
	if rule == nil || rule.Kind.Numeric() && rule.Kind != tallystick.KindBool {
		return ""
	}
	column := s.column(c.Field.String())
	if kindOf(rule) == uuid {
		if c.Op == tallystick.In {
			return s.these(st, c)
		}
		return ""
	}
	switch {
	case c.Op == tallystick.Present:
		if rule.Default == "" && rule.Kind != tallystick.KindBool {
			return column + " <> ''"
		}
		return ""
	case rule.Default != "" && slices.Contains(c.Values, rule.Default):
		return ""
	case rule.Kind != tallystick.KindBool && len(c.Values) > 1:
		return ""
	case rule.Kind == tallystick.KindBool:
		switch yes, no := slices.Contains(c.Values, "true"), slices.Contains(c.Values, "false"); {
		case yes && no:
			return column + " IS NOT NULL"
		case yes:
			return column + " = TRUE"
		case no:
			return column + " = FALSE"
		}
		return "FALSE"
	}
	return listed(st, column, c.Values)
}

// filter returns the conditions of a filter over expressions for its fields.
func filter(st *statement, f tallystick.Filter, text, numeric func(tallystick.Field) string) []string {
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
		case tallystick.Numeric:
			where = append(where, numeric(c.Field))
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

// scope is a [tallystick.Scope] with its tenant's number. Its bounds are bound once a statement, however many tables they are for.
type scope struct {
	tallystick.Scope
	number int32
	log    uint32

	tenantParameter, beforeParameter, asOfParameter string
}

// scope returns nil for a tenant without events. Where a scope says no position, or one that is not applied yet, it gets the newest: all statements of a question see the same, whatever is applied
// between them.
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
	if newest := e.applied[t.log]; s.AsOf.IsZero() || s.AsOf.Sequence > newest {
		s.AsOf = tallystick.Position{Log: t.log, Sequence: newest}
	}
	return &scope{Scope: s, number: t.number, log: t.log}, nil
}

// forget forgets the parameters, which are those of one statement.
func (s *scope) forget() { s.tenantParameter, s.beforeParameter, s.asOfParameter = "", "", "" }

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

// columns returns name0, name1, … for n columns.
func columns(name string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = name + strconv.Itoa(i)
	}
	return list
}
