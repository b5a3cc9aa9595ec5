package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/tallystick/tallystick"
)

// width is how many tenants are worked on at once. Most questions about a tenant are small: what they take is the asking, so that those of many are asked together. How much
// of their answers is in memory is bounded by [mostHeld]; heavyWidth is for tables of which each tenant takes much besides.
const (
	width      = 24
	heavyWidth = 4

	// leading is how many tenants are worked on before any others: who looks at the first rows waits for no more than these.
	leading = 3
)

// abreast calls do for 0 to n-1, several at once, and returns the error of the first that has one. After an error no further ones are begun.
func abreast(n int, do func(i int) error) error {
	if n == 1 {
		return do(0)
	}
	var mu sync.Mutex
	next, failed := 0, n // the first that failed
	var problem error
	var working sync.WaitGroup
	var fault faults
	for range min(width, n) {
		working.Go(func() {
			defer fault.keep()
			for {
				mu.Lock()
				i := next
				next++
				stop := i >= failed // those before one that failed are begun already
				mu.Unlock()
				if stop {
					return
				}
				if err := do(i); err != nil {
					mu.Lock()
					if i < failed {
						failed, problem = i, err
					}
					mu.Unlock()
				}
			}
		})
	}
	working.Wait()
	fault.again()
	return problem
}

// chunk is some rows of a tenant, one after another in cells.
type chunk struct {
	cells []tallystick.Cell
	width int   // of a row
	last  bool  // there are no more
	err   error // why, where it is not that all are made
}

const (
	chunkRows   = 512
	chunksAhead = 4 // of a tenant that is not at its turn
)

var (
	errEnough = errors.New("no more rows are wanted")
	errCut    = errors.New("the rows of a tenant came to no end")
)

// faults keeps the first panic of goroutines, for the one that has begun them: who serves knows what to do with its own.
type faults struct {
	mu    sync.Mutex
	first any
}

func (f *faults) keep() {
	if fault := recover(); fault != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.first == nil {
			f.first = fmt.Sprintf("%v\n\n%s", fault, debug.Stack())
		}
	}
}

func (f *faults) again() {
	if f.first != nil {
		panic(f.first)
	}
}

// eachAbreast calls take with the rows that build makes of each plan, in the order of the plans, while those of the next n-1 are being made already. began is called
// before the first row of a plan, ended after the last. The first few plans are made before any others are begun. Once take returns false, or build an error, nothing more is made; all of it has ended on return.
func eachAbreast(ctx context.Context, n int, plans []*plan, build builder, began func(int), take func(*plan, []tallystick.Cell) bool, ended func(*plan)) error {
	ctx, stop := context.WithCancelCause(ctx)
	var working sync.WaitGroup
	var fault faults
	defer fault.again() // on the goroutine of who asks
	made := make([]chan chunk, len(plans))
	store := gather(plans[0].store)
	defer store.asks.Wait()
	defer working.Wait()
	defer stop(errEnough)
	begin := func(i int) {
		if i >= len(plans) {
			return
		}
		made[i] = make(chan chunk, chunksAhead)
		store.enter() // before anyone who is at work already finds that nobody is
		working.Go(func() {
			defer store.leave()
			defer close(made[i])
			defer fault.keep()
			p := plans[i]
			own, before := p.store, p.ctx
			p.store, p.ctx = asker{own, store, i}, ctx
			makeChunks(p, build, made[i], store)
			p.store, p.ctx = own, before
			p.forget()
		})
	}
	begun := 0
	beginUpTo := func(end int) {
		for ; begun < end; begun++ {
			begin(begun)
		}
	}
	beginUpTo(min(leading, n))
	for i, p := range plans {
		store.begins(i)
		began(i)
		whole := false
		for c := range made[i] {
			for at := 0; at < len(c.cells); at += c.width {
				if !take(p, c.cells[at:at+c.width]) {
					return nil
				}
			}
			if c.err != nil {
				return c.err
			}
			whole = c.last
		}
		if !whole { // somebody gave up
			return cmp.Or(context.Cause(ctx), errCut)
		}
		ended(p)
		if i+1 >= min(leading, n) {
			beginUpTo(i + 1 + n)
		}
	}
	return nil
}

// makeChunks makes the rows of a plan and hands them over.
func makeChunks(p *plan, build builder, to chan<- chunk, store *gathering) {
	p.made.set(0)
	var c chunk
	hand := func() bool {
		store.leave()
		defer store.enter()
		select {
		case to <- c:
			c = chunk{}
			return true
		case <-p.ctx.Done():
			return false
		}
	}
	wanted := true
	err := build(p, func(cells ...tallystick.Cell) bool {
		if !wanted {
			return false
		}
		c.cells, c.width = append(c.cells, cells...), len(cells)
		if len(c.cells) >= chunkRows*len(cells) {
			wanted = hand()
		}
		return wanted
	})
	if wanted {
		c.last, c.err = true, err
		hand()
	}
}
