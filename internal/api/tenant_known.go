package api

import (
	"context"
	"slices"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// knows reports whether the tree or an event knows a tenant, and whether that could be found out: while the engine can't be asked, one that the tree does not hold may be
// known or not. It tells nothing about reach: the caller has seen to that, or tells nobody.
func (s *Server) knows(ctx context.Context, tenant string) (known, sure bool, err error) {
	if _, known, err = s.Control.Tenant(ctx, control.System("look for a tenant"), tenant); known || err != nil {
		return known, true, err
	}
	s.settle(ctx)
	err = s.ask(func(engine tallystick.Answerer) error {
		ids, err := engine.Tenants(ctx, tallystick.Position{}, tallystick.MaxInstant)
		known = slices.Contains(ids, tenant)
		return err
	})
	if tallystick.CodeOf(err) == tallystick.Unavailable {
		return false, false, nil
	}
	return known, true, err
}

// settle waits a moment for the engine to apply what is durable: whoever asks may just have been told that it is accepted.
func (s *Server) settle(ctx context.Context) {
	if s.answering() != nil {
		return
	}
	const moment = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	s.Events.Wait(ctx, s.Events.Head()) // an engine that has failed says so when it is asked
}

// putTenant puts a tenant below a provider that is known: one whose name is misspelt would be a tenant that nobody has meant.
func (s *Server) putTenant(ctx context.Context, in *tenantPut) (*empty, error) {
	a := actorOf(ctx)
	if provider := in.Body.Provider; provider != "" && a.Reach.Holds(provider) {
		known, sure, err := s.knows(ctx, provider)
		if err != nil {
			return nil, err
		}
		if sure && !known && provider != in.ID {
			return nil, tallystick.Errorf(tallystick.NotFound, "there is no tenant %q", cut(provider, 80)).At("provider").
				WithHint("correct its name; one without events is put into the tree first, below the service provider")
		}
	}
	return nil, s.Control.PutTenant(ctx, a, control.Tenant{ID: in.ID, Parent: in.Body.Provider})
}
