package duckdb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
)

// Who was met in a month, what was said in which room, who sent something on which days, how many messages a day had, which conversations were heard of on it, and which were resolved, is kept month by month, in UTC: a row for each contact and
// channel, and for each room and sender, with the first and the last of its messages, one for each user and channel, a few for each day, and one for each resolution. A month of another zone begins and ends within one
// of these. Whether a contact has a message before or after an instant follows from its first or last one there; what a room has of the rest of a month, or anybody of a part of a day, is counted by the messages themselves.
//
// They are made of the file in the background, whole months at a time, when no rows are left to be put together (merge.go), and made again when something came that they lack. What is asked before that is answered by
// them and the events since, together.

// monthlyRows are rows that are kept by month, in a table with columns tenant and month.
type monthlyRows struct {
	table   string
	columns []column
	// make is the statement that makes those of some months, of what is in the file up to a flush. these says which months are meant, in the form of a condition without its beginning; in is the condition of a value that
	// it is in the part of the month that is made.
	make func(e *Engine, months []staleMonth, flush int32, these string, in func(value string) string) string
	// news selects the months of which flushes tell something that the rows do not say, with the number of messages.
	news func(e *Engine, n news) []string
}

// allMonthly lists all of them.
func allMonthly() []monthlyRows {
	return []monthlyRows{
		{contactMonthTable, contactMonthColumns, (*Engine).makeContacts, (*Engine).newMessages},
		{roomMonthTable, roomMonthColumns, (*Engine).makeRooms, nil}, // as of contacts
		{senderMonthTable, senderMonthColumns, (*Engine).makeSenders, nil},
		{messageDayTable, messageDayColumns, (*Engine).makeDays, nil},
		{spanMonthTable, spanMonthColumns, (*Engine).makeSpans, (*Engine).newSpans},
		{talkMonthTable, talkMonthColumns, (*Engine).makeTalks, (*Engine).newTalks},
		{talkDayTable, talkDayColumns, (*Engine).makeTalkDays, (*Engine).newTalkDays},
		{resolutionTable, resolutionColumns, (*Engine).makeResolutions, (*Engine).newResolutions},
	}
}

// Columns of [monthTable]: a row for each month that has any of these, with the flush up to which all there is is in the rows above, 0: it has none yet, and about how many messages it has. One of month [everyMonth] says up to which flush
// there are no others.
var monthColumns = []column{{"month", bigint}, {"flushes", integer}, {"messages", bigint}}

// everyMonth is no month.
const everyMonth = tallystick.MinInstant

// Months are those of the years that times are written in, which DuckDB and Go agree about.
var (
	firstMonth = tallystick.InstantOf(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))
	lastMonth  = tallystick.InstantOf(time.Date(9999, 12, 1, 0, 0, 0, 0, time.UTC))
)

// monthAfter returns the month after one.
func monthAfter(month tallystick.Instant) tallystick.Instant {
	return tallystick.InstantOf(month.Time().AddDate(0, 1, 0))
}

// dayOf is an expression for the day of an instant that is in a month, see [startOfDay].
func dayOf(instant string) string {
	return "epoch_us(date_trunc('day', make_timestamp(" + instant + ")))"
}

// startOfDayOf is an expression for what [startOfDay] returns.
func startOfDayOf(instant string) string {
	return "CASE WHEN " + monthOf(instant) + " IS NULL THEN " + instant + " ELSE " + dayOf(instant) + " END"
}

// monthOf is an expression for the month of an instant, NULL where it is in none.
func monthOf(instant string) string {
	return "CASE WHEN " + instant + " >= " + strconv.FormatInt(int64(firstMonth), 10) + " AND " + instant + " < " + strconv.FormatInt(int64(monthAfter(lastMonth)), 10) +
		" THEN epoch_us(date_trunc('month', make_timestamp(" + instant + "))) END"
}

// monthsTogether is about how many messages the months have that are made by one statement: few months, but many of those that have hardly any. Where the memory is too little for that it is less. Tests change it.
var monthsTogether int64 = 1 << 20

// bytesOfMonth is about what a message takes while its month is made, of the memory that a memtable may have.
const bytesOfMonth = 128

// staleMonths are the months that are to be made, as of a flush.
type staleMonths struct {
	flush  int32
	months []staleMonth
	alone  bool // each is made alone, because there was too little memory for several
}

type staleMonth struct {
	month    tallystick.Instant
	messages int64
	parts    int // in which it is made, because there was too little memory for all of it; 0: in one
}

// mostParts is the number of parts in which a month is made at most; where even these are too large, what is asked of it is answered by the events.
const mostParts = 256

// makeMonths makes some of the months that lack something that is in the file.
func (e *Engine) makeMonths(ctx context.Context) (made bool, err error) {
	ctx, end, err := e.merger.merge(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	e.mu.RLock()
	flush := e.view.flush
	e.mu.RUnlock()
	if flush == 0 || e.stale.flush == flush && len(e.stale.months) == 0 {
		return false, nil
	}
	if err := e.roomForMonths(); err != nil {
		return false, err
	}
	s, err := e.stream()
	if err != nil {
		return false, err
	}
	defer s.close()
	if e.stale.flush != flush {
		var stale []staleMonth
		err := s.transaction(ctx, func() (err error) {
			stale, err = s.findStale(ctx, flush)
			return cause(ctx, err)
		})
		if err != nil {
			return false, fmt.Errorf("look for months that are to be made: %w", err)
		}
		e.stale = staleMonths{flush: flush, months: stale}
		if len(stale) == 0 {
			return false, nil
		}
	}
	n, messages, most := 0, int64(0), min(monthsTogether, int64(e.flushBytes)/bytesOfMonth)
	for n == 0 || n < len(e.stale.months) && messages < most && !e.stale.alone {
		messages += e.stale.months[n].messages
		n++
	}
	some := slices.Clone(e.stale.months[:n])
	if err := s.transaction(ctx, func() error { return cause(ctx, s.writeMonths(some, flush)) }); err != nil {
		switch {
		case tallystick.CodeOf(err) != tallystick.Unavailable:
		case n > 1:
			e.stale.alone = true
		default: // the others are made before it is tried again
			some[0].parts = min(4*max(some[0].parts, 1), mostParts)
			e.stale.months = append(e.stale.months[1:], some[0])
		}
		return false, fmt.Errorf("make %d months from %s on: %w", n, some[0].month, err)
	}
	e.stale.months = e.stale.months[n:]
	return true, nil
}

// roomForMonths returns an error where the disk has too little room.
func (e *Engine) roomForMonths() error {
	size, free, err := e.room()
	if needed := size/8 + mergeReserve; err == nil && free < needed {
		err = tallystick.Errorf(tallystick.Unavailable, "%d MB are free on the disk, and months are made where there are %d MB", free>>20, needed>>20).WithHint("make room")
	}
	return err
}

// findStale returns the months that lack something that is in the file, the latest first, and notes that the others lack nothing.
func (s *stream) findStale(ctx context.Context, flush int32) (stale []staleMonth, err error) {
	last := int64(0) // up to which flush this was done before
	every, number := strconv.FormatInt(int64(everyMonth), 10), strconv.Itoa(int(flush))
	err = s.read(ctx, "SELECT COALESCE(MAX(flushes), 0)::BIGINT FROM "+identifier(monthTable)+" WHERE month = "+every, nil, func(r *rows) error {
		last = r.bigint(0, 0)
		return nil
	})
	if err == nil && last < int64(flush) {
		err = s.findNews(ctx, strconv.FormatInt(last, 10), number)
	}
	if err != nil {
		return nil, err
	}
	err = s.read(ctx, "SELECT month, messages FROM "+identifier(monthTable)+" WHERE flushes < "+number+" ORDER BY month DESC", nil, func(r *rows) error {
		for i := range r.n {
			stale = append(stale, staleMonth{month: tallystick.Instant(r.bigint(0, i)), messages: r.bigint(1, i)})
		}
		return nil
	})
	return stale, err
}

// news is what flushes after one up to another tell.
type news struct{ last, flush string }

// since is the condition of rows of these flushes.
func (n news) since(name string) string {
	return name + ".flush > " + n.last + " AND " + n.upTo(name)
}

func (n news) upTo(name string) string { return name + ".flush <= " + n.flush }

// before is the condition of rows of earlier flushes.
func (n news) before(name string) string { return name + ".flush <= " + n.last }

// first reports whether nothing was made yet.
func (n news) first() bool { return n.last == "0" }

// findNews notes which months nothing was said of by the flushes after one up to another.
func (s *stream) findNews(ctx context.Context, last, flush string) error {
	months, every := identifier(monthTable), strconv.FormatInt(int64(everyMonth), 10)
	numbers := map[int64]int64{}
	for _, kept := range allMonthly() {
		if kept.news == nil {
			continue
		}
		for _, one := range kept.news(s.engine, news{last, flush}) { // by itself: the union of all holds the memory of all at once
			err := s.read(ctx, "SELECT month, SUM(number)::BIGINT FROM ("+one+") AS told (month, number) WHERE month IS NOT NULL GROUP BY month", nil, func(r *rows) error {
				for i := range r.n {
					numbers[r.bigint(0, i)] += r.bigint(1, i)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	var found []string
	for _, month := range slices.Sorted(maps.Keys(numbers)) {
		found = append(found, "("+strconv.FormatInt(month, 10)+", "+strconv.FormatInt(numbers[month], 10)+")")
	}
	if err := s.noteMerged(last, flush); err != nil {
		return err
	}
	statements := []string{"DELETE FROM " + months + " WHERE month = " + every}
	untouched := "TRUE"
	if len(found) > 0 {
		of := "(VALUES " + strings.Join(found, ", ") + ") AS news (month, messages)"
		untouched = "month NOT IN (SELECT month FROM " + of + ")"
		statements = append(statements,
			"INSERT INTO "+months+" SELECT month, 0, 0 FROM "+of+" WHERE month NOT IN (SELECT month FROM "+months+")",
			"UPDATE "+months+" SET messages = "+months+".messages + news.messages FROM "+of+" WHERE news.month = "+months+".month")
	}
	statements = append(statements,
		"UPDATE "+months+" SET flushes = "+flush+" WHERE flushes = "+last+" AND flushes > 0 AND "+untouched,
		"INSERT INTO "+months+" VALUES ("+every+", "+flush+", 0)")
	for _, statement := range statements {
		if err := execute(s.conn, statement); err != nil {
			return err
		}
	}
	return nil
}

// noteMerged marks the rows of contacts that were merged by the flushes after one up to another.
func (s *stream) noteMerged(last, flush string) error {
	kept := identifier(contactMonthTable)
	merges := s.engine.mergedContacts("> " + last + " AND c.flush <= " + flush)
	return execute(s.conn, "UPDATE "+kept+" SET merged = TRUE FROM ("+merges+") AS merges WHERE NOT merged AND merges.tenant = "+kept+".tenant AND merges.contact = "+kept+".contact")
}
