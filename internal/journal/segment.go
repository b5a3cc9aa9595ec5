package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// A segment is a file of the journal, NNNNNNNN.journal, numbered from 1. It is
//
//	header  68 bytes
//	frames  one or more a group commit
//	trailer 76 bytes, of a segment that is full or was closed cleanly
//
// All integers are little-endian. The header:
//
//	 0  8  "TALLYJNL"
//	 8  2  version of the format, 1
//	10  2  0
//	12  4  number of the log
//	16  8  number of the segment
//	24  8  sequence of the first record
//	32 32  chain at the end of the segment before, of the first segment zeros
//	64  4  CRC-32C of the bytes before
//
// The header is synced before the first frame is written.
const (
	segmentMagic   = "TALLYJNL"
	segmentVersion = 1
	headerSize     = 68
	suffix         = ".journal"
)

// chain is the digest of everything up to a place in the journal: see frame.go.
type chain [32]byte

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header begins a segment.
type header struct {
	log    uint32
	number uint64
	first  uint64
	chain  chain
}

func (h header) append(b []byte) []byte {
	start := len(b)
	b = append(b, segmentMagic...)
	b = binary.LittleEndian.AppendUint16(b, segmentVersion)
	b = binary.LittleEndian.AppendUint16(b, 0)
	b = binary.LittleEndian.AppendUint32(b, h.log)
	b = binary.LittleEndian.AppendUint64(b, h.number)
	b = binary.LittleEndian.AppendUint64(b, h.first)
	b = append(b, h.chain[:]...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

// parseHeader reads a header; what it says instead is why the bytes are none.
func parseHeader(b []byte) (h header, problem string) {
	switch {
	case len(b) < headerSize:
		return h, "it is shorter than a header"
	case !bytes.HasPrefix(b, []byte(segmentMagic)):
		return h, "it does not begin like a journal"
	case crc32.Checksum(b[:64], castagnoli) != binary.LittleEndian.Uint32(b[64:]):
		return h, "checksum of the header does not match"
	}
	if v := binary.LittleEndian.Uint16(b[8:]); v != segmentVersion {
		return h, fmt.Sprintf("it has version %d of the format and this program reads %d", v, segmentVersion)
	}
	h = header{
		log:    binary.LittleEndian.Uint32(b[12:]),
		number: binary.LittleEndian.Uint64(b[16:]),
		first:  binary.LittleEndian.Uint64(b[24:]),
		chain:  chain(b[32:64]),
	}
	return h, ""
}

// segment is what is known of a segment that is part of the journal.
type segment struct {
	path   string
	first  uint64 // sequence of its first record, or of the next record where it has none
	size   int64  // bytes of header and frames that are durable
	sealed bool   // it has a trailer behind them
}

func segmentPath(dir string, number uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%08d%s", number, suffix))
}

// segmentNumber reads a file's name, 0 where it is no segment's.
func segmentNumber(name string) uint64 {
	digits, ok := strings.CutSuffix(name, suffix)
	if !ok || len(digits) < 8 {
		return 0
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// countSegments returns the number of segments in a directory, which are numbered from 1 without a gap.
func countSegments(fsys disk.FS, dir string) (uint64, error) {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("list journal: %w", err)
	}
	var count, last uint64
	for _, e := range entries {
		if n := segmentNumber(e.Name); n > 0 && !e.Dir {
			count, last = count+1, max(last, n)
		}
	}
	if count == last {
		return count, nil
	}
	for n := uint64(1); ; n++ {
		path := segmentPath(dir, n)
		if _, err := fsys.Stat(path); err != nil {
			return 0, tallystick.Errorf(tallystick.Internal, "%s is missing, although the journal goes on to segment %d", path, last).WithHint(restoreHint)
		}
	}
}

const restoreHint = "restore the file from a copy; the journal is not changed and no event is accepted until then"

// damaged is the error for bytes of a file that are not what was written.
func damaged(path string, offset int64, problem string) error {
	return tallystick.Errorf(tallystick.Internal, "%s is damaged at offset %d: %s", path, offset, problem).WithHint(restoreHint)
}
