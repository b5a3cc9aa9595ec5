package report

import (
	"context"
	"iter"
	"sync"
)

// ahead yields what seq does, and has the next one made while who takes one works with it: from the second on, for many want no more than the first. seq works with the plan on a goroutine of its own, and
// nobody else may ask the store meanwhile. Once no more are wanted, the plan's context ends for it; all of it has ended on return.
func ahead[V any](p *plan, seq iter.Seq2[V, error]) iter.Seq2[V, error] {
	type made struct {
		value V
		err   error
	}
	return func(yield func(V, error) bool) {
		own := p.ctx
		ctx, stop := context.WithCancelCause(own)
		p.ctx = ctx
		var fault faults
		var working sync.WaitGroup
		defer fault.again()
		defer func() { p.ctx = own }()
		defer working.Wait()
		defer stop(errEnough)
		next, wanted := make(chan made), make(chan struct{})
		working.Go(func() {
			defer close(next)
			defer fault.keep()
			for v, err := range seq {
				select {
				case next <- made{v, err}:
				case <-ctx.Done():
					return
				}
				select {
				case <-wanted:
				case <-ctx.Done():
					return
				}
			}
		})
		more := func() {
			select {
			case wanted <- struct{}{}:
			case <-ctx.Done():
			}
		}
		first := true
		for m := range next {
			if !first {
				more()
			}
			if !yield(m.value, m.err) {
				return
			}
			if first {
				first = false
				more()
			}
		}
		if ctx.Err() != nil { // what was made is not all
			var none V
			yield(none, context.Cause(ctx))
		}
	}
}
