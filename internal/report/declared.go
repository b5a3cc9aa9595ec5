package report

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// declaredRow is a row of a table without code, with what it is about.
type declaredRow struct {
	label string // of the period
	stretch
	group []string // nil: all groups
	all   bool     // it is the row over all groups
	cells []tallystick.Cell
}

// buildDeclared makes a table that needs no code.
func buildDeclared(t *tallystick.TableDefinition) builder {
	return func(p *plan, row rows) error {
		return p.declaredRows(t, func(r *declaredRow) bool { return row(r.cells...) })
	}
}

// shape is a table's definition as one plan has it.
type shape struct {
	*tallystick.TableDefinition
	*plan
	metrics  []*metric
	by       []tallystick.Dimension
	leaveOut []bool // of each dimension: events without a value are in no group
	buckets  []tallystick.Bucket
	edges    []tallystick.Instant // nil where there are no periods
}

func (p *plan) shape(t *tallystick.TableDefinition) (*shape, error) {
	s := &shape{TableDefinition: t, plan: p}
	for _, source := range t.Sources {
		switch {
		case source.Period != "":
			if err := s.split(source.Period); err != nil {
				return nil, err
			}
		case source.Metric != "":
			m, err := p.metric(metricOf(p.definition, source.Metric))
			if err != nil {
				return nil, err
			}
			s.metrics = append(s.metrics, m)
			if m.Does == tallystick.MetricPeak || m.Does == tallystick.MetricAverage {
				if err := p.checkHours(); err != nil {
					return nil, err
				}
			}
		default:
			d := p.dimensionOf(source)
			by, err := p.dimension(d.Field, d.As)
			if err != nil {
				return nil, err
			}
			s.by, s.leaveOut = append(s.by, by), append(s.leaveOut, d.LeaveOut)
		}
	}
	return s, nil
}

// dimensionOf returns the dimension that a column shows, by its name or by an option's.
func (w *wish) dimensionOf(source tallystick.Source) *tallystick.DimensionDefinition {
	name := source.Dimension
	if source.ByOption != "" {
		name = w.options[source.ByOption]
	}
	for i := range w.definition.Dimensions {
		if w.definition.Dimensions[i].Name == name {
			return &w.definition.Dimensions[i]
		}
	}
	return nil
}

// split makes the buckets of the period column.
func (s *shape) split(period string) error {
	if value, ok := s.options[period]; ok {
		period = value
	}
	grain, err := tallystick.ParseGrain(period)
	if err != nil {
		return err
	}
	s.buckets, s.edges, err = s.bucketsBy(grain)
	return err
}

// declaredRows yields the rows of a table, until yield returns false.
func (p *plan) declaredRows(t *tallystick.TableDefinition, yield func(*declaredRow) bool) error {
	s, err := p.shape(t)
	if err != nil {
		return err
	}
	forget, err := s.foreseeAll()
	if err != nil {
		return err
	}
	defer forget()
	answers, err := s.ask(s.by, s.edges)
	if err != nil {
		return err
	}
	var all *replies
	if t.All != "" {
		if all, err = s.ask(nil, s.edges); err != nil {
			return err
		}
	}
	if s.edges == nil {
		s.block("", stretch{p.from, p.scope.Before, true}, 0, answers, all, yield)
		return nil
	}
	for i, b := range s.buckets {
		if !s.block(b.Label, stretch{from: max(b.Start, p.from), before: min(b.End, p.scope.Before)}, i, answers, all, yield) {
			return nil
		}
	}
	if t.Total == "" {
		return nil
	}
	if answers, err = s.ask(s.by, nil); err != nil {
		return err
	}
	if t.All != "" {
		if all, err = s.ask(nil, nil); err != nil {
			return err
		}
	}
	s.block(t.Total, stretch{p.from, p.scope.Before, true}, 0, answers, all, yield)
	return nil
}

// foreseeAll asks the tallies of all metrics in all ways in which the table needs them.
func (s *shape) foreseeAll() (forget func(), err error) {
	var qs []tallystick.Tally
	for _, m := range s.metrics {
		if m.Does == tallystick.MetricPeak || m.Does == tallystick.MetricAverage {
			continue
		}
		for _, g := range groupings(s.by, s.edges, s.All != "", s.Total != "") {
			q, err := m.tally(g.by, g.edges)
			if err != nil {
				return nil, err
			}
			qs = append(qs, q)
			if m.Does == tallystick.MetricMean {
				q.Measure = tallystick.Measure{}
				qs = append(qs, q)
			}
		}
	}
	return s.foresee(qs)
}

// replies are the figures of all metrics of a table, and how far they were written.
type replies struct {
	figures [][]figure
}

func (s *shape) ask(by []tallystick.Dimension, edges []tallystick.Instant) (*replies, error) {
	a := &replies{}
	for _, m := range s.metrics {
		list, err := m.figures(by, edges)
		if err != nil {
			return nil, err
		}
		a.figures = append(a.figures, list)
	}
	return a, nil
}

// next takes the smallest group of a bucket off the answers, with the cell of each metric; ok is false when the bucket has no more.
func (s *shape) next(a *replies, bucket int) (group []string, cells []tallystick.Cell, ok bool) {
	for _, list := range a.figures {
		if len(list) > 0 && list[0].bucket == bucket && (!ok || slices.Compare(list[0].group, group) < 0) {
			group, ok = list[0].group, true
		}
	}
	for i, list := range a.figures {
		cell := zero(s.definition, s.metrics[i].Metric)
		if ok && len(list) > 0 && list[0].bucket == bucket && slices.Equal(list[0].group, group) {
			cell, a.figures[i] = list[0].cell, list[1:]
		}
		cells = append(cells, cell)
	}
	return group, cells, ok
}

// block writes the rows of one bucket.
func (s *shape) block(label string, about stretch, bucket int, answers, all *replies, yield func(*declaredRow) bool) bool {
	write := func(group []string, numbers []tallystick.Cell, ofAll bool) bool {
		r := &declaredRow{label: label, stretch: about, group: group, all: ofAll}
		for _, source := range s.Sources {
			switch {
			case source.Period != "":
				r.cells = append(r.cells, tallystick.TextCell(label))
			case source.Metric != "":
				r.cells, numbers = append(r.cells, numbers[0]), numbers[1:]
			case ofAll && len(r.cells) == len(s.Columns)-len(s.metrics)-len(s.by):
				r.cells = append(r.cells, tallystick.TextCell(s.All))
			case ofAll:
				r.cells = append(r.cells, tallystick.TextCell(""))
			default:
				r.cells = append(r.cells, tallystick.TextCell(group[0]))
				group = group[1:]
			}
		}
		return yield(r)
	}
	if len(s.by) == 0 {
		_, numbers, _ := s.next(answers, bucket)
		return write(nil, numbers, false)
	}
	for {
		group, numbers, ok := s.next(answers, bucket)
		if !ok {
			break
		}
		if s.leftOut(group) {
			continue
		}
		if !write(group, numbers, false) {
			return false
		}
	}
	if all == nil {
		return true
	}
	_, numbers, _ := s.next(all, bucket)
	return write(nil, numbers, true)
}

// leftOut reports whether a group is none, for the lack of a value.
func (s *shape) leftOut(group []string) bool {
	for i, text := range group {
		if text == "" && s.leaveOut[i] {
			return true
		}
	}
	return false
}
