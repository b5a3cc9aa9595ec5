package duckdb

import (
	"cmp"
	"context"
	"encoding/binary"
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Columns of [correspondentTable]: a row when a contact was first met in a room in some way, and whenever it turns out that it had been there earlier. Whoever was met by an
// event is then in a row that is not of a later event nor of a later time; so what an end and a position leave of the rows is what they leave of the events.
var correspondentColumns = []column{
	{"tenant", integer}, {"seq", bigint}, {"time", bigint},
	{"room", varchar}, {"contact", varchar}, {"channel", varchar}, {"identity", varchar}, {"wrote", boolean},
}

// repeatedMeetings removes the rows of some flushes that say nothing new: written again because they had been forgotten, while a row of a lower position, in these flushes or before them, is of the same or an
// earlier time. Rows are looked at in their order and not beside each other: a backfill that comes newest first has a row for each of its messages.
func repeatedMeetings(first, last int32) string {
	var names, same []string
	for _, c := range correspondentColumns {
		if c.name != "seq" && c.name != "time" {
			names = append(names, c.name)
			same = append(same, "these."+c.name+" IS NOT DISTINCT FROM before."+c.name)
		}
	}
	table, flush, by := identifier(correspondentTable), identifier(flushColumn), strings.Join(names, ", ")
	these := flush + " BETWEEN " + strconv.Itoa(int(first)) + " AND " + strconv.Itoa(int(last))
	return "WITH these AS (SELECT rowid AS place, seq, time, " + by + " FROM " + table + " WHERE " + these + `),
  wanted AS (SELECT DISTINCT ` + by + ` FROM these),
  before AS (SELECT ` + by + `, MIN(time) AS earliest FROM ` + table + ` AS before SEMI JOIN wanted AS these ON ` + strings.Join(same, " AND ") + ` WHERE ` + flush + ` < ` + strconv.Itoa(int(first)) + ` GROUP BY ` + by + `),
  seen AS (SELECT place, time, MIN(time) OVER (PARTITION BY ` + by + ` ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earliest FROM these),
  known AS (SELECT place, time, earliest FROM seen UNION ALL SELECT place, time, earliest FROM these JOIN before ON ` + strings.Join(same, " AND ") + `)
DELETE FROM ` + table + ` WHERE rowid IN (SELECT place FROM known WHERE earliest <= time)`
}

// correspondent is a row.
type correspondent struct {
	tenant int32
	seq    uint64
	time   tallystick.Instant
	tallystick.Correspondent
}

// met remembers the earliest time of some rows, of those that were needed lately. What it has forgotten is written once more, which changes no answer; see [repeatedMeetings].
type met struct {
	times, earlier map[hash]tallystick.Instant
	most           int // rows in each; 0: mostMet
}

const mostMet = 1 << 17

// since returns the time of the earliest row that is remembered, MaxInstant where there is none.
func (m *met) since(name hash) tallystick.Instant {
	if t, ok := m.times[name]; ok {
		return t
	}
	if t, ok := m.earlier[name]; ok {
		m.put(name, t)
		return t
	}
	return tallystick.MaxInstant
}

func (m *met) put(name hash, t tallystick.Instant) {
	if m.times == nil || len(m.times) >= cmp.Or(m.most, mostMet) {
		m.times, m.earlier = map[hash]tallystick.Instant{}, m.times
	}
	m.times[name] = t
}

// meet notes who is met by a message.
func (e *Engine) meet(b *batch, t tenant, r *tallystick.Record) {
	ev := &r.Event
	if ev.Type != tallystick.MessageSent {
		return
	}
	c := tallystick.Correspondent{Room: ev.Text(tallystick.FieldRoomID)}
	if c.Room == "" {
		return
	}
	c.Channel, c.Identity = ev.Text(tallystick.FieldChannelID), ev.Text(tallystick.FieldIdentity)
	wrote := ""
	if ev.Text(tallystick.FieldSenderKind) == "contact" {
		wrote = ev.Text(tallystick.FieldSenderID)
		c.Contact, c.Wrote = wrote, true
		e.note(b, correspondent{t.number, r.Position.Sequence, ev.Time, c})
	}
	if c.Contact, c.Wrote = ev.Text(tallystick.FieldContactID), false; c.Contact != "" && c.Contact != wrote {
		e.note(b, correspondent{t.number, r.Position.Sequence, ev.Time, c})
	}
}

func (e *Engine) note(b *batch, c correspondent) {
	name := b.nameOf(&c)
	since, ok := b.met[name]
	if !ok {
		since = e.met.since(name)
	}
	if since <= c.time {
		return
	}
	b.met[name] = c.time
	b.correspondents = append(b.correspondents, c)
}

// nameOf names all of a row but its place.
func (b *batch) nameOf(c *correspondent) hash {
	s := binary.LittleEndian.AppendUint32(b.scratch[:0], uint32(c.tenant))
	for _, text := range []string{c.Room, c.Contact, c.Channel, c.Identity} {
		s = append(binary.AppendUvarint(s, uint64(len(text))), text...)
	}
	if c.Wrote {
		s = append(s, 1)
	}
	b.scratch = s
	return hash{int64(maphash.Bytes(metSeeds[0], s)), int64(maphash.Bytes(metSeeds[1], s))}
}

// metSeeds make hashes that are only remembered and never stored: they take a fifth of the time of those that are.
var metSeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// writeCorrespondent writes a row.
func writeCorrespondent(a *appender, c *correspondent) {
	a.setInteger(0, c.tenant)
	a.setBigint(1, int64(c.seq))
	a.setBigint(2, int64(c.time))
	for i, text := range []string{c.Room, c.Contact, c.Channel, c.Identity} {
		a.setVarchar(uint8(3+i), text)
	}
	a.setBoolean(7, c.Wrote)
}

// Correspondents implements [tallystick.Answerer].
func (e *Engine) Correspondents(ctx context.Context, q tallystick.Correspondents) ([]tallystick.Correspondent, error) {
	sc, err := e.scope(q.Scope)
	rooms := storable(q.Rooms)
	if sc == nil || len(rooms) == 0 {
		return nil, err
	}
	st := &statement{}
	where := []string{"tenant = " + sc.tenant(st), "time < " + sc.before(st), "seq <= " + sc.asOf(st)}
	var wanted map[string]bool // where they are so many that it is faster to look at all
	if len(rooms) <= fewRooms {
		where = append(where, listed(st, "room", rooms))
	} else {
		wanted = make(map[string]bool, len(rooms))
		for _, room := range rooms {
			wanted[room] = true
		}
	}
	st.add("SELECT DISTINCT room, contact, channel, identity, wrote",
		"FROM "+stored(correspondentTable),
		"WHERE "+strings.Join(where, "\n  AND "))
	var list []tallystick.Correspondent
	var c tallystick.Correspondent
	err = st.run(ctx, e, func(scan func(...any) error) error {
		err := scan(&c.Room, &c.Contact, &c.Channel, &c.Identity, &c.Wrote)
		if wanted == nil || wanted[c.Room] {
			list = append(list, c)
		}
		return err
	})
	return list, err
}

// fewRooms is the number of rooms up to which DuckDB looks for them.
const fewRooms = 256
