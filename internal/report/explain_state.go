package report

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// account explains a cell that names the tenant.
func (t *target) account() error {
	field, is := map[string]tallystick.Field{
		"Company Name": tallystick.FieldCompanyName, "Hostname": tallystick.FieldHostname, "Contract Mode": tallystick.FieldContractMode,
	}[t.column]
	if !is {
		return t.label()
	}
	return t.upserts(tallystick.TenantUpserted, []string{t.tenant}, t.scope, field)
}

// upserts explains a text that the states of some entities give, by their upserts: of each entity and field the latest one inside the scope that agrees with its state.
// An upsert that does not give a field looks like one that gives the default, if the field has one. ids nil is all entities.
func (t *target) upserts(typ string, ids []string, scope tallystick.Scope, fields ...tallystick.Field) error {
	t.sense = Giver
	if ids != nil && len(ids) == 0 {
		return nil
	}
	states, err := t.store.Entities(t.ctx, tallystick.Entities{Scope: scope, Type: typ, IDs: ids})
	if err != nil {
		return err
	}
	values := map[string]map[tallystick.Field]string{}
	for _, s := range states {
		values[s.ID] = s.Values
	}
	var where tallystick.Filter
	wanted := slices.Clone(fields)
	id := func(*near) string { return t.tenant }
	if typ != tallystick.TenantUpserted {
		name := tallystick.TypeNamed(typ).Rules[0].Field
		if ids != nil {
			where = tallystick.Filter{in(name, ids...)}
		}
		wanted = append(wanted, name)
		id = func(e *near) string { return e.text(name) }
	}
	events, err := t.list(tallystick.MinInstant, scope.Before+margin(t.from, scope.Before), where, wanted, typ)
	if err != nil {
		return err
	}
	type part struct {
		id    string
		field tallystick.Field
	}
	given := map[part]bool{}
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		reason := NoValue
		if e.Time >= scope.Before {
			reason = OutsidePeriod
		}
		for _, f := range fields {
			text := e.text(f)
			if text == "" || reason == OutsidePeriod {
				continue
			}
			if p := (part{id(e), f}); !given[p] && text == values[p.id][f] {
				given[p] = true
				reason = ""
			} else if reason == NoValue {
				reason = NotLatest
			}
		}
		t.add(&e.Listed, reason, id(e))
	}
	return nil
}
