package api

import (
	"context"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/engine/memory"
	"github.com/tallystick/tallystick/internal/journal"
)

// held is an engine that was opened; closing it leaves it as it is.
type held struct{ *memory.Engine }

func (held) Close() error { return nil }

// TestAnEngineThatIsBehindIsNotAsked damages an engine, so that an empty one takes its place.
func TestAnEngineThatIsBehindIsNotAsked(t *testing.T) {
	engine := memory.New()
	gate := make(chan struct{}, 1)
	a := applier.New(applier.Options{
		Log: 1, Open: func(context.Context) (tallystick.Engine, error) { return held{engine}, nil }, Batch: 1,
		Discard: func() error { engine = memory.New(); return nil },
	})
	j, err := journal.Open(t.Context(), journal.Options{Dir: t.TempDir(), Committed: a.Committed})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); a.Run(ctx, &gated{j, gate}) }()
	defer func() { stop(); close(gate); <-ended; j.Close() }()

	if _, err := j.Append(ctx, upserts("acme", "zeta")); err != nil {
		t.Fatal(err)
	}
	gate <- struct{}{}
	if err := a.Wait(ctx, j.Head()); err != nil {
		t.Fatal(err)
	}
	ask := Asking(a, 1, tallystick.Position{})
	position := func(err error) (at tallystick.Position, _ error) {
		return at, ask(ctx, func(_ tallystick.Answerer, p tallystick.Position) error { at = p; return err })
	}
	if at, err := position(nil); err != nil || at != j.Head() {
		t.Fatalf("asked at %s: %v", at, err)
	}
	late := Asking(a, 1, tallystick.Position{Log: 1, Sequence: 3})
	if err := late(ctx, func(tallystick.Answerer, tallystick.Position) error { return nil }); tallystick.CodeOf(err) != tallystick.Unavailable || !strings.Contains(err.Error(), "2 of 3 events") {
		t.Errorf("behind the head of the start: %v", err)
	}
	position(tallystick.ErrDamaged)
	if err := a.Opened(ctx); err != nil { // the new one, which waits for the journal
		t.Fatal(err)
	}
	if at, err := position(nil); tallystick.CodeOf(err) != tallystick.Unavailable || !strings.Contains(err.Error(), "0 of 2 events") {
		t.Errorf("an empty engine is asked at %s: %v", at, err)
	}
	gate <- struct{}{}
	if err := a.Wait(ctx, j.Head()); err != nil {
		t.Fatal(err)
	}
	if at, err := position(nil); err != nil || at != j.Head() {
		t.Errorf("asked again at %s: %v", at, err)
	}
}

// gated is a journal that waits before it is read.
type gated struct {
	*journal.Journal
	gate chan struct{}
}

func (g *gated) Read(ctx context.Context, after tallystick.Position, fn func([]tallystick.Record) error) error {
	<-g.gate
	return g.Journal.Read(ctx, after, fn)
}
