package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/tallystick/tallystick"
)

// table reads one of the tables. A table of code says the types of its columns, any other what they hold.
func (d *definition) table(n ast.Node) {
	f := d.fields(n, "a table", "name", "about", "columns", "all", "total", "code")
	t := tallystick.TableDefinition{Name: f.must("name"), About: f.must("about"), All: f.text("all"), Total: f.text("total"), Code: f.text("code")}
	what := fmt.Sprintf("table %q", t.Name)
	switch {
	case t.Name != "" && !isName(t.Name):
		d.wrong(f.at("name"), "%q can't be the name of a table; write lower-case letters, digits and -", t.Name)
	case slices.ContainsFunc(d.Tables, func(u tallystick.TableDefinition) bool { return u.Name == t.Name }):
		d.wrong(f.at("name"), "there are two tables %q", t.Name)
	case t.Code != "" && !d.builtIn:
		d.wrong(f.at("code"), "only reports that are built in are made by code")
	case t.Code != "" && pieceNamed(t.Code) == nil:
		d.wrong(f.at("code"), "there is no piece of code %q%s", t.Code, suggest(t.Code, pieceNames()))
	}
	columns := f.list("columns")
	if len(columns) == 0 {
		d.wrong(n, "%s has no columns", what)
	}
	for _, c := range columns {
		d.column(c, &t)
	}
	if t.Code == "" && len(t.Columns) == len(columns) { // else what is missing would be complained of twice
		d.checkShape(f, &t)
	}
	d.Tables = append(d.Tables, t)
}

func (d *definition) column(n ast.Node, t *tallystick.TableDefinition) {
	keys := []string{"name", "period", "by", "by_option", "metric"}
	if t.Code != "" {
		keys = []string{"name", "type", "by_option"}
	}
	f := d.fields(n, "a column", keys...)
	c := tallystick.Column{Name: f.text("name"), Kind: tallystick.CellText}
	source := tallystick.Source{Period: f.text("period"), Dimension: f.text("by"), ByOption: f.text("by_option"), Metric: f.text("metric")}
	given := 0
	for _, key := range keys[1:] {
		if f.has(key) {
			given++
		}
	}
	if given != 1 {
		d.wrong(n, "a column has one of %s", strings.Join(keys[1:], ", "))
		return
	}
	byDefault := ""
	switch {
	case t.Code != "" && source.ByOption == "":
		c.Kind = tallystick.CellKind(f.word("type", "text", "integer", "decimal", "number", "instant"))
	case source.Period != "":
		byDefault = "Period"
		d.checkPeriod(f.at("period"), source.Period)
	case source.Dimension != "":
		dim := d.dimension(source.Dimension)
		if dim == nil {
			d.wrong(f.at("by"), "there is no dimension %q%s", source.Dimension, suggest(source.Dimension, d.dimensionNames()))
			return
		}
		byDefault = dim.Title
	case source.ByOption != "":
		byDefault = d.checkByOption(f.at("by_option"), source.ByOption)
		if f.has("name") {
			d.wrong(f.at("name"), "the column is called by the dimension that option %q chooses; take away name", source.ByOption)
		}
	case source.Metric != "":
		m := d.metricNamed(source.Metric)
		if m == nil {
			var names []string
			for _, m := range d.Metrics {
				names = append(names, m.Name)
			}
			d.wrong(f.at("metric"), "there is no metric %q%s", source.Metric, suggest(source.Metric, names))
			return
		}
		byDefault, c.Kind = m.Name, kindOfMetric(d.Report, m)
	}
	if c.Name == "" {
		c.Name = byDefault
	}
	if slices.ContainsFunc(t.Columns, func(o tallystick.Column) bool { return strings.EqualFold(o.Name, c.Name) }) {
		d.wrong(n, "there are two columns %q", c.Name)
	}
	t.Columns, t.Sources = append(t.Columns, c), append(t.Sources, source)
}

// checkPeriod notes a period that is neither a grain nor an option with grains as its values.
func (d *definition) checkPeriod(at ast.Node, period string) {
	grains := words(tallystick.Grains)
	if slices.Contains(grains, period) {
		return
	}
	o := d.option(period)
	if o == nil {
		d.wrong(at, "a period is %s, or the name of an option that says so, not %q%s", strings.Join(grains, ", "), period, suggest(period, append(grains, d.optionNames()...)))
		return
	}
	for _, v := range o.Values {
		if !slices.Contains(grains, v) {
			d.wrong(at, "option %q can be %q, which is no period; periods are %s", o.Name, v, strings.Join(grains, ", "))
		}
	}
}

// checkByOption returns the title of the dimension that an option chooses by default.
func (d *definition) checkByOption(at ast.Node, name string) string {
	o := d.option(name)
	if o == nil {
		d.wrong(at, "there is no option %q%s", name, suggest(name, d.optionNames()))
		return ""
	}
	title := ""
	for _, v := range o.Values {
		dim := d.dimension(v)
		switch {
		case dim == nil:
			d.wrong(at, "option %q can be %q, which is no dimension%s", name, v, suggest(v, d.dimensionNames()))
		case v == o.Default:
			title = dim.Title
		}
	}
	return title
}

func (d *definition) metricNamed(name string) *tallystick.Metric { return metricOf(d.Report, name) }

func metricOf(r *tallystick.Report, name string) *tallystick.Metric {
	for i := range r.Metrics {
		if r.Metrics[i].Name == name {
			return &r.Metrics[i]
		}
	}
	return nil
}

func kindOfMetric(r *tallystick.Report, m *tallystick.Metric) tallystick.CellKind {
	switch m.Does {
	case tallystick.MetricMean, tallystick.MetricAverage:
		return tallystick.CellDecimal
	case tallystick.MetricSum:
		if _, whole, _ := unitOf(r, m.Type, m.Field); !whole {
			return tallystick.CellDecimal
		}
	}
	return tallystick.CellInteger
}

// checkShape notes columns in an order that makes no table, and groups that a metric does not know.
func (d *definition) checkShape(f fields, t *tallystick.TableDefinition) {
	n := f.node
	periods, groups, metrics := 0, 0, 0
	for i, s := range t.Sources {
		at := f.list("columns")[min(i, len(f.list("columns"))-1)]
		switch {
		case s.Period != "":
			if periods++; i > 0 {
				d.wrong(at, "the period is the first column, and there is one at most")
			}
		case s.Metric != "":
			metrics++
		default:
			if groups++; metrics > 0 {
				d.wrong(at, "dimensions come before metrics, so that a row reads from its name to its numbers")
			}
		}
	}
	switch {
	case len(t.Columns) == 0:
		return
	case metrics == 0:
		d.wrong(n, "table %q shows no metric", t.Name)
	case t.All != "" && groups == 0:
		d.wrong(f.at("all"), "all is a row over all groups, and table %q has none", t.Name)
	case t.Total != "" && periods == 0:
		d.wrong(f.at("total"), "total is for rows over the whole period, and table %q has no period column", t.Name)
	}
	for i, s := range t.Sources {
		var names []string
		switch {
		case s.Dimension != "":
			names = []string{s.Dimension}
		case s.ByOption != "":
			if o := d.option(s.ByOption); o != nil {
				names = o.Values
			}
		}
		for _, name := range names {
			dim := d.dimension(name)
			for _, other := range t.Sources {
				if m := d.metricNamed(other.Metric); m != nil && dim != nil && m.Type != "" && !d.hasField(m.Type, dim.Field) {
					d.wrong(f.list("columns")[i], "the metric %q is about %s, which has no field %s to group by", m.Name, m.Type, dim.Field)
				}
			}
		}
	}
}
