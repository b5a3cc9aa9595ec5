package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick/internal/control"
)

// Role is a name for permissions, and for the roles that its holders may manage.
type Role struct {
	ID          string               `json:"id"`
	Tenant      string               `json:"tenant" doc:"empty: the provider"`
	Name        string               `json:"name" doc:"unique in its tenant, whatever the case"`
	Description string               `json:"description"`
	Permissions []control.Permission `json:"permissions" nullable:"false"`
	ManageAll   bool                 `json:"manage_all" doc:"manages every role that members in reach may have"`
	Manages     []string             `json:"manages" nullable:"false" doc:"otherwise these, by id"`
	ForTenants  bool                 `json:"for_tenants" doc:"a provider's role for the members of every tenant"`
	System      bool                 `json:"system" doc:"comes with the program and can't be changed; clone it"`
}

func roleOf(r control.Role) Role {
	out := Role{r.ID, r.Tenant, r.Name, r.Description, r.Permissions, r.ManageAll, r.Manages, r.ForTenants, r.System}
	if out.Permissions == nil {
		out.Permissions = []control.Permission{}
	}
	if out.Manages == nil {
		out.Manages = []string{}
	}
	return out
}

// RoleContent is what of a role can be changed.
type RoleContent struct {
	Name        string               `json:"name" maxLength:"1000"`
	Description string               `json:"description,omitempty" maxLength:"10000"`
	Permissions []control.Permission `json:"permissions" nullable:"false" maxItems:"100"`
	ManageAll   bool                 `json:"manage_all,omitempty"`
	Manages     []string             `json:"manages,omitempty" maxItems:"1000"`
}

func (c *RoleContent) of(id string) control.Role {
	return control.Role{ID: id, Name: c.Name, Description: c.Description, Permissions: c.Permissions, ManageAll: c.ManageAll, Manages: c.Manages}
}

type roleAdded struct {
	Body struct {
		RoleContent
		Tenant     string `json:"tenant,omitempty" maxLength:"1024" doc:"empty: the provider"`
		ForTenants bool   `json:"for_tenants,omitempty"`
	}
}

type roleEdited struct {
	Named
	Body RoleContent
}

type roleCloned struct {
	Named
	Body struct {
		Name   string `json:"name" maxLength:"1000"`
		Tenant string `json:"tenant,omitempty" maxLength:"1024" doc:"empty: the provider"`
	}
}

type roleBody struct{ Body Role }

// registerRoles registers what is done with roles. Whoever may see members may see roles too: they say what members have.
func (s *Server) registerRoles(api huma.API) {
	const tag, path = "Roles", "/api/v1/roles"
	may := func(a control.Action) needs { return needs{entity: control.Roles, action: a} }
	see := needs{entity: control.Roles, action: control.View, or: [2]control.Permission{{Entity: control.Members, Action: control.View}}}
	handle(api, route{method: http.MethodGet, path: path, id: "list-roles", summary: "List the roles that may be seen", tag: tag, needs: see},
		func(ctx context.Context, in *Page) (*listBody[Role], error) {
			l, err := s.Control.Roles(ctx, actorOf(ctx), in.of())
			return listOf(l, roleOf), err
		})
	handle(api, route{method: http.MethodPost, path: path, id: "add-role", summary: "Make a role", tag: tag, needs: may(control.Add), repeatable: true},
		func(ctx context.Context, in *roleAdded) (*roleBody, error) {
			r := in.Body.of("")
			r.Tenant, r.ForTenants = in.Body.Tenant, in.Body.ForTenants
			r, err := s.Control.AddRole(ctx, actorOf(ctx), r)
			return &roleBody{roleOf(r)}, err
		})
	handle(api, route{method: http.MethodGet, path: path + "/{id}", id: "get-role", summary: "One role", tag: tag, needs: see},
		func(ctx context.Context, in *Named) (*roleBody, error) {
			r, err := s.Control.Role(ctx, actorOf(ctx), in.ID)
			return &roleBody{roleOf(r)}, err
		})
	handle(api, route{method: http.MethodPut, path: path + "/{id}", id: "edit-role", summary: "Change a role", tag: tag, needs: may(control.Edit)},
		func(ctx context.Context, in *roleEdited) (*roleBody, error) {
			r, err := s.Control.EditRole(ctx, actorOf(ctx), in.Body.of(in.ID))
			return &roleBody{roleOf(r)}, err
		})
	handle(api, route{method: http.MethodDelete, path: path + "/{id}", id: "remove-role", summary: "Remove a role that no member has", tag: tag, needs: may(control.Remove)},
		func(ctx context.Context, in *Named) (*empty, error) {
			return nil, s.Control.RemoveRole(ctx, actorOf(ctx), in.ID)
		})
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/clone", id: "clone-role", summary: "Make a role that is like another", tag: tag, needs: may(control.Add), repeatable: true,
	}, func(ctx context.Context, in *roleCloned) (*roleBody, error) {
		r, err := s.Control.CloneRole(ctx, actorOf(ctx), in.ID, in.Body.Tenant, in.Body.Name)
		return &roleBody{roleOf(r)}, err
	})
}
