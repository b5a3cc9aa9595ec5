package report

// Sliced returns a catalog whose reports read sessions in slices of so many events.
func (c *Catalog) Sliced(size int64) *Catalog {
	d := *c
	d.sliceSize = size
	return &d
}
