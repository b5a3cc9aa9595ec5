package report_test

import (
	"context"
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
	queries := []string{"Tally", "Peak", "Entities", "List", "Resolutions", "Sessions", "Conversations"}
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

// spy refuses to be asked about any tenant but one.
type spy struct {
	tallystick.Answerer
	t      *testing.T
	tenant string
	asked  int
}

func (s *spy) see(scope tallystick.Scope) {
	s.asked++
	if scope.Tenant() != s.tenant {
		s.t.Errorf("a query about %q while reporting on %q", scope.Tenant(), s.tenant)
	}
}

func (s *spy) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	s.see(q.Scope)
	return s.Answerer.Tally(ctx, q)
}

func (s *spy) Peak(ctx context.Context, q tallystick.Peak) (tallystick.PeakAnswer, error) {
	s.see(q.Scope)
	return s.Answerer.Peak(ctx, q)
}

func (s *spy) Entities(ctx context.Context, q tallystick.Entities) ([]tallystick.Entity, error) {
	s.see(q.Scope)
	return s.Answerer.Entities(ctx, q)
}

func (s *spy) List(ctx context.Context, q tallystick.List) ([]tallystick.Listed, error) {
	s.see(q.Scope)
	return s.Answerer.List(ctx, q)
}

func (s *spy) Resolutions(ctx context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	s.see(q.Scope)
	return s.Answerer.Resolutions(ctx, q)
}

func (s *spy) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	s.see(q.Scope)
	return s.Answerer.Sessions(ctx, q)
}

func (s *spy) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	s.see(q.Scope)
	return s.Answerer.Conversations(ctx, q)
}

// TestNobodyElseIsAsked makes every table of every report for one tenant of a store with two.
func TestNobodyElseIsAsked(t *testing.T) {
	catalog := load(t)
	for _, definition := range catalog.Reports() {
		t.Run(definition.Name, func(t *testing.T) {
			engine := memory.New()
			events := readEvents(t, "../../reports/billing-usage/several/events.jsonl")
			if err := engine.Apply(t.Context(), recordsOf(events)); err != nil {
				t.Fatal(err)
			}
			store := &spy{Answerer: engine, t: t, tenant: "north"}
			from, _ := tallystick.ParseMoment("2025-05-01")
			to, _ := tallystick.ParseMoment("2025-05-03")
			result, err := catalog.Make(t.Context(), store, tallystick.Request{Report: definition.Name, Tenants: []string{"north"}, From: from, To: to})
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range result.Tables {
				for _, err := range table.Rows {
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			if store.asked == 0 {
				t.Error("nothing was asked")
			}
		})
	}
}
