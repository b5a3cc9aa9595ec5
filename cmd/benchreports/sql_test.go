package main

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/big"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/sample"
	"github.com/tallystick/tallystick/reports"
)

// compared are the columns of each table that its SQL gives, in the order of SQL, which begins with the tenant. Names stand for ids where all ids have names.
var compared = map[string][]string{
	"room-usage rooms":    {"Room", "UserName", "Total Messages Received", "Total Messages Sent"},
	"billing-usage usage": nil, // see invoice
	"tenant-usage tenants": {"Users", "Active Users", "Inactive Users", "User Entitlements", "User Entitlements Remaining",
		"SMS Credits Used", "Voice Credits Used", "SMS/Voice Credits Used", "SMS/Voice Credits Allotted", "SMS/Voice Credits Remaining"},

	"service-usage unique-contacts":        {"Month", "Platform", "Unique Contacts"},
	"service-usage resolved-conversations": {"Period", "Platform", "Resolved Conversations"},
	"service-usage active-agents":          {"Period", "Active Agents"},
	"service-usage channels":               {"Platform", "Channels"},
	"service-usage proactive-messages":     {"Period", "Platform", "Proactive Messages"},

	"session-usage summary":      {"Sessions", "Tickets", "Conversations"},
	"session-usage trend":        {"Date", "Sessions"},
	"session-usage by-month":     {"Month", "Sessions"},
	"session-usage by-bot":       {"Bot", "Sessions"},
	"session-usage by-version":   {"Bot", "Version", "Sessions"},
	"session-usage by-channel":   {"Channel", "Sessions"},
	"session-usage ticket-trend": {"Date", "Tickets"},
	"session-usage detail":       {"Customer", "Session start time", "Conversation ID", "Conversation created at", "Conversation updated", "Bot name", "Bot version", "Channel", "Ticket ID"},
}

// TestSQLGivesTheNumbers asks every table and its SQL every question in UTC, and compares all rows that have a number.
func TestSQLGivesTheNumbers(t *testing.T) {
	catalog, err := report.Load(reports.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range catalog.Reports() {
		for _, table := range r.Tables {
			if name := r.Name + " " + table.Name; r.Name != "ingest-quality" && rawSQL[name] == "" {
				t.Errorf("%s has no SQL", name)
			}
		}
	}
	dir := t.TempDir()
	engine := someEvents(t, dir)
	var asked []question
	for _, q := range questions {
		if q.zone == "" {
			asked = append(asked, q)
		}
	}
	type answer struct{ table, question string }
	want := map[answer][]string{}
	for name, columns := range compared {
		for _, q := range asked {
			want[answer{name, q.name}] = ofTable(t, catalog, engine, name, q, columns)
		}
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", filepath.Join(dir, "events.duckdb")+"?access_mode=read_only")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, text := range rawSQL {
		for _, q := range asked {
			t.Run(name+", "+q.name, func(t *testing.T) {
				want, is := want[answer{name, q.name}]
				if !is {
					t.Fatal("is not compared")
				}
				got := ofSQL(t, db, text, q, false, compared[name])
				if len(want) == 0 && !strings.Contains(q.name, "day") {
					t.Error("the table has no numbers")
				}
				differ(t, "only the table has", want, got)
				differ(t, "only SQL has", got, want)
			})
		}
	}
	t.Run("the first rows alone", func(t *testing.T) {
		const name = "session-usage detail"
		q := asked[slices.IndexFunc(asked, func(q question) bool { return q.name == "one tenant, one year" })]
		want := want[answer{name, q.name}]
		if len(want) <= first {
			t.Fatalf("there are %d in all", len(want))
		}
		got := ofSQL(t, db, rawSQL[name], q, true, compared[name])
		differ(t, "only the table has", want[:first], got)
		differ(t, "only SQL has", got, want[:first])
	})
}

// differ tells of the rows that are in the one list and not, or not as often, in the other.
func differ(t *testing.T, what string, list, other []string) {
	t.Helper()
	n := map[string]int{}
	for _, row := range other {
		n[row]++
	}
	told := 0
	for _, row := range list {
		if n[row]--; n[row] >= 0 {
			continue
		}
		if told++; told > 3 {
			t.Errorf("%s other rows, of %d and %d", what, len(list), len(other))
			return
		}
		t.Errorf("%s %s", what, row)
	}
}

// someEvents returns an engine with events like those of the measurement, without those that come twice, as the journal would leave them out. They are so near to each
// other that much goes on at the ends of periods.
func someEvents(t *testing.T, dir string) *duckdb.Engine {
	t.Helper()
	engine, err := duckdb.Open(t.Context(), duckdb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var records []tallystick.Record
	for e := range sample.Traffic(sample.TrafficOptions{Seed: 1, Events: 80_000, Tenants: 3, From: tallystick.Date{Year: 2025, Month: time.August, Day: 1}, Days: 75}) {
		ids := []string{"id " + e.Tenant + " " + e.ID}
		if key := tallystick.TypeNamed(e.Type).Key; key != tallystick.NoField {
			ids = append(ids, e.Type+" "+e.Tenant+" "+e.Text(key))
		}
		if slices.ContainsFunc(ids, func(id string) bool { return seen[id] }) {
			continue
		}
		for _, id := range ids {
			seen[id] = true
		}
		records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(len(records)) + 1}, Event: e})
	}
	records = append(records, lateConversation(uint64(len(records)))...)
	if err := errors.Join(engine.Apply(t.Context(), records), engine.Close()); err != nil {
		t.Fatal(err)
	}
	// Opened again it has them in the file, as after an import.
	if engine, err = duckdb.Open(t.Context(), duckdb.Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	return engine
}

// lateConversation is one that was resolved before anything was said of how it was created, which hardly ever happens among so few events.
func lateConversation(after uint64) []tallystick.Record {
	text := func(f tallystick.Field, s string) tallystick.Value { return tallystick.Value{Field: f, Text: s} }
	said := func(id, direction, sender, by string) []tallystick.Value {
		return []tallystick.Value{
			text(tallystick.FieldMessageID, id), text(tallystick.FieldDirection, direction), text(tallystick.FieldSenderKind, sender), text(tallystick.FieldSenderID, by),
			text(tallystick.FieldConversationID, "late"), text(tallystick.FieldChannelID, "channel-1"), text(tallystick.FieldContactID, "somebody"),
		}
	}
	at := tallystick.InstantOf(time.Date(2025, 9, 10, 12, 0, 0, 0, time.UTC))
	events := []tallystick.Event{
		{Type: tallystick.MessageSent, Time: at, Data: said("00000000-0000-0000-0000-000000000001", "inbound", "contact", "somebody")},
		{Type: tallystick.MessageSent, Time: at + tallystick.Minute, Data: said("00000000-0000-0000-0000-000000000002", "outbound", "user", "user-1")},
		{Type: tallystick.ConversationSolved, Time: at + tallystick.Hour, Data: []tallystick.Value{text(tallystick.FieldConversationID, "late")}},
	}
	var records []tallystick.Record
	for i, e := range events {
		e.Tenant = "tenant-1"
		records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: after + uint64(i) + 1}, Event: e})
	}
	return records
}

// ofTable returns the rows of a table that have a number, as texts.
func ofTable(t *testing.T, catalog *report.Catalog, engine tallystick.Answerer, name string, q question, columns []string) []string {
	t.Helper()
	of, table, _ := strings.Cut(name, " ")
	request, err := q.request(of, table)
	if err != nil {
		t.Fatal(err)
	}
	result, err := catalog.Make(t.Context(), engine, request)
	if err != nil {
		t.Fatalf("%s, %s: %v", name, q.name, err)
	}
	made := result.Tables[0]
	place := func(column string) int {
		return slices.IndexFunc(made.Columns, func(c tallystick.Column) bool { return c.Name == column })
	}
	var list []string
	billed := map[string][]string{}
	for row, err := range made.Rows {
		if err != nil {
			t.Fatalf("%s, %s: %v", name, q.name, err)
		}
		cells := []string{"tenant-1"}
		if at := place("Tenant ID"); at >= 0 {
			cells[0] = row[at].Text
		}
		if columns == nil {
			invoice(billed, append(cells, row[place("Section")].Text, row[place("Item")].Text, row[place("Measure")].Text), row[place("Value")])
			continue
		}
		numbers, zeros := 0, 0
		for _, c := range columns {
			cell := row[place(c)]
			if cell.Kind == tallystick.CellInteger {
				if numbers++; cell.Int == 0 {
					zeros++
				}
			}
			cells = append(cells, ofCell(cell))
		}
		if numbers == 0 || zeros < numbers {
			list = append(list, strings.Join(cells, " | "))
		}
	}
	for line, numbers := range billed {
		if numbers[0] != "0" {
			list = append(list, line+" | "+strings.Join(numbers, " | "))
		}
	}
	return list
}

// ofCell returns a cell as SQL has it, with the id in place of the name that package sample gives it.
func ofCell(c tallystick.Cell) string {
	switch c.Kind {
	case tallystick.CellInstant:
		return strconv.FormatInt(c.Int, 10)
	case tallystick.CellDecimal:
		return ofNumber(float64(c.Int) / 100)
	}
	text := c.String()
	for _, prefix := range []string{"Ann ", "Bot ", "Channel "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}

// ofNumber returns a number rounded half up to hundredths.
func ofNumber(n float64) string {
	return strconv.FormatFloat(math.Floor(n*100+0.5)/100, 'f', -1, 64)
}

// figures are what SQL calls the sections of an invoice.
var figures = map[string]string{
	"Interaction Flows": "runs", "Concurrent Agent Sessions": "sessions", "Concurrent Interaction Flows": "flows", "Assistance Services": "clicks", "Outgoing SMS": "messages",
}

// invoice adds a row of an invoice to those that SQL gives in one: maximum and average.
func invoice(billed map[string][]string, cells []string, value tallystick.Cell) {
	tenant, section, item, measure := cells[0], cells[1], cells[2], cells[3]
	figure := figures[section]
	switch section {
	case "Assistance Services":
		item = strings.ReplaceAll(strings.ToLower(item), " ", "_")
	case "DNIS Service":
		figure, item = map[string]string{"Purchased": "numbers", "Minutes": "minutes"}[measure], ""
	case "Outgoing SMS":
		item = ""
	}
	line := strings.Join([]string{tenant, figure, item}, " | ")
	billed[line] = append(billed[line], ofCell(value))
}

// ofSQL returns the rows of a statement that have a number, as texts.
func ofSQL(t *testing.T, db *sql.DB, text string, q question, onlyFirst bool, columns []string) []string {
	t.Helper()
	names := map[int32]string{}
	each(t, db, "SELECT tenant, name FROM tenants", func(row []any) { names[row[0].(int32)] = row[1].(string) })
	text, err := fillIn(t.Context(), db, text, q, onlyFirst)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	each(t, db, text, func(row []any) {
		cells := []string{names[row[0].(int32)]}
		numbers, zeros := 0, 0
		for i, v := range row[1:] {
			column := ""
			if columns != nil {
				column = columns[i]
			}
			number := true
			switch n := v.(type) {
			case nil:
				number = false
				if text := map[string]string{"Platform": "All", "Period": "Total"}[column]; columns != nil {
					cells = append(cells, text)
				}
			case string:
				number = false
				cells = append(cells, n)
			case time.Time:
				number = false
				layout := time.DateOnly
				if column == "Month" {
					layout = "2006-01"
				}
				cells = append(cells, n.Format(layout))
			case float64:
				cells = append(cells, ofNumber(n))
			case *big.Int:
				cells = append(cells, n.String())
			default:
				cells = append(cells, fmt.Sprint(n))
			}
			if number {
				if numbers++; cells[len(cells)-1] == "0" {
					zeros++
				}
			}
		}
		if numbers == 0 || zeros < numbers {
			list = append(list, strings.Join(cells, " | "))
		}
	})
	return list
}

func each(t *testing.T, db *sql.DB, text string, fn func([]any)) {
	t.Helper()
	rows, err := db.Query(text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	row, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		fn(row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
