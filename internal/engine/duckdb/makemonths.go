package duckdb

import (
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// The rows of months are made by statements that read the file up to a flush.

// inFile is a table of the file, whatever is in memory besides.
func inFile(s source) string { return identifier(s.table.name) + " AS " + s.alias }

// exchanged returns the conditions of a countable message to or from a contact, unless it failed.
func (s source) exchanged() []string {
	return append(s.mayCount(false), s.text(tallystick.FieldDirection)+" IN ('inbound', 'outbound')")
}

// writeMonths makes months of what is in the file up to a flush.
func (s *stream) writeMonths(months []staleMonth, flush int32) error {
	list := make([]string, len(months))
	for i, m := range months {
		list[i] = strconv.FormatInt(int64(m.month), 10)
	}
	these := " IN (" + strings.Join(list, ", ") + ")"
	var statements []string
	for _, rows := range allMonthly() {
		statements = append(statements, "DELETE FROM "+identifier(rows.table)+" WHERE month"+these)
	}
	parts := 1
	for _, m := range months {
		parts = max(parts, m.parts)
	}
	for i := range parts {
		in := func(value string) string { // the condition of what is in this part
			if parts == 1 {
				return "TRUE"
			}
			return "hash(" + value + ") % " + strconv.Itoa(parts) + " = " + strconv.Itoa(i)
		}
		for _, rows := range allMonthly() {
			statements = append(statements, rows.make(s.engine, months, flush, these, in))
		}
	}
	statements = append(statements, "UPDATE "+identifier(monthTable)+" SET flushes = "+strconv.Itoa(int(flush))+" WHERE month"+these)
	for _, statement := range statements {
		if err := execute(s.conn, statement); err != nil {
			return err
		}
	}
	return nil
}

// messagesIn returns what to select from, as m, and under which conditions, for those messages of some months that meet some more, with the instant at which they failed, the earliest if at several.
func (e *Engine) messagesIn(m source, months []staleMonth, flush int32, these string, which []string) (from []string, failed, where string) {
	from, failed = e.withFailures(m, flush)
	conditions := append(which, "m.flush <= "+strconv.Itoa(int(flush)), during(months, "m.time"), monthOf("m.time")+these)
	return from, failed, strings.Join(conditions, " AND ")
}

// withFailures returns what to select from, as m, for messages with the instant at which they failed, the earliest if at several.
func (e *Engine) withFailures(m source, flush int32) (from []string, failed string) {
	f, upTo := source{e.byType[tallystick.MessageFailed], "f"}, " <= "+strconv.Itoa(int(flush))
	from = []string{identifier(m.table.name) + " AS m"}
	times := []string{"NULL::BIGINT"}
	for i, id := range e.failedIDs.names() {
		name := "failed" + strconv.Itoa(i)
		from = append(from, "LEFT JOIN (SELECT f.tenant, "+f.column(id)+" AS id, MIN(f.time) AS time FROM "+identifier(f.table.name)+" AS f WHERE f.flush"+upTo+" AND "+f.column(id)+" IS NOT NULL GROUP BY ALL) AS "+name+
			" ON "+name+".tenant = m.tenant AND "+name+".id = "+m.column(id))
		times = append(times, name+".time")
	}
	return from, "COALESCE(" + strings.Join(times, ", ") + ")"
}

// monthsOf returns the first and the last of some months.
func monthsOf(months []staleMonth) (earliest, latest tallystick.Instant) {
	earliest, latest = lastMonth, firstMonth
	for _, m := range months {
		earliest, latest = min(earliest, m.month), max(latest, m.month)
	}
	return earliest, latest
}

// during is the condition that an instant is not before or after all of some months.
func during(months []staleMonth, time string) string {
	earliest, latest := monthsOf(months)
	return time + " >= " + strconv.FormatInt(int64(earliest), 10) + " AND " + time + " < " + strconv.FormatInt(int64(monthAfter(latest)), 10)
}
