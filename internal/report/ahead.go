package report

import (
	"cmp"
	"context"
	"iter"
	"sync"
)

// madeAhead makes things on a goroutine of its own while who asks looks at those before, up to n of them. Who looks at the first waits for no other than that: the second is not begun before it is wanted. Who makes them has
// ended when who asks has got all, or enough, and gets a context that ends with that.
func madeAhead[T any](n int, produce func(context.Context) iter.Seq2[T, error]) func(context.Context) iter.Seq2[T, error] {
	return func(ctx context.Context) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			ctx, stop := context.WithCancelCause(ctx)
			type made struct {
				thing T
				err   error
			}
			ready, wanted, whole := make(chan made, n-1), make(chan struct{}, n), false
			var working sync.WaitGroup
			var fault faults
			defer fault.again() // on the goroutine of who asks
			defer working.Wait()
			defer stop(errEnough)
			working.Go(func() {
				defer close(ready)
				defer fault.keep()
				for thing, err := range produce(ctx) {
					select {
					case ready <- made{thing, err}:
					case <-ctx.Done():
						return
					}
					select {
					case <-wanted:
					case <-ctx.Done():
						return
					}
				}
				whole = true
			})
			first := true
			for m := range ready {
				if !first {
					wanted <- struct{}{}
				}
				if !yield(m.thing, m.err) || m.err != nil {
					return
				}
				if first {
					for range n {
						wanted <- struct{}{}
					}
				}
				first = false
			}
			if !whole { // somebody gave up
				var none T
				yield(none, cmp.Or(context.Cause(ctx), errCut))
			}
		}
	}
}
