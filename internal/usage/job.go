package usage

import (
	"maps"
	"slices"

	"github.com/tallystick/tallystick/internal/control"
)

// OrderOf returns the order of a job. The period since the previous run, which the job alone does not know, is left out.
func OrderOf(j control.Job) Order {
	o := Order{
		Report: j.Report, Table: j.Table, Filter: j.Filter,
		Question: Question{Tenants: j.Tenants, AllTenants: j.AllTenants, Zone: j.Zone, Where: j.Where},
		Form:     Form{Format: j.Format, Delimiter: j.Delimiter, BOM: j.BOM, Guard: j.Guard},
	}
	switch j.Period {
	case control.CustomPeriod:
		o.From, o.To = j.From, j.To
	case control.SincePreviousRun:
	default:
		o.Period = j.Period
	}
	for _, name := range slices.Sorted(maps.Keys(j.Options)) {
		o.Options = append(o.Options, name+"="+j.Options[name])
	}
	return o
}
