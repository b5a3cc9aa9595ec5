package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/usage"
)

// Schedule is a file that is made at recurring times, and who gets it.
type Schedule struct {
	ID          string `json:"id"`
	Tenant      string `json:"tenant" doc:"that it belongs to; empty: the provider"`
	Owner       string `json:"owner" doc:"id of the member whose permissions its files are made and sent with"`
	OwnerName   string `json:"owner_name"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Job
	Recurrence Recurrence      `json:"recurrence"`
	Words      string          `json:"words" doc:"the recurrence in words"`
	Settle     int64           `json:"settle" doc:"seconds from when a run is due until it begins"`
	CatchUp    control.CatchUp `json:"catch_up" enum:"every,latest,none"`
	Recipients []Recipient     `json:"recipients" nullable:"false"`
	Attach     bool            `json:"attach"`
	Enabled    bool            `json:"enabled"`
	Stopped    string          `json:"stopped" doc:"why the server has disabled it; empty: it has not"`

	Next         Time     `json:"next" doc:"when a run is due; null while disabled"`
	CoveredUntil Time     `json:"covered_until" doc:"where the next period since the previous run begins; null where the recurrence says it"`
	Version      int64    `json:"version" doc:"goes up with each change"`
	Created      Time     `json:"created"`
	Edited       Time     `json:"edited"`
	Last         *LastRun `json:"last" doc:"its newest run; null: none yet"`
}

// LastRun is how a schedule's newest run has come out.
type LastRun struct {
	ID         string           `json:"id"`
	At         Time             `json:"at" doc:"when it was due"`
	State      control.RunState `json:"state" enum:"queued,running,done,failed,cancelled,skipped"`
	Late       bool             `json:"late"`
	Error      string           `json:"error"`
	Finished   Time             `json:"finished"`
	Deliveries map[string]int   `json:"deliveries" doc:"how many are in each state: pending, sending, sent, failed, unknown"`
	Waits      string           `json:"waits" doc:"why some of them wait that could leave, such as that mail is not set up; empty: none does"`
}

// Recurrence says when a schedule's runs are due: at wall times of a zone.
type Recurrence struct {
	Grain    string `json:"grain" enum:"hour,day,week,month"`
	Every    int    `json:"every,omitempty" doc:"1, the default, 2, 3, 4, 6, 8, 12 or 24 hours; 1 to 12 months; 1 day or week"`
	Hour     int    `json:"hour" required:"false" doc:"of the day, 0, the default, to 23; of hours one of them"`
	Minute   int    `json:"minute" required:"false" doc:"0, the default, to 59"`
	Weekdays []int  `json:"weekdays,omitempty" maxItems:"7" nullable:"false" doc:"of weeks: 0 for Sunday to 6 for Saturday"`
	Day      int    `json:"day,omitempty" doc:"of months: 1 to 28, or -1 for the last day"`
	Start    string `json:"start,omitempty" maxLength:"10" doc:"first date on which it may run, YYYY-MM-DD, from which months are counted; today where it is not said"`
	Zone     string `json:"zone,omitempty" maxLength:"500" doc:"time zone by its IANA name; where it is not said that of the schedule's files, else the setting time_zone"`
}

// Recipient is who gets what a schedule makes: a member, an outside address, or a webhook.
type Recipient struct {
	ID      string      `json:"id,omitempty" maxLength:"100" doc:"given by the server; a webhook that is sent back with it keeps its secret"`
	Way     control.Way `json:"way" enum:"mail,webhook"`
	Address string      `json:"address,omitempty" maxLength:"1000" doc:"e-mail, of an outside address or as the member has it now; of a webhook http or https"`
	Name    string      `json:"name,omitempty" maxLength:"1000"`
	Member  string      `json:"member,omitempty" maxLength:"100" doc:"id of a member"`
}

func recipientOf(r control.Recipient) Recipient {
	return Recipient{ID: r.ID, Way: r.Way, Address: r.Address, Name: r.Name, Member: r.Member}
}

// SavedSchedule is a schedule that was just made or changed.
type SavedSchedule struct {
	Schedule Schedule        `json:"schedule"`
	Secrets  []WebhookSecret `json:"secrets,omitempty" nullable:"false" doc:"of its new webhooks; shown this once"`
	LeftOut  string          `json:"left_out,omitempty" doc:"in the answer to a repeated request, what is shown once and so is not in it"`
}

// WebhookSecret is what the messages to a webhook are signed with.
type WebhookSecret struct {
	Recipient string `json:"recipient" doc:"id"`
	Address   string `json:"address"`
	Secret    string `json:"secret"`
}

func scheduleOf(k control.Schedule) Schedule {
	out := Schedule{
		ID: k.ID, Tenant: k.Tenant, Owner: k.Owner, OwnerName: k.OwnerName, Name: k.Name, Description: k.Description, Job: Job(k.Job), Recurrence: recurrenceOf(&k.Recurrence),
		Words: inWords(&k.Recurrence), Settle: k.Settle, CatchUp: k.CatchUp, Recipients: []Recipient{}, Attach: k.Attach, Enabled: k.Enabled, Stopped: k.Stopped,
		Next: Time(k.Next), CoveredUntil: Time(k.CoveredUntil), Version: k.Version, Created: Time(k.Created), Edited: Time(k.Edited),
	}
	for _, r := range k.Recipients {
		out.Recipients = append(out.Recipients, recipientOf(r))
	}
	if l := k.Last; l != nil {
		out.Last = &LastRun{l.ID, Time(l.At), l.State, l.Late, l.Error, Time(l.Finished), map[string]int{}, l.Waits}
		for state, n := range l.Deliveries {
			out.Last.Deliveries[string(state)] = n
		}
	}
	return out
}

func savedOf(k control.Schedule) SavedSchedule {
	out := SavedSchedule{Schedule: scheduleOf(k)}
	for _, r := range k.Recipients {
		if r.Secret != "" {
			out.Secrets = append(out.Secrets, WebhookSecret{r.ID, r.Address, string(r.Secret)})
		}
	}
	return out
}

func recurrenceOf(s *tallystick.Schedule) Recurrence {
	r := Recurrence{Grain: string(s.Grain), Every: s.Every, Hour: s.Hour, Minute: s.Minute, Day: s.Day, Start: s.Start.String(), Zone: s.Zone}
	for _, day := range s.Weekdays {
		r.Weekdays = append(r.Weekdays, int(day))
	}
	return r
}

// inWords says a recurrence as a sentence begins.
func inWords(s *tallystick.Schedule) string {
	words := s.Describe()
	return strings.ToUpper(words[:1]) + words[1:]
}

// schedule returns the recurrence, which may be none that there can be. A start that is not said is the day of now.
func (r *Recurrence) schedule(now tallystick.Instant) (tallystick.Schedule, error) {
	s := tallystick.Schedule{Zone: r.Zone, Grain: tallystick.Grain(r.Grain), Every: cmp.Or(r.Every, 1), Hour: r.Hour, Minute: r.Minute, Day: r.Day}
	for _, day := range r.Weekdays {
		s.Weekdays = append(s.Weekdays, time.Weekday(day))
	}
	if r.Start != "" {
		var err error
		s.Start, err = tallystick.ParseDate(r.Start)
		return s, usage.At("recurrence.start", err)
	}
	c, err := tallystick.LoadCalendar(r.Zone)
	if err != nil {
		return s, usage.At("recurrence.zone", err)
	}
	s.Start = c.DateOf(now)
	return s, nil
}

type schedulesWanted struct {
	Page
	Search string `query:"search" maxLength:"200" doc:"a part of the name, whatever the case"`
	Tenant string `query:"tenant" maxLength:"1024"`
	Owner  string `query:"owner" maxLength:"100" doc:"id of a member"`
}

type scheduleBody struct{ Body Schedule }

// registerSchedules registers what is done with schedules.
func (s *Server) registerSchedules(api huma.API) {
	const tag, path = "Schedules", "/api/v1/schedules"
	may := func(a control.Action) needs { return needs{entity: control.ScheduledTasks, action: a} }
	handle(api, route{method: http.MethodGet, path: path, id: "list-schedules", summary: "List the schedules in reach, by name", tag: tag, needs: may(control.View)},
		func(ctx context.Context, in *schedulesWanted) (*listBody[Schedule], error) {
			l, err := s.Control.Schedules(ctx, actorOf(ctx), control.ScheduleFilter{Tenant: in.Tenant, Owner: in.Owner, Search: in.Search}, in.of())
			return listOf(l, scheduleOf), err
		})
	handle(api, route{
		method: http.MethodPost, path: path, id: "add-schedule", summary: "Make a schedule", tag: tag, needs: may(control.Add), repeatable: true, once: "secrets",
	}, s.addSchedule)
	handle(api, route{
		method: http.MethodPost, path: path + "/preview", id: "preview-schedule", summary: "The next five runs of a schedule before it is saved, with their periods", tag: tag,
		needs:  needs{entity: control.ScheduledTasks, action: control.Add, or: [2]control.Permission{{Entity: control.ScheduledTasks, Action: control.Edit}}},
		status: http.StatusOK,
	}, s.previewSchedule)
	handle(api, route{method: http.MethodGet, path: path + "/{id}", id: "get-schedule", summary: "One schedule", tag: tag, needs: may(control.View)},
		func(ctx context.Context, in *Named) (*scheduleBody, error) {
			k, err := s.Control.Schedule(ctx, actorOf(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			return &scheduleBody{scheduleOf(k)}, nil
		})
	handle(api, route{
		method: http.MethodPut, path: path + "/{id}", id: "edit-schedule", summary: "Change a schedule, except for whether it is enabled; not while a run is being made", tag: tag,
		needs: may(control.Edit),
	}, s.editSchedule)
	handle(api, route{
		method: http.MethodDelete, path: path + "/{id}", id: "remove-schedule", summary: "Remove a schedule; its runs stay in the archive", tag: tag, needs: may(control.Remove),
	}, func(ctx context.Context, in *Named) (*empty, error) {
		return nil, s.Control.RemoveSchedule(ctx, actorOf(ctx), in.ID)
	})
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/enable", id: "enable-schedule", summary: "Let a schedule run again", tag: tag, needs: may(control.Edit), status: http.StatusOK,
	}, s.enableSchedule)
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/disable", id: "disable-schedule", summary: "Keep a schedule from running; runs that are due already are made", tag: tag,
		needs: may(control.Edit), status: http.StatusOK,
	}, func(ctx context.Context, in *Named) (*scheduleBody, error) {
		k, err := s.Control.DisableSchedule(ctx, actorOf(ctx), in.ID)
		if err != nil {
			return nil, err
		}
		return &scheduleBody{scheduleOf(k)}, nil
	})
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/run", id: "run-schedule", summary: "Make a run now: one that was skipped, or the latest period again", tag: tag,
		needs: may(control.Edit), repeatable: true,
	}, func(ctx context.Context, in *runWanted) (*runBody, error) {
		at := tallystick.Instant(0)
		if in.Body != nil {
			at = tallystick.Instant(in.Body.At)
		}
		r, err := s.Control.RunNow(ctx, actorOf(ctx), in.ID, at)
		return &runBody{runOf(r)}, err
	})
	handle(api, route{
		method: http.MethodGet, path: path + "/{id}/runs", id: "list-schedule-runs", summary: "The runs of a schedule, the newest first", tag: tag, needs: may(control.View),
	}, s.listScheduleRuns)
}

// listScheduleRuns lists the runs of a schedule that is there: those of one that was removed are in the archive.
func (s *Server) listScheduleRuns(ctx context.Context, in *struct {
	Named
	Page
}) (*listBody[Run], error) {
	if _, err := s.Control.Schedule(ctx, actorOf(ctx), in.ID); err != nil {
		return nil, err
	}
	l, err := s.Control.Runs(ctx, actorOf(ctx), in.ID, in.of())
	return listOf(l, runOf), err
}
