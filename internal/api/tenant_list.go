package api

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/usage"
)

// listTenants lists the tenants that the tree or an event knows, with what their events say of them. Without a filter only those of the page are asked for.
func (s *Server) listTenants(ctx context.Context, in *tenantsWanted) (*listBody[Tenant], error) {
	filter, err := usage.ParseTenantFilter(in.Filter)
	if err != nil {
		return nil, err
	}
	after, err := base64.RawURLEncoding.Strict().DecodeString(in.After)
	if err != nil {
		return nil, tallystick.Errorf(tallystick.Invalid, "%q is not a place in a list", cut(in.After, 80)).At("query.after").WithHint("use next of the page before it")
	}
	above, err := usage.Providers(ctx, s.Control, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	out := &listBody[Tenant]{List[Tenant]{Items: []Tenant{}}}
	err = s.ask(func(engine tallystick.Answerer) error {
		ids, err := s.tenantIDs(ctx, engine, above)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if in.After != "" && id <= string(after) {
				continue
			}
			t := Tenant{ID: id, Provider: above[id]}
			if t.TenantAttributes, _, err = usage.Attributes(ctx, engine, tallystick.Position{}, id); err != nil {
				return err
			}
			if !filter.Keeps(t.Provider, &t.TenantAttributes) || !meant(&t, strings.ToLower(in.Search)) {
				continue
			}
			if len(out.Body.Items) == in.Limit { // one more than the page holds
				out.Body.Next = base64.RawURLEncoding.EncodeToString([]byte(out.Body.Items[in.Limit-1].ID))
				return nil
			}
			out.Body.Items = append(out.Body.Items, t)
		}
		return nil
	})
	return out, err
}

// meant reports whether somebody who looks for a text, in lower case, may mean a tenant.
func meant(t *Tenant, text string) bool {
	return strings.Contains(strings.ToLower(t.ID), text) || strings.Contains(strings.ToLower(t.CompanyName), text)
}

// tenantIDs returns the tenants in reach in the order of their ids.
func (s *Server) tenantIDs(ctx context.Context, engine tallystick.Answerer, above map[string]string) ([]string, error) {
	a := actorOf(ctx)
	if !a.Reach.All {
		return a.Reach.List(), nil
	}
	ids, err := engine.Tenants(ctx, tallystick.Position{}, tallystick.MaxInstant)
	if err != nil {
		return nil, err
	}
	ids = slices.Clone(ids)
	for id := range above {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
