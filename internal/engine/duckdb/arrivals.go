package duckdb

import (
	"context"
	"strings"

	"github.com/tallystick/tallystick"
)

// Columns of [arrivalTable]: a row for each source and slot of a batch. So an event costs nothing there, and the answer is the sum of a few rows.
var arrivalColumns = []column{
	{"tenant", integer}, {"source", varchar}, {"slot", bigint},
	{"accepted", bigint}, {"time_missing", bigint}, {"late_hour", bigint}, {"late_day", bigint}, {"late_month", bigint}, {"unknown", bigint},
}

// arrivalKey names a row of a batch.
type arrivalKey struct {
	tenant int32
	source string
	slot   tallystick.Instant
}

// arrived counts an event.
func (b *batch) arrived(tenant int32, ev *tallystick.Event) {
	key := arrivalKey{tenant, ev.Source, tallystick.SlotOf(ev.Received)}
	if b.lastArrival == nil || key != b.lastKey {
		b.lastKey = key
		if b.lastArrival = b.arrivals[key]; b.lastArrival == nil {
			b.lastArrival = &tallystick.Arrival{Source: ev.Source, Slot: key.slot}
			b.arrivals[key] = b.lastArrival
			b.arrivalOrder = append(b.arrivalOrder, key)
		}
	}
	b.lastArrival.Count(ev)
}

// writeArrival writes a row.
func writeArrival(a *appender, key arrivalKey, n *tallystick.Arrival) {
	a.setInteger(0, key.tenant)
	a.setVarchar(1, key.source)
	for i, v := range []int64{int64(key.slot), n.Accepted, n.TimeMissing, n.LateHour, n.LateDay, n.LateMonth, n.Unknown} {
		a.setBigint(uint8(2+i), v)
	}
}

// Arrivals implements [tallystick.Answerer].
func (e *Engine) Arrivals(ctx context.Context, q tallystick.Arrivals) ([]tallystick.Arrival, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	var sums []string
	for _, c := range arrivalColumns[3:] {
		sums = append(sums, "SUM("+identifier(c.name)+")::BIGINT")
	}
	st := &statement{}
	st.add("SELECT source, slot, "+strings.Join(sums, ", "),
		"FROM "+stored(arrivalTable),
		"WHERE tenant = "+sc.tenant(st),
		"  AND slot >= "+st.bind(q.From),
		"  AND slot < "+sc.before(st),
		"GROUP BY source, slot",
		"ORDER BY slot, source")
	var list []tallystick.Arrival
	var a tallystick.Arrival
	err = st.run(ctx, e, func(scan func(...any) error) error {
		err := scan(&a.Source, &a.Slot, &a.Accepted, &a.TimeMissing, &a.LateHour, &a.LateDay, &a.LateMonth, &a.Unknown)
		list = append(list, a)
		return err
	})
	return list, err
}
