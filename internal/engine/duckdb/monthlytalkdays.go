package duckdb

import (
	"context"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// What was said of conversations, when they began and when they were last heard of, is learned by the rows that are kept of each of their days (months.go), those of the time that is asked about: of what was before, the
// first of these tells. What came since is in the parts of batches (parts.go), and so is what is said of conversations that have no row in that time.

// Columns of [talkDayTable]: a row for each conversation and day on which it was heard of, with the time of the last event of that day, and of all until the end of it: when the conversation was created, with which ticket,
// and, where it was not, its first message. Conversations have the names that they have in [partTable].
var talkDayColumns = []column{
	{"tenant", integer}, {"month", bigint}, {"day", bigint}, {"high", bigint}, {"low", bigint}, {"last", bigint}, {"created", bigint}, {"message", bigint}, {"ticket", varchar},
}

// newTalkDays selects the months of which flushes say something about conversations, and those of their later days of which that tells another beginning.
func (e *Engine) newTalkDays(n news) []string {
	part := identifier(partTable) + " AS part"
	selects := []string{"SELECT " + monthOf("part.first") + ", 0 FROM " + part + " WHERE " + n.since("part")}
	if n.first() {
		return selects
	}
	return append(selects, "SELECT kept.month, 0 FROM "+part+" JOIN "+identifier(talkDayTable)+" AS kept USING (tenant, high, low)"+
		" WHERE "+n.since("part")+" AND kept.day > part.first AND (part.created IS NOT NULL OR kept.created IS NULL AND (kept.message IS NULL OR part.message < kept.message))")
}

// makeTalkDays is the statement that makes the rows of conversations' days.
func (e *Engine) makeTalkDays(months []staleMonth, flush int32, these string, in func(string) string) string {
	parts := "SELECT * FROM " + identifier(partTable) + " WHERE flush <= " + strconv.Itoa(int(flush))
	until := "OVER (PARTITION BY tenant, high, low ORDER BY first)"
	return strings.Join([]string{
		"INSERT INTO " + identifier(talkDayTable),
		"WITH mine AS MATERIALIZED (",
		"  SELECT DISTINCT tenant, high, low FROM (" + parts + ") WHERE " + during(months, "first") + " AND " + monthOf("first") + these + " AND " + in("low"),
		"), days AS (", // the parts of one are of one day each
		"  SELECT tenant, high, low, MIN(first) AS first, MAX(last) AS last, MAX(created) AS created, MIN(message) AS message, MAX(ticket) AS ticket",
		"  FROM (" + parts + ") SEMI JOIN mine USING (tenant, high, low)",
		"  GROUP BY tenant, high, low, " + startOfDayOf("first"),
		"), told AS (",
		"  SELECT tenant, first, high, low, last, MAX(created) " + until + " AS created, MIN(message) " + until + " AS message, MAX(ticket) " + until + " AS ticket FROM days",
		")",
		"SELECT tenant, " + monthOf("first") + " AS month, " + startOfDayOf("first") + " AS day, high, low, last, created, CASE WHEN created IS NULL THEN message END, ticket",
		"FROM told",
		"WHERE " + during(months, "first") + " AND " + monthOf("first") + these,
		"ORDER BY month, tenant, day",
	}, "\n")
}

// talkDays learns conversations by the rows of their days.
type talkDays struct {
	*talks
	months *snapshot
	sc     *scope
	asked  map[hash]bool
	found  map[hash]bool // of these there is a row
	upTo   int64         // the position up to which the rows tell everything of them
}

// learnDays learns conversations by the rows of their days from that of an instant on, and also about as many as are wanted of those that are heard of first from then on. What is not found is not learned. ahead is the instant before
// which all are, MinInstant where none were added.
func (t *talks) learnDays(ctx context.Context, asked map[hash]bool, since tallystick.Instant, more int) (d *talkDays, ahead tallystick.Instant, err error) {
	d, ahead = &talkDays{talks: t, asked: asked, found: map[hash]bool{}}, tallystick.MinInstant
	if d.sc, err = t.engine.scope(t.scope); d.sc == nil || since < firstMonth || d.sc.Before > monthAfter(lastMonth) {
		return d, ahead, err
	}
	d.months = t.engine.snapshot(d.sc)
	err = d.months.within(ctx, func() (err error) {
		d.upTo = int64(d.months.every)
		for _, k := range d.months.known {
			if k.month < d.sc.Before && k.end > since {
				d.upTo = min(d.upTo, int64(k.upTo))
			}
		}
		if d.upTo == 0 {
			return nil
		}
		from := startOfDay(since)
		if more > 0 {
			if ahead, err = d.enough(ctx, from, more); err != nil || ahead == tallystick.MinInstant {
				return err
			}
			if err := d.read(ctx, from, ahead, true); err != nil {
				return err
			}
			from = ahead
		}
		return d.read(ctx, from, d.sc.Before, false)
	})
	return d, ahead, err
}

// enough returns the end of the day until which there are about as many rows as are wanted; MinInstant: the first day has more.
func (d *talkDays) enough(ctx context.Context, from tallystick.Instant, wanted int) (until tallystick.Instant, err error) {
	st := &statement{}
	st.add("SELECT day, COUNT(*)", d.from(st, from, d.sc.Before), "GROUP BY day", "ORDER BY day")
	until = d.sc.Before
	n, full := 0, false
	err = d.months.each(ctx, st, func(r *rows) error {
		for i := 0; i < r.n && !full; i++ {
			if n += int(r.bigint(1, i)); n > wanted {
				until, full = tallystick.Instant(r.bigint(0, i)), true
			}
		}
		return nil
	})
	if until == from {
		until = tallystick.MinInstant
	}
	return until, err
}

// from selects the rows of some days.
func (d *talkDays) from(st *statement, from, until tallystick.Instant) string {
	sc := *d.sc
	sc.forget() // parameters of other statements
	return "FROM " + identifier(talkDayTable) + "\nWHERE tenant = " + sc.tenant(st) + " AND day >= " + st.bind(from) + " AND day < " + st.bind(until)
}

// read learns what the rows of some days tell of what is asked, or of everything.
func (d *talkDays) read(ctx context.Context, from, until tallystick.Instant, all bool) error {
	if from >= until {
		return nil
	}
	st := &statement{}
	st.add("SELECT high, low, last, COALESCE(created, "+st.bind(tallystick.MinInstant)+"), COALESCE(message, "+st.bind(tallystick.MaxInstant)+"), ticket", d.from(st, from, until))
	if !all && len(d.asked) <= fewTalks {
		st.add("  AND high IN (SELECT UNNEST(" + st.bind(highs(d.asked)) + "))")
	}
	mayKnow := newSieve(d.known)
	before := d.sc.Before
	return d.months.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			name := hash{r.bigint(0, i), r.bigint(1, i)}
			switch {
			case all:
				if _, known := d.known[name]; !known {
					d.known[name], d.asked[name] = unheard, true
				}
			case !mayKnow.has(name) || !d.asked[name]:
				continue
			}
			last, created, message, ticket := tallystick.Instant(r.bigint(2, i)), tallystick.Instant(r.bigint(3, i)), tallystick.Instant(r.bigint(4, i)), r.text(5, i)
			if last >= before {
				d.divide(name)
				if created >= before || message >= before && message != tallystick.MaxInstant {
					continue // of how it began the row tells nothing that is in the scope
				}
				last = tallystick.MinInstant
			}
			d.found[name] = true
			d.hear(name, created, message, last, ticket)
		}
		return nil
	})
}
