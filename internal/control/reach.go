package control

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Reach is the tenants that somebody may see: their own and all below it, or with All also those that the tree doesn't hold. The zero Reach holds none.
type Reach struct {
	All     bool
	Tenants map[string]struct{}

	root string // the tenant that Tenants are at and below; "" where there are none
}

// Holds reports whether the tenant is in reach. The provider, "", is in the reach of All only.
func (r Reach) Holds(tenant string) bool {
	if r.All {
		return true
	}
	_, ok := r.Tenants[tenant]
	return ok && tenant != ""
}

// List returns the tenants in the order of their ids. With All there may be more than the tree knows, and the list is nil.
func (r Reach) List() []string { return slices.Sorted(maps.Keys(r.Tenants)) }

// below is the query for all tenants below one.
const below = `WITH RECURSIVE below (id) AS (
		SELECT id FROM tenants WHERE parent = ?
		UNION
		SELECT t.id FROM tenants t JOIN below b ON t.parent = b.id
	) SELECT id FROM below`

// within is the condition that a column with a tenant lies in the reach, as the tree is at the time of the query.
func (r Reach) within(column string) (condition string, args []any) {
	switch {
	case r.All:
		return "1 = 1", nil
	case r.root == "":
		return "1 = 0", nil
	}
	return "(" + column + " = ? OR " + column + " IN (" + below + "))", []any{r.root, r.root}
}

// ReachOf returns the reach of a member or key of a tenant; of the provider, "", everything.
func (s *Store) ReachOf(ctx context.Context, tenant string) (Reach, error) {
	return s.single().reachOf(ctx, tenant)
}

func (c conn) reachOf(ctx context.Context, tenant string) (Reach, error) {
	if tenant == "" {
		return Reach{All: true}, nil
	}
	r := Reach{Tenants: map[string]struct{}{tenant: {}}, root: tenant}
	err := c.each(ctx, below, []any{tenant}, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		r.Tenants[id] = struct{}{}
		return err
	})
	if err != nil {
		return Reach{}, fmt.Errorf("read the tenants below %q: %w", tenant, err)
	}
	return r, nil
}
