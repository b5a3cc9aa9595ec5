package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"iter"
	"slices"
	"sync"

	"github.com/tallystick/tallystick"
)

// Item is the answer to one event of a stream.
type Item struct {
	Event tallystick.Event  // where Err is nil
	Err   *tallystick.Error // why the event was rejected
	Line  int64             // of the input; in an array or a row of values the number of the element; from 1

	// Length is how many bytes came, without white space around them.
	Length int64

	// Of a rejected event: those bytes, but no more than [MaxRaw] of them, see [Decoder.KeepRaw] for all of every event; and the SHA-256 of all of them.
	Raw    []byte
	Digest [sha256.Size]byte

	// Of a rejected event: the rule that it broke, one of [Rules]; and its envelope's tenant and source as far as they could be read, whatever it was rejected
	// for, "" where they could not.
	Rule           string
	Tenant, Source string
}

// MaxRaw is how much of a rejected event is kept.
const MaxRaw = 64 << 10

// Options say how a stream is read. The zero Options read on the caller's goroutine, without limits.
type Options struct {
	// Workers is how many goroutines decode; one more reads. 0: all is done by the caller's.
	Workers int
	// MaxBytes limits the input as it comes, MaxDecompressed the input after it was decompressed, MaxEvents its events. 0: no limit. What goes over one
	// ends the stream with a [tallystick.TooLarge] error. With MaxDecompressed, zstd windows are limited to 8 MiB, as for HTTP.
	MaxBytes        int64
	MaxDecompressed int64
	MaxEvents       int64
	// Hold is asked before memory is taken that grows with the input: to decompress it, and for what is read of it and not yet given out. It is never given back
	// before the end. An error ends the stream, after what was read before. With Hold, frames of zstd behind the first have no larger window than that one, or
	// 512 KiB. nil: nobody is asked. With Workers it is called on the goroutine that reads.
	Hold func(bytes int64) error
	// Declared says that the format was declared by who sends the input, and not guessed: one event where an array is due, or an array where one event is, ends the
	// stream with [ErrOne] or [ErrArray] before anything is read. Otherwise what is no event is rejected as one.
	Declared bool
}

// Inputs that are not of the format that was declared.
var (
	ErrOne   = errors.New("one event where an array is due")
	ErrArray = errors.New("an array where one event is due")
)

func (o *Options) hold(bytes int64) error {
	if o.Hold == nil {
		return nil
	}
	return o.Hold(bytes)
}

// What a body of HTTP may have; see [Options]. Files may have more.
const (
	MaxBody             = 16 << 20  // bytes as they come
	MaxBodyDecompressed = 128 << 20 // bytes
	MaxBatch            = 10_000    // events
)

// Stream reads events from r and yields them in batches, in the order of the input. Each item is an event or says why it was rejected; a batch has one
// item or more, is new memory and may be kept, and the events in it share the memory of their text. An error comes last and alone: r's own, ctx's, or a
// *[tallystick.Error] about a container that can't be read further; everything before it has been yielded.
//
// Gzip (also of several members) and zstd are recognised by their first bytes, under every format. A byte order mark at the beginning, blank lines and
// carriage returns at the end of lines are skipped. A line or element over [tallystick.MaxEvent] is rejected and read past in constant memory. In an
// array that breaks between two elements nothing after the break can be trusted, so it ends the stream; a broken line spoils only itself.
//
// Nothing runs between two uses of the sequence: when the loop over it ends, so have its goroutines. A Read of r that blocks is waited for.
func Stream(ctx context.Context, r io.Reader, format Format, d *Decoder, o Options) iter.Seq2[[]Item, error] {
	return func(yield func([]Item, error) bool) {
		in, err := open(ctx, r, o)
		if err != nil {
			if err != io.EOF {
				yield(nil, err)
			}
			return
		}
		defer in.close()
		s := &splitter{in: in, format: format, maxEvents: o.MaxEvents, hold: o.hold, declared: o.Declared}
		if o.Workers <= 0 {
			d.streamHere(s, yield)
		} else {
			d.streamParallel(ctx, s, o.Workers, yield)
		}
	}
}

// ReadAll reads an input whole, decompressed, within the limits of [Options], for bodies that are no stream of events.
func ReadAll(ctx context.Context, r io.Reader, o Options) ([]byte, error) {
	in, err := open(ctx, r, o)
	if err == io.EOF {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer in.close()
	var b []byte
	for {
		b = slices.Grow(b, 4<<10)
		n, err := in.Read(b[len(b):min(cap(b), len(b)+64<<10)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, in.problem(err)
		}
		if err := o.hold(int64(n)); err != nil {
			return nil, err
		}
	}
}

// streamHere does all the work on the caller's goroutine.
func (d *Decoder) streamHere(s *splitter, yield func([]Item, error) bool) {
	b := d.block()
	defer d.pools().blocks.Put(b)
	for {
		if err := s.next(b); err != nil {
			if err != io.EOF {
				yield(nil, err)
			}
			return
		}
		if !yield(d.decode(b), nil) {
			return
		}
	}
}

// job is a block on its way through a worker. One of items and err comes.
type job struct {
	block *block
	items chan []Item // of room for one, so that a worker never waits
	err   error
}

// streamParallel splits on one goroutine and decodes on others. Every job is put into order, where it is taken up in the order of the input, and then into
// work, where a worker takes it. The room in order bounds the memory.
func (d *Decoder) streamParallel(ctx context.Context, s *splitter, workers int, yield func([]Item, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()

	order, work := make(chan *job, workers+1), make(chan *job)
	running.Go(func() {
		defer close(order)
		defer close(work)
		for {
			j := &job{block: d.block(), items: make(chan []Item, 1)}
			j.err = s.next(j.block)
			select {
			case order <- j:
			case <-ctx.Done():
				return
			}
			if j.err != nil {
				return
			}
			select {
			case work <- j:
			case <-ctx.Done():
				return
			}
		}
	})
	for range workers {
		running.Go(func() {
			for j := range work {
				j.items <- d.decode(j.block)
				d.pools().blocks.Put(j.block)
			}
		})
	}

	for {
		var j *job
		select {
		case j = <-order:
		case <-ctx.Done():
		}
		if j != nil && j.err == nil {
			select {
			case items := <-j.items:
				if !yield(items, nil) {
					return
				}
				continue
			case <-ctx.Done():
			}
		}
		switch {
		case ctx.Err() != nil:
			yield(nil, context.Cause(ctx))
		case j != nil && j.err != io.EOF:
			yield(nil, j.err)
		}
		return
	}
}

// block returns an empty block.
func (d *Decoder) block() *block {
	if b, ok := d.pools().blocks.Get().(*block); ok {
		return b
	}
	return &block{}
}

// decode reads the events of a block.
func (d *Decoder) decode(b *block) []Item {
	run := d.begin()
	defer d.end(run)
	items := make([]Item, len(b.spans))
	from := b.spans[0].from
	text := string(b.bytes[from:b.spans[len(b.spans)-1].to])
	if run.values == nil {
		run.values = make([]tallystick.Value, 0, valuesAtOnce)
	}
	for i, span := range b.spans {
		item := &items[i]
		item.Line = span.line
		raw := b.bytes[span.from:span.to]
		if span.long != nil {
			item.Err = tooLong(span.long.length)
			item.Length, item.Digest = span.long.length, span.long.digest
		} else {
			item.Length = int64(len(raw))
			if item.Event, item.Err = run.event(text[span.from-from:span.to-from], raw); item.Err != nil {
				item.Digest = sha256.Sum256(raw)
			}
		}
		if item.Err != nil {
			if span.long == nil {
				item.Tenant, item.Source = run.origin()
			}
			item.Event, item.Rule = tallystick.Event{}, RuleOf(item.Err)
			item.Raw = append([]byte(nil), raw[:min(len(raw), MaxRaw)]...)
		}
		if d.KeepRaw && span.long == nil {
			item.Raw = append(item.Raw[:0], raw...)
		}
	}
	return items
}
