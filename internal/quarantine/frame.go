package quarantine

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// A file begins with a header:
//
//	"tallystick quarantine 1\n"  salt [8]byte  length of the tenant uint16  tenant  checksum uint32 of all before
//
// and goes on with frames:
//
//	mark [4]byte  length of the payload uint32  checksum uint32  payload
//
// Numbers are little-endian, checksums CRC-32C. That of a frame is of the salt, the frame's place in the file, and the payload, so that an event that has a
// frame's bytes in it is not taken for one. The first byte of a payload says what follows: for frameKeep records, each with its length as a varint; for
// frameRemove digests. A record is a checksum of the rest, and the rest are the entry's fields.
const (
	magic       = "tallystick quarantine 1\n"
	mark        = "\xf1TQ\n"
	frameHeader = len(mark) + 4 + 4

	frameKeep   = 'K'
	frameRemove = 'R'

	// frameFull is how long a frame may be before the next record begins another.
	frameFull = 4 << 20
	// frameMost is longer than any frame: a full one and one record.
	frameMost = frameFull + MaxRaw + 1<<20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is the beginning of a file.
type header struct {
	salt   [8]byte
	tenant string
}

func newHeader(tenant string) header {
	h := header{tenant: tenant}
	rand.Read(h.salt[:]) // never fails
	return h
}

func (h *header) append(b []byte) []byte {
	from := len(b)
	b = append(b, magic...)
	b = append(b, h.salt[:]...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(h.tenant)))
	b = append(b, h.tenant...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[from:], castagnoli))
}

func (h *header) size() int64 { return int64(len(magic) + len(h.salt) + 2 + len(h.tenant) + 4) }

// readHeader reads the beginning of a file.
func readHeader(f disk.File, name string) (header, error) {
	b := make([]byte, len(magic)+8+2+tallystick.MaxID+4)
	n, err := f.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		return header{}, err
	}
	b = b[:n]
	fixed := len(magic) + 8 + 2
	if len(b) >= fixed && bytes.HasPrefix(b, []byte(magic)) {
		h := header{salt: [8]byte(b[len(magic):])}
		end := fixed + int(binary.LittleEndian.Uint16(b[fixed-2:]))
		if end+4 <= len(b) && binary.LittleEndian.Uint32(b[end:]) == crc32.Checksum(b[:end], castagnoli) {
			h.tenant = string(b[fixed:end])
			return h, nil
		}
	}
	return header{}, tallystick.Errorf(tallystick.Internal, "%s is damaged at its beginning, or is not a quarantine file", name).
		WithHint("move it away; a new one is begun")
}

// tenantOf returns the tenant that a file is of.
func tenantOf(fsys disk.FS, name string) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h, err := readHeader(f, name)
	return h.tenant, err
}

// checksum is that of a frame at a place.
func (h *header) checksum(at int64, payload []byte) uint32 {
	var place [16]byte
	copy(place[:], h.salt[:])
	binary.LittleEndian.PutUint64(place[8:], uint64(at))
	return crc32.Update(crc32.Checksum(place[:], castagnoli), castagnoli, payload)
}

// seal writes the header of a frame whose payload stands behind room for it, for a place in the file.
func (h *header) seal(frame []byte, at int64) {
	copy(frame, mark)
	payload := frame[frameHeader:]
	binary.LittleEndian.PutUint32(frame[len(mark):], uint32(len(payload)))
	binary.LittleEndian.PutUint32(frame[len(mark)+4:], h.checksum(at, payload))
}

// window reads a file through a piece of memory.
type window struct {
	file disk.File
	size int64 // of the file
	at   int64 // of bytes
	b    []byte
}

// bytes returns n bytes at a place, fewer at the end of the file. They hold until the next call.
func (w *window) bytes(at int64, n int) ([]byte, error) {
	n = int(max(0, min(int64(n), w.size-at)))
	if at < w.at || at+int64(n) > w.at+int64(len(w.b)) {
		const piece = 1 << 20
		length := int(min(int64(max(n, piece)), w.size-at))
		if cap(w.b) < length {
			w.b = make([]byte, length)
		}
		w.at, w.b = at, w.b[:length]
		if read, err := w.file.ReadAt(w.b, at); read < length {
			w.b = w.b[:0]
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return w.b[at-w.at:][:n], nil
}

// frame returns the payload of the frame at a place; nil where there is no frame that is right.
func (w *window) frame(h *header, at int64) ([]byte, error) {
	b, err := w.bytes(at, frameHeader)
	if err != nil || len(b) < frameHeader || !bytes.HasPrefix(b, []byte(mark)) {
		return nil, err
	}
	length := int(binary.LittleEndian.Uint32(b[len(mark):]))
	sum := binary.LittleEndian.Uint32(b[len(mark)+4:])
	if length == 0 || length > frameMost {
		return nil, nil
	}
	payload, err := w.bytes(at+int64(frameHeader), length)
	if err != nil || len(payload) < length || h.checksum(at, payload) != sum {
		return nil, err
	}
	return payload, nil
}

// search returns the place of the first right frame at or behind a place; -1 where there is none.
func (w *window) search(h *header, at int64) (int64, error) {
	for at < w.size {
		b, err := w.bytes(at, 1<<20)
		if err != nil {
			return -1, err
		}
		i := bytes.Index(b, []byte(mark))
		if i < 0 {
			if at+int64(len(b)) >= w.size {
				break
			}
			at += int64(len(b) - len(mark) + 1)
			continue
		}
		at += int64(i)
		if payload, err := w.frame(h, at); payload != nil || err != nil {
			return at, err
		}
		at++
	}
	return -1, nil
}

// appendRecord appends an entry as it stands on disk, without its length.
func appendRecord(b []byte, id digest, e *Entry) []byte {
	from := len(b)
	b = append(b, 0, 0, 0, 0)
	b = append(b, id[:]...)
	b = binary.AppendVarint(b, int64(e.Received))
	b = binary.AppendVarint(b, e.Length)
	for _, text := range []string{e.Source, string(e.Code), e.Path, e.Reason} {
		text = text[:min(len(text), maxText)]
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	b = append(b, e.Raw...)
	binary.LittleEndian.PutUint32(b[from:], crc32.Checksum(b[from+4:], castagnoli))
	return b
}

// maxText is how much is kept of each text beside the event itself.
const maxText = 4 << 10

// decodeRecord reads what appendRecord wrote. The entry has memory of its own.
func decodeRecord(b []byte) (Entry, error) {
	if len(b) < 4+len(digest{}) || binary.LittleEndian.Uint32(b) != crc32.Checksum(b[4:], castagnoli) {
		return Entry{}, fmt.Errorf("a record of %d bytes has a wrong checksum", len(b))
	}
	e := Entry{ID: fmt.Sprintf("%x", b[4:4+len(digest{})])}
	rest := b[4+len(digest{}):]
	short := false
	number := func() int64 {
		n, size := binary.Varint(rest)
		short = short || size <= 0
		rest = rest[max(size, 0):]
		return n
	}
	text := func() string {
		n, size := binary.Uvarint(rest)
		if size <= 0 || n > uint64(len(rest)-size) {
			short = true
			return ""
		}
		s := string(rest[size:][:n])
		rest = rest[size+int(n):]
		return s
	}
	e.Received = tallystick.Instant(number())
	e.Length = number()
	e.Source, e.Code, e.Path, e.Reason = text(), tallystick.Code(text()), text(), text()
	e.Raw = bytes.Clone(rest)
	if short {
		return Entry{}, fmt.Errorf("a record of %d bytes does not end where it should", len(b))
	}
	return e, nil
}
