package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick/internal/control"
)

// Who is who makes a request, and what they may do.
type Who struct {
	Kind           control.ActorKind    `json:"kind" enum:"member,key"`
	ID             string               `json:"id"`
	Name           string               `json:"name" doc:"e-mail of a member, name of a key"`
	Tenant         string               `json:"tenant" doc:"empty: the provider"`
	Permissions    []control.Permission `json:"permissions" nullable:"false"`
	Scopes         []control.Scope      `json:"scopes,omitempty" doc:"of a key"`
	Reach          Reach                `json:"reach"`
	ManagesAll     bool                 `json:"manages_all" doc:"manages every role of the members in reach"`
	Manages        []string             `json:"manages" nullable:"false" doc:"otherwise these, by id"`
	CanListTenants bool                 `json:"can_list_tenants"`
	FullName       string               `json:"full_name,omitempty" doc:"of a member"`
	PublicURL      string               `json:"public_url" doc:"where people find the server"`
	TimeZone       string               `json:"time_zone" doc:"of the provider, as the setting says it; empty where nobody has set it"`
	Version        string               `json:"version" doc:"of the program"`
	Now            Time                 `json:"now" doc:"by the clock of the server"`
	Session        string               `json:"session,omitempty" doc:"id of the session"`
	Mailbox        bool                 `json:"mailbox" doc:"mails are kept in place of being sent, and may be looked at"`
}

// Reach says in short which tenants somebody may see.
type Reach struct {
	All     bool `json:"all" doc:"every tenant"`
	Tenants int  `json:"tenants" doc:"otherwise how many: the own one and those below it"`
}

// SessionState is who makes a request, for a page that does not know yet whether anybody is signed in: to be nobody is an answer of it, and no mistake.
type SessionState struct {
	Who *Who `json:"who,omitempty" doc:"Missing: nobody is signed in, or no longer."`
}

type signIn struct {
	Body struct {
		Email    string `json:"email" maxLength:"320"`
		Password string `json:"password" maxLength:"1000"`
	}
}

type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Who
}

type signedOff struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// Session is a member signed in somewhere.
type Session struct {
	ID      string `json:"id"`
	Created Time   `json:"created"`
	Used    Time   `json:"used" doc:"to the minute"`
	Expires Time   `json:"expires" doc:"at the latest"`
	Agent   string `json:"agent" doc:"user agent at sign-in"`
	Address string `json:"address" doc:"at sign-in"`
	Current bool   `json:"current" doc:"the one that asks"`
}

// registerSessions registers how members sign in and out, and where they are signed in.
func (s *Server) registerSessions(api huma.API) {
	const tag = "Sessions"
	handle(api, route{
		method: http.MethodPost, path: "/api/v1/session", id: "sign-in", summary: "Sign in by e-mail and password", tag: tag, needs: needs{public: true},
		status: http.StatusOK,
	}, func(ctx context.Context, in *signIn) (*signedIn, error) {
		c := callOf(ctx)
		token, err := s.Control.SignIn(ctx, c.from(), in.Body.Email, in.Body.Password)
		if err != nil {
			return nil, wrongPassword(err)
		}
		a, err := s.Control.SessionActor(ctx, token, c.from())
		if err != nil {
			return nil, err
		}
		who, err := s.who(ctx, &a)
		return &signedIn{s.setSession(ctx, token), who}, err
	})
	handle(api, route{
		method: http.MethodGet, path: "/api/v1/session", id: "get-session", summary: "Who I am, and what I may do", tag: tag, needs: needs{signedIn: true},
	}, func(ctx context.Context, _ *empty) (*struct{ Body Who }, error) {
		a := actorOf(ctx)
		who, err := s.who(ctx, &a)
		return &struct{ Body Who }{who}, err
	})
	handle(api, route{
		method: http.MethodGet, path: "/api/v1/session-state", id: "get-session-state", summary: "Who I am, if anybody", tag: tag, needs: needs{public: true},
	}, func(ctx context.Context, _ *empty) (*struct{ Body SessionState }, error) {
		a := actorOf(ctx)
		if a.Kind != control.MemberActor && a.Kind != control.KeyActor {
			return &struct{ Body SessionState }{}, nil
		}
		who, err := s.who(ctx, &a)
		return &struct{ Body SessionState }{SessionState{&who}}, err
	})
	handle(api, route{
		method: http.MethodDelete, path: "/api/v1/session", id: "sign-out", summary: "Sign out", tag: tag, needs: needs{signedIn: true, membersOf: true},
	}, func(ctx context.Context, _ *empty) (*signedOff, error) {
		a := actorOf(ctx)
		return &signedOff{s.setSession(ctx, "")}, s.Control.RevokeSession(ctx, a, a.Session)
	})
	handle(api, route{
		method: http.MethodGet, path: "/api/v1/sessions", id: "list-sessions", summary: "Where I am signed in", tag: tag, needs: needs{signedIn: true, membersOf: true},
	}, func(ctx context.Context, _ *empty) (*listBody[Session], error) {
		list, err := s.Control.Sessions(ctx, actorOf(ctx))
		return pageOf(list, "", func(x control.Session) Session {
			return Session{x.ID, Time(x.Created), Time(x.Used), Time(x.Expires), x.Agent, x.Address, x.Current}
		}), err
	})
	handle(api, route{
		method: http.MethodDelete, path: "/api/v1/sessions/{id}", id: "revoke-session", summary: "End one of my sessions", tag: tag,
		needs: needs{signedIn: true, membersOf: true},
	}, func(ctx context.Context, in *Named) (*empty, error) {
		return nil, s.Control.RevokeSession(ctx, actorOf(ctx), in.ID)
	})
}

// who describes somebody to themselves.
func (s *Server) who(ctx context.Context, a *control.Actor) (Who, error) {
	w := Who{
		Kind: a.Kind, ID: a.ID, Name: a.Name, Tenant: a.Tenant, Permissions: a.Permissions, Scopes: a.Scopes, ManagesAll: a.ManageAll, Manages: a.Manages,
		CanListTenants: a.CanListTenants(), Reach: Reach{All: a.Reach.All, Tenants: len(a.Reach.Tenants)}, PublicURL: s.publicURL(ctx), Version: s.Version,
		Now: Time(s.Control.Now()), Session: a.Session, Mailbox: s.readsMailbox(a),
	}
	if err := s.Control.Setting(ctx, "time_zone", &w.TimeZone); err != nil {
		return Who{}, err
	}
	if w.Permissions == nil {
		w.Permissions = []control.Permission{}
	}
	if w.Manages == nil {
		w.Manages = []string{}
	}
	if a.Kind == control.MemberActor {
		m, err := s.Control.Member(ctx, *a, a.ID)
		if err != nil {
			return Who{}, err
		}
		w.FullName = m.Name
	}
	return w, nil
}

// wrongPassword gives the refusal of a sign-in its status: whoever asks is not known, which is another thing than may not.
func wrongPassword(err error) error {
	if Status(err) == http.StatusForbidden {
		return WithStatus(http.StatusUnauthorized, err)
	}
	return err
}

// publicURL returns where people find the server, without a slash at its end; where nobody has said it, where it listens.
func (s *Server) publicURL(ctx context.Context) string {
	if url := s.saidURL(ctx); url != "" {
		return url
	}
	return strings.TrimRight(s.Address, "/")
}

// saidURL returns where people find the server, as a flag or the Settings say; "" where neither does.
func (s *Server) saidURL(ctx context.Context) string {
	url := s.PublicURL
	if url == "" {
		if err := s.Control.Setting(ctx, "public_url", &url); err != nil {
			return ""
		}
	}
	return strings.TrimRight(url, "/")
}
