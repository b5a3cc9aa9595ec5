package journal

import (
	"context"
	"errors"
	"fmt"

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
		if f.first+uint64(f.count)-1 == sequence {
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

// addKeys adds the keys of the records from a sequence on, with which a frame begins.
func (j *Journal) addKeys(ctx context.Context, x *keyindex.Index, from uint64) error {
	z, err := newDecoder()
	if err != nil {
		return err
	}
	defer z.Close()
	var records []tallystick.Record
	var k keyer
	v := j.view()
	return v.frames(ctx, from, func(path string, offset int64, f *frame, stored []byte) error {
		payload, problem := f.decompress(z, stored)
		if problem == "" {
			records, problem = f.appendRecords(records[:0], j.log, payload, from)
		}
		if problem != "" {
			return damaged(path, offset, problem)
		}
		for i := range records {
			keys := k.keys(&records[i].Event)
			keys.addTo(x)
		}
		last := f.first + uint64(f.count) - 1
		if last/reportEvery != (f.first-1)/reportEvery {
			j.options.Rebuilding(last-from+1, v.next-from)
		}
		return x.Advance(last, f.chain)
	})
}
