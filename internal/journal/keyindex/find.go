package keyindex

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Found is what [Index.Find] answers for a key.
type Found struct {
	Value uint32
	Known bool
}

// asked is how many keys a filter is asked for at once. What is kept of them fits the fastest cache.
const asked = 256

// finding is what Find needs in memory.
type finding struct {
	order  []uint32
	keys   [asked]Key
	places [asked]places
	block  []byte
}

// Find looks keys up, except for those added since the last Advance; those are for [Index.Recent]. It fills found, which is as long as keys. After an error
// the index is of no use: what was damaged is removed, and opening it again tells what is left.
func (x *Index) Find(keys []Key, found []Found) error {
	clear(found)
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, t := range slices.Backward(x.frozen) {
		for i, k := range keys {
			if !found[i].Known {
				found[i].Value, found[i].Known = t.get(k)
			}
		}
	}
	if len(x.runs) == 0 {
		return nil
	}
	for some := range slices.Chunk(x.finding.byFirstBits(keys), asked) {
		for i, n := range some {
			x.finding.keys[i] = keys[n]
		}
		for _, r := range slices.Backward(x.runs) {
			if err := x.findIn(r, some, found); err != nil {
				return x.spoiled(r, err)
			}
		}
	}
	return nil
}

// findIn looks those of finding.keys up in a run that are not yet known; some are their indexes in found.
func (x *Index) findIn(r *run, some []uint32, found []Found) (err error) {
	keys := x.finding.keys[:len(some)]
	places := x.finding.places[:len(some)]
	r.filter.find(keys, places)
	for i, p := range places {
		if f := &found[some[i]]; p.from < p.to && !f.Known {
			if f.Value, f.Known, err = r.get(keys[i], p.from, p.to, x.finding.block); err != nil {
				return err
			}
		}
	}
	return nil
}

// byFirstBits returns the indexes of keys in the order of their first bits, in which they meet a filter from its begin to its end: neighbours share its pages, so that
// what the processor remembers of where a page lies serves several. Few keys have no neighbours, and stay as they are.
func (f *finding) byFirstBits(keys []Key) []uint32 {
	f.order = slices.Grow(f.order[:0], len(keys))[:len(keys)]
	if len(keys) <= asked {
		for i := range keys {
			f.order[i] = uint32(i)
		}
		return f.order
	}
	const shift = 64 - 12
	var ends [1 << (64 - shift)]uint32 // of the keys that begin with these bits, where the next one goes
	for _, k := range keys {
		ends[k.High>>shift]++
	}
	sum := uint32(0)
	for i, n := range ends {
		ends[i] = sum
		sum += n
	}
	for i, k := range keys {
		end := &ends[k.High>>shift]
		f.order[*end] = uint32(i)
		*end++
	}
	return f.order
}

// places are those in a run at which a key may be, from one to before another; mostly none.
type places struct{ from, to uint64 }

// find sets at to the places of up to asked keys. It takes each step for all keys before the next step: every one begins with memory that is far away in a
// large filter, and a processor waits for many at once when it has nothing to do but to load them.
func (f *filter) find(keys []Key, at []places) {
	var words [asked]uint64
	var lows [asked]byte
	at, w, l := at[:len(keys)], words[:len(keys)], lows[:len(keys)]
	for i, k := range keys {
		at[i].from = uint64(binary.LittleEndian.Uint32(f.starts[k.High>>(64-f.bits)/bucketsAStart*4:]))
	}
	for i := range at {
		w[i] = f.word(at[i].from / 64)
	}
	for i, k := range keys {
		bucket := k.High >> (64 - f.bits)
		position := f.begin(bucket, at[i].from, w[i])
		at[i] = places{position, position - bucket}
	}
	for i := range at { // of buckets without a key, too: to leave them out is a branch that nobody can guess
		if place := at[i].to; place < uint64(len(f.low)) {
			l[i] = f.low[place]
		}
	}
	for i, k := range keys {
		at[i] = f.match(at[i].from, at[i].to, f.lowOf(k), l[i])
	}
}

// begin returns the position in upper at which a bucket begins, from the one that starts has for it and the word there.
func (f *filter) begin(bucket, position, w uint64) uint64 {
	skip := int(bucket % bucketsAStart)
	if skip == 0 {
		return position
	}
	word := position / 64
	zeros := ^w & (^uint64(0) << (position % 64))
	for {
		n := bits.OnesCount64(zeros)
		if n >= skip {
			return word*64 + uint64(selectBit(zeros, skip)) + 1
		}
		skip -= n
		word++
		zeros = ^f.word(word)
	}
}

// match returns the places of a bucket at which low is the wanted one. The bucket begins at a position of upper and a place of low, where first is.
func (f *filter) match(position, place uint64, wanted, first byte) (p places) {
	for low := first; f.upper[position/8]&(1<<(position%8)) != 0; {
		switch {
		case low == wanted && p.to == 0:
			p = places{place, place + 1}
		case low == wanted:
			p.to = place + 1
		case low > wanted:
			return p
		}
		position, place = position+1, place+1
		if place < uint64(len(f.low)) {
			low = f.low[place]
		}
	}
	return p
}

// selectBit returns the position of the n-th set bit of w, counted from 1. It has no branch: nobody can guess which way it would go, and a wrong guess
// costs more than all of this.
func selectBit(w uint64, n int) int {
	const each, highest = 0x0101010101010101, 0x8080808080808080
	sums := w - w>>1&0x5555555555555555
	sums = sums&0x3333333333333333 + sums>>2&0x3333333333333333
	sums = (sums + sums>>4) & 0x0f0f0f0f0f0f0f0f * each // a byte has the set bits up to the end of that byte of w
	before := (uint64(n-1)*each | highest) - sums       // its highest bit is set where these are fewer than n
	at := bits.OnesCount64(before&highest) * 8
	n -= int(sums << 8 >> at & 0xff)
	return at + int(bitOfByte[n-1][w>>at&0xff])
}

// bitOfByte has the position of the n-th set bit of a byte at [n-1].
var bitOfByte = func() (at [8][256]uint8) {
	for b := range 256 {
		n := 0
		for i := range uint8(8) {
			if b>>i&1 != 0 {
				at[n][b] = i
				n++
			}
		}
	}
	return at
}()
