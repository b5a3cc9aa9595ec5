package usage

import (
	"context"
	"slices"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/report"
)

// Reached is an engine as somebody may see it: the tenants that it lists are those in reach, so that any other does not exist, for one who asks for it by name as
// for one who asks for all; and a query about another is refused, should one ever be made.
type Reached struct {
	engine tallystick.Answerer
	reach  control.Reach
	empty  bool // nothing was applied when the request began, and so nothing is there for it

	ledger  report.Ledger
	arrived func(ctx context.Context, tenant string, from, before tallystick.Instant, fn func(*tallystick.Record) error) error
}

func (r *Reached) Tenants(ctx context.Context, asOf tallystick.Position, before tallystick.Instant) ([]string, error) {
	if r.empty {
		return nil, nil
	}
	tenants, err := r.engine.Tenants(ctx, asOf, before)
	return slices.DeleteFunc(slices.Clone(tenants), func(t string) bool { return !r.reach.Holds(t) }), err
}

// within refuses a query about a tenant out of reach. That is no answer to a request, but a fault of the program.
func (r *Reached) within(s tallystick.Scope) error {
	if err := s.Check(); err != nil {
		return err
	}
	if !r.reach.Holds(s.Tenant()) {
		return tallystick.Errorf(tallystick.Internal, "a query about a tenant out of reach")
	}
	return nil
}

func (r *Reached) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	if err := r.within(q.Scope); err != nil {
		return nil, err
	}
	return r.engine.Tally(ctx, q)
}

// Tallies implements [tallystick.Tallier].
func (r *Reached) Tallies(ctx context.Context, qs []tallystick.Tally) ([][]tallystick.Count, error) {
	for i := range qs {
		if err := r.within(qs[i].Scope); err != nil {
			return nil, err
		}
	}
	return tallystick.Tallies(ctx, r.engine, qs)
}

// Peaks implements [tallystick.Peaker].
func (r *Reached) Peaks(ctx context.Context, qs []tallystick.Peak) ([]tallystick.PeakAnswer, error) {
	for i := range qs {
		if err := r.within(qs[i].Scope); err != nil {
			return nil, err
		}
	}
	return tallystick.Peaks(ctx, r.engine, qs)
}

func (r *Reached) Peak(ctx context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	if err := r.within(q.Scope); err != nil {
		return tallystick.PeakAnswer{}, err
	}
	return r.engine.Peak(ctx, q)
}

func (r *Reached) Entities(ctx context.Context, q tallystick.Entities) ([]tallystick.Entity, error) {
	if err := r.within(q.Scope); err != nil {
		return nil, err
	}
	return r.engine.Entities(ctx, q)
}

func (r *Reached) List(ctx context.Context, q tallystick.List) ([]tallystick.Listed, error) {
	if err := r.within(q.Scope); err != nil {
		return nil, err
	}
	return r.engine.List(ctx, q)
}

func (r *Reached) Events(ctx context.Context, q tallystick.Events) (int64, error) {
	if err := r.within(q.Scope); err != nil {
		return 0, err
	}
	return r.engine.Events(ctx, q)
}

func (r *Reached) Since(ctx context.Context, s tallystick.Scope) (tallystick.Instant, error) {
	if err := r.within(s); err != nil {
		return tallystick.MinInstant, err
	}
	return r.engine.Since(ctx, s)
}

func (r *Reached) Resolutions(ctx context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	if err := r.within(q.Scope); err != nil {
		return nil, err
	}
	return r.engine.Resolutions(ctx, q)
}

func (r *Reached) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	if err := r.within(q.Scope); err != nil {
		return nil, err
	}
	return r.engine.Sessions(ctx, q)
}

func (r *Reached) SessionCounts(ctx context.Context, q tallystick.SessionCounts) ([][]tallystick.Count, error) {
	if err := r.within(q.Scope); err != nil {
		return nil, err
	}
	return r.engine.SessionCounts(ctx, q)
}

func (r *Reached) AllSessionCounts(ctx context.Context, qs []tallystick.SessionCounts) ([][][]tallystick.Count, error) {
	for i := range qs {
		if err := r.within(qs[i].Scope); err != nil {
			return nil, err
		}
	}
	return tallystick.AllSessionCounts(ctx, r.engine, qs)
}

func (r *Reached) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	if err := r.within(q.Scope); err != nil {
		return nil, err
	}
	return r.engine.Conversations(ctx, q)
}

func (r *Reached) Correspondents(ctx context.Context, q tallystick.Correspondents) ([]tallystick.Correspondent, error) {
	if err := r.within(q.Scope); err != nil {
		return nil, err
	}
	return r.engine.Correspondents(ctx, q)
}

func (r *Reached) Arrivals(ctx context.Context, q tallystick.Arrivals) ([]tallystick.Arrival, error) {
	if err := r.within(q.Scope); err != nil {
		return nil, err
	}
	return r.engine.Arrivals(ctx, q)
}

// holds reports whether a tenant of the ledger is in reach. The provider's own part, "", is for those who reach everything.
func (r *Reached) holds(tenant string) bool {
	if tenant == "" {
		return r.reach.All
	}
	return r.reach.Holds(tenant)
}

func (r *Reached) IngestCounts(ctx context.Context, tenant string, from, before tallystick.Instant) ([]tallystick.IngestCount, error) {
	switch {
	case r.ledger == nil:
		return nil, tallystick.Errorf(tallystick.Unavailable, "how events were answered is not known here")
	case !r.holds(tenant):
		return nil, tallystick.Errorf(tallystick.Internal, "a query about a tenant out of reach")
	}
	return r.ledger.IngestCounts(ctx, tenant, from, before)
}

func (r *Reached) IngestCountTenants(ctx context.Context) ([]string, error) {
	if r.ledger == nil {
		return nil, nil
	}
	tenants, err := r.ledger.IngestCountTenants(ctx)
	return slices.DeleteFunc(slices.Clone(tenants), func(t string) bool { return !r.holds(t) }), err
}

func (r *Reached) Arrived(ctx context.Context, tenant string, from, before tallystick.Instant, fn func(*tallystick.Record) error) error {
	switch {
	case r.arrived == nil:
		return tallystick.Errorf(tallystick.Unavailable, "single times of receipt are not known here")
	case !r.holds(tenant):
		return tallystick.Errorf(tallystick.Internal, "a query about a tenant out of reach")
	}
	return r.arrived(ctx, tenant, from, before, fn)
}

var (
	_ report.Ledger  = (*Reached)(nil)
	_ report.Arrived = (*Reached)(nil)
)

var _ tallystick.Answerer = (*Reached)(nil)
