package keyindex

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/tallystick/tallystick/internal/disk"
)

// A run's file is
//
//	blocks  4096 bytes each: entries in the order of their keys, zeros, CRC-32C of the bytes before
//	filter  see filter.go
//	footer  88 bytes
//
// An entry is the 16 bytes of the key, without the first ones that follow from the filter, and the 4 bytes of the value: 16 bytes in a run of 32 million keys.
// All integers are little-endian, except for keys, which are in the order of their bytes. The footer:
//
//	 0  8  "TALLYKEY"
//	 8  4  version of the format, 1
//	12  4  CRC-32C of the filter
//	16  8  number of keys
//	24  8  sequence of the first record covered
//	32  8  sequence of the last one
//	40 32  digest of the journal after the last one
//	72 12  0
//	84  4  CRC-32C of the bytes before
const (
	runMagic   = "TALLYKEY"
	runVersion = 1
	runSuffix  = ".keys"
	newSuffix  = ".new"
	blockSize  = 4096
	footerSize = 88
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errDamaged is the error for bytes of a run that are not what was written.
var errDamaged = errors.New("damaged")

// run is a sorted file of keys.
type run struct {
	path        string
	file        disk.File
	count       uint64
	shape       shape
	first, last uint64 // records covered
	digest      [32]byte
	filter      *filter
	mapped      disk.Mapped // what the filter lies in
}

func runPath(dir string, first, last uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%016x-%016x%s", first, last, runSuffix))
}

// rangeOf reads a file's name.
func rangeOf(name string) (first, last uint64, ok bool) {
	name, ok = strings.CutSuffix(name, runSuffix)
	if !ok || len(name) != 33 {
		return 0, 0, false
	}
	_, err := fmt.Sscanf(name, "%016x-%016x", &first, &last)
	return first, last, err == nil && first > 0 && first <= last
}

// shape is how the entries of a run with so many keys lie in its file.
type shape struct {
	drop  int    // bytes of each key that follow from the filter
	width int    // bytes of an entry
	keys  uint64 // entries of a block
	count uint64
}

func shapeOf(count uint64) shape {
	drop := int(filterBits(count)+8) / 8
	width := 16 - drop + 4
	return shape{drop, width, (blockSize - 4) / uint64(width), count}
}

func (s shape) blocks() int64 { return int64((s.count + s.keys - 1) / s.keys) }

// rest returns the part of a key that is stored, in the lower bits of high.
func (s shape) rest(k Key) Key { return Key{k.High << (8 * s.drop) >> (8 * s.drop), k.Low} }

// append appends a stored entry.
func (s shape) append(b []byte, e entry) []byte {
	var high [8]byte
	binary.BigEndian.PutUint64(high[:], e.key.High)
	b = append(b, high[s.drop:]...)
	b = binary.BigEndian.AppendUint64(b, e.key.Low)
	return binary.LittleEndian.AppendUint32(b, e.value)
}

// at reads an entry of a block, its key as rest returns it.
func (s shape) at(block []byte, i uint64) entry {
	b := block[int(i)*s.width : int(i+1)*s.width]
	var high [8]byte
	n := 8 - s.drop
	copy(high[s.drop:], b[:n])
	return entry{Key{binary.BigEndian.Uint64(high[:]), binary.BigEndian.Uint64(b[n:])}, binary.LittleEndian.Uint32(b[n+8:])}
}

func (r *run) appendFooter(b []byte, filterSum uint32) []byte {
	start := len(b)
	b = append(b, runMagic...)
	b = binary.LittleEndian.AppendUint32(b, runVersion)
	b = binary.LittleEndian.AppendUint32(b, filterSum)
	b = binary.LittleEndian.AppendUint64(b, r.count)
	b = binary.LittleEndian.AppendUint64(b, r.first)
	b = binary.LittleEndian.AppendUint64(b, r.last)
	b = append(b, r.digest[:]...)
	b = append(b, make([]byte, 12)...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

// openRun opens a run and checks all of it but its blocks, which are checked when they are read.
func openRun(fsys disk.FS, path string) (r *run, err error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	if size < footerSize {
		return nil, fmt.Errorf("%w: it is shorter than a footer", errDamaged)
	}
	b := make([]byte, footerSize)
	if err := readFull(f, b, size-footerSize); err != nil {
		return nil, err
	}
	if string(b[:8]) != runMagic || crc32.Checksum(b[:84], castagnoli) != binary.LittleEndian.Uint32(b[84:]) {
		return nil, fmt.Errorf("%w: checksum of the footer does not match", errDamaged)
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != runVersion {
		return nil, fmt.Errorf("%w: it has version %d of the format and this program reads %d", errDamaged, v, runVersion)
	}
	r = &run{
		path: path, file: f, count: binary.LittleEndian.Uint64(b[16:]), first: binary.LittleEndian.Uint64(b[24:]),
		last: binary.LittleEndian.Uint64(b[32:]), digest: [32]byte(b[40:72]),
	}
	r.shape = shapeOf(r.count)
	first, last, _ := rangeOf(filepath.Base(path))
	if r.count > maxKeys || size != r.shape.blocks()*blockSize+filterSize(r.count)+footerSize || first != r.first || last != r.last {
		return nil, fmt.Errorf("%w: its size or name does not fit its footer", errDamaged)
	}
	sum, at := crc32.New(castagnoli), r.shape.blocks()*blockSize
	if n, err := io.CopyBuffer(sum, io.NewSectionReader(f, at, filterSize(r.count)), make([]byte, bufferBytes)); err != nil || n < filterSize(r.count) {
		return nil, cmp.Or(err, io.ErrUnexpectedEOF)
	}
	if sum.Sum32() != binary.LittleEndian.Uint32(b[12:]) {
		return nil, fmt.Errorf("%w: checksum of the filter does not match", errDamaged)
	}
	return r, r.mapFilter()
}

// mapFilter makes the filter of a file that is whole ready for use.
func (r *run) mapFilter() (err error) {
	r.mapped, err = disk.Map(r.file, r.shape.blocks()*blockSize, filterSize(r.count))
	if err == nil {
		r.filter = parseFilter(r.mapped.Bytes, r.count)
	}
	return err
}

// close releases a run that nobody looks at any more. The file was only read: its error would say nothing.
func (r *run) close() {
	r.mapped.Release()
	r.file.Close()
}

func readFull(f disk.File, b []byte, offset int64) error {
	n, err := f.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// readBlocks reads and checks blocks; b is a multiple of their size.
func (r *run) readBlocks(b []byte, number int64) error {
	if err := readFull(r.file, b, number*blockSize); err != nil {
		return fmt.Errorf("read %s: %w", r.path, err)
	}
	for i := 0; i < len(b); i += blockSize {
		block := b[i : i+blockSize]
		if crc32.Checksum(block[:blockSize-4], castagnoli) != binary.LittleEndian.Uint32(block[blockSize-4:]) {
			return fmt.Errorf("%s is %w at offset %d: checksum of a block does not match", r.path, errDamaged, number*blockSize+int64(i))
		}
	}
	return nil
}

// get looks a key up in the places that the filter has found; block is a buffer of a block's size.
func (r *run) get(k Key, from, to uint64, block []byte) (value uint32, known bool, err error) {
	read := int64(-1)
	rest := r.shape.rest(k)
	for ; from < to; from++ {
		if number := int64(from / r.shape.keys); number != read {
			if err := r.readBlocks(block, number); err != nil {
				return 0, false, err
			}
			read = number
		}
		if e := r.shape.at(block, from%r.shape.keys); e.key == rest {
			return e.value, true, nil
		}
	}
	return 0, false, nil
}

// discard closes a run and removes its file.
func (r *run) discard(fsys disk.FS) error {
	r.close()
	err := fsys.Remove(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
