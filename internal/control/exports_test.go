package control_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// job is one that a form may ask for.
func job(tenants ...string) control.Job {
	j := control.Job{Report: "room-usage", Tenants: tenants, Period: "last-month", Format: "csv"}
	j.AllTenants = len(tenants) == 0
	return j
}

// export asks for one by the program itself.
func (p *place) export(name string, j control.Job) control.Run {
	p.Helper()
	r, err := p.AddExport(p.Context(), control.System("test"), name, "", j)
	p.is(err, "")
	return r
}

// claim takes the one run that there is to be.
func (p *place) claim() control.Run {
	p.Helper()
	runs, err := p.ClaimRuns(p.Context(), "w", 10)
	p.is(err, "")
	if len(runs) != 1 {
		p.Fatalf("%d runs are claimed, want 1", len(runs))
	}
	return runs[0]
}

func (p *place) finish(r control.Run, tenants []string, deliveries ...control.Delivery) {
	p.Helper()
	p.is(p.FinishRun(p.Context(), r, control.Result{File: control.RunFile{Name: "a.csv", MediaType: "text/csv", Size: 3, SHA256: "00"}, Rows: 7, Position: "9-9", Tenants: tenants}, deliveries), "")
}

// state fails the test unless a run is in a state, and returns it.
func (p *place) state(id string, want control.RunState) control.Run {
	p.Helper()
	r, err := p.Store.Run(p.Context(), control.System("test"), id)
	p.is(err, "")
	if r.State != want {
		p.Fatalf("run %q of %v is %s, want %s: %s", r.Name, r.At, r.State, want, r.Error)
	}
	return r
}

func TestJobs(t *testing.T) {
	onEach(t, func(p *place) {
		p.tree([2]string{"acme", ""}, [2]string{"below", "acme"}, [2]string{"other", ""})
		who := p.member("a@acme.example", "acme", control.TenantAdministrator)
		for _, test := range []struct {
			about  string
			change func(*control.Job)
			want   tallystick.Code
		}{
			{"its own tenant", func(j *control.Job) {}, ""},
			{"one below", func(j *control.Job) { j.Tenants = []string{"below", "acme", "below"} }, ""},
			{"all in reach", func(j *control.Job) { j.Tenants, j.AllTenants = nil, true }, ""},
			{"a filter", func(j *control.Job) { j.Tenants, j.Filter = nil, []string{"company_name:contains:x"} }, ""},
			{"both ends", func(j *control.Job) { j.Period, j.From, j.To = "custom", "2025-01-01", "2025-02-01" }, ""},
			{"another tenant", func(j *control.Job) { j.Tenants = []string{"other"} }, tallystick.NotFound},
			{"a tenant that is none", func(j *control.Job) { j.Tenants = []string{"nobody"} }, tallystick.NotFound},
			{"no tenant", func(j *control.Job) { j.Tenants = nil }, tallystick.Invalid},
			{"tenants in two ways", func(j *control.Job) { j.AllTenants = true }, tallystick.Invalid},
			{"no report", func(j *control.Job) { j.Report = "" }, tallystick.Invalid},
			{"no period", func(j *control.Job) { j.Period = "" }, tallystick.Invalid},
			{"one end", func(j *control.Job) { j.Period, j.From = "custom", "2025-01-01" }, tallystick.Invalid},
			{"a preset with ends", func(j *control.Job) { j.From = "2025-01-01" }, tallystick.Invalid},
			{"since nothing", func(j *control.Job) { j.Period = control.SincePreviousRun }, tallystick.Invalid},
			{"too many conditions", func(j *control.Job) { j.Where = make([]string, 51) }, tallystick.Invalid},
			{"a long condition", func(j *control.Job) { j.Where = []string{strings.Repeat("x", 501)} }, tallystick.Invalid},
			{"a condition of two lines", func(j *control.Job) { j.Where = []string{"a=b\nc"} }, tallystick.Invalid},
		} {
			j := job("acme")
			test.change(&j)
			r, err := p.AddExport(p.Context(), who, "name", "", j)
			if got := tallystick.CodeOf(err); got != test.want {
				p.Errorf("%s: %v, want code %q", test.about, err, test.want)
			}
			if err == nil && (r.Tenant != "acme" || r.Maker != who.ID || r.State != control.RunQueued || r.At != start) {
				p.Errorf("%s: made %+v", test.about, r)
			}
		}
		_, err := p.AddExport(p.Context(), who, " ", "", job("acme"))
		p.is(err, tallystick.Invalid)
	})
}

func TestExportPermissions(t *testing.T) {
	onEach(t, func(p *place) {
		p.tree([2]string{"acme", ""}, [2]string{"other", ""})
		may := map[control.Action]control.Actor{}
		for _, a := range []control.Action{control.View, control.Add, control.Remove} {
			name := strings.ToLower(string(a))
			may[a] = p.member(name+"@acme.example", "acme", p.role(name, "acme", nil, control.Permission{Entity: control.ExportReports, Action: a}))
		}
		archivist := p.member("archive@acme.example", "acme", p.role("archive", "acme", nil, control.Permission{Entity: control.Archives, Action: control.View}))
		stranger := p.member("a@other.example", "other", control.TenantAdministrator)
		r, err := p.AddExport(p.Context(), may[control.Add], "name", "", job("acme"))
		p.is(err, "")
		for _, test := range []struct {
			method string
			needs  control.Action
			do     func(control.Actor) error
		}{
			{"list", control.View, func(a control.Actor) error {
				_, err := p.Exports(p.Context(), a, control.RunFilter{}, control.Page{})
				return err
			}},
			{"see", control.View, func(a control.Actor) error { _, err := p.Store.Run(p.Context(), a, r.ID); return err }},
			{"add", control.Add, func(a control.Actor) error { _, err := p.AddExport(p.Context(), a, "x", "", job("acme")); return err }},
			{"cancel", control.Remove, func(a control.Actor) error { _, err := p.CancelRun(p.Context(), a, r.ID); return err }},
			{"retry", control.Add, func(a control.Actor) error { _, err := p.RetryExport(p.Context(), a, r.ID); return err }},
			{"remove", control.Remove, func(a control.Actor) error { return p.RemoveRun(p.Context(), a, r.ID) }},
		} {
			for action, who := range may {
				if err := test.do(who); action != test.needs && tallystick.CodeOf(err) != tallystick.Denied {
					p.Errorf("to %s with %s: %v", test.method, action, err)
				}
			}
			if test.method != "list" && test.method != "add" {
				// wrong tenant and no such thing answer alike
				if err := test.do(stranger); err == nil || err.Error() != fmt.Sprintf("there is no run %q", r.ID) {
					p.Errorf("to %s from another tenant: %v", test.method, err)
				}
			}
		}
		// Each was done by whoever may: it was cancelled, asked for again, removed.
		list, err := p.Exports(p.Context(), may[control.View], control.RunFilter{}, control.Page{})
		p.is(err, "")
		if slices.ContainsFunc(list.Items, func(x control.Run) bool { return x.ID == r.ID }) || len(list.Items) != 1 {
			p.Errorf("after it was removed the list is %v", list.Items)
		}
		_, err = p.Store.Run(p.Context(), may[control.View], r.ID)
		p.is(err, tallystick.NotFound)
		_, err = p.Store.Run(p.Context(), archivist, r.ID)
		p.is(err, "")
		_, err = p.Archive(p.Context(), may[control.View], control.RunFilter{}, control.Page{})
		p.is(err, tallystick.Denied)
		list, err = p.Archive(p.Context(), archivist, control.RunFilter{}, control.Page{})
		p.is(err, "")
		if len(list.Items) != 2 {
			p.Errorf("the archive is %v", list.Items)
		}
		entries, err := p.Audit(p.Context(), control.System("test"), control.AuditFilter{ObjectID: r.ID}, control.Page{})
		p.is(err, "")
		var actions []string
		for _, e := range entries.Items {
			actions = append(actions, e.Action)
		}
		if want := []string{"export.remove", "export.retry", "export.cancel", "export.add"}; !slices.Equal(actions, want) {
			p.Errorf("audit log %v, want %v", actions, want)
		}
		if e := entries.Items[2]; !strings.Contains(string(e.Before), `"queued"`) || !strings.Contains(string(e.After), `"cancelled"`) {
			p.Errorf("cancelling is noted as %s -> %s", e.Before, e.After)
		}
	})
}

func TestExportPages(t *testing.T) {
	onEach(t, func(p *place) {
		var want []string
		for i := range 7 {
			j := job()
			if i%2 == 0 {
				j.Report = "room-usage-2"
			}
			want = append(want, p.export(fmt.Sprintf("Export %d", i), j).ID)
			p.wait(tallystick.Second)
		}
		slices.Reverse(want)
		var got []string
		page := control.Page{Limit: 3}
		for {
			list, err := p.Exports(p.Context(), control.System("test"), control.RunFilter{}, page)
			p.is(err, "")
			for _, r := range list.Items {
				got = append(got, r.ID)
			}
			if page.After = list.Next; page.After == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			p.Errorf("pages hold\n%v, want\n%v", got, want)
		}
		for _, test := range []struct {
			about string
			f     control.RunFilter
			want  int
		}{
			{"report", control.RunFilter{Report: "room-usage"}, 3}, {"name", control.RunFilter{Search: "T 3"}, 1}, {"state", control.RunFilter{State: control.RunDone}, 0},
			{"time", control.RunFilter{From: start + tallystick.Second, Before: start + 3*tallystick.Second}, 2}, {"a % is none of LIKE's", control.RunFilter{Search: "%"}, 0},
		} {
			list, err := p.Exports(p.Context(), control.System("test"), test.f, control.Page{})
			if err != nil || len(list.Items) != test.want {
				p.Errorf("by %s: %d, %v, want %d", test.about, len(list.Items), err, test.want)
			}
		}
		_, err := p.Exports(p.Context(), control.System("test"), control.RunFilter{}, control.Page{After: "eA"})
		p.is(err, tallystick.Invalid)
	})
}

func TestRunWork(t *testing.T) {
	onEach(t, func(p *place) {
		id := p.export("name", job("acme")).ID
		r := p.claim()
		if none, err := p.ClaimRuns(p.Context(), "v", 10); err != nil || len(none) > 0 {
			p.Fatalf("it is claimed twice: %v, %v", none, err)
		}
		p.wait(40 * tallystick.Second)
		stop, err := p.Renew(p.Context(), r, 500, 40)
		p.is(err, "")
		if is := p.state(id, control.RunRunning); stop || is.Rows != 500 || is.Percent != 40 || is.Attempts != 1 || is.Started != start {
			p.Errorf("stop is %v of %+v", stop, is)
		}
		p.is(p.RemoveRun(p.Context(), control.System("test"), id), tallystick.Conflict)
		_, err = p.RetryExport(p.Context(), control.System("test"), id)
		p.is(err, tallystick.Conflict)

		p.wait(control.RunLease) // the worker has stopped
		again := p.claim()
		_, err = p.Renew(p.Context(), r, 1, 1)
		p.is(err, tallystick.Conflict)
		p.is(p.FinishRun(p.Context(), r, control.Result{File: control.RunFile{Name: "x"}}, nil), tallystick.Conflict)
		p.is(p.FailRun(p.Context(), r, "no", control.Again), tallystick.Conflict)
		p.is(p.CancelledRun(p.Context(), r), tallystick.Conflict)
		p.finish(again, []string{"acme"})
		if is := p.state(id, control.RunDone); is.Attempts != 2 || is.File == nil || is.File.Name != "a.csv" || is.Rows != 7 || is.Percent != 100 || is.Position != "9-9" {
			p.Errorf("made %+v", is)
		}
		_, err = p.CancelRun(p.Context(), control.System("test"), id)
		p.is(err, tallystick.Conflict)
		p.is(p.FailRun(p.Context(), again, "no", control.Again), tallystick.Conflict)
	})
}

func TestRunningIsCancelled(t *testing.T) {
	onEach(t, func(p *place) {
		id := p.export("name", job()).ID
		r := p.claim()
		is, err := p.CancelRun(p.Context(), control.System("test"), id)
		p.is(err, "")
		if is.State != control.RunRunning || !is.Cancelling {
			p.Errorf("it is %+v", is)
		}
		stop, err := p.Renew(p.Context(), r, 1, 1)
		p.is(err, "")
		if !stop {
			p.Error("its worker isn't told")
		}
		p.is(p.FinishRun(p.Context(), r, control.Result{File: control.RunFile{Name: "x"}}, nil), tallystick.Conflict)
		p.is(p.CancelledRun(p.Context(), r), "")
		if is := p.state(id, control.RunCancelled); is.File != nil {
			p.Errorf("it leaves the file %v", is.File)
		}

		_, err = p.RetryExport(p.Context(), control.System("test"), id)
		p.is(err, "")
		p.claim()
		_, err = p.CancelRun(p.Context(), control.System("test"), id)
		p.is(err, "")
		p.wait(control.RunLease) // and its worker has died: nobody starts it anew
		if runs, err := p.ClaimRuns(p.Context(), "w", 1); err != nil || len(runs) > 0 {
			p.Errorf("claimed %v, %v", runs, err)
		}
		p.state(id, control.RunCancelled)
	})
}

func TestRunFails(t *testing.T) {
	onEach(t, func(p *place) {
		id := p.export("name", job()).ID
		for i, wait := range []tallystick.Instant{1, 5, 15, 60} {
			r := p.claim()
			if r.Attempts != i+1 {
				p.Errorf("attempt %d is the %dth", i+1, r.Attempts)
			}
			p.is(p.FailRun(p.Context(), r, "the disk is full", control.Again), "")
			p.wait(wait*tallystick.Minute - 1)
			if runs, err := p.ClaimRuns(p.Context(), "w", 1); err != nil || len(runs) > 0 {
				p.Fatalf("after failure %d it is tried too early: %v", i+1, err)
			}
			p.wait(1)
		}
		p.is(p.FailRun(p.Context(), p.claim(), "the disk is full", control.Again), "")
		if r := p.state(id, control.RunFailed); r.Error != "the disk is full" || r.Finished != p.now() {
			p.Errorf("it has failed as %+v", r)
		}
		_, err := p.RetryExport(p.Context(), control.System("test"), id)
		p.is(err, "")
		p.is(p.FailRun(p.Context(), p.claim(), "there is no such zone", control.Never), "")
		p.state(id, control.RunFailed)

		_, err = p.RetryExport(p.Context(), control.System("test"), id)
		p.is(err, "")
		for range control.RunAttempts { // each worker dies of it
			p.claim()
			p.wait(control.RunLease)
		}
		if runs, err := p.ClaimRuns(p.Context(), "w", 1); err != nil || len(runs) > 0 {
			p.Errorf("claimed %v, %v", runs, err)
		}
		p.state(id, control.RunFailed)
	})
}

func TestManyClaim(t *testing.T) {
	onEach(t, func(p *place) {
		const n = 500
		for range n {
			p.export("name", job())
		}
		stores := []*control.Store{p.Store, p.another()}
		var mu sync.Mutex
		var wait sync.WaitGroup
		claims := map[string]int{}
		for i := range 8 {
			wait.Go(func() {
				for {
					runs, err := stores[i%2].ClaimRuns(p.Context(), fmt.Sprint(i), 7)
					if err != nil {
						p.Error(err)
					}
					if len(runs) == 0 {
						return
					}
					mu.Lock()
					for _, r := range runs {
						claims[r.ID]++
					}
					mu.Unlock()
				}
			})
		}
		wait.Wait()
		if len(claims) != n {
			p.Errorf("%d of %d are claimed", len(claims), n)
		}
		for id, times := range claims {
			if times != 1 {
				p.Errorf("%s is claimed %d times", id, times)
			}
		}
	})
}

// TestMovedAway takes a tenant out of reach after a file of it was made: neither the file nor the name is told any more.
func TestMovedAway(t *testing.T) {
	onEach(t, func(p *place) {
		p.tree([2]string{"acme", ""}, [2]string{"below", "acme"})
		who := p.member("a@acme.example", "acme", control.TenantAdministrator)
		made, err := p.AddExport(p.Context(), who, "name", "", job("acme", "below"))
		p.is(err, "")
		_, err = p.RunFile(p.Context(), who, made.ID)
		p.is(err, tallystick.NotFound)
		p.finish(p.claim(), []string{"acme", "below"})
		r, err := p.RunFile(p.Context(), who, made.ID)
		p.is(err, "")
		p.is(p.Downloaded(p.Context(), who, r), "")
		failed, err := p.AddExport(p.Context(), who, "failed", "", job("below"))
		p.is(err, "")
		p.is(p.FailRun(p.Context(), p.claim(), "why", control.Never), "")
		p.tree([2]string{"below", ""})
		who = p.signedIn("a@acme.example")
		_, err = p.RunFile(p.Context(), who, made.ID)
		p.is(err, tallystick.NotFound)
		_, err = p.RetryExport(p.Context(), who, failed.ID)
		p.is(err, tallystick.NotFound)
		r, err = p.Store.Run(p.Context(), who, made.ID)
		p.is(err, "")
		if r.File != nil || !slices.Equal(r.Tenants, []string{"acme"}) || !slices.Equal(r.Job.Tenants, []string{"acme"}) {
			p.Errorf("it still tells %+v", r)
		}
	})
}
