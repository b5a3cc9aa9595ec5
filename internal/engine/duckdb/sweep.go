package duckdb

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// sweeps go through the spans of a tenant in the order of their beginnings: those of all, and of each group. They remember those that are running.
type sweeps struct {
	edges  []tallystick.Instant
	before tallystick.Instant // a span that ends then runs on
	summed bool               // sums are wanted, not counts
	all    *sweep
	of     map[string]*sweep // by group
	latest *sweep            // that of the span before
	cut    int64

	running []runningSpan // a heap: none ends before the first
}

// runningSpan is a span that has begun.
type runningSpan struct {
	stop tallystick.Instant
	of   *sweep // nil where nobody asks by group
}

func newSweeps(edges []tallystick.Instant, before tallystick.Instant, summed bool) *sweeps {
	s := &sweeps{edges: edges, before: before, summed: summed}
	s.all = s.begin(nil)
	return s
}

// begin begins a sweep, before any moment.
func (s *sweeps) begin(group []string) *sweep {
	w := &sweep{edges: s.edges, summed: s.summed, moment: tallystick.MinInstant}
	for _, text := range group {
		w.group = append(w.group, strings.Clone(text)) // the rows do not last
	}
	return w
}

// add adds a span of a group, which begins at the first edge or after it, and not before any that was added.
func (s *sweeps) add(group []string, start, stop tallystick.Instant, cut bool) {
	if cut {
		s.cut++
	}
	s.endUntil(start)
	var of *sweep
	if len(group) > 0 {
		if s.latest == nil || !slices.Equal(s.latest.group, group) {
			s.latest = s.ofGroup(group)
		}
		of = s.latest
		of.change(start, 1)
	}
	s.all.change(start, 1)
	if stop < s.before {
		s.push(runningSpan{stop, of})
	}
}

// endUntil ends what ends until a moment, and at it.
func (s *sweeps) endUntil(moment tallystick.Instant) {
	for len(s.running) > 0 && s.running[0].stop <= moment {
		o := s.pop()
		s.all.change(o.stop, -1)
		if o.of != nil {
			o.of.change(o.stop, -1)
		}
	}
}

// push puts a span into the heap. It is written out here because container/heap puts each into an interface.
func (s *sweeps) push(o runningSpan) {
	s.running = append(s.running, o)
	i := len(s.running) - 1
	for i > 0 && o.stop < s.running[(i-1)/2].stop {
		s.running[i] = s.running[(i-1)/2]
		i = (i - 1) / 2
	}
	s.running[i] = o
}

// pop takes the span out of the heap that ends first.
func (s *sweeps) pop() runningSpan {
	first, n := s.running[0], len(s.running)-1
	last := s.running[n]
	s.running = s.running[:n]
	if n == 0 {
		return first
	}
	i := 0
	for {
		next := 2*i + 1
		if next >= n {
			break
		}
		if next+1 < n && s.running[next+1].stop < s.running[next].stop {
			next++
		}
		if s.running[next].stop >= last.stop {
			break
		}
		s.running[i] = s.running[next]
		i = next
	}
	s.running[i] = last
	return first
}

// ofGroup finds the sweep of a group, or begins it.
func (s *sweeps) ofGroup(group []string) *sweep {
	key := group[0]
	if len(group) > 1 {
		key = quoted(group)
	}
	w := s.of[key]
	if w == nil {
		w = s.begin(group)
		if s.of == nil {
			s.of = map[string]*sweep{}
		}
		s.of[strings.Clone(key)] = w
	}
	return w
}

// answer ends the sweeps, of the groups or of all. It may come again.
func (s *sweeps) answer(byGroups bool) tallystick.PeakAnswer {
	s.endUntil(s.before)
	a := tallystick.PeakAnswer{Cut: s.cut}
	of := []*sweep{s.all}
	if byGroups {
		of = slices.SortedFunc(maps.Values(s.of), func(a, b *sweep) int { return slices.Compare(a.group, b.group) })
	}
	for _, o := range of {
		o.end()
		a.Counts, a.Sums = append(a.Counts, o.counts...), append(a.Sums, o.sums...)
	}
	slices.SortStableFunc(a.Counts, func(a, b tallystick.Count) int { return cmp.Compare(a.Bucket, b.Bucket) })
	return a
}

// sweep goes through the changes of one group in order of time, and notes the highest number of running spans in each bucket.
type sweep struct {
	edges  []tallystick.Instant
	group  []string
	summed bool                 // sums are wanted, not counts
	counts []tallystick.Count   // by bucket
	sums   []tallystick.PeakSum // one, or none

	moment  tallystick.Instant // of the latest change
	changed int64              // what it changes; all that changes at one moment counts as one
	bucket  int
	running int64 // spans
	highest int64 // in the bucket so far
}

// change adds n spans at a moment, which is not before the first edge.
func (s *sweep) change(moment tallystick.Instant, n int64) {
	if moment != s.moment {
		s.apply()
		s.moment = moment
	}
	s.changed += n
}

// apply adds what has changed at the latest moment.
func (s *sweep) apply() {
	for s.bucket < len(s.edges)-2 && s.moment >= s.edges[s.bucket+1] {
		s.leave()
		if s.moment == s.edges[s.bucket] {
			s.highest = 0 // what runs at the bucket's first instant is known after the change
		}
	}
	s.running += s.changed
	s.highest, s.changed = max(s.highest, s.running), 0
}

// leave notes a bucket and goes to the next one, with the spans that run on.
func (s *sweep) leave() {
	if s.highest > 0 && s.edges[s.bucket] < s.edges[s.bucket+1] {
		s.note()
	}
	s.bucket++
	s.highest = s.running
}

// note adds the bucket to the answer.
func (s *sweep) note() {
	if !s.summed {
		s.counts = append(s.counts, tallystick.Count{Bucket: s.bucket, Group: s.group, Value: s.highest})
		return
	}
	if len(s.sums) == 0 {
		s.sums = append(s.sums, tallystick.PeakSum{Group: s.group})
	}
	last := &s.sums[0]
	last.Highest, last.Sum, last.Buckets = max(last.Highest, s.highest), last.Sum+s.highest, last.Buckets+1
}

// end goes through the buckets after the latest change. It may come again.
func (s *sweep) end() {
	s.apply()
	for s.bucket < len(s.edges)-1 {
		s.leave()
	}
}
