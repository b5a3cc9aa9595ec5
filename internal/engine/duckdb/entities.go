package duckdb

import (
	"context"
	"database/sql"
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
	st := &statement{}
	s := e.source(q.Type, "e")
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
	err = st.run(ctx, e.readers, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		x.Values = make(map[tallystick.Field]string, len(t.Rules))
		for i, text := range texts {
			switch r := &t.Rules[i]; {
			case text.Valid && text.String != "":
				x.Values[r.Field] = text.String
			case !text.Valid && r.Default != "":
				x.Values[r.Field] = r.Default
			}
		}
		entities = append(entities, x)
		return nil
	})
	return entities, err
}

// Tenants implements [tallystick.Answerer].
func (e *Engine) Tenants(ctx context.Context, asOf tallystick.Position, before tallystick.Instant) ([]string, error) {
	st := &statement{}
	st.add("SELECT DISTINCT t.name",
		"FROM tenants AS t",
		"JOIN first_events AS f ON f.tenant = t.tenant",
		"WHERE f.time < "+st.bind(before))
	if !asOf.IsZero() {
		st.add("  AND f.seq <= " + st.bind(int64(min(asOf.Sequence, 1<<63-1))))
	}
	st.add("ORDER BY t.name")
	var tenants []string
	var name string
	err := st.run(ctx, e.readers, func(scan func(...any) error) error {
		err := scan(&name)
		tenants = append(tenants, name)
		return err
	})
	return tenants, err
}
