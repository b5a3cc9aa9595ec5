package report

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"github.com/tallystick/tallystick"
)

// A table without code is made by what its definition says: its metrics are asked for by period and group, each with as many queries as it takes, and their answers are joined
// into rows. A row is there when at least one metric has an event for it; a table with periods and no groups has a row for every period.

// metric is a [tallystick.Metric] for one plan.
type metric struct {
	*plan
	*tallystick.Metric
	where   tallystick.Filter
	reasons []Reason // of each condition of where: why an event that does not meet it is left out
	near    tallystick.Filter
}

// metric makes the conditions of a metric: its own, then those of the request's filters.
func (p *plan) metric(m *tallystick.Metric) (*metric, error) {
	c := &metric{plan: p, Metric: m}
	for _, w := range m.Where {
		if !p.holds(w.When) {
			continue
		}
		d, err := p.dimension(w.Field, w.As)
		if err != nil {
			return nil, err
		}
		condition := conditionOn(d, w.Op, w.Values)
		reason := OtherValue
		if a := attributeNamed(w.As); a != nil {
			reason = a.reason
		} else if known, ok := reasonOfField[w.Field]; ok {
			reason = known
		}
		c.where, c.reasons = append(c.where, condition), append(c.reasons, reason)
		if w.Near {
			c.near = append(c.near, condition)
		}
	}
	if m.Does == tallystick.MetricSum || m.Does == tallystick.MetricMean {
		c.where, c.reasons = append(c.where, tallystick.Condition{Field: m.Field, Op: tallystick.Numeric}), append(c.reasons, NoNumber)
	}
	for _, f := range p.definition.Filters {
		wanted := p.request.Where != nil && p.where[f.Name] != nil
		if !wanted {
			continue
		}
		d, err := p.dimension(f.Field, f.As)
		if err != nil {
			return nil, err
		}
		c.where, c.reasons = append(c.where, conditionOn(d, tallystick.In, p.where[f.Name])), append(c.reasons, FilteredOut)
	}
	return c, nil
}

// reasonOfField says more than [OtherValue] about fields of the vocabulary.
var reasonOfField = map[tallystick.Field]Reason{
	tallystick.FieldSenderKind: OtherSender, tallystick.FieldPreview: Preview, tallystick.FieldKind: OtherKind, tallystick.FieldService: OtherService,
}

// holds reports whether the options are as a condition wants them.
func (p *plan) holds(when map[string]string) bool {
	for option, value := range when {
		if p.options[option] != value {
			return false
		}
	}
	return true
}

// tally is the question of a metric that is not about spans.
func (m *metric) tally(by []tallystick.Dimension, edges []tallystick.Instant) (tallystick.Tally, error) {
	q := tallystick.Tally{
		Scope: m.scope, Type: m.Type, From: m.from, Where: m.where, By: by, Edges: edges, Countable: m.Type == tallystick.MessageSent && !m.EveryMessage,
	}
	switch m.Does {
	case tallystick.MetricSum, tallystick.MetricMean:
		q.Measure.Sum = m.Field
	case tallystick.MetricDistinct:
		d, err := m.dimension(m.Field, m.As)
		if err == nil && m.FollowMerges {
			d.Labels, err = m.mergedContacts(m.scope)
		}
		q.Measure.Distinct = &d
		return q, err
	}
	return q, nil
}

// peak is the question of a metric about spans: the peaks of all clock hours.
func (m *metric) peak(by []tallystick.Dimension) (tallystick.Peak, error) {
	span := spans[slices.IndexFunc(spans, func(s spanWord) bool { return s.Start == m.Type })].Span
	q := tallystick.Peak{Scope: m.scope, Span: span, From: m.from, Where: m.where, By: by, Edges: m.hours()}
	limit := cmp.Or(m.options[m.OpenLimit], m.OpenLimit)
	if limit == "none" {
		return q, nil
	}
	var err error
	q.OpenLimit, err = parseLength(limit)
	return q, err
}

// figure is a metric's number for a period and group.
type figure struct {
	bucket int
	group  []string
	cell   tallystick.Cell
}

// figures asks for a metric by period and group, in their order. Hours of a peak belong to the bucket that holds them.
func (m *metric) figures(by []tallystick.Dimension, edges []tallystick.Instant) ([]figure, error) {
	if m.Does == tallystick.MetricPeak || m.Does == tallystick.MetricAverage {
		return m.peaks(by, edges)
	}
	q, err := m.tally(by, edges)
	if err != nil {
		return nil, err
	}
	counts, err := m.store.Tally(m.ctx, q)
	if err != nil {
		return nil, err
	}
	numbers := counts // of the events behind a mean
	if m.Does == tallystick.MetricMean {
		q.Measure = tallystick.Measure{}
		if numbers, err = m.store.Tally(m.ctx, q); err != nil {
			return nil, err
		}
	}
	unit, whole, _ := unitOf(m.definition, m.Type, m.Field)
	var list []figure
	for i, c := range counts {
		cell := tallystick.IntegerCell(c.Value)
		switch {
		case m.Does == tallystick.MetricMean:
			cell = tallystick.DecimalCell(signedHundredths(c.Value, unit*numbers[i].Value)) // both have a row for the same events
		case m.Does == tallystick.MetricSum && !whole:
			cell = tallystick.DecimalCell(signedHundredths(c.Value, unit))
		case m.Does == tallystick.MetricSum && c.Value%unit != 0:
			return nil, tallystick.Errorf(tallystick.Invalid, "%s of %s is declared as a whole number, and adds up to %s: it was declared otherwise when some events came", m.Field, m.Type, tallystick.FormatNumber(c.Value)).
				WithHint("declare it as number")
		case m.Does == tallystick.MetricSum:
			cell = tallystick.IntegerCell(c.Value / unit)
		}
		list = append(list, figure{c.Bucket, c.Group, cell})
	}
	return list, nil
}

func (m *metric) peaks(by []tallystick.Dimension, edges []tallystick.Instant) ([]figure, error) {
	q, err := m.peak(by)
	if err != nil {
		return nil, err
	}
	answer, err := m.store.Peak(m.ctx, q)
	if err != nil {
		return nil, err
	}
	if answer.Cut > 0 {
		m.notes.add(fmt.Sprintf("%s: %s: %d without an end taken to end %s after the start", m.tenant, m.Name, answer.Cut, cmp.Or(m.options[m.OpenLimit], m.OpenLimit)))
	}
	type place struct {
		bucket int
		group  string
	}
	all := map[place]*peaks{}
	var list []figure
	for _, c := range answer.Counts {
		at := place{bucketAt(edges, q.Edges[c.Bucket]), fmt.Sprintf("%q", c.Group)}
		if all[at] == nil {
			all[at] = &peaks{}
			list = append(list, figure{bucket: at.bucket, group: c.Group})
		}
		all[at].add(c.Value)
	}
	for i := range list {
		p := all[place{list[i].bucket, fmt.Sprintf("%q", list[i].group)}]
		list[i].cell = tallystick.IntegerCell(p.maximum)
		if m.Does == tallystick.MetricAverage {
			list[i].cell = tallystick.DecimalCell(hundredths(p.sum, p.hours))
		}
	}
	slices.SortStableFunc(list, func(a, b figure) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), slices.Compare(a.group, b.group))
	})
	return list, nil
}

// bucketAt returns the bucket that holds an instant; without edges there is one.
func bucketAt(edges []tallystick.Instant, at tallystick.Instant) int {
	if edges == nil {
		return 0
	}
	i, found := slices.BinarySearch(edges, at)
	if !found {
		i--
	}
	return i
}

// zero is what a metric shows where no event counts.
func zero(r *tallystick.Report, m *tallystick.Metric) tallystick.Cell {
	switch {
	case m.Does == tallystick.MetricMean:
		return tallystick.Empty // nothing has no mean
	case kindOfMetric(r, m) == tallystick.CellDecimal:
		return tallystick.DecimalCell(0)
	}
	return tallystick.IntegerCell(0)
}

// signedHundredths returns n / d in hundredths, rounded half up, which is towards the larger number; d is positive.
func signedHundredths(n, d int64) int64 {
	x := new(big.Int).Mul(big.NewInt(n), big.NewInt(200))
	x.Add(x, big.NewInt(d))
	return x.Div(x, new(big.Int).Mul(big.NewInt(d), big.NewInt(2))).Int64() // Div rounds down
}
