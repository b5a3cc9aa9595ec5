package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestOracleGivesTheGoldenAnswers anchors the oracle to the answers beside the definitions, so that it can't agree with the reports by sharing their mistakes.
func TestOracleGivesTheGoldenAnswers(t *testing.T) {
	for _, definition := range usage(load(t)) {
		name := definition.Name
		folder := filepath.Join("..", "..", "reports", name)
		cases, err := os.ReadFile(filepath.Join(folder, "cases.tsv"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(cases)) {
			columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
			t.Run(name+"/"+columns[0]+"/"+columns[1], func(t *testing.T) {
				request, _ := parse(t, name, strings.Fields(columns[2]))
				tables, err := oracle(oracleEvents(t, filepath.Join(folder, columns[0], "events.jsonl")), request)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := os.ReadFile(filepath.Join(folder, columns[0], columns[1]))
				if err != nil {
					t.Fatal(err)
				}
				reader := csv.NewReader(bytes.NewReader(answer))
				if strings.Contains(columns[2], "--delimiter |") {
					reader.Comma = '|'
				}
				want, err := reader.ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range want {
					for i := range row {
						if strings.HasPrefix(row[i], "'=") { // the guard against formulas
							row[i] = row[i][1:]
						}
					}
				}
				if got := tables[request.Table]; !slices.EqualFunc(got, want, slices.Equal) {
					t.Errorf("got\n%s\nwant\n%s", lines(got), lines(want))
				}
			})
		}
	}
}

func lines(table [][]string) string {
	var b strings.Builder
	for _, row := range table {
		fmt.Fprintf(&b, "%q\n", row)
	}
	return b.String()
}

// oracleEvents reads a file of events without package ingest, by the rules of the vocabulary, and drops copies: the same id, or the same natural key.
func oracleEvents(t *testing.T, file string) []tallystick.Event {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var events []tallystick.Event
	seen := map[[4]string]bool{}
	for line := range bytes.Lines(text) {
		var wire struct {
			ID, Source, Type, Tenant, Time string
			Data                           map[string]any
		}
		if err := json.Unmarshal(line, &wire); err != nil {
			t.Fatal(err)
		}
		e := tallystick.Event{ID: wire.ID, Source: wire.Source, Type: wire.Type, Tenant: wire.Tenant}
		if e.Time, err = tallystick.ParseInstant(wire.Time); err != nil {
			t.Fatal(err)
		}
		e.Received = e.Time
		eventType := tallystick.TypeNamed(e.Type)
		for _, rule := range eventType.Rules {
			value := wire.Data[rule.Field.String()]
			if value == nil || value == "" && rule.Kind != tallystick.KindText {
				continue
			}
			v := tallystick.Value{Field: rule.Field}
			switch value := value.(type) {
			case string:
				v.Text = value
				if rule.Kind == tallystick.KindTime {
					i, err := tallystick.ParseInstant(value)
					if err != nil {
						t.Fatal(err)
					}
					v.Text, v.Int = "", int64(i)
				}
			case bool:
				if value {
					v.Int = 1
				}
			case float64:
				v.Int = int64(value)
				if rule.Kind == tallystick.KindSeconds {
					v.Int = int64(math.Round(value * 1e6))
				}
			case []any:
				list, err := json.Marshal(value)
				if err != nil {
					t.Fatal(err)
				}
				v.Text = string(list)
			default:
				t.Fatalf("%s: %v", rule.Field, value)
			}
			e.Data = append(e.Data, v)
		}
		keys := [][4]string{{"id", e.Tenant, e.Source, e.ID}}
		if eventType.Key != tallystick.NoField {
			keys = append(keys, [4]string{"key", e.Tenant, e.Type, e.Text(eventType.Key)})
		}
		if slices.ContainsFunc(keys, func(k [4]string) bool { return seen[k] }) {
			continue
		}
		for _, k := range keys {
			seen[k] = true
		}
		events = append(events, e)
	}
	return events
}
