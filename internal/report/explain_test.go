package report_test

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/enginetest"
	"github.com/tallystick/tallystick/internal/engine/memory"
	"github.com/tallystick/tallystick/internal/report"
)

// TestExplanationsAddUp asks random requests of random events and explains cells of every table: what is counted makes the cell.
func TestExplanationsAddUp(t *testing.T) {
	streams, cells := 6, 10
	if os.Getenv("TALLYSTICK_LONG") != "" {
		streams, cells = 300, 30
	}
	first := rand.Int64N(1 << 40)
	if seed := os.Getenv("TALLYSTICK_SEED"); seed != "" {
		n, err := strconv.ParseInt(seed, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first, streams, cells = n, 1, 40
	}
	catalog := loadAll(t)
	for seed := first; seed < first+int64(streams); seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			events := enginetest.Random(seed, 400)
			engine := memory.New()
			if err := engine.Apply(t.Context(), recordsOf(events)); err != nil {
				t.Fatal(err)
			}
			x := explainer{catalog: catalog, engine: engine, events: byPosition(events)}
			r := rand.New(rand.NewPCG(uint64(seed), 2))
			for _, definition := range usage(catalog) {
				for range 3 {
					x.explainSome(t, r, randomRequest(r, definition, events), cells)
				}
			}
		})
	}
}

// TestEnginesGiveTheSameExplanations explains the same cells from both engines.
func TestEnginesGiveTheSameExplanations(t *testing.T) {
	seed := rand.Int64N(1 << 40)
	t.Logf("seed %d", seed)
	events := enginetest.Random(seed, 300)
	engines := enginesWith(t, events)
	catalog := loadAll(t)
	r := rand.New(rand.NewPCG(uint64(seed), 3))
	for _, definition := range usage(catalog) {
		request := randomRequest(r, definition, events)
		cells := cellsOf(t, catalog, engines["memory"], request, func(int) bool { return true })
		for range min(8, len(cells)) {
			c := pick(r, cells)
			want := explanation(t, catalog, engines["memory"], request, c)
			if got := explanation(t, catalog, engines["duckdb"], request, c); got != want {
				t.Fatalf("request %+v\ncell %+v\nmemory answers\n%s\nduckdb answers\n%s", request, c, want, got)
			}
		}
	}
}

// cell is a place in a table.
type cell struct {
	table  string
	row    int
	column string
	value  tallystick.Cell
}

// cellsOf returns the chosen cells of all tables, by their number in the whole report.
func cellsOf(t *testing.T, catalog *report.Catalog, engine tallystick.Answerer, request tallystick.Request, chosen func(int) bool) []cell {
	t.Helper()
	result, err := catalog.Make(t.Context(), engine, request)
	if tallystick.CodeOf(err) == tallystick.NotFound {
		return nil // the tenant has no events yet as of that position
	}
	if err != nil {
		t.Fatal(err)
	}
	var cells []cell
	number := 0
	for _, table := range result.Tables {
		row := 0
		for values, err := range table.Rows {
			if err != nil {
				t.Fatal(err)
			}
			row++
			for i, v := range values {
				if number++; chosen(number) {
					cells = append(cells, cell{table.Name, row, table.Columns[i].Name, v})
				}
			}
		}
	}
	return cells
}

func explanation(t *testing.T, catalog *report.Catalog, engine tallystick.Answerer, request tallystick.Request, c cell) string {
	t.Helper()
	x, err := catalog.Explain(t.Context(), engine, request, c.table, c.row, c.column)
	if err != nil {
		t.Fatalf("request %+v\ncell %+v: %v", request, c, err)
	}
	return textOf(x)
}

func textOf(x *report.Explanation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", x.Cell, x.Sense)
	for e := range x.Events() {
		fmt.Fprintf(&b, "%v,%s,%s,%s,%s,%s,%s\n", e.Counted, e.Reason, e.Time, e.Type, e.Position, e.Tenant, e.Item)
	}
	return b.String()
}

// explainer explains cells and checks what is said of them.
type explainer struct {
	catalog *report.Catalog
	engine  tallystick.Answerer
	events  map[tallystick.Position]tallystick.Event
}

func byPosition(events []tallystick.Event) map[tallystick.Position]tallystick.Event {
	m := map[tallystick.Position]tallystick.Event{}
	for _, r := range recordsOf(events) {
		m[r.Position] = r.Event
	}
	return m
}

// explainSome explains a number of random cells of each table of a request.
func (x explainer) explainSome(t *testing.T, r *rand.Rand, request tallystick.Request, cells int) {
	t.Helper()
	byTable := map[string][]cell{}
	for _, c := range cellsOf(t, x.catalog, x.engine, request, func(int) bool { return true }) {
		// Numbers that are not 0 say more.
		if c.value.Kind == tallystick.CellInteger && c.value.Int == 0 && r.IntN(8) > 0 {
			continue
		}
		byTable[c.table] = append(byTable[c.table], c)
	}
	for _, table := range slices.Sorted(maps.Keys(byTable)) {
		all := byTable[table]
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, c := range all[:min(cells, len(all))] {
			got, err := x.catalog.Explain(t.Context(), x.engine, request, c.table, c.row, c.column)
			if err != nil {
				t.Fatalf("request %+v\ncell %+v: %v", request, c, err)
			}
			if problem := x.wrong(got, c, request); problem != "" {
				t.Fatalf("request %+v\ncell %+v: %s\n%s", request, c, problem, explanation(t, x.catalog, x.engine, request, c))
			}
		}
	}
}

// wrong says what is wrong with an explanation, "" when nothing is.
func (x explainer) wrong(got *report.Explanation, c cell, request tallystick.Request) string {
	if got.Cell != c.value || got.Row != c.row || got.Column != c.column {
		return fmt.Sprintf("it explains %+v", got)
	}
	seen := map[string]bool{}
	var last report.Explained
	for e := range got.Events() {
		event, exists := x.events[e.Position]
		key := fmt.Sprintf("%s %q %v", e.Position, e.Item, e.Counted)
		switch {
		case !exists || event.Tenant != e.Tenant || event.Tenant != got.Tenant || event.Type != e.Type || event.Time != e.Time:
			return fmt.Sprintf("there is no event %+v", e)
		case !request.AsOf.IsZero() && e.Position.After(request.AsOf):
			return fmt.Sprintf("%+v did not exist yet", e)
		case e.Counted != (e.Reason == ""):
			return fmt.Sprintf("%+v: counted and reason do not go together", e)
		case e.Reason != "" && !slices.ContainsFunc(report.Reasons, func(r struct {
			Reason report.Reason
			About  string
		}) bool {
			return r.Reason == e.Reason
		}):
			return fmt.Sprintf("%+v: no such reason", e)
		case e.Time < last.Time || e.Time == last.Time && last.Position.After(e.Position):
			return fmt.Sprintf("%+v is out of order", e)
		case seen[key]:
			return fmt.Sprintf("%+v comes twice", e)
		}
		seen[key], last = true, e
		if given := givenBy(event); e.Counted && strings.HasSuffix(e.Type, ".upserted") && got.Sense == report.Giver && !given(c.value.Text) {
			return fmt.Sprintf("%+v does not give %q", e, c.value.Text)
		}
		if e.Counted && c.value.Kind == tallystick.CellInstant && tallystick.Instant(c.value.Int) != e.Time {
			return fmt.Sprintf("%+v does not give %v", e, c.value)
		}
	}
	if problem := x.wrongText(got, c); problem != "" {
		return problem
	}
	if value := valueOf(got); value != c.value.String() && c.value.Kind != tallystick.CellText && c.value.Kind != tallystick.CellInstant {
		return fmt.Sprintf("what is counted makes %q", value)
	}
	return ""
}

// wrongText says what is wrong with the explanation of some texts, "" when nothing is.
func (x explainer) wrongText(got *report.Explanation, c cell) string {
	field := map[string]tallystick.Field{
		"detail/Customer": tallystick.FieldContactID, "detail/Conversation ID": tallystick.FieldConversationID, "detail/Bot version": tallystick.FieldBotVersion,
		"by-version/Version": tallystick.FieldBotVersion, "rooms/Room": tallystick.FieldRoomID, "rooms/Channel": tallystick.FieldChannelID,
	}[c.table+"/"+c.column]
	if field == tallystick.NoField {
		return ""
	}
	values := map[string]bool{}
	for e := range got.Events() {
		if event := x.events[e.Position]; e.Counted && e.Type != tallystick.SessionStarted {
			values[event.Text(field)] = true
		}
	}
	text := c.value.Text
	switch {
	case c.column == "Channel": // two channels may have one name
		if n := len(values); (n == 0) != (text == "") || n > 0 && n < strings.Count(text, "; ")+1 {
			return fmt.Sprintf("the channels %v have the names %q", values, text)
		}
	case text == "" && len(values) == 0:
	case len(values) != 1 || !values[text]:
		return fmt.Sprintf("%v gives %q", values, text)
	}
	return ""
}

// givenBy reports whether a text holds a value of an event's.
func givenBy(e tallystick.Event) func(string) bool {
	return func(text string) bool {
		for _, v := range e.Data {
			if v.Text != "" && strings.Contains(text, v.Text) {
				return true
			}
		}
		for _, rule := range tallystick.TypeNamed(e.Type).Rules {
			if rule.Default == text {
				return true
			}
		}
		return false
	}
}

// valueOf makes a number of what an explanation counts.
func valueOf(x *report.Explanation) string {
	n, sum, entitled := 0, int64(0), int64(0)
	items, hours, users := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for e := range x.Events() {
		if !e.Counted {
			continue
		}
		n++
		items[e.Item] = true
		hour, _, _ := strings.Cut(e.Item, " ")
		hours[hour] = true
		value := micros(e.Item)
		sum += value
		if e.Type == tallystick.EntitlementSet {
			entitled = value / 1_000_000
		} else {
			users[e.Item] = true
		}
	}
	cents := func(n, d int64) string { // half up, also below zero
		x := new(big.Int).Mul(big.NewInt(n), big.NewInt(200))
		x.Add(x, big.NewInt(d))
		return tallystick.DecimalCell(x.Div(x, big.NewInt(2*d)).Int64()).String()
	}
	switch {
	case x.Cell.Kind == tallystick.CellEmpty && n == 0:
		return ""
	case x.Sense == report.Events:
		return strconv.Itoa(n)
	case x.Sense == report.Items:
		return strconv.Itoa(len(items))
	case x.Sense == report.Quantity:
		return strconv.FormatInt(entitled-int64(len(users)), 10)
	case x.Sense == report.Mean:
		return cents(int64(len(items)), int64(max(1, len(hours))))
	case x.Sense == report.Average && n > 0:
		return cents(sum, int64(n)*1_000_000)
	case x.Sense == report.Sum && x.Cell.Kind == tallystick.CellDecimal && x.Table == "usage":
		return cents(sum, 60_000_000)
	case x.Sense == report.Sum && x.Cell.Kind == tallystick.CellDecimal:
		return cents(sum, 1_000_000)
	case x.Sense == report.Sum:
		return strconv.FormatInt(sum/1_000_000, 10)
	}
	return "nothing"
}

// micros reads a decimal number of at most six places as millionths; 0 where it is none.
func micros(s string) int64 {
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		return -micros(rest)
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0
	}
	f, _ := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
	return n*1_000_000 + f
}
