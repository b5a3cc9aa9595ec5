package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// snapshot is what is known of months, and what is read in the same snapshot of the file.
type snapshot struct {
	store *Engine
	log   uint32
	asOf  uint64 // the position that is asked about

	stream *stream
	view   *view
	known  []knownMonth // ascending; the first is [everyMonth]
	every  uint64       // the position up to which no other months have messages

	everyFlush int32 // the flush that ends there
}

// knownMonth is a row of [monthTable], with the position that its flush ends at.
type knownMonth struct {
	month, end tallystick.Instant
	upTo       uint64
}

// snapshot begins one for what is asked about a scope.
func (e *Engine) snapshot(sc *scope) *snapshot {
	return &snapshot{store: e, log: sc.log, asOf: sc.AsOf.Sequence}
}

// within reads what is known of months, and calls read, if nothing of that is after the position.
func (s *snapshot) within(ctx context.Context, read func() error) (err error) {
	s.view = s.store.see()
	defer s.store.done(s.view)
	if s.stream, err = s.store.stream(); err != nil {
		return err
	}
	defer s.stream.close()
	return s.stream.transaction(ctx, func() error {
		if err := s.know(ctx); err != nil || len(s.known) == 0 || s.known[0].month != everyMonth || s.known[0].upTo > s.asOf {
			return err
		}
		s.every, s.known = s.known[0].upTo, s.known[1:]
		return read()
	})
}

// know reads what is known of months.
func (s *snapshot) know(ctx context.Context) error {
	st := &statement{}
	st.add("SELECT month, flushes::BIGINT FROM " + identifier(monthTable) + " ORDER BY month")
	return s.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			month := tallystick.Instant(r.bigint(0, i))
			if month == everyMonth {
				s.everyFlush = int32(r.bigint(1, i))
			}
			s.known = append(s.known, knownMonth{month, monthAfter(month), s.store.endOf(s.log, int32(r.bigint(1, i)))})
		}
		return nil
	})
}

// each runs a statement in the snapshot.
func (s *snapshot) each(ctx context.Context, st *statement, fn func(*rows) error) error {
	return s.stream.eachOf(ctx, s.view, st, fn)
}

// since reports whether anything was said that months may not know, if they know everything up to a position.
func (s *snapshot) since(upTo uint64) bool { return upTo < s.asOf }

// standIn stands for messages in a statement.
type standIn interface {
	// add adds what selects messages with time, values, number and, where there are several, tenant.
	add(st *statement)

	each(ctx context.Context, st *statement, fn func(*rows) error) error
}

// monthly is tallies that are answered by months.
type monthly struct {
	*tallies
	*snapshot

	buckets []monthlyBucket
	upTo    uint64 // the position up to which all messages and failures are in the months
}

// endOf returns the position that a log had reached at the end of a flush.
func (e *Engine) endOf(log uint32, flush int32) uint64 {
	e.mu.RLock()
	defer e.mu.RUnlock()
	ends := e.flushEnds[log]
	n, _ := slices.BinarySearchFunc(ends, flush, func(end flushEnd, flush int32) int {
		if end.flush <= flush {
			return -1
		}
		return 1
	})
	if n == 0 {
		return 0
	}
	return ends[n-1].seq
}

// dropFailed drops the buckets of messages that months know of, and that have failed since.
func (m *monthly) dropFailed(ctx context.Context) error {
	if !m.since(m.upTo) {
		return nil
	}
	s, f := m.source, m.engine.source(tallystick.MessageFailed, "f")
	m.forget()
	st := &statement{}
	failures := append(f.ofTenants(st, m.scopes, tallystick.MessageFailed), f.column("seq")+" > "+st.bind(int64(m.upTo)))
	messages := append(s.mayCount(false), s.column("tenant")+" IN ("+numbersOf(m.scopes)+")", s.column("seq")+" <= "+st.bind(int64(m.every))) // where upTo is less, as of contacts: months that were made later have more
	messages = append(messages, s.column("time")+" >= "+st.bind(m.buckets[0].from), s.column("time")+" < "+st.bind(m.buckets[len(m.buckets)-1].until))
	var selects []string
	for _, id := range m.engine.failedIDs.names() {
		selects = append(selects, "SELECT "+s.column("time")+" FROM "+s.from()+
			" SEMI JOIN (SELECT "+f.column("tenant")+", "+f.column(id)+" AS id FROM "+f.from()+" WHERE "+strings.Join(failures, " AND ")+") AS failed ON failed.tenant = "+s.column("tenant")+" AND failed.id = "+s.column(id)+
			" WHERE "+strings.Join(messages, " AND "))
	}
	if len(selects) == 0 {
		return nil
	}
	st.add("SELECT DISTINCT time FROM (" + strings.Join(selects, "\nUNION ALL ") + ")")
	failed := map[int]bool{} // by bucket: these are ascending, and apart from each other
	err := m.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			at := tallystick.Instant(r.bigint(0, i))
			n, is := slices.BinarySearchFunc(m.buckets, at, func(b monthlyBucket, at tallystick.Instant) int {
				switch {
				case b.until <= at:
					return -1
				case b.from > at:
					return 1
				}
				return 0
			})
			if is {
				failed[n] = true
			}
		}
		return nil
	})
	var left []monthlyBucket
	for i, b := range m.buckets {
		if !failed[i] {
			left = append(left, b)
		}
	}
	m.buckets = left
	return err
}
