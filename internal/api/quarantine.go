package api

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// Quarantine answers questions about rejected events, and replays and removes them. Requests may come at the same time.
type Quarantine struct {
	Store    *quarantine.Store
	Append   func(context.Context, []tallystick.Event) ([]journal.Verdict, error) // that of the journal
	Declared func(typ string) *tallystick.DeclaredType                            // of [ingest.Decoder]; may be nil
	Now      func() time.Time
	Logger   *slog.Logger // nil: nothing is logged

	// Audit writes into the audit log what is done with rejected events, before it is done: what can't be written there isn't. nil: there is no log.
	Audit func(context.Context, control.Actor, control.Entry) error
}

// QuarantineList is a part of a tenant's rejected events, in the order of receipt.
type QuarantineList struct {
	Tenant string            `json:"tenant" doc:"Whose key they came with; empty: of no tenant, or from files."`
	Items  []QuarantineEntry `json:"items"`
	Next   string            `json:"next,omitempty" doc:"The next page begins after this; empty where there is none."`
}

// LengthHeader names the header of a rejected event that says how many bytes it had. A body with less is its beginning, and not more is kept.
const LengthHeader = "Tallystick-Length"

// QuarantineEntry is a rejected event.
type QuarantineEntry struct {
	ID       string `json:"id" doc:"SHA-256 of the event."`
	Received string `json:"received"`
	Source   string `json:"source" doc:"The key that it came with and its line in the body, or the file and the line."`
	Type     string `json:"type,omitempty" doc:"Of the event, where it says one that can be read."`
	Code     string `json:"code"`
	Path     string `json:"path,omitempty" doc:"JSON path of what is wrong."`
	Reason   string `json:"reason"`
	Length   int64  `json:"length" doc:"Bytes of the event."`
	Whole    bool   `json:"whole" doc:"All of it is kept; otherwise it can't be replayed."`
}

// QuarantineTenants says for which tenants in reach rejected events are kept.
type QuarantineTenants struct {
	Items []QuarantineTenant `json:"items"`
}

// QuarantineTenant says how much is kept of a tenant.
type QuarantineTenant struct {
	Tenant  string `json:"tenant" doc:"Empty: what came with keys of no tenant, or from files."`
	Entries int    `json:"entries"`
	Bytes   int64  `json:"bytes"`
}

// Replayed says what became of replayed events.
type Replayed struct {
	Accepted    int64        `json:"accepted"`
	Duplicate   int64        `json:"duplicate" doc:"They came before; the conflicting ones included."`
	Conflicting int64        `json:"conflicting" doc:"What came before says something else."`
	Rejected    int64        `json:"rejected"`
	Items       []ReplayStay `json:"items" doc:"The first of those that were rejected again."`
}

// ReplayStay is an event that stays in quarantine.
type ReplayStay struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Reason string `json:"reason"`
}

// WhoseEntries says whose entries a request is about.
type WhoseEntries struct {
	Tenant string `query:"tenant" doc:"Events that came with this tenant's keys; without it those of one's own."`
}

// register makes the routes.
func (h *Quarantine) register(api huma.API) {
	const tag, path = "quarantine", "/api/v1/quarantine"
	may := func(action control.Action) needs {
		return needs{entity: control.Ingest, action: action, scope: control.ScopeQuarantine}
	}
	raw(api, route{method: http.MethodGet, path: path, needs: may(control.View), id: "list-quarantine", summary: "Rejected events", tag: tag},
		http.StatusOK, content{"application/json": QuarantineList{}}, h.list)
	raw(api, route{method: http.MethodGet, path: path + "/tenants", needs: may(control.View), id: "list-quarantine-tenants", summary: "Of whom rejected events are kept", tag: tag},
		http.StatusOK, content{"application/json": QuarantineTenants{}}, h.tenants)
	raw(api, route{method: http.MethodGet, path: path + "/{id}", needs: may(control.View), id: "get-quarantined", summary: "A rejected event as it came", tag: tag},
		http.StatusOK, content{"application/octet-stream": nil}, h.download)
	raw(api, route{method: http.MethodPost, path: path + "/replay", needs: may(control.Edit), id: "replay-quarantine", summary: "Try rejected events again, and let those go that are accepted now", tag: tag},
		http.StatusOK, content{"application/json": Replayed{}}, h.replay)
	raw(api, route{method: http.MethodDelete, path: path + "/{id}", needs: may(control.Remove), id: "remove-quarantined", summary: "Let a rejected event go for good", tag: tag},
		http.StatusNoContent, nil, h.remove)
}

// noTenant has no quarantine: no tenant is called so. Whoever asks for one out of reach is answered from it, and so like for one that does not exist.
const noTenant = "\x00"

// whose returns the tenant whose entries are meant: the one that is named, else the actor's own.
func whose(r *http.Request, tenant string) string {
	actor := actorOf(r.Context())
	if tenant == "" {
		tenant = actor.Tenant
	}
	if !actor.Reach.Holds(tenant) {
		return noTenant
	}
	return tenant
}

// audit writes into the audit log that something is about to be done with a tenant's entries, and returns the error of one who can't.
func (h *Quarantine) audit(ctx context.Context, entry control.Entry) error {
	if h.Audit == nil || entry.Tenant == noTenant {
		return nil
	}
	entry.ObjectKind = "rejected event"
	return h.Audit(context.WithoutCancel(ctx), actorOf(ctx), entry)
}

// told is what the audit log says of an entry: all but the event itself.
func told(e *quarantine.Entry) any {
	return map[string]any{"received": e.Received, "source": e.Source, "path": e.Path, "reason": e.Reason, "length": e.Length}
}

func (h *Quarantine) list(w http.ResponseWriter, r *http.Request, in *struct {
	WhoseEntries
	RejectedFilter
	After string `query:"after" doc:"Next of the page before."`
	Limit int    `query:"limit" doc:"Most events of a page: 50 where it is not said, and 500 at most."`
}) {
	answer := QuarantineList{Tenant: cmp.Or(in.Tenant, actorOf(r.Context()).Tenant), Items: []QuarantineEntry{}}
	filter, err := in.filter("query.")
	if err == nil {
		err = h.page(r.Context(), whose(r, in.Tenant), filter, in.After, in.Limit, &answer)
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	writeJSON(w, answer)
}

// page reads a page of the entries that a filter means.
func (h *Quarantine) page(ctx context.Context, tenant string, filter quarantine.Filter, after string, limit int, answer *QuarantineList) error {
	if limit == 0 {
		limit = control.DefaultLimit
	}
	if limit < 0 || limit > control.MaxLimit {
		return tallystick.Errorf(tallystick.Invalid, "a page can't have %d events", limit).At("limit").WithHint("ask for 1 to %d", control.MaxLimit)
	}
	entries := h.Store.List(ctx, tenant, "")
	if after != "" {
		text, err := base64.RawURLEncoding.DecodeString(after)
		id, number, _ := strings.Cut(string(text), ",")
		place, err2 := strconv.ParseUint(number, 10, 64)
		if errors.Join(err, err2) != nil {
			return tallystick.Errorf(tallystick.Invalid, "%q is not a place in a list", shorten(after)).At("after").WithHint("use next of the page before it")
		}
		if _, err := h.Store.Get(ctx, tenant, id); err == nil {
			entries = h.Store.List(ctx, tenant, id)
		} else {
			entries = h.Store.ListBehind(ctx, tenant, place) // the entry is gone, its place is not
		}
	}
	var last quarantine.Entry
	for e, err := range entries {
		if err != nil {
			return fault(err)
		}
		if !filter.Holds(&e) {
			continue
		}
		if len(answer.Items) == limit {
			answer.Next = base64.RawURLEncoding.EncodeToString([]byte(last.ID + "," + strconv.FormatUint(last.Place, 10)))
			return nil
		}
		last = e
		answer.Items = append(answer.Items, QuarantineEntry{
			ID: e.ID, Received: e.Received.String(), Source: e.Source, Type: shorten(e.Type()), Code: string(e.Code), Path: e.Path, Reason: e.Reason, Length: e.Length, Whole: e.Whole(),
		})
	}
	return nil
}

func (h *Quarantine) tenants(w http.ResponseWriter, r *http.Request, _ *struct{}) {
	actor := actorOf(r.Context())
	all, err := h.Store.Tenants(r.Context())
	if err != nil && len(all) == 0 {
		WriteProblem(w, h.Logger, fault(err))
		return
	}
	if err != nil { // about some of the files: the others are described
		logged(h.Logger, err)
	}
	answer := QuarantineTenants{Items: []QuarantineTenant{}}
	for _, t := range all {
		if actor.Reach.Holds(t.Tenant) {
			answer.Items = append(answer.Items, QuarantineTenant{t.Tenant, t.Entries, t.Bytes})
		}
	}
	writeJSON(w, answer)
}

func (h *Quarantine) download(w http.ResponseWriter, r *http.Request, in *struct {
	ID string `path:"id"`
	WhoseEntries
}) {
	tenant := whose(r, in.Tenant)
	e, err := h.Store.Get(r.Context(), tenant, in.ID)
	if err == nil {
		err = h.audit(r.Context(), control.Entry{Action: "quarantine.download", Tenant: tenant, ObjectID: e.ID, After: told(&e)})
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	// What somebody sent is never shown as a page.
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.ID + ".json"}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set(LengthHeader, strconv.FormatInt(e.Length, 10))
	write(w, http.StatusOK, "application/octet-stream", e.Raw)
}

func (h *Quarantine) remove(w http.ResponseWriter, r *http.Request, in *struct {
	ID string `path:"id"`
	WhoseEntries
}) {
	tenant := whose(r, in.Tenant)
	e, err := h.Store.Get(r.Context(), tenant, in.ID)
	if err == nil {
		err = h.audit(r.Context(), control.Entry{Action: "quarantine.remove", Tenant: tenant, ObjectID: e.ID, Before: told(&e)})
	}
	if err == nil {
		err = h.Store.Remove(r.Context(), tenant, e.ID)
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
