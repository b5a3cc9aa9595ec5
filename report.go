package tallystick

import "strings"

// Report is the definition of a report: what it is called, which tables it has, and what a request may set. A definition is a file that package report reads; how its
// numbers come about is said there.
type Report struct {
	Name    string // as on the command line, such as "room-usage"
	Title   string // for people
	About   string // a sentence or two: what it counts
	Version int    // goes up whenever the same events may give other numbers
	Digest  string // SHA-256 of the text of the definition, in hexadecimal

	// Zone is where a request that names none takes its zone from: "tenant", "utc", or "always-utc", which refuses any other.
	Zone string
	// File is the default name of a file without its ending; empty: the report's name.
	File string

	Events     []DeclaredType
	Dimensions []DimensionDefinition
	Metrics    []Metric
	Tables     []TableDefinition
	Options    []Option
	Filters    []FilterField
}

// DeclaredType is a type of event that is not built in, with what its data must be like.
type DeclaredType struct {
	Name   string
	Labels []LabelRule
}

// Label returns the rule of a data field, nil where it was not declared.
func (t *DeclaredType) Label(name string) *LabelRule {
	for i := range t.Labels {
		if t.Labels[i].Name == name {
			return &t.Labels[i]
		}
	}
	return nil
}

// LabelRule is what a declared type says about one of its data fields.
type LabelRule struct {
	Name     string
	Kind     LabelKind
	Required bool
	Values   []string // of LabelText, the allowed ones; nil: any
	Min, Max int64    // of numbers, in millionths
}

// String says in words what the rule wants, such as "required integer from 1 to 5".
func (r LabelRule) String() string {
	s := string(r.Kind)
	if r.Required {
		s = "required " + s
	}
	if r.Values != nil {
		s += " of " + strings.Join(r.Values, ", ")
	}
	const limit = MaxNumber * NumberUnit
	if numeric := r.Kind == LabelInteger || r.Kind == LabelNumber; numeric && (r.Min > -limit || r.Max < limit) {
		s += " from " + FormatNumber(r.Min) + " to " + FormatNumber(r.Max)
	}
	return s
}

// LabelKind is the kind of value that a label has.
type LabelKind string

const (
	LabelText    LabelKind = "text"
	LabelID      LabelKind = "id"      // text of at most MaxID bytes; an empty optional one is absent
	LabelInteger LabelKind = "integer" // a whole number
	LabelNumber  LabelKind = "number"  // a number with at most six decimals
	LabelFlag    LabelKind = "flag"    // true or false
)

// LabelKinds lists every kind. It must not be changed.
var LabelKinds = []LabelKind{LabelText, LabelID, LabelInteger, LabelNumber, LabelFlag}

// DimensionDefinition is something that rows can be grouped by.
type DimensionDefinition struct {
	Name  string
	Title string // heads its column where the table does not say
	Field Field
	As    string // attribute of what the field names, such as "channel.platform"; empty: the field itself
	// LeaveOut leaves events without a value out of the groups, so that they are in the row of all only; else they are a group whose text is empty.
	LeaveOut bool
}

// Metric is a number that a table can show.
type Metric struct {
	Name string
	Does MetricKind
	Type string // of the events it is about; of spans: SessionStarted or FlowStarted
	// Field is what is added up, averaged or counted distinctly.
	Field Field
	As    string // of Distinct: as in DimensionDefinition
	// FollowMerges counts contacts that were merged as the one that stands for them.
	FollowMerges bool
	// EveryMessage counts messages that are not countable too.
	EveryMessage bool
	Where        []ConditionDefinition
	OpenLimit    string // of spans: a length, "none", or the name of an option
}

// MetricKind says how a [Metric] makes a number of events.
type MetricKind string

const (
	MetricCount    MetricKind = "count"    // the number of events
	MetricSum      MetricKind = "sum"      // a field added up
	MetricMean     MetricKind = "mean"     // a field added up, divided by the number of events that have it
	MetricDistinct MetricKind = "distinct" // the number of different values of a field
	MetricPeak     MetricKind = "peak"     // the most spans that ran at once
	MetricAverage  MetricKind = "average"  // the peaks of all clock hours, added up and divided by the number of hours that have one
)

// MetricKinds lists every kind. It must not be changed.
var MetricKinds = []MetricKind{MetricCount, MetricSum, MetricMean, MetricDistinct, MetricPeak, MetricAverage}

// ConditionDefinition is a condition on the events of a [Metric].
type ConditionDefinition struct {
	Field  Field
	As     string // as in DimensionDefinition
	Op     Op
	Values []string
	When   map[string]string // options with the values at which it holds; nil: always
	// Near is set where an event that does not meet the condition has so little to do with the metric that an explanation does not show it as left out.
	Near bool
}

// TableDefinition describes one of a report's tables.
type TableDefinition struct {
	Name    string
	About   string
	Columns []Column
	Sources []Source // what each column holds
	All     string   // text of a row over all groups, after those of its period; empty: there is none
	Total   string   // text of rows over the whole period, after all others; empty: there are none
	// Code names the piece of Go that makes the rows; empty: the definition says it all.
	Code string
}

// Source is what a column holds. One of its fields is set; none where code makes the table.
type Source struct {
	Period    string // a grain, or the name of the option that says it
	Dimension string
	ByOption  string // the option that says which dimension
	Metric    string
}

// Option is something that a request may choose.
type Option struct {
	Name    string
	About   string
	Default string
	Values  []string // the allowed ones
	// Length allows, besides Values, an integer with m, h or d behind it.
	Length bool
}

// FilterField is a field of --where.
type FilterField struct {
	Name  string
	About string
	Field Field  // NoField where code understands the filter
	As    string // as in DimensionDefinition
}

// Request asks for a report.
type Request struct {
	Report   string
	Tenants  []string // nil: every tenant
	From, To Moment   // both or neither; neither: the 30 dates ending today
	Preset   Preset   // instead of From and To: the period in words, at Now
	Zone     string   // IANA name; empty: the report's rule
	Options  map[string]string
	Where    []FieldValue // values of one field are alternatives, different fields are all required
	Table    string       // one table only; empty: all
	AsOf     Position     // the zero Position is the newest
	Pinned   bool         // AsOf is the newest position at the time of the request, and not a wish for an older one
	Now      Instant      // for the default period and for presets
}

// FieldValue is a value wanted of a filter field.
type FieldValue struct{ Field, Value string }

// Moment is an end of a period: a date in the report's zone, or an instant. As the end of a period a date is included, an instant is not.
type Moment struct {
	Date    Date // zero: Instant holds
	Instant Instant
	// Given tells the instant 0, 1970-01-01T00:00:00Z, from the zero Moment, which is none. ParseMoment sets it.
	Given bool
}

// ParseMoment reads a date, "2025-03-01", or an RFC 3339 instant.
func ParseMoment(s string) (Moment, error) {
	if d, err := ParseDate(s); err == nil {
		return Moment{Date: d, Given: true}, nil
	}
	i, problem := parseInstant(s)
	if problem != "" {
		return Moment{}, Errorf(Invalid, "%q is neither a date nor an instant", s).
			WithHint(`write a date that exists, such as "2025-03-01", or RFC 3339, such as "2025-03-01T06:30:00Z"`)
	}
	return Moment{Instant: i, Given: true}, nil
}

// Result is the answer to a [Request].
type Result struct {
	Report  *Report
	Tables  []Table
	Tenants []TenantPeriod // whose numbers these are, in the order of the tables
	AsOf    Position
	Options map[string]string // those that are not as by default
	Where   []FieldValue
	// Notes says what a reader must know and the tables can't say, such as spans that were cut. It is complete once every row was read.
	Notes func() []string
	// Made is the share of all the tables' rows that is made, from 0 to 1. Whoever ranges over the rows may ask for it between two rows.
	Made func() float64
}

// TenantPeriod is a tenant of a result with the period as its zone sees it.
type TenantPeriod struct {
	Tenant, Company string
	Zone            string
	From, Before    Instant
	Since           Instant // of the tenant's earliest event, whatever the period; MinInstant: it has none
}
