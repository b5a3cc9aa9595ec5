package usage

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Question is a request for a report as people write it: in the query of an address, or on a command line. Both read it here, so that they can't come to mean
// different things.
type Question struct {
	Tenants    []string `query:"tenant,explode" json:"tenants,omitempty" doc:"Tenant; may be given several times."`
	AllTenants bool     `query:"all_tenants" json:"all_tenants,omitempty" doc:"Every tenant in reach."`
	From       string   `query:"from" json:"from,omitempty" doc:"First date of the period, in the zone, or its first instant in RFC 3339. Without a period: the 30 dates that end today." example:"2025-03-01"`
	To         string   `query:"to" json:"to,omitempty" doc:"Last date of the period, or the instant where it ends." example:"2025-03-31"`
	Period     string   `query:"period" json:"period,omitempty" doc:"Instead of from and to the period in words, at the time of the request." enum:"last-7-days,last-30-days,this-month,this-year,last-month,last-3-months,previous-day,previous-week,previous-month,previous-quarter"`
	At         string   `query:"at" json:"at,omitempty" doc:"The moment that the period in words, or the default one, is of; RFC 3339. Now where it is not said." example:"2025-03-31T06:30:00Z"`
	Zone       string   `query:"zone" json:"zone,omitempty" doc:"Time zone by its IANA name."`
	Every      string   `query:"every" json:"every,omitempty" doc:"Short for option=every=G."`
	By         string   `query:"by" json:"by,omitempty" doc:"Short for option=by=D."`
	Channels   []string `query:"channel,explode" json:"channels,omitempty" doc:"Short for where=channel=C."`
	Bots       []string `query:"bot,explode" json:"bots,omitempty" doc:"Short for where=bot=B."`
	Where      []string `query:"where,explode" json:"where,omitempty" doc:"FIELD=VALUE: only what has this value in a field. Values of one field are alternatives, different fields must all match."`
	Options    []string `query:"option,explode" json:"options,omitempty" doc:"NAME=VALUE: an option of the report."`
	AsOf       string   `query:"as_of" json:"as_of,omitempty" doc:"As it was when the journal ended at this position." example:"1-4711"`
}

// Spelling says how the parts of a question are written, and so how an error names them.
type Spelling uint8

const (
	InAddress     Spelling = iota // all_tenants=true
	OnCommandLine                 // --all-tenants
)

// name spells a part of a question.
func (s Spelling) name(part string) string {
	if s == InAddress {
		return part
	}
	return "--" + strings.ReplaceAll(part, "_", "-")
}

// with spells a part and its value.
func (s Spelling) with(part, value string) string {
	if s == InAddress {
		return part + "=" + value
	}
	return s.name(part) + " " + value
}

// tenants spells the two ways to say whose numbers are wanted.
func (s Spelling) tenants() string {
	if s == InAddress {
		return "tenant=T or all_tenants=true"
	}
	return "--tenant T or --all-tenants"
}

// Request turns a question about a report, or one table of it, into a request. Whether what it names exists is found out when the report is made.
func (q *Question) Request(report, table string, now tallystick.Instant, s Spelling) (tallystick.Request, error) {
	r := tallystick.Request{Report: report, Tenants: q.Tenants, Zone: q.Zone, Table: table, Options: map[string]string{}, Now: now}
	if q.AllTenants {
		if len(q.Tenants) > 0 {
			return r, tallystick.Errorf(tallystick.Invalid, "%s and %s exclude each other", s.name("all_tenants"), s.with("tenant", q.Tenants[0])).WithHint("give one of them")
		}
		r.Tenants = nil
	}
	if q.At != "" {
		at, err := tallystick.ParseMoment(q.At)
		if err == nil && !at.Date.IsZero() {
			err = tallystick.Errorf(tallystick.Invalid, "%q is a date and no moment", q.At).WithHint("write RFC 3339, such as 2025-03-31T06:30:00Z")
		}
		if err != nil {
			return r, At(s.name("at"), err)
		}
		r.Now = at.Instant
	}
	if err := q.period(&r, s); err != nil {
		return r, err
	}
	if q.AsOf != "" {
		var err error
		if r.AsOf, err = tallystick.ParsePosition(q.AsOf); err != nil {
			return r, At(s.name("as_of"), err)
		}
	}
	if err := q.options(&r, s); err != nil {
		return r, err
	}
	return r, q.filter(&r, s)
}

func (q *Question) period(r *tallystick.Request, s Spelling) error {
	if q.Period != "" {
		preset, err := tallystick.ParsePreset(q.Period)
		if err != nil {
			return At(s.name("period"), err)
		}
		for _, end := range []struct{ part, text string }{{"from", q.From}, {"to", q.To}} {
			if end.text != "" {
				return tallystick.Errorf(tallystick.Invalid, "%s and %s exclude each other", s.with("period", q.Period), s.with(end.part, end.text)).WithHint("give the period in words, or both its ends")
			}
		}
		r.Preset = preset
		return nil
	}
	for _, end := range []struct {
		part, text string
		moment     *tallystick.Moment
	}{{"from", q.From, &r.From}, {"to", q.To, &r.To}} {
		if end.text == "" {
			continue
		}
		var err error
		if *end.moment, err = tallystick.ParseMoment(end.text); err != nil {
			return At(s.name(end.part), err)
		}
	}
	if (q.From == "") != (q.To == "") {
		return tallystick.Errorf(tallystick.Invalid, "the period %s%s has one end", q.From, q.To).WithHint("give both %s and %s", s.name("from"), s.name("to"))
	}
	return nil
}

func (q *Question) options(r *tallystick.Request, s Spelling) error {
	options := slices.Clone(q.Options)
	if q.Every != "" {
		options = append(options, "every="+q.Every)
	}
	if q.By != "" {
		options = append(options, "by="+q.By)
	}
	for _, o := range options {
		name, value, ok := strings.Cut(o, "=")
		if !ok || name == "" {
			return tallystick.Errorf(tallystick.Invalid, "%s has no value", s.with("option", o)).WithHint("write %s", s.with("option", "NAME=VALUE"))
		}
		if before, given := r.Options[name]; given && before != value {
			return tallystick.Errorf(tallystick.Invalid, "option %s is given twice, as %s and as %s", name, before, value).WithHint("give it once")
		}
		r.Options[name] = value
	}
	return nil
}

func (q *Question) filter(r *tallystick.Request, s Spelling) error {
	wheres := slices.Clone(q.Where)
	for _, channel := range q.Channels {
		wheres = append(wheres, "channel="+channel)
	}
	for _, bot := range q.Bots {
		wheres = append(wheres, "bot="+bot)
	}
	for _, w := range wheres {
		field, value, ok := strings.Cut(w, "=")
		if !ok || field == "" {
			return tallystick.Errorf(tallystick.Invalid, "%s has no value", s.with("where", w)).WithHint("write %s", s.with("where", "FIELD=VALUE"))
		}
		r.Where = append(r.Where, tallystick.FieldValue{Field: field, Value: value})
	}
	return nil
}

// Query writes the question as the query of an address.
func (q *Question) Query() url.Values {
	v := url.Values{}
	for name, text := range map[string]string{"from": q.From, "to": q.To, "period": q.Period, "at": q.At, "zone": q.Zone, "every": q.Every, "by": q.By, "as_of": q.AsOf} {
		if text != "" {
			v.Set(name, text)
		}
	}
	for name, texts := range map[string][]string{"tenant": q.Tenants, "channel": q.Channels, "bot": q.Bots, "where": q.Where, "option": q.Options} {
		if len(texts) > 0 {
			v[name] = texts
		}
	}
	if q.AllTenants {
		v.Set("all_tenants", "true")
	}
	return v
}

// Whose returns an error for a question that does not say whose numbers it wants.
func (q *Question) Whose(ctx context.Context, store tallystick.Answerer, s Spelling) error {
	if len(q.Tenants) > 0 || q.AllTenants {
		return nil
	}
	tenants, err := store.Tenants(ctx, tallystick.Position{}, tallystick.MaxInstant)
	if err != nil {
		return err
	}
	const few = 5
	e := tallystick.Errorf(tallystick.Invalid, "whose report is not said")
	switch {
	case len(tenants) == 0:
		return e.WithHint("give %s; there are no events yet", s.tenants())
	case len(tenants) <= few:
		return e.WithHint("give %s; the tenants are %s", s.tenants(), strings.Join(tenants, ", "))
	}
	return e.WithHint("give %s; some of the %d tenants are %s", s.tenants(), len(tenants), strings.Join(tenants[:few], ", "))
}

// Within refuses a position after the head of the journal, or of another log: the answer to it would change as the journal grows.
func Within(head, asOf tallystick.Position, s Spelling) error {
	if asOf.IsZero() || asOf.Log == head.Log && !asOf.After(head) {
		return nil
	}
	e := tallystick.Errorf(tallystick.NotFound, "there is no position %s", asOf).At(s.name("as_of"))
	if head.IsZero() {
		return e.WithHint("the journal has no events yet")
	}
	return e.WithHint("the journal goes from %d-1 to %s", head.Log, head)
}

// At names the part of a question that an error is about.
func At(part string, err error) error {
	if e, ok := err.(*tallystick.Error); ok {
		return e.At(part)
	}
	return err
}
