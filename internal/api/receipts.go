package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/usage"
)

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
		verdict, err := h.Reproduce(ctx, receipt, actorOf(ctx).Reach, io.Discard)
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
		if h.Audit != nil {
			err := h.Audit(ctx, a, control.Entry{
				Action: "report.download", Tenant: a.Tenant, ObjectKind: "report", ObjectID: receipt.Report.Name,
				After: map[string]string{"file": s.file, "position": receipt.Position, "tables_sha256": receipt.TablesSHA256},
			})
			if err != nil {
				return err
			}
		}
		verdict, err := h.Reproduce(ctx, receipt, a.Reach, s)
		if err == nil {
			s.receipt = verdict.Receipt
		}
		return err
	})
}
