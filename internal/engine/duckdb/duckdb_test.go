package duckdb_test

import (
	"context"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/enginetest"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

func TestContract(t *testing.T) {
	enginetest.TestContract(t,
		func(t *testing.T) tallystick.Engine { return memory.New() },
		func(t *testing.T) tallystick.Engine { return open(t, t.TempDir()) })
}

func open(t testing.TB, dir string) *duckdb.Engine {
	t.Helper()
	e, err := duckdb.Open(context.Background(), duckdb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
