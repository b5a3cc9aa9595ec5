package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// monthly is tallies that are answered by months, in one snapshot of the file.
type monthly struct {
	*tallies
	stream  *stream
	view    *view
	marking *marking

	known   []knownMonth
	buckets []monthlyBucket
	upTo    uint64 // the position up to which all messages and failures are in the months
}

// knownMonth is a row of [monthTable], with the position that its flush ends at.
type knownMonth struct {
	month tallystick.Instant
	upTo  uint64
}

// within reads what is known of months, and calls read, if there are any, in the same snapshot.
func (m *monthly) within(ctx context.Context, read func() error) (err error) {
	m.view = m.engine.see()
	defer m.engine.done(m.view)
	if m.stream, err = m.engine.stream(); err != nil {
		return err
	}
	defer m.stream.close()
	return cause(ctx, m.stream.transaction(ctx, func() error {
		if err := m.know(ctx); err != nil || len(m.known) == 0 || m.known[0].month != everyMonth || m.known[0].upTo > m.scopes[0].AsOf.Sequence {
			return err
		}
		return read()
	}))
}

// know reads what is known of months.
func (m *monthly) know(ctx context.Context) error {
	st := &statement{}
	st.add("SELECT month, flushes::BIGINT FROM " + identifier(monthTable) + " ORDER BY month")
	return m.stream.eachOf(ctx, m.view, st, func(r *rows) error {
		for i := range r.n {
			m.known = append(m.known, knownMonth{tallystick.Instant(r.bigint(0, i)), m.engine.endOf(m.scopes[0].log, int32(r.bigint(1, i)))})
		}
		return nil
	})
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
	s, f := m.source, m.engine.source(tallystick.MessageFailed, "f")
	m.forget()
	st := &statement{}
	failures := append(f.ofTenants(st, m.scopes, tallystick.MessageFailed), f.column("seq")+" > "+st.bind(int64(m.upTo)))
	messages := append(s.exchanged(), s.column("tenant")+" IN ("+numbersOf(m.scopes)+")", s.column("seq")+" <= "+st.bind(int64(m.upTo)))
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
	return m.stream.eachOf(ctx, m.view, st, func(r *rows) error {
		for i := range r.n {
			at := tallystick.Instant(r.bigint(0, i))
			m.buckets = slices.DeleteFunc(m.buckets, func(b monthlyBucket) bool { return at >= b.from && at < b.until })
		}
		return nil
	})
}
