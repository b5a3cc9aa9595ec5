package control

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// toldAge is how far before the newest that a schedule tells it is kept what it has told: what comes late for a time further back is not told of.
const toldAge = 2 * 366 * tallystick.Day

// Told is a time, [From, Before), of a tenant that a schedule's files have been about. Periods that touch are kept as one.
type Told struct {
	Tenant       string
	From, Before tallystick.Instant
}

// Told returns what a schedule has told of each tenant, by time. Two of one tenant neither overlap nor touch.
func (s *Store) Told(ctx context.Context, schedule string) (map[string][]Told, error) {
	told, err := s.single().told(ctx, schedule)
	if err != nil {
		return nil, fmt.Errorf("read what schedule %q has told: %w", schedule, err)
	}
	for tenant, list := range told {
		told[tenant] = joined(list)
	}
	return told, nil
}

// told returns the rows of a schedule, by time.
func (c conn) told(ctx context.Context, schedule string) (map[string][]Told, error) {
	rows := map[string][]Told{}
	err := c.each(ctx, `
		SELECT tenant, begins, ends
		FROM told
		WHERE schedule = ?
		ORDER BY tenant, begins`, []any{schedule}, func(scan func(...any) error) error {
		var t Told
		err := scan(&t.Tenant, &t.From, &t.Before)
		rows[t.Tenant] = append(rows[t.Tenant], t)
		return err
	})
	return rows, err
}

// joined returns times of one tenant without what they have in common. Two programs that have told at once may have left times that overlap.
func joined(list []Told) (out []Told) {
	slices.SortFunc(list, func(a, b Told) int { return cmp.Compare(a.From, b.From) })
	for _, t := range list {
		if last := len(out) - 1; last >= 0 && t.From <= out[last].Before {
			out[last].Before = max(out[last].Before, t.Before)
			continue
		}
		out = append(out, t)
	}
	return out
}

// tell notes what a run of a schedule has told. Rows are only made longer, and one goes only when another one holds it, or by [toldAge], so that programs that tell at once
// lose nothing.
func (c conn) tell(ctx context.Context, schedule string, told []Told) error {
	newest := tallystick.MinInstant + toldAge
	for _, t := range told {
		newest = max(newest, t.Before)
	}
	if _, err := c.exec(ctx, `
		DELETE FROM told
		WHERE schedule = ? AND ends < ?`, schedule, newest-toldAge); err != nil {
		return err
	}
	rows, err := c.told(ctx, schedule)
	if err != nil {
		return err
	}
	var longer []Told
	for _, t := range told {
		if t.From >= t.Before || slices.ContainsFunc(rows[t.Tenant], func(row Told) bool { return row.From <= t.From && t.Before <= row.Before }) {
			continue
		}
		all := joined(append(slices.Clone(rows[t.Tenant]), t))
		at := slices.IndexFunc(all, func(one Told) bool { return one.From <= t.From && t.Before <= one.Before })
		longer = append(longer, all[at])
	}
	slices.SortFunc(longer, func(a, b Told) int { return cmp.Or(strings.Compare(a.Tenant, b.Tenant), cmp.Compare(a.From, b.From)) })
	for some := range slices.Chunk(longer, 200) {
		var args []any
		for _, t := range some {
			args = append(args, schedule, t.Tenant, t.From, t.Before)
		}
		if _, err := c.exec(ctx, `
			INSERT INTO told (schedule, tenant, begins, ends)
			VALUES `+strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?), ", len(some)), ", ")+`
			ON CONFLICT (schedule, tenant, begins) DO UPDATE
			SET ends = CASE WHEN excluded.ends > told.ends THEN excluded.ends ELSE told.ends END`, args...); err != nil {
			return err
		}
	}
	for _, t := range longer {
		if !slices.ContainsFunc(rows[t.Tenant], func(row Told) bool { return t.From < row.From && row.Before <= t.Before }) {
			continue
		}
		if _, err := c.exec(ctx, `
			DELETE FROM told
			WHERE schedule = ? AND tenant = ? AND begins > ? AND ends <= ?`, schedule, t.Tenant, t.From, t.Before); err != nil {
			return err
		}
	}
	return nil
}
