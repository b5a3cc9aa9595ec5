package tallystick

import (
	"context"
	"errors"
)

// Record is an event in its place in the journal.
type Record struct {
	Position Position
	Event    Event
}

// Engine is an event store: it applies the journal's records and answers queries about them, exactly as the doc of each query says; internal/engine/enginetest
// holds every engine to it. All methods but Close may be called at the same time, except that at most one Apply runs at a time. An answer sees each Apply whole or
// not at all.
type Engine interface {
	Applier
	Answerer
	// Close releases the store. Everything applied stays.
	Close() error
}

// ErrDamaged is a cause of the errors of an [Engine] whose store can't be read as it was written. The store is a view of the journal: whoever meets the error may throw it
// away, open a new one and apply the journal to it.
var ErrDamaged = errors.New("event store is damaged")

// Applier is the writing half of an [Engine].
type Applier interface {
	// Apply stores records, which are in ascending order of position, all or none. A record at or before Applied is skipped, so that the same
	// records may come again after a crash. The records may be changed by the caller once Apply has returned.
	Apply(ctx context.Context, records []Record) error
	// Applied returns the position of the newest record applied of a log, the zero Position where there is none.
	Applied(ctx context.Context, log uint32) (Position, error)
}

// Answerer is the reading half of an [Engine]. Each method first refuses a query whose scope has no tenant.
type Answerer interface {
	Tally(context.Context, Tally) ([]Count, error)
	Peak(context.Context, Peak) (PeakAnswer, error)
	Entities(context.Context, Entities) ([]Entity, error)
	List(context.Context, List) ([]Listed, error)
	Events(context.Context, Events) (int64, error)
	Resolutions(context.Context, Resolutions) ([]Count, error)
	Sessions(context.Context, Sessions) ([]SessionPart, error)
	SessionCounts(context.Context, SessionCounts) ([][]Count, error)
	Conversations(context.Context, Conversations) ([]Conversation, error)
	Correspondents(context.Context, Correspondents) ([]Correspondent, error)
	Arrivals(context.Context, Arrivals) ([]Arrival, error)

	// Since returns the time of the earliest event in a scope, MinInstant where there is none.
	Since(context.Context, Scope) (Instant, error)
	// Tenants lists the tenants with at least one event before an instant, as of a position, by code point.
	Tenants(ctx context.Context, asOf Position, before Instant) ([]string, error)
}

// Tallier is an [Answerer] that answers many [Tally] at once for less than it takes one by one: those that differ in little more than the tenant.
type Tallier interface {
	// Tallies returns the answer of each question, as Tally gives it, each of one state of the store. An error is about all of them.
	Tallies(context.Context, []Tally) ([][]Count, error)
}

// Peaker is an [Answerer] that answers many [Peak] at once, as a [Tallier] does.
type Peaker interface {
	Peaks(context.Context, []Peak) ([]PeakAnswer, error)
}

// SessionCounter is an [Answerer] that answers many [SessionCounts] at once, as a [Tallier] does.
type SessionCounter interface {
	AllSessionCounts(context.Context, []SessionCounts) ([][][]Count, error)
}

// AllSessionCounts asks several questions: at once where the store can, else one by one.
func AllSessionCounts(ctx context.Context, store Answerer, qs []SessionCounts) ([][][]Count, error) {
	if c, ok := store.(SessionCounter); ok && len(qs) > 1 {
		return c.AllSessionCounts(ctx, qs)
	}
	answers := make([][][]Count, len(qs))
	for i := range qs {
		var err error
		if answers[i], err = store.SessionCounts(ctx, qs[i]); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// Peaks asks several questions: at once where the store can, else one by one.
func Peaks(ctx context.Context, store Answerer, qs []Peak) ([]PeakAnswer, error) {
	if p, ok := store.(Peaker); ok && len(qs) > 1 {
		return p.Peaks(ctx, qs)
	}
	answers := make([]PeakAnswer, len(qs))
	for i := range qs {
		var err error
		if answers[i], err = store.Peak(ctx, qs[i]); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// Tallies asks several questions: at once where the store can, else one by one.
func Tallies(ctx context.Context, store Answerer, qs []Tally) ([][]Count, error) {
	if t, ok := store.(Tallier); ok && len(qs) > 1 {
		return t.Tallies(ctx, qs)
	}
	answers := make([][]Count, len(qs))
	for i := range qs {
		var err error
		if answers[i], err = store.Tally(ctx, qs[i]); err != nil {
			return nil, err
		}
	}
	return answers, nil
}
