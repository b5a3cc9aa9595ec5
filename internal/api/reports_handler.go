package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Handler returns a server of the routes of some parts alone, for who has a door of its own: who says who makes a request, or why there is no answer. What the
// routes need is checked.
func Handler(who func(*http.Request) (control.Actor, error), parts ...interface{ register(huma.API) }) http.Handler {
	ownErrors()
	mux := http.NewServeMux()
	api := humago.New(mux, huma.DefaultConfig("Tallystick", "1"))
	api.UseMiddleware(func(hc huma.Context, next func(huma.Context)) {
		actor := actorOf(hc.Context())
		n, ok := hc.Operation().Metadata["needs"].(needs)
		err := n.allows(&actor)
		if !ok {
			err = tallystick.Errorf(tallystick.Internal, "a route does not say what it needs")
		}
		if err != nil {
			_, w := humago.Unwrap(hc)
			WriteProblem(w, nil, err)
			return
		}
		next(hc)
	})
	for _, part := range parts {
		part.register(api)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actor, err := who(r)
		if err != nil {
			WriteProblem(w, nil, err)
			return
		}
		mux.ServeHTTP(w, r.WithContext(withActor(r.Context(), actor)))
	})
}
