package runner_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/deliver"
	"github.com/tallystick/tallystick/internal/deliver/delivertest"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/engine/memory"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/runner"
	"github.com/tallystick/tallystick/internal/sample"
	"github.com/tallystick/tallystick/internal/usage"
	"github.com/tallystick/tallystick/reports"
)

// plant is all that runs need: a ledger, events, a folder, a mail server; and a clock that the test moves.
type plant struct {
	testing.TB
	*control.Store
	options control.Options
	clock   *atomic.Int64
	owner   control.Actor // a Super Administrator

	mu      sync.Mutex
	engine  *memory.Engine
	records []tallystick.Record
	source  *usage.Source
	files   *runner.Files
	folder  string
	shop    *runner.Workshop
	mail    *delivertest.Server
	logged  bytes.Buffer
}

var begin = instant("2025-03-10T12:00:00Z")

func instant(text string) tallystick.Instant {
	m, err := tallystick.ParseMoment(text)
	if err != nil {
		panic(err)
	}
	return m.Instant
}

func newPlant(t testing.TB, dsn string) *plant {
	t.Helper()
	p := &plant{TB: t, clock: &atomic.Int64{}, engine: memory.New(), folder: t.TempDir(), mail: delivertest.Start(t, delivertest.Options{})}
	p.clock.Store(int64(begin))
	if dsn == "" {
		dsn = filepath.Join(t.TempDir(), "control.db")
	}
	p.options = control.Options{
		DSN: dsn, Now: p.now, Secret: control.SecretKey{1}, Password: &argon2id.Params{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 8, KeyLength: 16},
	}
	p.Store = p.open()
	catalog, err := report.Load(reports.FS)
	p.must(err)
	p.source = &usage.Source{
		Catalog: func() *report.Catalog { return catalog },
		Ask: func(ctx context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error {
			head, err := p.engine.Applied(ctx, 1)
			if err != nil {
				return err
			}
			return fn(p.engine, head)
		},
		Lookup: func(_ context.Context, positions []tallystick.Position, fn func(tallystick.Record) error) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			for _, one := range positions {
				if err := fn(p.records[one.Sequence-1]); err != nil {
					return err
				}
			}
			return nil
		},
	}
	p.store(disk.OS)
	p.shop = &runner.Workshop{Source: p.source, Control: p.Store, Files: p.files, Now: p.now, Head: func() (tallystick.Position, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return tallystick.Position{Log: 1, Sequence: uint64(len(p.records))}, nil
	}}
	p.set("smtp_host", p.mail.Host)
	p.set("smtp_port", p.mail.Port)
	p.set("smtp_security", "none")
	p.set("smtp_from", "reports@tallystick.example")
	p.set("public_url", "http://usage.example")
	token, err := p.FirstLink(t.Context())
	p.must(err)
	_, err = p.UseFirstLink(t.Context(), control.From{}, token, "root@tallystick.example", "Ada Root", password)
	p.must(err)
	p.owner = p.signedIn("root@tallystick.example")
	return p
}

// store opens the folder of files on a disk.
func (p *plant) store(d disk.FS) {
	files, err := runner.OpenFiles(d, p.folder)
	p.must(err)
	p.files = files
	if p.shop != nil {
		p.shop.Files = files
	}
}

const password = "correct fowl bakery stamp"

func (p *plant) now() time.Time { return tallystick.Instant(p.clock.Load()).Time() }

func (p *plant) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// open opens the ledger once more, as another program would.
func (p *plant) open() *control.Store {
	p.Helper()
	s, err := control.Open(p.Context(), p.options)
	p.must(err)
	p.Cleanup(func() { s.Close() })
	return s
}

func (p *plant) set(name string, value any) {
	p.Helper()
	text, err := json.Marshal(value)
	p.must(err)
	p.must(p.SetSetting(p.Context(), control.System("test"), name, text))
}

func (p *plant) signedIn(email string) control.Actor {
	p.Helper()
	token, err := p.SignIn(p.Context(), control.From{}, email, password)
	p.must(err)
	a, err := p.SessionActor(p.Context(), token, control.From{})
	p.must(err)
	return a
}

func (p *plant) member(email, tenant string, roles ...string) control.Actor {
	p.Helper()
	_, token, err := p.AddMember(p.Context(), control.System("test"), control.Member{Email: email, Name: "Bo", Tenant: tenant, Roles: roles})
	p.must(err)
	_, err = p.UseLink(p.Context(), control.From{}, token, password)
	p.must(err)
	return p.signedIn(email)
}

// add accepts events.
func (p *plant) add(events ...tallystick.Event) {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	var records []tallystick.Record
	for _, e := range events {
		records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(len(p.records) + len(records) + 1)}, Event: e})
	}
	p.records = append(p.records, records...)
	p.must(p.engine.Apply(context.Background(), records))
}

// someEvents are a few weeks of several tenants, up to the day on which tests begin.
var someEvents = sync.OnceValue(func() []tallystick.Event {
	return slices.Collect(sample.Events(sample.Options{Seed: 1, From: tallystick.Date{Year: 2025, Month: 2, Day: 20}, Days: 18, Scale: 0.1}))
})

const (
	wealth = "hudson-wealth" // a tenant of them
	bank   = "hudson-savings"
)

// runner returns a runner that works on the plant.
func (p *plant) runner(name string, change ...func(*runner.Options)) *runner.Runner {
	o := runner.Options{
		Control: p.Store, Worker: name, Make: p.shop.Make, Files: p.files, Now: p.now, Makers: 2,
		Open: func(_ context.Context, r control.Run) (io.ReadCloser, error) { return p.files.Open(r) },
		Settings: func(ctx context.Context) (deliver.Settings, error) {
			return runner.DeliverSettings(ctx, p.Store, deliver.SMTP{Timeouts: deliver.Timeouts{Connect: time.Second, Command: time.Second, Content: time.Second, Accept: time.Second, Whole: 3 * time.Second}}, "", p.now)
		},
		PublicURL: func(context.Context) string { return "http://usage.example" },
		Logger:    slog.New(slog.NewTextHandler(&locked{p: p}, nil)),
	}
	for _, c := range change {
		c(&o)
	}
	return runner.New(o)
}

// locked is the log of several.
type locked struct{ p *plant }

func (l *locked) Write(b []byte) (int, error) {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	return l.p.logged.Write(b)
}

// start lets a runner run until the test, or the function that it returns, ends it.
func (p *plant) start(r *runner.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.Run(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	p.Cleanup(stop)
	return stop
}

// until waits for something to become true.
func (p *plant) until(what string, is func() bool) {
	p.Helper()
	for range 1500 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Fatalf("it does not come to this: %s\n%s", what, p.logged.String())
}

// run returns a run as the ledger has it.
func (p *plant) run(id string) control.Run {
	p.Helper()
	r, err := p.RunToMake(p.Context(), id)
	p.must(err)
	return r
}

// ended waits until a run has ended.
func (p *plant) ended(id string) control.Run {
	p.Helper()
	p.until("the run ends", func() bool {
		s := p.run(id).State
		return s != control.RunQueued && s != control.RunRunning
	})
	return p.run(id)
}

// content returns the file of a run.
func (p *plant) content(r control.Run) []byte {
	p.Helper()
	f, err := p.files.Open(r)
	p.must(err)
	defer f.Close()
	b, err := io.ReadAll(f)
	p.must(err)
	return b
}

// job is one for some tenants.
func job(report string, tenants ...string) control.Job {
	return control.Job{Report: report, Tenants: tenants, AllTenants: tenants == nil, Period: "last-7-days", Format: "csv"}
}

// hourly is a schedule that is due at each full hour.
func hourly(j control.Job, recipients ...control.Recipient) control.Schedule {
	j.Period = control.SincePreviousRun
	return control.Schedule{
		Name: "Hourly usage", Job: j, Enabled: true, Attach: true, Recipients: recipients, CatchUp: control.CatchUpEvery,
		Recurrence: tallystick.Schedule{Zone: "UTC", Start: tallystick.Date{Year: 2025, Month: 3, Day: 1}, Grain: tallystick.Hourly, Every: 1},
	}
}

func to(address string) control.Recipient {
	return control.Recipient{Way: control.ByMail, Address: address}
}

func (p *plant) filesFS() disk.FS { return disk.OS }
