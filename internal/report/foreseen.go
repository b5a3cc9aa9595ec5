package report

import (
	"context"
	"reflect"
	"slices"

	"github.com/tallystick/tallystick"
)

// A table asks the same by period and group, by period, by group and for all. A store that is asked all of it at once reads the events once.

// foresee asks tallies together, and until the returned function is called they are answered without asking again. Where the store lacks the memory for that, each is asked when it is needed.
func (p *plan) foresee(qs []tallystick.Tally) (forget func(), err error) {
	if len(qs) < 2 {
		return func() {}, nil
	}
	answers, err := tallystick.Tallies(p.ctx, p.store, qs)
	if tallystick.CodeOf(err) == tallystick.Unavailable && p.ctx.Err() == nil {
		return func() {}, nil // each by itself takes less memory
	}
	if err != nil {
		return nil, err
	}
	own := p.store
	p.store = foreseen{own, qs, answers}
	return func() { p.store = own }, nil
}

// foreseen is a store some of whose answers are known.
type foreseen struct {
	tallystick.Answerer
	queries []tallystick.Tally
	answers [][]tallystick.Count
}

// Tally implements [tallystick.Answerer].
func (f foreseen) Tally(ctx context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	for i := range f.queries {
		if reflect.DeepEqual(f.queries[i], q) {
			return slices.Clone(f.answers[i]), nil
		}
	}
	return f.Answerer.Tally(ctx, q)
}

// grouping is a way in which a table asks.
type grouping struct {
	by    []tallystick.Dimension
	edges []tallystick.Instant
}

// groupings are all in which it does: by period and group first, then, if all, without groups, and, if total, without periods.
func groupings(by []tallystick.Dimension, edges []tallystick.Instant, all, total bool) []grouping {
	list := []grouping{{by, edges}}
	if all {
		list = append(list, grouping{nil, edges})
	}
	if total && edges != nil {
		for _, g := range list {
			list = append(list, grouping{g.by, nil})
		}
	}
	return list
}
