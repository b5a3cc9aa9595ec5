package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
)

// send hands the files to a server. What is printed as accepted is on its disk. The server decides about every event; here they are decoded only to find where each
// begins, and to say what the vocabulary does not know.
func (c *importCommand) send(ctx context.Context, run *importing, server *remote) error {
	progress := run.showProgress()
	s := &sending{importing: run, server: server}
	err := s.all(ctx)
	progress.stop()
	run.printSummary("with `tallystick quarantine list --server " + server.address + "` and a key of the scope quarantine")
	switch {
	case err != nil:
		return err
	case c.Strict && run.counts.rejected.Load() > 0:
		return errRejected
	}
	return nil
}

// sending is an import into a server at work. Requests follow one another in the order of the files, because the first of two events of one id is the one that counts.
type sending struct {
	*importing
	server *remote

	body   bytes.Buffer
	events []sent // in the body
}

// sent is an event of a body.
type sent struct {
	file        string
	line        int64
	timeMissing bool
}

// all sends every file.
func (s *sending) all(ctx context.Context) error {
	for i, name := range s.command.Files {
		err := s.file(ctx, name)
		if err == nil {
			err = s.flush(ctx)
		}
		if err != nil {
			if rest := s.command.Files[i+1:]; len(rest) > 0 {
				fmt.Fprintf(s.program.stderr, "not read: %s\n", strings.Join(rest, ", "))
			}
			return err
		}
	}
	return nil
}

func (s *sending) file(ctx context.Context, name string) error {
	in, name, err := s.open(ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	decoder := &ingest.Decoder{Now: s.program.now, Unknown: &s.unknown, KeepRaw: true}
	for items, err := range ingest.Stream(ctx, &countingReader{in, &s.counts.read}, s.format, decoder, ingest.Options{Workers: runtime.GOMAXPROCS(0)}) {
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return errors.Join(s.flush(ctx), broken(fmt.Errorf("%s: %w", name, err)))
		}
		for i := range items {
			if err := s.add(ctx, name, &items[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// add puts an event into the body, and sends the body before where there is no room.
func (s *sending) add(ctx context.Context, file string, item *ingest.Item) error {
	raw := bytes.TrimSpace(item.Raw)
	if item.Length > int64(len(item.Raw)) || len(raw) == 0 {
		s.printRejected(fmt.Sprintf("%s:%d", file, item.Line), item.Err, " (not sent)")
		s.counts.rejected.Add(1)
		return nil
	}
	if len(s.events) == ingest.MaxBatch || s.body.Len()+len(raw)+1 > ingest.MaxBody {
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
	for i, c := range raw {
		if c == '\n' {
			raw[i] = '\r' // a line is an event; the two are both white space, and inside of a text both a mistake, which stays one
		}
	}
	s.body.Write(raw)
	s.body.WriteByte('\n')
	s.events = append(s.events, sent{file, item.Line, item.Err == nil && item.Event.TimeMissing})
	return nil
}

// ingested is the answer of a server to a body.
type ingested struct {
	Results []struct {
		Status      string
		Reason      string
		Path        string
		Kept        bool
		Conflicting bool
	}
}

// flush sends the body, as often as it takes: what was accepted counts once.
func (s *sending) flush(ctx context.Context) error {
	if len(s.events) == 0 {
		return nil
	}
	var told ingested
	if err := s.post(ctx, &told); err != nil {
		if ctx.Err() != nil || hint(err) != "" {
			return err
		}
		return tallystick.Errorf(tallystick.CodeOf(err), "%w", err).WithHint("run the import again: what was accepted counts once")
	}
	if len(told.Results) != len(s.events) {
		return tallystick.Errorf(tallystick.Internal, "%s answered for %d events of %d", s.server.address, len(told.Results), len(s.events))
	}
	for i, result := range told.Results {
		e := &s.events[i]
		if e.timeMissing && result.Status != "rejected" {
			s.counts.timeMissing.Add(1)
		}
		switch result.Status {
		case "accepted":
			s.counts.accepted.Add(1)
		case "duplicate":
			s.counts.duplicate.Add(1)
			if result.Conflicting {
				s.counts.conflicting.Add(1)
			}
		default:
			if !result.Kept {
				s.counts.notKept.Add(1)
			}
			why := &tallystick.Error{Code: tallystick.Invalid, Message: result.Reason, Path: result.Path}
			s.printRejected(fmt.Sprintf("%s:%d", e.file, e.line), why, "")
			s.counts.rejected.Add(1)
		}
	}
	s.body.Reset()
	s.events = s.events[:0]
	return nil
}

// post sends the body until there is a whole answer. An answer that breaks off is asked for again: the events are then duplicates, and counted so.
func (s *sending) post(ctx context.Context, told *ingested) error {
	const tries = 3
	for try := 1; ; try++ {
		answer, err := s.server.do(ctx, func() (*http.Request, error) {
			q, err := http.NewRequest(http.MethodPost, s.server.address+"/api/v1/events", bytes.NewReader(s.body.Bytes()))
			if err == nil {
				q.Header.Set("Content-Type", "application/x-ndjson")
			}
			return q, err
		})
		if err != nil {
			return err
		}
		err = json.NewDecoder(answer.Body).Decode(told)
		answer.Body.Close()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case try == tries:
			return s.server.brokenOff(err)
		}
	}
}
