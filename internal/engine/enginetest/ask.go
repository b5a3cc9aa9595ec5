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
		name := pick(a.generator, tallystick.EventTypes).Name
		if a.chance(40) {
			name = tallystick.MessageSent
		} else if a.chance(70) {
			name = e.Type
		}
		q.Types = []string{name}
		a.period(q)
		q.Where = a.filter(name)
		q.Countable = name == tallystick.MessageSent && a.chance(50)
		q.By = a.dimensions(name, 3)
		switch a.IntN(4) {
		case 0:
			d := a.dimension(name)
			q.Distinct = &d
		case 1:
			q.Sum = sumOf[name]
			if q.Sum != tallystick.NoField {
				q.RoundUp = pick(a.generator, []int64{0, 1, 2, 7, 6_000_000, 60_000_000})
			}
		case 2:
			q.Any = true
			if a.chance(50) {
				q.By, q.Edges = nil, nil
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
		q.Summed = a.chance(40)
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
		q.Summed = a.chance(40)
	case "events":
		a.period(q)
		q.Edges = nil
	case "sessions":
		a.period(q)
		q.Edges = nil
		if a.chance(60) {
			q.Until = a.instant(q)
		}
		q.Bare, q.OwnTickets = a.chance(30), a.chance(30)
	case "sessioncounts":
		a.period(q)
		for range a.IntN(3) {
			q.By = append(q.By, a.dimensionOf(tallystick.MessageSent, pick(a.generator, []tallystick.Field{tallystick.FieldBotID, tallystick.FieldBotVersion, tallystick.FieldChannelID})))
		}
		q.Fields = a.counted()
	case "arrivals":
		if a.chance(95) {
			q.AsOf = tallystick.Position{}
		}
		if a.chance(60) {
			q.From, q.Before = a.record().Event.Received-tallystick.Instant(a.Int64N(int64(tallystick.Day))), a.record().Event.Received+tallystick.ArrivalSlot
		}
	case "tenants", "since":
		a.before(q)
	case "correspondents":
		a.before(q)
		if q.IDs = a.ids(tallystick.RoomUpserted); q.IDs == nil {
			q.IDs = slices.Clone(roomIDs)
		}
	case "conversations":
		a.before(q)
		q.IDs = a.ids(tallystick.ConversationUpdated)
		if q.IDs == nil {
			q.IDs = slices.Clone(conversations)
		}
		if a.chance(50) { // wherever most of them are said to be
			q.From, q.Until = a.instant(q), a.instant(q)
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
	ownType: "score", tallystick.EntitlementSet: tallystick.FieldQuantity, tallystick.MessageSent: tallystick.FieldSegments, tallystick.FlowStarted: tallystick.FieldPreview,
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
		return pick(a.generator, tallystick.Fields)
	}
	t := tallystick.TypeNamed(typeName)
	if t == nil {
		return tallystick.Field(pick(a.generator, labelNames))
	}
	return pick(a.generator, t.Rules).Field
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
	c := tallystick.Condition{Field: f, Op: tallystick.Op(a.IntN(5))}
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
		most := 4
		if a.chance(10) {
			most = 40
		}
		for range a.IntN(most) {
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

// counted draws what of sessions is counted.
func (a *asker) counted() []tallystick.Field {
	all := []tallystick.Field{tallystick.FieldSessionID, tallystick.FieldConversationID, tallystick.FieldTicketID}
	a.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:1+a.IntN(len(all))]
}
