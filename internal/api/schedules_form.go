package api

import (
	"cmp"
	"context"
	"errors"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/usage"
)

// ScheduleForm is what somebody says of a schedule.
type ScheduleForm struct {
	Name        string `json:"name" minLength:"1" maxLength:"1000"`
	Description string `json:"description,omitempty" maxLength:"2000"`
	Job
	Recurrence Recurrence  `json:"recurrence"`
	Settle     *int64      `json:"settle,omitempty" minimum:"0" maximum:"86400" doc:"seconds from when a run is due until it begins, so that events may still arrive; 300 where it is not said"`
	CatchUp    string      `json:"catch_up,omitempty" enum:"every,latest,none" doc:"what is made of runs that were missed while no server ran; every where it is not said"`
	Recipients []Recipient `json:"recipients,omitempty" maxItems:"500" nullable:"false"`
	Attach     *bool       `json:"attach,omitempty" doc:"send the file, where it is small enough, else a link; true where it is not said"`
}

type scheduleAdded struct {
	Body struct {
		ScheduleForm
		Enabled *bool `json:"enabled,omitempty" doc:"true where it is not said"`
	}
}

type scheduleEdited struct {
	Named
	Body struct {
		ScheduleForm
		Version int64 `json:"version" doc:"of the schedule that was looked at: with another one, somebody has changed it meanwhile"`
	}
}

type savedBody struct{ Body SavedSchedule }

// schedule returns the schedule that the form describes, and refuses it where it can't be one. Who may get it is for the control plane to say.
func (s *Server) schedule(ctx context.Context, f *ScheduleForm) (control.Schedule, error) {
	k := control.Schedule{
		Name: f.Name, Description: f.Description, Job: control.Job(f.Job), Settle: control.DefaultSettle, CatchUp: cmp.Or(control.CatchUp(f.CatchUp), control.CatchUpEvery),
		Recipients: []control.Recipient{}, Attach: f.Attach == nil || *f.Attach,
	}
	if f.Settle != nil {
		k.Settle = *f.Settle
	}
	for _, r := range f.Recipients {
		k.Recipients = append(k.Recipients, control.Recipient{ID: r.ID, Way: r.Way, Address: r.Address, Name: r.Name, Member: r.Member})
	}
	job := &k.Job
	job.Period = cmp.Or(job.Period, control.SincePreviousRun)
	if job.Period == control.CustomPeriod {
		return k, tallystick.Errorf(tallystick.Invalid, "a schedule can't have a custom period: every run would be the same").At("period").
			WithHint("choose a period that moves, such as %s", control.SincePreviousRun)
	}
	// A form has one zone. It may stand in either place, and a report that is always in UTC has no other. One that is left to the Settings is kept with the schedule:
	// what a run says doesn't change with them.
	given := f.Recurrence
	given.Zone = cmp.Or(given.Zone, job.Zone)
	if given.Zone == "" {
		if err := s.Control.Setting(ctx, "time_zone", &given.Zone); err != nil {
			return k, err
		}
	}
	definition, err := s.Reports.Catalog().Report(job.Report)
	if err != nil {
		return k, usage.At("report", err)
	}
	if job.Zone == "" && definition.Zone != "always-utc" {
		job.Zone = given.Zone
	}
	if k.Recurrence, err = given.schedule(tallystick.InstantOf(s.Now())); err != nil {
		return k, err
	}
	if err := k.Recurrence.Validate(); err != nil {
		if e := (*tallystick.Error)(nil); errors.As(err, &e) {
			err = e.At("recurrence." + e.Path)
		}
		return k, err
	}
	return k, s.checkJob(ctx, job)
}

func (s *Server) addSchedule(ctx context.Context, in *scheduleAdded) (*savedBody, error) {
	k, err := s.schedule(ctx, &in.Body.ScheduleForm)
	if err != nil {
		return nil, err
	}
	k.Enabled = in.Body.Enabled == nil || *in.Body.Enabled
	k, err = s.Control.AddSchedule(ctx, actorOf(ctx), k)
	if err != nil {
		return nil, err
	}
	return &savedBody{savedOf(k)}, nil
}

func (s *Server) editSchedule(ctx context.Context, in *scheduleEdited) (*savedBody, error) {
	k, err := s.schedule(ctx, &in.Body.ScheduleForm)
	if err != nil {
		return nil, err
	}
	k.ID, k.Version = in.ID, in.Body.Version
	k, err = s.Control.EditSchedule(ctx, actorOf(ctx), k)
	if err != nil {
		return nil, err
	}
	return &savedBody{savedOf(k)}, nil
}

type scheduleEnabled struct {
	Named
	Body *struct {
		ReportPause *bool `json:"report_pause,omitempty" doc:"whether the next report is also about the time for which the schedule was disabled; asked for where there is such a time"`
	}
}

type runWanted struct {
	Named
	Body *struct {
		At Time `json:"at,omitempty" doc:"when a run was due that was skipped; without it the period of the latest occurrence is made again"`
	}
}

// enableSchedule lets a schedule run again, and asks what is to become of the pause where nobody has said it.
func (s *Server) enableSchedule(ctx context.Context, in *scheduleEnabled) (*scheduleBody, error) {
	pause := control.ReportPause // where there is nothing to ask, nothing is left out either, also of what falls due meanwhile
	if in.Body != nil && in.Body.ReportPause != nil {
		if !*in.Body.ReportPause {
			pause = control.SkipPause
		}
	} else {
		k, err := s.Control.Schedule(ctx, actorOf(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		if k.Paused(tallystick.InstantOf(s.Now())) {
			return nil, tallystick.Errorf(tallystick.Conflict, "%q has not reported what was since %v: is it to be in the next report?", k.Name, k.CoveredUntil).
				At("report_pause").WithHint("say report_pause: true, or false to leave it out")
		}
	}
	k, err := s.Control.EnableSchedule(ctx, actorOf(ctx), in.ID, pause)
	if err != nil {
		return nil, err
	}
	return &scheduleBody{scheduleOf(k)}, nil
}
