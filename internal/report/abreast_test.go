package report

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
)

func TestAbreast(t *testing.T) {
	for n := range 20 {
		var done [20]atomic.Bool
		if err := abreast(n, func(i int) error { done[i].Store(true); return nil }); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if !done[i].Load() {
				t.Errorf("%d of %d was left out", i, n)
			}
		}
	}
	err := abreast(50, func(i int) error {
		if i == 7 {
			time.Sleep(time.Millisecond) // the others fail before
		}
		if i >= 7 {
			return fmt.Errorf("%d", i)
		}
		return nil
	})
	if err == nil || err.Error() != "7" {
		t.Errorf("the first error is %v, want 7", err)
	}
}

// TestRowsOfPlansThatAreMadeAbreast makes rows for many plans, with an end, an error or somebody who gives up at any place, and compares with making them one after another.
func TestRowsOfPlansThatAreMadeAbreast(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for round := range 200 {
		n := 2 + r.IntN(12)
		lengths := make([]int, n)
		var plans []*plan
		number := map[*plan]int{}
		for i := range n {
			lengths[i] = r.IntN(4) * r.IntN(900)
			p := &plan{}
			plans, number[p] = append(plans, p), i
		}
		fails, enough, gives := n, int64(1<<40), int64(1<<40)
		switch round % 4 {
		case 1:
			fails = r.IntN(n)
		case 2:
			enough = r.Int64N(3000)
		case 3:
			gives = r.Int64N(3000)
		}
		mistake, gaveUp := errors.New("mistake"), errors.New("gave up")
		ctx, cancel := context.WithCancelCause(context.Background())
		var building atomic.Int64
		build := func(p *plan, row rows) error {
			building.Add(1)
			defer building.Add(-1)
			for k := range lengths[number[p]] {
				if err := p.ctx.Err(); err != nil {
					return context.Cause(p.ctx)
				}
				if !row(tallystick.IntegerCell(int64(number[p])), tallystick.IntegerCell(int64(k))) {
					return nil
				}
			}
			if number[p] == fails {
				return mistake
			}
			return nil
		}
		var got, want []string
		taken := int64(0)
		var began []int
		ended := 0
		err := eachAbreast(ctx, 1+r.IntN(6), plans, build, func(i int) { began = append(began, i) }, func(p *plan, cells []tallystick.Cell) bool {
			got = append(got, fmt.Sprint(number[p], cells))
			if taken++; taken == gives {
				cancel(gaveUp)
			}
			return taken < enough
		}, func(p *plan) { ended++ })
		if n := building.Load(); n != 0 {
			t.Fatalf("round %d: %d builders are still at work", round, n)
		}
		cancel(nil)
	all:
		for i := range n {
			for k := range lengths[i] {
				want = append(want, fmt.Sprint(i, []tallystick.Cell{tallystick.IntegerCell(int64(i)), tallystick.IntegerCell(int64(k))}))
				if int64(len(want)) == enough {
					break all
				}
			}
			if i == fails {
				break
			}
		}
		switch {
		case round%4 == 1 && err != mistake, round%4 == 2 && err != nil, round%4 == 0 && err != nil:
			t.Fatalf("round %d: error %v", round, err)
		case round%4 == 3 && taken >= gives:
			if err == nil && len(got) < len(want) || err != nil && err != gaveUp || int64(len(got)) < gives || !slices.Equal(got, want[:len(got)]) {
				t.Fatalf("round %d: given up after %d of %d rows: %d came, %v", round, gives, len(want), len(got), err)
			}
			continue
		}
		if !slices.Equal(got, want) {
			t.Fatalf("round %d: %d rows, want %d", round, len(got), len(want))
		}
		if round%4 == 0 && ended != n {
			t.Fatalf("round %d: %d of %d plans ended", round, ended, n)
		}
		if !slices.IsSorted(began) {
			t.Fatalf("round %d: plans began in the order %v", round, began)
		}
	}
}
