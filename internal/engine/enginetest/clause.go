package enginetest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// ops are the words of conditions.
var ops = []string{tallystick.In: "in", tallystick.NotIn: "notin", tallystick.Present: "present", tallystick.Absent: "absent", tallystick.Numeric: "numeric"}

// Format writes the question as a script does, without its answer.
func (q *Question) Format(base tallystick.Instant) string {
	n := notation{base: base}
	var b strings.Builder
	line := func(words ...string) { b.WriteString(strings.Join(words, " ") + "\n") }
	head := []string{"query", q.Kind}
	if q.Kind != "tenants" {
		head = append(head, quote(q.Tenant))
	}
	if q.Kind == "peak" {
		head = append(head, q.Span)
	}
	line(append(head, q.Types...)...)
	if q.From != tallystick.MinInstant {
		line("  from", n.formatInstant(q.From))
	}
	if q.Until != 0 {
		line("  until", n.formatInstant(q.Until))
	}
	if q.Before != tallystick.MaxInstant {
		line("  before", n.formatInstant(q.Before))
	}
	if !q.AsOf.IsZero() {
		line("  asof", n.formatPosition(q.AsOf))
	}
	for _, c := range q.Where {
		line(append([]string{"  where", c.Field.String(), ops[c.Op]}, quoteAll(c.Values)...)...)
	}
	if q.Bare {
		line("  bare")
	}
	if q.OwnTickets {
		line("  owntickets")
	}
	if q.Summed {
		line("  summed")
	}
	if q.Countable {
		line("  countable")
	}
	if q.Any {
		line("  any")
	}
	if q.Distinct != nil {
		line(append([]string{"  distinct"}, formatDimension(q.Distinct)...)...)
	}
	if q.Sum != tallystick.NoField {
		line("  sum", q.Sum.String(), strconv.FormatInt(q.RoundUp, 10))
	}
	for i := range q.By {
		line(append([]string{"  by"}, formatDimension(&q.By[i])...)...)
	}
	if q.Edges != nil {
		line(append([]string{"  edges"}, n.formatInstants(q.Edges)...)...)
	}
	for _, group := range sortedKeys(q.EdgesOf) {
		line(append([]string{"  edgesof", quote(group)}, n.formatInstants(q.EdgesOf[group])...)...)
	}
	if q.OpenLimit != 0 {
		line("  limit", strconv.FormatInt(int64(q.OpenLimit), 10)+"us")
	}
	if q.IDs != nil {
		line(append([]string{"  ids"}, quoteAll(q.IDs)...)...)
	}
	if q.Fields != nil {
		words := []string{"  fields"}
		for _, f := range q.Fields {
			words = append(words, f.String())
		}
		line(words...)
	}
	return b.String()
}

func (n notation) formatInstants(list []tallystick.Instant) []string {
	var texts []string
	for _, i := range list {
		texts = append(texts, n.formatInstant(i))
	}
	return texts
}

// formatDimension writes FIELD labels VALUE=LABEL…, with "only" instead of "labels" for NoGroup.
func formatDimension(d *tallystick.Dimension) []string {
	list := []string{d.Field.String()}
	if d.Labels == nil {
		return list
	}
	list = append(list, []string{tallystick.KeepValue: "labels", tallystick.NoGroup: "only"}[d.Unlabelled])
	for _, value := range sortedKeys(d.Labels) {
		list = append(list, quote(value+"="+d.Labels[value]))
	}
	return list
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func quoteAll(list []string) []string {
	var texts []string
	for _, s := range list {
		texts = append(texts, quote(s))
	}
	return texts
}

// parseQuestion reads the lines of a query: the first names kind, tenant and types, each of the others begins with the word of a clause.
func parseQuestion(n notation, lines []string) (*Question, error) {
	head, err := words(lines[0])
	if err != nil || len(head) < 2 || !slices.Contains(Kinds, head[1]) {
		return nil, fmt.Errorf("%q: write query KIND TENANT TYPE…, where KIND is one of %s", lines[0], strings.Join(Kinds, ", "))
	}
	q := &Question{Kind: head[1], Before: tallystick.MaxInstant, From: tallystick.MinInstant}
	rest := head[2:]
	if q.Kind != "tenants" && len(rest) > 0 {
		q.Tenant, rest = rest[0], rest[1:]
	}
	if q.Kind == "peak" && len(rest) > 0 {
		q.Span, rest = rest[0], rest[1:]
	}
	q.Types = rest
	for _, line := range lines[1:] {
		if err := q.clause(n, line); err != nil {
			return nil, fmt.Errorf("%q: %w", strings.TrimSpace(line), err)
		}
	}
	return q, nil
}

func (q *Question) clause(n notation, line string) error {
	list, err := words(line)
	if err != nil || len(list) == 0 {
		return err
	}
	word, rest := list[0], list[1:]
	least := map[string]int{"from": 1, "until": 1, "before": 1, "asof": 1, "where": 2, "distinct": 1, "sum": 1, "by": 1, "limit": 1, "edgesof": 1}
	if len(rest) < least[word] {
		return fmt.Errorf("too few words")
	}
	switch word {
	case "from":
		q.From, err = n.instant(rest[0])
		rest = rest[1:]
	case "until":
		q.Until, err = n.instant(rest[0])
		rest = rest[1:]
	case "before":
		q.Before, err = n.instant(rest[0])
		rest = rest[1:]
	case "asof":
		q.AsOf, err = position(rest[0])
		rest = rest[1:]
	case "where":
		op := slices.Index(ops, rest[1])
		if op < 0 {
			return fmt.Errorf("%q is none of %s", rest[1], strings.Join(ops, ", "))
		}
		c := tallystick.Condition{Op: tallystick.Op(op), Values: rest[2:]}
		c.Field, err = fieldNamed(rest[0])
		q.Where, rest = append(q.Where, c), nil
	case "countable":
		q.Countable = true
	case "any":
		q.Any = true
	case "bare":
		q.Bare = true
	case "owntickets":
		q.OwnTickets = true
	case "summed":
		q.Summed = true
	case "distinct":
		var d tallystick.Dimension
		d, err = parseDimension(rest)
		q.Distinct, rest = &d, nil
	case "by":
		var d tallystick.Dimension
		d, err = parseDimension(rest)
		q.By, rest = append(q.By, d), nil
	case "sum":
		if len(rest) > 1 {
			q.RoundUp, err = strconv.ParseInt(rest[1], 10, 64)
		}
		if err == nil {
			q.Sum, err = fieldNamed(rest[0])
		}
		rest = nil
	case "edges":
		q.Edges, err = n.instants(rest)
		rest = nil
	case "edgesof":
		if q.EdgesOf == nil {
			q.EdgesOf = map[string][]tallystick.Instant{}
		}
		q.EdgesOf[rest[0]], err = n.instants(rest[1:])
		rest = nil
	case "limit":
		q.OpenLimit, err = length(rest[0])
		rest = rest[1:]
	case "ids":
		q.IDs, rest = append([]string{}, rest...), nil
	case "fields":
		q.Fields = []tallystick.Field{}
		for _, name := range rest {
			f, err := fieldNamed(name)
			if err != nil {
				return err
			}
			q.Fields = append(q.Fields, f)
		}
		rest = nil
	default:
		return fmt.Errorf("no clause is called %q", word)
	}
	if err == nil && len(rest) > 0 { // from 12:00 before 13:00 asof 3 fit on one line
		return q.clause(n, strings.Join(rest, " "))
	}
	return err
}

func (n notation) instants(list []string) (instants []tallystick.Instant, err error) {
	for _, word := range list {
		i, err := n.instant(word)
		if err != nil {
			return nil, err
		}
		instants = append(instants, i)
	}
	return instants, nil
}

// fieldNamed reads the name of a field of the vocabulary, or of a label of the type made for the tests.
func fieldNamed(name string) (tallystick.Field, error) {
	f := tallystick.FieldNamed(name)
	if slices.Contains(labelNames, name) {
		f = tallystick.Field(name)
	}
	if f == tallystick.NoField {
		return f, fmt.Errorf("no field is called %q", name)
	}
	return f, nil
}

func parseDimension(list []string) (d tallystick.Dimension, err error) {
	if d.Field, err = fieldNamed(list[0]); err != nil || len(list) == 1 {
		return d, err
	}
	switch list[1] {
	case "labels":
	case "only":
		d.Unlabelled = tallystick.NoGroup
	default:
		return d, fmt.Errorf("%q is neither labels nor only", list[1])
	}
	d.Labels = map[string]string{}
	for _, word := range list[2:] {
		i := strings.LastIndexByte(word, '=') // a value may hold one, a label may not
		if i < 0 {
			return d, fmt.Errorf("%q: write VALUE=LABEL", word)
		}
		d.Labels[word[:i]] = word[i+1:]
	}
	return d, nil
}
