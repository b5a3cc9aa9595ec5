package duckdb_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// TestMergeThatWasGivenUp gives merges up after longer and longer times: all rows are where they were, once, and the merge that has time enough has them all.
func TestMergeThatWasGivenUp(t *testing.T) {
	duckdb.MergeLate()
	defer duckdb.MergeSoon()
	e := openFlushing(t, t.TempDir(), 1)
	defer e.Close()
	for i := range 12 {
		mustApply(t, e, messages("acme", uint64(20*i), 20))
	}
	if err := duckdb.Flush(e); err != nil {
		t.Fatal(err)
	}
	given := 0
	for most := time.Duration(0); ; most += 500 * time.Microsecond {
		ctx, cancel := context.WithTimeout(t.Context(), most)
		err := e.Merge(ctx)
		cancel()
		holds(t, e, "acme", 240)
		if err == nil {
			break
		}
		if given++; !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	if n, err := duckdb.Rows(e, "merged"); given < 3 || n < 4 || err != nil {
		t.Errorf("%d merges were given up, %d came to an end, %v", given, n, err)
	}
}

// TestNoMergeWithoutRoom asks for room for more and more flushes, until there is too little on any disk.
func TestNoMergeWithoutRoom(t *testing.T) {
	e := openFlushing(t, t.TempDir(), 1)
	defer e.Close()
	mustApply(t, e, messages("acme", 0, 20))
	if err := duckdb.RoomToMerge(e, 1); err != nil {
		t.Error(err)
	}
	if err := duckdb.RoomToMerge(e, math.MaxInt32); tallystick.CodeOf(err) != tallystick.Unavailable {
		t.Errorf("a merge of so many flushes that no disk holds: %v", err)
	}
}

// TestFlushComesFirst lets a flush wait for a merge that does not end by itself.
func TestFlushComesFirst(t *testing.T) {
	e := openFlushing(t, t.TempDir(), 1)
	defer e.Close()
	merging, end := duckdb.BeginMerge(e)
	flushed := make(chan error)
	mustApply(t, e, messages("acme", 0, 20))
	go func() { flushed <- duckdb.Flush(e) }()
	<-merging.Done()
	select {
	case err := <-flushed:
		t.Error("the flush did not wait", err)
	default:
	}
	end()
	if err := <-flushed; err != nil {
		t.Error(err)
	}
	holds(t, e, "acme", 20)
}

// TestMergeWithLittleMemory merges with less and less memory, until it is too little for all flushes, but not for some of them, and then for none: no row is lost or there twice, and what is left is merged once there is memory again.
func TestMergeWithLittleMemory(t *testing.T) {
	duckdb.MergeLate()
	defer duckdb.MergeSoon()
	defer duckdb.MergeMany(8)()
	fewer, none := false, false
	for limit := 30; limit > 2 && !(fewer && none); limit -= 5 {
		const flushes, each = 8, 6000
		dir := t.TempDir()
		e := openFlushing(t, dir, 1<<30)
		for i := range uint64(flushes) {
			mustApply(t, e, messages("acme", i*each, each))
			if err := duckdb.Flush(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		little, err := duckdb.Open(t.Context(), duckdb.Options{Dir: dir, MemoryLimit: fmt.Sprint(limit, "MB"), Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		err = duckdb.MergeAll(t.Context(), little)
		if err != nil && tallystick.CodeOf(err) != tallystick.Unavailable {
			t.Fatalf("with %d MB: %v", limit, err)
		}
		n, wrong := duckdb.Rows(little, "merged")
		if wrong != nil {
			t.Fatal(wrong)
		}
		fewer, none = fewer || n > 1, none || n == 0 && err != nil
		t.Logf("%d MB: %d merges, %v", limit, n, err)
		if err := little.Close(); err != nil {
			t.Fatal(err)
		}
		e = openFlushing(t, dir, 1<<30)
		mustApply(t, e, messages("acme", flushes*each, 1))
		if err := errors.Join(duckdb.Flush(e), duckdb.MergeAll(t.Context(), e)); err != nil {
			t.Fatal(err)
		}
		holds(t, e, "acme", flushes*each+1)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !fewer || !none {
		t.Errorf("merged fewer at once: %t, none: %t", fewer, none)
	}
}
