package tallystick

// Report is the definition of a report: what it is called, which tables it has, and what a request may set. How the numbers come about is in package report.
type Report struct {
	Name    string `yaml:"name"`    // as on the command line, such as "room-usage"
	Title   string `yaml:"title"`   // for people
	About   string `yaml:"about"`   // a sentence or two: what it counts
	Version int    `yaml:"version"` // goes up whenever the same events may give other numbers

	// Zone is where a request that names none takes its zone from: "tenant", "utc", or "always-utc", which refuses any other.
	Zone string `yaml:"zone"`
	// File is the default name of a file without its ending; empty: the report's name.
	File string `yaml:"file"`

	Tables  []TableDefinition `yaml:"tables"`
	Options []Option          `yaml:"options"`
	Filters []FilterField     `yaml:"filters"`
}

// TableDefinition describes one of a report's tables.
type TableDefinition struct {
	Name    string   `yaml:"name"`
	About   string   `yaml:"about"`
	Columns []Column `yaml:"columns"`
}

// Option is something that a request may choose.
type Option struct {
	Name    string   `yaml:"name"`
	About   string   `yaml:"about"`
	Default string   `yaml:"default"`
	Values  []string `yaml:"values"` // the allowed ones
	// Length allows, besides Values, an integer with m, h or d behind it.
	Length bool `yaml:"length"`
}

// FilterField is a field of --where.
type FilterField struct {
	Name  string `yaml:"name"`
	About string `yaml:"about"`
}

// Request asks for a report.
type Request struct {
	Report   string
	Tenants  []string // nil: every tenant
	From, To Moment   // both or neither; neither: the 30 dates ending today
	Zone     string   // IANA name; empty: the report's rule
	Options  map[string]string
	Where    []FieldValue // values of one field are alternatives, different fields are all required
	Table    string       // one table only; empty: all
	AsOf     Position     // the zero Position is the newest
	Now      Instant      // for the default period
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
	// Notes says what a reader must know and the tables can't say, such as spans that were cut. It is complete once every row was read.
	Notes func() []string
}

// TenantPeriod is a tenant of a result with the period as its zone sees it.
type TenantPeriod struct {
	Tenant, Company string
	Zone            string
	From, Before    Instant
}
