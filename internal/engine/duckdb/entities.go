package duckdb

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Entities implements [tallystick.Answerer].
func (e *Engine) Entities(ctx context.Context, q tallystick.Entities) ([]tallystick.Entity, error) {
	sc, err := e.scope(q.Scope)
	if err != nil {
		return nil, err
	}
	t := tallystick.TypeNamed(q.Type)
	if t == nil || len(t.Rules) == 0 {
		return nil, tallystick.Errorf(tallystick.Internal, "%q is no type of upsert", q.Type)
	}
	if sc == nil {
		return nil, nil
	}
	s := e.source(q.Type, "e")
	if events, known, err := e.state(ctx, sc, s.table, false); known || err != nil {
		return entitiesOf(events, t, sc.Tenant(), q.IDs), err
	}
	st := &statement{}
	id := s.text(t.Rules[0].Field)
	if q.Type == tallystick.TenantUpserted {
		id = st.bind(sc.Tenant())
	}
	where := s.scope(st, sc, q.Type)
	if q.IDs != nil {
		where = append(where, listed(st, id, q.IDs))
	}
	wanted := []string{id + " AS id"}
	order := orderOf(s.column("time"), s.column("seq"))
	for _, r := range t.Rules {
		// ARG_MAX looks past NULLs. A boolean is told as text, a number as digits.
		column := s.column(r.Field.String())
		wanted = append(wanted, "ARG_MAX("+column+", "+order+")::VARCHAR")
	}
	st.add("SELECT "+strings.Join(wanted, ",\n  "),
		"FROM "+s.from(),
		"WHERE "+strings.Join(where, "\n  AND "),
		"GROUP BY id",
		"ORDER BY id")
	var entities []tallystick.Entity
	var x tallystick.Entity
	texts := make([]sql.NullString, len(t.Rules))
	into := []any{&x.ID}
	for i := range texts {
		into = append(into, &texts[i])
	}
	err = st.run(ctx, e, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		x.Values = valuesOf(t, texts)
		entities = append(entities, x)
		return nil
	})
	return entities, err
}

// Tenants implements [tallystick.Answerer].
func (e *Engine) Tenants(_ context.Context, asOf tallystick.Position, before tallystick.Instant) ([]string, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	var tenants []string
	for name, t := range e.tenants {
		if t.since(asOf, before) != tallystick.MinInstant {
			tenants = append(tenants, name)
		}
	}
	slices.Sort(tenants)
	return tenants, nil
}
