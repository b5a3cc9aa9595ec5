package memory

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// cells collects an answer's numbers by bucket and group.
type cells map[string]*cell

type cell struct {
	count tallystick.Count
	items map[string]bool
}

func (c cells) at(bucket int, group []string) *cell {
	key := strconv.Itoa(bucket) + "\x00" + strings.Join(group, "\x00")
	if c[key] == nil {
		c[key] = &cell{count: tallystick.Count{Bucket: bucket, Group: group}, items: map[string]bool{}}
	}
	return c[key]
}

func (c cells) counts() []tallystick.Count {
	var counts []tallystick.Count
	for _, cell := range c {
		counts = append(counts, cell.count)
	}
	slices.SortFunc(counts, func(a, b tallystick.Count) int {
		return cmp.Or(cmp.Compare(a.Bucket, b.Bucket), slices.Compare(a.Group, b.Group))
	})
	return counts
}

// Tally implements [tallystick.Answerer].
func (e *Engine) Tally(_ context.Context, q tallystick.Tally) ([]tallystick.Count, error) {
	events, err := e.events(q.Scope)
	if err != nil {
		return nil, err
	}
	failed := failed(events)
	answer := cells{}
	for _, r := range events {
		ev := &r.Event
		if ev.Type != q.Type || ev.Time < q.From || !q.Where.Keeps(ev) || q.Countable && q.Type == tallystick.MessageSent && !countable(ev, failed) {
			continue
		}
		group := groupOf(q.By, ev.Text)
		bucket := bucketOf(q.Edges, ev.Time)
		if q.EdgesOf != nil {
			bucket = 0
			for _, edge := range q.EdgesOf[group[0]] {
				if edge <= ev.Time {
					bucket++
				}
			}
		}
		switch m := q.Measure; {
		case m.Distinct != nil:
			if item := m.Distinct.Of(ev.Text(m.Distinct.Field)); item != "" {
				c := answer.at(bucket, group)
				c.items[item] = true
				c.count.Value = int64(len(c.items))
			}
		case m.Sum != tallystick.NoField:
			c := answer.at(bucket, group)
			sum, ok := add(c.count.Value, roundUp(ev.Int(m.Sum), m.RoundUp))
			if !ok {
				return nil, tallystick.Errorf(tallystick.TooLarge, "the sum of %s over %s is too large", m.Sum, q.Type)
			}
			c.count.Value = sum
		case m.Any:
			answer.at(bucket, group).count.Value = 1
		default:
			answer.at(bucket, group).count.Value++
		}
	}
	return answer.counts(), nil
}

// roundUp returns the smallest multiple of step that is at least n.
func roundUp(n, step int64) int64 {
	if step <= 1 {
		return n
	}
	if rest := n % step; rest > 0 {
		return n - rest + step
	} else if rest < 0 {
		return n - rest
	}
	return n
}

// add returns a + b and whether the sum fits.
func add(a, b int64) (int64, bool) {
	sum, _ := bits.Add64(uint64(a), uint64(b), 0)
	s := int64(sum)
	return s, (a < 0) != (b < 0) || (s < 0) == (a < 0)
}
