package usage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/engine/memory"
	"github.com/tallystick/tallystick/internal/render"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/sample"
	"github.com/tallystick/tallystick/internal/usage"
	"github.com/tallystick/tallystick/reports"
)

// world is a source over events in memory.
type world struct {
	usage.Source
	engine  *memory.Engine
	catalog *report.Catalog
	records []tallystick.Record
}

var noon = instant("2025-03-10T12:00:00Z")

func instant(text string) tallystick.Instant {
	m, err := tallystick.ParseMoment(text)
	if err != nil {
		panic(err)
	}
	return m.Instant
}

var everybody = control.Reach{All: true}

// newWorld returns a source over the weeks around noon.
func newWorld(t *testing.T) *world {
	t.Helper()
	catalog, err := report.Load(reports.FS)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{engine: memory.New(), catalog: catalog}
	w.Source = usage.Source{
		Catalog: func() *report.Catalog { return w.catalog },
		Ask: func(ctx context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error {
			head, err := w.engine.Applied(ctx, 1)
			if err != nil {
				return err
			}
			return fn(w.engine, head)
		},
		Lookup: func(_ context.Context, positions []tallystick.Position, fn func(tallystick.Record) error) error {
			for _, p := range positions {
				if err := fn(w.records[p.Sequence-1]); err != nil {
					return err
				}
			}
			return nil
		},
		Versions: usage.Versions{Program: "v1", Commit: "abc", Engine: "memory", TZData: tallystick.TZDataVersion},
	}
	w.add(t, slices.Collect(sample.Events(sample.Options{Seed: 1, From: tallystick.Date{Year: 2025, Month: 2, Day: 20}, Days: 20, Scale: 0.3})))
	return w
}

// add accepts events.
func (w *world) add(t *testing.T, events []tallystick.Event) {
	t.Helper()
	var records []tallystick.Record
	for _, e := range events {
		records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(len(w.records) + len(records) + 1)}, Event: e})
	}
	w.records = append(w.records, records...)
	if err := w.engine.Apply(t.Context(), records); err != nil {
		t.Fatal(err)
	}
}

func (w *world) make(t *testing.T, m usage.Making) ([]byte, *usage.Made) {
	t.Helper()
	var b bytes.Buffer
	made, err := w.Make(t.Context(), m, &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), made
}

// orders are of every report, in every format, for one tenant, some, and all.
func (w *world) orders(t *testing.T) (list []usage.Order) {
	tenants, err := w.engine.Tenants(t.Context(), tallystick.Position{}, tallystick.MaxInstant)
	if err != nil {
		t.Fatal(err)
	}
	whose := []usage.Order{
		{Question: usage.Question{Tenants: tenants[:1], From: "2025-03-01", To: "2025-03-07"}},
		{Question: usage.Question{Tenants: tenants[:2], Period: "last-7-days"}},
		{Question: usage.Question{AllTenants: true, Period: "this-month", Zone: "America/New_York"}},
		{Filter: []string{"contract_mode:equals:production"}},
		{Filter: []string{"company_name:equals:nobody"}},
	}
	n := 0
	for _, r := range w.catalog.Reports() {
		if r.Name == "ingest-quality" {
			continue
		}
		for _, one := range whose {
			one.Report, one.Format = r.Name, render.Formats[n%len(render.Formats)].Name
			if r.Zone == "always-utc" {
				one.Zone = ""
			}
			if n++; n%3 == 0 {
				one.Table = r.Tables[n%len(r.Tables)].Name
			}
			list = append(list, one)
		}
	}
	return list
}

func TestEveryReceiptReproduces(t *testing.T) {
	w := newWorld(t)
	type kept struct {
		order   usage.Order
		file    []byte
		receipt *usage.Receipt
	}
	var before []kept
	for _, order := range w.orders(t) {
		file, made := w.make(t, usage.Making{Order: order, Now: noon, Reach: everybody})
		if made.Receipt.File.Size != int64(len(file)) {
			t.Errorf("the receipt says %d bytes, and they are %d", made.Receipt.File.Size, len(file))
		}
		before = append(before, kept{order, file, throughJSON(t, made.Receipt)})
	}
	// Late events of every type come in, for the time that the files are about.
	var late []tallystick.Event
	for _, r := range w.records {
		if r.Position.Sequence%5 == 0 {
			e := r.Event.Clone()
			e.ID, e.Time, e.Received = "late-"+e.ID, e.Time-tallystick.Hour, noon
			late = append(late, e)
		}
	}
	w.add(t, late)
	differ := 0
	for _, k := range before {
		var b bytes.Buffer
		v, err := w.Reproduce(t.Context(), k.receipt, everybody, &b)
		if err != nil {
			t.Errorf("%+v: %v", k.order, err)
			continue
		}
		if !v.SameFile || !v.SameTables || !bytes.Equal(b.Bytes(), k.file) || len(v.Causes) > 0 {
			t.Errorf("%+v: same file %t, same tables %t: %q", k.order, v.SameFile, v.SameTables, v.Causes)
		}
		if after, _ := w.make(t, usage.Making{Order: k.order, Now: noon, Reach: everybody}); !bytes.Equal(after, k.file) {
			differ++
		}
	}
	if differ < len(before)/2 {
		t.Errorf("of %d files only %d changed with the late events", len(before), differ)
	}
}

// throughJSON is a receipt that was written and read.
func throughJSON(t *testing.T, r *usage.Receipt) *usage.Receipt {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	read, err := usage.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestWhatIsNotTheSameIsNamed(t *testing.T) {
	w := newWorld(t)
	order := usage.Order{Report: "room-usage", Question: usage.Question{AllTenants: true}}
	_, made := w.make(t, usage.Making{Order: order, Now: noon, Reach: everybody})
	for _, test := range []struct {
		change func(*usage.Receipt)
		want   string
		tables bool
	}{
		{func(r *usage.Receipt) { r.File.SHA256 = "0"; r.Versions.Program = "v0" }, "the program: it was v0, commit abc, and is v1, commit abc", true},
		{func(r *usage.Receipt) { r.TablesSHA256 = "0"; r.Report.Version = 7 }, "the definition of room-usage: it was version 7", false},
		{func(r *usage.Receipt) { r.TablesSHA256 = "0"; r.Versions.TZData = "2001a" }, "the time zone database: it was 2001a", false},
		{func(r *usage.Receipt) { r.TablesSHA256 = "0"; r.Events++ }, "the events: there were", false},
		{func(r *usage.Receipt) { r.TablesSHA256 = "0" }, "nothing that a file depends on", false},
	} {
		r := throughJSON(t, made.Receipt)
		test.change(r)
		v, err := w.Reproduce(t.Context(), r, everybody, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if v.SameTables != test.tables || !slices.ContainsFunc(v.Causes, func(c string) bool { return strings.HasPrefix(c, test.want) }) {
			t.Errorf("same tables %t, causes %q; want %q", v.SameTables, v.Causes, test.want)
		}
	}
	r := throughJSON(t, made.Receipt)
	if _, err := w.Reproduce(t.Context(), r, control.Reach{Tenants: map[string]struct{}{r.Tenants[0].Tenant: {}}}, io.Discard); tallystick.CodeOf(err) != tallystick.NotFound {
		t.Errorf("somebody who reaches one of its tenants: %v", err)
	}
	r.Position = fmt.Sprintf("1-%d", len(w.records)+1)
	if _, err := w.Reproduce(t.Context(), r, everybody, io.Discard); tallystick.CodeOf(err) != tallystick.NotFound {
		t.Errorf("a position that does not exist: %v", err)
	}
	for _, text := range []string{"", "{}", "[]", `{"receipt":2}`, `{"receipt":"1"}`} {
		if _, err := usage.ParseReceipt([]byte(text)); tallystick.CodeOf(err) != tallystick.Invalid {
			t.Errorf("ParseReceipt(%q): %v", text, err)
		}
	}
}

// The receipt of a report from before the first event is of no events, whatever has come since.
func TestReceiptOfNothing(t *testing.T) {
	w := newWorld(t)
	records := w.records
	w.records, w.engine = nil, memory.New()
	order := usage.Order{Report: "tenant-usage", Question: usage.Question{AllTenants: true}}
	file, made := w.make(t, usage.Making{Order: order, Now: noon, Reach: everybody})
	for _, r := range records {
		w.add(t, []tallystick.Event{r.Event})
	}
	var b bytes.Buffer
	v, err := w.Reproduce(t.Context(), throughJSON(t, made.Receipt), everybody, &b)
	if err != nil || !v.SameFile || !bytes.Equal(file, b.Bytes()) {
		t.Errorf("%v, %+v: %q, want %q", err, v, b.Bytes(), file)
	}
}

// A file is whole, or its making ends with an error soon after it is cancelled.
func TestCancelledMaking(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	rows := int64(0)
	_, err := w.Make(ctx, usage.Making{
		Order: usage.Order{Report: "session-usage", Table: "detail", Question: usage.Question{AllTenants: true}}, Now: noon, Reach: everybody,
		Progress: func(p usage.Progress) {
			rows = p.Rows
			cancel(errStop)
		},
	}, io.Discard)
	if err != errStop || rows == 0 {
		t.Errorf("after %d rows: %v", rows, err)
	}
}

var errStop = fmt.Errorf("stop")

// The digest of the tables does not depend on the format; progress never goes back, and ends at all rows and 100 per cent.
func TestTablesAndProgress(t *testing.T) {
	w := newWorld(t)
	digests := map[string]bool{}
	for _, f := range render.Formats {
		var last usage.Progress
		_, made := w.make(t, usage.Making{
			Order: usage.Order{Report: "session-usage", Question: usage.Question{AllTenants: true}, Form: usage.Form{Format: f.Name}}, Now: noon, Reach: everybody,
			Progress: func(p usage.Progress) {
				if p.Rows < last.Rows || p.Percent < last.Percent {
					t.Errorf("%s: progress goes from %+v to %+v", f.Name, last, p)
				}
				last = p
			},
		})
		digests[made.Receipt.TablesSHA256] = true
		if want := (usage.Progress{Rows: made.Receipt.Rows(), Percent: 100}); last != want || want.Rows < 400 {
			t.Errorf("%s: progress ends at %+v, want %+v", f.Name, last, want)
		}
	}
	if len(digests) != 1 {
		t.Errorf("there are %d digests", len(digests))
	}
}

// A receipt counts the events of its tenants and period.
func TestReceiptCountsEvents(t *testing.T) {
	w := newWorld(t)
	_, made := w.make(t, usage.Making{Order: usage.Order{Report: "room-usage", Question: usage.Question{AllTenants: true, From: "2025-03-01", To: "2025-03-07"}}, Now: noon, Reach: everybody})
	var want int64
	for _, r := range w.records {
		if r.Event.Time >= instant("2025-03-01T00:00:00Z") && r.Event.Time < instant("2025-03-08T00:00:00Z") {
			want++
		}
	}
	if r := made.Receipt; r.Events != want || r.Position != fmt.Sprintf("1-%d", len(w.records)) || want == 0 {
		t.Errorf("%d events at %s, want %d", r.Events, r.Position, want)
	}
}
