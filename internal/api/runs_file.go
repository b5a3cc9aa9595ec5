package api

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// RunFiles has the files of runs.
type RunFiles interface {
	// Open returns the file of a run, which the caller closes. The error is of code NotFound where it is gone, and another one where it is not the one that was made.
	Open(control.Run) (io.ReadSeekCloser, error)
}

// linkedFile names the link of a delivery.
type linkedFile struct {
	Token string `path:"token" maxLength:"200"`
}

// runFile answers with a run's file, to who may see all that it is of, or to whom it was sent by a link.
func (s *Server) runFile(w http.ResponseWriter, r *http.Request, in *Named) {
	a := actorOf(r.Context())
	run, err := s.Control.RunFile(r.Context(), a, in.ID)
	noted := func() error { return s.Control.Downloaded(r.Context(), a, run) }
	if err != nil {
		run, err = s.delivered(r.Context(), getRunFile, in.ID, err, s.Control.OpenDelivered)
		noted = func() error { return nil } // the use of the link was noted when it was opened
	}
	if err == nil {
		err = s.sendFile(w, r, run, noted)
	}
	if err != nil {
		WriteProblem(w, s.Logger, err)
	}
}

// openLink answers with the file that a link of a delivery is for, to whoever has the link. Why one is not good is told to nobody. That somebody guesses is limited
// as all that nobody in particular asks: by the address.
func (s *Server) openLink(w http.ResponseWriter, r *http.Request, in *linkedFile) {
	run, err := s.Control.OpenLink(r.Context(), callOf(r.Context()).from(), in.Token)
	if err == nil {
		err = s.sendFile(w, r, run, func() error { return nil }) // the use of the link was noted when it was opened
	}
	if tallystick.CodeOf(err) == tallystick.NotFound {
		err = tallystick.Errorf(tallystick.NotFound, "this link is not good, or no longer").WithHint("ask whoever sent it for the report")
	}
	if err != nil {
		WriteProblem(w, s.Logger, err)
	}
}

// sendFile answers with the file of a run, or the range of it that is wanted. What noted returns an error for is not given away.
func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, run control.Run, noted func() error) error {
	if s.Files == nil {
		return tallystick.Errorf(tallystick.Unavailable, "this server has no files of reports")
	}
	f, err := s.Files.Open(run)
	if tallystick.CodeOf(err) == tallystick.NotFound {
		return tallystick.Errorf(tallystick.NotFound, "the file of %q is not there any more", run.Name).WithHint("make the report again, or from its receipt")
	}
	if err != nil {
		return fmt.Errorf("open the file of run %q: %w", run.ID, err)
	}
	defer f.Close()
	if err := noted(); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", run.File.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": run.File.Name}))
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+run.File.SHA256+`"`)
	u := unhurry(w, patience)
	defer u.stop()
	http.ServeContent(u, r, "", time.Time{}, f)
	return nil
}

// runReceipt answers with the receipt of a run's file, which stays when the file is gone.
func (s *Server) runReceipt(w http.ResponseWriter, r *http.Request, in *Named) {
	a := actorOf(r.Context())
	run, err := s.Control.Run(r.Context(), a, in.ID)
	if err == nil && run.Receipt == nil {
		err = notHere("receipt of run", in.ID)
	}
	if err == nil { // it tells totals
		err = s.Control.AppendAudit(r.Context(), a, control.Entry{Action: "receipt.download", Tenant: run.Tenant, ObjectKind: "run", ObjectID: run.ID,
			After: map[string]string{"name": run.Name, "position": run.Position}})
	}
	if err != nil {
		WriteProblem(w, s.Logger, err)
		return
	}
	write(w, http.StatusOK, "application/json", append(run.Receipt[:len(run.Receipt):len(run.Receipt)], '\n'))
}
