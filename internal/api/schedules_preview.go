package api

import (
	"context"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// SchedulePreview is what a schedule would do.
type SchedulePreview struct {
	Words      string       `json:"words" doc:"the recurrence in words"`
	PeriodZone string       `json:"period_zone" doc:"that the periods are shown in, and calendar periods derived in"`
	Runs       []PlannedRun `json:"runs" nullable:"false" doc:"the next five"`
}

// PlannedRun is a run that is not due yet.
type PlannedRun struct {
	At          Time   `json:"at" doc:"when it is due"`
	AtLocal     string `json:"at_local" doc:"the same in the zone of the recurrence, with its offset"`
	From        Time   `json:"from" doc:"its period's first instant"`
	Before      Time   `json:"before" doc:"the instant where its period ends"`
	FromLocal   string `json:"from_local" doc:"in period_zone, with its offset"`
	BeforeLocal string `json:"before_local"`
	Empty       bool   `json:"empty,omitempty" doc:"the period holds no time at all, and such a run fails: this month at its first instant"`
}

type schedulePreviewed struct {
	Schedule string `query:"schedule" maxLength:"100" doc:"id of the schedule that is being changed: its first period begins where the last one has ended"`
	Body     struct {
		ScheduleForm
		Enabled *bool `json:"enabled,omitempty" doc:"says nothing here"`
	}
}

// planned is how many runs a preview shows.
const planned = 5

// previewSchedule says what a schedule would do, by the same rules that plan its runs.
func (s *Server) previewSchedule(ctx context.Context, in *schedulePreviewed) (*struct{ Body SchedulePreview }, error) {
	k, err := s.schedule(ctx, &in.Body.ScheduleForm)
	if err != nil {
		return nil, err
	}
	if in.Schedule != "" {
		was, err := s.Control.Schedule(ctx, actorOf(ctx), in.Schedule)
		if err != nil {
			return nil, err
		}
		k.CoveredUntil = was.CoveredUntil
	}
	p, err := previewOf(&k, tallystick.InstantOf(s.Now()))
	return &struct{ Body SchedulePreview }{p}, err
}

// previewOf returns the next runs of a schedule.
func previewOf(k *control.Schedule, now tallystick.Instant) (SchedulePreview, error) {
	zone := k.Job.Zone
	if zone == "" { // the report is always in it
		zone = "UTC"
	}
	p := SchedulePreview{Words: inWords(&k.Recurrence), PeriodZone: zone}
	wall, err := tallystick.LoadCalendar(k.Recurrence.Zone)
	if err != nil {
		return p, err
	}
	calendar, err := tallystick.LoadCalendar(zone)
	if err != nil {
		return p, err
	}
	covered := k.CoveredUntil
	if k.Job.Period != control.SincePreviousRun {
		covered = 0
	}
	t := max(now, covered)
	for range planned {
		if t = k.Recurrence.Next(t); t == tallystick.MaxInstant {
			break
		}
		var from, before tallystick.Instant
		switch {
		case k.Job.Period != control.SincePreviousRun:
			from, before = calendar.Preset(tallystick.Preset(k.Job.Period), t)
		case covered != 0:
			from, before = covered, t
		default:
			from, before = k.Recurrence.Previous(t), t
		}
		covered = t
		p.Runs = append(p.Runs, PlannedRun{
			At: Time(t), AtLocal: wall.Format(t), From: Time(from), Before: Time(before), FromLocal: calendar.Format(from), BeforeLocal: calendar.Format(before), Empty: from == before,
		})
	}
	return p, nil
}
