package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/tallystick/tallystick"
)

// definition is a report being read from its file. What a later part speaks of is in an earlier one, whatever their order in the file.
type definition struct {
	*reader
	*tallystick.Report
	builtIn bool // it may name code
	used    map[string]bool
}

// read reads a definition. The problems are those that make it unusable.
func read(file string, text []byte, builtIn bool) (report *tallystick.Report, problems []Problem) {
	digest := sha256.Sum256(text)
	d := &definition{&reader{file: file}, &tallystick.Report{Digest: hex.EncodeToString(digest[:])}, builtIn, map[string]bool{}}
	// A fault of this program in one file must not take the reports of all others away.
	defer func() {
		if fault := recover(); fault != nil {
			report, problems = d.Report, append(d.problems, Problem{File: file, Message: fmt.Sprintf("the program fails to read it: %v", fault)})
		}
	}()
	if top := d.parse(bytes.TrimPrefix(text, []byte("\ufeff"))); top != nil {
		d.top(top)
	}
	return d.Report, d.problems
}

func (d *definition) top(n ast.Node) {
	f := d.fields(n, "a definition", "name", "title", "about", "version", "zone", "file", "events", "dimensions", "metrics", "options", "filters", "tables")
	d.Name, d.Title, d.About, d.File = f.must("name"), f.must("title"), f.must("about"), f.text("file")
	if base := strings.TrimSuffix(path.Base(d.file), path.Ext(d.file)); d.Name != "" && d.Name != base {
		d.wrong(f.at("name"), "the file is called %s, and the report in it %q; give both the same name", path.Base(d.file), d.Name)
	}
	if d.Name != "" && !isName(d.Name) {
		d.wrong(f.at("name"), "%q can't be the name of a report; write lower-case letters, digits and -, such as ticket-ratings", d.Name)
	}
	if strings.ContainsAny(d.File, `/\`) {
		d.wrong(f.at("file"), "%q can't be the name of a file", d.File)
	}
	d.Version = 1
	if version := f.text("version"); version != "" {
		var err error
		if d.Version, err = strconv.Atoi(version); err != nil || d.Version < 1 {
			d.wrong(f.at("version"), "the version is a whole number from 1, not %q", version)
		}
	}
	d.Zone = zoneUTC
	if f.has("zone") {
		d.Zone = f.word("zone", zoneTenant, zoneUTC, zoneAlwaysUTC)
	}
	d.events(f.at("events"))
	d.options(f.list("options"))
	d.dimensions(f.at("dimensions"))
	d.metrics(f.at("metrics"))
	d.filters(f.list("filters"))
	if !f.has("tables") {
		d.wrong(n, "a definition has no tables")
	}
	for _, t := range f.list("tables") {
		d.table(t)
	}
	if d.builtIn {
		return // code uses the rest
	}
	for i, o := range d.Options {
		if !d.used[o.Name] {
			d.wrong(f.list("options")[i], "nothing uses the option %q; take it away, or let a period, by_option, when or open_limit name it", o.Name)
		}
	}
}

// isName reports whether a name can be typed on a command line and be part of an address.
func isName(s string) bool {
	return s != "" && len(s) <= 60 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && s[0] != '-'
}

// oneWord reports whether a name can stand before a = in an option or filter.
func oneWord(s string) bool { return tallystick.IsLabel(s) && !strings.Contains(s, ".") }

func (d *definition) events(n ast.Node) {
	for _, e := range d.entries(n, "events") {
		switch {
		case tallystick.TypeNamed(e.key) != nil:
			d.wrong(e.at, "%s is a built-in type of event; its fields are known", e.key)
			continue
		case !strings.Contains(e.key, ".") || len(e.key) > tallystick.MaxID || strings.ContainsAny(e.key, " \t\r\n"):
			d.wrong(e.at, "%q can't be a type of event of your own; begin it with your domain, as in com.example.ticket.rated", e.key)
		}
		declared := tallystick.DeclaredType{Name: e.key}
		for _, l := range d.entries(e.value, "the type "+e.key) {
			declared.Labels = append(declared.Labels, d.label(l))
		}
		d.Events = append(d.Events, declared)
	}
}

func (d *definition) label(e entry) tallystick.LabelRule {
	what := "the field " + e.key
	if !tallystick.IsLabel(e.key) {
		d.wrong(e.at, "%q can't be the name of a field; write letters, digits, _, - and ., beginning with a letter, 64 at most", e.key)
	}
	const limit = tallystick.MaxNumber * tallystick.NumberUnit
	rule := tallystick.LabelRule{Name: e.key, Min: -limit, Max: limit}
	if kind, short := scalar(e.value); short { // score: number
		rule.Kind = tallystick.LabelKind(kind)
		if !slices.Contains(tallystick.LabelKinds, rule.Kind) {
			d.wrong(e.value, "the kind of %s can't be %q%s", what, kind, suggest(kind, words(tallystick.LabelKinds)))
		}
		return rule
	}
	f := d.fields(e.value, what, "kind", "required", "values", "min", "max")
	f.node = e.at
	if f.must("kind") != "" {
		rule.Kind = tallystick.LabelKind(f.word("kind", words(tallystick.LabelKinds)...))
	}
	rule.Required, rule.Values = f.flag("required"), f.texts("values")
	rule.Min, rule.Max = f.number("min", -limit), f.number("max", limit)
	numeric := rule.Kind == tallystick.LabelInteger || rule.Kind == tallystick.LabelNumber
	switch {
	case rule.Kind == "":
	case f.has("values") && rule.Kind != tallystick.LabelText:
		d.wrong(f.at("values"), "%s is of kind %s; values go with text", what, rule.Kind)
	case (f.has("min") || f.has("max")) && !numeric:
		d.wrong(e.at, "%s is of kind %s; min and max go with integer and number", what, rule.Kind)
	case rule.Min > rule.Max:
		d.wrong(f.at("min"), "min of %s is above its max", what)
	}
	return rule
}

func words[T ~string](list []T) []string {
	var all []string
	for _, w := range list {
		all = append(all, string(w))
	}
	return all
}

func (d *definition) options(list []ast.Node) {
	for _, n := range list {
		f := d.fields(n, "an option", "name", "about", "default", "values", "length")
		o := tallystick.Option{Name: f.must("name"), About: f.must("about"), Default: f.must("default"), Values: f.texts("values"), Length: f.flag("length")}
		_, wrongLength := parseLength(o.Default)
		switch {
		case o.Name != "" && !oneWord(o.Name):
			d.wrong(f.at("name"), "%q can't be the name of an option; write letters, digits, _ and -", o.Name)
		case slices.ContainsFunc(d.Options, func(p tallystick.Option) bool { return p.Name == o.Name }):
			d.wrong(f.at("name"), "there are two options %q", o.Name)
		case !o.Length && len(o.Values) == 0:
			d.wrong(n, "option %q has no values; list what it may be", o.Name)
		case o.Default != "" && !slices.Contains(o.Values, o.Default) && !(o.Length && wrongLength == nil):
			d.wrong(f.at("default"), "the default of option %q is none of its values%s", o.Name, suggest(o.Default, o.Values))
		}
		d.Options = append(d.Options, o)
	}
}

// option returns the option of a name and notes that it is used.
func (d *definition) option(name string) *tallystick.Option {
	for i := range d.Options {
		if d.Options[i].Name == name {
			d.used[name] = true
			return &d.Options[i]
		}
	}
	return nil
}

func (d *definition) optionNames() []string {
	var list []string
	for _, o := range d.Options {
		list = append(list, o.Name)
	}
	return list
}

func (d *definition) dimensions(n ast.Node) {
	for _, e := range d.entries(n, "dimensions") {
		what := fmt.Sprintf("the dimension %q", e.key)
		f := d.fields(e.value, what, "field", "as", "title", "absent")
		f.node = e.at
		dim := tallystick.DimensionDefinition{Name: e.key, Field: tallystick.Field(f.must("field")), As: f.text("as"), Title: f.text("title")}
		dim.LeaveOut = f.word("absent", "row", "leave_out") == "leave_out"
		if dim.Title == "" {
			dim.Title = e.key
		}
		if dim.Field != "" && d.knowsField(f.at("field"), dim.Field) {
			d.checkAs(f.at("as"), dim.Field, dim.As)
		}
		d.Dimensions = append(d.Dimensions, dim)
	}
}

// knowsField reports whether some type of event that the definition may speak of has the field.
func (d *definition) knowsField(at ast.Node, f tallystick.Field) bool {
	names := words(tallystick.Fields)
	for _, t := range d.Events {
		for _, l := range t.Labels {
			names = append(names, l.Name)
		}
	}
	if slices.Contains(names, string(f)) {
		return true
	}
	d.wrong(at, "no type of event has a field %q%s", f, suggest(string(f), names))
	return false
}

// checkAs notes an attribute that does not exist, or is not one of what a field of the vocabulary names.
func (d *definition) checkAs(at ast.Node, f tallystick.Field, as string) {
	if as == "" {
		return
	}
	a := attributeNamed(as)
	if a == nil {
		d.wrong(at, "there is no attribute %q%s", as, suggest(as, attributeNames()))
		return
	}
	own := tallystick.FieldNamed(string(f)) == tallystick.NoField // a label may hold any id
	for _, t := range d.Events {
		if l := t.Label(string(f)); own && l != nil && l.Kind != tallystick.LabelID && l.Kind != tallystick.LabelText {
			d.wrong(at, "%s is of kind %s, and names nothing that has a %s; declare it as an id", f, l.Kind, as)
		}
	}
	if !own && !slices.Contains(a.of, f) {
		d.wrong(at, "%s is no id of a %s, so that it has no %s", f, strings.Split(as, ".")[0], as)
	}
}

func (d *definition) dimension(name string) *tallystick.DimensionDefinition {
	for i := range d.Dimensions {
		if d.Dimensions[i].Name == name {
			return &d.Dimensions[i]
		}
	}
	return nil
}

func (d *definition) dimensionNames() []string {
	var list []string
	for _, dim := range d.Dimensions {
		list = append(list, dim.Name)
	}
	return list
}

func (d *definition) filters(list []ast.Node) {
	for _, n := range list {
		f := d.fields(n, "a filter", "name", "about", "field", "as")
		filter := tallystick.FilterField{Name: f.must("name"), About: f.must("about"), Field: tallystick.Field(f.text("field")), As: f.text("as")}
		switch {
		case filter.Name != "" && !oneWord(filter.Name):
			d.wrong(f.at("name"), "%q can't be the name of a filter; write letters, digits, _ and -", filter.Name)
		case slices.ContainsFunc(d.Filters, func(g tallystick.FilterField) bool { return g.Name == filter.Name }):
			d.wrong(f.at("name"), "there are two filters %q", filter.Name)
		case filter.Field == "" && !d.builtIn:
			d.wrong(n, "filter %q has no field", filter.Name)
		case filter.Field != "" && d.knowsField(f.at("field"), filter.Field):
			d.checkAs(f.at("as"), filter.Field, filter.As)
			for _, m := range d.Metrics {
				if m.Type != "" && !d.hasField(m.Type, filter.Field) {
					d.wrong(f.at("field"), "the metric %q is about %s, which has no field %s: the filter %q would leave it empty; put the metric into a report without the filter", m.Name, m.Type, filter.Field, filter.Name)
				}
			}
		}
		d.Filters = append(d.Filters, filter)
	}
}

// hasField reports whether a type of event has a field.
func (d *definition) hasField(typ string, f tallystick.Field) bool {
	return slices.Contains(d.fieldsOf(typ), string(f))
}

// fieldsOf returns the names of a type's fields.
func (d *definition) fieldsOf(typ string) []string {
	var list []string
	if t := tallystick.TypeNamed(typ); t != nil {
		for _, r := range t.Rules {
			list = append(list, string(r.Field))
		}
	}
	for _, t := range d.Events {
		if t.Name == typ {
			for _, l := range t.Labels {
				list = append(list, l.Name)
			}
		}
	}
	return list
}

// Check returns what is wrong with the text of a definition.
func Check(file string, text []byte) []Problem {
	_, problems := read(file, text, false)
	return problems
}
