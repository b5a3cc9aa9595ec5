package keyindex

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// fanIn is how many runs of about one size are merged into one. A size is fanIn times the one below: so a key is written anew about once a size, and there are at
// most fanIn-1 runs of each size between two larger ones.
const fanIn = 4

// maxMerged is how many keys a run is merged to. More would save look-ups a little time, and cost the memory of a larger filter, whose
// upper part is all in memory while it is made.
const maxMerged = 64 << 20

// merge is the goroutine that merges runs.
func (x *Index) merge() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for {
		for x.failed == nil && !x.closing && len(x.pick()) == 0 {
			x.changed.Wait()
		}
		if x.failed != nil || x.closing {
			return
		}
		old := x.pick()
		x.mu.Unlock()
		merged, err := x.mergeRuns(old)
		x.mu.Lock()
		switch {
		case errors.Is(err, context.Canceled):
			return
		case err != nil:
			x.fail(fmt.Errorf("merge key index: %w", err))
			return
		}
		// Only this goroutine replaces runs, and new ones come at the end.
		at := slices.Index(x.runs, old[0])
		x.runs = slices.Concat(x.runs[:at], []*run{merged}, x.runs[at+len(old):])
		x.mu.Unlock() // nobody sees the old runs any more
		for _, r := range old {
			err = errors.Join(err, r.discard(x.options.FS))
		}
		x.mu.Lock()
		if err != nil {
			x.fail(fmt.Errorf("remove merged key index: %w", err))
			return
		}
	}
}

// pick returns neighbouring runs that are to be merged: as many as go together, or fanIn and more of the smallest size of which there are so many, with the
// smaller ones beside and between them. x.mu is held.
func (x *Index) pick() []*run {
	if full := x.pickFull(); len(full) > 0 {
		return full
	}
	least, size := uint64(0), uint64(x.options.TableKeys)*2
	for ; least < maxMerged; least, size = size, size*fanIn {
		begin, sum, enough := 0, uint64(0), 0
		for i, r := range x.runs {
			if r.count >= size {
				begin, sum, enough = i+1, 0, 0
				continue
			}
			if sum+r.count > maxMerged {
				begin, sum, enough = i, 0, 0
			}
			sum += r.count
			if r.count >= least {
				enough++
			}
			if enough >= fanIn && (i+1 == len(x.runs) || x.runs[i+1].count >= size || i+1-begin >= 2*fanIn) {
				return x.runs[begin : i+1]
			}
		}
	}
	return nil
}

// pickFull returns neighbouring runs that the next one is too many for. Merged by their sizes they could become two halves, and one of each would be left
// for ever. More than 4*fanIn, as a merger has that is far behind, are merged by their sizes first, since each takes [readAhead] blocks of memory meanwhile;
// and a large one is not written anew for a few keys more.
func (x *Index) pickFull() []*run {
	begin, sum, largest := 0, uint64(0), uint64(0)
	for i, r := range x.runs {
		if sum+r.count > maxMerged {
			if i-begin <= 4*fanIn && sum-largest >= maxMerged/16 {
				return x.runs[begin:i]
			}
			begin, sum, largest = i, 0, 0
		}
		sum += r.count
		largest = max(largest, r.count)
	}
	return nil
}

// mergeRuns writes one run in place of neighbouring ones. A merge that Close interrupts is given up.
func (x *Index) mergeRuns(old []*run) (*run, error) {
	var count uint64
	for _, r := range old {
		count += r.count
	}
	newest := old[len(old)-1]
	w, err := createRun(x.options.FS, runPath(x.options.Dir, old[0].first, newest.last), count, x.lowInMemory())
	if err != nil {
		return nil, err
	}
	if err := x.mergeInto(w, old); err != nil {
		w.abandon()
		return nil, err
	}
	r, err := w.finish(old[0].first, newest.last, newest.digest)
	if err != nil {
		w.abandon()
	}
	return r, err
}

func (x *Index) mergeInto(w *runWriter, old []*run) error {
	var cursors []*cursor
	for _, r := range old {
		c := &cursor{run: r}
		ok, err := c.advance()
		if err != nil {
			return x.spoiled(r, err)
		}
		if ok {
			cursors = append(cursors, c)
		}
	}
	for n := 0; len(cursors) > 0; n++ {
		if n%(64<<10) == 0 && x.isClosing() {
			return context.Canceled
		}
		least := 0
		for i := 1; i < len(cursors); i++ {
			if cursors[i].entry.key.less(cursors[least].entry.key) {
				least = i
			}
		}
		c := cursors[least]
		if err := w.add(c.entry); err != nil {
			return err
		}
		ok, err := c.advance()
		if err != nil {
			return x.spoiled(c.run, err)
		}
		if !ok {
			cursors = slices.Delete(cursors, least, least+1)
		}
	}
	return nil
}

// readAhead is how many blocks a merge reads at once.
const readAhead = 64

// cursor walks the entries of a run.
type cursor struct {
	run    *run
	entry  entry // the current one
	next   uint64
	walker walker
	blocks []byte
}

// advance goes to the next entry, and to the first at the first call.
func (c *cursor) advance() (bool, error) {
	s := &c.run.shape
	if c.next == s.count {
		return false, nil
	}
	block := int64(c.next / s.keys)
	if c.next%s.keys == 0 && block%readAhead == 0 {
		n := min(readAhead, s.blocks()-block)
		if c.blocks == nil {
			c.blocks = make([]byte, n*blockSize)
		}
		c.blocks = c.blocks[:n*blockSize]
		if err := c.run.readBlocks(c.blocks, block); err != nil {
			return false, err
		}
	}
	c.entry = s.at(c.blocks[block%readAhead*blockSize:], c.next%s.keys)
	dropped := uint(64 - 8*s.drop)
	c.entry.key.High |= c.walker.next(c.run.filter) >> dropped << dropped
	c.next++
	return true, nil
}

func (x *Index) isClosing() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.closing
}
