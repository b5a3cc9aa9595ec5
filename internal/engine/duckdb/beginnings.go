package duckdb

import (
	"context"
	"slices"

	"github.com/tallystick/tallystick"
)

// A row of a session begins it, and one each its bots, versions of bots and channels: the first that a flush keeps. So sessions are counted without being told apart.

// keptName is a bot, a version of one or a channel of a session.
type keptName struct {
	keptStart
	bot, version, channel string
}

func (p *keptPart) ofBot() keptName {
	return keptName{keptStart: p.keptStart, bot: p.bot, version: anyVersion}
}
func (p *keptPart) ofVersion() keptName {
	return keptName{keptStart: p.keptStart, bot: p.bot, version: p.version}
}
func (p *keptPart) ofChannel() keptName { return keptName{keptStart: p.keptStart, channel: p.channel} }

// anyVersion is no version: no text in the file is like it.
const anyVersion = "\xFF"

// begin marks the rows that begin a session, or something of it, which is not kept yet, or made again. Rows of a session follow each other.
func (k *keeping) begin() {
	void := map[keptStart]bool{}
	for _, s := range k.voids {
		void[s] = true
	}
	for from, to := 0, 0; from < len(k.rows); from = to {
		first := k.rows[from]
		for to = from; to < len(k.rows) && k.rows[to].keptStart == first.keptStart; to++ {
			if r := k.rows[to]; r.first.before(first.first) {
				first = r
			}
		}
		_, kept := slices.BinarySearch(k.starts[first.contactKey], first.start)
		kept = kept && !void[first.keptStart]
		first.begins = !kept
		seen := map[keptName]bool{} // in this flush
		isNew := func(name keptName) bool {
			if seen[name] || kept && k.names[name] {
				return false
			}
			seen[name] = true
			return true
		}
		for _, r := range k.rows[from:to] {
			r.beginsBot, r.beginsVersion, r.beginsChannel = isNew(r.ofBot()), isNew(r.ofVersion()), isNew(r.ofChannel())
		}
	}
}

// findCounted reads what the sessions that are void now have been counted by.
func (k *keeping) findCounted(ctx context.Context) error {
	if len(k.voids) == 0 {
		return nil
	}
	var tenants, starts []int64
	var contacts []string
	for _, s := range k.voids {
		tenants, contacts, starts = append(tenants, int64(s.tenant)), append(contacts, s.contact), append(starts, int64(s.start))
	}
	st := &statement{}
	condition := "part.start BETWEEN " + st.bind(slices.Min(starts)) + " AND " + st.bind(slices.Max(starts)) + " AND (part.begins OR part.begins_bot OR part.begins_version OR part.begins_channel)"
	st.add("SELECT tenant::BIGINT, contact, start, bot, version, channel, begins::BIGINT, begins_bot::BIGINT, begins_version::BIGINT, begins_channel::BIGINT",
		"FROM "+keptRows(k.before.flush, condition),
		"SEMI JOIN (SELECT UNNEST("+st.bind(tenants)+") AS tenant, UNNEST("+st.bind(contacts)+") AS contact, UNNEST("+st.bind(starts)+") AS start) USING (tenant, contact, start)")
	names := map[string]string{}
	err := k.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			var p keptRow
			p.keptStart = keptStart{contactKey{int32(r.bigint(0, i)), one(names, r.text(1, i))}, tallystick.Instant(r.bigint(2, i))}
			p.bot, p.version, p.channel = one(names, r.text(3, i)), one(names, r.text(4, i)), one(names, r.text(5, i))
			p.begins, p.beginsBot, p.beginsVersion, p.beginsChannel = r.bigint(6, i) != 0, r.bigint(7, i) != 0, r.bigint(8, i) != 0, r.bigint(9, i) != 0
			k.counted = append(k.counted, p)
		}
		return nil
	})
	slices.SortFunc(k.counted, func(a, b keptRow) int { return a.compare(b.keptStart) })
	return err
}

// setBegins sets the columns of the marks, which follow each other.
func (p *keptRow) setBegins(a *appender, first uint8) {
	for i, begins := range []bool{p.begins, p.beginsBot, p.beginsVersion, p.beginsChannel} {
		a.setBoolean(first+uint8(i), begins)
	}
}
