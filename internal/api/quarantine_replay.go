package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// Replay decodes rejected events again, as if they came now. One that is accepted, or was before, leaves the quarantine once it is on disk; the others stay, with the
// reason they came with. It is used once.
type Replay struct {
	Tenant  string            // whose quarantine it is
	Filter  quarantine.Filter // of all entries those that are meant; what is named by its id is meant anyway
	Store   *quarantine.Store
	Append  func(context.Context, []tallystick.Event) ([]journal.Verdict, error) // that of the journal
	Decoder *ingest.Decoder
	// Stays is told of each entry that is rejected again. It may be nil.
	Stays func(entry *quarantine.Entry, why error)

	// What became of the events.
	Accepted, Duplicate, Conflicting, Rejected int64

	events []tallystick.Event
	ids    []string // of events
}

// replayAtOnce is how many events go to the journal together.
const replayAtOnce = 1024

// Run replays the entries with these ids, or all that the filter means. Of a tenant's, those that describe the tenant itself are replayed only when they are named: among all there may be
// such as its key was not allowed to send. An id that there is not is an error of the code NotFound; what was replayed before it is done.
func (r *Replay) Run(ctx context.Context, ids []string) error {
	if r.Tenant != "" && len(ids) == 0 {
		r.Decoder.NoAttributes = true
	}
	for _, id := range ids {
		e, err := r.Store.Get(ctx, r.Tenant, id)
		if err == nil {
			err = r.one(ctx, &e)
		}
		if err != nil {
			return err
		}
	}
	if len(ids) > 0 {
		return r.flush(ctx)
	}
	for e, err := range r.Store.List(ctx, r.Tenant, "") {
		if err == nil && r.Filter.Holds(&e) {
			err = r.one(ctx, &e)
		}
		if err != nil {
			return fault(err)
		}
	}
	return r.flush(ctx)
}

func (r *Replay) one(ctx context.Context, entry *quarantine.Entry) error {
	if !entry.Whole() {
		r.stays(entry, fmt.Errorf("only the first %d of its %d bytes were kept", len(entry.Raw), entry.Length))
		return nil
	}
	event, err := r.Decoder.Event(entry.Raw)
	if err != nil {
		r.stays(entry, err)
		return nil
	}
	if event.TimeMissing {
		event.Time = entry.Received // the time of receipt stands for the time; what is accepted now is received now
	}
	r.events, r.ids = append(r.events, event), append(r.ids, entry.ID)
	if len(r.events) < replayAtOnce {
		return nil
	}
	return r.flush(ctx)
}

func (r *Replay) stays(entry *quarantine.Entry, why error) {
	r.Rejected++
	if r.Stays != nil {
		r.Stays(entry, why)
	}
}

// flush hands the gathered events to the journal, and removes them from quarantine once they are on disk.
func (r *Replay) flush(ctx context.Context) error {
	if len(r.events) == 0 {
		return nil
	}
	verdicts, err := r.Append(ctx, r.events)
	if err != nil {
		return fault(err)
	}
	for _, v := range verdicts {
		switch v.Outcome {
		case journal.Accepted:
			r.Accepted++
		case journal.Conflicting:
			r.Conflicting++
			fallthrough
		default:
			r.Duplicate++
		}
	}
	err = r.Store.Remove(ctx, r.Tenant, r.ids...)
	r.events, r.ids = nil, nil
	return fault(err)
}

func (h *Quarantine) replay(w http.ResponseWriter, r *http.Request, in *struct {
	Body struct {
		Tenant string          `json:"tenant,omitempty" doc:"Events that came with this tenant's keys; without it those of one's own."`
		IDs    []string        `json:"ids,omitempty" doc:"These only. What describes a tenant itself is replayed only when it is named here, and by the provider." maxItems:"1000"`
		Filter *RejectedFilter `json:"filter,omitempty" doc:"Those only that it means, as in the list; not together with ids."`
	}
}) {
	tenant := whose(r, in.Body.Tenant)
	// What the audit log says was asked for.
	asked := map[string]any{"all": true}
	var filter quarantine.Filter
	var err error
	switch {
	case in.Body.Filter != nil && len(in.Body.IDs) > 0:
		err = tallystick.Errorf(tallystick.Invalid, "ids and a filter are given").At("filter").WithHint("give one of them")
	case in.Body.Filter != nil:
		filter, err = in.Body.Filter.filter("filter.")
		asked = map[string]any{"filter": in.Body.Filter}
	case len(in.Body.IDs) > 0:
		asked = map[string]any{"ids": in.Body.IDs}
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	answer := Replayed{Items: []ReplayStay{}}
	again := &Replay{
		Tenant: tenant, Filter: filter, Store: h.Store, Append: h.Append,
		// What a tenant is and may is for the provider to say, whoever replays it.
		Decoder: &ingest.Decoder{Now: h.Now, Tenant: tenant, Declared: h.Declared, NoAttributes: actorOf(r.Context()).Tenant != ""},
		Stays: func(e *quarantine.Entry, why error) {
			if len(answer.Items) < control.MaxLimit {
				answer.Items = append(answer.Items, ReplayStay{e.ID, e.Source, shorten(why.Error())})
			}
		},
	}
	if err := h.audit(r.Context(), control.Entry{Action: "quarantine.replay", Tenant: tenant, After: asked}); err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	// What has begun is finished, also when the client goes away.
	if err := again.Run(context.WithoutCancel(r.Context()), in.Body.IDs); err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	answer.Accepted, answer.Duplicate, answer.Conflicting, answer.Rejected = again.Accepted, again.Duplicate, again.Conflicting, again.Rejected
	writeJSON(w, answer)
}

// fault marks an error of the stores as the program's, whatever code it carries: nothing is wrong with what was asked.
func fault(err error) error {
	if code := tallystick.CodeOf(err); code != tallystick.Invalid && code != tallystick.NotFound {
		return err
	}
	return tallystick.Errorf(tallystick.Internal, "%w", err)
}
