package journal

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/journal/keyindex"
)

// openIndex opens the key index, and fails when it knows more than the journal.
func (j *Journal) openIndex(ctx context.Context) (*keyindex.Index, error) {
	o := &j.options
	x, err := keyindex.Open(ctx, keyindex.Options{Dir: o.Keys, FS: o.FS, TableKeys: o.TableKeys, Logger: o.Logger})
	if err != nil {
		return nil, err
	}
	if covered, _ := x.Covered(); covered > j.next-1 {
		err := tallystick.Errorf(tallystick.Internal, "the journal %s ends at record %d, but its key index has seen record %d: acknowledged events are lost",
			j.dir, j.next-1, covered).WithHint("restore the journal's files from a copy; to go on without the lost events delete %s", o.Keys)
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// catchUp adds the keys of the records that the key index misses. All records are durable by now.
func (j *Journal) catchUp(ctx context.Context) error {
	x, head := j.index, j.next-1
	covered, digest := x.Covered()
	if covered > 0 {
		at, err := j.chainAfter(ctx, covered)
		if err != nil {
			return err
		}
		if at != digest {
			j.options.Logger.Warn("the key index belongs to another journal and is made anew", "directory", j.options.Keys)
			if err := x.Forget(); err != nil {
				return err
			}
			covered = 0
		}
	}
	x.Durable(head)
	if covered == head {
		return nil
	}
	const many = 1_000_000
	if covered == 0 || head-covered > many {
		j.options.Logger.Warn("the key index is missing or old and is made from the journal; no event is accepted until then",
			"directory", j.options.Keys, "covered", covered, "head", head)
	}
	if err := j.addKeys(ctx, x, covered+1); err != nil {
		return fmt.Errorf("read keys from journal: %w", err)
	}
	return nil
}

// chainAfter returns the chain after a record, the zero chain where no frame ends with it.
func (j *Journal) chainAfter(ctx context.Context, sequence uint64) (c chain, err error) {
	v := j.view()
	found := errors.New("found")
	err = v.frames(ctx, sequence, func(_ string, _ int64, f *frame, _ []byte) error {
		if f.last() == sequence {
			c = f.chain
		}
		return found
	})
	if err == found {
		err = nil
	}
	return c, err
}

// reportEvery is how many records are between two calls of Options.Rebuilding.
const reportEvery = 100_000

// addKeys adds the keys of the records from a sequence on, with which a frame begins. Frames are taken apart side by side and added in their order.
func (j *Journal) addKeys(ctx context.Context, x *keyindex.Index, from uint64) error {
	side := runtime.GOMAXPROCS(0)
	z, err := newDecoder(side)
	if err != nil {
		return err
	}
	defer z.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v := j.view()
	parts := make(chan *part, side)
	var addErr error
	var adding sync.WaitGroup
	adding.Go(func() {
		for p := range parts {
			<-p.done
			if addErr != nil {
				continue
			}
			if addErr = p.addTo(x); addErr != nil {
				cancel()
			}
			if last := p.frame.last(); last/reportEvery != (p.frame.first-1)/reportEvery {
				j.options.Rebuilding(last-from+1, v.next-from)
			}
		}
	})
	err = v.frames(ctx, from, func(path string, offset int64, f *frame, stored []byte) error {
		p := &part{path: path, offset: offset, frame: *f, stored: slices.Clone(stored), done: make(chan struct{})}
		go p.work(z)
		parts <- p
		return nil
	})
	close(parts)
	adding.Wait()
	if addErr != nil {
		return addErr
	}
	return err
}

// part is a frame whose keys are being worked out.
type part struct {
	path    string
	offset  int64
	frame   frame
	stored  []byte
	keys    []keys
	problem string
	done    chan struct{} // closed when keys or problem are there
}

func (p *part) work(z *zstd.Decoder) {
	defer close(p.done)
	payload, problem := p.frame.decompress(z, p.stored)
	p.stored = nil
	if p.problem = problem; problem != "" {
		return
	}
	var k keyer
	p.keys = make([]keys, 0, p.frame.count)
	for range p.frame.count {
		var event string
		if event, payload, p.problem = splitRecord(payload); p.problem != "" {
			return
		}
		e, err := tallystick.DecodeEvent(event)
		if err != nil {
			p.problem = err.Error()
			return
		}
		p.keys = append(p.keys, k.keys(&e))
	}
}

func (p *part) addTo(x *keyindex.Index) error {
	if p.problem != "" {
		return damaged(p.path, p.offset, p.problem)
	}
	for i := range p.keys {
		p.keys[i].addTo(x)
	}
	return x.Advance(p.frame.last(), p.frame.chain)
}
