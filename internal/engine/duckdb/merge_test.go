package duckdb_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// TestMergeThatWasGivenUp gives merges up after longer and longer times: all rows are where they were, once, and the merge that has time enough has them all.
func TestMergeThatWasGivenUp(t *testing.T) {
	e := openFlushing(t, t.TempDir(), 1)
	defer e.Close()
	release := duckdb.HoldMerges(e)
	for i := range 12 {
		mustApply(t, e, messages("acme", uint64(20*i), 20))
	}
	if err := duckdb.Flush(e); err != nil {
		t.Fatal(err)
	}
	given := 0
	for most := time.Duration(0); ; most += 500 * time.Microsecond {
		ctx, cancel := context.WithTimeout(t.Context(), most)
		err := duckdb.MergeHeld(ctx, e)
		cancel()
		holds(t, e, "acme", 240)
		if err == nil {
			break
		}
		if given++; !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	release()
	if n, err := duckdb.Rows(e, "merged"); given < 3 || n < 4 || err != nil {
		t.Errorf("%d merges were given up, %d came to an end, %v", given, n, err)
	}
}
