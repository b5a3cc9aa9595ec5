package render

import (
	"encoding/binary"
	"io"
	"unicode/utf16"

	"github.com/tallystick/tallystick"
)

// A compound file (MS-CFB, version 3) is a file system in a file: sectors of 512 bytes, a table (FAT) that tells for each sector which follows it, and a
// directory. Ours holds one stream:
//
//	header | the stream | directory | FAT | DIFAT
//
// The header lists the first 109 sectors of the FAT, the DIFAT the others. Class ids and times are zero.
const (
	sectorSize = 512
	// Streams below this size would go to sectors of 64 bytes in a stream of their own; ours is filled up with zeros instead.
	smallStream = 4096
	// maxStream is what version 3 can say of a stream's size.
	maxStream = 1<<31 - 1

	fatPerSector   = sectorSize / 4
	difatPerSector = fatPerSector - 1 // the last entry tells where the next sector is
	difatInHeader  = 109

	sectorDIFAT uint32 = 0xfffffffc
	sectorFAT   uint32 = 0xfffffffd
	endOfChain  uint32 = 0xfffffffe
	freeSector  uint32 = 0xffffffff
)

// writeCompound writes a compound file with one stream, whose bytes the given function writes.
func writeCompound(w io.Writer, name string, size int64, stream func(io.Writer) error) error {
	filled := max(size, smallStream)
	if filled > maxStream {
		return tallystick.Errorf(tallystick.TooLarge, "the report takes %d bytes as XLS, and a file holds %d", size, maxStream).WithHint("choose xlsx, csv or ndjson")
	}
	l := layOut(uint32((filled + sectorSize - 1) / sectorSize))
	c := chunk{w: w, buf: l.header()}
	if err := c.flush(); err != nil {
		return err
	}
	if err := stream(w); err != nil {
		return err
	}
	c.buf = append(c.buf, make([]byte, int64(l.stream)*sectorSize-size)...)

	c.buf = appendEntry(c.buf, "Root Entry", 5, 1, endOfChain, 0)
	c.buf = appendEntry(c.buf, name, 2, freeSector, 0, uint32(filled))
	c.buf = appendEntry(c.buf, "", 0, freeSector, 0, 0)
	c.buf = appendEntry(c.buf, "", 0, freeSector, 0, 0)

	for i := range l.fat * fatPerSector {
		c.buf = binary.LittleEndian.AppendUint32(c.buf, l.next(i))
		if err := c.spill(); err != nil {
			return err
		}
	}
	for i := range l.difat {
		for j := range uint32(difatPerSector) {
			c.buf = binary.LittleEndian.AppendUint32(c.buf, l.fatSector(difatInHeader+i*difatPerSector+j))
		}
		next := endOfChain
		if i+1 < l.difat {
			next = l.stream + 1 + l.fat + i + 1
		}
		c.buf = binary.LittleEndian.AppendUint32(c.buf, next)
	}
	return c.flush()
}

// layout counts sectors: those of the stream, then one of the directory, then those of the FAT and the DIFAT.
type layout struct{ stream, fat, difat uint32 }

func layOut(stream uint32) layout {
	l := layout{stream: stream}
	for {
		sectors := l.stream + 1 + l.fat + l.difat
		fat := (sectors + fatPerSector - 1) / fatPerSector
		difat := uint32(0)
		if fat > difatInHeader {
			difat = (fat - difatInHeader + difatPerSector - 1) / difatPerSector
		}
		if fat == l.fat && difat == l.difat {
			return l
		}
		l.fat, l.difat = fat, difat
	}
}

// next is what the FAT says of a sector.
func (l layout) next(sector uint32) uint32 {
	directory := l.stream
	switch {
	case sector < l.stream-1:
		return sector + 1
	case sector <= directory:
		return endOfChain
	case sector <= directory+l.fat:
		return sectorFAT
	case sector <= directory+l.fat+l.difat:
		return sectorDIFAT
	}
	return freeSector
}

// fatSector is the place of a sector of the FAT.
func (l layout) fatSector(i uint32) uint32 {
	if i < l.fat {
		return l.stream + 1 + i
	}
	return freeSector
}

func (l layout) header() []byte {
	h := make([]byte, 0, chunkSize)
	h = append(h, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)
	h = append(h, make([]byte, 16)...)
	for _, v := range []uint16{0x3e, 3, 0xfffe, 9, 6, 0, 0, 0} { // versions, byte order, logarithms of the sector sizes
		h = binary.LittleEndian.AppendUint16(h, v)
	}
	difat := endOfChain
	if l.difat > 0 {
		difat = l.stream + 1 + l.fat
	}
	// No count of directory sectors, as version 3 has it; no small streams.
	for _, v := range []uint32{0, l.fat, l.stream, 0, smallStream, endOfChain, 0, difat, l.difat} {
		h = binary.LittleEndian.AppendUint32(h, v)
	}
	for i := range uint32(difatInHeader) {
		h = binary.LittleEndian.AppendUint32(h, l.fatSector(i))
	}
	return h
}

// appendEntry appends an entry of the directory: 5 is its root, 2 a stream, 0 nothing.
func appendEntry(b []byte, name string, kind byte, child, start, size uint32) []byte {
	units := utf16.Encode([]rune(name))
	var field [32]uint16
	copy(field[:], units)
	for _, u := range field {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	length := 0
	if name != "" {
		length = 2 * (len(units) + 1) // with a zero at the end
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(length))
	b = append(b, kind, min(kind, 1)) // 1 is black, in a tree of one
	for _, v := range []uint32{freeSector, freeSector, child} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, make([]byte, 16+4+8+8)...) // class, state, created, changed
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(b, start), uint64(size))
}
