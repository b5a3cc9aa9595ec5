package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/usage"
)

// Tenant is somebody whose usage is reported: its place in the tree, and what its events say of it.
type Tenant struct {
	ID       string `json:"id"`
	Provider string `json:"provider" doc:"the tenant above it; empty: the service provider"`
	usage.TenantAttributes
}

type tenantsWanted struct {
	Page
	Search string   `query:"search" maxLength:"200" doc:"a part of the id or the company's name, whatever the case"`
	Filter []string `query:"filter,explode" maxItems:"20" doc:"FIELD:OPERATOR:VALUE, of which all must hold. Fields: company_name, hostname, contract_mode, locked, provider. Operators: equals, not-equals, contains, not-contains, starts-with, ends-with; they don't see the case of letters."`
}

type tenantPut struct {
	Named
	Body struct {
		Provider string `json:"provider" maxLength:"1024" doc:"the tenant above it; empty: the service provider"`
	}
}

type tenantBody struct{ Body Tenant }

// registerTenants registers what is done with tenants.
func (s *Server) registerTenants(api huma.API) {
	const tag, path = "Tenants", "/api/v1/tenants"
	handle(api, route{method: http.MethodGet, path: path, id: "list-tenants", summary: "List the tenants in reach, by id", tag: tag, needs: needs{listing: true}}, s.listTenants)
	handle(api, route{method: http.MethodGet, path: path + "/{id}", id: "get-tenant", summary: "One tenant", tag: tag, needs: needs{listing: true}},
		func(ctx context.Context, in *Named) (*tenantBody, error) {
			t, err := s.tenant(ctx, in.ID)
			return &tenantBody{t}, err
		})
	handle(api, route{
		method: http.MethodPut, path: path + "/{id}/provider", id: "put-tenant", summary: "Put a tenant below another, with all below it", tag: tag, status: http.StatusNoContent,
		needs: needs{entity: control.Tenants, action: control.Edit, or: [2]control.Permission{{Entity: control.Tenants, Action: control.Add}}},
	}, s.putTenant)
	handle(api, route{
		method: http.MethodPatch, path: path + "/{id}", id: "edit-tenant", summary: "Change what is said of a tenant", tag: tag,
		needs: needs{entity: control.Tenants, action: control.Edit},
	}, s.editTenant)
	handle(api, route{
		method: http.MethodDelete, path: path + "/{id}", id: "remove-tenant", summary: "Take a tenant out of the tree; its events stay", tag: tag,
		needs: needs{entity: control.Tenants, action: control.Remove},
	}, func(ctx context.Context, in *Named) (*empty, error) {
		return nil, s.Control.RemoveTenant(ctx, actorOf(ctx), in.ID)
	})
}

// tenant returns a tenant in reach that the tree or an event knows. One's own is always known.
func (s *Server) tenant(ctx context.Context, id string) (Tenant, error) {
	a := actorOf(ctx)
	t := Tenant{ID: id}
	if !a.Reach.Holds(id) || id == "" {
		return t, notHere("tenant", id)
	}
	place, known, err := s.Control.Tenant(ctx, a, id)
	if err != nil {
		return t, err
	}
	t.Provider = place.Parent
	err = s.ask(func(engine tallystick.Answerer) (err error) {
		var told bool
		if t.TenantAttributes, told, err = usage.Attributes(ctx, engine, tallystick.Position{}, id); err != nil {
			return err
		}
		if known = known || told || id == a.Tenant; known {
			return nil
		}
		ids, err := engine.Tenants(ctx, tallystick.Position{}, tallystick.MaxInstant)
		for _, one := range ids {
			known = known || one == id
		}
		return err
	})
	if err == nil && !known {
		err = notHere("tenant", id)
	}
	return t, err
}
