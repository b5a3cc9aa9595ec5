package duckdb

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// layoutForm goes up whenever the meaning of a column changes without its name or type.
const layoutForm = "5"

// table is a table of the file. Its columns are those below in every table of events, then one for each rule of its type.
type table struct {
	name    string
	columns []column
	contact uint8                 // the column of a message's contact, 0 in all other tables
	event   *tallystick.EventType // nil for the tables that are not of one type
}

type column struct {
	name string
	kind columnKind
}

// columnKind is a type of DuckDB's.
type columnKind string

const (
	integer columnKind = "INTEGER"
	bigint  columnKind = "BIGINT"
	boolean columnKind = "BOOLEAN"
	varchar columnKind = "VARCHAR"
	uuid    columnKind = "UUID" // of a text: see id.go
)

// Tables that are not of one type of event.
const (
	layoutTable        = "layout"             // one row: what layout returns
	progressTable      = "progress"           // a row for each Apply and log: the newest position it has applied
	tenantTable        = "tenants"            // a row for each tenant: its number, name and log
	firstTable         = "first_events"       // a row whenever an event came that was earlier than all of its tenant before: so the minimum is known as of any position
	arrivalTable       = "arrivals"           // how events came in, by source and quarter of an hour
	partTable          = "conversation_parts" // what each batch said of each conversation
	solvedTable        = "solved"             // when which conversation was resolved
	failureTable       = "failures"           // when which message failed
	ticketTable        = "tickets"            // the tickets that conversations were created with
	correspondentTable = "correspondents"     // who was met in which room
	keptTable          = "sessions"           // sessions that flushes have kept, and what belongs to them: see keep.go
	voidTable          = "session_voids"
	failedTable        = "session_failures"
	givenTable         = "session_contacts"
	lostTable          = "lost_failures"
	searchTable        = "lost_searches"
	contactMonthTable  = "contact_months" // who was met in which month: see months.go
	roomMonthTable     = "room_months"
	senderMonthTable   = "sender_months"
	messageDayTable    = "message_days"
	spanMonthTable     = "span_months"
	talkMonthTable     = "talk_months"
	talkDayTable       = "talk_days"
	resolutionTable    = "resolutions"
	monthTable         = "months"
	mergedTable        = "merged"       // a row for each merge: the flush up to which rows are merged
	otherTable         = "other_events" // events of the types that have no table, with their labels
)

// Columns of every table of events, before those of the type's fields, which hold what the event says; only the contact of a message that does not say one is what follows from its sender, as in
// [tallystick.Event.Text]. seq is the position in the tenant's log, time in microseconds.
var eventColumns = []column{{"tenant", integer}, {"seq", bigint}, {"time", bigint}}

// labelsColumn holds an event's labels as a JSON object whose values are texts: each label's text under its name, and of a number that can be added up
// also its millionths, under the name behind a [labelNumber].
const (
	labelsColumn = "labels"
	labelNumber  = "#"
)

// tables returns the file's tables; the order is that of creation.
func schema() []*table {
	tables := []*table{
		{name: layoutTable, columns: []column{{"layout", varchar}}},
		{name: progressTable, columns: []column{{"log", bigint}, {"seq", bigint}}},
		{name: tenantTable, columns: []column{{"tenant", integer}, {"name", varchar}, {"log", bigint}}},
		{name: firstTable, columns: eventColumns},
		{name: arrivalTable, columns: arrivalColumns},
		{name: partTable, columns: partColumns},
		{name: solvedTable, columns: solvedColumns},
		{name: failureTable, columns: failureColumns},
		{name: ticketTable, columns: ticketColumns},
		{name: correspondentTable, columns: correspondentColumns},
		{name: keptTable, columns: keptColumns},
		{name: voidTable, columns: voidColumns},
		{name: failedTable, columns: failedColumns},
		{name: givenTable, columns: givenColumns},
		{name: lostTable, columns: lostColumns},
		{name: searchTable, columns: searchColumns},
		{name: monthTable, columns: monthColumns},
		{name: mergedTable, columns: []column{{"flushes", integer}}},
		{name: otherTable, columns: append(eventColumns[:3:3], column{"type", varchar}, column{labelsColumn, varchar})},
	}
	for _, rows := range allMonthly() {
		tables = append(tables, &table{name: rows.table, columns: rows.columns})
	}
	for _, t := range tallystick.EventTypes {
		tb := &table{name: tableName(t), columns: eventColumns[:3:3], event: t}
		for _, r := range t.Rules {
			kind := kindOf(&r)
			if t.Name == tallystick.MessageSent && r.Field == tallystick.FieldContactID {
				tb.contact = uint8(len(tb.columns))
			}
			tb.columns = append(tb.columns, column{r.Field.String(), kind})
			if kind == uuid {
				tb.columns = append(tb.columns, column{r.Field.String() + otherIDs, varchar})
			}
		}
		tables = append(tables, tb)
	}
	return tables
}

// column returns the number of a field's column, 0 where the type has none. The search begins at a column, best the one after that of the field before, because the
// fields of an event come in the order of its rules.
func (t *table) column(f tallystick.Field, from int) int {
	first := len(eventColumns)
	for range t.columns[first:] {
		if from < first || from >= len(t.columns) {
			from = first
		}
		if t.columns[from].name == string(f) {
			return from
		}
		from++
	}
	return 0
}

func tableName(t *tallystick.EventType) string { return strings.ReplaceAll(t.Name, ".", "_") }

func kindOf(r *tallystick.Rule) columnKind {
	switch {
	case r.Kind == tallystick.KindBool:
		return boolean
	case r.Kind.Numeric():
		return bigint
	case r.Field == tallystick.FieldMessageID:
		return uuid
	}
	return varchar
}

// tableNamed returns a table of the file.
func (e *Engine) tableNamed(name string) *table {
	return e.tables[slices.IndexFunc(e.tables, func(t *table) bool { return t.name == name })]
}

// create is the statement that makes the table in the file.
func (t *table) create() string {
	if !t.flushed() {
		return "CREATE TABLE " + identifier(t.name) + " " + t.definition()
	}
	return "CREATE TABLE " + identifier(t.name) + " " + strings.TrimSuffix(t.definition(), ")") + ", " + identifier(flushColumn) + " INTEGER)"
}

// flushed reports whether the table's rows are those of flushes, and have their numbers.
func (t *table) flushed() bool {
	return t.name != layoutTable && t.name != monthTable && !slices.ContainsFunc(allMonthly(), func(rows monthlyRows) bool { return rows.table == t.name })
}

// definition is the list of its columns in brackets.
func (t *table) definition() string {
	var b strings.Builder
	b.WriteString("(")
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(identifier(c.name) + " " + string(c.kind))
	}
	b.WriteString(")")
	return b.String()
}

// identifier quotes a name of ours: constants, and words of the vocabulary.
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// layout identifies the tables with their columns. A file with another one is of another program version.
func layout(tables []*table) string {
	h := sha256.New()
	h.Write([]byte(layoutForm))
	for _, t := range tables {
		h.Write([]byte(t.create() + "\n"))
		if t.event != nil {
			h.Write([]byte(t.event.Name + "\n"))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
