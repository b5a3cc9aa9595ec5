package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tallystick/tallystick/internal/control"
)

// repeated answers a request that makes something only once: when it comes again under the same Idempotency-Key, as it was answered before. A secret that the first
// answer has shown isn't kept, and so is missing from the others. An answer that is the server's fault is not kept: the request may be tried again.
func (s *Server) repeated(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	key := ctx.Header("Idempotency-Key")
	if repeatable, _ := op.Metadata["repeatable"].(bool); !repeatable || key == "" {
		next(ctx)
		return
	}
	r, w := humago.Unwrap(ctx)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		WriteProblem(w, s.Logger, brokenBody(err))
		return
	}
	a := callOf(r.Context()).actor
	claim, earlier, err := s.Control.Claim(r.Context(), string(a.Kind)+" "+a.ID, key, control.RequestDigest(r.Method, r.URL.RequestURI(), body))
	if err != nil {
		WriteProblem(w, s.Logger, err)
		return
	}
	if earlier != nil {
		w.Header().Set("Idempotency-Replayed", "true")
		write(w, earlier.Status, earlier.Header.Get("Content-Type"), earlier.Body)
		return
	}
	// What was begun is finished also when the client has gone: it will ask again.
	work := r.WithContext(context.WithoutCancel(r.Context()))
	work.Body = io.NopCloser(bytes.NewReader(body))
	kept := &keptAnswer{header: http.Header{}}
	done := false
	defer func() {
		if !done {
			claim.Release(work.Context())
		}
	}()
	next(humago.NewContext(op, work, kept))
	if kept.status < 500 && kept.status != http.StatusTooManyRequests {
		// Now it must not be done again, also where the answer can't be kept: then who repeats it is told that it is being worked on, until the claim expires.
		done = true
		once, _ := op.Metadata["once"].(string)
		err := claim.Finish(work.Context(), control.Answer{
			Status: kept.status, Header: http.Header{"Content-Type": {kept.header.Get("Content-Type")}}, Body: without(kept.body.Bytes(), once),
		})
		if err != nil {
			s.log(work.Context(), slog.LevelError, "an answer is not kept for when its request is repeated", "id", callOf(work.Context()).id, "error", err)
		}
	}
	for name, values := range kept.header {
		w.Header()[name] = values
	}
	write(w, kept.status, kept.header.Get("Content-Type"), kept.body.Bytes())
}

// without returns a JSON object without one of its members, and says so in it.
func without(body []byte, member string) []byte {
	var object map[string]json.RawMessage
	if member == "" || json.Unmarshal(body, &object) != nil {
		return body
	}
	if _, shown := object[member]; !shown {
		return body
	}
	delete(object, member)
	object["left_out"] = jsonText(member + " was shown with the first answer and is kept nowhere; where it was lost, make another")
	b, err := json.Marshal(object)
	if err != nil {
		return nil
	}
	return append(b, '\n')
}

// keptAnswer is an answer that is looked at before it is sent.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *keptAnswer) Header() http.Header { return k.header }

func (k *keptAnswer) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *keptAnswer) Write(b []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(b)
}
