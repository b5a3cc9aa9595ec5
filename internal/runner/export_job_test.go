package runner_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/runner"
	"github.com/tallystick/tallystick/internal/usage"
)

// names lists the files of the folder.
func (p *plant) names() (list []string) {
	entries, err := os.ReadDir(p.folder)
	p.must(err)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestExports(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	p.start(p.runner("server"))
	add := func(j control.Job) control.Run {
		t.Helper()
		r, err := p.AddExport(t.Context(), p.owner, "March, all rooms", "for the auditors", j)
		p.must(err)
		return p.ended(r.ID)
	}

	one := add(job("room-usage", wealth))
	if one.State != control.RunDone || one.File.Name != "March--all-rooms.csv" || one.Percent != 100 || one.Rows == 0 || len(one.Tenants) != 1 {
		t.Errorf("the export is %+v, file %+v", one, one.File)
	}
	receipt, err := usage.ParseReceipt(one.Receipt)
	p.must(err)
	v, err := p.source.Reproduce(t.Context(), receipt, control.Reach{All: true}, io.Discard)
	if err != nil || !v.SameFile {
		t.Errorf("it does not reproduce: %+v, %v", v, err)
	}
	var direct bytes.Buffer
	_, err = p.source.Make(t.Context(), usage.Making{Order: usage.OrderOf(one.Job), Now: one.At, Reach: control.Reach{All: true}}, &direct)
	p.must(err)
	if !bytes.Equal(direct.Bytes(), p.content(one)) {
		t.Error("the file of the job is another than that of the report")
	}

	all := add(job("session-usage"))
	z, err := zip.NewReader(bytes.NewReader(p.content(all)), all.File.Size)
	if err != nil || len(z.File) != 8 || all.File.Name != "March--all-rooms.zip" {
		t.Errorf("several tables are %+v, %v", all.File, err)
	}
	filtered := job("tenant-usage")
	filtered.AllTenants, filtered.Filter, filtered.Format, filtered.Delimiter = false, []string{"company_name:starts-with:hudson"}, "csv", "pipe"
	if r := add(filtered); r.Rows != 2 || !strings.Contains(string(p.content(r)), "hudson-wealth|") {
		t.Errorf("the filtered export has %d rows: %s", r.Rows, p.content(r))
	}
	custom := job("billing-usage", wealth)
	custom.Period, custom.From, custom.To, custom.Format = control.CustomPeriod, "2025-03-01", "2025-03-02", "xls"
	if r := add(custom); r.State != control.RunDone || !strings.HasSuffix(r.File.Name, ".xls") {
		t.Errorf("the custom export is %+v: %s", r.File, r.Error)
	}

	// What is wrong with it is said, and there is no file.
	before := len(p.names())
	for _, wrong := range []struct {
		change func(*control.Job)
		says   string
	}{
		{func(j *control.Job) { j.Zone = "Mars/Olympus" }, "Mars/Olympus"},
		{func(j *control.Job) { j.Tenants = []string{"nobody"} }, `there is no tenant "nobody"`},
		{func(j *control.Job) { j.Options = map[string]string{"colour": "red"} }, "colour"},
	} {
		j := job("room-usage", wealth)
		wrong.change(&j)
		if r := add(j); r.State != control.RunFailed || !strings.Contains(r.Error, wrong.says) || r.File != nil {
			t.Errorf("%+v: %s, %q", j, r.State, r.Error)
		}
	}
	if after := len(p.names()); after != before {
		t.Errorf("there were %d files, and after what failed there are %d", before, after)
	}
}

// blocked is a workshop whose making stops in its middle until the test lets it go on.
func (p *plant) blocked(begun chan<- string, goOn <-chan struct{}) func(*runner.Options) {
	return func(o *runner.Options) {
		o.Make = func(ctx context.Context, r control.Run, progress func(usage.Progress)) (*runner.Product, error) {
			first := true
			return p.shop.Make(ctx, r, func(u usage.Progress) {
				progress(u)
				if first {
					first = false
					begun <- r.ID
					select {
					case <-goOn:
					case <-ctx.Done():
					}
				}
			})
		}
	}
}

func TestCancelledExportLeavesNoFile(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	begun, goOn := make(chan string, 8), make(chan struct{})
	p.start(p.runner("server", p.blocked(begun, goOn)))
	r, err := p.AddExport(t.Context(), p.owner, "x", "", job("session-usage"))
	p.must(err)
	<-begun
	if len(p.names()) != 1 {
		t.Errorf("while it is made there are %q", p.names())
	}
	p.until("it says how far it is", func() bool { return p.run(r.ID).Rows > 0 })
	if _, err := p.CancelRun(t.Context(), p.owner, r.ID); err != nil {
		t.Fatal(err)
	}
	if r := p.ended(r.ID); r.State != control.RunCancelled || r.File != nil {
		t.Errorf("it is %s, file %+v", r.State, r.File)
	}
	p.until("no file is left", func() bool { return len(p.names()) == 0 })
	close(goOn)
	if _, err := p.RetryExport(t.Context(), p.owner, r.ID); err != nil {
		t.Fatal(err)
	}
	if r := p.ended(r.ID); r.State != control.RunDone {
		t.Errorf("tried again it is %s: %s", r.State, r.Error)
	}
}

// A runner that ends gives back what it is making, and one that died, its claims, so that the next one makes it.
func TestRestartGoesOn(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	begun, goOn := make(chan string, 8), make(chan struct{})
	stop := p.start(p.runner("server", p.blocked(begun, goOn)))
	r, err := p.AddExport(t.Context(), p.owner, "x", "", job("room-usage"))
	p.must(err)
	<-begun
	stop()
	if r := p.run(r.ID); r.State != control.RunQueued || r.Attempts != 0 || len(p.names()) != 0 {
		t.Errorf("after the runner has ended it is %s, tried %d times; files %q", r.State, r.Attempts, p.names())
	}
	close(goOn)
	// One that was killed has told nobody.
	claimed, err := p.ClaimRuns(t.Context(), "server", 1)
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	if err := os.WriteFile(p.folder+"/"+r.ID+".HALF.part", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = runner.OpenFiles(p.filesFS(), p.folder)
	p.must(err)
	if len(p.names()) != 0 {
		t.Errorf("of an unfinished file there is %q", p.names())
	}
	p.start(p.runner("server"))
	if r := p.ended(r.ID); r.State != control.RunDone || r.Attempts != 2 {
		t.Errorf("after the next start it is %s, tried %d times", r.State, r.Attempts)
	}
}

func TestFilesAreKeptForTheirTime(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	stop := p.start(p.runner("server"))
	made := func() control.Run {
		r, err := p.AddExport(t.Context(), p.owner, "x", "", job("room-usage"))
		p.must(err)
		return p.ended(r.ID)
	}
	kept, removed := made(), made()
	p.must(p.RemoveRun(t.Context(), p.owner, removed.ID))
	stop()
	if err := os.WriteFile(p.folder+"/"+kept.ID+".0123", []byte("of a worker that lost its claim"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.start(p.runner("server"))
	p.until("only one file is left", func() bool { return len(p.names()) == 1 })
	if p.content(kept); p.run(removed.ID).FileRemoved == 0 || p.run(kept.ID).FileRemoved != 0 {
		t.Errorf("removed: %+v; kept: %+v", p.run(removed.ID), p.run(kept.ID))
	}
	p.clock.Add(int64(31 * tallystick.Day))
	p.start(p.runner("another"))
	p.until("no file is left", func() bool { return len(p.names()) == 0 && p.run(kept.ID).FileRemoved != 0 })
	if _, err := p.RunFile(t.Context(), p.owner, kept.ID); tallystick.CodeOf(err) != tallystick.NotFound {
		t.Errorf("its file: %v", err)
	}
	l, err := p.Archive(t.Context(), p.owner, control.RunFilter{}, control.Page{})
	if err != nil || len(l.Items) != 2 {
		t.Errorf("the archive has %d, %v", len(l.Items), err)
	}
}

// Whoever may no longer make it, or see its tenants, gets no file.
func TestPermissionWhenItIsMade(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()...)
	p.must(p.PutTenant(t.Context(), control.System("test"), control.Tenant{ID: bank}))
	p.must(p.PutTenant(t.Context(), control.System("test"), control.Tenant{ID: wealth, Parent: bank}))
	who := p.member("a@bank.example", bank, control.TenantAdministrator)
	all, err := p.AddExport(t.Context(), who, "all", "", job("tenant-usage"))
	p.must(err)
	below, err := p.AddExport(t.Context(), who, "below", "", job("tenant-usage", wealth))
	p.must(err)
	p.must(p.PutTenant(t.Context(), control.System("test"), control.Tenant{ID: wealth})) // moves away
	p.start(p.runner("server"))
	if r := p.ended(all.ID); r.Rows != 1 || strings.Join(r.Tenants, " ") != bank {
		t.Errorf("all in reach are %q", r.Tenants)
	}
	if r := p.ended(below.ID); r.State != control.RunFailed || !strings.Contains(r.Error, "there is no tenant") {
		t.Errorf("a tenant that has moved away: %s %q", r.State, r.Error)
	}
	var s runner.Summary
	p.must(json.Unmarshal(p.ended(all.ID).Summary, &s))
	if s.Company != "Hudson Savings Bank" || len(s.Periods) != 1 {
		t.Errorf("its summary is %+v", s)
	}
}

// While a worker's server is away, its runs wait, and no try of theirs is counted.
func TestServerAway(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	var away atomic.Bool
	var tried atomic.Int64
	away.Store(true)
	p.start(p.runner("worker", func(o *runner.Options) {
		o.Make = func(ctx context.Context, r control.Run, progress func(usage.Progress)) (*runner.Product, error) {
			if tried.Add(1); away.Load() {
				return nil, &runner.Away{Err: tallystick.Errorf(tallystick.Unavailable, "the server does not answer")}
			}
			return p.shop.Make(ctx, r, progress)
		}
		o.Ready = func(context.Context) error {
			if away.Load() && tried.Load() > 0 {
				return io.EOF
			}
			return nil
		}
	}))
	r, err := p.AddExport(t.Context(), p.owner, "x", "", job("tenant-usage"))
	p.must(err)
	p.until("it was tried, and waits", func() bool { return tried.Load() > 0 && p.run(r.ID).State == control.RunQueued })
	time.Sleep(1200 * time.Millisecond) // two looks and more
	if n := tried.Load(); n != 1 || p.run(r.ID).Attempts != 0 {
		t.Errorf("while nobody is there it is tried %d times, and %d are counted", n, p.run(r.ID).Attempts)
	}
	away.Store(false)
	if r := p.ended(r.ID); r.State != control.RunDone || r.Attempts != 1 {
		t.Errorf("then it is %s, tried %d times", r.State, r.Attempts)
	}
}

// How long the event store is waited for is counted by the clock, with what its answers take.
func TestPatienceCountsWhatTriesTake(t *testing.T) {
	p := newPlant(t, "")
	p.add(someEvents()[:500]...)
	tries := 0
	p.source.Ask = func(context.Context, func(tallystick.Answerer, tallystick.Position) error) error {
		tries++
		p.clock.Add(int64(25 * tallystick.Second))
		return tallystick.Errorf(tallystick.Unavailable, "the engine is catching up")
	}
	_, err := p.AddExport(t.Context(), p.owner, "x", "", job("tenant-usage", wealth))
	p.must(err)
	runs, err := p.ClaimRuns(t.Context(), "w", 1)
	p.must(err)
	if _, err := p.shop.Make(t.Context(), runs[0], func(usage.Progress) {}); tallystick.CodeOf(err) != tallystick.Unavailable || tries != 3 {
		t.Errorf("after %d tries, of 25 seconds each, it is %v", tries, err)
	}
}
