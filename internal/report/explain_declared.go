package report

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// declaredCell explains a cell of a table without code.
func (t *target) declaredCell(definition *tallystick.TableDefinition, column int) error {
	// The row is made once more, for what it is about: its texts don't tell a group called All from the row of all groups.
	var row *declaredRow
	n := -1
	if err := t.declaredRows(definition, func(r *declaredRow) bool {
		if n++; n == t.index {
			row = r
		}
		return row == nil
	}); err != nil {
		return err
	}
	if row == nil {
		return tallystick.Errorf(tallystick.Internal, "row %d of table %s was made once, and then not again", t.index+1, definition.Name)
	}
	s, err := t.shape(definition)
	if err != nil {
		return err
	}
	switch source := definition.Sources[column]; {
	case source.Period != "":
		return t.label()
	case source.Metric != "":
		m, err := t.metric(metricOf(t.plan.definition, source.Metric))
		if err != nil {
			return err
		}
		return t.measured(s, m, row)
	case row.all:
		return t.label()
	default:
		place := 0 // of the column among the dimensions
		for _, before := range definition.Sources[:column] {
			if before.Dimension != "" || before.ByOption != "" {
				place++
			}
		}
		return t.groupName(s, t.dimensionOf(source), place, row)
	}
}

// measured explains a metric's number.
func (t *target) measured(s *shape, m *metric, row *declaredRow) error {
	by := s.by
	if row.all {
		by = nil
	}
	switch m.Does {
	case tallystick.MetricPeak, tallystick.MetricAverage:
		q, err := m.peak(by)
		if err != nil {
			return err
		}
		measure := map[tallystick.MetricKind]string{tallystick.MetricPeak: "Maximum", tallystick.MetricAverage: "Average"}[m.Does]
		return t.runningAtOnce(q, row.group, measure, row.stretch, m.reasons)
	}
	q, err := m.tally(by, nil)
	if err != nil {
		return err
	}
	t.sense = map[tallystick.MetricKind]Sense{
		tallystick.MetricCount: Events, tallystick.MetricSum: Sum, tallystick.MetricMean: Average, tallystick.MetricDistinct: Items,
	}[m.Does]
	if err := t.talliedBecause(q, row.group, row.from, row.before, m.near, m.reasons); err != nil {
		return err
	}
	if m.FollowMerges {
		return t.merges(q)
	}
	return nil
}

// groupName explains the name of a row's group: by the upserts that give it, or by what the row's first metric counts.
func (t *target) groupName(s *shape, d *tallystick.DimensionDefinition, place int, row *declaredRow) error {
	if a := attributeNamed(d.As); a != nil && row.group[place] != "" {
		entities, err := t.entities(a.typ)
		if err != nil {
			return err
		}
		ids := []string{}
		for i := range entities {
			if a.value(&entities[i]) == row.group[place] {
				ids = append(ids, entities[i].ID)
			}
		}
		if len(ids) > 0 {
			return t.upserts(a.typ, ids, t.scope, a.fields...)
		}
	}
	if err := t.measured(s, s.metrics[0], row); err != nil {
		return err
	}
	t.sense = Giver
	t.found = slices.DeleteFunc(t.found, func(e Explained) bool { return !e.Counted })
	return nil
}
