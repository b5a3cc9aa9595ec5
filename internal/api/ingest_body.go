package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
)

// body says how the events of a request are written.
type body struct {
	binary bool // one event, its attributes in headers
	format ingest.Format
	coding *coding // nil: none is announced
}

// coding is a Content-Encoding.
type coding struct {
	names []string
	magic string // that its bytes begin with
}

var codings = []coding{
	{[]string{"gzip", "x-gzip"}, "\x1f\x8b"},
	{[]string{"zstd"}, "\x28\xb5\x2f\xfd"},
}

// bodyOf reads the headers of a request.
func bodyOf(r *http.Request) (body, error) {
	var b body
	contentType := r.Header.Get("Content-Type")
	format, known := ingest.FormatOf(contentType)
	structured := known && strings.HasPrefix(strings.ToLower(strings.TrimSpace(contentType)), "application/cloudevents")
	for _, name := range []string{"Ce-Specversion", "Ce-Id", "Ce-Source", "Ce-Type"} {
		b.binary = b.binary || !structured && len(r.Header[name]) > 0
	}
	if !known && !b.binary {
		names := make([]string, len(ingest.ContentTypes))
		for i, t := range ingest.ContentTypes {
			names[i] = t.Name
		}
		e := tallystick.Errorf(tallystick.Invalid, "the Content-Type %q says nothing about events", contentType)
		if contentType == "" {
			e = tallystick.Errorf(tallystick.Invalid, "the Content-Type is missing")
		}
		return b, WithStatus(http.StatusUnsupportedMediaType, e.WithHint("send one of %s, or an event's attributes in headers such as Ce-Id", strings.Join(names, ", ")))
	}
	b.format = format
	announced := strings.ToLower(strings.TrimSpace(strings.Join(r.Header.Values("Content-Encoding"), ",")))
	if announced == "" || announced == "identity" {
		return b, nil
	}
	for i := range codings {
		for _, name := range codings[i].names {
			if announced == name {
				b.coding = &codings[i]
				return b, nil
			}
		}
	}
	return b, WithStatus(http.StatusUnsupportedMediaType,
		tallystick.Errorf(tallystick.Invalid, "the Content-Encoding %q is not read here", announced).WithHint("send gzip, zstd, or no encoding"))
}

// open checks that a body is in the coding that was announced. One that announces none may be in any: package ingest sees it from the first bytes.
func (b *body) open(r io.Reader) (io.Reader, error) {
	if b.coding == nil {
		return r, nil
	}
	buffered := bufio.NewReaderSize(r, 4<<10)
	first, err := buffered.Peek(len(b.coding.magic))
	if err != nil && err != io.EOF {
		return nil, err
	}
	if len(first) > 0 && !bytes.HasPrefix(first, []byte(b.coding.magic)) {
		return nil, tallystick.Errorf(tallystick.Invalid, "the body is not in %s, as its Content-Encoding says", b.coding.names[0]).
			WithHint("send the header only with a body that is compressed so")
	}
	return buffered, nil
}

// brokenBody says for people why a body can't be read further.
func brokenBody(err error) error {
	tooLong := (*http.MaxBytesError)(nil)
	switch e := (*tallystick.Error)(nil); {
	case errors.As(err, &e):
		return err
	case errors.Is(err, ingest.ErrOne):
		return tallystick.Errorf(tallystick.Invalid, "the body is an event, and no array of events as its Content-Type says").
			WithHint("send it as application/cloudevents+json, or lines of events as application/x-ndjson")
	case errors.Is(err, ingest.ErrArray):
		return tallystick.Errorf(tallystick.Invalid, "the body is an array, and no event as its Content-Type says").
			WithHint("send it as application/cloudevents-batch+json")
	case errors.As(err, &tooLong):
		return bodyTooLong()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return WithStatus(http.StatusRequestTimeout, tallystick.Errorf(tallystick.Unavailable, "the body did not come in time").WithHint("send it in smaller parts"))
	case errors.Is(err, context.Canceled):
		return tallystick.Errorf(tallystick.Invalid, "the client has gone away")
	}
	return tallystick.Errorf(tallystick.Invalid, "the body can't be read to its end: %w", err).WithHint("send again what is not answered here")
}

// counted is a body that knows whether anything was in it.
type counted struct {
	r     io.Reader
	n     int64
	ended bool
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	c.ended = c.ended || err == io.EOF
	return n, err
}

func emptyBody() error {
	return tallystick.Errorf(tallystick.Invalid, "the body is empty").WithHint("send an event, or several")
}

func bodyTooLong() error {
	return tallystick.Errorf(tallystick.TooLarge, "the body has more than %d bytes", int64(ingest.MaxBody)).WithHint("send it in parts")
}
