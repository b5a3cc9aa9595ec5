package report_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/engine/memory"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/render"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/reports"
)

var update = flag.Bool("update", false, "write what the reports say now into the golden files")

// TestGolden asks for every case of reports/NAME/cases.tsv, of both engines. A case is a folder with events.jsonl, the file of the answer, and arguments as on the command
// line.
func TestGolden(t *testing.T) {
	catalog := withExamples(t)
	for _, definition := range usage(catalog) {
		folder := folderOf(definition.Name)
		cases, err := os.ReadFile(filepath.Join(folder, "cases.tsv"))
		if err != nil {
			t.Fatal(err)
		}
		engines := map[string]map[string]tallystick.Engine{} // by example and name
		for line := range strings.Lines(string(cases)) {
			columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
			example, file, arguments := columns[0], columns[1], strings.Fields(columns[2])
			if engines[example] == nil {
				engines[example] = enginesWith(t, readEvents(t, catalog, filepath.Join(folder, example, "events.jsonl")))
			}
			request, options := parse(t, definition.Name, arguments)
			golden := filepath.Join(folder, example, file)
			for name, engine := range engines[example] {
				t.Run(definition.Name+"/"+example+"/"+file+"/"+name, func(t *testing.T) {
					got := csvOf(t, catalog, engine, request, options)
					if *update && name == "memory" {
						if err := os.WriteFile(golden, got, 0o644); err != nil {
							t.Fatal(err)
						}
					}
					want, err := os.ReadFile(golden)
					if err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(got, want) {
						t.Errorf("got\n%s\nwant\n%s", got, want)
					}
				})
			}
		}
	}
}

func load(t *testing.T) *report.Catalog {
	t.Helper()
	catalog, err := report.Load(reports.FS)
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

// examples is the folder of the definitions that docs/custom-reports.md shows, with their cases beside them like those of the built-in reports.
var examples = filepath.Join("..", "..", "reports", "examples")

// withExamples returns the built-in definitions and the examples.
func withExamples(t *testing.T) *report.Catalog {
	t.Helper()
	catalog, err := load(t).With(os.DirFS(examples))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range catalog.Problems() {
		t.Error(p)
	}
	return catalog
}

// folderOf returns where a report's cases are.
func folderOf(name string) string {
	if folder := filepath.Join(examples, name); isFolder(folder) {
		return folder
	}
	return filepath.Join("..", "..", "reports", name)
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// enginesWith returns one engine of each kind that holds the events, in positions 1-1, 1-2, and so on.
func enginesWith(t *testing.T, events []tallystick.Event) map[string]tallystick.Engine {
	t.Helper()
	embedded, err := duckdb.Open(t.Context(), duckdb.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embedded.Close() })
	engines := map[string]tallystick.Engine{"memory": memory.New(), "duckdb": embedded}
	for name, engine := range engines {
		if err := engine.Apply(t.Context(), recordsOf(events)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return engines
}

func recordsOf(events []tallystick.Event) []tallystick.Record {
	var records []tallystick.Record
	for i, e := range events {
		records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(i) + 1}, Event: e})
	}
	return records
}

// readEvents decodes a file of events and drops the copies, as the journal would: those with the id or the natural key of an earlier one.
func readEvents(t *testing.T, catalog *report.Catalog, file string) []tallystick.Event {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := &ingest.Decoder{Now: func() time.Time { return time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) }, Declared: catalog.Type}
	seen := map[string]bool{}
	var events []tallystick.Event
	for line := range bytes.Lines(text) {
		e, err := decoder.Event(bytes.TrimSpace(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		id := fmt.Sprintf("id %q %q %q", e.Tenant, e.Source, e.ID)
		key := id
		if builtIn := tallystick.TypeNamed(e.Type); builtIn != nil && builtIn.Key != tallystick.NoField {
			k := builtIn.Key
			key = fmt.Sprintf("key %q %q %q", e.Tenant, e.Type, e.Text(k))
		}
		if !seen[id] && !seen[key] {
			events = append(events, e)
			seen[id], seen[key] = true, true
		}
	}
	return events
}

// parse reads the arguments of a case.
func parse(t *testing.T, name string, arguments []string) (tallystick.Request, render.Options) {
	t.Helper()
	request := tallystick.Request{Report: name, Options: map[string]string{}}
	var options render.Options
	var err error
	for len(arguments) > 0 {
		flag, value := arguments[0], ""
		arguments = arguments[1:]
		if flag != "--all-tenants" {
			value, arguments = arguments[0], arguments[1:]
		}
		switch flag {
		case "--all-tenants":
			request.Tenants = nil
		case "--tenant":
			request.Tenants = append(request.Tenants, value)
		case "--from":
			request.From, err = tallystick.ParseMoment(value)
		case "--to":
			request.To, err = tallystick.ParseMoment(value)
		case "--zone":
			request.Zone = value
		case "--every", "--by":
			request.Options[strings.TrimPrefix(flag, "--")] = value
		case "--channel", "--bot":
			request.Where = append(request.Where, tallystick.FieldValue{Field: strings.TrimPrefix(flag, "--"), Value: value})
		case "--where":
			field, wanted, _ := strings.Cut(value, "=")
			request.Where = append(request.Where, tallystick.FieldValue{Field: field, Value: wanted})
		case "--option":
			option, chosen, _ := strings.Cut(value, "=")
			request.Options[option] = chosen
		case "--table":
			request.Table = value
		case "--delimiter":
			options.Delimiter = value[0]
		default:
			t.Fatalf("unknown argument %s", flag)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return request, options
}

func csvOf(t *testing.T, catalog *report.Catalog, engine tallystick.Answerer, request tallystick.Request, options render.Options) []byte {
	t.Helper()
	result, err := catalog.Make(context.Background(), engine, request)
	if err != nil {
		t.Fatal(err)
	}
	format, err := render.FormatNamed("csv")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, table := range result.Tables {
		if err := format.Write(&b, table, options); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}
