package report

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"
)

func counting(p *plan, until int, made chan<- int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range until {
			if p.ctx.Err() != nil {
				yield(0, context.Cause(p.ctx))
				return
			}
			made <- i
			if !yield(i, nil) {
				return
			}
		}
	}
}

// TestAhead takes what is made ahead to its end, up to some point, until it is cancelled, and until it breaks.
func TestAhead(t *testing.T) {
	p := &plan{ctx: t.Context()}
	made := make(chan int, 100)
	var got []int
	for n, err := range ahead(p, counting(p, 5, made)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, n)
	}
	if !slices.Equal(got, []int{0, 1, 2, 3, 4}) || p.ctx != t.Context() {
		t.Errorf("got %v", got)
	}
	for range ahead(p, counting(p, 0, made)) {
		t.Error("none is one")
	}

	for len(made) > 0 {
		<-made
	}
	for range ahead(p, counting(p, 5, made)) {
		time.Sleep(10 * time.Millisecond)
		if len(made) != 1 {
			t.Errorf("with the first %d were made", len(made))
		}
		break
	}
	taken := 0
	for range ahead(p, counting(p, 5, made)) {
		if taken++; taken == 2 {
			for len(made) < 4 { // 0 of before, and 0, 1, 2: the third is made while the second is taken
				time.Sleep(time.Millisecond)
			}
			break
		}
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	gone := errors.New("gone")
	p.ctx = ctx
	var problem error
	for n, err := range ahead(p, counting(p, 100, made)) {
		if n == 2 {
			cancel(gone)
		}
		problem = err
	}
	if !errors.Is(problem, gone) {
		t.Errorf("cancelled: %v", problem)
	}

	p.ctx = t.Context()
	defer func() {
		if recover() == nil {
			t.Error("a panic was kept")
		}
	}()
	for range ahead(p, func(yield func(int, error) bool) { yield(1, nil); panic("broken") }) {
	}
}

// TestAheadThatEndsQuietly: what makes rows ends quietly once its context has; who takes them must hear that they are not all.
func TestAheadThatEndsQuietly(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	gone := errors.New("gone")
	p := &plan{ctx: ctx}
	var problem error
	for n, err := range ahead(p, func(yield func(int, error) bool) {
		for i := range 5 {
			if !yield(i, nil) {
				return
			}
		}
	}) {
		if problem = err; n == 1 && err == nil {
			cancel(gone)
			time.Sleep(20 * time.Millisecond)
		}
	}
	if !errors.Is(problem, gone) {
		t.Errorf("cancelled, and it ends with %v", problem)
	}
}
