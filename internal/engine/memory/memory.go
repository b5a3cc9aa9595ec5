// Package memory is the event store that is obviously right: a slice, and a loop for every query. It is the oracle that other engines are compared with, so it
// prefers the plainest code to the faster one, and follows the docs of the queries word by word. Nothing is kept on disk.
package memory

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/tallystick/tallystick"
)

// Engine is an event store in memory. The zero Engine is empty and ready.
type Engine struct {
	mu      sync.RWMutex
	records []tallystick.Record // in ascending order of position in each log
	applied map[uint32]tallystick.Position
}

var _ tallystick.Engine = (*Engine)(nil)

// New returns an empty engine.
func New() *Engine { return &Engine{} }

// Close does nothing.
func (e *Engine) Close() error { return nil }

// Apply implements [tallystick.Applier].
func (e *Engine) Apply(_ context.Context, records []tallystick.Record) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.applied == nil {
		e.applied = map[uint32]tallystick.Position{}
	}
	for _, r := range records {
		if r.Position.After(e.applied[r.Position.Log]) {
			e.records = append(e.records, tallystick.Record{Position: r.Position, Event: r.Event.Clone()})
			e.applied[r.Position.Log] = r.Position
		}
	}
	return nil
}

// Applied implements [tallystick.Applier].
func (e *Engine) Applied(_ context.Context, log uint32) (tallystick.Position, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.applied[log], nil
}

// Tenants implements [tallystick.Answerer].
func (e *Engine) Tenants(_ context.Context, asOf tallystick.Position, before tallystick.Instant) ([]string, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	tenants := map[string]bool{}
	for i := range e.records {
		r := &e.records[i]
		if r.Event.Time < before && (asOf.IsZero() || !r.Position.After(asOf)) {
			tenants[r.Event.Tenant] = true
		}
	}
	return sorted(tenants), nil
}

// events returns the events that exist for a scope, in their order: time, then position.
func (e *Engine) events(s tallystick.Scope) ([]*tallystick.Record, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	var seen []*tallystick.Record
	for i := range e.records {
		r := &e.records[i]
		if r.Event.Tenant == s.Tenant() && r.Event.Time < s.Before && (s.AsOf.IsZero() || !r.Position.After(s.AsOf)) {
			seen = append(seen, r)
		}
	}
	slices.SortStableFunc(seen, func(a, b *tallystick.Record) int { return cmp.Compare(a.Event.Time, b.Event.Time) })
	return seen, nil
}

// failed returns the ids of the messages that were not delivered.
func failed(events []*tallystick.Record) map[string]bool {
	ids := map[string]bool{}
	for _, r := range events {
		if r.Event.Type == tallystick.MessageFailed {
			ids[r.Event.Text(tallystick.FieldMessageID)] = true
		}
	}
	return ids
}

// delivered reports whether a message is a text or a file that did not fail; a preview may be.
func delivered(e *tallystick.Event, failed map[string]bool) bool {
	kind := e.Text(tallystick.FieldContentKind)
	return (kind == "text" || kind == "file") && !failed[e.Text(tallystick.FieldMessageID)]
}

func countable(e *tallystick.Event, failed map[string]bool) bool {
	return delivered(e, failed) && e.Text(tallystick.FieldPreview) == "false"
}

// bucketOf returns the bucket that holds t; without edges everything is in bucket 0.
func bucketOf(edges []tallystick.Instant, t tallystick.Instant) int {
	bucket := 0
	for i, edge := range edges {
		if edge <= t && i < len(edges)-1 {
			bucket = i
		}
	}
	return bucket
}

// groupOf returns an event's group; nil where there are no dimensions.
func groupOf(by []tallystick.Dimension, text func(tallystick.Field) string) []string {
	var group []string
	for i := range by {
		group = append(group, by[i].Of(text(by[i].Field)))
	}
	return group
}

func sorted(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
