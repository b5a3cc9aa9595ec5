package api

import (
	"context"
	"net/http"

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
	membersOf bool // members only, not keys
}

// route is a call of the API with what it needs. Every route of the API is made by [handle], so that the table of them is whole.
type route struct {
	method, path string
	needs
	id, summary string
	tag         string
}

// handle registers a route.
func handle[In, Out any](api huma.API, r route, fn func(context.Context, *In) (*Out, error)) {
	huma.Register(api, huma.Operation{
		Method: r.method, Path: r.path, OperationID: r.id, Summary: r.summary, Tags: []string{r.tag}, Metadata: map[string]any{"needs": r.needs},
		DefaultStatus: map[string]int{http.MethodPost: http.StatusCreated, http.MethodDelete: http.StatusNoContent}[r.method],
	}, fn)
}
