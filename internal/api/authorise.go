package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// authorised lets a request through to its route when whoever makes it may do at all what the route does. It is the one place that decides so, by what the route
// says that it needs. To whom it may be done, the reach, is decided where the thing is looked up.
func (s *Server) authorised(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	c := callOf(r.Context())
	n, ok := ctx.Operation().Metadata["needs"].(needs)
	err := error(nil)
	switch {
	case !ok:
		err = fmt.Errorf("the route %s does not say what it needs", ctx.Operation().OperationID)
	case n.public:
	case c.actor.Kind != control.MemberActor && c.actor.Kind != control.KeyActor:
		err = unauthenticated(c.refused)
	default:
		if err = n.allows(&c.actor); err != nil {
			err = s.refuse(r.Context(), ctx.Operation().OperationID, err)
		}
	}
	if err != nil {
		WriteProblem(w, s.Logger, err)
		return
	}
	next(ctx)
}

// allows returns an error of code Denied unless somebody who was recognised may use the route.
func (n needs) allows(a *control.Actor) error {
	switch {
	case n.membersOf && a.Kind != control.MemberActor:
		return tallystick.Errorf(tallystick.Denied, "this is for members, not for keys").WithHint("sign in")
	case n.listing && !a.CanListTenants():
		return a.Need(control.Tenants, control.View)
	case slices.ContainsFunc(n.or[:], func(p control.Permission) bool { return p != (control.Permission{}) && a.Can(p.Entity, p.Action) }):
		return nil
	case n.scope != "" && a.Kind == control.KeyActor:
		return a.NeedScope(n.scope)
	case n.delivered && a.Kind == control.MemberActor:
		return nil
	case n.entity != "":
		return a.Need(n.entity, n.action)
	}
	return nil
}

// refuse writes into the audit log that somebody was refused, and returns why. One that can't be written is no answer, and who has many refusals written waits: a
// program with the wrong key must not fill the log.
func (s *Server) refuse(ctx context.Context, route string, reason error) error {
	a := callOf(ctx).actor
	if err := s.limits.take("refusals of "+string(a.Kind)+" "+a.ID, byRefusal, s.Now()); err != nil {
		return err
	}
	err := s.Control.AppendAudit(context.WithoutCancel(ctx), a, control.Entry{
		Action: "refused", Tenant: a.Tenant, ObjectKind: "route", ObjectID: route, After: map[string]string{"reason": reason.Error()},
	})
	if err != nil {
		return err
	}
	return reason
}
