package duckdb

import (
	"context"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// What was said of conversations, when they began and when they were last heard of, is learned by the rows that are kept of each of their days (months.go), those of the time that is asked about: of what was before, the
// first of these tells. What came since is in the parts of batches (parts.go), and so is what is said of conversations that have no row in that time.

// Columns of [talkDayTable]: a row for each conversation and day on which it was heard of, with the time of the last event of that day, and of all until the end of it: how many days before it was heard of first, at most those since firstMonth, when it
// was created, with which ticket, and, where it was not, its first message. Conversations have the names that they have in [partTable].
var talkDayColumns = []column{
	{"tenant", integer}, {"month", bigint}, {"day", bigint}, {"age", integer}, {"high", bigint}, {"low", bigint}, {"last", bigint}, {"created", bigint}, {"message", bigint}, {"ticket", varchar},
}

// newTalkDays selects the months of which flushes say something about conversations, and those of their later days of which that tells another beginning.
func (e *Engine) newTalkDays(n news) []string {
	part, day := identifier(partTable)+" AS part", strconv.FormatInt(int64(tallystick.Day), 10)
	selects := []string{"SELECT " + monthOf("part.first") + ", 0 FROM " + part + " WHERE " + n.since("part")}
	if n.first() {
		return selects
	}
	return append(selects, "SELECT kept.month, 0 FROM "+part+" JOIN "+identifier(talkDayTable)+" AS kept USING (tenant, high, low)"+
		" WHERE "+n.since("part")+" AND kept.day > part.first AND (part.created IS NOT NULL OR kept.created IS NULL AND (kept.message IS NULL OR part.message < kept.message) OR kept.day - kept.age * "+day+" > part.first)")
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
		"  SELECT tenant, first, high, low, last, MAX(created) " + until + " AS created, MIN(message) " + until + " AS message, MAX(ticket) " + until + " AS ticket, MIN(first) " + until + " AS begin FROM days",
		")",
		"SELECT tenant, " + monthOf("first") + " AS month, " + startOfDayOf("first") + " AS day, (day - GREATEST(" + startOfDayOf("begin") + ", " + writtenInstant(firstMonth) + ")) // " + strconv.FormatInt(int64(tallystick.Day), 10) + " AS age, high, low, last, created, CASE WHEN created IS NULL THEN message END, ticket",
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
	first  int // of known: that one and those behind it are asked for
}

// learnDays learns the conversations from one on, by the rows of their days from that of an instant on. Not found, and so not learned, are those of which there are no rows, and mostly those of which there are none before an end. It may
// also learn about as many as are wanted of those that are heard of first, up to an end of its own. upTo is the position up to which the rows tell everything, ahead the instant before which all conversations are known, MinInstant where none were added.
func (t *talks) learnDays(ctx context.Context, first int, since, end tallystick.Instant, more int) (upTo int64, ahead tallystick.Instant, err error) {
	d, ahead := &talkDays{talks: t, first: first}, tallystick.MinInstant
	if d.sc, err = t.engine.scope(t.scope); d.sc == nil || since < firstMonth || d.sc.Before > monthAfter(lastMonth) {
		return 0, ahead, err
	}
	d.months = t.engine.snapshot(d.sc)
	err = d.months.within(ctx, func() (err error) {
		upTo = int64(d.months.every)
		for _, k := range d.months.known {
			if k.month < d.sc.Before && k.end > since {
				upTo = min(upTo, int64(k.upTo))
			}
		}
		if upTo == 0 {
			return nil
		}
		from := startOfDay(since)
		if more > 0 {
			if ahead, err = d.enough(ctx, from, more); err != nil || ahead == tallystick.MinInstant {
				return err
			}
			end = ahead
		}
		if end = min(end, d.sc.Before); end%tallystick.Day != 0 && end < d.sc.Before {
			end = min(startOfDay(end)+tallystick.Day, d.sc.Before)
		}
		if err := d.read(ctx, from, end, more > 0); err != nil || end == d.sc.Before {
			return err
		}
		if upTo < int64(d.months.every) { // rows of one conversation may not agree when it was heard of first
			return d.read(ctx, end, d.sc.Before, false)
		}
		return d.readOn(ctx, end)
	})
	return upTo, ahead, err
}

// daysAhead is how many days are looked at for conversations that will be asked for.
const daysAhead = 400

// enough returns the end of a day until which there are about as many rows as are wanted, or as many days; MinInstant: the first day has more.
func (d *talkDays) enough(ctx context.Context, from tallystick.Instant, wanted int) (until tallystick.Instant, err error) {
	st := &statement{}
	until = min(from+daysAhead*tallystick.Day, d.sc.Before)
	st.add("SELECT day, COUNT(*)", d.from(st, from, until), "GROUP BY day", "ORDER BY day")
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
	st := &statement{}
	d.choose(st, from, until)
	if asked := d.known[d.first:]; !all && len(asked) <= fewTalks {
		st.add("  AND high IN (SELECT UNNEST(" + st.bind(highs(asked)) + "))")
	}
	return d.learn(ctx, st, all)
}

// readOn learns what the rows from a day on tell of those conversations that were heard of before.
func (d *talkDays) readOn(ctx context.Context, from tallystick.Instant) error {
	st := &statement{}
	d.choose(st, from, d.sc.Before)
	st.add("  AND age > 0 AND day - age * " + strconv.FormatInt(int64(tallystick.Day), 10) + " < " + st.bind(from))
	return d.learn(ctx, st, false)
}

// choose selects rows of some days, for learn.
func (d *talkDays) choose(st *statement, from, until tallystick.Instant) {
	st.add("SELECT high, low, last, COALESCE(created, "+st.bind(tallystick.MinInstant)+"), COALESCE(message, "+st.bind(tallystick.MaxInstant)+"), ticket", d.from(st, from, until))
}

// learn learns what rows tell of what is known, or of everything.
func (d *talkDays) learn(ctx context.Context, st *statement, all bool) error {
	mayKnow := newSieve(d.known)
	before := d.sc.Before
	return d.months.each(ctx, st, func(r *rows) error {
		for i := range r.n {
			name := hash{r.bigint(0, i), r.bigint(1, i)}
			var k *talk
			switch {
			case all:
				k = d.add(name)
			case mayKnow.has(name):
				k = d.get(name)
			}
			if k == nil {
				continue
			}
			last, created, message, ticket := tallystick.Instant(r.bigint(2, i)), tallystick.Instant(r.bigint(3, i)), tallystick.Instant(r.bigint(4, i)), r.text(5, i)
			if last >= before {
				k.divided = true
				if created >= before || message >= before && message != tallystick.MaxInstant {
					continue // of how it began the row tells nothing of what is in the scope
				}
				last = tallystick.MinInstant
			}
			k.found = k.found || last != tallystick.MinInstant
			d.hear(k, created, message, last, ticket)
		}
		return nil
	})
}
