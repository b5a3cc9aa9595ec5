package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tallystick/tallystick"
)

// states keeps what tenants said of their channels, bots, rooms and so on: the events of a type, all of them, so that a question about any end and any position is answered
// without DuckDB, for which the smallest statement takes longer than this whole list. Every report asks several of them of every tenant.
//
// A list is read at the first question and dropped when an Apply adds to it. Those that were not asked for lately are dropped for others.
type states struct {
	mu       sync.Mutex
	applies  int64 // how often something was dropped for an Apply
	lists    map[stateKey]*stateList
	earlier  map[stateKey]*stateList // those that were not asked for since lists was begun
	size     int                     // of lists, in bytes
	disabled bool                    // for tests: DuckDB answers everything
}

type stateKey struct {
	tenant int32
	table  *table
	merges bool // only those of contacts that are merged into another: every report on contacts asks for these, and there are many others
}

// stateList is the events of a type of a tenant in their order, nil where they are too many or too large.
type stateList struct {
	events []stateEvent
	newest int64 // seq of them
	size   int   // in bytes, about
}

type stateEvent struct {
	seq    int64
	time   tallystick.Instant
	values []sql.NullString // of the type's rules
}

const (
	mostOfState  = 40_000   // events of a list
	largestState = 12 << 20 // bytes of a list
	mostOfStates = 24 << 20 // bytes of lists at which new ones are begun; the earlier ones are kept for as long
)

// isState are the types of which a tenant has few, or of which one that has many is not slower for the looking.
func isState(t *table) bool {
	if t.event == nil {
		return false
	}
	switch t.event.Name {
	case tallystick.TenantUpserted, tallystick.UserUpserted, tallystick.ContactUpserted, tallystick.ChannelUpserted, tallystick.BotUpserted, tallystick.RoomUpserted,
		tallystick.ChannelConnected, tallystick.ChannelDisconnected, tallystick.IdentityLinked, tallystick.IdentityUnlinked, tallystick.RoomMemberAdded,
		tallystick.RoomMemberRemoved, tallystick.EntitlementSet:
		return true
	}
	return false
}

// get returns a list that is kept.
func (s *states) get(key stateKey) (list *stateList, applies int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list = s.lists[key]
	if list == nil {
		if list = s.earlier[key]; list != nil {
			s.put(key, list)
		}
	}
	return list, s.applies
}

// keep keeps a list that was read when there had been so many applies. One that was read while there was another may miss it, and is not kept.
func (s *states) keep(key stateKey, list *stateList, applies int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.applies == applies {
		s.put(key, list)
	}
}

func (s *states) put(key stateKey, list *stateList) {
	if s.lists == nil || s.size >= mostOfStates {
		s.lists, s.earlier, s.size = map[stateKey]*stateList{}, s.lists, 0
	}
	s.lists[key] = list
	s.size += list.size
}

// drop drops the lists to which a batch has added. Those of too many stay what they are.
func (s *states) drop(b *batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applies++
	for t, numbers := range b.numbers {
		if !isState(t) {
			continue
		}
		for _, n := range numbers {
			for _, merges := range []bool{false, true} {
				key := stateKey{n, t, merges}
				if list := s.lists[key]; list != nil && list.events != nil {
					delete(s.lists, key)
					s.size -= list.size
				}
				if list := s.earlier[key]; list != nil && list.events != nil {
					delete(s.earlier, key)
				}
			}
		}
	}
}

// state returns the events of a type that exist for a scope, in their order, or those that are merges; false where it is no type to be kept, or there are too many.
func (e *Engine) state(ctx context.Context, sc *scope, t *table, merges bool) ([]stateEvent, bool, error) {
	if e.states.disabled || !isState(t) {
		return nil, false, nil
	}
	key := stateKey{sc.number, t, merges}
	list, applies := e.states.get(key)
	if list == nil {
		var err error
		if list, err = e.readState(ctx, key); err != nil {
			return nil, false, err
		}
		e.states.keep(key, list, applies)
	}
	if list.events == nil {
		return nil, false, nil
	}
	all := list.events
	end, _ := slices.BinarySearchFunc(all, sc.Before, func(ev stateEvent, before tallystick.Instant) int {
		if ev.time < before {
			return -1
		}
		return 1
	})
	all = all[:end]
	last := int64(min(sc.AsOf.Sequence, 1<<63-1))
	if last >= list.newest {
		return all, true, nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(ev stateEvent) bool { return ev.seq > last }), true, nil
}

// readState reads a list. A boolean is read as text, a number as digits.
func (e *Engine) readState(ctx context.Context, key stateKey) (*stateList, error) {
	st, t := &statement{}, key.table
	merges := ""
	if key.merges {
		merges = "  AND " + identifier(tallystick.FieldMergedInto.String()) + " <> ''"
	}
	wanted := []string{"seq", "time"}
	for _, r := range t.event.Rules {
		wanted = append(wanted, identifier(r.Field.String())+"::VARCHAR")
	}
	st.add("SELECT "+strings.Join(wanted, ", "),
		"FROM "+stored(t.name),
		"WHERE tenant = "+st.bind(key.tenant),
		merges,
		"LIMIT "+st.bind(int64(mostOfState+1)))
	const each = 100 // bytes that a list, an event and a value take besides
	list := &stateList{events: []stateEvent{}, size: each}
	var ev stateEvent
	texts := make([]sql.NullString, len(t.event.Rules))
	into := []any{&ev.seq, &ev.time}
	for i := range texts {
		into = append(into, &texts[i])
	}
	names := map[string]string{}
	err := st.run(ctx, e, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		ev.values = slices.Clone(texts)
		list.size += each
		for i := range ev.values {
			ev.values[i].String = one(names, ev.values[i].String)
			list.size += each/4 + len(ev.values[i].String)
		}
		list.events = append(list.events, ev)
		list.newest = max(list.newest, ev.seq)
		if len(list.events) > mostOfState || list.size > largestState {
			return errTooMany
		}
		return nil
	})
	if errors.Is(err, errTooMany) {
		return &stateList{size: each}, nil
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list.events, func(a, b stateEvent) int { return compareOrder(a.time, b.time, a.seq, b.seq) })
	return list, nil
}

var errTooMany = errors.New("too many events to be kept")

func compareOrder(t1, t2 tallystick.Instant, s1, s2 int64) int {
	switch {
	case t1 < t2 || t1 == t2 && s1 < s2:
		return -1
	case t1 == t2 && s1 == s2:
		return 0
	}
	return 1
}

// text returns a field of an event as [tallystick.Event.Text] gives it, and whether the event itself gives it.
func (ev *stateEvent) text(t *tallystick.EventType, f tallystick.Field) (text string, given bool) {
	for i := range t.Rules {
		switch {
		case t.Rules[i].Field != f:
		case ev.values[i].Valid:
			return ev.values[i].String, true
		default:
			return t.Rules[i].Default, false
		}
	}
	return "", false
}

// keeps reports whether an event passes a filter.
func (ev *stateEvent) keeps(t *tallystick.EventType, where tallystick.Filter) bool {
	for _, c := range where {
		text, given := ev.text(t, c.Field)
		switch c.Op {
		case tallystick.In:
			if text == "" || !slices.Contains(c.Values, text) {
				return false
			}
		case tallystick.NotIn:
			if text != "" && slices.Contains(c.Values, text) {
				return false
			}
		case tallystick.Present:
			if text == "" {
				return false
			}
		case tallystick.Numeric:
			if rule := t.Rule(c.Field); !given || rule == nil || !rule.Kind.Numeric() {
				return false
			}
		default:
			if text != "" {
				return false
			}
		}
	}
	return true
}

// entitiesOf answers [tallystick.Entities] from the events.
func entitiesOf(events []stateEvent, t *tallystick.EventType, tenant string, ids []string) []tallystick.Entity {
	latest := map[string][]sql.NullString{}
	var wanted map[string]bool
	if ids != nil {
		wanted = make(map[string]bool, len(ids))
		for _, id := range ids {
			wanted[id] = true
		}
	}
	for i := range events {
		id := tenant
		if t.Name != tallystick.TenantUpserted {
			id, _ = events[i].text(t, t.Rules[0].Field)
		}
		if ids != nil && !wanted[id] {
			continue
		}
		values := latest[id]
		if values == nil {
			values = make([]sql.NullString, len(t.Rules))
			latest[id] = values
		}
		for j, v := range events[i].values {
			if v.Valid {
				values[j] = v
			}
		}
	}
	var entities []tallystick.Entity
	for _, id := range slices.Sorted(maps.Keys(latest)) {
		entities = append(entities, tallystick.Entity{ID: id, Values: valuesOf(t, latest[id])})
	}
	return entities
}

// valuesOf returns the fields that have a value, or a default.
func valuesOf(t *tallystick.EventType, texts []sql.NullString) map[tallystick.Field]string {
	values := make(map[tallystick.Field]string, len(t.Rules))
	for i, text := range texts {
		switch r := &t.Rules[i]; {
		case text.Valid && text.String != "":
			values[r.Field] = text.String
		case !text.Valid && r.Default != "":
			values[r.Field] = r.Default
		}
	}
	return values
}

// listOf answers [tallystick.List] for one of its types.
func listOf(events []stateEvent, t *tallystick.EventType, log uint32, q *tallystick.List) []tallystick.Listed {
	var list []tallystick.Listed
	for i := range events {
		ev := &events[i]
		if ev.time < q.From || !ev.keeps(t, q.Where) {
			continue
		}
		l := tallystick.Listed{
			Position: tallystick.Position{Log: log, Sequence: uint64(ev.seq)}, Time: ev.time, Type: t.Name, Texts: make([]string, len(q.Fields)),
		}
		for j, f := range q.Fields {
			l.Texts[j], _ = ev.text(t, f)
		}
		list = append(list, l)
	}
	return list
}
