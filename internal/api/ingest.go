package api

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// IngestKey is what the key of a request allows.
type IngestKey struct {
	Name       string // names the key to people and to rate limits; no secret
	Tenant     string // the one tenant whose events may come; "" all
	Attributes bool   // it has the scope attributes; matters only with a tenant
}

// Ingest answers POST /api/v1/events. It must not be changed or copied after its first request; requests may come at the same time. A request is
// as slow as its client: the server's read timeouts bound that.
type Ingest struct {
	// Key returns what the key of a request allows. An error is the answer. It is called before anything is read.
	Key func(*http.Request) (IngestKey, error)
	// Enqueue is that of the journal.
	Enqueue func([]tallystick.Event) *journal.Ticket
	// Keep is that of the quarantine.
	Keep func(ctx context.Context, tenant string, entries []quarantine.Entry) (kept []bool, err error)
	// Count makes counts of duplicates and rejected events durable; [Counter.Add] does it for many requests at once. An error is the answer.
	Count func(context.Context, []tallystick.IngestCount) error
	// Now is the clock of receipt.
	Now func() time.Time

	Declared func(typ string) *tallystick.DeclaredType // of [ingest.Decoder]; may be nil
	Unknown  *ingest.Unknown                           // of [ingest.Decoder]; may be nil
	Logger   *slog.Logger                              // nil: nothing is logged

	// Observe is told what became of the events of each request that was answered; may be nil.
	Observe func(accepted, duplicate, rejected int)

	// FreeBytes returns how much of the journal's disk is free. It is asked once a second at most; nil: nobody asks.
	FreeBytes func() (uint64, error)
	FreeFloor uint64 // bytes; with less free, nothing is taken; 1 GiB where 0
	InFlight  int64  // bytes that all requests together may hold before others are refused, those of one key half of it; 128 MiB where 0

	once    sync.Once
	decoder *ingest.Decoder
	held    inFlight
	free    freeDisk
	answers buffers
}

func (h *Ingest) prepare() {
	h.decoder = &ingest.Decoder{Now: h.Now, Declared: h.Declared, Unknown: h.Unknown}
	if h.FreeFloor == 0 {
		h.FreeFloor = defaultFreeFloor
	}
	if h.InFlight == 0 {
		h.InFlight = defaultInFlight
	}
	h.held.limit = h.InFlight
}

// ServeHTTP takes the events of a request.
func (h *Ingest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.once.Do(h.prepare)
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		WriteProblem(w, h.Logger, WithStatus(http.StatusMethodNotAllowed, tallystick.Errorf(tallystick.Invalid, "events are taken by POST, not %q", r.Method)))
		return
	}
	key, err := h.Key(r)
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	b, err := bodyOf(r)
	if err == nil {
		err = h.room(r)
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	share, err := h.held.admit(key.Name, r.ContentLength)
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	defer share.release()
	h.receive(w, r, &b, key, share)
}

// room refuses what can't be taken, before anything is read.
func (h *Ingest) room(r *http.Request) error {
	if r.ContentLength > ingest.MaxBody {
		return bodyTooLong()
	}
	if h.FreeBytes == nil {
		return nil
	}
	return h.free.check(h.FreeBytes, h.Now(), h.FreeFloor, h.Logger)
}

// receive reads a body, and answers.
func (h *Ingest) receive(w http.ResponseWriter, r *http.Request, b *body, key IngestKey, share *share) {
	decoder := h.decoder.For(key.Tenant)
	decoder.NoAttributes = key.Tenant != "" && !key.Attributes
	t := &receipt{h: h, key: key, share: share, at: tallystick.InstantOf(h.Now())}
	broken, err := t.read(r.Context(), http.MaxBytesReader(w, r.Body, ingest.MaxBody), b, decoder, r.Header)
	if err == nil {
		err = t.finish(r.Context())
	}
	if err != nil {
		WriteProblem(w, h.Logger, err)
		return
	}
	if h.Observe != nil {
		h.Observe(t.accepted, t.duplicate, t.rejected)
	}
	buffer := h.answers.get()
	defer h.answers.put(buffer)
	if broken == nil {
		*buffer = t.append(append(*buffer, '{'))
		write(w, http.StatusOK, "application/json", *buffer)
		return
	}
	p := logged(h.Logger, broken)
	*buffer = t.append(appendOpen(*buffer, &p))
	writeProblem(w, p.Status, *buffer)
}
