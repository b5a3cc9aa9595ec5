package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// wish is a request that was understood: every name in it exists, every value is allowed, defaults are filled in.
type wish struct {
	definition *tallystick.Report
	request    tallystick.Request
	options    map[string]string   // every option of the definition
	where      map[string][]string // by filter field; a field that is missing keeps everything
}

// Check returns the error that [Catalog.Make] would return for what a request names, without an engine: a report, table, option or filter that there is not, or a value
// that one can't have. Whose numbers it is about and when is not looked at.
func (c *Catalog) Check(request tallystick.Request) error {
	definition, err := c.Report(request.Report)
	if err != nil {
		return err
	}
	_, err = understand(definition, request)
	return err
}

func understand(definition *tallystick.Report, request tallystick.Request) (*wish, error) {
	w := &wish{definition: definition, request: request, options: map[string]string{}, where: map[string][]string{}}
	if request.Table != "" && !slices.ContainsFunc(definition.Tables, func(t tallystick.TableDefinition) bool { return t.Name == request.Table }) {
		return nil, tallystick.Errorf(tallystick.NotFound, "report %s has no table %q", definition.Name, request.Table).
			WithHint("its tables are %s", names(definition.Tables, func(t tallystick.TableDefinition) string { return t.Name }))
	}
	for _, o := range definition.Options {
		w.options[o.Name] = o.Default
	}
	for name, value := range request.Options {
		if err := w.choose(name, value); err != nil {
			return nil, err
		}
	}
	for _, f := range request.Where {
		if !slices.ContainsFunc(definition.Filters, func(d tallystick.FilterField) bool { return d.Name == f.Field }) {
			return nil, unknown("filter field", definition.Name, f.Field, names(definition.Filters, func(d tallystick.FilterField) string { return d.Name }))
		}
		if f.Value == "" {
			return nil, tallystick.Errorf(tallystick.Invalid, "the filter on %s has no value", f.Field).WithHint("give one, as in %s=VALUE", f.Field)
		}
		value, err := filterValue(definition, f)
		if err != nil {
			return nil, err
		}
		w.where[f.Field] = append(w.where[f.Field], value)
	}
	if definition.Name == ingestQuality && !request.AsOf.IsZero() && !request.Pinned {
		return nil, tallystick.Errorf(tallystick.Invalid, "report %s is about everything that was received, and can't be made as of %s", definition.Name, request.AsOf).WithHint("leave the position out")
	}
	if definition.Zone == zoneAlwaysUTC && request.Zone != "" && request.Zone != "UTC" {
		return nil, tallystick.Errorf(tallystick.Invalid, "report %s is always in UTC, not in %q", definition.Name, request.Zone).WithHint("leave the zone out")
	}
	return w, nil
}

// chosen returns the options that are not as by default.
func (w *wish) chosen() map[string]string {
	chosen := map[string]string{}
	for _, o := range w.definition.Options {
		if w.options[o.Name] != o.Default {
			chosen[o.Name] = w.options[o.Name]
		}
	}
	return chosen
}

// filterValue returns a filter's value in the text form of its field, and refuses one that the field can't have: it would find nothing, and look like nothing was there.
func filterValue(definition *tallystick.Report, wanted tallystick.FieldValue) (string, error) {
	i := slices.IndexFunc(definition.Filters, func(d tallystick.FilterField) bool { return d.Name == wanted.Field })
	filter := definition.Filters[i]
	never := func(values []string) error {
		return tallystick.Errorf(tallystick.Invalid, "the filter on %s can't be %q", filter.Name, wanted.Value).WithHint("it is one of %s", strings.Join(values, ", "))
	}
	for _, t := range definition.Events {
		l := t.Label(string(filter.Field))
		if l == nil || filter.As != "" {
			continue
		}
		switch {
		case l.Kind == tallystick.LabelInteger || l.Kind == tallystick.LabelNumber:
			n, ok := tallystick.ParseNumber(wanted.Value)
			if !ok {
				return "", tallystick.Errorf(tallystick.Invalid, "the filter on %s can't be %q", filter.Name, wanted.Value).WithHint("it is a number")
			}
			return tallystick.FormatNumber(n), nil
		case l.Kind == tallystick.LabelFlag && wanted.Value != "true" && wanted.Value != "false":
			return "", never([]string{"true", "false"})
		case l.Values != nil && !slices.Contains(l.Values, wanted.Value):
			return "", never(l.Values)
		}
	}
	return wanted.Value, nil
}

func (w *wish) choose(name, value string) error {
	i := slices.IndexFunc(w.definition.Options, func(o tallystick.Option) bool { return o.Name == name })
	if i < 0 {
		return unknown("option", w.definition.Name, name, names(w.definition.Options, func(o tallystick.Option) string { return o.Name }))
	}
	option := w.definition.Options[i]
	allowed := strings.Join(option.Values, ", ")
	if option.Length {
		allowed += ", or a length such as 30m, 24h or 7d"
		if length, err := parseLength(value); err == nil && length > 0 {
			w.options[name] = value
			return nil
		}
	}
	if !slices.Contains(option.Values, value) {
		return tallystick.Errorf(tallystick.Invalid, "option %s of report %s can't be %q", name, w.definition.Name, value).WithHint("it is one of %s", allowed)
	}
	w.options[name] = value
	return nil
}

// parseLength reads a positive integer with m, h or d behind it, of at most a thousand years.
func parseLength(s string) (tallystick.Instant, error) {
	invalid := tallystick.Errorf(tallystick.Invalid, "%q is not a length", s).WithHint("write an integer with m, h or d behind it, such as 24h")
	if len(s) < 2 || s[0] < '0' || s[0] > '9' {
		return 0, invalid
	}
	unit := map[byte]tallystick.Instant{'m': tallystick.Minute, 'h': tallystick.Hour, 'd': tallystick.Day}[s[len(s)-1]]
	n, err := strconv.ParseInt(s[:len(s)-1], 10, 64)
	if err != nil || unit == 0 || n < 1 || n > int64(366_000*tallystick.Day/unit) {
		return 0, invalid
	}
	return tallystick.Instant(n) * unit, nil
}

func unknown(what, report, name, list string) error {
	e := tallystick.Errorf(tallystick.NotFound, "report %s has no %s %q", report, what, name)
	if list == "" {
		return e.WithHint("it has none")
	}
	return e.WithHint("it has %s", list)
}

func names[T any](list []T, name func(T) string) string {
	var all []string
	for _, x := range list {
		all = append(all, name(x))
	}
	return strings.Join(all, ", ")
}
