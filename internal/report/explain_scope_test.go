package report_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestExplainingAsksNobodyElse explains every cell of short tables, of long ones those of the first and last rows, for one tenant of a store with two. Then it lets each query fail in
// turn: the explanation fails with it, and never goes on with less.
func TestExplainingAsksNobodyElse(t *testing.T) {
	catalog := load(t)
	from, _ := tallystick.ParseMoment("2025-01-01")
	to, _ := tallystick.ParseMoment("2025-05-31")
	for _, definition := range usage(catalog) {
		request := tallystick.Request{Report: definition.Name, Tenants: []string{"acme"}, From: from, To: to, Options: map[string]string{}}
		if definition.Name == "service-usage" {
			request.Options["every"] = "month"
		}
		var cells []cell
		for _, table := range definition.Tables {
			var rows []cell
			for _, c := range cellsOf(t, catalog, newSpy(t), request, func(int) bool { return true }) {
				if c.table == table.Name {
					rows = append(rows, c)
				}
			}
			for _, c := range rows {
				if last := rows[len(rows)-1].row; c.row == 1 || c.row == last || last <= 25 {
					cells = append(cells, c)
				}
			}
		}
		if len(cells) < 12 {
			t.Errorf("only %d cells of %s are explained", len(cells), definition.Name)
		}
		for _, c := range cells {
			t.Run(fmt.Sprintf("%s/%s/%d/%s", definition.Name, c.table, c.row, c.column), func(t *testing.T) {
				store := newSpy(t)
				want := explanation(t, catalog, store, request, c)
				if store.asked == 0 {
					t.Fatal("nothing was asked")
				}
				for n := 1; n <= store.asked; n++ {
					failing := *store
					failing.asked, failing.fails = 0, n
					x, err := catalog.Explain(t.Context(), &failing, request, c.table, c.row, c.column)
					if err == nil && textOf(x) == want {
						continue // the query was about rows further down
					}
					if !errors.Is(err, errSpy) {
						t.Errorf("query %d fails, and the explanation ends with %v", n, err)
					}
				}
			})
		}
	}
}
