package report

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/tallystick/tallystick"
)

// Where a report takes its zone from when the request names none.
const (
	zoneTenant    = "tenant"
	zoneUTC       = "utc"
	zoneAlwaysUTC = "always-utc"
)

// plan is a request for one tenant. The passes fill it in; the builders of tables read it.
type plan struct {
	*wish
	ctx    context.Context
	store  tallystick.Answerer
	tenant string
	notes  notes
	made   fraction // of its rows

	scope    tallystick.Scope // set by the first pass; narrowed to the period by a later one
	calendar *tallystick.Calendar
	from     tallystick.Instant          // the period is [from, scope.Before)
	account  map[tallystick.Field]string // the tenant's attributes as of the period's end
	channels map[string]channel          // of the tenant, as of the period's end
	test     []string                    // ids of its test and development channels

	merged   map[tallystick.Scope]map[string]string
	states   map[string][]tallystick.Entity // of entities, by type of upsert, as of the period's end
	sessions []tallystick.SessionPart       // of session-usage, where they are few; what several tables share, read when first needed
	read     bool
	counted  *sessionCounts
	alone    bool // there is no other plan

	sliceSize int64 // of [Catalog]
}

// passes make a plan, in this order.
var passes = []struct {
	name string
	run  func(*plan) error
}{
	{"scope", (*plan).setScope},
	{"zone", (*plan).setZone},
	{"period", (*plan).setPeriod},
	{"account", (*plan).readAccount},
	{"channels", (*plan).readChannels},
}

// setScope binds the plan to its tenant. Every query of the plan is built on this scope.
func (p *plan) setScope() error {
	p.scope = tallystick.For(p.tenant, p.request.AsOf, tallystick.MaxInstant)
	if p.provider() {
		return nil
	}
	return p.scope.Check()
}

// provider reports whether the plan is for the provider's own part of ingest-quality: for events that say no tenant, of which the store knows nothing.
func (p *plan) provider() bool { return p.tenant == "" && p.definition.Name == ingestQuality }

// setZone chooses the calendar. The tenant's zone is its latest, whatever its time: whoever changes it wants the next report in it, past periods too.
func (p *plan) setZone() error {
	zone := p.request.Zone
	if zone == "" {
		zone = "UTC"
		if p.definition.Zone == zoneTenant {
			latest, err := p.attributes()
			if err != nil {
				return err
			}
			zone = cmp.Or(latest[tallystick.FieldTimeZone], zone)
		}
	}
	var err error
	p.calendar, err = tallystick.LoadCalendar(zone)
	return err
}

// longest is the longest period, and mostHours the most hours of a period that is split into hours: they bound the edges that a query carries.
const (
	longest   = 400 * 366 * tallystick.Day
	mostHours = 600_000 // 68 years
)

// setPeriod turns the request's dates into instants of the zone.
func (p *plan) setPeriod() error {
	from, to := p.request.From, p.request.To
	today := p.calendar.DateOf(p.request.Now)
	none := tallystick.Moment{}
	switch {
	case p.request.Preset != "":
		return p.setPreset()
	case from == none && to == none:
		from, to = tallystick.Moment{Date: today.AddDays(-29)}, tallystick.Moment{Date: today}
	case from == none || to == none:
		return tallystick.Errorf(tallystick.Invalid, "the period has only one end").WithHint("give both, or neither for the 30 dates that end today")
	}
	p.from, p.scope.Before = from.Instant, to.Instant
	if !from.Date.IsZero() {
		p.from = p.calendar.Start(from.Date)
	}
	if !to.Date.IsZero() {
		p.scope.Before = p.calendar.Start(to.Date.AddDays(1))
	}
	if dates := !from.Date.IsZero() && !to.Date.IsZero(); dates && to.Date.Before(from.Date) {
		return tallystick.Errorf(tallystick.Invalid, "the period is empty: its first date, %s, is after its last, %s", from.Date, to.Date)
	}
	if p.from >= p.scope.Before {
		return tallystick.Errorf(tallystick.Invalid, "the period is empty: it begins at %s and ends at %s", p.calendar.Format(p.from), p.calendar.Format(p.scope.Before)).
			WithHint("the beginning must be before the end")
	}
	if p.scope.Before-p.from > longest {
		return tallystick.Errorf(tallystick.Invalid, "the period is longer than 400 years: it begins at %s and ends at %s", p.calendar.Format(p.from), p.calendar.Format(p.scope.Before)).
			WithHint("events lie in the years 1970 to 2200")
	}
	return nil
}

// setPreset turns the request's period in words into instants of the zone.
func (p *plan) setPreset() error {
	preset := p.request.Preset
	if p.request.From != (tallystick.Moment{}) || p.request.To != (tallystick.Moment{}) {
		return tallystick.Errorf(tallystick.Invalid, "the period is given twice, as %q and by its ends", preset).WithHint("give one of them")
	}
	if _, err := tallystick.ParsePreset(string(preset)); err != nil {
		return err
	}
	p.from, p.scope.Before = p.calendar.Preset(preset, p.request.Now)
	p.endPreset()
	if p.from == p.scope.Before {
		return tallystick.Errorf(tallystick.Invalid, "the period is empty: %q begins at %s, and that is now", preset, p.calendar.Format(p.from)).
			WithHint("ask later, or for a period that is over")
	}
	return nil
}

// checkHours refuses to split a period into more hours than fit.
func (p *plan) checkHours() error {
	if hours := (p.scope.Before - p.from) / tallystick.Hour; hours > mostHours {
		return tallystick.Errorf(tallystick.Invalid, "the period has %d hours, and can be split into %d at most", hours, mostHours).WithHint("choose a shorter period")
	}
	return nil
}

func (p *plan) readAccount() (err error) {
	p.account, err = p.attributes()
	return err
}

// attributes returns what is known of the tenant inside the scope.
func (p *plan) attributes() (map[tallystick.Field]string, error) {
	if p.provider() {
		return nil, nil
	}
	entities, err := p.store.Entities(p.ctx, tallystick.Entities{Scope: p.scope, Type: tallystick.TenantUpserted})
	if err != nil || len(entities) == 0 {
		return nil, err
	}
	return entities[0].Values, nil
}

func (p *plan) company() string { return cmp.Or(p.account[tallystick.FieldCompanyName], p.tenant) }

// channel is a channel's state.
type channel struct {
	name, platform string
	test, native   bool
}

func (p *plan) readChannels() (err error) {
	if p.provider() {
		return nil
	}
	p.channels, p.test, err = p.channelsAsOf(p.scope)
	return err
}

// channelsAsOf returns the channels that have an upsert, and the ids of those for tests and development.
func (p *plan) channelsAsOf(s tallystick.Scope) (map[string]channel, []string, error) {
	entities, err := p.store.Entities(p.ctx, tallystick.Entities{Scope: s, Type: tallystick.ChannelUpserted})
	if err != nil {
		return nil, nil, err
	}
	channels, test := map[string]channel{}, []string{}
	for _, e := range entities {
		c := channel{
			name:     cmp.Or(e.Values[tallystick.FieldName], e.ID),
			platform: e.Values[tallystick.FieldPlatform],
			test:     e.Values[tallystick.FieldEnvironment] != "production",
			native:   e.Values[tallystick.FieldGovernance] == "native",
		}
		channels[e.ID] = c
		if c.test {
			test = append(test, e.ID)
		}
	}
	return channels, test, nil
}

// forget drops what was read for the tables, so that the next tenant has the memory.
func (p *plan) forget() {
	p.merged, p.states, p.sessions, p.read, p.counted = nil, nil, nil, false, nil
}

// channelName returns the name of a channel, known or not.
func (p *plan) channelName(id string) string { return cmp.Or(p.channels[id].name, id) }

// tally asks the store and drops the groups that are not one: rows whose last dimension is absent.
func (p *plan) tally(q tallystick.Tally) ([]tallystick.Count, error) {
	counts, err := p.store.Tally(p.ctx, q)
	return slices.DeleteFunc(counts, groupless), err
}

func groupless(c tallystick.Count) bool { return len(c.Group) > 0 && c.Group[len(c.Group)-1] == "" }

// notes collects what a reader must know, each line once.
type notes struct {
	mu    sync.Mutex
	lines []string
}

func (n *notes) add(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !slices.Contains(n.lines, line) {
		n.lines = append(n.lines, line)
	}
}

func (n *notes) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.lines)
}

// take moves the lines of others to the end: plans that are at work at the same time have their own, and what is read has the order of the tenants.
func (n *notes) take(others *notes) {
	others.mu.Lock()
	lines := others.lines
	others.lines = nil
	others.mu.Unlock()
	for _, line := range lines {
		n.add(line)
	}
}
