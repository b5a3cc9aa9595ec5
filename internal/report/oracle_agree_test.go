package report_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/enginetest"
	"github.com/tallystick/tallystick/internal/engine/memory"
	"github.com/tallystick/tallystick/internal/report"
)

// TestReportsAgreeWithOracle asks random requests, over every report, table and option, of package report and of the oracle, about the same random events. A
// difference is shrunk to the fewest events that still show it. TALLYSTICK_LONG=1 tries 2500 streams, TALLYSTICK_SEED=n only that one.
func TestReportsAgreeWithOracle(t *testing.T) {
	streams := 50
	if os.Getenv("TALLYSTICK_LONG") != "" {
		streams = 2500
	}
	first := rand.Int64N(1 << 40)
	if seed := os.Getenv("TALLYSTICK_SEED"); seed != "" {
		n, err := strconv.ParseInt(seed, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first, streams = n, 1
	}
	catalog := load(t)
	rows := map[string]int{} // compared, by table
	for seed := first; seed < first+int64(streams); seed++ {
		t.Run(fmt.Sprintf("TALLYSTICK_SEED=%d", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 2))
			size := 20 + r.IntN(60)
			if r.IntN(2) == 0 {
				size *= 4
			}
			events := enginetest.Stream{Seed: seed, Size: size, Tenants: r.IntN(4)}.Events()
			catalog := catalog
			if r.IntN(2) == 0 {
				catalog = catalog.Sliced(1 + r.Int64N(5))
			}
			for _, definition := range usage(catalog) {
				for range 3 {
					request := oracleRequest(r, definition, events)
					if oracleDiffers(t, catalog, events, request, rows) != "" {
						events, request := oracleShrink(t, catalog, events, request)
						t.Errorf("%s\nrequest %s\nof the events\n%s", oracleDiffers(t, catalog, events, request, nil), oracleCompact(request), oracleLines(events))
					}
				}
			}
		})
	}
	if os.Getenv("TALLYSTICK_SEED") != "" {
		return
	}
	for name, tables := range oracleTables {
		for _, table := range tables {
			if rows[name+" "+table.name] == 0 {
				t.Errorf("no row of %s %s was compared", name, table.name)
			}
		}
	}
}

// oracleDiffers says where the two answers to a request first differ, "" where they don't, and counts the rows that were compared.
func oracleDiffers(t *testing.T, catalog *report.Catalog, events []tallystick.Event, request tallystick.Request, rows map[string]int) string {
	t.Helper()
	want, wantErr := oracle(events, request)
	store := memory.New()
	if err := store.Apply(t.Context(), recordsOf(events)); err != nil {
		t.Fatal(err)
	}
	got := map[string][][]string{}
	result, gotErr := catalog.Make(t.Context(), store, request)
	if gotErr == nil {
		for _, table := range result.Tables {
			header := []string{}
			for _, c := range table.Columns {
				header = append(header, c.Name)
			}
			answer := [][]string{header}
			for row, err := range table.Rows {
				if err != nil {
					gotErr = err
					break
				}
				cells := []string{}
				for _, c := range row {
					cells = append(cells, c.String())
				}
				answer = append(answer, cells)
			}
			got[table.Name] = answer
		}
	}
	if wantErr != nil || gotErr != nil {
		if wantErr == nil || gotErr == nil {
			return fmt.Sprintf("%s: the report says error %v, the oracle %v", request.Report, gotErr, wantErr)
		}
		return ""
	}
	if g, w := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(g, w) {
		return fmt.Sprintf("%s: the report has tables %q, the oracle %q", request.Report, g, w)
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		g, w := got[name], want[name]
		for i := range max(len(g), len(w)) {
			switch {
			case i >= len(g):
				return fmt.Sprintf("%s %s, row %d: the report has none, the oracle %q", request.Report, name, i, w[i])
			case i >= len(w):
				return fmt.Sprintf("%s %s, row %d: the report has %q, the oracle none", request.Report, name, i, g[i])
			case !slices.Equal(g[i], w[i]):
				return fmt.Sprintf("%s %s, row %d:\n  the report %q\n  the oracle %q", request.Report, name, i, g[i], w[i])
			}
		}
		if rows != nil {
			rows[request.Report+" "+name] += len(g) - 1
		}
	}
	if request.Report == "billing-usage" {
		views, err := oracleViews(events, request)
		if err != nil {
			t.Fatal(err)
		}
		cut := 0
		for _, note := range result.Notes() {
			if number := oracleNote.FindStringSubmatch(note); number != nil {
				n, err := strconv.Atoi(number[1])
				if err != nil {
					t.Fatal(err)
				}
				cut += n
			}
		}
		if want := oracleCuts(views); cut != want {
			return fmt.Sprintf("%s: the notes %q say that %d spans were cut, the oracle %d", request.Report, result.Notes(), cut, want)
		}
	}
	return ""
}

// oracleNote finds in a note how many spans were cut.
var oracleNote = regexp.MustCompile(`: ([0-9]+) without an end`)

// oracleShrink drops wishes and events as long as the answers still differ.
func oracleShrink(t *testing.T, catalog *report.Catalog, events []tallystick.Event, request tallystick.Request) ([]tallystick.Event, tallystick.Request) {
	t.Helper()
	if !request.AsOf.IsZero() {
		cut, latest := events[:min(int(request.AsOf.Sequence), len(events))], request
		latest.AsOf = tallystick.Position{}
		if oracleDiffers(t, catalog, cut, latest, nil) != "" {
			events, request = cut, latest
		}
	}
	for size := len(events); size > 0; size /= 2 {
		for from := 0; from < len(events); {
			fewer := slices.Delete(slices.Clone(events), from, min(from+size, len(events)))
			if oracleDiffers(t, catalog, fewer, request, nil) != "" {
				events = fewer
			} else {
				from += size
			}
		}
	}
	// Fewer events may have made wishes, and those fields without which the event is still valid, needless.
	for i := 0; i < len(request.Where); {
		less := request
		less.Where = slices.Delete(slices.Clone(request.Where), i, i+1)
		if oracleDiffers(t, catalog, events, less, nil) != "" {
			request = less
		} else {
			i++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(request.Options)) {
		less := request
		less.Options = maps.Clone(request.Options)
		delete(less.Options, name)
		if oracleDiffers(t, catalog, events, less, nil) != "" {
			request = less
		}
	}
	events = slices.Clone(events)
	for i := range events {
		for j := 0; j < len(events[i].Data); {
			whole := events[i]
			events[i].Data = slices.Delete(slices.Clone(whole.Data), j, j+1)
			if enginetest.Valid(&events[i]) != nil || oracleDiffers(t, catalog, events, request, nil) == "" {
				events[i] = whole
				j++
			}
		}
	}
	return events, request
}

// oracleLines prints events, one a line, in order of acceptance.
func oracleLines(events []tallystick.Event) string {
	var b strings.Builder
	for i := range events {
		e := &events[i]
		fmt.Fprintf(&b, "  %s %s %s", e.Time, e.Tenant, e.Type)
		for _, v := range e.Data {
			fmt.Fprintf(&b, " %s=%q", v.Field, e.Text(v.Field))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// oracleCompact prints what a request sets.
func oracleCompact(request tallystick.Request) string {
	moment := func(m tallystick.Moment) string {
		if m.Date.IsZero() {
			return m.Instant.String()
		}
		return m.Date.String()
	}
	return fmt.Sprintf("%s %s tenants %q from %s to %s zone %q options %v where %q as of %v now %v",
		request.Report, request.Table, request.Tenants, moment(request.From), moment(request.To), request.Zone, request.Options, request.Where, request.AsOf, request.Now)
}
