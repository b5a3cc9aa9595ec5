package usage

import (
	"context"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/report"
)

// Source is where answers come from: the definitions, the engine, the journal behind it, and the ledger of what was not accepted. It must not be changed once it is
// in use, and may be used by many at the same time.
type Source struct {
	// Catalog returns the definitions that hold now.
	Catalog func() *report.Catalog
	// Ask calls fn with the engine, valid until fn returns, and the position of the newest record that it had applied before. What fn makes is as of that position,
	// however many records are applied meanwhile. The zero position: there is none yet. An engine that is not there is an error of the code Unavailable.
	Ask func(ctx context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error
	// Lookup is that of the journal.
	Lookup Lookup
	// Ledger knows how events were answered that were not accepted, and Arrived when accepted ones were received; ingest-quality is about these. nil: nothing is known.
	Ledger report.Ledger
	// Versions are the program's, for receipts.
	Versions Versions
	Arrived  func(ctx context.Context, tenant string, from, before tallystick.Instant, fn func(*tallystick.Record) error) error
}

// Within returns the engine as somebody with a reach may see it, when head is the newest position that it had applied.
func (s *Source) Within(engine tallystick.Answerer, head tallystick.Position, reach control.Reach) *Reached {
	return &Reached{engine: engine, reach: reach, empty: head.IsZero(), ledger: s.Ledger, arrived: s.Arrived}
}
