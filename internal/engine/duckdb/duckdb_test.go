package duckdb_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/enginetest"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestContract asks every second engine without what it keeps of states, so that the statements behind that are held to the contract too.
func TestContract(t *testing.T) {
	var opened atomic.Int64
	enginetest.TestContract(t,
		func(t *testing.T) tallystick.Engine { return memory.New() },
		func(t *testing.T) tallystick.Engine {
			e := open(t, t.TempDir())
			if opened.Add(1)%2 == 0 {
				duckdb.AskDatabase(e)
			}
			return e
		})
}

func open(t testing.TB, dir string) *duckdb.Engine {
	t.Helper()
	e, err := duckdb.Open(context.Background(), duckdb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
