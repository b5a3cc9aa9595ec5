package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"github.com/tallystick/tallystick"
)

// tenant is what the engine knows of a tenant by heart.
type tenant struct {
	number int32
	log    uint32
	firsts []first // one whenever an event was earlier than all before: the last is the earliest of all
}

// first returns the time of its earliest event.
func (t *tenant) first() tallystick.Instant {
	if n := len(t.firsts); n > 0 {
		return t.firsts[n-1].time
	}
	return tallystick.MaxInstant
}

// batch is one call of Apply: records by table, and what becomes of the engine's memory when they are committed.
type batch struct {
	rows    map[*table][]*tallystick.Record
	numbers map[*table][]int32 // the number of each row's tenant
	applied map[uint32]uint64
	tenants map[string]tenant // new and changed ones
	named   []string          // new ones, in order
	firsts  []first

	arrivals     map[arrivalKey]*tallystick.Arrival
	arrivalOrder []arrivalKey
	lastKey      arrivalKey // of lastArrival: events of one source come together
	lastArrival  *tallystick.Arrival

	parts     map[partKey]*conversationPart
	partOrder []*conversationPart
	tickets   []ticketOf

	events, bytes int // of how many, and about what they take

	correspondents []correspondent
	met            map[hash]tallystick.Instant // the earliest of them
	scratch        []byte
}

// first is a row of first_events.
type first struct {
	tenant int32
	seq    uint64
	time   tallystick.Instant
}

// Apply implements [tallystick.Applier]. After an error other than of a record or of ctx the engine takes no more records until it was opened anew.
func (e *Engine) Apply(ctx context.Context, records []tallystick.Record) error {
	e.applying.Lock()
	defer e.applying.Unlock()
	if e.failed != nil {
		return tallystick.Errorf(tallystick.Unavailable, "the event store takes no more records: %w", e.failed).WithHint("close it and open it again")
	}
	b, err := e.sort(records)
	if err != nil || len(b.applied) == 0 {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m, err := e.memtable(ctx, b)
	if err == nil {
		err = e.write(ctx, m, b)
	}
	if g := (gaveUp{}); errors.As(err, &g) {
		return g.cause
	}
	if err != nil {
		e.failed = err
		switch {
		case isDamage(err.Error()):
			err = damaged(err)
		case isShortage(err):
			err = tallystick.Errorf(tallystick.Unavailable, "event store can't be written: %w", err).WithHint("make room; what is missing in it is applied from the journal the next time")
		}
		return fmt.Errorf("apply %d records: %w", len(records), err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.holds(m, b)
	maps.Copy(e.applied, b.applied)
	for log, seq := range b.applied {
		e.ends[log] = e.ends[log].add(seq) // readers keep what they have got
	}
	maps.Copy(e.tenants, b.tenants)
	e.states.drop(b)
	for name, t := range b.met {
		e.met.put(name, t)
	}
	return nil
}

// sort checks the records that were not applied yet and sorts them by table. Nobody else writes what it reads of the engine.
func (e *Engine) sort(records []tallystick.Record) (*batch, error) {
	b := &batch{
		rows: map[*table][]*tallystick.Record{}, numbers: map[*table][]int32{}, applied: map[uint32]uint64{}, tenants: map[string]tenant{},
		arrivals: map[arrivalKey]*tallystick.Arrival{}, parts: map[partKey]*conversationPart{},
		met: map[hash]tallystick.Instant{},
	}
	var name string // of the latest record's tenant
	var t tenant
	for i := range records {
		r := &records[i]
		p, ev := r.Position, &r.Event
		last, ok := b.applied[p.Log]
		if !ok {
			last = e.applied[p.Log]
		}
		if p.Sequence <= last && !ok {
			continue
		}
		if p.Sequence <= last || p.Sequence > math.MaxInt64 {
			return nil, tallystick.Errorf(tallystick.Internal, "record %s came after %d-%d", p, p.Log, last)
		}
		tb := e.byType[ev.Type]
		if tb == nil {
			tb = e.byType[""]
		}
		if err := check(tb, ev); err != nil {
			return nil, tallystick.Errorf(tallystick.Internal, "record %s: %w", p, err)
		}
		b.applied[p.Log] = p.Sequence
		if ev.Tenant != name {
			name, t = ev.Tenant, e.tenantOf(b, ev.Tenant, p.Log)
		}
		if t.log != p.Log {
			return nil, tallystick.Errorf(tallystick.Internal, "record %s is of a tenant of log %d", p, t.log)
		}
		if ev.Time < t.first() {
			f := first{t.number, p.Sequence, ev.Time}
			if _, own := b.tenants[name]; !own {
				t.firsts = slices.Clip(t.firsts) // readers look at them
			}
			t.firsts = append(t.firsts, f)
			b.tenants[name] = t
			b.firsts = append(b.firsts, f)
		}
		b.events++
		b.bytes += sizeOf(tb, ev)
		b.rows[tb] = append(b.rows[tb], r)
		b.numbers[tb] = append(b.numbers[tb], t.number)
		if ev.Type == tallystick.MessageFailed {
			e.failedIDs.note(ev.Text(tallystick.FieldMessageID))
		}
		b.arrived(t.number, ev)
		b.heard(t, r)
		b.createdWith(t.number, r)
		e.meet(b, t, r)
	}
	return b, nil
}

// check refuses what a table can't hold as it is, so that the Appender has nothing to object to.
func check(tb *table, ev *tallystick.Event) error {
	if ev.Tenant == "" {
		return fmt.Errorf("event without a tenant")
	}
	if !utf8.ValidString(ev.Tenant) || !utf8.ValidString(ev.Type) || !utf8.ValidString(ev.Source) {
		return fmt.Errorf("tenant %q, type %q, source %q: not UTF-8", ev.Tenant, ev.Type, ev.Source)
	}
	if tb.event == nil {
		return checkLabels(ev)
	}
	for i := range ev.Data {
		v := &ev.Data[i]
		if !utf8.ValidString(v.Text) && tb.column(v.Field, 0) != 0 {
			return fmt.Errorf("%s %q: not UTF-8", v.Field, v.Text)
		}
	}
	return nil
}

// tenantOf returns what is known of a tenant, and makes a number for a new one.
func (e *Engine) tenantOf(b *batch, name string, log uint32) tenant {
	if t, ok := b.tenants[name]; ok {
		return t
	}
	if t, ok := e.tenants[name]; ok {
		return t
	}
	t := tenant{number: int32(len(e.tenants) + len(b.named) + 1), log: log}
	b.tenants[name] = t
	b.named = append(b.named, name)
	return t
}

// sizeOf is about how many bytes an event takes in memory.
func sizeOf(t *table, ev *tallystick.Event) int {
	size := 12 * len(t.columns)
	for i := range ev.Data {
		size += len(ev.Data[i].Text)
	}
	for i := range ev.Extra {
		size += len(ev.Extra[i].Name) + len(ev.Extra[i].JSON)
	}
	return size
}

// write stores a batch in one transaction.
func (e *Engine) write(ctx context.Context, m *memtable, b *batch) (err error) {
	if err := execute(e.writer, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			return
		}
		// A transaction that failed is rolled back already, for some failures; one that was given up is not.
		if execute(e.writer, "ROLLBACK") == nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			err = gaveUp{context.Cause(ctx)}
		}
	}()
	for _, t := range e.tables {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.writeTable(ctx, m, t, b); err != nil {
			return err
		}
	}
	return execute(e.writer, "COMMIT")
}

// eventsOf returns the table whose events a table has rows of.
func (e *Engine) eventsOf(t *table) *table {
	switch t.name {
	case solvedTable:
		return e.byType[tallystick.ConversationSolved]
	case failureTable:
		return e.byType[tallystick.MessageFailed]
	}
	return t
}

// rows returns how many rows of a table a batch has.
func (e *Engine) rows(b *batch, t *table) int {
	switch t.name {
	case progressTable:
		return len(b.applied)
	case tenantTable:
		return len(b.named)
	case arrivalTable:
		return len(b.arrivalOrder)
	case partTable:
		return len(b.partOrder)
	case correspondentTable:
		return len(b.correspondents)
	case ticketTable:
		return len(b.tickets)
	case firstTable:
		return len(b.firsts)
	}
	return len(b.rows[e.eventsOf(t)])
}

func (e *Engine) writeTable(ctx context.Context, m *memtable, t *table, b *batch) error {
	rows := e.rows(b, t)
	if rows == 0 {
		return nil
	}
	events, one := e.eventsOf(t), writeEvent
	switch t.name {
	case solvedTable:
		one = writeSolved
	case failureTable:
		one = writeFailure
	}
	order := byTenant(b.numbers[events])
	write := func(a *appender, i int) { one(a, b.rows[events][order[i]], b.numbers[events][order[i]]) }
	switch t.name {
	case progressTable:
		var logs []uint32
		for log := range b.applied {
			logs = append(logs, log)
		}
		write = func(a *appender, i int) {
			a.setBigint(0, int64(logs[i]))
			a.setBigint(1, int64(b.applied[logs[i]]))
		}
	case tenantTable:
		write = func(a *appender, i int) {
			t := b.tenants[b.named[i]]
			a.setInteger(0, t.number)
			a.setVarchar(1, b.named[i])
			a.setBigint(2, int64(t.log))
		}
	case arrivalTable:
		write = func(a *appender, i int) { writeArrival(a, b.arrivalOrder[i], b.arrivals[b.arrivalOrder[i]]) }
	case partTable:
		slices.SortStableFunc(b.partOrder, func(p, q *conversationPart) int { return cmp.Compare(p.tenant, q.tenant) })
		write = func(a *appender, i int) { writePart(a, b.partOrder[i], b.applied[b.partOrder[i].log]) }
	case correspondentTable:
		slices.SortStableFunc(b.correspondents, func(c, d correspondent) int { return cmp.Compare(c.tenant, d.tenant) })
		write = func(a *appender, i int) { writeCorrespondent(a, &b.correspondents[i]) }
	case ticketTable:
		slices.SortStableFunc(b.tickets, func(t, u ticketOf) int { return cmp.Compare(t.tenant, u.tenant) })
		write = func(a *appender, i int) { writeTicket(a, &b.tickets[i]) }
	case firstTable:
		write = func(a *appender, i int) {
			a.setInteger(0, b.firsts[i].tenant)
			a.setBigint(1, int64(b.firsts[i].seq))
			a.setBigint(2, int64(b.firsts[i].time))
		}
	}
	a, err := e.chunks.open(e.writer, t, m)
	if err != nil {
		return err
	}
	for i := range rows {
		write(a, i)
		if err = a.next(); err == nil && a.row == 0 {
			err = ctx.Err()
		}
		if err != nil {
			a.drop()
			return err
		}
	}
	return a.done()
}

// byTenant returns the places of rows in the order in which they are written: those of one tenant together, so that who reads one tenant's rows need not unpack the
// texts of all others'. DuckDB passes over 2048 rows at a time.
func byTenant(numbers []int32) []int32 {
	next := map[int32]int32{} // by tenant: how many rows, then where the next one goes
	for _, n := range numbers {
		next[n]++
	}
	at := int32(0)
	for _, n := range slices.Sorted(maps.Keys(next)) {
		rows := next[n]
		next[n], at = at, at+rows
	}
	order := make([]int32, len(numbers))
	for i, n := range numbers {
		order[next[n]] = int32(i)
		next[n]++
	}
	return order
}

// writeEvent writes a row of a table of events.
func writeEvent(a *appender, r *tallystick.Record, tenant int32) {
	writePlace(a, r, tenant)
	t := a.table
	if t.event == nil {
		a.setVarchar(3, r.Event.Type)
		a.setVarchar(4, labelsOf(&r.Event))
		return
	}
	next := 0
	for i := range r.Event.Data {
		v := &r.Event.Data[i]
		at := t.column(v.Field, next)
		next = at + 1
		col := uint8(at)
		if col == 0 || a.isSet(col) { // the first value counts, as in Event.Text
			continue
		}
		switch t.columns[col].kind {
		case boolean:
			a.setBoolean(col, v.Int != 0)
		case bigint:
			a.setBigint(col, v.Int)
		case uuid:
			if !a.isSet(col + 1) {
				a.setID(col, v.Text)
			}
		default:
			a.setVarchar(col, v.Text)
		}
	}
	// A message that does not say its contact has the one that follows from its sender; one that says the empty text has none.
	if t.contact > 0 && !a.isSet(t.contact) {
		if contact := r.Event.Text(tallystick.FieldContactID); contact != "" {
			a.setVarchar(t.contact, contact)
		}
	}
}

// execute runs a statement without values or answer.
func execute(conn mapping.Connection, statement string) error {
	var r mapping.Result
	defer mapping.DestroyResult(&r)
	if mapping.Query(conn, statement, &r) == mapping.StateError {
		return fmt.Errorf("%s: %w", statement, problem(mapping.ResultErrorType(&r), mapping.ResultError(&r)))
	}
	return nil
}
