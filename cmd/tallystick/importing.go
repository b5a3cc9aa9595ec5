package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
	"github.com/tallystick/tallystick/internal/report"
)

// importing is an import at work.
//
// Files are split and decoded by goroutines of package ingest; this one hands the batches to the journal in the order of the files, without waiting; a
// third one waits for the answers and counts them. So decoding, the journal and the engine work at the same time.
type importing struct {
	command    *importCommand
	program    *program
	format     ingest.Format
	journal    *journal.Journal
	quarantine *quarantine.Store
	catalog    *report.Catalog // its types are taken
	unknown    ingest.Unknown
	ledger     ledger
	size       int64 // of all files in bytes; 0: not known
	start      time.Time

	counts struct {
		accepted, duplicate, conflicting, rejected, notKept, timeMissing atomic.Int64 // events; what is accepted is on disk

		read atomic.Int64 // bytes of the files
	}
	shown   int  // rejections printed
	refused bool // the journal takes no more
}

// inFlight is how many batches may wait for their answer. The journal bounds their bytes.
const inFlight = 8

// readAll reads every file and returns when everything that was handed to the journal is answered.
func (r *importing) readAll(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	tickets := make(chan handedOver, inFlight)
	var counting sync.WaitGroup
	var refused error // written by the counter
	counting.Go(func() {
		for t := range tickets {
			// Not ctx: an import that is stopped still says what was accepted.
			verdicts, err := t.ticket.Wait(context.WithoutCancel(ctx))
			if err != nil && refused == nil {
				refused = err
				cancel(err)
			}
			r.count(t.events, verdicts)
		}
	})
	var err error
	for i, name := range r.command.Files {
		if err = r.readFile(ctx, name, tickets); err != nil {
			if rest := r.command.Files[i+1:]; len(rest) > 0 {
				fmt.Fprintf(r.program.stderr, "not read: %s\n", strings.Join(rest, ", "))
			}
			break
		}
	}
	close(tickets)
	counting.Wait()
	if refused != nil {
		r.refused = true
		return refusedBy(refused)
	}
	return err
}

// refusedBy is the error of an import whose journal takes no more.
func refusedBy(err error) error {
	refusal := &tallystick.Error{Code: tallystick.Internal, Message: err.Error(), Err: err}
	if e := (*tallystick.Error)(nil); errors.As(err, &e) {
		refusal.Message = e.Message // without its advice, which is for a server
	}
	return refusal.WithHint("run the import again, after making room or mending the disk where that is the cause: what was accepted is kept, and counts once")
}

func (r *importing) readFile(ctx context.Context, name string, tickets chan<- handedOver) error {
	in, name, err := r.open(ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	decoder := &ingest.Decoder{Now: r.program.now, Declared: r.catalog.Type, Unknown: &r.unknown}
	options := ingest.Options{Workers: runtime.GOMAXPROCS(0)}
	for items, err := range ingest.Stream(ctx, &countingReader{in, &r.counts.read}, r.format, decoder, options) {
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return broken(fmt.Errorf("%s: %w", name, err))
		}
		events := make([]tallystick.Event, 0, len(items))
		var rejects []ingest.Item
		for i := range items {
			if items[i].Err == nil {
				events = append(events, items[i].Event)
				if items[i].Event.TimeMissing {
					r.counts.timeMissing.Add(1)
				}
				continue
			}
			rejects = append(rejects, items[i])
		}
		if len(events) > 0 {
			tickets <- handedOver{events, r.journal.Enqueue(events)}
		}
		if err := r.keep(ctx, name, rejects); err != nil {
			return err
		}
	}
	return nil
}

// open opens a file, or standard input, and returns what to call it.
func (r *importing) open(ctx context.Context, name string) (io.ReadCloser, string, error) {
	if name == "-" {
		return io.NopCloser(interruptible(ctx, r.program.stdin)), "standard input", nil
	}
	f, err := os.Open(name)
	return f, name, err
}

// handedOver is a batch that the journal has.
type handedOver struct {
	events []tallystick.Event
	ticket *journal.Ticket
}

// count counts the answers to a batch.
func (r *importing) count(events []tallystick.Event, verdicts []journal.Verdict) {
	var accepted, duplicate, conflicting int64
	for i, v := range verdicts {
		e := &events[i]
		switch v.Outcome {
		case journal.Accepted:
			accepted++
		case journal.Conflicting:
			conflicting++
			duplicate++
			r.ledger.count(tallystick.OutcomeConflicting, "", e.Tenant, e.Source, e.Received)
		default:
			duplicate++
			r.ledger.count(tallystick.OutcomeDuplicate, "", e.Tenant, e.Source, e.Received)
		}
	}
	r.counts.accepted.Add(accepted)
	r.counts.duplicate.Add(duplicate)
	r.counts.conflicting.Add(conflicting)
}

// countingReader counts the bytes read.
type countingReader struct {
	r io.Reader
	n *atomic.Int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("read events: %w", err)
	}
	return n, err
}

// interruptible returns a reader that fails when ctx is done, also while r blocks. The goroutine that reads r is then left behind, with a read that
// nothing can end: that is standard input, and the process is about to end.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	context.AfterFunc(ctx, func() { out.CloseWithError(context.Cause(ctx)) })
	go func() {
		_, err := io.CopyBuffer(struct{ io.Writer }{in}, r, make([]byte, 256<<10))
		in.CloseWithError(err)
	}()
	return out
}
