package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
)

// ReportLimits say how much may be asked at once. Zero values mean what is said behind them.
type ReportLimits struct {
	AtOnce    int           // reports of all that are made at the same time; 8
	PerTenant int           // of those, the most that the members and keys of one tenant have; 4
	Waiting   int           // the most of one tenant that wait for their turn; 16
	Lag       time.Duration // longest wait for the engine to apply what was durable when the question came; 2 s
	Patience  time.Duration // longest wait for a turn; 15 s
	Time      time.Duration // longest time of a report from its turn to its last byte; 5 min
}

func (l ReportLimits) withDefaults() ReportLimits {
	for _, n := range []struct {
		limit   *int
		initial int
	}{{&l.AtOnce, 8}, {&l.PerTenant, 4}, {&l.Waiting, 16}} {
		if *n.limit == 0 {
			*n.limit = n.initial
		}
	}
	if l.Lag == 0 {
		l.Lag = 2 * time.Second
	}
	if l.Patience == 0 {
		l.Patience = 15 * time.Second
	}
	if l.Time == 0 {
		l.Time = 5 * time.Minute
	}
	return l
}

// turns lets reports be made a few at a time. Whoever waits for a turn waits behind others of the tenant first, so that one tenant's waiting never keeps another from
// its turn longer than the few reports that it may make at once.
type turns struct {
	limits ReportLimits
	all    chan struct{}

	mu      sync.Mutex
	tenants map[string]*tenantTurns // of those that have or wait for a turn
}

type tenantTurns struct {
	slots chan struct{}
	in    int // with a turn, or waiting for one
}

func newTurns(l ReportLimits) *turns {
	return &turns{limits: l, all: make(chan struct{}, l.AtOnce), tenants: map[string]*tenantTurns{}}
}

// take waits for a turn of somebody of a tenant. The turn lasts until it is given back.
func (t *turns) take(ctx context.Context, tenant string) (back func(), err error) {
	own := t.join(tenant)
	if own == nil {
		return nil, WithStatus(http.StatusTooManyRequests,
			tallystick.Errorf(tallystick.Unavailable, "%d reports are being made or wait already", t.limits.PerTenant+t.limits.Waiting).WithHint("ask again in a moment"))
	}
	ctx, cancel := context.WithTimeout(ctx, t.limits.Patience)
	defer cancel()
	tooLong := func() error {
		t.leave(tenant)
		return tallystick.Errorf(tallystick.Unavailable, "other reports are being made, and this one did not get its turn in %s", t.limits.Patience).WithHint("ask again in a moment")
	}
	select {
	case own.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, tooLong()
	}
	select {
	case t.all <- struct{}{}:
	case <-ctx.Done():
		<-own.slots
		return nil, tooLong()
	}
	return func() {
		<-t.all
		<-own.slots
		t.leave(tenant)
	}, nil
}

// join counts somebody in, nil where too many are.
func (t *turns) join(tenant string) *tenantTurns {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.tenants[tenant]
	if own == nil {
		own = &tenantTurns{slots: make(chan struct{}, t.limits.PerTenant)}
		t.tenants[tenant] = own
	}
	if own.in >= t.limits.PerTenant+t.limits.Waiting {
		return nil
	}
	own.in++
	return own
}

func (t *turns) leave(tenant string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.tenants[tenant]
	if own.in--; own.in == 0 {
		delete(t.tenants, tenant)
	}
}
