package report

import (
	"math"
	"sync/atomic"
)

// share is how much of a result is made: so many tables, of the next one so many tenants, and a part of the next of these.
type share struct {
	tables      int // that there are
	whole       int // tables that are made
	before, all int // tenants of the table that is being made: those that are made, and all
	ofTenant    *fraction
}

// fraction is how much of a tenant's rows is made. The tenant's rows may be made while somebody asks.
type fraction struct{ bits atomic.Uint64 }

func (f *fraction) set(part float64) { f.bits.Store(math.Float64bits(part)) }
func (f *fraction) get() float64     { return math.Float64frombits(f.bits.Load()) }

// tenant says that the rows of a tenant are next.
func (s *share) tenant(before, all int, of *fraction) { s.before, s.all, s.ofTenant = before, all, of }

// table says that a table is whole.
func (s *share) table() { s.whole, s.before, s.ofTenant = s.whole+1, 0, nil }

func (s *share) sum() float64 {
	if s.tables == 0 {
		return 1
	}
	of := float64(s.whole)
	if s.ofTenant != nil {
		of += (float64(s.before) + s.ofTenant.get()) / float64(s.all)
	}
	return min(1, of/float64(s.tables))
}
