// Command benchreports measures every table of the built-in reports over a year of made-up events: for one tenant and for all of them, for a day, a month and the year.
// Beside each time stands that of hand-written SQL that asks the raw events in the same engine for the same numbers, and the ratio of both.
//
// Beside the time that somebody waits stands the time of processors: what other programs take changes that less.
//
// A table of more than 10 000 rows is measured up to its thousandth row, and SQL is then asked about the tenants of these rows alone, for details about so many of them.
// Cold is the first time after the event store was opened; the files may be in the system's cache.
package main

import (
	"bufio"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	driver "github.com/duckdb/duckdb-go/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/sample"
	"github.com/tallystick/tallystick/reports"
)

type options struct {
	program, data, memory string
	events, runs          int
	only, asked, tenant   string
	patience              time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.program, "program", "bin/tallystick", "the program that imports the events")
	flag.StringVar(&o.data, "data", "", "data directory of an earlier run, or where this one leaves it; a temporary one where it is empty")
	flag.StringVar(&o.memory, "memory-limit", "512MB", "of the engine")
	flag.IntVar(&o.events, "events", 10_000_000, "events in the store")
	flag.IntVar(&o.runs, "runs", 5, "how often each question is asked when it is warm")
	flag.StringVar(&o.only, "only", "", "only the tables whose name has this in it")
	flag.StringVar(&o.asked, "question", "", "only the questions whose name has this in it")
	flag.StringVar(&o.tenant, "tenant", questions[0].tenants[0], "the one tenant that is asked about; the one of number n has an n-th of the largest's events, tenant-1's")
	flag.DurationVar(&o.patience, "patience", 30*time.Second, "time after which a question is not asked again, and SQL is given up")
	flag.Parse()
	for i := range questions {
		if q := &questions[i]; q.tenants != nil {
			q.tenants = []string{o.tenant}
		}
	}
	err := checkNumbers(o)
	if err == nil {
		err = measure(context.Background(), o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchreports:", err)
		os.Exit(1)
	}
}

func checkNumbers(o options) error {
	if o.events < leastEvents || o.runs < 1 {
		return fmt.Errorf("-events %d and -runs %d: at least %d events, and a run, say anything", o.events, o.runs, leastEvents)
	}
	return nil
}

// leastEvents is how many it takes until people and places are there and something happens.
const leastEvents = 10_000

// question is whose usage is asked for, and when. All days are in UTC.
type question struct {
	name     string
	tenants  []string // nil: all
	from, to string
	zone     string
}

var questions = []question{
	{"one tenant, one day", []string{"tenant-1"}, "2025-09-10", "2025-09-10", ""},
	{"one tenant, one month", []string{"tenant-1"}, "2025-09-01", "2025-09-30", ""},
	{"one tenant, one month, Asia/Kolkata", []string{"tenant-1"}, "2025-09-01", "2025-09-30", "Asia/Kolkata"},
	{"one tenant, one month, America/New_York", []string{"tenant-1"}, "2025-09-01", "2025-09-30", "America/New_York"},
	{"one tenant, one year", []string{"tenant-1"}, "2025-01-01", "2025-12-31", ""},
	{"all tenants, one month", nil, "2025-09-01", "2025-09-30", ""},
	{"all tenants, one year", nil, "2025-01-01", "2025-12-31", ""},
}

// figure is what one question took.
type figure struct {
	table, question string
	cold, warm, sql spent // sql of no time: not asked
	givenUp         bool  // sql is the patience, or what it took to be out of memory, and what processors took until then
	rows            int
	first           []string // tenants of the first rows, where the table was not measured to its end
}

// spent is what a question took: time that went by, and of processors, all of this process.
type spent struct{ time, processor time.Duration }

func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // there is nothing that could fail
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// since returns what was spent since both clocks stood at something.
func since(began time.Time, busy time.Duration) spent {
	return spent{time.Since(began), processor() - busy}
}

func measure(ctx context.Context, o options) error {
	if o.data == "" {
		dir, err := os.MkdirTemp("", "benchreports")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.data = filepath.Join(dir, "data")
	}
	if _, err := os.Stat(filepath.Join(o.data, "VERSION")); errors.Is(err, fs.ErrNotExist) {
		if err := load(o); err != nil {
			return err
		}
		if err := os.WriteFile(o.data+loaded, []byte(strconv.Itoa(o.events)), 0o600); err != nil {
			return err
		}
	} else if whole, err := os.ReadFile(o.data + loaded); string(whole) != strconv.Itoa(o.events) {
		return errors.Join(err, fmt.Errorf("%s is there, but not as an import of %d events that came to its end left it (%s says %q); remove it, or say another directory", o.data, o.events, o.data+loaded, whole))
	} else {
		fmt.Printf("the %d events of an earlier run are asked\n", o.events)
	}
	if err := merge(ctx, o); err != nil {
		return err
	}
	figures, err := askReports(ctx, o)
	if err != nil {
		return err
	}
	if err := askSQL(ctx, o, figures); err != nil {
		return err
	}
	tell(figures)
	return nil
}

// loaded ends the name of the file beside a data directory that says how many events were imported into it.
const loaded = ".events"

// load imports the events, and tells how long it took.
func load(o options) error {
	began := time.Now()
	c := exec.Command(o.program, "import", "--data", o.data, "--progress", "none", "-")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	w := bufio.NewWriterSize(in, 1<<20)
	err = errors.Join(sample.WriteNDJSON(w, sample.Traffic(sample.TrafficOptions{Seed: 1, Events: o.events})), w.Flush(), in.Close())
	if err = errors.Join(err, c.Wait()); err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Printf("%d events imported in %.0f s, %.0f events/s\n", o.events, took.Seconds(), float64(o.events)/took.Seconds())
	for _, part := range []string{"journal", "engine"} {
		size, err := sizeOf(filepath.Join(o.data, part))
		if err != nil {
			return err
		}
		fmt.Printf("%s: %.1f B an event\n", part, float64(size)/float64(o.events))
	}
	return nil
}

// merge puts the rows of the event store together, which a server does while it has nothing else to do.
func merge(ctx context.Context, o options) error {
	engine, err := duckdb.Open(ctx, duckdb.Options{Dir: filepath.Join(o.data, "engine"), MemoryLimit: o.memory})
	if err != nil {
		return err
	}
	began, busy := time.Now(), processor()
	err = engine.Merge(ctx)
	took := since(began, busy)
	if err = errors.Join(err, engine.Close()); err != nil {
		return err
	}
	size, err := sizeOf(filepath.Join(o.data, "engine"))
	fmt.Printf("rows of flushes put together and months made in %.1f s, %.1f s of processors; engine: %.1f B an event\n", took.time.Seconds(), took.processor.Seconds(), float64(size)/float64(o.events))
	return err
}

func sizeOf(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// askReports asks every table every question through the report package, as a server does.
func askReports(ctx context.Context, o options) ([]*figure, error) {
	catalog, err := report.Load(reports.FS)
	if err != nil {
		return nil, err
	}
	var figures []*figure
	for _, r := range catalog.Reports() {
		if r.Name == "ingest-quality" {
			continue // asks about times of receipt
		}
		for _, t := range r.Tables {
			name := r.Name + " " + t.Name
			if !strings.Contains(name, o.only) {
				continue
			}
			for _, q := range questions {
				if !strings.Contains(q.name, o.asked) || q.zone != "" && r.Zone == "always-utc" {
					continue
				}
				f, err := askTable(ctx, o, catalog, r.Name, t.Name, q)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", name, q.name, err)
				}
				figures = append(figures, f)
				fmt.Fprintf(os.Stderr, "%s, %s: cold %s, warm %s, of processors %s, %d rows\n", name, q.name, f.cold.time, f.warm.time, f.warm.processor, f.rows)
			}
		}
	}
	return figures, nil
}

// request is the question as the report package takes it.
func (q *question) request(name, table string) (tallystick.Request, error) {
	from, wrongFrom := tallystick.ParseDate(q.from)
	to, wrongTo := tallystick.ParseDate(q.to)
	return tallystick.Request{
		Report: name, Table: table, Tenants: q.tenants, Zone: cmp.Or(q.zone, "UTC"), From: tallystick.Moment{Date: from}, To: tallystick.Moment{Date: to},
		Now: tallystick.InstantOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
	}, errors.Join(wrongFrom, wrongTo)
}

func askTable(ctx context.Context, o options, catalog *report.Catalog, name, table string, q question) (*figure, error) {
	engine, err := duckdb.Open(ctx, duckdb.Options{Dir: filepath.Join(o.data, "engine"), MemoryLimit: o.memory})
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	request, err := q.request(name, table)
	if err != nil {
		return nil, err
	}
	f := &figure{table: name + " " + table, question: q.name}
	var warm []spent
	for i := range o.runs + 1 {
		took, err := once(ctx, catalog, engine, request, f)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			f.cold = took
		} else {
			warm = append(warm, took)
		}
		if took.time > o.patience {
			break
		}
	}
	f.warm = median(append(warm, f.cold)[:max(1, len(warm))])
	return f, nil
}

const (
	many  = 10_000
	first = 1000
)

// once makes a table, and returns how long it took: up to the thousandth row, where there are many. It notes how many rows there were, and of whom the first.
func once(ctx context.Context, catalog *report.Catalog, engine tallystick.Answerer, request tallystick.Request, f *figure) (spent, error) {
	began, busy := time.Now(), processor()
	result, err := catalog.Make(ctx, engine, request)
	if err != nil {
		return spent{}, err
	}
	f.rows, f.first = 0, nil
	var atFirst spent
	var tenants []string
	for row, err := range result.Tables[0].Rows {
		if err != nil {
			return spent{}, err
		}
		if tenant := row[0].Text; f.rows < first && request.Tenants == nil && !slices.Contains(tenants, tenant) {
			tenants = append(tenants, tenant)
		}
		if f.rows++; f.rows == first {
			atFirst = since(began, busy)
		}
		if f.rows > many {
			if f.first = tenants; request.Tenants != nil {
				f.first = request.Tenants
			}
			return atFirst, nil
		}
	}
	return since(began, busy), nil
}

// askSQL asks the raw events in the same file, with the same memory and processors.
func askSQL(ctx context.Context, o options, figures []*figure) error {
	db, err := sql.Open("duckdb", filepath.Join(o.data, "engine", "events.duckdb")+"?access_mode=read_only&memory_limit="+o.memory)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, f := range figures {
		text, is := rawSQL[f.table]
		q := questions[slices.IndexFunc(questions, func(q question) bool { return q.name == f.question })]
		if !is || q.zone != "" {
			continue
		}
		if f.first != nil {
			q.tenants = f.first
		}
		text, err := fillIn(ctx, db, text, q, f.first != nil)
		if err != nil {
			return fmt.Errorf("SQL of %s, %s: %w", f.table, f.question, err)
		}
		var took []spent
		for len(took) < o.runs && !f.givenUp {
			t, err := runSQL(ctx, o, db, text)
			memory := (*driver.Error)(nil)
			switch f.givenUp = true; {
			case errors.Is(err, context.DeadlineExceeded):
				took, t.time = nil, o.patience // though it takes a moment to end
			case errors.As(err, &memory) && memory.Type == driver.ErrorTypeOutOfMemory:
				took = nil // it would take longer with more
			default:
				f.givenUp = false
			}
			if err != nil && !f.givenUp {
				return fmt.Errorf("SQL of %s, %s: %w", f.table, f.question, err)
			}
			took = append(took, t)
		}
		f.sql = median(took)
		fmt.Fprintf(os.Stderr, "SQL of %s, %s: %s\n", f.table, f.question, f.sql.time)
	}
	return nil
}

// fillIn puts a question into a statement, with tenants as the numbers that they have in the file.
func fillIn(ctx context.Context, db *sql.DB, text string, q question, onlyFirst bool) (string, error) {
	tenant := "TRUE"
	if q.tenants != nil {
		err := db.QueryRowContext(ctx, "SELECT 'tenant IN (' || string_agg(tenant, ', ') || ')' FROM tenants WHERE name IN ('"+strings.Join(q.tenants, "', '")+"')").Scan(&tenant)
		if err != nil {
			return "", err
		}
	}
	from, wrongFrom := time.Parse(time.DateOnly, q.from)
	to, wrongTo := time.Parse(time.DateOnly, q.to)
	micros := func(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }
	limit := ""
	if onlyFirst {
		limit = "ORDER BY start, contact, conversation_id LIMIT " + strconv.Itoa(first)
	}
	return strings.NewReplacer("{tenant}", tenant, "{from}", micros(from), "{before}", micros(to.AddDate(0, 0, 1)), "{first}", limit,
		"{month}", micros(from.AddDate(0, 0, 1-from.Day())), "{after}", micros(to.AddDate(0, 1, 1-to.Day()))).Replace(text), errors.Join(wrongFrom, wrongTo)
}

// runSQL runs a statement up to the thousandth row, and returns how long it took: to its end or, with an error, until it was given up.
func runSQL(ctx context.Context, o options, db *sql.DB, text string) (spent, error) {
	ctx, cancel := context.WithTimeout(ctx, o.patience)
	defer cancel()
	began, busy := time.Now(), processor()
	rows, err := db.QueryContext(ctx, text)
	if err != nil {
		return since(began, busy), errors.Join(err, ctx.Err())
	}
	defer rows.Close()
	for n := 0; rows.Next() && n < first; n++ {
	}
	return since(began, busy), errors.Join(rows.Err(), ctx.Err())
}

// median returns those of either clock, which need not be of the same run.
func median(list []spent) spent {
	of := func(clock func(spent) time.Duration) time.Duration {
		var all []time.Duration
		for _, s := range list {
			all = append(all, clock(s))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return spent{of(func(s spent) time.Duration { return s.time }), of(func(s spent) time.Duration { return s.processor })}
}

// tell prints the figures as a table for docs/benchmarks.md, and the geometric means of the ratios over months and years.
func tell(figures []*figure) {
	fmt.Println("\n| table | question | rows | cold ms | warm ms | its CPU ms | SQL ms | its CPU ms | ratio | of CPU |\n|---|---|---|---|---|---|---|---|---|---|")
	var answered, all ratios
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d.Microseconds())/1000) }
	for _, f := range figures {
		raw, rawCPU, ratio, ratioCPU := "", "", "", ""
		if f.givenUp {
			raw = "given up"
		}
		if f.sql.time > 0 {
			r, c := float64(f.sql.time)/float64(f.warm.time), float64(f.sql.processor)/float64(max(f.warm.processor, 1))
			if !f.givenUp {
				raw, rawCPU, ratio, ratioCPU = ms(f.sql.time), ms(f.sql.processor), fmt.Sprintf("%.1f", r), fmt.Sprintf("%.1f", c)
			}
			if !strings.Contains(f.question, "day") {
				all.add(r, c)
				if !f.givenUp {
					answered.add(r, c)
				}
			}
		}
		rows := fmt.Sprint(f.rows)
		if f.rows > many {
			rows = "first 1000"
		}
		fmt.Printf("| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", f.table, f.question, rows, ms(f.cold.time), ms(f.warm.time), ms(f.warm.processor), raw, rawCPU, ratio, ratioCPU)
	}
	if all.n == 0 {
		return
	}
	fmt.Println()
	if answered.n > 0 {
		fmt.Printf("geometric mean of the ratios over months and years that SQL answered: %s\n", &answered)
	}
	if given := all.n - answered.n; given > 0 {
		fmt.Printf("with the %d for which SQL was given up, as if it had answered just then: at least %s\n", given, &all)
	}
}

// ratios are the geometric means of ratios of time and of processors' time.
type ratios struct {
	waited, worked float64 // sums of logarithms
	n              int
}

func (r *ratios) add(waited, worked float64) {
	r.waited, r.worked, r.n = r.waited+math.Log(max(waited, 1e-9)), r.worked+math.Log(max(worked, 1e-9)), r.n+1
}

func (r *ratios) String() string {
	mean := func(sum float64) float64 { return math.Exp(sum / float64(r.n)) }
	return fmt.Sprintf("%.2f of time, %.2f of CPU, of %d", mean(r.waited), mean(r.worked), r.n)
}
