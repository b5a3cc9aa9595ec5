package usage

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// OrderOf returns the order that a job stands for. It has no period where that is since the previous run: whoever makes the run knows its ends.
func OrderOf(job control.Job) Order {
	o := Order{
		Report: job.Report, Table: job.Table, Filter: job.Filter,
		Question: Question{Tenants: job.Tenants, AllTenants: job.AllTenants, Zone: job.Zone, Where: job.Where},
		Form:     Form{Format: job.Format, Delimiter: job.Delimiter, BOM: job.BOM, Guard: job.Guard},
	}
	for _, name := range slices.Sorted(maps.Keys(job.Options)) {
		o.Options = append(o.Options, name+"="+job.Options[name])
	}
	switch job.Period {
	case control.SincePreviousRun:
	case control.CustomPeriod:
		o.From, o.To = job.From, job.To
	default:
		o.Period = job.Period
	}
	return o
}

// CheckJob finds all that can be known to be wrong with a job before it is made, so that somebody is told now and not when its run fails. The path of the error is
// the field of the job. Whether its tenants are in reach is for package control to say.
func (s *Source) CheckJob(job control.Job, now tallystick.Instant) error {
	catalog := s.Catalog()
	definition, err := catalog.Report(job.Report)
	if err != nil {
		return At("report", err)
	}
	parts, err := partsOf(job)
	if err != nil {
		return err
	}
	for _, p := range parts {
		p.request.Report = job.Report
		if err := catalog.Check(p.request); err != nil {
			return At(p.path, err)
		}
	}
	if _, err := ParseTenantFilter(job.Filter); err != nil {
		return At("filter", err)
	}
	ways := 0
	for _, given := range []bool{len(job.Tenants) > 0, job.AllTenants, len(job.Filter) > 0} {
		if given {
			ways++
		}
	}
	if ways == 0 {
		return tallystick.Errorf(tallystick.Invalid, "whose usage it is of is not said").At("tenants").WithHint("say whose: tenants, all_tenants or filter")
	}
	if ways > 1 {
		return tallystick.Errorf(tallystick.Invalid, "the tenants are said in %d ways", ways).At("tenants").WithHint("say it by one of tenants, all_tenants and filter")
	}
	if job.Period == control.CustomPeriod && (job.From == "" || job.To == "") {
		return tallystick.Errorf(tallystick.Invalid, "a custom period has two ends").At("period").WithHint("give from and to")
	}
	if job.Delimiter != "" && job.Format != "" && job.Format != "csv" {
		return tallystick.Errorf(tallystick.Invalid, "a delimiter is of CSV, and %q has none", job.Format).At("delimiter").WithHint("leave it out, or choose csv")
	}
	order := OrderOf(job)
	if err := order.Check(definition, now); err != nil {
		return err
	}
	return order.checkPeriod()
}

// jobPart is a request for one thing that a job asks for, and where the job says it.
type jobPart struct {
	path    string
	request tallystick.Request
}

// partsOf takes apart what a job asks of its report: what is wrong with one part is then known to be wrong there.
func partsOf(job control.Job) ([]jobPart, error) {
	parts := []jobPart{{"table", tallystick.Request{Table: job.Table}}, {"zone", tallystick.Request{Zone: job.Zone}}}
	for _, name := range slices.Sorted(maps.Keys(job.Options)) {
		parts = append(parts, jobPart{"options." + name, tallystick.Request{Options: map[string]string{name: job.Options[name]}}})
	}
	for i, condition := range job.Where {
		path := fmt.Sprintf("where[%d]", i)
		field, value, whole := strings.Cut(condition, "=")
		if !whole || field == "" {
			return nil, tallystick.Errorf(tallystick.Invalid, "the condition %.200q has no value", condition).At(path).WithHint("write FIELD=VALUE")
		}
		parts = append(parts, jobPart{path, tallystick.Request{Where: []tallystick.FieldValue{{Field: field, Value: value}}}})
	}
	return parts, nil
}

// checkPeriod refuses a period that ends before it begins, as far as that does not depend on a zone.
func (o *Order) checkPeriod() error {
	if o.From == "" {
		return nil
	}
	from, err := tallystick.ParseMoment(o.From)
	if err != nil {
		return At("from", err)
	}
	to, err := tallystick.ParseMoment(o.To)
	if err != nil {
		return At("to", err)
	}
	dates := !from.Date.IsZero() && !to.Date.IsZero()
	instants := from.Date.IsZero() && to.Date.IsZero()
	if dates && to.Date.Before(from.Date) || instants && to.Instant <= from.Instant {
		return tallystick.Errorf(tallystick.Invalid, "the period is empty: it begins at %s and ends at %s", o.From, o.To).At("to").WithHint("the beginning must be before the end")
	}
	return nil
}
