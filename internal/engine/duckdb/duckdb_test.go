package duckdb_test

import (
	"context"
	"os"
	"sync/atomic"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/enginetest"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

func TestMain(m *testing.M) {
	duckdb.MergeSoon()
	duckdb.CountApart()
	os.Exit(m.Run())
}

// TestContract asks every second engine without what it keeps of states, so that the statements behind that are held to the contract too, and lets some of them write
// into the file after a few events.
func TestContract(t *testing.T) {
	var opened atomic.Int64
	enginetest.TestContract(t,
		func(t *testing.T) tallystick.Engine { return memory.New() },
		func(t *testing.T) tallystick.Engine {
			n := opened.Add(1)
			e := openFlushing(t, t.TempDir(), []int{0, 1, 90, 30}[n%4])
			if n%8 < 4 {
				duckdb.AskDatabase(e)
			}
			return e
		})
}

func open(t testing.TB, dir string) *duckdb.Engine { return openFlushing(t, dir, 0) }

// openFlushing opens an engine that writes into the file whenever it has gathered so many events.
func openFlushing(t testing.TB, dir string, events int) *duckdb.Engine {
	t.Helper()
	e, err := duckdb.Open(context.Background(), duckdb.Options{Dir: dir, FlushEvents: events})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
