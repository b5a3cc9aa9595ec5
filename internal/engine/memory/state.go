package memory

import (
	"context"
	"slices"

	"github.com/tallystick/tallystick"
)

// Entities implements [tallystick.Answerer].
func (e *Engine) Entities(_ context.Context, q tallystick.Entities) ([]tallystick.Entity, error) {
	events, err := e.events(q.Scope)
	if err != nil {
		return nil, err
	}
	eventType := tallystick.TypeNamed(q.Type)
	states := map[string]map[tallystick.Field]string{}
	for _, r := range events {
		if r.Event.Type != q.Type {
			continue
		}
		id := r.Event.Tenant
		if q.Type != tallystick.TenantUpserted {
			id = r.Event.Text(eventType.Rules[0].Field)
		}
		if q.IDs != nil && !slices.Contains(q.IDs, id) {
			continue
		}
		if states[id] == nil {
			states[id] = map[tallystick.Field]string{}
			for _, rule := range eventType.Rules {
				if rule.Default != "" {
					states[id][rule.Field] = rule.Default
				}
			}
		}
		for _, v := range r.Event.Data {
			states[id][v.Field] = r.Event.Text(v.Field)
		}
	}
	ids := map[string]bool{}
	for id := range states {
		ids[id] = true
	}
	var entities []tallystick.Entity
	for _, id := range sorted(ids) {
		entities = append(entities, tallystick.Entity{ID: id, Values: states[id]})
	}
	return entities, nil
}

// List implements [tallystick.Answerer].
func (e *Engine) List(_ context.Context, q tallystick.List) ([]tallystick.Listed, error) {
	events, err := e.events(q.Scope)
	if err != nil {
		return nil, err
	}
	var list []tallystick.Listed
	for _, r := range events {
		if !slices.Contains(q.Types, r.Event.Type) || r.Event.Time < q.From || !q.Where.Keeps(&r.Event) {
			continue
		}
		l := tallystick.Listed{Position: r.Position, Time: r.Event.Time, Type: r.Event.Type}
		for _, f := range q.Fields {
			l.Texts = append(l.Texts, r.Event.Text(f))
		}
		list = append(list, l)
	}
	return list, nil
}
