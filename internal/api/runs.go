package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/usage"
)

// Run is the making of one file: of an export, or of a schedule's occurrence.
type Run struct {
	ID          string          `json:"id"`
	Kind        control.RunKind `json:"kind" enum:"export,scheduled"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Tenant      string          `json:"tenant" doc:"that it belongs to; empty: the provider"`
	Job         Job             `json:"job" doc:"what was asked for"`
	Maker       string          `json:"maker" doc:"id of the member whose permissions it is made with"`
	MakerName   string          `json:"maker_name" doc:"e-mail of the maker, as it was then"`

	Schedule string `json:"schedule,omitempty" doc:"id of its schedule"`
	At       Time   `json:"at" doc:"when it was due, from which its period is derived; of an export when it was asked for"`
	Again    bool   `json:"again" doc:"made by hand, beside the planned run of its time"`
	From     Time   `json:"from" doc:"its period's first instant; null where it depends on the zone of each tenant, or of a custom period: job says it"`
	Before   Time   `json:"before" doc:"the instant where its period ends"`
	Late     bool   `json:"late" doc:"missed when it was due, and made later"`

	State      control.RunState `json:"state" enum:"queued,running,done,failed,cancelled,skipped"`
	Cancelling bool             `json:"cancelling" doc:"it still runs, and is being stopped"`
	NotBefore  Time             `json:"not_before" doc:"when it may begin"`
	Attempts   int              `json:"attempts"`
	Percent    int              `json:"percent"`
	Rows       int64            `json:"rows"`
	Position   string           `json:"position" doc:"of the journal, that it read as of"`
	Error      string           `json:"error" doc:"why it failed, or why its last attempt did"`
	File       *RunFile         `json:"file" doc:"null: there is none, or it tells of tenants that are out of reach"`
	LateEvents int64            `json:"late_events" doc:"events that had come, since the run before, for times before this one's period that runs before had told of"`
	Tenants    []string         `json:"tenants" nullable:"false" doc:"that it is of, as found when it was made"`

	Created  Time `json:"created"`
	Started  Time `json:"started"`
	Finished Time `json:"finished"`
	Deleted  Time `json:"deleted" doc:"when it was removed from its list; the archive has it still"`
}

// RunFile is the file of a run.
type RunFile struct {
	Name      string `json:"name"`
	Size      int64  `json:"size" doc:"bytes"`
	MediaType string `json:"media_type"`
	SHA256    string `json:"sha256"`
	Removed   Time   `json:"removed" doc:"when the file was removed; null: it is there"`
}

func runOf(r control.Run) Run {
	out := Run{
		ID: r.ID, Kind: r.Kind, Name: r.Name, Description: r.Description, Tenant: r.Tenant, Job: Job(r.Job), Maker: r.Maker, MakerName: r.MakerName,
		Schedule: r.Schedule, At: Time(r.At), Again: r.Kind == control.ScheduledRun && r.Key != "", From: Time(r.From), Before: Time(r.Before), Late: r.Late,
		State: r.State, Cancelling: r.Cancelling, NotBefore: Time(r.NotBefore), Attempts: r.Attempts, Percent: r.Percent, Rows: r.Rows, Position: r.Position, Error: r.Error,
		Tenants: r.Tenants, Created: Time(r.Created), Started: Time(r.Started), Finished: Time(r.Finished), Deleted: Time(r.Deleted),
		LateEvents: r.LateEvents,
	}
	if out.Tenants == nil {
		out.Tenants = []string{}
	}
	if preset, err := tallystick.ParsePreset(r.Job.Period); err == nil && r.Before == 0 && r.Job.Zone != "" {
		if c, err := tallystick.LoadCalendar(r.Job.Zone); err == nil {
			from, before := c.Preset(preset, r.At)
			out.From, out.Before = Time(from), Time(before)
		}
	}
	if f := r.File; f != nil {
		out.File = &RunFile{f.Name, f.Size, f.MediaType, f.SHA256, Time(r.FileRemoved)}
	}
	return out
}

// Delivery is what one recipient gets of one run.
type Delivery struct {
	ID        string                `json:"id"`
	Run       string                `json:"run"`
	Schedule  string                `json:"schedule"`
	Recipient Recipient             `json:"recipient" doc:"as it was when the delivery was made"`
	MessageID string                `json:"message_id" doc:"the same on every attempt"`
	State     control.DeliveryState `json:"state" enum:"pending,sending,sent,failed,unknown"`
	Attempts  int                   `json:"attempts"`
	Next      Time                  `json:"next" doc:"when it is tried again, while pending"`
	Answer    string                `json:"answer" doc:"the words of the other server, or why it waits, such as that mail is not set up"`
	Link      *DeliveryLink         `json:"link" doc:"that it has in place of an attachment; null: none"`
	Created   Time                  `json:"created"`
	Finished  Time                  `json:"finished"`
}

// DeliveryLink is the link of a delivery. Its address is in the delivery alone.
type DeliveryLink struct {
	Expires Time  `json:"expires"`
	Revoked Time  `json:"revoked"`
	Uses    int64 `json:"uses"`
}

func deliveryOf(d control.Delivery) Delivery {
	out := Delivery{
		ID: d.ID, Run: d.Run, Schedule: d.Schedule, Recipient: recipientOf(d.Recipient), MessageID: d.MessageID, State: d.State, Attempts: d.Attempts, Answer: d.Answer,
		Created: Time(d.Created), Finished: Time(d.Finished),
	}
	if d.State == control.DeliveryPending {
		out.Next = Time(d.Next)
	}
	if l := d.Link; l != (control.DeliveryLink{}) {
		out.Link = &DeliveryLink{Time(l.Expires), Time(l.Revoked), l.Uses}
	}
	return out
}

// The routes that whom a file was sent to may use.
const (
	getRun     = "get-run"
	getRunFile = "get-run-file"
)

// delivered finds for whom a run was sent to what they can't see by what they may. Where it was not sent to them, the answer is why not.
func (s *Server) delivered(ctx context.Context, route, id string, why error, find func(context.Context, control.Actor, string) (control.Run, error)) (control.Run, error) {
	code := tallystick.CodeOf(why)
	if code != tallystick.NotFound && code != tallystick.Denied {
		return control.Run{}, why
	}
	r, err := find(ctx, actorOf(ctx), id)
	switch {
	case tallystick.CodeOf(err) != tallystick.NotFound:
		return r, err
	case code == tallystick.Denied:
		return r, s.refuse(ctx, route, why)
	}
	return r, why
}

// registerRuns registers what is done with runs, whether of exports or of schedules, with their files and deliveries.
func (s *Server) registerRuns(api huma.API) {
	const tag, path = "Runs", "/api/v1/runs"
	view := needs{
		entity: control.ExportReports, action: control.View,
		or: [2]control.Permission{{Entity: control.ScheduledTasks, Action: control.View}, {Entity: control.Archives, Action: control.View}},
	}
	remove := needs{entity: control.ExportReports, action: control.Remove, or: [2]control.Permission{{Entity: control.ScheduledTasks, Action: control.Remove}}}
	sent := view
	sent.delivered = true
	handle(api, route{method: http.MethodGet, path: path + "/{id}", id: getRun, summary: "One run, of an export or a schedule; for whom its file was sent to by a link, what their mail says of it", tag: tag, needs: sent},
		func(ctx context.Context, in *Named) (*runBody, error) {
			r, err := s.Control.Run(ctx, actorOf(ctx), in.ID)
			if err != nil {
				r, err = s.delivered(ctx, getRun, in.ID, err, s.Control.RunDelivered)
			}
			return &runBody{runOf(r)}, err
		})
	raw(api, route{method: http.MethodGet, path: path + "/{id}/file", id: getRunFile, summary: "The file of a run, or a range of it", tag: tag, needs: sent},
		http.StatusOK, made(), s.runFile)
	raw(api, route{method: http.MethodGet, path: path + "/{id}/receipt", id: "get-run-receipt", summary: "The receipt of a run's file, by which it can be made again", tag: tag, needs: view},
		http.StatusOK, content{"application/json": usage.Receipt{}}, s.runReceipt)
	handle(api, route{
		method: http.MethodPost, path: path + "/{id}/cancel", id: "cancel-run", summary: "Stop a run that waits or is being made; no file is left", tag: tag, needs: remove,
		status: http.StatusOK,
	}, func(ctx context.Context, in *Named) (*runBody, error) {
		r, err := s.Control.CancelRun(ctx, actorOf(ctx), in.ID)
		return &runBody{runOf(r)}, err
	})
	handle(api, route{method: http.MethodDelete, path: path + "/{id}", id: "remove-run", summary: "Remove a run with its file; the archive keeps that it was", tag: tag, needs: remove},
		func(ctx context.Context, in *Named) (*empty, error) {
			return nil, s.Control.RemoveRun(ctx, actorOf(ctx), in.ID)
		})
	handle(api, route{
		method: http.MethodGet, path: path + "/{id}/deliveries", id: "list-deliveries", summary: "What each recipient of a run has got, by address", tag: tag,
		needs: needs{entity: control.ScheduledTasks, action: control.View},
	}, func(ctx context.Context, in *Named) (*listBody[Delivery], error) {
		l, err := s.Control.Deliveries(ctx, actorOf(ctx), in.ID)
		return pageOf(l, "", deliveryOf), err
	})
	edit := needs{entity: control.ScheduledTasks, action: control.Edit}
	handle(api, route{
		method: http.MethodPost, path: "/api/v1/deliveries/{id}/resend", id: "resend-delivery", summary: "Send once more what has failed or may not have arrived", tag: tag, needs: edit,
		status: http.StatusOK,
	}, func(ctx context.Context, in *Named) (*struct{ Body Delivery }, error) {
		d, err := s.Control.ResendDelivery(ctx, actorOf(ctx), in.ID)
		return &struct{ Body Delivery }{deliveryOf(d)}, err
	})
	handle(api, route{
		method: http.MethodPost, path: "/api/v1/deliveries/{id}/revoke-link", id: "revoke-link", summary: "Make the link of a delivery good for nothing", tag: tag, needs: edit,
		status: http.StatusNoContent,
	}, func(ctx context.Context, in *Named) (*empty, error) {
		return nil, s.Control.RevokeLink(ctx, actorOf(ctx), in.ID)
	})
	raw(api, route{
		method: http.MethodGet, path: "/api/v1/files/{token}", id: "get-linked-file", summary: "The file that the link of a delivery is for", tag: tag, needs: needs{public: true},
	}, http.StatusOK, made(), s.openLink)
}
