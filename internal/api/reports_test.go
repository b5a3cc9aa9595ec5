package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/usage"
	"github.com/tallystick/tallystick/reports"
)

// reportServer is the routes for reports with a real engine behind them, and a door that believes what it is told.
type reportServer struct {
	Reports
	engine  tallystick.Engine
	store   tallystick.Answerer // what is asked: the engine, or what a test has put before it
	records []tallystick.Record
	url     string
}

// actors are who may come to the door, by the name that they give.
var actors = map[string]control.Actor{
	"provider": {Kind: control.MemberActor, Permissions: control.Permissions{{Entity: control.Reports, Action: control.View}, {Entity: control.Ingest, Action: control.All}}, Reach: control.Reach{All: true}},
	"acme": {Kind: control.KeyActor, Tenant: "acme", Permissions: control.Permissions{{Entity: control.Reports, Action: control.View}, {Entity: control.Ingest, Action: control.All}},
		Reach: control.Reach{Tenants: map[string]struct{}{"acme": {}}}, Scopes: []control.Scope{control.ScopeRead, control.ScopeQuarantine}},
	"nobody": {},
}

// door believes what it is told.
func door(r *http.Request) (control.Actor, error) {
	name := r.Header.Get("Authorization")
	if name == "" {
		name = "provider"
	}
	return actors[name], nil
}

// serveReports starts a server over some events; change may replace parts of it before.
func serveReports(t testing.TB, events []tallystick.Event, change func(*reportServer)) *reportServer {
	t.Helper()
	catalog, err := report.Load(reports.FS)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := duckdb.Open(t.Context(), duckdb.Options{Dir: t.TempDir(), Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close() })
	s := &reportServer{engine: engine, store: engine}
	s.apply(t, events)
	s.Reports = Reports{Now: func() time.Time { return noon }, Source: usage.Source{
		Catalog: func() *report.Catalog { return catalog }, Lookup: s.lookup,
		Ask: func(ctx context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error {
			head, err := s.engine.Applied(ctx, 1)
			if err != nil {
				return err
			}
			return fn(s.store, head)
		},
	}}
	if change != nil {
		change(s)
	}
	web := httptest.NewServer(Handler(door, &s.Reports))
	s.url = web.URL
	t.Cleanup(web.Close)
	return s
}

// apply adds events to the engine and the journal.
func (s *reportServer) apply(t testing.TB, events []tallystick.Event) {
	t.Helper()
	first := len(s.records)
	for _, e := range events {
		s.records = append(s.records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(len(s.records)) + 1}, Event: e})
	}
	if err := s.engine.Apply(context.Background(), slices.Clone(s.records[first:])); err != nil {
		t.Fatal(err)
	}
}

func (s *reportServer) lookup(_ context.Context, positions []tallystick.Position, fn func(tallystick.Record) error) error {
	wanted := map[uint64]bool{}
	for _, p := range positions {
		wanted[p.Sequence] = true
	}
	for _, r := range s.records {
		if wanted[r.Position.Sequence] {
			if err := fn(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// page is an answer that was read to its end.
type readAnswer struct {
	status  int
	header  http.Header
	trailer http.Header
	body    string
}

// reproduces sends the receipt of a file back, and checks that the file made again is the same.
func (s *reportServer) reproduces(t testing.TB, file readAnswer) {
	t.Helper()
	receipt := file.trailer.Get(ReceiptHeader)
	for path, check := range map[string]func(string) bool{
		"reproduce": func(body string) bool {
			var v usage.Verdict
			return json.Unmarshal([]byte(body), &v) == nil && v.SameTables && v.SameFile && len(v.Causes) == 0
		},
		"file": func(body string) bool { return body == file.body },
	} {
		answer, err := http.Post(s.url+"/api/v1/receipts/"+path, "application/json", strings.NewReader(receipt))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != 200 || !check(string(b)) {
			t.Errorf("%s is answered %d %q, %v; the receipt is %s", path, answer.StatusCode, b, err, receipt)
		}
	}
}

// get asks for an address. Headers are given as pairs.
func (s *reportServer) get(t testing.TB, path string, query url.Values, headers ...string) readAnswer {
	t.Helper()
	address := s.url + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return readAnswer{answer.StatusCode, answer.Header, answer.Trailer, string(b)}
}

// must fails the test unless the status is that one.
func (a readAnswer) must(t testing.TB, status int) readAnswer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// exampleEvents decodes the events of an example and drops the copies, as the journal would.
func exampleEvents(t testing.TB, file string) []tallystick.Event {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := &ingest.Decoder{Now: func() time.Time { return received }}
	seen := map[string]bool{}
	var events []tallystick.Event
	for line := range bytes.Lines(text) {
		e, err := decoder.Event(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		id := fmt.Sprintf("id %q %q %q", e.Tenant, e.Source, e.ID)
		key := id
		if k := tallystick.TypeNamed(e.Type).Key; k != tallystick.NoField {
			key = fmt.Sprintf("key %q %q %q", e.Tenant, e.Type, e.Text(k))
		}
		if !seen[id] && !seen[key] {
			events = append(events, e)
			seen[id], seen[key] = true, true
		}
	}
	return events
}

const examples = "../../reports"

// received is when the events of the examples were accepted.
var received = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// example is a case of reports/NAME/cases.tsv or explained.tsv.
type example struct {
	report, folder, file, cell string
	query                      url.Values // with the table, where it is given
}

// examplesOf reads all cases of one of the files.
func examplesOf(t *testing.T, file string) []example {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(examples, "*", file))
	if err != nil || len(names) < 5 {
		t.Fatalf("%d files %s: %v", len(names), file, err)
	}
	var all []example
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
			e := example{report: filepath.Base(filepath.Dir(name)), folder: filepath.Join(filepath.Dir(name), columns[0]), file: columns[1], query: url.Values{}}
			if len(columns) == 4 {
				e.cell = columns[2]
			}
			arguments := strings.Fields(columns[len(columns)-1])
			for len(arguments) > 0 {
				flag := strings.ReplaceAll(strings.TrimPrefix(arguments[0], "--"), "-", "_")
				if arguments = arguments[1:]; flag == "all_tenants" {
					e.query.Set(flag, "true")
					continue
				}
				e.query.Add(flag, arguments[0])
				arguments = arguments[1:]
			}
			all = append(all, e)
		}
	}
	return all
}

// perExample starts one server for each folder of events.
func perExample(t *testing.T) func(example) *reportServer {
	servers := map[string]*reportServer{}
	return func(e example) *reportServer {
		if servers[e.folder] == nil {
			servers[e.folder] = serveReports(t, exampleEvents(t, filepath.Join(e.folder, "events.jsonl")), nil)
		}
		return servers[e.folder]
	}
}

// TestGoldenOverHTTP asks for every case of reports/NAME/cases.tsv: the file is the golden one to the byte, and the rows of the JSON answer are its cells.
func TestGoldenOverHTTP(t *testing.T) {
	server := perExample(t)
	for _, e := range examplesOf(t, "cases.tsv") {
		t.Run(e.report+"/"+e.folder+"/"+e.file, func(t *testing.T) {
			s, path := server(e), "/api/v1/reports/"+e.report+"/tables/"+e.query.Get("table")
			e.query.Del("table")
			want, err := os.ReadFile(filepath.Join(e.folder, e.file))
			if err != nil {
				t.Fatal(err)
			}
			file := s.get(t, path, e.query, "Accept", "text/csv").must(t, 200)
			if file.body != string(want) {
				t.Errorf("got\n%s\nwant\n%s", file.body, want)
			}
			position := fmt.Sprint("1-", len(s.records))
			if got := file.header.Get(PositionHeader); got != position {
				t.Errorf("made at %q", got)
			}
			if !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment; filename=") || !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv; charset=utf-8") {
				t.Errorf("headers are %v", file.header)
			}

			e.query.Del("delimiter")
			e.query.Set("guard", "off")
			plain := s.get(t, path, e.query, "Accept", "text/csv").must(t, 200)
			rows, err := csv.NewReader(strings.NewReader(plain.body)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			answer := s.get(t, path, e.query).must(t, 200)
			var table ReportTable
			decoder := json.NewDecoder(strings.NewReader(answer.body))
			decoder.UseNumber()
			if err := decoder.Decode(&table); err != nil {
				t.Fatalf("%v: %s", err, answer.body)
			}
			var got [][]string
			var heads []string
			for _, c := range table.Table.Columns {
				heads = append(heads, c.Name)
			}
			got = append(got, heads)
			for _, row := range table.Table.Rows {
				var cells []string
				for _, value := range row {
					if value == nil {
						value = ""
					}
					cells = append(cells, fmt.Sprint(value))
				}
				got = append(got, cells)
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", rows) {
				t.Errorf("JSON has\n%q\nCSV\n%q", got, rows)
			}
			if table.Position != position || table.CompleteUntil != tallystick.InstantOf(received).String() || len(table.Tenants) == 0 && len(rows) > 1 {
				t.Errorf("the answer says %+v", table.ReportHead)
			}
			if notes := file.trailer.Get(NotesHeader); notes != string(notesJSON(table.Notes)) {
				t.Errorf("the file's notes are %s, those of the answer %q", notes, table.Notes)
			}
			s.reproduces(t, file)
		})
	}
}

// TestGoldenExplanationsOverHTTP asks for every case of reports/NAME/explained.tsv, as a file and page by page.
func TestGoldenExplanationsOverHTTP(t *testing.T) {
	server := perExample(t)
	for _, e := range examplesOf(t, "explained.tsv") {
		t.Run(e.report+"/"+e.folder+"/"+e.file, func(t *testing.T) {
			s, cell := server(e), strings.Split(e.cell, ",")
			path := "/api/v1/reports/" + e.report + "/tables/" + cell[0] + "/rows/" + cell[1] + "/columns/" + url.PathEscape(cell[2]) + "/events"
			text, err := os.ReadFile(filepath.Join(e.folder, e.file))
			if err != nil {
				t.Fatal(err)
			}
			want := strings.ReplaceAll(string(text), "\n", "\r\n")
			if got := s.get(t, path, e.query, "Accept", "text/csv").must(t, 200); got.body != want {
				t.Errorf("got\n%s\nwant\n%s", got.body, want)
			} else if !strings.Contains(got.trailer.Get(NotesHeader), " of row "+cell[1]) {
				t.Errorf("its note is %q", got.trailer.Get(NotesHeader))
			}
			e.query.Set("limit", "2")
			for only, words := range map[string][]string{"": {"yes", "no"}, "counted": {"yes"}, "left-out": {"no"}} {
				if e.query.Del("only"); only != "" {
					e.query.Set("only", only)
				}
				if got, want := s.explainedByPage(t, path, e.query), linesThatBegin(want, words...); got != want {
					t.Errorf("page by page, only %q\n%s\nwant\n%s", only, got, want)
				}
			}
		})
	}
}

// explainedByPage asks for the events behind a cell page by page, and returns them as the lines of a file, without its head.
func (s *reportServer) explainedByPage(t *testing.T, path string, query url.Values) string {
	t.Helper()
	var lines strings.Builder
	counted, leftOut := 0, 0
	query.Del("after")
	for {
		var page CellEvents
		if err := json.Unmarshal([]byte(s.get(t, path, query).must(t, 200).body), &page); err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			word := "no"
			if leftOut++; i.Counted {
				word = "yes"
				counted++
				leftOut--
			}
			fmt.Fprintf(&lines, "%s,%s,%s,%s,%s,%s,%s,%s,%s\r\n", word, i.Reason, i.Time, i.Type, i.Source, i.ID, i.Position, i.Tenant, i.Item)
		}
		if page.Next != "" {
			query.Set("after", page.Next)
			continue
		}
		// Every page says how many there are of both, whichever it lists.
		only := query.Get("only")
		if only != "left-out" && counted != page.Counted || only != "counted" && leftOut != page.LeftOut || usage.Senses[report.Sense(page.Sense)] == "" {
			t.Errorf("only %q: %d counted and %d left out, the page says %+v", only, counted, leftOut, page)
		}
		return lines.String()
	}
}

// linesThatBegin returns the lines of a file below its head that have one of some words in their first column.
func linesThatBegin(file string, words ...string) string {
	var kept strings.Builder
	for _, line := range strings.SplitAfter(file, "\r\n")[1:] {
		if first, _, _ := strings.Cut(line, ","); slices.Contains(words, first) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
