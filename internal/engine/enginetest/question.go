package enginetest

import (
	"context"
	"fmt"
	"strconv"

	"github.com/tallystick/tallystick"
)

// Question is a query of any kind in one struct, so that one piece of code draws it, one writes and reads it, and one makes it smaller. Each kind looks only
// at what its query has.
type Question struct {
	Kind   string // one of Kinds
	Tenant string
	Types  []string // of tally and entities the first only
	Span   string   // "session" or "flow"

	AsOf         tallystick.Position
	From, Before tallystick.Instant // MinInstant and MaxInstant where a script says nothing
	Until        tallystick.Instant // of sessions and conversations
	Where        tallystick.Filter
	Countable    bool
	Bare         bool // of sessions
	OwnTickets   bool // of sessions
	Summed       bool // of peak, and of resolutions: also of the whole period
	Distinct     *tallystick.Dimension
	Sum          tallystick.Field
	RoundUp      int64
	Any          bool
	By           []tallystick.Dimension
	Edges        []tallystick.Instant
	EdgesOf      map[string][]tallystick.Instant
	OpenLimit    tallystick.Instant
	IDs          []string
	Fields       []tallystick.Field
}

// Kinds are the queries that an engine answers.
var Kinds = []string{"tally", "peak", "entities", "list", "events", "since", "resolutions", "sessions", "sessioncounts", "conversations", "correspondents", "tenants", "arrivals"}

// Ask puts the question to an engine and returns the answer in the notation of scripts, a line for each row; lines are equal exactly where rows are.
func (q *Question) Ask(ctx context.Context, engine tallystick.Answerer, base tallystick.Instant) ([]string, error) {
	return q.ask(ctx, engine, notation{base: base})
}

func (q *Question) ask(ctx context.Context, engine tallystick.Answerer, n notation) ([]string, error) {
	scope := tallystick.For(q.Tenant, q.AsOf, q.Before)
	firstType := ""
	if len(q.Types) > 0 {
		firstType = q.Types[0]
	}
	switch q.Kind {
	case "tally":
		counts, err := engine.Tally(ctx, q.tally())
		return n.counts(counts), err
	case "peak":
		answer, err := engine.Peak(ctx, q.peak())
		return n.peak(answer), err
	case "entities":
		entities, err := engine.Entities(ctx, tallystick.Entities{Scope: scope, Type: firstType, IDs: q.IDs})
		return n.entities(firstType, entities), err
	case "list":
		listed, err := engine.List(ctx, tallystick.List{Scope: scope, Types: q.Types, From: q.From, Where: q.Where, Fields: q.Fields})
		return n.listed(listed), err
	case "events":
		count, err := engine.Events(ctx, tallystick.Events{Scope: scope, From: q.From})
		return []string{strconv.FormatInt(count, 10)}, err
	case "since":
		first, err := engine.Since(ctx, scope)
		if first == tallystick.MinInstant {
			return nil, err
		}
		return []string{n.formatInstant(first)}, err
	case "resolutions":
		counts, err := engine.Resolutions(ctx, tallystick.Resolutions{Scope: scope, From: q.From, Where: q.Where, By: q.By, Edges: q.Edges, Whole: q.Summed})
		return n.counts(counts), err
	case "sessions":
		parts, err := engine.Sessions(ctx, tallystick.Sessions{Scope: scope, From: q.From, Until: q.Until, Bare: q.Bare, OwnTickets: q.OwnTickets})
		return n.sessions(parts), err
	case "sessioncounts":
		counts, err := engine.SessionCounts(ctx, q.sessionCounts())
		var lines []string
		for i, list := range counts {
			lines = append(append(lines, "of "+string(q.Fields[i])), n.counts(list)...)
		}
		return lines, err
	case "conversations":
		list, err := engine.Conversations(ctx, tallystick.Conversations{Scope: scope, IDs: q.IDs, From: q.From, Until: q.Until})
		return n.conversations(list), err
	case "correspondents":
		list, err := engine.Correspondents(ctx, tallystick.Correspondents{Scope: scope, Rooms: q.IDs})
		return n.correspondents(list), err
	case "arrivals":
		list, err := engine.Arrivals(ctx, tallystick.Arrivals{Scope: scope, From: q.From})
		return n.arrivals(list), err
	case "tenants":
		list, err := engine.Tenants(ctx, q.AsOf, q.Before)
		return quoteAll(list), err
	}
	return nil, fmt.Errorf("no query is called %q", q.Kind)
}

// peak returns a question of that kind as its query.
func (q *Question) peak() tallystick.Peak {
	span := tallystick.SessionSpan
	if q.Span == "flow" {
		span = tallystick.FlowSpan
	}
	return tallystick.Peak{
		Scope: tallystick.For(q.Tenant, q.AsOf, q.Before), Span: span, From: q.From, Where: q.Where, By: q.By, Edges: q.Edges, OpenLimit: q.OpenLimit, Summed: q.Summed,
	}
}

// sessionCounts returns a question of that kind as its query.
func (q *Question) sessionCounts() tallystick.SessionCounts {
	return tallystick.SessionCounts{Scope: tallystick.For(q.Tenant, q.AsOf, q.Before), From: q.From, By: q.By, Edges: q.Edges, Of: q.Fields}
}

// tally returns a question of that kind as its query.
func (q *Question) tally() tallystick.Tally {
	return tallystick.Tally{
		Scope: tallystick.For(q.Tenant, q.AsOf, q.Before), Type: q.Types[0], From: q.From, Where: q.Where, Countable: q.Countable,
		Measure: tallystick.Measure{Distinct: q.Distinct, Sum: q.Sum, RoundUp: q.RoundUp, Any: q.Any}, By: q.By, Edges: q.Edges, EdgesOf: q.EdgesOf,
	}
}
