package control_test

import (
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// TestDueAndNotPlanned changes a schedule while a run is due and no server has planned it yet: that run is made as the schedule was, and no period is lost.
func TestDueAndNotPlanned(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		for name, change := range map[string]func(control.Schedule) (control.Schedule, error){
			"an edit": func(k control.Schedule) (control.Schedule, error) {
				k.Recurrence, k.Name = hourly(), "another"
				return p.EditSchedule(p.Context(), who, k)
			},
			"a pause": func(k control.Schedule) (control.Schedule, error) {
				_, err := p.DisableSchedule(p.Context(), who, k.ID)
				p.is(err, "")
				return p.EnableSchedule(p.Context(), who, k.ID, control.ReportPause)
			},
			"a stop": func(k control.Schedule) (control.Schedule, error) {
				p.is(p.StopSchedule(p.Context(), k.ID, "why"), "")
				return p.EnableSchedule(p.Context(), who, k.ID, control.ReportPause)
			},
		} {
			for _, period := range []string{control.SincePreviousRun, "previous-day"} {
				k := scheduled(name, daily("UTC", 6))
				k.Job.Period = period
				k = p.schedule(who, k)
				begin := k.Recurrence.Previous(k.Next)
				p.wait(tallystick.Day)
				_, err := change(k)
				p.is(err, "")
				runs := p.history(k.ID)
				if len(runs) != 1 || runs[0].At != k.Next || runs[0].Name != name {
					p.Fatalf("after %s, of %s: %+v", name, period, runs)
				}
				p.wait(tallystick.Day)
				p.plan()
				if runs = p.history(k.ID); len(runs) < 2 {
					p.Errorf("after %s, of %s, there are %d runs", name, period, len(runs))
				}
				if period == control.SincePreviousRun {
					p.tile(runs, begin, 0)
				}
				p.is(p.RemoveSchedule(p.Context(), who, k.ID), "")
			}
		}
	})
}

// TestPausedMeansThatSomethingWasMissed looks at a schedule at the instants around its next occurrence.
func TestPausedMeansThatSomethingWasMissed(t *testing.T) {
	const hour = tallystick.Hour
	noon := tallystick.Instant(1740830400 * tallystick.Second) // 2025-03-01T12:00:00Z
	k := control.Schedule{Recurrence: hourly(), Job: control.Job{Period: control.SincePreviousRun}, CoveredUntil: noon}
	for _, test := range []struct {
		name   string
		change func(*control.Schedule)
		now    tallystick.Instant
		paused bool
	}{
		{"at once", func(*control.Schedule) {}, noon, false},
		{"just before the next occurrence", func(*control.Schedule) {}, noon + hour - 1, false},
		{"at the next occurrence", func(*control.Schedule) {}, noon + hour, true},
		{"days later", func(*control.Schedule) {}, noon + 100*hour, true},
		{"it is enabled", func(k *control.Schedule) { k.Enabled = true }, noon + 100*hour, false},
		{"it was never enabled", func(k *control.Schedule) { k.CoveredUntil = 0 }, noon + 100*hour, false},
		{"its period is another", func(k *control.Schedule) { k.Job.Period = "previous-day" }, noon + 100*hour, false},
	} {
		k := k
		test.change(&k)
		if k.Paused(test.now) != test.paused {
			t.Errorf("%s: want %v", test.name, test.paused)
		}
	}
}

// TestPauseBeforeTheFirstRun disables a schedule that has not run yet: where its first period begins is known all the same when it is enabled.
func TestPauseBeforeTheFirstRun(t *testing.T) {
	onEach(t, func(p *place) {
		who := p.owner()
		for pause, begin := range map[control.Pause]tallystick.Instant{control.ReportPause: 0, control.SkipPause: 10 * tallystick.Hour} {
			for name, end := range map[string]func(id string) error{
				"disabled": func(id string) error { _, err := p.DisableSchedule(p.Context(), who, id); return err },
				"stopped":  func(id string) error { return p.StopSchedule(p.Context(), id, "why") },
			} {
				k := p.schedule(who, scheduled(name, hourly()))
				from := k.Next - tallystick.Hour
				p.is(end(k.ID), "")
				k, err := p.Schedule(p.Context(), who, k.ID)
				p.is(err, "")
				if k.CoveredUntil != from {
					p.Errorf("%s, it is covered until %v, want %v", name, k.CoveredUntil, from)
				}
				p.wait(10 * tallystick.Hour)
				_, err = p.EnableSchedule(p.Context(), who, k.ID, pause)
				p.is(err, "")
				p.wait(tallystick.Hour)
				p.plan()
				p.tile(p.history(k.ID), from+begin, from+11*tallystick.Hour)
				p.is(p.RemoveSchedule(p.Context(), who, k.ID), "")
			}
		}
	})
}
