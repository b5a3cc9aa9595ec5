package report

// share is how much of a result is made: so many tables, of the next one so many tenants, and a part of the next of these. What has no *share has nobody who asks.
type share struct {
	tables      int // that there are
	whole       int // tables that are made
	before, all int // tenants of the table that is being made: those that are made, and all
	ofTenant    float64
}

// tenant says that the rows of a tenant begin.
func (s *share) tenant(before, all int) { s.before, s.all, s.ofTenant = before, all, 0 }

// part says how much of the tenant's rows is made.
func (s *share) part(part float64) {
	if s != nil {
		s.ofTenant = part
	}
}

// table says that a table is whole.
func (s *share) table() { s.whole, s.before, s.ofTenant = s.whole+1, 0, 0 }

func (s *share) sum() float64 {
	if s.tables == 0 {
		return 1
	}
	of := float64(s.whole)
	if s.all > 0 {
		of += (float64(s.before) + s.ofTenant) / float64(s.all)
	}
	return min(1, of/float64(s.tables))
}
