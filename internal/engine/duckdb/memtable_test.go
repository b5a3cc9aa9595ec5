package duckdb_test

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

// TestFlushesUnderReaders asks while memtables are filled, flushed and dropped, and what they wrote is merged: no answer has a row twice, or lacks one.
func TestFlushesUnderReaders(t *testing.T) {
	e := openFlushing(t, t.TempDir(), 50)
	defer e.Close()
	mustApply(t, e, messages("acme", 0, 20))
	ctx := context.Background()
	var work sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		work.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				before, _ := e.Applied(ctx, 1)
				list, err := e.List(ctx, tallystick.List{
					Scope: tallystick.For("acme", tallystick.Position{}, tallystick.MaxInstant), Types: []string{tallystick.MessageSent}, From: tallystick.MinInstant,
				})
				after, _ := e.Applied(ctx, 1)
				if err != nil || len(list) < int(before.Sequence) || len(list) > int(after.Sequence) || len(list)%20 != 0 {
					t.Errorf("%d messages, %v; %d were applied before, %d after", len(list), err, before.Sequence, after.Sequence)
					return
				}
				for i := range list {
					if list[i].Position.Sequence != uint64(i)+1 {
						t.Errorf("message %d of %d is %s", i+1, len(list), list[i].Position)
						return
					}
				}
			}
		})
	}
	for i := 1; i < 60; i++ {
		mustApply(t, e, messages("acme", uint64(20*i), 20))
		if i%15 == 0 {
			if err := duckdb.MergeAll(ctx, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(stop)
	work.Wait()
	if err := duckdb.Flush(e); err != nil {
		t.Fatal(err)
	}
	holds(t, e, "acme", 1200)
	if n, err := duckdb.Rows(e, "merged"); n < 3 || err != nil {
		t.Errorf("%d merges, %v", n, err)
	}
	if n, err := duckdb.Memtables(e); n != 0 || err != nil {
		t.Errorf("%d tables in memory after everything was flushed, %v", n, err)
	}
}

// TestApplyThatGaveUpWaiting gives up while a flush is on its way, and goes on when it is through.
func TestApplyThatGaveUpWaiting(t *testing.T) {
	e := openFlushing(t, t.TempDir(), 10)
	defer e.Close()
	mustApply(t, e, messages("acme", 0, 10))
	end := duckdb.HoldFlush(e)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := e.Apply(ctx, messages("acme", 10, 10)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Apply while a flush is on its way: %v", err)
	}
	holds(t, e, "acme", 10)
	end(nil)
	mustApply(t, e, messages("acme", 10, 10))
	holds(t, e, "acme", 20)
}

// TestFlushThatFailed fails a flush: nothing more is applied, and what was is still there.
func TestFlushThatFailed(t *testing.T) {
	dir := t.TempDir()
	e := openFlushing(t, dir, 10)
	mustApply(t, e, messages("acme", 0, 10))
	duckdb.HoldFlush(e)(syscall.ENOSPC)
	err := e.Apply(context.Background(), messages("acme", 10, 10))
	if tallystick.CodeOf(err) != tallystick.Unavailable || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Apply after a flush that failed: %v", err)
	}
	holds(t, e, "acme", 10)
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	e = open(t, dir)
	defer e.Close()
	holds(t, e, "acme", 0)
}

// TestAFailedFlushIsNotForgotten fails a flush while the Apply that waits for it is given up: whatever Apply says, nothing behind the gap gets into the file, where the number of a tenant would be another's.
func TestAFailedFlushIsNotForgotten(t *testing.T) {
	dir := t.TempDir()
	e := openFlushing(t, dir, 10)
	mustApply(t, e, messages("acme", 0, 10))
	end := duckdb.HoldFlushOfRecent(e)
	mustApply(t, e, messages("acme", 10, 10))
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error)
	go func() { result <- e.Apply(ctx, messages("acme", 20, 10)) }()
	time.Sleep(20 * time.Millisecond)
	end(syscall.ENOSPC)
	cancel()
	if err := <-result; err == nil {
		t.Error("Apply says nothing of a flush that failed")
	}
	if err := e.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Logf("Close says %v", err) // Apply has told it
	}
	e = open(t, dir)
	defer e.Close()
	holds(t, e, "acme", 0)
	mustApply(t, e, messages("bolt", 0, 10))
	holds(t, e, "bolt", 10)
}

// TestCloseAfterAnApplyThatWasGivenUp keeps what was applied before.
func TestCloseAfterAnApplyThatWasGivenUp(t *testing.T) {
	dir := t.TempDir()
	e := open(t, dir)
	mustApply(t, e, messages("acme", 0, 5000))
	ctx := &ending{Context: context.Background()}
	ctx.left.Store(12)
	if err := e.Apply(ctx, messages("acme", 5000, 60_000)); err == nil {
		t.Fatal("Apply was not given up")
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = open(t, dir)
	defer e.Close()
	holds(t, e, "acme", 5000)
}
