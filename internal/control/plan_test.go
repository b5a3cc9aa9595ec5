package control_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

func hourly() tallystick.Schedule {
	return tallystick.Schedule{Zone: "UTC", Start: tallystick.Date{Year: 2025, Month: time.January, Day: 1}, Grain: tallystick.Hourly, Every: 1}
}

func daily(zone string, hour int) tallystick.Schedule {
	return tallystick.Schedule{Zone: zone, Start: tallystick.Date{Year: 2025, Month: time.January, Day: 1}, Grain: tallystick.Daily, Every: 1, Hour: hour, Minute: 30}
}

// owner is the first Super Administrator, without a session that would expire while the clock walks.
func (p *place) owner() control.Actor {
	p.Helper()
	a := p.first()
	a.Session = ""
	return a
}

// scheduled is a schedule that a form may make.
func scheduled(name string, r tallystick.Schedule) control.Schedule {
	j := job()
	j.Period = ""
	return control.Schedule{Name: name, Job: j, Recurrence: r, Settle: control.DefaultSettle, Enabled: true}
}

func (p *place) schedule(who control.Actor, k control.Schedule) control.Schedule {
	p.Helper()
	k, err := p.AddSchedule(p.Context(), who, k)
	p.is(err, "")
	return k
}

// plan plans everything and returns how many runs.
func (p *place) plan() int {
	p.Helper()
	n, _, err := p.Plan(p.Context(), 1000)
	p.is(err, "")
	return n
}

// history returns the runs of a schedule in the order in which they were due.
func (p *place) history(schedule string) (runs []control.Run) {
	p.Helper()
	page := control.Page{Limit: control.MaxLimit}
	for {
		list, err := p.Runs(p.Context(), control.System("test"), schedule, page)
		p.is(err, "")
		runs = append(runs, list.Items...)
		if page.After = list.Next; page.After == "" {
			slices.SortStableFunc(runs, func(a, b control.Run) int { return int(a.At - b.At) })
			return runs
		}
	}
}

func count(runs []control.Run, state control.RunState) (n int) {
	for _, r := range runs {
		if r.State == state {
			n++
		}
	}
	return n
}

func TestPlan(t *testing.T) {
	onEach(t, func(p *place) {
		k := p.schedule(p.owner(), scheduled("Hourly", hourly()))
		if want := start + tallystick.Hour; k.Next != want {
			p.Fatalf("the first run is due at %v, want %v", k.Next, want)
		}
		if n, next, err := p.Plan(p.Context(), 10); err != nil || n != 0 || next != k.Next {
			p.Fatalf("planned %d, next %v, %v", n, next, err)
		}
		p.wait(tallystick.Hour)
		done := make(chan int)
		stores := []*control.Store{p.Store, p.another()}
		for i := range 6 {
			go func() {
				n, _, err := stores[i%2].Plan(p.Context(), 10)
				if err != nil {
					p.Error(err)
				}
				done <- n
			}()
		}
		total := 0
		for range 6 {
			total += <-done
		}
		runs := p.history(k.ID)
		if total != 1 || len(runs) != 1 {
			p.Fatalf("6 that plan at once make %d runs: %v", total, runs)
		}
		r := runs[0]
		if r.At != start+tallystick.Hour || r.From != start || r.Before != r.At || r.Late || r.NotBefore != r.At+5*tallystick.Minute || r.Maker != k.Owner {
			p.Errorf("planned %+v", r)
		}
		if runs, err := p.ClaimRuns(p.Context(), "w", 1); err != nil || len(runs) > 0 {
			p.Errorf("it begins before it has settled: %v", err)
		}
		p.wait(5 * tallystick.Minute)
		p.finish(p.claim(), nil)
		list, err := p.Schedules(p.Context(), control.System("test"), control.ScheduleFilter{}, control.Page{})
		p.is(err, "")
		if last := list.Items[0].Last; last == nil || last.ID != r.ID || last.State != control.RunDone || list.Items[0].Next != start+2*tallystick.Hour {
			p.Errorf("the list says %+v", list.Items[0])
		}
	})
}

func TestCatchUp(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		const due = 30 * 24
		schedules := map[control.CatchUp]control.Schedule{}
		for _, policy := range []control.CatchUp{control.CatchUpEvery, control.CatchUpLatest, control.CatchUpNone} {
			k := scheduled(string(policy), hourly())
			k.CatchUp = policy
			schedules[policy] = p.schedule(who, k)
		}
		p.wait(30*tallystick.Day + 30*tallystick.Minute) // no server runs
		p.plan()
		for policy, want := range map[control.CatchUp]int{control.CatchUpEvery: 100, control.CatchUpLatest: 1, control.CatchUpNone: 0} {
			runs := p.history(schedules[policy].ID)
			if len(runs) != due || count(runs, control.RunQueued) != want || count(runs, control.RunSkipped) != due-want {
				p.Errorf("%s: of %d runs %d are made and %d skipped", policy, len(runs), count(runs, control.RunQueued), count(runs, control.RunSkipped))
			}
			for i, r := range runs {
				if begin := start + tallystick.Instant(i)*tallystick.Hour; r.From != begin || r.Before != begin+tallystick.Hour || !r.Late || (r.State == control.RunQueued) != (i >= due-want) {
					p.Fatalf("%s: run %d is %+v", policy, i, r)
				}
			}
		}
		notices, err := p.ClaimDeliveries(p.Context(), control.Claimant{Worker: "w"}, 10)
		p.is(err, "")
		if len(notices) != 1 || notices[0].Kind != control.NoticeDelivery || notices[0].Recipient.Address != "root@example.org" ||
			!strings.Contains(notices[0].Body, "Skipped: 620") || !strings.Contains(notices[0].Body, "2025-03-01T10:00:00Z, for 2025-03-01T09:00:00Z to 2025-03-01T10:00:00Z") ||
			!strings.Contains(notices[0].Body, "2025-03-27T05:00:00Z") {
			p.Errorf("its owner is told %+v", notices)
		}
		// The oldest of the newest 100 begins.
		claimed, err := p.ClaimRuns(p.Context(), "w", 1)
		p.is(err, "")
		if want := start + 621*tallystick.Hour; len(claimed) != 1 || claimed[0].At != want {
			p.Errorf("first begins %v, want %v", claimed, want)
		}
		// A skipped one can be made.
		at := start + tallystick.Hour
		r, err := p.RunNow(p.Context(), who, schedules[control.CatchUpEvery].ID, at)
		p.is(err, "")
		if r.State != control.RunQueued || !r.Late || r.From != start || r.Before != at || r.NotBefore != p.now() {
			p.Errorf("run now makes %+v", r)
		}
		_, err = p.RunNow(p.Context(), who, schedules[control.CatchUpEvery].ID, at)
		p.is(err, tallystick.Conflict)
		_, err = p.RunNow(p.Context(), who, schedules[control.CatchUpEvery].ID, at+1)
		p.is(err, tallystick.NotFound)
	})
}

func TestLateness(t *testing.T) {
	onEach(t, func(p *place) {
		k := scheduled("none", hourly())
		k.CatchUp = control.CatchUpNone
		k = p.schedule(p.owner(), k)
		p.wait(tallystick.Hour + 15*tallystick.Minute) // T, settle, and 10 minutes
		p.plan()
		if r := p.history(k.ID)[0]; r.State != control.RunQueued || r.Late {
			p.Errorf("10 minutes late is %s, late %v", r.State, r.Late)
		}
		p.wait(tallystick.Hour + 1)
		p.plan()
		if r := p.history(k.ID)[1]; r.State != control.RunSkipped || !r.Late {
			p.Errorf("later is %s, late %v", r.State, r.Late)
		}
	})
}

func TestRunNow(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k := p.schedule(who, scheduled("Daily", daily("UTC", 6)))
		r, err := p.RunNow(p.Context(), who, k.ID, 0) // before any run
		p.is(err, "")
		today := start - 9*tallystick.Hour + 6*tallystick.Hour + 30*tallystick.Minute
		if r.At != today || r.From != today-tallystick.Day || r.Before != today || r.Key == "" || r.State != control.RunQueued {
			p.Errorf("made %+v", r)
		}
		p.finish(p.claim(), nil)
		p.wait(tallystick.Day)
		p.plan()
		for range 2 {
			r, err = p.RunNow(p.Context(), who, k.ID, 0)
			p.is(err, "")
			if r.At != today+tallystick.Day || r.From != today || r.Before != r.At {
				p.Errorf("made again %+v", r)
			}
		}
		is, err := p.Schedule(p.Context(), who, k.ID)
		p.is(err, "")
		if is.Next != today+2*tallystick.Day || is.CoveredUntil != today+tallystick.Day {
			p.Errorf("it has moved the schedule: %+v", is)
		}
		if runs := p.history(k.ID); len(runs) != 4 {
			p.Errorf("%d runs, want 4", len(runs))
		}
	})
}

func TestClockJumps(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k := p.schedule(who, scheduled("Hourly", hourly()))
		for _, jump := range []tallystick.Instant{tallystick.Hour, tallystick.Hour, -90 * tallystick.Minute, tallystick.Hour, 3 * tallystick.Hour, -2 * tallystick.Hour, 5 * tallystick.Hour} {
			p.wait(jump)
			p.plan()
			if jump < 0 { // an edit goes by the clock as well
				is, err := p.Schedule(p.Context(), who, k.ID)
				p.is(err, "")
				_, err = p.EditSchedule(p.Context(), who, is)
				p.is(err, "")
			}
		}
		p.tile(p.history(k.ID), start, start+7*tallystick.Hour)
		if runs := p.history(k.ID); len(runs) != 7 {
			p.Errorf("%d runs in 7 hours: %v", len(runs), runs)
		}
	})
}

// tile fails the test unless the periods of planned runs cover [from, before) without a gap or an overlap.
func (p *place) tile(runs []control.Run, from, before tallystick.Instant) {
	p.Helper()
	for _, r := range runs {
		if r.Key != "" {
			continue
		}
		if r.From != from || r.Before != r.At || r.Before <= r.From {
			p.Fatalf("the period %v to %v of the run of %v doesn't follow %v", r.From, r.Before, r.At, from)
		}
		from = r.Before
	}
	if before != 0 && from != before {
		p.Fatalf("the periods end at %v, want %v", from, before)
	}
}

// TestPeriodsTile edits, disables and enables a schedule while its clock walks, in any zone: what the runs report follows without a gap or an overlap.
func TestPeriodsTile(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		round := 0
		rapid.Check(p.TB, func(t *rapid.T) {
			if round++; round > 25 {
				return // each takes writes to a disk
			}
			recurrence := func() tallystick.Schedule {
				s := tallystick.Schedule{
					Zone:  rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"}).Draw(t, "zone"),
					Start: tallystick.Date{Year: 2025, Month: time.January, Day: 1}, Grain: rapid.SampledFrom([]tallystick.Grain{tallystick.Hourly, tallystick.Daily, tallystick.Weekly, tallystick.Monthly}).Draw(t, "grain"),
					Every: 1, Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Minute: rapid.SampledFrom([]int{0, 15, 30}).Draw(t, "minute"),
				}
				switch s.Grain {
				case tallystick.Hourly:
					s.Every = rapid.SampledFrom([]int{1, 4, 12}).Draw(t, "every")
				case tallystick.Weekly:
					s.Weekdays = []time.Weekday{time.Monday, time.Saturday}
				case tallystick.Monthly:
					s.Day = rapid.SampledFrom([]int{1, tallystick.LastDay}).Draw(t, "day")
				}
				return s
			}
			k := scheduled(fmt.Sprint("s", round), recurrence())
			k.CatchUp = rapid.SampledFrom([]control.CatchUp{control.CatchUpEvery, control.CatchUpLatest, control.CatchUpNone}).Draw(t, "catch-up")
			k = p.schedule(who, k)
			gaps := false // where a pause is not to be reported
			for range rapid.IntRange(1, 12).Draw(t, "steps") {
				var err error
				switch rapid.IntRange(0, 9).Draw(t, "step") {
				case 0:
					k.Recurrence = recurrence()
					k, err = p.EditSchedule(p.Context(), who, k)
				case 1:
					k, err = p.DisableSchedule(p.Context(), who, k.ID)
				case 2:
					k, err = p.EnableSchedule(p.Context(), who, k.ID, control.ReportPause)
				case 3:
					gaps = gaps || !k.Enabled
					k, err = p.EnableSchedule(p.Context(), who, k.ID, control.SkipPause)
				default:
					p.wait(rapid.SampledFrom([]tallystick.Instant{-tallystick.Hour, tallystick.Minute, tallystick.Hour, tallystick.Day, 9 * tallystick.Day}).Draw(t, "wait"))
					if rapid.Bool().Draw(t, "a server runs") {
						p.plan()
					}
				}
				p.is(err, "")
			}
			_, err := p.EnableSchedule(p.Context(), who, k.ID, control.ReportPause)
			p.is(err, "")
			p.wait(35 * tallystick.Day)
			p.plan()
			runs := p.history(k.ID)
			if len(runs) == 0 {
				t.Fatal("35 days have no run")
			}
			if gaps {
				for i := 1; i < len(runs); i++ {
					if runs[i].From < runs[i-1].Before || runs[i].From >= runs[i].Before {
						t.Fatalf("%v to %v is reported after %v to %v", runs[i].From, runs[i].Before, runs[i-1].From, runs[i-1].Before)
					}
				}
			} else {
				p.tile(runs, runs[0].From, 0)
			}
			p.is(p.RemoveSchedule(p.Context(), who, k.ID), "")
		})
	})
}

// TestPresets has periods that are derived from the time of a run alone.
func TestPresets(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k := scheduled("Daily", daily("UTC", 6))
		k.Job.Period = "previous-day"
		k = p.schedule(who, k)
		p.wait(tallystick.Day)
		p.plan()
		r := p.history(k.ID)[0]
		if r.From != 0 || r.Before != 0 || r.At != k.Next {
			p.Errorf("planned %+v", r)
		}
		k, err := p.Schedule(p.Context(), who, k.ID)
		p.is(err, "")
		k.Job.Period = control.SincePreviousRun
		_, err = p.EditSchedule(p.Context(), who, k)
		p.is(err, "")
		p.wait(tallystick.Day)
		p.plan()
		if r := p.history(k.ID)[1]; r.From != k.Next-tallystick.Day || r.Before != k.Next {
			p.Errorf("since then planned %+v", r)
		}
	})
}

// TestNothingTwice changes when a schedule runs so that, by the new times alone, something would be reported once more.
func TestNothingTwice(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		k := p.schedule(who, scheduled("the clock was put back", hourly()))
		begin := p.now()
		p.wait(2 * tallystick.Hour)
		p.plan()
		p.wait(-90 * tallystick.Minute)
		k.Recurrence.Minute = 15
		_, err := p.EditSchedule(p.Context(), who, k)
		p.is(err, "")
		p.wait(3 * tallystick.Hour)
		p.plan()
		p.tile(p.history(k.ID), begin, begin+3*tallystick.Hour+15*tallystick.Minute)

		k = p.schedule(who, scheduled("a pause", hourly()))
		p.wait(tallystick.Hour)
		p.plan()
		_, err = p.DisableSchedule(p.Context(), who, k.ID)
		p.is(err, "")
		k.Version++
		k.Recurrence = daily("UTC", 6)
		_, err = p.EditSchedule(p.Context(), who, k)
		p.is(err, "")
		_, err = p.EnableSchedule(p.Context(), who, k.ID, control.SkipPause)
		p.is(err, "")
		p.wait(tallystick.Day)
		p.plan()
		runs := p.history(k.ID)
		p.tile(runs, runs[0].From, 0)
		if len(runs) != 2 {
			p.Errorf("%d runs, want 2", len(runs))
		}
	})
}
