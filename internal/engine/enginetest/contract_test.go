package enginetest_test

import (
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/enginetest"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

func open(*testing.T) tallystick.Engine { return memory.New() }

// The oracle has no oracle: its random part only shows that batches and repetitions don't matter. What it answers is held to the scripts.
func TestMemory(t *testing.T) { enginetest.TestContract(t, open, open) }
