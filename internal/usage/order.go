package usage

import (
	"cmp"
	"context"
	"slices"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Order says which file is wanted: what is asked, and how the answer is written. Several tables are one file too: a workbook, or an archive with a file for each.
type Order struct {
	Report string `json:"report"`
	Table  string `json:"table,omitempty"` // one only; empty: all
	Question
	// Filter is conditions on tenants, instead of their names: whoever meets them all when the file is made. ParseTenantFilter reads them.
	Filter []string `json:"filter,omitempty"`
	Form
}

// Check finds all that can be known to be wrong with an order before it is made.
func (o *Order) Check(catalog *tallystick.Report, now tallystick.Instant) error {
	request, err := o.request(now)
	if err != nil {
		return err
	}
	if o.Table != "" && !slices.ContainsFunc(catalog.Tables, func(t tallystick.TableDefinition) bool { return t.Name == o.Table }) {
		return tallystick.Errorf(tallystick.NotFound, "report %s has no table %q", o.Report, o.Table)
	}
	if request.Zone != "" {
		if _, err := tallystick.LoadCalendar(request.Zone); err != nil {
			return At("zone", err)
		}
	}
	if _, err := o.FileFormat(); err != nil {
		return err
	}
	_, err = o.Form.FileOptions()
	return err
}

// request turns the order into a request for its tenants, who are not resolved where a filter says them.
func (o *Order) request(now tallystick.Instant) (tallystick.Request, error) {
	request, err := o.Question.Request(o.Report, o.Table, now, InAddress)
	if err != nil {
		return request, err
	}
	filter, err := ParseTenantFilter(o.Filter)
	switch {
	case err != nil:
		return request, err
	case filter != nil && (o.AllTenants || len(o.Tenants) > 0):
		return request, tallystick.Errorf(tallystick.Invalid, "tenants are said twice, by a filter and otherwise").At("filter").WithHint("give one of them")
	case filter == nil && !o.AllTenants && len(o.Tenants) == 0:
		return request, tallystick.Errorf(tallystick.Invalid, "whose report is not said").WithHint("name tenants, say all_tenants, or give a filter")
	}
	if filter != nil {
		request.Tenants = nil
	}
	return request, nil
}

// Name returns what a file of a report is called, without a folder, where nobody gives it a name.
func (o *Order) Name(definition *tallystick.Report) string {
	name := cmp.Or(definition.File, definition.Name)
	if o.Table != "" && len(definition.Tables) > 1 {
		name += "-" + o.Table
	}
	return name
}

// Matching returns the tenants in a reach that meet all conditions, as of a position: what their events say then, and who is above them now.
func Matching(ctx context.Context, engine tallystick.Answerer, asOf tallystick.Position, filter TenantFilter, providers map[string]string) (control.Reach, error) {
	tenants, err := engine.Tenants(ctx, asOf, tallystick.MaxInstant)
	if err != nil {
		return control.Reach{}, err
	}
	matching := control.Reach{Tenants: map[string]struct{}{}}
	for _, t := range tenants {
		attributes, _, err := Attributes(ctx, engine, asOf, t)
		if err != nil {
			return matching, err
		}
		if filter.Keeps(providers[t], &attributes) {
			matching.Tenants[t] = struct{}{}
		}
	}
	return matching, nil
}
