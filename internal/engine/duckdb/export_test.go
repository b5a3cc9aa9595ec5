package duckdb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tallystick/tallystick"
)

// CountApart lets different values be counted bucket after bucket wherever that can be.
func CountApart() { apartTenants, apartSpan = 1, 1 }

// CountTogether lets them be counted as outside of tests, and returns what undoes that.
func CountTogether() (undo func()) {
	tenants, span := apartTenants, apartSpan
	apartTenants, apartSpan = 4, 7*tallystick.Day
	return func() { apartTenants, apartSpan = tenants, span }
}

// MergeSoon lets all engines merge as often and as soon as they can.
func MergeSoon() { mergeFlushes, mergeQuiet, monthsTogether = 3, time.Millisecond, 1 }

// MergeMany lets engines merge so many flushes at once, and returns what undoes that.
func MergeMany(n int32) (undo func()) {
	before := mergeFlushes
	mergeFlushes = n
	return func() { mergeFlushes = before }
}

// MergeLate lets engines that are opened from now on not merge by themselves.
func MergeLate() { mergeQuiet = time.Hour }

// MergeAll merges again until no flush lets it give up.
func MergeAll(ctx context.Context, e *Engine) error {
	for {
		if err := e.Merge(ctx); !errors.Is(err, errFlushFirst) {
			return err
		}
	}
}

// Tidy does so much of what is done when nothing is written.
func Tidy(ctx context.Context, e *Engine, steps int) error {
	for range steps {
		if done, err := e.tidyNext(ctx); !done || err != nil {
			return err
		}
	}
	return nil
}

// BeginMerge takes the turn of a merge, and returns the context that tells it to give up, and what ends it.
func BeginMerge(e *Engine) (merging context.Context, end func()) {
	merging, end, err := e.merger.merge(context.Background())
	if err != nil {
		panic(err) // only the context's
	}
	return merging, end
}

// RoomToMerge returns an error where there is too little room for a merge of so many flushes of which the store has one.
func RoomToMerge(e *Engine, flushes int32) error {
	return e.roomToMerge(flushes, 1)
}

// AskDatabase lets an engine ask DuckDB even for what it keeps in memory, and forget what it has written nearly at once.
func AskDatabase(e *Engine) { e.states.disabled, e.met.most = true, 2 }

// Flush writes what is in memory into the file.
func Flush(e *Engine) error {
	e.applying.Lock()
	defer e.applying.Unlock()
	return e.flushAll(context.Background())
}

// InFile returns the newest position of a log that is in the file, which is what a crash leaves. Of a flush on its way DuckDB shows the rows before they are on the disk.
func InFile(e *Engine, log uint32) (seq uint64, err error) {
	v := e.see()
	defer e.done(v)
	err = e.db.QueryRow("SELECT COALESCE(MAX(seq), 0) FROM progress WHERE log = ? AND flush <= ?", log, v.flush).Scan(&seq)
	return seq, err
}

// Memtables returns how many tables in memory there are.
func Memtables(e *Engine) (n int, err error) {
	err = e.db.QueryRow("SELECT COUNT(*)::INTEGER FROM duckdb_tables() WHERE database_name = ?", recentDatabase).Scan(&n)
	return n, err
}

// HoldFlushOfRecent makes believe that what was applied last is on its way into the file, and returns what ends it.
func HoldFlushOfRecent(e *Engine) (end func(error)) {
	end = HoldFlush(e)
	e.applying.Lock()
	defer e.applying.Unlock()
	e.recent = nil
	return end
}

// HoldFlush makes believe that a flush is on its way, and returns what ends it.
func HoldFlush(e *Engine) (end func(error)) {
	e.applying.Lock()
	defer e.applying.Unlock()
	f := &flushing{done: make(chan struct{})}
	e.flushing = f
	return func(err error) {
		f.err = err
		close(f.done)
	}
}

// Kept returns up to which instant the sessions of a scope are as they are kept, and how many contacts are doubted; false: nothing is.
func Kept(e *Engine, scope tallystick.Scope) (until tallystick.Instant, doubted int, is bool, err error) {
	stream, err := e.stream()
	if err != nil {
		return 0, 0, false, err
	}
	defer stream.close()
	sc, err := e.scope(scope)
	if sc == nil {
		return 0, 0, false, err
	}
	s := &sessions{Sessions: tallystick.Sessions{Scope: sc.Scope}, engine: e, stream: stream, log: sc.log}
	k, err := s.kept(context.Background())
	if k == nil {
		return 0, 0, false, err
	}
	return k.until, len(k.doubtful), true, nil
}

// Rows returns how many rows a table of the file has, or those that meet a condition behind it.
func Rows(e *Engine, table string) (n int, err error) {
	err = e.db.QueryRow("SELECT COUNT(*)::INTEGER FROM " + table).Scan(&n)
	return n, err
}

// Monthly returns how many buckets of a question about the contacts of messages follow from months.
func Monthly(e *Engine, q tallystick.Tally) (buckets int, err error) {
	sc, err := e.scope(q.Scope)
	if sc == nil || err != nil {
		return 0, err
	}
	t := &tallies{engine: e, source: e.source(q.Type, "e")}
	t.take(&q, sc, 0, true)
	list := t.contactBuckets()
	if list == nil || !t.markable() {
		return 0, nil
	}
	m := &monthly{tallies: t, snapshot: e.snapshot(sc)}
	err = m.within(context.Background(), func() error {
		m.choose(list)
		return nil
	})
	return len(m.buckets), err
}

// MonthlyRooms reports whether months stand for messages in the answer to a question.
func MonthlyRooms(e *Engine, q tallystick.Tally) (is bool, err error) {
	sc, err := e.scope(q.Scope)
	if sc == nil || err != nil {
		return false, err
	}
	t := &tallies{engine: e, source: e.source(q.Type, "e")}
	t.take(&q, sc, 0, true)
	return t.answerRooms(context.Background(), make([][]tallystick.Count, 1))
}

// Daily reports whether days stand for messages in the answer to a question.
func Daily(e *Engine, q tallystick.Tally) (is bool, err error) {
	sc, err := e.scope(q.Scope)
	if sc == nil || err != nil {
		return false, err
	}
	t := &tallies{engine: e, source: e.source(q.Type, "e")}
	t.take(&q, sc, 0, true)
	answer := t.answerDays
	if q.Measure.Distinct != nil {
		answer = t.answerSenders
	}
	return answer(context.Background(), make([][]tallystick.Count, 1))
}

// MonthlySpans reports whether the spans of a question are found by months.
func MonthlySpans(e *Engine, q tallystick.Peak) (is bool, err error) {
	sc, err := e.scope(q.Scope)
	if sc == nil || err != nil {
		return false, err
	}
	p := &peaks{engine: e, query: q}
	p.take(&q, sc, 0)
	return p.answerByMonths(context.Background(), make([]tallystick.PeakAnswer, 1))
}

// MonthlyTalks reports whether the first of what a question asks for is counted by months, and whether some of it is told apart.
func MonthlyTalks(e *Engine, q tallystick.SessionCounts) (is, apart bool, err error) {
	sc, err := e.scope(q.Scope)
	if sc == nil || err != nil {
		return false, false, err
	}
	c := &countings{engine: e}
	c.take(&q, sc, make([][]tallystick.Count, len(q.Of)))
	if max(q.From, e.first(sc)) >= sc.Before {
		return false, false, nil
	}
	if err := c.answer(context.Background()); err != nil || len(c.of) == 0 {
		return false, false, err
	}
	counts, err := c.countTalks(context.Background(), 0)
	of := counts[sc.number]
	return of != nil, of != nil && len(of.apart) > 0, err
}

// MonthlyResolutions reports whether a question is answered by months, and whether these tell of anything.
func MonthlyResolutions(e *Engine, q tallystick.Resolutions) (is, any bool, err error) {
	sc, whole, err := e.pinned(context.Background(), q.Scope)
	if sc == nil || !whole || err != nil {
		return false, false, err
	}
	q.Scope = sc.Scope
	counts, _, is, err := e.resolutionsByMonths(context.Background(), q, sc)
	return is, len(counts) > 0, err
}

// MonthsTogether lets months be made together as outside of tests, and returns what undoes that.
func MonthsTogether() (undo func()) {
	before := monthsTogether
	monthsTogether = 1 << 20
	return func() { monthsTogether = before }
}

// LearnFew lets who asks slice after slice learn about so many conversations at once.
func LearnFew(e *Engine, n int) { e.leastTalks, e.mostTalks = n, n }

// Learned tells what a reading has learned of conversations from what it learned before or since.
func Learned(r *tallystick.Reading) any { return r.Memory.(*reading).talks }

// Learn learns conversations that were heard of in [since, until), and about as many as are wanted of those that come next. It returns those of all that are known then, and how many were learned by the rows of their days.
func Learn(e *Engine, scope tallystick.Scope, ids, all []string, since, until tallystick.Instant, ahead int) (known []tallystick.Conversation, byDays int, err error) {
	sc, err := e.scope(scope)
	if sc == nil || err != nil {
		return nil, 0, err
	}
	stream, err := e.stream()
	if err != nil {
		return nil, 0, err
	}
	defer stream.close()
	named := func(ids []string) []hash { return hashesOf(len(ids), func(i int) string { return ids[i] }) }
	t, look := e.talks(sc.Scope), &lookahead{most: ahead, reached: func(tallystick.Instant) {}, look: func(add func(string) bool) error {
		_ = slices.ContainsFunc(all, add)
		return nil
	}}
	if err := t.learn(context.Background(), stream, named(ids), since, until, look); err != nil {
		return nil, 0, err
	}
	all = slices.DeleteFunc(all, func(id string) bool { return t.get(hashOf(id)) == nil })
	if err := t.learnLatest(context.Background(), stream, all, named(all)); err != nil {
		return nil, 0, err
	}
	for _, id := range all {
		k := t.get(hashOf(id))
		if known = append(known, t.conversation(k, id)); k.found {
			byDays++
		}
	}
	return known, byDays, nil
}
