package api

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/usage"
)

// SpellingHeader says with the value [OnCommandLine] that a question was asked on a command line, so that what is wrong with it is told in the names of flags.
const (
	SpellingHeader = "Tallystick-Spelling"
	OnCommandLine  = "command-line"
)

func spellingOf(r *http.Request) usage.Spelling {
	if r.Header.Get(SpellingHeader) == OnCommandLine {
		return usage.OnCommandLine
	}
	return usage.InAddress
}

// Asking returns the Ask of [Reports] for an engine that an applier keeps up to date with a log of the journal. The head is that of the journal when the program started.
//
// An engine that is behind it, or behind what was answered from before, is being made from the journal. Its answers would lack events that earlier ones had, so there
// are none until it has caught up.
func Asking(a *applier.Applier, log uint32, head tallystick.Position) func(context.Context, func(tallystick.Answerer, tallystick.Position) error) error {
	var mu sync.Mutex
	reached := head // the newest position that an answer was of, or must be of
	return func(ctx context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error {
		return a.Ask(func(store tallystick.Answerer) error {
			// The engine itself is asked: the applier's position may for a moment be that of the engine before it.
			engine, ok := store.(tallystick.Applier)
			if !ok {
				return tallystick.Errorf(tallystick.Internal, "the engine does not say what it has applied")
			}
			applied, err := engine.Applied(ctx, log)
			if err != nil {
				return fmt.Errorf("ask engine for its position: %w", err)
			}
			mu.Lock()
			behind := reached.After(applied)
			if !behind {
				reached = applied
			}
			goal := reached
			mu.Unlock()
			if behind {
				return tallystick.Errorf(tallystick.Unavailable, "the event store is being made from the journal: it has %d of %d events", applied.Sequence, goal.Sequence).
					WithHint("ask again when that is done; events are taken meanwhile")
			}
			return fn(store, applied)
		})
	}
}
