package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/usage"
)

// Names of the headers of an answer about usage.
const (
	// PositionHeader names the position that an answer was made at. It is missing where there are no events yet.
	PositionHeader = "Tallystick-Position"
	// NotesHeader holds what a reader must know and a file can't say, as a JSON array of texts. They are complete once the rows were read, so it is a trailer.
	NotesHeader = "Tallystick-Notes"
	// ReceiptHeader holds the receipt of a file, by which it can be made again, as JSON. It is a trailer too.
	ReceiptHeader = "Tallystick-Receipt"
)

// stream is an answer that is written while it is made. Its status goes out with its first large piece: what fails before is answered by a problem, what fails after
// breaks the connection, so that nobody takes a part for the whole.
type stream struct {
	contentType string
	file        string // name of the file that it is; empty: it is none
	position    tallystick.Position
	notes       func() []string // nil: the answer holds them itself
	receipt     *usage.Receipt  // of a file, once it was written; nil: it has none

	ctx    context.Context // ends when the answer has taken too long, or the client is gone
	w      http.ResponseWriter
	logger *slog.Logger
	buffer *bufio.Writer
	begun  bool
	stop   func() bool // ends the watch over ctx; false: it has struck
}

func newStream(ctx context.Context, w http.ResponseWriter, logger *slog.Logger) *stream {
	s := &stream{ctx: ctx, w: w, logger: logger, stop: func() bool { return true }}
	s.buffer = bufio.NewWriterSize(writer(s.send), 64<<10)
	return s
}

// writer is a function as an io.Writer.
type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

func (s *stream) Write(b []byte) (int, error) { return s.buffer.Write(b) }

var _ io.Writer = (*stream)(nil)

// begin sends the headers. From then on a client that reads too slowly is given up when the time is over.
func (s *stream) begin() {
	s.begun = true
	h := s.w.Header()
	h.Set("Content-Type", s.contentType)
	h.Set("Cache-Control", "private, no-store") // other events may have come a moment later
	if s.file != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": s.file}))
	}
	if !s.position.IsZero() {
		h.Set(PositionHeader, s.position.String())
	}
	if s.notes != nil {
		h.Set("Trailer", NotesHeader+", "+ReceiptHeader)
	}
	s.w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(s.w)
	s.stop = context.AfterFunc(s.ctx, func() { control.SetWriteDeadline(time.Unix(1, 0)) })
}

// errGone marks a write that failed: nobody reads the answer, and that is no fault of the server.
var errGone = errors.New("the client has gone away")

func (s *stream) send(b []byte) (int, error) {
	if !s.begun {
		s.begin()
	}
	n, err := s.w.Write(b)
	if err != nil {
		err = fmt.Errorf("%w: %w", errGone, err)
	}
	return n, err
}

// errTooLong is the cause of a context whose time is over.
var errTooLong = errors.New("the time for a report is over")

// finish ends the answer, with what went wrong where something did. It panics with [http.ErrAbortHandler] to break the connection.
func (s *stream) finish(err error) {
	if err == nil {
		if err = s.buffer.Flush(); err == nil && !s.begun {
			s.begin() // an empty file
		}
	}
	watched := s.stop()
	switch {
	case err == nil && watched:
		if s.notes != nil {
			s.w.Header().Set(NotesHeader, inHeader(notesJSON(s.notes())))
		}
		if s.receipt != nil {
			s.w.Header().Set(ReceiptHeader, inHeader(jsonText(s.receipt)))
		}
	case s.begun:
		if err != nil && s.ctx.Err() == nil && !errors.Is(err, errGone) && s.logger != nil {
			s.logger.Error("a report broke off", "error", err)
		}
		panic(http.ErrAbortHandler)
	case errors.Is(context.Cause(s.ctx), errTooLong):
		WriteProblem(s.w, s.logger, WithStatus(http.StatusGatewayTimeout,
			tallystick.Errorf(tallystick.Unavailable, "the report took too long").WithHint("ask for a shorter period, or for fewer tenants")))
	case s.ctx.Err() != nil: // the client is gone
		panic(http.ErrAbortHandler)
	default:
		WriteProblem(s.w, s.logger, err)
	}
}

// inHeader writes JSON for a header, which holds ASCII only.
func inHeader(text []byte) string {
	var b strings.Builder
	for _, r := range string(text) {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
	}
	return b.String()
}

func notesJSON(notes []string) []byte {
	if notes == nil {
		notes = []string{}
	}
	return jsonText(notes)
}

func jsonText(value any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // what is answered can be written
	}
	return bytes.TrimSpace(b.Bytes())
}
