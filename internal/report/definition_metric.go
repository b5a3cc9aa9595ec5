package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/tallystick/tallystick"
)

// Words for the spans that a metric can be about.
var spans = []spanWord{{"sessions", tallystick.SessionSpan}, {"flows", tallystick.FlowSpan}}

type spanWord struct {
	word string
	tallystick.Span
}

// metrics reads what can be counted.
func (d *definition) metrics(n ast.Node) {
	for _, e := range d.entries(n, "metrics") {
		d.Metrics = append(d.Metrics, d.metric(e))
	}
}

func (d *definition) metric(e entry) tallystick.Metric {
	what := fmt.Sprintf("the metric %q", e.key)
	kinds := words(tallystick.MetricKinds)
	f := d.fields(e.value, what, append(kinds, "of", "as", "merged", "messages", "where", "open_limit")...)
	f.node = e.at
	m := tallystick.Metric{Name: e.key}
	for _, kind := range kinds {
		switch {
		case !f.has(kind):
		case m.Does != "":
			d.wrong(f.at(kind), "%s is both %s and %s; make two metrics of it", what, m.Does, kind)
		default:
			m.Does = tallystick.MetricKind(kind)
		}
	}
	if m.Does == "" {
		d.wrong(e.at, "%s does not say what it does; give it one of %s", what, strings.Join(kinds, ", "))
		return m
	}
	span := m.Does == tallystick.MetricPeak || m.Does == tallystick.MetricAverage
	subject := f.text(string(m.Does))
	switch {
	case span:
		i := slices.IndexFunc(spans, func(s spanWord) bool { return s.word == subject })
		if i < 0 {
			d.wrong(f.at(string(m.Does)), "%s is of sessions or of flows, not of %q", m.Does, subject)
			return m
		}
		m.Type, m.OpenLimit = spans[i].Start, d.openLimit(f)
	case m.Does == tallystick.MetricCount:
		m.Type = d.typeOf(f, string(m.Does))
	default:
		if !f.has("of") {
			d.wrong(e.at, "%s does not say of which events; add of: with a type of event", what)
			return m
		}
		m.Type, m.Field = d.typeOf(f, "of"), tallystick.Field(subject)
	}
	if m.Type == "" {
		return m
	}
	if m.Field != "" {
		d.checkMeasured(f, &m)
	}
	for key, fits := range map[string]bool{
		"of": m.Field != "", "as": m.Does == tallystick.MetricDistinct, "merged": m.Does == tallystick.MetricDistinct && m.Field == tallystick.FieldContactID,
		"messages": m.Type == tallystick.MessageSent, "open_limit": span,
	} {
		if f.has(key) && !fits {
			d.wrong(f.at(key), "%s does not go with %s", key, what)
		}
	}
	m.EveryMessage = f.word("messages", "countable", "all") == "all"
	m.FollowMerges = f.word("merged", "follow", "apart") == "follow"
	for _, c := range f.list("where") {
		if condition, ok := d.condition(c, m.Type); ok {
			m.Where = append(m.Where, condition)
		}
	}
	return m
}

// typeOf returns the type of event that a key names.
func (d *definition) typeOf(f fields, key string) string {
	name := f.text(key)
	if key == string(tallystick.MetricCount) && f.has("of") {
		d.wrong(f.at(key), "count takes a type of event, as in count: %s; distinct: %s may be what you want", f.text("of"), name)
		return ""
	}
	var types []string
	for _, t := range d.Events {
		types = append(types, t.Name)
	}
	for _, t := range tallystick.EventTypes {
		types = append(types, t.Name)
	}
	if name == "" || slices.Contains(types, name) {
		return name
	}
	hint := suggest(name, types)
	if hint == "" {
		hint = "; declare it under events, with its fields"
	}
	d.wrong(f.at(key), "there is no type of event %q%s", name, hint)
	return ""
}

// checkMeasured notes a field that the metric can't add up or count.
func (d *definition) checkMeasured(f fields, m *tallystick.Metric) {
	at := f.at(string(m.Does))
	if !d.hasField(m.Type, m.Field) {
		d.wrong(at, "%s has no field %q%s", m.Type, m.Field, suggest(string(m.Field), d.fieldsOf(m.Type)))
		return
	}
	if m.Does == tallystick.MetricDistinct {
		m.As = f.text("as")
		d.checkAs(f.at("as"), m.Field, m.As)
		return
	}
	if _, _, ok := unitOf(d.Report, m.Type, m.Field); !ok {
		d.wrong(at, "%s of %s is no number, and can't be added up; count: %s or distinct: %s may be what you want", m.Field, m.Type, m.Type, m.Field)
	}
}

// unitOf returns how many base units of a numeric field make one, and whether its sums are whole.
func unitOf(r *tallystick.Report, typ string, f tallystick.Field) (unit int64, whole, ok bool) {
	if t := tallystick.TypeNamed(typ); t != nil {
		switch rule := t.Rule(f); {
		case rule == nil:
		case rule.Kind == tallystick.KindInteger:
			return 1, true, true
		case rule.Kind == tallystick.KindSeconds:
			return int64(tallystick.Second), false, true
		}
		return 0, false, false
	}
	for _, t := range r.Events {
		for _, l := range t.Labels {
			if t.Name == typ && l.Name == string(f) && (l.Kind == tallystick.LabelInteger || l.Kind == tallystick.LabelNumber) {
				return tallystick.NumberUnit, l.Kind == tallystick.LabelInteger, true
			}
		}
	}
	return 0, false, false
}

// openLimit returns how long a span that never ends counts as open: a length, none, or an option that says it.
func (d *definition) openLimit(f fields) string {
	limit := f.text("open_limit")
	switch {
	case limit == "":
		return "24h"
	case limit == "none":
		return limit
	}
	if o := d.option(limit); o != nil {
		if !o.Length {
			d.wrong(f.at("open_limit"), "option %q says no length; add length: true to it", o.Name)
		}
		return limit
	}
	if _, err := parseLength(limit); err != nil {
		d.wrong(f.at("open_limit"), "open_limit is a length such as 8h, none, or the name of an option, not %q", limit)
	}
	return limit
}

// condition reads a condition on the events of a type.
func (d *definition) condition(n ast.Node, typ string) (c tallystick.ConditionDefinition, ok bool) {
	f := d.fields(n, "a condition", "field", "as", "in", "not_in", "is", "when", "near")
	before := len(d.problems)
	c.Field, c.As, c.Near = tallystick.Field(f.must("field")), f.text("as"), f.flag("near")
	if c.Field == "" {
		return c, false
	}
	if !d.hasField(typ, c.Field) {
		d.wrong(f.at("field"), "%s has no field %q%s", typ, c.Field, suggest(string(c.Field), d.fieldsOf(typ)))
		return c, false
	}
	d.checkAs(f.at("as"), c.Field, c.As)
	given := 0
	for _, key := range []string{"in", "not_in", "is"} {
		if f.has(key) {
			given++
		}
	}
	if given != 1 {
		d.wrong(n, "a condition has one of in, not_in and is: a list of values, or present or absent")
		return c, false
	}
	switch {
	case f.has("is"):
		if c.As != "" {
			d.wrong(f.at("as"), "is: %s is about the field itself; take away as", f.text("is"))
		}
		c.Op = map[string]tallystick.Op{"present": tallystick.Present, "absent": tallystick.Absent}[f.word("is", "present", "absent")]
	case f.has("in"):
		c.Op, c.Values = tallystick.In, d.values(f, "in", typ, &c)
	default:
		c.Op, c.Values = tallystick.NotIn, d.values(f, "not_in", typ, &c)
	}
	for _, e := range d.entries(f.at("when"), "when") {
		value, _ := scalar(e.value)
		o := d.option(e.key)
		switch {
		case o == nil:
			d.wrong(e.at, "there is no option %q%s", e.key, suggest(e.key, d.optionNames()))
		case !slices.Contains(o.Values, value):
			d.wrong(e.value, "option %q is never %q%s", e.key, value, suggest(value, o.Values))
		}
		if c.When == nil {
			c.When = map[string]string{}
		}
		c.When[e.key] = value
	}
	return c, len(d.problems) == before
}

// values returns the values of a condition in the text form of their field.
func (d *definition) values(f fields, key, typ string, c *tallystick.ConditionDefinition) []string {
	list := f.texts(key)
	if len(list) == 0 && f.has(key) {
		d.wrong(f.at(key), "%s lists no values", key)
	}
	var enum []string
	if t := tallystick.TypeNamed(typ); t != nil && c.As == "" {
		switch rule := t.Rule(c.Field); rule.Kind {
		case tallystick.KindEnum:
			enum = rule.Enum
		case tallystick.KindBool:
			enum = []string{"true", "false"}
		case tallystick.KindSeconds, tallystick.KindTime:
			d.wrong(f.at("field"), "%s is a measure, and can't be compared with values", c.Field)
		}
	}
	if a := attributeNamed(c.As); a != nil {
		if rule := tallystick.TypeNamed(a.typ).Rule(a.fields[0]); rule != nil && len(a.fields) == 1 && rule.Kind == tallystick.KindEnum {
			enum = rule.Enum
		}
	}
	for _, t := range d.Events {
		for _, l := range t.Labels {
			if t.Name != typ || l.Name != string(c.Field) || c.As != "" {
				continue
			}
			switch l.Kind {
			case tallystick.LabelText:
				enum = l.Values
			case tallystick.LabelFlag:
				enum = []string{"true", "false"}
			case tallystick.LabelInteger, tallystick.LabelNumber:
				for i, v := range list {
					n, ok := tallystick.ParseNumber(v)
					if !ok {
						d.wrong(f.list(key)[i], "%q is no number, and %s is one", v, c.Field)
					}
					list[i] = tallystick.FormatNumber(n)
				}
			}
		}
	}
	for i, v := range list {
		if enum != nil && !slices.Contains(enum, v) {
			d.wrong(f.list(key)[i], "%s is never %q%s", cmp.Or(c.As, string(c.Field)), v, suggest(v, enum))
		}
	}
	return list
}
