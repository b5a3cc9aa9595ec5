package keyindex

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"

	"github.com/tallystick/tallystick/internal/disk"
)

// filter holds the first bits of sorted keys. Keys are counted into 2^bits buckets by their first bits; the next eight bits of each key are kept in low.
// upper has a one for each key and a zero at the end of each bucket, in order; starts has the bit position in upper at which every bucketsAStart-th bucket
// begins. The ones before a bucket's begin are the keys before it, so that a key's place among all follows from the bits.
//
// upper and starts are words of 64 and 32 bits as they lie in the file, little-endian: a filter is read where it is mapped, and what nobody asks for takes no memory.
type filter struct {
	bits               uint // of a key that choose its bucket
	upper, starts, low []byte
}

const (
	bucketsAStart = 64
	maxFilterBits = 30
	maxKeys       = 1 << maxFilterBits // of one run, so that positions in upper fit 32 bits
)

// filterBuilder makes the stored form of a filter from keys in ascending order. Of low, which is 64 MB of the largest run, it has only a part in memory: the rest is
// written aside, since the collector would leave nearly as much garbage as there is.
type filterBuilder struct {
	filter             // its low is only the part that is not yet aside
	position uint64    // in upper
	bucket   uint64    // that is being filled
	inMemory int       // most bytes of low
	aside    disk.File // where the rest of low is; nil: there is none
	create   func() (disk.File, error)
	sum      uint32 // CRC-32C of what is aside
	length   int64  // its bytes
}

// newFilter returns a builder for n keys, which asks for a file when it has more of low than may be in memory.
func newFilter(n uint64, inMemory int, create func() (disk.File, error)) *filterBuilder {
	b := &filterBuilder{filter: filter{bits: filterBits(n)}, inMemory: inMemory, create: create}
	upper, starts := filterParts(n)
	b.upper = make([]byte, upper)
	b.starts = make([]byte, 4, starts) // that of the first bucket is 0
	b.low = make([]byte, 0, min(n, uint64(inMemory)))
	return b
}

// filterBits returns how many bits choose a key's bucket: there is one key a bucket, or a little less.
func filterBits(n uint64) uint { return uint(bits.Len64(max(n, 1) - 1)) }

func (b *filterBuilder) add(k Key) error {
	b.seek(k.High >> (64 - b.bits))
	b.upper[b.position/8] |= 1 << (b.position % 8)
	b.position++
	if len(b.low) == b.inMemory {
		if err := b.spill(); err != nil {
			return err
		}
	}
	b.low = append(b.low, b.lowOf(k))
	return nil
}

func (b *filterBuilder) seek(bucket uint64) {
	for b.bucket < bucket {
		b.bucket++
		b.position++ // a zero
		if b.bucket%bucketsAStart == 0 {
			b.starts = binary.LittleEndian.AppendUint32(b.starts, uint32(b.position))
		}
	}
}

// spill writes what is in memory of low aside.
func (b *filterBuilder) spill() (err error) {
	if b.aside == nil {
		if b.aside, err = b.create(); err != nil {
			return err
		}
	}
	b.sum = crc32.Update(b.sum, castagnoli, b.low)
	b.length += int64(len(b.low))
	_, err = b.aside.Write(b.low)
	b.low = b.low[:0]
	return err
}

// write writes the stored form.
func (b *filterBuilder) write(w io.Writer) error {
	b.seek(uint64(1)<<b.bits - 1)
	if _, err := w.Write(b.upper); err != nil {
		return err
	}
	if _, err := w.Write(b.starts); err != nil {
		return err
	}
	if b.aside != nil {
		sum := crc32.New(castagnoli)
		n, err := io.CopyBuffer(io.MultiWriter(w, sum), io.NewSectionReader(b.aside, 0, b.length), make([]byte, bufferBytes))
		if err != nil {
			return err
		}
		if n != b.length || sum.Sum32() != b.sum {
			return fmt.Errorf("%w: what was written aside of the filter does not come back", errDamaged)
		}
	}
	_, err := w.Write(b.low)
	return err
}

func (f *filter) word(n uint64) uint64 { return binary.LittleEndian.Uint64(f.upper[n*8:]) }

func (f *filter) lowOf(k Key) byte { return byte(k.High << f.bits >> 56) }

// walker gives back the first bits of the keys in a filter, in order.
type walker struct{ position, bucket, place uint64 }

// next returns the next key's first bits: those of its bucket and the eight that follow; the others are zero.
func (w *walker) next(f *filter) uint64 {
	for f.upper[w.position/8]&(1<<(w.position%8)) == 0 {
		w.position++
		w.bucket++
	}
	low := uint64(f.low[w.place])
	w.position++
	w.place++
	return w.bucket<<(64-f.bits) | low<<56>>f.bits
}

// filterParts returns the lengths of upper and starts of a filter of n keys.
func filterParts(n uint64) (upper, starts uint64) {
	buckets := uint64(1) << filterBits(n)
	return ((n+buckets+63)/64 + 1) * 8, max(1, buckets/bucketsAStart) * 4
}

// filterSize returns the length of the stored form of a filter of n keys: upper, starts and low.
func filterSize(n uint64) int64 {
	upper, starts := filterParts(n)
	return int64(upper + starts + n)
}

// parseFilter returns the filter of n keys whose stored form is b, which it keeps.
func parseFilter(b []byte, n uint64) *filter {
	upper, starts := filterParts(n)
	return &filter{filterBits(n), b[:upper:upper], b[upper : upper+starts : upper+starts], b[upper+starts:]}
}
