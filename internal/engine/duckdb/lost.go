package duckdb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// A flush looks for the messages of its failures: among its own, and in the file, in the week before the failure, and then in the flushes before this one: a message that is late comes soon before its failure. Where that finds none the failure is lost, and as long as it is, who
// asks looks for its message, and believes nothing that is kept of its contact since. Now and then the whole file is looked through for what was lost since the last time; what is not found then has no message in the file, and is known when that comes.

// lostFailure is a failure whose message is looked for.
type lostFailure struct {
	tenant  int32
	message string
	time    tallystick.Instant
}

// failureWindow is how long before its failure a message is looked for first.
const failureWindow = 7 * tallystick.Day

// recentFlushes is in how many flushes before a failure's its message is looked for, whatever its time.
const recentFlushes = 16

// windowBefore returns when the window before a failure begins.
func windowBefore(failed tallystick.Instant) tallystick.Instant {
	return max(failed, tallystick.MinInstant+failureWindow) - failureWindow
}

// searchShare is the part of all flushes after which everything is looked through for lost messages again, where there are any: so that the whole of it costs a few times as much as once.
const searchShare = 8

// failedMessages selects the messages of a view that failed, by some failures with tenant, message, other and time: tenant, contact, time, position, time of the failure, whether it is an interaction, and its id.
func (k *keeping) failedMessages(v *view, failures string, conditions ...string) string {
	m := k.messages()
	is := "(" + strings.Join(interaction(m), " AND ") + ")::BIGINT"
	id, other := m.column(tallystick.FieldMessageID.String()), m.column(tallystick.FieldMessageID.String()+otherIDs)
	join := func(condition string) string {
		return "SELECT m.tenant::BIGINT, " + m.text(tallystick.FieldContactID) + ", m.time, m.seq, failed.time, " + is + ", " + m.text(tallystick.FieldMessageID) +
			"\nFROM " + k.in(v, m.from()) + "\nJOIN " + failures + " AS failed ON failed.tenant = m.tenant AND " + condition +
			"\nWHERE " + strings.Join(append([]string{"TRUE"}, conditions...), " AND ")
	}
	return join("failed.message = "+id) + "\nUNION ALL\n" + join("failed.other = "+other)
}

// findFailed finds the interactions that failed: of this flush, and those before of which this flush has the failure.
func (k *keeping) findFailed(ctx context.Context) error {
	f := k.engine.source(tallystick.MessageFailed, "f")
	id, other := f.column(tallystick.FieldMessageID.String()), f.column(tallystick.FieldMessageID.String()+otherIDs)
	// The failures that may be of messages of this flush: its own, and those that were lost.
	failures := "(SELECT tenant, " + id + " AS message, " + other + " AS other, time FROM " + k.in(k.fresh, f.from()) +
		" UNION ALL SELECT tenant, message, other, time FROM " + k.in(k.before, stored(lostTable)) + ")"
	found := map[lostFailure]bool{}
	st := &statement{}
	st.add(k.failedMessages(k.fresh, failures))
	if err := k.each(ctx, st, func(r *rows) error { return k.noteFailed(r, found, false) }); err != nil {
		return err
	}

	earliest, latest := tallystick.MaxInstant, tallystick.MinInstant
	st = &statement{}
	st.add("SELECT f.tenant::BIGINT, "+f.text(tallystick.FieldMessageID)+", f.time", "FROM "+k.in(k.fresh, f.from()))
	err := k.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			x := lostFailure{int32(r.bigint(0, i)), strings.Clone(r.text(1, i)), tallystick.Instant(r.bigint(2, i))}
			if x.message != "" && !found[x] {
				k.lost = append(k.lost, x)
				earliest, latest = min(earliest, x.time), max(latest, x.time)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(k.lost) > 0 {
		if err := k.look(ctx, k.before, k.lost, found, "m.time >= "+strconv.FormatInt(int64(windowBefore(earliest)), 10), "m.time <= "+strconv.FormatInt(int64(latest), 10)); err != nil {
			return err
		}
		k.lost = slices.DeleteFunc(k.lost, func(x lostFailure) bool { return found[x] })
	}
	if len(k.lost) > 0 {
		recent := &view{flush: k.before.flush, after: max(k.before.flush-recentFlushes, 0), filled: k.before.filled}
		if err := k.look(ctx, recent, k.lost, found); err != nil {
			return err
		}
		k.lost = slices.DeleteFunc(k.lost, func(x lostFailure) bool { return found[x] })
	}
	return k.searchLost(ctx)
}

// noteFailed notes messages that failed, and those of the file whose sessions are to be made again for it.
func (k *keeping) noteFailed(r *rows, found map[lostFailure]bool, before bool) error {
	for i := range r.n {
		tenant, failed := int32(r.bigint(0, i)), tallystick.Instant(r.bigint(4, i))
		found[lostFailure{tenant, strings.Clone(r.text(6, i)), failed}] = true
		if r.bigint(5, i) == 0 {
			continue // no interaction
		}
		x := failedInteraction{contactKey{tenant, strings.Clone(r.text(1, i))}, tallystick.Instant(r.bigint(2, i)), r.bigint(3, i), failed}
		k.failing = append(k.failing, x)
		k.isFailed(x.tenant, x.seq)
		if before {
			k.again(x.contactKey, x.time)
		}
	}
	return nil
}

func (k *keeping) isFailed(tenant int32, seq int64) {
	if k.failed[tenant] == nil {
		k.failed[tenant] = map[int64]bool{}
	}
	k.failed[tenant][seq] = true
}

// look looks in the file, as far as a view has it, for the messages of some failures.
func (k *keeping) look(ctx context.Context, in *view, failures []lostFailure, found map[lostFailure]bool, conditions ...string) error {
	var tenants, times []int64
	var ids, others []string
	for _, x := range failures {
		id, other := x.ids()
		tenants, ids, others, times = append(tenants, int64(x.tenant)), append(ids, id), append(others, other), append(times, int64(x.time))
	}
	st := &statement{}
	st.add(k.failedMessages(in, "(SELECT UNNEST("+st.bind(tenants)+") AS tenant, NULLIF(UNNEST("+st.bind(ids)+"), '')::UUID AS message, NULLIF(UNNEST("+st.bind(others)+"), '') AS other, UNNEST("+
		st.bind(times)+") AS time)", conditions...))
	return k.each(ctx, st, func(r *rows) error { return k.noteFailed(r, found, true) })
}

// ids returns the id of a message as a UUID or as another text; the other one is empty.
func (x *lostFailure) ids() (id, other string) {
	if _, _, is := parseUUID(x.message); is {
		return x.message, ""
	}
	return "", x.message
}

// searchLost looks through the whole file for the messages of failures that were lost since it was last done, now and then. Those that came after their failure, and were known to have failed then, are
// found and noted once more, which changes nothing.
func (k *keeping) searchLost(ctx context.Context) error {
	last := int32(0)
	st := &statement{}
	st.add("SELECT COALESCE(MAX(flushes), 0)::BIGINT FROM " + k.in(k.before, stored(searchTable)))
	if err := k.each(ctx, st, func(r *rows) error { last = int32(r.bigint(0, 0)); return nil }); err != nil {
		return err
	}
	if int64(k.flush-last)*searchShare < int64(k.flush) {
		return nil
	}
	lost := slices.Clone(k.lost)
	st = &statement{}
	st.add("SELECT tenant::BIGINT, COALESCE(message::VARCHAR, other), time", "FROM "+identifier(lostTable),
		"WHERE flush > "+strconv.Itoa(int(last))+" AND flush <= "+strconv.Itoa(int(k.before.flush)))
	err := k.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			lost = append(lost, lostFailure{int32(r.bigint(0, i)), strings.Clone(r.text(1, i)), tallystick.Instant(r.bigint(2, i))})
		}
		return nil
	})
	if err != nil || len(lost) == 0 {
		return err
	}
	k.search = true
	return k.look(ctx, k.before, lost, map[lostFailure]bool{})
}
