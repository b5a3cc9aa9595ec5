package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/usage"
)

// receiptsPath begins the paths to which receipts are sent.
const receiptsPath = "/api/v1/receipts/"

// receiptWanted is a receipt that somebody sends.
type receiptWanted struct {
	Body json.RawMessage
}

// reproduce makes the file of a receipt again, and tells whether it is the same.
func (h *Reports) reproduce(w http.ResponseWriter, r *http.Request, in *receiptWanted) {
	receipt, err := usage.ParseReceipt(in.Body)
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	h.inTurn(w, r, func(ctx context.Context, s *stream) error {
		a := actorOf(ctx)
		verdict, err := h.Reproduce(ctx, receipt, a.Reach, io.Discard)
		if err == nil {
			err = h.auditReceipt(ctx, a, "report.reproduce", receipt)
		}
		if err != nil {
			return err
		}
		s.contentType = "application/json"
		return json.NewEncoder(s).Encode(verdict)
	})
}

// reproduced answers with the file of a receipt, made again.
func (h *Reports) reproduced(w http.ResponseWriter, r *http.Request, in *receiptWanted) {
	receipt, err := usage.ParseReceipt(in.Body)
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	h.inTurn(w, r, func(ctx context.Context, s *stream) error {
		a := actorOf(ctx)
		s.contentType, s.file = "application/octet-stream", receipt.File.Name
		if err := h.auditReceipt(ctx, a, "report.download", receipt); err != nil {
			return err
		}
		verdict, err := h.Reproduce(ctx, receipt, a.Reach, s)
		if err == nil {
			s.receipt = verdict.Receipt
		}
		return err
	})
}

// auditReceipt notes what was done with a receipt.
func (h *Reports) auditReceipt(ctx context.Context, a control.Actor, action string, r *usage.Receipt) error {
	if h.Audit == nil {
		return nil
	}
	return h.Audit(ctx, a, control.Entry{
		Action: action, Tenant: a.Tenant, ObjectKind: "report", ObjectID: r.Report.Name,
		After: map[string]string{"file": r.File.Name, "position": r.Position, "tables_sha256": r.TablesSHA256},
	})
}
