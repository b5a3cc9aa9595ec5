package report

import (
	"cmp"
	"context"
	"slices"

	"github.com/tallystick/tallystick"
)

// ingest-quality is the one report about times of receipt, and about events that were not accepted. What was accepted is counted by the event store; how the others were answered, by
// whoever answered them, in a [Ledger].

const ingestQuality = "ingest-quality"

// Ledger knows how events were answered that were not accepted. A store that is asked for ingest-quality has its methods too.
type Ledger interface {
	// IngestCounts returns what was counted of a tenant in the slots of [from, before), in the order of slot, source, outcome and reason. The tenant "" is the provider: its are
	// the events that say no tenant.
	IngestCounts(ctx context.Context, tenant string, from, before tallystick.Instant) ([]tallystick.IngestCount, error)
	// IngestCountTenants returns the tenants that something was counted of.
	IngestCountTenants(ctx context.Context) ([]string, error)
}

// ledgerOf returns the ledger of a store.
func ledgerOf(store tallystick.Answerer) (Ledger, error) {
	if a, explaining := store.(*asked); explaining {
		store = a.Answerer
	}
	if l, ok := store.(Ledger); ok {
		return l, nil
	}
	return nil, tallystick.Errorf(tallystick.Unavailable, "how events were answered is not known here").WithHint("ask where the events come in")
}

// withLedgerTenants adds the tenants that only the ledger knows, the provider among them.
func withLedgerTenants(ctx context.Context, store tallystick.Answerer, tenants []string) ([]string, error) {
	ledger, err := ledgerOf(store)
	if err != nil {
		return nil, err
	}
	more, err := ledger.IngestCountTenants(ctx)
	all := append(slices.Clone(tenants), more...)
	slices.Sort(all)
	return slices.Compact(all), err
}

// quality is a row of the table sources.
type quality struct {
	tallystick.Arrival
	duplicates, conflicting, rejected int64
}

// place is a day and a source.
type dayOfSource struct {
	date   tallystick.Date
	source string
}

func (a dayOfSource) compare(b dayOfSource) int {
	return cmp.Or(cmp.Compare(a.date.String(), b.date.String()), cmp.Compare(a.source, b.source))
}

// endPreset lets a period in words that reaches to the moment end with the last quarter of an hour that is over: slots are counted whole.
func (p *plan) endPreset() {
	if p.definition.Name == ingestQuality {
		p.scope.Before = tallystick.SlotOf(p.scope.Before)
	}
}

// checkSlots refuses a period that counts of slots can't tell.
func (p *plan) checkSlots() error {
	for _, end := range []tallystick.Instant{p.from, p.scope.Before} {
		if end != tallystick.SlotOf(end) {
			return tallystick.Errorf(tallystick.Invalid, "the period of %s begins and ends at a quarter of an hour, not at %s", ingestQuality, p.calendar.Format(end)).
				WithHint("give dates, or instants such as 2025-03-01T06:15:00Z")
		}
	}
	return nil
}

// arrivals returns how the tenant's events came in; the provider has none, its events have no tenant.
func (p *plan) arrivals() ([]tallystick.Arrival, error) {
	if p.tenant == "" {
		return nil, nil
	}
	list, err := p.store.Arrivals(p.ctx, tallystick.Arrivals{Scope: tallystick.For(p.tenant, tallystick.Position{}, p.scope.Before), From: p.from})
	return slices.DeleteFunc(list, func(a tallystick.Arrival) bool { return !p.wantsSource(a.Source) }), err
}

// answers returns how events were answered that were not accepted.
func (p *plan) answers() ([]tallystick.IngestCount, error) {
	if err := p.checkSlots(); err != nil {
		return nil, err
	}
	ledger, err := ledgerOf(p.store)
	if err != nil {
		return nil, err
	}
	list, err := ledger.IngestCounts(p.ctx, p.tenant, p.from, p.scope.Before)
	return slices.DeleteFunc(list, func(c tallystick.IngestCount) bool { return !p.wantsSource(c.Source) }), err
}

func (p *plan) wantsSource(source string) bool {
	wanted := p.where["source"]
	return wanted == nil || slices.Contains(wanted, source)
}

// ingestSources makes the table sources.
func (p *plan) ingestSources(row rows) error {
	answers, err := p.answers()
	if err != nil {
		return err
	}
	arrivals, err := p.arrivals()
	if err != nil {
		return err
	}
	days := map[dayOfSource]*quality{}
	at := func(slot tallystick.Instant, source string) *quality {
		place := dayOfSource{p.calendar.DateOf(slot), source}
		if days[place] == nil {
			days[place] = &quality{}
		}
		return days[place]
	}
	for _, a := range arrivals {
		q := at(a.Slot, a.Source)
		q.Accepted += a.Accepted
		q.TimeMissing += a.TimeMissing
		q.LateHour += a.LateHour
		q.LateDay += a.LateDay
		q.LateMonth += a.LateMonth
		q.Unknown += a.Unknown
	}
	for _, c := range answers {
		q := at(c.Slot, c.Source)
		switch c.Outcome {
		case tallystick.OutcomeDuplicate:
			q.duplicates += c.Count
		case tallystick.OutcomeConflicting: // a duplicate too
			q.duplicates += c.Count
			q.conflicting += c.Count
		case tallystick.OutcomeRejected:
			q.rejected += c.Count
		}
	}
	places := sortedPlaces(days)
	for _, place := range places {
		q := days[place]
		cells := []tallystick.Cell{tallystick.TextCell(place.date.String()), tallystick.TextCell(place.source)}
		for _, n := range []int64{q.Accepted, q.duplicates, q.conflicting, q.rejected, q.TimeMissing, q.LateHour, q.LateDay, q.LateMonth, q.Unknown} {
			cells = append(cells, tallystick.IntegerCell(n))
		}
		if !row(cells...) {
			return nil
		}
	}
	return nil
}

func sortedPlaces[V any](m map[dayOfSource]V) []dayOfSource {
	var list []dayOfSource
	for place := range m {
		list = append(list, place)
	}
	slices.SortFunc(list, dayOfSource.compare)
	return list
}

// ingestRejections makes the table rejections.
func (p *plan) ingestRejections(row rows) error {
	answers, err := p.answers()
	if err != nil {
		return err
	}
	days := map[dayOfSource]map[string]int64{}
	for _, c := range answers {
		if c.Outcome != tallystick.OutcomeRejected {
			continue
		}
		place := dayOfSource{p.calendar.DateOf(c.Slot), c.Source}
		if days[place] == nil {
			days[place] = map[string]int64{}
		}
		days[place][c.Reason] += c.Count
	}
	for _, place := range sortedPlaces(days) {
		for _, reason := range sortedKeys(days[place]) {
			if !row(tallystick.TextCell(place.date.String()), tallystick.TextCell(place.source), tallystick.TextCell(reason), tallystick.IntegerCell(days[place][reason])) {
				return nil
			}
		}
	}
	return nil
}
