package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Member is a person who signs in.
type Member struct {
	ID      string         `json:"id"`
	Email   string         `json:"email"`
	Name    string         `json:"name"`
	Tenant  string         `json:"tenant" doc:"empty: the provider"`
	Roles   []string       `json:"roles" nullable:"false" doc:"ids"`
	Status  control.Status `json:"status" enum:"invited,active,disabled"`
	Created Time           `json:"created"`
}

func memberOf(m control.Member) Member {
	return Member{m.ID, m.Email, m.Name, m.Tenant, m.Roles, m.Status, Time(m.Created)}
}

// NewLink is a link that was just made. It is shown this once.
type NewLink struct {
	Kind    control.LinkKind `json:"kind" enum:"invitation,password-reset"`
	Link    string           `json:"link,omitempty" doc:"address of the one-time link; shown this once"`
	LeftOut string           `json:"left_out,omitempty" doc:"in the answer to a repeated request, what is shown once and so is not in it"`
}

// NewMember is a member that was just invited.
type NewMember struct {
	Member  Member `json:"member"`
	Link    string `json:"link,omitempty" doc:"address of the one-time link by which the member chooses its password; shown this once"`
	LeftOut string `json:"left_out,omitempty" doc:"in the answer to a repeated request, what is shown once and so is not in it"`
}

type membersWanted struct {
	Page
	Search string `query:"search" maxLength:"200" doc:"a part of the e-mail or the name, whatever the case"`
	Tenant string `query:"tenant" maxLength:"1024"`
	Status string `query:"status" enum:"invited,active,disabled"`
}

type memberAdded struct {
	Body struct {
		Email  string   `json:"email" maxLength:"320"`
		Name   string   `json:"name" maxLength:"1000"`
		Tenant string   `json:"tenant,omitempty" maxLength:"1024" doc:"empty: the provider"`
		Roles  []string `json:"roles" nullable:"false" maxItems:"100" doc:"ids, at least one"`
	}
}

type memberEdited struct {
	Named
	Body struct {
		Email *string  `json:"email,omitempty" maxLength:"320"`
		Name  *string  `json:"name,omitempty" maxLength:"1000"`
		Roles []string `json:"roles,omitempty" maxItems:"100"`
	}
}

type memberBody struct{ Body Member }

// registerMembers registers what is done with members.
func (s *Server) registerMembers(api huma.API) {
	const tag, path = "Members", "/api/v1/members"
	may := func(a control.Action) needs { return needs{entity: control.Members, action: a} }
	handle(api, route{method: http.MethodGet, path: path, id: "list-members", summary: "List the members in reach, by e-mail", tag: tag, needs: may(control.View)},
		func(ctx context.Context, in *membersWanted) (*listBody[Member], error) {
			l, err := s.Control.Members(ctx, actorOf(ctx), control.MemberFilter{Search: in.Search, Tenant: in.Tenant, Status: control.Status(in.Status)}, in.of())
			return listOf(l, memberOf), err
		})
	handle(api, route{
		method: http.MethodPost, path: path, id: "add-member", summary: "Invite a member", tag: tag, needs: may(control.Add), repeatable: true, once: "link",
	}, func(ctx context.Context, in *memberAdded) (*struct{ Body NewMember }, error) {
		m, token, err := s.Control.AddMember(ctx, actorOf(ctx), control.Member{Email: in.Body.Email, Name: in.Body.Name, Tenant: in.Body.Tenant, Roles: in.Body.Roles})
		return &struct{ Body NewMember }{NewMember{Member: memberOf(m), Link: s.linkURL(ctx, token)}}, err
	})
	handle(api, route{method: http.MethodGet, path: path + "/{id}", id: "get-member", summary: "One member", tag: tag, needs: may(control.View)},
		func(ctx context.Context, in *Named) (*memberBody, error) {
			return s.member(ctx, in.ID, nil)
		})
	handle(api, route{method: http.MethodPatch, path: path + "/{id}", id: "edit-member", summary: "Change a member", tag: tag, needs: may(control.Edit)},
		func(ctx context.Context, in *memberEdited) (*memberBody, error) {
			m, err := s.Control.EditMember(ctx, actorOf(ctx), in.ID, control.MemberEdit{Email: in.Body.Email, Name: in.Body.Name, Roles: in.Body.Roles})
			return &memberBody{memberOf(m)}, err
		})
	handle(api, route{method: http.MethodDelete, path: path + "/{id}", id: "remove-member", summary: "Remove a member", tag: tag, needs: may(control.Remove)},
		func(ctx context.Context, in *Named) (*empty, error) {
			return nil, s.Control.RemoveMember(ctx, actorOf(ctx), in.ID)
		})
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/disable", id: "disable-member", summary: "Keep a member from signing in", tag: tag, needs: may(control.Edit),
		status: http.StatusNoContent,
	}, func(ctx context.Context, in *Named) (*empty, error) {
		return nil, s.Control.DisableMember(ctx, actorOf(ctx), in.ID)
	})
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/enable", id: "enable-member", summary: "Let a disabled member sign in again", tag: tag, needs: may(control.Edit),
		status: http.StatusNoContent,
	}, func(ctx context.Context, in *Named) (*empty, error) {
		return nil, s.Control.EnableMember(ctx, actorOf(ctx), in.ID)
	})
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/link", id: "add-member-link", summary: "Make a new one-time link for a member", tag: tag,
		needs: may(control.Edit), repeatable: true, once: "link",
	}, func(ctx context.Context, in *Named) (*struct{ Body NewLink }, error) {
		kind, token, err := s.Control.NewLink(ctx, actorOf(ctx), in.ID)
		return &struct{ Body NewLink }{NewLink{Kind: kind, Link: s.linkURL(ctx, token)}}, err
	})
}

// member answers with one member, unless what was done before went wrong.
func (s *Server) member(ctx context.Context, id string, before error) (*memberBody, error) {
	if before != nil {
		return nil, before
	}
	m, err := s.Control.Member(ctx, actorOf(ctx), id)
	return &memberBody{memberOf(m)}, err
}

// notHere is the answer for what is not there, or not for who asks.
func notHere(kind, id string) error {
	return tallystick.Errorf(tallystick.NotFound, "there is no %s %q", kind, cut(id, 80))
}
