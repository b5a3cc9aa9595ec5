package enginetest

import (
	"fmt"
	"slices"

	"github.com/tallystick/tallystick"
)

// asker draws questions about a stream: of tenants, instants, positions and values that occur in it, and some that don't.
type asker struct {
	*generator
	records []tallystick.Record
	oneLog  bool // positions of all tenants can be compared
}

func newAsker(seed int64, records []tallystick.Record) *asker {
	a := &asker{generator: &generator{Rand: newRand(seed)}, records: records, oneLog: true}
	for i := range records {
		a.oneLog = a.oneLog && records[i].Position.Log == records[0].Position.Log
	}
	return a
}

func (a *asker) record() *tallystick.Record { return &a.records[a.IntN(len(a.records))] }

// question draws a question of a kind.
func (a *asker) question(kind string) *Question {
	e := &a.record().Event
	q := &Question{Kind: kind, Tenant: e.Tenant, From: tallystick.MinInstant, Before: tallystick.MaxInstant}
	if a.chance(2) {
		q.Tenant = "nobody"
	}
	if a.chance(35) {
		r := a.record()
		if kind == "tenants" && a.oneLog || kind != "tenants" && r.Event.Tenant == q.Tenant {
			q.AsOf = r.Position
		}
	}
	switch kind {
	case "tally":
		t := pick(a.generator, tallystick.EventTypes)
		if a.chance(40) {
			t = tallystick.TypeNamed(tallystick.MessageSent)
		} else if a.chance(70) {
			t = tallystick.TypeNamed(e.Type)
		}
		q.Types = []string{t.Name}
		a.period(q)
		q.Where = a.filter(t.Name)
		q.Countable = t.Name == tallystick.MessageSent && a.chance(50)
		q.By = a.dimensions(t.Name, 3)
		switch a.IntN(3) {
		case 0:
			d := a.dimension(t.Name)
			q.Distinct = &d
		case 1:
			q.Sum = sumOf[t.Name]
			if q.Sum != tallystick.NoField {
				q.RoundUp = pick(a.generator, []int64{0, 1, 2, 7, 6_000_000, 60_000_000})
			}
		}
		if len(q.By) > 0 && a.chance(40) {
			q.Edges, q.EdgesOf = nil, a.edgesOf(q)
		}
	case "peak":
		q.Span = pick(a.generator, []string{"session", "flow"})
		start := map[string]string{"session": tallystick.SessionStarted, "flow": tallystick.FlowStarted}[q.Span]
		a.period(q)
		if q.Before == tallystick.MaxInstant && a.chance(50) {
			q.Before = a.instant(q)
			q.From, q.Edges = min(q.From, q.Before), nil
		}
		q.Where = a.filter(start)
		q.By = a.dimensions(start, 2)
		q.OpenLimit = pick(a.generator, []tallystick.Instant{0, 1, tallystick.Minute, tallystick.Hour, tallystick.Day, tallystick.Day, 31 * tallystick.Day})
	case "entities":
		q.Types = []string{pick(a.generator, entityTypes)}
		a.before(q)
		q.IDs = a.ids(q.Types[0])
	case "list":
		for range 1 + a.IntN(3) {
			if t := a.typeOf(q.Tenant); !slices.Contains(q.Types, t) {
				q.Types = append(q.Types, t)
			}
		}
		a.period(q)
		q.Edges = nil
		q.Where = a.filter(pick(a.generator, q.Types))
		for range a.IntN(5) {
			q.Fields = append(q.Fields, a.field(pick(a.generator, q.Types)))
		}
	case "resolutions":
		a.period(q)
		if a.chance(30) {
			q.Where = tallystick.Filter{a.condition(tallystick.MessageSent, tallystick.FieldChannelID)}
		}
		if a.chance(60) {
			q.By = []tallystick.Dimension{a.dimensionOf(tallystick.MessageSent, tallystick.FieldChannelID)}
		}
	case "sessions":
		a.period(q)
		q.Edges = nil
	case "tenants":
		a.before(q)
	case "conversations":
		a.before(q)
		q.IDs = a.ids(tallystick.ConversationUpdated)
		if q.IDs == nil {
			q.IDs = slices.Clone(conversations)
		}
	}
	return q
}

// entityTypes are what an [tallystick.Entities] may ask for.
var entityTypes = []string{
	tallystick.TenantUpserted, tallystick.UserUpserted, tallystick.ContactUpserted, tallystick.ChannelUpserted, tallystick.BotUpserted, tallystick.RoomUpserted,
}

// sumOf names a field to add up.
var sumOf = map[string]tallystick.Field{
	tallystick.CallEnded: tallystick.FieldDurationSeconds, tallystick.CreditConsumed: tallystick.FieldQuantity,
	tallystick.EntitlementSet: tallystick.FieldQuantity, tallystick.MessageSent: tallystick.FieldSegments, tallystick.FlowStarted: tallystick.FieldPreview,
}

// before draws the end of the period, which every kind has.
func (a *asker) before(q *Question) {
	if !a.chance(20) {
		q.Before = a.instant(q)
	}
}

// period draws both ends of the period and perhaps edges.
func (a *asker) period(q *Question) {
	a.before(q)
	if !a.chance(20) {
		q.From = a.instant(q)
		if q.From > q.Before && !a.chance(3) {
			q.From, q.Before = q.Before, q.From
		}
	}
	if q.From > q.Before || a.chance(30) {
		return
	}
	if a.chance(40) {
		a.grid(q)
		return
	}
	var inner []tallystick.Instant
	for range a.IntN(6) {
		i := a.instant(q)
		if i < q.From || i > q.Before || !a.chance(5) && (i == q.From || i == q.Before || slices.Contains(inner, i)) {
			continue
		}
		inner = append(inner, i)
	}
	slices.Sort(inner)
	q.Edges = append(append([]tallystick.Instant{q.From}, inner...), q.Before)
}

// grid draws a period with edges as calendars make them: every quarter of an hour, hour, day or month on the grid, the first and the last bucket perhaps clipped.
func (a *asker) grid(q *Question) {
	step := pick(a.generator, []tallystick.Instant{15 * tallystick.Minute, tallystick.Hour, tallystick.Day, 30 * tallystick.Day})
	first := a.instant(q)
	first -= first % step
	if step >= tallystick.Day { // a day begins at an hour or half hour of UTC
		first += pick(a.generator, []tallystick.Instant{0, 4 * tallystick.Hour, 5 * tallystick.Hour, -330 * tallystick.Minute, -11 * tallystick.Hour})
	}
	q.From = first
	if a.chance(20) {
		q.From += tallystick.Instant(a.Int64N(int64(step)))
	}
	q.Edges = []tallystick.Instant{q.From}
	for i := 1 + a.IntN(30); i > 0; i-- {
		first += step
		q.Edges = append(q.Edges, first)
	}
	if a.chance(20) {
		q.Edges[len(q.Edges)-1] -= tallystick.Instant(a.Int64N(int64(min(step, first-q.Edges[len(q.Edges)-2]))))
	}
	q.Before = q.Edges[len(q.Edges)-1]
	if a.chance(20) { // the same period in one bucket
		q.Edges = nil
	}
}

// instant draws an instant that a comparison may get wrong: most times that of an event that the question is about, or the one behind it.
func (a *asker) instant(q *Question) tallystick.Instant {
	about := aboutTypes[q.Kind]
	if q.Kind == "tally" || q.Kind == "entities" {
		about = append(slices.Clone(about), q.Types...)
	}
	r := a.record()
	for range 40 {
		if r.Event.Tenant == q.Tenant && (about == nil || slices.Contains(about, r.Event.Type)) {
			break
		}
		r = a.record()
	}
	switch at := r.Event.Time; a.IntN(8) {
	case 0, 1, 2:
		return at
	case 3, 4:
		return at + 1
	case 5:
		return at - at%tallystick.Hour + tallystick.Hour
	case 6:
		return at - at%(15*tallystick.Minute)
	default:
		return at + pick(a.generator, steps)
	}
}

// aboutTypes are the types of event that a kind of question depends on, besides its own.
var aboutTypes = map[string][]string{
	"tally":         {tallystick.MessageFailed},
	"peak":          {tallystick.SessionStarted, tallystick.SessionEnded, tallystick.FlowStarted, tallystick.FlowEnded},
	"resolutions":   {tallystick.ConversationSolved, tallystick.ConversationCreated, tallystick.MessageSent, tallystick.MessageFailed},
	"sessions":      {tallystick.MessageSent, tallystick.MessageFailed, tallystick.SessionStarted},
	"conversations": {tallystick.ConversationCreated, tallystick.ConversationUpdated, tallystick.ConversationSolved, tallystick.MessageSent},
}

// typeOf draws a type, most times one that the tenant has.
func (a *asker) typeOf(tenant string) string {
	for range 8 {
		if r := a.record(); r.Event.Tenant == tenant {
			return r.Event.Type
		}
	}
	return pick(a.generator, tallystick.EventTypes).Name
}

// field draws a field, most times one that the type has.
func (a *asker) field(typeName string) tallystick.Field {
	if a.chance(5) {
		return tallystick.Field(1 + a.IntN(int(tallystick.FieldServices)))
	}
	return pick(a.generator, tallystick.TypeNamed(typeName).Rules).Field
}

// value draws the text of a field, most times one that occurs.
func (a *asker) value(typeName string, f tallystick.Field) string {
	for range 30 {
		if e := &a.record().Event; e.Type == typeName {
			if text := e.Text(f); text != "" && a.chance(90) {
				return text
			}
		}
	}
	return pick(a.generator, []string{"", "true", "false", "0", "x", "c1", "v1", "k1"})
}

func (a *asker) values(typeName string, f tallystick.Field) []string {
	var list []string
	for range a.IntN(4) {
		list = append(list, a.value(typeName, f))
	}
	return list
}

func (a *asker) filter(typeName string) tallystick.Filter {
	var filter tallystick.Filter
	for a.chance(40) {
		filter = append(filter, a.condition(typeName, a.field(typeName)))
	}
	return filter
}

func (a *asker) condition(typeName string, f tallystick.Field) tallystick.Condition {
	c := tallystick.Condition{Field: f, Op: tallystick.Op(a.IntN(4))}
	if c.Op == tallystick.In || c.Op == tallystick.NotIn {
		c.Values = a.values(typeName, f)
	}
	return c
}

func (a *asker) dimensions(typeName string, most int) []tallystick.Dimension {
	var list []tallystick.Dimension
	for range a.IntN(most + 1) {
		list = append(list, a.dimension(typeName))
	}
	return list
}

func (a *asker) dimension(typeName string) tallystick.Dimension {
	return a.dimensionOf(typeName, a.field(typeName))
}

func (a *asker) dimensionOf(typeName string, f tallystick.Field) tallystick.Dimension {
	d := tallystick.Dimension{Field: f}
	if a.chance(60) {
		return d
	}
	d.Labels = map[string]string{}
	for _, v := range a.values(typeName, f) {
		if v == "" {
			continue
		}
		d.Labels[v] = pick(a.generator, []string{"l1", "l2", "l2", "x", ""})
	}
	d.Unlabelled = tallystick.Unlabelled(a.IntN(2))
	return d
}

// edgesOf draws instants for some of the groups of By[0].
func (a *asker) edgesOf(q *Question) map[string][]tallystick.Instant {
	edges := map[string][]tallystick.Instant{}
	for range 1 + a.IntN(4) {
		group := q.By[0].Of(a.value(q.Types[0], q.By[0].Field))
		if group == "" {
			continue
		}
		edges[group] = nil
		for range a.IntN(4) {
			edges[group] = append(edges[group], a.instant(q))
		}
		slices.Sort(edges[group])
	}
	return edges
}

// ids draws a list of the type's ids, or nil.
func (a *asker) ids(typeName string) []string {
	if a.chance(40) {
		return nil
	}
	ids := []string{}
	for range a.IntN(5) {
		id := a.value(typeName, tallystick.TypeNamed(typeName).Rules[0].Field)
		if typeName == tallystick.TenantUpserted {
			id = pick(a.generator, tenantNames)
		}
		ids = append(ids, id)
	}
	if a.chance(5) {
		ids = append(ids, fmt.Sprint("none", a.IntN(9)))
	}
	return ids
}
