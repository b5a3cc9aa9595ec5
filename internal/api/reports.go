package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/report"
)

// Reports answers questions about usage. It must not be changed or copied after its routes were registered; requests may come at the same time.
type Reports struct {
	// Catalog returns the definitions that hold now.
	Catalog func() *report.Catalog
	// Ask calls fn with the engine, valid until fn returns, and the position of the newest record that it had applied before. What fn makes is as of that position,
	// however many records are applied meanwhile. The zero position: there is none yet. An engine that is not there is an error of the code Unavailable.
	Ask func(ctx context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error
	// Lookup is that of the journal.
	Lookup Lookup
	// Ledger knows how events were answered that were not accepted, and Arrived when accepted ones were received; ingest-quality is about these. nil: nothing is known.
	Ledger  report.Ledger
	Arrived func(ctx context.Context, tenant string, from, before tallystick.Instant, fn func(*tallystick.Record) error) error
	Now     func() time.Time
	Limits  ReportLimits
	Logger  *slog.Logger // nil: nothing is logged

	once  sync.Once
	turns *turns
}

// register makes the routes.
func (h *Reports) register(api huma.API) {
	h.once.Do(func() {
		h.Limits = h.Limits.withDefaults()
		h.turns = newTurns(h.Limits)
	})
	view := needs{entity: control.Reports, action: control.View}
	const tag = "reports"
	raw(api, route{method: http.MethodGet, path: "/api/v1/reports", needs: view, id: "list-reports", summary: "The reports that there are", tag: tag},
		http.StatusOK, content{"application/json": ReportList{}}, h.list)
	raw(api, route{method: http.MethodGet, path: "/api/v1/reports/{report}", needs: view, id: "get-report", summary: "What a report has, and what a request may set", tag: tag},
		http.StatusOK, content{"application/json": ReportDefinition{}}, h.get)
	raw(api, route{method: http.MethodGet, path: "/api/v1/reports/{report}/tables/{table}", needs: view, id: "get-report-table", summary: "A table of a report", tag: tag},
		http.StatusOK, files(ReportTable{}), h.table)
	raw(api, route{method: http.MethodGet, path: "/api/v1/reports/{report}/file", needs: view, id: "get-report-file", summary: "All tables of a report as a workbook", tag: tag},
		http.StatusOK, workbooks(), h.file)
	raw(api, route{method: http.MethodGet, path: "/api/v1/reports/{report}/tables/{table}/rows/{row}/columns/{column}/events", needs: view, id: "explain-cell",
		summary: "The events that a cell counts, and those near it that were left out and why", tag: tag},
		http.StatusOK, files(CellEvents{}), h.explain)
}

// ask answers a request about usage: in its turn, within its time, for the tenants in the reach of who asks, and as of one position.
func (h *Reports) ask(w http.ResponseWriter, r *http.Request, q *Question, name, table string,
	fn func(context.Context, tallystick.Answerer, tallystick.Request, *stream) error) {
	actor := actorOf(r.Context())
	request, err := q.Request(name, table, tallystick.InstantOf(h.Now()), InAddress)
	if err == nil {
		_, err = h.Catalog().Report(name)
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	back, err := h.turns.take(r.Context(), actor.Tenant)
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	defer back()
	ctx, cancel := context.WithTimeoutCause(r.Context(), h.Limits.Time, errTooLong)
	defer cancel()
	s := newStream(ctx, w, h.Logger)
	s.finish(h.Ask(ctx, func(engine tallystick.Answerer, head tallystick.Position) error {
		store := &reached{engine: engine, reach: actor.Reach, empty: head.IsZero(), ledger: h.Ledger, arrived: h.Arrived}
		if err := q.Whose(ctx, store, InAddress); err != nil {
			return err
		}
		if err := Within(head, request.AsOf, InAddress); err != nil {
			return err
		}
		if request.AsOf.IsZero() {
			request.AsOf, request.Pinned = head, true
		}
		s.position = request.AsOf
		err := fn(ctx, store, request, s)
		if errors.Is(err, tallystick.ErrDamaged) {
			return damagedStore(err)
		}
		return err
	}))
}

// damagedStore is the answer of an engine that is being made anew.
func damagedStore(err error) error {
	return tallystick.Errorf(tallystick.Unavailable, "the event store is damaged and is made anew from the journal: %w", err).WithHint("ask again when that is done")
}
