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
	"github.com/tallystick/tallystick/internal/usage"
)

// Reports answers questions about usage. It must not be changed or copied after its routes were registered; requests may come at the same time.
type Reports struct {
	usage.Source
	Now    func() time.Time
	Limits ReportLimits
	Logger *slog.Logger // nil: nothing is logged

	// Head is the newest durable record of the journal, and Wait waits until the engine has applied one. What was durable before a question came is in its answer,
	// unless the engine takes too long. nil: the engine alone says what there is.
	Head func() tallystick.Position
	Wait func(ctx context.Context, until tallystick.Position) error

	// Audit writes into the audit log who was given a file. One that can't be written is not given. nil: there is no log.
	Audit func(context.Context, control.Actor, control.Entry) error

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
	raw(api, route{method: http.MethodGet, path: "/api/v1/reports/{report}/file", needs: view, id: "get-report-file", summary: "All tables of a report in one file: a workbook, or an archive", tag: tag},
		http.StatusOK, books(), h.file)
	raw(api, route{method: http.MethodGet, path: "/api/v1/reports/{report}/tables/{table}/rows/{row}/columns/{column}/events", needs: view, id: "explain-cell",
		summary: "The events that a cell counts, and those near it that were left out and why", tag: tag},
		http.StatusOK, files(CellEvents{}), h.explain)
	raw(api, route{method: http.MethodPost, path: receiptsPath + "reproduce", needs: view, id: "reproduce", summary: "Make the file of a receipt again, and tell whether it is the same", tag: tag},
		http.StatusOK, content{"application/json": usage.Verdict{}}, h.reproduce)
	raw(api, route{method: http.MethodPost, path: receiptsPath + "file", needs: view, id: "get-receipt-file", summary: "The file of a receipt, made again", tag: tag},
		http.StatusOK, made(), h.reproduced)
}

// ask answers a request about usage: in its turn, within its time, for the tenants in the reach of who asks, and as of one position.
func (h *Reports) ask(w http.ResponseWriter, r *http.Request, q *usage.Question, name, table string,
	fn func(context.Context, tallystick.Answerer, tallystick.Request, *stream) error) {
	if !r.ProtoAtLeast(1, 1) {
		w.Header().Set("Upgrade", "HTTP/1.1")
		WriteProblem(w, h.Logger, WithStatus(http.StatusUpgradeRequired, tallystick.Errorf(tallystick.Invalid, "reports are not given over %s: an answer that breaks off would look whole", r.Proto).
			WithHint("ask over HTTP/1.1; a proxy may have to be told to, such as nginx with proxy_http_version 1.1")))
		return
	}
	actor := actorOf(r.Context())
	spelling := spellingOf(r)
	request, err := q.Request(name, table, tallystick.InstantOf(h.Now()), spelling)
	if err == nil {
		_, err = h.definition(name)
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	durable := h.settled(r.Context())
	h.inTurn(w, r, func(ctx context.Context, s *stream) error {
		return h.Ask(ctx, func(engine tallystick.Answerer, head tallystick.Position) error {
			store := h.Within(engine, head, actor.Reach)
			if err := q.Whose(ctx, store, spelling); err != nil {
				return err
			}
			if err := within(head, durable, request.AsOf, spelling); err != nil {
				return err
			}
			if request.AsOf.IsZero() {
				request.AsOf, request.Pinned = head, true
			}
			s.position = request.AsOf
			return fn(ctx, store, request, s)
		})
	})
}

// inTurn answers with what fn writes, in its turn and within its time.
func (h *Reports) inTurn(w http.ResponseWriter, r *http.Request, fn func(context.Context, *stream) error) {
	back, err := h.turns.take(r.Context(), actorOf(r.Context()).Tenant)
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	defer back()
	ctx, cancel := context.WithTimeoutCause(r.Context(), h.Limits.Time, errTooLong)
	defer cancel()
	s := newStream(ctx, w, h.Logger)
	if err = fn(ctx, s); errors.Is(err, tallystick.ErrDamaged) {
		err = damagedStore(err)
	}
	s.finish(err)
}

// downloaded writes into the audit log that somebody is given a file: of which report, with what question, as of which position.
func (h *Reports) downloaded(ctx context.Context, q *usage.Question, report string, s *stream) error {
	if h.Audit == nil {
		return nil
	}
	a := actorOf(ctx)
	asked := q.Query()
	asked.Set("as_of", s.position.String())
	return h.Audit(ctx, a, control.Entry{
		Action: "report.download", Tenant: a.Tenant, ObjectKind: "report", ObjectID: report, After: map[string]string{"file": s.file, "question": asked.Encode()},
	})
}

// damagedStore is the answer of an engine that is being made anew.
func damagedStore(err error) error {
	return tallystick.Errorf(tallystick.Unavailable, "the event store is damaged and is made anew from the journal: %w", err).WithHint("ask again when that is done")
}
