package report

import (
	"cmp"
	"context"
	"slices"

	"github.com/tallystick/tallystick"
)

// Make answers a request. What is wrong with the request itself is an error at once, with code Invalid or NotFound; what goes wrong later ends a table's rows. The
// store must stay open until the rows have been read.
//
// A request for exactly one tenant gives each table's own columns; any other puts Tenant ID and Company Name before them, except in tenant-usage, whose rows are tenants.
func (c *Catalog) Make(ctx context.Context, store tallystick.Answerer, request tallystick.Request) (*tallystick.Result, error) {
	definition, err := c.Report(request.Report)
	if err != nil {
		return nil, err
	}
	wish, err := understand(definition, request)
	if err != nil {
		return nil, err
	}
	tenants, err := tenantsOf(ctx, store, request)
	if err != nil {
		return nil, err
	}
	notes, made := &notes{}, &share{}
	plans := make([]*plan, len(tenants))
	err = abreast(len(tenants), func(i int) error {
		p := &plan{wish: wish, ctx: ctx, store: store, tenant: tenants[i], sliceSize: cmp.Or(c.sliceSize, sliceSize)}
		plans[i] = p
		for _, pass := range passes {
			if err := pass.run(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		notes.take(&p.notes)
	}
	one := request.Tenants != nil && len(tenants) == 1
	if plans, err = present(plans, one && definition.Name != tenantUsage || definition.Name == ingestQuality); err != nil {
		return nil, err
	}
	for _, p := range plans {
		p.alone = len(plans) == 1
	}
	result := &tallystick.Result{Report: definition, AsOf: request.AsOf, Options: wish.chosen(), Where: request.Where, Notes: notes.all, Made: made.sum}
	for _, p := range plans {
		since, err := p.since()
		if err != nil {
			return nil, err
		}
		result.Tenants = append(result.Tenants, tallystick.TenantPeriod{
			Tenant: p.tenant, Company: p.company(), Zone: p.calendar.Zone(), From: p.from, Before: p.scope.Before, Since: since,
		})
	}
	for _, t := range definition.Tables {
		if request.Table == "" || request.Table == t.Name {
			result.Tables = append(result.Tables, table(wish, t, plans, one, made, notes))
		}
	}
	made.tables = len(result.Tables)
	return result, nil
}

// since returns the time from which on there is data of the tenant.
func (p *plan) since() (tallystick.Instant, error) {
	if p.provider() {
		return tallystick.MinInstant, nil
	}
	return p.store.Since(p.ctx, tallystick.For(p.tenant, p.scope.AsOf, tallystick.MaxInstant))
}

const (
	tenantUsage  = "tenant-usage"
	sessionUsage = "session-usage"
)

// tenantsOf returns the tenants asked for, by code point and each once. One that has no event at all is not found.
func tenantsOf(ctx context.Context, store tallystick.Answerer, request tallystick.Request) ([]string, error) {
	all, err := store.Tenants(ctx, request.AsOf, tallystick.MaxInstant)
	if err == nil && request.Report == ingestQuality {
		all, err = withLedgerTenants(ctx, store, all)
	}
	if err != nil || request.Tenants == nil {
		return all, err
	}
	wanted := slices.Compact(slices.Sorted(slices.Values(request.Tenants)))
	for _, t := range wanted {
		if _, found := slices.BinarySearch(all, t); !found {
			e := tallystick.Errorf(tallystick.NotFound, "there is no tenant %q", t)
			if len(all) == 0 {
				return nil, e.WithHint("there are no events at all yet")
			}
			return nil, e.WithHint("report tenant-usage over all tenants lists those that there are")
		}
	}
	return wanted, nil
}

// present leaves out tenants that had no event before the end of their period, unless keep, and puts the rest in the order of company name, then tenant id.
func present(plans []*plan, keep bool) ([]*plan, error) {
	seen := map[tallystick.Instant][]string{} // tenants with an event before an instant
	var kept []*plan
	for _, p := range plans {
		before := p.scope.Before
		if _, asked := seen[before]; !asked && !keep {
			tenants, err := p.store.Tenants(p.ctx, p.scope.AsOf, before)
			if err != nil {
				return nil, err
			}
			seen[before] = tenants
		}
		if _, found := slices.BinarySearch(seen[before], p.tenant); found || keep {
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b *plan) int {
		return cmp.Or(cmp.Compare(a.company(), b.company()), cmp.Compare(a.tenant, b.tenant))
	})
	return kept, nil
}

// rows is where a builder puts its rows; it returns false when no more are wanted.
type rows func(...tallystick.Cell) bool

// table joins the tables of all tenants, one after another.
func table(w *wish, definition tallystick.TableDefinition, plans []*plan, one bool, made *share, notes *notes) tallystick.Table {
	columns := slices.Clone(definition.Columns)
	for i, source := range definition.Sources {
		if source.ByOption != "" {
			columns[i].Name = w.dimensionOf(source).Title
		}
	}
	prefixed := !one && w.definition.Name != tenantUsage
	if prefixed {
		columns = append([]tallystick.Column{{Name: "Tenant ID", Kind: tallystick.CellText}, {Name: "Company Name", Kind: tallystick.CellText}}, columns...)
	}
	build := buildDeclared(&definition)
	if definition.Code != "" {
		build = pieceNamed(definition.Code).make
	}
	return tallystick.Table{Name: definition.Name, Columns: columns, Rows: func(yield func([]tallystick.Cell, error) bool) {
		defer made.table()
		var row []tallystick.Cell
		more := true
		take := func(p *plan, cells []tallystick.Cell) bool {
			if !more {
				return false
			}
			row = row[:0]
			if prefixed {
				row = append(row, tallystick.TextCell(p.tenant), tallystick.TextCell(p.company()))
			}
			row = append(row, cells...)
			more = yield(row, nil)
			return more
		}
		began := func(i int) { made.tenant(i, len(plans), &plans[i].made) }
		ended := func(p *plan) { notes.take(&p.notes) }
		var err error
		if len(plans) > 1 && w.definition.Name != ingestQuality {
			n := width
			if w.definition.Name == sessionUsage && !plans[0].asksCounts() {
				n = heavyWidth
			}
			err = eachAbreast(plans[0].ctx, n, plans, build, began, take, ended)
		} else {
			// One after another: the ledger and the journal are for one who asks at a time.
			for i, p := range plans {
				p.made.set(0)
				began(i)
				if err = build(p, func(cells ...tallystick.Cell) bool { return take(p, cells) }); err != nil || !more {
					break
				}
				ended(p)
				if len(plans) > 1 {
					p.forget()
				}
			}
		}
		if err != nil && more {
			yield(nil, err)
		}
	}}
}
