package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick/internal/control"
)

// needs is what a route asks of who calls it. The handlers check reach; this is the one place that says what they may do at all.
type needs struct {
	public    bool // anybody
	signedIn  bool // any member or key
	listing   bool // the listing of tenants: TENANTS:VIEW, or either ADD that includes it
	entity    control.Entity
	action    control.Action
	or        [2]control.Permission // each instead; zero Permissions: nothing else will do
	scope     control.Scope         // a key with it: of a route with an entity instead of the permission, of one without its handler sees to that
	membersOf bool                  // members only, not keys
	delivered bool                  // or a member to whom it was sent: the handler sees to that
}

// String says in words what is needed, for the description of the API.
func (n needs) String() string {
	what := "Anybody may call it."
	switch {
	case n.listing:
		what = "Needs TENANTS:VIEW, EXPORT_REPORTS:ADD or SCHEDULED_TASKS:ADD."
	case n.entity != "":
		what = "Needs " + string(n.entity) + ":" + string(n.action) + "."
		for i, p := range n.or {
			if p != (control.Permission{}) {
				between := " or "
				if i+1 < len(n.or) && n.or[i+1] != (control.Permission{}) {
					between = ", "
				}
				what = strings.TrimSuffix(what, ".") + between + string(p.Entity) + ":" + string(p.Action) + "."
			}
		}
		if n.scope != "" {
			what = strings.TrimSuffix(what, ".") + ", or a key with the scope " + string(n.scope) + "."
		}
	case n.scope != "":
		what = "Needs a key with the scope " + string(n.scope) + "."
	case !n.public:
		what = "Needs a session or a key."
	}
	if n.delivered {
		what = strings.TrimSuffix(what, ".") + ", or that it was sent to the member by a link."
	}
	if n.membersOf {
		what = strings.TrimSuffix(what, ".") + ", of a member."
	}
	return what
}

// route is a call of the API with what it needs. Every route of the API is made by [handle], so that the table of them is whole.
type route struct {
	method, path string
	needs
	id, summary string
	tag         string
	status      int    // of success; 0: 201 for POST, 204 for DELETE, 200 for others
	repeatable  bool   // it makes something, and may be repeated under an Idempotency-Key
	once        string // member of its answer that is shown this once, and not when it is repeated
}

// handle registers a route.
func handle[In, Out any](api huma.API, r route, fn func(context.Context, *In) (*Out, error)) {
	if r.needs == (needs{}) {
		panic("the route " + r.id + " does not say what it needs")
	}
	if r.status == 0 {
		r.status = map[string]int{http.MethodPost: http.StatusCreated, http.MethodDelete: http.StatusNoContent}[r.method]
	}
	op := huma.Operation{
		Method: r.method, Path: r.path, OperationID: r.id, Summary: r.summary, Description: r.needs.String(), Tags: []string{r.tag}, DefaultStatus: r.status,
		Metadata: map[string]any{"needs": r.needs, "repeatable": r.repeatable, "once": r.once}, MaxBodyBytes: longestBody(r.path),
	}
	if !r.public {
		op.Security = []map[string][]string{{"session": {}}}
		if !r.membersOf {
			op.Security = append(op.Security, map[string][]string{"key": {}})
		}
	}
	if r.repeatable {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "A request that is repeated under the same key within a day is not done again: it is answered as the first time, but for what is shown once, which left_out names; the header Idempotency-Replayed is true.",
		})
	}
	huma.Register(api, op, func(ctx context.Context, in *In) (*Out, error) {
		out, err := fn(ctx, in)
		if err != nil {
			return nil, answerOf(ctx, err)
		}
		return out, nil
	})
}
