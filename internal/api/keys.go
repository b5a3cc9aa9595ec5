package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Key is what a program uses in place of a member's session.
type Key struct {
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Tenant  string          `json:"tenant" doc:"empty: all tenants, also future ones"`
	Scopes  []control.Scope `json:"scopes" nullable:"false"`
	Expires Time            `json:"expires"`
	Revoked Time            `json:"revoked"`
	Created Time            `json:"created"`
	Maker   string          `json:"maker" doc:"who made it; empty when that is out of reach"`
	Used    Time            `json:"used" doc:"to the minute"`
}

func keyOf(k control.Key) Key {
	return Key{k.ID, k.Name, k.Tenant, k.Scopes, Time(k.Expires), Time(k.Revoked), Time(k.Created), k.Maker, Time(k.Used)}
}

// NewKey is a key that was just made.
type NewKey struct {
	Key  Key    `json:"key"`
	Text string `json:"text,omitempty" doc:"what the program sends as Authorization: Bearer …; shown this once"`
	// Known says whether the tenant of the key is one already; nil: there is none, or it is not known now.
	Known   *bool  `json:"known,omitempty" doc:"whether the tree or an event knows the tenant: one that nobody knows yet may be misspelt, or its first event comes with this key; missing: the key is for all, or it is not known now"`
	LeftOut string `json:"left_out,omitempty" doc:"in the answer to a repeated request, what is shown once and so is not in it"`
}

type keyAdded struct {
	Body struct {
		Name    string          `json:"name" maxLength:"1000"`
		Tenant  string          `json:"tenant,omitempty" maxLength:"1024" doc:"empty: all tenants"`
		Scopes  []control.Scope `json:"scopes" nullable:"false" maxItems:"10" doc:"ingest, attributes, read, quarantine"`
		Expires Time            `json:"expires,omitempty"`
	}
}

// registerKeys registers what is done with keys.
func (s *Server) registerKeys(api huma.API) {
	const tag, path = "Keys", "/api/v1/keys"
	may := func(a control.Action) needs { return needs{entity: control.Ingest, action: a} }
	handle(api, route{method: http.MethodGet, path: path, id: "list-keys", summary: "List the keys in reach", tag: tag, needs: may(control.View)},
		func(ctx context.Context, in *Page) (*listBody[Key], error) {
			l, err := s.Control.Keys(ctx, actorOf(ctx), in.of())
			return listOf(l, keyOf), err
		})
	handle(api, route{
		method: http.MethodPost, path: path, id: "add-key", summary: "Make a key", tag: tag, needs: may(control.Add), repeatable: true, once: "text",
	}, func(ctx context.Context, in *keyAdded) (*struct{ Body NewKey }, error) {
		k, text, err := s.Control.AddKey(ctx, actorOf(ctx), control.Key{
			Name: in.Body.Name, Tenant: in.Body.Tenant, Scopes: in.Body.Scopes, Expires: tallystick.Instant(in.Body.Expires),
		})
		made := NewKey{Key: keyOf(k), Text: text}
		if err == nil && k.Tenant != "" {
			if known, sure, err := s.knows(ctx, k.Tenant); err == nil && sure { // the key is made, whatever else can't be found out
				made.Known = &known
			}
		}
		return &struct{ Body NewKey }{made}, err
	})
	handle(api, route{method: http.MethodDelete, path: path + "/{id}", id: "revoke-key", summary: "Make a key good for nothing, for ever", tag: tag, needs: may(control.Remove)},
		func(ctx context.Context, in *Named) (*empty, error) {
			return nil, s.Control.RevokeKey(ctx, actorOf(ctx), in.ID)
		})
}
