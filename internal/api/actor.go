package api

import (
	"context"

	"github.com/tallystick/tallystick/internal/control"
)

// actorKey is the key of the actor in a request's context.
type actorKey struct{}

// withActor returns a context that says who makes the request.
func withActor(ctx context.Context, a control.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// actorOf returns who makes the request: the zero Actor, who may nothing, where nobody was recognised.
func actorOf(ctx context.Context) control.Actor {
	a, _ := ctx.Value(actorKey{}).(control.Actor)
	return a
}
