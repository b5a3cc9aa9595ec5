package report_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestEveryQueryHasAScope reads the package's source: each query that is built there names its scope, and none is built without one and filled in later.
func TestEveryQueryHasAScope(t *testing.T) {
	queries := []string{"Tally", "Peak", "Entities", "List", "Resolutions", "Sessions", "Conversations", "Correspondents"}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			selector, ok := literal.Type.(*ast.SelectorExpr)
			if !ok || !slices.Contains(queries, selector.Sel.Name) {
				return true
			}
			found++
			scoped := slices.ContainsFunc(literal.Elts, func(e ast.Expr) bool {
				pair, ok := e.(*ast.KeyValueExpr)
				return ok && pair.Key.(*ast.Ident).Name == "Scope"
			})
			if !scoped {
				t.Errorf("%s builds a %s without a scope", name, selector.Sel.Name)
			}
			return true
		})
	}
	if found < len(queries) {
		t.Errorf("found %d queries in the source; the test looks at the wrong place", found)
	}
}

// spy refuses to be asked about any tenant but one, and fails at one of the queries.
type spy struct {
	tallystick.Answerer
	t      *testing.T
	tenant string
	asked  int
	fails  int // number of the query that fails; 0: none
}

var errSpy = errors.New("the store is on fire")

func (s *spy) see(scope tallystick.Scope) error {
	s.asked++
	if scope.Tenant() != s.tenant {
		s.t.Errorf("a query about %q while reporting on %q", scope.Tenant(), s.tenant)
	}
	if s.asked == s.fails {
		return errSpy
	}
	return nil
}

func (s *spy) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	if err := s.see(q.Scope); err != nil {
		return nil, err
	}
	return s.Answerer.Tally(ctx, q)
}

func (s *spy) Peak(ctx context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	if err := s.see(q.Scope); err != nil {
		return tallystick.PeakAnswer{}, err
	}
	return s.Answerer.Peak(ctx, q)
}

func (s *spy) Entities(ctx context.Context, q tallystick.Entities) ([]tallystick.Entity, error) {
	if err := s.see(q.Scope); err != nil {
		return nil, err
	}
	return s.Answerer.Entities(ctx, q)
}

func (s *spy) List(ctx context.Context, q tallystick.List) ([]tallystick.Listed, error) {
	if err := s.see(q.Scope); err != nil {
		return nil, err
	}
	return s.Answerer.List(ctx, q)
}

func (s *spy) Events(ctx context.Context, q tallystick.Events) (int64, error) {
	if err := s.see(q.Scope); err != nil {
		return 0, err
	}
	return s.Answerer.Events(ctx, q)
}

func (s *spy) Resolutions(ctx context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	if err := s.see(q.Scope); err != nil {
		return nil, err
	}
	return s.Answerer.Resolutions(ctx, q)
}

func (s *spy) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	if err := s.see(q.Scope); err != nil {
		return nil, err
	}
	return s.Answerer.Sessions(ctx, q)
}

func (s *spy) SessionCounts(ctx context.Context, q tallystick.SessionCounts) ([][]tallystick.Count, error) {
	if err := s.see(q.Scope); err != nil {
		return nil, err
	}
	return s.Answerer.SessionCounts(ctx, q)
}

func (s *spy) Correspondents(ctx context.Context, q tallystick.Correspondents) ([]tallystick.Correspondent, error) {
	if err := s.see(q.Scope); err != nil {
		return nil, err
	}
	return s.Answerer.Correspondents(ctx, q)
}

func (s *spy) Arrivals(ctx context.Context, q tallystick.Arrivals) ([]tallystick.Arrival, error) {
	if err := s.see(q.Scope); err != nil {
		return nil, err
	}
	return s.Answerer.Arrivals(ctx, q)
}

func (s *spy) IngestCounts(_ context.Context, tenant string, from, before tallystick.Instant) ([]tallystick.IngestCount, error) {
	return nil, s.see(tallystick.For(tenant, tallystick.Position{}, before))
}

func (s *spy) IngestCountTenants(context.Context) ([]string, error) { return nil, nil }

func (s *spy) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	if err := s.see(q.Scope); err != nil {
		return nil, err
	}
	return s.Answerer.Conversations(ctx, q)
}

// TestNobodyElseIsAsked makes every table of every report for one tenant of a store with two.
func TestNobodyElseIsAsked(t *testing.T) {
	for _, definition := range load(t).Reports() {
		t.Run(definition.Name, func(t *testing.T) {
			store := newSpy(t)
			if err := store.makeAll(definition.Name); err != nil {
				t.Fatal(err)
			}
			if store.asked == 0 {
				t.Error("nothing was asked")
			}
		})
	}
}

// TestNoErrorIsSwallowed lets each query of each report fail in turn: the report fails with it, and never goes on with less.
func TestNoErrorIsSwallowed(t *testing.T) {
	for _, definition := range load(t).Reports() {
		t.Run(definition.Name, func(t *testing.T) {
			for n := 1; ; n++ {
				store := newSpy(t)
				store.fails = n
				err := store.makeAll(definition.Name)
				if store.asked < n {
					break // it asks no more than that
				}
				if !errors.Is(err, errSpy) {
					t.Errorf("query %d fails, and the report ends with %v", n, err)
				}
			}
		})
	}
}

// newSpy returns a spy over events in which every query of every report finds something.
func newSpy(t *testing.T) *spy {
	engine := memory.New()
	var events []tallystick.Event
	for _, file := range []string{"billing-usage/several", "billing-usage/billing", "service-usage/service", "session-usage/sessions", "room-usage/room-edges"} {
		for _, e := range readEvents(t, load(t), "../../reports/"+file+"/events.jsonl") {
			if e.Tenant == "acme" || e.Tenant == "north" {
				events = append(events, e)
			}
		}
	}
	if err := engine.Apply(t.Context(), recordsOf(events)); err != nil {
		t.Fatal(err)
	}
	return &spy{Answerer: engine, t: t, tenant: "acme"}
}

// makeAll makes every table of a report, over a period in which something happens.
func (s *spy) makeAll(name string) error {
	from, _ := tallystick.ParseMoment("2025-01-01")
	to, _ := tallystick.ParseMoment("2025-05-31")
	result, err := load(s.t).Make(s.t.Context(), s, tallystick.Request{Report: name, Tenants: []string{s.tenant}, From: from, To: to})
	if err != nil {
		return err
	}
	for _, table := range result.Tables {
		for _, err := range table.Rows {
			if err != nil {
				return err
			}
		}
	}
	return nil
}
