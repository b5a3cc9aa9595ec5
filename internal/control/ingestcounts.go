package control

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tallystick/tallystick"
)

// MostSources is how many sources of a tenant are counted one by one in a slot. What comes from more of them is counted as of [OtherSources]: the name of a source is
// for who sends to choose, and each is a row.
const (
	MostSources  = 100
	OtherSources = "(others)"
)

// AddIngestCounts adds to the counts of ingest, all of them or, with an error, none. Counts of the same tenant, source, slot, outcome and reason become one.
func (s *Store) AddIngestCounts(ctx context.Context, counts []tallystick.IngestCount) error {
	counts = slices.Clone(counts)
	for i := range counts {
		n := &counts[i]
		n.Tenant, n.Source, n.Reason = clean(n.Tenant, 1024), clean(n.Source, 1024), clean(n.Reason, 1024)
		if n.Slot != tallystick.SlotOf(n.Slot) {
			return tallystick.Errorf(tallystick.Invalid, "the slot %v of an ingest count does not begin a quarter of an hour", n.Slot)
		}
	}
	err := s.write(ctx, func(c conn) error {
		counts, err := c.foldSources(ctx, counts)
		if err != nil {
			return err
		}
		for _, n := range counts {
			if _, err := c.exec(ctx, `
				INSERT INTO ingest_counts (tenant, slot, source, outcome, reason, count)
				VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (tenant, slot, source, outcome, reason) DO UPDATE
				SET count = ingest_counts.count + excluded.count`,
				n.Tenant, n.Slot, n.Source, n.Outcome, n.Reason, n.Count); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("add ingest counts: %w", err)
	}
	return nil
}

// foldSources returns counts with those of too many sources as one. They are in one order everywhere: two programs that add the same counts in different orders would
// wait for each other.
func (c conn) foldSources(ctx context.Context, counts []tallystick.IngestCount) ([]tallystick.IngestCount, error) {
	type place struct {
		tenant string
		slot   tallystick.Instant
	}
	known, sums := map[place]map[string]struct{}{}, map[tallystick.IngestCount]int64{}
	for _, n := range counts {
		at := place{n.Tenant, n.Slot}
		sources := known[at]
		if sources == nil {
			sources = map[string]struct{}{}
			known[at] = sources
			if err := c.each(ctx, `
				SELECT DISTINCT source
				FROM ingest_counts
				WHERE tenant = ? AND slot = ?`, []any{n.Tenant, n.Slot}, func(scan func(...any) error) error {
				var source string
				err := scan(&source)
				sources[source] = struct{}{}
				return err
			}); err != nil {
				return nil, err
			}
		}
		if _, ok := sources[n.Source]; !ok && len(sources) >= MostSources {
			n.Source = OtherSources
		}
		sources[n.Source] = struct{}{}
		key := n
		key.Count = 0
		sums[key] += n.Count
	}
	folded := make([]tallystick.IngestCount, 0, len(sums))
	for key, n := range sums {
		key.Count = n
		folded = append(folded, key)
	}
	slices.SortFunc(folded, func(a, b tallystick.IngestCount) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Reason, b.Reason))
	})
	return folded, nil
}

// IngestCounts returns what was counted of a tenant in the slots of [from, before), in the order of slot, source, outcome and reason.
func (s *Store) IngestCounts(ctx context.Context, tenant string, from, before tallystick.Instant) ([]tallystick.IngestCount, error) {
	counts, err := all(ctx, s.single(), `
		SELECT slot, source, outcome, reason, count
		FROM ingest_counts
		WHERE tenant = ? AND slot >= ? AND slot < ?
		ORDER BY slot, source, outcome, reason`, []any{tenant, from, before},
		func(scan func(...any) error) (tallystick.IngestCount, error) {
			n := tallystick.IngestCount{Tenant: tenant}
			return n, scan(&n.Slot, &n.Source, &n.Outcome, &n.Reason, &n.Count)
		})
	if err != nil {
		return nil, fmt.Errorf("read ingest counts: %w", err)
	}
	return counts, nil
}

// IngestCountTenants returns the tenants that something was counted of, in the order of their ids.
func (s *Store) IngestCountTenants(ctx context.Context) ([]string, error) {
	tenants, err := all(ctx, s.single(), `
		SELECT DISTINCT tenant
		FROM ingest_counts
		ORDER BY tenant`, nil, func(scan func(...any) error) (t string, err error) { return t, scan(&t) })
	if err != nil {
		return nil, fmt.Errorf("read ingest counts: %w", err)
	}
	return tenants, nil
}
